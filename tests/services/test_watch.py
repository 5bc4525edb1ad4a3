"""A kept watch sees what anyone does to the store, within two seconds, and survives what happens to it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.clock import Clock
from crmcli.context import AppContext, Flags
from crmcli.errors import StoreError
from crmcli.services.keeping import Keeping
from crmcli.services.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.services.desk import Desk

SOON = 10.0  # seconds within which a change is seen: two, and more where others have the processors


@pytest.fixture(autouse=True)
def sessions() -> None:
    """Here each connection to PostgreSQL is a new session."""


def context_of(store: str) -> AppContext:
    """The application over a store."""
    return AppContext(Flags(store=store, quiet=True), origin="test")


def add(app: AppContext, name: str, **more: Any) -> Any:
    """A contact more."""
    return app.contacts.add(app.contacts.draft({"name": name, **more}))


def in_another_process(store: str, *words: str) -> subprocess.Popen[bytes]:
    """`crm` at work beside us."""
    environment = {**os.environ, "CRM_DB": store}
    return subprocess.Popen([sys.executable, "-m", "crmcli", *words], env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def watching(desk: Desk) -> Iterator[Watch]:
    """A watch that knows where the store stands."""
    watch = Watch(desk)
    assert watch.wait(0) is False
    try:
        yield watch
    finally:
        watch.close()


def after(seconds: float, act: Callable[[], object]) -> threading.Timer:
    """Do something in a while."""
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


# -- changes


def test_nothing_new_is_false_when_the_time_is_up(app: AppContext) -> None:
    """Reading, also by others, is no change."""
    with watching(app.desk) as watch:
        list(app.contacts.list(_everything()))
        began = time.monotonic()
        assert watch.wait(0.6) is False
        assert 0.6 <= time.monotonic() - began < SOON


def test_another_process_is_seen_while_waiting(app: AppContext, store_url: str) -> None:
    """Whatever it does: the call comes back long before its time, and once."""
    with watching(app.desk) as watch:
        with in_another_process(store_url, "contact", "add", "Zoë Żak", "--email", "zoe@x.example") as process:
            assert watch.wait(90) is True
            seen = time.monotonic()
            assert process.wait(90) == 0
        assert time.monotonic() - seen < SOON
        assert app.contacts.get("zoe@x.example").name == "Zoë Żak"
        assert watch.wait(0.3) is False


def test_a_change_is_seen_within_two_seconds(app: AppContext) -> None:
    """From the commit to the end of the waiting; on PostgreSQL at once."""
    committed = []

    def write() -> None:
        add(app, "Ewa")
        committed.append(time.monotonic())

    with watching(app.desk) as watch:
        timer = after(0.3, write)
        assert watch.wait(90) is True
        seen = time.monotonic()
        timer.join()
        assert seen - committed[0] < SOON


def test_a_server_tells_by_itself(postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is heard, not found by asking."""
    from crmcli.store.dialects import postgresql_lookout

    monkeypatch.setattr(postgresql_lookout, "_PAUSE", 60)
    app = context_of(postgresql())
    with watching(app.desk) as watch:
        timer = after(0.3, lambda: add(app, "Ewa"))
        began = time.monotonic()
        assert watch.wait(60) is True
        assert time.monotonic() - began < 0.3 + SOON
        timer.join()


def test_changes_between_two_calls_are_not_missed(app: AppContext) -> None:
    """They count from the call before, and several come as one."""
    with watching(app.desk) as watch:
        add(app, "Ewa")
        add(app, "Иван")
        assert watch.wait(0) is True
        assert watch.wait(0) is False


def edit_in_bulk(app: AppContext) -> None:
    """Every contact."""
    from crmcli.services.records import Changes

    app.contacts.edit_where("name != x", app.contacts.edit_draft(Changes({"title": "CTO"})))


def merge(app: AppContext) -> None:
    """Two into one."""
    one, other = (add(app, name) for name in ("Jane Doe", "J. Doe"))
    app.contacts.merge(one.id, other.id)


def import_file(app: AppContext) -> None:
    """Rows by the thousand go past the session."""
    from crmcli.services.importing.plan import Plan

    path = Path("people.csv")
    path.write_text("name,email\n" + "".join(f"P {n},p{n}@x.example\n" for n in range(50)), encoding="utf-8")
    with app.imports.opened(Plan("contact"), path) as run:
        run.go()


WRITES: dict[str, Callable[[AppContext], object]] = {
    "add": lambda app: add(app, "Ewa"),
    "edit in bulk": edit_in_bulk,
    "remove": lambda app: app.contacts.remove("Anna"),
    "merge": merge,
    "undo": lambda app: app.history.undo(),
    "a stage": lambda app: app.pipelines.edit("sales", rename="verkauf"),
    "import": import_file,
    "check --fix": lambda app: break_search(app) or Keeping(app.desk).check(fix=True),
}


