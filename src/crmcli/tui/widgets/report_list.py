"""The reports to choose from: a list at the left, or one line at the top where there is no room beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from crmcli.reports.catalogue import QUESTIONS

if TYPE_CHECKING:
    from textual.events import Click


class ReportList(Widget):
    """Their names, the chosen one in brackets; a click chooses."""

    class Chosen(Message):
        """A report was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self.chosen = chosen

    def choose(self, name: str) -> None:
        """Another one is chosen."""
        self.chosen = name
        self.refresh()

    @property
    def is_flat(self) -> bool:
        """Whether all are on one line."""
        return self.size.height < len(QUESTIONS)

    def render(self) -> Content:
        """The names beside or below each other; the chosen one is told from the others without colour too."""
        names = [
            Content.styled(f"[{question.name}]", "bold $primary")
            if question.name == self.chosen
            else Content(f" {question.name} ")
            for question in QUESTIONS
        ]
        return Content(" " if self.is_flat else "\n").join(names)

    def on_click(self, event: Click) -> None:
        """Choose the one that was clicked."""
        at = event.screen_offset - self.content_region.offset
        if not self.is_flat:
            if 0 <= at.y < len(QUESTIONS):
                self.post_message(self.Chosen(QUESTIONS[at.y].name))
            return
        end = 0
        for question in QUESTIONS:
            end += len(question.name) + 3
            if at.x < end:
                self.post_message(self.Chosen(question.name))
                return
