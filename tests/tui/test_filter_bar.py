"""The filter bar: what it suggests, what it marks, and what it remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from crmcli.errors import FilterError, StoreLocked
from crmcli.tui.widgets.filter_bar import FilterBar
from tests.tui.dialogs import DialogApp, session_of, settle

if TYPE_CHECKING:
    from textual.pilot import Pilot

SIZES = [(80, 24), (120, 36)]


class BarApp(DialogApp):
    """A bar, and what it said."""

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """A filter was entered."""
        self.messages.append(event.text)

    def on_filter_bar_left(self) -> None:
        """It was left."""
        self.messages.append(None)


def bar_app(store: str, noun: str = "deal", text: str = "") -> tuple[BarApp, FilterBar]:
    """A bar over a store."""
    bar = FilterBar(text, noun=noun)
    return BarApp(session_of(store), widget=bar), bar


async def typed(pilot: Pilot[None], bar: FilterBar, text: str) -> list[str]:
    """Type, and see what is suggested."""
    bar.open()
    await pilot.press(*text)
    await settle(pilot)
    return [item.label for item in bar.line.items]


def wrong(bar: FilterBar) -> str | None:
    """What is marked, None when nothing is."""
    return str(bar.query_one("#filter-error", Static).content) if bar.has_class("-wrong") else None


@pytest.mark.parametrize(
    ("noun", "text", "labels"),
    [
        ("deal", "expe", ["expected_close"]),
        ("deal", "company = zu", ["Żubr Logistyka"]),
        ("deal", "company = 北", ["北京软件有限公司"]),
        ("deal", "stage = p", ["proposal"]),
        ("deal", "owner = m", ["maria", "me"]),
        ("deal", "source = f", ["fair"]),
        ("deal", "contact = jan", ["jane@acme.example"]),
        ("contact", "company.coun", ["company.country"]),
        ("activity", "type = me", ["meeting"]),
        ("deal", "expected_close < last 3", ["last 30d"]),
        ("deal", "nonsense", []),
    ],
)
async def test_fields_and_values_are_suggested(store: str, noun: str, text: str, labels: list[str]) -> None:
    """From the language and from the store."""
    app, bar = bar_app(store, noun)
    async with app.run_test(size=(80, 24)) as pilot:
        assert sorted(await typed(pilot, bar, text)) == labels


@pytest.mark.parametrize("size", SIZES)
async def test_a_filter_is_put_together_by_tab_alone(store: str, size: tuple[int, int]) -> None:
    """Each one taken is followed by what may come next; enter asks for the records."""
    app, bar = bar_app(store)
    async with app.run_test(size=size) as pilot:
        await typed(pilot, bar, "compa")
        await pilot.press("tab")
        await settle(pilot)
        assert [item.label for item in bar.line.items][:3] == ["=", "!=", "~="]
        await pilot.press("tab")
        await typed(pilot, bar, "zub")
        await pilot.press("tab")
        await settle(pilot)
        assert [item.label for item in bar.line.items] == ["Żubr Logistyka AND", "Żubr Logistyka OR"]
        await pilot.press("enter")
        await settle(pilot)
        assert app.messages == ["company = Żubr Logistyka"]


async def test_up_and_down_mark_and_enter_takes(store: str) -> None:
    """Escape closes the list and keeps what was typed; a second one takes the filter away."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, bar, "sta")
        await pilot.press("down", "down", "up", "enter")
        await settle(pilot)
        assert bar.line.value == "stage "
        await pilot.press("escape")
        assert not bar.line.is_open
        assert bar.line.value == "stage "
        await pilot.press("escape")
        await pilot.pause()
        assert (bar.line.value, app.messages) == ("", [""])


