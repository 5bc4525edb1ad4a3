"""How the columns of a table lie beside one another: how wide each is, which of them stay, and which can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import width
from crmcli.render.table import view_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.render.columns import Column
    from crmcli.render.table import Screen

GUTTER = 2  # the edge at the cursor, and the mark
GAP = 2
NAMES = ("name", "title", "subject", "summary")
_MOST, _MOST_OF_NAME = 30, 40
_LEAST = 6  # a column is not begun where fewer cells are left
_SORT_MARK = 2
_SPARE = 4  # cells beyond its least width that a column has even where there is little room
# What stands after a text, so that its state is told without colour too.
MARKS = {"overdue": " !", "rotting": " ~", "urgent": " !", "won": " ✓", "lost": " ✗"}


class Placed(NamedTuple):
    """A column on the screen: which it is, where it begins, and its cells."""

    place: int
    at: int
    cells: int


def marked(text: str, tone: str) -> str:
    """The text with the mark of its state, unless it is a word for it."""
    return text + MARKS.get(tone, "") if text and text != tone else text


def cells_of(columns: Sequence[Column], view: Any, screen: Screen) -> list[tuple[str, str]]:  # noqa: ANN401 - a view
    """The cells of a record, each with its tone, as they are drawn."""
    return [(marked(text, tone), tone) for text, tone in view_cells(columns, view, screen)]


def natural_widths(columns: Sequence[Column], views: Iterable[Any], screen: Screen) -> dict[str, int]:
    """The cells that each column wants for these records, within reason."""
    widths = [width(column.header) + _SORT_MARK for column in columns]
    for view in views:
        widths = [
            max(wide, width(text)) for wide, (text, _) in zip(widths, cells_of(columns, view, screen), strict=True)
        ]
    return {
        column.name: min(wide, max(_most(column), width(column.header) + _SORT_MARK))
        for column, wide in zip(columns, widths, strict=True)
    }


def _most(column: Column) -> int:
    if column.min_width == 0:  # never cut: numbers, dates, stages
        return 60
    return _MOST_OF_NAME if column.name in NAMES else _MOST


def name_first(columns: Sequence[Column]) -> tuple[tuple[Column, ...], int]:
    """The columns with the number and the name before all others, and how many those are: they never scroll away."""
    names = sorted((column for column in columns if column.name in NAMES), key=lambda each: NAMES.index(each.name))[:1]
    kept = [column for column in columns if column.name == "number"] + names
    return (*kept, *(column for column in columns if column not in kept)), len(kept)


def tight_widths(columns: Sequence[Column], widths: Sequence[int]) -> list[int]:
    """The cells that each column can do with: text may be cut, a number or a date never is."""
    return [
        wide if column.min_width == 0 else min(wide, max(column.min_width + _SPARE, width(column.header) + _SORT_MARK))
        for column, wide in zip(columns, widths, strict=True)
    ]


def arrange(widths: Sequence[int], tight: Sequence[int], pinned: int, skipped: int, cells: int) -> list[Placed]:
    """Which columns can be seen in so many cells: the pinned ones, then the others without those scrolled away.

    Where not all have room they are as tight as they may be, and what is then left goes to those that want more.
    """
    seen, left = [], cells - GUTTER + GAP
    for place in (*range(pinned), *range(pinned + skipped, len(widths))):
        # Only what stands first may be cut further, where there is room for hardly anything.
        least = tight[place] if place > pinned + skipped else min(tight[place], _LEAST)
        if left - GAP < least:
            break
        seen.append([place, min(tight[place], left - GAP)])
        left -= tight[place] + GAP
    for each in seen:
        more = max(0, min(widths[each[0]] - each[1], left))
        each[1] += more
        left -= more
    placed, at = [], GUTTER
    for place, wide in seen:
        placed.append(Placed(place, at, wide))
        at += wide + GAP
    return placed


def most_skipped(tight: Sequence[int], pinned: int, cells: int) -> int:
    """How many columns must be scrolled away until the last one is seen whole, or is the first beside the pinned ones."""
    others = list(tight[pinned:])
    room = cells - GUTTER - sum(wide + GAP for wide in tight[:pinned])
    skipped = 0
    while skipped < len(others) - 1 and sum(wide + GAP for wide in others[skipped:]) - GAP > room:
        skipped += 1
    return skipped
