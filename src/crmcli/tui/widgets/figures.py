"""The figures of a report: a heading, a row for each, the totals, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crmcli.render.cells import cut, pad
from crmcli.render.report_words import ASIDE, is_change
from crmcli.render.reports import align, cells, footing
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, Spec, fit
from crmcli.tui.widgets.line_list import LineList, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from textual.app import ComposeResult
    from textual.events import Resize

    from crmcli.render.table import Screen as Paper
    from crmcli.reports.report import Report, ReportColumn

    Papers = Callable[[int], Paper]

_GAP = "  "
GUTTER = 3  # what the list draws before a row: the cursor's sign and the mark's
_MEASURED = 300  # rows that the widths are fitted to
_BEFORE, _CHANGE = 2000, 1000  # what is left out before all else, and what after that


class FigureTable:
    """The columns of a report, fitted to a width."""

    def __init__(self, report: Report, paper: Paper, total: int) -> None:
        self.report = report
        self._paper = paper
        rows = [cells(report, row, paper) for row in report.rows[:_MEASURED]]
        if report.totals is not None:
            rows.append(cells(report, report.totals, paper))
        self._specs = [_spec(column, place) for place, column in enumerate(report.columns)]
        has_money = any(column.kind == "money" for column in report.columns)  # which names its currency itself
        shown = [
            place
            for place, column in enumerate(report.columns)
            if is_shown(column) and not (has_money and column.name == "currency")
        ]
        fitted = fit([self._specs[p] for p in shown], [[row[p] for p in shown] for row in rows], max(1, total))
        self._widths = {shown[place]: wide for place, wide in fitted.items()}

    def pieces(self, place: int) -> list[Piece]:
        """What the row is about, and its figures."""
        texts = self._texts(self.report.rows[place])
        return [
            Piece((_GAP if n else "") + pad(texts[p], wide, self._specs[p].align), "title" if n == 0 else "text")
            for n, (p, wide) in enumerate(self._widths.items())
        ]

    @property
    def heading(self) -> str:
        """The names of the columns."""
        return self._line([spec.header for spec in self._specs])

    @property
    def totals(self) -> str:
        """The totals, or nothing."""
        report = self.report
        if report.totals is None:
            return ""
        texts = ["" if text == NOTHING else text for text in self._texts(report.totals)]
        named = next((place for place in self._widths if report.columns[place].kind == "text"), None)
        if named is not None and not texts[named]:
            texts[named] = "total"
        return self._line(texts)

    def _texts(self, row: tuple[object, ...]) -> list[str]:
        return [text for text, _ in cells(self.report, row, self._paper)]

    def _line(self, texts: Sequence[str]) -> str:
        """Texts side by side as the columns are."""
        return _GAP.join(pad(texts[place], wide, self._specs[place].align) for place, wide in self._widths.items())


class FigureRows(LineList):
    """A row for each line of the report."""

    is_always_lit = True

    class LaidOut(Message):
        """The columns are of other widths."""

    def __init__(self, paper: Papers, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.report: Report | None = None
        self.table: FigureTable | None = None
        self._paper = paper

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
        report = self.report
        if report is None:
            self.table = None
            return
        total = self.scrollable_content_region.width - GUTTER
        self.table = FigureTable(report, self._paper(self.size.width), total)
        self.post_message(self.LaidOut())

    def on_resize(self, _event: Resize) -> None:
        """Fit the columns anew."""
        self.lay_out()
        self.forget()

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:  # noqa: ARG002 - the widths are fitted to it
        """What the row is about, and its figures."""
        return self.table.pieces(place) if self.table is not None else ()


class Detail(Static):
    """What the row at the cursor says that has no room in a table, whole: sentences, and a command."""

    def __init__(self) -> None:
        super().__init__(id="figures-command", markup=False)
        self._told: tuple[str, ...] = ()

    def tell(self, report: Report | None, place: int) -> None:
        """Say what there is to say of a row; the lines around it are laid out anew only when it takes other room."""
        told = details_of(report, place)
        if told == self._told:
            return
        wide = max(1, self.size.width - 2)
        same = [-(-len(line) // wide) for line in told] == [-(-len(line) // wide) for line in self._told]
        self._told = told
        self.display = bool(told)
        styled = [Content.styled(line, "$accent" if line.startswith("$ ") else "") for line in told]
        self.update(Content("\n").join(styled), layout=not same)


class Figures(Vertical):
    """The rows between their heading and what they rest on; for a report of faults, the command that mends the one shown."""

    def __init__(self, paper: Papers) -> None:
        super().__init__()
        self._rows = FigureRows(paper, id="figures")

    def compose(self) -> ComposeResult:
        """Heading, rows, totals, footing."""
        yield Static(id="figures-heading", markup=False)
        with Vertical(id="figures-rows"):
            yield self._rows
            yield Static(id="figures-totals", markup=False)
        yield Detail()
        yield Static(id="figures-footing", markup=False)

    def show(self, report: Report | None) -> None:
        """Show other figures."""
        self._rows.show(report)

    def on_figure_rows_laid_out(self, event: FigureRows.LaidOut) -> None:
        """The lines around the rows keep their columns."""
        event.stop()
        table = self._rows.table
        self._line("#figures-heading", table.heading if table is not None else "")
        self._line("#figures-totals", table.totals if table is not None else "")
        rests_on = cut(rests_on_of(self._rows.report), max(1, self.size.width * 2 - 4))
        foot = self.query_one("#figures-footing", Static)
        foot.update(Content(rests_on))
        foot.display = bool(rests_on)
        self.say_details()
        self._fit()

    def on_resize(self) -> None:
        """There is another number of rows to be seen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """The totals stand right below the last row, or at the bottom."""
        has_totals = self._rows.report is not None and self._rows.report.totals is not None
        room = self.query_one("#figures-rows").size.height - (1 if has_totals else 0)
        self._rows.styles.height = max(1, min(room, self._rows.count * self._rows.pitch))

    def _line(self, name: str, text: str) -> None:
        line = self.query_one(name, Static)
        line.display = bool(text)
        line.update(Content(" " * GUTTER + text))

    def say_details(self) -> None:
        """What the row at the cursor says, whole."""
        self.query_one(Detail).tell(self._rows.report, self._rows.cursor)


