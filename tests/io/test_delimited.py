"""Delimited files as they come: every encoding, delimiter and line end, and nothing lost where they are broken."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import threading
import tracemalloc
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcli.errors import BadValue, NotFound, UsageError
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row

SHARED = Path(__file__).resolve().parents[3] / "shared/data"


def rows(source: bytes | str, **options: object) -> list[Row | BadRow]:
    """The rows and bad rows of the given bytes, the latter without what there is of them."""
    return [row._replace(cells=()) if isinstance(row, BadRow) else row for row in all_of(source, **options)]


def all_of(source: bytes | str, **options: object) -> list[Row | BadRow]:
    """The rows and bad rows of the given bytes."""
    content = source.encode() if isinstance(source, str) else source
    with open_table(io.BytesIO(content), Reading(**options)) as table:  # type: ignore[arg-type]
        return list(table.rows)


def cells(source: bytes | str, **options: object) -> list[list[str]]:
    """The cells of the good rows, asserting that there are no bad ones."""
    found = rows(source, **options)
    assert [row for row in found if isinstance(row, BadRow)] == []
    return [list(row.cells.values()) for row in found if isinstance(row, Row)]


# --- the plain case --------------------------------------------------------------------------------------------------


def test_a_row_goes_by_header_and_knows_its_line() -> None:
    """Cells are found by header; the line counts from 1, the header's own."""
    table = open_table(io.BytesIO("name,city\nАна,София\nŁukasz,Łódź\n".encode()))
    assert table.headers == ("name", "city")
    assert [Row(2, {"name": "Ана", "city": "София"}), Row(3, {"name": "Łukasz", "city": "Łódź"})] == list(table.rows)
    assert (table.encoding, table.delimiter) == ("utf-8", ",")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_delimiter_line_end_and_marked_encoding_is_found(newline: str, delimiter: str, encoding: str) -> None:
    """No option is needed for any of the usual forms; UTF-16 is known even without its mark."""
    table = [["name", "note", "sum"], ["Jane Doe", f"a{delimiter}b, c; d", "1,5"], ["Иван", "", "2"]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(table)
    assert table[1:] == cells(text.getvalue().encode(encoding))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1251", "Мария Иванова"),
        ("windows-1251", "Объём продаж, №5"),
        ("windows-1252", "José Größe"),
        ("windows-1252", "créée à Orléans – 5 €"),
        ("windows-1250", "Stanisława Wójcik, Łódź, książka"),
    ],
)
def test_a_windows_code_page_is_guessed(encoding: str, text: str) -> None:
    """Bytes that are no UTF-8 are read in the likeliest of the western, central European and Cyrillic pages."""
    table = open_table(io.BytesIO(f'name,city\n"{text}",x\n'.encode(encoding)))
    assert [Row(2, {"name": text, "city": "x"})] == list(table.rows)
    assert encoding == table.encoding


def test_the_guess_waits_for_the_first_byte_that_needs_it() -> None:
    """A file may be ASCII for longer than is looked at ahead."""
    plain = b"".join(b"person %d,x\n" % n for n in range(20_000))
    found = cells(b"name,city\n" + plain + "Мария Иванова,София\n".encode("windows-1251"))
    assert (len(found), found[-1]) == (20_001, ["Мария Иванова", "София"])


def test_an_encoding_given_is_used() -> None:
    """``encoding`` wins over the guess, under any of its names, and a mark at the start is no part of a header."""
    assert cells("miasto\nŁódź\n".encode("iso-8859-2"), encoding="latin2") == [["Łódź"]]
    assert open_table(io.BytesIO(b"\xef\xbb\xbfname,b\n"), Reading(encoding="UTF8")).headers == ("name", "b")


@pytest.mark.parametrize("size", [1, 3, 65_535, 65_536, 65_537])
def test_a_letter_or_line_end_across_a_chunk_border_stays_whole(size: int) -> None:
    """Reading goes chunk by chunk, and no border shows."""
    filler = "x" * size
    assert [[filler, "Щ"], ["я", "2"]] == cells(f"a,b\r\n{filler},Щ\r\nя,2\r\n")
    assert [["y", filler], ["я", "2"]] == cells(f"a,b\ry,{filler}\rя,2\r")


