"""Pictures of the tables, compared with those that were looked at and found good."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.tui.widgets.filter_bar import FilterBar
from tests.tui.boards import crm_app, press, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


@pytest.fixture
def store(people_store: Path, tmp_path: Path) -> str:
    """A store with people, to be changed."""
    path = tmp_path / "crm.db"
    shutil.copy(people_store, path)
    return str(path)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pane does not wait for the cursor to rest."""
    monkeypatch.setattr("crmcli.tui.screens.records._REST", 0.001)
    monkeypatch.setattr("crmcli.tui.screens.records._LONGER", 0.001)


def play(*keys: str, wrong: str = "") -> Callable[[Pilot[None]], object]:
    """Presses keys, or enters a filter, and waits for all that follows."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, *keys)
        if wrong:
            bar = pilot.app.screen.query_one(FilterBar)
            bar.open()
            bar.line.put(wrong)
            pilot.app.screen.post_message(FilterBar.Submitted(wrong))
        await pilot.pause(0.1)
        await settle(pilot)
        pilot.app.clear_notifications()
        await pilot.pause()

    return act


async def test_contacts(store: str, differing: Callable[..., Any]) -> None:
    """Stacked, in full, and with the pane beside it."""
    app = crm_app(store, start="contacts")
    assert not await differing(app, play("j", "j", "j", "j"))


@pytest.mark.parametrize("theme", ["crm-light", "ansi-dark"])
async def test_deals_some_of_them_marked(store: str, differing: Callable[..., Any], theme: str) -> None:
    """Signs for state and marks, in light and in sixteen colours."""
    app = crm_app(store, start="deals", theme=theme)
    assert not await differing(app, play("j", "space", "space", "S"), ["120x36"])


async def test_no_match(store: str, differing: Callable[..., Any]) -> None:
    """What to press."""
    app = crm_app(store, start="contacts")
    assert not await differing(app, play("f", "x", "q", "z"))


async def test_a_wrong_filter(store: str, differing: Callable[..., Any]) -> None:
    """A caret under the place."""
    app = crm_app(store, start="contacts")
    assert not await differing(app, play(wrong="owner = maria AND ag > 3"))


async def test_the_columns(store: str, differing: Callable[..., Any]) -> None:
    """Which are shown, and in what order."""
    app = crm_app(store, start="contacts")
    assert not await differing(app, play("C", "j", "j", "space"))
