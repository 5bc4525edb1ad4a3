"""A report beside the same one for another period: what the figures were then, and by how much they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import ratio
from crmcli.domain.money import Money
from crmcli.reports.report import ReportColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.dates import Period
    from crmcli.reports.report import Report

RATE_CHANGE = "difference of the two rates"
_FIGURES = frozenset({"integer", "number", "money", "percent", "days"})


def compared(report: Report, then: Report) -> Report:
    """Each figure followed by ``NAME_before`` and ``NAME_change``.

    The change is a fraction of the figure then; of a rate it is the difference of the two. A row that is in one of the
    periods only has no figures for the other, and neither has a column. Rows that were there then and are not now come last.
    """
    columns = _of_either(report.columns, then.columns)
    report, then = _spread(report, columns), _spread(then, columns)
    keys = _keys(report)
    earlier = {_key(row, keys): row for row in then.rows}
    now = {_key(row, keys) for row in report.rows}
    gone = [_without_figures(report, row) for key, row in earlier.items() if key not in now]
    rows = [*report.rows, *gone]
    totals = None
    if report.totals is not None or then.totals is not None:
        totals = _beside(report, report.totals or _none(report), then.totals or _none(report))
    return report._replace(
        columns=tuple(_columns(report)),
        rows=tuple(_beside(report, row, earlier.get(_key(row, keys)) or _none(report)) for row in rows),
        totals=totals,
        drill=(*report.drill, *([None] * len(gone))) if report.drill else (),
        cells=(*report.cells, *([{}] * len(gone))) if report.cells else (),
        compared=then.period,
        notes=tuple(dict.fromkeys((*report.notes, *then.notes))),
    )


def aligned(then: Report, by: str | None, was: Period | None, now: Period | None, fiscal_start: int) -> Report:
    """The rows of a calendar named after the stretches that they are compared with: the first month after the first."""
    from crmcli.domain.stretches import UNITS, stretches

    unit = (by or "").strip().lower().replace("_", "-")
    if unit not in UNITS or was is None or now is None:
        return then
    pairs = zip(stretches(unit, [was], fiscal_start), stretches(unit, [now], fiscal_start), strict=False)
    labels: dict[object, str] = {one.label: other.label for one, other in pairs}
    names = [column.name for column in then.columns]
    place = names.index(unit) if unit in names else 0
    rows = tuple((*row[:place], labels.get(row[place], row[place]), *row[place + 1 :]) for row in then.rows)
    return then._replace(rows=rows)


def _of_either(now: Sequence[ReportColumn], then: Sequence[ReportColumn]) -> tuple[ReportColumn, ...]:
    """The columns of both, by name; one that only was there then stands behind the one that it stood behind."""
    found = list(now)
    for place, column in enumerate(then):
        names = [each.name for each in found]
        if column.name not in names:
            found.insert(names.index(then[place - 1].name) + 1 if place else 0, column)
    return tuple(found)


def _spread(report: Report, columns: tuple[ReportColumn, ...]) -> Report:
    """The report in these columns, with no value where it has none of them."""
    names = [column.name for column in report.columns]
    if names == [column.name for column in columns]:
        return report
    places = [names.index(column.name) if column.name in names else None for column in columns]

    def spread(row: Sequence[object]) -> tuple[object, ...]:
        return tuple(None if place is None else row[place] for place in places)

    totals = None if report.totals is None else spread(report.totals)
    return report._replace(columns=columns, rows=tuple(map(spread, report.rows)), totals=totals)


def _keys(report: Report) -> list[int]:
    """Where rows say what they are about: the first column and the id if there is one, else all before the figures.

    What stands behind those, but for the currency, is said of the row, as a class is: it may have been another one then.
    """
    words = [n for n, column in enumerate(report.columns) if column.kind not in _FIGURES]
    ids = [n for n in words if report.columns[n].name == "id"]
    if ids:
        return [words[0], *ids]
    first = next((n for n, column in enumerate(report.columns) if column.kind in _FIGURES), 0)
    return [n for n in words if n < first or report.columns[n].name == "currency"]


def _key(row: Sequence[object], places: Sequence[int]) -> tuple[object, ...]:
    return tuple(row[place] for place in places)


def _columns(report: Report) -> list[ReportColumn]:
    columns: list[ReportColumn] = []
    for column in report.columns:
        columns.append(column)
        if column.kind in _FIGURES:
            change = RATE_CHANGE if column.kind == "percent" else "change / the figure before"
            columns += [
                ReportColumn(f"{column.name}_before", "before", column.kind, max(column.priority, 2), column.meaning),
                ReportColumn(f"{column.name}_change", "change", "percent", max(column.priority, 1), change),
            ]
    return columns


def _beside(report: Report, row: Sequence[object], before: Sequence[object]) -> tuple[object, ...]:
    cells: list[object] = []
    for column, value, then in zip(report.columns, row, before, strict=True):
        cells.append(value)
        if column.kind in _FIGURES:
            cells += [then, change(value, then, is_rate=column.kind == "percent")]
    return tuple(cells)


def change(value: object, then: object, *, is_rate: bool) -> float | None:
    """By which fraction a figure grew, or by how much a rate did; None where either has no value or began at nothing.

    None too for money in two currencies, which can't be held against each other.
    """
    if isinstance(value, Money) and isinstance(then, Money) and value.currency != then.currency:
        return None
    one, other = _number(value), _number(then)
    if one is None or other is None:
        return None
    return one - other if is_rate else ratio(one - other, abs(other))


def _number(value: object) -> float | None:
    if isinstance(value, Money):
        return float(value.minor)
    return float(value) if isinstance(value, int | float) else None


def _none(report: Report) -> tuple[None, ...]:
    return (None,) * len(report.columns)


def _without_figures(report: Report, row: Sequence[object]) -> tuple[object, ...]:
    pairs = zip(report.columns, row, strict=True)
    return tuple(None if column.kind in _FIGURES else value for column, value in pairs)
