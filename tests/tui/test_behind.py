"""What is seen behind a dialog: the screen there, dimmed, in the size that the terminal has."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from rich.segment import Segment
from textual.renderables.background_screen import BackgroundScreen
from textual.visual import RenderOptions

from crmcli.tui.widgets.behind import Behind
from tests.tui.boards import context_of, crm_app, press, settle

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

SIZES = ((80, 24), (120, 36), (200, 60))


def picture(app: CrmApp) -> str:
    """The screen as SVG, without the number that is another one each time."""
    return re.sub(r"terminal-\d+", "terminal", app.export_screenshot(simplify=True))


async def still(pilot: Pilot[None], app: CrmApp) -> str:
    """The picture once it does not change any more: what is behind a dialog is drawn a moment after the dialog."""
    last = ""
    await settle(pilot)
    while (now := picture(app)) != last:
        last = now
        await asyncio.sleep(0.4)
        await settle(pilot)
    return last


@pytest.mark.parametrize("theme", ["crm-dark", "crm-light", "ansi-dark"])
async def test_it_looks_as_textual_draws_it(people_store: Path, theme: str) -> None:
    """Text and colours of each cell."""
    app = crm_app(str(people_store), start="contacts", theme=theme)
    async with app.run_test(size=SIZES[1]) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        dialog, behind = app.screen, app.screen_stack[-2]
        veil, base = dialog.styles.background, dialog.visual_style.rich_style
        drawn = Behind(behind, veil).render_strips(120, 36, dialog.visual_style, RenderOptions(None, None))  # type: ignore[arg-type]
        options = app.console_options.update(width=120)
        theirs = app.console.render_lines(BackgroundScreen(behind, veil), options, pad=False)
        assert len(drawn) == 36
        for line, their in zip(drawn, theirs, strict=False):
            wanted = [Segment(text, base + style) for text, style, _ in their if style is not None and text]
            assert list(Segment.simplify(line)) == list(Segment.simplify(wanted))


@pytest.mark.parametrize(("before", "after"), [(SIZES[0], SIZES[2]), (SIZES[2], SIZES[0])])
@pytest.mark.parametrize("start", ["contacts", "board"])
async def test_it_follows_the_size_of_the_terminal(
    people_store: Path, start: str, before: tuple[int, int], after: tuple[int, int]
) -> None:
    """As if the dialog had been opened in that size."""
    pictures = []
    for first, second in ((before, after), (after, after)):
        app = crm_app(str(people_store), start=start)
        async with app.run_test(size=first) as pilot:
            await settle(pilot)
            await press(pilot, "question_mark")
            await pilot.resize_terminal(*second)
            pictures.append(await still(pilot, app))
    assert pictures[0] == pictures[1]


async def test_no_colour_is_no_shade_of_grey_either(people_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing is said to be plain."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = crm_app(str(people_store), start="contacts", theme=None)
    async with app.run_test(size=SIZES[1]) as pilot:
        await settle(pilot)
        strips = app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
        named = {colour.name for style in styles for colour in (style.color, style.bgcolor) if colour is not None}
        assert {"default"} == named


@pytest.mark.parametrize(
    ("start", "key"), [("contacts", "n"), ("board", "question_mark"), ("reports", "question_mark")]
)
async def test_what_others_change_is_seen_behind_a_dialog_too(people_store: Path, start: str, key: str) -> None:
    """The dialog keeps the keys."""
    app = crm_app(str(people_store), start=start)
    async with app.run_test(size=SIZES[1]) as pilot:
        await settle(pilot)
        await press(pilot, key)
        dialog, before = app.screen, await still(pilot, app)
        other = context_of(str(people_store))
        other.deals.add(other.deals.draft({"title": "Behind", "value": "987654 EUR"}))
        other.contacts.add(other.contacts.draft({"name": "Aaa Behind"}))
        for _ in range(20):
            if (await still(pilot, app)) != before:
                break
        assert (dialog, True, False) == (app.screen, picture(app) != before, app.place.is_stale)