async def test_a_click_takes_a_suggestion(store: str) -> None:
    """The keys stay in the line."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, bar, "sta")
        drop_down = bar.line._list
        await pilot.click(offset=(drop_down.region.x + 3, drop_down.region.y + 2))
        await settle(pilot)
        assert bar.line.value == "stage_kind "
        assert app.focused is bar.query_one(Input)


async def test_closed_the_keys_go_on_to_what_is_filtered(store: str) -> None:
    """Tab and down leave the bar when no list is open."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("down", "tab"):
            bar.open()
            await pilot.press(key)
        await pilot.pause()
        assert app.messages == [None, None]


@pytest.mark.parametrize(
    ("text", "caret", "words"),
    [
        ("stge ", 7, "did you mean 'stage'"),
        ("value > 10k and stge ", 23, "did you mean 'stage'"),
        ("company = 北京 and x ", 26, "has no field 'x'"),
        ("type = zz", 14, "is not a choice"),
    ],
)
async def test_what_is_wrong_is_marked_while_typing(store: str, text: str, caret: int, words: str) -> None:
    """A caret under the very place, in cells; the list leaves it free."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, bar, text)
        mark = wrong(bar)
        assert mark is not None
        assert (mark.index("^"), words in mark) == (caret, True)
        line = bar.query_one("#filter-error")
        drop_down = bar.line._list
        assert not bar.line.is_open or drop_down.region.y >= line.region.bottom
        await pilot.press(*["backspace"] * len(text))
        await settle(pilot)
        assert wrong(bar) is None


@pytest.mark.parametrize(
    "text", ["st", "stage = ", "company.", "value between 1k and", "(stage = won", 'title = "half']
)
async def test_what_is_unfinished_is_not_marked(store: str, text: str) -> None:
    """Nobody is told off in the middle of a word."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, bar, text)
        assert wrong(bar) is None


async def test_refused_and_accepted(store: str) -> None:
    """What the store says stands below, what was typed stays; out of sight when there is none."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        bar.refuse(FilterError("no such thing", text="a = b", column=3))
        await pilot.pause()
        assert wrong(bar) == " " * 9 + "^ no such thing at column 3"
        bar.refuse(StoreLocked("locked [red]now[/red]"))
        await pilot.pause()
        assert wrong(bar) == "locked [red]now[/red]"
        bar.accept("stage = won")
        assert (bar.line.value, bar.has_class("-shown"), wrong(bar)) == ("stage = won", True, None)
        bar.accept("")
        assert not bar.has_class("-shown")


async def test_earlier_filters_come_back_with_up(store: str) -> None:
    """The latest first, each once, where nothing is typed."""
    app, bar = bar_app(store)
    async with app.run_test(size=(80, 24)) as pilot:
        for text in ("stage = won", "owner = me", "stage = won", ""):
            bar.accept(text)
        bar.open()
        seen = []
        for _ in range(3):
            await pilot.press("up")
            await pilot.pause()
            seen.append(bar.line.value)
        assert seen == ["stage = won", "owner = me", "owner = me"]
        await pilot.press("x", "up")
        await settle(pilot)
        assert bar.line.value == "owner = mex"


async def test_typing_never_waits_for_the_store(store: str) -> None:
    """While a question is out, every key is in the line at once, and only the last answer is shown."""
    import threading

    app, bar = bar_app(store)
    gate, asked = threading.Event(), []
    values = app.session.completing.values

    def slow(kind: str, text: str, limit: int = 8) -> object:
        asked.append(text)
        gate.wait(5)
        return values(kind, text, limit)

    app.session.completing.values = slow  # type: ignore[method-assign,assignment]
    async with app.run_test(size=(80, 24)) as pilot:
        bar.open()
        bar.line.line.insert_text_at_cursor("company = ")
        await pilot.press("z")
        await pilot.pause(0.2)
        await pilot.press("u", "b")
        assert bar.line.value == "company = zub"
        gate.set()
        await settle(pilot)
        assert [item.label for item in bar.line.items] == ["Żubr Logistyka"]
        assert asked[-1] == "zub"
