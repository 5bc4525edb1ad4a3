"""Which row of a file made which record: what two rows say of one record is compared with what the first said."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Origins:
    """The lines of the rows that made records, by the records' numbers; those only grow."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._lines = array("q")

    def add(self, numbers: Iterable[int], lines: Iterable[int]) -> None:
        """Records made since, each by the row of its line."""
        self._numbers.extend(numbers)
        self._lines.extend(lines)

    def line(self, number: int) -> int | None:
        """The line whose row made the record; None for one that no row of this file has made."""
        place = bisect_left(self._numbers, number)
        is_there = place < len(self._numbers) and self._numbers[place] == number
        return self._lines[place] if is_there else None
