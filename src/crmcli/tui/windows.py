"""What a long table reads at once: all its numbers in order, and the records around the place that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping, Sequence

    from crmcli.services.tables import Tables
    from crmcli.tui.widgets.record_table import RecordTable

_SAMPLE = 60
_BELOW = 20  # rows of the beginning of a table that are not seen at once


class Asked(NamedTuple):
    """Which records, and in what order; ``quick`` are words that narrow them further."""

    filter: str = ""
    sort: str = ""
    reverse: bool = False
    quick: str = ""


class Look(NamedTuple):
    """Where a table was looked at: the record and place of the cursor, those of the top row, and how many rows fit."""

    number: int | None = None
    place: int = 0
    top_number: int | None = None
    top: int = 0
    rows: int = 50

    @property
    def is_cursor_seen(self) -> bool:
        """Whether the cursor was on the screen."""
        return self.top <= self.place < self.top + self.rows

    @classmethod
    def at(cls, table: RecordTable) -> Look:
        """Where a table is looked at now."""
        seen = table.seen
        top_number = table.order[seen.start] if seen else None
        return cls(table.number, table.cursor, top_number, seen.start, max(1, table.page))


class Window(NamedTuple):
    """A table to be shown: its order, where cursor and top row are to be, and the records around them.

    ``sample`` are records from all over it, by which columns are measured. A ``part`` is only the beginning of the order;
    the whole of it follows.
    """

    asked: Asked
    order: array[int]
    cursor: int
    top: int
    views: Mapping[int, Any]
    sample: Sequence[Any] = ()
    part: bool = False


def read_window(tables: Tables, noun: str, asked: Asked, look: Look, *, is_new: bool) -> Window:
    """The table as asked for, looked at so that the cursor stays on its record and its line.

    Where the record is gone the cursor stays at its place; where another table was asked for (``is_new``), it is at the
    top. Raises FilterError.
    """
    order = tables.order(noun, asked.filter, asked.sort, reverse=asked.reverse, quick=asked.quick)
    cursor, top = places(order, look, is_new=is_new)
    bounds = tables.bounds(len(order), top, look.rows)
    around = order[bounds.start : bounds.stop]
    spread = order[:: max(1, len(order) // _SAMPLE)][:_SAMPLE]
    views = tables.page(noun, list(dict.fromkeys((*around, *spread))))
    kept = {number: views.get(number) for number in around}
    return Window(asked, order, cursor, top, kept, [views[number] for number in spread if number in views])


def read_first(tables: Tables, noun: str, asked: Asked, look: Look) -> Window | None:
    """The beginning of a table that words alone narrow, which is there sooner than all of it; None where it is not."""
    most = look.rows + _BELOW
    order = tables.first(noun, asked.quick, most, reverse=asked.reverse, kept=look.number)
    if order is None:
        return None
    cursor, top = places(order, look, is_new=True)
    return Window(asked, order, cursor, top, tables.page(noun, order), part=len(order) == most)


def read_more(tables: Tables, noun: str, order: array[int], seen: range) -> Mapping[int, Any]:
    """The records around the rows that came into sight by their numbers; None for one that was deleted meanwhile."""
    bounds = tables.bounds(len(order), seen.start, len(seen))
    numbers = order[bounds.start : bounds.stop]
    return dict.fromkeys(numbers) | tables.page(noun, numbers)


def places(order: array[int], look: Look, *, is_new: bool) -> tuple[int, int]:
    """Where in an order the cursor and the top row are to be, after a table was looked at so."""
    last = max(0, len(order) - 1)
    fallback = 0 if is_new else min(look.place, last)
    cursor = _place(order, look.number, fallback)
    if look.is_cursor_seen or is_new:
        top = cursor - (look.place - look.top if look.is_cursor_seen else look.rows // 2)
    else:
        top = _place(order, look.top_number, look.top)
    return cursor, max(0, min(top, len(order) - look.rows))


def _place(order: array[int], number: int | None, otherwise: int) -> int:
    if number is None:
        return otherwise
    try:
        return order.index(number)
    except ValueError:
        return otherwise