# --- quoting and delimiters ------------------------------------------------------------------------------------------


def test_quoted_line_ends_and_doubled_quotes_are_text() -> None:
    """A cell keeps its line ends as they are, and the next row knows its line."""
    found = rows('name,note\r\nA,"one\r\ntwo ""three"""\r\nB,x\r\n')
    assert [Row(2, {"name": "A", "note": 'one\r\ntwo "three"'}), Row(4, {"name": "B", "note": "x"})] == found


def test_a_quote_inside_an_unquoted_cell_is_text() -> None:
    """Inches are no quoting."""
    assert cells('thing,count\n5" pipe,2\n') == [['5" pipe', "2"]]


def test_spaces_after_every_delimiter_do_not_hide_the_quotes() -> None:
    """``a, "b, c", d`` has three cells."""
    assert cells('x, y, z\n1, "b, c", "d"\n2, "e", f\n') == [["1", "b, c", "d"], ["2", "e", "f"]]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Name;Amount, EUR;City\nA;1,5;B\nC;2,5;D\n", ";"),
        ('a,"x;y;z;w"\n1,"p;q;r;s"\n', ","),
        ("id;note\n1;one, two, three\n2;four\n", ";"),
        ("a|b|c\n1,5|2,5|3,5\n", "|"),
        ("name\tcompany\nDoe, Jane\tAcme, Inc.\n", "\t"),
        ('"First ""Nick"" Name";"b"\n"x";"y"\n', ";"),
        ('a,b\n1,"many;semi\ncolons;over;lines"\n2,"x;y;z"\n', ","),
        ("only\nvalue\n", ","),
        ("sep=;\na,x;b,x\n1,5;2,5\n", ";"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(text: str, delimiter: str) -> None:
    """It is counted outside quotes, over many lines, against the header."""
    assert delimiter == open_table(io.BytesIO(text.encode())).delimiter


@pytest.mark.parametrize(("given_as", "mark"), [("tab", "\t"), ("\\t", "\t"), ("semicolon", ";"), ("^", "^")])
def test_a_delimiter_given_is_used(given_as: str, mark: str) -> None:
    """As itself or by its name."""
    assert cells(f"a,b{mark}c\n1,2{mark}3\n", delimiter=given_as) == [["1,2", "3"]]


def test_excels_separator_line_is_no_row_but_counts_as_a_line() -> None:
    """``sep=;`` says the delimiter and is not a header."""
    assert [Row(3, {"a": "1", "b": "2"})] == rows("sep=;\r\na;b\r\n1;2\r\n")


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        (" Name ,\u00a0E-mail\u00a0", ("Name", "E-mail")),
        ("Phone,Phone,Phone", ("Phone", "Phone (2)", "Phone (3)")),
        ("Phone,Phone,Phone (2)", ("Phone", "Phone (3)", "Phone (2)")),
        ('"First\nname",b', ("First name", "b")),
        ("a,a,a (2),a", ("a", "a (3)", "a (2)", "a (4)")),
        ("名前,會社", ("名前", "會社")),
    ],
)
def test_headers_are_tidy_and_distinct(line: str, headers: tuple[str, ...]) -> None:
    """White space is squeezed and a second column of one name is numbered, around names already there."""
    table = open_table(io.BytesIO(f"{line}\n1,2,3\n".encode()))
    assert headers == table.headers


def test_a_column_without_title_is_named_by_letter_or_dropped_when_empty() -> None:
    """Only the column that holds something gets a name."""
    table = open_table(io.BytesIO(b"name,,,city,,\nA,x,,B,,\n"))
    assert table.headers == ("name", "B", "city")
    assert [Row(2, {"name": "A", "B": "x", "city": "B"})] == list(table.rows)


def test_a_late_value_in_a_dropped_column_is_reported() -> None:
    """A value is never lost because its column looked empty at the start."""
    found = rows("a,b,\n" + "1,2,\n" * 300 + "1,2,late\n")
    assert len([row for row in found if isinstance(row, Row)]) == 300
    assert BadRow(302, "column C holds a value but has no title") == found[-1]


