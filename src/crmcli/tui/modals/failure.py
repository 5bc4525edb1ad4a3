"""What could not be done, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Label, Static

from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import FAILURE
from crmcli.tui.modals.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.errors import CrmError


class Failure(Dialog[None]):
    """An error in the user's words; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("failure", FAILURE)

    def __init__(self, what: str, error: CrmError) -> None:
        super().__init__()
        self._what = what
        self._error = error

    def compose(self) -> ComposeResult:
        """The title, the message, the hint."""
        error = self._error
        lines = [Content(visible(error.message))]
        lines += [Content.styled(visible(line), "dim") for line in error.details]
        lines += [Content.styled(visible(error.advice), "dim")] if error.hint else []
        with Vertical(classes="dialog -failure"):
            yield Label(Content(self._what), classes="dialog-title")
            yield Static(Content("\n").join(lines), classes="dialog-text")
            yield Button("OK", compact=True, variant="primary", tooltip="enter, or esc")

    def on_button_pressed(self) -> None:
        """Close it."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)
