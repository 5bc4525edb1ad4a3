"""The registry of keys: nothing clashes, every key does something, every screen binds just what the registry says."""

from __future__ import annotations

from importlib import import_module

import pytest

from crmcli.errors import ConfigError
from crmcli.tui.keys.key import Key, shown_keys
from crmcli.tui.keys.registry import DIALOGS, PLACES, by_id, checked, clashes, scopes_of
from crmcli.tui.tabs import BY_NAME, TABS

SCREENS = sorted(set(PLACES) & set(BY_NAME))


def screen_class(name: str) -> type:
    """The class of a screen."""
    tab = BY_NAME[name]
    return getattr(import_module(f"crmcli.tui.screens.{tab.module}"), tab.attribute)


@pytest.mark.parametrize("place", [*PLACES, *DIALOGS])
def test_no_key_does_two_things_on_a_screen(place: str) -> None:
    """Every key of a screen, those that work everywhere included, has one meaning."""
    assert [] == list(clashes(place, {}))


@pytest.mark.parametrize("place", SCREENS)
def test_every_key_of_a_screen_has_its_action(place: str) -> None:
    """Nothing is bound to a name that nobody answers to."""
    from crmcli.tui.app import CrmApp

    own, app = screen_class(place), CrmApp
    missing = [
        f"{scope}.{key.id}"
        for scope, keys in scopes_of(place)
        for key in keys
        if not any(hasattr(each, f"action_{_name(key)}") for each in (own, app))
    ]
    assert [] == missing


@pytest.mark.parametrize("place", SCREENS)
def test_a_screen_binds_what_the_registry_says(place: str) -> None:
    """No binding is made beside the registry, and none of it is left out."""
    bound = {binding.id for binding in screen_class(place).BINDINGS}
    assert bound == {f"{scope}.{key.id}" for scope, keys in PLACES[place] for key in keys if key.keys}


def test_every_key_says_what_it_does() -> None:
    """In a few words, lower case, without a full stop."""
    for name, key in by_id().items():
        assert (True, False, True) == (bool(key.about), key.about.endswith("."), bool(key.section)), name


def test_every_tab_has_keys() -> None:
    """A screen that is not in the registry could not be learnt."""
    assert [] == [tab.name for tab in TABS if tab.name not in PLACES]


def test_an_unknown_action_in_the_settings_is_said_with_the_nearest() -> None:
    """A slip of the pen is not passed over."""
    with pytest.raises(ConfigError) as raised:
        checked({"board.fliter": "f3"})
    assert ("keys: no action board.fliter", "did you mean board.filter?") == (raised.value.message, raised.value.hint)


def test_a_key_that_would_do_two_things_is_said() -> None:
    """The settings can't make a key ambiguous."""
    with pytest.raises(ConfigError) as raised:
        checked({"board.filter": "q"})
    assert "keys: q would be both everywhere.quit and board.filter in board" == raised.value.message


def test_keys_may_change_places() -> None:
    """Two settings that swap keys do not clash."""
    checked({"everywhere.quit": "question_mark", "everywhere.help": "q"})


def test_keys_are_shown_as_they_are_written_on_them() -> None:
    """Not by Textual's names for them."""
    assert "↓ j ctrl+page up / ?" == shown_keys("down,j,ctrl+pageup,slash,question_mark")


def _name(key: Key) -> str:
    return key.action.partition("(")[0].removeprefix("app.").removeprefix("screen.")
