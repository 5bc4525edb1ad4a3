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


def conversion(furthest: Sequence[int], step: int) -> float | None:
    """Deals that ever reached the step after ``step`` / deals that ever reached ``step``.

    ``furthest`` holds for each step the number of deals that got so far and no further; lost ones stay in.
    """
    return ratio(sum(furthest[step + 1 :]), sum(furthest[step:]))
