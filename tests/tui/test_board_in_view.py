"""The card at the cursor stays in view, whatever is opened beside it, laid out anew, or visited meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.tui.boards import board, board_app, context_of, current, press, settle

if TYPE_CHECKING:
    from textual.pilot import Pilot

OWNERS, STAGES = ("ana", "boris", "cora", "maria", "zoe"), ("lead", "qualified", "proposal", "negotiation")


@pytest.fixture(scope="module")
def many_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A board of several pages: each of five owners has five deals in the first stage, fewer in each one after it."""
    path = str(tmp_path_factory.mktemp("many") / "many.db")
    context = context_of(path)
    for owner in OWNERS:
        for place, stage in enumerate(STAGES):
            for number in range(5 - place):
                raw = {
                    "title": f"{stage} {number} of {owner}",
                    "stage": stage,
                    "owner": owner,
                    "value": str(100 * number + 100),
                }
                context.deals.add(context.deals.draft(raw))
    return path


def is_seen(pilot: Pilot[None]) -> bool:
    """Whether all of the card at the cursor is on the screen."""
    cards = board(pilot).cards
    assert cards is not None
    top = cards.line_of(cards.cursor) - cards.scroll_offset.y
    return 0 <= top and top + cards.lines <= cards.size.height


@pytest.mark.parametrize(
    ("swimlanes", "start"),
    [(("S",), ("G",)), (("S",), ("w", "w", "w", "G")), (("S",), ("w", "9", "j")), ((), ("w", "G"))],
)
async def test_the_card_at_the_cursor_stays_in_view(
    many_store: str, swimlanes: tuple[str, ...], start: tuple[str, ...]
) -> None:
    """Also in a stage with fewer cards than others, and after the page of the deal; the stages stay side by side."""
    async with board_app(many_store).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, *swimlanes, *start)
        at = current(pilot)
        for keys in (
            ("enter",), ("escape",), ("D",), ("D",), ("enter", "enter"), ("left_square_bracket",), ("escape",),
        ):  # fmt: skip
            await press(pilot, *keys)
            if board(pilot).name == "board":
                columns = [column.list for column in board(pilot).lanes.columns if column.display]
                assert (keys, current(pilot), is_seen(pilot)) == (keys, at, True)
                assert not swimlanes or len({each.scroll_offset.y for each in columns}) == 1


@pytest.mark.parametrize("leading", [0, 1])
async def test_stages_that_still_follow_do_not_lead(many_store: str, leading: int) -> None:
    """Whichever stage is scrolled again while the others go along with the first time, all lie as it does in the end."""
    async with board_app(many_store).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "S")
        lists = [column.list for column in board(pilot).lanes.columns if column.display]
        for steps in range(40):
            lists[leading].scroll_to(y=10, animate=False)
            for _ in range(steps):
                await asyncio.sleep(0)
            lists[leading].scroll_to(y=12, animate=False)
            await settle(pilot)
            assert (steps, [12] * len(lists)) == (steps, [each.scroll_offset.y for each in lists])
