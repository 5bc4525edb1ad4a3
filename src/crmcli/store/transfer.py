"""The rows of every table, as plain values that mean the same on both engines: out of a store, and into an empty one."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import Conflict
from crmcli.store.migrations import HEAD
from crmcli.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Column, Connection

    from crmcli.store.dialects import Row
    from crmcli.store.store import Store

# Every table that holds something of the user's, those that others point to first. What is left out: imports on
# their way, and the search index, which is made anew.
TABLES = (
    "app_user", "tag", "custom_field", "pipeline", "stage", "template", "campaign", "campaign_variant", "saved_view",
    "campaign_cost", "campaign_goal",
    "company", "company_website", "company_phone",
    "contact", "contact_email", "contact_phone", "contact_handle", "contact_company", "contact_relation",
    "deal", "deal_contact", "stage_change",
    "activity", "activity_contact",
    "segment", "segment_member", "segment_snapshot", "segment_snapshot_member",
    "campaign_member", "campaign_event", "message", "returned_mail", "consent", "suppression",
    "sequence", "sequence_step", "enrolment",
    "exchange_rate", "purchase", "goal", "saved_report", "advice_mute",
    "tagging", "change_set", "change", "distinct_pair", "forgotten",
)  # fmt: skip
# Columns that hold JSON.
JSON = ("custom", "before", "after", "asked")
# A store with a row in one of these is in use.
_IN_USE = ("contact", "company", "deal", "activity", "change_set")
_LARGEST = 2**63 - 1


class Misfit(ValueError):
    """A row that is not one of ours: the message says what is wrong with it."""


class Contents(NamedTuple):
    """What a store holds: its schema, how many rows, and the highest number that each table ever gave."""

    schema: str
    rows: dict[str, int]
    numbers: dict[str, int]


class Snapshot(Reader):
    """A reader that sees one moment of the store, and streams more rows than fit into memory."""

    def stream(self, sql: str, params: Sequence[object] = ()) -> Iterator[Row]:
        """The rows of a query, in constant memory."""
        return self._told(self.dialect.stream_long, sql, params)

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, asked at once."""
        return list(self._told(self.dialect.stream, sql, params))

    def _told(self, ask: Callable[..., Iterator[Row]], sql: str, params: Sequence[object]) -> Iterator[Row]:
        if self.connection is None:
            return
        try:
            yield from ask(self.connection, self.dialect.sql(sql), params)
        except Exception as error:
            raise self.dialect.explain(error, self.label) or error from error


@contextmanager
def snapshot(store: Store) -> Iterator[Snapshot]:
    """The reading door to the store as it is now, whoever writes meanwhile."""
    reader = store.reader()
    try:
        if reader.connection is not None:
            reader.connection.execute(store.dialect.snapshot())
        yield Snapshot(reader.dialect, reader.connection, reader.label)
    finally:
        reader.close()


# -- out


def contents(reader: Reader) -> Contents:
    """What the store holds."""
    rows = {table: int(reader.value(f"SELECT COUNT(*) FROM {table}") or 0) for table in TABLES}
    numbers = {} if reader.connection is None else reader.dialect.numbers(reader.connection, TABLES)
    return Contents(HEAD, rows, numbers)


