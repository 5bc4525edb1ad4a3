"""A store that is taken away and put back while the screens are open."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.tui.session import Session
from crmcli.tui.widgets.tab_line import TabLine
from tests.tui.boards import context_of, crm_app, settle

if TYPE_CHECKING:
    from collections.abc import Callable


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


async def comes(is_so: Callable[[], bool]) -> bool:
    """Whether something comes to be so."""
    for _ in range(600):
        if is_so():
            return True
        await asyncio.sleep(0.05)
    return False
