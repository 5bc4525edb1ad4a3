"""How the board is shown: order, swimlanes, collapsed stages, density, plain words; and what of it is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.render.cells import width
from crmcli.tui.keys.registry import clashes
from crmcli.tui.widgets.lane_window import window
from crmcli.tui.widgets.lanes import Lanes
from crmcli.tui.widgets.top_bar import TopBar
from tests.tui.boards import board, board_app, context_of, current, lane, press, settle, titles

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (160, 40)


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines of the first list on the screen."""
    cards = next(column.list for column in board(pilot).lanes.columns if column.display and not column.is_folded)
    return [cards.render_line(y).text.rstrip() for y in range(cards.size.height)]


def test_no_key_does_two_things() -> None:
    """On this screen, with everything that works everywhere."""
    assert list(clashes("board", {})) == []


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("value", ["Rollout for Łódź", "Acme pilot", "Склад София"]), ("title", ["Acme pilot", "Rollout for Łódź", "Склад София"]),
        ("age", ["Rollout for Łódź", "Acme pilot", "Склад София"]), ("owner", ["Rollout for Łódź", "Acme pilot", "Склад София"]),
    ],
)  # fmt: skip
async def test_s_sorts_the_cards_and_it_is_remembered(store: str, order: str, expected: list[str]) -> None:
    """In this pipeline, also next time; the cursor stays on its card."""
    async with board_app(store).run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "s", *order, "enter")
        assert expected == titles(pilot, "lead")
        assert current(pilot) == "Acme pilot"
        assert f"by {order}" in str(board(pilot).query_one(TopBar).render())
    async with board_app(store).run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert expected == titles(pilot, "lead")
        await press(pilot, "L")
        assert board(pilot).picture.order == order


async def test_no_lane_is_seen_before_it_has_its_width(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as fit, from the first picture on; not all of them for a moment."""
    monkeypatch.setattr(Lanes, "on_resize", lambda _self, _event: None)
    async with board_app(store).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert [column.display for column in board(pilot).lanes.columns].count(True) == 3


async def test_swimlanes_in_turns(deals_board: CrmApp) -> None:
    """By owner, by company, none; the cursor stays on its card."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        for expected in ("owner", "company", ""):
            await press(pilot, "S")
            assert board(pilot).lanes.by == expected
            assert current(pilot) == "Acme pilot"


async def test_swimlanes_lie_at_the_same_height_in_every_stage(deals_board: CrmApp) -> None:
    """Their heads say whose they are, how many, and what they are worth."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        await press(pilot, "S")
        lines = [[band.line for band in column.list.shown.bands] for column in screen.lanes.columns]
        assert all(each == lines[0] for each in lines)
        assert [line.split()[1] for line in shown(pilot) if line.startswith("▾")] == ["ana", "boris", "maria"]
        assert "49,200 EUR" in shown(pilot)[0]


async def test_a_swimlane_is_folded_to_a_line(deals_board: CrmApp) -> None:
    """And unfolded from there, by f or enter; F does it to all."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S", "f")
        assert titles(pilot, "lead") == ["Rollout for Łódź"]
        assert current(pilot) is None
        assert sum(line.startswith("❯▸") for line in shown(pilot)) == 1
        await press(pilot, "enter")
        assert current(pilot) == "Acme pilot"
        await press(pilot, "F")
        assert [line.lstrip("❯").split()[:2] for line in shown(pilot)[:3]] == [
            ["▸", "ana"],
            ["▸", "boris"],
            ["▸", "maria"],
        ]
        await press(pilot, "F")
        assert len(titles(pilot, "lead")) == 3


async def test_braces_go_from_swimlane_to_swimlane(deals_board: CrmApp) -> None:
    """To the first card of each that has any here."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S", "left_curly_bracket")
        assert current(pilot) == "Rollout for Łódź"
        await press(pilot, "right_curly_bracket")
        assert current(pilot) == "Acme pilot"


async def test_braces_stay_in_a_stage_that_no_swimlane_has_cards_in(deals_board: CrmApp) -> None:
    """There is nowhere to go."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        for title in titles(pilot, "lead"):
            screen.session.deals.move(title, "qualified")
        await press(pilot, "r", "S", "h", "right_curly_bracket", "left_curly_bracket")
        assert titles(pilot, "lead") == []
        assert current(pilot) is None


async def test_j_and_k_with_shift_give_a_deal_to_the_next_owner(deals_board: CrmApp, store: str) -> None:
    """Up and down the swimlanes; one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "S", "K")
        assert context_of(store).deals.get("Acme pilot").owner == "boris"
        assert current(pilot) == "Acme pilot"
        told = next(iter(context_of(store).history.list()))
        assert ("deal edit", "Acme pilot") == (told.command, told.summary)
        await press(pilot, "K", "J", "u", "u", "u")
    assert context_of(store).deals.get("Acme pilot").owner == "maria"


async def test_swimlanes_scroll_together(deals_board: CrmApp) -> None:
    """A head is never beside another's cards."""
    async with deals_board.run_test(size=(160, 16)) as pilot:
        screen = await settle(pilot)
        await press(pilot, "S", "G")
        offsets = {column.list.scroll_offset.y for column in screen.lanes.columns if column.display}
        assert len(offsets) == 1
        assert offsets != {0}
        assert current(pilot) == "Склад София"


