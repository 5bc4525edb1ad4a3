"""A screen with a pane beside its list that follows the cursor once it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.tui.screens.place import Place
from crmcli.tui.widgets.aside import Aside

if TYPE_CHECKING:
    from textual.events import Resize
    from textual.timer import Timer

    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList

_REST = 0.08  # seconds without a move of the cursor, before the pane follows it


class AsideFollowing(Place):
    """Says in ``show_aside`` what the pane shows."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self._resting: Timer | None = None

    async def show_aside(self) -> None:
        """Show the record at the cursor."""
        raise NotImplementedError

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The pane follows the cursor once it rests."""
        event.stop()
        self._follow()

    def on_resize(self, _event: Resize) -> None:
        """The pane may be seen now."""
        self._follow()

    def _follow(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self.show_aside)

    def action_scroll_aside(self, lines: int) -> None:
        """Some lines down the pane, or up."""
        self.query_one(Aside).scroll_relative(y=lines * self.app.count.take(), animate=False)
