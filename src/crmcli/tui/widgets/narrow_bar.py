"""Where words are typed that narrow a table at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from crmcli.tui.bindings import bindings
from crmcli.tui.keys.table import NARROW

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

_PAUSE = 0.05  # seconds between two questions, so that a fast hand does not ask for every letter


class NarrowBar(Horizontal):
    """One line to type in; out of sight when nothing is typed and it is left."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("narrow", NARROW)

    class Typed(Message):
        """Other words are typed; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The words stay, the keys go back to the table; ``step`` is how far its cursor is to go."""

        def __init__(self, step: int = 0) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self._told = ""

    def compose(self) -> ComposeResult:
        """The field."""
        yield Label("find ")
        yield Input(
            placeholder="words from anywhere in the record", compact=True, id="narrow-words", select_on_focus=False
        )

    @property
    def line(self) -> Input:
        """The line that is typed in."""
        return self.query_one(Input)

    def open(self) -> None:
        """Show the bar and type into it."""
        self.add_class("-shown")
        self.line.focus()

    def put(self, text: str) -> None:
        """The words in force, said from elsewhere."""
        self._told = text
        self.line.value = text
        self.set_class(bool(text), "-shown")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask at once, or when the last question is a moment old."""
        event.stop()
        if self._timer is None:
            self._tell()
            self._timer = self.set_timer(_PAUSE, self._rested)

    def _rested(self) -> None:
        self._timer = None
        self._tell()

    def _tell(self) -> None:
        text = self.line.value.strip()
        if text != self._told:
            self._told = text
            self.post_message(self.Typed(text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what was found."""
        event.stop()
        self.action_leave(0)

    def action_leave(self, step: int) -> None:
        """Back to the table."""
        self.set_class(bool(self.line.value.strip()), "-shown")
        self.post_message(self.Left(step))

    def action_clear(self) -> None:
        """Show everything again."""
        self.put("")
        self.post_message(self.Typed(""))
        self.post_message(self.Left())
