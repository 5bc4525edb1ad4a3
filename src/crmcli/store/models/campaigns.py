"""Campaigns: what they are to cost and to bring, whom they reach, and what each of those did."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Big, Moment, Mortal, Row, link, live


class Campaign(Mortal, table=True):
    """What brings deals and activities. One that was only named by a deal has no more than its name."""

    __table_args__ = (live("campaign", "name_key"), live("campaign", "code_key"))
    uid: str = Field(unique=True)
    name: str
    name_key: str
    kind: str = Field(default="other", sa_column_kwargs={"server_default": "other"})
    status: str = Field(default="active", sa_column_kwargs={"server_default": "active"})
    code: str | None = None  # what visitors of a stand or readers of an advertisement name
    code_key: str | None = None
    objective: str | None = None
    parent_id: int | None = link("campaign.id", optional=True)
    starts_on: date | None = None
    ends_on: date | None = None
    currency: str | None = None
    budget: int | None = Field(default=None, sa_type=Big)
    expected_cost: int | None = Field(default=None, sa_type=Big)
    expected_revenue: int | None = Field(default=None, sa_type=Big)
    expected_response: float | None = None  # per cent
    audience: str = Field(default="", sa_column_kwargs={"server_default": ""})  # uids of segments: sg_A + sg_B - sg_C
    template_id: int | None = link("template.id", optional=True)
    settings: str = Field(default="{}", sa_column_kwargs={"server_default": "{}"})  # pace, window, caps, test; JSON
    send_at: datetime | None = Field(default=None, sa_type=Moment)  # crm run due sends it then
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    owner_id: int | None = link("app_user.id", optional=True)
    created_at: datetime | None = Field(default=None, sa_type=Moment)
    updated_at: datetime | None = Field(default=None, sa_type=Moment)


class CampaignCost(Mortal, table=True):
    """A line of what a campaign costs: planned, committed or spent."""

    __tablename__ = "campaign_cost"
    campaign_id: int = link("campaign.id", index=True)
    state: str = "spent"
    amount: int = Field(sa_type=Big)
    currency: str
    on: date
    note: str | None = None
    at: datetime = Field(sa_type=Moment)
    by: int | None = link("app_user.id", optional=True)


class CampaignGoal(Mortal, table=True):
    """What a campaign is to reach; money in the major unit of the campaign's currency."""

    __tablename__ = "campaign_goal"
    __table_args__ = (live("campaign_goal", "campaign_id", "metric"),)
    campaign_id: int = link("campaign.id", index=True)
    metric: str
    target: float


class CampaignVariant(Mortal, table=True):
    """One of the versions that are tried against each other, with its share of the people in whole parts."""

    __tablename__ = "campaign_variant"
    __table_args__ = (live("campaign_variant", "campaign_id", "name_key"),)
    campaign_id: int = link("campaign.id", index=True)
    name: str
    name_key: str
    share: int = 1
    template_id: int | None = link("template.id", optional=True)
    subject: str | None = None
    is_winner: int = 0


class CampaignMember(Row, table=True):
    """Somebody whom a campaign is about, where that stands since when, and why."""

    __tablename__ = "campaign_member"
    __table_args__ = (
        Index("campaign_member_contact", "campaign_id", "contact_id", unique=True),
        Index("campaign_member_status", "campaign_id", "status", "id"),
    )
    campaign_id: int = link("campaign.id")
    contact_id: int = link("contact.id", index=True)
    email: str | None = None  # the address that the campaign took, and where its message went once there is one
    status: str = "targeted"
    reason: str | None = None
    at: datetime = Field(sa_type=Moment)
    variant_id: int | None = link("campaign_variant.id", optional=True)
    segment_id: int | None = link("segment.id", optional=True)  # the segment that brought the person in


class CampaignEvent(Row, table=True):
    """A state that a member came into: when, why, and by what it is known."""

    __tablename__ = "campaign_event"
    __table_args__ = (
        Index("campaign_event_status", "campaign_id", "status", "member_id"),
        Index("campaign_event_member", "member_id", "at"),
    )
    campaign_id: int = link("campaign.id")
    member_id: int = link("campaign_member.id")
    status: str
    at: datetime = Field(sa_type=Moment)
    reason: str | None = None
    detail: str | None = None  # the server's words, the note, the address of the link
    source: str  # smtp, outbox, collect, tracking, hand, import, code, log
