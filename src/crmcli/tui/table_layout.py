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
# What stands after a text, so that its state is told without colour too.
MARKS = {"overdue": " !", "rotting": " ~", "urgent": " !", "won": " ✓", "lost": " ✗"}


class Placed(NamedTuple):
    """A column on the screen: which it is, where it begins, and its cells."""

    place: int
    at: int
    cells: int


def marked(text: str, tone: str) -> str:
    """The text with the mark of its state."""
    return text + MARKS.get(tone, "") if text else text


def cells_of(columns: Sequence[Column], view: Any, screen: Screen) -> list[tuple[str, str]]:  # noqa: ANN401 - a view
    """The cells of a record, each with its tone, as they are drawn."""
    return [(marked(text, tone), tone) for text, tone in view_cells(columns, view, screen)]


def natural_widths(columns: Sequence[Column], views: Iterable[Any], screen: Screen) -> dict[str, int]:
    """The cells that each column wants for these records, within reason."""
    widths = [width(column.header) + _SORT_MARK for column in columns]
    for view in views:
        widths = [max(wide, width(text)) for wide, (text, _) in zip(widths, cells_of(columns, view, screen), strict=True)]
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
    names = [column for column in columns if column.name in NAMES][:1]
    kept = [column for column in columns if column.name == "number"] + names
    return (*kept, *(column for column in columns if column not in kept)), len(kept)


def arrange(widths: Sequence[int], pinned: int, skipped: int, cells: int) -> list[Placed]:
    """Which columns can be seen in so many cells: the pinned ones, then the others without those scrolled away."""
    placed, at = [], GUTTER
    for place, wide in enumerate(widths):
        if pinned <= place < pinned + skipped:
            continue
        left = cells - at
        if left < min(wide, _LEAST):
            break
        placed.append(Placed(place, at, min(wide, left)))
        at += wide + GAP
    return placed


def most_skipped(widths: Sequence[int], pinned: int, cells: int) -> int:
    """How many columns must be scrolled away until the last one is seen whole, or is the first beside the pinned ones."""
    others = list(widths[pinned:])
    room = cells - GUTTER - sum(wide + GAP for wide in widths[:pinned])
    skipped = 0
    while skipped < len(others) - 1 and sum(wide + GAP for wide in others[skipped:]) - GAP > room:
        skipped += 1
    return skipped
