"""Who makes most of the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain import purchasing
from crmcli.domain.pareto import ranked, top_share
from tests.domain import cdnow

if TYPE_CHECKING:
    from pathlib import Path


def classes(*values: int) -> str:
    """The classes of these values, the greatest first."""
    return "".join(each.kind for each in ranked({str(place): value for place, value in enumerate(values)}))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((70, 10, 10, 5, 5), "AAABB"),  # 70 and 80 stand above equal ones of 10, which share the class of the first
        ((79, 2, 14, 5), "AABC"),
        ((80, 15, 5), "ABC"),
        ((100,), "A"),
        ((10, 10, 10, 10), "AAAA"),
        ((50, 0, -5), "ACC"),
        ((0, 0), "CC"),
        ((), ""),
    ],
)
def test_classes(values: tuple[int, ...], expected: str) -> None:
    assert expected == classes(*values)


def test_shares_add_up_and_returns_take_nothing_away() -> None:
    first, second, third = ranked({"x": -50, "y": 75, "z": 25})
    assert ("y", 75, 0.75, 0.75, "A") == tuple(first)
    assert ("z", 25, 0.25, 1.0, "A") == tuple(second)
    assert ("x", -50, 0.0, 1.0, "C") == tuple(third)


def test_without_value_there_are_no_shares() -> None:
    assert [(None, None)] == [(each.share, each.cumulated) for each in ranked({"x": 0})]


@pytest.mark.parametrize(
    ("values", "fraction", "expected"),
    [((50, 20, 10, 10, 10), 0.2, 0.5), ((50, 20, 10, 10, 10), 0.21, 0.7), ((3, 1), 1.0, 1.0), ((3, 1), 0.0, 0.0), ((), 0.2, None)],
)  # fmt: skip
def test_share_of_the_best(values: tuple[int, ...], fraction: float, expected: float | None) -> None:
    assert expected == top_share(values, fraction)


def test_seven_per_cent_of_a_hundred_are_seven() -> None:
    assert 0.07 == top_share([1] * 100, 0.07)


@given(st.dictionaries(st.text(max_size=3), st.integers(-100, 10_000), max_size=40))
def test_classes_fall_with_value_and_equal_values_are_alike(values: dict[str, int]) -> None:
    found = ranked(values)
    assert sorted(each.kind for each in found) == [each.kind for each in found]
    assert len({(each.value, each.kind) for each in found}) == len({each.value for each in found})


def test_cdnow_has_the_classes_that_pandas_finds(shared: Path) -> None:
    log = cdnow.read(shared)
    spent = {customer: sum(days.values()) for customer, days in purchasing.histories(log).items()}
    table = pd.DataFrame(log, columns=["customer", "day", "amount", "product", "quantity"])
    totals = table.groupby("customer").amount.sum()
    above = (
        totals.map(totals.groupby(totals).sum().sort_index(ascending=False).cumsum().shift(fill_value=0)) / totals.sum()
    )
    kinds = pd.Series("C", index=totals.index).mask(above < 0.95, "B").mask(above < 0.80, "A").mask(totals <= 0, "C")
    found = ranked(spent)
    assert kinds.to_dict() == {each.key: each.kind for each in found}
    assert totals.sort_values(ascending=False).head(472).sum() / totals.sum() == pytest.approx(
        top_share(list(spent.values()), 0.2)
    )
