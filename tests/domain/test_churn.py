"""Silence against a customer's own rhythm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain import churn

LAST = date(2026, 6, 30)


def bought(*days_before: int, amount: int = 100) -> dict[date, int]:
    """Purchases so many days before the last day, the longest ago first."""
    return {LAST - timedelta(days=days): amount for days in days_before}


# Gaps 10, 10, 30 and 20, 40: medians 10 and 30, the common one 20.
HISTORIES = {
    "weekly": bought(95, 85, 75, 45),
    "monthly": bought(75, 55, 15),
    "once": bought(40, amount=900),
    "twice": bought(50, 5),
}


def test_silence_is_counted_in_own_gaps_or_in_common_ones() -> None:
    found = {each.customer: each for each in churn.silences(HISTORIES, LAST)}
    assert (45, 10, True, 4.5, "silent") == (*found["weekly"][1:5], found["weekly"].state)
    assert (15, 30, True, 0.5, "active") == (*found["monthly"][1:5], found["monthly"].state)
    assert (40, 20, False, 2.0, "late") == (*found["once"][1:5], found["once"].state)
    assert (5, 20, False, 0.25, "active") == (*found["twice"][1:5], found["twice"].state)
    assert (0.75, 900) == (found["once"].risk, found["once"].spent)


def test_the_greatest_risk_comes_first_with_its_reasons() -> None:
    found = churn.silences(HISTORIES, LAST, {"once": 0.05, "monthly": 0.9})
    assert ["weekly", "once", "monthly", "twice"] == [each.customer for each in found]
    assert ("silent for 40 days, customers usually buy every 20 days", "bought only once", "P(alive) 5%") == found[
        1
    ].reasons
    assert ("silent for 15 days, usually buys every 30 days", "P(alive) 90%") == found[2].reasons


@pytest.mark.parametrize(
    ("times", "alive", "expected"),
    [(1.0, None, 0.5), (2.0, None, 0.75), (None, 0.2, 0.8), (1.0, 0.2, 0.65), (None, None, None), (0.0, 1.0, 0.0)],
)
def test_risk(times: float | None, alive: float | None, expected: float | None) -> None:
    """Half of all gaps are longer than their median, a quarter longer than two."""
    assert expected == pytest.approx(churn.risk(times, alive))


def test_where_nobody_came_again_there_is_no_rhythm_and_no_guess() -> None:
    (only,) = churn.silences({"a": bought(20)}, LAST)
    assert (None, None, None, "unknown") == (only.usual, only.times, only.risk, only.state)
    assert ("silent for 20 days", "bought only once") == only.reasons


def test_where_nobody_has_a_rhythm_of_their_own_all_gaps_make_one() -> None:
    assert 30 == churn.common_gap({"a": bought(40, 10), "b": bought(5)})


@given(st.floats(0, 1e6), st.floats(0, 1))
def test_risk_is_a_share_and_grows_with_silence(times: float, alive: float) -> None:
    now, later = churn.risk(times, alive), churn.risk(times + 1, alive)
    assert now is not None
    assert later is not None
    assert 0 <= now <= later <= 1
