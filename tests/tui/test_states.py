"""Pictures of every screen in the states that all of them share: empty, unread, being read, with odd names, in plain words."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from crmcli.errors import StoreUnreachable
from tests.tui.boards import context_of, crm_app
from tests.tui.rest import at_rest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.context import AppContext
    from crmcli.tui.app import CrmApp

SCREENS = (
    "today", "board", "contacts", "companies", "deals", "activity", "campaigns", "reports", "history", "record", "search",
)  # fmt: skip
STATES = ("empty", "unread", "reading", "odd", "plain")
KEYS = {  # pressed once the screen is there, unless the state has its own
    "search": ("ctrl+k", "v", "i", "p"),
    "odd reports": ("l", "l", "l", "b", *"source", "enter"),
    "odd deals": ("down",),
    "odd activity": ("down",),
    "plain today": ("down",),
    "plain board": ("down", "space"),
    "plain contacts": ("down", "space"),
    "plain search": ("ctrl+k", "j", "a", "n", "e"),
    "empty search": ("ctrl+k",),
}
ODD = (
    "👩‍👩‍👧 Familie Ünal-O’Neill",
    "أمينة بنت عبد الرحمن الحداد",
    "יעל כהן־לוי",
    "张伟明 北京软件有限公司销售部",
    "Zalgo H̶̢e̵͎l̷̰l̶̲o̴",
    "नागार्जुन श्रीवास्तव",
    "[bold red]Markup[/]",
    "Ｆｕｌｌｗｉｄｔｈ　Ｎａｍｅ",
    "x" * 120,
)


class Stores(NamedTuple):
    """What the states are shown on."""

    people: Path
    odd: Path
    bare: Path  # one person of whom only the name is known, for the page of a record
    none: Path


@pytest.fixture(scope="session")
def kept_stores(people_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """The stores, made once, at the same moment for every run."""
    folder = tmp_path_factory.mktemp("states")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("CRM_NOW", "2026-11-21T12:00:00Z"), ("TZ", "UTC"), ("LOGNAME", "maria")):
            patch.setenv(name, value)
        patch.setenv("HOME", str(folder))
        fill_oddly(context_of(str(folder / "odd.db")))
        bare = context_of(str(folder / "bare.db"))
        bare.contacts.add(bare.contacts.draft({"name": "Jane Doe"}))
    return Stores(people_store, folder / "odd.db", folder / "bare.db", folder / "none.db")


def fill_oddly(context: AppContext) -> None:
    """Names of all scripts, wherever a name can be."""
    for number, name in enumerate(ODD):
        contact = context.contacts.add(context.contacts.draft({"name": name, "companies": [name], "tags": ["vip"]}))
        raw: dict[str, Any] = {
            "title": name,
            "value": str(100 + number),
            "company": name,
            "source": name,
            "owner": "maria",
        }
        deal = context.deals.add(context.deals.draft(raw))
        task = {"type": "task", "subject": name, "due": "2026-11-19", "contacts": (contact.id,), "deal": deal.id}
        context.activities.add(context.activities.draft(task))
        context.activities.log(
            {"type": "call", "body": f"{name}, at length", "contacts": (contact.id,), "at": "2026-11-20 10:00"}
        )
        if number % 2:
            context.deals.win(deal.id)


@pytest.fixture
def stores(kept_stores: Stores, tmp_path: Path) -> Stores:
    """Copies of them, to be changed."""
    copies = {name: tmp_path / path.name for name, path in kept_stores._asdict().items()}
    for name, path in kept_stores._asdict().items():
        if path.exists():
            shutil.copy(path, copies[name])
    return Stores(**copies)


def store_for(state: str, screen: str, stores: Stores) -> str:
    """The store that the screen is shown on."""
    if state == "empty":
        return str(stores.bare if screen == "record" else stores.none)
    return str(stores.odd if state == "odd" else stores.people)


def act_in(state: str, screen: str, store: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """What is done until the screen is there in that state."""
    keys = KEYS.get(f"{state} {screen}", KEYS.get(screen, ()))

    async def act(pilot: Pilot[None]) -> None:
        app: Any = pilot.app
        is_reading = state == "reading"
        if screen == "record":
            await at_rest(app)
            name = {"odd": ODD[0], "empty": "Jane Doe"}.get(state, "zoe@initech.example")
            app.open_record("contact", context_of(store).contacts.find(name).uid)
        elif screen == "search":
            await at_rest(app)
            trouble(app, state)
        await at_rest(app, is_reading=is_reading)
        for key in keys:
            await pilot.press(key)
            await at_rest(app, is_reading=is_reading)

    return act


def trouble(app: CrmApp, state: str) -> None:
    """The store is gone, or takes its time."""

    async def gone(_question: object) -> None:
        raise StoreUnreachable("can't reach the store", hint="crm config get store")

    async def never(_question: object) -> None:
        await asyncio.Event().wait()

    if state in ("unread", "reading"):
        app.session.asking.ask = gone if state == "unread" else never  # type: ignore[assignment]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("state", STATES)
async def test_each_screen_in_each_state(
    stores: Stores, differing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, state: str, screen: str
) -> None:
    """Stacked, in full and with panes: it says what it is, and what to do now."""
    store, is_plain = store_for(state, screen, stores), state == "plain"
    if is_plain:
        monkeypatch.setenv("NO_COLOR", "1")
    app = crm_app(
        store, start="today" if screen == "search" else screen, plain=is_plain, theme=None if is_plain else "crm-dark"
    )
    if screen != "search":
        trouble(app, state)
    assert not await differing(app, act_in(state, screen, store), is_reading=state == "reading")
