"""Which pipeline to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList

from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class PipelinePicker(ModalScreen["str | None"]):
    """The pipelines; dismissed with the name of the chosen one, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "cancel", tooltip="stay with this pipeline", id="pipelines.cancel"),
        Binding("j", "down", "down", show=False, tooltip="the pipeline below", id="pipelines.down"),
        Binding("k", "up", "up", show=False, tooltip="the pipeline above", id="pipelines.up"),
    ]

    def __init__(self, names: Sequence[str], present: str) -> None:
        super().__init__()
        self._names = names
        self._present = present

    def compose(self) -> ComposeResult:
        """A list of names."""
        with Vertical(classes="dialog -narrow"):
            yield Label("pipeline", classes="dialog-title")
            yield OptionList(*(Content(visible(name)) for name in self._names), compact=True)
            yield Label("enter choose · esc cancel", classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin with the present one."""
        options = self.query_one(OptionList)
        options.highlighted = self._names.index(self._present) if self._present in self._names else 0
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(self._names[event.option_index])

    def action_cancel(self) -> None:
        """Stay."""
        self.dismiss(None)

    def action_down(self) -> None:
        """One down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One up."""
        self.query_one(OptionList).action_cursor_up()
