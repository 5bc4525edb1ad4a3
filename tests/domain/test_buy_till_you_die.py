"""BG/NBD held against the published figures, the published closed forms, and numbers worked out by hand."""

from __future__ import annotations

from itertools import product
from math import gamma, log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1

from crmcli.domain import buy_till_you_die as btyd
from crmcli.domain.buy_till_you_die import BgNbd
from crmcli.domain.purchasing import buyers
from crmcli.errors import Refused
from tests.domain import cdnow

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = BgNbd(0.2426, 4.4135, 0.7929, 2.4258, -9582.43, 2357)
# Rows of the published table: frequency, recency, age.
CUSTOMERS = ([2, 1, 0, 7, 1, 2], [30.43, 1.71, 0.0, 29.43, 5.0, 35.71], [38.86] * 6)
NINE_MONTHS = 39


def made(customers: int = 300, seed: int = 7) -> tuple[list[float], list[float], list[float]]:
    """Customers drawn from the model itself with r 1, alpha 5, a 1, b 3, each watched for 40 weeks."""
    draw = np.random.default_rng(seed)
    frequency, recency = [], []
    for rate, leave in zip(draw.gamma(1, 1 / 5, customers), draw.beta(1, 3, customers), strict=True):
        at = last = 0.0
        count = 0
        while (at := at + draw.exponential(1 / rate)) < 40:
            count, last = count + 1, at
            if draw.random() < leave:
                break
        frequency.append(float(count))
        recency.append(last)
    return frequency, recency, [40.0] * customers


def test_the_likelihood_of_who_never_came_again_is_that_of_no_purchase() -> None:
    """(alpha / (alpha + T))^r, whatever a and b."""
    expected = 0.2426 * log(4.4135 / (4.4135 + 38.86))
    assert expected == pytest.approx(btyd.log_likelihood(PUBLISHED[:4], [0], [0.0], [38.86]))


def test_the_likelihood_of_one_repeat_purchase_is_equation_6() -> None:
    r, alpha, a, b = 0.5, 4.0, 0.8, 2.5
    t_x, t = 10.0, 30.0

    def beta(one: float, other: float) -> float:
        return gamma(one) * gamma(other) / gamma(one + other)

    stays = beta(a, b + 1) / beta(a, b) * gamma(r + 1) * alpha**r / (gamma(r) * (alpha + t) ** (r + 1))
    left = beta(a + 1, b) / beta(a, b) * gamma(r + 1) * alpha**r / (gamma(r) * (alpha + t_x) ** (r + 1))
    assert log(stays + left) == pytest.approx(btyd.log_likelihood((r, alpha, a, b), [1], [t_x], [t]))


def test_customer_1_is_expected_to_buy_1_226_times_in_39_weeks() -> None:
    found = btyd.expected_purchases(PUBLISHED, NINE_MONTHS, *CUSTOMERS)
    assert 1.226 == round(float(found[0]), 3)
    assert 0.7266 == round(float(btyd.p_alive(PUBLISHED, *CUSTOMERS)[0]), 4)


def test_expected_purchases_are_the_published_closed_form_where_that_can_be_computed() -> None:
    r, alpha, a, b = PUBLISHED[:4]
    x, _, t = (np.array(each) for each in CUSTOMERS)
    z = NINE_MONTHS / (alpha + t + NINE_MONTHS)
    closed = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z))
    expected = closed * btyd.p_alive(PUBLISHED, *CUSTOMERS)
    assert expected == pytest.approx(btyd.expected_purchases(PUBLISHED, NINE_MONTHS, *CUSTOMERS), rel=1e-9)


def test_what_a_new_customer_is_expected_to_buy_is_equation_9() -> None:
    r, alpha, a, b = PUBLISHED[:4]
    z = NINE_MONTHS / (alpha + NINE_MONTHS)
    closed = (a + b - 1) / (a - 1) * (1 - (1 - z) ** r * hyp2f1(r, b, a + b - 1, z))
    assert closed == pytest.approx(btyd.expected_purchases(PUBLISHED, NINE_MONTHS, [0], [0.0], [0.0])[0], rel=1e-9)


@pytest.mark.parametrize("a", [0.999999, 1.0, 1.000001])
def test_a_of_1_is_no_gap(a: float) -> None:
    """At a = 1, b = 1, x = 0 the mean of (1 - (1 + p w)^-1) / p over even p is that of w / (1 + p w), which is log(1 + w)."""
    model = BgNbd(1.0, 1.0, a, 1.0, 0.0, 0)
    assert log(4.0) == pytest.approx(btyd.expected_purchases(model, 3.0, [0], [0.0], [0.0])[0], rel=1e-5)


