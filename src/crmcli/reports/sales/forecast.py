"""What the open deals may bring, and when: weighted, by forecast category, and simulated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import equal, grouped, joined, quoted, within
from crmcli.reports.questions import ALSO
from crmcli.reports.report import Chart, Drill, Report, ReportColumn
from crmcli.reports.sales.expecting import expected_within, said, whole_days
from crmcli.reports.sales.futures import CHANCE, UNKNOWN, prospect
from crmcli.reports.sales.grouping import NO_GROUP, along_time, major, money, titled
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.forecasting import CATEGORY, OPEN, Expected, expected, open_stages, won_deals
from crmcli.store.queries.groups import WHOLE, Group, day_of_rate, deal_groups
from crmcli.store.queries.worth import worth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.dates import Period
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.futures import Prospect
    from crmcli.store.queries.forecasting import OpenStage
    from crmcli.store.reader import Reader

CATEGORIES = ("closed", "commit", "best_case", "pipeline", "omitted")
OVERDUE, UNDATED = "overdue", "no date"
_LATE = -1  # the key of what is overdue among the keys of the calendar
_NOTHING = Expected(0, 0, 0, 0, 0, 0)
_NONE_WON = (0, 0.0)
_IS_WON = Condition("s.kind = 'won'")

_DEALS = ReportColumn("deals", "open", "integer", 1, "open deals", is_now=True)
_VALUE = ReportColumn("value", "value", "money", 2, "Σ value over open deals", is_now=True)
_WEIGHTED = ReportColumn(
    "weighted", "weighted", "money", 0, "Σ value · probability over open deals; lost ones never count", is_now=True
)
_OVERDUE = ReportColumn(
    "overdue", "overdue", "money", 4, "the part of weighted that was expected before today", is_now=True
)
_WON = ReportColumn(
    "won", "won", "money", 1, "Σ value of the deals won in the period; without one, in the present month"
)
_COMMIT = ReportColumn(
    "commit", "commit", "money", 3, "won + Σ value over open deals in stages of category commit", is_now=True
)
_BEST = ReportColumn(
    "best_case",
    "best case",
    "money",
    3,
    "commit + Σ value over open deals in stages of category best_case",
    is_now=True,
)
_TOGETHER = ReportColumn(
    "forecast", "with those above", "money", 0,
    "the values added up from above: commit = closed + commit; best case = commit + best case; then the pipeline", is_now=True,
)  # fmt: skip
_CURRENCY = ReportColumn("currency", "currency", "text", 5)
_INTERVAL = tuple(
    ReportColumn(
        f"p{p}", f"p{p}", "money", 2,
        f"in {p} % of the simulated futures the open deals bring this or less; {CHANCE}", is_now=True,
    )
    for p in (10, 50, 90)
)  # fmt: skip
_FORMULA = "weighted = Σ value · probability; commit = won + commit; best case = commit + best case"


Drills = tuple["Drill | None", ...]
Cells = tuple["Mapping[str, Drill | None]", ...]


class _Line(NamedTuple):
    """A row on its way: a key of the grouping (and the days it stands for), what is open there, and what was won."""

    key: object
    label: str | None
    days: Period | None
    open: Expected
    won: tuple[int, float]


def forecast_report(sources: Sources, inquiry: Inquiry) -> Report:
    """The forecast by the month of the expected close, by category, or by anything else."""
    with sources.desk.reading() as reader:
        asked = _Forecast(sources, inquiry, reader)
        return asked.by_category() if (inquiry.by or "").strip().lower() == "category" else asked.by_group()


class _Forecast:
    """One question; it lives no longer than its reader."""

    def __init__(self, sources: Sources, inquiry: Inquiry, reader: Reader) -> None:
        self.desk, self.inquiry, self.reader = sources.desk, inquiry, reader
        self.today = inquiry.now.date()
        self.days = whole_days(inquiry.span, inquiry.now)
        self.won_span = inquiry.period
        self.day = day_of_rate(inquiry.now)
        self.money = worth(reader, inquiry.currency, self.desk.currency, day=self.day)
        self.code = self.money.currency
        fits = self.desk.condition(reader, "deal", inquiry.filter)
        self.open_where = both(fits, expected_within(self.days))
        bounds = self.won_span.bounds or ("", "")
        self.won_where = both(fits, Condition("r.closed_at >= ? AND r.closed_at < ?", bounds))
        self.stages = open_stages(reader)
        own = grouped(inquiry.filter)
        self.is_open = joined("stage_kind = open", said(self.days))
        self.is_won = joined("stage_kind = won", within("closed_at", self.won_span, inquiry.now))
        self.rest = (own,)

    # -- rows by month or anything else

    def by_group(self) -> Report:
        """A row for each group; of the calendar, what is overdue and what has no date by themselves."""
        group = self._group()
        figures = expected(self.reader, group, self.money, self.open_where, self.today.isoformat())
        lines = self._calendar(group, figures) if group.moment else self._others(group, figures)
        whole = self._whole(group, lines)
        chances = prospect(self.reader, group, self.money, self.open_where, whole.open.deals, self.inquiry.options)
        name = ReportColumn(group.name, group.name.replace("-", " "))
        amounts = (_DEALS, _VALUE, _WEIGHTED, *(() if group.moment else (_OVERDUE,)), _WON, _COMMIT, _BEST)
        rows = tuple(self._row(group, line, chances.groups.get(line.key, UNKNOWN)) for line in lines)
        drills, cells = self._said(group, lines)
        report = self._report(titled("forecast", group), (name, *amounts, *_INTERVAL, _CURRENCY), rows, chances)
        return report._replace(
            totals=self._row(group, whole, chances.whole, is_total=True) if rows else None, n=whole.open.deals,
            chart=self._chart(lines) if rows else None, drill=drills, cells=cells, notes=(*report.notes, *shared(group)),
        )  # fmt: skip

    def _chart(self, lines: Sequence[_Line]) -> Chart:
        """What is to be expected of each group, and of each stretch of the calendar; what is apart from it at the end."""
        found = [(line.label or NO_GROUP, major(line.open.weighted, self.code)) for line in lines]
        dated = sum(line.days is not None for line in lines)
        labels, values = along_time([label for label, _ in found[:dated]], [value for _, value in found[:dated]], 0.0)
        rest = found[dated:]
        return Chart(
            "bar", (*labels, *(label for label, _ in rest)), (*values, *(value for _, value in rest)), self.code, "weighted"
        )  # fmt: skip

    def _group(self) -> Group:
        """By the month of the expected close, or what else is asked; overdue deals apart where it is the calendar."""
        bounds = (str(self.days.start), str(self.days.end)) if self.days else None
        by = self.inquiry.by or "month"
        group = deal_groups(self.reader, self.desk, by, "expected_close", bounds, ALSO["forecast"])
        if not group.moment:
            return group
        late = f"CASE WHEN r.expected_close < ? THEN {_LATE} ELSE {group.sql} END"
        return group._replace(sql=late, params=(self.today.isoformat(), *group.params))

    def _calendar(self, group: Group, figures: Mapping[object, Expected]) -> list[_Line]:
        """What is open and what was won, stretch by stretch, with what is overdue or undated at the end."""
        closed = deal_groups(self.reader, self.desk, group.name, "closed_at", self.won_span.bounds)
        won = won_deals(self.reader, closed, self.money, self.won_where)
        lines: dict[str, _Line] = {}
        for key, each in figures.items():
            if key and key != _LATE:
                label, days = _stretch(group, key)
                lines[label] = _Line(key, label, days, each, _NONE_WON)
        for key, figure in won.items():
            label, days = _stretch(closed, key)
            lines[label] = lines.get(label, _Line(label, label, days, _NOTHING, figure))._replace(won=figure)
        apart = [(_LATE, OVERDUE), (None, UNDATED)]
        return [
            *sorted(lines.values(), key=lambda line: line.days or ()),
            *(_Line(key, label, None, figures[key], _NONE_WON) for key, label in apart if key in figures),
        ]

    def _others(self, group: Group, figures: Mapping[object, Expected]) -> list[_Line]:
        """What is open and what was won in each group, the largest forecast first."""
        won = won_deals(self.reader, group, self.money, self.won_where)
        lines = [
            _Line(key, group.label(key), None, figures.get(key, _NOTHING), won.get(key, _NONE_WON))
            for key in dict.fromkeys((*figures, *won))
        ]
        return sorted(lines, key=lambda line: (-line.open.weighted - line.won[1], line.label is None, line.label or ""))

    def _whole(self, group: Group, lines: Sequence[_Line]) -> _Line:
        """All groups together, every deal once."""
        if not group.is_shared:
            there = Expected(*map(sum, zip(_NOTHING, *(line.open for line in lines), strict=True)))
            won = [sum(figure) for figure in zip(_NONE_WON, *(line.won for line in lines), strict=True)]
            return _Line(None, None, None, there, (int(won[0]), won[1]))
        figures = expected(self.reader, WHOLE, self.money, self.open_where, self.today.isoformat())
        won_whole = won_deals(self.reader, WHOLE, self.money, self.won_where)
        return _Line(None, None, None, figures.get(None, _NOTHING), won_whole.get(None, _NONE_WON))

    def _row(
        self, group: Group, line: _Line, chances: tuple[object, ...], *, is_total: bool = False
    ) -> tuple[object, ...]:
        there, won = line.open, line.won[1]
        commit = won + there.commit
        amounts = [
            there.value,
            there.weighted,
            *([] if group.moment else [there.overdue]),
            won,
            commit,
            commit + there.best_case,
        ]
        shown = [money(amount, self.code) for amount in amounts]
        return (None if is_total else line.label, there.deals, *shown, *chances, self.code)

    # -- rows by category

    def by_category(self) -> Report:
        """A row for each forecast category from the surest on, what was won first."""
        group = Group("category", CATEGORY)
        figures = expected(self.reader, group, self.money, self.open_where, self.today.isoformat())
        won = won_deals(self.reader, WHOLE, self.money, self.won_where).get(None, _NONE_WON)
        deals = sum(each.deals for each in figures.values())
        chances = prospect(self.reader, group, self.money, self.open_where, deals, self.inquiry.options)
        figures["closed"] = Expected(won[0], won[1], won[1], 0, 0, 0)
        together, rows = 0.0, []
        for name in CATEGORIES if any(each.deals for each in figures.values()) else ():
            there = figures.get(name, _NOTHING)
            together += there.value
            rows.append(
                (name, there.deals, money(there.value, self.code), money(there.weighted, self.code),
                 None if name == "omitted" else money(together, self.code), *chances.groups.get(name, UNKNOWN), self.code)
            )  # fmt: skip
        counted = _DEALS._replace(
            header="deals", meaning="open deals in stages of the category; closed: deals won in the period"
        )
        columns = (ReportColumn("category", "category"), counted, _VALUE, _WEIGHTED, _TOGETHER, *_INTERVAL, _CURRENCY)
        report = self._report("forecast by category", columns, tuple(rows), chances)
        drill = tuple(self._of_category(str(name)) if count else None for name, count, *_ in rows)
        values = tuple(major(figures.get(name, _NOTHING).value, self.code) for name in CATEGORIES)
        chart = Chart("bar", CATEGORIES, values, self.code, "value") if rows else None
        return report._replace(drill=drill, chart=chart)

    def _of_category(self, name: str) -> Drill:
        if name == "closed":
            return Drill("deal", joined(self.is_won, *self.rest))
        return Drill("deal", joined(self.is_open, in_stages(self.stages, name), *self.rest))

    # -- what both have

    def _report(
        self, title: str, columns: tuple[ReportColumn, ...], rows: tuple[tuple[object, ...], ...], chances: Prospect
    ) -> Report:
        there, gone = both(OPEN, self.open_where), both(_IS_WON, self.won_where)
        told = Condition(f"({there.sql}) OR ({gone.sql})", (*there.params, *gone.params))
        notes = left_out(self.desk, self.reader, self.money, told, self.day)
        n = sum(int(str(row[1])) for row in rows)
        return Report(
            "forecast", title, columns, rows, None, n, self.inquiry.span.label, self.code, _FORMULA, chances.model,
            notes=(*notes, *chances.notes),
        )  # fmt: skip

    def _said(self, group: Group, lines: list[_Line]) -> tuple[Drills, Cells]:
        """The open deals of each row; those won, and both together, where a figure counts them."""
        keys = [None] if group.moment else [line.key for line in lines]
        drill = DealDrill(self.desk, self.reader, WHOLE if group.moment else group, keys, self.rest)
        drills, cells = [], []
        for line in lines:
            key = None if group.moment else line.key
            here, closed = self._words(group, line)
            drills.append(drill.to(key, here, line.open.deals))
            found = {"won": drill.to(key, closed, line.won[0])}
            amount = line.won[1] + line.open.commit
            for name, categories, more in (
                ("commit", ("commit",), 0.0), ("best_case", ("commit", "best_case"), line.open.best_case)
            ):  # fmt: skip
                promised = joined(here, in_stages(self.stages, *categories))
                either = f"(({closed}) OR ({promised}))" if line.won[0] else promised
                found[name] = drill.to(key, either, amount + more)
            cells.append(found)
        return tuple(drills), tuple(cells)

    def _words(self, group: Group, line: _Line) -> tuple[str, str]:
        """The filters of a row's open deals, and of those won, in its stretch of the calendar where it has one."""
        if not group.moment:
            return self.is_open, self.is_won
        if line.days is None:
            when = f"expected_close < {self.today}" if line.key == _LATE else "expected_close is empty"
            return joined(self.is_open, when), self.is_won
        first = max(line.days.start, self.today)
        closed = f"closed_at between {line.days.start} and {line.days.end - timedelta(days=1)}"
        return (
            joined(self.is_open, f"expected_close >= {first} AND expected_close < {line.days.end}"),
            joined(self.is_won, closed),
        )


def _stretch(group: Group, key: object) -> tuple[str, Period]:
    """The name and the days of a key of the calendar."""
    found = group.stretches[int(str(key)) - 1]
    return found.label, found.days


def in_stages(stages: Sequence[OpenStage], *categories: str) -> str:
    """The deals in open stages of these forecast categories, as a filter; one that selects nothing where there are none."""
    names: dict[str, list[str]] = {}
    for stage in stages:
        if stage.category in categories:
            names.setdefault(stage.pipeline_name, []).append(quoted(stage.name))
    said_of = [f"({equal('pipeline', of)} AND stage in ({', '.join(found)}))" for of, found in names.items()]
    return f"({' OR '.join(said_of)})" if said_of else "number < 0"
