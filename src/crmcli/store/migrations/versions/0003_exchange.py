"""Threads and attachments of messages; imports that resume, pairs known to be two, people forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("activity", sa.Column("thread", sa.String(), nullable=True))
    op.add_column("activity", sa.Column("attachments", sa.String(), nullable=True))
    op.create_index(op.f("ix_activity_thread"), "activity", ["thread"], unique=False)
    _import_run()
    _distinct_pair()
    _forgotten()
    where = sa.text("merged_into IS NOT NULL")
    for table in ("contact", "company", "deal"):
        op.create_index(f"{table}_merged", table, ["merged_into"], sqlite_where=where, postgresql_where=where)


def _import_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("rows_done", BIG, nullable=False),
        sa.Column("set_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["change_set.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source"),
        sqlite_autoincrement=True,
    )


def _distinct_pair() -> None:
    op.create_table(
        "distinct_pair",
        sa.Column("id", BIG, nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("a_id", BIG, nullable=False),
        sa.Column("b_id", BIG, nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("distinct_pair_records", "distinct_pair", ["noun", "a_id", "b_id"], unique=True)


def _forgotten() -> None:
    op.create_table(
        "forgotten",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
