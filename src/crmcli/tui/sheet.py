"""The cheat sheet: every key of every screen as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad
from crmcli.tui.keys.everywhere import EVERYWHERE
from crmcli.tui.keys.key import shown_keys
from crmcli.tui.keys.registry import DIALOGS, PLACES, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmcli.tui.keys.key import Key

_KEYS = 24
_BEFORE = _KEYS + 3  # cells before what a key does
_LEAST = 20  # and after it, however narrow the terminal is
DIGITS = "1 … 9"  # how the digits are shown, which are many keys with one meaning


def scopes() -> dict[str, tuple[list[str], tuple[Key, ...]]]:
    """Every scope once: the screens it is bound on, and its keys."""
    found: dict[str, tuple[list[str], tuple[Key, ...]]] = {"everywhere": (["every screen"], EVERYWHERE)}
    for place, each in (*PLACES.items(), *DIALOGS.items()):
        for scope, keys in each:
            found.setdefault(scope, ([], tuple(keys)))[0].append(place)
    return found


def sheet_keys(scope: str, keys: Iterable[Key], changed: Mapping[str, str]) -> Iterator[tuple[str, Key]]:
    """The keys of a scope as a person reads them, those that there are; the digits as one."""
    for key in keys:
        shown = shown_keys(keys_of(scope, key, changed))
        if key.id == "digit_1":
            yield DIGITS, key
        elif shown and not key.id.startswith("digit_"):
            yield shown, key


def cheat_sheet(changed: Mapping[str, str], width: int | None = None) -> Iterator[str]:
    """The lines of the sheet, scope by scope, with the name by which crm.toml can change each key.

    Where there is a ``width``, what does not fit goes on in the next line; otherwise each key stays on one.
    """
    for scope, (places, keys) in scopes().items():
        yield from _wrapped(f"{scope} ({', '.join(places)})", width, "  ")
        for shown, key in sheet_keys(scope, keys, changed):
            name = "" if shown == DIGITS else f"  [{scope}.{key.id}]"
            yield from _wrapped(f"  {pad(shown, _KEYS)} {key.about}{name}", width, " " * _BEFORE)
        yield ""


def _wrapped(line: str, width: int | None, indent: str) -> list[str]:
    if width is None or len(line) <= width:
        return [line]
    from textwrap import wrap

    narrowest = len(indent) + _LEAST
    return wrap(line, max(width, narrowest), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
