"""The cheat sheet: every key of every screen as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad
from crmcli.tui.keys.everywhere import EVERYWHERE
from crmcli.tui.keys.key import shown_keys
from crmcli.tui.keys.registry import DIALOGS, PLACES, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmcli.tui.keys.key import Key

_KEYS = 24


def scopes() -> dict[str, tuple[list[str], tuple[Key, ...]]]:
    """Every scope once: the screens it is bound on, and its keys."""
    found: dict[str, tuple[list[str], tuple[Key, ...]]] = {"everywhere": (["every screen"], EVERYWHERE)}
    for place, each in (*PLACES.items(), *DIALOGS.items()):
        for scope, keys in each:
            found.setdefault(scope, ([], tuple(keys)))[0].append(place)
    return found


def cheat_sheet(changed: Mapping[str, str]) -> Iterator[str]:
    """The lines of the sheet, scope by scope, with the name by which crm.toml can change each key."""
    for scope, (places, keys) in scopes().items():
        yield f"{scope} ({', '.join(places)})"
        for key in keys:
            shown = shown_keys(keys_of(scope, key, changed))
            if shown and not key.id.startswith("digit_"):
                yield f"  {pad(shown, _KEYS)} {key.about}  [{scope}.{key.id}]"
        yield ""
