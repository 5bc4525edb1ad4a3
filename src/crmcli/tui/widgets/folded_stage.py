"""A stage folded to a strip: how many deals, and its name from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from textual.events import Click

    from crmcli.domain.board import Lane
    from crmcli.render.locale import Locale


class FoldedStage(Widget):
    """A click opens it."""

    class Chosen(Message):
        """It was clicked."""

        def __init__(self, folded: FoldedStage) -> None:
            super().__init__()
            self.folded = folded

    def __init__(self, lane: Lane, locale: Locale) -> None:
        super().__init__()
        self._lane = lane
        self._locale = locale
        self._is_target = False

    def be_target(self, target: bool) -> None:
        """Show that a card would be dropped here."""
        if target != self._is_target:
            self._is_target = target
            self.refresh()

    def show(self, lane: Lane) -> None:
        """Show other figures."""
        if lane is not self._lane:
            self._lane = lane
            self.refresh()

    def render(self) -> Content:
        """The count, whether it is too much, a sign that there is more, the letters of the name."""
        cells = max(1, self.content_size.width)
        count = cut(self._locale.number(len(self._lane.cards)), cells)
        letters = [letter for letter in visible(self._lane.stage.stage) if width(letter)]
        sign = ("▾", "bold $accent") if self._is_target else ("▸", "dim")
        over = ("!" if self._lane.over else "", "bold")
        lines = [(count, "bold"), over, sign, *((each, "") for each in letters)]
        return Content("\n").join(Content.styled(_centred(text, cells), style) for text, style in lines)

    def on_click(self, event: Click) -> None:
        """Open it."""
        event.stop()
        self.post_message(self.Chosen(self))


def _centred(text: str, cells: int) -> str:
    return pad(" " * max(0, (cells - width(text)) // 2) + text, cells)
