"""Columns of fixed width: each cell at its own place of the line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import BadValue
from crmcli.io.fixed_width import Place, places_of
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("customer:8-11,date:13-20", (Place("customer", 8, 11), Place("date", 13, 20))),
        (" name : 1 - 4 , flag:5, rest: 6- ", (Place("name", 1, 4), Place("flag", 5, 5), Place("rest", 6, None))),
        ("имя клиента:1-3", (Place("имя клиента", 1, 3),)),
    ],
)
def test_places_are_counted_from_one_with_both_ends(text: str, places: tuple[Place, ...]) -> None:
    """One number is one character, and without a last one the column goes to the end of the line."""
    assert places_of(text) == places


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is not NAME:FIRST-LAST"),
        ("customer", "'customer' is not NAME:FIRST-LAST"),
        ("customer:a-b", "'customer:a-b' is not NAME:FIRST-LAST"),
        ("customer:0-4", "'customer:0-4': the first character is 1, and the last not before the first"),
        ("customer:8-4", "'customer:8-4': the first character is 1, and the last not before the first"),
        ("a:1-2,a:3-4", "a comes twice"),
        ("date:5-12,customer:2-5", "customer and date overlap at character 5"),
        ("rest:3-,n:9", "rest and n overlap at character 9"),
    ],
)
def test_what_is_no_place_is_refused(text: str, reason: str) -> None:
    """By what is wrong about it."""
    with pytest.raises(BadValue) as refused:
        places_of(text)
    assert (refused.value.field, refused.value.reason) == ("fixed", reason)


def test_lines_are_cut_whatever_their_ends_letters_and_length() -> None:
    """Characters are counted, not bytes; a short line has empty cells, a blank line is none."""
    text = "Łódź 01\r\n\r\n北京   02\nab\r   \nЖук  03  tail\x1a"
    with open_table(io.BytesIO(text.encode()), Reading(fixed="who:1-4,n:6-7")) as table:
        assert table.headers == ("who", "n")
        assert list(table.rows) == [
            Row(1, {"who": "Łódź", "n": "01"}), Row(3, {"who": "北京", "n": "02"}), Row(4, {"who": "ab", "n": ""}),
            Row(6, {"who": "Жук", "n": "03"}),
        ]  # fmt: skip


def test_a_broken_line_costs_itself_alone() -> None:
    """A byte that is no text spoils its own line."""
    with open_table(io.BytesIO(b"ab\nc\x00\nde\n"), Reading(fixed="x:1-2")) as table:
        rows = list(table.rows)
    assert [type(row) for row in rows] == [Row, BadRow, Row]
    assert (rows[1].line, rows[1].reason) == (2, "it holds a NUL byte")  # type: ignore[union-attr]


def test_the_published_sample_has_all_its_lines(shared: Path) -> None:
    """CDNOW: 6,919 lines of 2,357 customers."""
    fixed = "customer:8-11,date:13-20,quantity:21-23,amount:24-31"
    with open_table(shared / "cdnow" / "CDNOW_sample.txt", Reading(fixed=fixed)) as table:
        rows = list(table.rows)
    assert rows[0] == Row(1, {"customer": "0001", "date": "19970101", "quantity": "2", "amount": "29.33"})
    assert (len(rows), len({row.cells["customer"] for row in rows if isinstance(row, Row)})) == (6919, 2357)
