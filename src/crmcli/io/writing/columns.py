"""What a typed file is told of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class TypedColumn(NamedTuple):
    """One column: its name, what kind of value it holds whatever the records, and how a record gives it.

    Kinds: text, integer, number, flag, date, moment, due, money, link, texts, links, json, and custom for
    a custom field, which may hold anything.
    """

    name: str
    kind: str
    get: Callable[[Any], Any]
