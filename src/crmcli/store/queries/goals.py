"""Goals (quotas), and what is reached of the figures that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.common import sure_day
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.worth import RateDay, worth

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from crmcli.domain.quotas import Metric
    from crmcli.store.reader import Reader

# What counts for a metric besides its period, and the amounts that are added up instead of counted.
_COUNTED = {
    "won_value": "s.kind = 'won'",
    "won": "s.kind = 'won'",
    "activities": "r.status = 'done'",
    "calls": "r.status = 'done' AND r.kind = 'call'",
    "meetings": "r.status = 'done' AND r.kind = 'meeting'",
}
_STAGES = " JOIN stage s ON s.id = r.stage_id"


class KeptGoal(NamedTuple):
    """A goal as it is kept: its target in minor units where it has a currency."""

    number: int
    uid: str
    metric: str
    owner_id: int | None
    starts_on: date
    ends_on: date
    target: float
    currency: str | None
    note: str | None


class Reached(NamedTuple):
    """What is reached in a period, by owners' numbers; ``currency`` is the one that money came out in.

    ``unrated`` is how many records' amounts are left out for want of a rate.
    """

    by_owner: dict[int | None, float]
    currency: str | None = None
    unrated: int = 0

    def of(self, owner: int | None) -> float:
        """What one owner reached; all together for None."""
        return sum(self.by_owner.values()) if owner is None else self.by_owner.get(owner, 0)


def goals(reader: Reader, where: Condition = EVERYTHING) -> list[KeptGoal]:
    """The goals, the latest period first, that of all together before those of its people; ``where`` is over goal r."""
    sql = (
        "SELECT r.id, r.uid, r.metric, r.owner_id, r.starts_on, r.ends_on, r.target, r.currency, r.note FROM goal r"
        f" LEFT JOIN app_user u ON u.id = r.owner_id WHERE r.deleted_at IS NULL AND ({where.sql})"
        " ORDER BY r.starts_on DESC, r.ends_on DESC, r.metric, COALESCE(u.login_key, ''), r.id"
    )
    return [
        KeptGoal(row[0], row[1], row[2], row[3], sure_day(row[4]), sure_day(row[5]), *row[6:])
        for row in reader.rows(sql, where.params)
    ]


def reached(
    reader: Reader,
    metric: Metric,
    bounds: tuple[str, str],
    currency: str | None,
    base: str,
    zone: tzinfo,
    where: Condition = EVERYTHING,
) -> Reached:
    """What is reached of a metric between two UTC moments, the later one excluded; ``where`` is over its records r.

    An amount counts by the rate of its day in the ``zone``.
    """
    moment = f"r.{metric.moment}"
    counted = _COUNTED.get(metric.name, "1 = 1")
    around = (
        f" FROM {metric.noun} r{_STAGES if metric.noun == 'deal' else ''} WHERE r.deleted_at IS NULL AND {counted}"
        f" AND {moment} >= ? AND {moment} < ? AND ({where.sql}) GROUP BY r.owner_id"
    )
    within = (*bounds, *where.params)
    if not metric.is_money or currency is None:
        return Reached(dict(reader.rows(f"SELECT r.owner_id, COUNT(*){around}", within)))
    value = worth(reader, currency, base, day=RateDay(zone, moment))
    missing = value.missing or Condition("1 = 0")
    sql = f"SELECT r.owner_id, SUM({value.sql}), SUM(CASE WHEN {missing.sql} THEN 1 ELSE 0 END){around}"
    rows = reader.rows(sql, (*value.params, *missing.params, *within))
    sums = {owner: float(amount or 0) for owner, amount, _ in rows}
    return Reached(sums, value.currency, sum(unrated for *_, unrated in rows))


class Quota(NamedTuple):
    """A goal of won value: the first and the last day, whose (None: of all together), and the amount in minor units."""

    starts_on: date
    ends_on: date
    owner_id: int | None
    amount: float


# Goals as rows with a value, so that they are converted like any other money.
_TARGETS = "(SELECT target AS value, currency, owner_id, starts_on, ends_on, deleted_at FROM goal WHERE metric = 'won_value') r"


class UnratedGoals(NamedTuple):
    """The goals in a currency that has no rate: how many, and their sum in its minor units."""

    currency: str
    goals: int
    target: float


def quotas(
    reader: Reader, currency: str, base: str, days: tuple[str, str], today: str
) -> tuple[list[Quota], list[UnratedGoals]]:
    """The goals of won value that lie wholly in the days, the later one excluded, by today's rates; and those without one."""
    value = worth(reader, currency, base, _TARGETS, day=f"'{today}'")
    sql = (
        f"SELECT r.starts_on, r.ends_on, r.owner_id, COALESCE(r.currency, ?), r.value, {value.sql} FROM {_TARGETS}"
        " WHERE r.deleted_at IS NULL AND r.starts_on >= ? AND r.ends_on < ?"
    )
    found: list[Quota] = []
    without: dict[str, list[float]] = {}
    for start, end, owner, code, target, amount in reader.rows(sql, (base, *value.params, *days)):
        if amount is None or value.currency != currency:
            without.setdefault(code, []).append(float(target))
        else:
            found.append(Quota(sure_day(start), sure_day(end), owner, float(amount)))
    return found, [UnratedGoals(code, len(targets), sum(targets)) for code, targets in sorted(without.items())]
