"""The pane beside the board that shows the deal at the cursor in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crmcli.tui.widgets.picture import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.events import Resize

    from crmcli.domain.views import DealPicture
    from crmcli.render.locale import Locale


class DetailPane(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Fields, stages and timeline of one deal; while it has the focus, the keys of the cursor scroll it."""

    def __init__(self, locale: Locale, now: Callable[[], datetime], *, plain: bool = False) -> None:
        super().__init__(id="detail")
        self._plain = plain
        self._locale = locale
        self._now = now
        self.picture: DealPicture | None = None

    def compose(self) -> ComposeResult:
        """One long text."""
        yield Static(id="detail-text", markup=False)

    def show(self, picture: DealPicture | None) -> None:
        """Show a deal; one that is shown already keeps its place on the screen."""
        same = self.picture is not None and picture is not None and self.picture.record.id == picture.record.id
        self.picture = picture
        self._draw()
        if not same:
            self.scroll_home(animate=False)

    def go_by(self, lines: int) -> None:
        """Scroll so many lines down, or up."""
        self.scroll_relative(y=lines, animate=False)

    @property
    def page(self) -> int:
        """How many lines a page is."""
        return max(1, self.scrollable_content_region.height - 1)

    def on_resize(self, _event: Resize) -> None:
        """Break the lines anew."""
        self._draw()

    def _draw(self) -> None:
        text = self.query_one("#detail-text", Static)
        if self.picture is None:
            text.update(Content.styled("no deal here", "dim"))
        elif self.size.width:
            cells = self.scrollable_content_region.width
            text.update(Page(self.picture, cells, self._now(), self._locale, plain=self._plain).content())
