"""Keys typed faster than the screen follows: none is lost, none comes before another."""

from __future__ import annotations

import asyncio
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from textual.events import Key, Paste
from textual.widgets import Input

from crmcli.services.records import Query
from crmcli.tui import turns
from crmcli.tui.modals.help import Help
from crmcli.tui.modals.record_form import RecordForm
from crmcli.tui.pasting import LONGEST
from crmcli.tui.screens.record import RecordScreen
from tests.tui.boards import crm_app, press, settle

if TYPE_CHECKING:
    from crmcli.tui.app import CrmApp

BACK = "backspace"


def typed_at_once(app: CrmApp, *keys: str) -> None:
    """All of it in one go, as a slow line or a macro brings it."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


def focused_text(app: CrmApp) -> str:
    """What is in the line that has the keys."""
    assert isinstance(app.focused, Input)
    return app.focused.value


@pytest.mark.parametrize("opens", ["n", "f", "slash", "ctrl+k", "T", "t", "l", "a"])
async def test_what_is_typed_right_after_a_key_goes_where_the_key_led(store: str, opens: str) -> None:
    """Into the form, the filter or the search box, not to the table that had the keys before."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        typed_at_once(app, opens, *"WXa")
        await settle(pilot)
        assert "WXa" == focused_text(app)


@pytest.mark.parametrize("opens", ["T", "t"])
async def test_a_form_is_filled_in_and_stored_in_one_go(store: str, opens: str) -> None:
    """Stored is what stood there at enter; what is typed after it goes to the table."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        place = await settle(pilot)
        typed_at_once(app, opens, *"word1", "enter", "j", "j")
        await settle(pilot)
        tags = app.session.deals.get(str(place.rows.key_at(0))).tags
        assert "word1" in (tags if opens == "T" else [each.subject for each in app.session.activities.list(Query())])
        assert (place, 2) == (app.screen, place.rows.cursor)


async def test_what_is_typed_while_a_form_is_stored_waits_for_what_comes_after(store: str) -> None:
    """It is not put into the fields, which are on their way already."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        place = await settle(pilot)
        await press(pilot, "T", *"word1")
        held = Event()
        app.session.do = lambda action, do=app.session.do: (held.wait(30), do(action))[1]  # type: ignore[method-assign]
        app.post_message(Key("enter", None))
        typed_at_once(app, "j", "j")
        form = app.screen
        await asyncio.sleep(0.5)
        assert (form, "word1") == (app.screen, form.values()["tags"])
        held.set()
        await settle(pilot)
        assert (place, 2) == (app.screen, place.rows.cursor)


async def test_letters_and_keys_that_change_them_keep_their_order(store: str) -> None:
    """A letter is not put in before the backspace that was typed before it."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "n")
        typed_at_once(app, "a", "x", BACK, "b", "x", BACK, "c", "home", "d")
        await settle(pilot)
        assert "dabc" == focused_text(app)


async def test_a_field_is_opened_and_filled_in_one_go(store: str) -> None:
    """The record's page does not take the letters for its keys."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, RecordScreen)
        typed_at_once(app, "i", "ctrl+u", *"QQ")
        await settle(pilot)
        assert "QQ" == focused_text(app)


async def test_a_form_is_filled_in_faster_than_its_fields_come(store: str) -> None:
    """What is typed after tab goes into the next field, also while that is still on its way."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        typed_at_once(app, "n", *"Qi", "tab", *"q@x.example", "tab", "tab", *"Foo", "shift+tab", *"123")
        await settle(pilot)
        form = app.screen
        assert isinstance(form, RecordForm)
        typed = {name: text for name, text in form.values().items() if text}
        assert {"name": "Qi", "emails": "q@x.example", "phones": "123", "companies": "Foo"} == typed


async def test_a_form_closed_before_it_is_whole_keeps_no_key(store: str) -> None:
    """Nor does it keep those that waited for its fields."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = RecordForm(app.session, "contact", None)
        await app.push_screen(form)
        typed_at_once(app, "tab", "f", *"abc")
        form.dismiss()
        await settle(pilot)
        assert "abc" == focused_text(app)


async def test_keys_go_on_when_what_had_one_of_them_goes_away(store: str) -> None:
    """A dialog that is closed by a key takes no later key with it."""
    app = crm_app(store, start="contacts")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        typed_at_once(app, "question_mark", "escape", "n", "escape", "ctrl+k", "escape", "f", *"abc")
        await settle(pilot)
        assert "abc" == focused_text(app)


