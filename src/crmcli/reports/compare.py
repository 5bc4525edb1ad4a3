"""A report beside the same one for another period: what the figures were then, and by how much they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio
from crmcli.domain.money import Money
from crmcli.reports.report import ReportColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.dates import Period
    from crmcli.reports.report import Drill, Report

    Row = tuple[object, ...]

RATE_CHANGE = "difference of the two rates"
_FIGURES = frozenset({"integer", "number", "money", "percent", "days"})


class _Line(NamedTuple):
    """A row of either period, or of both, with what is behind that of now."""

    now: Row | None
    then: Row | None
    drill: Drill | None = None
    cells: Mapping[str, Drill | None] = {}


def compared(report: Report, then: Report, calendar: Sequence[str] = ()) -> Report:
    """Each figure followed by ``NAME_before`` and ``NAME_change``.

    The change is a fraction of the figure then; of a rate it is the difference of the two. A row that is in one of the
    periods only has nothing in the other: counts and sums are 0 there. Those that were there then and are not now come last,
    or where the rows follow the ``calendar``, its stretches in order, in their place. What is of this moment has no figure
    of then.
    """
    columns = _of_either(report.columns, then.columns)
    report, then = _spread(report, columns), _spread(then, columns)
    lines = _lines(report, then, calendar)
    sides = _Sides(report, then, is_calendar=bool(calendar))
    rows = tuple(sides.beside(line) for line in lines)
    return report._replace(
        columns=tuple(_columns(report)),
        rows=rows,
        totals=sides.totals(),
        drill=tuple(line.drill for line in lines) if report.drill else (),
        cells=tuple(line.cells for line in lines) if report.cells else (),
        compared=then.period,
        notes=tuple(dict.fromkeys((*report.notes, *then.notes, *_of_now(report, then)))),
    )


def labels(by: str | None, days: Period | None, fiscal_start: int) -> tuple[str, ...]:
    """The stretches of a calendar that rows are named after, in order; none where rows are no stretches."""
    from crmcli.domain.stretches import UNITS, stretches

    unit = (by or "").strip().lower().replace("_", "-")
    if unit not in UNITS or days is None:
        return ()
    return tuple(each.label for each in stretches(unit, [days], fiscal_start))


def aligned(then: Report, by: str | None, was: Sequence[str], now: Sequence[str]) -> Report:
    """The rows of a calendar named after the stretches that they are compared with: the first month after the first."""
    if not was or not now:
        return then
    same: dict[object, str] = dict(zip(was, now, strict=False))
    unit, names = (by or "").strip().lower().replace("_", "-"), [column.name for column in then.columns]
    place = names.index(unit) if unit in names else 0
    rows = tuple((*row[:place], same.get(row[place], row[place]), *row[place + 1 :]) for row in then.rows)
    return then._replace(rows=rows)


def _of_now(report: Report, then: Report) -> tuple[str, ...]:
    names = [column.header for column in report.columns if _is_figure(column) and column.is_now]
    if not names:
        return ()
    return (f"as of now, and so without a figure of {then.period}: {', '.join(names)}",)


# -- rows and columns of both


def _is_figure(column: ReportColumn) -> bool:
    return column.kind in _FIGURES and column.of_nothing != "label"


def _of_either(now: Sequence[ReportColumn], then: Sequence[ReportColumn]) -> tuple[ReportColumn, ...]:
    """The columns of both, by name; one that only was there then stands behind the one that it stood behind."""
    found = list(now)
    for place, column in enumerate(then):
        names = [each.name for each in found]
        if column.name not in names:
            found.insert(names.index(then[place - 1].name) + 1 if place else 0, column)
    return tuple(found)


def _spread(report: Report, columns: tuple[ReportColumn, ...]) -> Report:
    """The report in these columns; one that it has not got is of nothing."""
    names = [column.name for column in report.columns]
    if names == [column.name for column in columns]:
        return report
    places = [names.index(column.name) if column.name in names else None for column in columns]
    missing = [_nothing(column, report.currency) for column in columns]

    def spread(row: Sequence[object]) -> Row:
        return tuple(missing[n] if place is None else row[place] for n, place in enumerate(places))

    totals = None if report.totals is None else spread(report.totals)
    return report._replace(columns=columns, rows=tuple(map(spread, report.rows)), totals=totals)


def _keys(report: Report) -> list[int]:
    """Where rows say what they are about: the first column and the id if there is one, else all before the figures.

    What stands behind those, but for the currency, is said of the row, as a class is: it may have been another one then.
    """
    words = [n for n, column in enumerate(report.columns) if not _is_figure(column)]
    ids = [n for n in words if report.columns[n].name == "id"]
    if ids:
        return [words[0], *ids]
    first = next((n for n, column in enumerate(report.columns) if _is_figure(column)), 0)
    return [n for n in words if n < first or report.columns[n].name == "currency"]


def _lines(report: Report, then: Report, calendar: Sequence[str]) -> list[_Line]:
    keys = _keys(report)
    earlier = {_key(row, keys): row for row in then.rows}
    drills = report.drill or (None,) * len(report.rows)
    cells = report.cells or ({},) * len(report.rows)
    lines = [
        _Line(row, earlier.get(_key(row, keys)), drill, cell)
        for row, drill, cell in zip(report.rows, drills, cells, strict=True)
    ]
    now = {_key(row, keys) for row in report.rows}
    figures = [n for n, column in enumerate(report.columns) if _is_figure(column) and not column.is_now]
    gone = [
        _Line(None, row) for key, row in earlier.items() if key not in now and any(row[n] is not None for n in figures)
    ]
    return _in_order(lines, gone, keys, {label: place for place, label in enumerate(calendar)})


def _key(row: Sequence[object], places: Sequence[int]) -> Row:
    return tuple(row[place] for place in places)


def _in_order(lines: list[_Line], gone: list[_Line], keys: list[int], calendar: Mapping[str, int]) -> list[_Line]:
    """The lines with those that are gone: last, or in their place where the lines are in the order of the calendar."""

    def stretch(line: _Line) -> int | None:
        row = line.now or line.then or ()
        return next((calendar[text] for n in keys if isinstance(text := row[n], str) and text in calendar), None)

    places: list[int] = []
    for line in lines:  # what has no stretch stands before all that have one, or behind them
        place, is_first = stretch(line), not places or places[-1] < 0
        places.append(place if place is not None else -1 if is_first else len(calendar))
    if not calendar or places != sorted(places):
        return [*lines, *gone]
    places += [len(calendar) if (place := stretch(line)) is None else place for line in gone]
    both = zip(places, range(len(places)), (*lines, *gone), strict=True)
    return [line for _, _, line in sorted(both, key=lambda each: each[:2])]


def _columns(report: Report) -> list[ReportColumn]:
    columns: list[ReportColumn] = []
    for column in report.columns:
        columns.append(column)
        if not _is_figure(column):
            continue
        is_rank = column.of_nothing == "rank"
        priority = max(column.priority, _LEAST if is_rank else 2)
        columns.append(ReportColumn(f"{column.name}_before", "before", column.kind, priority, column.meaning))
        if not is_rank:
            change = RATE_CHANGE if column.kind == "percent" else "change / the figure before"
            columns.append(ReportColumn(f"{column.name}_change", "change", "percent", max(column.priority, 1), change))
    return columns


_LEAST = 9  # the priority of what a narrow screen does without first


# -- figures of both


class _Sides:
    """The two reports while their rows are set beside each other, from the first to the last."""

    def __init__(self, report: Report, then: Report, *, is_calendar: bool) -> None:
        self.columns = report.columns
        self.now = _Side(report, is_calendar=is_calendar)
        self.then = _Side(then, is_calendar=is_calendar)

    def beside(self, line: _Line) -> Row:
        """A row with its figures of both periods."""
        now, then = self.now.row(line.now, line.then), self.then.row(line.then, line.now)
        return self._together(now, then)

    def totals(self) -> Row | None:
        """The totals of both, where there are any of either."""
        now, then = self.now.report.totals, self.then.report.totals
        if now is None and then is None:
            return None
        now, then = self.now.whole(now, then or ()), self.then.whole(then, now or ())
        return self._together(now, then)

    def _together(self, now: Row, then: Row) -> Row:
        cells: list[object] = []
        for column, value, past in zip(self.columns, now, then, strict=True):
            cells.append(value)
            if _is_figure(column):
                before = None if column.is_now else past
                cells.append(before)
                if column.of_nothing != "rank":
                    cells.append(change(value, before, is_rate=column.kind == "percent"))
        return tuple(cells)


class _Side:
    """The figures of one period, those of groups too that have nothing in it."""

    def __init__(self, report: Report, *, is_calendar: bool) -> None:
        self.report = report
        self.last: list[object] = [_running(c, report.currency) if is_calendar else None for c in report.columns]
        self.has_whole = [any(row[n] is not None for row in report.rows) for n in range(len(report.columns))]

    def row(self, row: Row | None, other: Row | None) -> Row:
        """The row, or that of a group with nothing, named as it is in the other period."""
        told = self._of_nothing(other or ()) if row is None else row
        self.last = [
            value if column.of_nothing == "running" and row is not None and last is not None else last
            for column, value, last in zip(self.report.columns, told, self.last, strict=True)
        ]
        return told

    def whole(self, totals: Row | None, other: Row) -> Row:
        """The totals; of one row they are its own figures, of none they are of nothing."""
        if totals is not None:
            return totals
        if len(self.report.rows) != 1:
            return tuple(
                _nothing(column, _code(name, self.report.currency)) if _is_figure(column) else name
                for column, name in zip(self.report.columns, other, strict=True)
            )
        (row,) = self.report.rows
        return tuple(
            (None if column.of_nothing in ("rank", "running") else value) if _is_figure(column) else name
            for column, value, name in zip(self.report.columns, row, other, strict=True)
        )

    def _of_nothing(self, other: Row) -> Row:
        cells: list[object] = []
        for n, (column, value) in enumerate(zip(self.report.columns, other, strict=True)):
            if not _is_figure(column):
                cells.append(None if column.of_nothing == "none" else value)
            elif column.of_nothing == "running":
                cells.append(self.last[n])
            elif column.of_nothing == "share":
                cells.append(0.0 if self.has_whole[n] else None)
            else:  # what the other period has no figure of either is not counted at all
                cells.append(None if value is None else _nothing(column, _code(value, self.report.currency)))
        return tuple(cells)


def _nothing(column: ReportColumn, currency: str | None) -> int | Money | None:
    """The count or the sum of nothing; all else has no value."""
    if column.of_nothing:
        return None
    if column.kind == "money":
        return Money(0, currency) if currency else None
    return 0 if column.kind == "integer" else None


def _running(column: ReportColumn, currency: str | None) -> int | Money | None:
    """Where a running total begins."""
    return _nothing(column._replace(of_nothing=""), currency) if column.of_nothing == "running" else None


def _code(value: object, currency: str | None) -> str | None:
    return value.currency if isinstance(value, Money) else currency


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
