"""The figures of a report: a heading, a row for each, the totals, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crmcli.render.cells import cut, pad
from crmcli.render.reports import align, cells, footing
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, Spec, fit
from crmcli.tui.widgets.line_list import LineList, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from textual.app import ComposeResult
    from textual.events import Resize

    from crmcli.render.table import Screen as Paper
    from crmcli.reports.report import Report

_GAP = "  "
_GUTTER = 3  # what the list draws before a row: the cursor's sign and the mark's
_MEASURED = 300  # rows that the widths are fitted to


class FigureRows(LineList):
    """A row for each line of the report."""

    is_always_lit = True

    class LaidOut(Message):
        """The columns are of other widths."""

    def __init__(self, paper: Callable[[int], Paper], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.report: Report | None = None
        self.sorted_by = ""  # a column whose heading says so
        self.is_reversed = False
        self._paper = paper
        self._widths: dict[int, int] = {}

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.report.rows) if self.report is not None else 0

    def key_at(self, place: int) -> Hashable | None:
        """What the row is about."""
        return key_of(self.report, place) if self.report is not None else None

    def show(self, report: Report | None) -> None:
        """Show other figures; the cursor stays on what it was on."""
        kept = self.key_at(self.cursor) if self.cursor < self.count else None
        same = self.report is not None and report is not None and self.report.name == report.name
        self.report = report
        place = next((p for p in range(self.count) if kept is not None and self.key_at(p) == kept), -1)
        self.cursor = place if place >= 0 else min(self.cursor, max(0, self.count - 1)) if same else 0
        self.lay_out()
        self.measure()
        self.bring_into_view()
        self.forget()

    def lay_out(self) -> None:
        """Fit the columns to the width; commands are shown below, whole."""
        if self.report is None:
            return
        paper, total = self._paper(self.size.width), self.scrollable_content_region.width - _GUTTER
        rows = [cells(self.report, row, paper) for row in self.report.rows[:_MEASURED]]
        if self.report.totals is not None:
            rows.append(cells(self.report, self.report.totals, paper))
        specs = self._specs()
        shown = [place for place, column in enumerate(self.report.columns) if is_shown(column.kind, column.name)]
        fitted = fit([specs[p] for p in shown], [[row[p] for p in shown] for row in rows], max(1, total))
        self._widths = {shown[place]: wide for place, wide in fitted.items()}
        self.post_message(self.LaidOut())

    def _specs(self) -> list[Spec]:
        assert self.report is not None
        last = len(self.report.columns)
        # What is furthest to the right is left out first, and what the row is about never.
        return [
            Spec(self._header(place), align(column), column.priority or min(place, last), _least(place, column.kind))
            for place, column in enumerate(self.report.columns)
        ]

    def _header(self, place: int) -> str:
        assert self.report is not None
        column = self.report.columns[place]
        sign = ("↑" if self.is_reversed else "↓") if column.name == self.sorted_by else ""
        return visible(column.header) + sign

    def on_resize(self, _event: Resize) -> None:
        """Fit the columns anew."""
        self.lay_out()
        self.forget()

    # -- lines

    def line(self, texts: Sequence[str]) -> str:
        """Texts side by side as the columns are."""
        specs = self._specs()
        return _GAP.join(pad(texts[place], wide, specs[place].align) for place, wide in self._widths.items())

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:  # noqa: ARG002 - the widths are fitted to it
        """What the row is about, and its figures."""
        assert self.report is not None
        texts = self._texts(self.report.rows[place])
        return [
            Piece((_GAP if n else "") + pad(texts[p], wide, self._specs()[p].align), "title" if n == 0 else "text")
            for n, (p, wide) in enumerate(self._widths.items())
        ]

    def _texts(self, row: tuple[object, ...]) -> list[str]:
        assert self.report is not None
        return [text for text, _ in cells(self.report, row, self._paper(self.size.width))]

    @property
    def heading(self) -> str:
        """The names of the columns."""
        return self.line([self._header(place) for place in range(len(self.report.columns))]) if self.report else ""

    @property
    def totals(self) -> str:
        """The totals, or nothing."""
        if self.report is None or self.report.totals is None:
            return ""
        texts = ["" if text == NOTHING else text for text in self._texts(self.report.totals)]
        named = next((place for place in self._widths if self.report.columns[place].kind == "text"), None)
        if named is not None and not texts[named]:
            texts[named] = "total"
        return self.line(texts)

    def column_at(self, x: int) -> str | None:
        """The name of the column whose heading is at a place of the line."""
        end = _GUTTER
        for place, wide in self._widths.items():
            end += wide + len(_GAP)
            if self.report is not None and x < end:
                return self.report.columns[place].name
        return None


class Figures(Vertical):
    """The rows between their heading and what they rest on; for a report of faults, the command that mends the one shown."""

    class HeadingClicked(Message):
        """The name of a column was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(self, paper: Callable[[int], Paper]) -> None:
        super().__init__()
        self._rows = FigureRows(paper, id="figures")

    def compose(self) -> ComposeResult:
        """Heading, rows, totals, footing."""
        yield Static(id="figures-heading", markup=False)
        with Vertical(id="figures-rows"):
            yield self._rows
            yield Static(id="figures-totals", markup=False)
        yield Static(id="figures-command", markup=False)
        yield Static(id="figures-footing", markup=False)

    def show(self, report: Report | None) -> None:
        """Show other figures."""
        self._rows.show(report)

    def on_figure_rows_laid_out(self, event: FigureRows.LaidOut) -> None:
        """The lines around the rows keep their columns."""
        event.stop()
        rows = self._rows
        self._line("#figures-heading", rows.heading)
        self._line("#figures-totals", rows.totals)
        report = rows.report
        rests_on = cut(visible(footing(report)), max(1, self.size.width * 2 - 4)) if report is not None else ""
        foot = self.query_one("#figures-footing", Static)
        foot.update(Content(rests_on))
        foot.display = bool(rests_on)
        self.say_command()
        self._fit()

    def on_resize(self) -> None:
        """There is another number of rows to be seen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """The totals stand right below the last row, or at the bottom."""
        room = self.query_one("#figures-rows").size.height - (1 if self._rows.totals else 0)
        self._rows.styles.height = max(1, min(room, self._rows.count * self._rows.pitch))

    def _line(self, name: str, text: str) -> None:
        line = self.query_one(name, Static)
        line.display = bool(text)
        line.update(Content(" " * _GUTTER + text))

    def say_command(self) -> None:
        """The command of the row at the cursor, whole."""
        command = command_of(self._rows.report, self._rows.cursor)
        line = self.query_one("#figures-command", Static)
        line.display = bool(command)
        line.update(Content(f"$ {visible(command)}"))

    def on_click(self, event: object) -> None:
        """A click on the heading."""
        from textual.events import Click

        heading = self.query_one("#figures-heading", Static)
        if isinstance(event, Click) and heading.display and heading.region.contains(*event.screen_offset):
            column = self._rows.column_at(event.screen_x - heading.region.x)
            if column is not None:
                self.post_message(self.HeadingClicked(column))


def _least(place: int, kind: str) -> int:
    """The cells that a text may be cut to; what the row is about is to be known again."""
    if kind != "text":
        return 0
    return 8 if place else 20


def is_shown(kind: str, name: str) -> bool:
    """Whether a column is one of the table: not a command, which is shown whole below, nor a uid."""
    return kind != "command" and name != "id"


def key_of(report: Report, place: int) -> Hashable | None:
    """What a row is about: its words, in which figures have no part."""
    if not 0 <= place < len(report.rows):
        return None
    names = [column.name for column in report.columns]
    if "id" in names:
        return report.rows[place][names.index("id")]
    return (report.rows[place][0], report.rows[place][names.index("currency")] if "currency" in names else None)


def command_of(report: Report | None, place: int) -> str:
    """The command that lists or mends what a row is about; nothing where a report has none."""
    if report is None or not 0 <= place < len(report.rows):
        return ""
    at = next((n for n, column in enumerate(report.columns) if column.kind == "command"), None)
    return str(report.rows[place][at]) if at is not None else ""
