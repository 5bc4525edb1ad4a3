"""Keys as Textual wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from crmcli.tui.keys.registry import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType

    from crmcli.tui.keys.key import Key


def bindings(scope: str, keys: Iterable[Key]) -> list[BindingType]:
    """The bindings of some keys; ``scope`` and a key's id make the name that ``[keys]`` in crm.toml knows it by."""
    return [
        Binding(
            key.keys, key.action, key.label, show=key.shown, tooltip=key.about, id=f"{scope}.{key.id}",
            key_display=key.display or None, priority=key.priority,
        )
        for key in keys
        if key.keys
    ]  # fmt: skip


def bindings_of(place: str) -> list[BindingType]:
    """The bindings of a screen, besides those of the whole program."""
    return [binding for scope, keys in PLACES[place] for binding in bindings(scope, keys)]
