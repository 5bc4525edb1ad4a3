"""From a report to a picture of it: which figure is drawn, as what, and which row each bar stands for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.render.locale import Locale
    from crmcli.render.table import Screen
    from crmcli.reports.report import Report

_DRAWN = ("integer", "money", "percent", "days", "number")
_FIRST = {"pipeline": "value", "won": "value", "stale": "value"}  # else the first figure that can be drawn
_MONTHS_A_YEAR = 12
_MOST_MONTHS = 1200


class Bar(NamedTuple):
    """One figure: what it is of, how it is written, the row it stands for; ``part`` of it is drawn fuller than the rest."""

    label: str
    value: float
    figure: str
    row: int | None
    part: float | None = None


class Drawing(NamedTuple):
    """Bars beside each other: ``columns`` along time, or ``bars`` below each other."""

    kind: str
    measure: str
    bars: tuple[Bar, ...]
    legend: str = ""


class Measure(NamedTuple):
    """A column that can be drawn, and of which currency's rows where there are several."""

    place: int
    currency: str | None
    header: str
    name: str


def measures(report: Report) -> list[Measure]:
    """What can be drawn; amounts of two currencies never stand beside each other."""
    names = [column.name for column in report.columns]
    codes: list[str | None] = [None]
    if "currency" in names:
        place = names.index("currency")
        counts = Counter(code for row in drawn_rows(report) if (code := report.rows[row][place]) is not None)
        codes = [str(code) for code, _ in counts.most_common()] if len(counts) > 1 else codes
    return [
        Measure(place, code, f"{column.header}, {code}" if code else column.header, column.name)
        for code in codes
        for place, column in enumerate(report.columns)
        if column.kind in _DRAWN and column.name != "number"
        if any(number(report.rows[row][place]) for row in drawn_rows(report, code))
    ]


def first_measure(report: Report) -> int:
    """Which of the measures is drawn before another is asked for."""
    wanted = _FIRST.get(report.name)
    names = [each.name for each in measures(report)]
    return names.index(wanted) if wanted in names else 0


def drawing(report: Report, measure: int, paper: Screen) -> Drawing | None:
    """The picture of one of the report's measures; None when there is nothing to be drawn."""
    known = measures(report)
    if not known:
        return None
    chosen = known[measure % len(known)]
    bars = tuple(_bar(report, row, chosen.place, paper) for row in drawn_rows(report, chosen.currency))
    if report.columns[0].name == "month":
        return Drawing("columns", chosen.header, tuple(_months(bars)))
    return Drawing("bars", chosen.header, bars)


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
    value = report.rows[row][names.index("title") if "title" in names else 0]
    return NOTHING if value is None else visible(str(value))


def _months(bars: Sequence[Bar]) -> Iterable[Bar]:
    """Every month from the first to the last, those with nothing in them too."""
    known = {bar.label: bar for bar in bars if bar.label != NOTHING}
    if not known:
        return
    month, last = min(known), max(known)
    for _ in range(_MOST_MONTHS):
        yield known.get(month) or Bar(month, 0.0, "0", None)
        if month == last:
            return
        year, place = int(month[:-3]), int(month[-2:])
        month = f"{year + place // _MONTHS_A_YEAR:04}-{place % _MONTHS_A_YEAR + 1:02}"


def compact(value: float, locale: Locale) -> str:
    """A figure short enough for an axis: ``12.5k``."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{locale.number(round(value / size, 1))}{sign}"
    return locale.number(round(value, 2))


def month_labels(bars: Sequence[Bar], slot: int) -> list[str]:
    """What stands below each column: its month, and with the first one and each January the year."""
    short = [
        bar.label[:4] if place == 0 or bar.label.endswith("-01") else bar.label[5:] for place, bar in enumerate(bars)
    ]
    if slot > len("[2026-06]"):
        return [bar.label for bar in bars]
    return [label if len(label) < slot or (len(label) == 4 and slot >= 2) else "" for label in short]
