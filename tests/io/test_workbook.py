"""Workbooks: what Excel and LibreOffice show is what is read, and nothing in them runs."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.errors import CrmError, NotFound, UsageError
from crmcli.io.opening import Reading, open_table
from crmcli.io.sheet_marks import Shown, marks_of
from crmcli.io.table import BadRow, Row
from crmcli.io.workbook import number_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.io.table import Table


def xlsx(fill: Callable[[Any, Any], None], **options: object) -> bytes:
    """A workbook whose first sheet is filled by a function of book and sheet."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, **options})
    fill(book, book.add_worksheet("People"))
    book.close()
    return made.getvalue()


def tabled(*rows: list[object]) -> bytes:
    """A workbook with these rows of texts."""

    def fill(_: Any, sheet: Any) -> None:
        for n, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(n, column, value)

    return xlsx(fill)


def xls(fill: Callable[[Any, Any], None]) -> bytes:
    """The same in the old format."""
    book = xlwt.Workbook()
    fill(book, book.add_sheet("People"))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="People">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)


def ods(*rows: str) -> bytes:
    """An OpenDocument file with these rows of cells, with the empty ones to the sheet's edges that they come with."""
    made = io.BytesIO()
    after = '<table:table-cell table:number-columns-repeated="16000"/>'
    below = f'<table:table-row table:number-rows-repeated="1048000">{after}</table:table-row>'
    body = "".join(f"<table:table-row>{row}{after}</table:table-row>" for row in rows) + below
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", _ODS.format(body))
    return made.getvalue()


def cell(value: str, kind: str = "string", name: str = "value") -> str:
    """A cell of an OpenDocument file."""
    told = "" if kind == "string" else f' office:{name}="{value}"'
    return f'<table:table-cell office:value-type="{kind}"{told}><text:p>{value}</text:p></table:table-cell>'


def opened(content: bytes, **reading: object) -> Table:
    """The table of a workbook that comes from a stream."""
    return open_table(io.BytesIO(content), Reading(**reading))  # type: ignore[arg-type]


def rows(content: bytes, **reading: object) -> list[Row | BadRow]:
    """Its rows."""
    with opened(content, **reading) as table:
        return list(table.rows)


def first(content: bytes) -> dict[str, Any]:
    """The cells of its first row."""
    row = rows(content)[0]
    assert isinstance(row, Row)
    return row.cells


# --- values ----------------------------------------------------------------------------------------------------------


def typed(book: Any, sheet: Any) -> None:
    """One cell of each kind."""
    day, moment = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    clock, hours = book.add_format({"num_format": "hh:mm"}), book.add_format({"num_format": "[h]:mm:ss"})
    five, german = book.add_format({"num_format": "00000"}), book.add_format({"num_format": "[$-407]00000;@"})
    titles = [
        "text",
        "zero",
        "number",
        "half",
        "big",
        "day",
        "moment",
        "clock",
        "hours",
        "yes",
        "padded",
        "plz",
        "long",
        "formula",
        "error",
        "empty",
    ]
    sheet.write_row(0, 0, titles)
    sheet.write_string(1, 0, "Łódź 東京")
    sheet.write_string(1, 1, "007")
    sheet.write_number(1, 2, 42)
    sheet.write_number(1, 3, 0.1 + 0.2)
    sheet.write_number(1, 4, 359881234567890)
    sheet.write_datetime(1, 5, date(2024, 2, 29), day)
    sheet.write_datetime(1, 6, datetime.fromisoformat("2024-02-29T23:59:59"), moment)
    sheet.write_datetime(1, 7, time(9, 30), clock)
    sheet.write_datetime(1, 8, timedelta(hours=30, minutes=1), hours)
    sheet.write_boolean(1, 9, True)
    sheet.write_number(1, 10, 123, five)
    sheet.write_number(1, 11, 1067, german)
    sheet.write_number(1, 12, 1234567, five)
    sheet.write_formula(1, 13, '=HYPERLINK("x")&1', None, "kept value")
    sheet.write_formula(1, 14, "=NA()", None, "#N/A")


@pytest.mark.parametrize("date_1904", [False, True])
def test_cells_read_as_the_sheet_shows_them(date_1904: bool) -> None:
    """Dates in ISO form from either epoch, whole numbers without a point, zeros kept, formulas by their last value."""
    with opened(xlsx(typed, date_1904=date_1904)) as table:
        (row,) = table.rows
        assert ("xlsx", {"cells with an error, read as empty": 1}) == (table.format, table.notes())
    assert {
        "text": "Łódź 東京",
        "zero": "007",
        "number": "42",
        "half": "0.3",
        "big": "359881234567890",
        "day": "2024-02-29",
        "moment": "2024-02-29 23:59:59",
        "clock": "09:30:00",
        "hours": "30:01:00",
        "yes": "true",
        "padded": "00123",
        "plz": "01067",
        "long": "1234567",
        "formula": "kept value",
        "error": "",
    } == {name: value for name, value in row.cells.items() if name != "empty"}


