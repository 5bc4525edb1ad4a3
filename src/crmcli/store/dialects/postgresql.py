"""PostgreSQL through psycopg 3: one store for a team, tsvector for search."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

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
from crmcli.store.dialects import Held, scattered, too_long

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from crmcli.store.dialects import Lookout
    from crmcli.store.location import Location
    from crmcli.store.store import Store

CHANGED = "crm_changed"  # the channel on which each commit is told
_CHUNK = 500
_LONGEST_WORD = 2046  # bytes, of a word in a tsvector
_FAR, _FAR_DIGITS = 3, 5  # characters
_CURSORS = count(1)
# Writers of one store wait for each other on this advisory lock, as they do on SQLite's write lock.
_WRITE_LOCK = 0x63726D
_HELD_BY = "crm: "
_LOW = 0xFFFFFFFF
_HOLDER = (
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory'"
    " AND l.granted AND l.objsubid = 1 AND l.classid::bigint = %s AND l.objid::bigint = %s"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Postgresql:
    """The dialect of a PostgreSQL server."""

    name = "postgresql"
    sorts_groups = False

    def exists(self, location: Location) -> bool:
        """Whether the database holds our tables."""
        connection = self.connect(location, write=False, timeout=10)
        try:
            found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            return found is not None and found[0] is not None
        finally:
            connection.close()

    def connect(self, location: Location, *, write: bool, timeout: float) -> Any:  # noqa: ANN401
        """A connection in UTC; a reading one is read-only by the server's own word."""
        psycopg = _psycopg()
        try:
            connection = psycopg.connect(location.url, connect_timeout=max(2, int(timeout)), autocommit=not write)
            connection.execute("SET TIME ZONE 'UTC'")
            connection.execute(f"SET lock_timeout = {int(timeout * 1000)}")
            if write:
                connection.commit()
            else:
                connection.execute("SET default_transaction_read_only = on")
        except psycopg.Error as error:
            raise self.explain(error, location.label) or error from error
        return connection

    def place(self, location: Location) -> object:
        """The address says it all."""
        return location.url

    def keep(self, connection: Any) -> None:  # noqa: ANN401
        """The server's memory is its own affair."""

    def interrupt(self, connection: Any) -> None:  # noqa: ANN401
        """By a request of its own to the server, which may take as long as connecting does."""
        with suppress(_psycopg().Error):
            connection.cancel_safe(timeout=5)

    def tell(self) -> str:
        """Those who listen hear it when the transaction is stored."""
        return f"NOTIFY {CHANGED}"

    def lookout(self, location: Location) -> Lookout:
        """Listens."""
        from crmcli.store.dialects.postgresql_lookout import PostgresqlLookout

        return PostgresqlLookout(self, location)

    def begin(self) -> str:
        """Wait for the other writers of this store."""
        return f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})"

    def keep_at_once(self, connection: Any) -> None:  # noqa: ANN401
        """Whatever the server usually does, it answers only once its log is on the disk."""
        connection.execute("SET synchronous_commit = on")
        connection.commit()

    def sql(self, text: str) -> str:
        """``?`` becomes ``%s``."""
        return _placeholders(text)

    def stream(self, connection: Any, text: str, params: Sequence[object]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
        """The rows in chunks; times, dates and JSON as the same text that SQLite keeps."""
        with connection.cursor() as cursor:
            for name, loader in _text_loaders().items():
                cursor.adapters.register_loader(name, loader)
            cursor.execute(text, tuple(params))
            while rows := cursor.fetchmany(_CHUNK):
                yield from rows

    def ask(self, location: Location, text: str, seconds: float) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """As a cursor, which only a SELECT can have, in a read-only transaction; the server ends what takes too long."""
        psycopg = _psycopg()
        if found := _ACTING.search(text):
            raise Refused(f"{found[1] or 'an escaped name'} is not answered here: it can act on the server")
        connection = self.connect(location, write=False, timeout=seconds)
        try:
            connection.execute("BEGIN TRANSACTION READ ONLY")
            if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
                connection.execute("SET LOCAL ROLE pg_read_all_data")
            connection.execute(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
            cursor = connection.cursor(name="answer")
            for name, loader in {**_text_loaders(), **_number_loaders()}.items():
                cursor.adapters.register_loader(name, loader)
            cursor.execute(text)
        except psycopg.Error as error:
            connection.close()
            raise _unanswered(error, seconds) from error
        return [column.name for column in cursor.description or ()], _answers(connection, cursor, seconds)

    def explain(self, error: BaseException, label: str) -> CrmError | None:
        """Psycopg's errors in the user's words."""
        psycopg = _psycopg()
        if not isinstance(error, psycopg.Error):
            return None
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if isinstance(error, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            return StoreLocked(f"{label} is locked by another session", hint="try again when it has finished")
        if isinstance(error, psycopg.errors.DuplicateTable | psycopg.errors.DuplicateFunction):
            return StoreError(f"{label} holds something else of the same name: {text}", hint="a database of its own")
        if isinstance(error, psycopg.errors.UniqueViolation):
            return Conflict(f"another record holds that value by now: {error.diag.constraint_name or text}")
        if isinstance(error, psycopg.errors.QueryCanceled) and "timeout" not in text:
            return Interrupted(f"{label}: {text}")
        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
            return StoreUnreachable(f"can't reach {label}: {text}")
        if isinstance(error, psycopg.OperationalError | psycopg.errors.InsufficientPrivilege):
            return StoreError(f"{label}: {text}")
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            return StoreError(f"{label} can't be written: {text}")
        return None

    def seconds(self, moment: str) -> str:
        """The epoch, cut to whole seconds."""
        return f"CAST(FLOOR(EXTRACT(EPOCH FROM {moment})) AS BIGINT)"

    def custom_value(self, alias: str) -> str:
        """The value as text."""
        return f"({alias}.custom ->> CAST(? AS TEXT))"

    def shifted_day(self, moment: str, seconds: str) -> str:
        """The connection's time zone is UTC."""
        return f"to_char({moment} + ({seconds}) * INTERVAL '1 second', 'YYYY-MM-DD')"

    def later(self, moment: str, seconds: int) -> str:
        """By adding."""
        return f"({moment} + {seconds} * INTERVAL '1 second')"

    def gathered(self, value: str) -> str:
        """As strings are."""
        return f"string_agg(CAST({value} AS TEXT), ',')"

    def one_in(self, every: int, number: str, highest: int) -> str:  # noqa: ARG002
        """Worked out for each."""
        return scattered(every, number)

    def among(self, values: Sequence[object]) -> tuple[str, Sequence[object]]:
        """One array, so that the statement is the same for any number of values, and its plan is kept."""
        return "= ANY (?)", [list(values)]

    def search_condition(self) -> str:
        """The words are compared as they are: neither side goes through the server's own notion of a word."""
        return "search_entry.words @@ CAST(? AS tsquery)"

    def search_query(self, words: Sequence[str], *, names_only: bool) -> str:
        """Each word quoted, as a prefix, all of them wanted; weight A is the name. What is too long is in no entry."""
        weight = "*A" if names_only else "*"
        known = (word for word in words if len(word.encode()) <= _LONGEST_WORD)
        quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in known)
        return " & ".join(f"'{word}':{weight}" for word in quoted)

    def finds_far(self, word: str) -> bool:
        """All the words that begin so are gathered first, and phone numbers are many words each."""
        return len(word) >= _FAR_DIGITS if word.isdecimal() else len(word) >= _FAR or not word.isascii()

    def names_beginning(self, noun: str, key: str, words: str) -> tuple[str, Sequence[object]] | None:  # noqa: ARG002
        """Along the index of the beginnings of entries, each of which begins with the name."""
        name = 'left(name, 40) COLLATE "C"'
        sql = f"SELECT record_id AS id FROM search_entry WHERE noun = ? AND {name} >= ? AND {name} < ?"
        return sql, (noun, words[:40], f"{words[:40]}\U0010ffff")

    def fill(self, connection: Any, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:  # noqa: ANN401
        """One ``COPY``, its text made here."""
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            copy.write("".join(["\t".join(map(_cell, row)) + "\n" for row in rows]))

    def expect_many(self, connection: Any) -> None:  # noqa: ANN401
        """Nothing: the index of words gathers what is new by itself.

        More memory was no faster, nor was it to build the index anew afterwards, which would have made readers wait.
        """

    def settle(self, connection: Any) -> None:  # noqa: ANN401
        """What was set ends with the transaction."""

    def kept_order(self, keys: Iterable[str]) -> list[str]:
        """As ``jsonb`` keeps them: the shorter ones first, in UTF-8."""
        return sorted(keys, key=lambda key: (len(key.encode()), key.encode()))

    def describe(self, connection: Any, location: Location) -> tuple[str, int]:  # noqa: ANN401, ARG002
        """The server's version; our tables with their indexes."""
        (version,) = connection.execute("SHOW server_version").fetchone()
        sizes = "SELECT COALESCE(SUM(pg_total_relation_size(to_regclass(name))), 0) FROM unnest(%s::text[]) AS name"
        (size,) = connection.execute(sizes, (_tables(connection),)).fetchone()
        return str(version), int(size)

    def grown(self, tables: Sequence[str]) -> str:
        """Within one transaction the server still plans, foreign keys too, for the empty tables it began with."""
        return f"ANALYZE {', '.join(tables)}"

    def snapshot(self) -> str:
        """A transaction that sees one moment."""
        return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def stream_long(self, connection: Any, text: str, params: Sequence[object]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
        """A cursor of the server's, because the driver's own would first fetch every row."""
        with connection.cursor(name=f"crm_{next(_CURSORS)}") as cursor:
            for name, loader in _text_loaders().items():
                cursor.adapters.register_loader(name, loader)
            cursor.execute(text, tuple(params))
            while rows := cursor.fetchmany(_CHUNK):
                yield from rows

    def numbers(self, connection: Any, tables: Sequence[str]) -> dict[str, int]:  # noqa: ANN401
        """What the sequences of the tables say."""
        sql = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)"
        found = {table: connection.execute(sql, (table,)).fetchone()[0] for table in tables}
        return {table: int(number) for table, number in found.items() if number}

    def set_numbers(self, connection: Any, numbers: Mapping[str, int]) -> None:  # noqa: ANN401
        """The same, written."""
        for table, number in numbers.items():
            sql = "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, %s)"
            connection.execute(sql, (table, max(number, 1), number > 0))

    def load(
        self,
        connection: Any,  # noqa: ANN401
        table: str,
        columns: Sequence[str],
        rows: Iterable[tuple[Any, ...]],
    ) -> None:
        """One ``COPY``, at whose end the server looks where the rows point."""
        psycopg = _psycopg()
        names = ", ".join(f'"{name}"' for name in columns)
        try:
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            raise ValueError(str(error).strip().splitlines()[0]) from error

    def refuse_dangling(self, connection: Any) -> None:  # noqa: ANN401
        """Nothing is left to look at: the server refused it at once."""

    def integrity(self, connection: Any) -> list[str]:  # noqa: ANN401
        """Invalid indexes and unvalidated constraints; the server looks after the rest."""
        indexes = connection.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid").fetchall()
        keys = connection.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated").fetchall()
        return [f"index {name} is not valid" for (name,) in indexes] + [f"{name} is not validated" for (name,) in keys]

    def leave_no_trace(self, connection: Any) -> None:  # noqa: ANN401
        """The server has no such setting."""

    def scrub(self, location: Location) -> None:
        """Dead rows are vacuumed away; what the server's own backups and logs hold is its keeper's to erase."""
        connection = self.connect(location, write=True, timeout=30)
        try:
            connection.autocommit = True
            connection.execute(f"VACUUM {', '.join(t for t in _tables(connection) if t != 'alembic_version')}")
        finally:
            connection.close()

    @contextmanager
    def hold(self, location: Location, name: str, note: str) -> Iterator[None]:
        """By an advisory lock of a session that does nothing else; its name tells the others who it is."""
        connection = self.connect(location, write=False, timeout=10)
        try:
            connection.execute("SELECT set_config('application_name', %s, false)", (_HELD_BY + note,))
            (key,) = connection.execute(
                "SELECT hashtextextended(current_schema() || ' ' || %s, 0)", (f"crm {name}",)
            ).fetchone()
            (is_ours,) = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
            if not is_ours:
                (other,) = connection.execute(_HOLDER, (key >> 32 & _LOW, key & _LOW)).fetchone() or ("",)
                raise Held(str(other or "").removeprefix(_HELD_BY))
            try:
                yield
            finally:
                # The server notices a closed session a moment later: who comes next must not meet the ghost of this one.
                with suppress(_psycopg().Error):
                    connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
        finally:
            connection.close()

    def backup(self, location: Location, target: Path) -> None:
        """Every table by ``COPY`` from one repeatable-read snapshot into a zip, the schema's version beside them."""
        import zipfile

        connection = self.connect(location, write=True, timeout=30)
        try:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as bundle:
                target.chmod(0o600)
                for table in _tables(connection):
                    with bundle.open(f"{table}.copy", "w", force_zip64=True) as part, connection.cursor() as cursor:
                        columns = ", ".join(_columns(connection, table))
                        with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                            for block in copy:
                                part.write(block)
        except OSError as error:
            raise StoreUnreachable(f"can't write {target}: {error.strerror or error}") from error
        finally:
            connection.close()

    def backup_version(self, source: Path) -> str:
        """From the zip, once its parts are known to be whole."""
        import zipfile
        import zlib

        unreadable = (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, ValueError)
        try:
            with zipfile.ZipFile(source) as bundle:
                damaged = bundle.testzip()
                version = bundle.read("alembic_version.copy").decode().strip()
        except unreadable as error:
            raise StoreError(f"{source} is not a backup of a crm store on PostgreSQL") from error
        if damaged:
            raise StoreError(f"{source} is damaged ({damaged}); the store was left as it is")
        return version

    def restore(self, store: Store, source: Path, version: str) -> None:
        """The backup's schema made anew, and every table filled from the zip, those that others point to first."""
        import zipfile

        from crmcli.store.engine import transaction
        from crmcli.store.migrations.steps import upgrade

        with transaction(store) as work, zipfile.ZipFile(source) as bundle:
            connection: Any = work.connection.driver_connection
            _drop(connection)
            upgrade(work, version)
            tables = _tables(connection)
            connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
            for table in _parents_first(connection, tables):
                if f"{table}.copy" in bundle.namelist():
                    _fill(connection, bundle, table)


def _psycopg() -> ModuleType:
    try:
        import psycopg
    except ImportError as error:
        raise UsageError("a postgresql:// store needs psycopg", hint="pip install 'crmcli[postgres]'") from error
    return psycopg


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _cell(value: object) -> str:
    """A value in the text format of ``COPY``."""
    if value is None:
        return "\\N"
    text = value if type(value) is str else str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


@cache
def _placeholders(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")


@cache
def _text_loaders() -> dict[str, Any]:
    from psycopg.adapt import Loader

    class Text(Loader):
        def load(self, data: Any) -> str:  # noqa: ANN401
            return bytes(data).decode()

    class Moment(Loader):
        def load(self, data: Any) -> str:  # noqa: ANN401
            # In UTC the server writes 2026-11-21 20:19:00+00.
            return bytes(data).decode().replace(" ", "T", 1).removesuffix("+00") + "Z"

    return {"timestamptz": Moment, "date": Text, "jsonb": Text, "json": Text}


# Functions that do more than read our rows: the server's own (files, sessions, settings, large objects), other servers',
# and what runs text as SQL. A name may be quoted, escaped, or kept from its bracket by a comment.
_ACTING = re.compile(
    r"""(?ix) \bu&" | "?\b((?:pg|lo|dblink|txid|binary_upgrade|ts_debug)_?\w*|set_config|current_setting|nextval|setval
    |(?:query|table|cursor|schema|database)_to_xml\w*|ts_stat|ts_rewrite)"? (?:\s|/\*.*?\*/|--[^\n]*\n)* \(""",
    re.DOTALL,
)


@cache
def _number_loaders() -> dict[str, Any]:
    from psycopg.adapt import Loader

    class Number(Loader):
        def load(self, data: Any) -> int | float:  # noqa: ANN401
            text = bytes(data).decode()
            return float(text) if not text.lstrip("-").isdecimal() else int(text)

    return {"numeric": Number}


def _answers(connection: Any, cursor: Any, seconds: float) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    end = time.monotonic() + seconds  # the server's own limit is for one fetch
    try:
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
            if time.monotonic() > end:
                raise too_long(seconds)
    except _psycopg().Error as error:
        raise _unanswered(error, seconds) from error
    finally:
        connection.close()


def _unanswered(error: Exception, seconds: float) -> CrmError:
    errors = _psycopg().errors
    if isinstance(error, errors.QueryCanceled):
        return too_long(seconds)
    if isinstance(error, errors.ReadOnlySqlTransaction | errors.FeatureNotSupported | errors.InsufficientPrivilege):
        return Refused("only SELECT is answered here: nothing can be changed this way")
    return UsageError(f"sql: {str(error).strip().splitlines()[0]}")


# Every table that some version of the schema has or had; what else lies in the database is not ours to touch.
_OURS = (
    "activity", "activity_contact", "advice_mute", "alembic_version", "app_user", "campaign", "campaign_cost", "campaign_event",
    "campaign_goal", "campaign_member", "campaign_variant", "change", "change_set", "company", "company_phone",
    "company_website", "consent", "contact", "contact_company", "contact_email", "contact_handle", "contact_phone",
    "contact_relation", "custom_field", "deal", "deal_contact", "distinct_pair", "enrolment", "exchange_rate",
    "forgotten", "goal", "import_run",
    "message", "pipeline", "purchase", "returned_mail", "saved_report", "saved_view", "search_entry", "segment", "segment_member",
    "segment_snapshot", "segment_snapshot_member", "sequence", "sequence_step", "stage", "stage_change", "suppression",
    "tag", "tagging", "template",
)  # fmt: skip


def _drop(connection: Any) -> None:  # noqa: ANN401
    """Take away everything of ours; what else lies in the schema stays."""
    for table in _tables(connection):
        connection.execute(f"DROP TABLE {table} CASCADE")
    connection.execute(
        "DROP FUNCTION IF EXISTS crm_fold(text), crm_number(text), crm_words(text, text), instr(text, text)"
    )


def _tables(connection: Any) -> list[str]:  # noqa: ANN401
    """Our tables that are there, by name."""
    sql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    return [name for (name,) in connection.execute(sql).fetchall() if name in _OURS]


def _columns(connection: Any, table: str) -> list[str]:  # noqa: ANN401
    sql = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
    )
    return [f'"{name}"' for (name,) in connection.execute(sql, (table,)).fetchall()]


def _parents_first(connection: Any, tables: list[str]) -> list[str]:  # noqa: ANN401
    sql = "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    needs = {(child, parent) for child, parent in connection.execute(sql).fetchall() if child != parent}
    ordered: list[str] = []
    while len(ordered) < len(tables):
        ready = [t for t in tables if t not in ordered and all(p in ordered for c, p in needs if c == t)]
        ordered += ready or [t for t in tables if t not in ordered]
    return ordered


def _fill(connection: Any, bundle: Any, table: str) -> None:  # noqa: ANN401
    columns = ", ".join(_columns(connection, table))
    with (
        connection.cursor() as cursor,
        bundle.open(f"{table}.copy") as part,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        while block := part.read(1 << 16):
            copy.write(block)
    if '"id"' in columns:
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1), max(id) IS NOT NULL)"
            f" FROM {table}"
        )
