"""What is missing, odd or unconnected, counted and with a few examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader

EXAMPLES = 3


def counted(reader: Reader, noun: str, where: Condition) -> tuple[int, list[int]]:
    """How many live records meet a condition, and the numbers of the first."""
    live = f"FROM {noun} r WHERE r.deleted_at IS NULL AND ({where.sql})"
    count = int(reader.value(f"SELECT COUNT(*) {live}", where.params) or 0)
    first = reader.rows(f"SELECT r.id {live} ORDER BY r.id LIMIT {EXAMPLES}", where.params) if count else []
    return count, [number for (number,) in first]


def countries(reader: Reader) -> Iterator[Row]:
    """Each spelling of a country, the commonest first: text, how many companies, the lowest of their numbers."""
    sql = (
        "SELECT r.country, COUNT(*), MIN(r.id) FROM company r WHERE r.deleted_at IS NULL AND r.country IS NOT NULL"
        " GROUP BY r.country ORDER BY COUNT(*) DESC, r.country"
    )
    return reader.stream(sql)


def websites(reader: Reader) -> Iterator[Row]:
    """Number, uid, parent's number and website of every live company that has one, by number."""
    sql = (
        "SELECT r.id, r.uid, r.parent_id, w.key FROM company r JOIN company_website w ON w.company_id = r.id"
        " WHERE r.deleted_at IS NULL AND w.deleted_at IS NULL ORDER BY r.id, w.position, w.id"
    )
    return reader.stream(sql)


def unplaced(reader: Reader) -> Iterator[Row]:
    """Number and e-mail of every live person who is linked to no company, by number."""
    sql = (
        "SELECT r.id, e.key FROM contact r JOIN contact_email e ON e.contact_id = r.id WHERE r.deleted_at IS NULL"
        " AND e.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM contact_company l JOIN company o ON o.id = l.company_id"
        " WHERE l.contact_id = r.id AND l.ended_on IS NULL AND o.deleted_at IS NULL) ORDER BY r.id, e.position, e.id"
    )
    return reader.stream(sql)


def invalid(reader: Reader, table: str) -> tuple[int, list[Row]]:
    """How many addresses of a table are marked as invalid, and number and value of the first."""
    live = _invalid(table)
    count = int(reader.value(f"SELECT COUNT(*) {live}") or 0)
    return count, reader.rows(f"SELECT r.id, v.value {live} ORDER BY r.id, v.id LIMIT {EXAMPLES}") if count else []


def invalid_at(reader: Reader, table: str) -> list[int]:
    """The numbers of the people who have an address in a table that is marked as invalid."""
    return [number for (number,) in reader.rows(f"SELECT DISTINCT r.id {_invalid(table)} ORDER BY r.id")]


def in_country(reader: Reader, text: str) -> list[int]:
    """The numbers of the companies whose country is spelled exactly like this."""
    sql = "SELECT r.id FROM company r WHERE r.deleted_at IS NULL AND r.country = ? ORDER BY r.id"
    return [number for (number,) in reader.rows(sql, (text,))]


def _invalid(table: str) -> str:
    return (
        f"FROM {table} v JOIN contact r ON r.id = v.contact_id"
        " WHERE v.invalid = 1 AND v.deleted_at IS NULL AND r.deleted_at IS NULL"
    )
