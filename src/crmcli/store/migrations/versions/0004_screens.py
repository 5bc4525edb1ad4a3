"""Saved views of lists, how many deals a stage should hold, and names found by how they begin."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("stage", sa.Column("wip_limit", sa.Integer(), nullable=True))
    _saved_view()
    if op.get_bind().dialect.name == "postgresql":
        # The other engine's index of words knows where a name begins. A name may be longer than a b-tree entry.
        op.execute('CREATE INDEX search_entry_name ON search_entry (noun, (left(name, 40) COLLATE "C"))')


def _saved_view() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("deleted_in", BIG, nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("filter", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("reverse", sa.Integer(), nullable=False),
        sa.Column("columns", sa.String(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    where = sa.text("deleted_at IS NULL")
    op.create_index(
        "live_saved_view_noun_name_key",
        "saved_view",
        ["noun", "name_key"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
