"""Dialogs that are closed before all of them is there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

import pytest
from rich.style import Style
from textual.command import CommandList
from textual.css.query import NoMatches
from textual.events import Click, Mount, MouseDown
from textual.messages import Prune
from textual.widgets import Input, LoadingIndicator, OptionList, Select, Static
from textual.widgets._select import SelectOverlay

from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.dialog import CommandPalette
from crmcli.tui.modals.form import Form, FormField
from crmcli.tui.modals.picker import Picker
from crmcli.tui.screens.search import SearchScreen
from crmcli.tui.tabs import TABS
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.choice_list import ChoiceLine
from crmcli.tui.widgets.suggesting_input import SuggestingInput
from tests.tui.boards import board_app, context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from textual.screen import Screen


async def test_a_field_that_goes_with_its_form_says_what_it_held(store: str) -> None:
    """The form still asks its fields while their controls are gone already."""
    form: Form[None] = Form("plan", [FormField("subject", "subject", "call"), FormField("due", "due")], lambda _: None)
    async with board_app(store).run_test() as pilot:
        await settle(pilot)
        pilot.app.push_screen(form)
        await settle(pilot)
        await pilot.press("end", "space", "1")
        await settle(pilot)
        await form.rows["subject"].control.remove()
        assert form.values() == {"subject": "call 1", "due": ""}


@pytest.mark.parametrize("awaited", [0, 2, 5])
async def test_a_form_closed_at_once_leaves_nothing_behind(store: str, awaited: int) -> None:
    """However far it has come by then."""
    form: Form[None] = Form("plan", [FormField(f"field_{n}", f"field {n}") for n in range(20)], lambda _: None)
    async with board_app(store).run_test() as pilot:
        await settle(pilot)
        pilot.app.push_screen(form)
        for _ in range(awaited):
            await asyncio.sleep(0)
        form.dismiss()
        await settle(pilot)
        assert place(pilot).is_active


@pytest.mark.parametrize("awaited", range(12))
@pytest.mark.parametrize("opens", [SearchScreen, CommandPalette])
async def test_a_dialog_closed_at_once_is_gone_for_good(store: str, opens: type[Screen[None]], awaited: int) -> None:
    """Textual would keep for ever what misses a part while it is made and taken away."""
    app = board_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        dialog = SearchScreen(app.session) if opens is SearchScreen else opens()
        app.push_screen(dialog)
        for _ in range(awaited):
            await asyncio.sleep(0)
        dialog.dismiss(None)
        await settle(pilot)
        assert (None, place(pilot), False) == (app.bug, app.screen, dialog in app._registry)


async def test_saved_before_all_of_it_is_there(store: str) -> None:
    """What is required and comes later is asked for, not passed over."""
    fields = [FormField(f"field_{n}", f"field {n}") for n in range(20)]
    form: Form[None] = Form("plan", [*fields, FormField("due", "due", required=True)], lambda _: None)
    async with board_app(store).run_test() as pilot:
        await settle(pilot)
        await pilot.app.push_screen(form)
        assert not form.rows["due"].is_mounted
        form.action_save()
        await settle(pilot)
        assert "due is required" in str(form.query_one(".dialog-error", Static).content)
        assert pilot.app.focused is form.rows["due"].control


async def test_a_deal_is_moved_behind_a_dialog_that_is_gone_at_once(store: str) -> None:
    """Textual leaves what is to be done after drawing to the uppermost screen, which may go before it is drawn."""
    app = board_app(store)
    async with app.run_test() as pilot:
        board = await settle(pilot)
        before = app.session.deals.get(str(board.cards.card.id)).stage
        await board.run_action("move(1)")
        dialog = Confirm("sure?", [])
        app.push_screen(dialog)
        for _ in range(1000):
            if any(sender is app for _, sender in dialog._callbacks):
                break
            await asyncio.sleep(0)
        await dialog.dismiss(None)
        await settle(pilot)
        assert 0 == board.writing
    assert before != context_of(store).deals.get("Acme pilot").stage


@pytest.mark.parametrize("behind", ["form", "help"])
async def test_who_goes_elsewhere_leaves_the_dialogs(store: str, behind: str) -> None:
    """By the palette over them; what was typed is there when the form is opened again, and no screen stays below another."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, *(["n", "Z"] if behind == "form" else ["question_mark"]))
        await press(pilot, "ctrl+p", *"godeals", "enter")
        assert ["_default", "deals"] == [screen.id or screen.name for screen in app.screen_stack]
        app.visit(Spot("contacts"))
        await settle(pilot)
        await press(pilot, "n")
        name = app.screen.query_one("#field-name", Input).value
        assert ("Z" if behind == "form" else "") == name


