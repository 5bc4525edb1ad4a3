"""The pane beside a list: the whole of what is at the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.content import Content
    from textual.events import Resize

_LONGEST = 20_000  # characters of a note that are laid out; the record's page has all of it


class Aside(VerticalScroll, can_focus=False, inherit_bindings=False):
    """A long text in lines as wide as the pane, and a note in Markdown below it."""

    def __init__(self) -> None:
        super().__init__()
        self._key: object = None
        self._draw: Callable[[int], Content] | None = None
        self._note = ""

    def compose(self) -> ComposeResult:
        """Two texts; the second one is only there when a note was first shown."""
        yield Static(id="aside-text", markup=False)

    async def show(self, key: object, draw: Callable[[int], Content] | None, note: str = "") -> None:
        """Show what ``draw`` makes of a width; what is shown already (the same key) keeps its place."""
        is_same, self._key, self._draw = key == self._key, key, draw
        self._redraw()
        if note != self._note:
            self._note = note
            await self._show_note(note[:_LONGEST])
        if not is_same:
            self.scroll_home(animate=False)

    async def _show_note(self, note: str) -> None:
        from textual.widgets import Markdown

        found = next(iter(self.query(Markdown)), None)
        if found is None and note:
            found = Markdown(open_links=False)  # what a note links to is opened by nobody unasked
            await self.mount(found)
        if found is not None:
            await found.update(note)
            found.display = bool(note)

    def on_resize(self, _event: Resize) -> None:
        """Break the lines anew."""
        self._redraw()

    def _redraw(self) -> None:
        cells = self.scrollable_content_region.width
        text = self.query_one("#aside-text", Static)
        if self._draw is not None and cells:
            text.update(self._draw(cells))
        elif self._draw is None:
            text.update("")
