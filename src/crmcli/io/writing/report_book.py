"""Reports as workbooks: real numbers, money, rates and dates in their formats, and texts that stay texts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money, exponent
from crmcli.io.writing.sheet import CELL, ROWS
from crmcli.io.writing.sheet_names import sheet_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo
    from typing import BinaryIO

_FIRST = date(1900, 3, 1)  # before, a spreadsheet knows a day that never was
_EXACT = 10**15  # beyond it a spreadsheet rounds
_LEAST_WIDE, _MOST_WIDE = 9, 60
_FORMATS = {"percent": "0.0%", "days": "0.0", "number": "#,##0.##", "integer": "#,##0"}


class FigureSheet(NamedTuple):
    """A sheet to be: its name, each column's name and kind, the rows, and their totals if there are any."""

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[object]]
    totals: Sequence[object] | None = None


def write_figures(file: BinaryIO, sheets: Sequence[FigureSheet], zone: tzinfo | None) -> int:
    """Write the sheets, times in ``zone``; how many rows had no room."""
    from xlsxwriter import Workbook

    settings = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with Workbook(file, settings) as book:
        filling = _Filling(book, zone)
        for name, sheet in zip(sheet_names(each.name for each in sheets), sheets, strict=True):
            filling.fill(book.add_worksheet(name), sheet)
    return filling.left_out


class _Filling:
    """Fills one workbook."""

    def __init__(self, book: Any, zone: tzinfo | None) -> None:  # noqa: ANN401 - the library has no types
        self._book = book
        self._zone = zone
        self._formats: dict[tuple[str, bool], Any] = {}
        self.left_out = 0

    def fill(self, page: Any, sheet: FigureSheet) -> None:  # noqa: ANN401
        """One sheet: a header that stays in sight, the rows, and the totals in bold."""
        page.freeze_panes(1, 0)
        header = self._book.add_format({"bold": True, "bottom": 1})
        widths = [len(name) + 2 for name, _ in sheet.columns]
        for place, (name, _) in enumerate(sheet.columns):
            page.write_string(0, place, name, header)
        room = ROWS - 2
        self.left_out += max(0, len(sheet.rows) - room)
        for row, values in enumerate(sheet.rows[:room], 1):
            self._line(page, row, values, sheet.columns, widths, bold=False)
        if sheet.rows:
            page.autofilter(0, 0, min(len(sheet.rows), room), len(sheet.columns) - 1)
        if sheet.totals is not None:
            self._line(page, min(len(sheet.rows), room) + 1, sheet.totals, sheet.columns, widths, bold=True)
        for place, wide in enumerate(widths):
            page.set_column(place, place, min(max(wide + 2, _LEAST_WIDE), _MOST_WIDE))

    def _line(
        self,
        page: Any,  # noqa: ANN401
        row: int,
        values: Iterable[object],
        columns: Sequence[tuple[str, str]],
        widths: list[int],
        *,
        bold: bool,
    ) -> None:
        for place, (value, (_, kind)) in enumerate(zip(values, columns, strict=True)):
            if value is not None and value != "":
                widths[place] = max(widths[place], self._put(page, row, place, value, kind, bold=bold))

    def _put(self, page: Any, row: int, place: int, value: object, kind: str, *, bold: bool) -> int:  # noqa: ANN401
        """Write a value as what it is; about how wide it is."""
        if isinstance(value, Money):
            digits = exponent(value.currency)
            code = "#,##0" + ("." + "0" * digits if digits else "")
            page.write_number(row, place, value.number, self._format(code, bold=bold))
            return len(f"{value.number:,.{digits}f}")
        if isinstance(value, bool):
            page.write_boolean(row, place, value, self._format("", bold=bold))
            return 5
        if isinstance(value, int | float) and abs(value) < _EXACT:
            page.write_number(row, place, value, self._format(_FORMATS.get(kind, ""), bold=bold))
            return len(f"{value:,.1f}")
        if isinstance(value, date):
            return self._on(page, row, place, value, bold=bold)
        text = str(value).encode("utf-8", "replace").decode()
        page.write_string(
            row, place, text if len(text) <= CELL else text[: CELL - 1] + "…", self._format("", bold=bold)
        )
        return len(text)

    def _on(self, page: Any, row: int, place: int, value: date, *, bold: bool) -> int:  # noqa: ANN401
        """A date, or a moment without its zone: a sheet has none."""
        code = "yyyy-mm-dd"
        if isinstance(value, datetime):
            value = value.astimezone(self._zone).replace(tzinfo=None)
            code = "yyyy-mm-dd hh:mm"
        if (value.year, value.month, value.day) < (_FIRST.year, _FIRST.month, _FIRST.day):
            page.write_string(row, place, value.isoformat(), self._format("", bold=bold))
        else:
            page.write_datetime(row, place, value, self._format(code, bold=bold))
        return len(code)

    def _format(self, code: str, *, bold: bool) -> Any:  # noqa: ANN401
        if (code, bold) not in self._formats:
            told: dict[str, object] = {"num_format": code} if code else {}
            self._formats[code, bold] = self._book.add_format(told | ({"bold": True, "top": 1} if bold else {}))
        return self._formats[code, bold]
