"""Which lanes are on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def window(least: Sequence[int], cells: int, first: int, present: int) -> tuple[int, int]:
    """The first and the last lane to show in so many cells, each with its least width.

    The present one is among them, what was first stays first as far as it can, and no room is left that another fills.
    """
    first = min(first, present)
    while True:
        last, taken = first, least[first]
        while last + 1 < len(least) and taken + least[last + 1] <= cells:
            last += 1
            taken += least[last]
        if last >= present:
            break
        first += 1
    while first and taken + least[first - 1] <= cells:
        first -= 1
        taken += least[first]
    return first, last
