"""Anything by anything: values in the cells of a table whose rows and columns are whatever is asked for, from the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.stretches import NAMED, UNITS
from crmcli.domain.text import nearest
from crmcli.errors import UsageError
from crmcli.reports.drill import (
    equal,
    grouped,
    is_odd,
    joined,
    numbered,
    path_of,
    together,
    unclear,
    within,
    written,
)
from crmcli.reports.pivot_values import FAMILIES, VALUES, crossed
from crmcli.reports.report import Chart, Drill, Report, ReportColumn
from crmcli.reports.sales.grouping import along_time
from crmcli.reports.unrated import as_known
from crmcli.store.queries.condition import Condition
from crmcli.store.queries.groups import COUNT, group_rows, group_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry
    from crmcli.reports.pivot_values import Counted, Crossed, Family, Figures, Value
    from crmcli.services.desk import Desk
    from crmcli.store.queries.groups import Group

_MOST_COLUMNS = 1000
_NONE = "—"
Labels = tuple[str | None, ...]


class Pivot(NamedTuple):
    """What is asked: the dimensions of the rows and of the columns, the values, and whether with totals."""

    rows: tuple[str, ...]
    cols: tuple[str, ...]
    values: tuple[Value, ...]
    totals: bool = False


def pivot_of(rows: Sequence[str], cols: Sequence[str], values: Sequence[str], *, totals: bool = False) -> Pivot:
    """The pivot that is asked for in words; raises UsageError for a value that there is not, and for a dimension named twice."""
    found = []
    for name in values or ("won_value",):
        value = VALUES.get(name.strip().lower().replace("-", "_"))
        if value is None:
            near = nearest(name, list(VALUES))
            raise UsageError(
                f"--values: there is no {name!r}",
                hint=f"did you mean {near}?" if near else f"one of {', '.join(VALUES)}",
            )
        found.append(value)
    named = [*rows, *cols]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is named twice")
    return Pivot(tuple(rows), tuple(cols), tuple(dict.fromkeys(found)), totals)


class _Side(NamedTuple):
    """A family of the values that are asked for, with the groupings of its records."""

    family: Family
    values: tuple[Value, ...]
    rows: tuple[Group, ...]
    cols: tuple[Group, ...]

    def counted(self, *, rows: bool = True, cols: bool = True) -> Counted:
        """The figures by rows, by columns, by both or of all together, by the labels of both."""
        across = crossed((*(self.rows if rows else ()), *(self.cols if cols else ())), self.family.whole)
        counted = self.family.count(across.key, self.values)
        return counted._replace(figures=_labelled(across, counted.figures))

    def numbers(self, value: Value, *, cols: bool) -> dict[Labels, list[int]]:
        """The numbers of the records that a value counts, by rows, or by rows and columns."""
        across = crossed((*self.rows, *(self.cols if cols else ())), self.family.whole)
        found: dict[Labels, list[int]] = {}
        asked = group_values(self.family.reader, across.key, (Condition("r.id"),), self.family.inside(value))
        for key, number in asked:
            found.setdefault(across.labels(key) if across.groups else (), []).append(number)
        return found


def _labelled(across: Crossed, figures: Mapping[Any, Figures]) -> dict[Labels, Figures]:
    return {across.labels(key) if across.groups else (): each for key, each in figures.items()}


def pivot_report(desk: Desk, inquiry: Inquiry, asked: Pivot) -> Report:
    """The table; raises UsageError for a dimension that the values don't have, and for more columns than can be looked at."""
    with desk.reading() as reader:
        families = dict.fromkeys(value.family for value in asked.values)
        sides = []
        for name in families:
            family = FAMILIES[name](desk, reader, inquiry)
            rows, cols = _groups(family, asked.rows, "--rows"), _groups(family, asked.cols, "--cols")
            sides.append(_Side(family, tuple(v for v in asked.values if v.family == name), rows, cols))
        _refuse_mixed(sides)
        _refuse_odd_filter(inquiry, sides)
        counted = [(side, side.counted()) for side in sides]
        table = _Table(asked, inquiry, counted)
        return as_known(table.report())


