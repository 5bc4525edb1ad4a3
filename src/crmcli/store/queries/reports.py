"""Activities as reports count them, and deals that nobody has touched for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.condition import EVERYTHING, NOTHING, Condition, both
from crmcli.store.queries.groups import group_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmcli.store.dialects import Row
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader


def activity_figures(reader: Reader, group: Group, where: Condition, period: tuple[str, str] | None) -> Iterator[Row]:
    """Group, how many were done and are planned, and how many minutes the done ones took."""
    inside = Condition("r.at >= ? AND r.at < ?", period) if period else EVERYTHING
    measures = (
        Condition("SUM(CASE WHEN r.status = 'done' THEN 1 ELSE 0 END)"),
        Condition("SUM(CASE WHEN r.status = 'planned' THEN 1 ELSE 0 END)"),
        Condition("CAST(SUM(CASE WHEN r.status = 'done' THEN COALESCE(r.duration, 0) ELSE 0 END) AS BIGINT)"),
    )
    return group_rows(reader, group, measures, both(where, inside))


# -- deals that lie


def entered_before(limits: Mapping[int, str]) -> Condition:
    """The deals that entered their stage before the moment that its number gives."""
    if not limits:
        return NOTHING
    # The plus keeps SQLite from going by stages, and then from each to its deals.
    parts = " OR ".join("(+r.stage_id = ? AND r.stage_since < ?)" for _ in limits)
    return Condition(parts, tuple(each for limit in limits.items() for each in limit))


def untouched(limits: Mapping[int, str]) -> Condition:
    """The open deals that entered their stage, and were last touched, before the moment that their stage's number gives."""
    parts = [
        Condition(
            "r.stage_id = ? AND r.stage_since < ? AND NOT EXISTS (SELECT 1 FROM activity p WHERE p.deal_id = r.id"
            " AND p.deleted_at IS NULL AND p.status = 'done' AND p.at >= ?)",
            (stage, before, before),
        )
        for stage, before in limits.items()
    ]
    if not parts:
        return NOTHING
    return Condition(" OR ".join(f"({part.sql})" for part in parts), tuple(p for part in parts for p in part.params))


def lying_deals(reader: Reader, where: Condition, limits: Mapping[int, str]) -> Iterator[Row]:
    """Uid, number, title, company, owner's number, stage, value, currency, in its stage since, last touch, stage's number.

    Of the ``untouched`` deals that fit.
    """
    inside = both(where, entered_before(limits))
    last = "(SELECT MAX(p.at) FROM activity p WHERE p.deal_id = r.id AND p.deleted_at IS NULL AND p.status = 'done')"
    sql = (
        f"SELECT r.uid, r.id, r.title, o.name, r.owner_id, s.name, r.value, r.currency, r.stage_since, {last}, r.stage_id"
        " FROM deal r JOIN stage s ON s.id = +r.stage_id"
        " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
        f" WHERE r.deleted_at IS NULL AND s.kind = 'open' AND ({inside.sql})"
    )
    # The last touch is compared here: SQLite would look for it once more.
    return (row for row in reader.stream(sql, inside.params) if row[9] is None or row[9] < limits[row[10]])
