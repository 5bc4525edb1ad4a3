"""Waiting until the program has come to rest: nothing is read, written, waited for shortly, laid out or to be drawn."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

import textual.app
import textual.screen
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._toast import Toast, ToastHolder, ToastRack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import App
    from textual.message import Message

_PAINTING = "painting"
_SLOW = ("workers", "a timer")
_KEY = 0.3  # seconds that a key is given to read and write, as a test may keep back what is read,
_KEY_SHOWN = 10  # and to be shown all that it does otherwise, on a busy machine
_ROUNDS = 3  # so often in a row nothing may be going on
_MOST = 120  # seconds, for a busy machine
_SHORT = 0.3  # a timer that long or shorter is part of what a key does; a longer one is not waited for
# Those that have taken a message out of their queue and are not done with it, by the loop that they run in.
_working: WeakKeyDictionary[asyncio.AbstractEventLoop, list[MessagePump]] = WeakKeyDictionary()
_dispatch = MessagePump._dispatch_message


async def _dispatched(pump: MessagePump, message: Message) -> None:
    working = _working.setdefault(asyncio.get_running_loop(), [])
    working.append(pump)
    try:
        await _dispatch(pump, message)
    finally:
        working.remove(pump)


MessagePump._dispatch_message = _dispatched  # type: ignore[method-assign]


async def at_rest(app: App[Any], *, is_reading: bool = False) -> None:
    """Wait until nothing goes on in the program any more, except reading where that never ends."""
    if not await _rests(app, _MOST, is_reading=is_reading):
        raise AssertionError(f"the program does not come to rest: {_why(app, is_reading=is_reading)}")


async def _rests(app: App[Any], seconds: float, *, is_reading: bool = False, is_typing: bool = False) -> bool:
    calm, why, end = 0, "", time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.004 if why.startswith(_SLOW) else 0.001)
        if app._exit and not app.is_running:  # it was left: nobody follows what was still on its way
            return True
        why = _why(app, is_reading=is_reading, is_typing=is_typing)
        calm = 0 if why else calm + 1
        if calm == _ROUNDS:
            return True
        if why.startswith(_PAINTING):  # all else is done: there is nothing to wait for before it is drawn
            app.screen._on_timer_update()
    return False


async def _pressed(pilot: Pilot[Any], *keys: str) -> None:
    """Textual looks how busy the process is and asks each widget; what is at rest is known here."""
    for key in keys:
        await pilot.app._press_keys((key,))
        if not await _rests(pilot.app, _KEY, is_typing=True):
            await _rests(pilot.app, _KEY_SHOWN, is_reading=True, is_typing=True)
            await pilot._wait_for_screen()


async def _at_once(_least: float = 0, _most: float = 0) -> None:
    await asyncio.sleep(0)


def _drawn_later(screen: Screen[Any]) -> None:
    if screen is not screen.app.screen:  # what is behind a dialog only says what of it is to be drawn
        _draw(screen)
        return
    _undrawn.add(screen)
    screen._update_timer.resume()


def _updated(screen: Screen[Any]) -> None:
    _update(screen)
    if screen in _undrawn:
        _undrawn.discard(screen)
        _draw(screen)


textual.app.wait_for_idle = _at_once
Pilot.press = _pressed  # type: ignore[method-assign]
# A screen is drawn when it has come to rest, or ten times a second on its way there, and not after each step of it.
textual.screen.UPDATE_PERIOD = 0.1  # type: ignore[misc]
_draw, _update = Screen._compositor_refresh, Screen._on_timer_update
_undrawn: WeakSet[Screen[Any]] = WeakSet()
Screen._compositor_refresh = _drawn_later  # type: ignore[method-assign]
Screen._on_timer_update = _updated  # type: ignore[method-assign]


def _why(app: App[Any], *, is_reading: bool = False, is_typing: bool = False) -> str:
    if not is_reading and any(not worker.is_finished for worker in app.workers):
        return "workers"
    if _keys_are_given(app):
        return "keys"
    if working := _working.get(asyncio.get_running_loop()):
        return f"a message at {working[-1]}"
    for pump in _pumps(app):
        queue = pump._message_queue_or_none() if hasattr(pump, "_message_queue_or_none") else pump._message_queue
        if queue is not None and not queue.empty():
            return f"messages of {pump}"
        if pump._next_callbacks:
            return f"callbacks of {pump}"
        if not is_typing and any(_is_short(timer) for timer in list(pump._timers)):
            return f"a timer of {pump}"
    screen = app.screen
    if screen in _undrawn or screen._dirty_widgets or screen._layout_required or screen._callbacks:
        return f"{_PAINTING} {screen}"
    return "an animation" if app.animator._animations else ""


def _keys_are_given(app: App[Any]) -> bool:
    turns: Any = getattr(app, "_turns", None)
    return turns is not None and (turns._is_busy or (turns._waiting and turns._may_go(turns._waiting[0])))


def _pumps(app: App[Any]) -> Iterator[MessagePump]:
    yield app
    for node in list(app._registry):
        if not isinstance(node, (Toast, ToastHolder, ToastRack)):
            yield node


def _is_short(timer: Any) -> bool:
    task = timer._task
    return timer._repeat == 0 and timer._interval <= _SHORT and task is not None and not task.done()
