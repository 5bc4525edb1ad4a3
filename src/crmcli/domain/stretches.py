"""Stretches of the calendar, of one kind and side by side: months, quarters, years, weeks, fiscal years and quarters."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from crmcli.domain.dates import Period, containing
from crmcli.domain.fiscal import fiscal_quarter, fiscal_quarter_of, fiscal_year, fiscal_year_of
from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

UNITS = ("month", "quarter", "year", "week", "fiscal-year", "fiscal-quarter")
NAMED = re.compile(r"(FY)?(\d{4})(?:-(?:(\d\d)|([WQ])(\d+)))?")
_A_YEAR = {"Q": 4, "": 12}
_MOST = 1200  # stretches that are told one by one; of more there are only those in which something happened


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


def after(label: str) -> str:
    """The name of the stretch that comes next: after ``2026-12``, ``2026-W53``, ``FY2026-Q4`` or ``2026``."""
    found = NAMED.fullmatch(label)
    assert found is not None
    fiscal, year, month, kind, place = found[1] or "", int(found[2]), found[3], found[4] or "", found[5]
    if month is None and place is None:
        return f"{fiscal}{year + 1:04}"
    if kind == "W":
        return _week_after(year, int(place))
    turn, following = divmod(int(month or place), _A_YEAR[kind])
    return f"{fiscal}{year + turn:04}-{kind}{following + 1:0{1 if kind else 2}}"


def _week_after(year: int, week: int) -> str:
    from datetime import date

    there, following, _ = (date.fromisocalendar(year, week, 1) + timedelta(days=7)).isocalendar()
    return f"{there}-W{following:02}"


def without_holes(labels: Sequence[str], most: int = _MOST) -> list[str | None]:
    """The names of stretches of one kind, in order, with those that lie between them.

    Where these would be more than ``most`` in all, None stands in place of those between two.
    """
    found: list[str | None] = [*labels[:1]]
    label = labels[0] if labels else ""
    while labels and label < labels[-1] and len(found) <= most:
        label = after(label)
        found.append(label)
    return found if len(found) <= most else _with_gaps(labels)


def _with_gaps(labels: Sequence[str]) -> list[str | None]:
    found: list[str | None] = [labels[0]]
    for before, label in pairwise(labels):
        found += [label] if after(before) == label else [None, label]
    return found
