"""A first pass over a file: the formats of its dates and numbers, which only whole columns show.

A column whose dates could be read in two ways is refused before anything is stored. Files that have no such columns are
read once.
"""

from __future__ import annotations

import io
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from crmcli.domain.date_columns import DateColumn, shows_order
from crmcli.domain.date_formats import pattern_of, read_format
from crmcli.domain.fields import Kind
from crmcli.domain.filter_fields import FILTERED
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.number_columns import NumberColumn
from crmcli.errors import BadValue, UsageError
from crmcli.io.opening import open_table
from crmcli.io.table import BadRow
from crmcli.services.importing.cells import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from crmcli.domain.date_columns import Doubt
    from crmcli.domain.date_formats import DateFormat
    from crmcli.io.table import Table
    from crmcli.services.importing.cells import Form
    from crmcli.services.importing.mapping import Columns, Target
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.summary import Summary

MOMENTS = ("created_at", "close_date", "closed_at", "done_at")
"""Times that only an import can set."""
_DAYS = (Kind.DATE, Kind.TIME, Kind.DUE)
_NUMBERS = (Kind.MONEY, Kind.INTEGER, Kind.PERCENT)
_KEPT_IN_MEMORY = 8 * 1024**2
_LOOKED_AT = 200  # rows


# -- a file that is read twice


class _Kept(io.RawIOBase):
    """A pipe whose bytes are kept as they are read, so that it can be read once more."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._copy: tempfile.SpooledTemporaryFile[bytes] | None = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            max_size=_KEPT_IN_MEMORY
        )
        self._given = self._held = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes: from the copy where that is ahead, else from the pipe."""
        if self._copy is None:
            return self._stream.read(size)
        if self._given < self._held:
            self._copy.seek(self._given)
            chunk = self._copy.read(size)
        else:
            chunk = self._stream.read(size)
            self._held += self._copy.write(chunk)
        self._given += len(chunk)
        return chunk

    def whole(self) -> BinaryIO:
        """Everything the pipe gives, from its start."""
        assert self._copy is not None
        self._copy.seek(self._held)
        while chunk := self._stream.read(io.DEFAULT_BUFFER_SIZE * 8):
            self._held += self._copy.write(chunk)
        self._copy.seek(0)
        return cast("BinaryIO", self._copy)

    def forget(self) -> None:
        """Keep no more: nobody will read it again."""
        if self._copy is not None and self._given == self._held:
            self._copy.close()
            self._copy = None

    def close(self) -> None:
        """Drop the copy; the pipe belongs to whoever opened it."""
        if self._copy is not None:
            self._copy.close()
        super().close()


class Again:
    """A file to be imported, which may have to be read once more."""

    def __init__(
        self, first: Path | BinaryIO, second: Callable[[], Path | BinaryIO], forget: Callable[[], None]
    ) -> None:
        self.first = first
        """What the import reads."""
        self.second = second
        """The same from its start, to be read while the import has not gone on."""
        self.forget = forget
        """To be called when nobody will read it again."""


@contextmanager
def twice(file: Path | BinaryIO) -> Iterator[Again]:
    """A file that can be read twice, also where it comes from a pipe."""
    if isinstance(file, Path) and not file.is_fifo():
        yield Again(file, lambda: file, lambda: None)
    elif not isinstance(file, Path) and _can_seek(file):
        yield Again(file, _rewound(file, file.tell()), lambda: None)
    elif isinstance(file, Path):
        with file.open("rb") as stream, _Kept(stream) as kept:
            yield Again(cast("BinaryIO", kept), kept.whole, kept.forget)
    else:
        with _Kept(file) as kept:
            yield Again(cast("BinaryIO", kept), kept.whole, kept.forget)


def _can_seek(stream: BinaryIO) -> bool:
    try:
        stream.seek(stream.tell())
    except (OSError, ValueError):
        return False
    return True


def _rewound(stream: BinaryIO, start: int) -> Callable[[], BinaryIO]:
    def back() -> BinaryIO:
        stream.seek(start)
        return stream

    return back


# -- what columns are


