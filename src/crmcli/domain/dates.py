"""The calendar: weeks, months, quarters and years as whole local days, and where those days lie in time.

Everywhere ``now`` is an aware datetime in the user's own time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crmcli.domain.frozen import NamedTuple

FIRST_YEAR, LAST_YEAR = 1900, 2200

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
UNITS = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("m", "mo", "month", "months"), "m"),
    **dict.fromkeys(("q", "quarter", "quarters"), "q"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
}
_MONTHS_IN = {"m": 1, "q": 3, "y": 12}
CALENDAR_UNITS = "day|week|month|quarter|year"


class Period(NamedTuple):
    """Whole local days from ``start`` up to, not including, ``end``."""

    start: date
    end: date

    @property
    def label(self) -> str:
        """The period in words ``read_period`` takes: ``2026``, ``Q3-2026``, ``2026-06``, ``2026-06-01..2026-06-09``."""
        names = {
            "d": self.start.isoformat(),
            "m": f"{self.start:%Y-%m}",
            "q": f"Q{(self.start.month + 2) // 3}-{self.start.year}",
            "y": f"{self.start.year}",
        }
        last = self.end - timedelta(days=1)
        exact = (name for unit, name in names.items() if containing(unit, self.start) == self)
        return next(exact, f"{self.start}..{last}")


def days_in_month(year: int, month: int) -> int:
    """How many days that month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def shift(day: date, count: int, unit: str) -> date:
    """The day ``count`` units on; months and years keep to the end of a shorter month."""
    if unit in ("d", "w"):
        return day + timedelta(days=count * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + count * _MONTHS_IN[unit]
    year, month = months // 12, months % 12 + 1
    if not date.min.year <= year < date.max.year:
        raise OverflowError
    return date(year, month, min(day.day, days_in_month(year, month)))


def containing(unit: str, day: date) -> Period:
    """The day, week (from Monday), month, quarter or year that holds ``day``."""
    starts = {
        "d": day,
        "w": day - timedelta(days=day.weekday()),
        "m": day.replace(day=1),
        "q": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "y": date(day.year, 1, 1),
    }
    return Period(starts[unit], shift(starts[unit], 1, unit))


def next_anniversary(day: date, today: date) -> date:
    """The first return of ``day`` from today on; 29 February returns on the 28th in common years."""
    returned = _in_year(day, today.year)
    return returned if returned >= today else _in_year(day, today.year + 1)


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, days_in_month(year, day.month)))


def name_index(word: str, names: tuple[str, ...]) -> int | None:
    """Where ``word``, whole or cut to no fewer than three letters, stands in ``names``."""
    if len(word) < 3:
        return None
    return next((index for index, name in enumerate(names) if name.startswith(word)), None)


def zone_of(now: datetime) -> tzinfo:
    """The user's time zone; a ``now`` without one is a mistake of the caller."""
    if now.tzinfo is None:
        raise ValueError("now must be in the user's time zone")
    return now.tzinfo


def midnight(day: date, zone: tzinfo) -> datetime:
    """The moment, in UTC, when the day begins in the zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days_between(start: datetime, end: datetime) -> float:
    """Days of 24 hours from one moment to another, negative when ``end`` comes first."""
    # Two datetimes of one zone subtract by the wall clock; in UTC a change of summer time counts.
    return (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 86400