def _counted_once(counted: Sequence[tuple[_Side, Counted]]) -> dict[str, int]:
    """How many records were counted, each once, by their noun."""
    asked: dict[str, dict[Condition, Family]] = {}
    for side, _ in counted:
        for value in side.values:
            asked.setdefault(side.family.noun, {})[side.family.inside(value)] = side.family
    found = {}
    for noun, inside in asked.items():
        family = next(iter(inside.values()))
        sql = " OR ".join(f"({each.sql})" for each in inside)
        either = Condition(f"({sql})", tuple(param for each in inside for param in each.params))
        found[noun] = sum(n for _, n in group_rows(family.reader, family.whole, (COUNT,), either))
    return found


def _groups(family: Family, names: Sequence[str], flag: str) -> tuple[Group, ...]:
    try:
        return tuple(map(family.group, names))
    except UsageError as error:
        raise UsageError(error.message.replace("--by", flag), hint=error.hint) from error


def _refuse_mixed(sides: Sequence[_Side]) -> None:
    """What is called alike and is not the same: the type of activities, and custom fields that are their own."""
    activities = [side for side in sides if side.family.noun == "activity"]
    if len(activities) == len(sides):
        return
    for group in (group for side in activities for group in (*side.rows, *side.cols)):
        is_own_field = bool(group.params) and not group.path and not group.moment
        if group.name == "type" or is_own_field:
            raise UsageError(
                f"{group.name} is another thing for activities than for deals", hint="ask for the activities apart"
            )


def _refuse_odd_filter(inquiry: Inquiry, sides: Sequence[_Side]) -> None:
    nouns = dict.fromkeys(side.family.noun for side in sides)
    if inquiry.filter and len(nouns) > 1:
        raise UsageError(f"--filter can't be on {' and '.join(nouns)} at once", hint="ask for their values apart")


