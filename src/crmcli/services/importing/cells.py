"""Cells into values: split, read by their field's rules, and kept as text where only their form is not ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmcli.domain.booleans import read_boolean
from crmcli.domain.fields import Field, Kind
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.number_columns import PLAIN, NumberFormat
from crmcli.domain.plain import plain_email
from crmcli.domain.plain_phones import plain_local_phone, plain_phone
from crmcli.domain.reading import read_value
from crmcli.domain.text import JsonText, Labelled, Matched, fold
from crmcli.domain.views import Due
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.domain.date_formats import DateFormat
    from crmcli.domain.reading import InputRules

    Form = DateFormat | NumberFormat

EMPTY = frozenset({"NULL", "\\N"})  # how databases write a missing value; "Null" is somebody's name
_REMEMBERED = 8192
# Where a cell may hold several values, and what lies between them.
_BETWEEN = {
    Kind.EMAIL: re.compile(r"\s*(?:[;|\n]|:::|(?<=>),)\s*"),
    Kind.PHONE: re.compile(r"\s*(?:[;|\n]|:::|\s/(?=\s*\+?\(?\d[\d\s()./-]{5}))\s*"),
    Kind.WEBSITE: re.compile(r"[,;|]?\s+(?::::\s+)?|[;|]|:::"),
    Kind.TAG: re.compile(r"\s*(?:[;,|\n]|:::)\s*"),
    Kind.LINK: re.compile(r"\s*(?:[;\n]|:::|\s\|\s)\s*"),
}
_LISTED = re.compile(r'\[.*\]|".*"', re.DOTALL)  # ["a","b"] of JSON and PostgreSQL's kin, "a","b" of Mailchimp
# What other programs call our choices, folded; whatever is not here stays as text beside the field.
_ALIKE = {
    "type": {
        "new business": "new", "existing business": "existing", "phone call": "call", "e-mail": "email", "mail": "email",
        "to-do": "task", "to do": "task", "todo": "task", "event": "meeting", "text message": "sms",
    },
    "status": {
        "completed": "done", "complete": "done", "closed": "done", "finished": "done", "not started": "planned",
        "open": "planned", "in progress": "planned", "waiting": "planned", "waiting on someone else": "planned",
        "deferred": "planned", "scheduled": "planned", "cancelled": "canceled", "no show": "no_show",
    },
    "priority": {"medium": "normal", "none": "normal"},
    "direction": {"inbound": "in", "incoming": "in", "outbound": "out", "outgoing": "out"},
    "lifecycle": {"sales qualified lead": "qualified", "evangelist": "champion"},
}  # fmt: skip
# Fields whose unreadable text is kept in a custom field, so that a row is not lost for it.
_KEPT_AS_TEXT = (Kind.CHOICE, Kind.WEBSITE, Kind.HANDLE)
_DAYS = (Kind.DATE, Kind.TIME, Kind.DUE)
_ADDRESSES = (Kind.EMAIL, Kind.PHONE)
_NUMBERS = (Kind.PERCENT, Kind.INTEGER)
_TWICE_READ = (*_DAYS, Kind.CHOICE, Kind.MONEY, Kind.DURATION, Kind.USER)
_REACH = {Kind.PERCENT: (0, 100), Kind.INTEGER: (-(10**9), 10**9)}
_FEWEST_DIGITS = 6  # of what may be a phone number
_REMEMBERED_DAYS = ("birthday", "anniversary")
_YEARLESS = re.compile(
    r"--\d\d-?\d\d|\d{1,2}([-/.])\d{1,2}\.?"
)  # as Google, Mailchimp and address cards write a birthday


class Read(NamedTuple):
    """What a field's cells hold: the values, and the texts that are not ours but worth keeping."""

    values: tuple[object, ...]
    originals: tuple[str, ...] = ()


class Said(str):
    """A text that the user said for rows that have none: it is not in the format of a column."""

    __slots__ = ()


