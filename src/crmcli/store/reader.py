"""The reading door: SQL text on the DB-API connection, rows straight to whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    from crmcli.store.dialects import Dialect, Row


class Reader:
    """Answers questions; over a missing store (``connection`` None) every answer is empty."""

    def __init__(self, dialect: Dialect, connection: Any | None, label: str) -> None:  # noqa: ANN401
        self.dialect = dialect
        self.connection = connection
        self.label = label
        self.place: object = None  # for one that is kept: which file it was opened on
        self._users: dict[int, str] | None = None
        self._streams = 0
        self._is_called_off = False

    def stream(self, sql: str, params: Sequence[object] = ()) -> Iterator[Row]:
        """The rows of a query, in constant memory; statements are written with ``?``."""
        if self.connection is None:
            return
        self.refuse_called_off()
        self._streams += 1
        try:
            yield from self.dialect.stream(self.connection, self.dialect.sql(sql), params)
        except Exception as error:
            self.refuse_called_off(error)
            raise self.dialect.explain(error, self.label) or error from error
        finally:
            self._streams -= 1

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        return list(self.stream(sql, params))

    def row(self, sql: str, params: Sequence[object] = ()) -> Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(sql, params)), None)

    def value(self, sql: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401
        """The first column of the first row, or None."""
        found = self.row(sql, params)
        return found[0] if found else None

    def user(self, user_id: int | None) -> str | None:
        """The login of a user; the few users of a store are read once."""
        if user_id is None:
            return None
        if self._users is None or user_id not in self._users:
            self._users = dict(self.rows("SELECT id, login FROM app_user"))
        return self._users.get(user_id)

    # -- kept for many questions

    @property
    def is_idle(self) -> bool:
        """Whether no stream is left half read; until then every query sees the store as that stream does."""
        return self._streams == 0

    def interrupt(self) -> None:
        """From any thread: have the query that runs, or else the next one, raise Interrupted."""
        connection, self._is_called_off = self.connection, True
        if connection is not None:
            self.dialect.interrupt(connection)

    def forget(self) -> None:
        """Begin another question: what was remembered of users, and a call to stop, belonged to the last one."""
        self._users, self._is_called_off = None, False

    def refuse_called_off(self, error: Exception | None = None) -> None:
        """For work between queries that takes long: raise Interrupted when the question was called off meanwhile."""
        if self._is_called_off:
            self._is_called_off = False
            raise Interrupted("the question was called off; nothing was changed") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def marks(values: Sequence[object]) -> str:
    """As many placeholders as there are values: ``?, ?, ?``."""
    return ", ".join("?" * len(values))
