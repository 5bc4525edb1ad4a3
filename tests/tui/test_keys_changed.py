"""Keys as crm.toml changes them."""

from __future__ import annotations

import pytest

from crmcli.errors import ConfigError
from crmcli.tui.keys.key import is_key, named
from crmcli.tui.keys.registry import by_id, checked


@pytest.mark.parametrize(
    "keys", ["x", "ctrl+w", "f5", "slash", "/", "shift+f3", "ctrl+w, !", "pageup", "alt+left", "ctrl+@"]
)
def test_keys_there_are(keys: str) -> None:
    """By name or by what is printed on them."""
    assert all(is_key(each) for each in named({"deal.win": keys})["deal.win"].split(","))


def test_every_key_that_is_built_in_is_one() -> None:
    """So each can be given to something else."""
    assert [] == [each for key in by_id().values() for each in key.keys.split(",") if each and not is_key(each)]


@pytest.mark.parametrize("keys", ["", "blorp+zz", "ctrl+", "strg+w", "x,,y", "the letter x"])
def test_a_key_there_is_not_is_refused(keys: str) -> None:
    """Else the action could not be reached, and nobody would know why."""
    with pytest.raises(ConfigError, match="no key"):
        checked({"deal.win": keys})


def test_a_clash_is_seen_however_the_key_is_written() -> None:
    """/ and slash are the same key."""
    with pytest.raises(ConfigError, match=r"slash would be both deal\.win and board\.filter"):
        checked({"deal.win": "/"})
