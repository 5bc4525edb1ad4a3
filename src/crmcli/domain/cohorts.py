"""Retention: of those who first bought in one month, how many buy in each month after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


class Cohort(NamedTuple):
    """Customers of one first month (or quarter, or year): ``name`` as 1997-01, 1997-Q1 or 1997.

    ``present[k]`` are those who bought in the k-th month after, None where that month had not begun on the last day;
    ``present[0]`` is everybody. ``repeaters`` bought on more than one day, whenever that was. ``customers`` are all of
    them, for looking into. ``begins`` is the first day of that month, and ``months`` how many months count as one.
    """

    name: str
    customers: tuple[str, ...]
    present: tuple[tuple[str, ...] | None, ...]
    repeaters: tuple[str, ...]
    begins: date
    months: int

    @property
    def active(self) -> tuple[int | None, ...]:
        """How many bought in each month after the first."""
        return tuple(None if some is None else len(some) for some in self.present)

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
        return ratio(len(self.repeaters), self.size)

    def stretch(self, k: int) -> tuple[date, date]:
        """The first and the last day of the k-th month after."""
        place = _place(self.begins, self.months) + k
        return _begin(place, self.months), _begin(place + 1, self.months) - timedelta(days=1)


def cohorts(histories: Mapping[str, Mapping[date, int | None]], last_day: date, unit: str = "month") -> list[Cohort]:
    """The cohorts of customers, the earliest first; one of no customers is left out.

    ``histories`` hold the purchase days of each, in order of time, none after ``last_day``. The last month is observed as
    far as it has come: it is a share of a part of a month, unless ``last_day`` ends it.
    """
    months = MONTHS_IN[unit]
    members: dict[int, list[str]] = {}
    seen: dict[int, dict[int, list[str]]] = {}
    for customer, days in histories.items():
        places = [_place(day, months) for day in days]
        members.setdefault(places[0], []).append(customer)
        later = seen.setdefault(places[0], {})
        for place in set(places):
            later.setdefault(place - places[0], []).append(customer)
    last = _place(last_day, months)
    width = last - min(members, default=last) + 1
    return [
        Cohort(
            _name(first, unit), tuple(members[first]),
            tuple(tuple(seen[first].get(k, ())) if first + k <= last else None for k in range(width)),
            tuple(customer for customer in members[first] if len(histories[customer]) > 1),
            _begin(first, months), months,
        )
        for first in sorted(members)
    ]  # fmt: skip


def overall(found: list[Cohort]) -> tuple[float | None, ...]:
    """The share active in the k-th month after the first, over all cohorts that were observed so long."""
    width = max((len(each.present) for each in found), default=0)
    shares = []
    for k in range(width):
        observed = [(len(some), each.size) for each in found if (some := each.present[k]) is not None]
        shares.append(ratio(sum(count for count, _ in observed), sum(size for _, size in observed)))
    return tuple(shares)


def _place(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months


def _begin(place: int, months: int) -> date:
    month = place * months
    return date(month // 12, month % 12 + 1, 1)


def _name(place: int, unit: str) -> str:
    match unit:
        case "month":
            return f"{place // 12:04d}-{place % 12 + 1:02d}"
        case "quarter":
            return f"{place // 4:04d}-Q{place % 4 + 1}"
        case _:
            return f"{place:04d}"