@pytest.mark.parametrize(
    ("r", "a", "b", "x"), list(product([0.01, 2.0, 2000.0], [0.001, 1.0, 2900.0], [0.01, 2900.0], [0, 3, 2000]))
)
def test_extreme_parameters_give_expectations_between_none_and_those_of_who_never_leaves(
    r: float, a: float, b: float, x: float
) -> None:
    model = BgNbd(r, 4.0, a, b, 0.0, 0)
    near, far = (float(btyd.expected_purchases(model, weeks, [x], [30.0], [31.0])[0]) for weeks in (1.0, 300.0))
    alive = float(btyd.p_alive(model, [x], [30.0], [31.0])[0])
    assert 0 <= near * (1 - 1e-6) <= far <= alive * (r + x) * 300 / 35 * (1 + 1e-6)


@given(st.integers(0, 500), st.floats(0, 1), st.floats(0, 500))
def test_p_alive_is_a_chance_and_falls_with_silence(frequency: int, share: float, age: float) -> None:
    recency = share * age if frequency else 0.0
    now, later = (float(btyd.p_alive(PUBLISHED, [frequency], [recency], [age + more])[0]) for more in (0, 10))
    assert 0.0 <= later <= now <= 1.0


def test_a_fit_finds_the_top_of_the_likelihood() -> None:
    """Away from it in any direction it is lower, and the parameters the customers were drawn from are not far."""
    customers = made()
    model = btyd.fit(*customers)
    assert () == model.edge
    for place, factor in product(range(4), (0.97, 1.03)):
        moved = [value * factor if place == i else value for i, value in enumerate(model[:4])]
        assert btyd.log_likelihood((moved[0], moved[1], moved[2], moved[3]), *customers) < model.ll
    assert btyd.log_likelihood((1.0, 5.0, 1.0, 3.0), *customers) == pytest.approx(model.ll, abs=5)


def test_a_fit_is_the_same_in_days_as_in_weeks() -> None:
    frequency, recency, age = made()
    weeks, days = btyd.fit(frequency, recency, age), btyd.fit(frequency, [7 * t for t in recency], [7 * t for t in age])
    expected = (weeks.r, 7 * weeks.alpha, weeks.a, weeks.b)
    assert expected == pytest.approx(days[:4], rel=1e-3)


def test_customers_whom_nobody_leaves_run_a_parameter_to_its_edge_and_say_so() -> None:
    """Everybody bought every week to the last: nothing tells how many would leave."""
    customers = ([40.0 + k % 7 for k in range(30)], [40.0] * 30, [40.1] * 30)
    model = btyd.fit(*customers)
    assert model.edge
    assert 0.99 < btyd.p_alive(model, *customers).min() <= 1.0


@pytest.mark.parametrize(
    ("customers", "message"),
    [
        (([1] * 19, [1.0] * 19, [2.0] * 19), "too few customers for a model of buying: 19, 20 are needed"),
        (([1] * 4 + [0] * 30, [1.0] * 4 + [0.0] * 30, [2.0] * 34),
         "too few customers who bought again for a model of buying: 4 of 34, 5 are needed"),
        (([], [], []), "too few customers for a model of buying: 0, 20 are needed"),
    ],
)  # fmt: skip
def test_too_few_are_refused(customers: tuple[list[float], list[float], list[float]], message: str) -> None:
    with pytest.raises(Refused) as refusal:
        btyd.fit(*customers)
    assert message == str(refusal.value)


def test_cdnow_comes_to_the_published_figures(shared: Path) -> None:
    """Calibrated on January to September 1997."""
    found = buyers(cdnow.read(shared), cdnow.START, cdnow.END)
    customers = [each.frequency for each in found], [each.recency for each in found], [each.age for each in found]
    model = btyd.fit(*customers)
    assert (0.2426, 4.4135, 0.7929, 2.4258) == tuple(round(each, 4) for each in model[:4])
    assert (-9582.43, 2357) == (round(model.ll, 2), model.n)
    assert -9582.43 == round(btyd.log_likelihood(PUBLISHED[:4], *customers), 2)
    assert 1.226 == round(float(btyd.expected_purchases(model, NINE_MONTHS, *customers)[0]), 3)
