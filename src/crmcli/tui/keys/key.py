"""What a key is: its id, the keys themselves, what it does, and where it is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "meta", "hyper"))


class Key(NamedTuple):
    """One action and the keys that start it.

    ``id`` is what ``[keys]`` in crm.toml calls it; ``keys`` are Textual's names, by commas, none for an action that is
    reached through the command palette alone. ``shown`` puts it in the footer; ``palette`` is off where the command palette
    has another command for it. ``counted`` ones take a number before them (``3j``) and ``repeats`` ones are what ``.`` does
    again. One with ``priority`` is seen before whatever has the focus, so that what is typed right behind it already finds
    what it opened.
    """

    id: str
    keys: str
    action: str
    label: str
    about: str
    section: str
    shown: bool = False
    palette: bool = True
    counted: bool = False
    repeats: bool = False
    display: str = ""
    priority: bool = False


_NAMES = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "shift+left": "shift+←", "shift+right": "shift+→",
    "shift+up": "shift+↑", "shift+down": "shift+↓", "ctrl+up": "ctrl+↑", "ctrl+down": "ctrl+↓", "alt+left": "alt+←", "alt+right": "alt+→",
    "pageup": "page up", "pagedown": "page down", "ctrl+pageup": "ctrl+page up", "ctrl+pagedown": "ctrl+page down",
    "slash": "/", "question_mark": "?", "escape": "esc", "full_stop": ".", "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "minus": "-", "equals_sign": "=", "plus": "+", "asterisk": "*", "comma": ",",
    "colon": ":", "less_than_sign": "<", "greater_than_sign": ">", "number_sign": "#", "exclamation_mark": "!",
    "enter": "⏎", "space": "space", "vertical_line": "|", "underscore": "_", "at": "@", "dollar_sign": "$",
}  # fmt: skip


def shown_keys(keys: str) -> str:
    """The keys as a person reads them: ``↓ j``."""
    return " ".join(_NAMES.get(name, name) for name in keys.split(",") if name)


def named(changed: Mapping[str, str]) -> dict[str, str]:
    """What crm.toml says about keys, each by the name that its event has: ``/`` is slash."""
    from textual.keys import _character_to_key

    def name(key: str) -> str:
        return _character_to_key(key) if len(key) == 1 else key

    return {action: ",".join(name(each.strip()) for each in keys.split(",")) for action, keys in changed.items()}


def is_letter(name: str) -> bool:
    """Whether a line in which one types takes the key as a character."""
    from textual.keys import _character_to_key, key_to_character

    if name in {_character_to_key(chr(code)) for code in range(ord(" "), ord("~") + 1)}:
        return True
    character = key_to_character(name)
    return character is not None and character.isprintable()


def is_key(name: str) -> bool:
    """Whether a keyboard can have such a key."""
    import unicodedata

    from textual.keys import KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys

    *modifiers, base = name.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(base) == 1 or base in KEY_TO_UNICODE_NAME or base in REPLACED_KEYS:
        return True
    if any(base == each.value.rpartition("+")[2] for each in Keys):
        return True
    try:
        return bool(unicodedata.lookup(base.replace("_", " ")))
    except KeyError:
        return False
