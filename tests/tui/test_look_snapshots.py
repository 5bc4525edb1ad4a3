"""Pictures of the states that all screens share: nothing there yet, no store to read, something asked, odd names, plain."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import StoreUnreachable
from tests.tui.boards import context_of, crm_app
from tests.tui.test_board_snapshots import SIZES, play

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ASKED = {
    "form": ("contacts", ("n",)),
    "wrong": ("contacts", ("n", "tab", "x", "@", "ctrl+s")),
    "log": ("deals", ("l",)),
    "help": ("contacts", ("question_mark",)),
    "palette": ("deals", ("ctrl+p",)),
    "suggestions": ("contacts", ("slash", "o", "w")),
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


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks in a picture."""
    from textual.widgets import Input

    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)


@pytest.fixture
def people(people_store: Path, tmp_path: Path) -> str:
    """A copy of the store with people."""
    return str(shutil.copy(people_store, tmp_path / "people.db"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ASKED)
def test_what_is_asked(people: str, snap_compare: Callable[..., bool], state: str, size: str) -> None:
    """Forms, help, palette and suggestions stand over their screen in all sizes."""
    screen, keys = ASKED[state]
    assert snap_compare(crm_app(people, start=screen), terminal_size=SIZES[size], run_before=play(*keys))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", ["companies", "deals"])
def test_other_tables(people: str, snap_compare: Callable[..., bool], screen: str, size: str) -> None:
    """Companies and deals, one of them marked."""
    assert snap_compare(crm_app(people, start=screen), terminal_size=SIZES[size], run_before=play("space"))


@pytest.mark.parametrize(
    ("screen", "size"),
    # The tallest page of a record has room for its id, which is another one each time.
    [
        (screen, size)
        for screen in ("contacts", "board", "record")
        for size in SIZES
        if (screen, size) != ("record", "200x60")
    ],
)
def test_odd_names(tmp_path: Path, snap_compare: Callable[..., bool], screen: str, size: str) -> None:
    """Names of all scripts leave every column where it is."""
    context = context_of(str(tmp_path / "odd.db"))
    for number, name in enumerate(ODD):
        context.contacts.add(context.contacts.draft({"name": name, "companies": [name], "tags": ["vip"]}))
        context.deals.add(context.deals.draft({"title": name, "value": str(100 + number), "company": name}))
    start, keys = ("contacts", ("enter",)) if screen == "record" else (screen, ("down",))
    app = crm_app(str(tmp_path / "odd.db"), start=start)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=play(*keys))


@pytest.mark.parametrize("screen", ["contacts", "deals", "activity", "campaigns", "reports", "history"])
def test_nothing_there_yet(tmp_path: Path, snap_compare: Callable[..., bool], screen: str) -> None:
    """Each says what to do first."""
    app = crm_app(str(tmp_path / "new.db"), start=screen)
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=play())


@pytest.mark.parametrize(
    "screen", ["today", "contacts", "companies", "deals", "activity", "campaigns", "reports", "history"]
)
def test_a_store_that_can_not_be_read(
    people: str, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    """It says why, and what would help; behind it the screen says so too."""
    app = crm_app(people, start=screen)

    async def gone(_question: object) -> None:
        raise StoreUnreachable("can't reach the store", hint="crm config get store")

    monkeypatch.setattr(app.session.asking, "ask", gone)
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=play())


@pytest.mark.parametrize("screen", ["today", "contacts", "activity", "reports"])
def test_plain(people: str, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, screen: str) -> None:
    """In words, for a screen reader."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = crm_app(people, start=screen, theme=None, plain=True)
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=play("down"))
