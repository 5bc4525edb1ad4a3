"""Values that fit what was typed: beginnings for the shell, whole suggestions for the fields of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.store.queries.fields import PLACES, Own
from crmcli.store.reader import marks
from crmcli.store.search import row_number, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.reader import Reader

# Table to (shown column, folded column, further condition).
_COLUMNS = {
    "contact_email": ("value", "key", "deleted_at IS NULL"),
    "contact": ("name", "name_key", "deleted_at IS NULL"),
    "company": ("name", "name_key", "deleted_at IS NULL"),
    "deal": ("title", "title_key", "deleted_at IS NULL AND closed_at IS NULL"),
    "stage": ("name", "name_key", "deleted_at IS NULL"),
    "pipeline": ("name", "name_key", "deleted_at IS NULL"),
    "campaign": ("name", "name_key", "deleted_at IS NULL"),
    "template": ("name", "name_key", "deleted_at IS NULL"),
    "segment": ("name", "name_key", "deleted_at IS NULL"),
    "sequence": ("name", "name_key", "deleted_at IS NULL"),
    "saved_report": ("name", "name_key", "deleted_at IS NULL"),
    "app_user": ("login", "login_key", "1 = 1"),
    "tag": ("name", "key", "1 = 1"),
}
_END = "\U0010ffff"  # after every text that goes on from a beginning
_NAME = {"contact": "name", "company": "name", "deal": "title"}
_FIRST_EMAIL = (
    "(SELECT e.value FROM contact_email e WHERE e.contact_id = r.id AND e.deleted_at IS NULL"
    " ORDER BY e.position, e.id LIMIT 1)"
)
_FIRST_COMPANY = (
    "(SELECT o.name FROM contact_company l JOIN company o ON o.id = l.company_id WHERE l.contact_id = r.id"
    " AND l.ended_on IS NULL AND o.deleted_at IS NULL ORDER BY l.position, l.id LIMIT 1)"
)
_FIRST_WEBSITE = (
    "(SELECT w.value FROM company_website w WHERE w.company_id = r.id AND w.deleted_at IS NULL"
    " ORDER BY w.position, w.id LIMIT 1)"
)
_ABOUT = {
    "contact": (_FIRST_EMAIL, _FIRST_COMPANY),
    "company": (_FIRST_WEBSITE, "r.industry"),
    "deal": (
        "(SELECT o.name FROM company o WHERE o.id = r.company_id)",
        "(SELECT s.name FROM stage s WHERE s.id = r.stage_id)",
    ),
}
_MOST_VALUES = 2_000
_WINDOW = 20_000
# What a custom field holds lies in JSON, which costs more to look into than a column.
_LATEST = 10_000


class Known(NamedTuple):
    """A record that fits: what it is called, two things that tell it apart, and whether no other is called so."""

    number: int
    name: str
    first: str | None
    second: str | None
    is_only: bool


def beginning(reader: Reader, table: str, typed: str, limit: int) -> list[str]:
    """The live values of a table that begin with what was typed, whatever its case and accents."""
    shown, key, alive = _COLUMNS[table]
    start = fold(typed)
    sql = f"SELECT DISTINCT {shown} FROM {table} WHERE {alive} AND {key} >= ? AND {key} < ? ORDER BY {shown} LIMIT ?"
    return [name for (name,) in reader.rows(sql, (start, f"{start}{_END}", limit))]


def stages_of_deal(reader: Reader, deal: int, typed: str) -> list[str]:
    """The stages of a deal's pipeline that begin with what was typed, in their order."""
    sql = (
        "SELECT s.name, s.name_key FROM stage s JOIN deal d ON d.pipeline_id = s.pipeline_id"
        " WHERE d.id = ? AND s.deleted_at IS NULL ORDER BY s.position, s.id"
    )
    return [name for name, key in reader.rows(sql, (deal,)) if key.startswith(fold(typed))]


def every_name(reader: Reader, table: str) -> list[str]:
    """The names of a table of few rows: in their own order where they have one, else by name."""
    shown, _key, alive = _COLUMNS[table]
    order = "position, id" if table in ("stage", "pipeline") else shown
    sql = f"SELECT {shown} FROM {table} WHERE {alive} ORDER BY {order} LIMIT ?"
    return list(dict.fromkeys(name for (name,) in reader.rows(sql, (_MOST_VALUES,))))


def records_named(reader: Reader, noun: str, typed: str, limit: int) -> list[Known]:
    """The live records whose name has words that begin with those typed, or whose e-mail begins so; beginnings first."""
    start = fold(typed)
    if not start:
        return _known(reader, noun, _latest(reader, noun, limit))
    numbers = _by_email(reader, start, limit) if noun == "contact" and " " not in start else []
    words = _by_words(reader, noun, typed, limit) if len(numbers) < limit else []
    if len(words) >= limit or not words_of(typed):
        # More fit than were asked for, and those that begin so may be among the others.
        numbers += _by_name(reader, noun, start, limit)
    known = _known(reader, noun, list(dict.fromkeys((*numbers, *words))))
    return sorted(known, key=lambda each: not _begins(each, start))[:limit]


