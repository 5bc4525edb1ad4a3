"""Every key of the board does what the help says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList, Select

from crmcli.tui.keys import KEYS
from crmcli.tui.modals.activity_forms import LogForm, TaskForm
from crmcli.tui.modals.deal_form import EditDealForm, NewDealForm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.help import Help
from crmcli.tui.modals.lost_reason import LostReasonForm
from crmcli.tui.modals.pipelines import PipelinePicker
from crmcli.tui.widgets.filter_bar import FilterBar
from tests.tui.boards import board, board_app, context_of, current, fill_in_bulk, lane, settle, titles

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import BoardApp

WIDE = (140, 40)


def shown_stage(pilot: Pilot[None]) -> str:
    """The stage that the keys work in."""
    column = board(pilot).lanes.column
    assert column is not None
    return column.lane.stage.stage


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other and wait for all that follows from each."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def test_it_opens_on_the_first_card_of_the_first_stage_that_has_any(deals_board: BoardApp) -> None:
    """Deals are ordered by what is due first."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert current(pilot) == "Acme pilot"
        assert titles(pilot, "lead") == ["Acme pilot", "Rollout for Łódź", "Склад София"]


MOVES = (
    (("down",), "Rollout for Łódź"),
    (("j", "j"), "Склад София"),
    (("j", "j", "j"), "Склад София"),
    (("j", "up"), "Acme pilot"),
    (("j", "k"), "Acme pilot"),
    (("G",), "Склад София"),
    (("end",), "Склад София"),
    (("G", "g"), "Acme pilot"),
    (("end", "home"), "Acme pilot"),
    (("pagedown",), "Склад София"),
    (("ctrl+d", "pageup"), "Acme pilot"),
    (("ctrl+d", "ctrl+u"), "Acme pilot"),
    (("right",), "Annual licence"),
    (("w", "j"), "张伟的合同"),
    (("tab",), "Annual licence"),
    (("right", "left"), "Acme pilot"),
    (("w", "h"), "Acme pilot"),
    (("w", "b"), "Acme pilot"),
    (("tab", "shift+tab"), "Acme pilot"),
    (("j", "right"), "张伟的合同"),
    (("G", "right"), "张伟的合同"),
    (("left",), "Acme pilot"),
    (("w", "w", "w", "w", "w", "w", "w"), "Data cleaning"),
)


async def test_the_cursor_moves(deals_board: BoardApp) -> None:
    """Arrow and vim keys, page keys and both ends; sideways to the card at the same height; never off the board."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        start = screen.lanes.card
        assert start is not None
        for keys, expected in MOVES:
            screen.lanes.go_to_stage(start.stage, start.id)
            await pilot.press(*keys)
            assert (keys, current(pilot)) == (keys, expected)


@pytest.mark.parametrize("keys", [("L",), ("shift+right",)])
async def test_a_deal_moves_a_stage_on(deals_board: BoardApp, store: str, keys: tuple[str, ...]) -> None:
    """The cursor goes with the card, the store has it, and the history says that the board did it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        assert current(pilot) == "Acme pilot"
        assert shown_stage(pilot) == "qualified"
    context = context_of(store)
    assert context.deals.get("Acme pilot").stage == "qualified"
    assert next(context.history.list(limit=1)).command == "deal move"
    with context.desk.reading() as reader:
        assert reader.value("SELECT origin FROM change_set ORDER BY id DESC LIMIT 1") == "tui"


async def test_keys_pressed_quickly_each_move_it_on(deals_board: BoardApp, store: str) -> None:
    """The card moves on the screen at once, so the next key knows where it is."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("L", "L", "L", "H")
        await settle(pilot)
        assert shown_stage(pilot) == "proposal"
    assert context_of(store).deals.get("Acme pilot").stage == "proposal"
    assert [visit.stage for visit in context_of(store).deals.show("Acme pilot").stage_history] == [
        "lead", "qualified", "proposal", "negotiation", "proposal",
    ]  # fmt: skip


async def test_a_deal_moves_back_but_not_off_the_board(deals_board: BoardApp) -> None:
    """H moves a stage back; in the first stage it does nothing."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "H")
        assert shown_stage(pilot) == "lead"
        await press(pilot, "w", "H")
        assert (shown_stage(pilot), current(pilot)) == ("lead", "Annual licence")


async def test_undo_and_redo_walk_the_same_steps(deals_board: BoardApp, store: str) -> None:
    """u takes back the last thing done here, again and again; U does it again."""
    deals = context_of(store).deals
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L", "L")
        assert deals.get("Acme pilot").stage == "proposal"
        await press(pilot, "u")
        assert deals.get("Acme pilot").stage == "qualified"
        await press(pilot, "u")
        assert deals.get("Acme pilot").stage == "lead"
        await press(pilot, "u")
        assert deals.get("Acme pilot").stage == "lead"
        await press(pilot, "U")
        assert deals.get("Acme pilot").stage == "qualified"
        await press(pilot, "ctrl+r")
        assert deals.get("Acme pilot").stage == "proposal"
        await press(pilot, "u")
        assert deals.get("Acme pilot").stage == "qualified"