def _spec(column: ReportColumn, place: int) -> Spec:
    # What is furthest to the right is left out first, and what the row is about never.
    priority = column.priority or place
    if column.name.endswith("_before"):
        priority = _BEFORE + place
    elif is_change(column):
        priority = _CHANGE + place
    least = (8 if place else 20) if column.kind in ("text", "sentence") else 0
    return Spec(visible(column.header), align(column), priority, least, align(column) == "right")


def is_shown(column: ReportColumn) -> bool:
    """Whether a column is one of the table: not a command or a definition, which are shown whole below, nor a uid."""
    return column.kind != "command" and column.kind not in ASIDE and column.name != "id"


def key_of(report: Report, place: int) -> Hashable | None:
    """What a row is about: its words, in which figures have no part."""
    if not 0 <= place < len(report.rows):
        return None
    names = [column.name for column in report.columns]
    if "id" in names and report.rows[place][names.index("id")]:
        return report.rows[place][names.index("id")]
    return tuple(
        value
        for value, column in zip(report.rows[place], report.columns, strict=True)
        if column.kind in ("text", "date")
    )


def details_of(report: Report | None, place: int) -> tuple[str, ...]:
    """The sentences and definitions of a row, then the command that lists or mends what it is about."""
    if report is None or not 0 <= place < len(report.rows):
        return ()
    told = [
        f"$ {visible(str(value))}" if column.kind == "command" else visible(str(value))
        for column, value in zip(report.columns, report.rows[place], strict=True)
        if column.kind in ("sentence", "definition", "command") and value
    ]
    return tuple(told)


def rests_on_of(report: Report | None) -> str:
    """What the figures rest on and leave out, on one line."""
    if report is None:
        return ""
    return " · ".join(visible(part) for part in (*report.notes, footing(report, is_titled=True)) if part)
