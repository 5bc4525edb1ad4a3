"""One line to type words into; whoever listens narrows a list by them as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import FILTER

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

_PAUSE = 0.12  # without a letter typed, before anyone is told


class WordBar(Horizontal):
    """Out of sight while there are no words and nobody types."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("filter", [key for key in FILTER if key.id != "earlier"])

    class Typed(Message):
        """Other words; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The keys go back to the list."""

    def __init__(self, example: str) -> None:
        super().__init__()
        self._example = example
        self._timer: Timer | None = None
        self._told = ""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Label("find ")
        yield Input(placeholder=self._example, compact=True, id="words", select_on_focus=False)

    def open(self) -> None:
        """Type into it."""
        self.add_class("-shown")
        self.query_one(Input).focus()

    def clear(self) -> None:
        """No words."""
        self.query_one(Input).value = ""
        self._tell()
        self.remove_class("-shown")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell once the typing rests."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._tell)

    def _tell(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        text = self.query_one(Input).value.strip()
        if text != self._told:
            self._told = text
            self.post_message(self.Typed(text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the list, with the words."""
        event.stop()
        self._tell()
        self.action_leave()

    def action_leave(self) -> None:
        """Back to the list."""
        self.set_class(bool(self.query_one(Input).value.strip()), "-shown")
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """No words, and back to the list."""
        self.clear()
        self.post_message(self.Left())
