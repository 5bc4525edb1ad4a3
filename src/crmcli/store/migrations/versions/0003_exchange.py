"""Threads and attachments of messages; imports that resume, pairs known to be two, people forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
# The words of an entry are split and folded already, and a vector made of them as they are costs half of what the
# server's parser does. What is so long that a word of it may be too long, or the same word come very often, takes the
# slower way: each word once, and none that a vector can't hold.
WORDS_POSTGRESQL = """
CREATE FUNCTION crm_words(name text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CAST(COALESCE(string_agg(DISTINCT word || weight, ' '), '') AS tsvector)
  FROM (
    SELECT unnest(string_to_array(name, ' ')), ':1A' UNION ALL SELECT unnest(string_to_array(body, ' ')), ':1B'
  ) AS found (word, weight)
  WHERE octet_length(word) BETWEEN 1 AND 2046
$$
"""
COLUMN_POSTGRESQL = """
ALTER TABLE search_entry DROP COLUMN words, ADD COLUMN words tsvector GENERATED ALWAYS AS (
  CASE WHEN octet_length(name) + octet_length(body) <= 2046 THEN CAST(
    COALESCE(replace(NULLIF(name, ''), ' ', ':1A ') || ':1A ', '')
    || COALESCE(replace(NULLIF(body, ''), ' ', ':1B ') || ':1B', '') AS tsvector)
  ELSE crm_words(name, body) END
) STORED
"""


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
    if op.get_bind().dialect.name == "postgresql":
        _words()


def _words() -> None:
    op.execute("DELETE FROM search_entry")  # it is filled anew after the last step
    for statement in (WORDS_POSTGRESQL, COLUMN_POSTGRESQL):
        op.get_bind().exec_driver_sql(statement)  # as it is: a colon stands for itself
    op.execute("CREATE INDEX search_entry_words ON search_entry USING gin (words)")


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
