"""Nothing from a record moves the terminal or starts a formula."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.render.safe import json_text, spreadsheet_safe, tsv_cell, visible

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Zażółć Жана 王小明 محمد", "Zażółć Жана 王小明 محمد"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\x1b[31mred", "␛[31mred"),
        ("nul\x00bell\x07", "nul␀bell␇"),
        ("del\x7f", "del␡"),
        ("c1\x85\x9b", "c1<U+0085><U+009B>"),
        ("a\nb\r\nc\rd", "a⏎b⏎c␍d"),
        ("a\u2028b", "a⏎b"),
        ("tab\t", "tab␉"),
        ("\u202eexe", "<U+202E>exe"),
        ("half \ud83d", "half \ufffd"),
        ("no-break\xa0space", "no-break\xa0space"),
    ],
)
def test_what_a_terminal_would_obey_is_made_visible(text: str, shown: str) -> None:
    assert shown == visible(text)


def test_newlines_can_be_kept() -> None:
    assert visible("one\r\ntwo\n\tx", keep_newlines=True).replace("    x", "  x") == "one\ntwo\n  x"


@given(st.text(st.characters()))
def test_nothing_dangerous_is_left(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in BIDI]
    shown.encode("utf-8")


@pytest.mark.parametrize(("text", "cell"), [("a\tb\nc", r"a\tb\nc"), ("a\r\nb", r"a\nb"), ("\x1b", "␛"), ("ż", "ż")])
def test_tsv_cells_stay_on_their_line(text: str, cell: str) -> None:
    assert cell == tsv_cell(text)


@given(st.text(st.characters()))
def test_json_escapes_change_nothing_for_who_reads_them(text: str) -> None:
    escaped = json_text(json.dumps(text, ensure_ascii=False))
    assert text == json.loads(escaped)
    assert not [c for c in escaped if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in BIDI]


@pytest.mark.parametrize("cell", ["=1+1", "+359888", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"])
def test_no_cell_starts_a_formula(cell: str) -> None:
    assert "'" + cell == spreadsheet_safe(cell)


@pytest.mark.parametrize("cell", ["", "plain", "a=b", " =1", "'quoted'"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert cell == spreadsheet_safe(cell)
