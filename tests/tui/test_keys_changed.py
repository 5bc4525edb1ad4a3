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


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("form.save", "s"), ("filter.clear", "x"), ("suggestions.take", "e"), ("form.cancel", "f5,space"), ("long.editor", "-"),
        ("narrow.clear", "slash"), ("search.close", "Q"), ("picker.down", "ш"), ("writing.save", "exclamation_mark"),
    ],
)  # fmt: skip
def test_a_letter_is_refused_where_it_would_only_be_typed(name: str, keys: str) -> None:
    """In a form, a filter or another line the action would have no key that works."""
    with pytest.raises(ConfigError, match=rf"for {name} would only be typed there"):
        checked({name: keys})


@pytest.mark.parametrize(
    "name", ["confirm.yes", "conflict.mine", "columns.up", "reading.up", "help.close", "kind.call", "deal.win"]
)
def test_a_letter_may_be_a_key_where_nothing_is_typed(name: str) -> None:
    """And other keys may be one in a form."""
    checked({name: "Z", "form.save": "f5,ctrl+w", "filter.clear": "f4", "search.back": "shift+f2"})


def test_a_clash_is_seen_however_the_key_is_written() -> None:
    """/ and slash are the same key."""
    with pytest.raises(ConfigError, match=r"slash would be both deal\.win and board\.filter"):
        checked({"deal.win": "/"})
