"""Pictures of the tables, compared with those that were looked at and found good."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from crmcli.tui.widgets.filter_bar import FilterBar
from tests.tui.boards import crm_app, press, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SIZES = {"80x24": (80, 24), "120x36": (120, 36), "200x60": (200, 60)}


@pytest.fixture
def store(people_store: Path, tmp_path: Path) -> str:
    """A store with people, to be changed."""
    path = tmp_path / "crm.db"
    shutil.copy(people_store, path)
    return str(path)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks in a picture, and the pane does not wait for the cursor to rest."""
    from textual.widgets import Input

    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
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


@pytest.mark.parametrize("size", SIZES)
def test_contacts(store: str, snap_compare: Callable[..., bool], size: str) -> None:
    """Stacked, in full, and with the pane beside it."""
    app = crm_app(store, start="contacts")
    assert snap_compare(app, terminal_size=SIZES[size], run_before=play("j", "j", "j", "j"))


@pytest.mark.parametrize("theme", ["crm-light", "ansi-dark"])
def test_deals_some_of_them_marked(store: str, snap_compare: Callable[..., bool], theme: str) -> None:
    """Signs for state and marks, in light and in sixteen colours."""
    app = crm_app(store, start="deals", theme=theme)
    assert snap_compare(app, terminal_size=SIZES["120x36"], run_before=play("j", "space", "space", "S"))


def test_nothing_yet(tmp_path: Path, snap_compare: Callable[..., bool]) -> None:
    """What to press, and what to type in the shell."""
    app = crm_app(str(tmp_path / "new.db"), start="companies")
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=play())


def test_no_match(store: str, snap_compare: Callable[..., bool]) -> None:
    """What to press."""
    app = crm_app(store, start="contacts")
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=play("f", "x", "q", "z"))


def test_a_wrong_filter(store: str, snap_compare: Callable[..., bool]) -> None:
    """A caret under the place."""
    app = crm_app(store, start="contacts")
    assert snap_compare(app, terminal_size=SIZES["120x36"], run_before=play(wrong="owner = maria AND ag > 3"))


def test_the_columns(store: str, snap_compare: Callable[..., bool]) -> None:
    """Which are shown, and in what order."""
    app = crm_app(store, start="contacts")
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=play("C", "j", "j", "space"))
