"""The fields of a form: what they are, how a record fills them, and what is made of what is typed into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import Field, Kind
from crmcli.domain.filter_fields import find_filtered
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from crmcli.domain.reading import InputRules
    from crmcli.render.locale import Locale

MEASURES = (Kind.DATE, Kind.TIME, Kind.DUE, Kind.DURATION, Kind.MONEY)
# Days in a unit, and up to how many days away it is counted in.
_UNITS = ((1, 60, "days"), (30, 2 * 365, "months"), (365, 10**7, "years"))
_ADDRESSES = (Kind.EMAIL, Kind.PHONE, Kind.WEBSITE, Kind.HANDLE)


class FormField(NamedTuple):
    """A field of a form.

    One with ``choices`` is picked from them; ``field``, a noun and a field of it, says how it is read and so what is wrong
    while it is typed; ``completes`` is a kind that ``Completing`` knows values of; ``many`` takes several, with commas
    between; ``long`` is a text of several lines, in Markdown; a ``proposed`` value gives way to what is typed.
    """

    name: str
    label: str
    value: str = ""
    example: str = ""
    choices: Sequence[str] = ()
    field: tuple[str, str] | None = None
    completes: str = ""
    many: bool = False
    long: bool = False
    required: bool = False
    proposed: bool = False

    @property
    def declared(self) -> Field | None:
        """The noun's own field behind it."""
        return find_filtered(*self.field) if self.field is not None else None


class Reading(NamedTuple):
    """What is made of a text: what is wrong with it, or what it will be kept as; both empty when there is nothing to say."""

    wrong: str = ""
    meant: str = ""


def read(field: FormField, text: str, rules: InputRules, locale: Locale) -> Reading:
    """What is wrong with the text of a field, or what it means."""
    declared = field.declared
    if not text.strip():
        return Reading("is required") if field.required else Reading()
    if field.choices and not any(fold(choice).startswith(fold(text)) for choice in field.choices):
        return Reading(f"is none of {', '.join(choice for choice in field.choices if choice)}")
    if declared is None or declared.kind is Kind.LINK:
        return Reading()
    from crmcli.domain.reading import read_value

    parts = split_list(text) if field.many else [text]
    try:
        values = [read_value(declared, _unsigned(part, declared), rules) for part in parts]
    except BadValue as error:
        return Reading(error.reason)
    meant = [_meant(declared, value, rules.now, locale) for value in values]
    return Reading(meant=", ".join(meant) if any(meant) and meant != [part.strip() for part in parts] else "")


def _unsigned(part: str, declared: Field) -> str:
    """A label to be taken off is written ``-old``."""
    return part.removeprefix("-").strip() or part if declared.kind is Kind.TAG else part


def _meant(declared: Field, value: Any, now: datetime, locale: Locale) -> str:  # noqa: ANN401 - a field's value
    from crmcli.domain.views import Due

    match declared.kind:
        case Kind.DATE:
            return day_told(value, now, locale)
        case Kind.DUE if isinstance(value, Due):
            return moment_told(value.at, now, locale) if value.at else day_told(value.on, now, locale)
        case Kind.TIME:
            return moment_told(value, now, locale)
        case Kind.MONEY:
            return locale.money(value)
        case Kind.DURATION:
            return _length(value)
        case _ if declared.kind in _ADDRESSES:
            return str(value.value)
        case Kind.RRULE:
            return str(value)
        case _:
            return ""


def day_told(day: date, now: datetime, locale: Locale) -> str:
    """The day in full, and how far away it is: ``Fri 27 Nov 2026, in 6 days``."""
    return f"{_day(day, locale)}, {_away((day - now.date()).days)}"


def moment_told(moment: datetime, now: datetime, locale: Locale) -> str:
    """The same with the hour."""
    local = locale.local(moment)
    return f"{_day(local.date(), locale)} {locale.clock(moment)}, {_away((local.date() - now.date()).days)}"


def _day(day: date, locale: Locale) -> str:
    if locale.name is None:
        return f"{day:%a} {day.day} {day:%b %Y}"
    from babel.dates import format_date

    return f"{format_date(day, 'EEE', locale=locale.name.replace('-', '_').partition('.')[0])} {locale.date(day)}"


def _away(days: int) -> str:
    words = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in words:
        return words[days]
    count, unit = next((abs(days) // size, unit) for size, most, unit in _UNITS if abs(days) <= most)
    return f"in {count} {unit}" if days > 0 else f"{count} {unit} ago"


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (rest, "min")) if count]
    return " ".join(parts) or "0 min"


# -- several values on one line


def split_list(text: str) -> list[str]:
    """The values between commas or on lines of their own; one that holds a comma stands in double quotes."""
    found, piece, quoted = [], "", False
    for c in text:
        if c == '"' and (quoted or not piece.strip()):
            quoted = not quoted
        elif c in ",\n" and not quoted:
            found.append(piece)
            piece = ""
        else:
            piece += c
    found.append(piece)
    return list(dict.fromkeys(part for each in found if (part := each.strip())))


def join_list(values: Iterable[str]) -> str:
    """The values on one line, as ``split_list`` takes them apart."""
    return ", ".join(f'"{value}"' if "," in value or "\n" in value else value for value in values)


def part_at(text: str, cursor: int) -> tuple[int, int]:
    """Where the value at the cursor begins and ends, among several with commas between."""
    start = max(text.rfind(",", 0, cursor), text.rfind("\n", 0, cursor)) + 1
    while start < cursor and text[start] == " ":
        start += 1
    ends = [at for at in (text.find(",", cursor), text.find("\n", cursor)) if at >= 0]
    return start, min(ends, default=len(text))


# -- a record's values as they are typed


def text_of(field: Field, value: Any, locale: Locale) -> str:  # noqa: ANN401 - a field of any view
    """The value as a form shows it, so that reading it again gives the same."""
    from crmcli.domain.views import Link

    if value is None or value == ():
        return ""
    if isinstance(value, Link):
        return value.name
    if field.many:
        return join_list(_names(value))
    if field.kind in MEASURES:
        return _measure(field, value, locale)
    return str(value)


def _names(values: Sequence[Any]) -> list[str]:
    """Linked records by name, by uid where two have the same; anything else as it is."""
    names = [getattr(value, "name", value) for value in values]
    return [
        value.id if names.count(name) > 1 and hasattr(value, "id") else name
        for value, name in zip(values, names, strict=True)
    ]


def ids_of(values: Sequence[Any]) -> dict[str, str]:
    """What each linked record is called in a form, and its uid."""
    links = [value for value in values if hasattr(value, "id")]
    return {name: link.id for name, link in zip(_names(links), links, strict=True)}


def _measure(field: Field, value: Any, locale: Locale) -> str:  # noqa: ANN401
    from crmcli.domain.durations import show_duration

    match field.kind:
        case Kind.MONEY:
            return f"{value.plain} {value.currency}"
        case Kind.DURATION:
            return show_duration(value)
        case Kind.TIME:
            return f"{locale.local(value):%Y-%m-%d %H:%M}"
        case Kind.DUE:
            return f"{locale.local(value.at):%Y-%m-%d %H:%M}" if value.at else str(value.on.isoformat())
        case _:
            return str(value.isoformat())
