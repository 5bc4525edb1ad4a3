"""Workbooks of Excel: real numbers and dates, text that stays text, and no more memory for a million rows than for ten."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money, exponent
from crmcli.domain.records import plain
from crmcli.domain.views import Due, Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo
    from typing import BinaryIO

    from crmcli.io.writing.columns import TypedColumn

ROWS = 1_048_576  # that one sheet holds, its header among them
CELL = 32_767  # characters that one cell holds
_FIRST = date(1900, 3, 1)  # a spreadsheet counts days from here on; before, it knows a day that never was
_EXACT = 10**15  # beyond it a spreadsheet rounds
_WIDTHS = {
    "integer": 9, "number": 12, "flag": 8, "money": 14, "date": 12, "moment": 19, "due": 19, "link": 24, "texts": 28,
    "links": 28, "json": 20, "custom": 20,
}  # fmt: skip
_WIDE = {"id": 32, "name": 26, "title": 30, "subject": 36, "body": 50, "note": 40, "number": 9, "currency": 9}
_SEVERAL = {"text": 20, **_WIDTHS}


class Sheet(NamedTuple):
    """A sheet to be: its name, its columns, and the records that fill its rows."""

    name: str
    columns: Sequence[TypedColumn]
    records: Iterable[Any]


def write_workbook(file: BinaryIO, sheets: Iterable[Sheet], zone: tzinfo | None, joined: Callable[[Any], str]) -> int:
    """Write the sheets; times in ``zone``, for a spreadsheet has none, and several values ``joined`` in a cell.

    Returns how many cells held more text than a cell can, and were cut.
    """
    from xlsxwriter import Workbook

    settings = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "in_memory": False, "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }  # fmt: skip
    book = Workbook(file, settings)
    try:
        filling = _Filling(book, zone, joined)
        for sheet in sheets:
            filling.fill(sheet)
    finally:
        book.close()
    return filling.cut


class _Filling:
    """Fills one workbook."""

    def __init__(self, book: Any, zone: tzinfo | None, joined: Callable[[Any], str]) -> None:  # noqa: ANN401
        self._book = book
        self._zone = zone
        self._joined = joined
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._amounts: dict[int, Any] = {}
        self.cut = 0

    def fill(self, sheet: Sheet) -> None:
        """One sheet, and further ones where the rows don't fit."""
        page, number, row = self._page(sheet.name, sheet), 1, 0
        for record in sheet.records:
            if row == ROWS - 1:
                self._end(page, sheet, row)
                number += 1
                page, row = self._page(f"{sheet.name} {number}", sheet), 0
            row += 1
            for place, column in enumerate(sheet.columns):
                value = column.get(record)
                if value is not None and value not in ("", ()):
                    self._put(page, row, place, _told(value) if column.kind == "custom" else value)
        self._end(page, sheet, row)

    def _page(self, name: str, sheet: Sheet) -> Any:  # noqa: ANN401
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, _WIDE.get(column.name, _SEVERAL[column.kind]))
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.name, self._bold)
        return page

    def _end(self, page: Any, sheet: Sheet, row: int) -> None:  # noqa: ANN401
        if sheet.columns:
            page.autofilter(0, 0, row, len(sheet.columns) - 1)

    def _put(self, page: Any, row: int, place: int, value: Any) -> None:  # noqa: ANN401
        write: Callable[..., None] = _WRITERS.get(value.__class__, _Filling.text)
        write(self, page, row, place, value)

    def text(self, page: Any, row: int, place: int, value: Any) -> None:  # noqa: ANN401
        text = value if value.__class__ is str else self._joined(value)
        if len(text) > CELL:
            text = text[: CELL - 1] + "…"
            self.cut += 1
        page.write_string(row, place, text.encode("utf-8", "replace").decode())

    def figure(self, page: Any, row: int, place: int, value: Any) -> None:  # noqa: ANN401
        if abs(value) < _EXACT:
            page.write_number(row, place, value)
        else:
            self.text(page, row, place, str(value))

    def flag(self, page: Any, row: int, place: int, value: bool) -> None:  # noqa: ANN401
        page.write_boolean(row, place, value)

    def amount(self, page: Any, row: int, place: int, money: Money) -> None:  # noqa: ANN401
        digits = exponent(money.currency)
        if digits not in self._amounts:
            code = "#,##0" + ("." + "0" * digits if digits else "")
            self._amounts[digits] = self._book.add_format({"num_format": code})
        page.write_number(row, place, money.number, self._amounts[digits])

    def on(self, page: Any, row: int, place: int, day: date) -> None:  # noqa: ANN401
        if day < _FIRST:
            page.write_string(row, place, day.isoformat())
        else:
            page.write_datetime(row, place, datetime(day.year, day.month, day.day), self._day)  # noqa: DTZ001 - a sheet has no zones

    def at(self, page: Any, row: int, place: int, moment: datetime) -> None:  # noqa: ANN401
        local = moment.astimezone(self._zone).replace(tzinfo=None)
        if local.date() < _FIRST:
            page.write_string(row, place, str(plain(moment)))
        else:
            page.write_datetime(row, place, local, self._moment)

    def due(self, page: Any, row: int, place: int, due: Due) -> None:  # noqa: ANN401
        self.on(page, row, place, due.on) if due.at is None else self.at(page, row, place, due.at)

    def link(self, page: Any, row: int, place: int, link: Link) -> None:  # noqa: ANN401
        self.text(page, row, place, link.name)


def _told(value: Any) -> Any:  # noqa: ANN401
    """A custom field's value, a list or object as JSON; so that it is told from a text that looks like one, this is quoted."""
    import json

    from crmcli.io.json_cells import says_json

    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if says_json(value) else value
    return value if isinstance(value, int | float) else json.dumps(plain(value), ensure_ascii=False)


_WRITERS: dict[type, Callable[..., None]] = {
    str: _Filling.text,
    int: _Filling.figure,
    float: _Filling.figure,
    bool: _Filling.flag,
    Money: _Filling.amount,
    date: _Filling.on,
    datetime: _Filling.at,
    Due: _Filling.due,
    Link: _Filling.link,
}
