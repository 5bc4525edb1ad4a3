"""What was made quick: it looks and works as what it stands for."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest
from rich.segment import Segment
from textual._compositor import Compositor as TextualCompositor
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.widgets import Static

from crmcli.tui import warming
from crmcli.tui.warming import Warming
from crmcli.tui.widgets.line_bar import LineBar
from tests.tui.boards import crm_app, press, settle
from tests.tui.tables import table

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.tui.app import CrmApp

SIZE = (100, 24)


@pytest.mark.parametrize("theme", ["crm-dark", "ansi-dark"])
async def test_a_bar_looks_as_textuals_own(people_store: Path, theme: str) -> None:
    """Wherever the rows are, whole and in part."""
    app = crm_app(str(people_store), start="contacts", theme=theme)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in ("g", "pagedown", "pagedown", "G"):
            await press(pilot, key)
            bar = table(pilot).vertical_scrollbar
            assert isinstance(bar, LineBar)
            for crop in (bar.size.region, Region(0, 3, 1, 5)):
                bar._styles_cache.clear()
                bar._render_content()
                theirs = [list(Segment.simplify(strip)) for strip in ScrollBar.render_lines(bar, crop)]
                assert [list(Segment.simplify(strip)) for strip in bar.render_lines(crop)] == theirs


async def test_a_layout_works_out_once_where_widgets_lie(people_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when some of them are new."""
    arranged: list[bool] = []
    laid: list[object] = []
    arrange, reflow = TextualCompositor._arrange_root, TextualCompositor.reflow

    def counted(compositor: TextualCompositor, *where: object, visible_only: bool = True) -> object:
        arranged.append(visible_only)
        return arrange(compositor, *where, visible_only=visible_only)  # type: ignore[arg-type]

    def reflowed(compositor: TextualCompositor, *where: object) -> object:
        laid.append(where)
        return reflow(compositor, *where)  # type: ignore[arg-type]

    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        monkeypatch.setattr(TextualCompositor, "_arrange_root", counted)
        monkeypatch.setattr(TextualCompositor, "reflow", reflowed)
        await app.screen.mount(new := Static("here"))
        await settle(pilot)
        assert new.region.width == SIZE[0]
        assert arranged == [False] * len(laid)


async def test_memory_is_not_gone_through_in_the_middle_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is once the hands rest, when very much was made meanwhile, and when the program ends."""
    app: CrmApp = None  # type: ignore[assignment]  # not asked for anything here
    hands = Warming(app)
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    hands.pressed()
    assert (gc.isenabled(), collected) == (False, [])
    assert hands._resting is not None
    assert hands._resting._callback is gc.enable  # type: ignore[attr-defined]
    monkeypatch.setattr(warming, "_MOST_MADE", -1)
    hands.pressed()
    assert collected == [0]
    hands.let_go()
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("rested", "looked", "is_tidied"),
    [(0.5, 99, False), (5.0, 3, False), (5.0, 12, True), (30.0, 1, True), (30.0, 0, False)],
)
def test_memory_is_tidied_in_a_pause(
    monkeypatch: pytest.MonkeyPatch, rested: float, looked: int, *, is_tidied: bool
) -> None:
    """In a short one when there is much to give back, in a long one when there is anything."""
    hands = Warming(None)  # type: ignore[arg-type]  # not asked for anything here
    collected: list[bool] = []
    hands._pressed_at = warming.monotonic() - rested
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, looked))
    monkeypatch.setattr(gc, "collect", lambda: collected.append(True))
    hands._tidy()
    assert [True] * is_tidied == collected


async def test_what_a_closed_form_had_drawn_is_forgotten(people_store: Path) -> None:
    """Textual itself would keep it, and the form's texts, to the end of the program."""
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "n", "escape")
        watching = [widget for each in getattr(app, "__watchers").values() for widget, _ in each]
        assert any(widget._closing for widget in watching)
        warming._forget_closed(app)
        assert 0 == StylesCache.get_inner_outer.cache_info().currsize
        left = [widget for each in getattr(app, "__watchers").values() for widget, _ in each]
        assert [widget for widget in watching if not widget._closing] == left


async def test_threads_that_work_something_out_let_the_one_that_draws_go_on_soon(people_store: Path) -> None:
    """As long as the program runs."""
    usual = sys.getswitchinterval()
    app = crm_app(str(people_store), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert usual / 5 >= sys.getswitchinterval()
    assert usual == sys.getswitchinterval()