async def test_a_form_that_is_being_stored_is_not_left(store: str) -> None:
    """It says so, and what comes of it is told."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "T", *"word")
        held = Event()
        app.session.do = lambda action, do=app.session.do: (held.wait(30), do(action))[1]  # type: ignore[method-assign]
        form = app.screen
        await pilot.press("ctrl+s")
        app.visit(Spot("contacts"))
        assert form is app.screen
        held.set()
        await settle(pilot)
        assert "deals" == app.screen.name
        app.visit(Spot("contacts"))
        assert "contacts" == (await settle(pilot)).name


@pytest.mark.parametrize("name", [tab.name for tab in TABS])
async def test_a_store_that_changes_while_a_screen_is_made(store: str, name: str) -> None:
    """It is read once it is there."""
    app = crm_app(store, start="board" if name != "board" else "deals")
    async with app.run_test() as pilot:
        await settle(pilot)
        app.visit(Spot(name))
        app.changed_here()
        shown = await settle(pilot)
        assert (shown.name, shown.is_stale, shown.has_answered) == (name, False, True)


@pytest.mark.parametrize("palette", [False, True])
async def test_a_dialog_behind_another_waits_until_it_is_before_all(store: str, *, palette: bool) -> None:
    """Dismissed meanwhile, even twice, it neither closes the other nor stays for good."""
    app = board_app(store)
    answers: list[object] = []
    async with app.run_test() as pilot:
        await settle(pilot)
        dialog = CommandPalette() if palette else Confirm("sure?", [])
        app.push_screen(dialog, answers.append)
        await settle(pilot)
        app.action_help()
        await settle(pilot)
        dialog.dismiss(None if palette else True)
        dialog.dismiss(None if palette else False)
        await settle(pilot)
        assert (type(app.screen).__name__, answers) == ("Help", [])
        await press(pilot, "escape")
        assert app.screen is app.place
        assert answers == [None if palette else True]
        dialog.dismiss(None)
        await settle(pilot)
        assert app.screen is app.place


@pytest.mark.parametrize("key", ["pageup", "pagedown"])
async def test_a_page_of_a_list_that_is_not_laid_out_yet(store: str, key: str) -> None:
    """Keys may come before the list has any lines."""
    app = board_app(store)
    form: Form[None] = Form("a", [FormField("kind", "kind", "b", choices=tuple("abc"))], lambda _: None)
    async with app.run_test() as pilot:
        await settle(pilot)
        app.push_screen(form)
        await settle(pilot)
        overlay = form.query_one(SelectOverlay)
        assert not overlay.scrollable_content_region
        overlay.highlighted = 1
        await overlay.run_action({"pageup": "page_up", "pagedown": "page_down"}[key])
        assert overlay.highlighted == 1
        await press(pilot, "enter", key, "enter")
        assert form.values() == {"kind": {"pageup": "a", "pagedown": "c"}[key]}


async def test_a_page_of_commands_that_are_not_laid_out_yet(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faster hands than the palette's list: Textual knows no line to go on from, and the key goes nowhere."""

    def page_down(listed: CommandList) -> None:
        raise KeyError(listed.highlighted or 0)

    app = crm_app(store, start="today")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "ctrl+p")
        with monkeypatch.context() as patched:
            patched.setattr(CommandList, "action_page_down", page_down)
            await press(pilot, "pagedown")
        assert isinstance(app.screen, CommandPalette)


async def test_told_to_end_nothing_half_made_brings_it_down(store: str) -> None:
    """What misses its parts because all is taken away is no bug."""
    app = crm_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        app.exit(return_code=143)
        app._handle_exception(NoMatches("no nodes match"))
        assert (app.bug, app.return_code) == (None, 143)


async def test_a_screen_half_made_when_the_program_is_over_brings_it_down_no_more(store: str) -> None:
    """It may be over without having been told to."""
    app = crm_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
    app._handle_exception(NoMatches("no nodes match"))
    assert app.bug is None


@pytest.mark.parametrize("is_going", [True, False])
async def test_a_choice_whose_form_is_taken_away_while_it_is_made(store: str, *, is_going: bool) -> None:
    """What it misses is no bug; in a form that stays it would be one."""
    app = board_app(store)
    form: Form[None] = Form("a", [FormField("kind", "kind", "b", choices=tuple("abc"))], lambda _: None)
    with suppress(NoMatches):
        async with app.run_test() as pilot:
            await settle(pilot)
            app.push_screen(form)
            await settle(pilot)
            choice = form.query_one(Select)
            await choice.query_one(SelectOverlay).remove()
            choice._pruning = is_going
            choice.post_message(Mount())
            await asyncio.sleep(0.2)
            assert is_going == (app.bug is None)


