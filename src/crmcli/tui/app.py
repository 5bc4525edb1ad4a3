"""The program as one application of screens: ``crm tui``."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual._context import active_message_pump
from textual.css.query import QueryError
from textual.dom import DOMNode

from crmcli.errors import CrmError
from crmcli.tui.bindings import bindings
from crmcli.tui.counts import Count
from crmcli.tui.hanging_up import lasting, leave_when_gone
from crmcli.tui.keys.everywhere import EVERYWHERE
from crmcli.tui.keys.key import named
from crmcli.tui.keys.registry import counted_ids
from crmcli.tui.modals.dialog import InTurn
from crmcli.tui.pasting import LONGEST, shorten
from crmcli.tui.plain import Plain
from crmcli.tui.screens.place import Place
from crmcli.tui.storing_app import StoringApp
from crmcli.tui.tabs import BY_NAME, TABS, number_of
from crmcli.tui.themes import DARK, LIGHT, has_few, opposite, theme_for
from crmcli.tui.trail import Spot, Trail
from crmcli.tui.turns import Turns
from crmcli.tui.warming import Warming
from crmcli.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import SystemCommand
    from textual.await_complete import AwaitComplete
    from textual.command import Provider
    from textual.driver import Driver
    from textual.events import Event
    from textual.screen import Screen

    from crmcli.tui.session import Session
    from crmcli.tui.verbs import Verb

_DIALOG_PATIENCE = 5.0  # seconds that keys wait for a dialog that is to open
_READ_PATIENCE = 2.0  # seconds that keys wait for a screen that is read for the first time
_COUNT_SECONDS = 0.4  # a digit that no motion follows for so long is the number of a screen


def _palette() -> type[Provider]:
    from crmcli.tui.palette import Palette

    return Palette


class CrmApp(StoringApp):
    """All screens over one session; every write goes through ``write``, one after the other, off the thread that draws."""

    CSS_PATH: ClassVar[list[str]] = [  # type: ignore[assignment]
        "styles/app.tcss", "styles/board.tcss", "styles/dialogs.tcss", "styles/lists.tcss",
        "styles/record.tcss",
        "styles/table.tcss",
        "styles/reports.tcss",
        "styles/campaigns.tcss",
    ]  # fmt: skip
    COMMANDS = {_palette}  # noqa: RUF012
    TITLE = "crm"
    BINDINGS = bindings("everywhere", EVERYWHERE)
    NOTIFICATION_TIMEOUT = 3.0
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-roomy"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    _breakpoints = (HORIZONTAL_BREAKPOINTS, VERTICAL_BREAKPOINTS)

    def __init__(
        self,
        session: Session,
        *,
        start: str = "board",
        pipeline: str | None = None,
        filter_text: str | None = None,
        theme: str | None = None,
        plain: bool = False,
    ) -> None:
        has_no_colour = plain or "NO_COLOR" in os.environ  # as Textual itself looks for it, which else keeps the greys
        super().__init__(session, ansi_color=True if has_no_colour else None)
        self.pipeline = pipeline
        self.filter_text = filter_text if start == "board" else None
        self.count = Count(self._tell_count)
        self.last_verb: tuple[Verb, dict[str, str]] | None = None
        self.trail = Trail(Spot(start, "" if start == "board" else filter_text or ""))
        self._warming = Warming(self)
        self._count_timer: Any = None
        self._turns = Turns(self, self._give, self._has_what_keys_want, lambda: bool(self._due))
        self._opened_at = monotonic()
        self._due: set[object] = set()  # dialogs that are to open once the store was read
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.is_plain = plain
        self.set_class(plain, "-plain")
        if plain:
            self.animation_level = "none"
            self._filters.append(Plain())
        usual = "ansi-dark" if has_no_colour else self._theme_kept() or theme_for(self.console.color_system)
        self.theme = theme or usual
        self._dress_cursor()

    # -- coming up

    async def on_mount(self) -> None:
        """Open the first screen, and watch the store from before it is read."""
        self.set_keymap(named(self.session.settings.keys))
        self._leave_when_told()
        self.session.desk.store.announce = self.notice
        with suppress(CrmError):  # the screen says so itself when it can't read
            await asyncio.to_thread(self.session.watch.wait, 0)
        first = self.made(self.trail.here.screen)
        if self.trail.here.ref:
            first.open_ref(self.trail.here.ref)
        self.push_screen(first)
        self.watch_store()

    def _leave_when_told(self) -> None:
        """A signal to end gives the terminal back as it was, as ``q`` does."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
            number = getattr(signal, name, None)
            with suppress(NotImplementedError, ValueError, RuntimeError):  # not on every system, nor in every thread
                if number is not None:
                    loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
        leave_when_gone(self)

    def get_driver_class(self) -> type[Driver]:
        """One that goes on when the terminal is gone, so that the program can end."""
        return lasting(super().get_driver_class())

    def on_unmount(self) -> None:
        """Let go of the store."""
        self.let_go()
        self._warming.let_go()

    def warm_up(self) -> None:
        """Load what will be wanted while the user looks at the screen."""
        self._warming.begin()

    # -- places

    @property
    def place(self) -> Place | None:
        """The screen of the program that is seen, below any dialog."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)

    def made(self, name: str) -> Place:
        """The screen of that name, made when it is first wanted and kept."""
        if name not in self._places:
            from importlib import import_module

            tab = BY_NAME[name]
            made: Place = getattr(import_module(f"crmcli.tui.screens.{tab.module}"), tab.attribute)(self.session, name)
            made.set_class(self.is_plain, "-plain")
            self._dress(made)
            kept = self.session.memory.get("comfortable", {})
            made.set_class(kept.get(name, made.COMFORTABLE), "-comfortable")
            self._places[name] = made
            self.install_screen(made, name)
        return self._places[name]

    def _dress(self, screen: Screen[Any]) -> None:
        """The classes that go with the terminal's size, from the beginning; else everything on it is styled twice."""
        for points, length in zip(self._breakpoints, self.size, strict=True):
            now = max(point for point in points if point[0] <= length)[1]
            screen.update_classes({name: name == now for _, name in points}, animate=False)

    def push_screen(self, screen: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - as Textual has it, in five ways
        """Open a screen, usually a dialog, before the one that is seen."""
        if isinstance(screen, InTurn) and not screen.is_attached:
            self._dress(screen)
        return super().push_screen(screen, *args, **more)

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Style what is somewhere; what is just being made is styled once it is, with all that it was made to be."""
        if node.parent is not None or node is self:
            super().update_styles(node, animate)

    def has_made(self, name: str) -> bool:
        """Whether that screen is there already."""
        return name in self._places

    def make_ahead(self, name: str) -> None:
        """Make a screen that is not seen yet."""
        self._register(self, self.made(name))

    def visit(self, spot: Spot) -> AwaitComplete | None:
        """Go to a spot, so that ``back`` comes here again; what to await for it to be there, if it was not.

        Dialogs are closed before, for a screen takes the place of the uppermost one.
        """
        for dialog in reversed(self.screen_stack):
            if isinstance(dialog, InTurn) and not dialog.leave():
                self.notify("what you typed is still being stored", severity="warning", timeout=3)
                return None
        self.trail.visit(spot)
        return self._show(spot)

    def open_record(self, noun: str, uid: str) -> None:
        """Go to a record's page."""
        self.visit(Spot("record", f"{noun}:{uid}"))

    def _show(self, spot: Spot) -> AwaitComplete | None:
        screen = self.made(spot.screen)
        if spot.ref:
            screen.open_ref(spot.ref)
        return self.switch_screen(screen) if self.place is not screen else None

    def action_go_back(self) -> None:
        """To where you were before."""
        self._go(-self.count.take(), "there is nothing before this")

    def action_go_forward(self) -> None:
        """To where you came back from."""
        self._go(self.count.take(), "there is nothing after this")

    def _go(self, steps: int, otherwise: str) -> None:
        here = self.trail.here
        there = self.trail.go(steps)
        if there is here:
            self.notify(otherwise, timeout=3)
        else:
            self._show(there)

    def action_go_screen(self, step: int) -> None:
        """A tab to the right, or left."""
        number = (number_of(self.trail.here.screen) or 1) - 1 + step * self.count.take()
        self.visit(Spot(TABS[number % len(TABS)].name))

    def on_tab_line_chosen(self, event: TabLine.Chosen) -> None:
        """A tab was clicked."""
        self.visit(Spot(event.name))

    def action_search(self) -> None:
        """Find anything."""
        from crmcli.tui.screens.search import SearchScreen

        self.push_screen(SearchScreen(self.session))

    # -- counts

    def action_digit(self, digit: int) -> None:
        """A digit: part of a count when a motion follows soon, else the number of a screen."""
        self.count.add(digit)
        if self._count_timer is not None:
            self._count_timer.stop()
        self._count_timer = self.set_timer(_COUNT_SECONDS, self._count_rested)

    def _count_rested(self) -> AwaitComplete | None:
        """Nothing was typed after it; on a busy machine what it counts may only wait its turn."""
        if not self._turns.has_waiting:
            return self.settle_count()
        self._count_timer = self.set_timer(_COUNT_SECONDS, self._count_rested)
        return None

    def settle_count(self) -> AwaitComplete | None:
        """No motion followed: a single digit is a screen's number, unless a dialog was opened or the program ends."""
        number = self.count.take() if self.count else 0
        place = self.place
        if place is None or self.screen is not place or not 1 <= number <= len(TABS):
            return None
        return self.visit(Spot(TABS[number - 1].name))

    def _tell_count(self, typed: str) -> None:
        if self.place is not None:
            for line in self.place.query(TabLine):
                line.typed = typed

    async def on_event(self, event: Event) -> None:
        """Keys one after another, however fast they are typed."""
        await self._turns.take(event)

    def _has_what_keys_want(self, event: Event) -> bool:
        """Whether the screen was read, or keeps its keys waiting for too long; whether a dialog has what a key is for."""
        place, screen = self.place, self.screen
        if self._due:
            return False
        if place is not None and screen is not place:
            return not isinstance(screen, InTurn) or screen.takes(event)
        is_there = place is not None and place.takes(event)
        return is_there or monotonic() - self._opened_at > _READ_PATIENCE

    def on_form_whole(self) -> None:
        """Keys that waited for a field go on."""
        self.call_later(self._turns.go_on)

    def opening(self) -> None:
        """A screen is read for the first time: what is typed meanwhile waits for it, though not for ever."""
        self._opened_at = monotonic()
        self.set_timer(_READ_PATIENCE + 0.1, self._turns.go_on)

    def opened(self) -> None:
        """It was read."""
        self.call_later(self._turns.go_on)

    def dialog_due(self) -> object:
        """A dialog opens once the store was read: what is typed meanwhile is for it, though it does not wait for ever."""
        token = object()
        self._due.add(token)
        self.set_timer(_DIALOG_PATIENCE, lambda: self.dialog_came(token))
        return token

    def dialog_came(self, token: object) -> None:
        """It is there, or won't be."""
        if token in self._due:
            self._due.discard(token)
            if not self._due:
                self._turns.came()  # at once, or the key that opened it counts as done with in between

    async def _give(self, event: Event) -> None:
        """A key that takes no count settles the one before it first."""
        from textual.events import InputEvent, Key, Paste

        if isinstance(event, InputEvent):
            self._warming.pressed()
        if isinstance(event, Paste) and not event.is_forwarded and shorten(event, self.focused):
            self.notify(
                f"too long for a line: its first {LONGEST} characters were taken", severity="warning", timeout=5
            )
        if self.count and isinstance(event, Key) and not event.is_forwarded:
            bound = self.screen.active_bindings.get(event.key)
            if bound is None or bound.binding.id not in counted_ids():
                switched = self.settle_count()
                if switched is not None:
                    await switched
        await super().on_event(event)

    def action_repeat(self) -> None:
        """Do the last thing again, to what is at the cursor."""
        if self.place is not None and self.place.is_active:
            self.place.repeat()

    # -- looks

    def on_resize(self) -> None:
        """A dialog may be higher now, although its frame has stayed as it was."""
        for body in self.screen.query(".dialog-body"):
            body.refresh(layout=True)
        if isinstance(self.screen, InTurn):  # Textual tells only the dialog how large it all is now
            for screen in self.screen_stack[:-1]:
                self._dress(screen)

    def _theme_kept(self) -> str | None:
        wanted, kept = self.session.settings["tui.theme"], self.session.memory.get("theme")
        if wanted in self.available_themes:
            return str(wanted)
        found = self.available_themes.get(str(kept))
        if found is None or found.ansi or not has_few(self.console.color_system):
            return found.name if found is not None else None
        return theme_for(self.console.color_system, dark=found.dark)  # it was chosen in a terminal of more colours

    def _dress_cursor(self) -> None:
        """Where a shade is not seen, the cursor is told by more."""
        by_shades = not self.no_color and (self.current_theme.ansi or not has_few(self.console.color_system))
        self.set_class(not by_shades and not self.is_plain, "-colourless")

    def action_toggle_dark(self) -> None:
        """Switch between dark and light."""
        self.theme = opposite(self.theme, dark=self.current_theme.dark)

    def watch_theme(self, theme: str) -> None:
        """Remember it."""
        self._dress_cursor()
        if self.is_running:
            self.remember("theme", theme)

    def action_toggle_density(self) -> None:
        """Closer together, or further apart, on this screen."""
        if (place := self.place) is not None:
            place.toggle_class("-comfortable")
            place.density_changed()
            kept = self.session.memory.get("comfortable", {})
            self.remember("comfortable", {**kept, str(place.name): place.has_class("-comfortable")})

    def remember(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything JSON can hold
        """Keep something for the next sitting."""
        memory = self.session.memory
        memory.put(name, value)
        self.run_worker(asyncio.to_thread(memory.keep), group="memory")

    def action_command_palette(self) -> None:
        """Open the palette, also while the one before it is on its way out; not twice, whatever is before it."""
        from crmcli.tui.modals.dialog import CommandPalette

        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            self.push_screen(CommandPalette())

    def search_themes(self) -> None:
        """Choose among all themes."""
        from textual.theme import ThemeProvider

        from crmcli.tui.modals.dialog import CommandPalette

        self.push_screen(CommandPalette(providers=[ThemeProvider], placeholder="which theme?"))

    def action_help(self) -> None:
        """The keys of this screen."""
        from crmcli.tui.modals.help import Help

        if self.place is not None:
            self.push_screen(Help(self.place))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        from crmcli.tui.palette import commands_on

        return commands_on(self, screen)

    # -- the end

    @property
    def bug(self) -> Exception | None:
        """What brought the program down, if anything did."""
        return self._exception

    def _handle_exception(self, error: Exception) -> None:
        """A part that is taken away while it is only half made misses what went before it: that brings nothing down."""
        if not (isinstance(error, QueryError) and (self._exit or not self.is_running or _is_leaving())):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Close without a traceback: the command line reports it, as it does for every command."""
        self._close_messages_no_wait()


def _is_leaving() -> bool:
    """Whether what is being told of something is taken away, or is in something that is."""
    node = active_message_pump.get(None)
    around = node.ancestors_with_self if isinstance(node, DOMNode) else ()
    return any(each._pruning or each._closing or each._closed for each in around)  # noqa: SLF001 - as Textual does
