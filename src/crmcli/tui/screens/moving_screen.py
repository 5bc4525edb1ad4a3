"""A screen with a list in which a cursor moves, and the keys that move it."""

from __future__ import annotations

from crmcli.tui.screens.reading_screen import ReadingScreen
from crmcli.tui.widgets.cursor_list import CursorList


class MovingScreen(ReadingScreen):
    """Moves the cursor of its list, and marks rows; what was counted before a key counts."""

    @property
    def rows(self) -> CursorList | None:
        """The list that the keys move in."""
        return next(iter(self.query(CursorList)), None)

    def action_go_down(self, step: int) -> None:
        """Some rows down, or up."""
        if self.rows is not None:
            self.rows.go_by(step * self.app.count.take())

    def action_go_page(self, step: int) -> None:
        """A page down, or up."""
        if self.rows is not None:
            self.rows.go_by(step * self.rows.page * self.app.count.take())

    def action_go_first(self) -> None:
        """To the first row."""
        if self.rows is not None:
            self.rows.go_to(0)

    def action_go_last(self) -> None:
        """To the last row, or to the one of the number typed before."""
        if self.rows is not None:
            self.rows.go_to(self.app.count.take() - 1 if self.app.count else self.rows.count - 1)

    def action_mark(self) -> None:
        """Mark the row at the cursor, and as many more as were counted."""
        if self.rows is not None:
            self.rows.mark(self.app.count.take())

    def action_mark_range(self) -> None:
        """Mark from the last mark to here."""
        if self.rows is not None:
            self.rows.mark_range()

    def action_mark_all(self) -> None:
        """Mark all, or none."""
        if self.rows is not None:
            self.rows.mark_all()

    async def on_cursor_list_opened(self) -> None:
        """A double click opens."""
        await self.run_action("open")
