"""The search box: everything in one line, over any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key

from crmcli.tui.modals.form import Form
from crmcli.tui.screens.search import SearchScreen
from tests.once import once
from tests.tui.boards import context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp


@pytest.fixture
@once
def peopled(store: str) -> str:
    """A store with some people in it."""
    context = context_of(store)
    for name, email in (
        ("Jane Doe", "jane@doe.example"), ("Joanna Acmeson", "jo@x.example"), ("Žaneta Łoś", "z@x.example"),
    ):  # fmt: skip
        context.contacts.add(context.contacts.draft({"name": name, "emails": [email], "title": "buyer"}))
    return store


@pytest.fixture
def over(peopled: str) -> CrmApp:
    """The program over it."""
    return crm_app(peopled, start="today")


@pytest.fixture
def fresh(tmp_path: Any) -> CrmApp:
    """The program over no store."""
    return crm_app(str(tmp_path / "none.db"), start="today")


def box(pilot: Pilot[None]) -> SearchScreen:
    """The open box."""
    screen = pilot.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def hits(pilot: Pilot[None]) -> list[tuple[str, str]]:
    """Kind and name of what was found, from the top."""
    return [(hit.kind, hit.name) for hit in box(pilot).hits.hits]


async def look_for(pilot: Pilot[None], text: str) -> None:
    """Open the box and type."""
    await settle(pilot)
    await press(pilot, "ctrl+k")
    await pilot.press(*("space" if c == " " else "greater_than_sign" if c == ">" else c for c in text))
    await settle(pilot)


async def test_names_that_begin_so_come_first_and_words_are_set_off(over: CrmApp) -> None:
    """A company called so stands before people of it, and those before deals that only mention it."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "acme")
        found = hits(pilot)
        assert set(found[:2]) == {("company", "Acme"), ("deal", "Acme pilot")}
        assert ("contact", "Joanna Acmeson") in found
        words = [piece.text for piece in box(pilot).hits.pieces(0, 80) if piece.tone == "word"]
        assert words == ["Acme"]


async def test_letters_without_their_accents_find(over: CrmApp) -> None:
    """What is typed plainly is found and set off as it is written."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "zan los")
        assert hits(pilot) == [("contact", "Žaneta Łoś")]
        assert [piece.text for piece in box(pilot).hits.pieces(0, 80) if piece.tone == "word"] == ["Žan", "Łoś"]


async def test_enter_goes_there_and_it_is_recent_then(over: CrmApp, store: str) -> None:
    """The next time the box is opened it stands at the top."""
    uid = context_of(store).contacts.get("Jane Doe").id
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "jane d")
        await press(pilot, "enter")
        assert (place(pilot).name, over.trail.here.ref) == ("record", f"contact:{uid}")
        await press(pilot, "left_square_bracket", "ctrl+k")
        assert hits(pilot)[:2] == [("heading", "recently seen"), ("contact", "Jane Doe")]
        await press(pilot, "enter")
        assert over.trail.here.ref == f"contact:{uid}"


async def test_down_and_up_move_the_cursor(over: CrmApp) -> None:
    """Never onto a heading."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "acme")
        first = box(pilot).hits.hit
        await press(pilot, "down")
        second = box(pilot).hits.hit
        assert second is not None
        assert second != first
        await press(pilot, "up", "pagedown", "pageup")
        assert box(pilot).hits.hit == first


@pytest.mark.parametrize("keys", [["tab"], ["right"]])
async def test_a_verb_on_what_was_found_without_going_there(over: CrmApp, store: str, keys: list[str]) -> None:
    """Tab lists what can be done; the form is about that record, and the screen below stays."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "jane d")
        await press(pilot, *keys)
        assert {name for _, name in hits(pilot)} >= {"log", "task", "tag", "change"}
        await press(pilot, *"ta", "down", "enter", *"vip", "ctrl+s")
        assert context_of(store).contacts.get("Jane Doe").tags == ("vip",)
        assert place(pilot).name == "today"


@pytest.mark.parametrize("verb", ["stage", "win", "lose"])
async def test_a_deal_has_its_own_verbs(over: CrmApp, store: str, verb: str) -> None:
    """Moving it is one of them."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "fleet tr")
        await press(pilot, "tab", *verb, "enter")
        if verb != "win":
            assert isinstance(over.screen, Form)
            await press(pilot, "escape")
        else:
            assert context_of(store).deals.get("Fleet tracking").stage_kind == "won"


@pytest.mark.parametrize("key", ["escape", "left", "shift+tab"])
async def test_back_from_the_verbs_to_what_was_found(over: CrmApp, key: str) -> None:
    """With what was typed before."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "acme")
        before = hits(pilot)
        await press(pilot, "tab", key)
        assert box(pilot).box.value == "acme"
        assert hits(pilot) == before


async def test_ctrl_o_opens_outside(over: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as o on the record."""
    from crmcli.tui import outside

    opened: list[str] = []
    monkeypatch.setattr(outside, "go_outside", lambda _place, ways: opened.extend(way.address for way in ways))
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "jane d")
        await press(pilot, "ctrl+o")
        assert opened == ["mailto:jane@doe.example"]


