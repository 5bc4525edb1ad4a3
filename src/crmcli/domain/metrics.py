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


def total(values: Iterable[int | None]) -> int | None:
    """The sum of the amounts that are known; None where there are some and none is known, 0 of nothing at all."""
    listed = list(values)
    known = [value for value in listed if value is not None]
    return sum(known) if known or not listed else None


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


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value that a share of the values (0.9: nine in ten) lie below, between two of them by how far it is to the next.

    None of nothing; for 0.5 it is the median.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def velocity(count: float, size: float | None, rate: float | None, days: float | None) -> float | None:
    """Money a day: open deals · average size · win rate / average cycle in days."""
    if size is None or rate is None or not days:
        return None
    return count * size * rate / days


def conversion(furthest: Sequence[int], step: int) -> float | None:
    """Deals that ever reached the step after ``step`` / deals that ever reached ``step``.

    ``furthest`` holds for each step the number of deals that got so far and no further; lost ones stay in.
    """
    return ratio(sum(furthest[step + 1 :]), sum(furthest[step:]))