async def test_undo_leaves_alone_what_was_not_done_here(deals_board: BoardApp, store: str) -> None:
    """What another process did last is not what u takes back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L")
        context_of(store).deals.win("Fleet tracking")
        await press(pilot, "u")
    deals = context_of(store).deals
    assert (deals.get("Acme pilot").stage, deals.get("Fleet tracking").stage) == ("lead", "won")


async def test_undo_of_what_was_changed_since_is_refused(deals_board: BoardApp, store: str) -> None:
    """The refusal names the field, and the step before can still be taken back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "G", "L", "left", "g", "L")
        context_of(store).deals.move("Acme pilot", "proposal")
        await press(pilot, "u")
        assert isinstance(pilot.app.screen, Failure)
        await press(pilot, "escape", "u")
    deals = context_of(store).deals
    assert (deals.get("Acme pilot").stage, deals.get("Склад София").stage) == ("proposal", "lead")


async def test_losing_asks_for_the_reason(deals_board: BoardApp, store: str) -> None:
    """The reasons are those of the list, a note may follow, and all of it is one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "w", "w", "w", "L")
        assert isinstance(pilot.app.screen, LostReasonForm)
        pilot.app.screen.query_one(Select).value = "timing"
        pilot.app.screen.query_one(Input).value = "next year"
        await press(pilot, "ctrl+s")
        assert (shown_stage(pilot), current(pilot)) == ("lost", "Website")
        view = context_of(store).deals.get("Website")
        assert (view.lost_reason, view.lost_note) == ("timing", "next year")
        await press(pilot, "u")
    assert context_of(store).deals.get("Website").stage == "won"


async def test_not_saying_why_leaves_the_deal_where_it_is(deals_board: BoardApp, store: str) -> None:
    """Escape at the question changes nothing."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "w", "w", "w", "L", "escape")
        assert (shown_stage(pilot), current(pilot)) == ("won", "Website")
    assert context_of(store).deals.get("Website").stage == "won"


async def test_enter_opens_the_pane_and_escape_closes_it(deals_board: BoardApp) -> None:
    """The pane follows the cursor while it is open."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        detail = board(pilot).detail
        assert detail.display
        assert detail.picture is not None
        assert detail.picture.record.title == "Acme pilot"
        text = detail.query_one("#detail-text").render().plain  # type: ignore[attr-defined]
        for part in (
            "Discussed pricing",
            "wants an offer",
            "send the offer",
            "First visit",
            "12,500 EUR",
            "jane",
            "lead",
        ):
            assert part in text
        await press(pilot, "right")
        assert detail.picture.record.title == "Annual licence"
        await press(pilot, "escape")
        assert not detail.display
        await press(pilot, "enter", "enter")
        assert not detail.display


async def test_n_adds_a_deal_to_the_stage(deals_board: BoardApp, store: str) -> None:
    """The cursor goes to the new card; unknown companies are added, and said."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "n")
        form = pilot.app.screen
        assert isinstance(form, NewDealForm)
        await pilot.press(*"Ново", "tab", *"3k", "tab", *"Umbrella", "enter")
        await settle(pilot)
        assert (current(pilot), shown_stage(pilot)) == ("Ново", "qualified")
    view = context_of(store).deals.get("Ново")
    assert view.value is not None
    assert (view.value.plain, view.stage) == ("3000", "qualified")
    assert view.company is not None
    assert view.company.name == "Umbrella"


async def test_e_changes_only_what_was_changed(deals_board: BoardApp, store: str) -> None:
    """A field made empty is cleared, the others stay as they are."""
    before = context_of(store).deals.get("Acme pilot")
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        form = pilot.app.screen
        assert isinstance(form, EditDealForm)
        form.query_one("#field-title", Input).value = "Acme rollout"
        form.query_one("#field-source", Input).value = ""
        await press(pilot, "enter")
        assert current(pilot) == "Acme rollout"
    after = context_of(store).deals.get(before.id)
    assert (after.title, after.source) == ("Acme rollout", None)
    assert after._replace(title=before.title, source=before.source, updated_at=before.updated_at) == before


