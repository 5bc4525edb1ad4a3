"""Deals are owed to campaigns, never more than once in all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.attribution import MODELS, Touch, credit

CREATED = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOUCHES = tuple(Touch(campaign, CREATED - timedelta(days=days)) for campaign, days in ((3, 1), (1, 30), (2, 9), (1, 5)))


@pytest.mark.parametrize(
    ("model", "own", "expected"),
    [
        ("own", 9, {9: 1}),
        ("own", None, {3: 1}),
        ("first", 9, {1: 1}),
        ("last", 9, {3: 1}),
        ("linear", None, {1: Fraction(1, 2), 2: Fraction(1, 4), 3: Fraction(1, 4)}),
    ],
)
def test_each_model_gives_the_deal_to_its_campaigns(model: str, own: int | None, expected: dict[int, Fraction]) -> None:
    assert expected == credit(model, own, CREATED, TOUCHES)


@pytest.mark.parametrize("model", MODELS)
def test_what_came_after_the_deal_did_not_bring_it(model: str) -> None:
    assert {} == credit(model, None, CREATED, [Touch(1, CREATED + timedelta(seconds=1))])


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(-9, 9))), st.sampled_from(MODELS), st.none() | st.integers(1, 5)
)
def test_a_deal_is_given_away_once_or_not_at_all(given_: list[tuple[int, int]], model: str, own: int | None) -> None:
    shares = credit(model, own, CREATED, [Touch(c, CREATED - timedelta(days=d)) for c, d in given_])
    assert sum(shares.values()) in (0, 1)
