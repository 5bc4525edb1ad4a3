"""Lateness and percentiles of values that are told by how often each comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.histograms import counted_percentile, merged, up_to
from crmcli.domain.metrics import percentile
from crmcli.domain.slippage import Lateness, lateness


def test_lateness_by_hand() -> None:
    """Two early, one on the day, three late by 2, 2 and 10: of 6 deals half slipped, mean 14 / 6, median 1, p90 at 4.5 of 5."""
    assert lateness({-7: 2, 0: 1, 2: 2, 10: 1}) == Lateness(6, 3, 14 / 6, 1.0, 6.0)
    assert lateness({}) == Lateness(0, 0, None, None, None)


@given(st.lists(st.integers(-50, 50), min_size=1), st.sampled_from((0.0, 0.1, 0.5, 0.9, 1.0)))
def test_counted_as_single(values: list[int], share: float) -> None:
    """The same as of the values one by one."""
    counted = {value: values.count(value) for value in values}
    assert counted_percentile(counted, share) == pytest.approx(percentile(values, share))
    assert up_to(counted, 5) == sum(value <= 5 for value in values)
    assert merged([counted, counted]) == {value: 2 * count for value, count in counted.items()}
