"""What keeps keys quick: loading and making what will be wanted while the hands rest, tidying memory, and turns of threads."""

from __future__ import annotations

import asyncio
import gc
import sys
from time import monotonic
from typing import TYPE_CHECKING

from textual._styles_cache import StylesCache

from crmcli.tui.tabs import BY_NAME

if TYPE_CHECKING:
    from crmcli.tui.app import CrmApp

_USUAL = gc.get_threshold()
_USUAL_TURN = sys.getswitchinterval()
# A thread that works out figures lets the one that draws go on so soon. That one waits each time it looks for messages,
# which it does many times for one key: with Python's usual 5 ms that came to a tenth of a second.
_TURN_SECONDS = 0.0005
_COLLECTED = (5_000, 1, 100_000)  # young objects often and few at a time, all of them only when asked to
_REST_SECONDS = 0.25  # without a key for so long, it is not felt that memory is gone through
_MOST_MADE = 40_000  # objects made without a rest, before that is done in between
_TIDY_SECONDS = 20.0  # without a key for so long, there is time to go through all memory
_MUCH, _PAUSE_SECONDS = 12, 4.0  # looked through so often, there is much to give back: a pause will do
_IDLE_SECONDS = 0.5  # without a key for so long, a screen can be made that may be wanted later
_NEXT_SECONDS = 0.35  # and so long after it the next one


class Warming:
    """Begins once the first screen is read."""

    def __init__(self, app: CrmApp) -> None:
        self._app = app
        self._has_begun = False
        self._unmade = list(BY_NAME)
        self._pressed_at = 0.0
        self._resting: asyncio.TimerHandle | None = None

    def pressed(self) -> None:
        """A key or the mouse: the hands do not rest, and nothing is to come between it and what it brings about."""
        self._pressed_at = monotonic()
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(_REST_SECONDS, gc.enable)
        gc.disable()
        if gc.get_count()[0] > _MOST_MADE:
            gc.collect(0)

    def begin(self) -> None:
        """Load what writes will need while the user looks at the screen."""
        if not self._has_begun:
            self._has_begun = True
            sys.setswitchinterval(_TURN_SECONDS)
            self._app.run_worker(_warm_up, thread=True, group="warm-up")
            self._app.set_timer(_IDLE_SECONDS, self._make_ahead)

    def let_go(self) -> None:
        """Memory is tidied, and threads take turns, as anywhere else again."""
        sys.setswitchinterval(_USUAL_TURN)
        if self._resting is not None:
            self._resting.cancel()
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*_USUAL)

    def _make_ahead(self) -> None:
        """Make one of the screens that were not seen yet while the hands rest; then it opens at once."""
        is_idle = monotonic() - self._pressed_at >= _IDLE_SECONDS
        if is_idle:
            self._unmade = [name for name in self._unmade if not self._app.has_made(name)]
            if self._unmade:
                self._app.make_ahead(self._unmade.pop(0))
        if self._unmade:
            self._app.set_timer(_NEXT_SECONDS if is_idle else _IDLE_SECONDS, self._make_ahead)
        else:
            self._app.set_timer(_IDLE_SECONDS, gc.freeze)  # all of them will be there to the end
            self._app.set_interval(_PAUSE_SECONDS, self._tidy)

    def _tidy(self) -> None:
        """Give back the memory of what was closed, while the hands rest."""
        rested, looked = monotonic() - self._pressed_at, gc.get_count()[2]
        if (rested >= _TIDY_SECONDS and looked) or (rested >= _PAUSE_SECONDS and looked >= _MUCH):
            _forget_closed(self._app)
            gc.collect()


def _forget_closed(app: CrmApp) -> None:
    """Textual itself still knows widgets that are no more: what they had drawn, and those that wait for another theme."""
    StylesCache.get_inner_outer.cache_clear()
    for watching in getattr(app, "__watchers", {}).values():
        watching[:] = [(widget, told) for widget, told in watching if not widget._closing]  # noqa: SLF001 - as Textual does


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
