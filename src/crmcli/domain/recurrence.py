"""Recurrence: the RFC 5545 rule that words mean, and the deadline that follows by it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from crmcli.domain.dates import CALENDAR_UNITS, FIRST_YEAR, LAST_YEAR, UNITS, WEEKDAYS, name_index, zone_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.domain.views import Due
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HINT = "weekly, weekdays, every 2 weeks, every fri, every month on 15, FREQ=MONTHLY;BYDAY=1MO"
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
        raise BadValue(field, f"can't read '{' '.join(text.split())[:40]}' as a recurrence", hint=_HINT)
    parts = _rule_parts(found or text, field)
    _check_falls(parts, field)
    return _rule_text(parts)


def _every_weekdays(words: str) -> str | None:
    days = _weekday_list(words.removeprefix("every ")) if words.startswith("every ") else None
    return f"FREQ=WEEKLY;BYDAY={days}" if days else None


def _every_unit(words: str) -> str | None:
    """``every 2 weeks``, ``every other week on mon``, ``every month on 15``, ``every month on the first mon``."""
    match = re.fullmatch(rf"every (?:(\d{{1,3}}|other) )?({CALENDAR_UNITS})s?(?: on (?:the )?(.+))?", words)
    if match is None:
        return None
    unit = UNITS[match[2]]
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
    found = [name_index(name, WEEKDAYS) for name in names]
    if None in found:
        return None
    return ",".join(WEEKDAYS[index][:2].upper() for index in sorted({i for i in found if i is not None}))


def _day_of_month(words: str) -> str | None:
    if words in ("last", "last day"):
        return "BYMONTHDAY=-1"
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", words)
    if match and 1 <= int(match[1]) <= 31:
        return _clamped(int(match[1]))
    ordinal, _, name = words.partition(" ")
    index = name_index(name, WEEKDAYS)
    if ordinal not in _ORDINALS or index is None:
        return None
    return f"BYDAY={_ORDINALS[ordinal]}{WEEKDAYS[index][:2].upper()}"


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
            raise BadValue(field, f"has {name} twice", hint=_HINT)
        parts[name] = value
    if "FREQ" not in parts:
        raise BadValue(field, "a rule needs FREQ", hint=_HINT)
    _check_together(parts, field)
    return {name: parts[name] for name in _PART_CHECKS if name in parts and (name, parts[name]) != ("INTERVAL", "1")}


def _check_part(name: str, value: str, field: str) -> None:
    if name == "FREQ" and value in _TOO_FINE:
        raise BadValue(field, f"{value} is finer than a day", hint=_HINT)
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        raise BadValue(field, f"{name} isn't taken: the hour is that of the due time", hint=_HINT)
    if name not in _PART_CHECKS:
        raise BadValue(field, f"'{name[:40]}' is no part of a rule", hint=_HINT)
    if not _PART_CHECKS[name](value):
        raise BadValue(field, f"{name} can't be '{value[:40]}'", hint=_HINT)


def _check_together(parts: Mapping[str, str], field: str) -> None:
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadValue(field, "takes COUNT or UNTIL, not both", hint=_HINT)
    if parts["FREQ"] in ("DAILY", "WEEKLY") and re.search(r"\d", parts.get("BYDAY", "")):
        raise BadValue(field, "a numbered BYDAY goes with MONTHLY or YEARLY", hint=_HINT)


def _check_falls(parts: Mapping[str, str], field: str) -> None:
    """Refuse a rule that names no day in any year, such as the 30th of February."""
    every = {name: value for name, value in parts.items() if name != "INTERVAL"}
    start = datetime.combine(date(2000, 1, 1), time())
    if _fall_after(every, start, start) is None:
        raise BadValue(field, f"{_rule_text(parts)} never falls on any day", hint=_HINT)


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
    zone = zone_of(now)
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


def missed_occurrence(rule: str, due: Due, now: datetime) -> Occurrence | None:
    """The last occurrence after ``due`` whose day has come by now; None when none has, or the rule ended before."""
    zone, found = zone_of(now), None
    following = next_occurrence(rule, due, datetime.combine(due.on, time(), zone))
    while following is not None and following.due.on <= now.date():
        found = following
        following = next_occurrence(rule, found.due, datetime.combine(found.due.on, time(), zone))
    return found
