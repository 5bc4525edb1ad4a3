"""SQLite stores of tests: a new one is a copy of the first, and nobody waits until a disk has what was written.

What is lost with the power is no concern of a test: a process that is killed has written all that it committed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store import upgrade
from crmcli.store.dialects import sqlite
from tests import schema

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    import pytest

    from crmcli.store.store import Store

_made_by_program = upgrade.create
_opened = sqlite.Sqlite._open
_firsts: dict[object, bytes] = {}  # the file of an empty store, by its stages


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program make and open its stores so."""
    monkeypatch.setattr(upgrade, "make_schema", schema.from_memory)
    monkeypatch.setattr(upgrade, "create", created)
    monkeypatch.setattr(sqlite.Sqlite, "_open", unsynced)


def created(store: Store) -> bool:
    """Stands in for `upgrade.create`: what lies there, or what may not be written, is left to the program."""
    path = store.location.path
    if path is None or store.dialect.exists(store.location):
        return _made_by_program(store)
    stages = tuple(store.seeds)
    if stages not in _firsts:
        is_made = _made_by_program(store)
        if is_made and not path.with_name(f"{path.name}-wal").exists():
            _firsts[stages] = path.read_bytes()
        return is_made
    try:
        sqlite._make_file(path)
        path.write_bytes(_firsts[stages])
    except OSError:
        return _made_by_program(store)
    return True


def unsynced(dialect: sqlite.Sqlite, path: Path, *, write: bool, timeout: float) -> sqlite3.Connection:
    """Stands in for `Sqlite._open`."""
    connection = _opened(dialect, path, write=write, timeout=timeout)
    if write:
        connection.execute("PRAGMA synchronous = OFF")
    return connection
