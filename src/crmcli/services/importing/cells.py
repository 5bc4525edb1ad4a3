"""Cells into values: split, read by their field's rules, and kept as text where only their form is not ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmcli.domain.fields import Field, Kind
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.reading import read_value
from crmcli.domain.text import Labelled, Matched, fold
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.reading import InputRules

EMPTY = frozenset({"NULL", "\\N"})  # how databases write a missing value; "Null" is somebody's name
_REMEMBERED = 8192
# Where a cell may hold several values, and what lies between them.
_BETWEEN = {
    Kind.EMAIL: r"\s*(?:[;|\n]|:::|(?<=>),)\s*",
    Kind.PHONE: r"\s*(?:[;|\n]|:::)\s*",
    Kind.WEBSITE: r"[,;|]?\s+|[;|]",
    Kind.TAG: r"\s*(?:[;,|\n]|:::)\s*",
    Kind.LINK: r"\s*(?:[;\n]|:::)\s*",
}
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
_TWICE_READ = (Kind.CHOICE, Kind.DATE, Kind.TIME, Kind.DUE, Kind.MONEY, Kind.DURATION, Kind.USER)
_WHOLE = re.compile(r"(-?\d+)\.0+%?")
_LOCAL_PHONE = re.compile(r"[\d\s().\-/#]+(?:(?:x|ext)\.?\s*\d+)?")
_LOCAL_DIGITS = range(6, 21)


class Read(NamedTuple):
    """What a field's cells hold: the values, and the texts that are not ours but worth keeping."""

    values: tuple[object, ...]
    originals: tuple[str, ...] = ()


class Cells:
    """Reads cells by the rules of their fields; what recurs is read once."""

    def __init__(self, rules: InputRules) -> None:
        self.rules = rules
        self._again = lru_cache(_REMEMBERED)(self._once)

    def read(self, field: Field, texts: Sequence[str], currency: str | None = None) -> Read:
        """The values in the cells of one field, amounts in the row's own ``currency``; raises BadValue."""
        values: dict[object, object] = {}
        originals: list[str] = []
        for text in split(field, texts):
            try:
                value = (self._again if field.kind in _TWICE_READ else self._once)(field, text, currency)
            except BadValue as error:
                if not worth_keeping(field, text):
                    raise BadValue(field.option, error.reason, hint=error.hint) from error
                originals.append(text)
            else:
                if type(text) is Labelled and isinstance(value, Matched):
                    value = value._replace(label=text.label)
                values.setdefault(getattr(value, "key", value), value)
        return Read(tuple(values.values()), tuple(originals))

    def one(self, field: Field, text: str) -> object:
        """The one value in a cell; raises BadValue."""
        return self._again(field, text, None)

    def _once(self, field: Field, text: str, currency: str | None) -> object:
        if field.kind is Kind.CHOICE:
            text = _ALIKE.get(field.name, {}).get(fold(text), text)
        elif field.kind in (Kind.PERCENT, Kind.INTEGER) and (whole := _WHOLE.fullmatch(text)):
            text = whole[1]
        return read_value(field, text, self.rules._replace(currency=currency) if currency else self.rules)


def split(field: Field, texts: Sequence[str]) -> list[str]:
    """The single values in cells that may hold several."""
    if not field.many:
        return list(texts)
    found = [
        part
        for text in texts
        for part in ([text] if type(text) is Labelled else map(str.strip, re.split(_BETWEEN[field.kind], text)))
    ]
    if field.kind is Kind.EMAIL:  # "Doe, Jane <jane@acme.com>" is one address, "a@acme.com, b@acme.com" are two
        found = [
            bit
            for part in found
            for bit in (re.split(r"[,\s]+", part) if "<" not in part and part.count("@") > 1 else [part])
        ]
    if field.kind is Kind.TAG:  # Google marks its own groups with a star
        found = [part.removeprefix("*").strip() for part in found]
    return [part for part in found if part]


def worth_keeping(field: Field, text: str) -> bool:
    """Whether a text that can't be read is kept beside the field: another program's choice, a phone without its country."""
    if field.kind is Kind.PHONE:
        digits = sum(c.isdigit() for c in text)
        return digits in _LOCAL_DIGITS and _LOCAL_PHONE.fullmatch(text.lower()) is not None
    return field.kind in _KEPT_AS_TEXT
