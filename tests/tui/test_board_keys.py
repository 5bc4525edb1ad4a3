"""Every key of the board does what the help says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Label, Select, Static

from crmcli.render.cells import width
from crmcli.tui.keys.registry import scopes_of
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.form import Form
from crmcli.tui.modals.help import Help
from crmcli.tui.modals.pipelines import PipelinePicker
from crmcli.tui.modals.record_form import RecordForm
from tests.tui.boards import board, board_app, context_of, current, fill_in_bulk, lane, press, settle, titles

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (140, 40)


def shown_stage(pilot: Pilot[None]) -> str:
    """The stage that the keys work in."""
    column = board(pilot).lanes.column
    assert column is not None
    return column.lane.stage.stage


async def test_it_opens_on_the_first_card_of_the_first_stage_that_has_any(deals_board: CrmApp) -> None:
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
    (("2", "j"), "Склад София"),
    (("3", "w"), "Fleet tracking"),
    (("G", "right"), "张伟的合同"),
    (("left",), "Acme pilot"),
    (("w", "w", "w", "w", "w", "w", "w"), "Data cleaning"),
)


async def test_the_cursor_moves(deals_board: CrmApp) -> None:
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
async def test_a_deal_moves_a_stage_on(deals_board: CrmApp, store: str, keys: tuple[str, ...]) -> None:
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


async def test_keys_pressed_quickly_each_move_it_on(deals_board: CrmApp, store: str) -> None:
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


async def test_a_deal_moves_back_but_not_off_the_board(deals_board: CrmApp) -> None:
    """H moves a stage back; in the first stage it does nothing."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "H")
        assert shown_stage(pilot) == "lead"
        await press(pilot, "w", "H")
        assert (shown_stage(pilot), current(pilot)) == ("lead", "Annual licence")


async def test_undo_and_redo_walk_the_same_steps(deals_board: CrmApp, store: str) -> None:
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


async def test_undo_leaves_alone_what_was_not_done_here(deals_board: CrmApp, store: str) -> None:
    """What another process did last is not what u takes back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L")
        context_of(store).deals.win("Fleet tracking")
        await press(pilot, "u")
    deals = context_of(store).deals
    assert (deals.get("Acme pilot").stage, deals.get("Fleet tracking").stage) == ("lead", "won")


async def test_undo_of_what_was_changed_since_is_refused(deals_board: CrmApp, store: str) -> None:
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


async def test_redo_of_what_was_changed_since_is_refused(deals_board: CrmApp, store: str) -> None:
    """It says what can't be done: not that it can't be taken back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L", "u")
        context_of(store).deals.move("Acme pilot", "proposal")
        await press(pilot, "ctrl+r")
        assert isinstance(pilot.app.screen, Failure)
        assert "that can't be done again" == str(pilot.app.screen.query_one(".dialog-title", Label).content)


async def test_losing_asks_for_the_reason(deals_board: CrmApp, store: str) -> None:
    """The reasons are those of the list, a note may follow, and all of it is one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "w", "w", "w", "L")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.query_one(Select).value = "timing"
        form.query_one("#field-note", Input).value = "next year"
        await press(pilot, "ctrl+s")
        assert (shown_stage(pilot), current(pilot)) == ("lost", "Website")
        view = context_of(store).deals.get("Website")
        assert (view.lost_reason, view.lost_note) == ("timing", "next year")
        await press(pilot, "u")
    assert context_of(store).deals.get("Website").stage == "won"


async def test_not_saying_why_leaves_the_deal_where_it_is(deals_board: CrmApp, store: str) -> None:
    """Escape at the question changes nothing."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "w", "w", "w", "L", "escape")
        assert (shown_stage(pilot), current(pilot)) == ("won", "Website")
    assert context_of(store).deals.get("Website").stage == "won"


async def test_enter_opens_the_pane_and_escape_closes_it(deals_board: CrmApp) -> None:
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


async def test_enter_twice_opens_the_whole_record(deals_board: CrmApp, store: str) -> None:
    """Once the pane, once more its page; back leads to the board as it was."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "enter")
        here = deals_board.trail.here
        assert (here.screen, here.ref) == ("record", f"deal:{context_of(store).deals.get('Acme pilot').id}")
        await press(pilot, "left_square_bracket")
        assert current(pilot) == "Acme pilot"


async def test_the_keys_of_the_cursor_scroll_the_pane_while_it_has_them(deals_board: CrmApp) -> None:
    """Lines, pages and both ends; the card stays."""
    async with deals_board.run_test(size=(80, 14)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        detail = board(pilot).detail
        for keys, expected in ((("j", "j"), 2), (("k",), 1), (("G",), detail.max_scroll_y), (("g",), 0)):
            await press(pilot, *keys)
            assert (keys, detail.scroll_offset.y) == (keys, expected)
        await press(pilot, "pagedown")
        assert detail.scroll_offset.y == min(detail.page, detail.max_scroll_y)
        await press(pilot, "pageup")
        assert detail.scroll_offset.y == 0
        assert current(pilot) == "Acme pilot"


async def test_n_adds_a_deal_to_the_stage(deals_board: CrmApp, store: str) -> None:
    """The cursor goes to the new card; unknown companies are added, and said."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "w", "n")
        form = pilot.app.screen
        assert isinstance(form, RecordForm)
        for name, text in (("title", "Ново"), ("value", "3k"), ("company", "Umbrella")):
            form.query_one(f"#field-{name}", Input).value = text
        await press(pilot, "ctrl+s")
        assert (current(pilot), shown_stage(pilot)) == ("Ново", "qualified")
    view = context_of(store).deals.get("Ново")
    assert view.value is not None
    assert (view.value.plain, view.stage) == ("3000", "qualified")
    assert view.company is not None
    assert view.company.name == "Umbrella"


