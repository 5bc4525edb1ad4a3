"""Sequences: steps that people are taken through one after another."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from crmcli.store.models.columns import Moment, Mortal, Row, link, live


class Sequence(Mortal, table=True):
    """Steps in order, and what brings people in; its mails count as those of its campaign."""

    __table_args__ = (live("sequence", "name_key"),)
    uid: str = Field(unique=True)
    name: str
    name_key: str
    status: str = "active"  # active, paused, closed
    campaign_id: int = link("campaign.id")
    segment_id: int | None = link("segment.id", optional=True)  # who enters it is taken in
    stage_id: int | None = link("stage.id", optional=True)  # the people of a deal that comes here are taken in
    stage_since: datetime | None = Field(default=None, sa_type=Moment)  # deals that came there before are passed over
    stop_on_reply: int = 1
    again: int = 0  # another deal takes a person in once more
    owner_id: int | None = link("app_user.id", optional=True)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class SequenceStep(Mortal, table=True):
    """One step: a mail, a task, a wait or a condition."""

    __tablename__ = "sequence_step"
    sequence_id: int = link("sequence.id", index=True)
    position: int
    kind: str
    template_id: int | None = link("template.id", optional=True)
    subject: str | None = None  # of the task
    minutes: int | None = None  # of the wait; of the task: until it is due
    filter: str | None = None  # the condition, on the person
    otherwise: str | None = None  # stop or skip


class Enrolment(Row, table=True):
    """A person on the way through a sequence."""

    __table_args__ = (
        Index(
            "enrolment_active",
            "sequence_id",
            "contact_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("enrolment_due", "status", "due_at"),
    )
    sequence_id: int = link("sequence.id", index=True)
    contact_id: int = link("contact.id", index=True)
    deal_id: int | None = link("deal.id", optional=True)
    member_id: int | None = link("campaign_member.id", optional=True)
    status: str = "active"  # active, finished, stopped, failed
    reason: str | None = None
    step_id: int | None = link("sequence_step.id", optional=True)  # the wait or the mail one is at; none: the beginning
    turn: int = 0  # how often the person was in it before
    due_at: datetime = Field(sa_type=Moment)
    started_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
