"""Record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.place import Place

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class RecordScreen(Place):
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("record")
    KEYS = PLACES["record"]

    def body(self) -> ComposeResult:
        yield Static("Record")

    def reload(self) -> None:
        pass
