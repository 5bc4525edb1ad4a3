"""Pictures of the board, compared with those that were looked at and found good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import StoreUnreachable
from crmcli.services.pipelines import StageDraft
from tests.tui.boards import board_app, context_of, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


SIZES = {"80x24": (80, 24), "120x36": (120, 36), "200x60": (200, 60)}
SCENES = {
    "board": (),
    "compact": ("D",),
    "detail": ("enter",),
    "marked": ("space", "w", "space"),
    "swimlanes": ("S", "w", "w", "minus"),
    "lost": ("w", "w", "w", "w", "L"),
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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_it_looks_as_it_should(store: str, snap_compare: Callable[..., bool], scene: str, size: str) -> None:
    """Board, pane, marks, swimlanes, question, in all sizes."""
    context_of(store).pipelines.edit_stage(None, "lead", StageDraft(wip_limit=2))
    assert snap_compare(board_app(store), terminal_size=SIZES[size], run_before=play(*SCENES[scene]))


@pytest.mark.parametrize("theme", ["crm-light", "ansi-dark"])
def test_it_looks_as_it_should_in_other_colours(store: str, snap_compare: Callable[..., bool], theme: str) -> None:
    """Light, and the terminal's own sixteen, as over ssh."""
    app = board_app(store, theme=theme)
    assert snap_compare(app, terminal_size=SIZES["120x36"], run_before=play("space", "w", "space"))


def test_plain(store: str, snap_compare: Callable[..., bool]) -> None:
    """One stage at a time, in words, without frames, for a screen reader."""
    app = board_app(store, theme=None, plain=True)
    assert snap_compare(app, terminal_size=(80, 24), run_before=play("space"))


@pytest.mark.parametrize("size", SIZES)
def test_an_empty_store_looks_inviting(tmp_path: Path, snap_compare: Callable[..., bool], size: str) -> None:
    """It says what to press."""
    assert snap_compare(board_app(str(tmp_path / "none.db")), terminal_size=SIZES[size], run_before=play())


@pytest.mark.parametrize("size", SIZES)
def test_a_store_that_can_not_be_read(
    store: str, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    """It says why, and what would help."""
    app = board_app(store)

    def gone(*_given: object) -> None:
        raise StoreUnreachable("can't reach the store", hint="crm config get store")

    monkeypatch.setattr(app.session.board, "picture", gone)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=play())


def test_a_refusal_and_a_wrong_filter(store: str, snap_compare: Callable[..., bool]) -> None:
    """The caret stands under the column."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press("slash", *"valeu > 10k", "enter")
        await settle(pilot)

    assert snap_compare(board_app(store), terminal_size=(100, 24), run_before=act)


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
