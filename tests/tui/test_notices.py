"""What the store has to say while the screens are open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from crmcli.tui.modals.form import Form
from tests.tui.boards import board_app, crm_app, settle

if TYPE_CHECKING:
    from crmcli.tui.app import CrmApp


def notices(app: CrmApp) -> list[str]:
    """What is told, from top to bottom."""
    return [each.message for each in app._notifications]


async def test_what_the_store_says_is_told_by_the_screens(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From a thread that reads; on the terminal itself it would stand among the rows."""
    app = board_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        await asyncio.to_thread(app.session.desk.store.announce, "upgraded [b]crm.db[/b] from schema 0001")
        await settle(pilot)
        assert ["upgraded [b]crm.db[/b] from schema 0001"] == [each.message for each in app._notifications]
    assert "upgraded" not in capsys.readouterr().err


async def test_only_the_last_few_stand_there(store: str) -> None:
    """They would cover what is worked on; said again, one is the last once more."""
    app = board_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        for text in ("one", "two", "one", "one", "three", "four"):
            app.notify(text)
        await settle(pilot)
        assert notices(app) == ["one", "three", "four"]


async def test_undo_and_redo_name_what_was_done(store: str) -> None:
    """Not the undo that lies between."""
    app = crm_app(store, start="deals")
    async with app.run_test() as pilot:
        await settle(pilot)
        for key, said in (
            ("L", "#1 Acme pilot → qualified"),
            ("u", "undone: deal move, Acme pilot → qualified"),
            ("U", "done again: deal move, Acme pilot → qualified"),
            ("u", "undone: deal move, Acme pilot → qualified"),
        ):
            await pilot.press(key)
            await settle(pilot)
            assert notices(app)[-1] == said


async def test_what_was_so_already_is_no_change(store: str) -> None:
    """A tag that is there, and a form stored as it was opened: u takes back nothing of it."""
    app = crm_app(store, start="deals")
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("T")
        await settle(pilot)
        assert isinstance(app.screen, Form)
        app.screen.rows["tags"].put("-nowhere")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert notices(app) == ["nothing was changed"]
        await pilot.press("c", "ctrl+s")
        await settle(pilot)
        assert notices(app) == ["nothing was changed"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("left_square_bracket",), "there is nothing before this"),
        (("right_square_bracket",), "there is nothing after this"),
        (("r",), "read again"),
        (("9", "H"), "there is no stage there"),
        (("enter", "equals_sign"), "no conversation of several messages here"),
    ],
)
async def test_a_key_that_leads_nowhere_says_so(store: str, keys: tuple[str, ...], said: str) -> None:
    """Nobody has to guess whether it was pressed."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot) if key != "9" else None
        assert said in notices(app)
