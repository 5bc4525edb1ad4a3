"""Text measured, cut, padded and wrapped in terminal cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.render.cells import cut, pad, width, wrap


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("Жана", 4), ("王小明", 6), ("e\u0301", 1), ("👨‍👩‍👧", 2)])
def test_width_counts_cells(text: str, cells: int) -> None:
    assert cells == width(text)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("王小明", 6, "王小明"),
        ("王小明", 5, "王小…"),
        ("王小明", 4, "王…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("👨‍👩‍👧", 2, "👨‍👩‍👧"),
    ],
)
def test_cut_leaves_whole_characters(text: str, limit: int, expected: str) -> None:
    assert expected == cut(text, limit)


@given(st.text(), st.integers(0, 30))
def test_cut_never_takes_more_than_its_limit(text: str, limit: int) -> None:
    assert width(cut(text, limit)) <= limit


def test_pad_fills_or_cuts_to_the_cell() -> None:
    assert pad("王", 4) == "王  "
    assert pad("王", 4, "right") == "  王"
    assert pad("王小明", 4) == "王… "


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("one\n\ntwo", ["one", "", "two"]),
        ("abcdefghij", ["abcdefgh", "ij"]),
        ("王小明王小明", ["王小明王", "小明"]),
        ("", [""]),
    ],
)
def test_wrap_breaks_between_words(text: str, lines: list[str]) -> None:
    assert lines == wrap(text, 8)


@pytest.mark.parametrize("limit", [1, 0, -1, -8])
def test_a_screen_without_room_is_wrapped_all_the_same(limit: int) -> None:
    """A letter a line, and an end to it."""
    from crmcli.render.cells import wrap

    assert ["a", "b", "c"] == wrap("ab c", limit)
