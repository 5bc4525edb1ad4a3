"""Seeing that somebody else has written a SQLite file."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

    from crmcli.store.dialects.sqlite import Sqlite
    from crmcli.store.location import Location

_PAUSE = 0.25  # seconds between two looks
_PATIENCE = 0.1  # seconds for which a look waits for a lock


class SqliteLookout:
    """Looks at ``data_version`` on one kept connection, and whether it still is the same file."""

    def __init__(self, dialect: Sqlite, location: Location) -> None:
        self._dialect = dialect
        self._location = location
        self._connection: sqlite3.Connection | None = None
        self._place: object = None

    def mark(self) -> object:
        """The file and the version that its last commit gave it; None when there is no store."""
        place = self._dialect.place(self._location)
        if place != self._place:
            self.close()
            self._place = place
        if place is None:
            return None
        if self._connection is None:
            self._connection = self._dialect.connect(self._location, write=False, timeout=_PATIENCE)
        try:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise self._dialect.explain(error, self._location.label) or error from error
        return place, version

    def rest(self, seconds: float, called: Event) -> None:
        """Wait for the next look."""
        called.wait(min(seconds, _PAUSE))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
