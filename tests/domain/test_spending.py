"""Gamma-Gamma and lifetime value held against the published figures and against numbers worked out by hand."""

from __future__ import annotations

from itertools import product
from math import gamma, log
from typing import TYPE_CHECKING

import numpy as np
import pytest

from crmcli.domain import buy_till_you_die as btyd
from crmcli.domain import spending
from crmcli.domain.buy_till_you_die import BgNbd
from crmcli.domain.purchasing import buyers
from crmcli.domain.spending import GammaGamma
from crmcli.errors import Refused
from tests.domain import cdnow

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = GammaGamma(6.25, 3.74, 15.45, 0.0, 946)
BUYING = BgNbd(0.2426, 4.4135, 0.7929, 2.4258, -9582.43, 2357)


def test_customer_1_is_expected_to_spend_between_the_own_mean_and_everybodys() -> None:
    """6.25 * (15.45 + 2 * 22.35) / (2 * 6.25 + 3.74 - 1) = 24.668; who never came again: 6.25 * 15.45 / 2.74 = 35.242."""
    found = spending.expected_mean(PUBLISHED, [2, 0], [22.35, 0.0])
    assert [24.668, 35.242] == [round(float(each), 3) for each in found]


def test_without_a_mean_there_is_no_expectation() -> None:
    """At q of .8 the mean of all customers' means is infinite; one with two purchases has one all the same."""
    found = spending.expected_mean(GammaGamma(2.0, 0.8, 10.0, 0.0, 9), [0, 2], [0.0, 5.0])
    assert (True, 2 * (10 + 10) / 3.8) == (bool(np.isnan(found[0])), pytest.approx(found[1]))


def test_the_likelihood_is_equation_1a() -> None:
    p, q, g, x, mean = 6.25, 3.74, 15.45, 2, 22.35
    density = gamma(p * x + q) / (gamma(p * x) * gamma(q))
    density *= g**q * mean ** (p * x - 1) * x ** (p * x) / (g + x * mean) ** (p * x + q)
    assert log(density) == pytest.approx(spending.log_likelihood((p, q, g), [x], [mean]))


def test_a_fit_finds_the_top_of_the_likelihood_whatever_the_unit() -> None:
    draw = np.random.default_rng(11)
    frequency = draw.integers(1, 9, 400)
    means = np.array(
        [draw.gamma(6.0, 1 / rate, x).mean() for x, rate in zip(frequency, draw.gamma(4, 1 / 15, 400), strict=True)]
    )
    model = spending.fit(frequency, means)
    for place, factor in product(range(3), (0.97, 1.03)):
        moved = [value * factor if place == i else value for i, value in enumerate(model[:3])]
        assert spending.log_likelihood((moved[0], moved[1], moved[2]), frequency, means) < model.ll
    cents = spending.fit(frequency, means * 100)
    assert (model.p, model.q, model.gamma * 100) == pytest.approx(cents[:3], rel=1e-3)


@pytest.mark.parametrize(("means", "count"), [([10.0] * 19, 19), ([10.0] * 10 + [0.0] * 30, 10), ([], 0)])
def test_too_few_are_refused(means: list[float], count: int) -> None:
    with pytest.raises(Refused, match=f"too few repeat buyers for a model of spending: {count}, 20 are needed"):
        spending.fit([1] * len(means), means)


def test_lifetime_value_is_purchases_by_value() -> None:
    customers = ([2, 0], [30.43, 0.0], [38.86, 38.86])
    purchases = btyd.expected_purchases(BUYING, 39, *customers)
    found = spending.lifetime_value(BUYING, 39, customers, [24.668, 35.242])
    assert [purchases[0] * 24.668, purchases[1] * 35.242] == pytest.approx(list(found))
    assert 30.24 == round(float(found[0]), 2)


def test_a_discount_counts_each_piece_of_the_horizon_at_its_middle() -> None:
    """Eight weeks are two pieces of four, whose middles are two and six weeks away."""
    customers = ([2], [30.43], [38.86])
    half, whole = (float(btyd.expected_purchases(BUYING, weeks, *customers)[0]) for weeks in (4, 8))
    expected = 100 * (half / 1.1 ** (2 * 7 / 365.25) + (whole - half) / 1.1 ** (6 * 7 / 365.25))
    assert expected == pytest.approx(float(spending.lifetime_value(BUYING, 8, customers, [100.0], 0.1)[0]))


def test_cdnow_comes_to_the_published_figures(shared: Path) -> None:
    """On the 946 who came again from January to September 1997."""
    again = [each for each in buyers(cdnow.read(shared), cdnow.START, cdnow.END) if each.frequency]
    model = spending.fit([each.frequency for each in again], [(each.repeat_mean or 0) / 100 for each in again])
    assert (6.25, 3.74, 15.45, 946) == (round(model.p, 2), round(model.q, 2), round(model.gamma, 2), model.n)
    assert 0.11 == round(model.correlation or 0, 2)
