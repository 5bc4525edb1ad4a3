"""From a report to a picture of it: which figure is drawn, as what, and which row each bar stands for."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.stretches import NAMED, UNITS, without_holes
from crmcli.render.report_words import is_change, spelled
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.render.locale import Locale
    from crmcli.render.table import Screen
    from crmcli.reports.report import Chart, Report

OWN = -1  # in place of a column: the chart that the report itself has
_DRAWN = ("integer", "money", "percent", "days", "number")
_RATES = ("percent", "days")  # of nothing they have no value
_FIRST = {"won": "value", "stale": "value"}  # of reports without a chart; else the first figure that can be drawn
_LEAST_CHART, _AXES = 40, 4  # cells of the smallest chart, and lines of one that its canvas does not take
# What is drawn, among what is said: blocks, the dots of Braille, the marks of lines.
INK = re.compile("[\u2580-\u259f\u2800-\u28ff●○▲△■□◆◇]+")


class Bar(NamedTuple):
    """One figure: what it is of, how it is written, the row it stands for; ``part`` of it is drawn fuller than the rest."""

    label: str
    value: float
    figure: str
    row: int | None
    part: float | None = None


class Drawing(NamedTuple):
    """Bars beside each other: ``columns`` along time, or ``bars`` below each other; or a ``text`` that draws ``chart``.

    The bars of a text are the labels of its chart, and ``bar_of`` is the one that each row of the report belongs to.
    """

    kind: str
    measure: str
    bars: tuple[Bar, ...]
    legend: str = ""
    chart: Chart | None = None
    bar_of: tuple[int | None, ...] = ()

    def is_lit(self, bar: int, row: int) -> bool:
        """Whether a bar is about the row."""
        if self.bar_of:
            return 0 <= row < len(self.bar_of) and self.bar_of[row] == bar
        return self.bars[bar].row is not None and self.bars[bar].row == row


class Measure(NamedTuple):
    """A column that can be drawn, and of which currency's rows where there are several."""

    place: int
    currency: str | None
    header: str
    name: str


def measures(report: Report) -> list[Measure]:
    """What can be drawn; amounts of two currencies never stand beside each other.

    A chart of the report's own comes first where none of its columns could be drawn as that.
    """
    columns = _columns(report)
    chart = report.chart
    if chart is None or not chart.labels or _as_column(report, columns) is not None:
        return columns
    return [Measure(OWN, None, visible(chart.title or report.title), ""), *columns]


def _columns(report: Report) -> list[Measure]:
    names = [column.name for column in report.columns]
    codes: list[str | None] = [None]
    if "currency" in names:
        place = names.index("currency")
        counts = Counter(code for row in drawn_rows(report) if (code := report.rows[row][place]) is not None)
        codes = [str(code) for code, _ in counts.most_common()] if len(counts) > 1 else codes
    return [
        Measure(place, code, f"{spelled(column)}, {code}" if code else spelled(column), column.name)
        for code in codes
        for place, column in enumerate(report.columns)
        if column.kind in _DRAWN and column.name != "number" and not is_change(column)
        if any(number(report.rows[row][place]) for row in drawn_rows(report, code))
    ]


def _as_column(report: Report, columns: Sequence[Measure]) -> int | None:
    """Which of the columns holds what the report's own chart draws; bars pick out the row at the cursor."""
    chart = report.chart
    if chart is None or chart.kind not in ("bar", "line") or chart.lines:
        return None
    wanted = dict(zip(map(visible, chart.labels), chart.values, strict=True))
    for place, measure in enumerate(columns):
        rows = {label_of(report, row): report.rows[row][measure.place] for row in drawn_rows(report, measure.currency)}
        # A stretch of the calendar in which nothing happened has no row.
        if all(_same(rows.get(label), value) for label, value in wanted.items()):
            return place
    return None


def _same(value: object, drawn: float | None) -> bool:
    return abs(number(value) - (drawn or 0.0)) < 1e-6 * max(1.0, abs(drawn or 0.0))


def first_measure(report: Report) -> int:
    """Which of the measures is drawn before another is asked for."""
    known = measures(report)
    as_column = _as_column(report, known) if known and known[0].place != OWN else None
    if as_column is not None:
        return as_column
    wanted = _FIRST.get(report.name) if report.chart is None else None
    names = [each.name for each in known]
    return names.index(wanted) if wanted in names else 0


def drawing(report: Report, measure: int, paper: Screen) -> Drawing | None:
    """The picture of one of the report's measures; None when there is nothing to be drawn."""
    known = measures(report)
    if not known:
        return None
    chosen = known[measure % len(known)]
    if chosen.place == OWN:
        return _own(report, chosen)
    bars = tuple(_bar(report, row, chosen.place, paper) for row in drawn_rows(report, chosen.currency))
    if _is_along_time(report, bars):
        is_rate = report.columns[chosen.place].kind in _RATES
        return Drawing("columns", chosen.header, tuple(_all_stretches(bars, NOTHING if is_rate else "0")))
    return Drawing("bars", chosen.header, bars)


