"""Activities as reports count them, and deals that nobody has touched for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.durations import LONGEST_DURATION
from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import EVERYTHING, NOTHING, Condition, both
from crmcli.store.queries.groups import COUNT, DEALS, group_rows, tallies, worth_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.store.dialects import Row
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


_OTHER, _DONE, _PLANNED = range(3)
_STATUS = (Condition(f"CASE r.status WHEN 'done' THEN {_DONE} WHEN 'planned' THEN {_PLANNED} ELSE {_OTHER} END"), 3)
_MINUTES = (Condition("COALESCE(r.duration, 0)"), LONGEST_DURATION + 1)
_FIGURES = (
    Condition("SUM(CASE WHEN r.status = 'done' THEN 1 ELSE 0 END)"),
    Condition("SUM(CASE WHEN r.status = 'planned' THEN 1 ELSE 0 END)"),
    Condition("CAST(SUM(CASE WHEN r.status = 'done' THEN COALESCE(r.duration, 0) ELSE 0 END) AS BIGINT)"),
)


def activity_figures(
    reader: Reader, group: Group, where: Condition, period: tuple[str, str] | None
) -> dict[object, tuple[int, int, int]]:
    """How many were done and are planned by the key of their group, and how many minutes the done ones took."""
    inside = both(where, Condition("r.at >= ? AND r.at < ?", period) if period else EVERYTHING)
    if not (reader.dialect.sorts_groups and group.has_numbers):
        return {key: (done, planned, took) for key, done, planned, took in group_rows(reader, group, _FIGURES, inside)}
    # Counted by length as well, for there are not many: in less time than sums by group take, which are sorted first.
    found: dict[object, tuple[int, int, int]] = {}
    for key, status, minutes, count in tallies(reader, group, (_STATUS, _MINUTES), inside):
        done, planned, took = found.get(key, (0, 0, 0))
        is_done = status == _DONE
        found[key] = (done + count * is_done, planned + count * (status == _PLANNED), took + minutes * count * is_done)
    return found


# -- deals that lie

# The last activity done with a deal since it entered its stage, or that moment.
TOUCHED = (
    "COALESCE((SELECT MAX(p.at) FROM activity p WHERE p.deal_id = r.id AND p.deleted_at IS NULL AND p.status = 'done'"
    " AND p.at > r.stage_since), r.stage_since)"
)


class Lain(NamedTuple):
    """The deals of a group that lie: how many, their worth in minor units, and the moment of the one touched first."""

    deals: int
    value: float
    since: str


def untouched(limits: Mapping[int, str]) -> Condition:
    """The open deals that entered their stage, and were last touched, before the moment that their stage's number gives."""
    # The plus keeps SQLite from going by stages, and then from each to its deals.
    parts = [
        Condition(
            "+r.stage_id = ? AND r.stage_since < ? AND NOT EXISTS (SELECT 1 FROM activity p WHERE p.deal_id = r.id"
            " AND p.deleted_at IS NULL AND p.status = 'done' AND p.at >= ?)",
            (stage, before, before),
        )
        for stage, before in limits.items()
    ]
    if not parts:
        return NOTHING
    return Condition(" OR ".join(f"({part.sql})" for part in parts), tuple(p for part in parts for p in part.params))


def lying(reader: Reader, group: Group, worth: Worth, where: Condition, *, has_ages: bool = True) -> dict[object, Lain]:
    """The ``untouched`` deals that fit by the key of their group; without their ages where nobody asks for them."""
    since = Condition(f"MIN({TOUCHED})" if has_ages else "NULL")
    rows = group_rows(reader, group, (COUNT, worth_sum(worth), since), where)
    return {key: Lain(*figures) for key, *figures in rows}


def lying_deals(reader: Reader, worth: Worth, where: Condition, most: int | None) -> list[Row]:
    """Uid, number, title, company, owner's number, stage, value, currency and last touch of ``untouched`` deals that fit.

    The most valuable first, those of no value or no rate last; at most so many.
    """
    # Apart, so that SQLite can go by the index of values, and so that nothing comes last on both engines.
    worthy = both(where, Condition(f"{worth.sql} IS NOT NULL", worth.params))
    found = _lying(reader, worthy, Condition(f"{worth.sql} DESC, r.id", worth.params), most)
    if most is not None and len(found) >= most:
        return found
    others = both(where, Condition(f"{worth.sql} IS NULL", worth.params))
    return found + _lying(reader, others, Condition("r.id"), None if most is None else most - len(found))


def _lying(reader: Reader, where: Condition, order: Condition, most: int | None) -> list[Row]:
    sql = (
        f"SELECT r.uid, r.id, r.title, o.name, r.owner_id, s.name, r.value, r.currency, {TOUCHED}{DEALS}"
        f" WHERE NOT (r.deleted_at IS NOT NULL) AND ({where.sql}) ORDER BY {order.sql}"
    )
    params = (*where.params, *order.params)
    return reader.rows(sql, params) if most is None else reader.rows(f"{sql} LIMIT ?", (*params, most))
