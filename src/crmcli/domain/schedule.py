"""Words for time and length, deadlines and recurrence.

Everywhere ``now`` is an aware datetime in the user's own time zone; what is said without a zone is that zone's wall
time, and every moment returned is in UTC. A form of the grammar is a function from a phrase to what it means, or None
when the phrase has another form; the tables of forms are tried in order.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.domain.views import Due
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_T = TypeVar("_T")

FIRST_YEAR, LAST_YEAR = 1900, 2200
FIRST_BIRTH_YEAR = 1880
LONGEST_DURATION = 366 * 24 * 60

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_UNITS = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("m", "mo", "month", "months"), "m"),
    **dict.fromkeys(("q", "quarter", "quarters"), "q"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
}
_MONTHS_IN = {"m": 1, "q": 3, "y": 12}
_CALENDAR = "day|week|month|quarter|year"
_INSTANT = timedelta(microseconds=1)
_DAYS_BACK = 92  # a date without its year is rarely meant farther back than a quarter

_TIME_HINT = "today, tomorrow 9:00, next fri, +3d, 2026-12-01, 2026-12-01T14:30"
_DAY_HINT = "today, next fri, +3d, eom, 2026-12-01"
_PERIOD_HINT = "this month, last 30d, Q3-2026, 2026-06, 2026-01-01..2026-03-31"
_DURATION_HINT = "15m, 1h30m, 1.5h, 2d"
_RULE_HINT = "weekly, weekdays, every 2 weeks, every fri, every month on 15, FREQ=MONTHLY;BYDAY=1MO"


# What is read, and what it is read against ------------------------------------------------------------------------


class _Phrase(NamedTuple):
    """A text to be read, with all that its meaning depends on."""

    text: str  # folded
    raw: str
    field: str
    now: datetime
    day: date  # counts of days start here
    moment: datetime  # counts of hours start here, in UTC
    days_back: int = _DAYS_BACK  # how far back a date without its year may lie

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def shown(self) -> str:
        line = " ".join(self.raw.split())
        return line if len(line) <= 40 else f"{line[:39]}…"

    def part(self, text: str) -> _Phrase:
        return self._replace(text=text.strip(), raw=text.strip())

    def refusal(self, reason: str, hint: str | None = _TIME_HINT) -> BadValue:
        return BadValue(self.field, reason, hint=hint)


class _Reading(NamedTuple):
    """A local day, or a moment on it that lasts ``width``."""

    on: date
    at: datetime | None = None
    width: timedelta = timedelta()


class _Clock(NamedTuple):
    """A time of day, in the user's zone unless it names one; ``width`` is how exact it was given."""

    time: time
    zone: tzinfo | None
    width: timedelta


def _zone(now: datetime) -> tzinfo:
    if now.tzinfo is None:
        raise ValueError("now must be in the user's time zone")
    return now.tzinfo


def _phrase(text: str, now: datetime, field: str, *, days_back: int = _DAYS_BACK) -> _Phrase:
    _zone(now)
    return _Phrase(fold(text), text, field, now, now.date(), now.astimezone(UTC), days_back)


def _first(forms: Sequence[Callable[[_Phrase], _T | None]], phrase: _Phrase) -> _T | None:
    return next((found for form in forms if (found := form(phrase)) is not None), None)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


# The calendar -----------------------------------------------------------------------------------------------------


