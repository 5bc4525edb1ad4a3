"""SQLite: one file, WAL, foreign keys on, FTS5 for search."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from crmcli.domain.text import fold
from crmcli.errors import (
    Conflict,
    CrmError,
    Interrupted,
    Refused,
    StoreError,
    StoreLocked,
    StoreUnreachable,
    UsageError,
)
from crmcli.store.dialects import scattered, too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from crmcli.store.dialects import Lookout
    from crmcli.store.location import Location
    from crmcli.store.store import Store

_CHUNK = 500
_SCATTERED = 8  # one record in so many is looked up faster than all are read
_MOST_NAMED = 200_000
_BULK_CACHE = 64 << 10  # KiB of pages, while very many rows are written
_LARGE = 64 << 20  # bytes of a file that is worth mapping
# The second of a moment: said in one word since SQLite 3.38, in half the time.
_SECONDS = "unixepoch({})" if sqlite3.sqlite_version_info >= (3, 38) else "CAST(strftime('%s', {}) AS INTEGER)"
_UNWRITABLE = ("unable to open", "readonly")


class Sqlite:
    """The dialect of a SQLite file."""

    name = "sqlite"
    sorts_groups = True

    def exists(self, location: Location) -> bool:
        """Whether the file is there; an empty one counts as absent."""
        found = _found(location)
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise StoreUnreachable(f"{location.label} is a folder, not a store", hint="name a file in it")
        return found is not None and found.st_size > 0

    def place(self, location: Location) -> object:
        """The file itself, by its number; where only reading is possible, also as it is, which is all that we see there."""
        found = _found(location)
        if found is None or found.st_size == 0:
            return None
        path = _path(location)
        if os.access(path.parent, os.W_OK):
            return found.st_dev, found.st_ino
        log = path.with_name(f"{path.name}-wal").stat().st_mtime_ns if _has_pending(path) else None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, log

    def connect(self, location: Location, *, write: bool, timeout: float) -> sqlite3.Connection:
        """A connection with our pragmas and functions; a new file gets mode 0600 in a 0700 folder."""
        path = _path(location)
        try:
            if write:
                _make_file(path)
            connection = self._open(path, write=write, timeout=timeout)
        except sqlite3.Error as error:
            if write and "unable to open" in str(error) and path.is_file() and not os.access(path.parent, os.W_OK):
                raise _read_only(location.label) from error  # it was the log beside it that could not be made
            raise self.explain(error, location.label) or error from error
        except OSError as error:
            raise StoreUnreachable(f"can't make {location.label}: {error.strerror or error}") from error
        return connection

    def _open(self, path: Path, *, write: bool, timeout: float) -> sqlite3.Connection:
        connection = _connection(path, "rw" if write else "ro", timeout)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if write:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            else:
                connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
                _map(connection, path)
        except sqlite3.OperationalError as error:
            connection.close()
            if write or not any(words in str(error) for words in _UNWRITABLE) or _has_pending(path):
                raise
            # SQLite wants to write beside a WAL store even to read it. Where we may not, and nothing lies in the log,
            # the file alone is the whole store.
            connection = _connection(path, "ro&immutable=1", timeout)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def keep(self, connection: sqlite3.Connection) -> None:
        """Without a mapping: of that, every page ever read would be kept, once for each connection."""
        connection.execute("PRAGMA mmap_size = 0")

    def interrupt(self, connection: sqlite3.Connection) -> None:
        """SQLite's own call for it; one that was closed meanwhile runs nothing."""
        with suppress(sqlite3.ProgrammingError):
            connection.interrupt()

    def tell(self) -> str:
        """Nothing: ``data_version`` tells."""
        return ""

    def lookout(self, location: Location) -> Lookout:
        """Asks ``data_version`` again and again."""
        from crmcli.store.dialects.sqlite_lookout import SqliteLookout

        return SqliteLookout(self, location)

    def begin(self) -> str:
        """Take the write lock at once, so that a transaction never fails half-way for want of it."""
        return "BEGIN IMMEDIATE"

    def keep_at_once(self, connection: sqlite3.Connection) -> None:
        """The log is synced at each commit, not only when it is folded into the file."""
        connection.execute("PRAGMA synchronous = FULL")

    def sql(self, text: str) -> str:
        """SQLite takes ``?`` as it is."""
        return text

    def stream(self, connection: sqlite3.Connection, text: str, params: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        """The rows as the cursor gives them."""
        cursor = connection.execute(text, tuple(params))
        try:
            while rows := cursor.fetchmany(_CHUNK):
                yield from rows
        finally:
            with suppress(sqlite3.ProgrammingError):  # the connection was closed before
                cursor.close()  # an open one would hold every later query to what it saw itself

    def ask(self, location: Location, text: str, seconds: float) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """On a file opened for reading only, where nothing but SELECT is authorized, interrupted when time is up."""
        connection = self.connect(location, write=False, timeout=seconds)
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_authorizer(_only_reading)
        end = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > end, _OPCODES)
        try:
            cursor = connection.execute(text)
        except (sqlite3.Error, sqlite3.Warning) as error:
            connection.close()
            raise _unanswered(error, seconds) from error
        return [name for name, *_ in cursor.description or ()], _answers(connection, cursor, end, seconds)

    def explain(self, error: BaseException, label: str) -> CrmError | None:
        """SQLite's errors in the user's words."""
        if not isinstance(error, sqlite3.Error):
            return None
        text = str(error)
        if passing := _passing(text, label):
            return passing
        if "UNIQUE constraint failed" in text:
            return Conflict(f"another record holds that value by now: {text.rpartition(': ')[2]}")
        if "not a database" in text:
            return StoreError(f"{label} is not a crm store")
        if "readonly" in text:
            return _read_only(label)
        if "unable to open" in text:
            return StoreUnreachable(f"can't open {label}")
        if "full" in text or "disk I/O" in text:
            return StoreError(f"can't write {label}: {text}; nothing was changed", hint="free some space")
        if "malformed" in text or "no such table" in text:
            return StoreError(f"{label} is damaged or not a crm store: {text}", hint="crm store restore BACKUP")
        return None

    def seconds(self, moment: str) -> str:
        """As SQLite's clock counts them."""
        return _SECONDS.format(moment)

    def custom_value(self, alias: str) -> str:
        """By key and not by path, so that a key may hold any character; true and false as JSON spells them."""
        kept = "CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(j.value AS TEXT) END"
        return f"(SELECT {kept} FROM json_each({alias}.custom) j WHERE j.key = ?)"

    def shifted_day(self, moment: str, seconds: str) -> str:
        """By SQLite's own calendar."""
        return f"date({moment}, ({seconds}) || ' seconds')"

    def later(self, moment: str, seconds: int) -> str:
        """By SQLite's own calendar, written as it is kept."""
        return f"strftime('%Y-%m-%dT%H:%M:%SZ', {moment}, '{seconds} seconds')"

    def gathered(self, value: str) -> str:
        """With commas unless told otherwise."""
        return f"group_concat({value})"

    def one_in(self, every: int, number: str, highest: int) -> str:
        """Said one by one where they are few: each is looked up then, and the others are not looked at."""
        if every < _SCATTERED or highest // every > _MOST_NAMED:
            return scattered(every, number)
        from crmcli.domain.scattered import chosen_numbers

        return f"{number} IN ({', '.join(map(str, chosen_numbers(every, highest)))})"

    def among(self, values: Sequence[object]) -> tuple[str, Sequence[object]]:
        """A placeholder for each."""
        return f"IN ({', '.join('?' * len(values))})", values

    def search_condition(self) -> str:
        """FTS5's own operator."""
        return "search_entry MATCH ?"

    def search_query(self, words: Sequence[str], *, names_only: bool) -> str:
        """Each word quoted, as a prefix, all of them wanted."""
        column = "name : " if names_only else ""
        quoted = (word.replace('"', '""') for word in words)
        return " AND ".join(f'{column}"{word}" *' for word in quoted)

    def finds_far(self, word: str) -> bool:  # noqa: ARG002
        """Beginnings have lists of their own."""
        return True

    def names_beginning(self, noun: str, key: str, words: str) -> tuple[str, Sequence[object]] | None:  # noqa: ARG002
        """Along the index of names; subjects have none."""
        if noun == "activity":
            return None
        name = "title_key" if noun == "deal" else "name_key"
        return f"SELECT id FROM {noun} WHERE {name} >= ? AND {name} < ?", (key, f"{key}\U0010ffff")

    def fill(
        self, connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        """One prepared statement."""
        connection.executemany(_insert(table, tuple(columns)), rows)

    def expect_many(self, connection: sqlite3.Connection) -> None:
        """Room for the indexes in memory, and few but large merges of the search index."""
        connection.execute(f"PRAGMA cache_size = -{_BULK_CACHE}")
        _configure_search(connection, automerge=0, crisismerge=64)

    def settle(self, connection: sqlite3.Connection) -> None:
        """The search index merges again as it goes."""
        _configure_search(connection, automerge=4, crisismerge=16)

    def kept_order(self, keys: Iterable[str]) -> list[str]:
        """As they were written."""
        return list(keys)

    def describe(self, connection: sqlite3.Connection, location: Location) -> tuple[str, int]:  # noqa: ARG002
        """The library's version; the file with what lies still beside it."""
        path = _path(location)
        beside = path.with_name(f"{path.name}-wal")
        return sqlite3.sqlite_version, path.stat().st_size + (beside.stat().st_size if beside.exists() else 0)

    def grown(self, tables: Sequence[str]) -> str:  # noqa: ARG002
        """Nothing: plans are made for the indexes there are."""
        return ""

    def snapshot(self) -> str:
        """A transaction; its first statement fixes what it sees."""
        return "BEGIN"

    def stream_long(
        self, connection: sqlite3.Connection, text: str, params: Sequence[object]
    ) -> Iterator[tuple[Any, ...]]:
        """The cursor never holds more than it gives."""
        return self.stream(connection, text, params)

    def numbers(self, connection: sqlite3.Connection, tables: Sequence[str]) -> dict[str, int]:
        """SQLite's own notes on AUTOINCREMENT."""
        known = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        return {table: known[table] for table in tables if known.get(table)}

    def set_numbers(self, connection: sqlite3.Connection, numbers: Mapping[str, int]) -> None:
        """The same, written."""
        connection.executemany("DELETE FROM sqlite_sequence WHERE name = ?", [(table,) for table in numbers])
        known = [(table, number) for table, number in numbers.items() if number]
        connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", known)

    def load(
        self, connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        """Insert them, and look at where they point only at the end."""
        connection.execute("PRAGMA defer_foreign_keys = ON")
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        try:
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        except (sqlite3.IntegrityError, sqlite3.DataError) as error:
            raise ValueError(str(error)) from error

    def refuse_dangling(self, connection: sqlite3.Connection) -> None:
        """SQLite looks again, and says which row."""
        found = connection.execute("PRAGMA foreign_key_check").fetchone()
        if found is not None:
            raise ValueError(f"{found[0]} row {found[1]} points to a {found[2]} that is not there")

    def integrity(self, connection: sqlite3.Connection) -> list[str]:
        """``integrity_check``; the foreign keys are looked at by our own checks."""
        return [str(line) for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]

    def leave_no_trace(self, connection: Any) -> None:  # noqa: ANN401
        """Deleted content is overwritten with zeros."""
        connection.exec_driver_sql("PRAGMA secure_delete = ON")

    def scrub(self, location: Location) -> None:
        """The words of the search index merged anew, the file written anew, and the log beside it emptied."""
        connection = self.connect(location, write=True, timeout=30)
        try:
            connection.execute("INSERT INTO search_entry (search_entry) VALUES ('optimize')")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise self.explain(error, location.label) or error from error
        finally:
            connection.close()

    @contextmanager
    def hold(self, location: Location, name: str, note: str) -> Iterator[None]:
        """By a small file beside the store that the system lets go when the process ends, however it ends."""
        from crmcli.store.dialects.lock_file import lock_file

        store = _path(location).expanduser().resolve()
        try:
            with lock_file(store, name, note):
                yield
        except OSError as error:
            if error.filename is None or not str(error.filename).endswith(".lock"):
                raise
            raise StoreUnreachable(f"can't lock {location.label}: {error.strerror or error}") from error

    def backup(self, location: Location, target: Path) -> None:
        """SQLite's online backup: a consistent copy while others write."""
        source = self.connect(location, write=False, timeout=30)
        _make_file(target)
        try:
            copy = sqlite3.connect(target)
            try:
                source.backup(copy, pages=-1)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
        except sqlite3.Error as error:
            target.unlink(missing_ok=True)
            raise self.explain(error, str(target)) or error from error
        finally:
            source.close()

    def backup_version(self, source: Path) -> str:
        """From the backup's own pages, once they are known to be whole."""
        origin = None
        try:
            origin = _settled(source)
            if origin.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise StoreError(f"{source} is damaged; the store was left as it is")
            (version,) = origin.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        except sqlite3.Error as error:
            raise StoreError(f"{source} is not a backup of a crm store: {error}") from error
        finally:
            if origin is not None:
                origin.close()
        return str(version)

    def restore(self, store: Store, source: Path, version: str) -> None:  # noqa: ARG002 - the pages bring it along
        """The backup's pages over the store's, through the same online copy, so that readers see old or new."""
        origin = _settled(source)
        connection = self.connect(store.location, write=True, timeout=store.timeout)
        try:
            origin.backup(connection, pages=-1, progress=_patience(store.timeout))
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise self.explain(error, store.location.label) or error from error
        finally:
            connection.close()
            origin.close()


_OPCODES = 10_000  # between two looks at the clock
_LONGEST = 4_000_000  # bytes of one value in an answer, and of the work towards it
_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


def _read_only(label: str) -> StoreError:
    return StoreError(f"{label} can't be written: the file or its folder is read-only")


def _passing(text: str, label: str) -> CrmError | None:
    """What is nobody's fault and over when it is tried again."""
    if "interrupted" in text:
        return Interrupted("the question was called off; nothing was changed")
    if "closed database" in text:
        return StoreUnreachable(f"{label} was closed or replaced meanwhile", hint="try again")
    if "locked" in text or "busy" in text:
        return StoreLocked(f"{label} is locked by another process", hint="try again when it has finished")
    return None


def _only_reading(action: int, *_about: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _answers(
    connection: sqlite3.Connection, cursor: sqlite3.Cursor, end: float, seconds: float
) -> Iterator[tuple[Any, ...]]:
    try:
        for row in cursor:  # one by one: a row may hold megabytes
            yield row
            if time.monotonic() > end:
                raise too_long(seconds)
    except sqlite3.Error as error:
        raise _unanswered(error, seconds) from error
    finally:
        connection.close()


def _unanswered(error: Exception, seconds: float) -> CrmError:
    text = str(error)
    if "interrupted" in text:
        return too_long(seconds)
    if "not authorized" in text or "prohibited" in text:
        return Refused("only SELECT is answered here: nothing can be changed this way")
    return UsageError(f"sql: {text}")


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _configure_search(connection: sqlite3.Connection, **settings: int) -> None:
    connection.executemany("INSERT INTO search_entry (search_entry, rank) VALUES (?, ?)", list(settings.items()))


def _path(location: Location) -> Path:
    assert location.path is not None
    return location.path


def _found(location: Location) -> os.stat_result | None:
    """What lies at the store's place; None when nothing does."""
    try:
        return _path(location).stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnreachable(f"can't open {location.label}: {error.strerror}") from error


def _connection(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
    # check_same_thread: the board reads in one worker and closes in another; each connection has one user at a time.
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)
    connection.create_function("crm_fold", 1, _fold, deterministic=True)
    connection.create_function("crm_number", 1, _number, deterministic=True)
    return connection


def _map(connection: sqlite3.Connection, path: Path) -> None:
    """Read a large file where the system keeps it: copying each page out of there takes longer than counting what is in it.

    What we put in a store's place is a new file, so that this one never ends before its mapping does.
    """
    size = path.stat().st_size
    if size >= _LARGE:
        connection.execute(f"PRAGMA mmap_size = {size}")


def _settled(path: Path) -> sqlite3.Connection:
    """A backup to read: nobody writes it, so nothing needs to be laid beside it."""
    return _connection(path, "ro" if _has_pending(path) else "ro&immutable=1", 30)


def _patience(seconds: float) -> Callable[[int, int, int], None]:
    """Ends a copy that has waited for a lock so long; left alone, it would wait for ever."""
    end = time.monotonic() + seconds

    def step(status: int, _left: int, _all: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > end:
            raise sqlite3.OperationalError("database is locked")

    return step


def _has_pending(path: Path) -> bool:
    """Whether what was written last lies still beside the file, so that the file alone is not the whole store."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _make_file(path: Path) -> None:
    if not path.exists():
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, parents=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _fold(value: object) -> str | None:
    return None if value is None else fold(str(value))


def _number(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    text = "" if value is None else str(value).strip()
    # Python would also take nan, inf, 1_000 and the digits of other scripts, which the other engine does not.
    if not text or text.strip("0123456789.+-eE"):
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e100 else None