def _own(report: Report, measure: Measure) -> Drawing:
    """The report's own chart, its labels as bars that stand for the first row of theirs."""
    assert report.chart is not None
    labels = [visible(label) for label in report.chart.labels]
    rows = [label_of(report, row) for row in range(len(report.rows))]
    bars = tuple(Bar(label, 0.0, "", rows.index(label) if label in rows else None) for label in labels)
    bar_of = tuple(labels.index(row) if row in labels else None for row in rows)
    return Drawing("text", measure.header, bars, chart=report.chart, bar_of=bar_of)


def text_lines(drawing: Drawing, row: int, sign: str, cells: int, high: int, locale: Locale) -> list[str]:
    """A text's lines, the label of the row at the cursor with its sign; as much of them as there is room for."""
    from crmcli.render.charts import chart_lines

    assert drawing.chart is not None
    chart = drawing.chart._replace(title="")
    lit = next((n for n in range(len(drawing.bars)) if drawing.is_lit(n, row)), None)
    wide = cells
    if chart.kind == "line":  # the wider, the higher
        wide = min(cells, max(_LEAST_CHART, (high - _AXES - len(chart.lines) // 4) * 8))
    else:
        blank = " " * len(sign)
        labels = tuple((sign if n == lit else blank) + label for n, label in enumerate(chart.labels))
        chart = chart._replace(labels=labels)
    lines = list(chart_lines(chart, max(1, wide), locale, color=False))
    if len(lines) <= high:
        return lines
    head = 1 if chart.kind == "heat" else 0
    at = 0 if lit is None else lit * 2 if chart.kind == "funnel" else lit
    start = max(0, min(at - (high - head) // 2, len(lines) - high))
    return lines[:head] + lines[head + start : start + high]


def number(value: object) -> float:
    """The value as a length; none is nothing."""
    if isinstance(value, Money):
        return float(value.number)
    return float(value) if isinstance(value, int | float) else 0.0


def drawn_rows(report: Report, currency: str | None = None) -> list[int]:
    """The rows with a bar: of the pipeline the open stages, beside which what was won over the years would be a tower."""
    names = [column.name for column in report.columns]
    wanted = {"currency": currency} if currency else {}
    if report.name == "pipeline":
        wanted["kind"] = "open"
    places = [(names.index(name), value) for name, value in wanted.items()]
    return [row for row, values in enumerate(report.rows) if all(values[place] == value for place, value in places)]


def _bar(report: Report, row: int, place: int, paper: Screen) -> Bar:
    values = report.rows[row]
    figure = NOTHING if values[place] is None else shown(values[place], report.columns[place].kind, paper)
    return Bar(label_of(report, row), number(values[place]), figure, row)


def label_of(report: Report, row: int) -> str:
    """What a row is about."""
    names = [column.name for column in report.columns]
    place = names.index("title") if "title" in names else 0
    if report.columns[place].kind in _DRAWN:  # it is about all there is
        return visible(report.title)
    value = report.rows[row][place]
    return NOTHING if value is None else visible(str(value))


# -- along time


def _is_along_time(report: Report, bars: Sequence[Bar]) -> bool:
    """Whether the rows are stretches of the calendar, one each."""
    labels = [bar.label for bar in bars if bar.label != NOTHING]
    return (
        report.columns[0].name.replace("_", "-") in UNITS
        and len(set(labels)) == len(labels)
        and all(NAMED.fullmatch(label) for label in labels)
    )


def _all_stretches(bars: Sequence[Bar], of_nothing: str) -> Iterator[Bar]:
    """Every stretch from the first to the last, those with nothing in them too; ``of_nothing`` is their figure."""
    known = {bar.label: bar for bar in bars if bar.label != NOTHING}
    for label in without_holes(sorted(known)):
        if label is not None:
            yield known.get(label) or Bar(label, 0.0, of_nothing, None)


def compact(value: float, locale: Locale) -> str:
    """A figure short enough for an axis: ``12.5k``."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{locale.number(round(value / size, 1))}{sign}"
    return locale.number(round(value, 2))


def stretch_labels(bars: Sequence[Bar], slot: int) -> list[str]:
    """What stands below each column: its month, quarter or week, and with the first one of a year the year."""
    if slot > max((len(bar.label) for bar in bars), default=0) + 2:
        return [bar.label for bar in bars]
    years = [bar.label.partition("-")[0] for bar in bars]
    short = [
        years[place] if not place or years[place - 1] != years[place] else bar.label.partition("-")[2]
        for place, bar in enumerate(bars)
    ]
    return [
        label if len(label) < slot or (label == years[place] and slot >= 2) else "" for place, label in enumerate(short)
    ]
