"""The names of the parts of a page on one line; the present one stands in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from crmcli.render.cells import width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.events import Click


class PaneLine(Widget):
    """A click goes to a part."""

    present: reactive[str] = reactive("")

    class Chosen(Message):
        """A part's name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, panes: Sequence[str]) -> None:
        super().__init__()
        self._panes = panes
        self._told: Mapping[str, str] = {}
        self._ends: list[tuple[int, str]] = []

    def tell(self, told: Mapping[str, str]) -> None:
        """What is said beside the names, as how many entries there are."""
        self._told = told
        self.refresh()

    def render(self) -> Content:
        """The names; without room for what is said beside them, the names alone."""
        cells = self.content_size.width
        full = [self._label(pane, full=True) for pane in self._panes]
        labels = full if sum(map(width, full)) <= cells else [self._label(pane, full=False) for pane in self._panes]
        self._ends, end, parts = [], 0, []
        for pane, label in zip(self._panes, labels, strict=True):
            end += width(label)
            self._ends.append((end, pane))
            parts.append((label, "bold $primary" if pane == self.present else "dim"))
        return Content.assemble(*parts)

    def _label(self, pane: str, *, full: bool) -> str:
        told = self._told.get(pane, "") if full else ""
        name = f"{pane} {told}".rstrip()
        return f"[{name}]" if pane == self.present else f" {name} "

    def on_click(self, event: Click) -> None:
        """Go to the part that was clicked."""
        x = event.x - self.content_region.x + self.region.x
        name = next((name for end, name in self._ends if x < end), None)
        if name is not None:
            self.post_message(self.Chosen(name))