async def test_c_changes_only_what_was_changed(deals_board: CrmApp, store: str) -> None:
    """A field made empty is cleared, the others stay as they are."""
    before = context_of(store).deals.get("Acme pilot")
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        form = pilot.app.screen
        assert isinstance(form, RecordForm)
        form.query_one("#field-title", Input).value = "Acme rollout"
        form.query_one("#field-source", Input).value = ""
        await press(pilot, "ctrl+s")
        assert current(pilot) == "Acme rollout"
    after = context_of(store).deals.get(before.id)
    assert (after.title, after.source) == ("Acme rollout", None)
    assert after._replace(title=before.title, source=before.source, updated_at=before.updated_at) == before


async def test_l_logs_on_the_deal(deals_board: CrmApp, store: str) -> None:
    """In one undo step."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "l")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.query_one("#field-next", Input).value = "send the contract"
        form.query_one("#field-due", Input).value = "tomorrow"
        await press(pilot, "ctrl+s")
        subjects = {activity.subject for activity in context_of(store).deals.show("Acme pilot").timeline}
        assert "send the contract" in subjects
        await press(pilot, "u")
    assert "send the contract" not in {a.subject for a in context_of(store).deals.show("Acme pilot").timeline}


async def test_t_plans_a_task(deals_board: CrmApp, store: str) -> None:
    """The card shows it as the next step when it has none of its own."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "G", "t")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.query_one("#field-subject", Input).value = "ring"
        form.query_one("#field-due", Input).value = "2026-11-25"
        await press(pilot, "ctrl+s")
        assert current(pilot) == "Склад София"
        card = board(pilot).lanes.card
        assert card is not None
        assert card.next_step == "ring"
    assert str(context_of(store).deals.get("Склад София").next_task.on) == "2026-11-25"


async def test_p_switches_the_pipeline(deals_board: CrmApp, store: str) -> None:
    """Each pipeline has its own stages."""
    context_of(store).pipelines.add("Партньори", ["scout", "pilot"], "won", "lost")
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, PipelinePicker)
        await press(pilot, "down", "enter")
        picture = board(pilot).picture
        assert picture is not None
        assert (picture.pipeline, [lane.stage.stage for lane in picture.lanes]) == (
            "Партньори",
            ["scout", "pilot", "won", "lost"],
        )
        await press(pilot, "p", "up", "enter")
        assert current(pilot) == "Acme pilot"


async def test_p_with_one_pipeline_says_so(deals_board: CrmApp) -> None:
    """There is nothing to choose."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert not isinstance(pilot.app.screen, PipelinePicker)


async def test_d_switches_between_dark_and_light(deals_board: CrmApp) -> None:
    """And back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "d")
        assert pilot.app.theme == "crm-light"
        await press(pilot, "d")
        assert pilot.app.theme == "crm-dark"


async def test_help_lists_every_key(deals_board: CrmApp) -> None:
    """The help is made from the table of keys, and any of its keys closes it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, Help)
        text = " ".join("\n".join(str(part.render()) for part in pilot.app.screen.query("Static")).split())
        for _, keys in scopes_of("board"):
            for key in keys:
                if key.keys and not key.id.startswith("digit_"):
                    assert key.about.split(";")[0].split()[0] in text
        await press(pilot, "question_mark")
        assert not isinstance(pilot.app.screen, Help)


@pytest.mark.parametrize("wide", [80, 110, 120, 160])
async def test_no_line_of_the_help_is_broken_twice(deals_board: CrmApp, wide: int) -> None:
    """What a key does stays in its column."""
    async with deals_board.run_test(size=(wide, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        for part in pilot.app.screen.query("#help-columns Static").results(Static):
            longest = max(width(line) for line in str(part.content).split("\n"))
            assert 0 < longest <= part.content_size.width


async def test_the_command_palette_does_the_same(deals_board: CrmApp) -> None:
    """A command does what its key does."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        offered = {command.title.split("  ")[0]: command for command in deals_board.get_system_commands(board(pilot))}
        await offered["Task"].callback()
        await settle(pilot)
        assert isinstance(pilot.app.screen, Form)


async def test_q_leaves(deals_board: CrmApp) -> None:
    """The program ends without an error."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert not pilot.app.is_running
    assert deals_board.return_code == 0


async def test_r_reads_the_store_again(deals_board: CrmApp, store: str) -> None:
    """Without waiting for the watch."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        context_of(store).deals.move("Склад София", "proposal")
        await press(pilot, "r")
        assert "Склад София" in titles(pilot, "proposal")


async def test_eight_thousand_eight_hundred_deals(tmp_path: Path) -> None:
    """Only what is on the screen is drawn: as many widgets as for nine deals, and the last card is one key away."""
    store = str(tmp_path / "big.db")
    fill_in_bulk(context_of(store), 8_800)
    app = board_app(store)
    async with app.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        assert screen.picture is not None
        assert screen.picture.deals == 8_800
        assert len(list(screen.walk_children())) < 80
        won = lane(pilot, "won").list
        assert len(won.cards) == 4_400
        await press(pilot, "w", "w", "w", "w", "G")
        assert current(pilot) == won.cards[-1].title
        assert won.scroll_offset.y == won.max_scroll_y
