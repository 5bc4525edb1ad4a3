"""Figures of the sales trade; an empty denominator gives no value, never 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def ratio(part: float, whole: float) -> float | None:
    """The part as a fraction of the whole; None when there is no whole."""
    return part / whole if whole else None


def win_rate(won: float, lost: float) -> float | None:
    """Won / (won + lost), by number or by value, among deals closed in a period."""
    return ratio(won, won + lost)


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return sum(values) / len(values) if values else None


def median(values: Iterable[float]) -> float | None:
    """The middle value, between the two middle ones when there is an even number; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return float(ordered[middle]) if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def weighted(deals: Iterable[tuple[float, float]]) -> float:
    """The sum of value times probability (per cent) over open deals."""
    return sum(value * probability / 100 for value, probability in deals)


def conversion(furthest: Sequence[int], step: int) -> float | None:
    """Deals that ever reached the step after ``step`` / deals that ever reached ``step``.

    ``furthest`` holds for each step the number of deals that got so far and no further; lost ones stay in.
    """
    return ratio(sum(furthest[step + 1 :]), sum(furthest[step:]))


def velocity(open_deals: float, average_size: float, rate: float | None, cycle_days: float | None) -> float | None:
    """Money a day: open deals, times average size, times win rate, by the average cycle in days."""
    if rate is None or cycle_days is None:
        return None
    return ratio(open_deals * average_size * rate, cycle_days)


def coverage(open_value: float, quota: float, won: float = 0) -> float | None:
    """How many times the open pipeline covers what is left of the quota; None when nothing is left."""
    return ratio(open_value, max(quota - won, 0))


def required_coverage(rate: float | None) -> float | None:
    """The coverage that a win rate asks for: 1 / win rate."""
    return None if rate is None else ratio(1, rate)
