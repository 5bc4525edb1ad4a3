"""A long list with a cursor and marks, of which only the lines on the screen are ever drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from crmcli.tui.widgets.line_bar import LineBar

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.events import Blur, Click, Focus, MouseDown, Resize
    from textual.scrollbar import ScrollBar


class CursorList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of the same height; the subclass says how many there are, which they are and how a line of one is drawn.

    ``pitch`` is the lines from one row to the next, ``lines`` those that a row itself takes. Keys and actions belong
    to the screen, which calls ``go_to``, ``mark`` and the like.
    """

    class Selected(Message):
        """The cursor came to a row, or to a list with none."""

        def __init__(self, rows: CursorList) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> CursorList:
            """The list."""
            return self.rows

    class Opened(Message):
        """A row was double-clicked."""

        def __init__(self, rows: CursorList) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> CursorList:
            """The list."""
            return self.rows

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.marked: set[Hashable] = set()  # several lists of one screen may share it
        self._marked_last: int | None = None

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The bar beside the rows."""
        if self._vertical_scrollbar is None:
            bar = self._vertical_scrollbar = LineBar(name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)  # noqa: SLF001 - as Textual starts its own
        return self._vertical_scrollbar

    # -- what the subclass says

    @property
    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @property
    def pitch(self) -> int:
        """Lines from the first line of a row to that of the next."""
        return 1

    @property
    def lines(self) -> int:
        """Lines of a row, without the gap below it."""
        return self.pitch

    def key_at(self, place: int) -> Hashable | None:
        """What a row is known by when it is marked; None for one that can't be, as a heading."""
        raise NotImplementedError

    def is_heading(self, place: int) -> bool:  # noqa: ARG002
        """Whether the cursor passes over this row."""
        return False

    @property
    def top(self) -> int:
        """Lines above the first row that do not scroll, as a header."""
        return 0

    # -- measures

    def line_of(self, place: int) -> int:
        """The first line of a row, counted from that of the first row; for rows that are not all as far apart."""
        return place * self.pitch

    def place_on(self, line: int) -> int | None:
        """The row that a line, counted from the first row's, belongs to; None below the last."""
        place = line // self.pitch
        return place if 0 <= place < self.count else None

    @property
    def height(self) -> int:
        """Lines of all rows together."""
        return max(0, self.count * self.pitch - (self.pitch - self.lines))

    def measure(self) -> None:
        """Take the height of all rows together; to be called whenever there are more or fewer."""
        self.virtual_size = Size(max(0, self.virtual_width), self.height + self.top)

    @property
    def virtual_width(self) -> int:
        """Cells of a whole row."""
        return self.scrollable_content_region.width

    @property
    def room(self) -> int:
        """Lines that rows can be seen on."""
        return max(1, self.scrollable_content_region.height - self.top)

    def on_resize(self, _event: Resize) -> None:
        """Keep the cursor on the screen."""
        self.measure()
        self.bring_into_view()

    # -- the cursor

    @property
    def page(self) -> int:
        """How many whole rows fit."""
        return max(1, (self.room + self.pitch - self.lines) // self.pitch)

    @property
    def row(self) -> int:
        """How far down the screen the cursor is, in rows."""
        return self.cursor - round(self.scroll_offset.y / self.pitch)

    def go_to_row(self, row: int) -> None:
        """Put the cursor on the row that far down the screen."""
        self.go_to(round(self.scroll_offset.y / self.pitch) + row)

    def go_by(self, steps: int) -> None:
        """Put the cursor so many rows further down, or up."""
        self.go_to(self.cursor + steps)

    def go_to(self, place: int) -> None:
        """Put the cursor on the row of that place, or on the nearest there is."""
        self.put_cursor(place)
        self.bring_into_view()
        self.refresh()
        self.post_message(self.Selected(self))

    def put_cursor(self, place: int) -> None:
        """The cursor's place, within bounds and never on a heading; nothing is said or scrolled."""
        last = self.count - 1
        step = 1 if place >= self.cursor else -1
        place = max(0, min(place, last))
        for way in (step, -step):
            found = place
            while 0 <= found <= last and self.is_heading(found):
                found += way
            if 0 <= found <= last:
                self.cursor = found
                return
        self.cursor = max(0, place)

    def is_seen(self, place: int) -> bool:
        """Whether any line of the row is on the screen."""
        top = self.scroll_offset.y
        line = self.line_of(place)
        return line + self.lines > top and line < top + self.room

    def bring_into_view(self) -> None:
        """Scroll until the row at the cursor, and a heading right above it, can be seen whole."""
        top, room = self.scroll_offset.y, self.room
        above = 1 if self.cursor and self.is_heading(self.cursor - 1) else 0
        first = self.line_of(self.cursor - above)
        end = self.line_of(self.cursor) + self.lines
        if first < top or room <= self.lines:
            self.scroll_to(y=first, animate=False)
        elif end > top + room:
            self.scroll_to(y=end - room, animate=False)
        self.tell_terminal()

    def tell_terminal(self) -> None:
        """Put the terminal's own cursor on the row, where screen readers and magnifiers look for it."""
        if self.has_focus and self.is_attached:
            region = self.content_region
            y = region.y + self.top + self.line_of(self.cursor) - self.scroll_offset.y
            self.app.cursor_position = Offset(region.x, max(region.y, min(y, region.bottom - 1)))

    def watch_has_focus(self, has_focus: bool) -> None:
        """Put the terminal's cursor here; the event of focus comes before the list knows of it."""
        super().watch_has_focus(has_focus)
        self.tell_terminal()

    def on_focus(self, _event: Focus) -> None:
        """Say which row is meant now."""
        self.refresh()
        self.post_message(self.Selected(self))

    def on_blur(self, _event: Blur) -> None:
        """Draw the cursor at rest."""
        self.refresh()

    # -- marks

    def mark(self, steps: int = 1) -> None:
        """Mark so many rows from the cursor on, or take the marks off; the cursor goes past them."""
        for place in range(self.cursor, min(self.cursor + steps, self.count)):
            key = self.key_at(place)
            if key is not None:
                self.marked ^= {key}
                self._marked_last = place
        self.go_by(steps)

    def mark_range(self) -> None:
        """Mark everything from the last mark to the cursor."""
        if not self.count:
            return
        start = self.cursor if self._marked_last is None else min(self._marked_last, self.count - 1)  # rows may be gone
        first, last = sorted((start, self.cursor))
        self.marked |= {key for place in range(first, last + 1) if (key := self.key_at(place)) is not None}
        self._marked_last = self.cursor
        self.go_by(0)

    def mark_all(self) -> None:
        """Mark every row, or take all marks off when there are any."""
        if self.marked:
            self.marked.clear()
        else:
            self.marked |= {key for place in range(self.count) if (key := self.key_at(place)) is not None}
        self.go_by(0)

    def unmark(self) -> bool:
        """Take all marks off; whether there were any."""
        had, self._marked_last = bool(self.marked), None
        self.marked.clear()
        self.refresh()
        return had

    # -- the mouse

    def place_at(self, y: int) -> int | None:
        """The row on a line of the widget, None where there is none."""
        place = self.place_on(y - self.top + self.scroll_offset.y) if y >= self.top else None
        return None if place is None or self.is_heading(place) else place

    def on_mouse_down(self, event: MouseDown) -> None:
        """Take the row under the pointer; with ctrl mark it, with shift mark up to it."""
        place = self.place_at(event.y)
        if event.button != 1 or place is None or event.x >= self.scrollable_content_region.width:
            return
        self.go_to(place)
        if event.ctrl:
            self.mark(1)
            self.go_to(place)
        elif event.shift:
            self.mark_range()
        self.taken(event)

    def taken(self, event: MouseDown) -> None:
        """A row was pressed; for what can be dragged."""

    def on_click(self, event: Click) -> None:
        """Open the row on the second click."""
        if event.chain == 2 and self.place_at(event.y) is not None:
            self.post_message(self.Opened(self))
