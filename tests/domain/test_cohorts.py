"""Retention by the month of the first purchase."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain import purchasing
from crmcli.domain.cohorts import cohorts, overall
from tests.domain import cdnow

if TYPE_CHECKING:
    from pathlib import Path

START = date(2025, 12, 1)


def bought(*days: str) -> dict[date, int]:
    """Purchases of 1.00 on these days."""
    return {date.fromisoformat(day): 100 for day in days}


HISTORIES = {
    "a": bought("2025-12-31", "2026-01-01", "2026-02-28"),
    "b": bought("2025-12-05", "2025-12-06"),
    "c": bought("2025-12-24", "2026-02-01"),
    "d": bought("2026-02-14"),
}


def test_a_cohort_is_followed_month_by_month_and_months_to_come_are_no_zeros() -> None:
    """December: three, one of them back in January, two in February, nobody in March; all three came again."""
    december, february = cohorts(HISTORIES, date(2026, 3, 31))
    assert ("2025-12", 3, (3, 1, 2, 0), 1.0) == (december.name, december.size, december.active, december.repeat_rate)
    assert ("2026-02", ("d",), (1, 0, None, None), 0.0) == (
        february.name, february.customers, february.active, february.repeat_rate,
    )  # fmt: skip
    assert (1.0, 1 / 3, 2 / 3, 0.0) == december.retention
    assert ((("a", "b", "c"), ("a",), ("a", "c"), ()), ("a", "b", "c"), ()) == (
        december.present, december.repeaters, february.repeaters,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "k", "first", "last"),
    [
        ("month", 0, "2025-12-01", "2025-12-31"), ("month", 2, "2026-02-01", "2026-02-28"),
        ("quarter", 0, "2025-10-01", "2025-12-31"), ("quarter", 1, "2026-01-01", "2026-03-31"),
        ("year", 1, "2026-01-01", "2026-12-31"),
    ],
)  # fmt: skip
def test_each_month_after_is_a_stretch_of_days(unit: str, k: int, first: str, last: str) -> None:
    found = cohorts(HISTORIES, date(2026, 3, 31), unit)[0].stretch(k)
    assert (date.fromisoformat(first), date.fromisoformat(last)) == found


def test_all_cohorts_together_weigh_by_size_where_they_were_observed() -> None:
    """A month on: 1 of 3 and 0 of 1; two months on only December's three are known."""
    assert (1.0, 1 / 4, 2 / 3, 0.0) == overall(cohorts(HISTORIES, date(2026, 3, 31)))


@pytest.mark.parametrize(
    ("unit", "names", "active"),
    [("quarter", ["2025-Q4", "2026-Q1"], [(3, 2), (1, None)]), ("year", ["2025", "2026"], [(3, 2), (1, None)])],
)
def test_quarters_and_years(unit: str, names: list[str], active: list[tuple[int | None, ...]]) -> None:
    found = cohorts(HISTORIES, date(2026, 3, 31), unit)
    assert (names, active) == ([each.name for each in found], [each.active for each in found])


def test_nobody_is_no_cohort() -> None:
    assert ([], ()) == (cohorts({}, date(2026, 3, 31)), overall([]))


@given(st.dictionaries(st.text(max_size=2), st.sets(st.integers(0, 400), min_size=1, max_size=6), max_size=20))
def test_retention_is_a_share_of_a_cohort_and_everybody_is_in_one(days: dict[str, set[int]]) -> None:
    histories = {
        customer: {START + timedelta(days=day): 1 for day in sorted(places)} for customer, places in days.items()
    }
    found = cohorts(histories, START + timedelta(days=400))
    assert sorted(histories) == sorted(customer for each in found for customer in each.customers)
    assert all(0 <= share <= 1 for each in found for share in (*each.retention, each.repeat_rate) if share is not None)
    assert all(each.retention[0] == 1 for each in found)


def test_cdnow_has_the_cohorts_that_pandas_finds(shared: Path) -> None:
    log = cdnow.read(shared)
    table = pd.DataFrame(log, columns=["customer", "day", "amount", "product", "quantity"])
    table["month"] = pd.to_datetime(table.day).dt.to_period("M")
    table["first"] = table.groupby("customer").month.transform("min")
    table["after"] = (table.month - table["first"]).map(lambda gap: gap.n)
    expected = table.groupby(["first", "after"]).customer.nunique()
    found = cohorts(purchasing.histories(log), date(1998, 6, 30))
    assert [("1997-01", 781), ("1997-02", 857), ("1997-03", 719)] == [(each.name, each.size) for each in found]
    assert {(str(first), after): count for (first, after), count in expected.items()} == {
        (each.name, k): count for each in found for k, count in enumerate(each.active) if count
    }
