"""Whether anyone has changed the store: the same process, another one, or a colleague on another machine."""

from __future__ import annotations

import time
from threading import Event, Lock
from typing import TYPE_CHECKING

from crmcli.errors import CrmError, StoreLocked
from crmcli.store.queries.board import revision

if TYPE_CHECKING:
    from datetime import date

    from crmcli.services.desk import Desk


class Watch:
    """Waits for changes on one kept connection; one thread waits, any thread may close.

    Changes count from the first ``wait`` on: call ``wait(0)``, which takes note of where the store stands, before the first
    reading of what is to be kept up to date.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lookout = desk.store.dialect.lookout(desk.store.location)
        self._seen: tuple[object, date] | None = None
        self._is_down = False
        self._closed = Event()
        self._at_work = Lock()

    def revision(self) -> tuple[int, date]:
        """Changes whenever the store does, and at midnight, when other things become overdue."""
        with self.desk.reading() as reader:
            return revision(reader), self._today()

    def wait(self, seconds: float) -> bool:
        """Wait until something was changed since the last call, for at most so long; False when nothing was, or once closed.

        True also when the store was made, taken away, replaced or is there again, and when the day has changed. Raises
        CrmError when the store can't be reached: at once the first time, and as long as it stays so at the end of each call.
        """
        try:
            with self._at_work:
                return self._waited(time.monotonic() + seconds)
        finally:
            if self._closed.is_set():
                self._let_go()

    def close(self) -> None:
        """End the waiting, for good."""
        self._closed.set()
        self._let_go()

    def _waited(self, end: float) -> bool:
        while not self._closed.is_set():
            is_new, trouble = self._look()
            if is_new:
                return True
            left = end - time.monotonic()
            if left <= 0 and trouble is not None:
                raise trouble
            if left <= 0:
                return False
            self._lookout.rest(left, self._closed)
        return False

    def _look(self) -> tuple[bool, CrmError | None]:
        """Whether there is something new; or, when it was told before, what is in the way."""
        try:
            found = self._lookout.mark(), self._today()
        except StoreLocked:
            return False, None  # whoever holds the lock may be about to change something, and is seen when done
        except CrmError as error:
            self._lookout.close()
            if self._is_down:
                return False, error
            self._is_down = True
            raise
        seen, self._seen = self._seen, found
        was_down, self._is_down = self._is_down, False
        return was_down or (seen is not None and found != seen), None

    def _today(self) -> date:
        return self.desk.clock.local().date()

    def _let_go(self) -> None:
        # Whoever is not at work any more when it is closed does it: the one who closes, or else the one who waited.
        if self._at_work.acquire(blocking=False):
            self._lookout.close()
            self._at_work.release()
