"""Filters, refusals, other processes and empty stores: nothing is lost, and the board says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from crmcli.errors import FilterError, NotFound, StoreUnreachable, UsageError
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.record_form import RecordForm
from crmcli.tui.start import Wish, start
from crmcli.tui.widgets.empty import EmptyBoard
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.top_bar import TopBar
from tests.tui.boards import board, board_app, context_of, current, lane, press, settle, titles

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (140, 40)


async def type_filter(pilot: Pilot[None], text: str) -> None:
    """Open the filter bar and enter a filter."""
    await pilot.press("slash")
    board(pilot).query_one("#filter", Input).value = text
    await pilot.press("enter")
    await settle(pilot)


# -- the filter


async def test_the_filter_speaks_the_language_of_the_shell(deals_board: CrmApp) -> None:
    """Escape shows all deals again."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await type_filter(pilot, "owner = me AND value > 10k")
        assert titles(pilot, "lead") == ["Acme pilot"]
        assert titles(pilot, "qualified") == ["张伟的合同"]
        await pilot.press("escape")
        await settle(pilot)
        assert len(titles(pilot, "lead")) == 3
        assert not board(pilot).query_one(FilterBar).display


async def test_a_wrong_filter_is_shown_in_its_place(deals_board: CrmApp) -> None:
    """The caret stands under the column, what was typed and what was shown stay."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await type_filter(pilot, "valeu > 10k")
        bar = board(pilot).query_one(FilterBar)
        error = str(bar.query_one("#filter-error", Static).render())
        assert error.index("^") == len("filter ")
        assert "value" in error
        assert bar.query_one(Input).value == "valeu > 10k"
        assert bar.query_one(Input).has_focus
        assert len(titles(pilot, "lead")) == 3
        bar.query_one(Input).value = "value > 10k"
        await pilot.press("enter")
        await settle(pilot)
        assert not bar.has_class("-wrong")
        assert titles(pilot, "lead") == ["Acme pilot", "Rollout for Łódź"]


async def test_a_filter_that_selects_nothing_says_how_to_get_out(deals_board: CrmApp) -> None:
    """Escape is the way."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await type_filter(pilot, "title = nothing")
        empty = board(pilot).query_one(EmptyBoard)
        assert empty.display
        assert "No deal matches" in str(empty.render())
        await pilot.press("escape")
        await settle(pilot)
        assert not empty.display
        assert current(pilot) == "Acme pilot"


async def test_it_can_start_with_a_filter(store: str) -> None:
    """As `crm tui --filter` does."""
    app = board_app(store, filter_text="company.name = Acme")
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert titles(pilot, "lead") == ["Acme pilot"]
        assert board(pilot).query_one("#filter", Input).value == "company.name = Acme"


# -- refusals


async def test_a_refused_form_keeps_what_was_typed(deals_board: CrmApp, store: str) -> None:
    """The error stands in the form, the wrong field has the cursor, and a corrected form is taken."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("n")
        form = pilot.app.screen
        assert isinstance(form, RecordForm)
        form.query_one("#field-title", Input).value = "Big one"
        form.query_one("#field-value", Input).value = "lots"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert pilot.app.screen is form
        assert form.values()["title"] == "Big one"
        assert form.query_one("#field-value").has_focus
        form.query_one("#field-value", Input).value = "7k"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert current(pilot) == "Big one"
    assert context_of(store).deals.get("Big one").stage == "lead"


async def test_a_deal_that_is_gone_is_said_to_be_gone(deals_board: CrmApp, store: str) -> None:
    """Another process deleted it a moment ago."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        context_of(store).deals.remove("Acme pilot")
        await pilot.press("L")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Failure)
        await pilot.press("escape")
        await settle(pilot)
        assert "Acme pilot" not in titles(pilot, "lead") + titles(pilot, "qualified")


# -- others


async def test_what_another_process_changes_appears(store: str) -> None:
    """Without a key, keeping cursor, marks, filter and what is being typed."""
    app = board_app(store, filter_text="value > 1")
    async with app.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        await press(pilot, "space", "slash")
        await pilot.press(*" AND")
        given = {"title": "Fresh", "value": "5", "expected_close": "2026-11-22"}
        context_of(store).deals.add(context_of(store).deals.draft(given))
        for _ in range(60):
            await pilot.pause(0.05)
            if "Fresh" in titles(pilot, "lead"):
                break
        await settle(pilot)
        assert titles(pilot, "lead")[0] == "Fresh"
        assert current(pilot) == "Rollout for Łódź"
        assert [card.title for card in screen.chosen()] == ["Acme pilot"]
        assert screen.query_one("#filter", Input).value == "value > 1 AND"
        assert screen.query_one("#filter", Input).has_focus


async def test_a_reload_keeps_the_cursor_and_the_scroll(tmp_path: Path) -> None:
    """What is on the screen stays where it is."""
    from tests.tui.boards import fill_in_bulk

    store = str(tmp_path / "crm.db")
    fill_in_bulk(context_of(store), 400)
    async with board_app(store).run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("pagedown", "pagedown", "j")
        before = (current(pilot), lane(pilot, "lead").list.scroll_offset.y)
        assert before[1] > 0
        await pilot.press("r")
        await settle(pilot)
        assert (current(pilot), lane(pilot, "lead").list.scroll_offset.y) == before


