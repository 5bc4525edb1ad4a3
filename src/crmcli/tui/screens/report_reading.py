"""One report at a time: worked out off the screen's thread, and put on it as figures with a chart, or as a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, FilterError
from crmcli.render.safe import visible
from crmcli.render.table import Screen as Paper
from crmcli.reports.catalogue import BY_NAME, QUESTIONS, answer
from crmcli.reports.inquiry import Asked, kept_of
from crmcli.reports.options import OPTIONS
from crmcli.tui.charting import drawing, first_measure, measures
from crmcli.tui.screens.place import Place
from crmcli.tui.widgets.figures import FigureRows, Figures
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.part_list import Dashboard
from crmcli.tui.widgets.report_chart import ReportChart
from crmcli.tui.widgets.report_list import ReportList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.events import Event

    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report
    from crmcli.store.queries.saved_reports import SavedReport
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList

_KEPT = "reports"
_PAUSE = 0.2  # a report that is there sooner needs no word about being read
_WELL = ("stale", "hygiene", "advice")  # where nothing to be seen is good
# What is done with figures, and so waits for them; anything else, as going to another report, goes on at once.
_WITH_FIGURES = ("open", "yank", "mute", "write", "measure")
_AMONG_FIGURES = ("go_down", "go_page", "go_first", "go_last", *_WITH_FIGURES)
_WORDS = ("by", "period", "since", "until", "compare", "currency")  # what is remembered of how a report was asked
COMPARED = {"previous": "the period before", "year": "the year before"}


class Answered(NamedTuple):
    """What came of a question, and which reports are saved."""

    asked: Asked
    found: Report | CrmError
    saved: Sequence[SavedReport]


def filtered_noun(question: Question, report: Report) -> str:
    """The noun that a filter on the report is on: what customers bought are purchases or deals, as its records tell."""
    if "source_of" not in question.options or question.noun != "deal":
        return question.noun or "deal"
    return next((each.noun for each in report.drill if each and each.noun in ("deal", "purchase")), question.noun)


class ReportReading(Place):
    """Which report it is, and how each is asked, is remembered from one sitting to the next.

    A report is chosen by its name, a saved one by its uid.
    """

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.asked = {question.name: Asked(question.name, question.by) for question in QUESTIONS}
        self.chosen = QUESTIONS[0].name
        self.report: Report | None = None
        self.saved: dict[str, SavedReport] = {}
        self.measure: dict[str, tuple[str, str | None]] = {}  # the figure that each one's chart draws
        self.shows_chart = True
        self._answered = ""  # what the report that is shown was chosen by
        self._is_working = False
        self._recall()

    def _recall(self) -> None:
        """Ask as in the last sitting; what is not understood any more is let be."""
        kept = self.session.memory.get(_KEPT)
        if not isinstance(kept, dict):
            return
        for name, words in kept.items():
            if name in BY_NAME and (asked := recalled(name, words)) is not None:
                self.asked[name] = asked
        self.chosen = kept["chosen"] if kept.get("chosen") in BY_NAME else self.chosen

    def remember(self) -> None:
        """Keep for the next sitting how reports are asked."""
        asked = {key: kept_of(self.asked[key]._replace(filter="")) for key in BY_NAME}
        self.app.remember(_KEPT, {"chosen": self.wanted_now.name, **asked})

    @property
    def question(self) -> Question:
        """The report that is chosen."""
        return BY_NAME[self.wanted_now.name]

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
            yield Figures(self.paper)
            yield Dashboard(self.paper, plain=self.app.is_plain)
            yield Static(id="report-said", markup=False)

    def paper(self, cells: int) -> Paper:
        """What figures are written on."""
        return Paper(cells, False, self.session.locale, self.now())  # noqa: FBT003 - a field of a tuple

    @property
    def has_parts(self) -> bool:
        """Whether the report that is shown is made of others."""
        return self.report is not None and bool(self.report.parts)

    @property
    def rows(self) -> CursorList | None:
        """The figures."""
        return self.dashboard.rows if self.has_parts else self.query_one("#figures", FigureRows)

    @property
    def dashboard(self) -> Dashboard:
        """The figures of a report that is made of others."""
        return self.query_one(Dashboard)

    @property
    def chart(self) -> ReportChart:
        """The chart above them."""
        return self.query_one(ReportChart)

    def at_cursor(self) -> tuple[Report, int] | None:
        """The report at the cursor, a part of a dashboard too, and which of its rows; none before they are worked out."""
        if not self.is_answered:
            return None
        if self.has_parts:
            return self.dashboard.at_cursor
        report, rows = self.report, self.rows
        if report is None or rows is None or not 0 <= rows.cursor < len(report.rows):
            return None
        return report, rows.cursor

    def takes(self, event: Event) -> bool:
        """Keys for the figures wait until they are there; those for the ones before are not meant for these."""
        if self.is_answered or not isinstance(event, Key):
            return True
        line = self.focused
        if line is not None and line.check_consume_key(event.key, event.character):
            return True
        bound = self.active_bindings.get(event.key)
        action = bound.binding.action.partition("(")[0] if bound is not None and bound.node is self else ""
        return action not in (_WITH_FIGURES if self.has_answered else _AMONG_FIGURES)

    @property
    def is_answered(self) -> bool:
        """Whether the figures are those of the report that is chosen."""
        return self._answered == self.chosen

    def unread(self, what: str) -> None:
        """The store can't be reached: figures that are shown stay, where there are any."""
        super().unread(what)
        self._is_working = False
        if not self.is_answered:
            self._say(
                Content.assemble((f"✗ {what}", "bold $text-error"), "\n\n", ("r", "bold $accent"), "  reads it again")
            )
        self.query_one("#report-title", Static).update(Content.styled(f"✗ {what} · r reads it again", "$text-error"))

    def reload(self) -> None:
        """Work the report out again."""
        asked, session = self.wanted_now, self.session

        def question() -> Answered:
            saved = session.saved_reports.list()
            try:
                return Answered(asked, answer(session.sources, asked._replace(followed=True)), saved)
            except CrmError as error:
                return Answered(asked, error, saved)

        self._is_working = True
        self._say_title()
        if not self.is_answered:
            self.app.opening()
            self.set_timer(_PAUSE, self._say_reading)
        self.read("report", question, self._show)

    def _say_reading(self) -> None:
        if self._is_working and not self.is_answered:
            self._say(Content.styled(f"working out {visible(self.called)} …", "dim"))

    @property
    def called(self) -> str:
        """What the chosen report is called: a saved one by its own name."""
        return self.saved[self.chosen].name if self.chosen in self.saved else self.wanted_now.name

    def _show(self, answered: Answered) -> None:
        self._know(answered.saved)
        asked, found, _ = answered
        if asked != self.wanted_now:  # another one was asked for meanwhile
            return
        self._is_working = False
        self._answered = self.chosen
        self.app.opened()
        bar = self.query_one(FilterBar)
        if isinstance(found, CrmError):
            if isinstance(found, FilterError) and asked.filter:
                bar.refuse(found)
            self._say_trouble(found)
            return
        self.report = found
        bar.noun = filtered_noun(self.question, found)
        if not bar.has_focus_within:
            bar.accept(asked.filter)
        if not found.rows or (found.n == 0 and not found.compared):
            self._say_nothing()
            return
        self._say(None)
        self._put(found)
        if self.focused is None and self.rows is not None:
            self.rows.focus(scroll_visible=False)

    def _know(self, saved: Sequence[SavedReport]) -> None:
        """These reports are saved now; one that is shown and was taken away goes on as what it was saved from."""
        self.saved = {each.id: each for each in saved}
        for each in saved:
            if each.report in BY_NAME and each.id not in self.asked:
                self.asked[each.id] = Asked(each.report, **each.asked)
        listed = self.query_one(ReportList)
        if self.chosen not in BY_NAME and self.chosen not in self.saved:
            self.asked[self.wanted_now.name] = self.wanted_now
            self.chosen = self.wanted_now.name
            listed.choose(self.chosen)
        listed.know([each for each in saved if each.report in BY_NAME])

    def _put(self, report: Report) -> None:
        """Show its figures."""
        has_parts = bool(report.parts)
        was_lit = self.focused is not None and self.focused in self.query("FigureRows, PartList")
        self.query_one(Figures).display = not has_parts
        self.dashboard.display = has_parts
        if has_parts:
            self.query_one(Figures).show(None)
            self.chart.show(None, 0)
            self.dashboard.show(report)
            self._say_title()
        else:
            self.dashboard.show(None)
            self.query_one(Figures).show(report)
            self.draw()
        if was_lit and self.rows is not None and not self.rows.has_focus:
            self.rows.focus(scroll_visible=False)

    def draw(self) -> None:
        """The chart, of the figure that was chosen for it."""
        report = self.report
        if report is None or report.parts:
            return
        drawn = drawing(report, self.drawn_measure(report), self.paper(self.size.width))
        self.chart.show(drawn if self.shows_chart else None, self.rows.cursor if self.rows else 0)
        self._say_title(drawn.measure if drawn is not None and len(drawn.bars) else "")

    def drawn_measure(self, report: Report) -> int:
        """Which of the report's figures the chart draws."""
        wanted = self.measure.get(self.chosen)
        known = [(each.name, each.currency) for each in measures(report)]
        return known.index(wanted) if wanted in known else first_measure(report)

    def _say_title(self, measure: str = "") -> None:
        asked, question = self.wanted_now, self.question
        report = self.report if self.is_answered else None
        title = report.title if report is not None else asked.name
        said = [f"“{self.called}”"] if self.chosen in self.saved else []
        if question.dated:
            said.append((report.period if report is not None else None) or asked.period or _usual_period(question.name))
        if asked.compare:
            then = report.compared if report is not None and report.compared else COMPARED[asked.compare]
            said.append(f"beside {then}")
        said += [f"in {asked.currency}"] if asked.currency else []
        said += list(map(told_option, asked.options, asked.options.values()))
        said += [f"chart: {measure}"] if measure else []
        text = [(visible(title), "bold $primary"), *((f" · {visible(part)}", "") for part in said)]
        self.query_one("#report-title", Static).update(Content.assemble(*text), layout=False)

    def _say(self, content: Content | None) -> None:
        """Say something in place of the figures, or show them."""
        said = self.query_one("#report-said", Static)
        said.display = content is not None
        said.update(content or "")
        if content is not None:
            self.query_one(Figures).display = self.dashboard.display = False
            self.query_one(Figures).show(None)
            self.dashboard.show(None)
            self.chart.show(None, 0)

    def _say_nothing(self) -> None:
        asked = self.wanted_now
        keys = [("esc", "without the filter")] if asked.filter else []
        keys += [("p  ", "another period")] if asked.period else []
        keys += [("a  ", "ask otherwise")] if asked.options else []
        if keys:
            lines = [part for key, about in keys for part in ((key, "bold $accent"), f"  {about}\n")]
            self._say(Content.assemble(("Nothing to count here", "bold"), "\n\n", *lines))
            return
        head = "All is well" if asked.name in _WELL else f"No figures for {asked.name} yet"
        self._say(Content.assemble((head, "bold"), "\n\n", self.question.nothing))

    def _say_trouble(self, error: CrmError) -> None:
        self.report = None
        remedy = [f"\n\n{visible(error.hint)}"] if error.hint else []
        self._say(Content.assemble(("This can't be worked out", "bold"), "\n\n", visible(error.message), *remedy))
        self._say_title()


def _usual_period(name: str) -> str:
    """What a report is about that is asked for no period."""
    return "this month" if name == "dashboard" else "all time"


def recalled(name: str, words: object) -> Asked | None:
    """How a report was asked, out of what was kept of it; None for what is not understood."""
    if not isinstance(words, dict):
        return None
    options = words.get("options", {})
    if not isinstance(options, dict) or any(not isinstance(words.get(word, ""), str) for word in _WORDS):
        return None
    known: Mapping[str, Any] = {option: value for option, value in options.items() if option in BY_NAME[name].options}
    return Asked(name, **{word: words[word] for word in _WORDS if word in words}, options=known)


def told_option(name: str, value: object) -> str:
    """An option as a person reads it: ``horizon 39w``."""
    short = OPTIONS[name].short if name in OPTIONS else name
    return short if value is True else f"{short} {value}"