def test_old_workbooks_are_read() -> None:
    """A text keeps its zeros there too."""

    def fill(_: Any, sheet: Any) -> None:
        for n, title in enumerate(("name", "zip", "n", "day", "yes")):
            sheet.write(0, n, title)
        sheet.write(1, 0, "Мария")
        sheet.write(1, 1, "00123")
        sheet.write(1, 2, 5)
        sheet.write(1, 3, date(2024, 2, 29), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
        sheet.write(1, 4, True)

    assert {"name": "Мария", "zip": "00123", "n": "5", "day": "2024-02-29", "yes": "true"} == first(xls(fill))


def test_opendocument_is_read() -> None:
    """Its sheet goes to the edge of the world, its rows end where something does."""
    values = (
        cell("007"),
        cell("5", "float"),
        cell("2024-02-29", "date", "date-value"),
        cell("true", "boolean", "boolean-value"),
        cell("PT09H30M00S", "time", "time-value"),
    )
    content = ods("".join(map(cell, ("code", "n", "day", "yes", "at"))), "".join(values))
    wanted = {"code": "007", "n": "5", "day": "2024-02-29", "yes": "true", "at": "09:30:00"}
    with opened(content) as table:
        assert ([Row(2, wanted)], "ods") == (list(table.rows), table.format)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (-0.5, "-0.5"), (1e-7, "0.0000001"), (3.3000000000000003, "3.3"), (1e20, "100000000000000000000")],
)
def test_a_number_has_no_point_nor_exponent_that_its_sheet_does_not_show(value: float, text: str) -> None:
    """Fifteen digits are all there are."""
    assert text == number_text(value)


# --- shape -----------------------------------------------------------------------------------------------------------


def test_a_row_knows_its_number_in_the_sheet_and_empty_edges_are_left_out() -> None:
    """Rows and columns before the table, blank and hidden rows, and what is only formatted below and beside it."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(2, 1, ["name", "city"])
        sheet.write_row(3, 1, ["A", "x"])
        sheet.write_row(5, 1, ["B", "y"])
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.write_blank(40, 12, None, book.add_format({"bold": True}))

    assert [Row(4, {"name": "A", "city": "x"}), Row(6, {"name": "B", "city": "y"})] == rows(xlsx(fill))


def test_titles_above_the_header_are_skipped_and_counted() -> None:
    """A report's name and date belong to no column."""
    content = tabled(["Contacts of Acme"], ["as of May"], [], ["Name", "City", "Since"], ["A", "x", 1], ["B", "y", 2])
    with opened(content) as table:
        assert (("Name", "City", "Since"), [5, 6]) == (table.headers, [row.line for row in table.rows])
        assert {"lines before the header": 3} == table.notes()


def test_a_title_merged_over_columns_names_each_of_them() -> None:
    """A value merged over rows stands in the first only."""

    def fill(_: Any, sheet: Any) -> None:
        sheet.write(0, 0, "Name")
        sheet.merge_range(0, 1, 0, 3, "Phone")
        sheet.write_row(1, 0, ["A", "1", "2", "3"])
        sheet.merge_range(2, 0, 3, 0, "B")
        sheet.write(2, 1, "4")
        sheet.write(3, 1, "5")

    content = xlsx(fill)
    assert opened(content).headers == ("Name", "Phone", "Phone (2)", "Phone (3)")
    assert [("A", "1"), ("B", "4"), ("", "5")] == [
        (row.cells["Name"], row.cells["Phone"]) for row in rows(content) if isinstance(row, Row)
    ]


def test_a_value_in_a_column_without_title_is_never_lost() -> None:
    """It names the column if it comes early, and costs its row if it comes late."""
    assert {"name": "A", "B": "x"} == first(tabled(["name"], ["A", "x"]))
    found = rows(tabled(["name"], *[["A"]] * 300, ["B", "late"]))
    assert BadRow(302, "column B holds a value but has no title", ("B", "late")) == found[-1]


def test_without_a_header_columns_go_by_letter() -> None:
    """The first row is a row."""
    assert [Row(1, {"A": "x", "B": "y"})] == rows(tabled(["x", "y"]), header=False)


def test_a_header_that_comes_again_is_skipped() -> None:
    """Sheets put together by hand hold it more than once."""
    assert [2, 4] == [row.line for row in rows(tabled(["a", "b"], ["1", "2"], ["a", "b"], ["3", "4"]))]


# --- sheets ----------------------------------------------------------------------------------------------------------


def several(book: Any, sheet: Any) -> None:
    """An empty sheet, a hidden one, and two with rows."""
    hidden = book.add_worksheet("Hidden")
    hidden.write_column(0, 0, ["secret", "1"])
    hidden.hide()
    for name in ("Über", "2"):
        book.add_worksheet(name).write_column(0, 0, [f"in {name}", "1"])


