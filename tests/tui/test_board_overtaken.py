"""A board whose stages change under the hands: others take one away, or another pipeline comes onto it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from crmcli.services.pipelines import StageDraft
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.widgets.card_list import CardList
from crmcli.tui.widgets.folded_stage import FoldedStage
from crmcli.tui.widgets.lanes import Lanes
from tests.tui.boards import context_of, current, press, settle, titles

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (140, 40)


@pytest.fixture
def service_too(store: str) -> str:
    """The store with another pipeline beside the first."""
    pipelines = context_of(store).pipelines
    pipelines.add("service", ["asked", "helped"], "thanked", "cross")
    pipelines.add_stage("service", StageDraft("later"))
    deals = context_of(store).deals
    deals.add(deals.draft({"title": "Repair", "pipeline": "service", "stage": "asked"}))
    return store


def stage_of(store: str, title: str) -> str:
    """Where the store has a deal."""
    return context_of(store).deals.get(title).stage


def take_away(store: str, stage: str, *, move_to: str) -> None:
    """Someone else removes a stage."""
    context_of(store).pipelines.remove_stage(None, stage, move_to=move_to)


async def shown_anew(pilot: Pilot[None], app: CrmApp) -> None:
    """The board shows what others wrote."""
    app.changed_here()
    await settle(pilot)


async def test_a_stage_that_others_took_away_while_it_was_chosen(deals_board: CrmApp, store: str) -> None:
    """It is said to be gone, and nothing is moved."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        take_away(store, "proposal", move_to="lead")
        await shown_anew(pilot, deals_board)
        await press(pilot, *"propo", "enter")
        assert (None, True) == (deals_board.bug, isinstance(deals_board.screen, Failure))
        await press(pilot, "escape")
        assert "Acme pilot" in titles(pilot, "lead")
    assert "lead" == stage_of(store, "Acme pilot")


@pytest.mark.parametrize("key", ["escape", "y"])
async def test_a_stage_that_others_took_from_below_a_deal(deals_board: CrmApp, store: str, key: str) -> None:
    """The deal is where they put it, which is shown and asked about; it can be moved anyway."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "m")
        title = str(current(pilot))
        take_away(store, "qualified", move_to="lead")
        await shown_anew(pilot, deals_board)
        await press(pilot, *"propo", "enter")
        assert (None, True) == (deals_board.bug, isinstance(deals_board.screen, Confirm))
        await press(pilot, key)
        assert title in titles(pilot, "proposal" if key == "y" else "lead")
    assert ("proposal" if key == "y" else "lead") == stage_of(store, title)


DEEDS: dict[str, Callable[[Lanes, CardList, FoldedStage], object]] = {
    "move": lambda lanes, _, __: lanes.app.call_later(lanes.screen.run_action, "move(1)"),
    "mark": lambda lanes, _, __: lanes.app.call_later(lanes.screen.run_action, "mark"),
    "right": lambda lanes, _, __: lanes.app.call_later(lanes.screen.run_action, "go_right(1)"),
    "swimlanes": lambda lanes, _, __: lanes.app.call_later(lanes.screen.run_action, "swimlanes"),
    "collapse": lambda lanes, _, __: lanes.app.call_later(lanes.screen.run_action, "collapse"),
    "press": lambda lanes, cards, _: lanes.post_message(CardList.Pressed(cards)),
    "unfold": lambda lanes, _, folded: lanes.post_message(FoldedStage.Chosen(folded)),
    "drop": lambda lanes, cards, _: lanes.post_message(Lanes.Dropped(cards.cards[0], cards.stage, None)),
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_what_is_done_while_another_pipeline_comes_onto_the_board(
    deals_board: CrmApp, service_too: str, deed: str
) -> None:
    """However far that has come: it happens on the one or the other, or not at all."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        for awaited in range(0, 60, 4):
            column = screen.lanes.columns[0]
            other = "service" if screen.picture.pipeline != "service" else "sales"
            read = screen._fresh(None, other, "", screen.lanes.by)
            screen.pipeline = other
            screen.post_message(screen.Answered(lambda read, to=other: screen._loaded(read, to, ""), read))
            for _ in range(awaited):
                await asyncio.sleep(0)
            DEEDS[deed](screen.lanes, column.list, column.folded)
            await settle(pilot)
            assert (awaited, None, other) == (awaited, deals_board.bug, screen.picture.pipeline)
            assert [lane.stage.stage for lane in screen.picture.lanes] == [
                each.lane.stage.stage for each in screen.lanes.columns
            ]
            while deals_board.screen is not screen:
                await press(pilot, "escape")


@pytest.mark.parametrize("is_overtaken", [False, True])
async def test_another_order_holds_for_what_others_wrote_meanwhile(
    deals_board: CrmApp, store: str, *, is_overtaken: bool
) -> None:
    """What was sorted is not put before what was read after it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        before = screen.picture
        screen._remember("sort", "title")
        if is_overtaken:
            context_of(store).deals.move("Fleet tracking", "lead")
            await shown_anew(pilot, deals_board)
        screen._sorted(before, before.sorted_by("title"))
        await settle(pilot)
        moved = ["Fleet tracking"] if is_overtaken else []
        assert ["Acme pilot", *moved, "Rollout for Łódź", "Склад София"] == titles(pilot, "lead")


async def test_verbs_still_listed_for_what_was_left(deals_board: CrmApp) -> None:
    """A click on one of them does nothing any more."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+k", *"fleet", "tab")
        box = deals_board.screen
        box._about = None
        box._jump()
        await settle(pilot)
        assert (None, box) == (deals_board.bug, deals_board.screen)
