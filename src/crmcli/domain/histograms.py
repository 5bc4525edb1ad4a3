"""Percentiles and shares of values that are told by how often each comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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


def up_to(counted: Mapping[int, int], limit: int) -> int:
    """How many values are at most the limit."""
    return sum(count for value, count in counted.items() if value <= limit)


def merged(several: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """How often each value comes in all of them."""
    found: dict[int, int] = {}
    for counted in several:
        for value, count in counted.items():
            found[value] = found.get(value, 0) + count
    return found
