"""What a report says of itself: the definitions of its figures, what they rest on, and changes with their sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.render.chart_scale import NO_VALUE
from crmcli.reports.compare import RATE_CHANGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.render.locale import Locale
    from crmcli.reports.report import Report, ReportColumn

# Columns that say of what kind a row's figures are and how they are defined; a person is not shown them as such.
ASIDE = frozenset({"unit", "definition"})
MINUS = "\u2212"
_ALL_TIME = "all time"
_OF_NOW = ("pipeline", "aging", "stale")  # a period of theirs is that in which deals were made


def is_change(column: ReportColumn) -> bool:
    """Whether the column holds how far figures went up or down."""
    return column.kind == "percent" and (column.name == "change" or column.name.endswith("_change"))


def signed(value: float, locale: Locale, *, points: bool) -> str:
    """A change with its sign: ``+12.0%``, of a rate in points: ``+3.0 pp``."""
    size = locale.percent(abs(value))
    sign = "" if round(abs(value), 3) == 0 else "+" if value > 0 else MINUS
    return f"{sign}{size.removesuffix('%')} pp" if points else f"{sign}{size}"


def in_points(column: ReportColumn, unit: str) -> bool:
    """Whether a change is the difference of two rates; ``unit`` is that of the row, where rows have one."""
    return column.meaning == RATE_CHANGE or unit == "percent"


def unit_of(report: Report, row: tuple[object, ...]) -> str:
    """Of what kind the figures of a row are, in a report whose rows say so; else nothing."""
    for column, value in zip(report.columns, row, strict=True):
        if column.kind == "unit":
            return str(value or "")
    return ""


def definitions(report: Report) -> Iterator[tuple[str, str]]:
    """The figures that have a definition, each with it: those of the columns, then those of the rows."""
    for column in report.columns:
        if column.meaning and column.kind not in ASIDE:
            yield spelled(column), column.meaning
    places = [place for place, column in enumerate(report.columns) if column.kind == "definition"]
    for row in report.rows if places else ():
        yield str(row[0]).replace("_", " "), str(row[places[0]] or NO_VALUE)


def spelled(column: ReportColumn) -> str:
    """A column's header, with the figure that it is beside where that stands in its name alone."""
    base, _, what = column.name.rpartition("_")
    return (
        f"{base.replace('_', ' ')} {what}" if base and what == column.header in ("before", "change") else column.header
    )


def period_of(report: Report) -> str | None:
    """The period of a report: as asked for, else all time, or now for one that is about how things stand; None of a part."""
    if report.period is not None or report.name == "pivot":
        return report.period or _ALL_TIME
    from crmcli.reports.catalogue import BY_NAME

    question = BY_NAME.get(report.name)
    if question is None:
        return None
    return _ALL_TIME if question.dated and report.name not in _OF_NOW else "now"


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """What the figures rest on, each by its name: n, period, currency, formula, model."""
    told = {
        "n": None if report.n is None else str(report.n),
        "period": period_of(report),
        "compared with": report.compared,
        "currency": report.currency,
        "formula": report.formula,
        "model": model_text(report.model),
    }
    yield from ((name, text) for name, text in told.items() if text)


def told(report: Report) -> Iterator[str]:
    """What each figure means and what all of them rest on, a line each."""
    for part in report.parts or (report,):
        yield from (f"{name}: {text}" for name, text in (*definitions(part), *facts(part)))


def model_text(model: Any) -> str:  # noqa: ANN401 - a text, or what was fitted by name
    """The model on one line: a text as it is, else each number by its name."""
    if model is None or isinstance(model, str):
        return model or ""
    return ", ".join(f"{name} {_parameter(value)}" for name, value in model.items() if not hasattr(value, "items"))


def _parameter(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else NO_VALUE if value is None else str(value)
