"""Reports: the figures of one at a time with its chart, and the way down to the records behind each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crmcli.errors import CrmError, FilterError
from crmcli.render.safe import visible
from crmcli.render.table import Screen as Paper
from crmcli.reports.catalogue import BY_NAME, QUESTIONS, answer, group_names
from crmcli.reports.inquiry import Asked, Sources
from crmcli.services.duplicates import Duplicates
from crmcli.tui.bindings import bindings_of
from crmcli.tui.charting import drawing, first_measure, label_of, measures
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.place import Place
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.figures import FigureRows, Figures
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.report_chart import ReportChart
from crmcli.tui.widgets.report_list import ReportList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.yanking import Yank

_KEPT = "reports"
_PAUSE = 0.2  # a report that is there sooner needs no word about being read
_TABLES = {"contact": "contacts", "company": "companies", "deal": "deals", "activity": "activity"}


class ReportsScreen(Place):
    """One report with its chart; which one, and how it is asked, is remembered from one sitting to the next."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("reports")
    KEYS = PLACES["reports"]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.asked = {question.name: Asked(question.name, question.by) for question in QUESTIONS}
        self.chosen = QUESTIONS[0].name
        self.report: Report | None = None
        self.measure: dict[str, int] = {}
        self._is_working = False
        self._recall()

    def _recall(self) -> None:
        """Ask as in the last sitting; what is not understood any more is let be."""
        kept = self.session.memory.get(_KEPT)
        if not isinstance(kept, dict):
            return
        self.chosen = kept["chosen"] if kept.get("chosen") in BY_NAME else self.chosen
        for name, words in kept.items():
            if name in BY_NAME and isinstance(words, list) and [type(each) for each in words] == [str, str]:
                self.asked[name] = Asked(name, *words)

    @property
    def question(self) -> Question:
        """The report that is chosen."""
        return BY_NAME[self.chosen]

    @property
    def wanted_now(self) -> Asked:
        """How it is asked."""
        return self.asked[self.chosen]

    def on_resize(self) -> None:
        """The chart may be higher, or must be lower."""
        self.chart.fit()

    # -- what it shows

    def body(self) -> ComposeResult:
        """The reports at the left, the chosen one at the right."""
        yield ReportList(self.chosen)
        with Vertical(id="report"):
            yield Static(id="report-title", markup=False)
            yield FilterBar("", self.question.noun or "deal")
            yield ReportChart(self.session.locale, plain=self.app.is_plain)
            yield Figures(self._paper)
            yield Static(id="report-said", markup=False)

    def _paper(self, cells: int) -> Paper:
        return Paper(cells, False, self.session.locale, self.now())  # noqa: FBT003 - a field of a tuple

    @property
    def rows(self) -> CursorList | None:
        """The figures."""
        return self.query_one("#figures", FigureRows)

    @property
    def chart(self) -> ReportChart:
        """The chart above them."""
        return self.query_one(ReportChart)

    def unread(self, what: str) -> None:
        """The store can't be reached."""
        super().unread(what)
        self.query_one("#report-title", Static).update(Content.styled(f"✗ {what} · r reads it again", "$text-error"))

    def reload(self) -> None:
        """Work the report out again."""
        asked, desk = self.wanted_now, self.session.desk
        duplicates = Duplicates(desk, {"contact": self.session.contacts, "company": self.session.companies})

        def question() -> tuple[Asked, Report | CrmError]:
            try:
                return asked, answer(Sources(desk, duplicates), asked)
            except CrmError as error:
                return asked, error

        self._is_working = True
        self._say_title()
        if self.report is None or self.report.name != asked.name:
            self.set_timer(_PAUSE, self._say_reading)
        self.read("report", question, self._show)

    def _say_reading(self) -> None:
        if self._is_working and (self.report is None or self.report.name != self.chosen):
            self._say(Content.styled(f"working out {self.chosen} …", "dim"))

    def _show(self, answered: tuple[Asked, Report | CrmError]) -> None:
        asked, found = answered
        if asked != self.wanted_now:  # another one was asked for meanwhile
            return
        self._is_working = False
        bar = self.query_one(FilterBar)
        if isinstance(found, CrmError):
            if isinstance(found, FilterError) and asked.filter:
                bar.refuse(found)
            self._say_trouble(found)
            return
        self.report = found
        if not bar.has_focus_within:
            bar.accept(asked.filter)
        if not found.rows or not found.n:
            self._say_nothing()
            return
        self._say(None)
        self.query_one(Figures).show(found)
        self._draw()
        if self.focused is None and self.rows is not None:
            self.rows.focus(scroll_visible=False)

    def _draw(self) -> None:
        """The chart, of the figure that was chosen for it."""
        report = self.report
        if report is None:
            return
        measure = self.measure.setdefault(report.name, first_measure(report))
        drawn = drawing(report, measure, self._paper(self.size.width))
        self.chart.show(None if self.has_class("-no-chart") else drawn, self.rows.cursor if self.rows else 0)
        self._say_title(drawn.measure if drawn is not None and len(drawn.bars) else "")

    def _say_title(self, measure: str = "") -> None:
        asked = self.wanted_now
        question = self.question
        title = self.report.title if self.report is not None and self.report.name == asked.name else asked.name
        parts = [asked.period or "all time"] if question.dated else []
        parts += [f"chart: {measure}"] if measure else []
        text = [(visible(title), "bold $primary"), *((f" · {visible(part)}", "") for part in parts)]
        self.query_one("#report-title", Static).update(Content.assemble(*text))

    def _say(self, content: Content | None) -> None:
        """Say something in place of the figures, or show them."""
        said = self.query_one("#report-said", Static)
        said.display = content is not None
        said.update(content or "")
        self.query_one(Figures).display = content is None
        if content is not None:
            self.query_one(Figures).show(None)
            self.chart.show(None, 0)

    def _say_nothing(self) -> None:
        asked = self.wanted_now
        keys = [("esc", "without the filter")] if asked.filter else []
        keys += [("p  ", "another period")] if asked.period else []
        if keys:
            lines = [part for key, about in keys for part in ((key, "bold $accent"), f"  {about}\n")]
            self._say(Content.assemble(("Nothing to count here", "bold"), "\n\n", *lines))
            return
        head = "All is well" if asked.name in ("stale", "hygiene") else f"No figures for {asked.name} yet"
        self._say(Content.assemble((head, "bold"), "\n\n", self.question.nothing))

    def _say_trouble(self, error: CrmError) -> None:
        self.report = None
        remedy = [f"\n\n{visible(error.hint)}"] if error.hint else []
        self._say(
            Content.assemble(("This can't be worked out", "bold $text-error"), "\n\n", visible(error.message), *remedy)
        )

    # -- going from report to report

    def open_ref(self, ref: str) -> None:
        """Show the report of that name."""
        if ref not in BY_NAME or ref == self.chosen:
            return
        if self.is_mounted:
            self._choose(ref)
        else:
            self.chosen = ref

    def action_go_report(self, step: int) -> None:
        """The report after, or before."""
        names = [question.name for question in QUESTIONS]
        self._choose(names[(names.index(self.chosen) + step * self.app.count.take()) % len(names)])

    def on_report_list_chosen(self, event: ReportList.Chosen) -> None:
        """A report was clicked."""
        self._choose(event.name)

    def _choose(self, name: str) -> None:
        self.chosen = name
        self.query_one(ReportList).choose(name)
        bar = self.query_one(FilterBar)
        bar.noun = self.question.noun or bar.noun
        bar.accept(self.wanted_now.filter)
        self._ask_otherwise(self.wanted_now)

    def _ask_otherwise(self, asked: Asked) -> None:
        self.asked[asked.name] = asked
        self.app.remember(_KEPT, {"chosen": self.chosen, **{a.name: [a.by, a.period] for a in self.asked.values()}})
        self.reload()

    # -- asking otherwise

    def action_by(self) -> None:
        """Choose what the figures are grouped by."""
        noun = self.question.groups
        if not noun:
            self.notify(f"{self.chosen} has no groups", timeout=3)
            return
        self.read("groups", lambda: group_names(self.session.desk, noun), self._choose_group)

    def _choose_group(self, names: list[str]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        undivided = [Choice("", "all together")] if self.chosen != "activity" else []

        def chosen(name: str | None) -> None:
            if name is not None:
                self._ask_otherwise(self.wanted_now._replace(by=name))

        self.app.push_screen(Picker(f"{self.chosen} by", [*undivided, *map(Choice, names)], self.wanted_now.by), chosen)

    def action_period(self) -> None:
        """Choose the period."""
        from crmcli.tui.modals.period import ALL_TIME, PeriodPicker

        if not self.question.dated:
            self.notify(f"{self.chosen} is as of now; it has no period", timeout=3)
            return

        def chosen(words: str | None) -> None:
            if words is not None:
                self._ask_otherwise(self.wanted_now._replace(period="" if words == ALL_TIME else words))

        self.app.push_screen(PeriodPicker(self.wanted_now.period, self.now()), chosen)

    def action_measure(self) -> None:
        """Draw another of the figures."""
        if self.report is not None and (places := measures(self.report)):
            at = self.measure.get(self.chosen, 0) + self.app.count.take()
            self.measure[self.chosen] = at % len(places)
            self.remove_class("-no-chart")
            self._draw()

    def action_chart(self) -> None:
        """Show the chart, or none."""
        self.toggle_class("-no-chart")
        self._draw()

    def action_filter(self) -> None:
        """Type a filter."""
        if not self.question.noun:
            self.notify(f"{self.chosen} is about the whole store; it has no filter", timeout=3)
            return
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Ask with it."""
        self._ask_otherwise(self.wanted_now._replace(filter=event.text))
        self._back_to_rows()

    def on_filter_bar_left(self) -> None:
        """Back to the figures."""
        self.query_one(FilterBar).accept(self.wanted_now.filter)
        self._back_to_rows()

    def _back_to_rows(self) -> None:
        if self.rows is not None:
            self.rows.focus(scroll_visible=False)

    def action_escape(self) -> None:
        """Clear the filter, else the period."""
        asked = self.wanted_now
        if asked.filter:
            self._ask_otherwise(asked._replace(filter=""))
        elif asked.period:
            self._ask_otherwise(asked._replace(period=""))

    # -- the records behind

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The chart picks out the row at the cursor."""
        event.stop()
        self.chart.put_cursor(event.rows.cursor)
        self.query_one(Figures).say_command()

    def on_report_chart_picked(self, event: ReportChart.Picked) -> None:
        """A bar was clicked: its row, or on the second click its records."""
        event.stop()
        if self.rows is not None:
            self.rows.go_to(event.row)
        if event.twice:
            self.action_open()

    def action_open(self) -> None:
        """Go to the records behind the row at the cursor."""
        report, rows = self.report, self.rows
        if report is None or rows is None or not 0 <= rows.cursor < len(report.rows):
            return
        drill = report.drill[rows.cursor]
        if drill is None:
            self.notify(f"no records behind {visible(label_of(report, rows.cursor))}", markup=False, timeout=3)
        elif "id" in (names := [column.name for column in report.columns]):
            self.app.open_record(drill.noun, str(report.rows[rows.cursor][names.index("id")]))
        else:
            self.app.visit(Spot(_TABLES[drill.noun], drill.filter))

    def to_yank(self) -> Callable[[], Yank] | None:
        """The row at the cursor."""
        from crmcli.tui.yanking import some_rows

        report, rows = self.report, self.rows
        if report is None or rows is None or not 0 <= rows.cursor < len(report.rows):
            return None
        place, names = rows.cursor, [column.name for column in report.columns]
        return lambda: some_rows(names, [report.rows[place]], label_of(report, place))
