"""Dates as other programs write them, taken apart: which numbers stand there, not yet which of them is the day.

Read are numbers between ``/``, ``-`` or ``.``, ISO 8601, months by name in seven languages, compact digits, moments as
Unix counts them, days as spreadsheets count them; each with a time of day after it, on a clock of 24 or 12 hours.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

from crmcli.domain.calendar_words import is_weekday, month_number
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from datetime import tzinfo

EXCEL_1900, EXCEL_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a spreadsheet knows no zone
_LAST_SERIAL = 60_000  # in 2064
_LONGEST = 80

_CLOCK_TEXT = (
    r"(?:(?:t|,? (?:at |в |um |o |godz\.? |a las |a )?|,)(?P<hour>\d{1,2})(?::(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r" ?(?:(?P<half>[ap])\.? ?m\.?)?(?: ?(?:uhr|ч\.?|h))? ?(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?(?: \(?utc\)?)?)?"
)
_YEAR_MARK = r"(?: ?(?:г(?:\.|ода|\b)|r\.|roku))?"  # noqa: RUF001 - Cyrillic
_GAP = r"(?: ?[.,/-] ?| )(?:del? )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|-?(?:ви|ри|ти|ми|го)|[ºªo])?"  # noqa: RUF001 - Cyrillic
_MONTH = r"(?P<month>[^\W\d_]{2,12}\.?)"
_YEAR = r"(?P<year>\d{4}|\d{2}(?![\d:]))"
_NUMBERS = re.compile(
    rf"(?P<first>\d{{1,4}}) ?(?P<mark>[-/.]) ?(?P<middle>\d{{1,2}}) ?(?P=mark) ?(?P<third>\d{{1,4}})"
    rf"(?:\.(?!\d))?{_YEAR_MARK}{_CLOCK_TEXT}"
)
_SPELLED = tuple(
    re.compile(rf"{order}{_YEAR_MARK}{_CLOCK_TEXT}")
    for order in (
        rf"{_DAY}(?:{_GAP})?{_MONTH}(?:{_GAP})?{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}",
        rf"(?P<year>\d{{4}}){_GAP}{_MONTH}{_GAP}{_DAY}",
    )
)
_EAST_ASIAN = re.compile(rf"(?P<year>\d{{4}}) ?年 ?(?P<month>\d{{1,2}}) ?月 ?(?P<day>\d{{1,2}}) ?日{_CLOCK_TEXT}")
_COMPACT = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)"
    r"(?:t?(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?(?P<zone>z)?)?"
)
_EPOCH = re.compile(r"(?P<count>\d{10}|-?\d{12,13})(?:\.0+)?")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_WEEKDAY = re.compile(r"(?P<word>[^\W\d_]{2,12}\.?),? (?=\S)")


class Clock(NamedTuple):
    """A time of day, in the user's zone where ``zone`` is None."""

    hour: int
    minute: int
    second: int
    microsecond: int
    zone: tzinfo | None


class Written(NamedTuple):
    """Three numbers of a date as they stand, and the time after them; without a ``mark`` they are year, month, day."""

    first: int
    second: int
    third: int
    mark: str = ""
    short: bool = False  # the year has two digits
    clock: Clock | None = None


class NoSuchTime(ValueError):
    """A time of day that no clock shows."""


@lru_cache(16_384)
def take_apart(text: str) -> Written | None:
    """The numbers of a date; None for a text of another form. Raises NoSuchTime for an hour such as 25:00."""
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    found = _NUMBERS.fullmatch(folded)
    if found is not None:
        return _numeric(found)
    written = _counted(folded) or _spelled(folded)
    weekday = None if written else _WEEKDAY.match(folded)
    if weekday is not None and is_weekday(weekday["word"]):
        return take_apart(folded[weekday.end() :])
    return written


def _numeric(found: re.Match[str]) -> Written | None:
    first, middle, third = found["first"], found["middle"], found["third"]
    if len(first) == 4 and len(third) <= 2:
        return Written(int(first), int(middle), int(third), clock=_clock(found))
    if len(first) <= 2 and len(third) in (2, 4):
        return Written(int(first), int(middle), int(third), found["mark"], len(third) == 2, _clock(found))
    return None


def _spelled(folded: str) -> Written | None:
    for form in _SPELLED:
        found = form.fullmatch(folded)
        month = month_number(found["month"]) if found else None
        if found is not None and month is not None:
            return Written(int(found["year"]), month, int(found["day"]), "", len(found["year"]) == 2, _clock(found))
    return None


def _counted(folded: str) -> Written | None:
    """Digits without anything between them, and dates with the characters for year, month and day."""
    found = _COMPACT.fullmatch(folded) or _EAST_ASIAN.fullmatch(folded)
    if found is None:
        return None
    return Written(int(found["year"]), int(found["month"]), int(found["day"]), clock=_clock(found))


def _clock(found: re.Match[str]) -> Clock | None:
    parts = found.groupdict()
    if parts["hour"] is None:
        return None
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = parts.get("half")
    bare = parts["minute"] is None and not half
    if bare or hour > 23 or minute > 59 or second > 59 or (half and not 1 <= hour <= 12):
        raise NoSuchTime
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    return Clock(hour, minute, second, fraction, _zone(parts["zone"]))


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if away > timedelta(hours=14):
        raise NoSuchTime
    return timezone(-away if text[0] == "-" else away)


def counted_moment(text: str) -> datetime | None:
    """The moment, in UTC, that seconds or milliseconds since 1970 stand for; None for other texts."""
    found = _EPOCH.fullmatch(text.strip())
    if found is None or take_apart(text) is not None:
        return None
    count = int(found["count"])
    in_milliseconds = len(found["count"].lstrip("-")) > 10
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(**{"milliseconds" if in_milliseconds else "seconds": count})


def serial_moment(text: str, epoch: datetime, first: int) -> datetime | None:
    """The wall time that a spreadsheet's count of days stands for; None for other texts and counts before ``first``."""
    if _SERIAL.fullmatch(text.strip()) is None:
        return None
    days = float(text.replace(",", "."))
    if not first <= days <= _LAST_SERIAL:
        return None
    return epoch + timedelta(seconds=round(days * 86_400))
