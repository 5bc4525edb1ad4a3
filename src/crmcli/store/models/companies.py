"""Companies and what hangs on one."""

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Big, Mortal, Record, link, live, merged


class Company(Record, table=True):
    """An organisation."""

    __table_args__ = (
        live("company", "external_source", "external_id"),
        merged("company"),
        Index("company_name", "name_key", postgresql_using="hash"),  # a name may be longer than a b-tree entry
    )
    name: str
    name_key: str
    industry: str | None = None
    size: str | None = None
    annual_revenue: int | None = Field(default=None, sa_type=Big)
    revenue_currency: str | None = None
    country: str | None = None
    region: str | None = None
    address: str | None = None
    parent_id: int | None = link("company.id", optional=True, index=True)
    type: str | None = None
    note: str | None = None


class CompanyWebsite(Mortal, table=True):
    """A website; key has no scheme and no www."""

    __tablename__ = "company_website"
    __table_args__ = (live("company_website", "key"),)
    company_id: int = link("company.id", index=True)
    value: str
    key: str
    position: int = 0


class CompanyPhone(Mortal, table=True):
    """A phone number; several companies of one building may share it."""

    __tablename__ = "company_phone"
    company_id: int = link("company.id", index=True)
    value: str
    key: str = Field(index=True)
    position: int = 0
