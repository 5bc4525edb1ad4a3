"""The board as a program of its own: ``crm tui``."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand

from crmcli.errors import UsageError
from crmcli.tui.keys import KEYS
from crmcli.tui.screens.board import BoardScreen
from crmcli.tui.session import Session
from crmcli.tui.themes import DARK, LIGHT, opposite, theme_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.screen import Screen

    from crmcli.context import AppContext
    from crmcli.tui.session import Done


class BoardApp(App[None]):
    """The board; every write goes through ``write``, one after the other, off the thread that draws."""

    CSS_PATH: ClassVar[list[str]] = ["styles/board.tcss", "styles/dialogs.tcss"]  # type: ignore[assignment]
    TITLE = "crm"
    NOTIFICATION_TIMEOUT = 3.0
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-roomy")]  # noqa: RUF012 - as App declares it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(
        self, session: Session, pipeline: str | None = None, filter_text: str | None = None, theme: str | None = None
    ) -> None:
        super().__init__()
        self.session = session
        self._lock = asyncio.Lock()
        self._warm = False
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme or theme_for(self.console.color_system)
        self._first = BoardScreen(session, pipeline, filter_text)

    def on_mount(self) -> None:
        """Open the board."""
        self.push_screen(self._first)

    def warm_up(self) -> None:
        """Load what writes will need while the user looks at the board."""
        if not self._warm:
            self._warm = True
            self.run_worker(_warm_up, thread=True, group="warm-up")

    def on_unmount(self) -> None:
        """Let go of the store."""
        self.session.watch.close()

    async def write(self, action: Callable[[], Any]) -> Done:
        """Do something that can be undone, off this thread and after the writes before it; raises CrmError."""
        return await self.turn(lambda: self.session.do(action))

    async def turn(self, act: Callable[[], Done]) -> Done:
        """Run one use case off this thread, after the ones before it; raises CrmError."""
        async with self._lock:
            return await asyncio.to_thread(act)

    def toggle_dark(self) -> None:
        """Switch between dark and light."""
        self.theme = opposite(self.theme, dark=self.current_theme.dark)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers: the board's own keys first, then the theme and the way out."""
        if isinstance(screen, BoardScreen):
            for key in KEYS:
                if key.palette:
                    yield SystemCommand(key.label.capitalize(), key.about, self._runner(screen, key.action))
        yield SystemCommand("Theme", "choose among all themes", self.action_change_theme)
        yield SystemCommand("Quit", "leave the board", self.action_quit)

    def _runner(self, screen: Screen[Any], action: str) -> Callable[[], Any]:
        async def act() -> None:
            await screen.run_action(action)

        return act

    # -- the end

    @property
    def bug(self) -> Exception | None:
        """What brought the board down, if anything did."""
        return self._exception

    def _fatal_error(self) -> None:
        """Close without a traceback: the command line reports it, as it does for every command."""
        self._close_messages_no_wait()


def _warm_up() -> None:
    """The write door takes a while to open the first time."""
    import crmcli.store.records
    import crmcli.store.session
    import crmcli.store.undo  # noqa: F401


def run(context: AppContext, pipeline: str | None, filter_text: str | None) -> None:
    """Show the board until the user leaves it; raises UsageError without a terminal, FilterError or NotFound for its arguments."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the board needs a terminal", hint="crm pipeline shows the same figures as a table")
    session = Session(context)
    # Asked before the screen is taken over: what is wrong with the arguments belongs on stderr.
    session.board.picture(pipeline, filter_text)
    app = BoardApp(session, pipeline, filter_text)
    app.run()
    if app.bug is not None:
        raise app.bug
