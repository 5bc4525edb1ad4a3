"""Workbooks of Excel and OpenDocument: values as they were last saved, no formula computed and no macro run.

python-calamine reads the cells. What it does not tell, sheet_marks finds in an XLSX file's own XML: error values, and
numbers whose format shows leading zeros. In XLS, XLSB and ODS such a number comes without its zeros (a text cell keeps
them in every format), and an error value reads as an empty cell that is not counted.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import NotFound, UsageError
from crmcli.io.columns import Columns, as_row, named_columns, unnamed_columns
from crmcli.io.json_cells import says_json
from crmcli.io.preamble import LOOKED_AT, header_at
from crmcli.io.records import flaw_of, legible
from crmcli.io.sheet_marks import Marks, marks_of
from crmcli.io.source import likeness
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, time, timedelta
    from typing import Any, BinaryIO

    from python_calamine import CalamineSheet, CalamineWorkbook

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_MEMBER = "custom."
_LIMIT = 1024**3  # bytes of a workbook: its cells are held in memory
_LOOK_AHEAD = 200  # rows looked at to tell whether a column without a title is empty
_ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "Err:502", "Err:508"))
# In UTF-16, as an OLE file names its streams: what a locked XLSX file is wrapped in.
_CHUNKS_OF_NAMES = 64  # where an OLE file's names are looked for
_LOCKED = "EncryptedPackage".encode("utf-16-le")

_CLOCK = re.compile(r"PT(\d+)H(\d\d)M(\d\d)(?:[.,]\d+)?S")  # how an ODS file writes a time and a duration

_T = TypeVar("_T")
_Line = tuple[int, list[str]]


def read(source: Source, reading: Reading) -> Table:
    """The rows of a sheet: the one that ``reading.sheet`` names or numbers from 1, else the first that has rows.

    Raises UsageError for a file that is locked, broken or empty, and NotFound for a sheet that is not there.
    """
    file = source.file(_LIMIT)
    book = _guarded(source, lambda: _opened(file))
    wanted = _wanted(book, reading.sheet, source.name)
    sheet, marks = _first_table(book, wanted, file, source, header=reading.header)
    lines = _Lines(sheet, marks)
    start = _start(lines, sheet, header=reading.header)
    if reading.together is not None:
        typed = frozenset(
            n for name, n in zip(start.columns.names, start.columns.kept, strict=True) if _is_member(name)
        )
        lines = _Lines(sheet, marks, typed, start.below)
        start = _gathered(_start(lines, sheet, header=reading.header), reading.together)
    size = file.seek(0, 2)
    height = sheet.end[0] + 1 if sheet.end else 1
    told = _sheets_told(book, wanted, sheet.name)
    above = told | {"lines before the header": start.above} if start.above else told
    return Table(
        start.columns.names,
        start.rows,
        position=lambda: size * lines.done // height,
        close=source.close,
        encoding=lambda: None,
        size=size,
        format=reading.format or "xlsx",
        notes=lambda: above | ({"cells with an error, read as empty": lines.errors} if lines.errors else {}),
    )


def _opened(file: BinaryIO) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    file.seek(0)
    return CalamineWorkbook.from_filelike(file)


def _guarded(source: Source, call: Callable[[], _T]) -> _T:
    """What a call of python-calamine gives, its errors told as what they are."""
    try:
        return call()
    except BaseException as error:
        # A failed assertion in the Rust library is no Exception, and has no class that could be imported.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise _unreadable(source, error) from error


def _unreadable(source: Source, error: BaseException) -> UsageError:
    from python_calamine import PasswordError

    if isinstance(error, PasswordError) or _LOCKED in b"".join(islice(source.again(), _CHUNKS_OF_NAMES)):
        return UsageError(f"{source.name} is locked with a password", hint="save it without one and try again")
    looks = likeness(source.head)
    seen = f": it looks like {looks}" if looks and "workbook" not in looks else ""
    return UsageError(f"cannot read {source.name} as a workbook{seen}", hint="save it anew, or as CSV")


def _wanted(book: CalamineWorkbook, sheet: str | None, name: str) -> list[int]:
    """The numbers of the sheets that may be meant, from 0: the one that was named, else all that hold cells."""
    names = book.sheet_names
    if sheet is None:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        tables = [n for n, about in enumerate(book.sheets_metadata) if about.typ == SheetTypeEnum.WorkSheet]
        return sorted(tables, key=lambda n: book.sheets_metadata[n].visible != SheetVisibleEnum.Visible)
    folded = [known.casefold() for known in names]
    if sheet in names:
        return [names.index(sheet)]
    if sheet.casefold() in folded:
        return [folded.index(sheet.casefold())]
    if sheet.isdecimal() and 0 < int(sheet) <= len(names):
        return [int(sheet) - 1]
    raise NotFound(f"{name} has no sheet {sheet!r}", hint=f"it has {', '.join(names)}")


def _first_table(
    book: CalamineWorkbook, numbers: list[int], file: BinaryIO, source: Source, *, header: bool
) -> tuple[CalamineSheet, Marks]:
    """The first sheet that looks like a table, else the first that holds anything."""
    filled: tuple[CalamineSheet, Marks] | None = None
    for number in numbers:
        marks = marks_of(file, number, source.name)
        sheet = _guarded(source, partial(book.get_sheet_by_index, number))
        if sheet.height:
            filled = filled or (sheet, marks)
            if len(numbers) == 1 or not header or _is_table(sheet):
                return sheet, marks
    if filled is not None:
        return filled
    where = f", sheet {book.sheet_names[numbers[0]]}," if len(numbers) == 1 else ""
    raise UsageError(f"{source.name}{where} is empty")


def _is_table(sheet: CalamineSheet) -> bool:
    """Whether two of the first rows have something in two columns: titles, and what stands below them."""
    rows = islice(sheet.iter_rows(), LOOKED_AT)
    return sum(sum(value != "" for value in row) > 1 for row in rows) > 1


def _sheets_told(book: CalamineWorkbook, wanted: list[int], read: str) -> dict[str, int]:
    """Which sheet of several was read, for a note that begins with how many."""
    others = ", ".join(repr(name) for n, name in enumerate(book.sheet_names) if n in wanted and name != read)
    return {f"of {len(wanted)} sheets read, {read!r}; --sheet reads another: {others}": 1} if others else {}


class _Lines:
    """The rows of a sheet as texts, each with its number from 1; ``done`` and ``errors`` count as far as it was read."""

    def __init__(self, sheet: CalamineSheet, marks: Marks, typed: frozenset[int] = frozenset(), below: int = 0) -> None:
        self._typed = typed  # columns whose values are told as JSON ...
        self._below = below  # ... under that row
        self.done = 0
        self.errors = 0
        self._rows = sheet.iter_rows()
        self._marks = marks
        self._left = sheet.start[1] if sheet.start else 0

    def __iter__(self) -> Iterator[_Line]:
        padding = [""] * self._left
        self.errors = self._marks.errors
        for row in self._rows:
            self.done += 1
            yield self.done, padding + [self._text(value, n) for n, value in enumerate(row, self._left)]

    def _text(self, value: Any, column: int) -> str:  # noqa: ANN401 - what a cell may hold
        if column in self._typed and self.done > self._below:
            return self._json(value)
        if isinstance(value, str):
            if value in _ERRORS:
                self.errors += 1
                return ""
            clock = _CLOCK.fullmatch(value) if value.startswith("PT") else None
            return ":".join(clock.groups()) if clock else value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            text = number_text(value)
            shown = self._marks.shown(self.done - 1, column) if self._marks.styled else None
            return shown.text(text) if shown else text
        return moment_text(value)

    def _json(self, value: Any) -> str:  # noqa: ANN401
        import json

        if isinstance(value, bool | int | float):
            return json.dumps(value) if isinstance(value, bool) else number_text(value)
        text = self._text(value, -1)
        return text if not text or says_json(text) else json.dumps(text, ensure_ascii=False)


def number_text(value: float) -> str:
    """A number as a spreadsheet means it: 15 digits, no ``.0``, no exponent."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e21):
        return str(int(value))
    from decimal import Decimal

    return format(Decimal(f"{value:.15g}"), "f")


