"""The program as one application of screens: ``crm tui``."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.message import Message

from crmcli.errors import CrmError, StoreError
from crmcli.tui.bindings import bindings
from crmcli.tui.counts import Count
from crmcli.tui.keys.everywhere import EVERYWHERE
from crmcli.tui.keys.footer import rank
from crmcli.tui.keys.key import named
from crmcli.tui.keys.registry import counted_ids, palette_keys
from crmcli.tui.plain import Plain
from crmcli.tui.screens.place import Place
from crmcli.tui.tabs import BY_NAME, TABS, number_of
from crmcli.tui.themes import DARK, LIGHT, opposite, theme_for
from crmcli.tui.trail import Spot, Trail
from crmcli.tui.turns import Turns
from crmcli.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.await_complete import AwaitComplete
    from textual.command import Provider
    from textual.events import Event
    from textual.screen import Screen

    from crmcli.domain.views import ChangeSetView
    from crmcli.tui.session import Done, Session
    from crmcli.tui.verbs import Verb

_READ_PATIENCE = 2.0  # seconds that keys wait for a screen that is read for the first time
_COUNT_SECONDS = 0.4  # a digit that no motion follows for so long is the number of a screen
_WATCH_SECONDS = 1.0
_STORING_SECONDS = 0.5  # what takes longer to store is told of
_USUAL = gc.get_threshold()
_COLLECTED = (10_000, 20, 100_000)  # young objects often, all of them only when asked to
_TIDY_SECONDS = 20.0  # without a key for so long, there is time to go through all memory
_IDLE_SECONDS = 0.7  # without a key for so long, a screen can be made that may be wanted later


def _palette() -> type[Provider]:
    from crmcli.tui.palette import Palette

    return Palette


class CrmApp(App[None]):
    """All screens over one session; every write goes through ``write``, one after the other, off the thread that draws."""

    CSS_PATH: ClassVar[list[str]] = [  # type: ignore[assignment]
        "styles/app.tcss", "styles/board.tcss", "styles/dialogs.tcss", "styles/lists.tcss",
        "styles/record.tcss",
        "styles/table.tcss",
        "styles/reports.tcss",
    ]  # fmt: skip
    COMMANDS = {_palette}  # noqa: RUF012
    TITLE = "crm"
    BINDINGS = bindings("everywhere", EVERYWHERE)
    NOTIFICATION_TIMEOUT = 3.0
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-roomy"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    _breakpoints = (HORIZONTAL_BREAKPOINTS, VERTICAL_BREAKPOINTS)

    class StoreChanged(Message):
        """Someone changed the store, or it can't be watched: then ``trouble`` says why."""

        def __init__(self, trouble: str = "") -> None:
            super().__init__()
            self.trouble = trouble

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
        super().__init__(ansi_color=True if plain else None)
        self.session = session
        self.pipeline = pipeline
        self.filter_text = filter_text
        self.count = Count(self._tell_count)
        self.last_verb: tuple[Verb, dict[str, str]] | None = None
        self.trail = Trail(Spot(start))
        self._places: dict[str, Place] = {}
        self._lock = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._warm = False
        self._unmade = list(BY_NAME)
        self._pressed_at = 0.0
        self._count_timer: Any = None
        self._turns = Turns(self, self._give, self._has_what_keys_want)
        self._opened_at = monotonic()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.is_plain = plain
        if plain:
            self.animation_level = "none"
            self._filters.append(Plain())
        self.theme = theme or ("ansi-dark" if plain else self._theme_kept() or theme_for(self.console.color_system))

    # -- coming up

    async def on_mount(self) -> None:
        """Open the first screen, and watch the store from before it is read."""
        self.set_keymap(named(self.session.settings.keys))
        self._leave_when_told()
        with suppress(CrmError):  # the screen says so itself when it can't read
            await asyncio.to_thread(self.session.watch.wait, 0)
        self.push_screen(self._place(self.trail.here.screen))
        self._watching = asyncio.create_task(self._watch())

    def _leave_when_told(self) -> None:
        """A signal to end gives the terminal back as it was, as ``q`` does."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
            number = getattr(signal, name, None)
            with suppress(NotImplementedError, ValueError, RuntimeError):  # not on every system, nor in every thread
                if number is not None:
                    loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    def on_unmount(self) -> None:
        """Let go of the store."""
        if self._watching is not None:
            self._watching.cancel()
        self.session.close()
        gc.unfreeze()
        gc.set_threshold(*_USUAL)

    def warm_up(self) -> None:
        """Load what writes will need while the user looks at the screen."""
        if not self._warm:
            self._warm = True
            self.run_worker(_warm_up, thread=True, group="warm-up")
            self.set_timer(_IDLE_SECONDS, self._make_ahead)

    def _make_ahead(self) -> None:
        """Make one of the screens that were not seen yet while the hands rest; then it opens at once."""
        if monotonic() - self._pressed_at >= _IDLE_SECONDS:
            self._unmade = [name for name in self._unmade if name not in self._places]
            if self._unmade:
                self._register(self, self._place(self._unmade.pop(0)))
        if self._unmade:
            self.set_timer(_IDLE_SECONDS, self._make_ahead)
        else:
            self.set_interval(_TIDY_SECONDS, self._tidy)

    def _tidy(self) -> None:
        """Give back the memory of what was closed, while the hands rest."""
        if monotonic() - self._pressed_at >= _TIDY_SECONDS:
            gc.collect()

    # -- places

    @property
    def place(self) -> Place | None:
        """The screen of the program that is seen, below any dialog."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Place)), None)

    def _place(self, name: str) -> Place:
        """The screen of that name, made when it is first wanted and kept."""
        if name not in self._places:
            from importlib import import_module

            tab = BY_NAME[name]
            made: Place = getattr(import_module(f"crmcli.tui.screens.{tab.module}"), tab.attribute)(self.session, name)
            made.set_class(self.is_plain, "-plain")
            for points, length in zip(self._breakpoints, self.size, strict=True):  # else it is styled twice
                made.add_class(max(point for point in points if point[0] <= length)[1])
            kept = self.session.memory.get("comfortable", {})
            made.set_class(kept.get(name, made.COMFORTABLE), "-comfortable")
            self._places[name] = made
            self.install_screen(made, name)
        return self._places[name]

    def visit(self, spot: Spot) -> AwaitComplete | None:
        """Go to a spot, so that ``back`` comes here again; what to await for it to be there, if it was not."""
        self.trail.visit(spot)
        return self._show(spot)

    def open_record(self, noun: str, uid: str) -> None:
        """Go to a record's page."""
        self.visit(Spot("record", f"{noun}:{uid}"))

    def _show(self, spot: Spot) -> AwaitComplete | None:
        screen = self._place(spot.screen)
        if spot.ref:
            screen.open_ref(spot.ref)
        return self.switch_screen(screen) if self.place is not screen else None

    def action_go_back(self) -> None:
        """To where you were before."""
        self._show(self.trail.go(-self.count.take()))

    def action_go_forward(self) -> None:
        """To where you came back from."""
        self._show(self.trail.go(self.count.take()))

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
        self._count_timer = self.set_timer(_COUNT_SECONDS, self.settle_count)

    def settle_count(self) -> AwaitComplete | None:
        """No motion followed: a single digit is a screen's number."""
        number = self.count.take() if self.count else 0
        return self.visit(Spot(TABS[number - 1].name)) if 1 <= number <= len(TABS) else None

    def _tell_count(self, typed: str) -> None:
        if self.place is not None:
            for line in self.place.query(TabLine):
                line.typed = typed

    async def on_event(self, event: Event) -> None:
        """Keys one after another, however fast they are typed."""
        await self._turns.take(event)

    def _has_what_keys_want(self) -> bool:
        """Whether the screen was read, or keeps its keys waiting for too long."""
        place = self.place
        is_there = place is not None and (self.screen is not place or place.has_answered)
        return is_there or monotonic() - self._opened_at > _READ_PATIENCE

    def opening(self) -> None:
        """A screen is read for the first time: what is typed meanwhile waits for it, though not for ever."""
        self._opened_at = monotonic()
        self.set_timer(_READ_PATIENCE + 0.1, self._turns.go_on)

    def opened(self) -> None:
        """It was read."""
        self.call_later(self._turns.go_on)

    async def _give(self, event: Event) -> None:
        """A key that takes no count settles the one before it first."""
        from textual.events import Key

        if isinstance(event, Key):
            self._pressed_at = monotonic()
        if self.count and isinstance(event, Key) and not event.is_forwarded:
            bound = self.screen.active_bindings.get(event.key)
            if bound is None or bound.binding.id not in counted_ids():
                switched = self.settle_count()
                if switched is not None:
                    await switched
        await super().on_event(event)

    # -- what others do to the store

    async def _watch(self) -> None:
        """Say when the store changes, as long as the program runs."""
        failed = False
        while True:
            try:
                changed = await asyncio.to_thread(self.session.watch.wait, _WATCH_SECONDS)
                if (changed or failed) and await asyncio.to_thread(self.session.has_lost_store):
                    raise StoreError("the store is not there any more")
                if changed and not failed and await asyncio.to_thread(self.session.knows_all):
                    continue
            except CrmError as error:
                failed = True
                self.post_message(self.StoreChanged(error.message))
            else:
                if changed or failed:
                    failed = False
                    self.post_message(self.StoreChanged())

    def on_crm_app_store_changed(self, event: CrmApp.StoreChanged) -> None:
        """Read it again where it is seen; elsewhere when it is seen next."""
        for place in self._places.values():
            for line in place.query(TabLine):
                line.trouble = event.trouble
            if not event.trouble:
                place.store_changed()

    def changed_here(self) -> None:
        """This program changed the store itself."""
        for place in self._places.values():
            place.store_changed()

    # -- writing

    async def write(self, action: Callable[[], Any]) -> Done:
        """Do something that can be undone, off this thread and after the writes before it; raises CrmError."""
        return await self.turn(lambda: self.session.do(action))

    async def turn(self, act: Callable[[], Done]) -> Done:
        """Run one use case off this thread, after the ones before it; raises CrmError."""
        async with self._lock:
            since = monotonic()
            telling = self.set_interval(
                _STORING_SECONDS, lambda: self._tell_storing(self._storing(monotonic() - since))
            )
            try:
                return await asyncio.to_thread(act)
            finally:
                telling.stop()
                if monotonic() - since >= _STORING_SECONDS:
                    self._tell_storing("")

    def _storing(self, seconds: float) -> str:
        """How far a write is, and for how long it has been under way."""
        reached = self.session.reached
        return f"storing {self.session.locale.number(reached) if reached > 1 else ''}".rstrip() + f" … {seconds:.0f} s"

    def _tell_storing(self, text: str) -> None:
        for place in self._places.values():
            for line in place.query(TabLine):
                line.storing = text

    def action_undo(self) -> None:
        """Take back the last thing done here."""
        self._turn("undone", "nothing was done here that could be undone", self.session.undo, self.count.take())

    def action_redo(self) -> None:
        """Do it again."""
        self._turn("done again", "nothing to do again", self.session.redo, self.count.take())

    def _turn(self, word: str, nothing: str, turn: Callable[[], Done], times: int) -> None:
        place = self.place
        if place is not None:
            place.run_worker(self._turned(place, word, nothing, turn, times), group="write")

    async def _turned(self, place: Place, word: str, nothing: str, turn: Callable[[], Done], times: int) -> None:
        place.writing += 1
        try:
            for _ in range(times):
                done = await self.turn(turn)
                view: ChangeSetView | None = done.result
                said = f"{word}: {view.command}, {view.summary}".removesuffix(", ") if view else nothing
                place.post_message(place.Written(done, said))
                if view is None:
                    break
        except CrmError as error:
            place.post_message(place.Failed("that can't be taken back", error))
        finally:
            place.writing -= 1

    def action_repeat(self) -> None:
        """Do the last thing again, to what is at the cursor."""
        if self.place is not None and self.place.is_active:
            self.place.repeat()

    # -- looks

    def _theme_kept(self) -> str | None:
        kept = self.session.settings["tui.theme"] or self.session.memory.get("theme")
        return kept if kept in self.available_themes else None

    def action_toggle_dark(self) -> None:
        """Switch between dark and light."""
        self.theme = opposite(self.theme, dark=self.current_theme.dark)

    def watch_theme(self, theme: str) -> None:
        """Remember it."""
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
        from textual.command import CommandPalette

        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            self.push_screen(CommandPalette())

    def action_help(self) -> None:
        """The keys of this screen."""
        from crmcli.tui.modals.help import Help

        if self.place is not None:
            self.push_screen(Help(self.place))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers: the screens, the keys of this screen, the theme and the way out."""
        place = screen if isinstance(screen, Place) else self.place
        keys = list(palette_keys(place.KEYS if place is not None else (), self.session.settings.keys))
        # The most useful of the screen's own first: what is looked for is mostly about what is seen.
        ranks = {f"{scope}.{key.id}": rank(screen.name or "", f"{scope}.{key.id}") % 100 for scope, key, _ in keys}
        keys.sort(key=lambda each: (each[0] == "everywhere", ranks[f"{each[0]}.{each[1].id}"]))
        for scope, key, shown in keys:
            whose = self if scope == "everywhere" else place
            if place is None or place.fits(key.action):
                title = f"{key.label[:1].upper()}{key.label[1:]}  {shown}"
                yield SystemCommand(title, key.about, self._runner(whose, key.action))
        for number, tab in enumerate(TABS, 1):
            yield SystemCommand(f"Go to {tab.label}  {number}", tab.about, lambda name=tab.name: self.visit(Spot(name)))
        yield SystemCommand("Theme", "choose among all themes", self.action_change_theme)

    def _runner(self, whose: CrmApp | Place | None, action: str) -> Callable[[], Any]:
        async def act() -> None:
            await self.run_action(action, whose)

        return act

    # -- the end

    @property
    def bug(self) -> Exception | None:
        """What brought the program down, if anything did."""
        return self._exception

    def _fatal_error(self) -> None:
        """Close without a traceback: the command line reports it, as it does for every command."""
        self._close_messages_no_wait()


def _warm_up() -> None:
    """The write door and screens take a while to load the first time; what is there by then needs no looking through."""
    from importlib import import_module

    import crmcli.store.records
    import crmcli.store.session
    import crmcli.store.undo  # noqa: F401

    for name in ("screens.search", "modals.record_form", *(f"screens.{tab.module}" for tab in BY_NAME.values())):
        import_module(f"crmcli.tui.{name}")
    # A full collection goes through every object there is, for 80 ms and more in the middle of a key: what is there by
    # now is left out of it, and it waits until the hands rest.
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
