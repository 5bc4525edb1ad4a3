"""Formulas of segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.segments import Term, as_word, formula_of, read_formula, written
from crmcli.errors import BadValue


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", [("+", "a")]),
        ("a + b - c", [("+", "a"), ("+", "b"), ("-", "c")]),
        ("trade fair - press people", [("+", "trade fair"), ("-", "press people")]),
        ("non-eu + c++", [("+", "non-eu"), ("+", "c++")]),
        ('"a - b" + "say \\"hi\\""', [("+", "a - b"), ("+", 'say "hi"')]),
        ("  клиенты   +  VIP ", [("+", "клиенты"), ("+", "VIP")]),
        ("a - b + b", [("+", "a"), ("-", "b"), ("+", "b")]),
    ],
)
def test_a_formula_is_read_from_left_to_right(text: str, terms: list[tuple[str, str]]) -> None:
    """A sign stands between spaces, so that a name may hold one."""
    assert tuple(Term(*term) for term in terms) == read_formula(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing at its beginning"),
        ("+ a", "missing at its beginning"),
        ("- a", "missing at its beginning"),
        ("a +", "missing after +"),
        ("a - - b", "missing after -"),
        ('a + "b', "a quote is never closed"),
    ],
)
def test_a_broken_formula_is_refused(text: str, words: str) -> None:
    """The message says where something is missing."""
    with pytest.raises(BadValue, match=words.replace("+", r"\+")):
        read_formula(text)


@given(st.lists(st.tuples(st.sampled_from("+-"), st.text(min_size=1, max_size=12)), min_size=1, max_size=5))
def test_what_is_written_is_read_back(parts: list[tuple[str, str]]) -> None:
    """Whatever a segment is called."""
    terms = tuple(Term("+" if place == 0 else sign, name) for place, (sign, name) in enumerate(parts))
    assert terms == read_formula(written(terms))


def test_a_plain_name_stands_without_quotes() -> None:
    """Only what would be read as more than a name is quoted."""
    assert ("trade fair", '"a - b"', '"say \\"hi\\""') == (as_word("trade fair"), as_word("a - b"), as_word('say "hi"'))


def test_segments_in_and_out_make_a_formula() -> None:
    """The ones that come in first; with none there is nobody to leave out."""
    assert "a + b - c" == written(formula_of(("a", "b"), ("c",)))
    with pytest.raises(BadValue, match="nobody to leave out"):
        formula_of((), ("c",))
