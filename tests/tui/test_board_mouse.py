"""The mouse does what the keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.tui.modals.form import Form
from tests.tui.boards import board, context_of, current, lane, press, settle, titles

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (140, 40)
SECOND_CARD = (4, 6)


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
        assert [c.lane.stage.stage for c in board(pilot).lanes.columns if c.is_target] == ["proposal"]
        await pilot.hover(lane(pilot, "lead").list, offset=(4, 2))
        await pilot.pause()
        assert not any(column.is_target for column in board(pilot).lanes.columns)
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


async def test_marked_cards_are_dragged_together(deals_board: CrmApp, store: str) -> None:
    """When the one that is dragged is marked; in one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "space", "g", "w", "space")
        await drag(pilot, "lead", "proposal", (6, 0))
        assert {"Acme pilot", "Annual licence"} <= set(titles(pilot, "proposal"))
        await press(pilot, "u")
    deals = context_of(store).deals
    assert (deals.get("Acme pilot").stage, deals.get("Annual licence").stage) == ("lead", "qualified")


async def test_dragging_into_another_swimlane_changes_the_owner(deals_board: CrmApp, store: str) -> None:
    """And the stage, when it is another one, in one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S")
        head = lane(pilot, "lead").list
        ana = next(band for band in head.shown.bands if band.swimlane.key == "ana")
        maria = next(band for band in head.shown.bands if band.swimlane.key == "maria")
        await pilot.mouse_down(head, offset=(6, maria.line + 1))
        await pilot.hover(lane(pilot, "proposal").list, offset=(6, ana.line + 1))
        await pilot.mouse_up(lane(pilot, "proposal").list, offset=(6, ana.line + 1))
        await settle(pilot)
        view = context_of(store).deals.get("Acme pilot")
        assert (view.stage, view.owner) == ("proposal", "ana")
        await press(pilot, "u")
        view = context_of(store).deals.get("Acme pilot")
        assert (view.stage, view.owner) == ("lead", "maria")


async def test_dragging_down_in_the_same_stage_only_changes_the_owner(deals_board: CrmApp, store: str) -> None:
    """The pointer need not leave the column."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S")
        cards = lane(pilot, "lead").list
        lines = {band.swimlane.key: band.line for band in cards.shown.bands}
        await pilot.mouse_down(cards, offset=(6, lines["ana"] + 1))
        await pilot.hover(cards, offset=(6, lines["maria"] + 1))
        await pilot.mouse_up(cards, offset=(6, lines["maria"] + 1))
        await settle(pilot)
    view = context_of(store).deals.get("Rollout for Łódź")
    assert (view.stage, view.owner) == ("lead", "maria")


async def test_a_company_is_not_changed_by_dragging(deals_board: CrmApp, store: str) -> None:
    """It says what does."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S", "S")
        cards = lane(pilot, "lead").list
        filled = [band for band in cards.shown.bands if band.rows]
        await pilot.mouse_down(cards, offset=(6, filled[0].line + 1))
        await pilot.hover(cards, offset=(6, filled[1].line + 1))
        await pilot.mouse_up(cards, offset=(6, filled[1].line + 1))
        await settle(pilot)
    assert context_of(store).deals.get("Acme pilot").company.name == "Acme"


async def test_a_click_on_a_swimlane_folds_it(deals_board: CrmApp) -> None:
    """And another unfolds it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S")
        for expected in ([], ["Rollout for Łódź"]):
            await pilot.click(lane(pilot, "lead").list, offset=(6, 0))
            await settle(pilot)
            assert expected == [title for title in titles(pilot, "lead") if title.startswith("Rollout")]


async def test_a_click_opens_a_collapsed_stage_and_a_card_can_be_dropped_on_it(deals_board: CrmApp, store: str) -> None:
    """It closes when the cursor leaves it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "minus", "h", "h")
        strip = lane(pilot, "qualified")
        assert strip.is_folded
        await pilot.mouse_down(lane(pilot, "lead").list, offset=(6, 0))
        await pilot.hover(strip.folded, offset=(1, 4))
        await pilot.mouse_up(strip.folded, offset=(1, 4))
        await settle(pilot)
        assert context_of(store).deals.get("Acme pilot").stage == "qualified"
        assert not strip.is_folded
        await press(pilot, "h")
        assert strip.is_folded
        await pilot.click(strip.folded, offset=(1, 4))
        await settle(pilot)
        assert not strip.is_folded


async def test_ctrl_and_shift_mark(deals_board: CrmApp) -> None:
    """As the keys do."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        cards = lane(pilot, "lead").list
        await pilot.click(cards, offset=(6, 0), control=True)
        await pilot.click(cards, offset=(6, 11), shift=True)
        await settle(pilot)
        assert [card.title for card in screen.chosen()] == ["Acme pilot", "Rollout for Łódź", "Склад София"]