def test_without_a_header_columns_go_by_letter() -> None:
    """The first row is a row."""
    assert [Row(1, {"A": "x", "B": "y"}), Row(2, {"A": "z", "B": ""})] == rows("x,y\nz\n", header=False)
    wide = open_table(io.BytesIO((",".join(["x"] * 29) + "\n").encode()), Reading(header=False))
    assert wide.headers[25:] == ("Z", "AA", "AB", "AC")


def test_a_header_that_comes_again_is_skipped() -> None:
    """Files put together by hand hold their header more than once."""
    assert cells("a,b\n1,2\na,b\n3,4\n") == [["1", "2"], ["3", "4"]]
    assert cells("name\nname\n") == [["name"]], "a single column may well hold its own title"


# --- ragged and blank ------------------------------------------------------------------------------------------------


def test_blank_rows_are_skipped_and_counted_as_lines() -> None:
    """So are rows of nothing but delimiters and spaces, above the header too."""
    assert [Row(4, {"a": "1", "b": "2"}), Row(8, {"a": "3", "b": "4"})] == rows("\n\na,b\n1,2\n\n  \n,,,\n3,4\n\n")


def test_short_rows_are_padded() -> None:
    """Cells that are missing at the end are empty."""
    assert cells("a,b,c\n1\n1,2\n") == [["1", "", ""], ["1", "2", ""]]


def test_long_rows_are_rejected_unless_the_rest_is_empty() -> None:
    """A cell too many has no place, an empty one needs none."""
    assert [Row(2, {"a": "1", "b": "2"}), BadRow(3, "it has 3 cells for 2 columns")] == rows("a,b\n1,2,, \n1,2,3\n")


def test_an_empty_first_column_is_left_out() -> None:
    """As a delimiter at the start of each line makes it."""
    assert [{"a": "1", "b": "2"}] == [row.cells for row in rows(";a;b\n;1;2\n")]


# --- broken rows -----------------------------------------------------------------------------------------------------


def test_a_stray_byte_costs_its_own_row() -> None:
    """Text that is UTF-8 as a whole is not guessed to be anything else."""
    found = rows("name,b\nИван,1\n".encode() + b"bad \xe9,2\n" + "Ана,3\n".encode())
    assert [row.line for row in found] == [2, 3, 4]
    assert BadRow(3, "byte 0xE9 is not utf-8 text") == found[1]


def test_a_cut_letter_at_the_end_costs_its_own_row() -> None:
    """A file that was cut off in the middle of a letter says so."""
    found = rows("name,b\nИван,1\nАна,".encode() + "я".encode()[:1])
    assert BadRow(3, "byte 0xD1 is not utf-8 text") == found[1]
    found = rows("name,b\nИван,1\nАна,x".encode("utf-16")[:-1])
    assert isinstance(found[1], BadRow)


def test_a_nul_costs_its_own_row() -> None:
    """NUL is no text, in a cell or between them."""
    found = rows(b"name,b\nx,1\ny\x00z,2\nw,3\n")
    assert [Row(2, {"name": "x", "b": "1"}), BadRow(3, "it holds a NUL byte"), Row(4, {"name": "w", "b": "3"})] == found


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_unclosed_quote_costs_one_row_and_not_the_rest_of_the_file(end: str) -> None:
    """What follows is read again as rows of its own, with the right lines."""
    found = rows(end.join(["a,b", "1,x", '2,"open', "3,y", '4,"two', 'lines"', "5,z", ""]))
    assert BadRow(3, "a quote that opens here is not closed rightly") == found[1]
    assert [Row(2, {"a": "1", "b": "x"}), Row(4, {"a": "3", "b": "y"})] == [found[0], found[2]]
    assert [Row(5, {"a": "4", "b": f"two{end}lines"}), Row(7, {"a": "5", "b": "z"})] == found[3:]


def test_an_unclosed_quote_near_the_end_is_reported() -> None:
    """Nothing closes it, and the row is not silently taken for whole."""
    assert [BadRow(2, "a quote that opens here is not closed rightly")] == rows('a,b\n1,"open')


