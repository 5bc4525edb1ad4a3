"""SQLAlchemy over the same DB-API connections that the reader uses."""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from crmcli.store.store import Store


# The store whose connection is being opened, for the engine's creator below.
_opening: ContextVar[Store] = ContextVar("_opening")


@cache
def _engine(url: str) -> Engine:
    """The one engine of a kind: it keeps no connection, only what SQLAlchemy has learnt and compiled."""
    return create_engine(
        url,
        creator=lambda: _opening.get().dialect.connect(
            _opening.get().location, write=True, timeout=_opening.get().timeout
        ),
        poolclass=NullPool,
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    )


def connect(store: Store) -> Connection:
    """A connection whose transaction has begun and holds the write lock; raises StoreLocked when it can't be had."""
    token = _opening.set(store)
    try:
        connection = _engine("sqlite://" if store.location.path else "postgresql+psycopg://").connect()
    finally:
        _opening.reset(token)
    try:
        connection.begin()
        connection.exec_driver_sql(store.dialect.begin())
    except Exception as error:
        connection.close()
        raise store.explain(error) or error from error
    return connection


def commit(store: Store, connection: Connection) -> None:
    """Make what was written last, and let those who watch the store know: every commit goes through here."""
    if statement := store.dialect.tell():
        connection.exec_driver_sql(statement)
    connection.commit()


@contextmanager
def transaction(store: Store) -> Iterator[Connection]:
    """One transaction outside the change log: for the schema itself."""
    connection = connect(store)
    try:
        yield connection
        commit(store, connection)
    except Exception as error:
        connection.rollback()
        raise store.explain(error) or error from error
    finally:
        connection.close()
