"""Deals by the day on which they should be decided: what a window means for a field that holds days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.dates import Period
from crmcli.store.queries.condition import EVERYTHING, Condition

if TYPE_CHECKING:
    from datetime import date, datetime

    from crmcli.reports.period import Window


def whole_days(span: Window, now: datetime) -> Period | None:
    """The local days of a window, those included that it begins or ends in; None of all time."""
    if span.bounds is None:
        return None
    from datetime import date, timedelta
    from datetime import datetime as moments

    start, end = span.bounds
    first = date.min if start.startswith("0001-") else moments.fromisoformat(start).astimezone(now.tzinfo).date()
    if end.startswith("9999-"):
        return Period(first, date.max)
    last = (moments.fromisoformat(end).astimezone(now.tzinfo) - timedelta(seconds=1)).date()
    return Period(first, max(first, last) + timedelta(days=1))


def has_ends(days: Period) -> bool:
    """Whether neither end of the days is open."""
    from datetime import date

    return days.start > date.min and days.end < date.max


def expected_within(days: Period | None) -> Condition:
    """The deals whose expected close lies on these days; all of them, those without one too, for None."""
    if days is None:
        return EVERYTHING
    return Condition("r.expected_close >= ? AND r.expected_close < ?", (str(days.start), str(days.end)))


def said(days: Period | None) -> str:
    """The same as a filter; an end that is open is not said."""
    if days is None:
        return ""
    from datetime import date

    first = f"expected_close >= {days.start}" if days.start > date.min else ""
    last = f"expected_close < {days.end}" if days.end < date.max else ""
    return " AND ".join(filter(None, (first, last)))


def rate_of(day: date) -> str:
    """A day as SQL for the rates of that day: what is open is worth what it would be today."""
    return f"'{day.isoformat()}'"
