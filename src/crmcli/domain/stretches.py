"""Stretches of the calendar, of one kind and side by side: months, quarters, years, weeks, fiscal years and quarters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.dates import Period, containing
from crmcli.domain.fiscal import fiscal_quarter, fiscal_quarter_of, fiscal_year, fiscal_year_of
from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

UNITS = ("month", "quarter", "year", "week", "fiscal-year", "fiscal-quarter")


class Stretch(NamedTuple):
    """Whole local days, and their name: ``2026-06``, ``2026-Q3``, ``2026``, ``2026-W05``, ``FY2026``, ``FY2026-Q3``."""

    label: str
    days: Period


def stretch_of(unit: str, day: date, fiscal_start: int = 1) -> Stretch:
    """The stretch of a kind that holds a day; ``fiscal_start`` is the month in which fiscal years begin."""
    if unit.startswith("fiscal"):
        return _fiscal(unit, day, fiscal_start)
    days = containing(unit[0], day)
    if unit == "week":
        year, week, _ = day.isocalendar()
        return Stretch(f"{year}-W{week:02}", days)
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    return Stretch({"month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day.year}"}[unit], days)


def _fiscal(unit: str, day: date, start: int) -> Stretch:
    year = fiscal_year_of(day, start)
    if unit == "fiscal-year":
        return Stretch(f"FY{year}", fiscal_year(year, start))
    quarter = fiscal_quarter_of(day, start)
    return Stretch(f"FY{year}-Q{quarter}", fiscal_quarter(year, quarter, start))


def stretches(unit: str, spans: Iterable[Period], fiscal_start: int = 1) -> list[Stretch]:
    """All stretches of a kind that have a day in common with one of the spans, in order."""
    found: dict[date, Stretch] = {}
    for span in sorted(spans):
        day = span.start
        while day < span.end:
            each = stretch_of(unit, day, fiscal_start)
            found[each.days.start] = each
            day = each.days.end
    return list(found.values())


def span_of(first: date, last: date) -> Period:
    """The days from one to another, both included."""
    return Period(first, last + timedelta(days=1))
