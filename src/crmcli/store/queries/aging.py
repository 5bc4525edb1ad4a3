"""Open deals by their age."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.store.queries.buckets import bucket
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.forecasting import OPEN
from crmcli.store.queries.groups import COUNT, group_rows, group_values, worth_sum
from crmcli.store.queries.reports import untouched

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


def aged(
    reader: Reader, group: Group, worth: Worth, where: Condition, bounds: Sequence[str], rots: Condition
) -> dict[tuple[object, int], Aged]:
    """Open deals by the key of their group and their band: how many of the moments (the latest first) they are older than.

    ``rots`` says which of them rot.
    """
    rotten = Condition(f"CASE WHEN {rots.sql} THEN 1 ELSE 0 END", rots.params)
    found: dict[tuple[object, int], Aged] = {}
    rows = group_rows(reader, group, [COUNT, worth_sum(worth)], both(OPEN, where), split=[_band(bounds), rotten])
    for key, band, is_rotten, deals, value in rows:
        before = found.get((key, band), Aged(0, 0.0, 0, 0.0))
        found[key, band] = Aged(
            before.deals + deals, before.value + value, before.rotting + deals * is_rotten,
            before.rotting_value + value * is_rotten,
        )  # fmt: skip
    return found


def rotting_numbers(
    reader: Reader, group: Group, where: Condition, bounds: Sequence[str], rots: Condition
) -> dict[tuple[object, int], list[int]]:
    """The numbers of the deals that rot, by the key of their group and their band."""
    band, fits = _band(bounds), both(OPEN, where, rots)
    found: dict[tuple[object, int], list[int]] = {}
    for key, place, number in group_values(reader, group, (band, Condition("r.id")), fits):
        found.setdefault((key, place), []).append(number)
    return found


def _band(bounds: Sequence[str]) -> Condition:
    younger = bucket("r.created_at", list(reversed(bounds)))
    return Condition(f"{len(bounds)} - ({younger.sql})", younger.params)


def rotting(reader: Reader, now: datetime) -> Condition:
    """Open deals untouched for longer than their stage allows."""
    sql = "SELECT id, rot_days FROM stage WHERE kind = 'open' AND rot_days IS NOT NULL AND deleted_at IS NULL"
    return untouched({stage: utc_text(now - timedelta(days=days)) for stage, days in reader.rows(sql)})
