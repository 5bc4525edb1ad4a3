"""Which known word was probably meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crmcli.domain.fields import PRIORITIES
from crmcli.domain.filter_tree import FilterContext
from crmcli.domain.filters import parse_filter
from crmcli.domain.text import is_blank, is_text, nearest
from crmcli.errors import FilterError


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("contcat", ["contact", "company"], "contact"),
        ("propsal", ["lead", "proposal"], "proposal"),
        ("urgnt", list(PRIORITIES), "urgent"),
        ("prio", ["priority", "position"], "priority"),
        ("huge", list(PRIORITIES), None),
        ("bogus", ["lead", "won", "lost"], None),
        ("сделка", ["deal"], None),
    ],
)
def test_only_what_is_close_is_guessed(word: str, known: list[str], expected: str | None) -> None:
    """A far-fetched guess is worse than none."""
    assert expected == nearest(word, known)


def test_a_name_is_no_correction_of_itself() -> None:
    """In `meta.a` it is what follows the dot that is unknown."""
    context = FilterContext(datetime(2026, 11, 21, tzinfo=UTC), "maria", {"deal": frozenset({"meta"})}, "EUR")
    with pytest.raises(FilterError) as caught:
        parse_filter("meta.a = 1", "deal", context)
    assert "deal has no field 'meta' at column 1" == caught.value.message


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "\u115f\u1160", "\uffa0 \ufe0f", "\u2800", "\t\n\x1b"])
def test_what_shows_nothing_is_blank(text: str) -> None:
    """Letters without a shape are letters to Unicode, and nothing to the eye."""
    assert is_blank(text)
    assert not is_blank(f"{text}a")
    assert not is_blank(f"小{text}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("a\nb\x1b", True),
        ("小\n明", True),
        ("a\0", False),
        ("\ud800", False),
        ("é\n\udfff", False),
        ("😀", True),
    ],
)
def test_halves_of_characters_and_nul_are_no_text(text: str, expected: bool) -> None:
    assert is_text(text) is expected
