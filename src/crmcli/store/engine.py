"""SQLAlchemy over the same DB-API connections that the reader uses."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from crmcli.store.store import Store


def connect(store: Store) -> Connection:
    """A connection whose transaction has begun and holds the write lock; raises StoreLocked when it can't be had."""
    url = "sqlite://" if store.location.path else "postgresql+psycopg://"
    engine = create_engine(
        url,
        creator=lambda: store.dialect.connect(store.location, write=True, timeout=store.timeout),
        poolclass=NullPool,
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    )
    connection = engine.connect()
    try:
        connection.begin()
        connection.exec_driver_sql(store.dialect.begin())
    except Exception as error:
        connection.close()
        raise store.explain(error) or error from error
    return connection


@contextmanager
def transaction(store: Store) -> Iterator[Connection]:
    """One transaction outside the change log: for the schema itself."""
    connection = connect(store)
    try:
        yield connection
        connection.commit()
    except Exception as error:
        connection.rollback()
        raise store.explain(error) or error from error
    finally:
        connection.close()
