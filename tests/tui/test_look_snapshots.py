"""Pictures of what is asked over a screen: forms, help, palette, suggestions, and two who changed the same."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.services.records import Changes
from crmcli.tui.modals.conflict import ConflictDialog
from tests.tui.boards import context_of, crm_app, press, settle
from tests.tui.test_board_snapshots import play

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

ASKED = {
    "form": ("contacts", ("n",)),
    "wrong": ("contacts", ("n", "tab", "x", "@", "ctrl+s")),
    "log": ("deals", ("l",)),
    "help": ("contacts", ("question_mark",)),
    "palette": ("deals", ("ctrl+p",)),
    "suggestions": ("contacts", ("slash", "o", "w")),
}


@pytest.fixture
def people(people_store: Path, tmp_path: Path) -> str:
    """A copy of the store with people."""
    return str(shutil.copy(people_store, tmp_path / "people.db"))


@pytest.mark.parametrize("state", ASKED)
async def test_what_is_asked(people: str, differing: Callable[..., Any], state: str) -> None:
    """Forms, help, palette and suggestions stand over their screen in all sizes."""
    screen, keys = ASKED[state]
    assert not await differing(crm_app(people, start=screen), play(*keys))


@pytest.mark.parametrize("screen", ["companies", "deals"])
async def test_other_tables(people: str, differing: Callable[..., Any], screen: str) -> None:
    """Companies and deals, one of them marked."""
    assert not await differing(crm_app(people, start=screen), play("space"))


async def test_two_changed_the_same(people: str, differing: Callable[..., Any]) -> None:
    """Both values of each field side by side, the chosen one marked, long ones and other scripts among them."""
    deal = context_of(people).deals.find("Acme pilot")

    async def dispute(pilot: Pilot[None]) -> None:
        app: Any = pilot.app
        await settle(pilot)
        app.open_record("deal", deal.uid)
        await settle(pilot)
        await press(pilot, "c")
        form = app.screen
        deals = context_of(people).deals
        theirs = {"title": "Пилотен проект за Акме", "value": "15000", "next_step": "their step " * 12}
        deals.edit(deal.uid, deals.edit_draft(Changes(theirs)))
        app.post_message(app.StoreChanged())  # what is behind the form is another picture by then
        await settle(pilot)
        for name, text in {"title": "Acme pilot (EMEA)", "value": "13000", "next_step": ""}.items():
            form.rows[name].control.value = text
        await settle(pilot)
        await press(pilot, "ctrl+s", "t")
        assert isinstance(app.screen, ConflictDialog)
        app.clear_notifications()

    assert not await differing(crm_app(people, start="deals"), dispute)
