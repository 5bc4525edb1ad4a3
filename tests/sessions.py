"""Sessions of a PostgreSQL server that one test after another uses.

A new session has to learn the tables first, which costs the server several times what most commands then ask of it.
"""

from __future__ import annotations

import select
from typing import Any

import psycopg
from psycopg import pq

_MOST = 8  # sessions kept while nobody uses them
_new = psycopg.connect
_free: list[tuple[str, pq.abc.PGconn]] = []


def connected(url: str = "", **settings: Any) -> psycopg.Connection[Any]:
    """Stands in for `psycopg.connect` where the program calls it: a session that is as good as new, if there is one."""
    if settings.keys() != {"connect_timeout", "autocommit"}:
        return _new(url, **settings)
    connection = _taken(url) or _Kept.connect(url, **settings)
    connection.place = url
    connection.autocommit = settings["autocommit"]
    return connection


def end(url: str) -> None:
    """Keep no session of that database."""
    while (connection := _taken(url)) is not None:
        psycopg.Connection.close(connection)


def _taken(url: str) -> _Kept | None:
    for free in reversed(_free.copy()):
        if free[0] == url and free in _free:
            _free.remove(free)
            if _is_idle(free[1]):
                return _Kept(free[1])
            free[1].finish()
    return None


class _Kept(psycopg.Connection[Any]):
    """A connection that leaves its session behind when it is closed."""

    place = ""

    def close(self) -> None:
        """It is closed as any; what it did to its session is undone first, and a session that can't be mended is ended."""
        if self.closed or not _renewed(self.pgconn):
            super().close()
            return
        session, self.pgconn = self.pgconn, _ended()
        self._closed = True
        _free.append((self.place, session))
        if len(_free) > _MOST:
            _free.pop(0)[1].finish()


def _renewed(session: pq.abc.PGconn) -> bool:
    try:
        if session.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR):
            session.exec_(b"ROLLBACK")
        if session.transaction_status != pq.TransactionStatus.IDLE:
            return False
        done = session.exec_(b"DISCARD ALL").status == pq.ExecStatus.COMMAND_OK
        while session.notifies() is not None:
            pass
    except psycopg.Error:
        return False
    return done and _is_idle(session)


def _is_idle(session: pq.abc.PGconn) -> bool:
    """Whether the server waits for us: what it says unasked is that the session is over."""
    if session.status != pq.ConnStatus.OK or session.transaction_status != pq.TransactionStatus.IDLE:
        return False
    said, _, _ = select.select([session.socket], [], [], 0)
    return not said


def _ended() -> pq.abc.PGconn:
    session = pq.PGconn.connect_start(b"")
    session.finish()
    return session
