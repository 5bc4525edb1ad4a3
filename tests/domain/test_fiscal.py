"""Fiscal years: where they begin, what they are called, and the words for them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.fiscal import fiscal_quarter, fiscal_quarter_of, fiscal_year, fiscal_year_of, read_fiscal
from crmcli.domain.periods import before, read_period

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "start", "first", "after"),
    [
        ("FY2026", 1, "2026-01-01", "2027-01-01"),
        ("FY2026", 4, "2025-04-01", "2026-04-01"),
        ("fiscal year 2026", 10, "2025-10-01", "2026-10-01"),
        ("FY2026-Q3", 4, "2025-10-01", "2026-01-01"),
        ("q4 fy2026", 4, "2026-01-01", "2026-04-01"),
        ("this fiscal year", 4, "2026-04-01", "2027-04-01"),
        ("last  Fiscal Year", 4, "2025-04-01", "2026-04-01"),
        ("this fiscal quarter", 2, "2026-11-01", "2027-02-01"),
        ("next fiscal quarter", 4, "2027-01-01", "2027-04-01"),
    ],
)
def test_words_name_fiscal_periods(words: str, start: int, first: str, after: str) -> None:
    """A fiscal year is called after the calendar year that it ends in."""
    found = read_fiscal(words, NOW, start)
    assert found is not None
    assert (first, after) == (found.start.isoformat(), found.end.isoformat())


@pytest.mark.parametrize("words", ["2026", "Q3-2026", "FY26", "FY2026-Q5", "fiscal", "FY0000", "FY9999"])
def test_other_words_are_left_to_the_calendar(words: str) -> None:
    assert read_fiscal(words, NOW, 4) is None


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)), st.integers(1, 12))
def test_each_day_lies_in_its_fiscal_year_and_quarter(day: date, start: int) -> None:
    year = fiscal_year(fiscal_year_of(day, start), start)
    quarter = fiscal_quarter(fiscal_year_of(day, start), fiscal_quarter_of(day, start), start)
    assert year.start <= day < year.end
    assert year.start <= quarter.start <= day < quarter.end <= year.end


@pytest.mark.parametrize(
    ("period", "which", "expected"),
    [
        ("2026-03", "previous", "2026-02"),
        ("Q1-2026", "previous", "Q4-2025"),
        ("2026", "previous", "2025"),
        ("2026-03-10..2026-03-12", "previous", "2026-03-07..2026-03-09"),
        ("2026-11-16..2026-11-22", "previous", "2026-11-09..2026-11-15"),
        ("2024-02", "year", "2023-02"),
        ("2025-02", "year", "2024-02"),
        ("2024-02-29", "year", "2023-02-28"),
        ("2025-02-28", "year", "2024-02-28"),
        ("2025-02-01..2025-03-31", "year", "2024-02-01..2024-03-31"),
        ("2025-02-15..2025-02-28", "year", "2024-02-15..2024-02-28"),
        ("2024-02-28..2024-02-29", "year", "2023-02-28"),
        ("Q3-2026", "year", "Q3-2025"),
    ],
)
def test_a_period_is_compared_with_the_one_before_or_a_year_earlier(period: str, which: str, expected: str) -> None:
    found = before(read_period(period, NOW), which)
    assert expected == found.label
