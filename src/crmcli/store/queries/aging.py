"""Open deals by their age."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.store.queries.buckets import bucket
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.forecasting import OPEN
from crmcli.store.queries.groups import DEALS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


class Aged(NamedTuple):
    """The open deals of a group and band; amounts in minor units."""

    deals: int
    value: float
    rotting: int
    rotting_value: float


def older_than(now: datetime, bands: Sequence[int]) -> list[str]:
    """The moments, the earliest first, before which a deal is older than so many days."""
    return [utc_text(now - timedelta(days=days)) for days in reversed(bands)]


def aged(
    reader: Reader, group: Group, worth: Worth, where: Condition, now: datetime, bands: Sequence[int]
) -> dict[tuple[object, int], Aged]:
    """Open deals by the key of their group and the band of their age: 0 up to and with the first number of days, and on."""
    band, rots = bucket("r.created_at", older_than(now, bands)), _rotting(reader, now)
    amount = f"CAST({worth.sql} AS DOUBLE PRECISION)"
    measures = (
        Condition("COUNT(*)"),
        Condition(f"COALESCE(SUM({amount}), 0)", worth.params),
        Condition(f"SUM(CASE WHEN {rots.sql} THEN 1 ELSE 0 END)", rots.params),
        Condition(f"COALESCE(SUM(CASE WHEN {rots.sql} THEN {amount} END), 0)", (*rots.params, *worth.params)),
    )
    fits = both(OPEN, where)
    sql = (
        f"SELECT {group.sql}, {len(bands)} - ({band.sql}), {', '.join(each.sql for each in measures)}{DEALS}"
        f"{group.joins.sql} WHERE r.deleted_at IS NULL AND ({fits.sql}) GROUP BY 1, 2"
    )
    figures = [param for each in measures for param in each.params]
    params = (*group.params, *band.params, *figures, *group.joins.params, *fits.params)
    return {(key, place): Aged(*found) for key, place, *found in reader.stream(sql, params)}


def _rotting(reader: Reader, now: datetime) -> Condition:
    """Whether an open deal was untouched for longer than its stage allows; only then its activities are looked at."""
    allowed = reader.rows("SELECT id, rot_days FROM stage WHERE kind = 'open' AND rot_days IS NOT NULL AND deleted_at IS NULL")
    if not allowed:
        return Condition("1 = 0")
    since = {stage: utc_text(now - timedelta(days=days)) for stage, days in allowed}
    limits = " ".join(f"WHEN {stage} THEN ?" for stage in since)
    limit = Condition(f"CASE s.id {limits} END", tuple(since.values()))
    moment = reader.dialect.moment(limit.sql)
    touched = (
        "EXISTS (SELECT 1 FROM activity p WHERE p.deal_id = r.id AND p.deleted_at IS NULL AND p.status = 'done'"
        f" AND p.at >= {moment})"
    )
    return Condition(f"(r.stage_since < {moment} AND NOT {touched})", (*limit.params, *limit.params))
