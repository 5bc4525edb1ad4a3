"""What the numbers of a column of dates mean, found from all of its values; and its values read so.

A column is never guessed at from one value: ``03/04/2026`` is the third of April only where some other value, as
``25/04/2026``, shows that days come first.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from crmcli.domain.calendar_words import month_number
from crmcli.domain.dates import MONTHS, midnight, zone_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.phrases import check_year, existing_date, full_year, phrase_of
from crmcli.domain.text import fold
from crmcli.domain.written_dates import (
    EXCEL_1900,
    EXCEL_1904,
    NoSuchTime,
    Written,
    counted_moment,
    serial_moment,
    take_apart,
)
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmcli.domain.phrases import Phrase

MARKS = "/-."
_FIRST_SERIAL, _FIRST_BIRTH_SERIAL = 20_000, 10_000  # of 1954 and 1927: smaller numbers are rather something else
ORDERS = ("dmy", "mdy", "ymd")
_EXCEL = {"excel": EXCEL_1900, "excel1904": EXCEL_1904}
_HINT = "as '%d/%m/%Y', or dmy, mdy, ymd, excel1904"
_SAMPLE = datetime(2003, 11, 29)  # noqa: DTZ001 - no two of its numbers could be taken for one another
_CLOCK_DIRECTIVES = ("%H", "%I", "%X", "%c", "%T")


class DateFormat(NamedTuple):
    """How the dates of a column are read: the order of numbers by the mark between them, or a ``pattern`` of strptime."""

    orders: tuple[tuple[str, str], ...] = ()
    pattern: str | None = None
    epoch: datetime = EXCEL_1900

    def order(self, mark: str) -> str | None:
        """The order of numbers with this mark between them; only dots say it by themselves."""
        return dict(self.orders).get(mark, "dmy" if mark == "." else None)


class Reading(NamedTuple):
    """A day as it is written, and the moment in UTC where an hour is given."""

    on: date
    at: datetime | None = None


BY_ITSELF = DateFormat()
"""Every value is read by itself; one that could be two days is refused."""


def pattern_of(order: str, mark: str, *, short: bool = False) -> str:
    """An order of numbers as strptime writes it."""
    return mark.join({"d": "%d", "m": "%m", "y": "%y" if short else "%Y"}[letter] for letter in order)


def read_format(text: str) -> DateFormat:
    """A format as the user says it: ``%d/%m/%Y``, ``dmy``, ``mdy``, ``ymd``, ``excel1904``; raises BadValue."""
    word = fold(text)
    if word in ORDERS:
        return DateFormat(tuple((mark, word) for mark in MARKS))
    if word in _EXCEL:
        return DateFormat(epoch=_EXCEL[word])
    order = _order_in(text.strip())
    if order is not None:
        return DateFormat(tuple((mark, order) for mark in MARKS))
    if not _reads_back(text.strip()):
        raise BadValue("date-format", f"{text!r} is not a format of dates", hint=_HINT)
    return DateFormat(pattern=text.strip())


def _order_in(pattern: str) -> str | None:
    """The order of a pattern that is numbers between marks, perhaps with a clock after them."""
    found = re.fullmatch(r"%([dmyY])([-/.])%([dmyY])\2%([dmyY])(?:[T ,]+[^dmyY]*%[HI][^dmyY]*)?", pattern)
    if found is None:
        return None
    order = "".join((found[1], found[3], found[4])).lower()
    return order if order in ORDERS else None


def _reads_back(pattern: str) -> bool:
    try:
        return datetime.strptime(_SAMPLE.strftime(pattern), pattern).date() == _SAMPLE.date()  # noqa: DTZ007
    except ValueError:
        return False


# -- reading by a format


def read_by(form: DateFormat, text: str, now: datetime, field: str) -> Reading | None:
    """The day or moment in a cell; None for words, which have rules of their own.

    Raises BadValue for a date that there is not, that the format does not allow, or that could be two.
    """
    phrase = phrase_of(text, now, field)
    if form.pattern is not None:
        return _by_pattern(form.pattern, phrase)
    try:
        written = take_apart(text)
    except NoSuchTime:
        raise phrase.refusal(f"{phrase.shown}: there is no such time of day", "9:00, 14:30, 9am, 2:30 pm") from None
    if written is None:
        return _counted(form, phrase)
    return _at(written, _day(form, written, phrase), zone_of(now))


def _counted(form: DateFormat, phrase: Phrase) -> Reading | None:
    zone = zone_of(phrase.now)
    if (moment := counted_moment(phrase.raw)) is not None:
        # Programs keep whole days as midnight in UTC, wherever the user is.
        day = (moment if moment.time() == time() else moment.astimezone(zone)).date()
        check_year(phrase, day.year)
        return Reading(day, moment)
    first = _FIRST_BIRTH_SERIAL if phrase.field.endswith("birthday") else _FIRST_SERIAL
    if (wall := serial_moment(phrase.raw, form.epoch, first)) is not None:
        return Reading(wall.date(), None if wall.time() == time() else wall.replace(tzinfo=zone).astimezone(UTC))
    return None


def _at(written: Written, day: date, zone: tzinfo) -> Reading:
    clock = written.clock
    if clock is None:
        return Reading(day)
    hour = time(clock.hour, clock.minute, clock.second, clock.microsecond)
    return Reading(day, datetime.combine(day, hour, clock.zone or zone).astimezone(UTC))


def _day(form: DateFormat, written: Written, phrase: Phrase) -> date:
    if not written.mark:
        year = full_year(phrase, f"{written.first:02d}") if written.short else written.first
        return existing_date(phrase, year, written.second, written.third)
    order = form.order(written.mark)
    if order is None:
        return _only_day(written, phrase)
    day = _ordered(written, order, phrase)
    if day is None:
        shown = pattern_of(order, written.mark, short=written.short)
        raise phrase.refusal(f"{phrase.shown!r} is no date in {shown}", None)
    check_year(phrase, day.year)
    return day


def _only_day(written: Written, phrase: Phrase) -> date:
    """The day of a value whose column tells nothing, if it can be but one."""
    readings = {order: day for order in ("dmy", "mdy") if (day := _ordered(written, order, phrase)) is not None}
    days = tuple(dict.fromkeys(readings.values()))
    if not days:
        raise phrase.refusal(f"{phrase.shown!r} is no date", None)
    for day in days:
        check_year(phrase, day.year)
    if len(days) > 1:
        patterns = [pattern_of(order, written.mark, short=written.short) for order in readings]
        raise phrase.refusal(
            f"{phrase.shown} is ambiguous: {days[0]} or {days[1]}", f"--date-format {patterns[0]} or {patterns[1]}"
        )
    return days[0]


def _ordered(written: Written, order: str, phrase: Phrase) -> date | None:
    """The day in that order of numbers; None if there is none."""
    parts = dict(zip(order, (written.first, written.second, written.third), strict=True))
    if not written.short:
        return possible_day(parts["y"], parts["m"], parts["d"]) if order != "ymd" else None
    return possible_day(full_year(phrase, f"{parts['y']:02d}"), parts["m"], parts["d"])


def possible_day(year: int, month: int, day: int) -> date | None:
    """That date, if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _by_pattern(pattern: str, phrase: Phrase) -> Reading:
    text = _in_english(phrase.raw, whole="%B" in pattern)
    timed = any(directive in pattern for directive in _CLOCK_DIRECTIVES)
    try:
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - its zone, if any, is in the pattern
    except ValueError:
        raise phrase.refusal(f"{phrase.shown!r} is no date in {pattern}", None) from None
    check_year(phrase, moment.year)
    if not timed:
        return Reading(moment.date())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(phrase.now))
    return Reading(moment.date(), moment.astimezone(UTC))


def _in_english(text: str, *, whole: bool) -> str:
    """The text with the names of months as strptime knows them, and other words as they are."""

    def english(word: re.Match[str]) -> str:
        month = month_number(fold(word[0]))
        return word[0] if month is None else MONTHS[month - 1] if whole else MONTHS[month - 1][:3]

    return re.sub(r"[^\W\d_]+", english, " ".join(text.split()))


def as_moment(reading: Reading, now: datetime) -> datetime:
    """The moment, in UTC, of a reading: of a day alone its local midnight."""
    return reading.at or midnight(reading.on, zone_of(now))
