"""A small application around one dialog or one widget, over a store that the test filled."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App

import crmcli.tui
from crmcli.context import AppContext, Flags
from crmcli.tui.session import Session
from crmcli.tui.themes import DARK, LIGHT
from tests.tui.rest import at_rest

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.screen import Screen
    from textual.widget import Widget

    from crmcli.tui.session import Done

STYLES = Path(crmcli.tui.__file__).parent / "styles"


def session_of(store: str) -> Session:
    """A sitting over a store, without notes on stderr."""
    return Session(AppContext(Flags(store=store, quiet=True), origin="test"))


class DialogApp(App[None]):
    """One dialog, or one widget, and what it came to."""

    CSS_PATH = [STYLES / "board.tcss", STYLES / "dialogs.tcss"]  # noqa: RUF012 - as App declares it
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-roomy")]  # noqa: RUF012

    def __init__(
        self,
        session: Session,
        dialog: Screen[Any] | None = None,
        *,
        widget: Widget | None = None,
        theme: str = "crm-dark",
    ) -> None:
        super().__init__()
        self.session = session
        self._dialog = dialog
        self._widget = widget
        self.answers: list[Any] = []
        self.messages: list[Any] = []
        self._lock = asyncio.Lock()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme

    def compose(self) -> ComposeResult:
        """The widget, if it is one."""
        if self._widget is not None:
            yield self._widget

    def on_mount(self) -> None:
        """The dialog, if it is one."""
        if self._dialog is not None:
            self.push_screen(self._dialog, self.answers.append)

    def on_unmount(self) -> None:
        """Let go of the store."""
        self.session.close()

    async def write(self, action: Callable[[], Any]) -> Done:
        """As the program writes."""
        async with self._lock:
            return await asyncio.to_thread(self.session.do, action)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until the pauses of typing are over, every worker has reported and every report is shown."""
    await at_rest(pilot.app)