class Cells:
    """Reads cells by the rules of their fields, and by what the whole column is; what recurs is read once."""

    def __init__(self, rules: InputRules, note: Callable[[str], None] = lambda _: None) -> None:
        self.rules = rules
        self._note = note
        self._again = lru_cache(_REMEMBERED)(self._once)
        self._with = lru_cache(1024)(self._changed)

    def read(
        self,
        field: Field,
        texts: Sequence[str],
        currency: str | None = None,
        country: str | None = None,
        form: Form | None = None,
    ) -> Read:
        """The values in the cells of one field; raises BadValue.

        Amounts are in the row's own ``currency``, local phone numbers in its ``country``, and dates and numbers in the
        ``form`` of their column.
        """
        once = self._again if field.kind in _TWICE_READ else self._once
        values: dict[object, object] = {}
        originals: list[str] = []
        for text in split(field, texts) if field.many else texts:
            try:
                value = once(field, text, currency, country, None if form and type(text) is Said else form)
            except BadValue as error:
                if not worth_keeping(field, text):
                    raise BadValue(_named(field), error.reason, hint=error.hint) from error
                originals.append(text)
            else:
                if not field.many:
                    return Read((value,))
                if type(text) is Labelled and isinstance(value, Matched):
                    value = value._replace(label=text.label)
                values.setdefault(getattr(value, "key", value), value)
        return Read(tuple(values.values()), tuple(originals))

    def one(self, field: Field, text: str, form: Form | None = None) -> object:
        """The one value in a cell; raises BadValue."""
        return self._again(field, text, None, None, None if type(text) is Said else form)

    def _once(self, field: Field, text: str, currency: str | None, country: str | None, form: Form | None) -> object:
        kind = field.kind
        if kind in _DAYS:
            return self._day(field, text, form)
        if kind in _NUMBERS:
            return self._number(field, text, form)
        if kind is Kind.CHOICE:
            text = _alike(field, text)
        rules = self._with(currency, country) if currency or country else self.rules
        if kind in _ADDRESSES and (plain := _plain_address(kind, text, rules.country)) is not None:
            return plain
        return self._money(field, text, rules, form) if kind is Kind.MONEY and form else read_value(field, text, rules)

    def _changed(self, currency: str | None, country: str | None) -> InputRules:
        return self.rules._replace(currency=currency or self.rules.currency, country=country or self.rules.country)

    def _day(self, field: Field, text: str, form: Form | None) -> object:
        from crmcli.domain import date_formats

        if field.name in _REMEMBERED_DAYS and _YEARLESS.fullmatch(text):
            raise BadValue(field.option, f"{text!r} has no year")
        now = self.rules.now
        shape = form if isinstance(form, date_formats.DateFormat) else date_formats.BY_ITSELF
        found = date_formats.read_by(shape, text, now, _named(field))
        if found is None:
            return read_value(field, text, self.rules)
        if field.name == "birthday" and found.on > now.date():
            raise BadValue(field.option, f"{found.on} lies in the future")
        if field.kind is Kind.DATE:
            return found.on
        if field.kind is Kind.TIME:
            return date_formats.as_moment(found, now)
        return Due(found.at.astimezone(now.tzinfo).date() if found.at else found.on, found.at)

    def _money(self, field: Field, text: str, rules: InputRules, form: Form) -> object:
        from crmcli.domain.money import read_money

        assert isinstance(form, NumberFormat)
        if not form.sure:  # a currency of three decimals reads 1.234 without help
            try:
                return read_value(field, text, rules)
            except BadValue:
                pass
        return read_money(text, rules.currency, field.option, rules.locale, form.decimal)

    def _number(self, field: Field, text: str, form: Form | None) -> int:
        from crmcli.domain.money import read_number

        column = form if isinstance(form, NumberFormat) else PLAIN
        number = read_number(text, field.option, column.decimal)
        if not text.rstrip().endswith("%"):
            if column.beside_percents and 0 < number < 1:
                raise BadValue(
                    field.option, f"{text!r} is {number:g} % or {number * 100:g} %: others have a %", hint="give it one"
                )
            number = round(number * 100, 9) if column.fractions else number
        low, high = _REACH[field.kind]
        if not low <= number <= high:
            raise BadValue(field.option, f"{number} is not between {low} and {high}")
        whole = int(number + 0.5)
        if whole == number:
            return whole
        if field.kind is Kind.INTEGER:
            raise BadValue(field.option, f"{text!r} is not a whole number")
        self._note(f"{field.name} rounded to whole per cent")
        return whole


