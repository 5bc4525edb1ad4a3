"""Pictures of the board, compared with those that were looked at and found good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.services.pipelines import StageDraft
from tests.tui.boards import board_app, context_of, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


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


@pytest.mark.parametrize("scene", SCENES)
async def test_it_looks_as_it_should(store: str, differing: Callable[..., Any], scene: str) -> None:
    """Board, pane, marks, swimlanes, question, in all sizes."""
    context_of(store).pipelines.edit_stage(None, "lead", StageDraft(wip_limit=2))
    assert not await differing(board_app(store), play(*SCENES[scene]))


@pytest.mark.parametrize("theme", ["crm-light", "ansi-dark"])
async def test_it_looks_as_it_should_in_other_colours(store: str, differing: Callable[..., Any], theme: str) -> None:
    """Light, and the terminal's own sixteen, as over ssh."""
    assert not await differing(board_app(store, theme=theme), play("space", "w", "space"), ["120x36"])


async def test_a_refusal_and_a_wrong_filter(store: str, differing: Callable[..., Any]) -> None:
    """The caret stands under the column."""
    assert not await differing(board_app(store), play("slash", *"valeu > 10k", "enter"))


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
