"""Which rows of the store differ from a copy of it: what the change log tells since, and what was marked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.warehouse.layout import LARGE, MARKED, UNLOGGED

if TYPE_CHECKING:
    from crmcli.store.reader import Reader
    from crmcli.store.warehouse.mark import Mark

_MARKS = "SELECT id, deleted_in, deleted_at FROM {} WHERE deleted_in IS NOT NULL OR deleted_at IS NOT NULL"
_MEMBERS = (
    "SELECT campaign_id, status, COUNT(*), SUM(id), SUM(contact_id), MAX(campaign_member.at) FROM campaign_member"
    " GROUP BY campaign_id, status"
)


def changed(store: Reader, copy: Reader, mark: Mark) -> dict[str, set[int]]:
    """The numbers of the rows of each large table that are not as the copy, made at the mark, has them.

    Rows that are new are not among them: their numbers are higher than any in the copy.
    """
    found: dict[str, set[int]] = {table.name: set() for table in LARGE}
    sql = "SELECT DISTINCT relation, row_id FROM change WHERE id > ?"
    for relation, number in store.stream(sql, (mark.change,)):
        if relation in found:
            found[relation].add(number)
    for table in MARKED if _may_be_marked(store, mark) else ("purchase",):
        found[table] |= _marked_otherwise(store, copy, table)
    found[UNLOGGED] |= _members(store, copy)
    return found


def _may_be_marked(store: Reader, mark: Mark) -> bool:
    """Whether change sets since had more records than the log tells of: those were marked, not copied into it."""
    logged = "SELECT COUNT(*) FROM (SELECT DISTINCT set_id, noun, record_id FROM change WHERE id > ?) l"
    records = int(store.value("SELECT SUM(records) FROM change_set") or 0)
    return records - mark.records > int(store.value(logged, (mark.change,)))


def _marked_otherwise(store: Reader, copy: Reader, table: str) -> set[int]:
    """The rows that are deleted, or were once, in one of the two and not in the same way in the other."""
    sql = _MARKS.format(table)
    return {number for number, *_ in set(store.stream(sql)) ^ set(copy.stream(sql))}


def _members(store: Reader, copy: Reader) -> set[int]:
    """The members, here or there, of the campaigns that don't look the same: in number, state or person."""
    campaigns = {campaign for campaign, *_ in {*store.stream(_MEMBERS)} ^ {*copy.stream(_MEMBERS)}}
    sql = "SELECT id FROM campaign_member WHERE campaign_id = ?"
    return {n for campaign in campaigns for reader in (store, copy) for (n,) in reader.stream(sql, (campaign,))}