def gone(*_given: object) -> None:
    """A store that is not there."""
    raise StoreUnreachable("can't reach the store", hint="look at the cable")


async def test_a_store_that_cannot_be_read_for_a_while_is_a_note_at_the_top(
    deals_board: CrmApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a dialog; what was read stays, and the note goes when the store is back."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        with monkeypatch.context() as patch:
            patch.setattr(screen.session.board, "picture", gone)
            await press(pilot, "r")
            assert "can't reach the store" in str(screen.query_one(TopBar).render())
            assert current(pilot) == "Acme pilot"
        await press(pilot, "r")
        assert "can't reach the store" not in str(screen.query_one(TopBar).render())


async def test_a_store_that_can_not_be_read_at_all_says_why(
    deals_board: CrmApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the remedy; r tries again."""
    with monkeypatch.context() as patch:
        patch.setattr(deals_board.session.board, "picture", gone)
        async with deals_board.run_test(size=WIDE) as pilot:
            screen = await settle(pilot)
            empty = screen.query_one(EmptyBoard)
            assert empty.display
            assert "can't reach the store" in str(empty.render())
            assert "look at the cable" in str(empty.render())
            patch.undo()
            await press(pilot, "r")
            assert not empty.display
            assert current(pilot) == "Acme pilot"


async def test_a_store_that_takes_its_time_says_so(deals_board: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only after a moment; the deals take its place."""
    import threading

    may_answer, whole = threading.Event(), deals_board.session.board.picture
    monkeypatch.setattr(deals_board.session.board, "picture", lambda *given: may_answer.wait(10) and whole(*given))
    async with deals_board.run_test(size=WIDE) as pilot:
        for _ in range(60):
            await pilot.pause(0.05)
            screen = board(pilot)
            empty = screen.query_one(EmptyBoard)
            if empty.display:
                break
        assert "reading the deals" in str(empty.render())
        may_answer.set()
        await settle(pilot)
        assert not empty.display
        assert current(pilot) == "Acme pilot"


async def test_it_works_on_both_engines(store_url: str) -> None:
    """Add, move, undo and see what others do, on SQLite and PostgreSQL."""
    async with board_app(store_url).run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        await press(pilot, "n")
        screen.app.screen.query_one("#field-title", Input).value = "One"
        await press(pilot, "ctrl+s", "L")
        assert titles(pilot, "qualified") == ["One"]
        await press(pilot, "u")
        assert titles(pilot, "lead") == ["One"]
        assert screen.session.board.is_current(screen.picture)
        context_of(store_url).deals.win("One")
        assert not screen.session.board.is_current(screen.picture)
        await press(pilot, "r")
        assert titles(pilot, "won") == ["One"]


# -- nothing there


async def test_an_empty_store_says_what_to_press(tmp_path: Path) -> None:
    """And n makes the store with its first deal."""
    store = tmp_path / "new.db"
    async with board_app(str(store)).run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        empty = screen.query_one(EmptyBoard)
        assert empty.display
        assert "add the first one" in str(empty.render())
        assert not store.exists()
        keys = (
            "L",
            "enter",
            "l",
            "t",
            "u",
            "j",
            "w",
            "g",
            "m",
            "W",
            "X",
            "s",
            "S",
            "f",
            "F",
            "J",
            "minus",
            "plus",
            "space",
        )
        for key in (*keys, "right_curly_bracket", "escape"):
            await pilot.press(key)
            await settle(pilot)
            await pilot.press("escape")
        await press(pilot, "n")
        pilot.app.screen.query_one("#field-title", Input).value = "First"
        await press(pilot, "ctrl+s")
        assert not empty.display
        assert current(pilot) == "First"


# -- the command line


def test_without_a_terminal_it_does_not_start(store: str) -> None:
    """It says what to use there."""
    with pytest.raises(UsageError, match="terminal"):
        start(context_of(store), Wish())


@pytest.mark.parametrize(
    ("pipeline", "filter_text", "error"), [("nowhere", None, NotFound), (None, "valeu > 1", FilterError)]
)
def test_wrong_arguments_are_refused_before_the_screen_is_taken_over(
    store: str, monkeypatch: pytest.MonkeyPatch, pipeline: str | None, filter_text: str | None, error: type[Exception]
) -> None:
    """As for any command."""
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    with pytest.raises(error):
        start(context_of(store), Wish(pipeline=pipeline, filter=filter_text))


async def test_a_bug_ends_the_board_and_is_left_to_the_command_line(
    deals_board: CrmApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback on the terminal; the one error boundary reports it."""
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with deals_board.run_test(size=WIDE) as pilot:
            screen = await settle(pilot)
            monkeypatch.setattr(screen.lanes, "go", lambda _: 1 / 0)
            await pilot.press("right")
            await pilot.pause()
    assert isinstance(deals_board.bug, ZeroDivisionError)
