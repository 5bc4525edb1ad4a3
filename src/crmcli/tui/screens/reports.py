"""Reports: the figures of one at a time with its chart, the way down to the records behind each, and the way out of here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from crmcli.domain.frozen import NamedTuple
from crmcli.render.reports import cells
from crmcli.render.safe import visible
from crmcli.reports.behind import label_of as row_named
from crmcli.reports.inquiry import Asked, kept_of
from crmcli.reports.options import flag_of
from crmcli.tui.bindings import bindings_of
from crmcli.tui.charting import label_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.report_asking import ReportAsking
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from textual.binding import BindingType

    from crmcli.reports.report import Drill, Report
    from crmcli.store.queries.saved_reports import SavedReport
    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.widgets.report_chart import ReportChart
    from crmcli.tui.yanking import Yank

_TABLES = {"contact": "contacts", "company": "companies", "deal": "deals", "activity": "activity"}
_PAGES = {"contact", "company", "deal", "activity"}  # nouns that have a page of their own
_ALL_OF_IT = "all"


class Way(NamedTuple):
    """A way down from a row: what its figure is called, how it is shown, the records, and the column if it is not the row's."""

    name: str
    figure: str
    drill: Drill
    column: str = ""


class ReportsScreen(ReportAsking):
    """Enter goes down to records; reports are written, saved and muted from here."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("reports")
    KEYS = PLACES["reports"]

    # -- the records behind

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The chart picks out the row at the cursor, and what it says is shown whole."""
        event.stop()
        if self.has_parts:
            self.dashboard.say_details()
            return
        self.chart.put_cursor(event.rows.cursor)
        self.query_one(Figures).say_details()

    def action_go_down(self, step: int) -> None:
        """Some rows down, or up; from one column of a dashboard to the other."""
        if not (self.has_parts and not self.app.count and self.dashboard.other_column(step)):
            super().action_go_down(step)

    def on_report_chart_picked(self, event: ReportChart.Picked) -> None:
        """A bar was clicked: its row, or on the second click its records."""
        event.stop()
        if self.rows is not None:
            self.rows.go_to(event.row)
        if event.twice:
            self.action_open()

    def action_open(self) -> None:
        """Go to the records behind the row at the cursor; where its figures count different ones, ask which."""
        found = self.at_cursor()
        if found is None:
            return
        report, row = found
        if self._open_record(report, row):
            return
        ways = ways_down(report, row, self.paper(self.size.width))
        if not ways:
            self.notify(f"no records behind {visible(label_of(report, row))}", markup=False, timeout=3)
        elif len(ways) == 1:
            self._go_down(report, row, ways[0])
        else:
            self._ask_way(report, row, ways)

    def _open_record(self, report: Report, row: int) -> bool:
        """Open the record that the row is; whether it is one."""
        uid = uid_of(report, row)
        noun = noun_of(report, row, uid)
        if not uid or not noun:
            return False
        if noun == "campaign":
            self.app.visit(Spot("campaigns", uid))
        else:
            self.app.open_record(noun, uid)
        return True

    def _ask_way(self, report: Report, row: int, ways: list[Way]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        def chosen(name: str | None) -> None:
            way = next((each for each in ways if each.name == name), None)
            if way is not None:
                self._go_down(report, row, way)

        title = f"{report.name}: the records behind {label_of(report, row)}"
        self.app.push_screen(Picker(title, [Choice(way.name, about=way.figure) for way in ways]), chosen)

    def _go_down(self, report: Report, row: int, way: Way) -> None:
        drill = way.drill
        if drill.noun in _TABLES:
            self.app.visit(Spot(_TABLES[drill.noun], drill.filter))
        elif drill.noun == "campaign":
            self.app.visit(Spot("campaigns", f"?{drill.filter}"))
        else:
            command = drill_command(self.wanted_now, row_named(report, report.rows[row]), way.column)
            self.notify(f"a {drill.noun} has no screen: {visible(command)}", markup=False, timeout=10)

    # -- out of here

    def to_yank(self) -> Callable[[], Yank] | None:
        """The row at the cursor."""
        from crmcli.tui.yanking import some_rows

        found = self.at_cursor()
        if found is None:
            return None
        report, place = found
        names = [column.name for column in report.columns]
        return lambda: some_rows(names, [report.rows[place]], label_of(report, place))

    def action_write(self) -> None:
        """Write the report to a file, of the kind that its name ends in."""
        from crmcli.tui.modals.form import Form, FormField
        from crmcli.tui.report_file import ENDINGS, ReportFile

        if self.report is None or self.query_one("#report-said", Static).display:
            self.notify("no figures to write", timeout=3)
            return
        file = ReportFile(self.session, self.report, self.paper)
        field = FormField("file", "file", f"{self.report.name}.html", example=ENDINGS, required=True)
        self.ask(Form(f"write {self.called}", [field], file.write), "")

    def action_save(self) -> None:
        """Keep the report, as it is asked, under a name."""
        from crmcli.tui.modals.form import Form, FormField

        asked = self.wanted_now
        present = self.saved[self.chosen].name if self.chosen in self.saved else ""

        def save(values: Mapping[str, str]) -> SavedReport:
            return self.session.saved_reports.save(values["name"], asked.name, kept_of(asked))

        field = FormField("name", "name", present, example="Monday morning", required=True)
        self.ask(Form(f"save {self.called}", [field], save), "saved: it stands at the top of the list")

    def action_forget(self) -> None:
        """Take the saved report away."""
        if self.chosen not in self.saved:
            self.notify("only a saved report can be taken away", timeout=3)
            return
        name = self.called

        def forget() -> None:
            self.session.saved_reports.remove(name)

        self.write("it can't be taken away", forget, f"forgot {name}; u brings it back")

    def written(self, result: object) -> None:
        """A report that was just saved is the chosen one."""
        from crmcli.store.queries.saved_reports import SavedReport
        from crmcli.tui.widgets.report_list import ReportList

        if isinstance(result, SavedReport):
            self.asked[result.id] = Asked(result.report, **result.asked)
            self.saved[result.id] = result
            self.chosen = result.id
            self.query_one(ReportList).choose(result.id)

    # -- advice

    def action_mute(self) -> None:
        """Hear no more of the advice at the cursor: about this record, or of its rule altogether."""
        from crmcli.tui.modals.picker import Choice, Picker

        found = self.at_cursor()
        if found is None or found[0].name != "advice":
            self.notify("only advice can be muted", timeout=3)
            return
        report, row = found
        rule = str(report.rows[row][[column.name for column in report.columns].index("rule")])
        ref, label = uid_of(report, row), label_of(report, row)

        def chosen(which: str | None) -> None:
            if which is not None:
                about = ref if which == "record" else None
                self.write(f"{rule} can't be muted", lambda: self.session.mutes.mute(rule, about),
                           f"{rule} is muted; u brings it back")  # fmt: skip

        options = [Choice("record", f"{rule} about {label}")] if ref else []
        self.app.push_screen(Picker("hear no more of", [*options, Choice("rule", f"{rule} about anything")]), chosen)


def uid_of(report: Report, row: int) -> str:
    """The uid of the record that a row is; nothing for a row that counts."""
    names = [column.name for column in report.columns]
    return str(report.rows[row][names.index("id")] or "") if "id" in names else ""


def noun_of(report: Report, row: int, uid: str) -> str:
    """What kind of record a row is; nothing for one without a page."""
    drill = drill_of(report, row)
    noun = drill.noun if drill is not None else "campaign" if uid.startswith("cp_") else ""
    return noun if noun in _PAGES or noun == "campaign" else ""


def drill_of(report: Report, row: int) -> Drill | None:
    """The records behind a row, if the report says which."""
    return report.drill[row] if row < len(report.drill) else None


def ways_down(report: Report, row: int, paper: object) -> list[Way]:
    """The different records that a row and its figures count; the row's own first."""
    own = drill_of(report, row)
    ways = [*_each_way(_ALL_OF_IT, "", own)] if own is not None else []
    texts = [text for text, _ in cells(report, report.rows[row], paper)]  # type: ignore[arg-type]
    beside = report.cells[row] if row < len(report.cells) else {}
    for place, column in enumerate(report.columns):
        drill = beside.get(column.name)
        if drill is not None and all(drill._replace(more=()) != way.drill for way in ways):
            found = _each_way(visible(column.header), texts[place], drill)
            ways += [way._replace(column=column.name) for way in found]
    return ways


def drill_command(asked: Asked, label: str, column: str) -> str:
    """The command that gives the ids of the records behind a row, or behind one of its figures."""
    from shlex import join

    kept = kept_of(asked)
    words = kept.pop("options", {}) | kept
    flags = [
        part for name, value in words.items() for part in (flag_of(name), *([] if value is True else [str(value)]))
    ]
    return join(
        ["crm", "report", asked.name, *flags, "--drill", "--row", label, *(["--column", column] if column else [])]
    )


def _each_way(name: str, figure: str, drill: Drill) -> Iterator[Way]:
    """A way for each of the tables that the records stand in."""
    parts = (drill, *drill.more)
    for place, each in enumerate(parts, 1):
        nth = sum(one.noun == each.noun for one in parts[:place])
        what = f"{name}: {each.noun}{f' {nth}' if nth > 1 else ''}" if drill.more else name
        yield Way(what, figure, each._replace(more=()))
