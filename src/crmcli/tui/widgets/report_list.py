"""The reports to choose from: a list in sections at the left, or one line at the top where there is no room beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from crmcli.reports.catalogue import QUESTIONS, SECTIONS

if TYPE_CHECKING:
    from textual.events import Click, MouseScrollDown, MouseScrollUp

_NAMES = tuple(question.name for question in QUESTIONS)
# A line for each report, and None before a section's first: its heading.
_LINES: tuple[tuple[str, str | None], ...] = tuple(
    line
    for heading, section in SECTIONS
    if section
    for line in ((heading, None), *((question.name, question.name) for question in section))
)


class ReportList(Widget):
    """Their names, the chosen one in brackets; a click chooses, and the part of the list around it is what is seen."""

    class Chosen(Message):
        """A report was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self.chosen = chosen
        self._first = 0  # the first line that is seen

    def choose(self, name: str) -> None:
        """Another one is chosen; the list is moved until it is seen."""
        self.chosen = name
        self._reveal()
        self.refresh()

    @property
    def is_flat(self) -> bool:
        """Whether all are on one line."""
        return self.size.height <= 1

    def on_resize(self) -> None:
        """Another part of the list may be seen."""
        self._reveal()

    def _reveal(self) -> None:
        height = self.size.height
        at = next((place for place, (_, name) in enumerate(_LINES) if name == self.chosen), 0)
        # The heading above the first of a section comes into sight with it.
        top = at - 1 if at and _LINES[at - 1][1] is None else at
        self._first = max(0, min(self._first, top, max(0, len(_LINES) - height)))
        if at >= self._first + height:
            self._first = at - height + 1

    def render(self) -> Content:
        """The names beside or below each other; the chosen one is told from the others without colour too."""
        if self.is_flat:
            return Content(" ").join([self._written(name) for name in self._around()])
        seen = _LINES[self._first : self._first + self.size.height]
        return Content("\n").join(
            [Content.styled(text, "dim") if name is None else self._written(name) for text, name in seen]
        )

    def _written(self, name: str) -> Content:
        return Content.styled(f"[{name}]", "bold $primary") if name == self.chosen else Content(f" {name} ")

    def _around(self) -> tuple[str, ...]:
        """As many names as the line holds, from the beginning of the list or, further on, with the one before in sight."""
        at = _NAMES.index(self.chosen)
        first = 0
        while first < at - 1 and sum(len(name) + 3 for name in _NAMES[first : at + 2]) > self.size.width:
            first += 1
        return _NAMES[first:]

    def on_click(self, event: Click) -> None:
        """Choose the one that was clicked."""
        at = event.screen_offset - self.content_region.offset
        if not self.is_flat:
            place = self._first + at.y
            name = _LINES[place][1] if 0 <= place < len(_LINES) else None
            if name is not None:
                self.post_message(self.Chosen(name))
            return
        end = 0
        for name in self._around():
            end += len(name) + 3
            if at.x < end:
                self.post_message(self.Chosen(name))
                return

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Look further down."""
        self._scroll(event, 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Look further up."""
        self._scroll(event, -1)

    def _scroll(self, event: MouseScrollDown | MouseScrollUp, step: int) -> None:
        event.stop()
        self._first = max(0, min(self._first + step, len(_LINES) - self.size.height))
        self.refresh()