def _days_in_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def _shift(day: date, count: int, unit: str) -> date:
    """The day ``count`` units on; months and years keep to the end of a shorter month."""
    if unit in ("d", "w"):
        return day + timedelta(days=count * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + count * _MONTHS_IN[unit]
    year, month = months // 12, months % 12 + 1
    if not date.min.year <= year < date.max.year:
        raise OverflowError
    return date(year, month, min(day.day, _days_in_month(year, month)))


def _containing(unit: str, day: date) -> Period:
    """The day, week (from Monday), month, quarter or year that holds ``day``."""
    starts = {
        "d": day,
        "w": day - timedelta(days=day.weekday()),
        "m": day.replace(day=1),
        "q": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "y": date(day.year, 1, 1),
    }
    return Period(starts[unit], _shift(starts[unit], 1, unit))


def _name_index(word: str, names: tuple[str, ...]) -> int | None:
    """Where ``word``, whole or cut to no fewer than three letters, stands in ``names``."""
    if len(word) < 3:
        return None
    return next((index for index, name in enumerate(names) if name.startswith(word)), None)


def _check_year(phrase: _Phrase, year: int) -> None:
    earliest = FIRST_BIRTH_YEAR if phrase.field.endswith("birthday") else FIRST_YEAR
    if not earliest <= year <= LAST_YEAR:
        raise phrase.refusal(f"{phrase.shown} lies outside the years {earliest} to {LAST_YEAR}")


def _date(phrase: _Phrase, year: int, month: int, day: int) -> date:
    """That date; refused, saying why, when there is none."""
    _check_year(phrase, year)
    if not 1 <= month <= 12:
        raise phrase.refusal(f"{phrase.shown} doesn't exist: there is no month {month}")
    last = _days_in_month(year, month)
    if not 1 <= day <= last:
        name = _MONTHS[month - 1].title()
        raise phrase.refusal(f"{phrase.shown} doesn't exist: {name} {year} has {last} days")
    return date(year, month, day)


def _year(phrase: _Phrase, digits: str) -> int:
    """The year of two or four digits: two mean the one at most fifty years ahead, never ahead for a birthday."""
    if len(digits) > 2:
        return int(digits)
    year = 2000 + int(digits)
    ahead = 0 if phrase.field.endswith("birthday") else 50
    return year if year <= phrase.today.year + ahead else year - 100


# Forms of a day ---------------------------------------------------------------------------------------------------


def _day_word(phrase: _Phrase) -> date | None:
    offset = {"today": 0, "tomorrow": 1, "yesterday": -1}.get(phrase.text)
    return None if offset is None else phrase.today + timedelta(days=offset)


def _end_word(phrase: _Phrase) -> date | None:
    unit = {"eow": "w", "eom": "m", "eoq": "q", "eoy": "y"}.get(phrase.text)
    return None if unit is None else _containing(unit, phrase.today).end - timedelta(days=1)


def _weekday(phrase: _Phrase) -> date | None:
    match = re.fullmatch(r"(?:(this|next|last) )?([a-z]+)", phrase.text)
    wanted = _name_index(match[2], _DAYS) if match else None
    if match is None or wanted is None:
        return None
    ahead = (wanted - phrase.today.weekday()) % 7
    days = {"this": ahead, "last": ahead - 7}.get(match[1] or "next", ahead or 7)
    return phrase.today + timedelta(days=days)


def _next_start(phrase: _Phrase) -> date | None:
    match = re.fullmatch(r"next (week|month|quarter|year)", phrase.text)
    return _containing(_UNITS[match[1]], phrase.today).end if match else None


def _amount(text: str) -> tuple[int, str] | None:
    """A signed count and its unit: ``+3d``, ``-2w``, ``in 3 days``, ``a month ago``."""
    match = re.fullmatch(r"(?P<sign>[+-]|in )? ?(?P<count>\d{1,9}|an?) ?(?P<unit>[a-z]+)(?P<ago> ago)?", text)
    if match is None or bool(match["sign"]) == bool(match["ago"]) or match["unit"] not in _UNITS:
        return None
    count = 1 if match["count"].startswith("a") else int(match["count"])
    return (-count if match["ago"] or match["sign"] == "-" else count), _UNITS[match["unit"]]


def _days_away(phrase: _Phrase) -> date | None:
    amount = _amount(phrase.text)
    return _shift(phrase.day, *amount) if amount and amount[1] not in ("h", "min") else None


def _year_first(phrase: _Phrase) -> date | None:
    match = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", phrase.text)
    return _date(phrase, int(match[1]), int(match[3]), int(match[4])) if match else None


def _dotted(phrase: _Phrase) -> date | None:
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", phrase.text)
    return _date(phrase, _year(phrase, match[3]), int(match[2]), int(match[1])) if match else None


def _year_last(phrase: _Phrase) -> date | None:
    """``25/12/2026`` and ``12/25/2026``; refused with both readings when either could be the day."""
    match = re.fullmatch(r"(\d{1,2})(?:/(\d{1,2})/(\d{4}|\d{2})|-(\d{1,2})-(\d{4}))", phrase.text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2] or match[4])
    year = _year(phrase, match[3] or match[5])
    _check_year(phrase, year)
    if first != second and 1 <= first <= 12 and 1 <= second <= 12:
        readings = date(year, second, first), date(year, first, second)
        raise phrase.refusal(f"{phrase.shown} is ambiguous: {readings[0]} or {readings[1]}", f"{readings[0]}")
    month, day = (first, second) if second > 12 >= first else (second, first)
    return _date(phrase, year, month, day)