def test_the_other_half_of_a_broken_cell_is_not_taken_for_a_row() -> None:
    """Quotes inside a quoted cell that were not doubled break a row over several lines; each is reported."""
    found = rows('a,b,c\n1,"hello\nhe said "no", twice\nand left",x\n2,y,z\n')
    assert [row.line for row in found if isinstance(row, BadRow)] == [2, 3, 4]
    assert Row(5, {"a": "2", "b": "y", "c": "z"}) == found[-1]


def test_text_after_a_closing_quote_costs_its_own_row() -> None:
    """The reason shows the place."""
    found = rows('a,b\n1,"x" y\n2,z\n')
    assert [BadRow(2, 'text stands after a closing quote: 1,"x" y'), Row(3, {"a": "2", "b": "z"})] == found


def test_many_unclosed_quotes_are_read_in_time_in_step_with_the_file() -> None:
    """Each line is looked at a few times at most, however many quotes are open."""
    found = rows("a,b\n" + '1,"x\n2,""y\n' * 20_000)
    assert sum(isinstance(row, BadRow) for row in found) == 40_000


def test_a_header_that_cannot_be_read_is_an_error() -> None:
    """There is no telling what the rows below it mean."""
    with pytest.raises(UsageError, match="line 2: the header cannot be read: byte 0xFF is not utf-8 text"):
        rows("\nимя,b".encode() + b"\xff\nx,y\n")


def test_a_bad_first_row_without_a_header_is_a_bad_row() -> None:
    """The width is told by the first row that can be read."""
    found = rows("имя,b".encode() + b"\xff\nx,y\n", header=False)
    assert [BadRow(1, "byte 0xFF is not utf-8 text"), Row(2, {"A": "x", "B": "y"})] == found


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a,b\n1,2,3\n", ("1", "2", "3")),
        ('a,b\n1,"x" y\n', ('1,"x" y',)),
        ('a,b\n1,"open\n', ('1,"open',)),
        (b"a,b\nx,\xd0\x96\ny\xff,2\n", ("y\ufffd", "2")),
        (b"a,b\ny\x00,2\n", ("y\ufffd", "2")),
    ],
)
def test_a_bad_row_keeps_what_there_is_of_it(text: bytes | str, cells: tuple[str, ...]) -> None:
    """To be given back, mended and read again: its cells, or its raw text where it could not be cut."""
    assert cells == next(row.cells for row in all_of(text) if isinstance(row, BadRow))


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_a_cell_of_many_characters_is_read_whole() -> None:
    """The csv module's own limit of 131,072 characters does not hold here."""
    long = "я" * 1_000_000
    assert [[long, f"{long}\n{long}"]] == cells(f'a,b\n{long},"{long}\n{long}"\n')


@pytest.mark.parametrize(("length", "what"), [(10 * 1024 * 1024 + 1, "a cell"), (11_000_000, "the line")])
def test_a_cell_over_ten_million_characters_costs_its_own_row(length: int, what: str) -> None:
    """Memory stays bounded, and the next row is read."""
    found = rows(f"a,b\n{'x' * length},1\n2,3\n")
    assert [BadRow(2, f"{what} is longer than 10 million characters"), Row(3, {"a": "2", "b": "3"})] == found


def test_memory_does_not_grow_with_the_file() -> None:
    """Twenty times the rows need no more memory."""

    def peak(count: int) -> int:
        stream = Endless(b"name,email,note\n", "Мария Иванова,maria%d@example.com,some words\n", count)
        tracemalloc.start()
        try:
            read = sum(isinstance(row, Row) for row in open_table(stream).rows)  # type: ignore[arg-type]
            return tracemalloc.get_traced_memory()[1] if read == count else 0
        finally:
            tracemalloc.stop()

    small, large = peak(4_000), peak(80_000)
    assert 0 < large < small * 1.5 < 5_000_000


class Endless(io.RawIOBase):
    """A stream that makes its rows as they are read, as a pipe would: no seeking, no length, short reads."""

    def __init__(self, header: bytes, row: str, count: int) -> None:
        self._left = header
        self._row = row
        self._count = count
        self._made = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and self._made < self._count:
            batch = range(self._made, min(self._made + 1_000, self._count))
            self._left += "".join([self._row % number for number in batch]).encode()
            self._made = batch.stop
        size = min(len(buffer), len(self._left), 5_000)
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


