"""Slippage: days past the expected close (closed or now), and how often and how far that day was moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lateness(NamedTuple):
    """How late deals were; a deal that was decided by its day counts as 0 days late."""

    deals: int
    late: int
    mean: float | None
    median: float | None
    p90: float | None


def lateness(days: Mapping[int, int]) -> Lateness:
    """Of how many deals there are for each number of days past their expected close."""
    counted: dict[int, int] = {}
    for past, deals in days.items():
        counted[max(past, 0)] = counted.get(max(past, 0), 0) + deals
    deals = sum(counted.values())
    late = deals - counted.get(0, 0)
    total = sum(past * count for past, count in counted.items())
    return Lateness(
        deals, late, ratio(total, deals), counted_percentile(counted, 0.5), counted_percentile(counted, 0.9)
    )


def counted_percentile(counted: Mapping[int, int], share: float) -> float | None:
    """The percentile of values that are told by how often each comes, as ``metrics.percentile`` has it of single ones."""
    number = sum(counted.values())
    if not number:
        return None
    place = share * (number - 1)
    low, high = _at(counted, int(place)), _at(counted, min(int(place) + 1, number - 1))
    return low + (high - low) * (place - int(place))


def _at(counted: Mapping[int, int], place: int) -> float:
    passed = 0
    for value in sorted(counted):
        passed += counted[value]
        if passed > place:
            return float(value)
    raise IndexError(place)
