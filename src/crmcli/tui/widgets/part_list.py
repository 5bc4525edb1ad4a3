"""The reports that a dashboard is made of, below each other or in two columns, every row of theirs within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut
from crmcli.render.safe import visible
from crmcli.tui.charting import INK
from crmcli.tui.widgets.figures import GUTTER, Detail, FigureTable, key_of, rests_on_of
from crmcli.tui.widgets.line_list import LineList, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from textual.app import ComposeResult
    from textual.events import Resize

    from crmcli.render.table import Screen as Paper
    from crmcli.reports.report import Report

_BESIDE = 130  # cells from which on there are two columns
_WIDEST_CHART = 84
_DRAWN = "drawn"  # the tone of a line of a chart
_EMPTY = "nothing here"


class Line(NamedTuple):
    """A row of a part; or, without a row, a text above or below rows."""

    part: int
    row: int | None = None
    text: str = ""
    tone: str = "muted"


class PartList(LineList):
    """Reports below each other: title, chart, table; the cursor goes from row to row through all of them."""

    def __init__(self, paper: Callable[[int], Paper], *, plain: bool, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.parts: Sequence[Report] = ()
        self._paper = paper
        self._is_plain = plain  # charts are left to the figures below them
        self._lines: list[Line] = []
        self._tables: list[FigureTable] = []
        self._wide = 0

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def key_at(self, place: int) -> Hashable | None:
        """What the row is about, and of which part it is."""
        if not 0 <= place < len(self._lines) or (row := self._lines[place].row) is None:
            return None
        part = self.parts[self._lines[place].part]
        return part.name, key_of(part, row)

    def is_heading(self, place: int) -> bool:
        """Whether the cursor passes over it."""
        return self._lines[place].row is None

    @property
    def at_cursor(self) -> tuple[Report, int] | None:
        """The part that the cursor is in, and which of its rows."""
        line = self._lines[self.cursor] if self.cursor < len(self._lines) else None
        return None if line is None or line.row is None else (self.parts[line.part], line.row)

    def show(self, parts: Sequence[Report]) -> None:
        """Show other figures; the cursor stays on what it was on."""
        kept = self.key_at(self.cursor)
        self.parts = parts
        self._lay_out()
        place = next((p for p in range(self.count) if kept is not None and self.key_at(p) == kept), None)
        self.cursor = 0
        self.put_cursor(place if place is not None else 0)
        self.measure()
        self.bring_into_view()

    def _lay_out(self) -> None:
        """Fit the parts to the width."""
        self._wide = max(1, self.scrollable_content_region.width - GUTTER)
        paper = self._paper(self._wide)
        self._tables = [FigureTable(part, paper, self._wide) for part in self.parts]
        self._lines = [line for place in range(len(self.parts)) for line in self._part(place, paper)]
        self.forget()

    def _part(self, place: int, paper: Paper) -> list[Line]:
        part, table = self.parts[place], self._tables[place]
        lines = [Line(place)] if place else []
        lines.append(Line(place, text=visible(part.title), tone="heading"))
        if part.rows:
            drawn = [] if self._is_plain else _chart(part, min(self._wide, _WIDEST_CHART), paper)
            lines += [Line(place, text=text, tone=_DRAWN) for text in drawn]
            lines.append(Line(place, text=table.heading))
            lines += [Line(place, row) for row in range(len(part.rows))]
            lines += [Line(place, text=table.totals, tone="title")] if table.totals else []
        else:
            lines.append(Line(place, text=_EMPTY))
        return [*lines, Line(place, text=rests_on_of(part))]

    def on_resize(self, _event: Resize) -> None:
        """Fit them anew; the cursor stays on its row."""
        if self.scrollable_content_region.width - GUTTER != self._wide:
            self.show(self.parts)
        else:
            self.measure()
            self.bring_into_view()

    def bring_into_view(self) -> None:
        """With the first row of a part its title and chart come into sight, if there is room; with the last one its end."""
        if not self.count:
            return
        pitch, room = self.pitch, self.room
        first = last = self.cursor
        while (
            first
            and self._lines[first - 1].row is None
            and self._lines[first - 1].part == self._lines[self.cursor].part
        ):
            first -= 1
        while last + 1 < self.count and self._lines[last + 1].row is None and last + 1 - first < room // pitch:
            last += 1
        if (self.cursor + 1 - first) * pitch > room:
            first = self.cursor
        top, end = self.scroll_offset.y, (last + 1) * pitch
        if first * pitch < top:
            self.scroll_to(y=first * pitch, animate=False)
        elif end > top + room:
            self.scroll_to(y=end - room, animate=False)
        self.tell_terminal()

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """A row of a part, or a text among them."""
        line = self._lines[place]
        if line.row is not None:
            return self._tables[line.part].pieces(line.row)
        text = " " * (GUTTER - 1) + cut(line.text, max(1, cells - GUTTER + 1))
        return _inked(text) if line.tone == _DRAWN else [Piece(text, line.tone)]


class Dashboard(Vertical):
    """The parts of a report, in two columns where there is room for them; below them what the row at the cursor says."""

    def __init__(self, paper: Callable[[int], Paper], *, plain: bool) -> None:
        super().__init__()
        self._lists = (
            PartList(paper, plain=plain, id="parts-left"),
            PartList(paper, plain=plain, id="parts-right"),
        )
        self._report: Report | None = None
        self._is_wide = False

    def compose(self) -> ComposeResult:
        """Two lists, the second one where there is room for it."""
        with Horizontal(id="parts"):
            yield from self._lists
        yield Detail()

    @property
    def rows(self) -> PartList:
        """The column that the keys move in."""
        left, right = self._lists
        return right if right.display and right.has_focus else left

    @property
    def at_cursor(self) -> tuple[Report, int] | None:
        """The part that the cursor is in, and which of its rows."""
        return self.rows.at_cursor

    def show(self, report: Report | None) -> None:
        """Show other figures."""
        self._report = report
        self._is_wide = self.size.width >= _BESIDE
        left, right = self._lists
        right.display = self._is_wide
        columns = _shared_out(report.parts, 2 if self._is_wide else 1) if report is not None else [[]]
        left.show(columns[0])
        right.show(columns[1] if len(columns) > 1 else ())
        self.say_details()

    def on_resize(self) -> None:
        """There is room for two columns now, or no more."""
        if self._report is not None and self._is_wide != (self.size.width >= _BESIDE):
            self.show(self._report)

    def other_column(self, step: int) -> bool:
        """Go on in the other column from the last row of the first, and back from the first of the second; whether it did."""
        left, right = self._lists
        here, there = (left, right) if step > 0 else (right, left)
        if not right.display or self.rows is not here or not there.count:
            return False
        ends = range(here.cursor + 1, here.count) if step > 0 else range(here.cursor)
        if not all(here.is_heading(place) for place in ends):
            return False
        there.put_cursor(0 if step > 0 else there.count - 1)
        there.bring_into_view()
        there.focus(scroll_visible=False)
        return True

    def say_details(self) -> None:
        """What the row at the cursor says, whole."""
        found = self.at_cursor
        self.query_one(Detail).tell(*(found or (None, 0)))


def _chart(part: Report, cells: int, paper: Paper) -> list[str]:
    """The part's own chart; the title above it is that of the part."""
    from crmcli.render.charts import chart_lines

    if part.chart is None or not part.chart.labels:
        return []
    titled = part.chart.title != ""
    return list(chart_lines(part.chart, cells, paper.locale, color=False))[1 if titled else 0 :]


def _inked(text: str) -> list[Piece]:
    """A line of a chart: what is drawn, among what is said."""
    pieces, end = [], 0
    for found in INK.finditer(text):
        pieces += [Piece(text[end : found.start()]), Piece(found.group(), "heading")]
        end = found.end()
    return [*pieces, Piece(text[end:])]


def _shared_out(parts: Sequence[Report], columns: int) -> list[list[Report]]:
    """The parts over the columns, each to the shorter one."""
    found: list[list[Report]] = [[] for _ in range(columns)]
    high = [0] * columns
    for part in parts:
        place = high.index(min(high))
        found[place].append(part)
        labels = len(part.chart.labels) if part.chart is not None else 0
        high[place] += (
            5 + len(part.rows) + labels * (2 if part.chart is not None and part.chart.kind == "funnel" else 1)
        )
    return found