def moment_text(value: date | time | timedelta) -> str:
    """A date, a time or a duration in ISO form, to the second: beyond it there is only the noise of fractions of days."""
    from datetime import datetime, time, timedelta

    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime):
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(" ")
    return value.isoformat("seconds") if isinstance(value, time) else value.isoformat()


class _Start(NamedTuple):
    """Where the rows begin: the shape of the table, its rows, and the rows left out above."""

    columns: Columns
    rows: Iterator[Row | BadRow]
    above: int
    below: int = 0  # the row of the header


def _start(lines: _Lines, sheet: CalamineSheet, *, header: bool) -> _Start:
    source = iter(lines)
    ahead: list[_Line] = []
    for line in source:
        if any(map(str.strip, line[1])):
            ahead = [line, *islice(source, _LOOK_AHEAD)]
            break
    if not ahead:
        raise UsageError(f"sheet {sheet.name} is empty")
    if not header:
        columns = unnamed_columns(len(ahead[0][1]))
        return _Start(columns, _rows(chain(ahead, source), columns), 0)
    at = header_at([cells for _, cells in ahead[:LOOKED_AT]]) or 0
    number, cells = ahead[at]
    columns = named_columns(_spread(cells, number - 1, sheet), [cells for _, cells in ahead[at + 1 :]])
    return _Start(columns, _rows(chain(ahead[at + 1 :], source), columns), number - ahead[0][0], number)


def _spread(header: list[str], row: int, sheet: CalamineSheet) -> list[str]:
    """The header with a title that is merged across columns in each of them."""
    titles = list(header)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top <= row <= bottom and left < len(titles):
            titles[left + 1 : right + 1] = [titles[left]] * (min(right + 1, len(titles)) - left - 1)
    return titles


def _is_member(title: str) -> bool:
    return title.startswith(_MEMBER)


def _gathered(start: _Start, key: str) -> _Start:
    """The rows with the columns of custom fields in one cell."""
    import json

    own = tuple(name for name in start.columns.names if not _is_member(name))
    beginnings = {n: f"{json.dumps(n.removeprefix(_MEMBER))}: " for n in start.columns.names if _is_member(n)}

    def gathered(row: Row) -> Row:
        members = (f"{beginning}{row.cells[name]}" for name, beginning in beginnings.items() if row.cells[name])
        return row._replace(cells={**{n: row.cells[n] for n in own}, key: "{" + ", ".join(members) + "}"})

    rows = (row if isinstance(row, BadRow) else gathered(row) for row in start.rows)
    return start._replace(columns=start.columns._replace(names=(*own, key)), rows=rows)


def _rows(lines: Iterator[_Line], columns: Columns) -> Iterator[Row | BadRow]:
    for line, cells in lines:
        if cells == columns.header or not any(map(str.strip, cells)):
            continue
        flaw = next(filter(None, (flaw_of(cell, "") for cell in cells if "\0" in cell)), "")
        yield BadRow(line, flaw, legible(cells)) if flaw else as_row(line, cells, columns)
