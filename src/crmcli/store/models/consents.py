"""Who may be written to: what people agreed to, and whom nobody writes to any more."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Moment, Mortal, Row, link, live


class Consent(Row, table=True):
    """What a person said about a channel; the last line counts, the earlier ones are the proof."""

    __table_args__ = (Index("consent_contact", "contact_id", "channel", "at"),)
    contact_id: int = link("contact.id")
    channel: str
    status: str  # granted, pending, withdrawn
    basis: str | None = None
    source: str | None = None
    note: str | None = None
    token: str | None = Field(default=None, unique=True)  # of a pending one: what the person confirms it with
    at: datetime = Field(sa_type=Moment)
    by: int | None = link("app_user.id", optional=True)


class Suppression(Mortal, table=True):
    """An address, a domain or a person that no campaign reaches on a channel (``all``: on any)."""

    __table_args__ = (live("suppression", "kind", "key", "channel"),)
    uid: str = Field(unique=True)
    kind: str  # address, domain, contact
    value: str
    key: str
    contact_id: int | None = link("contact.id", optional=True, index=True)
    channel: str = "all"
    reason: str
    note: str | None = None
    campaign_id: int | None = link("campaign.id", optional=True)
    at: datetime = Field(sa_type=Moment)
    by: int | None = link("app_user.id", optional=True)
