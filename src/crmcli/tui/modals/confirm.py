"""A question before something that changes a lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Label, Static

from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import CONFIRM
from crmcli.tui.modals.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class Confirm(Dialog[bool]):
    """A yes or no; ``details`` are lines that say what it is about."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("confirm", CONFIRM)

    def __init__(self, question: str, details: Sequence[str] = (), *, yes: str = "Yes", no: str = "No") -> None:
        super().__init__()
        self._question = question
        self._details = details
        self._words = (yes, no)

    def compose(self) -> ComposeResult:
        """The question, what it is about, the two answers."""
        with Vertical(classes="dialog"):
            yield Label(Content(visible(self._question)), classes="dialog-title")
            if self._details:
                with VerticalScroll(classes="dialog-body", can_focus=False):
                    yield Static(
                        Content("\n").join(Content(visible(line)) for line in self._details), classes="dialog-text"
                    )
            with Horizontal(classes="dialog-buttons"):
                yield Button(self._words[0], id="yes", compact=True, variant="primary", tooltip="y, or enter")
                yield Button(self._words[1], id="no", compact=True, tooltip="n, or esc")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The two answers."""
        self.dismiss(event.button.id == "yes")

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(result=True)

    def action_no(self) -> None:
        """Leave it."""
        self.dismiss(result=False)
