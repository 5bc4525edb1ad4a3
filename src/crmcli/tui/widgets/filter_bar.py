"""Where a filter is typed, and what is wrong with it is shown under the very place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from crmcli.errors import FilterError
from crmcli.render.cells import width
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.errors import CrmError

_EXAMPLE = "owner = me AND value > 10k AND next_task is empty"


class FilterBar(Vertical):
    """One line for the filter and one for what is wrong with it; out of sight when there is no filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "clear the filter", tooltip="show all deals again", id="filter.clear"),
        Binding("down,tab", "leave", "to the board", tooltip="leave the filter as it is", id="filter.leave"),
    ]

    class Submitted(Message):
        """A filter was entered; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The filter was left as it is."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.set_class(bool(text), "-shown")
        self._first = text

    def compose(self) -> ComposeResult:
        """The field, and the line below it."""
        with Horizontal():
            yield Label("filter ")
            yield Input(self._first, placeholder=_EXAMPLE, compact=True, id="filter", select_on_focus=False)
        yield Static(id="filter-error", markup=False)

    def open(self) -> None:
        """Show the bar and type into it."""
        self.add_class("-shown")
        self.query_one(Input).focus()

    def accept(self, text: str) -> None:
        """The filter is in force: out of sight when it is empty."""
        self.set_class(bool(text), "-shown")
        self.remove_class("-wrong")

    def refuse(self, error: CrmError) -> None:
        """Say what is wrong, a caret under its column; what was typed stays."""
        message = visible(error.message)
        caret = ""
        if isinstance(error, FilterError):
            caret = " " * (len("filter ") + width(visible(error.text[: error.column - 1]))) + "^ "
        self.query_one("#filter-error", Static).update(Content(caret + message))
        self.add_class("-shown", "-wrong")
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask for the deals."""
        event.stop()
        self.post_message(self.Submitted(event.value.strip()))

    def action_clear(self) -> None:
        """No filter."""
        self.query_one(Input).value = ""
        self.post_message(self.Submitted(""))

    def action_leave(self) -> None:
        """Back to the cards."""
        self.post_message(self.Left())
