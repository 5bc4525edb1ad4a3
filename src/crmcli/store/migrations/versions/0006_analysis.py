"""Exchange rates, purchases, quotas, saved reports and muted advice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_stage_change_deal_id", "stage_change")
    op.create_index("stage_change_way", "stage_change", ["deal_id", "at", "to_stage_id", "from_stage_id"])
    op.drop_index("ix_activity_deal_id", "activity")
    op.create_index("activity_of_deal", "activity", ["deal_id", "status", "deleted_at", "at"])
    op.drop_index("deal_stage", "deal")
    op.create_index("deal_stage", "deal", ["stage_id", "deleted_at", "value", "probability", "currency"])
    _table(
        "exchange_rate",
        _text("currency"), _text("base"), _text("day"),
        sa.Column("rate", sa.Float(), nullable=False),
        _text("note", optional=True),
        _number("created_in"),
    )  # fmt: skip
    op.create_index("ix_exchange_rate_created_in", "exchange_rate", ["created_in"])
    _live("exchange_rate", "currency", "base", "day")
    _table(
        "advice_mute",
        _uid(),
        _text("rule"),
        _text("noun", optional=True),
        _number("record_id"),
        _day("until"),
        *_owner(),
    )
    _table(
        "goal",
        _uid(), _text("metric"), *_owner(),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        _text("currency", optional=True), _text("note", optional=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )  # fmt: skip
    _live("goal", "metric", "owner_id", "starts_on", "ends_on")
    asked = sa.Column("asked", JSON, nullable=False)
    _table("saved_report", _uid(), _text("name"), _text("name_key"), _text("report"), asked, *_owner())
    _live("saved_report", "name_key")
    _purchase()


def _purchase() -> None:
    _table(
        "purchase",
        _uid(), _text("customer"), _text("customer_key"), *_link("contact_id", "contact"), *_link("company_id", "company"),
        sa.Column("at", MOMENT, nullable=False),
        _number("value"), _text("currency", optional=True), _text("product", optional=True),
        sa.Column("quantity", sa.Float(), nullable=True),
        _text("source"), _text("external_id", optional=True), _number("created_in"),
    )  # fmt: skip
    _live("purchase", "source", "external_id")
    op.create_index("ix_purchase_created_in", "purchase", ["created_in"])
    counted = ["customer_key", "at", "value", "currency", "product"]
    op.create_index("purchase_customer", "purchase", counted, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("purchase_at", "purchase", ["at"])
    op.create_index("purchase_contact", "purchase", ["contact_id"])
    op.create_index("purchase_company", "purchase", ["company_id"])


def _table(name: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    """A table whose rows are kept when they are deleted."""
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        _number("deleted_in"),
        *parts,
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )


def _live(table: str, *columns: str) -> None:
    name = f"live_{table}_{'_'.join(columns)}"
    op.create_index(name, table, list(columns), unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def _uid() -> sa.Column[str]:
    return sa.Column("uid", sa.String(), nullable=False, unique=True)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=optional)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=True)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=True)


def _link(name: str, table: str) -> tuple[Any, ...]:
    return (_number(name), sa.ForeignKeyConstraint([name], [f"{table}.id"]))


def _owner() -> tuple[Any, ...]:
    return _link("owner_id", "app_user")
