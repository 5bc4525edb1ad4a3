"""Keys in turn: whoever types faster than the screen follows has each key where the one before it led."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from textual.events import Key, Paste

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.events import Event
    from textual.message_pump import MessagePump

_PATIENCE = 0.3  # seconds after which a key counts as done with, when whatever had it went away meanwhile
_LOOKS = 10  # so often it is waited for what is still there: a busy machine is slow
_ROUNDS = 2  # an action opens a dialog, and the dialog chooses its first field


class Turns:
    """A letter is put into a line at once, but a key with a meaning goes through all widgets around it first.

    So a letter typed right after it would come before it, or to the widget that had the keys before. ``may_go`` says whether
    there is anything yet for a key to work on; while there is not, it waits for ``go_on``, and so do those after it. Who was to
    call that may be gone without a word: it is looked now and then whether they still have to wait.
    ``is_due`` says whether a key is still to open something, for which those after it are meant; ``came`` tells that it did.
    """

    def __init__(
        self,
        app: App[Any],
        give: Callable[[Event], Awaitable[None]],
        may_go: Callable[[Event], bool],
        is_due: Callable[[], bool],
    ) -> None:
        self._app = app
        self._give = give
        self._may_go = may_go
        self._is_due = is_due
        self._waiting: deque[Event] = deque()
        self._turn = 0
        self._is_busy = False
        self._late: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._at: MessagePump = app  # in whose queue the key is followed

    @property
    def has_waiting(self) -> bool:
        """Whether keys were typed that are not done with yet."""
        return self._is_busy or bool(self._waiting)

    async def take(self, event: Event) -> None:
        """Give it out now, or after those that came before it."""
        if not isinstance(event, (Key, Paste)) or event.is_forwarded:
            await self._give(event)
        elif self._is_busy or self._waiting or not self._may_go(event):
            self._waiting.append(event)
            self._look_after()
        else:
            await self._start(event)

    async def _start(self, event: Event) -> None:
        self._is_busy = True
        self._turn += 1
        await self._give(event)
        self._begin()

    def came(self) -> None:
        """What a key was to open is there, or won't be: it is followed as a key is."""
        self._is_busy = True
        self._turn += 1
        self._begin()

    def _begin(self) -> None:
        self._look_again(self._turn, _LOOKS)
        self._follow(self._app.focused or self._app.screen, self._turn, _ROUNDS)

    def _follow(self, node: MessagePump | None, turn: int, rounds: int) -> None:
        """Go through the same queues as the key, and so behind it."""
        if turn != self._turn:
            return
        around = node._parent if node is not None else None  # noqa: SLF001 - as a key bubbles
        self._at = self._app if node is None else node
        if self._at is self._app or not self._at.call_later(self._follow, around, turn, rounds):
            self._at = self._app
            self._app.call_later(self._arrive, turn, rounds)

    async def _arrive(self, turn: int, rounds: int) -> None:
        if rounds and turn == self._turn:
            # From where the keys are, for what the key made a widget say goes the same way: enter stores what is typed by now.
            self._follow(self._app.focused or self._app.screen, turn, rounds - 1)
        else:
            await self._over(turn)

    def _look_again(self, turn: int, looks: int) -> None:
        self._late = asyncio.get_running_loop().call_later(_PATIENCE, self._app.call_later, self._look, turn, looks)

    async def _look(self, turn: int, looks: int) -> None:
        """Whoever has the key is slow, or is no more and tells nothing."""
        if turn != self._turn or not self._is_busy:
            return
        if looks and self._at.is_running and not self._at._closing:  # noqa: SLF001 - what is closing takes nothing more
            self._look_again(turn, looks - 1)
        else:
            await self._over(turn)

    async def _over(self, turn: int) -> None:
        if turn != self._turn or not self._is_busy:
            return
        if self._late is not None:
            self._late.cancel()
        if self._is_due():
            return
        self._is_busy = False
        await self.go_on()

    def _look_after(self) -> None:
        if self._watch is None:
            self._watch = asyncio.get_running_loop().call_later(_PATIENCE, self._app.call_later, self._looked_after)

    async def _looked_after(self) -> None:
        self._watch = None
        await self.go_on()
        if self._waiting:
            self._look_after()

    async def go_on(self) -> None:
        """Give out what waits, if there is something for it to work on by now."""
        if self._waiting and not self._is_busy and self._may_go(self._waiting[0]):
            await self._start(self._waiting.popleft())
