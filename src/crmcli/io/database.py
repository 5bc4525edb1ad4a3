"""A table, a view or a query of an SQLite file, which is opened so that nothing can change it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from crmcli.errors import NotFound, UsageError
from crmcli.io.charset import decoded
from crmcli.io.columns import named_columns
from crmcli.io.records import flaw_of, legible
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_LISTED = 20


def read(source: Source, reading: Reading) -> Table:
    """The rows of ``reading.query``, else of ``reading.table``, else of the only table or view there is.

    Raises UsageError for a file that is no database or holds several tables, and for a query that is no SELECT;
    NotFound for a table that is not there.
    """
    import sqlite3

    _refuse_cut(source)
    path, remove = source.on_disk()
    try:
        connection = _connected(path)
    except sqlite3.Error as error:
        remove()
        raise UsageError(f"cannot read {source.name}: {error}") from error

    def close() -> None:
        connection.close()
        source.close()
        remove()

    try:
        return _table(_Query(connection, source.name), reading, close, source.size)
    except BaseException:
        close()
        raise


def _refuse_cut(source: Source) -> None:
    """Raises UsageError for a file that is shorter than it says: SQLite would read the rest as empty values."""
    header = source.head[:100]
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big") if header[24:28] == header[92:96] else 0
    if pages * (65536 if page == 1 else page) > source.file().seek(0, 2):
        raise UsageError(f"{source.name} was cut short: its end is missing")


def _connected(path: Path) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.text_factory = lambda raw: decoded(raw, "utf-8")
    connection.execute("PRAGMA trusted_schema = OFF")  # what a view of a foreign file may call
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_may)
    return connection


def _may(action: int, first: str | None, second: str | None, _schema: str | None, _origin: str | None) -> int:
    """Whether a statement may do what it is about to: read, and nothing else."""
    import sqlite3

    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() != "load_extension":
        return sqlite3.SQLITE_OK
    asks = action == sqlite3.SQLITE_PRAGMA and first == "data_version"  # full-text tables ask themselves
    return sqlite3.SQLITE_OK if asks else sqlite3.SQLITE_DENY


class _Query:
    """A connection whose errors name the file."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.name = name
        self._connection = connection

    def run(self, sql: str) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        """The titles of a query's columns, and its rows."""
        import sqlite3

        try:
            cursor = self._connection.execute(sql)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            hint = (
                "a query is one SELECT" if any(word in str(error) for word in ("authorized", "one statement")) else None
            )
            raise UsageError(f"cannot read {self.name}: {error}", hint=hint) from error
        if cursor.description is None:
            raise UsageError("the query is empty", hint="a query is one SELECT")
        return tuple(str(column[0]) for column in cursor.description), self._rows(cursor)

    def _rows(self, cursor: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
        import sqlite3

        try:
            with closing(cursor):
                yield from cursor
        except (sqlite3.Error, OverflowError) as error:
            raise UsageError(f"cannot read {self.name}: {error}") from error


def _table(database: _Query, reading: Reading, close: Callable[[], None], size: int | None) -> Table:
    if reading.query:
        sql, count = reading.query, 0
    else:
        sql, count = _of_table(database, _chosen(database, reading.table or reading.sheet))
    titles, rows = database.run(sql)
    columns = named_columns([title or " " for title in titles], [["x"] * len(titles)])
    read = _Reading(columns.names)
    return Table(
        columns.names,
        read.rows(rows),
        position=lambda: (size or 0) * min(read.done, count) // count if count else 0,
        close=close,
        encoding=lambda: "utf-8",
        size=size if count else None,
        format="sqlite",
        notes=lambda: {"binary values": read.blobs} if read.blobs else {},
    )


def _chosen(database: _Query, wanted: str | None) -> str:
    """The name of the table or view to read."""
    names = _names(database)
    if wanted is not None:
        found = next((name for name in names if name.casefold() == wanted.casefold()), None)
        if found is None:
            raise NotFound(f"{database.name} has no table {wanted!r}", hint=f"it has {_listed(names)}")
        return found
    if not names:
        raise UsageError(f"{database.name} has no tables")
    if len(names) > 1:
        raise UsageError(
            f"{database.name} has several tables: {_listed(names)}", hint="--table NAME or --query SELECT chooses"
        )
    return names[0]


def _names(database: _Query) -> list[str]:
    """The tables and views, but for those that SQLite and its full-text tables keep for themselves."""
    rows = list(database.run("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid")[1])
    virtual = [f"{name}_" for name, sql in rows if str(sql).upper().startswith("CREATE VIRTUAL")]
    return [str(name) for name, _ in rows if not str(name).startswith(("sqlite_", *virtual))]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "") if names else "none"


def _of_table(database: _Query, name: str) -> tuple[str, int]:
    """The query of a whole table, and how many rows it has."""
    quoted = '"' + name.replace('"', '""') + '"'
    counted = next(database.run(f"SELECT count(*) FROM {quoted}")[1])[0]  # noqa: S608 - the name is quoted
    return f"SELECT * FROM {quoted}", counted if isinstance(counted, int) else 0  # noqa: S608


class _Reading:
    """The rows of a query as texts; ``done`` and ``blobs`` count as far as it was read."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.done = 0
        self.blobs = 0
        self._names = names

    def rows(self, rows: Iterator[tuple[object, ...]]) -> Iterator[Row | BadRow]:
        """Each row; one that holds text in no encoding is a bad one."""
        for values in rows:
            self.done += 1
            cells = [value if type(value) is str else self._text(value) for value in values]
            if flaw := flaw_of("".join(cells), "utf-8"):
                yield BadRow(self.done, flaw, legible(cells))
            else:
                yield Row(self.done, dict(zip(self._names, cells)))  # noqa: B905 - a query has as many of each

    def _text(self, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, bytes):
            self.blobs += 1
            return ""
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
