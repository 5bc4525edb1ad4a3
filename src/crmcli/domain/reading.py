"""From what a user typed to validated values: the one way in for flags, forms and imported cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.drafts import Draft, Edit
from crmcli.domain.fields import FIELDS, Field, Kind, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, is_blank, is_text, nearest, tidy
from crmcli.errors import BadValue, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

LONGEST = 1_000_000
LONGEST_LABEL = 200  # what a store keeps once for many records
# Beside the required fields, those that a record always has one of.
_NEEDED = {
    "contact": (),
    "company": (),
    "deal": ("stage", "pipeline", "currency"),
    "activity": ("type", "status", "at", "priority"),
}
_REMEMBERED = ("birthday", "anniversary")  # days that were; other dates are deadlines, which a period's end can be
Raw = str | tuple[str, ...] | list[str] | None


class InputRules(NamedTuple):
    """What the reading of input depends on: the time in the user's zone, who acts, and what is configured.

    An amount in another currency is refused when ``only_currency`` is set.
    """

    now: datetime
    me: str
    country: str | None
    currency: str
    locale: str | None = None
    only_currency: bool = False


def read_value(field: Field, text: str, rules: InputRules) -> object:
    """The value of one field from its text; raises BadValue naming the field's flag."""
    text = _whole(field, text)
    match field.kind:
        case Kind.EMAIL | Kind.PHONE | Kind.WEBSITE | Kind.HANDLE:
            return _read_address(field, text, rules)
        case Kind.CHOICE:
            return _read_choice(field, text)
        case Kind.MONEY:
            return _read_money(field, text, rules)
        case Kind.PERCENT:
            return _read_whole_number(field, text.removesuffix("%"), 0, 100)
        case Kind.INTEGER:
            return _read_whole_number(field, text, -(10**9), 10**9)
        case Kind.USER:
            return rules.me if text.lower() == "me" else text
        case Kind.DATE | Kind.TIME | Kind.DUE | Kind.DURATION | Kind.RRULE:
            return _read_time(field, text, rules)
        case _:
            if field.name == "currency":
                from crmcli.domain.money import read_currency

                return read_currency(text)
            return text


def _whole(field: Field, text: str) -> str:
    if not (text.isprintable() or is_text(text)):
        raise BadValue(field.option, "holds bytes that are not text")
    kept = tidy(text)
    if is_blank(kept):
        raise BadValue(field.option, "is empty")
    longest = LONGEST_LABEL if field.kind is Kind.TAG or field.name == "campaign" else LONGEST
    if len(kept) > longest:
        raise BadValue(field.option, f"is longer than {longest} characters")
    return kept


def _read_address(field: Field, text: str, rules: InputRules) -> object:
    from crmcli.domain import handles, people

    match field.kind:
        case Kind.EMAIL:
            return people.read_email(text)
        case Kind.PHONE:
            return people.read_phone(text, rules.country)
        case Kind.WEBSITE:
            return people.read_website(text)
        case _:
            return handles.read_handle(field.name, text)


def _read_money(field: Field, text: str, rules: InputRules) -> object:
    from crmcli.domain.money import read_money

    money = read_money(text, rules.currency, field.option, rules.locale)
    if rules.only_currency and money.currency != rules.currency:
        reason = f"{text!r} is in {money.currency}, but --currency says {rules.currency}"
        raise BadValue(field.option, reason, hint="name one currency")
    return money


def _read_choice(field: Field, text: str) -> str:
    wanted = _loose(text)
    for choice in field.choices:
        if _loose(choice) == wanted:
            return choice
    near = nearest(text.lower(), list(field.choices))
    guess = f"; did you mean {near}?" if near else ""
    raise BadValue(field.option, f"{text!r} is not one of {', '.join(field.choices)}{guess}")


def _loose(text: str) -> str:
    return fold(text).replace("_", " ").replace("-", " ")


def _read_whole_number(field: Field, text: str, low: int, high: int) -> int:
    try:
        number = int(text.strip())
    except ValueError:
        raise BadValue(field.option, f"{text!r} is not a whole number") from None
    if not low <= number <= high:
        raise BadValue(field.option, f"{number} is not between {low} and {high}")
    return number


def _read_time(field: Field, text: str, rules: InputRules) -> object:
    from crmcli.domain import schedule

    match field.kind:
        case Kind.DATE if field.name in _REMEMBERED:
            found = schedule.read_date(text, rules.now, field.option)
            if field.name == "birthday" and found > rules.now.date():
                raise BadValue(field.option, f"{found} lies in the future")
            return found
        case Kind.DATE:
            return schedule.read_deadline(text, rules.now, field.option)
        case Kind.TIME:
            return schedule.read_time(text, rules.now, field.option)
        case Kind.DUE:
            return schedule.read_due(text, rules.now, field.option)
        case Kind.DURATION:
            from crmcli.domain.durations import read_duration

            return read_duration(text, field.option)
        case _:
            from crmcli.domain.recurrence import read_recurrence

            return read_recurrence(text, field.option)


