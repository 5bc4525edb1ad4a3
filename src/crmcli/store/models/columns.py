"""Column types that mean the same on both engines, and the columns every record has."""

# No `from __future__ import annotations` in the model files: SQLModel reads the annotations themselves.
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Index, Integer, Text, TypeDecorator, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: ``timestamptz`` on PostgreSQL, ``YYYY-MM-DDTHH:MM:SSZ`` text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The engine's own type."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Into the store."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Out of the store."""
        if value is None or dialect.name == "postgresql":
            return value  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)


Big = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


def live(*columns: str) -> Index:
    """A unique index over the rows that are not deleted."""
    where = text("deleted_at IS NULL")
    return Index(f"live_{'_'.join(columns)}", *columns[1:], unique=True, sqlite_where=where, postgresql_where=where)


def merged(table: str) -> Index:
    """An index over the few records that were merged into another."""
    where = text("merged_into IS NOT NULL")
    return Index(f"{table}_merged", "merged_into", sqlite_where=where, postgresql_where=where)


def link(target: str, *, optional: bool = False, index: bool = False) -> Any:  # noqa: ANN401 - as SQLModel's own Field
    """A column that points to another table, as ``company.id``.

    The foreign key is noted here and added by ``models.schema`` when the whole schema is wanted: a flush would
    otherwise have to import every table that a row of this one can point to.
    """
    column = {"info": {"references": target}, "nullable": optional}
    if optional:
        return Field(default=None, index=index, sa_type=Big, sa_column_kwargs=column)
    return Field(index=index, sa_type=Big, sa_column_kwargs=column)


class Row(SQLModel):
    """Anything with a number of its own."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Big)


class Mortal(Row):
    """A row that is kept when it is deleted, with the change set that deleted it."""

    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
    deleted_in: int | None = Field(default=None, sa_type=Big)


class Record(Mortal):
    """The columns that every record has."""

    uid: str = Field(unique=True)
    owner_id: int | None = link("app_user.id", optional=True, index=True)
    external_source: str | None = None
    external_id: str | None = None
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    version: int = 1
    created_at: datetime = Field(sa_type=Moment)
    created_by: int | None = link("app_user.id", optional=True)
    created_in: int | None = Field(default=None, sa_type=Big, index=True)
    updated_at: datetime = Field(sa_type=Moment)
    updated_by: int | None = link("app_user.id", optional=True)
    merged_into: int | None = Field(default=None, sa_type=Big)
