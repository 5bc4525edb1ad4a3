"""The mouse does what the keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.tui.modals.form import Form
from tests.tui.boards import board, context_of, current, lane, settle, titles

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (140, 40)
SECOND_CARD = (6, 2)


async def drag(pilot: Pilot[None], origin: str, target: str, offset: tuple[int, int] = (6, 0)) -> None:
    """Drag a card from one lane to another."""
    await pilot.mouse_down(lane(pilot, origin).list, offset=offset)
    await pilot.hover(lane(pilot, target).list, offset=(4, 2))
    await pilot.mouse_up(lane(pilot, target).list, offset=(4, 2))
    await settle(pilot)


async def test_a_click_puts_the_cursor_on_a_card(deals_board: CrmApp) -> None:
    """In any lane."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.click(lane(pilot, "qualified").list, offset=SECOND_CARD)
        await settle(pilot)
        assert current(pilot) == "张伟的合同"


async def test_a_double_click_opens_the_card(deals_board: CrmApp) -> None:
    """As enter does."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.click(lane(pilot, "qualified").list, offset=SECOND_CARD, times=2)
        screen = await settle(pilot)
        assert screen.detail.display
        assert screen.detail.picture is not None
        assert screen.detail.picture.record.title == "张伟的合同"


async def test_a_card_is_dragged_to_any_stage(deals_board: CrmApp, store: str) -> None:
    """Over several stages at once, and undone with a key."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await drag(pilot, "lead", "negotiation", SECOND_CARD)
        assert "Rollout for Łódź" in titles(pilot, "negotiation")
        assert context_of(store).deals.get("Rollout for Łódź").stage == "negotiation"
        await pilot.press("u")
        await settle(pilot)
    assert context_of(store).deals.get("Rollout for Łódź").stage == "lead"


async def test_the_stage_under_the_pointer_is_marked(deals_board: CrmApp) -> None:
    """Only while the card is held over it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.mouse_down(lane(pilot, "lead").list, offset=(4, 1))
        await pilot.hover(lane(pilot, "proposal").list, offset=(4, 2))
        await pilot.pause()
        assert [c.lane.stage.stage for c in board(pilot).lanes.columns if c.has_class("-target")] == ["proposal"]
        await pilot.hover(lane(pilot, "lead").list, offset=(4, 2))
        await pilot.pause()
        assert not board(pilot).lanes.query(".-target")
        await pilot.mouse_up(lane(pilot, "lead").list, offset=(4, 2))
        await settle(pilot)
        assert current(pilot) == "Acme pilot"


async def test_dragging_to_a_lost_stage_asks_for_the_reason(deals_board: CrmApp, store: str) -> None:
    """As the key does."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await drag(pilot, "lead", "lost")
        assert isinstance(pilot.app.screen, Form)
        await pilot.click("#save")
        await settle(pilot)
        assert "Acme pilot" in titles(pilot, "lost")
    assert context_of(store).deals.get("Acme pilot").lost_reason == "price"