def _begins(known: Known, start: str) -> bool:
    return any(fold(text).startswith(start) for text in (known.name, known.first or ""))


def _latest(reader: Reader, noun: str, limit: int) -> list[int]:
    sql = f"SELECT id FROM {noun} WHERE {_COLUMNS[noun][2]} ORDER BY id DESC LIMIT ?"
    return [number for (number,) in reader.rows(sql, (limit,))]


def _by_email(reader: Reader, start: str, limit: int) -> list[int]:
    sql = "SELECT contact_id FROM contact_email WHERE deleted_at IS NULL AND key >= ? AND key < ? ORDER BY key LIMIT ?"
    return [number for (number,) in reader.rows(sql, (start, f"{start}{_END}", limit))]


def _by_name(reader: Reader, noun: str, start: str, limit: int) -> list[int]:
    _shown, key, alive = _COLUMNS[noun]
    # In no order: PostgreSQL has none to offer for names, and would read all that begin so to make one.
    sql = f"SELECT id FROM {noun} WHERE {alive} AND {key} >= ? AND {key} < ? LIMIT ?"
    return [number for (number,) in reader.rows(sql, (start, f"{start}{_END}", limit))]


def _by_words(reader: Reader, noun: str, typed: str, limit: int) -> list[int]:
    """The records that hold the words typed, the latest first.

    Frequent words are found by walking back over the latest records, rare ones through the index: neither way is quick
    for both on both engines.
    """
    words = words_of(typed)
    if not words:
        return []
    last = int(reader.value(f"SELECT MAX(id) FROM {noun}") or 0)
    # The index's own numbers say whose entry it is, so that nothing else of it is read.
    found = f"SELECT rowid FROM search_entry WHERE {reader.dialect.search_condition()} AND rowid >= ? AND rowid <= ? AND rowid % 8 = ?"
    if noun == "deal":  # one that is won or lost is seldom what a form is about
        found += " AND EXISTS (SELECT 1 FROM deal r WHERE r.id = search_entry.rowid / 8 AND r.closed_at IS NULL)"
    query = reader.dialect.search_query(words, names_only=True)
    first, end, place = row_number(noun, max(last - _WINDOW, 0)), row_number(noun, last), row_number(noun, 0)
    rows = reader.rows(f"{found} ORDER BY rowid DESC LIMIT ?", (query, first, end, place, limit))
    if len(rows) < limit and first > place:
        whole = f"WITH m AS MATERIALIZED ({found}) SELECT rowid FROM m ORDER BY rowid DESC LIMIT ?"
        rows = reader.rows(whole, (query, 0, end, place, limit))
    return [row // 8 for (row,) in rows]


def _known(reader: Reader, noun: str, numbers: Sequence[int]) -> list[Known]:
    if not numbers:
        return []
    name, (first, second) = _NAME[noun], _ABOUT[noun]
    alone = f"NOT EXISTS (SELECT 1 FROM {noun} q WHERE q.{name}_key = r.{name}_key AND q.deleted_at IS NULL AND q.id <> r.id)"
    sql = f"SELECT r.id, r.{name}, {first}, {second}, {alone} FROM {noun} r WHERE r.id IN ({marks(numbers)})"
    by_number = {row[0]: Known(row[0], row[1], row[2], row[3], bool(row[4])) for row in reader.rows(sql, numbers)}
    return [by_number[number] for number in numbers if number in by_number]


def last_change(reader: Reader) -> int:
    """The number of the latest change set, 0 before the first."""
    return int(reader.value("SELECT MAX(id) FROM change_set") or 0)


def column_values(reader: Reader, noun: str, name: str) -> list[str]:
    """The different texts that live records of a noun hold in one of its own fields, the most frequent first."""
    place = PLACES[noun][name]
    assert isinstance(place, Own), name
    column = place.value.format(a="r")
    sql = (
        f"SELECT {column}, COUNT(*) FROM {noun} r WHERE r.deleted_at IS NULL AND {column} IS NOT NULL"
        f" GROUP BY {column} ORDER BY COUNT(*) DESC, {column} LIMIT ?"
    )
    return [value for value, _ in reader.rows(sql, (_MOST_VALUES,))]


def custom_values(reader: Reader, noun: str, key: str) -> list[str]:
    """The different values of a custom field among the latest records of a noun, the most frequent first."""
    sql = (
        f"SELECT c.v, COUNT(*) FROM (SELECT {reader.dialect.custom_value('r')} AS v FROM"
        f" (SELECT id, custom FROM {noun} WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ?) r) c"
        " WHERE c.v IS NOT NULL GROUP BY c.v ORDER BY COUNT(*) DESC, c.v LIMIT ?"
    )
    return [value for value, _ in reader.rows(sql, (key, _LATEST, _MOST_VALUES))]