def break_search(app: AppContext) -> None:
    """Take an entry of the search index away."""
    from crmcli.store.engine import transaction

    with transaction(app.store) as connection:
        connection.exec_driver_sql("DELETE FROM search_entry")


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_way_of_writing_is_told(app: AppContext, write: Callable[[AppContext], object]) -> None:
    """There is one place where it is committed."""
    add(app, "Anna")
    with watching(app.desk) as watch:
        write(app)
        assert watch.wait(SOON) is True


def test_what_was_not_stored_is_no_change(app: AppContext) -> None:
    """A refused write leaves nothing to see."""
    with watching(app.desk) as watch:
        with pytest.raises(RefusedHere):
            write_and_fail(app)
        assert watch.wait(0.4) is False


class RefusedHere(Exception):
    """What ends a write."""


def write_and_fail(app: AppContext) -> None:
    """A user is made, and is none in the end."""
    with app.desk.writing("test") as uow:
        uow.user("somebody")
        raise RefusedHere


def test_the_day_is_a_change(app: AppContext) -> None:
    """At midnight other things are overdue."""

    class Passing(Clock):
        today = date(2026, 11, 21)

        def local(self) -> datetime:
            return datetime.combine(self.today, datetime.min.time(), self.zone)

    clock = Passing(app.desk.clock.zone)
    with watching(app.desk._replace(clock=clock)) as watch:
        assert watch.wait(0) is False
        assert watch.revision() == (0, date(2026, 11, 21))
        Passing.today = date(2026, 11, 22)
        assert watch.wait(SOON) is True
        assert watch.wait(0) is False


def test_the_revision_goes_with_the_change_sets(app: AppContext) -> None:
    """A write is another revision, a look is none."""
    watch = Watch(app.desk)
    before = watch.revision()
    assert before == watch.revision() == (0, app.desk.clock.local().date())
    add(app, "Ewa")
    assert watch.revision() == (1, before[1])


# -- what happens to the store


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_restored_store_is_seen_and_watched_on(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The kept connection sees the restored rows, and what is written after."""
    store_url = request.getfixturevalue("postgresql")() if engine == "postgresql" else str(tmp_path / "crm.db")
    app = context_of(store_url)
    app.store.create()
    add(app, "Anna")
    copy = str(Keeping(app.desk).backup(str(tmp_path / "copy.bak")))
    add(app, "Ewa")
    with watching(app.desk) as watch:
        Keeping(app.desk).restore(copy)
        assert watch.wait(SOON) is True
        assert watch.revision()[0] == 1
        while watch.wait(0.5):  # a restore on SQLite is more than one commit
            pass
        add(app, "Иван")
        assert watch.wait(SOON) is True


def test_a_store_that_comes_into_being_is_seen(tmp_path: Path) -> None:
    """Also in a folder that is not there; nothing is made by looking."""
    place = tmp_path / "new" / "crm.db"
    app = context_of(str(place))
    with watching(app.desk) as watch:
        assert watch.revision()[0] == 0
        assert watch.wait(0.3) is False
        assert not place.parent.exists()
        with in_another_process(str(place), "contact", "add", "Ewa") as process:
            assert watch.wait(90) is True
            assert process.wait(90) == 0
        while watch.wait(0.5):  # made, then written
            pass
        assert watch.revision()[0] == 1


def test_tables_that_come_into_being_on_a_server_are_seen(postgresql: Callable[[], str]) -> None:
    """A place without tables is a store that is not there yet."""
    import psycopg

    url = postgresql()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA empty_place")
        try:
            app = context_of(f"{url}&options=-c%20search_path%3Dempty_place")
            with watching(app.desk) as watch:
                assert watch.wait(0.3) is False
                assert app.store.create() is True
                assert watch.wait(SOON) is True
        finally:
            connection.execute("DROP SCHEMA empty_place CASCADE")


def test_a_file_taken_away_and_another_put_in_its_place(tmp_path: Path, empty_sqlite: Path) -> None:
    """Each is a change, and the new file is watched, not the old one."""
    import shutil

    place = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, place)
    app = context_of(str(place))
    with watching(app.desk) as watch:
        place.unlink()
        assert watch.wait(SOON) is True
        assert watch.wait(0.3) is False
        shutil.copy(empty_sqlite, place)
        assert watch.wait(SOON) is True
        other = tmp_path / "other.db"
        shutil.copy(empty_sqlite, other)
        add(context_of(str(other)), "Anna")
        other.replace(place)
        assert watch.wait(SOON) is True
        assert watch.revision()[0] == 1
        add(app, "Ewa")
        assert watch.wait(SOON) is True
        assert watch.wait(0.3) is False


def test_a_file_in_a_folder_that_is_only_to_be_read(
    tmp_path: Path, empty_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where SQLite itself may not look beside the file, what the file shows is looked at."""
    import shutil

    place = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, place)
    app = context_of(str(place))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with watching(app.desk) as watch:
        assert watch.wait(0.3) is False
        os.utime(place, (1, 1))
        assert watch.wait(SOON) is True


