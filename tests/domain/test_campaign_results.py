"""Campaigns in figures, by hand-computed vectors."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.campaign_results import Counts, Outcome, Part, deltas, figures, goal_shares, in_all
from crmcli.domain.money import Money

COUNTS = Counts(
    targeted=1000, sent=900, delivered=880, opened=300, clicked=60, replied=22, responded=45, converted=9, bounced=20,
    complained=2, unsubscribed=11, failed=30, skipped=70, in_doubt=1, reach=900,
)  # fmt: skip


def won(*amounts: int, share: Fraction = Fraction(1), currency: str = "EUR") -> tuple[Part, ...]:
    """Deals won, of these amounts in cents."""
    return tuple(Part(number, share, True, minor, currency) for number, minor in enumerate(amounts, 1))


def outcome(deals: tuple[Part, ...] = (), spent: tuple[Money, ...] = (), leads: int = 0) -> Outcome:
    """What came of a campaign of a thousand people."""
    return Outcome(COUNTS, leads, deals, deals, spent)


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("response_rate", 45 / 900),
        ("open_rate", 300 / 880),
        ("click_rate", 60 / 880),
        ("click_to_open", 60 / 300),
        ("reply_rate", 22 / 880),
        ("unsubscribe_rate", 11 / 880),
        ("complaint_rate", 2 / 880),
    ],
)
def test_each_rate_has_its_own_denominator(name: str, rate: float) -> None:
    assert rate == getattr(figures(outcome(), "EUR", is_tracked=True), name)


def test_money_by_hand() -> None:
    """5,000 won for 1,250 spent is a return of 3; 1,250 / 45 = 27.78, / 10 = 125, / 2 = 625."""
    told = figures(outcome(won(300_000, 200_000), (Money(125_000, "EUR"),), leads=10), "EUR")
    assert (Money(500_000, "EUR"), Money(125_000, "EUR"), 3.0) == (told.won_revenue, told.cost, told.roi)
    each = (told.cost_per_response, told.cost_per_lead, told.cost_per_win)
    assert (Money(2778, "EUR"), Money(12_500, "EUR"), Money(62_500, "EUR")) == each


def test_of_nothing_there_is_no_rate_and_no_return() -> None:
    told = figures(Outcome(), "EUR", is_tracked=True)
    names = [name for name in told._fields if name.endswith("_rate") or name.startswith("cost_per")]
    assert {None} == {getattr(told, name) for name in (*names, "click_to_open", "roi")}


def test_what_is_spent_for_nothing_is_lost_whole() -> None:
    assert -1.0 == figures(Outcome(spent=(Money(500, "EUR"),)), "EUR").roi


def test_opens_and_clicks_are_no_figures_unless_they_are_tracked() -> None:
    told = figures(outcome(), "EUR")
    assert {None} == {getattr(told, name) for name in ("opened", "clicked", "open_rate", "click_rate", "click_to_open")}


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20), st.integers(1, 10**8), st.integers(1, 7))
def test_the_return_does_not_change_when_the_revenue_is_split_over_more_deals(
    amounts: list[int], cost: int, parts: int
) -> None:
    share = Fraction(1, parts)
    whole = figures(outcome(won(sum(amounts), share=share), (Money(cost, "EUR"),)), "EUR")
    split = figures(outcome(won(*amounts, share=share), (Money(cost, "EUR"),)), "EUR")
    assert (whole.roi, whole.won_revenue) == (split.roi, split.won_revenue)


def test_other_currencies_are_named_and_there_is_no_return_then() -> None:
    deals = won(100_000) + won(50_000, currency="USD")
    told = figures(outcome(deals, (Money(20_000, "EUR"), Money(1_000, "GBP"))), "EUR")
    assert (Money(100_000, "EUR"), Money(20_000, "EUR"), None) == (told.won_revenue, told.cost, told.roi)
    assert "500 USD won, 10 GBP spent" == told.other_currencies
    assert None is told.cost_per_win


def test_revenue_and_cost_in_one_foreign_currency_have_a_return() -> None:
    told = figures(outcome(won(30_000, currency="USD"), (Money(10_000, "USD"),)), "EUR")
    assert ("USD", 2.0, None) == (told.currency, told.roi, told.other_currencies)


def test_a_part_of_the_people_has_no_cost() -> None:
    told = figures(outcome(won(10_000)), "EUR", has_cost=False)
    assert (None, None, None, None) == (told.cost, told.cost_per_response, told.cost_per_lead, told.roi)


def test_goals_are_held_against_what_is_reached() -> None:
    all_of_it = outcome(won(300_000), (Money(100_000, "EUR"),), leads=3)
    goals = (("responses", 50), ("reach", 1000), ("leads", 3), ("deals", 4), ("revenue", 6000), ("roi", 4.0))
    shares = goal_shares(goals, all_of_it, figures(all_of_it, "EUR"), "EUR")
    assert [(45, 0.9), (900, 0.9), (3, 1.0), (1, 0.25), (3000, 0.5), (2.0, 0.5)] == [
        (each.actual, each.reached) for each in shares
    ]


def test_a_goal_without_a_figure_has_no_share() -> None:
    (share,) = goal_shares((("roi", 1.5),), Outcome(), figures(Outcome(), "EUR"), "EUR")
    assert (None, None) == (share.actual, share.reached)


def test_against_the_campaign_before() -> None:
    now = figures(outcome(won(500_000), (Money(100_000, "EUR"),)), "EUR")
    then = figures(outcome(won(400_000), (Money(50_000, "USD"),)), "EUR")
    delta = deltas(now, then)
    assert (0, None, None) == (delta["sent"], delta["cost"], delta["opened"])
    assert "currency" not in delta


def test_groups_together_are_the_whole() -> None:
    whole = in_all([outcome(won(100), leads=1), Outcome(Counts(sent=100, reach=5))], (Money(7, "EUR"),))
    assert (1000, 905, 1, 1, (Money(7, "EUR"),)) == (
        whole.counts.sent, whole.counts.reach, whole.leads, len(whole.won), whole.spent,
    )  # fmt: skip
