"""The warehouse made whole, and brought up to date: always beside the one that is there, which is replaced when all is well."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import StoreError, StoreUnreachable
from crmcli.paths import make_private
from crmcli.store.warehouse import engine, filling
from crmcli.store.warehouse.changes import changed
from crmcli.store.warehouse.layout import LARGE, LOG, ROWS, SMALL, TABLES
from crmcli.store.warehouse.mark import goes_on, mark_of
from crmcli.store.warehouse.reader import copy_reader
from crmcli.store.warehouse.state import read_state, write_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from crmcli.store.reader import Reader
    from crmcli.store.warehouse.mark import Mark

_MOST_CHANGED = 4  # when more than a quarter of the rows changed, reading all of them is no slower


class Built(NamedTuple):
    """What a refresh did: whether everything was read, and how many rows were."""

    is_full: bool
    rows: int


def refresh(
    path: Path, store: Reader, now: datetime, *, full: bool = False, advance: Callable[[int], None] = lambda _: None
) -> Built | None:
    """Bring the warehouse up to the moment that the store's reader sees; None when it is there already.

    It is built anew when it is missing, of another layout, or not a copy of this store's past.
    """
    _sweep(path)
    mark = mark_of(store)
    kept = None if full else _kept_mark(path)
    if kept is not None and goes_on(store, kept):
        if kept == mark:
            return None
        with _beside(path) as fresh:
            shutil.copyfile(path, fresh)
            rows = _renew(fresh, store, kept, mark, now, advance)
            if rows is not None:
                _settle(fresh, path)
                return Built(is_full=False, rows=rows)
    with _beside(path) as fresh:
        rows = _build(fresh, store, mark, now, advance)
        _settle(fresh, path)
    return Built(is_full=True, rows=rows)


def row_count(store: Reader) -> int:
    """About how many rows a full build reads: what is asked of indexes alone."""
    return sum(int(store.value(f"SELECT MAX(id) FROM {table.name}") or 0) for table in (*SMALL, *LARGE))


def _kept_mark(path: Path) -> Mark | None:
    if not path.exists():
        return None
    try:
        connection = engine.reading(path)
    except StoreError:  # whatever lies there, it is no warehouse
        return None
    try:
        state = read_state(connection)
    finally:
        connection.close()
    return state and state.mark


def _build(path: Path, store: Reader, mark: Mark, now: datetime, advance: Callable[[int], None]) -> int:
    from crmcli.store.warehouse.star import STAR

    with _open(path) as connection:
        connection.execute(f"CREATE SCHEMA {ROWS}")
        rows = 0
        for table in TABLES:
            filling.make(connection, table)
            rows += filling.put(connection, table, filling.whole(store, table), advance)
        for view in STAR:
            connection.execute(view.statement)
        write_state(connection, mark, now)
    return rows


def _renew(
    path: Path, store: Reader, kept: Mark, mark: Mark, now: datetime, advance: Callable[[int], None]
) -> int | None:
    """Read again what changed; None when that is so much that all should be."""
    with _open(path) as connection:
        copy = copy_reader(connection, str(path))
        stale = changed(store, copy, kept)
        last = {table.name: int(copy.value(f"SELECT MAX(id) FROM {table.name}") or 0) for table in LARGE}
        if _are_too_many(store, stale, last):
            return None
        connection.execute("BEGIN")
        rows = 0
        for table in SMALL:
            connection.execute(f"DELETE FROM {ROWS}.{table.name}")
            rows += filling.put(connection, table, filling.whole(store, table), advance)
        for table in LARGE:
            numbers = sorted(number for number in stale[table.name] if number <= last[table.name])
            if numbers:
                filling.drop(connection, table, numbers)
                rows += filling.put(connection, table, filling.numbered(store, table, numbers), advance)
            rows += filling.put(connection, table, filling.above(store, table, last[table.name]), advance)
        rows += filling.put(connection, LOG, filling.above(store, LOG, kept.change), advance)
        write_state(connection, mark, now)
        connection.execute("COMMIT")
    return rows


def _are_too_many(store: Reader, stale: dict[str, set[int]], last: dict[str, int]) -> bool:
    new = sum(max(int(store.value(f"SELECT MAX(id) FROM {name}") or 0) - top, 0) for name, top in last.items())
    return _MOST_CHANGED * (new + sum(map(len, stale.values()))) > sum(last.values()) + 10_000


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    """A connection to a file that nobody else sees yet; the engine's errors come out as ours."""
    connection = engine.writing(path)
    try:
        yield connection
    except Exception as error:
        raise engine.explained(error) or error from error
    finally:
        connection.close()


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file of that name in a private folder beside it, which is gone afterwards."""
    try:
        make_private(path.parent)
        folder = tempfile.mkdtemp(prefix=_prefix(path), dir=path.parent)
    except OSError as error:
        raise StoreUnreachable(f"can't write beside {path}: {error.strerror or error}") from error
    try:
        yield Path(folder) / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(fresh: Path, path: Path) -> None:
    """Put the new file in the place of the old one, in one step; whoever reads the old one reads on."""
    fresh.chmod(0o600)
    number = os.open(fresh, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
    fresh.replace(path)


def _sweep(path: Path) -> None:
    """Take away what builds that were killed have left."""
    for folder in path.parent.glob(f"{_prefix(path)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _prefix(path: Path) -> str:
    return f".{path.name}."