async def test_screens_and_reports_are_found(over: CrmApp) -> None:
    """And gone to."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "histo")
        await press(pilot, "enter")
        assert place(pilot).name == "history"
        await look_for(pilot, "stale")
        assert ("report", "stale") in hits(pilot)
        await press(pilot, "enter")
        assert place(pilot).name == "reports"


async def test_commands_after_the_sign(over: CrmApp) -> None:
    """Those of the screen below, with their keys."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, ">dark")
        assert hits(pilot) == [("command", "dark/light")]
        await press(pilot, "enter")
        assert over.theme == "crm-light"


async def test_what_nobody_is_called_can_be_made(over: CrmApp, store: str) -> None:
    """A contact, a company or a deal of that name."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "zed zebra")
        assert [kind for kind, _ in hits(pilot)] == ["heading", "new", "new", "new"]
        await press(pilot, "enter", "ctrl+s")
        assert context_of(store).contacts.get("zed zebra").name == "zed zebra"


async def test_an_address_becomes_a_contact_with_it(over: CrmApp, store: str) -> None:
    """Not a contact of that name."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "new@who.example")
        await press(pilot, "enter", "ctrl+s")
        assert context_of(store).contacts.get("new@who.example").name == "new"


async def test_no_key_is_lost_that_was_typed_before_the_box_was_there(over: CrmApp, store: str) -> None:
    """Keys in one burst: all of them arrive, and enter waits for the answer to them."""
    uid = context_of(store).contacts.get("Jane Doe").id
    async with over.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        over.post_message(Key("ctrl+k", None))
        for letter in "jane doe":
            over.post_message(Key("space" if letter == " " else letter, letter))
        over.post_message(Key("enter", "\r"))
        await settle(pilot)
        await settle(pilot)
        assert over.trail.here.ref == f"contact:{uid}"


async def test_a_letter_is_never_a_key_of_the_screen_below(over: CrmApp) -> None:
    """q and the digits are typed."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "q2ux")
        assert box(pilot).box.value == "q2ux"
        assert place(pilot).name == "today"


async def test_esc_closes_and_leaves_everything_as_it_was(over: CrmApp) -> None:
    """Nothing is remembered."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "acme")
        await press(pilot, "escape")
        assert over.screen is place(pilot)


async def test_one_click_goes_there(over: CrmApp) -> None:
    """On the line of a hit."""
    async with over.run_test(size=(120, 36)) as pilot:
        await look_for(pilot, "jane d")
        await pilot.click("#hits", offset=(10, 0))
        await settle(pilot)
        assert place(pilot).name == "record"


async def test_over_no_store_there_is_nothing_and_something_can_be_made(fresh: CrmApp) -> None:
    """An empty box says what to do."""
    async with fresh.run_test(size=(80, 24)) as pilot:
        await look_for(pilot, "")
        assert hits(pilot) == []
        assert box(pilot).hits.nothing == "type to find anything"
        await press(pilot, *"someone")
        assert [kind for kind, _ in hits(pilot)] == ["heading", "new", "new", "new"]
        await press(pilot, *["backspace"] * 7, "?", "!")
        assert hits(pilot)[0][0] == "heading"


async def test_a_store_that_cant_be_read_is_told_in_the_list(over: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens are found all the same."""
    from crmcli.errors import StoreError

    def broken(*_: object, **__: object) -> None:
        raise StoreError("the disk is gone")

    async with over.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        monkeypatch.setattr(over.session.search, "quick", broken)
        await look_for(pilot, "zzz")
        assert box(pilot).hits.nothing == "✗ the disk is gone"
        await press(pilot, *["backspace"] * 3, *"boar")
        assert hits(pilot) == [("screen", "Board")]


async def test_looks(over: CrmApp, differing: Any) -> None:
    """Hits of several kinds."""

    async def look(pilot: Pilot[None]) -> None:
        await look_for(pilot, "acme")
        box(pilot).box.cursor_blink = False
        await settle(pilot)

    assert not await differing(over, look)


@pytest.mark.parametrize("keys", [["tab"], [*"zzz"], []], ids=["verbs", "none", "recent"])
async def test_looks_otherwise(over: CrmApp, differing: Any, keys: list[str]) -> None:
    """What can be done, nothing found, and the box as it opens."""

    async def look(pilot: Pilot[None]) -> None:
        await look_for(pilot, "jane d" if keys == ["tab"] else "")
        await press(pilot, *keys)
        box(pilot).box.cursor_blink = False
        await settle(pilot)

    assert not await differing(over, look)
