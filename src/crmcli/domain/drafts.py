"""Validated input: what a caller wants, already in the store's own types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Draft(NamedTuple):
    """A record to be: field name to value (a tuple for a field of many), and custom fields by key."""

    noun: str
    values: Mapping[str, object]
    custom: Mapping[str, object] = {}


class Edit(NamedTuple):
    """A change to a record.

    ``values`` replaces scalars, ``add`` and ``remove`` work on fields of many, ``clear`` empties fields,
    ``custom`` and ``unset`` do the same for custom fields.
    """

    noun: str
    values: Mapping[str, object] = {}
    add: Mapping[str, tuple[object, ...]] = {}
    remove: Mapping[str, tuple[object, ...]] = {}
    clear: tuple[str, ...] = ()
    custom: Mapping[str, object] = {}
    unset: tuple[str, ...] = ()