def _spelled(phrase: _Phrase) -> date | None:
    """``1 Dec 2026``, ``Dec 1, 2026``, ``1-dec-26``; without its year too."""
    gap, day, month = r"[\s,./-]+", r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", "(?P<month>[a-z]+)"
    year = rf"(?:{gap}(?P<year>\d{{4}}|\d{{2}}))?"
    orders = rf"{day}(?:{gap})?{month}{year}", rf"{month}{gap}{day}{year}"
    match = re.fullmatch(orders[0], phrase.text) or re.fullmatch(orders[1], phrase.text)
    index = _name_index(match["month"], _MONTHS) if match else None
    if match is None or index is None:
        return None
    if match["year"]:
        return _date(phrase, _year(phrase, match["year"]), index + 1, int(match["day"]))
    return _without_year(phrase, index + 1, int(match["day"]))


def _without_year(phrase: _Phrase, month: int, day: int) -> date:
    """The first such date from ``days_back`` before today on."""
    earliest = phrase.today - timedelta(days=phrase.days_back)
    for year in range(earliest.year, earliest.year + 9):  # leap years lie up to eight years apart
        if 1 <= day <= _days_in_month(year, month) and date(year, month, day) >= earliest:
            return date(year, month, day)
    raise phrase.refusal(f"{phrase.shown} doesn't exist: {_MONTHS[month - 1].title()} has no day {day}")


_DAY_FORMS: tuple[Callable[[_Phrase], date | None], ...] = (
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


# Forms of a moment ------------------------------------------------------------------------------------------------

_CLOCK = (
    r"(?=\d{1,2}(?::| ?[ap]\.?m))(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)? ?(?P<zone>z|utc|gmt|(?P<sign>[+-])(?P<hours>\d{2})(?::?(?P<minutes>\d{2}))?)?"
)


def _on_day(phrase: _Phrase) -> _Reading | None:
    day = _first(_DAY_FORMS, phrase)
    return None if day is None else _Reading(day)


def _instant(phrase: _Phrase) -> _Reading | None:
    """``now``, and hours or minutes from it."""
    amount = (0, "min") if phrase.text == "now" else _amount(phrase.text)
    if amount is None or amount[1] not in ("h", "min"):
        return None
    at = phrase.moment + timedelta(minutes=amount[0] * (60 if amount[1] == "h" else 1))
    return _Reading(at.astimezone(_zone(phrase.now)).date(), at, _INSTANT)


def _at_clock(phrase: _Phrase) -> _Reading | None:
    """A day and a time on it, or a time today: ``fri 14:30``, ``2026-12-01T14:30Z``, ``tomorrow at 9 am``."""
    match = re.fullmatch(rf"(?:(?P<day>.+?)(?:(?<=\d)t|,? (?=at |\d)))??(?:at )?{_CLOCK}", phrase.text)
    if match is None:
        return None
    day = _first(_DAY_FORMS, phrase.part(match["day"] or "today"))
    if day is None:
        return None
    if match["sign"] and not re.match(r"\d{4}", match["day"] or ""):
        raise phrase.refusal(f"{phrase.shown}: an offset from UTC goes with a full date", "2026-12-01T14:30+02:00")
    _check_year(phrase, day.year)
    clock, local = _clock(phrase, match), _zone(phrase.now)
    at = datetime.combine(day, clock.time, clock.zone or local).astimezone(UTC)
    return _Reading(at.astimezone(local).date(), at, clock.width)


def _clock(phrase: _Phrase, match: re.Match[str]) -> _Clock:
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59 or (match["half"] and not 1 <= hour <= 12):
        raise phrase.refusal(f"{phrase.shown}: there is no such time of day", "9:00, 14:30, 9am, 2:30 pm")
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    fraction = int((match["fraction"] or "0").ljust(6, "0")[:6])
    width = _INSTANT if match["fraction"] else timedelta(seconds=1) if match["second"] else timedelta(minutes=1)
    return _Clock(time(hour, minute, second, fraction), _clock_zone(phrase, match), width)


def _clock_zone(phrase: _Phrase, match: re.Match[str]) -> tzinfo | None:
    if not match["sign"]:
        return UTC if match["zone"] else None
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > 14 or minutes > 59:
        raise phrase.refusal(f"{phrase.shown}: there is no such offset from UTC", "2026-12-01T14:30+02:00")
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if match["sign"] == "-" else away)


