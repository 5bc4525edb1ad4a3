"""Scores by rank and the kinds of customers they name."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain import purchasing, rfm
from tests.domain import cdnow

if TYPE_CHECKING:
    from pathlib import Path

LAST = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ([], []),
        ([7], [3]),
        ([4, 4, 4, 4], [3, 3, 3, 3]),
        ([2, 1], [4, 2]),
        ([10, 30, 20], [1, 5, 3]),
        ([5, 3, 1, 2, 4], [5, 3, 1, 2, 4]),
        ([1] * 6 + [2, 2, 3, 9], [2, 2, 2, 2, 2, 2, 4, 4, 5, 5]),
        (list(range(1000)), [1] * 200 + [2] * 200 + [3] * 200 + [4] * 200 + [5] * 200),
    ],
)
def test_quintiles(values: list[float], scores: list[int]) -> None:
    """Six ones of ten stand on average at place 3: 1 + floor(5 * 3 / 10) = 2; two twos at 7: 1 + floor(5 * 7 / 10) = 4."""
    assert scores == rfm.quintiles(values)


@given(st.lists(st.integers(-50, 50)), st.randoms())
def test_scores_are_from_1_to_5_follow_the_values_and_do_not_hang_on_the_order(
    values: list[int], random: object
) -> None:
    scores = rfm.quintiles(values)
    assert set(scores) <= {1, 2, 3, 4, 5}
    pairs = sorted(zip(values, scores, strict=True))
    assert [score for _, score in pairs] == sorted(scores)
    random.shuffle(places := list(range(len(values))))  # type: ignore[attr-defined]
    assert [scores[place] for place in places] == rfm.quintiles([values[place] for place in places])


def test_every_score_has_a_segment_and_every_segment_a_score() -> None:
    found = {rfm.segment(r, f, m) for r, f, m in product(range(1, 6), repeat=3)}
    assert set(rfm.SEGMENTS) == found


@pytest.mark.parametrize(
    ("scores", "name"),
    [
        ((5, 5, 5), "champions"), ((5, 4, 3), "champions"), ((4, 3, 4), "loyal"), ((5, 1, 1), "new"), ((4, 1, 1), "promising"),
        ((5, 2, 2), "potential loyalists"), ((3, 3, 3), "need attention"), ((3, 1, 2), "about to sleep"), ((2, 5, 5), "at risk"),
        ((1, 5, 5), "can't lose"), ((2, 1, 1), "hibernating"), ((1, 1, 1), "lost"),
    ],
)  # fmt: skip
def test_segments(scores: tuple[int, int, int], name: str) -> None:
    assert name == rfm.segment(*scores)


def five() -> dict[str, dict[date, int]]:
    """Five customers: the first bought longest ago and least, the last most lately and most."""
    return {
        f"c{k}": {LAST - timedelta(days=10 * (5 - k) + gap): 100 * k for gap in range(k - 1, -1, -1)}
        for k in range(1, 6)
    }


def test_five_customers_in_order_are_scored_from_111_to_555() -> None:
    found = rfm.score(five(), LAST)
    assert ["111", "222", "333", "444", "555"] == [each.score for each in found]
    assert (40, 1, 100, "lost") == (found[0].days_since, found[0].purchases, found[0].spent, found[0].segment)


def test_the_grid_counts_each_customer_once_by_recency_and_the_rest() -> None:
    grid = rfm.grid(rfm.score(five(), LAST))
    assert [[0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [0, 1, 0, 0, 0], [1, 0, 0, 0, 0]] == grid


def test_nobody_is_scored_to_nothing() -> None:
    assert [] == rfm.score({}, LAST)


def test_cdnow_is_scored_as_pandas_scores_it(shared: Path) -> None:
    log, last = cdnow.read(shared), date(1998, 6, 30)
    found = {each.customer: (each.r, each.f, each.m) for each in rfm.score(purchasing.histories(log), last)}
    table = pd.DataFrame(log, columns=["customer", "day", "amount", "product", "quantity"])
    days = table.groupby(["customer", "day"]).amount.sum().reset_index().groupby("customer")
    measures = pd.DataFrame({"r": pd.to_datetime(days.day.max()), "f": days.size(), "m": days.amount.sum()})
    places = (measures.rank(method="average") - 0.5) / len(measures)
    scores = (np.floor(places * 5) + 1).astype(int)
    assert {row.Index: (row.r, row.f, row.m) for row in scores.itertuples()} == found
