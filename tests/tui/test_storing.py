"""What takes a while to store is told of on the line of tabs, and what is kept of a screen is there at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from crmcli.tui.session import Done
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.tab_line import TabLine
from tests.tui.boards import press, settle

if TYPE_CHECKING:
    from crmcli.tui.app import CrmApp

WIDE = (120, 36)


async def test_a_long_write_is_told_of_until_it_is_done(deals_board: CrmApp) -> None:
    """The keys stay free meanwhile."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        line, free = deals_board.screen.query_one(TabLine), threading.Event()

        def long_write() -> Done:
            free.wait()
            return Done(None, ())

        writing = deals_board.run_worker(deals_board.turn(long_write))
        while not line.storing:
            await pilot.pause(0.01)
        assert line.storing.startswith("storing …")
        await pilot.press("j")
        free.set()
        await writing.wait()
        assert line.storing == ""


async def test_a_bulk_write_says_how_many_records_it_has_reached(deals_board: CrmApp) -> None:
    """As many as were marked, in the end."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "space", "space", "T", *"vip", "ctrl+s")
        assert deals_board.session.reached == 2


async def test_screens_are_made_while_the_hands_rest(deals_board: CrmApp) -> None:
    """One after the other; what was made is the screen that opens."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        deals_board._warming._pressed_at = float("-inf")
        deals_board._warming._make_ahead()
        made = deals_board._places["today"]
        await settle(pilot)
        assert not made.is_current
        deals_board.visit(Spot("today"))
        await settle(pilot)
        assert deals_board.screen is made
        assert made.has_class("-roomy")


async def test_another_theme_is_there_when_one_comes_back(deals_board: CrmApp) -> None:
    """A screen that was left is styled anew when the theme is another one by then, and only then."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        board = deals_board.screen
        before = board.styles.background
        deals_board.visit(Spot("today"))
        await settle(pilot)
        deals_board.action_toggle_dark()
        await settle(pilot)
        deals_board.visit(Spot("board"))
        await settle(pilot)
        assert deals_board.screen is board
        assert board.styles.background != before