_FORMS: tuple[Callable[[_Phrase], _Reading | None], ...] = (_on_day, _instant, _at_clock)


def _reading(phrase: _Phrase, hint: str = _TIME_HINT) -> _Reading:
    """The day or moment meant; refused when it is no form of either, or out of range."""
    if not phrase.text:
        raise phrase.refusal("is empty", hint)
    try:
        found = _first(_FORMS, phrase)
    except OverflowError:
        raise phrase.refusal(f"{phrase.shown} lies outside the years {FIRST_YEAR} to {LAST_YEAR}", hint) from None
    if found is None:
        raise phrase.refusal(f"can't read '{phrase.shown}'", hint)
    _check_year(phrase, found.on.year)
    return found


def _whole_day(phrase: _Phrase, hint: str) -> date:
    found = _reading(phrase, hint)
    if found.at is not None:
        raise phrase.refusal(f"takes a day without an hour, not '{phrase.shown}'", hint)
    return found.on


def read_due(text: str, now: datetime, field: str = "due") -> Due:
    """The deadline meant: a local date, and the UTC moment when an hour was given."""
    found = _reading(_phrase(text, now, field, days_back=0))
    return Due(found.on, found.at)


def read_date(text: str, now: datetime, field: str) -> date:
    """The day meant; an hour is refused."""
    return _whole_day(_phrase(text, now, field), _DAY_HINT)


def read_time(text: str, now: datetime, field: str = "at") -> datetime:
    """The moment meant, in UTC; a day alone is its local midnight."""
    found = _reading(_phrase(text, now, field))
    return found.at or _midnight(found.on, _zone(now))


# Periods ----------------------------------------------------------------------------------------------------------


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
        exact = (name for unit, name in names.items() if _containing(unit, self.start) == self)
        return next(exact, f"{self.start}..{last}")


def _year_period(phrase: _Phrase) -> Period | None:
    if not re.fullmatch(r"\d{4}", phrase.text):
        return None
    return _containing("y", _date(phrase, int(phrase.text), 1, 1))


def _quarter_period(phrase: _Phrase) -> Period | None:
    match = re.fullmatch(r"(?:(\d{4})[ -]?)?q([1-4])(?:[ -]?(\d{4}))?", phrase.text)
    if match is None or (match[1] and match[3]):
        return None
    year = int(match[1] or match[3] or phrase.today.year)
    return _containing("q", _date(phrase, year, int(match[2]) * 3, 1))


def _month_period(phrase: _Phrase) -> Period | None:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", phrase.text)
    return _containing("m", _date(phrase, int(match[1]), int(match[2]), 1)) if match else None


def _spelled_month_period(phrase: _Phrase) -> Period | None:
    match = re.fullmatch(r"([a-z]+)[ -](\d{4})", phrase.text)
    index = _name_index(match[1], _MONTHS) if match else None
    return _containing("m", _date(phrase, int(match[2]), index + 1, 1)) if match and index is not None else None


def _week_period(phrase: _Phrase) -> Period | None:
    match = re.fullmatch(r"(\d{4})-?w(\d{1,2})", phrase.text)
    if match is None:
        return None
    _check_year(phrase, int(match[1]))
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        raise phrase.refusal(f"{phrase.shown} doesn't exist: {match[1]} has no week {match[2]}", _PERIOD_HINT) from None
    return _containing("w", monday)


def _calendar_period(phrase: _Phrase) -> Period | None:
    """``this month``, ``last week``, ``next year``."""
    match = re.fullmatch(rf"(this|last|next) ({_CALENDAR})", phrase.text)
    if match is None:
        return None
    unit = _UNITS[match[2]]
    present = _containing(unit, phrase.today)
    return {
        "this": present,
        "last": _containing(unit, present.start - timedelta(days=1)),
        "next": _containing(unit, present.end),
    }[match[1]]


