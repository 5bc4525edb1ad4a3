"""Figures of the sales trade, held against vectors worked out by hand."""

from __future__ import annotations

import pytest

from crmcli.domain import metrics


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
