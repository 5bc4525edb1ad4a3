"""Figures of the sales trade, held against vectors worked out by hand."""

from __future__ import annotations

import pytest

from crmcli.domain import metrics


def test_weighted_forecast() -> None:
    """3800 at 90 % and 22500 at 20 % are worth 7920."""
    assert metrics.weighted([(3800, 90), (22500, 20)]) == 7920


def test_velocity_is_money_a_day() -> None:
    """40 deals of 25,000 at 25 % in 90 days bring 2777.78 a day."""
    assert pytest.approx(metrics.velocity(40, 25_000, 0.25, 90), abs=0.005) == 2777.78


@pytest.mark.parametrize(("rate", "cycle"), [(None, 90), (0.25, None), (0.25, 0)])
def test_velocity_of_nothing_won(rate: float | None, cycle: float | None) -> None:
    """Without a win rate or a cycle there is no velocity."""
    assert metrics.velocity(40, 25_000, rate, cycle) is None


@pytest.mark.parametrize(
    ("open_value", "quota", "won", "expected"),
    [(4_800_000, 1_600_000, 0, 3.0), (4_800_000, 2_000_000, 400_000, 3.0), (100, 50, 50, None), (100, 50, 80, None)],
)
def test_coverage(open_value: float, quota: float, won: float, expected: float | None) -> None:
    """The pipeline against what is left of the quota; none when nothing is left."""
    assert expected == metrics.coverage(open_value, quota, won)


@pytest.mark.parametrize(("rate", "expected"), [(0.22, 4.5), (0.5, 2.0), (0, None), (None, None)])
def test_required_coverage(rate: float | None, expected: float | None) -> None:
    """One over the win rate: 4.5 at 22 %."""
    found = metrics.required_coverage(rate)
    assert expected == (found if found is None else round(found, 1))


@pytest.mark.parametrize(("won", "lost", "expected"), [(1, 3, 0.25), (0, 2, 0.0), (0, 0, None)])
def test_win_rate(won: int, lost: int, expected: float | None) -> None:
    """Won among closed; no value when nothing was closed."""
    assert expected == metrics.win_rate(won, lost)


@pytest.mark.parametrize(
    ("values", "mean", "median"), [([], None, None), ([3.0], 3.0, 3.0), ([1, 2, 9], 4.0, 2.0), ([4, 1, 3, 2], 2.5, 2.5)]
)
def test_mean_and_median(values: list[float], mean: float | None, median: float | None) -> None:
    """Nothing has neither."""
    assert (mean, median) == (metrics.mean(values), metrics.median(values))


@pytest.mark.parametrize(("step", "expected"), [(0, 0.6), (1, 0.5), (2, 1 / 3), (3, 0.0)])
def test_conversion_counts_who_ever_got_further(step: int, expected: float) -> None:
    """Of 10 deals 4 stopped at the first step, 3 at the second, 2 at the third, 1 went to the last."""
    assert expected == pytest.approx(metrics.conversion([4, 3, 2, 1], step))


def test_conversion_of_an_empty_step() -> None:
    """Nobody there, nobody on."""
    assert metrics.conversion([2, 0, 0], 1) is None