def rows_of(reader: Reader, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table by number: each a column's name with its value, without those that are missing.

    A JSON column that holds ``null`` is not missing.
    """
    if reader.connection is None:
        return
    names = [each[0] for each in reader.connection.execute(f"SELECT * FROM {table} WHERE 1 = 0").description]
    parsed = [name for name in names if name in JSON]
    listed = ", ".join(f'"{name}"' for name in names)
    for values in reader.stream(f"SELECT {listed} FROM {table} ORDER BY id"):
        row = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for name in parsed:
            if name in row:
                row[name] = json.loads(row[name])
        yield row


# -- in


def fill(store: Store, rows: Iterable[tuple[str, Mapping[str, Any]]], numbers: Mapping[str, int]) -> None:
    """Make an empty (or missing) store what the rows say, table by table in the order of ``TABLES``, or leave it.

    Raises Conflict when the store is in use, Misfit for a row that does not belong in it.
    """
    from crmcli.store.engine import transaction

    store.reader().close()  # brings an older schema forward, refuses a newer one
    is_new = store.version() is None
    try:
        with transaction(store) as connection:
            _empty(store, connection)
            _load(store, connection, rows)
            _settle(store, connection, numbers)
    except BaseException:
        if is_new and store.location.path:
            _unmake(store, store.location.path)
        raise


def _empty(store: Store, connection: Connection) -> None:
    from crmcli.store.upgrade import make_schema

    if make_schema(connection):
        return
    for table in _IN_USE:
        if connection.exec_driver_sql(f"SELECT id FROM {table} LIMIT 1").first():
            raise Conflict(
                f"{store.location.label} holds records already",
                hint="crm --db NEW.db import all FILE, into a new store",
            )
    for table in ("import_run", *reversed(TABLES)):
        connection.exec_driver_sql(f"DELETE FROM {table}")


def _load(store: Store, connection: Connection, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    from crmcli.store.models.schema import metadata

    tables = metadata().tables
    driver = connection.connection.driver_connection
    waiting = list(TABLES)
    store.dialect.set_numbers(driver, dict.fromkeys(TABLES, 0))
    for name, group in groupby(rows, itemgetter(0)):
        if name not in waiting:
            raise Misfit(f"there is no table {name!r}" if name not in TABLES else f"rows of {name} come too late")
        del waiting[: waiting.index(name) + 1]
        columns = list(tables[name].columns)
        try:
            fitted = _fitted(columns, (row for _, row in group))
            store.dialect.load(driver, name, [column.name for column in columns], fitted)
        except Misfit:
            raise
        except ValueError as error:
            raise Misfit(f"{name}: {error}") from error


def _settle(store: Store, connection: Connection, numbers: Mapping[str, int]) -> None:
    """What rows alone don't bring: a pipeline if there is none, the numbers to go on from, the search index."""
    from crmcli.store.search import rebuild
    from crmcli.store.upgrade import seed

    driver = connection.connection.driver_connection
    try:
        store.dialect.refuse_dangling(driver)
    except ValueError as error:
        raise Misfit(str(error)) from error
    if connection.exec_driver_sql("SELECT id FROM pipeline LIMIT 1").first() is None:
        seed(store, connection)
    highest = {t: connection.exec_driver_sql(f"SELECT MAX(id) FROM {t}").scalar() or 0 for t in TABLES}
    store.dialect.set_numbers(driver, {t: max(number, numbers.get(t, 0)) for t, number in highest.items()})
    if statement := store.dialect.grown(TABLES):
        connection.exec_driver_sql(statement)
    rebuild(store.dialect, driver, store.location.label)


def _unmake(store: Store, path: Path) -> None:
    """Take away the file of a store that never came to be."""
    with suppress(OSError):
        if store.version() is None:
            for beside in ("", "-wal", "-shm"):
                path.with_name(path.name + beside).unlink(missing_ok=True)


# -- values


def _fitted(columns: Sequence[Column[Any]], rows: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """The rows as the engine takes them; raises Misfit for a value of the wrong kind, or of no column of ours."""
    reads = [(column.name, _reading(column), _missing(column)) for column in columns]
    names = {column.name for column in columns}
    table = columns[0].table.name
    for row in rows:
        if not row.keys() <= names:
            raise Misfit(f"{table} has no column {min(row.keys() - names)!r}")
        try:
            yield tuple([read(row[name]) if name in row else missing for name, read, missing in reads])
        except ValueError as error:
            raise Misfit(f"{table} row {row.get('id')}: {error}") from error


def _missing(column: Column[Any]) -> object:
    """What a row without this column gets: nothing, or what a new row would have."""
    if column.nullable or column.default is None:
        return None
    default = getattr(column.default, "arg", None)
    return "{}" if column.name in JSON else default


def _reading(column: Column[Any]) -> Callable[[Any], object]:
    from sqlalchemy import Date, Float, Integer

    from crmcli.store.models.columns import Moment

    if column.name in JSON:
        return _json
    if isinstance(column.type, Moment):
        return _moment
    if isinstance(column.type, Date):
        return _day
    if isinstance(column.type, Float):
        return _number
    return _whole if isinstance(column.type, Integer) else _text


def _text(value: object) -> str:
    if value.__class__ is not str:
        raise ValueError(f"{value!r} is no text")
    return value


def _whole(value: object) -> int:
    if value.__class__ is not int or not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"{value!r} is no whole number")
    return value


def _number(value: object) -> float:
    if value.__class__ not in (int, float) or not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _moment(value: object) -> str:
    from datetime import datetime

    text = _text(value)
    if len(text) != len("2026-12-01T09:00:00Z") or not text.endswith("Z"):
        raise ValueError(f"{text!r} is no moment as 2026-12-01T09:00:00Z")
    datetime.fromisoformat(text)
    return text


def _day(value: object) -> str:
    from datetime import date

    text = _text(value)
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"{text!r} is no date as 2026-12-01")
    return text


def _json(value: object) -> str:
    if value is not None and value.__class__ is not dict:
        raise ValueError(f"{value!r} is no object")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
