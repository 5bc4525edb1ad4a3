"""What reports need besides the customers' history: exchange rates, purchases, quotas, saved questions and muted advice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from crmcli.store.models.columns import Big, Json, Moment, Mortal, link, live

LIVE = text("deleted_at IS NULL")


class ExchangeRate(Mortal, table=True):
    """What one unit of a currency is worth in another from a day on; no day: whenever no dated rate says otherwise."""

    __tablename__ = "exchange_rate"
    __table_args__ = (live("exchange_rate", "currency", "base", "day"),)
    currency: str
    base: str
    day: str = ""  # ISO 8601; the empty text sorts before every day
    rate: float
    note: str | None = None
    created_in: int | None = Field(default=None, sa_type=Big, index=True)


class Purchase(Mortal, table=True):
    """Something that a customer bought, one line of a transaction log; value in minor units of its currency.

    ``customer`` is the name or number that the log gives; the person or company it means is linked where it is known.
    """

    __table_args__ = (
        live("purchase", "source", "external_id"),
        # Holds all that is added up for each customer, so that no row has to be looked up.
        Index(
            "purchase_customer",
            "customer_key",
            "at",
            "value",
            "currency",
            "product",
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("purchase_at", "at"),
        Index("purchase_contact", "contact_id"),
        Index("purchase_company", "company_id"),
    )
    uid: str = Field(unique=True)
    customer: str
    customer_key: str
    contact_id: int | None = link("contact.id", optional=True)
    company_id: int | None = link("company.id", optional=True)
    at: datetime = Field(sa_type=Moment)
    value: int | None = Field(default=None, sa_type=Big)
    currency: str | None = None
    product: str | None = None
    quantity: float | None = None
    source: str = ""  # which log it came from
    external_id: str | None = None  # its number there
    created_in: int | None = Field(default=None, sa_type=Big, index=True)


class Goal(Mortal, table=True):
    """What a person, or all together, want to reach in a period: a quota. Money in minor units of ``currency``."""

    __table_args__ = (live("goal", "metric", "owner_id", "starts_on", "ends_on"),)
    uid: str = Field(unique=True)
    metric: str
    owner_id: int | None = link("app_user.id", optional=True)
    starts_on: date
    ends_on: date  # the last day
    target: float
    currency: str | None = None
    note: str | None = None
    created_at: datetime = Field(sa_type=Moment)


class SavedReport(Mortal, table=True):
    """A report as it is asked, under a name that everybody knows; ``asked`` holds its options as they were given."""

    __tablename__ = "saved_report"
    __table_args__ = (live("saved_report", "name_key"),)
    uid: str = Field(unique=True)
    name: str
    name_key: str
    report: str
    asked: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    owner_id: int | None = link("app_user.id", optional=True)


class AdviceMute(Mortal, table=True):
    """Advice that is not wanted: a rule, for one record or for all, for ever or until a day."""

    __tablename__ = "advice_mute"
    uid: str = Field(unique=True)
    rule: str
    noun: str | None = None
    record_id: int | None = Field(default=None, sa_type=Big)
    until: date | None = None
    owner_id: int | None = link("app_user.id", optional=True)  # whose advice; none: everybody's