async def test_a_stage_is_collapsed_and_it_is_remembered(store: str) -> None:
    """A strip with its name and how many there are; it opens as long as the cursor is in it."""
    async with board_app(store).run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "minus")
        assert lane(pilot, "qualified").is_folded
        assert "q" in str(lane(pilot, "qualified").folded.render())
        assert board(pilot).lanes.column.lane.stage.stage == "proposal"
        await press(pilot, "h")
        assert not lane(pilot, "qualified").is_folded
        await press(pilot, "h")
        assert lane(pilot, "qualified").is_folded
    async with board_app(store).run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert lane(pilot, "qualified").is_folded
        await press(pilot, "L")
        assert (current(pilot), lane(pilot, "qualified").is_folded) == ("Acme pilot", False)
        await press(pilot, "minus", "h")
        assert not lane(pilot, "qualified").is_folded


async def test_plus_opens_all_stages(deals_board: CrmApp) -> None:
    """However many were collapsed; the last open one can't be."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        await press(pilot, *["minus"] * 8)
        assert sum(column.is_folded for column in screen.lanes.columns) == 5
        await press(pilot, "plus")
        assert not any(column.is_folded for column in screen.lanes.columns)


async def test_d_is_for_density(deals_board: CrmApp) -> None:
    """Two lines a card, or four and a gap; with swimlanes, too."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        cards = lane(pilot, "lead").list
        assert cards.pitch == 5
        await press(pilot, "S")
        height = cards.height
        await press(pilot, "D")
        assert (cards.pitch, cards.height < height) == (2, True)
        await press(pilot, "D")
        assert cards.pitch == 5


@pytest.mark.parametrize("keys", [(), ("D",), ("S",), ("S", "F")])
async def test_the_cursor_has_a_sign_of_its_own(deals_board: CrmApp, keys: tuple[str, ...]) -> None:
    """Seen without any colour: once on the screen, at the left of the card or the folded swimlane."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        await press(pilot, *keys)
        signs = [
            (column is screen.lanes.column, y == column.list.screen_line)
            for column in screen.lanes.columns for y in range(column.list.size.height)
            if column.list.render_line(y).text.startswith("❯")
        ]  # fmt: skip
        assert signs == [(True, True)]


async def test_plain_is_words_one_stage_at_a_time(store: str) -> None:
    """No frames, no signs: what a screen reader can read."""
    async with board_app(store, theme=None, plain=True).run_test(size=(100, 30)) as pilot:
        screen = await settle(pilot)
        await press(pilot, "space")
        assert [column.lane.stage.stage for column in screen.lanes.columns if column.display] == ["lead"]
        assert str(screen.lanes.columns[0].head.render()).startswith("Stage lead: 3 deals\nValue 67,800.50 EUR")
        lines = shown(pilot)
        assert lines[0] == "  * Acme pilot, #1, Acme, 12,500 EUR"
        assert lines[2] == "> " + "  Rollout for Łódź, #2, Żubr Logistyka, 48,000 EUR, rotting"
        assert all(line.isascii() or "Ż" in line or "Склад" in line or "роза" in line for line in lines)
        await press(pilot, "w", "enter")
        assert [column.lane.stage.stage for column in screen.lanes.columns if column.display] == ["qualified"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
@pytest.mark.parametrize("keys", [(), ("D",), ("S",), ("D", "S", "f")])
async def test_lines_are_as_wide_as_their_stage(store: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    """Whatever the letters: emoji, Chinese, Arabic."""
    deals = context_of(store).deals
    for title in ("👩\u200d👩\u200d👧 семейство", "صفقة جديدة مع عميل", "עסקה חדשה #7", "张伟的合同和其他的东西"):
        deals.add(deals.draft({"title": title, "company": title, "value": "7"}))
    async with board_app(store).run_test(size=size) as pilot:
        screen = await settle(pilot)
        await press(pilot, *keys)
        for column in screen.lanes.columns:
            if column.display:
                cards = column.list
                cells = {width(cards.render_line(y).text) for y in range(cards.size.height)}
                assert cells <= {cards.size.width, cards.scrollable_content_region.width}


@pytest.mark.parametrize(
    ("least", "cells", "first", "present", "expected"),
    [
        ([23] * 6, 140, 0, 0, (0, 5)), ([23] * 6, 80, 0, 0, (0, 2)), ([23] * 6, 80, 0, 3, (1, 3)),
        ([23] * 6, 80, 3, 1, (1, 3)), ([23] * 6, 80, 5, 5, (3, 5)), ([23, 5, 5, 23, 23, 23], 80, 0, 0, (0, 4)),
        ([80] * 3, 80, 0, 2, (2, 2)), ([23], 10, 0, 0, (0, 0)), ([5, 5, 23], 80, 2, 2, (0, 2)),
    ],
)  # fmt: skip
def test_which_stages_are_on_the_screen(
    least: list[int], cells: int, first: int, present: int, expected: tuple[int, int]
) -> None:
    """The present one always, and as many beside it as there is room for."""
    assert expected == window(least, cells, first, present)
