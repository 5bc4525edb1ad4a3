"""The tree that a filter becomes and the store compiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from crmcli.domain.fields import Field


class FilterContext(NamedTuple):
    """What a filter's meaning depends on: now in the user's zone, who asks, each noun's custom keys, the configuration."""

    now: datetime
    me: str
    custom: Mapping[str, frozenset[str]]
    currency: str
    locale: str | None = None
    named: Callable[[str, str], str] | None = None  # a noun and a name in it: its uid; raises BadValue for none


class Text(NamedTuple):
    """A text as written and folded; a choice is written as its field declares it, ``me`` as the acting user."""

    raw: str
    folded: str


class Path(NamedTuple):
    """A field of ``noun`` reached over links; either ``field`` or ``custom`` is set.

    A path over a link or field that holds several values means any of them; ``narrowed`` says of the links, from the first
    on, which of their records is meant, None for any; it ends with the last one that is named.
    """

    links: tuple[Field, ...]
    field: Field | None
    custom: str | None
    noun: str
    narrowed: tuple[Text | None, ...] = ()

    def __str__(self) -> str:
        """The path in its full spelling: ``companies.industry``."""
        last = self.field.name if self.field else f"custom.{self.custom}"
        return ".".join((*(link.name for link in self.links), last))


class Amount(NamedTuple):
    """An amount in major units; with a currency only values in that currency compare, without one all do."""

    number: float
    currency: str | None


class Span(NamedTuple):
    """A stretch of time: ``start <= t < end`` in UTC, and the local days ``first`` to ``last``, both included.

    ``=`` means within it, ``<`` before its start, ``<=`` before its end, ``>`` from its end on, ``>=`` from its start
    on. An instant, as ``now``, is a microsecond wide.
    """

    start: datetime
    end: datetime
    first: date
    last: date


class Loose(NamedTuple):
    """A value for a custom field: a number if both sides are one, else a time if both are, else text."""

    raw: str
    folded: str
    number: float | None
    span: Span | None


Op: TypeAlias = Literal["=", "~=", "^=", "<", "<=", ">", ">="]
Value: TypeAlias = Text | Amount | Span | Loose | float


class Compare(NamedTuple):
    """``path op value``."""

    path: Path
    op: Op
    value: Value


class OneOf(NamedTuple):
    """``path in (values)``: equal to any of them."""

    path: Path
    values: tuple[Value, ...]


class Between(NamedTuple):
    """``path between low and high``: ``>= low`` and ``<= high``."""

    path: Path
    low: Value
    high: Value


class Empty(NamedTuple):
    """``path is empty``: no value at all."""

    path: Path


class FullText(NamedTuple):
    """Records whose text holds these words."""

    text: str


class And(NamedTuple):
    """All of two or more."""

    items: tuple[Node, ...]


class Or(NamedTuple):
    """Any of two or more."""

    items: tuple[Node, ...]


class Not(NamedTuple):
    """The records the item leaves out."""

    item: Node


Node: TypeAlias = Compare | OneOf | Between | Empty | FullText | And | Or | Not


def paths(node: Node) -> Iterator[str]:
    """What a filter is about: each path in its full spelling as often as it stands there, empty for words looked for anywhere."""
    if isinstance(node, (And, Or)):
        for item in node.items:
            yield from paths(item)
    elif isinstance(node, Not):
        yield from paths(node.item)
    else:
        yield "" if isinstance(node, FullText) else str(node.path)
