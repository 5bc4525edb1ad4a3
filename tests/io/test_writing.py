"""Workbooks, typed columns and the way a file comes to be."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from crmcli.domain.money import Money
from crmcli.domain.views import Due, Link
from crmcli.errors import Conflict, UsageError
from crmcli.io.writing import sheet
from crmcli.io.writing.columns import TypedColumn
from crmcli.io.writing.parquet import write_parquet
from crmcli.io.writing.place import Archive, new_file
from crmcli.render.formats import cell

if TYPE_CHECKING:
    from pathlib import Path


def column(name: str = "a", kind: str = "text") -> TypedColumn:
    """A column of records that are values themselves."""
    return TypedColumn(name, kind, lambda value: value)


def cells(*values: Any) -> list[Any]:
    """What a spreadsheet reads of these values."""
    file = io.BytesIO()
    sheet.write_workbook(file, [sheet.Sheet("x", [column()], list(values))], UTC, cell)
    file.seek(0)
    return [row[0] for row in CalamineWorkbook.from_filelike(file).get_sheet_by_name("x").to_python()[1:]]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "{=1}", "+1", "@x", "http://x.example", "mailto:a@b.c", "00123", "1e5", "TRUE", "'q", " ż ", "a\nb\tc",
     "🎉", "_x0041_", "\x01", "2026-01-01", "عربي", "姓名"],
)  # fmt: skip
def test_text_stays_text(text: str) -> None:
    """Nothing becomes a formula, a link, a number or a date."""
    assert [text] == cells(text)


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=30,
    )
)
def test_any_text_stays_text(text: str) -> None:
    assert [text.replace("\r\n", "\n")] == [str(found).replace("\r\n", "\n") for found in cells(text)]


def test_values_are_what_they_are() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    expected: list[tuple[Any, Any]] = [
        (12, 12), (10**16, str(10**16)), (1.5, 1.5), (True, True), (Money(12345, "EUR"), 123.45), (Money(5, "JPY"), 5),
        (Money(1234, "KWD"), 1.234), (date(2026, 1, 2), date(2026, 1, 2)), (date(1850, 1, 2), "1850-01-02"),
        (date(1900, 2, 28), "1900-02-28"), (moment, moment.replace(tzinfo=None)), (Due(date(2026, 1, 1)), date(2026, 1, 1)),
        (Due(date(2026, 1, 2), moment), moment.replace(tzinfo=None)), (Link("ct_1", "Ana"), "Ana"), (("a", "b"), "a; b"),
        (("a;b",), '["a;b"]'), ((Link("x", "p,q"), Link("y", "r")), '["p,q","r"]'), ({"k": [1]}, '{"k":[1]}'),
    ]  # fmt: skip
    assert [wanted for _, wanted in expected] == cells(*(value for value, _ in expected))


def test_rows_beyond_a_sheet_go_to_further_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its header."""
    monkeypatch.setattr(sheet, "ROWS", 4)
    file = io.BytesIO()
    sheet.write_workbook(file, [sheet.Sheet("people", [column()], range(1, 9))], None, cell)
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    assert {"people": [1, 2, 3], "people 2": [4, 5, 6], "people 3": [7, 8]} == {
        name: [row[0] for row in book.get_sheet_by_name(name).to_python()[1:]] for name in book.sheet_names
    }


def test_a_header_stays_in_sight_and_filters() -> None:
    file = io.BytesIO()
    sheet.write_workbook(file, [sheet.Sheet("x", [column(), column("b", "money")], [])], None, cell)
    with zipfile.ZipFile(file) as bundle:
        xml = bundle.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A1:B1"/>' in xml
    assert 'customWidth="1"' in xml


def test_what_a_cell_can_not_hold_is_cut_and_counted() -> None:
    file = io.BytesIO()
    assert 1 == sheet.write_workbook(file, [sheet.Sheet("x", [column()], ["x" * 40_000, "y"])], None, cell)
    (long, _) = cells("x" * 40_000, "y")
    assert (sheet.CELL, "x…") == (len(long), long[-2:])


def test_parquet_takes_every_kind_and_what_is_missing() -> None:
    from pyarrow import parquet

    kinds: dict[str, Any] = {
        "text": "ż", "integer": 2**40, "number": 1.5, "flag": True, "date": date(1850, 1, 2), "due": Due(date(2026, 1, 2)),
        "moment": datetime(2026, 1, 2, tzinfo=UTC), "money": Money(12345, "EUR"), "link": Link("a", "b"), "texts": ("a;b",),
        "links": (Link("a", "b"),), "json": {"k": [1, None]}, "custom": 5,
    }  # fmt: skip
    columns = [TypedColumn(kind, kind, lambda record, kind=kind: record.get(kind)) for kind in kinds]
    file = io.BytesIO()
    write_parquet(file, columns, [kinds, {}])
    full, empty = parquet.read_table(file).to_pylist()
    assert {
        "text": "ż",
        "due": "2026-01-02",
        "json": '{"k": [1, null]}',
        "custom": "5",
        "link": {"id": "a", "name": "b"},
    } == {key: full[key] for key in ("text", "due", "json", "custom", "link")}
    assert (date(1850, 1, 2), ["a;b"], 2**40) == (full["date"], full["texts"], full["integer"])
    assert {None} == set(empty.values())


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    (path := tmp_path / "folder" / "a.csv").parent.mkdir()
    with pytest.raises(ZeroDivisionError), new_file(path) as file:
        file.write(b"half" * (1 // 0))
    assert [] == list(path.parent.iterdir())
    with new_file(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert b"whole" == path.read_bytes()
    with pytest.raises(Conflict), new_file(path):
        pass
    with new_file(path, replace=True) as file:
        file.write(b"new")
    assert [path] == list(path.parent.iterdir())


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't write"), new_file(tmp_path / "nowhere" / "a.csv"):
        pass
    with pytest.raises(UsageError, match="can't write"), new_file(tmp_path, replace=True):
        pass


def test_an_ending_packs(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.csv.gz") as file:
        file.write(b"text")
    assert b"text" == gzip.decompress((tmp_path / "a.csv.gz").read_bytes())


def test_an_archive_holds_its_parts(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.zip") as file, Archive(file, datetime(2026, 1, 2, tzinfo=UTC)) as archive:
        for name in ("a", "b"):
            with archive.part(name) as part:
                part.write(name.encode())
    with zipfile.ZipFile(tmp_path / "a.zip") as bundle:
        assert {"a": b"a", "b": b"b"} == {name: bundle.read(name) for name in bundle.namelist()}