# --- where the bytes come from ---------------------------------------------------------------------------------------


def test_a_file_tells_its_size_and_how_far_it_was_read(tmp_path: Path) -> None:
    """A progress bar needs both, and the file is closed at the end."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 50_000)
    with open_table(path) as table:
        assert path.stat().st_size == table.size
        next(table.rows)
        early = table.position()
        assert sum(1 for _ in table.rows) == 50_000 - 1
        assert 0 < early < table.position() == table.size


def test_a_pipe_is_read_without_seeking() -> None:
    """Its size is unknown; no row is lost to looking ahead."""
    reader, writer = os.pipe()
    feeder = threading.Thread(target=_feed, args=(writer, b"a;b\n" + b"1;2\n" * 40_000))
    feeder.start()
    with os.fdopen(reader, "rb", buffering=0) as stream:
        table = open_table(stream)
        assert (table.size, table.delimiter) == (None, ";")
        assert sum(isinstance(row, Row) for row in table.rows) == 40_000
        assert table.position() == 4 * 40_001
    feeder.join()


def _feed(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def test_a_stream_handed_in_stays_open_and_counts_from_where_it_stood() -> None:
    """Standard input is not ours to close."""
    stream = io.BytesIO(b"skipped\na,b\n1,2\n")
    stream.seek(8)
    with open_table(stream) as table:
        assert table.size == 8
        assert [Row(2, {"a": "1", "b": "2"})] == list(table.rows)
    assert not stream.closed


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    """Exit 3, naming the file."""
    with pytest.raises(NotFound, match=r"no file .*absent\.csv"):
        open_table(tmp_path / "absent.csv")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    """Exit 2, naming it."""
    with pytest.raises(UsageError, match="is a directory, not a file"):
        open_table(tmp_path)


def test_an_unreadable_file_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words, in one line."""

    def denied(*_: object) -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(UsageError, match=r"cannot read .*people\.csv: permission denied"):
        open_table(tmp_path / "people.csv")


def test_a_stream_that_fails_halfway_says_why() -> None:
    """A network drive may go away while it is read."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 100_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    table = open_table(Failing(b"a,b\n" + b"1,2\n" * 100_000))
    with pytest.raises(UsageError, match="cannot read standard input: input/output error"):
        list(table.rows)


@pytest.mark.parametrize("content", [b"", b"\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b",,,\n , \n", b"sep=;\n"])
@pytest.mark.parametrize("header", [True, False])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes, header: bool) -> None:
    """Nothing but blanks is empty too."""
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"people\.csv is empty"):
        open_table(path, Reading(header=header))


def test_a_header_alone_is_a_table_without_rows() -> None:
    """That is no error: there was nothing to export."""
    assert cells("name,email\n") == []


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xef\xbb\xbf<!doctype html>", "a web page"),
        (b"<html><table>", "a web page"),
        (b'<?xml version="1.0"?>', "XML"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\x01\x02\x00\x03garbage\xff\n", "binary data"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_what_it_looks_like(content: bytes, looks: str) -> None:
    """A picture renamed to .csv is said to be one."""
    with pytest.raises(UsageError, match=f"standard input looks like {looks}, not CSV or TSV"):
        open_table(io.BytesIO(content))


@pytest.mark.parametrize(
    ("option", "value"),
    [("encoding", "klingon"), ("encoding", "base64"), ("encoding", "utf\0"), ("delimiter", "ab"), ("delimiter", '"')],
)
def test_an_unknown_encoding_or_delimiter_is_a_bad_value(option: str, value: str) -> None:
    """The error names the flag."""
    with pytest.raises(BadValue, match=option):
        open_table(io.BytesIO(b"a,b\n1,2\n"), Reading(**{option: value}))


# --- properties ------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(
    table=st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from(",;\t|^"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
@example(table=[["\u2028\x85\x0b\x1c", " lead", 'q"uo"te']], delimiter=",", newline="\r", encoding="utf-8")
def test_what_csv_writes_is_read_back_exactly(
    table: list[list[str]], delimiter: str, newline: str, encoding: str
) -> None:
    """Any text in any cell survives, whatever the form of the file."""
    numbered = [[str(n), *line] for n, line in enumerate(table)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(
        [["n", "a", "b", "c"], *numbered]
    )
    assert numbered == cells(text.getvalue().encode(encoding), delimiter=delimiter)


WORDS = st.text(st.characters(categories=["L", "N"], include_characters=" .'-"), max_size=20)


@given(
    table=st.lists(st.lists(WORDS, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_form_of_ordinary_files_is_found_without_options(
    table: list[list[str]], delimiter: str, newline: str
) -> None:
    """Names and places in any script, quoted only where needed."""
    numbered = [[f"№{n}", *line] for n, line in enumerate(table)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows([["n", "a", "b", "c"], *numbered])
    assert numbered == cells(text.getvalue().encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but a usage error ever comes out of a file, and lines only go up."""
    try:
        found = rows(content)
    except UsageError:
        return
    assert sorted({row.line for row in found}) == [row.line for row in found]