async def test_keys_that_nobody_calls_are_given_all_the_same(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they waited for is there, and whoever was to say so is gone without a word."""
    monkeypatch.setattr("crmcli.tui.app._READ_PATIENCE", 0.1)
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        place = await settle(pilot)
        place.takes = lambda _event: False  # type: ignore[method-assign]
        app._opened_at = monotonic() + 60
        typed_at_once(app, "j", "j")
        await asyncio.sleep(0.5)
        assert 0 == place.rows.cursor
        place.takes = lambda _event: True  # type: ignore[method-assign]
        await asyncio.sleep(3 * turns._PATIENCE)
        await settle(pilot)
        assert (False, 2) == (app._turns.has_waiting, place.rows.cursor)


async def test_keys_wait_for_one_that_takes_long(store: str) -> None:
    """While the table is busy with something else the first key waits there, and the later ones behind it."""
    app, is_done = crm_app(store, start="contacts"), asyncio.Event()

    async def busy() -> None:
        await asyncio.sleep(2 * turns._PATIENCE)
        is_done.set()

    async with app.run_test(size=(120, 36)) as pilot:
        shown = await settle(pilot)
        shown.rows.call_later(busy)
        typed_at_once(app, "n", *"jkq")
        await is_done.wait()
        await settle(pilot)
        assert "jkq" == focused_text(app)


@pytest.mark.parametrize("start", ["companies", "board", "today", "deals"])
async def test_motions_typed_before_anything_is_read_wait_for_it(store: str, start: str) -> None:
    """A cursor can't go down a list that is not there yet, so the keys wait for it."""
    app = crm_app(store, start=start)
    async with app.run_test(size=(120, 36)) as pilot:
        typed_at_once(app, "j")
        shown = await settle(pilot)
        first = shown.rows.cursor
        await press(pilot, "k")
        assert shown.rows.cursor < first


async def test_keys_of_a_screen_that_is_not_read_in_time_are_given_all_the_same(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way out is never barred for long."""
    from crmcli.tui.screens.today import TodayScreen

    monkeypatch.setattr(TodayScreen, "reload", lambda _self: None)
    app = crm_app(store, start="today")
    async with app.run_test(size=(120, 36)) as pilot:
        typed_at_once(app, "question_mark")
        await settle(pilot)
        assert app.screen is app.place
        for _ in range(600):
            if app.screen is not app.place:
                break
            await asyncio.sleep(0.05)
        assert isinstance(app.screen, Help)


async def test_a_motion_that_waits_its_turn_still_has_its_count(store: str) -> None:
    """On a busy machine the time of the digit is up before the key that it counts is looked at."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        shown = await settle(pilot)
        app.action_digit(2)
        app._turns._waiting.append(Key("j", "j"))
        assert app._count_rested() is None
        await app._turns.go_on()
        await settle(pilot)
        assert (app.place, shown.rows.cursor, bool(app.count)) == (shown, 2, False)


async def test_a_key_that_opened_a_dialog_is_not_done_with_before_the_dialog_is(store: str) -> None:
    """Not even when word of the one comes right behind word of the other: the next key would go to nobody."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(120, 36)) as pilot:
        shown = await settle(pilot)
        turns = app._turns
        turns._is_busy, turn = True, turns._turn
        turns._waiting.append(Key("j", "j"))
        app.dialog_came(app.dialog_due())
        await turns._over(turn)
        assert (1, 0) == (len(turns._waiting), shown.rows.cursor)
        await settle(pilot)
        assert (0, 1) == (len(turns._waiting), shown.rows.cursor)


async def test_a_digit_goes_nowhere_when_a_dialog_came_before_its_time(store: str) -> None:
    """As one that the mouse opened: the dialog stays, and the screen below it too."""
    app = crm_app(store, start="deals")
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("3")
        app.action_help()
        await settle(pilot)
        app.settle_count()
        await settle(pilot)
        assert isinstance(app.screen, Help)
        assert [screen.name for screen in app.screen_stack if screen.name] == ["deals"]


@pytest.mark.parametrize(
    ("key", "start"), [("ctrl+k", "deals"), ("slash", "deals"), ("f", "contacts"), ("n", "contacts")]
)
async def test_a_line_takes_of_a_very_long_paste_what_it_can(store: str, key: str, start: str) -> None:
    """And says so; drawn and looked for with every key, all of it would keep the keys waiting for minutes."""
    app = crm_app(store, start=start)
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, key)
        app.post_message(Paste("ab cd " * 200_000 + "\nsecond line"))
        await settle(pilot)
        assert focused_text(app) == ("ab cd " * LONGEST)[:LONGEST]
        assert [each.message for each in app._notifications] == [
            f"too long for a line: its first {LONGEST} characters were taken"
        ]
