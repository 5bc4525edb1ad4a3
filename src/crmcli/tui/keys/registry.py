"""Which keys are bound on which screen, and what crm.toml changes about them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.text import nearest
from crmcli.errors import ConfigError
from crmcli.tui.keys.activity import ACTIVITY
from crmcli.tui.keys.board import BOARD
from crmcli.tui.keys.campaigns import CAMPAIGNS
from crmcli.tui.keys.dialogs import CONFIRM, CONFLICT, FAILURE, FILTER, FORM, HELP, LONG, PICKER, SUGGESTIONS
from crmcli.tui.keys.everywhere import EVERYWHERE
from crmcli.tui.keys.history import HISTORY
from crmcli.tui.keys.key import is_key, is_letter, named, shown_keys
from crmcli.tui.keys.moving import MARKING, MOVING
from crmcli.tui.keys.record import CHOOSING, PAGE, READING, WRITING
from crmcli.tui.keys.reports import REPORTS
from crmcli.tui.keys.search import SEARCH
from crmcli.tui.keys.table import CHOOSER, NARROW, TABLE
from crmcli.tui.keys.today import TODAY
from crmcli.tui.keys.verbs import DEAL, OUT, RECORD, TASK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmcli.tui.keys.key import Key

Scopes = tuple[tuple[str, "Sequence[Key]"], ...]
_ALWAYS: Scopes = (("moving", MOVING),)
_WORK: Scopes = (("marking", MARKING), ("record", RECORD), ("out", OUT))  # what goes with every kind of record
_VERBS: Scopes = (*_WORK, ("deal", DEAL), ("task", TASK))
PLACES: dict[str, Scopes] = {
    "today": (*_ALWAYS, *_VERBS, ("today", TODAY)),
    "board": (*_ALWAYS, *_VERBS, ("board", BOARD)),
    "contacts": (*_ALWAYS, *_WORK, ("table", TABLE)),
    "companies": (*_ALWAYS, *_WORK, ("table", TABLE)),
    "deals": (*_ALWAYS, *_WORK, ("deal", DEAL), ("table", TABLE)),
    "activity": (*_ALWAYS, *_VERBS, ("activity", ACTIVITY)),
    "campaigns": (*_ALWAYS, ("out", OUT), ("campaigns", CAMPAIGNS)),
    "reports": (*_ALWAYS, ("out", OUT), ("reports", REPORTS)),
    "history": (*_ALWAYS, ("out", OUT), ("history", HISTORY)),
    "record": (*_ALWAYS, *_VERBS, ("page", PAGE)),
    "search": (("search", SEARCH),),
}
# What stands before a screen, or takes the keys within it, and for that time has only keys of its own.
DIALOGS: dict[str, Scopes] = {
    "form": (("form", FORM), ("long", LONG)),
    "suggestions": (("suggestions", SUGGESTIONS),),
    "filter": (("filter", FILTER),),
    "find": (("narrow", NARROW),),
    "columns": (("columns", CHOOSER),),
    "note": (("reading", READING), ("writing", WRITING)),
    "kinds": (("kind", CHOOSING),),
    "picker": (("picker", PICKER),),
    "question": (("confirm", CONFIRM),),
    "conflict": (("conflict", CONFLICT),),
    "failure": (("failure", FAILURE),),
    "help": (("help", HELP),),
}


def scopes_of(place: str) -> Scopes:
    """The scopes of a screen with their keys, those that work everywhere included; or those of a dialog."""
    return (("everywhere", EVERYWHERE), *PLACES[place]) if place in PLACES else DIALOGS[place]


@cache
def by_id() -> dict[str, Key]:
    """Every key by the name that crm.toml knows it by: ``board.filter``."""
    return {
        f"{scope}.{key.id}": key for place in (*PLACES, *DIALOGS) for scope, keys in scopes_of(place) for key in keys
    }


@cache
def counted_ids() -> frozenset[str]:
    """The keys that take a number before them, and the digits themselves."""
    return frozenset(name for name, key in by_id().items() if key.counted or key.id.startswith("digit_"))


@cache
def ids_where_one_types() -> frozenset[str]:
    """The keys that are pressed in a line, or a text, which takes letters: none of its scope's own keys is one."""
    scopes = {scope: keys for place in (*PLACES, *DIALOGS) for scope, keys in scopes_of(place)}
    return frozenset(
        f"{scope}.{key.id}"
        for scope, keys in scopes.items()
        if not any(is_letter(each) for key in keys for each in key.keys.split(","))
        for key in keys
    )


def keys_of(scope: str, key: Key, changed: Mapping[str, str]) -> str:
    """The keys of an action, as crm.toml may have changed them."""
    return changed.get(f"{scope}.{key.id}", key.keys)


def palette_keys(scopes: Scopes, changed: Mapping[str, str]) -> Iterator[tuple[str, Key, str]]:
    """What the command palette offers on a screen: scope, key, and the keys as a person reads them."""
    for scope, keys in (("everywhere", EVERYWHERE), *scopes):
        for key in keys:
            if key.palette:
                yield scope, key, shown_keys(keys_of(scope, key, changed))


def checked(changed: Mapping[str, str]) -> None:
    """Look through what crm.toml says about keys.

    Raises:
        ConfigError: an action or a key there is not, a letter where it would only be typed, or a key that would do two things
            on one screen.
    """
    for name, keys in named(changed).items():
        if name not in by_id():
            near = nearest(name, list(by_id()))
            raise ConfigError(f"keys: no action {name}", hint=f"did you mean {near}?" if near else "crm tui --keys")
        wrong = next((each for each in keys.split(",") if not is_key(each)), None)
        if wrong is not None:
            raise ConfigError(f'keys: "{wrong}" for {name} is no key', hint="like x, f5, ctrl+w or slash")
        letter = next((each for each in keys.split(",") if is_letter(each)), None)
        if letter is not None and name in ids_where_one_types():
            raise ConfigError(f'keys: "{letter}" for {name} would only be typed there', hint="like f5 or ctrl+w")
    for place in (*PLACES, *DIALOGS):
        clash = next(clashes(place, changed), None)
        if clash is not None:
            key, one, other = clash
            raise ConfigError(f"keys: {key} would be both {one} and {other} in {place}")


def clashes(place: str, changed: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The keys that would do two things on a screen: the key and the two actions."""
    taken: dict[str, str] = {}
    changed = named(changed)
    for scope, keys in scopes_of(place):
        for key in keys:
            name = f"{scope}.{key.id}"
            for each in keys_of(scope, key, changed).split(","):
                if each and each in taken:
                    yield each, taken[each], name
                taken[each] = name
