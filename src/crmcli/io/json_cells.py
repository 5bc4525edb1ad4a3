"""A JSON object as cells: nested ones under dotted names, lists of plain values and of labelled ones as several values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmcli.domain.text import Labelled
from crmcli.io.json_stream import Number, Repeated, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Cell = str | tuple[str, ...]

_DEEPEST = 8  # objects in objects; what lies deeper stays JSON text
_NESTED = frozenset((dict, list, Repeated))
_VALUES = ("value", "email", "phone", "number", "address", "url", "href", "handle")
_LABELS = ("type", "label", "kind")
# What else such a value says of itself and no record needs.
_BESIDE = frozenset({"primary", "metadata", "formattedtype", "canonicalform", "verified", "id"})


def flat(value: dict[str, Any], together: str | None = None) -> dict[str, Cell]:
    """The cells of an object, the members of one kept ``together``; raises Unreadable where two values have one name."""
    if _is_plain(value):
        return {key: inner if type(inner) is str else _text(inner) for key, inner in value.items()}
    cells: dict[str, Cell] = {}
    _refuse_repeated(value)
    for name, inner in _named(value, "", 0, together):
        if name in cells:
            raise Unreadable(f"it has two values for {name}")
        cells[name] = _cell(inner)
    return cells


def names(value: dict[str, Any], together: str | None = None) -> Iterable[str]:
    """What the cells of an object are called."""
    return value.keys() if _is_plain(value) else [name for name, _ in _named(value, "", 0, together)]


def says_json(text: str) -> bool:
    """Whether a text would be taken for an object, a list or a quoted text of JSON."""
    if text[:1] not in ("{", "[", '"'):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_plain(value: dict[str, Any]) -> bool:
    """Whether an object holds no others and no lists, as most do."""
    return type(value) is dict and _NESTED.isdisjoint(map(type, value.values()))


def is_labelled(value: object) -> bool:
    """Whether an object is one value with what kind it is: ``{"value": "a@x.com", "type": "work"}``."""
    if not isinstance(value, dict):
        return False
    keys = {key.lower() for key in value} - _BESIDE
    values = keys.intersection(_VALUES)
    return len(values) == 1 and keys - values <= set(_LABELS) and not isinstance(_valued(value), dict | list)


def _refuse_repeated(value: dict[str, Any]) -> None:
    if isinstance(value, Repeated):
        raise Unreadable(f"the key {value.key!r} comes twice")
    for inner in value.values():
        if isinstance(inner, dict):
            _refuse_repeated(inner)


def _named(value: dict[str, Any], prefix: str, depth: int, together: str | None) -> Iterator[tuple[str, object]]:
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict) and inner and depth < _DEEPEST and name != together:
            yield from _named(inner, f"{name}.", depth + 1, None)
        else:
            yield name, inner


def _cell(value: object) -> Cell:
    if not isinstance(value, list):
        return _text(value) if value != {} else ""
    if all(map(is_labelled, value)):
        first_first = sorted(value, key=lambda item: not _is_primary(item))
        return tuple(text for item in first_first if (text := _labelled(item)))
    if any(isinstance(item, dict | list) for item in value):
        return _json(value)
    return tuple(filter(None, map(_text, value)))


def _labelled(item: dict[str, Any]) -> str:
    text = _text(_valued(item))
    label = next((str(inner) for key, inner in item.items() if key.lower() in _LABELS and inner), "")
    return Labelled(text, label) if text and label else text


def _valued(item: dict[str, Any]) -> object:
    return next(inner for key, inner in item.items() if key.lower() in _VALUES)


def _is_primary(item: dict[str, Any]) -> bool:
    meta = item.get("metadata")
    return item.get("primary") is True or (isinstance(meta, dict) and meta.get("primary") is True)


def _text(value: object) -> str:
    """A value that stands in a cell as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    """JSON text again, its numbers as they were written."""
    if isinstance(value, Repeated):
        raise Unreadable(f"the key {value.key!r} comes twice")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_json(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