def _rolling_period(phrase: _Phrase) -> Period | None:
    """``last 30d`` ends with today, ``next 2w`` begins with it."""
    match = re.fullmatch(r"(last|next) (\d{1,9}) ?([a-z]+)", phrase.text)
    unit = _UNITS.get(match[3]) if match else None
    if match is None or unit is None:
        return None
    if unit in ("h", "min") or not int(match[2]):
        raise phrase.refusal(f"can't read '{phrase.shown}': a period lasts one day or longer", _PERIOD_HINT)
    if match[1] == "next":
        return Period(phrase.today, _shift(phrase.today, int(match[2]), unit))
    tomorrow = phrase.today + timedelta(days=1)
    return Period(_shift(tomorrow, -int(match[2]), unit), tomorrow)


def _range(phrase: _Phrase) -> Period | None:
    """``2026-01-01..2026-03-31`` and ``2026-01..today``: both ends are inside."""
    first, dots, last = phrase.text.partition("..")
    if not dots:
        return None
    if not first or not last or ".." in last:
        raise phrase.refusal(f"can't read '{phrase.shown}': a range has two ends", _PERIOD_HINT)
    start, end = _named_or_day(phrase.part(first)).start, _named_or_day(phrase.part(last)).end
    if end <= start:
        raise phrase.refusal(f"{phrase.shown} ends before it begins", _PERIOD_HINT)
    return Period(start, end)


_PERIOD_FORMS: tuple[Callable[[_Phrase], Period | None], ...] = (
    _range,
    _year_period,
    _month_period,
    _quarter_period,
    _calendar_period,
    _rolling_period,
    _week_period,
    _spelled_month_period,
)


def _named_period(phrase: _Phrase) -> Period | None:
    """The period meant, None when the phrase is a single day or moment."""
    try:
        found = _first(_PERIOD_FORMS, phrase)
    except OverflowError:
        reason = f"{phrase.shown} lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
        raise phrase.refusal(reason, _PERIOD_HINT) from None
    if found is not None:
        _check_year(phrase, found.start.year)
        _check_year(phrase, (found.end - timedelta(days=1)).year)
    return found


def _named_or_day(phrase: _Phrase) -> Period:
    return _named_period(phrase) or _containing("d", _whole_day(phrase, _PERIOD_HINT))


def read_period(text: str, now: datetime, field: str = "period") -> Period:
    """The whole days meant by a period, a range or a single day."""
    return _named_or_day(_phrase(text, now, field))


def utc_bounds(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """The period as a half-open interval of UTC moments, from local midnight to local midnight."""
    zone = _zone(now)
    return _midnight(period.start, zone), _midnight(period.end, zone)


def span(text: str, now: datetime, field: str = "when") -> tuple[datetime, datetime]:
    """What the words cover, as a half-open interval of UTC moments.

    A day or period covers its local days, a clock time the minute (or second) it names, ``now`` and ``-2h`` an instant.
    """
    phrase = _phrase(text, now, field)
    period = _named_period(phrase)
    if period is not None:
        return utc_bounds(period, now)
    found = _reading(phrase)
    if found.at is None:
        return utc_bounds(_containing("d", found.on), now)
    return found.at, found.at + found.width


# Lengths ----------------------------------------------------------------------------------------------------------

_MINUTES_IN = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "min": 1}
# In a length ``m`` is minutes, in a date it is months; a bare number is minutes too.
_SCALES = {"": 1, "m": 1} | {word: _MINUTES_IN[unit] for word, unit in _UNITS.items() if unit in _MINUTES_IN}


def read_duration(text: str, field: str = "duration") -> int:
    """The length meant in whole minutes, a bare number being minutes and a day 24 hours."""
    folded = fold(text).replace(",", ".")
    if folded.startswith("-"):
        raise BadValue(field, "can't be negative", hint=_DURATION_HINT)
    minutes = _clocked_minutes(folded)
    if minutes is None:
        minutes = _summed_minutes(folded)
    if minutes is None:
        raise BadValue(field, f"can't read '{' '.join(text.split())[:40]}' as a length of time", hint=_DURATION_HINT)
    if minutes > LONGEST_DURATION:
        raise BadValue(field, "can't be longer than 366 days", hint=_DURATION_HINT)
    return int(minutes + 0.5)


def _clocked_minutes(text: str) -> float | None:
    match = re.fullmatch(r"(\d{1,4}):([0-5]\d)", text)
    return int(match[1]) * 60 + int(match[2]) if match else None


