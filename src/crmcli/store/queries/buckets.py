"""SQL that tells in which of many stretches a moment or a number lies, in as many comparisons as a binary search takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence


def bucket(column: str, bounds: Sequence[object]) -> Condition:
    """How many of the ascending ``bounds`` are at or below the column: 0 before the first one; NULL stays NULL."""
    return chosen(column, bounds, range(len(bounds) + 1))


def chosen(column: str, bounds: Sequence[object], numbers: Sequence[int]) -> Condition:
    """The number for the stretch in which the column lies; there is one more of them than of bounds. NULL stays NULL."""

    def tree(low: int, high: int) -> Condition:
        if low == high:
            return Condition(str(numbers[low]))
        middle = (low + high) // 2
        before, after = tree(low, middle), tree(middle + 1, high)
        sql = f"CASE WHEN {column} < ? THEN {before.sql} ELSE {after.sql} END"
        return Condition(sql, (bounds[middle], *before.params, *after.params))

    found = tree(0, len(bounds))
    return Condition(f"CASE WHEN {column} IS NOT NULL THEN {found.sql} END", found.params)
