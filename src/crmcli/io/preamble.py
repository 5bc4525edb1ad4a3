"""Where a table begins: its header may stand below titles, notes and blank lines that belong to no column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKED_AT = 60  # rows in which a header is looked for
_TITLE_LENGTH = 100
_ENOUGH_FILLED = 0.6  # of the cells of the widest row
# What stands in rows and hardly ever in a header: numbers, dates, times, addresses.
_VALUE = re.compile(r"[-+(]?[\d.,:/ \u00a0%()+-]*\d[\d.,:/ \u00a0%()TZ+-]*[%€$£]?|\S+@\S+\.\S+|https?://\S+")


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """The number of the header among the first rows of a file, from 0; None when all of them are blank.

    It is the first row that is not blank, unless a later one plainly is a header: it reads as titles, is much wider than
    what stands above it, and the rows below are of its width.
    """
    filled = [sum(map(bool, map(str.strip, row))) for row in rows]
    first = next((n for n, count in enumerate(filled) if count), None)
    if first is None:
        return None
    wide = next(n for n, count in enumerate(filled) if count >= max(filled) * _ENOUGH_FILLED)
    return wide if wide > first and _is_header(rows, filled, wide) else first


def _is_header(rows: Sequence[Sequence[str]], filled: Sequence[int], at: int) -> bool:
    above = max(filled[:at])
    apart = not filled[at - 1]
    if filled[at] < 2 or filled[at] < 2 * above or (filled[at] == 2 and not apart):
        return False
    below = [_extent(rows[n]) for n in range(at + 1, len(rows)) if filled[n]]
    if not below and not apart:
        return False
    fitting = sum(above < extent <= _extent(rows[at]) for extent in below)
    return fitting >= len(below) * 0.7 and all(map(_is_title, rows[at]))


def _extent(row: Sequence[str]) -> int:
    """How many cells there are up to the last that holds something."""
    return max((n for n, cell in enumerate(row, 1) if cell.strip()), default=0)


def _is_title(cell: str) -> bool:
    return len(cell) <= _TITLE_LENGTH and not _VALUE.fullmatch(cell.strip())