def _summed_minutes(text: str) -> float | None:
    """``1d 2h 30m``, each unit once and the larger before the smaller; a last number without its unit is minutes."""
    piece = r"(\d{1,9}+(?:\.\d{1,9}+)?+) ?+([a-z]*+) ?+"
    if not re.fullmatch(f"(?:{piece})++", text):
        return None
    pieces = re.findall(piece, text)
    scales = [_SCALES.get(unit, 0) for _, unit in pieces]
    if 0 in scales or any(later >= earlier for earlier, later in pairwise(scales)):
        return None
    return sum(float(count) * scale for (count, _), scale in zip(pieces, scales, strict=True))


def show_duration(minutes: int) -> str:
    """A length as ``read_duration`` takes it: ``45m``, ``1h30m``, ``2d`` for whole days."""
    if minutes and minutes % _MINUTES_IN["d"] == 0:
        return f"{minutes // _MINUTES_IN['d']}d"
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")


def days_between(start: datetime, end: datetime) -> float:
    """Days of 24 hours from one moment to another, negative when ``end`` comes first."""
    # Two datetimes of one zone subtract by the wall clock; in UTC a change of summer time counts.
    return (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 86400


# Recurrence -------------------------------------------------------------------------------------------------------

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_FINE = ("HOURLY", "MINUTELY", "SECONDLY")
_WORD_RULES = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3",
    "yearly": "FREQ=YEARLY",
    "annually": "FREQ=YEARLY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "every weekday": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
}
_EVERY = {"d": ("DAILY", 1), "w": ("WEEKLY", 1), "m": ("MONTHLY", 1), "q": ("MONTHLY", 3), "y": ("YEARLY", 1)}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
# The Gregorian calendar repeats every 400 years, week days included.
_CYCLES = 19 * 400


class Occurrence(NamedTuple):
    """The next deadline of something that recurs, and the rule that goes on from there."""

    due: Due
    rule: str


def read_recurrence(text: str, field: str = "recurrence") -> str:
    """The RFC 5545 rule meant, in canonical order; an hour is refused, for it comes from the deadline."""
    words = fold(text)
    found = _WORD_RULES.get(words) or _every_weekdays(words) or _every_unit(words)
    if found is None and "=" not in words:
        raise BadValue(field, f"can't read '{' '.join(text.split())[:40]}' as a recurrence", hint=_RULE_HINT)
    parts = _rule_parts(found or text, field)
    _check_falls(parts, field)
    return _rule_text(parts)


def _every_weekdays(words: str) -> str | None:
    days = _weekday_list(words.removeprefix("every ")) if words.startswith("every ") else None
    return f"FREQ=WEEKLY;BYDAY={days}" if days else None


def _every_unit(words: str) -> str | None:
    """``every 2 weeks``, ``every other week on mon``, ``every month on 15``, ``every month on the first mon``."""
    match = re.fullmatch(rf"every (?:(\d{{1,3}}|other) )?({_CALENDAR})s?(?: on (?:the )?(.+))?", words)
    if match is None:
        return None
    unit = _UNITS[match[2]]
    frequency, interval = _EVERY[unit]
    interval *= 2 if match[1] == "other" else int(match[1] or 1)
    head = f"FREQ={frequency};INTERVAL={interval}"
    if not match[3]:
        return head
    days = _weekday_list(match[3]) if unit == "w" else None
    tail = (days and f"BYDAY={days}") or (_day_of_month(match[3]) if unit == "m" else None)
    return f"{head};{tail}" if tail else None


def _weekday_list(words: str) -> str | None:
    names = re.split(r" ?, ?(?:and )?| and ", words)
    found = [_name_index(name, _DAYS) for name in names]
    if None in found:
        return None
    return ",".join(_DAYS[index][:2].upper() for index in sorted({i for i in found if i is not None}))


def _day_of_month(words: str) -> str | None:
    if words in ("last", "last day"):
        return "BYMONTHDAY=-1"
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", words)
    if match and 1 <= int(match[1]) <= 31:
        return _clamped(int(match[1]))
    ordinal, _, name = words.partition(" ")
    index = _name_index(name, _DAYS)
    if ordinal not in _ORDINALS or index is None:
        return None
    return f"BYDAY={_ORDINALS[ordinal]}{_DAYS[index][:2].upper()}"


def _clamped(day: int) -> str:
    """The rule parts of that day of the month, or the last of a shorter month."""
    return f"BYMONTHDAY={day}" if day <= 28 else f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"


