"""A backup is the whole store at one moment, and a restore makes the store what the backup is."""

from __future__ import annotations

import sqlite3
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from crmcli.clock import Clock
from crmcli.errors import NewerSchema, NotFound, StoreError, StoreLocked, UsageError
from crmcli.store.backup import automatic_backup, backup, backups, restore
from crmcli.store.checks import findings
from crmcli.store.migrations import HEAD
from crmcli.store.store import Actor, Store
from tests.store.conftest import MOMENT, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.context import AppContext


def _add(app: AppContext, name: str, **fields: str) -> None:
    app.contacts.add(app.contacts.draft({"name": name, **fields}))


def _names(store: Store) -> list[str]:
    with store.reader() as reader:
        return [name for (name,) in reader.rows("SELECT name FROM contact WHERE deleted_at IS NULL ORDER BY id")]


def test_a_restore_brings_back_what_was_there(app: AppContext, tmp_path: Path) -> None:
    """Rows, links, log and index; what was there before is kept, and numbers go on from where they were."""
    _add(app, "Łukasz Żak", emails="lukasz@zak.pl", companies="Żywiec", tags="vip")
    copy = backup(app.store, tmp_path / "copy")
    assert 0o600 == copy.stat().st_mode & 0o777
    _add(app, "Ewa")
    kept = restore(app.store, copy)
    assert ["Łukasz Żak"] == _names(app.store)
    with app.store.reader() as reader:
        assert [] == list(findings(reader))
    _add(app, "Ola", emails="ola@x.com")
    assert ["Łukasz Żak", "Ola"] == _names(app.store)
    assert kept is not None
    assert [kept] == backups(app.store)
    restore(app.store, kept)
    assert ["Łukasz Żak", "Ewa"] == _names(app.store)


def test_a_backup_can_be_taken_while_someone_writes(app: AppContext, tmp_path: Path) -> None:
    """It waits for nobody, and holds what was stored when it was taken."""
    _add(app, "Ewa")
    with app.store.write(Actor("ola", "contact add")) as uow:
        uow.user("not yet stored")
        copy = backup(app.store, tmp_path / "copy")
    restore(app.store, copy)
    assert ["Ewa"] == _names(app.store)
    with app.store.reader() as reader:
        assert [("maria",)] == reader.rows("SELECT login FROM app_user")


def test_a_backup_into_nothing_makes_the_store(app: AppContext, bare_url: str, tmp_path: Path) -> None:
    """On a new machine, or in an empty database."""
    copy = tmp_path / "copy"
    if app.store.location.path:
        _add(app, "Ewa")
        backup(app.store, copy)
        target = opened(bare_url)
    else:
        target = app.store
        target.create()
        _add(app, "Ewa")
        backup(target, copy)
        _empty(target)
    assert target.version() is None
    assert restore(target, copy) is None
    assert ["Ewa"] == _names(target)
    assert not target.create()


def test_a_backup_of_an_older_schema_comes_forward(store_at: Callable[[str], Store], tmp_path: Path) -> None:
    """It is restored as it was, and the next use migrates it."""
    store = store_at("0001")
    copy = backup(store, tmp_path / "copy")
    store.reader().close()
    assert HEAD == store.version()
    restore(store, copy)
    assert "0001" == store.version()
    assert ["Łukasz Żak"] == _names(store)
    assert HEAD == store.version()


def test_a_backup_of_a_newer_schema_is_refused(app: AppContext, tmp_path: Path) -> None:
    """The store stays as it is."""
    _add(app, "Ewa")
    _sql(app.store, "UPDATE alembic_version SET version_num = '9999'")
    copy = backup(app.store, tmp_path / "copy")
    _sql(app.store, f"UPDATE alembic_version SET version_num = '{HEAD}'")
    with pytest.raises(NewerSchema):
        restore(app.store, copy)
    assert ["Ewa"] == _names(app.store)
    assert [] == backups(app.store)


@pytest.mark.parametrize(
    "content", [b"", b"name,email\nEwa,e@x.com\n", b"SQLite format 3\0" + b"x" * 500, b"PK\x03\x04nonsense"]
)
def test_what_is_no_backup_is_refused(app: AppContext, tmp_path: Path, content: bytes) -> None:
    """Before anything is touched."""
    _add(app, "Ewa")
    source = tmp_path / "other"
    source.write_bytes(content)
    with pytest.raises(StoreError):
        restore(app.store, source)
    assert ["Ewa"] == _names(app.store)
    assert [] == backups(app.store)


def test_another_programs_database_is_refused(app: AppContext, tmp_path: Path) -> None:
    """SQLite alone does not make it a backup."""
    source = tmp_path / "other.db"
    with sqlite3.connect(source) as other:
        other.execute("CREATE TABLE song (id)")
    other.close()
    with pytest.raises(StoreError, match="is not a backup of a crm store"):
        restore(app.store, source)


def test_a_damaged_backup_is_refused(app: AppContext, tmp_path: Path) -> None:
    """What lies in the middle is looked at before anything is touched."""
    for number in range(30):
        _add(app, f"Ewa {number}")
    copy = backup(app.store, tmp_path / "copy")
    content = bytearray(copy.read_bytes())
    page = content.index(b"Ewa 15") // 4096 * 4096 if app.store.location.path else len(content) // 2
    content[page : page + 100] = bytes(byte ^ 0xFF for byte in content[page : page + 100])
    copy.write_bytes(content)
    with pytest.raises(StoreError):
        restore(app.store, copy)
    assert 30 == len(_names(app.store))


def test_no_file_is_written_over(app: AppContext, tmp_path: Path) -> None:
    """A backup names a new file; automatic ones find a free name."""
    target = tmp_path / "copy"
    target.write_text("mine")
    with pytest.raises(UsageError):
        backup(app.store, target)
    assert "mine" == target.read_text()
    assert 3 == len({automatic_backup(app.store, "backup") for _ in range(3)})


def test_there_must_be_something_to_copy(tmp_path: Path) -> None:
    """Neither a store nor a backup is made out of nothing."""
    store = Store(str(tmp_path / "none.db"), clock=Clock(UTC, MOMENT))
    with pytest.raises(NotFound):
        backup(store, tmp_path / "copy")
    with pytest.raises(NotFound):
        restore(store, tmp_path / "copy")
    assert [] == list(tmp_path.glob("none*"))


def test_a_restore_waits_only_so_long(app: AppContext, tmp_path: Path, store_url: str) -> None:
    """While someone writes, the store can't be replaced under them."""
    copy = backup(app.store, tmp_path / "copy")
    with app.store.write(Actor("ola", "contact add")), pytest.raises(StoreLocked):
        restore(opened(store_url, timeout=0.1), copy)


def _sql(store: Store, sql: str) -> None:
    from crmcli.store.engine import transaction

    with transaction(store) as connection:
        connection.exec_driver_sql(sql)


def _empty(store: Store) -> None:
    import psycopg

    assert store.location.url
    with psycopg.connect(store.location.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
