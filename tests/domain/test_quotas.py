"""Quotas: how far they are reached, which goals make one, and the coverage that it takes."""

from __future__ import annotations

from datetime import date

import pytest

from crmcli.domain.quotas import Attainment, attainment, coverage, quota_within, read_metric, required_coverage
from crmcli.errors import BadValue

Q4 = (date(2026, 10, 1), date(2026, 12, 31))  # 92 days
GOALS = [
    (*Q4, 100.0), (date(2026, 10, 1), date(2026, 10, 31), 20.0), (date(2026, 11, 1), date(2026, 11, 30), 30.0),
    (date(2026, 1, 1), date(2026, 3, 31), 7.0), (date(2026, 9, 1), date(2026, 10, 31), 1000.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reached", "today", "expected"),
    [
        (460.0, date(2026, 11, 15), Attainment(0.5, 460.0, 460.0, 1.0)),  # 46 of 92 days, half of it
        (0.0, date(2026, 9, 30), Attainment(0.0, 920.0, 0.0, None)),  # not begun: no pace
        (0.0, date(2026, 10, 1), Attainment(0.0, 920.0, 10.0, 0.0)),  # the first day counts
        (1380.0, date(2027, 3, 1), Attainment(1.5, -460.0, 920.0, 1.5)),  # over, and more than wanted
    ],
)
def test_attainment(reached: float, today: date, expected: Attainment) -> None:
    assert attainment(920.0, reached, *Q4, today) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (Q4, 100.0),  # the goal of just these days, not the months in it as well
        ((date(2026, 1, 1), date(2026, 12, 31)), 107.0),  # two quarters; what overlaps the longer of them is left out
        ((date(2026, 10, 1), date(2026, 11, 30)), 50.0),
        ((date(2026, 11, 2), date(2026, 11, 30)), None),
    ],
)
def test_a_quota_from_goals(days: tuple[date, date], expected: float | None) -> None:
    """The goal of the period itself, else the longest of those inside; no day is counted twice."""
    assert quota_within(GOALS, *days) == expected


def test_coverage_as_in_the_books() -> None:
    """4.8 million open against 1.6 million missing are 3.0; a win rate of 22 % asks for 4.5."""
    assert coverage(4_800_000, 2_000_000, 400_000) == 3.0
    assert round(required_coverage(0.22) or 0, 1) == 4.5
    assert (coverage(1, None, 0), coverage(1, 5, 5), coverage(1, 5, 6)) == (None, None, None)
    assert (required_coverage(None), required_coverage(0.0)) == (None, None)


def test_metrics_are_read_as_people_write_them() -> None:
    assert [read_metric(text).name for text in ("won_value", "Won Value", "new-deals")] == [
        "won_value",
        "won_value",
        "new_deals",
    ]
    with pytest.raises(BadValue, match="there is no metric 'meeting'") as refused:
        read_metric("meeting")
    assert refused.value.hint == "did you mean meetings?"
