"""History."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.place import Place

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class HistoryScreen(Place):
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("history")
    KEYS = PLACES["history"]

    def body(self) -> ComposeResult:
        yield Static("History")

    def reload(self) -> None:
        pass
