"""Pipelines, their stages, deals and the moves between stages."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Big, Moment, Mortal, Record, Row, link, live, merged


class Pipeline(Mortal, table=True):
    """A way of selling; position 0 is the default."""

    __table_args__ = (live("pipeline", "name_key"),)
    name: str
    name_key: str
    position: int = 0


class Stage(Mortal, table=True):
    """A step of a pipeline; its kind (open, won, lost) is what reports use, its name is free."""

    __table_args__ = (live("stage", "pipeline_id", "name_key"),)
    pipeline_id: int = link("pipeline.id", index=True)
    name: str
    name_key: str
    position: int
    kind: str
    probability: int
    rot_days: int | None = None
    forecast_category: str = "pipeline"
    required: str = ""  # field names, separated by commas
    wip_limit: int | None = None  # so many open deals are enough here; None: any number


class Deal(Record, table=True):
    """Something that may be sold; ``probability`` None means the stage's."""

    __table_args__ = (
        live("deal", "external_source", "external_id"),
        merged("deal"),
        Index("deal_title", "title_key", postgresql_using="hash"),  # a title may be longer than a b-tree entry
        # What lies in a stage and what it is worth, without a look into the table.
        Index("deal_stage", "stage_id", "deleted_at", "value", "probability", "currency"),
        Index("deal_closed", "closed_at", "expected_close"),
    )
    title: str
    title_key: str
    value: int | None = Field(default=None, sa_type=Big, index=True)
    currency: str | None = None
    pipeline_id: int = link("pipeline.id", index=True)
    stage_id: int = link("stage.id")
    stage_since: datetime = Field(sa_type=Moment)
    probability: int | None = None
    expected_close: date | None = Field(default=None, index=True)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    lost_reason: str | None = None
    lost_note: str | None = None
    source: str | None = None
    campaign_id: int | None = link("campaign.id", optional=True, index=True)
    next_step: str | None = None
    type: str | None = None
    company_id: int | None = link("company.id", optional=True, index=True)


class DealContact(Row, table=True):
    """A person's part in a deal."""

    __tablename__ = "deal_contact"
    deal_id: int = link("deal.id", index=True)
    contact_id: int = link("contact.id", index=True)
    role: str | None = None
    position: int = 0


class StageChange(Row, table=True):
    """One move of a deal; every funnel and velocity figure comes from these."""

    __tablename__ = "stage_change"
    # A deal's way through the stages, without a look into the table.
    __table_args__ = (Index("stage_change_way", "deal_id", "at", "to_stage_id", "from_stage_id"),)
    deal_id: int = link("deal.id")
    from_stage_id: int | None = link("stage.id", optional=True)
    to_stage_id: int = link("stage.id")
    at: datetime = Field(sa_type=Moment)
    by: int | None = link("app_user.id", optional=True)
    note: str | None = None
