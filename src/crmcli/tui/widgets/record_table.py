"""Records in rows and columns, any number of them: only the rows on the screen are drawn, and only those near it are kept."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.tui.table_layout import (
    GUTTER,
    arrange,
    cells_of,
    most_skipped,
    name_first,
    natural_widths,
    tight_widths,
)
from crmcli.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.style import Style
    from textual.events import MouseDown, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp, Resize

    from crmcli.render.columns import Column
    from crmcli.render.table import Screen
    from crmcli.tui.table_layout import Placed
    from crmcli.tui.windows import Window

_CURSOR, _MARK = "❯", "■"  # noqa: RUF001 - the sign meant
_END = 2  # cells after the last column, where a sign says that there are more
_KEPT = 3000  # records
_DRAWN = 1500  # rows
_TONES = ("won", "lost", "overdue", "rotting", "high", "urgent", "muted")


class RecordTable(CursorList):
    """A table of one noun's records under a header; ``screen`` says how values are written for the user.

    It knows the numbers of all records in their order, and the records themselves where they were looked at; for others
    it says ``Wanted`` and draws a line to be going on with.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header", "table--sorted", "table--text", "table--name", "table--edge", "table--mark", "table--marked",
        "table--cursor", "table--resting", *(f"table--{tone}" for tone in _TONES),
    }  # fmt: skip

    class Wanted(Message):
        """Rows came into sight that were not read yet."""

        def __init__(self, table: RecordTable) -> None:
            super().__init__()
            self.table = table

    class HeaderPressed(Message):
        """The header of a column was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(self, screen: Callable[[], Screen], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.marked: set[Any] = set()
        self._screen = screen
        self.order: array[int] = array("q")
        self.columns: tuple[Column, ...] = ()
        self.sorted_by, self.reverse = "", False
        self._pitch = 1
        self._pinned = 0
        self._skipped = 0  # columns scrolled away
        self._widths: dict[str, int] = {}
        self._views: dict[int, Any] = {}
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._placed: tuple[int, list[Placed]] | None = None
        self._styles: dict[str, Style] = {}
        self._base: Style | None = None

    # -- what it is asked

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self.order)

    @property
    def pitch(self) -> int:
        """One line, and an empty one below it where there is to be air."""
        return 2 if self.is_attached and self.screen.has_class("-comfortable") else 1

    @property
    def lines(self) -> int:
        """The line of a row."""
        return 1

    @property
    def top(self) -> int:
        """The header."""
        return 1

    def key_at(self, place: int) -> int:
        """The record's number."""
        return self.order[place]

    @property
    def number(self) -> int | None:
        """The number of the record at the cursor."""
        return self.order[self.cursor] if self.cursor < len(self.order) else None

    @property
    def record(self) -> Any | None:  # noqa: ANN401 - any noun's view
        """The record at the cursor, if it was read yet."""
        return self._views.get(self.number) if self.number is not None else None

    def view_of(self, number: int) -> Any | None:  # noqa: ANN401
        """The record of a number, if it is kept here."""
        return self._views.get(number)

    @property
    def seen(self) -> range:
        """The places of the rows on the screen."""
        first = round(self.scroll_offset.y / self.pitch)
        return range(min(first, self.count), min(first + self.room // self.pitch + 1, self.count))

    @property
    def is_complete(self) -> bool:
        """Whether all rows on the screen are read."""
        return all(self.order[place] in self._views for place in self.seen)

    # -- what it shows

    def show(self, window: Window) -> None:
        """Show other records, or the same ones as they are now."""
        self.order = window.order
        self._views = dict(window.views)
        self._measure_columns(window)
        self.put_cursor(window.cursor)
        self.measure()
        self.scroll_to(y=window.top * self.pitch, animate=False)
        self.redraw()
        self.post_message(self.Selected(self))
        self._want()

    def _measure_columns(self, window: Window) -> None:
        """As wide as the records want them; while words are typed they only grow, and what is seen is enough to go by."""
        if window.asked.quick and self._widths:
            seen = window.order[window.top : window.top + self.room]
            wanted = natural_widths(self.columns, _known(window.views, seen), self._screen())
            self._widths = {name: max(cells, self._widths.get(name, 0)) for name, cells in wanted.items()}
        else:
            views = {view.number: view for view in (*window.sample, *window.views.values()) if view is not None}
            self._widths = natural_widths(self.columns, views.values(), self._screen())

    def put(self, views: Mapping[int, Any]) -> None:
        """Records that were wanted; None for one that is gone by now."""
        for number, view in views.items():
            self._views.pop(number, None)
            self._views[number] = view
        while len(self._views) > _KEPT:
            self._views.pop(next(iter(self._views)))
        self._strips.clear()
        self.refresh()
        if self.number in views:
            self.post_message(self.Selected(self))
        self._want()

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns; number and name come first."""
        self.columns, self._pinned = name_first(columns)
        self._widths = natural_widths(self.columns, list(filter(None, self._views.values()))[-200:], self._screen())
        self._skipped = 0
        self.redraw()

    def show_sort(self, sort: str, *, reverse: bool) -> None:
        """Mark the column that the records are sorted by."""
        self.sorted_by, self.reverse = sort, reverse
        self.refresh()

    def redraw(self) -> None:
        """Draw every row anew."""
        self._placed = None
        self._strips.clear()
        self.refresh()

    def _want(self) -> None:
        if not self.is_complete:
            self.post_message(self.Wanted(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are on the screen."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._want()

    def on_resize(self, _event: Resize) -> None:
        """Another width has room for other columns."""
        self._skipped = min(self._skipped, self._most_skipped)
        self.redraw()
        self._want()

    def notify_style_update(self) -> None:
        """Other colours, or another density."""
        super().notify_style_update()
        self._styles.clear()
        self._base = None
        self._strips.clear()
        if self.is_attached and self.pitch != self._pitch:
            self.call_after_refresh(self._settle, round(self.scroll_offset.y / self._pitch))
            self._pitch = self.pitch

    def _settle(self, top: int) -> None:
        self.measure()
        self.scroll_to(y=top * self.pitch, animate=False)
        self.bring_into_view()
        self.refresh()

    # -- the cursor

    def go_to(self, place: int) -> None:
        """Put the cursor on a row; where nothing scrolls only two lines are drawn."""
        before, top = self.cursor, self.scroll_offset.y
        self.put_cursor(place)
        self.bring_into_view()
        if self.scroll_offset.y == top:
            for row in {before, self.cursor}:
                self.refresh_lines(self.top + row * self.pitch)
        self.post_message(self.Selected(self))

    # -- marks

    def mark(self, steps: int = 1) -> None:
        """Mark so many rows, or take the marks off."""
        super().mark(steps)
        if steps > 1:
            self.refresh()

    def mark_range(self) -> None:
        """Mark everything from the last mark to the cursor."""
        super().mark_range()
        self.refresh()

    def mark_all(self) -> None:
        """Mark every record, or take all marks off when there are any."""
        self.marked = set() if self.marked else set(self.order)
        self.refresh()
        self.go_by(0)

    # -- sideways

    @property
    def _cells(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _column_widths(self) -> list[int]:
        return [self._widths.get(column.name, 8) for column in self.columns]

    @property
    def _most_skipped(self) -> int:
        return most_skipped(tight_widths(self.columns, self._column_widths), self._pinned, self._cells - _END)

    def go_columns(self, step: int) -> None:
        """Scroll some columns to the right, or left; number and name stay."""
        skipped = max(0, min(self._skipped + step, self._most_skipped))
        if skipped != self._skipped:
            self._skipped = skipped
            self.redraw()

    def _layout(self) -> list[Placed]:
        cells = self._cells
        if self._placed is None or self._placed[0] != cells:
            widths = self._column_widths
            tight = tight_widths(self.columns, widths)
            self._placed = cells, arrange(widths, tight, self._pinned, self._skipped, cells - _END)
        return self._placed[1]

    def column_at(self, x: int) -> Column | None:
        """The column at a cell of the line, None between two."""
        return next((self.columns[each.place] for each in self._layout() if each.at <= x < each.at + each.cells), None)

    # -- the mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        """A click on the header sorts."""
        column = self.column_at(event.x) if event.y < self.top and event.button == 1 else None
        if column is not None:
            self.post_message(self.HeaderPressed(column.name))

    def on_mouse_scroll_right(self, event: MouseScrollRight) -> None:
        """Columns to the right."""
        self._wheel(event, 1)

    def on_mouse_scroll_left(self, event: MouseScrollLeft) -> None:
        """Columns to the left."""
        self._wheel(event, -1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """With shift, columns to the right."""
        if event.shift:
            self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """With shift, columns to the left."""
        if event.shift:
            self._wheel(event, -1)

    def _wheel(self, event: MouseScrollRight | MouseScrollLeft | MouseScrollDown | MouseScrollUp, step: int) -> None:
        event.stop()
        event.prevent_default()
        self.go_columns(step)

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """The header, a row, or the gap below it."""
        cells = self._cells
        if cells <= GUTTER:
            return Strip.blank(self.size.width, self.rich_style)
        if y < self.top:
            return self._header(cells)
        place, line = divmod(y - self.top + self.scroll_offset.y, self.pitch)
        if place >= self.count or line >= self.lines:
            return Strip.blank(cells, self._plain)
        number = self.order[place]
        is_marked = number in self.marked
        if place == self.cursor:
            return self._row(number, cells, is_marked=is_marked, at_cursor=True)
        strip = self._strips.get((number, is_marked))
        if strip is None:
            if len(self._strips) > _DRAWN:
                self._strips.clear()
            strip = self._strips[number, is_marked] = self._row(number, cells, is_marked=is_marked, at_cursor=False)
        return strip

    @property
    def _plain(self) -> Style:
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def _row(self, number: int, cells: int, *, is_marked: bool, at_cursor: bool) -> Strip:
        base = self._row_style(is_marked=is_marked, at_cursor=at_cursor)
        # Sixteen colours have no shade that every tone can be read on: there the cursor is one colour all over.
        flat = at_cursor and self.app.native_ansi_color
        segments = [
            Segment(_CURSOR if at_cursor else " ", base if flat else base + self._tone("edge")),
            Segment(_MARK if is_marked else " ", base if flat else base + self._tone("mark")),
        ]
        view, end = self._views.get(number), GUTTER
        texts = self._placeholder(number) if view is None else cells_of(self.columns, view, self._screen())
        for each in self._layout():
            column, (text, tone) = self.columns[each.place], texts[each.place]
            style = base if flat else base + self._tone(tone or self._usual(each.place))
            segments.append(Segment(" " * (each.at - end), base))
            segments.append(Segment(pad(text, each.cells, column.align), style))
            end = each.at + each.cells
        segments.append(Segment(" " * max(0, cells - end), base))
        return Strip(segments, cells)

    def _row_style(self, *, is_marked: bool, at_cursor: bool) -> Style:
        if at_cursor:
            return self.get_component_rich_style("table--cursor" if self.has_focus else "table--resting")
        return self.get_component_rich_style("table--marked") if is_marked else self._plain

    def _usual(self, place: int) -> str:
        is_name = place < self._pinned and self.columns[place].name != "number"
        return "name" if is_name else "text"

    def _placeholder(self, number: int) -> list[tuple[str, str]]:
        return [(str(number) if column.name == "number" else "…", "muted") for column in self.columns]

    def _header(self, cells: int) -> Strip:
        base = self.get_component_rich_style("table--header")
        placed = self._layout()
        segments = [Segment(" ‹" if self._skipped else "  ", base)]  # noqa: RUF001 - a mark, not a bracket
        end = GUTTER
        for each in placed:
            column = self.columns[each.place]
            is_sorted = column.name == self.sorted_by
            style = self.get_component_rich_style("table--sorted") if is_sorted else base
            segments.append(Segment(" " * (each.at - end), base))
            segments.append(Segment(self._heading(column, each.cells, is_sorted=is_sorted), style))
            end = each.at + each.cells
        text = " " * max(0, cells - end)
        is_more = bool(placed) and (placed[-1].place < len(self.columns) - 1)
        if is_more and text:
            text = text[:-1] + "›"  # noqa: RUF001
        segments.append(Segment(text, base))
        return Strip(segments, cells)

    def _heading(self, column: Column, cells: int, *, is_sorted: bool) -> str:
        mark = (" ▼" if self.reverse else " ▲") if is_sorted else ""
        text = cut(visible(column.header), max(0, cells - width(mark))) + mark
        return pad(text, cells, column.align)

    def _tone(self, tone: str) -> Style:
        style = self._styles.get(tone)
        if style is None:
            style = self._styles[tone] = self.get_component_rich_style(f"table--{tone}", partial=True)
        return style


def _known(views: Mapping[int, Any], numbers: Iterable[int]) -> list[Any]:
    return [view for number in numbers if (view := views.get(number)) is not None]
