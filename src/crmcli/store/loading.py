"""Rows as an engine takes them by the thousand: one order of columns, defaults filled in, values in plain types."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import repeat
from json import JSONEncoder
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Date

from crmcli.domain.records import utc_text
from crmcli.store.models.columns import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlmodel import SQLModel

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_moment = lru_cache(1024)(utc_text)


class Shape:
    """What is known of a table's columns."""

    def __init__(self, model: type[SQLModel]) -> None:
        columns = model.__table__.columns  # type: ignore[attr-defined]
        self.defaults: dict[str, Any] = {c.name: c.default.arg for c in columns if c.default and c.default.is_scalar}
        self.plain: dict[str, Callable[[Any], str]] = {c.name: _PLAIN[kind] for c in columns if (kind := _kind(c.type))}
        self._order = {column.name: place for place, column in enumerate(columns)}

    def filled(
        self, columns: Mapping[str, Sequence[Any]], usual: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The rows of whole columns that hold plain types already; ``usual`` fills a column that is not there."""
        rest = {name: value for name, value in {**self.defaults, **usual}.items() if name not in columns}
        lists: dict[str, Iterable[Any]] = {
            **{name: repeat(self._one(name, value)) for name, value in rest.items() if value is not None},
            **{name: values for name, values in columns.items() if any(value is not None for value in values)},
        }
        names = tuple(sorted(lists, key=self._order.__getitem__))
        return names, list(zip(*map(lists.__getitem__, names), strict=False))  # what is usual never ends

    def arranged(
        self, rows: Collection[Mapping[str, Any]], usual: Mapping[str, Any] = MappingProxyType({})
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The columns that any of the rows fills, and the rows in their order; ``usual`` fills what a row lacks."""
        usual = {**self.defaults, **usual}
        given = set().union(*rows)
        columns: list[str] = []
        lists: list[list[Any]] = []
        for name in sorted(usual.keys() | given, key=self._order.__getitem__):
            values = (
                self._column(name, rows, usual.get(name))
                if name in given
                else [self._one(name, usual[name])] * len(rows)
            )
            if values.count(None) < len(values):  # a column that nobody fills costs as much as one that everybody does
                columns.append(name)
                lists.append(values)
        return tuple(columns), list(zip(*lists, strict=True))

    def _column(self, name: str, rows: Collection[Mapping[str, Any]], usual: object) -> list[Any]:
        values = [row.get(name, usual) for row in rows]
        if plain := self.plain.get(name):
            return [None if value is None else plain(value) for value in values]
        return values

    def _one(self, name: str, value: object) -> object:
        return self.plain[name](value) if name in self.plain and value is not None else value


@cache
def shape_of(model: type[SQLModel]) -> Shape:
    """The shape of a model's table."""
    return Shape(model)


def _kind(column_type: object) -> type | None:
    return next((kind for kind in _PLAIN if isinstance(column_type, kind)), None)


def as_json(value: object) -> str:
    """An object as JSON, as short as can be."""
    return _encode(value) if value else "{}"


def as_plain(value: Any) -> Any:  # noqa: ANN401
    """A value of a record's own column in a plain type."""
    return value if type(value) is str or value is None or type(value) is int else value.isoformat()


def _as_date(value: date) -> str:
    return value.isoformat()


_PLAIN: dict[type, Callable[[Any], str]] = {Moment: _moment, JSON: as_json, Date: _as_date}