async def test_nothing_turns_in_the_palette_once_a_search_was_broken_off(store: str) -> None:
    """Textual starts a sign of searching late, and forgets it where the search has ended before."""
    app = board_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p", *"go")
        palette = app.screen
        assert isinstance(palette, CommandPalette)
        palette._start_busy_countdown()
        palette._cancel_gather_commands()
        await asyncio.sleep(palette._BUSY_COUNTDOWN + 0.1)
        assert [] == [sign for sign in palette.query(LoadingIndicator) if sign.has_class("--visible")]


async def test_a_press_on_what_was_just_taken_away_goes_to_what_is_behind(store: str) -> None:
    """The layout still knows it; Textual would ask its parent where it stands."""
    app = board_app(store)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        gone = app.screen.get_widget_at(20, 10)[0]
        await gone.remove()
        assert gone is not app.screen.get_widget_at(20, 10)[0]
        app.screen._forward_event(MouseDown(None, 20, 10, 0, 0, 1, False, False, False))
        await settle(pilot)
        assert app.bug is None


async def test_the_palette_looks_for_nothing_once_it_is_closed(store: str) -> None:
    """Letters that come after that find no list in which their commands could be shown."""
    app = board_app(store)
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        palette = app.screen
        assert isinstance(palette, CommandPalette)
        palette._gather_commands("go")
        palette.dismiss()
        palette._gather_commands("goa")
        assert [] == [each for each in app.workers if each.node is palette and not each.is_cancelled]
        await settle(pilot)
        assert (None, app.place) == (app.bug, app.screen)


@pytest.mark.parametrize("keys", [["ctrl+p"], ["2", "slash", "o"]])
async def test_a_click_on_what_is_listed_no_more_hits_nothing(store: str, keys: list[str]) -> None:
    """The picture is drawn after the list has changed: in the palette, and below a line with suggestions."""
    app = board_app(store)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        before = app.screen
        listed = next(iter(before.query(OptionList)))
        gone = Style.from_meta({"option": listed.option_count})
        at = listed.region.offset
        listed.post_message(Click(None, *at, 0, 0, 1, False, False, False, style=gone))
        await settle(pilot)
        assert (app.bug, app.screen) == (None, before)


@pytest.mark.parametrize("typed", ["", "third"])
async def test_a_click_takes_what_was_clicked(store: str, typed: str) -> None:
    """Also where the list has been narrowed to others by the time that it is heard of."""
    app = board_app(store)
    answers: list[str | None] = []
    async with app.run_test() as pilot:
        await settle(pilot)
        dialog = Picker("which?", ["first", "second", "third"])
        app.push_screen(dialog, answers.append)
        await settle(pilot)
        listed = dialog.query_one(OptionList)
        clicked = OptionList.OptionSelected(listed, listed.options[1], 1)
        await press(pilot, *typed)
        dialog.post_message(clicked)
        await settle(pilot)
        assert (None, ["second"]) == (app.bug, answers)


async def test_a_click_on_a_suggestion_that_was_replaced_takes_nothing(store: str) -> None:
    """Others were found for what has been typed since; where it would go in the line is not known any more."""
    app = board_app(store)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", "o")
        typed = next(iter(app.screen.query(SuggestingInput)))
        listed = next(iter(typed.query(OptionList)))
        clicked = OptionList.OptionSelected(listed, listed.options[0], 0)
        await press(pilot, "w")
        typed.post_message(clicked)
        await settle(pilot)
        assert (None, "ow", True) == (app.bug, typed.line.value, typed.is_open)


async def test_what_was_just_taken_away_is_not_drawn_behind_a_dialog(store: str) -> None:
    """The screen there is laid out anew only a moment later: others may have taken away a stage of the board."""
    app = board_app(store)
    async with app.run_test(size=(120, 20)) as pilot:
        screen = await settle(pilot)
        dialog = Confirm("sure?", [])
        app.push_screen(dialog)
        await settle(pilot)
        bar = screen.lanes.columns[0].list.vertical_scrollbar
        screen.lanes.columns = []
        assert bar in screen._compositor.visible_widgets
        await screen.lanes.remove_children()
        assert (None, True) == (bar.parent, bar in screen._compositor.visible_widgets)
        screen._compositor.render_strips()
        await settle(pilot)
        assert app.bug is None


class _HalfMade(ChoiceLine):
    """Misses a part, because its form is taken away while it is made."""

    def on_mount(self) -> None:
        """Look for it."""
        self._pruning = True
        self.query_one("#gone")


async def test_a_choice_that_is_taken_away_half_made_is_gone_for_good(store: str) -> None:
    """Its form is closed in the moment in which it opens; Textual would keep it for ever."""
    app = board_app(store)
    async with app.run_test() as pilot:
        screen = await settle(pilot)
        half = _HalfMade([("a", "a")])
        await screen.mount(half)
        half.post_message(Prune())
        await asyncio.sleep(0.2)
        assert (None, False) == (app.bug, half in app._registry)