class _Table:
    """The cells as they are laid out."""

    def __init__(self, asked: Pivot, inquiry: Inquiry, counted: Sequence[tuple[_Side, Counted]]) -> None:
        self.asked, self.inquiry, self.counted = asked, inquiry, counted
        self._known: dict[tuple[Value, bool], Mapping[Labels, list[int]]] = {}
        width = len(asked.rows)
        keys = dict.fromkeys(key for _, each in counted for key in each.figures)
        self.side_of = {value: place for place, (side, _) in enumerate(counted) for value in side.values}
        self.cols = sorted({key[width:] for key in keys}, key=_in_order)
        if len(self.cols) * len(asked.values) > _MOST_COLUMNS:
            raise UsageError(
                f"{len(self.cols) * len(asked.values):,} columns are too many to be looked at",
                hint="swap --rows and --cols",
            )
        self.rows = self._ordered({key[:width] for key in keys})
        is_whole = asked.totals and (len(self.rows) > 1 or len(self.cols) > 1)
        self.beside = self._figures(rows=True, cols=False) if is_whole and asked.cols and len(self.cols) > 1 else None
        self.below = self._figures(rows=False, cols=True) if is_whole and len(self.rows) > 1 else None
        self.corner = self._figures(rows=False, cols=False) if self.below is not None else None

    def _figures(self, *, rows: bool, cols: bool) -> list[Mapping[Labels, Figures]]:
        return [side.counted(rows=rows, cols=cols).figures for side, _ in self.counted]

    def value(self, key: Labels, value: Value, of: Sequence[Mapping[Labels, Figures]] | None = None) -> object:
        """One figure; a count of nothing is 0, money of nothing and every rate of nothing is no value."""
        place = self.side_of[value]
        found = (of[place] if of is not None else self.counted[place][1].figures).get(key)
        if found is None:
            return 0 if value.kind == "integer" else None
        return found.get(value.name)

    # -- rows and columns

    def _ordered(self, rows: set[Labels]) -> list[Labels]:
        """The calendar as it came; else by the first value that adds up, the largest first."""
        leading = next((value for value in self.asked.values if value.adds_up), None)
        if leading is None or (self.asked.rows and _unit(self.asked.rows[0]) in UNITS):
            return sorted(rows, key=_in_order)
        weights = dict.fromkeys(rows, 0.0)
        for key, figures in self.counted[self.side_of[leading]][1].figures.items():
            weights[key[: len(self.asked.rows)]] += _number(figures.get(leading.name)) or 0.0
        return sorted(rows, key=lambda row: (-weights[row], _in_order(row)))

    def _columns(self) -> list[ReportColumn]:
        found = [ReportColumn(group.name, group.name.replace("-", " ")) for group in self.counted[0][0].rows]
        single = len(self.asked.values) == 1
        for col in self.cols:
            for value in self.asked.values:
                label = " ".join(name or _NONE for name in col)
                words = value.name if not col else label if single else f"{label} {value.name}"
                said = value.name.replace("_", " ")
                header = said if not col else label if single else f"{label} {said}"
                found.append(self._figure(words, header, value))
        if self.beside is not None:
            found += [
                self._figure(
                    "total" if single else f"total {value.name}", f"total {value.name}".replace("_", " "), value
                )
                for value in self.asked.values
            ]
        return found

    def _figure(self, name: str, header: str, value: Value) -> ReportColumn:
        block = value.name.replace("_", " ") if self.asked.cols else "figures"
        return ReportColumn(name, header, value.kind, 0, value.meaning, block=block)

    def _is_calendar(self) -> bool:
        return bool(self.asked.cols) and _unit(self.asked.cols[0]) in UNITS

    def _row(self, row: Labels) -> tuple[object, ...]:
        cells = [self.value((*row, *col), value) for col in self.cols for value in self.asked.values]
        if self.beside is not None:
            cells += [self.value(row, value, self.beside) for value in self.asked.values]
        return (*row, *cells)

    def _totals(self) -> tuple[object, ...] | None:
        if self.below is None:
            return None
        cells = [self.value(col, value, self.below) for col in self.cols for value in self.asked.values]
        if self.beside is not None:
            cells += [self.value((), value, self.corner) for value in self.asked.values]
        return (*(None for _ in self.asked.rows), *cells)

    # -- the answer

    def report(self) -> Report:
        """The report."""
        asked, span = self.asked, self.inquiry.span
        rows = self.rows or ([()] if not asked.rows and not asked.cols else [])
        if not self.cols and rows:
            self.cols = [()]
        is_shared = any(group.is_shared for side, _ in self.counted for group in (*side.rows, *side.cols))
        notes = [note for _, each in self.counted for note in each.notes]
        tally = _counted_once(self.counted)
        if sum(tally.values()) and len(tally) > 1:
            notes.append(f"n: {' and '.join(_in_words(noun, n) for noun, n in tally.items())}")
        if is_shared:
            notes.append("a record counts in each of the groups that it is in; totals count it once")
        codes = dict.fromkeys(each.currency for _, each in self.counted if each.currency)
        by = " and ".join(filter(None, (", ".join(asked.rows), ", ".join(asked.cols))))
        names = ", ".join(value.name.replace("_", " ") for value in asked.values)
        return Report(
            "pivot", f"{names} by {by}" if by else names, tuple(self._columns()), tuple(map(self._row, rows)),
            self._totals(), sum(tally.values()), span.label,
            next(iter(codes), None), "; ".join(f"{value.name} = {value.meaning}" for value in asked.values),
            chart=self._chart(rows), drill=tuple(self._drill(row) for row in rows), cells=self._cells(rows),
            notes=tuple(dict.fromkeys(notes)),
        )  # fmt: skip

    def _chart(self, rows: Sequence[Labels]) -> Chart | None:
        """The first value: as a heat map where there are rows and columns, else as bars or as a line."""
        value, code = self.asked.values[0], next((each.currency for _, each in self.counted if each.currency), None)
        unit = {"percent": "percent", "days": "days", "money": code or ""}.get(value.kind, "")
        labels = tuple(", ".join(name or _NONE for name in row) for row in rows)
        title = value.name.replace("_", " ")
        grid = tuple(tuple(_number(self.value((*row, *col), value)) for col in self.cols) for row in rows)
        if len(self.cols) > 1 and self.asked.rows:
            columns = tuple(" ".join(name or _NONE for name in col) for col in self.cols)
            return Chart("heat", labels, (), unit, title, columns=columns, grid=grid)
        if len(self.cols) > 1:
            columns = tuple(" ".join(name or _NONE for name in col) for col in self.cols)
            return _simple(self._is_calendar(), columns, grid[0] if grid else (), value, unit, title)
        if len(rows) < 2:
            return None
        is_calendar = _unit(self.asked.rows[0]) in UNITS
        return _simple(is_calendar, labels, tuple(cells[0] for cells in grid), value, unit, title)

    # -- the records behind it

    def _drill(self, row: Labels) -> Drill | None:
        """What any of the values counts."""
        return together(dict.fromkeys(self._behind(value, row) for value in self.asked.values))

    def _behind(self, value: Value, row: Labels, col: Labels | None = None) -> Drill | None:
        """The records that a value counts in a row, or in one of its columns."""
        side, _ = self.counted[self.side_of[value]]
        groups, labels = (*side.rows, *(side.cols if col is not None else ())), (*row, *(col or ()))
        found = _behind(side, self.inquiry, groups, labels, value)
        if found is not None or not self.inquiry.followed:
            return found
        numbers = self._numbers(value, is_cell=col is not None).get(labels, [])
        return numbered(side.family.noun, numbers)

    def _numbers(self, value: Value, *, is_cell: bool) -> Mapping[Labels, list[int]]:
        known = self._known.get((value, is_cell))
        if known is None:
            side, _ = self.counted[self.side_of[value]]
            known = self._known[value, is_cell] = side.numbers(value, cols=is_cell)
        return known

    def _cells(self, rows: Sequence[Labels]) -> tuple[Mapping[str, Drill | None], ...]:
        if not self.inquiry.followed:
            return ()
        names = [column.name for column in self._columns()][len(self.asked.rows) :]
        found = []
        for row in rows:
            cells: dict[str, Drill | None] = {}
            asked = [(col, value) for col in self.cols for value in self.asked.values]
            for name, (col, value) in zip(names, asked, strict=False):
                _, counted = self.counted[self.side_of[value]]
                cells[name] = self._behind(value, row, col) if (*row, *col) in counted.figures else None
            found.append(cells)
        return tuple(found)


