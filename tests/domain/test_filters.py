"""The filter language: what each form means, and what is said of each mistake."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcli.domain.fields import FIELDS, Kind, find_field
from crmcli.domain.filter_paths import MAX_LINKS
from crmcli.domain.filter_tree import (
    Amount,
    And,
    Between,
    Compare,
    Empty,
    FilterContext,
    FullText,
    Loose,
    Node,
    Not,
    OneOf,
    Or,
    Path,
    Span,
    Text,
)
from crmcli.domain.filters import MAX_CONDITIONS, MAX_DEPTH, MAX_LENGTH, parse_filter
from crmcli.domain.text import fold
from crmcli.errors import ExitCode, FilterError

SOFIA = ZoneInfo("Europe/Sofia")
CUSTOM = {
    "deal": frozenset({"сегмент", "Deal Size", "utm.source", "title", "a`b"}),
    "company": frozenset({"tier"}),
    "contact": frozenset({"größe"}),
}
CONTEXT = FilterContext(datetime(2026, 11, 21, 12, 0, tzinfo=SOFIA), "maria", CUSTOM, "EUR")


def parse(text: str, noun: str = "deal") -> Node:
    return parse_filter(text, noun, CONTEXT)


def refusal(text: str, noun: str = "deal") -> FilterError:
    with pytest.raises(FilterError) as caught:
        parse(text, noun)
    return caught.value


def path(dotted: str, noun: str = "deal") -> Path:
    """The path of declared fields, spelled out."""
    *links, last = dotted.split(".")
    found = []
    for name in links:
        link = find_field(noun, name)
        assert link is not None
        found.append(link)
        noun = link.noun
    field = find_field(noun, last)
    assert field is not None
    return Path(tuple(found), field, None, noun)


def custom(key: str, noun: str = "deal") -> Path:
    return Path((), None, key, noun)


def text(raw: str) -> Text:
    return Text(raw, fold(raw))


def is_(name: str, raw: str) -> Compare:
    return Compare(path(name), "=", text(raw))


def sketch(node: Node) -> str:
    """The shape of a tree whose leaves are comparisons of texts, with every grouping in brackets."""
    match node:
        case And(items):
            return "[" + " & ".join(map(sketch, items)) + "]"
        case Or(items):
            return "[" + " | ".join(map(sketch, items)) + "]"
        case Not(item):
            return "!" + sketch(item)
        case Compare(_, _, Text(raw, _)):
            return raw
        case FullText(words):
            return f'"{words}"'
        case _:
            raise AssertionError(node)


def same(expected: object, actual: object) -> bool:
    """Equal in kind too: named tuples of different classes compare equal by their content alone."""
    return repr(expected) == repr(actual)


# --- structure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("title=a", "a"),
        ("title=a AND title=b", "[a & b]"),
        ("title=a OR title=b OR title=c", "[a | b | c]"),
        ("title=a OR title=b AND title=c", "[a | [b & c]]"),
        ("title=a AND title=b OR title=c AND title=d", "[[a & b] | [c & d]]"),
        ("(title=a OR title=b) AND title=c", "[[a | b] & c]"),
        ("NOT title=a AND title=b", "[!a & b]"),
        ("NOT (title=a AND title=b)", "![a & b]"),
        ("not not title=a", "!!a"),
        ("title=a and NOT title=b or title=c", "[[a & !b] | c]"),
        ("title!=a AnD title=b", "[!a & b]"),
        ("((title=a))", "a"),
        ('"some words" AND title=a', '["some words" & a]'),
        ('NOT "some words"', '!"some words"'),
        ("(title=a)AND(title=b)", "[a & b]"),
        ("  title\n=\ta  ", "a"),
        ("title = a\u00a0AND\u3000title = b", "[a & b]"),
    ],
)
def test_not_binds_tighter_than_and_which_binds_tighter_than_or(filter_text: str, expected: str) -> None:
    assert expected == sketch(parse(filter_text))


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("title = acme", Compare(path("title"), "=", text("acme"))),
        ("title == acme", Compare(path("title"), "=", text("acme"))),
        ("title != acme", Not(Compare(path("title"), "=", text("acme")))),
        ("title <> acme", Not(Compare(path("title"), "=", text("acme")))),
        ("title ~= acme", Compare(path("title"), "~=", text("acme"))),
        ("title !~ acme", Not(Compare(path("title"), "~=", text("acme")))),
        ("title ^= acme", Compare(path("title"), "^=", text("acme"))),
        ("probability < 5", Compare(path("probability"), "<", 5.0)),
        ("probability <= 5", Compare(path("probability"), "<=", 5.0)),
        ("probability > 5", Compare(path("probability"), ">", 5.0)),
        ("probability >= 5", Compare(path("probability"), ">=", 5.0)),
        ("probability>=5", Compare(path("probability"), ">=", 5.0)),
        ("title in (a, b c, 'd, e')", OneOf(path("title"), (text("a"), text("b c"), text("d, e")))),
        ("title IN(a)", OneOf(path("title"), (text("a"),))),
        ("title not in (a, b)", Not(OneOf(path("title"), (text("a"), text("b"))))),
        ("probability between 5 and 10", Between(path("probability"), 5.0, 10.0)),
        ("title is empty", Empty(path("title"))),
        ("title IS NOT EMPTY", Not(Empty(path("title")))),
        ('"full text"', FullText("full text")),
        ("'full text'", FullText("full text")),
    ],
)
def test_every_operator(filter_text: str, expected: Node) -> None:
    assert same(expected, parse(filter_text))


def test_between_takes_the_first_and() -> None:
    node = parse("probability between 5 and 10 and title = a")
    assert same(And((Between(path("probability"), 5.0, 10.0), is_("title", "a"))), node)


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "raw"),
    [
        ("acme", "acme"),
        ("no  decision", "no decision"),
        ("Łódź", "Łódź"),
        ("Иванов Петър", "Иванов Петър"),
        ("王小明", "王小明"),
        ("شركة", "شركة"),
        ("jane@acme.com", "jane@acme.com"),
        ("+359 2 123-4567", "+359 2 123-4567"),
        ("a.b:c/d_e%f€$g#h*i&j;k", "a.b:c/d_e%f€$g#h*i&j;k"),
        ("hey! ~5 x^2", "hey! ~5 x^2"),
        ("O'Brien 5\" pipe", "O'Brien 5\" pipe"),
        ("back\\slash", "back\\slash"),
        ("in is not empty handed", "in is not empty handed"),
        ("between us", "between us"),
        ('"and"', "and"),
        ("'OR'", "OR"),
        ('"a, b (c) = d"', "a, b (c) = d"),
        (r'"say \"hi\" \\ C:\new"', r'say "hi" \ C:\new'),
        (r"'O\'Brien'", "O'Brien"),
        ('"two\nlines"', "two\nlines"),
        ("empty", "empty"),
    ],
)
def test_a_text_value_is_its_words_or_what_the_quotes_hold(written: str, raw: str) -> None:
    assert same(is_("title", raw), parse(f"title = {written}"))


def test_a_text_keeps_its_spelling_beside_its_folded_form() -> None:
    assert same(Compare(path("title"), "~=", Text("ŁÓDŹ Ltd", "lodz ltd")), parse("title ~= ŁÓDŹ Ltd"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12500", Amount(12500.0, None)),
        ("12.5k", Amount(12500.0, None)),
        ("2.5m", Amount(2_500_000.0, None)),
        ("12500 EUR", Amount(12500.0, "EUR")),
        ("12500.50 usd", Amount(12500.5, "USD")),
        ('"€12,500"', Amount(12500.0, "EUR")),
        ("€5k", Amount(5000.0, "EUR")),
        ("0", Amount(0.0, None)),
    ],
)
def test_an_amount_has_a_currency_only_when_it_names_one(written: str, expected: Amount) -> None:
    assert same(Compare(path("value"), ">", expected), parse(f"value > {written}"))


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("5k and 10k", Amount(5000.0, None), Amount(10000.0, None)),
        ("5k and 10k EUR", Amount(5000.0, "EUR"), Amount(10000.0, "EUR")),
        ("5k USD and 10k", Amount(5000.0, "USD"), Amount(10000.0, "USD")),
    ],
)
def test_both_ends_of_between_share_a_currency(written: str, low: Amount, high: Amount) -> None:
    assert same(Between(path("value"), low, high), parse(f"value between {written}"))


@pytest.mark.parametrize(
    ("filter_text", "noun", "expected"),
    [
        ("probability = 50", "deal", 50.0),
        ("probability = 50%", "deal", 50.0),
        ("number = 12", "deal", 12.0),
        ("number = #12", "deal", 12.0),
        ("lead_score = 1.5k", "contact", 1500.0),
        ("lead_score = -3", "contact", -3.0),
        ("duration = 15m", "activity", 15.0),
        ("duration = 1h30m", "activity", 90.0),
        ("duration = 45", "activity", 45.0),
    ],
)
def test_numbers_and_lengths(filter_text: str, noun: str, expected: float) -> None:
    node = parse(filter_text, noun)
    assert isinstance(node, Compare)
    assert same(expected, node.value)


@pytest.mark.parametrize(
    ("filter_text", "noun", "first", "last", "start", "end"),
    [
        ("expected_close = 2026-12-01", "deal", "2026-12-01", "2026-12-01", "2026-11-30T22:00", "2026-12-01T22:00"),
        ("expected_close <= next fri", "deal", "2026-11-27", "2026-11-27", "2026-11-26T22:00", "2026-11-27T22:00"),
        ("expected_close = 2026-06", "deal", "2026-06-01", "2026-06-30", "2026-05-31T21:00", "2026-06-30T21:00"),
        ("updated_at >= 3 days ago", "deal", "2026-11-18", "2026-11-18", "2026-11-17T22:00", "2026-11-18T22:00"),
        ("last_activity < -30d", "deal", "2026-10-22", "2026-10-22", "2026-10-21T21:00", "2026-10-22T21:00"),
        ("at > 2026-12-01T14:30", "activity", "2026-12-01", "2026-12-01", "2026-12-01T12:30", "2026-12-01T12:31"),
        ("due < today", "activity", "2026-11-21", "2026-11-21", "2026-11-20T22:00", "2026-11-21T22:00"),
    ],
)
def test_words_for_time_become_a_span(filter_text: str, noun: str, first: str, last: str, start: str, end: str) -> None:
    node = parse(filter_text, noun)
    expected = Span(
        datetime.fromisoformat(start).replace(tzinfo=UTC),
        datetime.fromisoformat(end).replace(tzinfo=UTC),
        date.fromisoformat(first),
        date.fromisoformat(last),
    )
    assert isinstance(node, Compare)
    assert same(expected, node.value)


def test_an_instant_is_a_microsecond_on_its_own_day() -> None:
    node = parse("at < now", "activity")
    now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert isinstance(node, Compare)
    expected = Span(now, now.replace(microsecond=1), date(2026, 11, 21), date(2026, 11, 21))
    assert same(expected, node.value)


def test_between_two_periods() -> None:
    node = parse("expected_close between this month and next month and stage = won")
    assert isinstance(node, And)
    low_to_high = node.items[0]
    assert isinstance(low_to_high, Between)
    assert isinstance(low_to_high.low, Span)
    assert isinstance(low_to_high.high, Span)
    assert (date(2026, 11, 1), date(2026, 12, 31)) == (low_to_high.low.first, low_to_high.high.last)


@pytest.mark.parametrize(
    ("filter_text", "noun", "expected"),
    [
        ("stage_kind = OPEN", "deal", "open"),
        ("size = 11-50", "company", "11-50"),
        ("size = 1000+", "company", "1000+"),
        ("type = web-form", "activity", "web_form"),
        ("type = Web Form", "activity", "web_form"),
        ("status = no show", "activity", "no_show"),
    ],
)
def test_a_choice_is_given_as_it_is_declared(filter_text: str, noun: str, expected: str) -> None:
    node = parse(filter_text, noun)
    assert isinstance(node, Compare)
    assert same(text(expected), node.value)


def test_part_of_a_choice_can_be_searched() -> None:
    node = parse("type ~= form", "activity")
    assert same(Compare(path("type", "activity"), "~=", text("form")), node)


def test_every_choice_of_every_field_is_accepted() -> None:
    for noun, fields in FIELDS.items():
        for field in fields:
            for choice in field.choices:
                node = parse(f"{field.name} = {choice}", noun)
                assert same(Compare(path(field.name, noun), "=", text(choice)), node)


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("owner = me", is_("owner", "maria")),
        ("owner = ME", is_("owner", "maria")),
        ("owner != me", Not(is_("owner", "maria"))),
        ('owner = "me"', is_("owner", "me")),
        ("created_by in (me, ana)", OneOf(path("created_by"), (text("maria"), text("ana")))),
        ("title = me", is_("title", "me")),
        ("contact.owner = me", Compare(path("contact.owner"), "=", text("maria"))),
    ],
)
def test_me_is_the_acting_user_on_user_fields(filter_text: str, expected: Node) -> None:
    assert same(expected, parse(filter_text))


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
def test_stages_can_be_ordered(op: Literal["<", "<=", ">", ">="]) -> None:
    assert same(Compare(path("stage"), op, text("proposal")), parse(f"stage {op} proposal"))


def test_stages_can_lie_between() -> None:
    assert same(Between(path("stage"), text("lead"), text("won")), parse("stage between lead and won"))


# --- paths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "noun", "expected"),
    [
        ("company.industry", "deal", path("company.industry")),
        ("contact.tag", "deal", path("contacts.tags")),
        ("contacts.tags", "deal", path("contacts.tags")),
        ("deal.stage", "contact", path("deals.stage", "contact")),
        ("company.parent.country", "deal", path("company.parent.country")),
        ("contact.company.website", "deal", path("contacts.companies.websites")),
        ("Expected-Close", "deal", path("expected_close")),
        ("deal.company.name", "activity", path("deal.company.name", "activity")),
        ("company", "deal", path("company")),
        ("deal", "contact", path("deals", "contact")),
        ("`title`", "deal", path("title")),
    ],
)
def test_paths_cross_links_by_name_or_flag(written: str, noun: str, expected: Path) -> None:
    assert same(Empty(expected), parse(f"{written} is empty", noun))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("сегмент", "сегмент"),
        ("СЕГМЕНТ", "сегмент"),
        ("custom.сегмент", "сегмент"),
        ("`Deal Size`", "Deal Size"),
        ("`deal size`", "Deal Size"),
        ("deal_size", "Deal Size"),
        ("custom.`Deal Size`", "Deal Size"),
        ("custom.deal-size", "Deal Size"),
        ("utm.source", "utm.source"),
        ("`utm.source`", "utm.source"),
        ("custom.utm.source", "utm.source"),
        ("custom.title", "title"),
        (r"`a\`b`", "a`b"),
    ],
)
def test_custom_fields_are_named_by_their_key(written: str, key: str) -> None:
    assert same(Empty(custom(key)), parse(f"{written} is empty"))


@pytest.mark.parametrize("written", ["company.tier", "company.custom.tier", "company.`tier`"])
def test_a_linked_record_has_its_own_custom_fields(written: str) -> None:
    company = find_field("deal", "company")
    assert company is not None
    assert same(Empty(Path((company,), None, "tier", "company")), parse(f"{written} is empty"))


def test_a_key_that_two_custom_fields_share_but_for_case_must_be_exact() -> None:
    context = CONTEXT._replace(custom={"deal": frozenset({"Tier", "tier"})})
    assert same(Empty(custom("Tier")), parse_filter("Tier is empty", "deal", context))
    with pytest.raises(FilterError, match="no field 'TIER'"):
        parse_filter("TIER is empty", "deal", context)


@pytest.mark.parametrize(
    ("written", "number", "days"),
    [
        ("10k", 10_000.0, None),
        ('"1,250.50"', 1250.5, None),
        ("Ключов клиент", None, None),
        ("2026-12-01", None, date(2026, 12, 1)),
        ("tomorrow", None, date(2026, 11, 22)),
        ("03/04/26", None, None),
    ],
)
def test_a_custom_value_is_read_as_number_and_as_date_where_it_can_be(
    written: str, number: float | None, days: date | None
) -> None:
    node = parse(f"сегмент >= {written}")
    assert isinstance(node, Compare)
    assert isinstance(node.value, Loose)
    raw = written.strip('"')
    found = (node.value.raw, node.value.folded, node.value.number, node.value.span and node.value.span.first)
    assert (raw, fold(raw), number, days) == found


@pytest.mark.parametrize("condition", ["~= a", "^= a", "< a", "between a and b", "in (a, b)", "!= a", "is empty"])
def test_a_custom_field_takes_every_operator(condition: str) -> None:
    assert "custom='сегмент'" in repr(parse(f"сегмент {condition}"))


@pytest.mark.parametrize(
    ("filter_text", "noun", "expected"),
    [
        ("company = Acme Inc", "deal", Compare(path("company"), "=", text("Acme Inc"))),
        ("contact = jane@acme.com", "deal", Compare(path("contacts"), "=", text("jane@acme.com"))),
        ("deal ~= pilot", "contact", Compare(path("deals", "contact"), "~=", text("pilot"))),
        ("email = Jane@ACME.com", "contact", Compare(path("emails", "contact"), "=", text("Jane@ACME.com"))),
        ("phone ^= +359", "contact", Compare(path("phones", "contact"), "^=", text("+359"))),
        ("linkedin = @jane", "contact", Compare(path("linkedin", "contact"), "=", text("@jane"))),
    ],
)
def test_links_and_keys_are_left_as_text(filter_text: str, noun: str, expected: Node) -> None:
    assert same(expected, parse(filter_text, noun))


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_text", "message", "column"),
    [
        ("", "the filter is empty", 1),
        (" \n ", "the filter is empty", 1),
        ("stge = won", "deal has no field 'stge' (did you mean 'stage'?)", 1),
        ("stage = won AND vlaue > 5", "deal has no field 'vlaue' (did you mean 'value'?)", 17),
        ("company.industri = it", "company has no field 'industri' (did you mean 'industry'?)", 9),
        ("industry = it", "deal has no field 'industry' (did you mean 'company.industry'?)", 1),
        ("сегмнт = x", "deal has no field 'сегмнт' (did you mean 'сегмент'?)", 1),
        ("`deal sise` = x", "deal has no field 'deal sise' (did you mean '`Deal Size`'?)", 1),
        ("zzzz = 1", "deal has no field 'zzzz'", 1),
        ("custom.utm.sorce = x", "deal has no custom field 'utm.sorce' (did you mean 'custom.`utm.source`'?)", 8),
        ("contact.custom.x = x", "contact has no custom field 'x'", 16),
        ("custom = x", "deal has no field 'custom'", 1),
        ("value.x = 1", "value is not a link, so it has no field 'x'", 7),
        ("company. = 1", "a field name is missing", 9),
        (".title = 1", "a field name is missing", 1),
        ("`` = 1", "a field name is missing", 1),
        ("company.` ` = 1", "a field name is missing", 9),
        ("= won", "a field name is missing before '='", 1),
        ("tag:vip", "no operator after 'tag:vip' (did you mean 'tag = vip'?)", 1),
        ("tag:vip x", "deal has no field 'tag:vip' (did you mean 'tag = vip'?)", 1),
        ("acme", "no operator after 'acme'", 1),
        ("(acme)", "no operator after 'acme'", 2),
        ("title = Smith and Sons", "no operator after 'Sons'", 19),
        ("stage contains won", "unknown operator 'contains' (did you mean '~='?)", 7),
        ("title =~ x", "unknown operator '=~' (did you mean '~='?)", 7),
        ("value => 5", "unknown operator '=>' (did you mean '>='?)", 7),
        ("value ~ 5", "unknown operator '~' (did you mean '~='?)", 7),
        ("value frob 5", "unknown operator 'frob'", 7),
        ('title "x"', 'an operator is missing before "x"', 7),
        ("title (x)", "an operator is missing before (", 7),
        ("stage =", "a value is missing after '='", 8),
        ("stage =   ", "a value is missing after '='", 8),
        ("stage != AND title = x", "a value is missing after '!='", 10),
        ("stage = = won", "a value is missing after '='", 9),
        ("(stage =)", "a value is missing after '='", 9),
        ("source = OR", "a value is missing after '='", 10),
        ("stage in ()", "a value is missing after '('", 11),
        ("stage in (a,)", "a value is missing after ','", 13),
        ("stage in (a,,b)", "a value is missing after ','", 13),
        ("value between and 5", "a value is missing after 'between'", 15),
        ("value between 5 and", "a value is missing after 'and'", 20),
        ("value between 5", "'and' must stand between the two ends", 16),
        ("value between 5 or 6", "'and' must stand between the two ends", 17),
        ("stage in a, b", "'(' must follow 'in'", 10),
        ("stage in", "'(' must follow 'in'", 9),
        ("stage not like x", "'in' must follow 'not' here", 11),
        ("stage is won", "'empty' must follow 'is'", 10),
        ("stage is", "'empty' must follow 'is'", 9),
        ("stage is not", "'empty' must follow 'is not'", 13),
        ('title = ""', "the value is empty", 9),
        ("title = ' '", "the value is empty", 9),
        ("title ~= \u0301", "the value is empty", 10),
        ('""', "there is nothing to search for between the quotes", 1),
        ('"title" = x', "quoted text can't name a field", 1),
        ("(stage = won", "this '(' is never closed", 1),
        ("title = a AND (stage = won", "this '(' is never closed", 15),
        ("stage in (a", "this '(' is never closed", 10),
        ("title = Robert'); DROP", "no '(' belongs to this ')'", 16),
        ("stage = won)", "no '(' belongs to this ')'", 12),
        ("()", "a condition is missing", 2),
        (")", "a condition is missing", 1),
        ("stage = won AND", "a condition is missing", 16),
        ("AND stage = won", "a condition is missing", 1),
        ("NOT", "a condition is missing", 4),
        ('title = "acme', 'the quote " is never closed', 9),
        ("title = 'acme\"", "the quote ' is never closed", 9),
        ("`deal size = 5", "the quote ` is never closed", 1),
        ("company.`x = 5", "the quote ` is never closed", 9),
        ("stage = won owner = ana", "unexpected '='", 19),
        ("stage = won owner is empty", "unexpected 'is'", 19),
        ("stage = won owner is not empty", "unexpected 'is'", 19),
        ("title = acme (pty)", "unexpected '('", 14),
        ("value > 12,500", "unexpected ','", 11),
        ("type = newish, old", "unexpected ','", 14),
        (",", "unexpected ','", 1),
        ('title = "a" b', "unexpected 'b'", 13),
        ('title = a "b"', 'unexpected "b"', 11),
        ("stage is empty title = x", "unexpected 'title'", 16),
        ("stage in (a) b", "unexpected 'b'", 14),
        ("stage in (a and b)", "unexpected 'and'", 13),
        ("tag < vip", "tags can't be ordered", 5),
        ("title >= a", "title can't be ordered", 7),
        ("stage_kind > open", "stage_kind can't be ordered", 12),
        ("company.name < b", "company.name can't be ordered", 14),
        ("title between a and b", "title can't be ordered", 7),
        ("owner < me", "owner can't be ordered", 7),
        ("pipeline < x", "pipeline can't be ordered", 10),
        ("value ~= 5", "value can't be searched as text", 7),
        ("probability !~ 5", "probability can't be searched as text", 13),
        ("expected_close ^= 2026", "expected_close can't be searched as text", 16),
        ("type = newish", "type: 'newish' is not a choice (did you mean 'new'?)", 8),
        ("type in (new, zzz)", "type: 'zzz' is not a choice", 15),
        ("value between 5 USD and 6 EUR", "the ends are in two currencies, USD and EUR,", 25),
    ],
)
def test_a_mistake_is_named_and_pointed_at(filter_text: str, message: str, column: int) -> None:
    error = refusal(filter_text)
    assert (f"{message} at column {column}", column) == (error.message, error.column)


@pytest.mark.parametrize(
    ("filter_text", "noun", "start", "column"),
    [
        ("value > lots", "deal", "value: ", 9),
        ("value > 5 zorkmids", "deal", "value: ", 9),
        ("value > 12.500", "deal", "value: ", 9),
        ("probability >= high", "deal", "probability: ", 16),
        ("number in (1, x)", "deal", "number: ", 15),
        ("expected_close < 2026-02-31", "deal", "expected_close: ", 18),
        ("expected_close < 03/04/26", "deal", "expected_close: ", 18),
        ("deal.expected_close < someday", "contact", "deals.expected_close: ", 23),
        ("duration > long", "activity", "duration: ", 12),
        ("expected_close between today and blah", "deal", "expected_close: ", 34),
    ],
)
def test_a_value_of_the_wrong_kind_is_pointed_at(filter_text: str, noun: str, start: str, column: int) -> None:
    error = refusal(filter_text, noun)
    assert error.message.startswith(start)
    assert column == error.column


@pytest.mark.parametrize(
    ("filter_text", "hint"),
    [
        ("zzzz = 1", "fields of deal: title, value, currency, "),
        ("company.zzzz = 1", "fields of company: name, websites, "),
        ("zzzz = 1", "`Deal Size`, `a\\`b`, `utm.source`, title, сегмент"),
        ("custom.zzzz = 1", "custom fields of deal: "),
        ("contact.custom.größ = 1", "custom fields of contact: größe"),
        ("activity", "an operator: =  !=  ~="),
        ("acme", '"acme" in quotes to search all text'),
        ("title = Smith and Sons", "quotes around a value that holds 'and'"),
        ("source = or", '"or" in quotes if that is the value'),
        ("value.x = 1", "links of deal: contacts, company"),
        ("tags < 5", "use =, != or ~="),
        ("value ~= 5", "use =, !=, <, <=, >, >= or between"),
        ("type = x", "one of new, existing"),
        ("stage = won owner = ana", "AND or OR before 'owner', or quotes around a value that holds '='"),
        ("stage = won owner is empty", "AND or OR before 'owner'"),
        ('stage = "won" owner = ana', "AND or OR before 'owner'"),
        ("title = x/?a=b", "quotes around a value that holds '='"),
        ("value > 12,500", "quotes around a value that holds a comma"),
        ("title = acme (pty)", "quotes around a value that holds a parenthesis"),
        ('title = "', '\\" inside quotes'),
        ('title = ""', "FIELD is empty"),
        ("title is x", "is empty, or = for a value"),
        ("title is not x", "is not empty, or != for a value"),
        ("expected_close < someday", "today, "),
    ],
)
def test_the_hint_says_what_to_write(filter_text: str, hint: str) -> None:
    assert hint in (refusal(filter_text).hint or "")


def test_no_custom_fields_yet() -> None:
    context = CONTEXT._replace(custom={})
    with pytest.raises(FilterError) as caught:
        parse_filter("custom.tier = 1", "deal", context)
    assert caught.value.hint == "deal has none yet"


def test_the_caret_stands_under_the_mistake_even_after_line_breaks() -> None:
    error = refusal("title = a\nAND\tstge = won")
    assert error.details == ("  title = a AND stge = won", "  " + " " * 14 + "^")
    assert error.exit_code == ExitCode.USAGE


def test_a_long_word_is_cut_in_the_message() -> None:
    assert len(refusal("x" * 5000 + " = 1").message) < 120


def test_nesting_has_a_limit() -> None:
    deepest = "(" * MAX_DEPTH + "title = a" + ")" * MAX_DEPTH
    assert same(is_("title", "a"), parse(deepest))
    error = refusal(f"({deepest})")
    assert (error.message, error.column) == ("more than 100 conditions inside one another at column 101", 101)
    assert "inside one another" in refusal("NOT " * (MAX_DEPTH + 1) + "title = a").message
    assert "inside one another" in refusal("(" * (MAX_LENGTH - 1)).message


def test_depth_counts_nesting_and_not_length() -> None:
    node = parse(" AND ".join(["(NOT (title = a))"] * (MAX_DEPTH + 10)))
    assert isinstance(node, And)
    assert len(node.items) == MAX_DEPTH + 10


def test_length_has_a_limit() -> None:
    at_limit = "title = " + "a" * (MAX_LENGTH - 8)
    assert same(is_("title", "a" * (MAX_LENGTH - 8)), parse(at_limit))
    error = refusal(at_limit + "a")
    assert f"the filter is {MAX_LENGTH + 1} characters long" in error.message
    assert len(error.text) < 100


def test_the_number_of_conditions_has_a_limit() -> None:
    node = parse(" or ".join(["tag=a"] * MAX_CONDITIONS))
    assert isinstance(node, Or)
    assert len(node.items) == MAX_CONDITIONS
    assert "more than 500 conditions" in refusal(" or ".join(["tag=a"] * (MAX_CONDITIONS + 1))).message


def test_the_links_of_a_path_have_a_limit() -> None:
    longest = "parent." * MAX_LINKS + "name"
    assert same(Empty(path(longest, "company")), parse(f"{longest} is empty", "company"))
    assert "a path crosses at most 6 links" in refusal(f"parent.{longest} is empty", "company").message


# --- any text at all ------------------------------------------------------------------------------------------------

SIGNS = [*"()=<>!~^,.'\"`\\ \t\n:;#%€", "!=", "~=", "!~", "^=", "<=", ">="]
WORDS = [" AND ", " or ", " not ", " in ", " is ", " empty ", " between ", "me"]
MARKS = ["\u0301", "\u200f", "\x00", "\ud800", "İ"]
NAMES = [
    "title", "value", "stage", "tags", "company.", "contact.", "custom.", "expected_close", "number", "probability",
    "type", "owner", "сегмент", "`Deal Size`",
]  # fmt: skip
VALUES = [
    "10k", "12.500", "-1", "1e999", "nan", "inf", "9" * 70, "5 EUR", "today", "+999999999y", "-99999d", "0000-00-00",
    "9999-12-31", "2026-02-31", "25:99", "Q9-2026", "last 99999999d", "2026-01-01..", "٣", "new", "won",
]  # fmt: skip
PIECES = st.sampled_from(SIGNS + WORDS + MARKS + NAMES + VALUES)
KINDS_BY_NOUN = [(noun, field.name) for noun, fields in FIELDS.items() for field in fields]


def parses_or_points(filter_text: str, noun: str) -> bool:
    """Whether it is read, or refused on one line with a column that lies in the text; anything else escapes."""
    try:
        parse(filter_text, noun)
    except FilterError as error:
        return 1 <= error.column <= len(filter_text) + 1 and "\n" not in error.message
    return True


@given(st.text(max_size=200), st.sampled_from(sorted(FIELDS)))
@example("`", "deal")
@example("\\", "deal")
def test_any_text_parses_or_is_refused_with_a_column(filter_text: str, noun: str) -> None:
    assert parses_or_points(filter_text, noun)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(sorted(FIELDS)))
def test_any_row_of_tokens_parses_or_is_refused_with_a_column(filter_text: str, noun: str) -> None:
    assert parses_or_points(filter_text, noun)


@given(
    st.sampled_from(KINDS_BY_NOUN),
    st.sampled_from(["=", "!=", "~=", "!~", "^=", "<", "<=", ">", ">="]),
    st.one_of(PIECES, st.text(max_size=40), st.text("0123456789-+:/.,dwmyhTQZkM% ", max_size=20)),
)
def test_any_value_of_any_field_is_read_or_refused(field: tuple[str, str], op: str, value: str) -> None:
    noun, name = field
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert parses_or_points(f'{name} {op} "{escaped}"', noun)


@given(st.text().filter(fold))
def test_quoting_keeps_any_text_whole(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    assert same(is_("title", value), parse(f"title = '{escaped}'"))


LEAVES = st.sampled_from(["a", "b", "c"]).map(lambda raw: is_("title", raw))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: And(tuple(items))),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: Or(tuple(items))),
    ),
    max_leaves=12,
)


def spelled(node: Node) -> str:
    """The tree in full parentheses."""
    match node:
        case And(items):
            return "(" + " and ".join(map(spelled, items)) + ")"
        case Or(items):
            return "(" + " or ".join(map(spelled, items)) + ")"
        case Not(item):
            return f"not {spelled(item)}"
        case Compare(_, _, Text(raw, _)):
            return f"title = {raw}"
        case _:
            raise AssertionError(node)


@given(TREES)
def test_a_tree_spelled_out_is_read_back(tree: Node) -> None:
    assert same(tree, parse(spelled(tree)))


def test_a_filter_loads_no_heavy_library() -> None:
    """Reads filter too, so the language may cost no slow import."""
    slow = ("pydantic", "sqlmodel", "phonenumbers", "babel", "dateutil", "zoneinfo", "difflib", "decimal", "json")
    source = f"import sys, crmcli.domain.filters; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


VALUE_CLASSES = {
    Kind.DATE: ("today", Span), Kind.TIME: ("today", Span), Kind.DUE: ("today", Span), Kind.DURATION: ("15m", float),
    Kind.MONEY: ("5", Amount), Kind.PERCENT: ("5", float), Kind.INTEGER: ("5", float),
}  # fmt: skip


def test_the_value_of_every_field_has_the_class_of_its_kind() -> None:
    for noun, name in KINDS_BY_NOUN:
        field = path(name, noun).field
        assert field is not None, name
        sample, expected = VALUE_CLASSES.get(field.kind, ("".join(field.choices[:1]) or "x", Text))
        node = parse(f"{name} = {sample}", noun)
        assert isinstance(node, Compare), name
        assert expected is type(node.value), name
