"""What may stand at the cursor of a half-typed filter, and what is wrong with it rather than unfinished."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crmcli.domain.fields import FIELDS, find_field
from crmcli.domain.filter_completion import as_value, complete, first_error
from crmcli.domain.filter_tree import Compare, FilterContext, Path, Text
from crmcli.domain.filters import parse_filter
from crmcli.domain.text import fold

CUSTOM = {"deal": frozenset({"region", "my key"}), "company": frozenset({"tier"})}
CONTEXT = FilterContext(datetime(2026, 11, 21, 12, tzinfo=UTC), "maria", CUSTOM, "EUR")
WORDS = (
    "stage", "=", "won", "(", ")", "and", "or", "not", "is", "empty", "in", ",", "between", "1k", "value", "company.", "title",
    '"', "'", "`", "custom.", "!=", "~", "<", " ", "\t", "Żubr", "contacts.company.country", "last 30d", "\\", "\0", "\ud800",
)  # fmt: skip


def texts(text: str, noun: str = "deal") -> list[str]:
    """The candidates at the end of a text."""
    return [each.text for each in complete(text, len(text), noun, CUSTOM).candidates]


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("st", ["stage", "stage_kind", "stage_since", "next_step"]),
        ("STA", ["stage", "stage_kind", "stage_since"]),
        ("stage = won AND exp", ["expected_close"]),
        ("company.indu", ["company.industry"]),
        ("contact.company.cou", ["contact.company.country"]),
        ("company.custom.t", ["company.custom.tier"]),
        ("custom.", ["custom.`my key`", "custom.region"]),
        ("regi", ["custom.region"]),
        ("stage ~", ["~="]),
        ("stage <", ["<", "<="]),
        ("title is", ["is empty", "is not empty"]),
        ("title is ", ["empty", "not empty"]),
        ("title not ", ["in ("]),
        ("type in ", ["("]),
        ("type in (", ["new", "existing"]),
        ("type in (new, e", ["existing"]),
        ("type in (new) ", ["AND", "OR"]),
        ("type in (new)", [" AND", " OR"]),
        ("(type = new) ", ["AND", "OR"]),
        ("(type = new ) o", ["OR"]),
        ("((type = new ) ", ["AND", "OR", ")"]),
        ("stage_kind = o", ["open"]),
        ("owner = m", ["me"]),
        ("expected_close < last 3", ["last 30d"]),
        ("expected_close > next", ["next 7d", "next month"]),
        ("value between 1k ", ["1k AND"]),
        ("value between 1k and 10", ["10k", "100k"]),
        ('title = "a b" ', ["AND", "OR"]),
        ("stage = won a", ["won AND"]),
        ("title = x", []),
        ("nonsense", []),
    ],
)
def test_what_may_stand_at_the_end(text: str, candidates: list[str]) -> None:
    """Fields, signs, values and joints, each in its place."""
    assert texts(text) == candidates


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("title ", ["=", "!=", "~=", "!~", "^=", "in (", "not in (", "is empty", "is not empty"]),
        ("value ", ["=", "!=", "<", "<=", ">", ">=", "between", "in (", "not in (", "is empty", "is not empty"]),
        ("stage ", ["=", "!=", "~=", "!~", "^=", "<", "<=", ">", ">=", "in (", "not in (", "is empty", "is not empty"]),
    ],
)
def test_only_the_signs_that_fit_the_field(text: str, signs: list[str]) -> None:
    """A text is not ordered, an amount is not searched as text."""
    assert texts(text) == signs


@pytest.mark.parametrize(
    ("text", "lookup", "typed"),
    [
        ("stage = w", ("deal", "stage"), "w"),
        ("company = Acme L", ("deal", "company"), "Acme L"),
        ('company = "Ac', ("deal", "company"), "Ac"),
        ("company.industry ~= sa", ("company", "industry"), "sa"),
        ("tag in (vip, ", ("deal", "tags"), ""),
        ("custom.region = n", ("deal", "custom.region"), "n"),
        ("value > 1", None, "1"),
        ("stage_kind = o", None, "o"),
        ("sta", None, "sta"),
    ],
)
def test_what_the_store_is_asked_for(text: str, lookup: tuple[str, str] | None, typed: str) -> None:
    """A value is looked up for its own noun and field; choices and measures are known without."""
    found = complete(text, len(text), "deal", CUSTOM)
    assert (found.lookup, found.typed) == (lookup, typed)


@pytest.mark.parametrize(
    ("text", "cursor", "replaced"),
    [
        ("stag = won", 4, "stag"),
        ("stage = won", 3, "stage"),
        ("stage = wo and x", 10, "wo"),
        ('company = "Ac" and x', 13, '"Ac"'),
        ("a  = 1", 2, ""),
    ],
)
def test_the_whole_word_at_the_cursor_is_replaced(text: str, cursor: int, replaced: str) -> None:
    """And nothing beyond it."""
    found = complete(text, cursor, "deal", CUSTOM)
    assert text[found.start : found.end] == replaced


@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=12).map(" ".join),
    st.integers(-3, 80),
    st.sampled_from(sorted(FIELDS)),
)
def test_any_text_and_any_cursor_has_an_answer(text: str, cursor: int, noun: str) -> None:
    """Whatever is typed, completion and marking answer."""
    found = complete(text, cursor, noun, CUSTOM)
    assert 0 <= found.start <= found.end <= len(text)
    error = first_error(text, noun, CONTEXT)
    assert error is None or error.column >= 1


@given(st.sampled_from(sorted(FIELDS)))
def test_every_suggested_field_with_every_suggested_sign_can_be_finished(noun: str) -> None:
    """What is suggested is never marked as wrong."""
    for name in texts("", noun):
        if name.endswith((".", "(", " ")):
            continue
        assert first_error(f"{name} ", noun, CONTEXT) is None
        for sign in texts(f"{name} ", noun):
            assert (name, sign, first_error(f"{name} {sign} ", noun, CONTEXT)) == (name, sign, None)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Z")), min_size=1, max_size=20))
@example("and")
@example('say "no"')
@example("a (b), c = d")
@example("back\\slash")
def test_a_value_is_written_so_that_it_is_read_back(text: str) -> None:
    """Quotes where the words of the language or its signs would be read into it."""
    assume(fold(text))
    tree = parse_filter(f"title = {as_value(text)}", "deal", CONTEXT)
    assert tree == Compare(Path((), find_field("deal", "title"), None, "deal"), "=", Text(text, fold(text)))


@pytest.mark.parametrize(
    "text",
    ["", " ", "st", "stage", "stage ", "stage =", "stage = ", "stage = w", "company.", "company.i", "value between", "value between 1",
     "value between 1 an", "value between 1 and ", "type in", "type in (", "type in (ne", "type in (new,", "(", "(stage = won",
     "NOT ", "no", "title is", "title is n", "title is not ", "title not i", "stage = won a", "stage = won and", "stage = won and ",
     '"fre', '"free', 'company = "Ac', "expected_close < 20", "expected_close < last ", "type = n", "`my", "custom.reg", "stage ~"],
)  # fmt: skip
def test_what_is_unfinished_is_not_wrong(text: str) -> None:
    """No mark while one is still typing."""
    assert first_error(text, "deal", CONTEXT) is None


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("xyz", 1, "has no field 'xyz'"),
        ("xyz = 1 and st", 1, "has no field 'xyz'"),
        ("stge ", 1, "did you mean 'stage'"),
        ("type = zz", 8, "is not a choice"),
        ("value > ab ", 9, "is not an amount"),
        ("title < a", 7, "can't be ordered"),
        ("title < ", 7, "can't be ordered"),
        ("stage = won)", 12, "no '(' belongs"),
        ("expected_close < nonsense and stage = ", 18, "nonsense"),
        ("company.xyz", 9, "has no field 'xyz'"),
    ],
)
def test_what_no_end_could_mend_is_wrong_at_once(text: str, column: int, words: str) -> None:
    """The mark stands under the very place, and says what is wrong there."""
    error = first_error(text, "deal", CONTEXT)
    assert error is not None
    assert error.column == column
    assert words in error.message
    assert len(error.text) == len(text)