# --- real files ------------------------------------------------------------------------------------------------------

COUNTS = {
    "crm_maven/accounts.csv": 85,
    "crm_maven/products.csv": 7,
    "crm_maven/sales_pipeline.csv": 8800,
    "crm_maven/sales_teams.csv": 35,
    "google/new_header_other_contacts.csv": 5,
    "google/old_header_linkedout.csv": 3,
    "hubspot_like/hubspot_activities.csv": 2000,
    "hubspot_like/hubspot_companies.csv": 200,
    "hubspot_like/hubspot_contacts.csv": 950,
    "hubspot_like/hubspot_deals.csv": 500,
    "hubspot_like/hubspot_tickets.csv": 300,
    "northwind/customers.csv": 91,
    "northwind/order_details.csv": 2155,
    "northwind/orders.csv": 830,
    "northwind/products.csv": 77,
    "salesforce/dataloader_opportunityData.csv": 38,
}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_real_files_are_read_to_the_last_row(name: str, count: int) -> None:
    """Every row comes out, and none is bad."""
    with open_table(SHARED / name) as table:
        found = list(table.rows)
    assert count == len(found)
    assert [row for row in found if isinstance(row, BadRow)] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
@pytest.mark.parametrize("path", sorted(SHARED.rglob("*.csv")), ids=lambda path: path.name)
def test_every_real_file_has_the_rows_that_a_plain_reader_finds(path: Path) -> None:
    """Cell for cell, below the header."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        _, *wanted = (row for row in csv.reader(file) if any(map(str.strip, row)))
    with open_table(path) as table:
        found = [list(row.cells.values()) for row in table.rows if isinstance(row, Row)]
    assert [[cell for cell in row if cell] for row in wanted] == [[cell for cell in row if cell] for row in found]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_the_maven_pipeline_adds_up() -> None:
    """Its stages and the value won are those that are known."""
    with open_table(SHARED / "crm_maven/sales_pipeline.csv") as table:
        deals = [row.cells for row in table.rows if isinstance(row, Row)]
    stages = {stage: sum(deal["deal_stage"] == stage for deal in deals) for stage in ("Won", "Lost", "Engaging")}
    assert stages == {"Won": 4238, "Lost": 2473, "Engaging": 1589}
    assert sum(int(deal["close_value"]) for deal in deals if deal["deal_stage"] == "Won") == 10_005_534
    assert sum(not deal["account"] for deal in deals) == 1425


def test_a_file_is_closed_when_its_header_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error leaves no open file behind."""
    opened: list[BinaryIO] = []
    genuine = Path.open

    def watched(path: Path, mode: str = "r") -> BinaryIO:
        opened.append(genuine(path, mode))  # type: ignore[arg-type]
        return opened[-1]

    monkeypatch.setattr(Path, "open", watched)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bad.csv"
        path.write_bytes(b'"never closed,b\nx,y\n')
        with pytest.raises(UsageError, match="the header cannot be read"):
            open_table(path)
    assert [stream.closed for stream in opened if stream.mode == "rb"] == [True]
