"""What the store has to say while the screens are open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.tui.boards import board_app, settle

if TYPE_CHECKING:
    import pytest


async def test_what_the_store_says_is_told_by_the_screens(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From a thread that reads; on the terminal itself it would stand among the rows."""
    app = board_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        await asyncio.to_thread(app.session.desk.store.announce, "upgraded [b]crm.db[/b] from schema 0001")
        await settle(pilot)
        assert ["upgraded [b]crm.db[/b] from schema 0001"] == [each.message for each in app._notifications]
    assert "upgraded" not in capsys.readouterr().err
