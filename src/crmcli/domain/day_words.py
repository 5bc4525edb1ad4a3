"""Words for a day: ``today``, ``next fri``, ``+3d``, ``eom``, ``end of next month``, ``2026-12-01``, ``1 Dec``, ``25/12/2026``."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmcli.domain.dates import CALENDAR_UNITS, MONTHS, UNITS, WEEKDAYS, containing, days_in_month, name_index, shift
from crmcli.domain.phrases import Phrase, check_year, existing_date, full_year

if TYPE_CHECKING:
    from collections.abc import Callable


def _day_word(phrase: Phrase) -> date | None:
    offset = {"today": 0, "tomorrow": 1, "yesterday": -1}.get(phrase.text)
    return None if offset is None else phrase.today + timedelta(days=offset)


def _end_word(phrase: Phrase) -> date | None:
    unit = {"eod": "d", "eow": "w", "eom": "m", "eoq": "q", "eoy": "y"}.get(phrase.text)
    match = re.fullmatch(rf"end of (?:(?:the|this) |(next) )?({CALENDAR_UNITS})", phrase.text)
    if match is not None:
        unit = UNITS[match[2]]
    if unit is None:
        return None
    present = containing(unit, phrase.today)
    meant = containing(unit, present.end) if match is not None and match[1] else present
    return meant.end - timedelta(days=1)


def _weekday(phrase: Phrase) -> date | None:
    match = re.fullmatch(r"(?:(this|next|last) )?([a-z]+)", phrase.text)
    wanted = name_index(match[2], WEEKDAYS) if match else None
    if match is None or wanted is None:
        return None
    ahead = (wanted - phrase.today.weekday()) % 7
    days = {"this": ahead, "last": ahead - 7}.get(match[1] or "next", ahead or 7)
    return phrase.today + timedelta(days=days)


def _next_start(phrase: Phrase) -> date | None:
    match = re.fullmatch(r"next (week|month|quarter|year)", phrase.text)
    return containing(UNITS[match[1]], phrase.today).end if match else None


def signed_amount(text: str) -> tuple[int, str] | None:
    """A signed count and its unit: ``+3d``, ``-2w``, ``in 3 days``, ``a month ago``."""
    match = re.fullmatch(r"(?P<sign>[+-]|in )? ?(?P<count>\d{1,9}|an?) ?(?P<unit>[a-z]+)(?P<ago> ago)?", text)
    if match is None or bool(match["sign"]) == bool(match["ago"]) or match["unit"] not in UNITS:
        return None
    count = 1 if match["count"].startswith("a") else int(match["count"])
    return (-count if match["ago"] or match["sign"] == "-" else count), UNITS[match["unit"]]


def _days_away(phrase: Phrase) -> date | None:
    amount = signed_amount(phrase.text)
    return shift(phrase.day, *amount) if amount and amount[1] not in ("h", "min") else None


def _year_first(phrase: Phrase) -> date | None:
    match = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", phrase.text)
    return existing_date(phrase, int(match[1]), int(match[3]), int(match[4])) if match else None


def _dotted(phrase: Phrase) -> date | None:
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", phrase.text)
    return existing_date(phrase, full_year(phrase, match[3]), int(match[2]), int(match[1])) if match else None


def _year_last(phrase: Phrase) -> date | None:
    """``25/12/2026`` and ``12/25/2026``; refused with both readings when either could be the day."""
    match = re.fullmatch(r"(\d{1,2})(?:/(\d{1,2})/(\d{4}|\d{2})|-(\d{1,2})-(\d{4}))", phrase.text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2] or match[4])
    year = full_year(phrase, match[3] or match[5])
    check_year(phrase, year)
    if first != second and 1 <= first <= 12 and 1 <= second <= 12:
        readings = date(year, second, first), date(year, first, second)
        raise phrase.refusal(f"{phrase.shown} is ambiguous: {readings[0]} or {readings[1]}", f"{readings[0]}")
    month, day = (first, second) if second > 12 >= first else (second, first)
    return existing_date(phrase, year, month, day)


def _spelled(phrase: Phrase) -> date | None:
    """``1 Dec 2026``, ``Dec 1, 2026``, ``1-dec-26``; without its year too."""
    gap, day, month = r"[\s,./-]+", r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", "(?P<month>[a-z]+)"
    year = rf"(?:{gap}(?P<year>\d{{4}}|\d{{2}}))?"
    orders = rf"{day}(?:{gap})?{month}{year}", rf"{month}{gap}{day}{year}"
    match = re.fullmatch(orders[0], phrase.text) or re.fullmatch(orders[1], phrase.text)
    index = name_index(match["month"], MONTHS) if match else None
    if match is None or index is None:
        return None
    if match["year"]:
        return existing_date(phrase, full_year(phrase, match["year"]), index + 1, int(match["day"]))
    return _without_year(phrase, index + 1, int(match["day"]))


def _without_year(phrase: Phrase, month: int, day: int) -> date:
    """The first such date from ``days_back`` before today on."""
    earliest = phrase.today - timedelta(days=phrase.days_back)
    for year in range(earliest.year, earliest.year + 9):  # leap years lie up to eight years apart
        if 1 <= day <= days_in_month(year, month) and date(year, month, day) >= earliest:
            return date(year, month, day)
    raise phrase.refusal(f"{phrase.shown} doesn't exist: {MONTHS[month - 1].title()} has no day {day}")


DAY_FORMS: tuple[Callable[[Phrase], date | None], ...] = (
    _day_word,
    _year_first,
    _days_away,
    _weekday,
    _end_word,
    _next_start,
    _spelled,
    _dotted,
    _year_last,
)
