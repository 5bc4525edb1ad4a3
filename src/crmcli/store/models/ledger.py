"""Who did what and when: users and the change log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Big, Json, Moment, Row, link


class AppUser(Row, table=True):
    """Somebody who acts or owns; made on first use."""

    __tablename__ = "app_user"
    login: str
    login_key: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Moment)


class ChangeSet(Row, table=True):
    """One use case that changed the store: one undo step."""

    __tablename__ = "change_set"
    uid: str = Field(unique=True)
    at: datetime = Field(sa_type=Moment)
    user_id: int = link("app_user.id")
    command: str
    origin: str
    summary: str = ""
    records: int = 0
    undo_of: int | None = link("change_set.id", optional=True)
    undone_by: int | None = link("change_set.id", optional=True)


class Change(Row, table=True):
    """One row before and after; ``noun`` and ``record_id`` say whose row it is."""

    __table_args__ = (Index("change_record", "noun", "record_id", "set_id"),)
    set_id: int = link("change_set.id", index=True)
    noun: str
    record_id: int = Field(sa_type=Big)
    relation: str  # the table
    row_id: int = Field(sa_type=Big)
    action: str  # insert, update, delete
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