class Formats(NamedTuple):
    """The formats of columns, by what they fill; where there is none, each value is read by itself."""

    forms: Mapping[Target, Form]


NONE = Formats({})


def survey(plan: Plan, columns: Columns, opened: Table, file: Again, summary: Summary) -> Formats:
    """The formats of a file's columns, told or found; raises BadValue, or UsageError for dates with two readings.

    Of the ``opened`` table only the next rows are looked at, and stay to be read.
    """
    if columns.shape is not None:  # a known system's cells may give more columns than the file has
        for row in opened.ahead(_LOOKED_AT):
            if not isinstance(row, BadRow):
                columns.shape(row.cells)
    told = _told(plan, columns, opened.headers)
    watch = _Watch(plan.noun, columns, told)
    if watch.has_dates:
        watch.hear(_dates_of_no_field(opened))
    if not watch.wanted:
        file.forget()
        return Formats(told)
    first = file.first
    here = first.tell() if not isinstance(first, Path) and _can_seek(first) else None
    with open_table(file.second(), plan.reading) as table:
        watch.look(table)
    if here is not None:
        cast("BinaryIO", first).seek(here)
    return Formats({**told, **watch.dates(plan, summary), **watch.numbers(summary)})


def _dates_of_no_field(opened: Table) -> list[str]:
    """The columns whose cells in the next rows are all dates in numbers, wherever they go."""
    found: dict[str, bool] = {}
    for row in opened.ahead(_LOOKED_AT):
        if isinstance(row, BadRow):
            continue
        for header, cell in row.cells.items():
            if found.get(header, True) and isinstance(cell, str) and (text := cell.strip()) and text not in EMPTY:
                found[header] = shows_order(text)
    return [header for header, are_dates in found.items() if are_dates]


def _kind(noun: str, target: Target) -> Kind | None:
    """How a target's cells are read; None where that does not depend on their column."""
    if target.custom:
        return None
    if not target.link and target.name in MOMENTS:
        return Kind.TIME
    kinds = (field.kind for field in FILTERED[target.link or noun] if field.name == target.name and not field.computed)
    return next(kinds, None)


def _told(plan: Plan, columns: Columns, headers: Sequence[str]) -> dict[Target, Form]:
    """The formats that ``--date-format`` says, for one column or for all."""
    told: dict[Target, Form] = {}
    single: dict[Target, Form] = {}
    settings = (plan.date_format,) if isinstance(plan.date_format, str) else plan.date_format
    for setting in settings:
        header, equals, pattern = setting.rpartition("=")
        form = read_format(pattern)
        if equals:
            single[_dated(plan.noun, columns, headers, header.strip())] = form
        else:
            told |= {target: form for target in columns.targets.values() if _kind(plan.noun, target) in _DAYS}
    return told | single


def _dated(noun: str, columns: Columns, headers: Sequence[str], header: str) -> Target:
    if header not in columns.targets:
        raise BadValue("date-format", f"there is no column {header!r}", hint=f"the columns are: {', '.join(headers)}")
    target = columns.targets[header]
    if _kind(noun, target) not in _DAYS:
        raise BadValue("date-format", f"{header!r} goes to {target}, which holds no dates")
    return target


