"""Cells that hold one value in its usual shape, read at once; ``cells`` reads all others, and these no differently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.fields import Kind
from crmcli.domain.plain import plain_email, plain_website
from crmcli.domain.plain_phones import plain_phone
from crmcli.domain.reading import LONGEST, LONGEST_LABEL
from crmcli.domain.text import Matched, is_blank, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmcli.domain.fields import Field

    Quick = Callable[[str], tuple[object, ...]]
    """The value in a cell, or nothing for a cell that has to be looked at closely."""

# What may lie between several values in a cell, or begin a list of them.
_SEVERAL_LINKS = re.compile(r'[;\n|]|:::|\A[\["]')
_SEVERAL_TAGS = re.compile(r'[;,\n|]|:::|\A[\["*]')
# Tidying makes a text three times as long at most.
_SHORT_TEXT, _SHORT_LABEL = LONGEST // 3, LONGEST_LABEL // 3
_BY_OTHER_RULES = ("currency", "campaign")


def plain_readers(fields: Mapping[str, Field]) -> dict[str, Quick]:
    """A reader for each field of a noun whose cells have a usual shape, by the field's name."""
    readers = {name: _reader(field) for name, field in fields.items()}
    return {name: reader for name, reader in readers.items() if reader is not None}


def _reader(field: Field) -> Quick | None:
    match field.kind:
        case Kind.EMAIL:
            return _alone(plain_email)
        case Kind.PHONE:
            return _alone(plain_phone)
        case Kind.WEBSITE if field.many:
            return _alone(plain_website)
        case Kind.TEXT if field.name not in _BY_OTHER_RULES:
            return _text
        case Kind.LINK:
            return _link
        case Kind.TAG:
            return _tag
        case _:
            return None


def _alone(read: Callable[[str], Matched | None]) -> Quick:
    """The only one of many values."""

    def read_one(text: str) -> tuple[Matched, ...]:
        value = read(text)
        return () if value is None else (value,)

    return read_one


def _text(text: str) -> tuple[str, ...]:
    return (tidy(text),) if text.isprintable() and not is_blank(text) and len(text) < _SHORT_TEXT else ()


def _link(text: str) -> tuple[str, ...]:
    return () if _SEVERAL_LINKS.search(text) else _text(text)


def _tag(text: str) -> tuple[str, ...]:
    return () if _SEVERAL_TAGS.search(text) or len(text) > _SHORT_LABEL else _text(text)