def _behind(side: _Side, inquiry: Inquiry, groups: Sequence[Group], labels: Labels, value: Value) -> Drill | None:
    """The records that a figure counts, as a filter; None where no filter tells these groups apart."""
    family = side.family
    said = [_said(family, group, label) for group, label in zip(groups, labels, strict=True)]
    if None in said:
        return None
    moment = family.moment if value.family != "open" or inquiry.span.days else ""
    period = within(moment, inquiry.span, inquiry.now) if moment else ""
    found = joined(*(each or "" for each in said), family.said, value.said, period, grouped(inquiry.filter))
    return Drill(family.noun, found or "number > 0")


def _said(family: Family, group: Group, label: str | None) -> str | None:
    """That a record is in a group, in the filter's words; None where they don't tell."""
    if group.moment:
        days = group.days(label)
        if days is None:
            return f"{group.moment} is empty"
        from datetime import timedelta

        return f"{group.moment} between {days.start} and {days.end - timedelta(days=1)}"
    if family.noun == "purchase" and group.name == "customer":
        return _customer(label)
    if family.noun == "purchase":  # other groups are of the customers
        return equal(group.name, label) if group.name in ("product", "contact") else None
    path = written(group.path) if group.path else path_of(family.noun, group.name)
    if group.name == "segment" or is_odd(path, label, family.noun) or label in unclear([label]):
        return None
    if not label and group.name in ("company", "contact"):
        return f"{group.name} is empty"
    return equal(path, label)


def _customer(label: str | None) -> str:
    """Whose purchases a label stands for: the company's, else the person's, else whom the log alone names so."""
    nobody = "company is empty AND contact is empty"
    person = f"(company is empty AND {equal('contact', label)})"
    return f"({equal('company', label)} OR {person} OR ({equal('customer', label)} AND {nobody}))"


def _in_order(labels: Labels) -> tuple[tuple[bool, str], ...]:
    """By name, what has none last."""
    return tuple((label is None, label or "") for label in labels)


def _simple(
    is_calendar: bool, labels: Labels, values: Sequence[float | None], value: Value, unit: str, title: str
) -> Chart:
    """A line over the calendar, which has no holes; anything else as bars."""
    dated = [(label, each) for label, each in zip(labels, values, strict=True) if label != _NONE]
    if not is_calendar or not all(NAMED.fullmatch(label or "") for label, _ in dated):
        return Chart("bar", tuple(label or _NONE for label in labels), tuple(values), unit, title)
    of_nothing = 0.0 if value.adds_up else None
    names, figures = along_time([label or "" for label, _ in dated], [each for _, each in dated], of_nothing)
    return Chart("line", names, figures, unit, title)


def _in_words(noun: str, n: int) -> str:
    several = "activities" if noun == "activity" else f"{noun}s"
    return f"{n:,} {noun if n == 1 else several}"


def _unit(name: str) -> str:
    return name.replace("_", "-")


def _number(value: object) -> float | None:
    if isinstance(value, Money):
        return float(value.number)
    return float(value) if isinstance(value, int | float) else None
