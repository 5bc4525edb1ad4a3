"""Fiscal years: ``FY2026``, ``FY2026-Q3``, ``this fiscal quarter``, ``last fiscal year``.

A fiscal year begins on the first day of a month and is named after the calendar year in which it ends. Plain years and
quarters stay those of the calendar, so that no figure changes its meaning with a setting.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmcli.domain.dates import Period, shift

if TYPE_CHECKING:
    from datetime import datetime

_NAMED = re.compile(r"(?:(?:fy|fiscal year)[ -]?(\d{4})(?:[ -]?q([1-4]))?|q([1-4])[ -]?fy[ -]?(\d{4}))")
_AROUND = re.compile(r"(this|last|next) fiscal (year|quarter)")


def fiscal_year(year: int, start: int) -> Period:
    """The fiscal year of that name, where years begin with month ``start`` (1 to 12)."""
    first = date(year if start == 1 else year - 1, start, 1)
    return Period(first, shift(first, 12, "m"))


def fiscal_quarter(year: int, quarter: int, start: int) -> Period:
    """A quarter of it, 1 to 4."""
    first = shift(fiscal_year(year, start).start, 3 * (quarter - 1), "m")
    return Period(first, shift(first, 3, "m"))


def fiscal_year_of(day: date, start: int) -> int:
    """The name of the fiscal year that a day lies in."""
    return day.year + 1 if start > 1 and day.month >= start else day.year


def fiscal_quarter_of(day: date, start: int) -> int:
    """The quarter of its fiscal year that a day lies in."""
    return (day.month - start) % 12 // 3 + 1


def read_fiscal(text: str, now: datetime, start: int) -> Period | None:
    """The period that words name in fiscal years; None for other words, or for years that there are not."""
    words = " ".join(text.lower().split())
    try:
        if named := _NAMED.fullmatch(words):
            year, quarter = int(named[1] or named[4]), named[2] or named[3]
            return fiscal_quarter(year, int(quarter), start) if quarter else fiscal_year(year, start)
        if around := _AROUND.fullmatch(words):
            return _around(around[1], around[2], now.date(), start)
    except (ValueError, OverflowError):
        return None
    return None


def _around(which: str, unit: str, today: date, start: int) -> Period:
    period = _containing(unit, today, start)
    if which == "last":
        return _containing(unit, period.start - timedelta(days=1), start)
    return _containing(unit, period.end, start) if which == "next" else period


def _containing(unit: str, day: date, start: int) -> Period:
    year = fiscal_year_of(day, start)
    return fiscal_year(year, start) if unit == "year" else fiscal_quarter(year, fiscal_quarter_of(day, start), start)
