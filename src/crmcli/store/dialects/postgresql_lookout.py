"""Hearing that somebody else has written a PostgreSQL store."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg

from crmcli.store.dialects.postgresql import CHANGED

if TYPE_CHECKING:
    from threading import Event

    from crmcli.store.dialects.postgresql import Postgresql
    from crmcli.store.location import Location

_PAUSE = 1.0  # seconds after which it is asked also when nothing was heard
_BREATH = 0.2  # seconds of listening between two looks at whether to stop
_PATIENCE = 5  # seconds for connecting


class PostgresqlLookout:
    """Listens on one kept connection, and asks for the last change set.

    It asks because not every commit can be heard: behind a pooler, on a standby, or from an older version of the program.
    """

    def __init__(self, dialect: Postgresql, location: Location) -> None:
        self._dialect = dialect
        self._location = location
        self._connection: Any = None
        self._heard = 0

    def mark(self) -> object:
        """How often something was heard, and the last change set; None for that when there is no store."""
        try:
            if self._connection is None:
                self._connection = self._listening()
                self._heard += 1  # whatever came while nobody listened
            return self._heard, self._last()
        except psycopg.Error as error:
            raise self._dialect.explain(error, self._location.label) or error from error

    def _listening(self) -> Any:  # noqa: ANN401
        connection = self._dialect.connect(self._location, write=False, timeout=_PATIENCE)
        with suppress(psycopg.errors.ReadOnlySqlTransaction):  # a standby, where there is nothing to hear
            connection.execute(f"LISTEN {CHANGED}")
        return connection

    def _last(self) -> int | None:
        try:
            (number,) = self._connection.execute("SELECT MAX(id) FROM change_set").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        return int(number or 0)

    def rest(self, seconds: float, called: Event) -> None:
        """Listen until something is heard."""
        if self._connection is None:
            called.wait(min(seconds, _PAUSE))
            return
        end = time.monotonic() + min(seconds, _PAUSE)
        try:
            while not called.is_set() and (left := end - time.monotonic()) > 0:
                heard = len(list(self._connection.notifies(timeout=min(left, _BREATH), stop_after=1)))
                self._heard += heard
                if heard:
                    return
        except psycopg.Error:
            self.close()  # the next mark connects again, or says why it can't

    def close(self) -> None:
        """Let go of the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
