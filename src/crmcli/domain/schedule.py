"""Days, moments and deadlines: what words say of them, how soon they press, and putting them off."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

from crmcli.domain.dates import FIRST_YEAR, LAST_YEAR, midnight, zone_of
from crmcli.domain.day_words import DAY_FORMS, signed_amount
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.phrases import TIME_HINT, Phrase, check_year, first_meaning, phrase_of
from crmcli.domain.text import fold
from crmcli.domain.views import Due

if TYPE_CHECKING:
    from collections.abc import Callable

_INSTANT = timedelta(microseconds=1)
_DAY_HINT = "today, next fri, +3d, eom, 2026-12-01"
_DEADLINE_HINT = "today, next fri, +3d, eom, this month, Q3-2026, 2026-06, 2026-12-01"
_DUE_HINT = f"{_DEADLINE_HINT}; with an hour: tomorrow 9:00, 2026-12-01T14:30"

_CLOCK = (
    r"(?=\d{1,2}(?::| ?[ap]\.?m))(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)? ?(?P<zone>z|utc|gmt|(?P<sign>[+-])(?P<hours>\d{2})(?::?(?P<minutes>\d{2}))?)?"
)


class Reading(NamedTuple):
    """A local day, or a moment on it that lasts ``width``."""

    on: date
    at: datetime | None = None
    width: timedelta = timedelta()


class _Clock(NamedTuple):
    """A time of day, in the user's zone unless it names one; ``width`` is how exact it was given."""

    time: time
    zone: tzinfo | None
    width: timedelta


def _on_day(phrase: Phrase) -> Reading | None:
    day = first_meaning(DAY_FORMS, phrase)
    return None if day is None else Reading(day)


def _instant(phrase: Phrase) -> Reading | None:
    """``now``, and hours or minutes from it."""
    amount = (0, "min") if phrase.text == "now" else signed_amount(phrase.text)
    if amount is None or amount[1] not in ("h", "min"):
        return None
    at = phrase.moment + timedelta(minutes=amount[0] * (60 if amount[1] == "h" else 1))
    return Reading(at.astimezone(zone_of(phrase.now)).date(), at, _INSTANT)


def _at_clock(phrase: Phrase) -> Reading | None:
    """A day and a time on it, or a time today: ``fri 14:30``, ``2026-12-01T14:30Z``, ``tomorrow at 9 am``, ``mon noon``."""
    text = re.sub(r"\bnoon$", "12:00", phrase.text)
    match = re.fullmatch(rf"(?:(?P<day>.+?)(?:(?<=\d)t|,? (?=at |\d)))??(?:at )?{_CLOCK}", text)
    if match is None:
        return None
    day = first_meaning(DAY_FORMS, phrase.part(match["day"] or "today"))
    if day is None:
        return None
    if match["sign"] and not re.match(r"\d{4}", match["day"] or ""):
        raise phrase.refusal(f"{phrase.shown}: an offset from UTC goes with a full date", "2026-12-01T14:30+02:00")
    check_year(phrase, day.year)
    clock, local = _clock(phrase, match), zone_of(phrase.now)
    at = datetime.combine(day, clock.time, clock.zone or local).astimezone(UTC)
    return Reading(at.astimezone(local).date(), at, clock.width)


def _clock(phrase: Phrase, match: re.Match[str]) -> _Clock:
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59 or (match["half"] and not 1 <= hour <= 12):
        raise phrase.refusal(f"{phrase.shown}: there is no such time of day", "9:00, 14:30, 9am, 2:30 pm")
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    fraction = int((match["fraction"] or "0").ljust(6, "0")[:6])
    width = _INSTANT if match["fraction"] else timedelta(seconds=1) if match["second"] else timedelta(minutes=1)
    return _Clock(time(hour, minute, second, fraction), _clock_zone(phrase, match), width)


def _clock_zone(phrase: Phrase, match: re.Match[str]) -> tzinfo | None:
    if not match["sign"]:
        return UTC if match["zone"] else None
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > 14 or minutes > 59:
        raise phrase.refusal(f"{phrase.shown}: there is no such offset from UTC", "2026-12-01T14:30+02:00")
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if match["sign"] == "-" else away)