def _numbers_within(low: int, high: int) -> Callable[[str], bool]:
    """Whether a list of whole numbers lies within the bounds, zero never counting."""
    return lambda text: all(
        re.fullmatch(r"[+-]?\d{1,3}", item, re.ASCII) and int(item) and low <= int(item) <= high
        for item in text.split(",")
    )


def _is_count(text: str) -> bool:
    return re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII) is not None


def _is_until(text: str) -> bool:
    if not re.fullmatch(r"\d{8}(?:T\d{6}Z?)?", text, re.ASCII):
        return False
    try:
        year = datetime.fromisoformat(text).year
    except ValueError:
        return False
    return FIRST_YEAR <= year <= LAST_YEAR


def _is_weekdays(text: str) -> bool:
    day = r"(?:[+-]?(?:[1-9]|[1-4]\d|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)"
    return re.fullmatch(f"{day}(?:,{day})*", text) is not None


# In the canonical order of a rule's parts.
_PART_CHECKS: dict[str, Callable[[str], bool]] = {
    "FREQ": lambda text: text in _FREQUENCIES,
    "INTERVAL": _is_count,
    "COUNT": _is_count,
    "UNTIL": _is_until,
    "BYMONTH": _numbers_within(1, 12),
    "BYWEEKNO": _numbers_within(-53, 53),
    "BYYEARDAY": _numbers_within(-366, 366),
    "BYMONTHDAY": _numbers_within(-31, 31),
    "BYDAY": _is_weekdays,
    "BYSETPOS": _numbers_within(-366, 366),
    "WKST": lambda text: text in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
}


def _rule_parts(rule: str, field: str) -> dict[str, str]:
    """The parts of a rule in canonical order, each checked by itself and against the others."""
    parts: dict[str, str] = {}
    for pair in "".join(rule.upper().split()).removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = pair.partition("=")
        _check_part(name, value, field)
        if name in parts:
            raise BadValue(field, f"has {name} twice", hint=_RULE_HINT)
        parts[name] = value
    if "FREQ" not in parts:
        raise BadValue(field, "a rule needs FREQ", hint=_RULE_HINT)
    _check_together(parts, field)
    return {name: parts[name] for name in _PART_CHECKS if name in parts and (name, parts[name]) != ("INTERVAL", "1")}


def _check_part(name: str, value: str, field: str) -> None:
    if name == "FREQ" and value in _TOO_FINE:
        raise BadValue(field, f"{value} is finer than a day", hint=_RULE_HINT)
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        raise BadValue(field, f"{name} isn't taken: the hour is that of the due time", hint=_RULE_HINT)
    if name not in _PART_CHECKS:
        raise BadValue(field, f"'{name[:40]}' is no part of a rule", hint=_RULE_HINT)
    if not _PART_CHECKS[name](value):
        raise BadValue(field, f"{name} can't be '{value[:40]}'", hint=_RULE_HINT)


def _check_together(parts: Mapping[str, str], field: str) -> None:
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadValue(field, "takes COUNT or UNTIL, not both", hint=_RULE_HINT)
    if parts["FREQ"] in ("DAILY", "WEEKLY") and re.search(r"\d", parts.get("BYDAY", "")):
        raise BadValue(field, "a numbered BYDAY goes with MONTHLY or YEARLY", hint=_RULE_HINT)


def _check_falls(parts: Mapping[str, str], field: str) -> None:
    """Refuse a rule that names no day in any year, such as the 30th of February."""
    every = {name: value for name, value in parts.items() if name != "INTERVAL"}
    start = datetime.combine(date(2000, 1, 1), time())
    if _fall_after(every, start, start) is None:
        raise BadValue(field, f"{_rule_text(parts)} never falls on any day", hint=_RULE_HINT)


