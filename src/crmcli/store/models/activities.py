"""What was done and what is planned."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Moment, Record, Row, link, live


class Activity(Record, table=True):
    """One entry of the timeline, planned or past; ``at`` is its place there."""

    __table_args__ = (
        live("activity", "external_source", "external_id"),
        Index("activity_at", "at", "id"),
        Index("activity_status_due", "status", "due_on"),
        # When a deal was last touched, without a look into the table.
        Index("activity_of_deal", "deal_id", "status", "deleted_at", "at"),
    )
    kind: str
    subject: str | None = None
    body: str | None = None
    at: datetime = Field(sa_type=Moment)
    due_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    duration: int | None = None
    direction: str | None = None
    status: str = "done"
    outcome: str | None = None
    priority: str = "normal"
    location: str | None = None
    recurrence: str | None = None
    remind_before: int | None = None
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)
    thread: str | None = Field(default=None, index=True)
    attachments: str | None = None
    company_id: int | None = link("company.id", optional=True, index=True)
    deal_id: int | None = link("deal.id", optional=True)
    campaign_id: int | None = link("campaign.id", optional=True, index=True)


class ActivityContact(Row, table=True):
    """A person who took part."""

    __tablename__ = "activity_contact"
    activity_id: int = link("activity.id", index=True)
    contact_id: int = link("contact.id", index=True)
    position: int = 0
