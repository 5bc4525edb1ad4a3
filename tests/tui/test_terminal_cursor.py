"""The terminal's own cursor, which screen readers and magnifiers follow."""

from __future__ import annotations

import pytest

from tests.tui.boards import board_app, press, settle


@pytest.mark.parametrize("made", ["contacts", "history", "record"])
async def test_it_stays_on_the_card_when_another_screen_is_made_ahead(store: str, made: str) -> None:
    """The fields of a screen that nobody sees yet do not take it away."""
    app = board_app(store)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        before = app.cursor_position
        app.make_ahead(made)
        await settle(pilot)
        assert (True, before) == (before.y > 1, app.cursor_position)