def test_a_locked_store_is_no_trouble(tmp_path: Path, empty_sqlite: Path) -> None:
    """Whoever holds the lock, as a restore does, is seen when it is done."""
    import shutil
    import sqlite3

    place = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, place)
    writer = sqlite3.connect(place, isolation_level=None)
    writer.execute("PRAGMA journal_mode = DELETE")
    with watching(context_of(str(place)).desk) as watch:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("UPDATE stage SET rot_days = 3")
        assert watch.wait(0.5) is False
        writer.execute("COMMIT")
        assert watch.wait(SOON) is True
    writer.close()


def test_a_ruined_store_is_told_once_a_call_and_seen_when_it_is_back(tmp_path: Path, empty_sqlite: Path) -> None:
    """At once the first time, then at the end of each call; what is there again is a change."""
    import shutil

    place = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, place)
    with watching(context_of(str(place)).desk) as watch:
        ruin = tmp_path / "ruin"
        ruin.write_text("this is no database, but long enough to look at " * 40)
        ruin.replace(place)
        for seconds, least in ((60, 0), (0.5, 0.5)):
            began = time.monotonic()
            with pytest.raises(StoreError, match="is not a crm store"):
                watch.wait(seconds)
            assert least <= time.monotonic() - began < SOON
        place.unlink()
        shutil.copy(empty_sqlite, place)
        assert watch.wait(SOON) is True
        assert watch.wait(0) is False


def test_a_lost_connection_is_made_again(postgresql: Callable[[], str]) -> None:
    """Whatever was committed meanwhile is seen."""
    import psycopg

    url = postgresql()
    app = context_of(url)
    with watching(app.desk) as watch:
        end_others(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO app_user (login, login_key, created_at) VALUES ('x', 'x', now())")
        assert waits_through(watch) is True
        assert watch.wait(0.3) is False
        add(app, "Ewa")
        assert watch.wait(SOON) is True


def end_others(url: str) -> None:
    """End every other connection to the database."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def waits_through(watch: Watch) -> bool:
    """Wait on, past the error that a lost connection may be."""
    try:
        return watch.wait(SOON)
    except StoreError:
        return watch.wait(SOON)


def test_a_server_out_of_reach_is_told_and_seen_when_it_is_back(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call takes its time before it says so again."""
    from crmcli.errors import StoreUnreachable
    from crmcli.store.dialects.postgresql import Postgresql

    url = postgresql()
    with watching(context_of(url).desk) as watch:
        with monkeypatch.context() as patch:
            patch.setattr(Postgresql, "connect", refuse)
            end_others(url)
            for seconds, least in ((60, 0), (0.5, 0.5)):
                began = time.monotonic()
                with pytest.raises(StoreError):
                    watch.wait(seconds)
                assert least <= time.monotonic() - began < SOON
            with pytest.raises(StoreUnreachable, match="can't reach it"):
                watch.wait(0)
        assert watch.wait(SOON) is True
        assert watch.wait(0) is False


def refuse(*_: object, **__: object) -> None:
    """A server that does not answer."""
    from crmcli.errors import StoreUnreachable

    raise StoreUnreachable("can't reach it")


def test_a_commit_that_nobody_announced_is_seen_as_well(postgresql: Callable[[], str]) -> None:
    """Behind a pooler nothing is heard: the last change set is asked for."""
    import psycopg

    url = postgresql()
    app = context_of(url)
    with watching(app.desk) as watch:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO app_user (login, login_key, created_at) VALUES ('x', 'x', now())")
            connection.execute(
                "INSERT INTO change_set (uid, at, user_id, command, summary, origin, records)"
                " SELECT 'ch_x', now(), id, 'x', '', 'test', 0 FROM app_user"
            )
        assert watch.wait(SOON) is True


# -- closing


def test_closing_wakes_whoever_waits(app: AppContext) -> None:
    """At once, not when the time is up; a closed watch waits no more and holds nothing."""
    with watching(app.desk) as watch:
        began = time.monotonic()
        timer = after(0.3, watch.close)
        assert watch.wait(60) is False
        assert time.monotonic() - began < SOON
        timer.join()
        assert watch.wait(60) is False
        assert watch._lookout._connection is None


def test_a_watch_that_never_waited_can_be_closed(tmp_path: Path) -> None:
    """There is nothing to let go of."""
    watch = Watch(context_of(str(tmp_path / "crm.db")).desk)
    watch.close()
    assert watch.wait(5) is False


def test_no_file_stays_open(tmp_path: Path, empty_sqlite: Path) -> None:
    """However often the file is replaced."""
    import shutil

    place = tmp_path / "crm.db"
    shutil.copy(empty_sqlite, place)
    with watching(context_of(str(place)).desk) as watch:
        before = open_files(place)
        for _ in range(5):
            other = tmp_path / "other.db"
            shutil.copy(empty_sqlite, other)
            other.replace(place)
            assert watch.wait(SOON) is True
        assert open_files(place) == before
    assert open_files(place) == 0


def open_files(place: Path) -> int:
    """How many files of that name this process holds."""
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return sum(str(target).startswith(str(place)) for target in held)


def _everything() -> Any:
    from crmcli.services.records import Query

    return Query()
