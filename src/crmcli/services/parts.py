"""What is stored a part at a time, so that others can write in between, and is one undo step all the same."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmcli.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.services.desk import Desk
    from crmcli.store.session import UnitOfWork


class Parts:
    """The transactions of one change set; ``command`` is shown in the history."""

    def __init__(self, desk: Desk, command: str) -> None:
        self._desk = desk
        self._command = command
        self._set: int | None = None

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """The transaction of the next part; raises Conflict when those before were taken back meanwhile."""
        with self._door() as uow:
            if self._set is not None and uow.change_set.undone_by is not None:
                raise Conflict(
                    f"change #{self._set} was undone while {self._command} was running; the rest was left alone",
                    hint=f"crm {self._command}",
                )
            yield uow
            if self._set is None and uow.has_changes:
                self._set = uow.number
            elif self._set is not None:
                uow.keep_beside()  # the summary, at least

    def _door(self) -> UnitOfWork:
        if self._set is None:
            return self._desk.writing(self._command)
        return self._desk.going_on(self._command, self._set)