def _rule_text(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _fall_after(parts: Mapping[str, str], start: datetime, after: datetime) -> datetime | None:
    """The first fall after ``after`` of the rule begun at ``start``, all in wall time, COUNT and UNTIL left out."""
    from dateutil.rrule import rrulestr

    text = _rule_text({name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")})
    # dateutil looks for a day that never comes until year 9999: begun that much later it gives up after few years.
    rule = rrulestr(text, dtstart=start.replace(year=start.year + _CYCLES))
    found = rule.after(after.replace(year=after.year + _CYCLES))
    return found.replace(year=found.year - _CYCLES) if found else None


def _pinned(parts: Mapping[str, str], day: date) -> dict[str, str]:
    """The rule with its day of the month written out, so that the end of a short month neither skips nor shifts it."""
    free = not any(name.startswith("BY") for name in parts)
    if free and parts["FREQ"] == "MONTHLY" and day.day > 28:
        extra = _clamped(day.day)
    elif free and parts["FREQ"] == "YEARLY" and (day.month, day.day) == (2, 29):
        extra = f"BYMONTH=2;{_clamped(29)}"
    else:
        return dict(parts)
    return _rule_parts(f"{_rule_text(parts)};{extra}", "recurrence")


def _until(parts: Mapping[str, str], zone: tzinfo) -> datetime:
    """The last wall time the rule allows: the end of the day when it gives a date."""
    text = parts.get("UNTIL", f"{LAST_YEAR}1231")
    limit = datetime.fromisoformat(text)
    if "T" not in text:
        return datetime.combine(limit, time.max)
    return limit.astimezone(zone).replace(tzinfo=None) if limit.tzinfo else limit


def next_occurrence(rule: str, due: Due, now: datetime) -> Occurrence | None:
    """The first occurrence after ``due`` and not before today, at the same time of the local clock.

    COUNT counts what is really done, this one included: dates missed meanwhile don't use it up. None when it is
    used up or UNTIL is past.
    """
    zone = _zone(now)
    wall = due.at.astimezone(zone).replace(tzinfo=None) if due.at else datetime.combine(due.on, time())
    start = wall.replace(microsecond=0)
    parts = _pinned(_rule_parts(rule, "recurrence"), start.date())
    count = int(parts.get("COUNT", "0"))
    if count == 1:
        return None
    eve = datetime.combine(now.date(), time()) - timedelta(seconds=1)
    found = _fall_after(parts, start, max(start, eve))
    if found is None or found > _until(parts, zone):
        return None
    if count:
        parts["COUNT"] = f"{count - 1}"
    at = found.replace(tzinfo=zone).astimezone(UTC) if due.at else None
    return Occurrence(Due(found.date(), at), _rule_text(parts))


# Deadlines --------------------------------------------------------------------------------------------------------


class Urgency(Enum):
    """How soon a deadline needs the user."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"  # within the seven days after today
    LATER = "later"
    NONE = "none"


def urgency(due: Due | None, now: datetime) -> Urgency:
    """How soon the deadline needs the user: a date is overdue the day after, a moment as soon as it is past."""
    if due is None:
        return Urgency.NONE
    day = due.at.astimezone(_zone(now)).date() if due.at else due.on
    away = (day - now.date()).days
    if away < 0 or (due.at is not None and due.at < now):
        return Urgency.OVERDUE
    if away == 0:
        return Urgency.TODAY
    return Urgency.WEEK if away <= 7 else Urgency.LATER


def snooze(due: Due | None, text: str, now: datetime, field: str = "until") -> Due:
    """The deadline put off: ``+3d`` counts from the later of now and the old one and keeps its hour."""
    phrase = _phrase(_with_sign(text), now, field, days_back=0)
    amount = _amount(phrase.text)
    if amount and amount[0] <= 0:
        raise phrase.refusal(f"can't put it off by '{phrase.shown}'", "+3d, +1w, tomorrow 9:00, next mon")
    if due is None:
        found = _reading(phrase)
        return Due(found.on, found.at)
    zone = _zone(now)
    old = due.at or _midnight(due.on, zone)
    local = old.astimezone(zone)
    day = local.date() if due.at else due.on
    found = _reading(phrase._replace(day=max(phrase.day, day), moment=max(phrase.moment, old)))
    if amount is None or found.at is not None or due.at is None:
        return Due(found.on, found.at)
    return Due(found.on, datetime.combine(found.on, local.time(), zone).astimezone(UTC))


def _with_sign(text: str) -> str:
    """``3d`` as ``+3d``: there is but one way to put off."""
    return f"+{text.strip()}" if _amount(f"+{fold(text)}") else text


def next_anniversary(day: date, today: date) -> date:
    """The first return of ``day`` from today on; 29 February returns on the 28th in common years."""
    returned = _in_year(day, today.year)
    return returned if returned >= today else _in_year(day, today.year + 1)


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, _days_in_month(year, day.month)))
