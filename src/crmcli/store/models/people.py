"""Contacts and everything that hangs on one."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Mortal, Record, Row, link, live, merged


class Contact(Record, table=True):
    """A person."""

    __table_args__ = (
        live("contact", "external_source", "external_id"),
        merged("contact"),
        Index("contact_name", "name_key", postgresql_using="hash"),  # a name may be longer than a b-tree entry
    )
    name: str
    name_key: str
    given: str | None = None
    family: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    title: str | None = None
    lifecycle: str | None = None
    lead_status: str | None = None
    lead_score: int | None = None
    source: str | None = None
    birthday: date | None = Field(default=None, index=True)
    anniversary: date | None = None
    locale: str | None = None
    timezone: str | None = None
    address: str | None = None
    note: str | None = None


class ContactEmail(Mortal, table=True):
    """An e-mail address; position 0 is the primary one."""

    __tablename__ = "contact_email"
    __table_args__ = (live("contact_email", "key"),)
    contact_id: int = link("contact.id", index=True)
    value: str
    key: str
    label: str | None = None
    position: int = 0
    invalid: int = 0
    opted_out: int = 0


class ContactPhone(Mortal, table=True):
    """A phone number; key is E.164."""

    __tablename__ = "contact_phone"
    __table_args__ = (live("contact_phone", "key"),)
    contact_id: int = link("contact.id", index=True)
    value: str
    key: str
    label: str | None = None
    position: int = 0
    invalid: int = 0
    opted_out: int = 0


class ContactHandle(Mortal, table=True):
    """A name on a social network."""

    __tablename__ = "contact_handle"
    __table_args__ = (live("contact_handle", "network", "key"),)
    contact_id: int = link("contact.id", index=True)
    network: str
    value: str
    key: str


class ContactCompany(Row, table=True):
    """A person's place at a company; ``ended_on`` set means history."""

    __tablename__ = "contact_company"
    contact_id: int = link("contact.id", index=True)
    company_id: int = link("company.id", index=True)
    role: str | None = None
    title: str | None = None
    position: int = 0
    started_on: date | None = None
    ended_on: date | None = None


class ContactRelation(Row, table=True):
    """What one person is to another."""

    __tablename__ = "contact_relation"
    contact_id: int = link("contact.id", index=True)
    other_id: int = link("contact.id", index=True)
    kind: str
