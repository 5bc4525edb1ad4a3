"""Words for a period (``this month``, ``last 30d``, ``Q3-2026``, ``2026-01..today``) and the moments they cover."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from crmcli.domain.dates import (
    CALENDAR_UNITS,
    FIRST_YEAR,
    LAST_YEAR,
    MONTHS,
    UNITS,
    Period,
    containing,
    midnight,
    name_index,
    shift,
    zone_of,
)
from crmcli.domain.phrases import Phrase, check_year, existing_date, first_meaning, phrase_of
from crmcli.domain.schedule import read_phrase, whole_day

if TYPE_CHECKING:
    from collections.abc import Callable

_HINT = "this month, last 30d, Q3-2026, 2026-06, 2026-01-01..2026-03-31"


def _year_period(phrase: Phrase) -> Period | None:
    if not re.fullmatch(r"\d{4}", phrase.text):
        return None
    return containing("y", existing_date(phrase, int(phrase.text), 1, 1))


def _quarter_period(phrase: Phrase) -> Period | None:
    match = re.fullmatch(r"(?:(\d{4})[ -]?)?q([1-4])(?:[ -]?(\d{4}))?", phrase.text)
    if match is None or (match[1] and match[3]):
        return None
    year = int(match[1] or match[3] or phrase.today.year)
    return containing("q", existing_date(phrase, year, int(match[2]) * 3, 1))


def _month_period(phrase: Phrase) -> Period | None:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", phrase.text)
    return containing("m", existing_date(phrase, int(match[1]), int(match[2]), 1)) if match else None


def _spelled_month_period(phrase: Phrase) -> Period | None:
    match = re.fullmatch(r"([a-z]+)[ -](\d{4})", phrase.text)
    index = name_index(match[1], MONTHS) if match else None
    return containing("m", existing_date(phrase, int(match[2]), index + 1, 1)) if match and index is not None else None


def _week_period(phrase: Phrase) -> Period | None:
    match = re.fullmatch(r"(\d{4})-?w(\d{1,2})", phrase.text)
    if match is None:
        return None
    check_year(phrase, int(match[1]))
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        raise phrase.refusal(f"{phrase.shown} doesn't exist: {match[1]} has no week {match[2]}", _HINT) from None
    return containing("w", monday)


def _calendar_period(phrase: Phrase) -> Period | None:
    """``this month``, ``last week``, ``next year``."""
    match = re.fullmatch(rf"(this|last|next) ({CALENDAR_UNITS})", phrase.text)
    if match is None:
        return None
    unit = UNITS[match[2]]
    present = containing(unit, phrase.today)
    return {
        "this": present,
        "last": containing(unit, present.start - timedelta(days=1)),
        "next": containing(unit, present.end),
    }[match[1]]


def _rolling_period(phrase: Phrase) -> Period | None:
    """``last 30d`` ends with today, ``next 2w`` begins with it."""
    match = re.fullmatch(r"(last|next) (\d{1,9}) ?([a-z]+)", phrase.text)
    unit = UNITS.get(match[3]) if match else None
    if match is None or unit is None:
        return None
    if unit in ("h", "min") or not int(match[2]):
        raise phrase.refusal(f"can't read '{phrase.shown}': a period lasts one day or longer", _HINT)
    if match[1] == "next":
        return Period(phrase.today, shift(phrase.today, int(match[2]), unit))
    tomorrow = phrase.today + timedelta(days=1)
    return Period(shift(tomorrow, -int(match[2]), unit), tomorrow)


def _range(phrase: Phrase) -> Period | None:
    """``2026-01-01..2026-03-31`` and ``2026-01..today``: both ends are inside."""
    first, dots, last = phrase.text.partition("..")
    if not dots:
        return None
    if not first or not last or ".." in last:
        raise phrase.refusal(f"can't read '{phrase.shown}': a range has two ends", _HINT)
    start, end = _named_or_day(phrase.part(first)).start, _named_or_day(phrase.part(last)).end
    if end <= start:
        raise phrase.refusal(f"{phrase.shown} ends before it begins", _HINT)
    return Period(start, end)


_FORMS: tuple[Callable[[Phrase], Period | None], ...] = (
    _range,
    _year_period,
    _month_period,
    _quarter_period,
    _calendar_period,
    _rolling_period,
    _week_period,
    _spelled_month_period,
)


def _named_period(phrase: Phrase) -> Period | None:
    """The period meant, None when the phrase is a single day or moment."""
    try:
        found = first_meaning(_FORMS, phrase)
    except OverflowError:
        reason = f"{phrase.shown} lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
        raise phrase.refusal(reason, _HINT) from None
    if found is not None:
        check_year(phrase, found.start.year)
        check_year(phrase, (found.end - timedelta(days=1)).year)
    return found


def period_end(phrase: Phrase) -> date | None:
    """The last day of the period a deadline names (``Q3-2026``, ``2026-06``, ``this month``), None when it names none.

    A year alone looks too much like an hour, and what rolls with today or is past is no deadline.
    """
    found = first_meaning((_month_period, _quarter_period, _week_period, _spelled_month_period), phrase)
    if found is None and phrase.text.startswith("this "):
        found = _calendar_period(phrase)
    return None if found is None else found.end - timedelta(days=1)


def _named_or_day(phrase: Phrase) -> Period:
    return _named_period(phrase) or containing("d", whole_day(phrase, _HINT))


def read_period(text: str, now: datetime, field: str = "period") -> Period:
    """The whole days meant by a period, a range or a single day."""
    return _named_or_day(phrase_of(text, now, field))


def read_days(text: str, now: datetime, field: str = "period") -> Period | None:
    """The whole days that the words mean, as ``read_period``; None where they mean an hour or a moment."""
    phrase = phrase_of(text, now, field)
    period = _named_period(phrase)
    if period is not None:
        return period
    found = read_phrase(phrase)
    return containing("d", found.on) if found.at is None else None


def before(period: Period, which: str) -> Period:
    """The period just before (``previous``), or the same one a year earlier (``year``).

    Before a whole month, quarter or year, of the calendar or not, comes another of its kind; before other days, as many.
    A year before whole months are the same months, before other days those from the first one's date to the last one's, a
    29 February being the 28.
    """
    if which == "year":
        if period.start.day == period.end.day == 1:
            return Period(shift(period.start, -1, "y"), shift(period.end, -1, "y"))
        day = timedelta(days=1)
        return Period(shift(period.start, -1, "y"), shift(period.end - day, -1, "y") + day)
    whole = next((n for n in (1, 3, 12) if period.start.day == 1 and shift(period.start, n, "m") == period.end), None)
    start = shift(period.start, -whole, "m") if whole else period.start - (period.end - period.start)
    return Period(start, period.start)


def utc_bounds(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """The period as a half-open interval of UTC moments, from local midnight to local midnight."""
    zone = zone_of(now)
    return midnight(period.start, zone), midnight(period.end, zone)


def span(text: str, now: datetime, field: str = "when") -> tuple[datetime, datetime]:
    """What the words cover, as a half-open interval of UTC moments.

    A day or period covers its local days, a clock time the minute (or second) it names, ``now`` and ``-2h`` an instant.
    """
    phrase = phrase_of(text, now, field)
    period = _named_period(phrase)
    if period is not None:
        return utc_bounds(period, now)
    found = read_phrase(phrase)
    if found.at is None:
        return utc_bounds(containing("d", found.on), now)
    return found.at, found.at + found.width
