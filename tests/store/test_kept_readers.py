"""A reader that is kept for many questions: it sees what is there now, can be called off, and survives what happens."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import Interrupted, NewerSchema, StoreError
from crmcli.store.dialects import sqlite
from crmcli.store.engine import transaction
from crmcli.store.migrations import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmcli.store.reader import Reader

COUNT = "SELECT COUNT(*) FROM contact"
MANY = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {}) SELECT x FROM n"
LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT COUNT(*) FROM n"


def context_of(store: str) -> AppContext:
    """The application over a store."""
    return AppContext(Flags(store=store, quiet=True), origin="test")


def add(app: AppContext, name: str) -> Any:
    """A contact more."""
    return app.contacts.add(app.contacts.draft({"name": name}))


@pytest.fixture
def kept(app: AppContext) -> Iterator[Reader]:
    """A reader of the store that stays open."""
    reader = app.store.renewed(None)
    yield reader
    reader.close()


# -- fresh


def test_each_query_sees_what_was_committed_before_it(app: AppContext, kept: Reader) -> None:
    """No transaction stays open."""
    seen = []
    for name in ("Anna", "Ewa", "Иван"):
        add(app, name)
        seen.append(kept.value(COUNT))
    assert [1, 2, 3] == seen


def test_an_abandoned_stream_holds_nothing(app: AppContext, kept: Reader) -> None:
    """Neither one that is dropped, nor one that is closed, nor one that broke off."""
    for end in (drop, close, break_off):
        stream = kept.stream(MANY.format(5000))
        assert (1,) == next(stream)
        assert not kept.is_idle
        end(stream)
        del stream
        assert kept.is_idle
        before = kept.value(COUNT)
        add(app, "Anna")
        assert before + 1 == kept.value(COUNT)


def drop(_stream: Iterator[Any]) -> None:
    """A consumer that has had enough."""


def close(stream: Any) -> None:
    """A consumer that says so."""
    stream.close()


def break_off(stream: Any) -> None:
    """A consumer that fails."""
    with pytest.raises(ZeroDivisionError):
        stream.throw(ZeroDivisionError)


def test_a_half_read_stream_is_known(app: AppContext, kept: Reader) -> None:
    """On SQLite it holds every other query of the reader to what it saw; it says so."""
    stream = kept.stream(MANY.format(5000))
    next(stream)
    assert not kept.is_idle
    assert 4999 == sum(1 for _ in stream)
    assert kept.is_idle


def test_a_stream_that_is_let_go_after_its_reader_was_closed_says_nothing(app: AppContext, kept: Reader) -> None:
    """As one that a screen was reading when the program ended."""
    add(app, "Ana")
    rows = kept.stream("SELECT id FROM contact UNION ALL SELECT id FROM contact")
    assert (1,) == next(rows)
    kept.close()
    rows.close()  # type: ignore[attr-defined]  # a generator
    assert [] == list(rows)


def test_a_wrong_query_leaves_the_reader_usable(app: AppContext, kept: Reader) -> None:
    """Each statement is a transaction of its own."""
    with pytest.raises(Exception, match="no_such_table"):
        kept.rows("SELECT * FROM no_such_table")
    add(app, "Anna")
    assert kept.is_idle
    assert 1 == kept.value(COUNT)


# -- called off


def interrupted(kept: Reader, act: Callable[[], object]) -> float:
    """Call the reader off while it does something; how long that took to end it."""
    called = []

    def call_off() -> None:
        called.append(time.monotonic())
        kept.interrupt()

    timer = threading.Timer(0.3, call_off)
    timer.start()
    with pytest.raises(Interrupted, match="called off"):
        act()
    timer.join()
    return time.monotonic() - called[0]


def test_a_running_query_is_called_off(kept: Reader) -> None:
    """From another thread, at once; the reader answers the next question."""
    assert interrupted(kept, lambda: kept.value(LONG)) < 20
    assert kept.is_idle
    assert 0 == kept.value(COUNT)


def test_a_stream_is_called_off_between_rows(empty_sqlite: Path) -> None:
    """Where the engine makes the rows as they are asked for."""
    app = context_of(str(empty_sqlite))
    with app.store.renewed(None) as kept:
        stream = kept.stream(MANY.format(1_000_000_000))
        next(stream)
        kept.interrupt()
        with pytest.raises(Interrupted):
            list(stream)
        assert 0 == kept.value(COUNT)


def test_a_call_between_two_queries_ends_the_next(app: AppContext, kept: Reader) -> None:
    """A question of several queries ends there, and only that question."""
    kept.interrupt()
    with pytest.raises(Interrupted):
        kept.value(COUNT)
    assert 0 == kept.value(COUNT)
    kept.interrupt()
    assert kept is app.store.renewed(kept)
    assert 0 == kept.value(COUNT)


def test_calling_off_a_closed_reader_does_nothing(app: AppContext) -> None:
    """Also one whose connection was closed beneath it."""
    reader = app.store.reader()
    reader.connection.close()  # type: ignore[union-attr]
    reader.interrupt()
    reader.close()
    reader.interrupt()


def test_a_query_that_the_server_ended_is_no_defect(postgresql: Callable[[], str]) -> None:
    """Somebody else may cancel it as well."""
    app = context_of(postgresql())
    kept = app.store.renewed(None)
    (pid,) = kept.row("SELECT pg_backend_pid()") or (0,)

    def cancel() -> None:
        with app.store.reader() as other:
            other.row("SELECT pg_cancel_backend(?)", (pid,))

    timer = threading.Timer(0.3, cancel)
    timer.start()
    with pytest.raises(Interrupted, match="cancel"):
        kept.value(LONG)
    timer.join()
    kept.connection.execute("SET statement_timeout = 100")  # type: ignore[union-attr]
    with kept, pytest.raises(StoreError, match="timeout"):
        kept.value(LONG)


# -- renewed


def test_a_reader_that_still_leads_here_is_kept(app: AppContext, kept: Reader) -> None:
    """However often; what it remembered of users is asked again."""
    view = add(app, "Anna")
    owner = kept.value("SELECT owner_id FROM contact WHERE id = ?", (view.number,))
    assert "maria" == kept.user(owner)
    with transaction(app.store) as connection:
        connection.exec_driver_sql("UPDATE app_user SET login = 'mariana'")
    assert kept is app.store.renewed(kept)
    assert "mariana" == kept.user(owner)


def test_a_closed_reader_is_replaced(app: AppContext, kept: Reader) -> None:
    """The new one answers."""
    kept.connection.close()  # type: ignore[union-attr]
    with app.store.renewed(kept) as fresh:
        assert fresh is not kept
        assert 0 == fresh.value(COUNT)


def test_what_a_kept_reader_read_does_not_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is mapped for one question only."""
    monkeypatch.setattr(sqlite, "_LARGE", 0)
    store = context_of(str(tmp_path / "crm.db")).store
    store.create()
    with store.reader() as once, store.renewed(None) as kept:
        assert once.value("PRAGMA mmap_size") > 0
        assert 0 == kept.value("PRAGMA mmap_size")