@pytest.mark.parametrize(
    ("sheet", "title"),
    [(None, "in Über"), ("über", "in Über"), ("3", "in Über"), ("2", "in 2"), ("4", "in 2"), ("Hidden", "secret")],
)
def test_the_first_visible_sheet_with_rows_is_taken_or_the_one_that_is_named(sheet: str | None, title: str) -> None:
    """By its name, in any case, else by its number; a sheet that is called 2 is that one."""
    assert (title,) == opened(xlsx(several), sheet=sheet).headers


def test_a_sheet_that_is_not_there_is_not_found() -> None:
    """The hint lists those that are."""
    with pytest.raises(NotFound, match="has no sheet '9'") as caught:
        opened(xlsx(several), sheet="9")
    assert caught.value.hint == "it has People, Hidden, Über, 2"
    with pytest.raises(UsageError, match="sheet People, is empty"):
        opened(xlsx(several), sheet="People")


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_workbook_is_known_by_its_bytes_under_any_name(tmp_path: Path) -> None:
    """And a text file that is called .xls is read as the text it is."""
    (tmp_path / "a.csv").write_bytes(tabled(["a", "b"], ["1", "2"]))
    (tmp_path / "b.xls").write_bytes(b"a\tb\n1\t2\n")
    for name, form in (("a.csv", "xlsx"), ("b.xls", "csv")):
        with open_table(tmp_path / name) as table:
            assert (form, ["1", "2"]) == (table.format, [*next(table.rows).cells.values()])  # type: ignore[union-attr]


def test_progress_reaches_the_files_size(tmp_path: Path) -> None:
    """As the rows of the sheet go by."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(tabled(["a"], *[["x"]] * 999))
    with open_table(path) as table:
        assert table.size == path.stat().st_size
        next(table.rows)
        early = table.position()
        assert len(list(table.rows)) == 998
        assert 0 < early < table.position() == table.size


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LOCKED, "is locked with a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "cannot read standard input as a workbook"),
        (tabled(["a"], ["1"])[:-200], "broken or cut short"),
        (xlsx(lambda *_: None), "is empty"),
    ],
    ids=["locked", "no workbook", "cut", "empty"],
)
def test_a_workbook_that_cannot_be_read_is_an_error(content: bytes, words: str) -> None:
    """Told as what it is."""
    with pytest.raises(UsageError, match=words):
        rows(content)


def test_a_text_said_to_be_a_workbook_is_an_error() -> None:
    """Saying so does not make it one."""
    with pytest.raises(UsageError, match="cannot read standard input as a workbook: it looks like a web page"):
        rows(b"<html><table>", format="xls")


def test_a_cell_at_the_far_corner_is_refused_before_memory_is_taken_for_all_between() -> None:
    """Seventeen thousand million empty cells are no table."""
    content = xlsx(lambda _, sheet: (sheet.write(0, 0, "a"), sheet.write(1_048_575, 16_383, "b")))
    with pytest.raises(UsageError, match="has a cell so far out that 17,179,869,184"):
        rows(content)


def test_padding_and_errors_are_found_over_the_pieces_of_a_large_sheet() -> None:
    """Each cell once, in the column where it stands."""

    def fill(book: Any, sheet: Any) -> None:
        five = book.add_format({"num_format": "00000"})
        for n in range(30_000):
            sheet.write(n, 0, "some text of a row")
            sheet.write(n, 27, n, five if n != 20_000 else None)
            if n % 1000 == 0:
                sheet.write_formula(n, 2, "=NA()", None, "#N/A")

    marks = marks_of(io.BytesIO(xlsx(fill)), 0, "x")
    five = Shown(5)
    assert (30, {27: [(0, 19_999, five), (20_001, 29_999, five)]}) == (marks.errors, marks.styled)
    assert [five, None, five, None] == [marks.shown(row, 27) for row in (19_999, 20_000, 20_001, 30_000)]


# --- properties ------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)


@settings(max_examples=40)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=6))
def test_texts_are_read_back(table: list[list[str]]) -> None:
    """Whatever they look like: numbers, formulas, errors apart."""

    def fill(_: Any, sheet: Any) -> None:
        for n, row in enumerate([["n", "a", "b"], *numbered]):
            for column, text in enumerate(row):
                sheet.write_string(n, column, text)

    numbered = [[f"№{n}", *row] for n, row in enumerate(table)]
    assert numbered == [list(row.cells.values()) for row in rows(xlsx(fill)) if isinstance(row, Row)]


SAMPLES = [tabled(["name", "n"], ["A", 1], ["B", 2]), xls(lambda _, sheet: sheet.write(0, 0, "x")), ods(cell("x"))]


@settings(max_examples=60)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    st.floats(0.3, 1),
)
def test_a_damaged_workbook_is_read_or_refused(sample: bytes, changes: list[tuple[float, int]], kept: float) -> None:
    """Nothing but our own errors comes out."""
    content = bytearray(sample)
    for place, byte in changes:
        content[int(place * len(content))] = byte
    try:
        rows(bytes(content[: int(len(content) * kept)]) if kept < 0.9 else bytes(content))
    except CrmError:
        return
