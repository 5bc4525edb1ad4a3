"""From a report to a picture of it: which figure is drawn, as what, and which row each bar stands for."""

from __future__ import annotations

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


def measures(report: Report) -> list[int]:
    """The places of the columns that can be drawn; amounts only where all are in one currency."""
    found = []
    for place, column in enumerate(report.columns):
        values = [report.rows[row][place] for row in drawn_rows(report)]
        codes = {value.currency for value in values if isinstance(value, Money) and value.minor}
        if column.kind in _DRAWN and column.name != "number" and len(codes) < 2 and any(map(number, values)):
            found.append(place)
    return found


def first_measure(report: Report) -> int:
    """Which of the measures is drawn before another is asked for."""
    wanted = _FIRST.get(report.name)
    names = [report.columns[place].name for place in measures(report)]
    return names.index(wanted) if wanted in names else 0


def drawing(report: Report, measure: int, paper: Screen) -> Drawing | None:
    """The picture of one of the report's measures; None when there is nothing to be drawn."""
    places = measures(report)
    if not places:
        return None
    place = places[measure % len(places)]
    column = report.columns[place]
    if report.columns[0].name == "month" and len({row[0] for row in report.rows}) == len(report.rows):
        return Drawing("columns", column.header, tuple(_months(report, place, paper)))
    bars = tuple(_bar(report, row, place, paper) for row in drawn_rows(report))
    return Drawing("bars", column.header, bars)


def number(value: object) -> float:
    """The value as a length; none is nothing."""
    if isinstance(value, Money):
        return float(value.number)
    return float(value) if isinstance(value, int | float) else 0.0


def drawn_rows(report: Report) -> list[int]:
    """The rows with a bar: of the pipeline the open stages, beside which what was won over the years would be a tower."""
    if report.name != "pipeline":
        return list(range(len(report.rows)))
    place = [column.name for column in report.columns].index("kind")
    return [row for row, values in enumerate(report.rows) if values[place] == "open"]


def _bar(report: Report, row: int, place: int, paper: Screen) -> Bar:
    values = report.rows[row]
    figure = NOTHING if values[place] is None else shown(values[place], report.columns[place].kind, paper)
    return Bar(label_of(report, row), number(values[place]), figure, row)


def label_of(report: Report, row: int) -> str:
    """What a row is about, with its currency where there are several."""
    values = report.rows[row]
    names = [column.name for column in report.columns]
    place = names.index("title") if "title" in names else 0
    label = NOTHING if values[place] is None else visible(str(values[place]))
    if "currency" in names:
        code = values[names.index("currency")]
        others = {report.rows[each][names.index("currency")] for each in drawn_rows(report)} - {None}
        return f"{label} {code}" if len(others) > 1 and code is not None and label != code else label
    return label


def _months(report: Report, place: int, paper: Screen) -> Iterable[Bar]:
    """Every month from the first to the last, those with nothing in them too."""
    rows = {str(values[0]): row for row, values in enumerate(report.rows) if values[0] is not None}
    if not rows:
        return
    month, last = min(rows), max(rows)
    for _ in range(_MOST_MONTHS):
        row = rows.get(month)
        yield Bar(month, 0.0, "0", None) if row is None else _bar(report, row, place, paper)._replace(label=month)
        if month == last:
            return
        year, number_ = int(month[:-3]), int(month[-2:])
        month = f"{year + number_ // _MONTHS_A_YEAR:04}-{number_ % _MONTHS_A_YEAR + 1:02}"


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
    if slot >= len("2026-06") + 1:
        return [bar.label for bar in bars]
    return [label if len(label) < slot or (len(label) == 4 and slot >= 2) else "" for label in short]
