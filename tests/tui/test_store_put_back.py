"""A store that is taken away and put back while the screens are open."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import StoreUnreachable
from crmcli.tui.modals.failure import Failure
from crmcli.tui.session import STORE_GONE, Session
from crmcli.tui.tabs import TABS
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.tab_line import TabLine
from tests.tui.boards import context_of, crm_app, press, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.tui.app import CrmApp


def test_what_was_done_here_is_news_again_after_another_store_was_seen(store: str) -> None:
    """The last change is this sitting's own both times, but the screens were emptied between."""
    session = Session(context_of(store))
    contacts = session.contacts
    session.do(lambda: contacts.add(contacts.draft({"name": "Zed"})))
    assert session.knows_all()
    away = Path(store).rename(Path(store).with_suffix(".away"))
    assert not session.knows_all()
    away.rename(store)
    assert not session.knows_all()
    session.close()


async def test_a_store_that_is_taken_away_is_said_to_be_gone(store: str) -> None:
    """What was shown stays, for nothing was deleted; put back, all is well again."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 30)) as pilot:
        shown = await settle(pilot)
        line = shown.query_one(TabLine)
        away = Path(store).rename(Path(store).with_suffix(".away"))
        assert await comes(lambda: line.trouble == "the store is not there any more")
        await asyncio.sleep(2.5)  # the watch has looked again by then
        await settle(pilot)
        assert (line.trouble, shown.rows.count > 0) == ("the store is not there any more", True)
        away.rename(store)
        assert await comes(lambda: line.trouble == "")


def test_a_store_that_is_away_is_neither_read_as_empty_nor_made_anew(store: str) -> None:
    """Put back, it takes writes again, and undo knows what was done before."""
    session = Session(context_of(store))
    contacts = session.contacts
    session.do(lambda: contacts.add(contacts.draft({"name": "Zed"})))
    away = Path(store).rename(Path(store).with_suffix(".away"))
    for act in (
        session.board.picture,
        lambda: contacts.get("1"),
        lambda: session.do(lambda: contacts.add(contacts.draft({"name": "Ghost"}))),
        session.undo,
        lambda: session.mailing.plan("spring"),
        lambda: session.mailing.desk.writing("test"),
    ):
        with pytest.raises(StoreUnreachable, match=STORE_GONE):
            act()
    assert not Path(store).exists()
    away.rename(store)
    assert session.undo().result is not None
    session.close()


def test_a_sitting_that_starts_without_a_store_makes_one(tmp_path: Path) -> None:
    """Only what was there can be lost; once made, it can."""
    path = tmp_path / "new.db"
    session = Session(context_of(str(path)))
    contacts = session.contacts
    assert session.board.picture().deals == 0
    session.do(lambda: contacts.add(contacts.draft({"name": "First"})))
    assert path.exists()
    path.rename(tmp_path / "away.db")
    with pytest.raises(StoreUnreachable, match=STORE_GONE):
        session.do(lambda: contacts.add(contacts.draft({"name": "Second"})))
    assert not path.exists()
    session.close()


async def test_every_screen_says_that_the_store_is_gone_until_it_is_back(store: str) -> None:
    """None takes it for an empty one; what was asked for in a form is refused there."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 30)) as pilot:
        shown = await settle(pilot)
        away = Path(store).rename(Path(store).with_suffix(".away"))
        assert await comes(lambda: shown.query_one(TabLine).trouble == STORE_GONE)
        for name in [tab.name for tab in TABS if tab.name != "contacts"]:
            await app.visit(Spot(name))
            await settle(pilot)
            if isinstance(app.screen, Failure):
                await press(pilot, "escape")
            await asyncio.sleep(0.3)  # by then it would say that it is working out
            assert "can't be read" in screen_text(app), name
            assert "working out" not in screen_text(app), name
            line = app.place.query_one(TabLine)
            assert await comes(lambda line=line: line.trouble == STORE_GONE)
        await app.visit(Spot("contacts"))
        await press(pilot, "n", *"Ghost", "ctrl+s")
        assert STORE_GONE in screen_text(app)
        assert not Path(store).exists()
        away.rename(store)
        assert await comes(lambda: app.place.query_one(TabLine).trouble == "")
        await press(pilot, "ctrl+s")
        assert "Ghost" in screen_text(app)
        await app.visit(Spot("today"))
        await settle(pilot)
        assert "can't be read" not in screen_text(app)


def screen_text(app: CrmApp) -> str:
    """What is seen."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def comes(is_so: Callable[[], bool]) -> bool:
    """Whether something comes to be so."""
    for _ in range(600):
        if is_so():
            return True
        await asyncio.sleep(0.05)
    return False