async def test_l_logs_on_the_deal(deals_board: BoardApp, store: str) -> None:
    """An activity and the task for what comes next, in one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "l")
        form = pilot.app.screen
        assert isinstance(form, LogForm)
        form.query_one("#field-body", Input).value = "They like it"
        form.query_one("#field-duration", Input).value = "20m"
        form.query_one("#field-next", Input).value = "send the contract"
        form.query_one("#field-due", Input).value = "tomorrow"
        await press(pilot, "ctrl+s")
        newest = context_of(store).deals.show("Acme pilot")
        assert {(a.subject, a.type, a.duration) for a in newest.timeline} >= {
            ("They like it", "call", 20), ("send the contract", "task", None),
        }  # fmt: skip
        await press(pilot, "u")
    assert "They like it" not in {a.subject for a in context_of(store).deals.show("Acme pilot").timeline}


async def test_t_plans_a_task(deals_board: BoardApp, store: str) -> None:
    """The card shows it as the next step when it has none of its own."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "G", "t")
        form = pilot.app.screen
        assert isinstance(form, TaskForm)
        await pilot.press(*"ring", "enter")
        await settle(pilot)
        assert current(pilot) == "Склад София"
        card = board(pilot).lanes.card
        assert card is not None
        assert card.next_step == "ring"
    assert str(context_of(store).deals.get("Склад София").next_task.on) == "2026-11-22"


async def test_p_switches_the_pipeline(deals_board: BoardApp, store: str) -> None:
    """Each pipeline has its own stages."""
    context_of(store).pipelines.add("Партньори", ["scout", "pilot"], "won", "lost")
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, PipelinePicker)
        await press(pilot, "j", "enter")
        picture = board(pilot).picture
        assert picture is not None
        assert (picture.pipeline, [lane.stage.stage for lane in picture.lanes]) == (
            "Партньори",
            ["scout", "pilot", "won", "lost"],
        )
        await press(pilot, "p", "k", "enter")
        assert current(pilot) == "Acme pilot"


async def test_p_with_one_pipeline_says_so(deals_board: BoardApp) -> None:
    """There is nothing to choose."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert not isinstance(pilot.app.screen, PipelinePicker)


async def test_d_switches_between_dark_and_light(deals_board: BoardApp) -> None:
    """And back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "d")
        assert pilot.app.theme == "crm-light"
        await press(pilot, "d")
        assert pilot.app.theme == "crm-dark"


async def test_help_lists_every_key(deals_board: BoardApp) -> None:
    """The help is made from the table of keys, and any of its keys closes it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, Help)
        text = "\n".join(str(part.render()) for part in pilot.app.screen.query("#help-columns Static"))
        for key in KEYS:
            assert key.about in text
        await press(pilot, "question_mark")
        assert not isinstance(pilot.app.screen, Help)


async def test_the_command_palette_does_the_same(deals_board: BoardApp) -> None:
    """A command found by its name opens the same form as its key."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        offered = {command.title for command in deals_board.get_system_commands(board(pilot))}
        assert {"New", "Log", "Task", "Filter", "Undo", "Refresh", "Theme", "Help", "Quit"} <= offered
        await pilot.press("ctrl+p", *"task")
        for _ in range(100):
            await pilot.pause(0.05)
            if pilot.app.screen.query_one(OptionList).option_count:
                break
        await pilot.press("down", "enter")
        await pilot.pause(0.2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, TaskForm)


async def test_q_leaves(deals_board: BoardApp) -> None:
    """The program ends without an error."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert not pilot.app.is_running
    assert deals_board.return_code == 0


async def test_r_reads_the_store_again(deals_board: BoardApp, store: str) -> None:
    """Without waiting for the watch."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        context_of(store).deals.move("Склад София", "proposal")
        await press(pilot, "r")
        assert "Склад София" in titles(pilot, "proposal")


def test_every_binding_has_an_id_and_a_tooltip() -> None:
    """So that a keymap can change it and the footer can explain it; no id and no key twice."""
    from crmcli.tui.modals.form import Form
    from crmcli.tui.widgets.detail import DetailPane

    tables = (
        [key.binding for key in KEYS], Form.BINDINGS, Failure.BINDINGS, PipelinePicker.BINDINGS, Help.BINDINGS,
        DetailPane.BINDINGS, FilterBar.BINDINGS,
    )  # fmt: skip
    for table in tables:
        assert all(binding.id and binding.tooltip for binding in table)
        keys = [key for binding in table for key in binding.key.split(",")]
        assert sorted(set(keys)) == sorted(keys)
    ids = [binding.id for table in tables for binding in table]
    assert sorted(set(ids)) == sorted(ids)


async def test_eight_thousand_eight_hundred_deals(tmp_path: Path) -> None:
    """Only what is on the screen is drawn: as many widgets as for nine deals, and the last card is one key away."""
    store = str(tmp_path / "big.db")
    fill_in_bulk(context_of(store), 8_800)
    app = board_app(store)
    async with app.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        assert screen.picture is not None
        assert screen.picture.deals == 8_800
        assert len(list(screen.walk_children())) < 60
        won = lane(pilot, "won").list
        assert len(won.cards) == 4_400
        await press(pilot, "w", "w", "w", "w", "G")
        assert current(pilot) == won.cards[-1].title
        assert won.scroll_offset.y == won.max_scroll_y
