"""What a campaign is told: amounts in one currency, goals, its audience, and which states an edit may give."""

from __future__ import annotations

import pytest

from crmcli.domain.campaign_drafts import (
    Audience,
    audience_of,
    newest_state,
    read_amounts,
    read_goals,
    show_goal,
)
from crmcli.domain.money import Money
from crmcli.errors import BadValue


@pytest.mark.parametrize(
    "audience", [Audience(), Audience(("sg_A",)), Audience(("sg_A", "sg_B"), ("sg_C",)), Audience((), ("sg_C",))]
)
def test_an_audience_comes_back_from_its_formula(audience: Audience) -> None:
    assert audience == audience_of(audience.formula)


def test_a_part_of_an_audience_leaves_out_what_the_whole_does() -> None:
    assert "sg_B - sg_C" == Audience(("sg_A", "sg_B"), ("sg_C",)).part("sg_B")


def test_all_amounts_are_in_the_currency_that_one_of_them_names() -> None:
    raw = {"budget": "10", "expected_cost": "5 USD", "expected_revenue": None}
    assert {"budget": Money(1000, "USD"), "expected_cost": Money(500, "USD")} == read_amounts(raw, "EUR", None)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ({"budget": "10 EUR", "expected_cost": "5 USD"}, {}),
        ({"budget": "10 USD"}, {"expected_cost": "EUR"}),
    ],
)
def test_two_currencies_are_refused(raw: dict[str, str], kept: dict[str, str]) -> None:
    with pytest.raises(BadValue, match="one currency"):
        read_amounts(raw, "EUR", None, kept)


def test_goals_are_read_by_their_metric() -> None:
    goals = read_goals(["responses=20", "Revenue = 5k", "roi=150%", "roi=1.2"], "EUR", None)
    assert {"responses": 20.0, "revenue": 5000.0, "roi": 1.2} == goals
    assert ["responses=20", "roi=120%"] == [show_goal(metric, goals[metric]) for metric in ("responses", "roi")]


@pytest.mark.parametrize("text", ["responses", "=5", "responses=", "foo=2", "deals=0", "deals=1.5", "revenue=5 USD"])
def test_a_goal_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"^goal: "):
        read_goals([text], "EUR", None)


@pytest.mark.parametrize(("old", "new", "allowed"), [
    ("draft", "planned", True), ("planned", "draft", True), ("active", "active", True), ("draft", "active", False),
    ("active", "draft", False), ("completed", "active", False), ("active", "canceled", False),
])  # fmt: skip
def test_an_edit_goes_between_draft_and_planned_alone(old: str, new: str, allowed: bool) -> None:
    if allowed:
        assert new == newest_state(old, new)
    else:
        with pytest.raises(BadValue, match="not made"):
            newest_state(old, new)
