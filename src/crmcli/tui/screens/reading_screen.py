"""A screen that asks the store: questions go to workers, their answers come back as messages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.message import Message

from crmcli.errors import CrmError, StoreUnreachable
from crmcli.tui.modals.failure import Failure
from crmcli.tui.tidy_screen import TidyScreen
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.line_list import LineList
from crmcli.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Event
    from textual.worker import WorkType

    from crmcli.tui.app import CrmApp
    from crmcli.tui.session import Session


class ReadingScreen(TidyScreen[None]):
    """Reads off the thread that draws; says so while it does, and when it can't."""

    app: CrmApp

    class Answered(Message, namespace="place"):
        """A question was answered; ``show`` puts the answer on the screen."""

        def __init__(self, show: Callable[[Any], Any], answer: Any) -> None:  # noqa: ANN401 - whatever was asked for
            super().__init__()
            self.show = show
            self.answer = answer

    class Failed(Message, namespace="place"):
        """Something could not be done."""

        def __init__(self, what: str, error: CrmError) -> None:
            super().__init__()
            self.what = what
            self.error = error

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(name=name)
        self.session = session
        self._is_unread = False
        self._is_waiting = False
        self.is_stale = True  # what it shows is not what the store holds
        self.has_answered = False  # whether it was ever read
        self.writing = 0  # writes on their way from this screen

    def reload(self) -> None:
        """Read again what is shown; cursor, filter, marks and what is being typed stay."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self.wait("reading …")

    def wait(self, said: str) -> None:
        """What lists without rows say instead of that there are none; an empty text once they know."""
        self._is_waiting = bool(said)
        for rows in self.query(LineList):
            rows.wait(said)

    def store_changed(self) -> None:
        """The store is another one: read it now, or when the screen is seen again."""
        self.is_stale = True
        if self.is_seen and not self.writing and self.is_whole:
            self.refresh_store()

    @property
    def is_seen(self) -> bool:
        """Whether it is in front, or behind a dialog; behind a failure it would only fail again."""
        return self.is_current and not isinstance(self.app.screen, Failure)

    @property
    def is_whole(self) -> bool:
        """Whether its widgets are there: they are not before it was seen, and go when the program ends."""
        return self.is_mounted and self.app.is_running

    def refresh_store(self) -> None:
        """Read again."""
        self.is_stale = False
        self.reload()

    def action_refresh(self) -> None:
        """Read the store again."""
        self.refresh_store()
        self.notify("read again", timeout=2)

    def read(
        self,
        group: str,
        question: Callable[[], Any],
        show: Callable[[Any], Any],
        *,
        what: str = "the store can't be read",
        opens: bool = False,
    ) -> None:
        """Ask the store something off this thread and show the answer; another question of the group takes its place.

        Where the answer ``opens`` a dialog, what is typed meanwhile is for that.
        """
        token = self.app.dialog_due() if opens else None
        asked: WorkType[None] = partial(self._ask, question, show, what, token)
        self.run_worker(asked, group=group, exclusive=True)

    async def _ask(
        self, question: Callable[[], Any], show: Callable[[Any], Any], what: str, token: object | None = None
    ) -> None:
        try:
            answer = await self.session.ask(question)
        except CrmError as error:
            self.post_message(self.Failed(what, error))
        else:
            self.post_message(self.Answered(show, answer))
        finally:
            if token is not None:
                self.call_later(self.app.dialog_came, token)  # behind the answer

    async def on_place_answered(self, event: ReadingScreen.Answered) -> None:
        """Show the answer."""
        event.stop()
        if not self.is_whole:
            return
        if self._is_unread:
            self._is_unread = False
            for line in self.query(TabLine):
                line.trouble = ""
        if self._is_waiting:
            self.wait("")
        shown = event.show(event.answer)
        if shown is not None and hasattr(shown, "__await__"):
            await shown
        self.be_answered()
        self.app.warm_up()

    def takes(self, event: Event) -> bool:  # noqa: ARG002 - for the subclass
        """Whether what a key wants is there already; else the key waits."""
        return self.has_answered

    def be_answered(self) -> None:
        """It was read for the first time, or can't be: keys need not wait any more."""
        if not self.has_answered:
            self.has_answered = True
            self.app.opened()

    def on_place_failed(self, event: ReadingScreen.Failed) -> None:
        """Say what is wrong, and show the store as it is."""
        event.stop()
        if not self.is_whole:
            return
        self.be_answered()
        self.app.push_screen(Failure(event.what, event.error))
        if isinstance(event.error, StoreUnreachable):
            # Read again at once it would fail again, and the next question would stand in the way of leaving.
            self.unread(event.what)
        else:
            self.store_changed()

    def unread(self, what: str) -> None:
        """The store can't be reached: say so where it said that it reads."""
        self._is_unread = True
        self.wait(f"✗ {what}\nr  reads it again")
        for line in self.query(TabLine):
            line.trouble = line.trouble or "store unreachable"
        for head in self.query(HeadLine):
            head.say([(f"✗ {what}", "bold $text-error"), ("r reads it again", "dim")])
