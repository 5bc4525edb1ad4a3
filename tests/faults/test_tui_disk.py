"""The disk under the open screens: full, or with another store on it."""

from __future__ import annotations

import asyncio
import resource
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmcli.services.records import Query
from tests.tui.boards import context_of, crm_app, press, settle
from tests.tui.monkey import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 90.0  # seconds, for a busy machine


@pytest.fixture
def full() -> Iterator[Callable[[], None]]:
    """A switch: no file can be written beyond its first few bytes, or can again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write fails instead of ending the program
    switched: list[int] = []

    def switch() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before if switched else (4096, before[1]))
        switched.pop() if switched else switched.append(1)

    yield switch
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def store(empty_sqlite: Path, tmp_path: Path) -> str:
    """A store with deals."""
    from tests.tui.boards import fill

    path = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, path)
    fill(context_of(str(path)))
    return str(path)


async def test_a_full_disk_is_said_in_the_form_and_loses_nothing(store: str, full: Callable[[], None]) -> None:
    """What was typed stays, is stored when there is room again, and no screen goes down."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 30)) as pilot:
        shown = await settle(pilot)
        await press(pilot, "T", "v", "i", "p")
        full()
        await press(pilot, "ctrl+s")
        assert "nothing was changed" in " ".join(str(each.render()) for each in app.screen.query(".dialog-error"))
        shown.session.memory.put("note", "much to say " * 1000)
        await asyncio.to_thread(shown.session.memory.keep)
        full()
        await press(pilot, "ctrl+s")
        assert app.screen is app.place
    assert app.bug is None
    assert [view.tags for view in context_of(store).contacts.list(Query())] == [("vip",)]
    assert findings(store) == []


async def test_another_store_in_the_place_of_the_one_that_is_open(store: str, tmp_path: Path) -> None:
    """It is shown within seconds and written to; what was done to the one before can't be taken back there."""
    other = context_of(str(tmp_path / "other.db"))
    other.contacts.add(other.contacts.draft({"name": "From the other store"}))
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 30)) as pilot:
        shown = await settle(pilot)
        shown.write("can't", lambda: app.session.contacts.tag("1", ["vip"]), "tagged")
        await settle(pilot)
        for ending in ("-wal", "-shm"):
            Path(store + ending).unlink(missing_ok=True)
        Path(tmp_path / "other.db").replace(store)
        assert await comes(
            lambda: [view.name for view in context_of(store).contacts.list(Query())] == ["From the other store"]
        )
        assert await comes(lambda: [each.name for each in shown.targets()] == ["From the other store"])
        await press(pilot, "u")
        assert type(app.screen).__name__ == "Failure"
        await press(pilot, "escape", "u")
        assert app.screen is app.place  # it is not tried for ever
        shown.write("can't", lambda: app.session.contacts.tag("1", ["seen"]), "tagged")
        await settle(pilot)
    assert app.bug is None
    assert [view.tags for view in context_of(store).contacts.list(Query())] == [("seen",)]


async def comes(is_so: Callable[[], bool]) -> bool:
    """Whether something comes to be so."""
    end = asyncio.get_running_loop().time() + _PATIENCE
    while not is_so():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.05)
    return True
