"""The line at the very top: the screens with their numbers, who sits here, and whether all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from crmcli.render.cells import cut, width
from crmcli.render.safe import visible
from crmcli.tui.tabs import TABS

if TYPE_CHECKING:
    from textual.events import Click

_GAP = 2


class TabLine(Widget):
    """One line; where there is no room for all names, only the present screen has one."""

    trouble: reactive[str] = reactive("")
    typed: reactive[str] = reactive("")  # the count before a motion
    storing: reactive[str] = reactive("")  # what takes a while, and for how long already
    busy: reactive[bool] = reactive(default=False)

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, present: str, user: str) -> None:
        super().__init__()
        self.present = present
        self._user = user
        self._ends: list[tuple[int, str]] = []  # where each tab ends, in cells

    def render(self) -> Content:
        """Tabs at the left; at the right what was typed, who sits here, or what is wrong."""
        cells = max(1, self.content_size.width)
        right = visible(self.trouble) or "  ".join(
            part for part in (self.typed, self.storing, "reading …" if self.busy else "", visible(self._user)) if part
        )
        right = cut(right, cells // 3)
        tabs = self._tabs(cells - width(right) - _GAP)
        gap = " " * max(1, cells - width(tabs.plain) - width(right))
        return Content.assemble(tabs, gap, (right, "bold $error" if self.trouble else "dim"))

    def _tabs(self, cells: int) -> Content:
        labels, gap = self._labels(cells)
        self._ends, end, parts = [], 0, []
        for label, tab in zip(labels, TABS, strict=True):
            is_present = tab.name == self.present
            # The present tab is told from the others without colour too.
            piece = f"[{label}]" if is_present else f" {label}{' ' * (gap - 1)}"
            end += width(piece)
            self._ends.append((end, tab.name))
            parts.append((piece, "bold $primary" if is_present else "dim"))
        return Content.assemble(*parts)

    def _labels(self, cells: int) -> tuple[list[str], int]:
        """What the tabs say, the longest that there is room for, and the cells that each takes besides."""
        names = [f"{number} {tab.label}" for number, tab in enumerate(TABS, 1)]
        if sum(width(name) + _GAP for name in names) <= cells:
            return names, _GAP
        short = [
            name if tab.name == self.present else f"{number} {tab.short or tab.label}"
            for number, (name, tab) in enumerate(zip(names, TABS, strict=True), 1)
        ]
        if sum(width(name) + 1 for name in short) < cells:
            return short, 1
        numbers = [
            name if tab.name == self.present else name.partition(" ")[0] for name, tab in zip(names, TABS, strict=True)
        ]
        return numbers, _GAP

    def on_click(self, event: Click) -> None:
        """Go to the tab that was clicked."""
        x = event.x - self.content_region.x + self.region.x
        name = next((name for end, name in self._ends if x < end), None)
        if name is not None:
            self.post_message(self.Chosen(name))
