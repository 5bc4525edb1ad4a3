"""Which chart a report is drawn as: its own, or else bars of its first figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.money import Money
from crmcli.errors import UsageError
from crmcli.reports.behind import label_of
from crmcli.reports.report import Chart

if TYPE_CHECKING:
    from crmcli.reports.report import Report, ReportColumn

MOST_BARS = 40
_DRAWN = ("money", "integer", "days", "percent", "number")  # the first of these kinds that is there is drawn
_UNITS = {"days": "days", "percent": "percent"}


def charts_of(report: Report) -> list[Chart]:
    """The charts of a report, or those that its parts have, each with a title; raises UsageError when there is none."""
    found = [(part, part.chart if report.parts else chart_of(part)) for part in report.parts or (report,)]
    charts = [chart._replace(title=chart.title or part.title) for part, chart in found if chart is not None]
    if not charts:
        why = "" if has_rows(report) else ": it has no rows"
        hint = "leave --chart off, or --output FILE.html" if has_rows(report) else first_steps(report)
        raise UsageError(f"report {report.name} has no chart{why}", hint=hint)
    return charts


def has_rows(report: Report) -> bool:
    """Whether there is anything in the report, or in one of its parts."""
    return any(part.rows for part in report.parts or (report,))


def first_steps(report: Report) -> str:
    """What makes a report without rows one that has some."""
    from crmcli.reports.catalogue import BY_NAME

    question = BY_NAME.get(report.name)
    return question.nothing if question is not None else "ask for more: another period or filter"


def chart_of(report: Report) -> Chart | None:
    """The report's own chart, else bars of its first figure; None for one without figures."""
    if report.chart is not None:
        return report.chart
    place = _drawn(report)
    if place is None:
        return None
    column, rows = report.columns[place], report.rows[:MOST_BARS]
    is_bare = place == 0  # nothing says what the row is about
    more = f", the first {MOST_BARS} of {len(report.rows):,}" if len(report.rows) > MOST_BARS else ""
    return Chart(
        "bar",
        tuple(report.title if is_bare else label_of(report, row) for row in rows),
        tuple(_length(row[place]) for row in rows),
        _unit(report, column, place),
        f"{report.title}: {column.header}{more}",
    )


def _drawn(report: Report) -> int | None:
    """The place of the column that is drawn, one that has values; money only where all of it is in one currency."""
    for kind in _DRAWN:
        for place, column in enumerate(report.columns):
            if column.kind != kind or column.name in ("number", "id"):
                continue
            codes = {value.currency for row in report.rows if isinstance(value := row[place], Money)}
            if len(codes) <= 1 and any(row[place] is not None for row in report.rows):
                return place
    return None


def _unit(report: Report, column: ReportColumn, place: int) -> str:
    code = next((value.currency for row in report.rows if isinstance(value := row[place], Money)), "")
    return code or _UNITS.get(column.kind, "")


def _length(value: object) -> float | None:
    if isinstance(value, Money):
        return float(value.number)
    return float(value) if isinstance(value, int | float) else None
