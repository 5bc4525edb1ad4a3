"""Retention: of those who first bought in one month, how many buy in each month after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


class Cohort(NamedTuple):
    """Customers of one first month (or quarter, or year): ``name`` as 1997-01, 1997-Q1 or 1997.

    ``active[k]`` is the number that bought in the k-th month after, None where that month had not begun on the last day;
    ``active[0]`` is everybody. ``repeaters`` bought on more than one day, whenever that was. ``customers`` are all of
    them, for looking into.
    """

    name: str
    customers: tuple[str, ...]
    active: tuple[int | None, ...]
    repeaters: int

    @property
    def size(self) -> int:
        """How many customers there are in it."""
        return len(self.customers)

    @property
    def retention(self) -> tuple[float | None, ...]:
        """The share active in each month after the first."""
        return tuple(None if count is None else count / self.size for count in self.active)

    @property
    def repeat_rate(self) -> float | None:
        """The share that came again."""
        return ratio(self.repeaters, self.size)


def cohorts(histories: Mapping[str, Mapping[date, int]], last_day: date, unit: str = "month") -> list[Cohort]:
    """The cohorts of customers, the earliest first; one of no customers is left out.

    ``histories`` hold the purchase days of each, in order of time, none after ``last_day``. The last month is observed as
    far as it has come: it is a share of a part of a month, unless ``last_day`` ends it.
    """
    months = MONTHS_IN[unit]
    members: dict[int, list[str]] = {}
    seen: dict[int, dict[int, int]] = {}
    for customer, days in histories.items():
        places = [_place(day, months) for day in days]
        members.setdefault(places[0], []).append(customer)
        later = seen.setdefault(places[0], {})
        for place in set(places):
            later[place - places[0]] = later.get(place - places[0], 0) + 1
    last = _place(last_day, months)
    width = last - min(members, default=last) + 1
    return [
        Cohort(
            _name(first, unit), tuple(members[first]),
            tuple(seen[first].get(k, 0) if first + k <= last else None for k in range(width)),
            sum(len(histories[customer]) > 1 for customer in members[first]),
        )
        for first in sorted(members)
    ]  # fmt: skip


def overall(found: list[Cohort]) -> tuple[float | None, ...]:
    """The share active in the k-th month after the first, over all cohorts that were observed so long."""
    width = max((len(each.active) for each in found), default=0)
    shares = []
    for k in range(width):
        observed = [(count, each.size) for each in found if (count := each.active[k]) is not None]
        shares.append(ratio(sum(count for count, _ in observed), sum(size for _, size in observed)))
    return tuple(shares)


def _place(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months


def _name(place: int, unit: str) -> str:
    match unit:
        case "month":
            return f"{place // 12:04d}-{place % 12 + 1:02d}"
        case "quarter":
            return f"{place // 4:04d}-Q{place % 4 + 1}"
        case _:
            return f"{place:04d}"
