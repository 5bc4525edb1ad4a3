"""What customers bought and when, folded into what the models of buying start from.

A purchase day is the unit: purchases of one customer on one day are one. Days are days of the reporter's calendar, a
week is seven of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

DAYS_A_WEEK = 7


class Purchase(NamedTuple):
    """One line of a purchase: who, on which day, for how much (minor units of one currency), what and how many."""

    customer: str
    day: date
    amount: int
    product: str | None = None
    quantity: float = 1


class Buyer(NamedTuple):
    """A customer as the models of repeat buying see one, at the end of a period.

    ``frequency`` is the number of purchase days after the first; ``recency`` the weeks from the first to the last;
    ``age`` the weeks from the first to the period's last day; ``repeat_mean`` the mean amount of the days after the
    first, None where there are none: the first purchase is left out, as Gamma-Gamma is fitted to repeat purchases, and
    the mean is rounded to a minor unit, a half up. Weeks are rounded to two digits, less than a day: so does the summary
    of CDNOW on which the figures of the models were published. ``spent`` is all of it, the first day included.
    Of days whose amount is not known nothing goes into money: ``priced`` is how many of the days after the first are in
    ``repeat_mean``, and ``spent`` is None where no amount is known at all.
    """

    customer: str
    frequency: int
    recency: float
    age: float
    repeat_mean: int | None
    spent: int | None
    first: date
    last: date
    priced: int


def histories(
    purchases: Iterable[Purchase], start: date | None = None, end: date | None = None
) -> dict[str, dict[date, int]]:
    """For each customer the amount of each purchase day in [start, end), in order of time; without ends, all of them."""
    found: dict[str, dict[date, int]] = {}
    for purchase in purchases:
        day = purchase.day
        if (start is None or day >= start) and (end is None or day < end):
            days = found.setdefault(purchase.customer, {})
            days[day] = days.get(day, 0) + purchase.amount
    return {customer: dict(sorted(days.items())) for customer, days in found.items()}


def buyer(customer: str, days: Mapping[date, int | None], end: date) -> Buyer:
    """A customer summed up; ``days`` are in order of time and before ``end``, the day after the period's last."""
    in_order = list(days)
    first, last = in_order[0], in_order[-1]
    frequency = len(in_order) - 1
    again = [amount for day, amount in days.items() if amount is not None and day != first]
    priced = len(again)
    return Buyer(
        customer, frequency, _weeks((last - first).days), _weeks((end - first).days - 1),
        (2 * sum(again) + priced) // (2 * priced) if priced else None, total(days.values()), first, last, priced,
    )  # fmt: skip


def buyers(purchases: Iterable[Purchase], start: date | None, end: date) -> list[Buyer]:
    """Every customer of the period [start, end), in the order in which the purchases name them.

    Ages run to the period's last day, ``end`` - 1, which is how the published CDNOW summary counts them. What was bought
    before ``start`` is not seen: who bought before is taken for new at the first purchase inside.
    """
    return [buyer(customer, days, end) for customer, days in histories(purchases, start, end).items()]


def _weeks(days: int) -> float:
    return round(days / DAYS_A_WEEK, 2)
