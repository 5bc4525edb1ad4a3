"""The board's way to the services: a desk that never writes to the terminal, and the steps that can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmcli.errors import Conflict, CrmError
from crmcli.services.activities import Activities
from crmcli.services.board import Board, Watch
from crmcli.services.deals import Deals
from crmcli.services.desk import Desk
from crmcli.services.history import History
from crmcli.services.pipelines import Pipelines

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.context import AppContext
    from crmcli.domain.views import ChangeSetView
    from crmcli.render.locale import Locale
    from crmcli.store.session import UnitOfWork


class BoardDesk(Desk):
    """A desk that remembers the last unit of work done at it."""

    last: UnitOfWork | None = None

    @property
    def last_change_set(self) -> str | None:
        """The uid of its change set."""
        return self.last.change_set.uid if self.last is not None else None

    def writing(self, command: str, summary: str = "") -> UnitOfWork:
        """The writing door, remembered."""
        self.last = super().writing(command, summary)
        return self.last


class Done(NamedTuple):
    """What came of a write: its result, and what the services had to say about it."""

    result: Any
    notes: tuple[str, ...]


class Session:
    """One sitting at the board; writes come one at a time."""

    def __init__(self, context: AppContext) -> None:
        desk = context.desk
        self._notes: list[str] = []
        note = self._notes.append
        self.desk = BoardDesk(*desk._replace(hooks=desk.hooks.telling(note), note=note, origin="tui"))
        self.locale: Locale = context.output.locale
        self.board = Board(self.desk)
        self.watch = Watch(self.desk)
        self.deals = Deals(self.desk)
        self.activities = Activities(self.desk)
        self.pipelines = Pipelines(self.desk)
        self.history = History(self.desk)
        self._undoable: list[str] = []
        self._redoable: list[str] = []

    def do(self, action: Callable[[], Any]) -> Done:
        """Do something that ``undo`` can take back; raises CrmError."""
        result, change_set = self._write(action)
        if change_set is not None:
            self._undoable.append(change_set)
            self._redoable.clear()
        return Done(result, self._told())

    def undo(self) -> Done:
        """Take back the last thing done here and not yet taken back; the result is its change set, None when there is none."""
        return self._turn_back(self._undoable, self._redoable)

    def redo(self) -> Done:
        """Do again what was taken back last."""
        return self._turn_back(self._redoable, self._undoable)

    def _turn_back(self, steps: list[str], others: list[str]) -> Done:
        if not steps:
            return Done(None, ())
        try:
            undone, change_set = self._write(lambda: self.history.undo(steps[-1]))
        except Conflict:
            # It can never be taken back now; the step before it still may.
            steps.pop()
            raise
        steps.pop()
        if change_set is not None:
            others.append(change_set)
        view: ChangeSetView = undone
        return Done(view, self._told())

    def _write(self, action: Callable[[], Any]) -> tuple[Any, str | None]:
        self.desk.last = None
        try:
            result = action()
        except CrmError:
            raise
        except Exception as error:
            raise self.desk.store.explain(error) or error from error
        change_set = self.desk.last_change_set
        return result, change_set if change_set and self.board.was_kept(change_set) else None

    def _told(self) -> tuple[str, ...]:
        told = tuple(self._notes)
        self._notes.clear()
        return told