def _plain_address(kind: Kind, text: str, country: str | None) -> Matched | None:
    """An e-mail address or phone number in its usual shape."""
    if kind is Kind.EMAIL:
        return plain_email(text)
    return plain_phone(text) or (plain_local_phone(text, country) if country else None)


def _named(field: Field) -> str:
    """What a message calls a field: its flag, or its name where no flag sets it."""
    return field.name if field.computed else field.option


def _alike(field: Field, text: str) -> str:
    """Our word for another program's choice; a box that is ticked says that a thing is done."""
    if field.name == "status" and (ticked := read_boolean(text)) is not None:
        return "done" if ticked else "planned"
    return _ALIKE.get(field.name, {}).get(fold(text), text)


def whole(text: str) -> str:
    """A text that its file holds apart from others, so that nothing in it parts two values."""
    return text if type(text) in (Labelled, JsonText) else Labelled(text, "")


def split(field: Field, texts: Sequence[str]) -> Sequence[str]:
    """The single values in cells that may hold several."""
    between = _BETWEEN[field.kind]
    found: list[str] = []
    for text in texts:
        if type(text) is Labelled:
            found.append(text)
            continue
        for part in _listed(text) if text[:1] in '["' and _LISTED.fullmatch(text) else (text,):
            found += map(str.strip, between.split(part)) if part is text else (part.strip(),)
    if field.kind is Kind.PHONE:
        found = [number for part in found for number in ((part,) if type(part) is Labelled else _phones(part))]
    elif field.kind is Kind.EMAIL:  # "Doe, Jane <jane@acme.com>" is one address, "a@acme.com, b@acme.com" are two
        found = [
            bit
            for part in found
            for bit in (re.split(r"[,\s]+", part) if part.count("@") > 1 and "<" not in part else (part,))
        ]
    elif field.kind is Kind.TAG:  # Google marks its own groups with a star
        found = [part.removeprefix("*").strip() for part in found]
    return [part for part in found if part]


def _phones(text: str) -> Sequence[str]:
    """Phone numbers between commas; what has too few digits for one belongs to the number before it."""
    found: list[str] = []
    for part in text.split(","):
        if found and _digits(part) < _FEWEST_DIGITS:
            found[-1] += f",{part}"
        else:
            found.append(part)
    return [part.strip() for part in found] if _digits(found[0]) >= _FEWEST_DIGITS else (text,)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _listed(text: str) -> Sequence[str]:
    """The items of a list that a program wrote as one, else the text itself."""
    import csv
    import json

    if text[0] == "[":
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            return (text,)
        return [str(item) for item in items if isinstance(item, str | int | float)]
    try:
        (items,) = csv.reader([" ".join(text.splitlines())], skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):
        return (text,)
    return items


def worth_keeping(field: Field, text: str) -> bool:
    """Whether a text that can't be read is kept beside the field: another program's choice or score, a phone, a birthday."""
    if field.kind is Kind.PHONE:
        return _digits(text) >= _FEWEST_DIGITS
    if type(text) is Said:
        return field.kind in _KEPT_AS_TEXT
    if field.name == "lead_score":
        return True
    if field.name in _REMEMBERED_DAYS:
        return _YEARLESS.fullmatch(text) is not None
    return field.kind in _KEPT_AS_TEXT
