"""Filters over campaigns, segments, consents and sums: what is read, what is refused where, what is offered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crmcli.domain.filter_completion import complete, first_error
from crmcli.domain.filter_tree import Amount, Compare, FilterContext, Text
from crmcli.domain.filters import Mention, mentions_in, parse_filter
from crmcli.errors import BadValue, FilterError

KNOWN = {"spring": "cp_1", "vip": "sg_1", "trade fair": "sg_2"}


def named(noun: str, text: str) -> str:
    """The uid of what there is."""
    found = KNOWN.get(text.lower())
    if found is None:
        raise BadValue(noun, f"no {noun} {text}", hint="did you mean vip?")
    return found


UNNAMED = FilterContext(datetime(2026, 11, 21, 12, tzinfo=UTC), "maria", {}, "EUR")
CONTEXT = UNNAMED._replace(named=named)


def paths(text: str, noun: str) -> list[str]:
    """What is offered at the end of the text."""
    return [each.text for each in complete(text, len(text), noun).candidates]


def test_a_link_is_narrowed_to_one_of_its_records() -> None:
    """The condition holds of that very membership."""
    node = parse_filter('campaign("Spring").status = clicked', "contact", CONTEXT)
    assert isinstance(node, Compare)
    assert ("campaigns.status", (Text("cp_1", "cp_1"),)) == (str(node.path), node.path.narrowed)


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("campaign(Spring).reason = duplicate", ("cp_1",)),
        ("deal.contact.campaign('spring').variant = A", (None, None, "cp_1")),
        ('company("Acme").industry = saas', ("Acme",)),
        ('company("Acme").deal("Big one").stage = won', ("Acme", "Big one")),
        ('company("Acme").parent.name = Holding', ("Acme",)),
    ],
)
def test_each_link_may_be_narrowed(text: str, narrowed: tuple[str | None, ...]) -> None:
    """What is not named is any."""
    node = parse_filter(text, "contact", CONTEXT)
    assert isinstance(node, Compare)
    assert narrowed == tuple(each and each.raw for each in node.path.narrowed)


def test_a_sum_is_a_field_of_the_record_and_not_of_a_deal() -> None:
    """So it is of all deals together."""
    for text in ("deal.won_value > 10k", "deals.won_value > 10k", "deal.won-value > 10k"):
        node = parse_filter(text, "contact", CONTEXT)
        assert isinstance(node, Compare)
        assert ((), "deal.won_value", Amount(10000.0, None)) == (
            node.path.links,
            node.path.field and node.path.field.name,
            node.value,
        )


def test_segments_and_campaigns_are_told_by_where_they_stand() -> None:
    """So that a name can be replaced by what never changes."""
    text = 'segment = "Trade fair" AND campaign("Spring").status = sent OR segment in (vip, trade fair)'
    places = [
        Mention("segment", "sg_2", 10, 22),
        Mention("campaign", "cp_1", 36, 44),
        Mention("segment", "sg_1", 75, 78),
        Mention("segment", "sg_2", 80, 90),
    ]
    assert places == mentions_in(text, "contact", CONTEXT)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("segment = vpi", 11, "segments: no segment vpi"),
        ("segment ~= vip", 9, "can't be compared so"),
        ("segment is empty", 12, "can't be empty"),
        ('campaign("Sprng").status = sent', 10, "no campaign Sprng"),
        ('campaign("Spring").status = red', 29, "'red' is not a choice"),
        ('campaign("Spring").stat = sent', 20, "did you mean 'status'"),
        ('campaign("Spring") is empty', 20, "a field must follow"),
        ('campaign("Spring")', 19, "a field must follow"),
        ('campaign("Spring"', 9, "never closed"),
        ("campaign()", 10, "a value is missing"),
        ("campaign = Sprng", 12, "no campaign Sprng"),
        ("consent = granted", 9, "a word for each channel"),
        ("consent.fax = granted", 9, "consent has no field 'fax'"),
        ("consent.email = maybe", 17, "is not a choice"),
        ("deal.won_valu > 5", 6, "has no field 'won_valu'"),
        ("name(x) = y", 5, "an operator is missing"),
    ],
)
def test_an_error_points_at_the_column(text: str, column: int, words: str) -> None:
    """With the remedy beside it."""
    with pytest.raises(FilterError) as refused:
        parse_filter(text, "contact", CONTEXT)
    assert (column, True) == (refused.value.column, words in refused.value.message), refused.value.message


@pytest.mark.parametrize(
    ("text", "noun", "offered"),
    [
        ("deal.wo", "contact", "deal.won_value"),
        ("deal.won_c", "company", "deal.won_count"),
        ("seg", "contact", "segments"),
        ("camp", "contact", "campaign("),
        ("campaign.", "contact", "campaign.status"),
        ('campaign("Spring")', "contact", ".status"),
        ('campaign("Spring").st', "contact", ".status_now"),
        ('campaign("Spring").status ', "contact", "="),
        ('campaign("Spring").status = c', "contact", "clicked"),
        ("consent.", "contact", "consent.email"),
        ("consent.email = g", "contact", "granted"),
        ("status = sk", "member", "skipped"),
        ("contact.na", "member", "contact.name"),
        ("kind = exh", "campaign", "exhibition"),
        ("bud", "campaign", "budget"),
    ],
)
def test_what_fits_is_offered(text: str, noun: str, offered: str) -> None:
    """The same fields that can be asked."""
    assert offered in paths(text, noun)


@pytest.mark.parametrize(
    ("text", "lookup"),
    [
        ("segment = v", ("contact", "segments")),
        ('campaign("Spr', ("contact", "campaigns")),
        ("campaign(Spr", ("contact", "campaigns")),
        ("campaign = Spr", ("contact", "campaigns")),
    ],
)
def test_names_are_looked_up_in_the_store(text: str, lookup: tuple[str, str]) -> None:
    """Which segments and campaigns there are only the store knows."""
    assert lookup == complete(text, len(text), "contact").lookup


@pytest.mark.parametrize(
    "text",
    ["seg", "segment ", "segment =", "segment = v", "camp", "campaign(", 'campaign("', 'campaign("Spr', 'campaign("Spring"',
     "campaign(Spring", 'campaign("Spring")', 'campaign("Spring").', 'campaign("Spring").st', 'campaign("Spring").status',
     'campaign("Spring").status =', "consent.", "consent.em", "deal.won_v", "activity.ty"],
)  # fmt: skip
def test_what_is_unfinished_is_not_wrong(text: str) -> None:
    """No mark while one is still typing."""
    assert first_error(text, "contact", UNNAMED) is None


@pytest.mark.parametrize("noun", ["campaign", "member"])
def test_campaigns_and_members_have_filters_of_their_own(noun: str) -> None:
    """Their fields are known, and others are refused with a near one."""
    parse_filter("status in (active)" if noun == "campaign" else "status in (skipped, failed)", noun, CONTEXT)
    with pytest.raises(FilterError, match="did you mean 'status'"):
        parse_filter("statsu = x", noun, CONTEXT)


def test_a_custom_field_of_that_name_keeps_it() -> None:
    """What names no segment, or can't be asked of segments, is asked of the custom field."""
    context = CONTEXT._replace(custom={"contact": frozenset({"segment"})})
    for text, custom in (
        ("segment = smb", True),
        ("segment = vip", False),
        ("segment is empty", True),
        ("segments = vip", False),
    ):
        node = parse_filter(text, "contact", context)
        assert (text, custom) == (text, node.path.custom == "segment")  # type: ignore[union-attr]
    assert ["sg_1"] == [each.uid for each in mentions_in("segment = vip or segment = smb", "contact", context)]