class _Watch:
    """The columns worth looking at, while they are seen."""

    def __init__(self, noun: str, columns: Columns, told: Mapping[Target, Form]) -> None:
        self._noun = noun
        self._columns = columns
        self._told = told
        self._dates: dict[str, DateColumn] = {}
        self._numbers: dict[str, NumberColumn] = {}
        self._see: dict[str, Callable[[int, str], None]] = {}
        self._witnesses: dict[str, DateColumn] = {}  # dates that no field holds
        self._known = 0
        self._rows = 0
        self._add()

    @property
    def has_dates(self) -> bool:
        """Whether any column of dates has to be seen."""
        return bool(self._dates)

    def hear(self, headers: Sequence[str]) -> None:
        """See these columns too, for the order of numbers in them."""
        told = {header for header, target in self._columns.targets.items() if target in self._told}
        self._witnesses = {h: DateColumn() for h in headers if h not in self._dates and h not in told}

    @property
    def wanted(self) -> bool:
        """Whether any column has to be seen."""
        return bool(self._see)

    def _add(self) -> None:
        """Watch the columns that are new: a known system's cells may give more than its headers say."""
        for header, target in list(self._columns.targets.items())[self._known :]:
            kind = _kind(self._noun, target)
            if kind in _DAYS and target not in self._told:
                self._see[header] = self._dates.setdefault(header, DateColumn()).see
            elif kind in _NUMBERS:
                self._see[header] = _seeing(self._numbers.setdefault(header, NumberColumn()), kind)
        self._known = len(self._columns.targets)

    def look(self, table: Table) -> None:
        """See every row of the file."""
        shape = self._columns.shape
        for row in table.rows:
            self._rows += 1
            if isinstance(row, BadRow):
                continue
            for header, column in self._witnesses.items():
                cell = row.cells.get(header)
                if isinstance(cell, str) and (text := cell.strip()):
                    column.see(row.line, text)
            cells = shape(row.cells) if shape else row.cells
            if len(self._columns.targets) > self._known:
                self._add()
            for header, see in self._see.items():
                cell = cells[header]
                for text in (cell.strip(),) if isinstance(cell, str) else cell:
                    if text and text not in EMPTY:
                        see(row.line, text)

    # -- dates

    def dates(self, plan: Plan, summary: Summary) -> dict[Target, DateFormat]:
        """The formats of the columns of dates; raises UsageError for one that leaves two readings."""
        forms: dict[Target, DateFormat] = {}
        for header, column in self._dates.items():
            adopted: dict[str, str] = {}
            for mark, doubt in column.doubts.items():
                like = None if doubt.mixed else self._like(mark, header)
                if like is not None:
                    adopted[mark] = like[0]
                    pattern = pattern_of(like[0], mark)
                    summary.note(f"column of dates read as {pattern} because {like[1]!r} is: {header!r}")
                elif not plan.skip_errors:  # else the rows that have two readings are rejected one by one
                    raise self._refusal(header, doubt)
                elif doubt.mixed:
                    summary.note(f"column of dates in either order, each read in the one that it fits: {header!r}")
            forms[self._columns.targets[header]] = column.form(adopted)
        return forms

    def _like(self, mark: str, header: str) -> tuple[str, str] | None:
        """The order of numbers in the file's other columns, if they have but one, and the column that shows it."""
        for columns in (self._dates, self._witnesses):
            others = {name: column.orders[mark] for name, column in columns.items() if mark in column.orders}
            orders = set(others.values())
            if orders:
                return (orders.pop(), next(iter(others))) if len(orders) == 1 and header not in others else None
        return None

    def _refusal(self, header: str, doubt: Doubt) -> UsageError:
        (day, pattern), (other_day, other) = doubt.readings
        why = "has dates of either order" if doubt.mixed else "can be read in two ways"
        return UsageError(
            f"{header!r} {why} in {doubt.values:,} of {self._rows:,} rows; nothing was stored",
            hint=f"--date-format '{pattern}' or '{other}'; for this column alone '{header}={pattern}'",
            details=(f"  line {doubt.line}: {doubt.text} is {day} ({pattern}) or {other_day} ({other})",)
            if day and other_day
            else tuple(f"  line {line}: {text} can only be {one} ({form})" for line, text, one, form in doubt.only),
        )

    # -- numbers

    def numbers(self, summary: Summary) -> dict[Target, Form]:
        """The formats of the columns of amounts, numbers and percentages."""
        forms: dict[Target, Form] = {}
        for header, column in self._numbers.items():
            form = column.form
            if form.fractions:
                summary.note(f"column of fractions of one read as percentages: {header!r}")
            elif column.assumed:
                whole = column.assumed.replace(".", "").replace(",", "")
                summary.note(f"column of numbers grouped by thousands, {column.assumed} being {whole}: {header!r}")
            if form.decimal or form.fractions or form.beside_percents:
                forms[self._columns.targets[header]] = form
        return forms


def _seeing(column: NumberColumn, kind: Kind) -> Callable[[int, str], None]:
    see = column.see_share if kind is Kind.PERCENT else column.see
    return lambda _, text: see(text)
