"""The reports to choose from: a list in sections at the left, or one line at the top where there is no room beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, width
from crmcli.render.safe import visible
from crmcli.reports.catalogue import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click, MouseScrollDown, MouseScrollUp

    from crmcli.store.queries.saved_reports import SavedReport

_BRACKETS = 2


class Listed(NamedTuple):
    """A line of the list: a report by what it is chosen with, or the heading of a section, which has nothing."""

    text: str
    key: str = ""


class ReportList(Widget):
    """Their names, the chosen one in brackets; a click chooses, and the part of the list around it is what is seen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"reports--chosen", "reports--heading"}

    class Chosen(Message):
        """A report was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self.chosen = chosen
        self.saved: Sequence[SavedReport] = ()
        self._lines = listed(())
        self._first = 0  # the first line that is seen

    @property
    def keys(self) -> list[str]:
        """What the reports are chosen with, in their order."""
        return [line.key for line in self._lines if line.key]

    def choose(self, key: str) -> None:
        """Another one is chosen; the list is moved until it is seen."""
        before, first = self.chosen, self._first
        self.chosen = key
        self._reveal()
        if self.is_flat or self._first != first:
            self.refresh()
        else:  # only two of the lines are other ones
            cells = self.size.width
            lines = [place - first for place, line in enumerate(self._lines) if line.key and line.key in (before, key)]
            self.refresh(*[Region(0, line, cells, 1) for line in lines])

    def know(self, saved: Sequence[SavedReport]) -> None:
        """These are saved now."""
        if saved != self.saved:
            self.saved = saved
            self._lines = listed(saved)
            self._reveal()
            self.refresh()

    @property
    def is_flat(self) -> bool:
        """Whether all are on one line."""
        return self.size.height <= 1

    def on_resize(self) -> None:
        """Another part of the list may be seen."""
        self._reveal()
        self.refresh()  # it was drawn in its new size already

    def _reveal(self) -> None:
        height, lines = self.size.height, self._lines
        at = next((place for place, line in enumerate(lines) if line.key == self.chosen), 0)
        # The heading above the first of a section comes into sight with it.
        top = at - 1 if at and not lines[at - 1].key else at
        self._first = max(0, min(self._first, top, max(0, len(lines) - height)))
        if at >= self._first + height:
            self._first = at - height + 1

    def render_line(self, y: int) -> Strip:
        """The names beside or below each other; the chosen one is told from the others without colour too."""
        cells, base = self.size.width, self.rich_style
        if self.is_flat:
            pieces, left = [], cells + 1
            for line in self._around():
                left -= _cells(line)
                if left < 0:
                    break
                pieces += [self._written(line), Segment(" ", base)]
            return Strip(pieces).adjust_cell_length(cells, base)
        found = self._on(self._first + y)
        return Strip([self._written(found)] if found is not None else []).adjust_cell_length(cells, base)

    def _written(self, line: Listed) -> Segment:
        if not line.key:
            heading = self.get_component_rich_style("reports--heading", partial=True)
            return Segment(cut(line.text, self.size.width), self.rich_style + heading)
        text = cut(line.text, max(1, self.size.width - _BRACKETS))
        if line.key != self.chosen:
            return Segment(f" {text} ", self.rich_style)
        chosen = self.get_component_rich_style("reports--chosen", partial=True)
        return Segment(f"[{text}]", self.rich_style + chosen)

    def _around(self) -> list[Listed]:
        """As many names as the line holds, from the beginning of the list or, further on, with the one before in sight."""
        named = [line for line in self._lines if line.key]
        at = next((place for place, line in enumerate(named) if line.key == self.chosen), 0)
        first = 0
        while first < at - 1 and sum(_cells(line) for line in named[first : at + 2]) > self.size.width:
            first += 1
        return named[first:]

    def on_click(self, event: Click) -> None:
        """Choose the one that was clicked."""
        at = event.screen_offset - self.content_region.offset
        line = self._at(at.x) if self.is_flat else self._on(self._first + at.y)
        if line is not None and line.key:
            self.post_message(self.Chosen(line.key))

    def _on(self, place: int) -> Listed | None:
        return self._lines[place] if 0 <= place < len(self._lines) else None

    def _at(self, x: int) -> Listed | None:
        end = 0
        for line in self._around():
            end += _cells(line)
            if x < end:
                return line
        return None

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Look further down."""
        self._scroll(event, 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Look further up."""
        self._scroll(event, -1)

    def _scroll(self, event: MouseScrollDown | MouseScrollUp, step: int) -> None:
        event.stop()
        self._first = max(0, min(self._first + step, len(self._lines) - self.size.height))
        self.refresh()


def listed(saved: Sequence[SavedReport]) -> list[Listed]:
    """A line for each report under the heading of its section; those that were saved come first."""
    lines = [Listed("saved"), *(Listed(visible(each.name), each.id) for each in saved)] if saved else []
    for heading, section in SECTIONS:
        if section:
            lines += [Listed(heading), *(Listed(question.name, question.name) for question in section)]
    return lines


def _cells(line: Listed) -> int:
    return width(line.text) + _BRACKETS + 1
