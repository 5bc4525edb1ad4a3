"""Full-text search over every record, filled from the rows that are there."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

FOLD_POSTGRESQL = """
CREATE FUNCTION crm_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(
    replace(replace(replace(replace(translate(
      regexp_replace(normalize(lower(value COLLATE "{collation}"), NFKD), '[\\u0300-\\u036f]', '', 'g'),
      'łøđħıðς', 'lodhidσ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    '\\s+', ' ', 'g'))
$$
"""
NUMBER_POSTGRESQL = """
CREATE FUNCTION crm_number(value text) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value ~ '^\\s*[-+]?([0-9]{1,99}\\.?[0-9]{0,99}|\\.[0-9]{1,99})([eE][-+]?[0-9]{1,2})?\\s*$'
    THEN value::double precision END
$$
"""
INSTR_POSTGRESQL = """
CREATE FUNCTION instr(hay text, needle text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT strpos(hay, needle)
$$
"""
TABLE_POSTGRESQL = """
CREATE TABLE search_entry (
  rowid bigint PRIMARY KEY, noun text NOT NULL, record_id bigint NOT NULL, name text NOT NULL, body text NOT NULL,
  words tsvector GENERATED ALWAYS AS
    (setweight(to_tsvector('simple', name), 'A') || setweight(to_tsvector('simple', body), 'B')) STORED
)
"""
TABLE_SQLITE = """
CREATE VIRTUAL TABLE search_entry USING fts5(
  noun UNINDEXED, record_id UNINDEXED, name, body, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
)
"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute(FOLD_POSTGRESQL.format(collation=_unicode_collation()))
        op.execute(NUMBER_POSTGRESQL)
        op.execute(INSTR_POSTGRESQL)
        op.execute(TABLE_POSTGRESQL)
        op.execute("CREATE INDEX search_entry_words ON search_entry USING gin (words)")
    else:
        op.execute(TABLE_SQLITE)


def _unicode_collation() -> str:
    """A collation whose ``lower`` knows more than ASCII, whatever the locale of the database."""
    wanted = "'pg_c_utf8', 'und-x-icu', 'C.utf8', 'en_US.utf8'"
    sql = f"SELECT collname FROM pg_collation WHERE collname IN ({wanted}) ORDER BY array_position(ARRAY[{wanted}], collname::text)"
    return op.get_bind().exec_driver_sql(sql).scalars().first() or "default"
