"""The application as it stores: one write after the other, undo and redo, and what others do to the store."""

from __future__ import annotations

import asyncio
import re
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message

from crmcli.errors import CrmError, StoreError
from crmcli.render.safe import visible
from crmcli.tui.session import STORE_GONE
from crmcli.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.notifications import Notify

    from crmcli.domain.views import ChangeSetView
    from crmcli.tui.counts import Count
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Done, Session

_WATCH_SECONDS = 1.0
_NOTICED_SECONDS = 10.0
_MOST_NOTICES = 3  # more would cover what is worked on
_TOLD_OF_UNDO = re.compile(r"(?:redo of )?#\d+ ")  # what an undo, itself a change, says of what it turned
_LEAVE_STEP = 0.02  # seconds between looking whether all is stored
_STORING_SECONDS = 0.5  # what takes longer to store is told of


class StoringApp(App[None]):
    """Writes off the thread that draws, and says to its screens when the store is another one."""

    count: Count

    class StoreChanged(Message, namespace="crm_app"):
        """Someone changed the store, or it can't be watched: then ``trouble`` says why."""

        def __init__(self, trouble: str = "") -> None:
            super().__init__()
            self.trouble = trouble

    class Noticed(Message, namespace="crm_app"):
        """The store has something to say, as that it was upgraded; on the terminal itself it would stand among the rows."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, session: Session, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.session = session
        self._places: dict[str, Place] = {}
        self._lock = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._is_leaving = False

    @property
    def place(self) -> Place | None:
        """The screen of the program that is seen, below any dialog."""
        raise NotImplementedError

    async def action_quit(self) -> None:
        """Leave once what was done is stored; asked for twice, at once."""
        if self._is_leaving or not self._is_storing:
            self.exit()
        else:
            self._is_leaving = True
            self.run_worker(self._leave(), group="leave")

    async def _leave(self) -> None:
        while self._is_storing:
            await asyncio.sleep(_LEAVE_STEP)
        self.exit()

    @property
    def _is_storing(self) -> bool:
        return any(place.writing for place in self._places.values())

    def let_go(self) -> None:
        """Of the store."""
        if self._watching is not None:
            self._watching.cancel()
        self.session.close()

    # -- what others do to the store

    def watch_store(self) -> None:
        """Say when the store changes, as long as the program runs."""
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        failed = False
        while True:
            try:
                changed = await asyncio.to_thread(self.session.watch.wait, _WATCH_SECONDS)
                if (changed or failed) and await asyncio.to_thread(self.session.desk.has_lost_store):
                    raise StoreError(STORE_GONE)
                if changed and not failed and await asyncio.to_thread(self.session.knows_all):
                    continue
            except CrmError as error:
                failed = True
                self.post_message(self.StoreChanged(error.message))
            else:
                if changed or failed:
                    failed = False
                    self.post_message(self.StoreChanged())

    def on_crm_app_store_changed(self, event: StoringApp.StoreChanged) -> None:
        """Read it again where it is seen; elsewhere when it is seen next."""
        for place in self._places.values():
            for line in place.query(TabLine):
                line.trouble = event.trouble
            if not event.trouble:
                place.store_changed()

    def notice(self, text: str) -> None:
        """From any thread: say what the store has to say."""
        self.post_message(self.Noticed(text))

    def on_crm_app_noticed(self, event: StoringApp.Noticed) -> None:
        """For as long as it takes to read it."""
        self.notify(visible(event.text), markup=False, timeout=_NOTICED_SECONDS)

    def on_notify(self, event: Notify) -> None:
        """Only the last few stand there; what is said again stands there once, as the last."""
        present = list(self._notifications)
        again = [each for each in present if each.message == event.notification.message]
        others = [each for each in present if each not in again]
        for each in (*again, *others[: max(0, len(others) - _MOST_NOTICES + 1)]):
            del self._notifications[each]

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
                if view is None:
                    place.notify(nothing, timeout=3)
                    break
                place.post_message(place.Written(done, f"{word}: {_turned(view)}"))
        except CrmError as error:
            place.post_message(place.Failed(f"that can't be {word}", error))
        finally:
            place.writing -= 1


def _turned(view: ChangeSetView) -> str:
    """What was taken back or done again; of an undo, what that one had turned."""
    if view.command == "undo":
        return _TOLD_OF_UNDO.sub("", view.summary, count=1).replace(": ", ", ", 1)
    return f"{view.command}, {view.summary}".removesuffix(", ")
