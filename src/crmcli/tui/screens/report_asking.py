"""Reports asked otherwise: which one, by what, for which period, beside which other, of what, in which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.reports.catalogue import group_names
from crmcli.reports.options import OPTIONS, option_value
from crmcli.tui.charting import measures
from crmcli.tui.screens.report_reading import COMPARED, ReportReading
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.report_list import ReportList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.reports.inquiry import Asked
    from crmcli.tui.modals.form import FormField
    from crmcli.tui.session import Done

_WHOLE_BY_TYPE = ("activity",)  # reports that have no figures without groups
_COMPLETED = ("owner", "pipeline", "campaign")


class ReportAsking(ReportReading):
    """Every change of how a report is asked asks it again."""

    # -- going from report to report

    def open_ref(self, ref: str) -> None:
        """Show the report of that name, or the one saved under that uid."""
        if ref not in self.asked or ref == self.chosen:
            return
        if self.is_mounted:
            self.choose(ref)
        else:
            self.chosen = ref

    def action_go_report(self, step: int) -> None:
        """The report after, or before."""
        keys = self.query_one(ReportList).keys
        here = self.chosen if self.chosen in keys else self.wanted_now.name  # one just saved is not listed at once
        self.choose(keys[(keys.index(here) + step * self.app.count.take()) % len(keys)])

    def on_report_list_chosen(self, event: ReportList.Chosen) -> None:
        """A report was clicked."""
        self.choose(event.key)

    def choose(self, key: str) -> None:
        """Show another one."""
        self.chosen = key
        self.query_one(ReportList).choose(key)
        bar = self.query_one(FilterBar)
        bar.noun = self.question.noun or bar.noun
        bar.accept(self.wanted_now.filter)
        self.ask_otherwise(self.wanted_now)

    def ask_otherwise(self, asked: Asked) -> None:
        """Ask the chosen report so."""
        self.asked[self.chosen] = asked
        self.remember()
        self.reload()

    # -- how it is asked

    def action_by(self) -> None:
        """Choose what the figures are grouped by."""
        noun = self.question.groups
        if not noun:
            self.notify(f"{self.question.name} has no groups", timeout=3)
            return
        self.read("groups", lambda: group_names(self.session.desk, noun), self._choose_group, opens=True)

    def _choose_group(self, names: list[str]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        name = self.question.name
        undivided = [Choice("", "all together")] if not self.question.by else []
        listed = list(dict.fromkeys([self.question.by, *names] if self.question.by else names))

        def chosen(by: str | None) -> None:
            if by is not None:
                self.ask_otherwise(self.wanted_now._replace(by=by))

        self.app.push_screen(Picker(f"{name} by", [*undivided, *map(Choice, listed)], self.wanted_now.by), chosen)

    def action_period(self) -> None:
        """Choose the period."""
        from crmcli.tui.modals.period import ALL_TIME, PeriodPicker

        if not self.question.dated:
            self.notify(f"{self.question.name} is as of now; it has no period", timeout=3)
            return

        def chosen(words: str | None) -> None:
            if words is not None:
                period = "" if words == ALL_TIME else words
                # All time has no period before it.
                compare = self.wanted_now.compare if period or self.question.usual else ""
                self.ask_otherwise(self.wanted_now._replace(period=period, since="", until="", compare=compare))

        self.app.push_screen(PeriodPicker(self.wanted_now.period, self.now()), chosen)

    def action_compare(self) -> None:
        """Put another period beside it."""
        from crmcli.tui.modals.picker import Choice, Picker

        question, asked = self.question, self.wanted_now
        if not question.dated:
            self.notify(f"{question.name} is as of now; it has no period", timeout=3)
            return
        if not asked.period and not question.usual:
            self.notify("choose a period first: p", timeout=3)
            return

        def chosen(compare: str | None) -> None:
            if compare is not None:
                self.ask_otherwise(self.wanted_now._replace(compare=compare))

        options = [Choice("", "nothing"), *(Choice(value, about) for value, about in COMPARED.items())]
        self.app.push_screen(Picker(f"{asked.period or question.usual} beside", options, asked.compare), chosen)

    def action_options(self) -> None:
        """Ask what only this report can be asked, and for the currency."""
        from crmcli.tui.modals.form import Form

        asked = self.wanted_now
        names = self.question.options

        def read(values: Mapping[str, str]) -> Asked:
            from crmcli.domain.money import read_currency

            typed = {name: option_value(name, values[name]) for name in names}
            currency = read_currency(values["currency"]) if values["currency"].strip() else ""
            known = {name: value for name, value in typed.items() if value is not None}
            return asked._replace(currency=currency, options=known)

        def closed(done: Done | None) -> None:
            if done is not None:
                self.ask_otherwise(done.result)

        fields = [*(_field(name, asked) for name in names), _currency_field(asked)]
        self.app.push_screen(Form(f"{self.question.name}: ask otherwise", fields, read), closed)

    def action_measure(self) -> None:
        """Draw another of the figures."""
        if self.report is not None and not self.has_parts and (places := measures(self.report)):
            at = (self.drawn_measure(self.report) + self.app.count.take()) % len(places)
            self.measure[self.chosen] = (places[at].name, places[at].currency)
            self.shows_chart = True
            self.draw()
        else:
            self.notify("no other figure to draw here", timeout=3)

    def action_chart(self) -> None:
        """Show the chart, or none."""
        self.shows_chart = not self.shows_chart
        self.draw()

    def action_filter(self) -> None:
        """Type a filter."""
        if not self.question.noun:
            self.notify(f"{self.question.name} is about the whole store; it has no filter", timeout=3)
            return
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Ask with it."""
        self.ask_otherwise(self.wanted_now._replace(filter=event.text))
        self._back_to_rows()

    def on_filter_bar_left(self) -> None:
        """Back to the figures."""
        self.query_one(FilterBar).accept(self.wanted_now.filter)
        self._back_to_rows()

    def _back_to_rows(self) -> None:
        if self.rows is not None:
            self.rows.focus(scroll_visible=False)

    def action_escape(self) -> None:
        """Clear the filter, else what it is compared with, else its options, else the period."""
        asked = self.wanted_now
        for cleared in (
            asked._replace(filter=""),
            asked._replace(compare=""),
            asked._replace(options={}, currency=""),
            asked._replace(period="", since="", until=""),
        ):
            if cleared != asked:
                self.ask_otherwise(cleared)
                return


def _field(name: str, asked: Asked) -> FormField:
    """The field of a form for an option."""
    from crmcli.tui.modals.form import FormField

    option, value = OPTIONS[name], asked.options.get(name)
    if option.kind == "yes":
        return FormField(name, option.short, "yes" if value else "", example=option.about, choices=("yes",))
    return FormField(
        name, option.short, "" if value is None else str(value), example=option.about, choices=option.choices,
        completes=option.kind if option.kind in _COMPLETED else "",
    )  # fmt: skip


def _currency_field(asked: Asked) -> FormField:
    from crmcli.tui.modals.form import FormField

    return FormField("currency", "currency", asked.currency, example="count money in this one: EUR")
