"""Words that narrow a table: its beginning is shown at once, and nothing is done with it before all of it is there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from crmcli.services.tables import Tables
from crmcli.tui.widgets.narrow_bar import NarrowBar
from tests.tui import rest
from tests.tui.boards import crm_app, press, settle
from tests.tui.rest import at_rest
from tests.tui.tables import MANY, bar, lines, table

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SIZE = (100, 24)
PEOPLE = MANY  # who are all called person


class Held:
    """All of a table, kept back until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._may_go = threading.Event()
        order = Tables.order

        def late(tables: Tables, noun: str, *arguments: Any, quick: str = "", **more: Any) -> Any:
            if quick:
                self._may_go.wait(60)
            return order(tables, noun, *arguments, quick=quick, **more)

        monkeypatch.setattr(Tables, "order", late)

    def let_go(self) -> None:
        """From now on it is there at once."""
        self._may_go.set()


async def test_the_beginning_is_there_before_all_of_it(people_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that there are more, and keys for the rows wait for them."""
    held = Held(monkeypatch)
    monkeypatch.setattr(rest, "_KEY", 0.05)  # a key for the rows does not wait for ever
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "f")
        app.screen.query_one(NarrowBar).line.value = "pers"
        await at_rest(app, is_reading=True)
        first = len(table(pilot).order)
        assert first < PEOPLE
        assert f"{first}+ of" in bar(pilot)
        assert "Person 000" in " ".join(lines(pilot))
        await pilot.press("enter")
        await at_rest(app, is_reading=True)
        await pilot.press("G")
        await at_rest(app, is_reading=True)
        assert table(pilot).cursor == 0
        held.let_go()
        await settle(pilot)
        assert len(table(pilot).order) == PEOPLE
        assert f"{PEOPLE} of" in bar(pilot)
        assert table(pilot).cursor == PEOPLE - 1


async def test_who_is_at_the_cursor_stays_there(people_store: Path) -> None:
    """Also when that is further down than the beginning."""
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "G")
        number = table(pilot).number
        await press(pilot, "f", *"pers")
        assert len(table(pilot).order) == PEOPLE
        assert (table(pilot).number, table(pilot).cursor) == (number, PEOPLE - 1)


async def test_few_are_read_once(people_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their beginning is all of them."""
    Held(monkeypatch)
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.screen.query_one(NarrowBar).line.value = "person 001"
        await settle(pilot)
        assert len(table(pilot).order) == 1
        assert "+" not in bar(pilot)
