"""Pictures of the board, compared with those that were looked at and found good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.boards import board_app, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


SIZES = {"80x24": (80, 24), "140x40": (140, 40)}
THEMES = {"dark": "crm-dark", "light": "crm-light"}
SCENES = {
    "board": (),
    "detail": ("enter",),
    "new": ("n",),
    "lost": ("w", "w", "w", "w", "L"),
    "help": ("question_mark",),
}


def play(*keys: str) -> Callable[[Pilot[None]], object]:
    """Presses keys and waits for all that follows."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        pilot.app.clear_notifications()
        await pilot.pause()

    return act


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks in a picture."""
    from textual.widgets import Input

    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_it_looks_as_it_should(
    store: str, snap_compare: Callable[..., bool], scene: str, size: str, theme: str
) -> None:
    """Board, pane, form, question and help, in both sizes, dark and light."""
    app = board_app(store, theme=THEMES[theme])
    assert snap_compare(app, terminal_size=SIZES[size], run_before=play(*SCENES[scene]))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_an_empty_store_looks_inviting(
    tmp_path: Path, snap_compare: Callable[..., bool], size: str, theme: str
) -> None:
    """It says what to press."""
    app = board_app(str(tmp_path / "none.db"), theme=THEMES[theme])
    assert snap_compare(app, terminal_size=SIZES[size], run_before=play())


def test_a_refusal_and_a_wrong_filter(store: str, snap_compare: Callable[..., bool]) -> None:
    """The caret stands under the column."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press("slash", *"valeu > 10k", "enter")
        await settle(pilot)

    assert snap_compare(board_app(store), terminal_size=(100, 24), run_before=act)


def test_sixteen_colours(store: str, snap_compare: Callable[..., bool]) -> None:
    """The terminal's own palette, as over ssh."""
    assert snap_compare(board_app(store, theme="ansi-dark"), terminal_size=(140, 24), run_before=play())


@pytest.mark.parametrize(
    ("color_system", "expected"),
    [("truecolor", "crm-dark"), ("256", "crm-dark"), ("standard", "ansi-dark"), (None, "ansi-dark")],
)
def test_the_theme_fits_the_terminal(color_system: str | None, expected: str) -> None:
    """Our colours where there are enough of them."""
    from crmcli.tui.themes import theme_for

    assert theme_for(color_system) == expected


@pytest.mark.parametrize(
    ("name", "dark", "expected"),
    [
        ("crm-dark", True, "crm-light"),
        ("crm-light", False, "crm-dark"),
        ("ansi-dark", True, "ansi-light"),
        ("ansi-light", False, "ansi-dark"),
        ("nord", True, "crm-light"),
    ],
)
def test_dark_and_light_are_a_pair(name: str, dark: bool, expected: str) -> None:
    """Sixteen colours stay sixteen colours."""
    from crmcli.tui.themes import opposite

    assert opposite(name, dark=dark) == expected