def test_a_lost_server_connection_is_replaced(postgresql: Callable[[], str]) -> None:
    """One that the server ended meanwhile is noticed before the question is asked."""
    app = context_of(postgresql())
    kept = app.store.renewed(None)
    (pid,) = kept.row("SELECT pg_backend_pid()") or (0,)
    with app.store.reader() as other:
        other.row("SELECT pg_terminate_backend(?)", (pid,))
    with app.store.renewed(kept) as fresh:
        assert fresh is not kept
        assert kept.connection is None
        assert 0 == fresh.value(COUNT)


def test_a_replaced_file_is_read_anew(tmp_path: Path, empty_sqlite: Path) -> None:
    """The one kept would go on with the file that was there."""
    place, other = tmp_path / "crm.db", tmp_path / "other.db"
    for path in (place, other):
        shutil.copy(empty_sqlite, path)
    app, elsewhere = (context_of(str(path)) for path in (place, other))
    add(elsewhere, "Anna")
    kept = app.store.renewed(None)
    other.replace(place)
    assert 0 == kept.value(COUNT)
    with app.store.renewed(kept) as fresh:
        assert 1 == fresh.value(COUNT)
    place.unlink()
    with app.store.renewed(fresh) as gone:
        assert gone.connection is None
        assert [] == gone.rows(COUNT)


def test_a_store_that_is_made_later_is_found(tmp_path: Path) -> None:
    """An empty answer is not kept."""
    app = context_of(str(tmp_path / "crm.db"))
    empty = app.store.renewed(None)
    assert empty.connection is None
    add(app, "Anna")
    with app.store.renewed(empty) as kept:
        assert 1 == kept.value(COUNT)


def test_a_restored_store_is_read_as_it_is_now(app: AppContext, kept: Reader, tmp_path: Path) -> None:
    """By the reader that was kept: on SQLite the file is the same one."""
    from crmcli.services.keeping import Keeping

    copy = str(Keeping(app.desk).backup(str(tmp_path / "copy.bak")))
    add(app, "Anna")
    assert 1 == kept.value(COUNT)
    Keeping(app.desk).restore(copy)
    assert 0 == kept.value(COUNT)
    assert kept is app.store.renewed(kept)


def test_a_newer_schema_is_refused_and_an_older_one_brought_forward(app: AppContext, kept: Reader) -> None:
    """Whatever another process has done to the schema, no question is asked of one that is not known."""
    with transaction(app.store) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema, match="9999"):
        app.store.renewed(kept)
    with transaction(app.store) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")
    with app.store.renewed(kept) as fresh:
        assert fresh is not kept
        assert 0 == fresh.value(COUNT)


def test_a_schema_that_grows_beneath_a_kept_reader_is_read(app: AppContext, kept: Reader) -> None:
    """Statements are made anew where tables have changed."""
    add(app, "Anna")
    assert 1 == kept.value(COUNT)
    with transaction(app.store) as connection:
        connection.exec_driver_sql("ALTER TABLE contact ADD COLUMN shoe_size INTEGER")
        connection.exec_driver_sql("UPDATE contact SET shoe_size = 38")
    assert 1 == kept.value(COUNT)
    assert 38 == kept.value("SELECT shoe_size FROM contact")