def _values(field: Field, raw: Raw, rules: InputRules) -> object:
    if not field.many:
        assert isinstance(raw, str)
        return read_value(field, raw, rules)
    texts = (raw,) if isinstance(raw, str) else raw or ()
    found = {getattr(value, "key", value): value for value in (read_value(field, text, rules) for text in texts)}
    return tuple(found.values())


def _given(raw: Raw) -> bool:
    return raw is not None and raw not in ((), [])


def read_draft(
    noun: str, raw: Mapping[str, Raw], rules: InputRules, custom: Mapping[str, object] | None = None
) -> Draft:
    """A draft from texts by field name; absent ones are None or empty; raises BadValue."""
    rules = _in_currency(raw, rules)
    values = {}
    for field in FIELDS[noun]:
        text = raw.get(field.name)
        if _given(text):
            values[field.name] = _values(field, text, rules)
        elif field.required:
            raise BadValue(field.option, "is required")
    values.pop("currency", None)
    return Draft(noun, values, custom or {})


def read_edit(
    noun: str,
    raw: Mapping[str, Raw],
    rules: InputRules,
    *,
    add: Mapping[str, Sequence[str]] | None = None,
    remove: Mapping[str, Sequence[str]] | None = None,
    clear: Iterable[str] = (),
    custom: Mapping[str, object] | None = None,
    unset: Iterable[str] = (),
) -> Edit:
    """An edit from texts by field name; obeys the limits that a draft does; raises BadValue or UsageError."""
    rules = _in_currency(raw, rules)
    fields = {field.name: field for field in FIELDS[noun]}
    values = {name: _new_value(fields[name], text, rules) for name, text in raw.items() if _given(text)}
    if "value" in values:
        values.pop("currency", None)
    edit = Edit(
        noun,
        values,
        {name: _several(fields[name], texts, rules) for name, texts in (add or {}).items() if texts},
        {name: _several(fields[name], texts, rules) for name, texts in (remove or {}).items() if texts},
        tuple(_clearable(noun, name) for name in clear),
        custom or {},
        tuple(unset),
    )
    if not any(edit[1:]):
        raise UsageError("nothing to change", hint="name a field to set, for example --title …, or --clear FIELD")
    return edit


def _new_value(field: Field, raw: Raw, rules: InputRules) -> object:
    texts = (raw,) if isinstance(raw, str) else raw or ()
    if not field.required and not all(tidy(text) for text in texts):
        raise BadValue(field.option, "is empty", hint=f"--clear {field.name} empties a field")
    return _values(field, raw, rules)


def _several(field: Field, texts: Sequence[str], rules: InputRules) -> tuple[object, ...]:
    return tuple(read_value(field, text, rules) for text in texts)


def _clearable(noun: str, name: str) -> str:
    field = find_field(noun, name)
    if field is None or field.computed:
        known = [f.name for f in FIELDS[noun] if not f.computed and not f.required]
        near = nearest(name, known)
        raise BadValue(
            "clear", f"{noun} has no field {name!r}", hint=f"did you mean {near}?" if near else ", ".join(known)
        )
    if field.required or field.name in _NEEDED[noun]:
        raise BadValue("clear", f"a {noun} can't be without {field.name}")
    return field.name


def _in_currency(raw: Mapping[str, Raw], rules: InputRules) -> InputRules:
    currency = raw.get("currency")
    if not isinstance(currency, str):
        return rules
    from crmcli.domain.money import read_currency

    return rules._replace(currency=read_currency(currency), only_currency=True)


def read_custom(noun: str, settings: Iterable[str]) -> dict[str, object]:
    """Custom fields from ``key=value`` (text) and ``json:key=VALUE``; none may go by the name of a field."""
    custom: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        key = custom_key(name.removeprefix("json:"))
        if not equals:
            raise BadValue("set", f"{setting!r} is not key=value")
        field = find_field(noun, key)
        if field is not None:
            remedy = "is worked out, never set" if field.computed else f"is a field; use --{field.option}"
            raise BadValue("set", f"{key} {remedy}")
        custom[key] = _read_json(key, value) if name.startswith("json:") else tidy(value)
    return custom


def custom_key(name: str) -> str:
    """The name of a custom field, as kept; raises BadValue."""
    key = tidy(name)
    if not key or len(key) > 200 or not key.isprintable() or "\0" in key:
        raise BadValue("set", "a custom field's name has 1 to 200 printable characters")
    return key


def _read_json(key: str, text: str) -> object:
    import json
    import math

    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        raise BadValue("set", f"{key}: {text!r} is not JSON", hint="text values need no json: prefix") from None
    if isinstance(value, float) and (not math.isfinite(value)):
        raise BadValue("set", f"{key}: not a finite number")
    return value
