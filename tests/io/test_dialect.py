"""Delimiters, quotes and preambles: what stands above a table, and never its header."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.io.charset import TextStream
from crmcli.io.opening import open_table
from crmcli.io.preamble import header_at
from crmcli.io.records import Form, Records, line_blocks
from crmcli.io.table import BadRow, Row


def read(text: str) -> tuple[tuple[str, ...], list[list[str]], dict[str, int]]:
    """The headers, the cells of the good rows, and the notes; asserts that no row is bad."""
    with open_table(io.BytesIO(text.encode())) as table:
        rows = list(table.rows)
        assert [row for row in rows if isinstance(row, BadRow)] == []
        return table.headers, [list(map(str, row.cells.values())) for row in rows], dict(table.notes())


LINKEDIN = (
    'Notes:\n"When exporting your connections, some addresses may be missing, ""as set"" by them."\n\n'
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    "Jane,Doe,https://x.example/in/jane,,Acme,CEO,21 Nov 2023\n"
    "Ivan,Petrov,https://x.example/in/ivan,i@x.example,Beta,CTO,01 Jan 2024\n"
)


def test_the_notes_above_a_list_of_connections_are_skipped_and_counted() -> None:
    """A block of text and a blank line belong to no column."""
    headers, rows, notes = read(LINKEDIN)
    assert ("First Name", "Connected On", 2) == (headers[0], headers[-1], len(rows))
    assert {"lines before the header": 3} == notes


@pytest.mark.parametrize(
    ("text", "headers", "above"),
    [
        (
            "Bericht 2024;;;\n;;;\nStand: 1. Mai;;;\n\nNr;Name;Ort;Betrag\n1;A;Köln;1,5\n2;B;Bonn;2,5\n",
            "Nr Name Ort Betrag",
            4,
        ),
        ("Report\n\nNr;Name;Ort\n1;A, B, C;x\n2;D;y\n3;E;z\n", "Nr Name Ort", 2),
        (
            "Konto;123456\nStand;01.01.2024\n\nDatum;Text;Betrag;Saldo\n1.1.;a;1;2\n2.1.;b;3;4\n",
            "Datum Text Betrag Saldo",
            3,
        ),
        ("Contacts\n\nname,email\nA,a@x.example\nB,b@x.example\n", "name email", 2),
        ("List of people\nid,name,city\n1,A,X\n2,B,Y\n", "id name city", 1),
    ],
)
def test_titles_above_a_wider_header_are_skipped(text: str, headers: str, above: int) -> None:
    """As governments and banks write them."""
    found, _, notes = read(text)
    assert (headers.split(), {"lines before the header": above}) == (list(found), notes)


@pytest.mark.parametrize(
    "text",
    [
        "name\nA,b\nC,d\n",
        "name\n\nA\nB\n",
        "a,b\n1,2,3,4,5\n1,2\n3,4\n",
        "id,name\n\n1,A,2024-01-01,x@y.example\n2,B,2024-01-01,z@y.example\n",
        "note\n1,2,3\n4,5,6\n",
        "title\nvalue,value,value\n",
    ],
)
def test_a_real_header_is_never_skipped(text: str) -> None:
    """A narrow header above ragged rows is one still; the rows that do not fit are rejected."""
    with open_table(io.BytesIO(text.encode())) as table:
        assert (text.split("\n", 1)[0].rstrip(",").split(","), {}) == (list(table.headers), table.notes())


CELL = st.text("abc é", max_size=4)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12), st.sampled_from(["name", "Имя", "x y"]))
def test_a_header_as_wide_as_its_rows_is_the_first_row(rows: list[list[str]], title: str) -> None:
    """Whatever they hold."""
    assert header_at([[title, "b", "c"], *rows]) == 0


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("'id','name'\n'1','O''Brien, Pat'\n'2','x;y'\n", [["1", "O'Brien, Pat"], ["2", "x;y"]]),
        ("id;name\n1;'Abd al-Rahman\n2;d'Arc\n", [["1", "'Abd al-Rahman"], ["2", "d'Arc"]]),
        ('id,name\n1,"say ""hi"""\n', [["1", 'say "hi"']]),
        ('id,name\n1,"say \\"hi\\", twice"\n2,"C:\\dir\\x"\n', [["1", 'say "hi", twice'], ["2", "C:\\dir\\x"]]),
        ('id,name\n1,"C:\\dir\\"\n2,"x\\n"\n', [["1", "C:\\dir\\"], ["2", "x\\n"]]),
        ('id,name\n1,"a \\\\"\n2,"b \\" c"\n', [["1", "a \\"], ["2", 'b " c']]),
    ],
)
def test_quotes_and_what_escapes_them_are_found(text: str, rows: list[list[str]]) -> None:
    """Apostrophes around every cell, quotes doubled or after a backslash; a path and a name keep theirs."""
    assert rows == read(text)[1]


@given(
    st.lists(st.lists(st.text("ab,;'\n", max_size=6), min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_file_quoted_with_apostrophes_throughout_is_read_back(rows: list[list[str]], newline: str) -> None:
    """Any text in any cell."""
    numbered = [[str(n), *row] for n, row in enumerate(rows)]
    text = io.StringIO(newline="")
    csv.writer(text, quotechar="'", quoting=csv.QUOTE_ALL, lineterminator=newline).writerows(
        [["n", "a", "b"], *numbered]
    )
    assert numbered == read(text.getvalue())[1]


def test_a_record_over_many_chunks_and_rows_after_it_keep_their_lines() -> None:
    """A cell of many lines runs over the end of what is read at a time."""
    long = "\n".join(["line"] * 50_000)
    with open_table(io.BytesIO(f'a,b\n1,"{long}"\n2,x\n"3","y"\n'.encode())) as table:
        rows = list(table.rows)
    assert [Row(2, {"a": "1", "b": long}), Row(50_002, {"a": "2", "b": "x"}), Row(50_003, {"a": "3", "b": "y"})] == rows


PIECES = st.lists(st.text('ab",;\\\r\n\0 ', max_size=12), max_size=12)


def test_a_piece_without_text_ends_no_line_and_hides_no_end() -> None:
    """A decoder gives such a piece while it waits for the rest of a character."""
    assert list(line_blocks(["\r", "", ";"])) == [["\r"], [";"]]
    assert list(line_blocks(["\r", "", "\n"])) == [["\r\n"]]


@given(PIECES, st.booleans())
def test_no_border_between_pieces_shows(pieces: list[str], escaped: bool) -> None:
    """Records, flaws and lines are the same however the text comes; no line is lost and none comes twice."""
    form = Form(",", escaped=escaped)

    def records(parts: list[str]) -> list[object]:
        return list(Records(line_blocks(parts), form, TextStream((), None)))

    whole = "".join(pieces)
    found = records([whole])
    assert found == records(pieces) == records(list(whole))
    lines = [record[0] for record in found]  # type: ignore[index]
    assert lines == sorted(set(lines))
