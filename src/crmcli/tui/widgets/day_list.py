"""What happened, day by day: any number of rows, of which only those near the screen are read and kept."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from textual.message import Message

from crmcli.tui.widgets.line_list import LineList, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from crmcli.render.locale import Locale
    from crmcli.services.streams import Stream

_AROUND = 60  # rows that are read beyond the screen, on either side
_MOST_VIEWS = 3000
_LEAST_RULE = 12
_ABOVE = 4  # lines that are seen above the first row that is not of a later day


class DayList(LineList):
    """Numbers in order under the headings of their days, and the views of those that were looked at."""

    class Wanted(Message):
        """Rows came into sight that were not read yet."""

        def __init__(self, rows: DayList, numbers: Sequence[int]) -> None:
            super().__init__()
            self.rows = rows
            self.numbers = numbers

    def __init__(self, locale: Locale, now: Callable[[], datetime], *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._locale = locale
        self._now = now
        self._numbers: array[int] = array("q")
        self._days: tuple[date, ...] = ()
        self._heads: list[int] = []  # the rows at which a day's heading stands
        self._views: dict[int, Any] = {}
        self._asked: tuple[int, int] = (0, 0)

    # -- what the subclass says

    def view_pieces(self, view: Any, cells: int) -> Sequence[Piece]:  # noqa: ANN401 - what the list holds
        """The row of something that was read."""
        raise NotImplementedError

    # -- rows

    @property
    def count(self) -> int:
        """Rows and headings."""
        return len(self._numbers) + len(self._heads)

    @property
    def size_of_stream(self) -> int:
        """How many things are listed."""
        return len(self._numbers)

    def is_heading(self, place: int) -> bool:
        """Whether a day begins there."""
        above = bisect_right(self._heads, place)
        return above > 0 and self._heads[above - 1] == place

    def number_at(self, place: int) -> int | None:
        """The number of the row, None for a heading or where there is none."""
        if not 0 <= place < self.count or self.is_heading(place):
            return None
        return self._numbers[place - bisect_right(self._heads, place)]

    def key_at(self, place: int) -> int | None:
        """Its number."""
        return self.number_at(place)

    @property
    def number(self) -> int | None:
        """The number at the cursor."""
        return self.number_at(self.cursor)

    @property
    def view(self) -> Any:  # noqa: ANN401 - what the list holds
        """What is at the cursor; None when it is not read yet."""
        return self._views.get(self.number) if self.number is not None else None

    def knows(self, number: int) -> bool:
        """Whether it was read."""
        return number in self._views

    def views(self, numbers: Iterable[int]) -> list[Any]:
        """Those of the things that were read."""
        return [self._views[number] for number in numbers if number in self._views]

    def _row_of(self, index: int) -> int:
        """The row of the thing at a place of the stream: one further down for each heading above it."""
        row = index
        while (above := bisect_right(self._heads, row)) != row - index:
            row = index + above
        return row

    # -- what it shows

    def window(self, stream: Stream | None = None) -> list[int]:
        """The numbers around what is seen; in a new stream, around where the cursor will be."""
        top = self.scroll_offset.y // self.pitch
        if stream is None:
            rows = range(max(0, top - _AROUND), min(self.count, top + self.page + _AROUND))
            return [number for row in rows if (number := self.number_at(row)) is not None]
        index = _index(stream.numbers, self.number)
        middle = min(self.cursor, len(stream.numbers)) if index is None else index
        span = self.page + _AROUND
        return list(stream.numbers[max(0, middle - span) : middle + span])

    def show(self, stream: Stream, views: Mapping[int, Any], *, anew: bool = False, begin: date | None = None) -> None:
        """Show another stream; the cursor stays on its row and its line of the screen, unless it begins ``anew``.

        Then it is at the top, or with ``begin`` at the first row that is not of a later day.
        """
        kept, line, was = self.number, self.row, self.cursor
        self._numbers, self._days = stream.numbers, tuple(day for _, day in stream.days)
        self._heads = [place + above for above, (place, _) in enumerate(stream.days)]
        self._views = dict(views)
        index = None if anew else _index(stream.numbers, kept)
        wanted = self._beginning(begin) if anew else was if index is None else self._row_of(index)
        self.measure()
        self.cursor = 0
        self.put_cursor(min(wanted, max(0, self.count - 1)))
        if anew or self.cursor <= 1:
            line = min(self.cursor, _ABOVE)
        if anew or self.cursor <= 1 or index is not None:
            self._scroll_so(line)
            if anew:  # only after the next layout is it known how far down there is to scroll
                self.call_after_refresh(self._scroll_so, line)
        self.bring_into_view()
        if self.marked:
            self.marked &= set(stream.numbers)
        self._asked = (0, 0)
        self.forget()
        self._want()
        self.post_message(self.Selected(self))

    def _scroll_so(self, line: int) -> None:
        """Scroll so that the cursor is that many rows down the screen."""
        self.scroll_to(y=max(0, self.cursor - line) * self.pitch, animate=False, immediate=True)

    def _beginning(self, begin: date | None) -> int:
        if begin is None:
            return 0
        return next((head for head, day in zip(self._heads, self._days, strict=True) if day <= begin), 0)

    def put(self, views: Mapping[int, Any]) -> None:
        """Rows were read."""
        if len(self._views) > _MOST_VIEWS:
            near = set(self.window()) | self.marked
            self._views = {number: view for number, view in self._views.items() if number in near}
        was_there = self.view is not None
        self._views.update(views)
        self.forget()
        if not was_there and self.view is not None:
            self.post_message(self.Selected(self))

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Other rows are seen."""
        super().watch_scroll_y(old, new)
        self._want()

    def _want(self) -> None:
        top = self.scroll_offset.y // self.pitch
        seen = range(top, min(self.count, top + self.page + 1))
        numbers = [number for row in seen if (number := self.number_at(row)) is not None]
        if any(number not in self._views for number in numbers) and self._asked != (seen.start, seen.stop):
            self._asked = (seen.start, seen.stop)
            wanted = [number for number in self.window() if number not in self._views]
            self.post_message(self.Wanted(self, wanted))

    # -- drawing

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """A day's heading, or the row; one that is on its way is three dots."""
        number = self.number_at(place)
        if number is None:
            return self._day(self._days[bisect_right(self._heads, place) - 1], cells)
        view = self._views.get(number)
        return self.view_pieces(view, cells) if view is not None else [Piece("…", "muted")]

    def _day(self, day: date, cells: int) -> list[Piece]:
        today = self._now().date()
        near = self._locale.near(day, today)
        text = f"{self._locale.weekday(day)} {self._locale.date(day)}"
        aside = f" {near}" if near != self._locale.date(day) else ""
        rule = "─" * max(_LEAST_RULE, cells - len(text) - len(aside) - 1)
        return joined(cells, Piece(text, "heading"), Piece(aside, "muted"), Piece(" "), Piece(rule, "muted"))


def _index(numbers: array[int], number: int | None) -> int | None:
    if number is None:
        return None
    try:
        return numbers.index(number)
    except ValueError:
        return None
