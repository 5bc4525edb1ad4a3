"""Chances out of what became of others, and the simulation, held against sums done by hand and against probability theory."""

from __future__ import annotations

from collections import Counter
from math import sqrt
from random import Random
from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.forecasting import Futures, Outcomes, chance, interval, simulated


@pytest.mark.parametrize(
    ("outcomes", "probability", "expected"),
    [
        (None, 0.2, 0.2),  # nobody went before
        (Outcomes(0, 0), 0.2, 0.2),
        (Outcomes(10, 0), 0.2, 0.6),  # (10 + 10 · .2) / 20
        (Outcomes(0, 10), 0.2, 0.1),
        (Outcomes(300, 690), 0.3, 0.303),  # (300 + 3) / 1000: the many decide
    ],
)
def test_few_deals_leave_the_probability_as_it_is(
    outcomes: Outcomes | None, probability: float, expected: float
) -> None:
    assert chance(outcomes, probability) == pytest.approx(expected)


def test_ten_deals_are_telling() -> None:
    """So many weigh as much as the probability that is given."""
    assert [Outcomes(*ended).is_telling for ended in ((9, 0), (0, 9), (4, 6), (10, 0))] == [False, False, True, True]


def test_two_deals_come_out_in_four_ways_as_often_as_they_should() -> None:
    """Of 100,000 futures with chances of a half and a quarter: 3/8, 3/8, 1/8, 1/8."""
    count = 100_000
    sums, together = simulated([("a", 100, 0.5), ("b", 7, 0.25)], count, seed=3)
    found = Counter(together)
    assert set(found) == {0, 7, 100, 107}
    for total, share in {0: 0.375, 100: 0.375, 7: 0.125, 107: 0.125}.items():
        assert found[total] / count == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / count))
    assert set(sums["a"]) == {0, 100}
    assert [one + other for one, other in zip(sums["a"], sums["b"], strict=True)] == together


def test_many_deals_have_the_mean_and_spread_that_theory_says() -> None:
    """Σ v·p and √Σ v²·p·(1-p), within four standard errors."""
    source = Random(5)
    deals = [(1, source.randrange(10**7), source.random()) for _ in range(300)]
    _, together = simulated(deals, 10_000, seed=1)
    expected = sum(value * p for _, value, p in deals)
    spread = sqrt(sum(value**2 * p * (1 - p) for _, value, p in deals))
    assert mean(together) == pytest.approx(expected, abs=4 * spread / 100)
    assert pstdev(together) == pytest.approx(spread, rel=0.04)


@given(st.lists(st.tuples(st.integers(0, 10**15), st.sampled_from((0.0, 1.0))), max_size=20))
def test_sums_are_exact(deals: list[tuple[int, float]]) -> None:
    """What is sure comes in every future, what is impossible in none, to the last minor unit."""
    futures = Futures(7, Random(1))
    for amount, probability in deals:
        futures.add(amount, probability)
    assert futures.sums() == [sum(amount for amount, probability in deals if probability)] * 7


def test_the_same_seed_gives_the_same_answer_however_deals_are_grouped() -> None:
    """And another seed another one; no deals bring nothing."""
    deals = [(number % 3, number * 1000, 0.3) for number in range(50)]
    _, once = simulated(deals, 500, seed=9)
    assert simulated(deals, 500, seed=9)[1] == once
    assert simulated([(0, *rest) for _, *rest in deals], 500, seed=9)[1] == once  # type: ignore[misc]
    assert simulated(deals, 500, seed=10)[1] != once
    assert simulated([], 3) == ({}, [0, 0, 0])


def test_percentiles_by_nearest_rank() -> None:
    assert interval(range(1, 101)) == (10, 50, 90)
    assert interval([5]) == (5, 5, 5)
    assert interval([3, 1, 2]) == (1, 2, 3)
