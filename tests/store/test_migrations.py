"""The schema comes forward by itself, after a backup, and is what the models say."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import NewerSchema
from crmcli.store import upgrade
from crmcli.store.backup import backups
from crmcli.store.checks import findings
from crmcli.store.migrations import HEAD
from tests import files, schema
from tests.conftest import run
from tests.store.conftest import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.store.store import Store


def test_a_read_brings_an_older_store_forward(
    store_at: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows stay, search knows them, and one line says what was done and where the old store is."""
    store = store_at("0001")
    monkeypatch.setenv("CRM_DB", store.location.url or str(store.location.path))
    found = run("contact", "list", "--fields", "name,emails,tags", "--format", "tsv")
    assert (0, "name\temails\ttags\nŁukasz Żak\tlukasz@zak.pl\tvip\n") == (found.code, found.stdout)
    (line,) = found.stderr.splitlines()
    assert re.fullmatch(r"crm: warning: upgraded .* from schema 0001 to " + HEAD + r"; the old one is kept in .*", line)
    assert HEAD == store.version()
    with store.reader() as reader:
        assert [] == list(findings(reader))
        assert 4 == reader.value("SELECT COUNT(*) FROM search_entry")
    context = AppContext(Flags(store=store.location.url or str(store.location.path)))
    assert ["Łukasz Żak"] == [hit.name for hit in context.search.find("lukasz")]


def test_a_write_brings_an_older_store_forward(
    store_at: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write itself then happens on the new schema."""
    store = store_at("0001")
    monkeypatch.setenv("CRM_DB", store.location.url or str(store.location.path))
    found = run("contact", "add", "Ewa", "--email", "ewa@zak.pl")
    assert 0 == found.code
    assert 1 == len(found.stderr.splitlines())
    assert 2 == len(run("contact", "list", "--format", "ids").lines)


def test_the_backup_holds_the_old_schema(store_at: Callable[[str], Store]) -> None:
    """What is kept is the store before the step."""
    store = store_at("0001")
    store.reader().close()
    (kept,) = backups(store)
    assert "0001" == store.dialect.backup_version(kept)
    assert 0o600 == kept.stat().st_mode & 0o777


def test_two_who_come_at_once_migrate_once(store_at: Callable[[str], Store]) -> None:
    """The second finds the work done."""
    store = store_at("0001")
    url = store.location.url or str(store.location.path)
    said: list[str] = []

    def come(_: int) -> str | None:
        mine = opened(url, announce=said.append)
        mine.reader().close()
        return mine.version()

    with ThreadPoolExecutor(4) as pool:
        assert [HEAD] * 4 == list(pool.map(come, range(4)))
    assert 1 == len(said)
    assert 1 == len(backups(store))


@pytest.mark.parametrize("words", [("contact", "list"), ("contact", "add", "Ewa"), ("store", "migrate"), ("undo",)])
def test_a_newer_schema_is_refused_untouched(
    store_url: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Neither reads nor writes go near a store that they don't understand."""
    store = opened(store_url)
    _write(store, "UPDATE alembic_version SET version_num = '9999'")
    before = _fingerprint(store)
    monkeypatch.setenv("CRM_DB", store_url)
    found = run(*words)
    assert (6, "") == (found.code, found.stdout)
    (line,) = found.stderr.splitlines()
    assert f"has schema 9999, this program knows {HEAD}" in line
    assert before == _fingerprint(store)
    assert [] == backups(store)
    with pytest.raises(NewerSchema):
        store.reader()


def test_migrate_says_what_it_would_do_and_does_it(
    store_at: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--dry-run` changes nothing; a second run has nothing to do."""
    store = store_at("0001")
    monkeypatch.setenv("CRM_DB", store.location.url or str(store.location.path))
    assert f"would run {HEAD}" in run("store", "migrate", "--dry-run").stderr
    assert "0001" == store.version()
    assert f"ran {HEAD}" in run("store", "migrate").stderr
    assert HEAD == store.version()
    assert "nothing to do: the schema is the newest\n" == run("store", "migrate").stderr


def test_models_and_migrations_agree(bare_url: str) -> None:
    """The tables that the steps make are the ones that the models describe."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from crmcli.store.engine import connect
    from crmcli.store.models.schema import metadata

    store = opened(bare_url)
    store.create()
    connection = connect(store)
    try:
        options = {"compare_type": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert [] == compare_metadata(context, metadata())
    finally:
        connection.close()


def test_a_schema_from_memory_is_that_of_the_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests make their stores from memory, or copy the first one; the last two of these do, the others by the steps."""
    places = [str(tmp_path / f"{number}.db") for number in range(4)]
    opened(places[0]).create()
    monkeypatch.setattr(upgrade, "make_schema", schema.from_memory)
    monkeypatch.setattr(schema, "_known", [])
    for place in places[1:3]:
        opened(place).create()
    files.use(monkeypatch)
    monkeypatch.setattr(files, "_firsts", {})
    opened(str(tmp_path / "first.db")).create()
    opened(places[3]).create()
    steps, first, memory, copied = map(_everything, places)
    assert steps == first == memory == copied
    assert len(steps) > 100


def _everything(path: str) -> set[tuple[object, ...]]:
    """What defines a store and what lies in it when it is empty."""
    import sqlite3

    with closing(sqlite3.connect(path)) as connection:
        found = {*connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")}
        tables = [name for kind, name, *_ in found if kind == "table"]
        held = {(name, *row) for name in tables for row in connection.execute(f'SELECT * FROM "{name}"')}
        pragmas = {
            (name, *connection.execute(f"PRAGMA {name}").fetchone())
            for name in ("user_version", "application_id", "journal_mode", "page_size", "auto_vacuum")
        }
    return found | held | pragmas


def _is_ours(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return not (kind == "table" and str(name).startswith("search_entry")) and name != "sqlite_sequence"


def test_creating_twice_makes_one_store(bare_url: str) -> None:
    """The second hears that there is one."""
    assert [True, False] == [opened(bare_url).create(), opened(bare_url).create()]


def _write(store: Store, sql: str) -> None:
    from crmcli.store.engine import transaction

    with transaction(store) as connection:
        connection.exec_driver_sql(sql)


def _fingerprint(store: Store) -> object:
    """Every byte of a file; every count of a server's tables, and its version."""
    if store.location.path:
        connection = store.dialect.connect(store.location, write=True, timeout=1)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return store.location.path.read_bytes()
    with store.peek() as reader:
        tables = [
            name for (name,) in reader.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ]
        return [(table, reader.rows(f"SELECT * FROM {table} ORDER BY 1")) for table in tables]