def _by_the_end(phrase: Phrase) -> Reading | None:
    """The last day of a period, which is when a deadline that names one is up."""
    from crmcli.domain.periods import period_end  # which reads the ends of a range with this module

    day = period_end(phrase)
    return None if day is None else Reading(day)


_FORMS: tuple[Callable[[Phrase], Reading | None], ...] = (_on_day, _instant, _at_clock)
_DEADLINES = (*_FORMS, _by_the_end)


def read_phrase(
    phrase: Phrase, hint: str = TIME_HINT, forms: tuple[Callable[[Phrase], Reading | None], ...] = _FORMS
) -> Reading:
    """The day or moment meant; refused when it has none of the forms, or is out of range."""
    if not phrase.text:
        raise phrase.refusal("is empty", hint)
    try:
        found = first_meaning(forms, phrase)
    except OverflowError:
        raise phrase.refusal(f"{phrase.shown} lies outside the years {FIRST_YEAR} to {LAST_YEAR}", hint) from None
    if found is None:
        raise phrase.refusal(f"can't read '{phrase.shown}'", hint)
    check_year(phrase, found.on.year)
    return found


def whole_day(phrase: Phrase, hint: str, forms: tuple[Callable[[Phrase], Reading | None], ...] = _FORMS) -> date:
    """The day meant; an hour is refused."""
    found = read_phrase(phrase, hint, forms)
    if found.at is not None:
        raise phrase.refusal(f"takes a day without an hour, not '{phrase.shown}'", hint)
    return found.on


def read_due(text: str, now: datetime, field: str = "due") -> Due:
    """The deadline meant: a local date (a period's last), and the UTC moment when an hour was given."""
    found = read_phrase(phrase_of(text, now, field, days_back=0), _DUE_HINT, _DEADLINES)
    return Due(found.on, found.at)


def read_date(text: str, now: datetime, field: str) -> date:
    """The day meant; an hour is refused."""
    return whole_day(phrase_of(text, now, field), _DAY_HINT)


def read_deadline(text: str, now: datetime, field: str) -> date:
    """The day meant, of a period its last; an hour is refused."""
    return whole_day(phrase_of(text, now, field), _DEADLINE_HINT, _DEADLINES)


def read_time(text: str, now: datetime, field: str = "at") -> datetime:
    """The moment meant, in UTC; a day alone is its local midnight."""
    found = read_phrase(phrase_of(text, now, field))
    return found.at or midnight(found.on, zone_of(now))


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
    day = due.at.astimezone(zone_of(now)).date() if due.at else due.on
    away = (day - now.date()).days
    if away < 0 or (due.at is not None and due.at < now):
        return Urgency.OVERDUE
    if away == 0:
        return Urgency.TODAY
    return Urgency.WEEK if away <= 7 else Urgency.LATER


def snooze(due: Due | None, text: str, now: datetime, field: str = "until") -> Due:
    """The deadline put off: ``+3d`` counts from the later of now and the old one and keeps its hour."""
    phrase = phrase_of(_with_sign(text), now, field, days_back=0)
    amount = signed_amount(phrase.text)
    if amount and amount[0] <= 0:
        raise phrase.refusal(f"can't put it off by '{phrase.shown}'", "+3d, +1w, tomorrow 9:00, next mon")
    if due is None:
        found = read_phrase(phrase, _DUE_HINT, _DEADLINES)
        return Due(found.on, found.at)
    zone = zone_of(now)
    old = due.at or midnight(due.on, zone)
    local = old.astimezone(zone)
    day = local.date() if due.at else due.on
    phrase = phrase._replace(day=max(phrase.day, day), moment=max(phrase.moment, old))
    found = read_phrase(phrase, _DUE_HINT, _DEADLINES)
    if amount is None or found.at is not None or due.at is None:
        return Due(found.on, found.at)
    return Due(found.on, datetime.combine(found.on, local.time(), zone).astimezone(UTC))


def _with_sign(text: str) -> str:
    """``3d`` as ``+3d``: there is but one way to put off."""
    return f"+{text.strip()}" if signed_amount(f"+{fold(text)}") else text
