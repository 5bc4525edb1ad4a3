"""Two of the screens and a shell that all write at the same time: nothing is lost, and each sees what the others do."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.services.records import Changes, Query
from crmcli.tui.modals.conflict import ConflictDialog
from crmcli.tui.modals.record_form import RecordForm
from tests.tui.boards import board, context_of, crm_app, current, fill, lane, place, settle, titles
from tests.tui.monkey import findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

_PATIENCE = 2.0  # seconds, within which what others do is seen
_STEP = 0.02  # seconds between two looks; it is they that are counted, as on a busy machine all takes longer
ROUNDS = 6
SHELL = """
import sys
from tests.conftest import run
for n in range(int(sys.argv[1])):
    done = run("deal", "add", f"From the shell {n}", "--company", "Acme")
    assert done.code == 0, done.stderr
"""
# Someone else at the screens: presses L and H on the one card of the third stage, over and over, each time until it is stored.
# Nobody else has a card there, however slowly this one starts.
OTHER = """
import asyncio, sys
from tests.tui.boards import board_app, settle
async def main(store, rounds):
    app = board_app(store)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("w", "w")
        await settle(pilot)
        for n in range(rounds):
            await pilot.press("L" if n % 2 == 0 else "H")
            await settle(pilot)
    assert app.bug is None
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.fixture
def store(store_url: str) -> str:
    """A store with deals, on each engine."""
    fill(context_of(store_url))
    return store_url


def started(script: str, store: str, *words: object, user: str) -> subprocess.Popen[str]:
    """Another process over the same store."""
    environment = {
        **os.environ,
        "CRM_DB": store,
        "CRM_USER": user,
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
    }
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


async def seen(pilot: Pilot[None], there: Callable[[], bool], patience: float = _PATIENCE) -> None:
    """Wait until something is on the screen; what others did has to be there within two seconds."""
    for _ in range(round(patience / _STEP)):
        if there():
            return
        await pilot.pause(_STEP)
    assert there(), "it was never seen"


def commands(store: str, origin: str) -> list[str]:
    """What was stored from there, in order."""
    with context_of(store).desk.reading() as reader:
        found = reader.rows("SELECT command FROM change_set WHERE origin = ? ORDER BY id", (origin,))
        return [str(command) for (command,) in found]


async def test_all_that_three_of_them_write_is_there(store: str) -> None:
    """Two at the screens and a loop in the shell; no lock error, and this one sees the rest by itself."""
    app = crm_app(store, start="board")
    async with app.run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        shell = started(SHELL, store, ROUNDS, user="boris")
        other = started(OTHER, store, store, ROUNDS, user="ana")
        here = 0
        while here < ROUNDS or shell.poll() is None or other.poll() is None:
            if here < ROUNDS:
                await pilot.press("L" if here % 2 == 0 else "H")
                here += 1
            await pilot.pause(0.05)
        assert [(0, ""), (0, "")] == [(each.returncode, each.communicate()[1]) for each in (shell, other)]
        await seen(pilot, lambda: sum("From the shell" in title for title in titles(pilot, "lead")) == ROUNDS)
        await settle(pilot)
        assert app.bug is None
    assert 2 * ROUNDS == len(commands(store, "tui"))
    assert ROUNDS == sum(command == "deal add" for command in commands(store, "cli"))
    assert ROUNDS == sum("From the shell" in deal.title for deal in context_of(store).deals.list(Query()))
    assert [] == findings(store)


def change(store: str, deal: str, **values: str) -> None:
    """Someone else changes a deal."""
    deals = context_of(store).deals
    deals.edit(deal, deals.edit_draft(Changes(values)))


async def test_what_others_do_comes_without_losing_one_s_place(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cursor, filter and marks stay; a new deal and another value are seen within two seconds."""
    app = crm_app(store, start="board", filter_text="owner = maria OR owner = ana")
    async with app.run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        await pilot.press("j", "space")
        await settle(pilot)
        at, marked = current(pilot), set(board(pilot).marked)
        monkeypatch.setenv("CRM_USER", "ana")
        await asyncio.to_thread(_add, store, "New one")
        await seen(pilot, lambda: "New one" in titles(pilot, "lead"))
        assert (at, marked, "owner = maria OR owner = ana") == (
            current(pilot),
            board(pilot).marked,
            board(pilot).filter_text,
        )
        assert lane(pilot, "qualified").list.count == 1  # what is boris's stays out of it


def _add(store: str, title: str) -> None:
    deals = context_of(store).deals
    deals.add(deals.draft({"title": title, "value": "100", "owner": "ana"}))


async def test_what_is_being_typed_stays_and_a_stale_edit_asks(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form is not touched by what others store; storing over it shows both values."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        (target,) = place(pilot).targets()
        await pilot.press("c")
        await seen(pilot, lambda: isinstance(app.screen, RecordForm))
        await settle(pilot)
        await pilot.press("end", *" two")
        await settle(pilot)
        form: Any = app.screen
        typed = form.rows["title"].text
        monkeypatch.setenv("CRM_USER", "ana")
        await asyncio.to_thread(change, store, target.id, title="Theirs")
        await pilot.pause(1.2)
        await settle(pilot)
        assert (app.screen, typed) == (form, form.rows["title"].text)
        await pilot.press("ctrl+s")
        await seen(pilot, lambda: isinstance(app.screen, ConflictDialog))
        await settle(pilot)
        await pilot.press("m", "enter")
        await settle(pilot)
        if isinstance(app.screen, RecordForm):
            await pilot.press("ctrl+s")
            await settle(pilot)
    assert typed == context_of(store).deals.get(target.id).title
