"""Segments: groups of people, by a rule or by name, and what they were at a moment."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Moment, Mortal, Row, link, live


class Segment(Mortal, table=True):
    """A group of people. Of filter and formula at most one is there; with neither, its members are listed."""

    __table_args__ = (live("segment", "name_key"),)
    uid: str = Field(unique=True)
    name: str
    name_key: str
    filter: str | None = None
    formula: str | None = None  # uids of other segments: sg_A + sg_B - sg_C
    note: str | None = None
    owner_id: int | None = link("app_user.id", optional=True)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class SegmentMember(Row, table=True):
    """Somebody on the list of a static segment."""

    __tablename__ = "segment_member"
    __table_args__ = (Index("segment_member_contact", "segment_id", "contact_id", unique=True),)
    segment_id: int = link("segment.id")
    contact_id: int = link("contact.id", index=True)
    at: datetime = Field(sa_type=Moment)


class SegmentSnapshot(Row, table=True):
    """Who was in a segment at a moment; one is taken when a campaign uses it."""

    __tablename__ = "segment_snapshot"
    segment_id: int = link("segment.id", index=True)
    at: datetime = Field(sa_type=Moment)
    size: int
    campaign_id: int | None = link("campaign.id", optional=True)


class SegmentSnapshotMember(Row, table=True):
    """Somebody who was in the segment then."""

    __tablename__ = "segment_snapshot_member"
    __table_args__ = (Index("segment_snapshot_member_contact", "snapshot_id", "contact_id", unique=True),)
    snapshot_id: int = link("segment_snapshot.id")
    contact_id: int = link("contact.id", index=True)
