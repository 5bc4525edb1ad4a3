"""One use case is one transaction is one entry of the change log; the engine is set up as it must be."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.domain.ids import new_uid
from crmcli.errors import Conflict, StoreLocked
from crmcli.store.store import Actor, Store
from tests.store.conftest import opened

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.context import AppContext

MARIA = Actor("maria", "contact add")


@pytest.fixture
def store(store_url: str) -> Store:
    return opened(store_url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite store made by the program itself, in folders made by it."""
    path = tmp_path / "new" / "folder" / "crm.db"
    opened(str(path)).create()
    return path


def test_a_new_file_is_private(file: Path) -> None:
    """Mode 0600 in a 0700 folder, whatever the umask."""
    assert 0o600 == file.stat().st_mode & 0o777
    assert 0o700 == file.parent.stat().st_mode & 0o777


def test_what_lies_beside_a_file_is_private(file: Path) -> None:
    """The log of a write in progress holds the same data."""
    with opened(str(file)).write(MARIA) as uow:
        _contact(uow, "Ewa")
        beside = [path for path in file.parent.iterdir() if path != file]
        assert beside
        assert {0o600} == {path.stat().st_mode & 0o777 for path in beside}


def test_a_file_keeps_a_write_ahead_log_and_foreign_keys(file: Path) -> None:
    """So that readers don't wait for writers, and a link can't lead nowhere."""
    store = opened(str(file), timeout=3.0)
    connection = store.dialect.connect(store.location, write=True, timeout=3.0)
    asked = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "foreign_keys", "busy_timeout")
    }
    assert {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 3000} == asked
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO deal_contact (deal_id, contact_id, position) VALUES (7, 7, 0)")
    connection.close()


def test_a_write_takes_the_lock_at_once(file: Path) -> None:
    """A second writer waits from the first statement on, and says so when it has waited long enough."""
    with opened(str(file)).write(MARIA) as uow:
        assert uow.session.connection().connection.driver_connection.in_transaction
        with pytest.raises(StoreLocked), opened(str(file), timeout=0.05).write(MARIA):
            pass


def test_writers_of_a_server_take_turns(postgresql: Any) -> None:
    """As they do on a file."""
    url = postgresql()
    with opened(url).write(MARIA), pytest.raises(StoreLocked), opened(url, timeout=0.1).write(MARIA):
        pass


def test_the_reading_door_only_reads(store: Store) -> None:
    """The engine itself refuses a write through it."""
    with store.reader() as reader:
        with pytest.raises(Exception, match=r"(?i)read-?only"):
            reader.rows("DELETE FROM stage")
        assert "DELETE" not in {name for (name,) in reader.rows("SELECT name FROM stage")}


def test_a_unit_that_fails_leaves_nothing(store: Store) -> None:
    """Neither the rows nor the entry in the log nor the user made on the way."""

    def fail() -> None:
        with store.write(Actor("zofia", "contact add")) as uow:
            _contact(uow, "Ewa")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with store.reader() as reader:
        counts = [
            reader.value(f"SELECT COUNT(*) FROM {t}")
            for t in ("contact", "change_set", "change", "search_entry", "app_user")
        ]
        assert [0] * 5 == counts


def test_a_unit_that_changes_nothing_is_no_change_set(store: Store) -> None:
    """An undo step that undoes nothing would be in the way."""
    with store.write(MARIA) as uow:
        uow.find(_model("Contact"))
    assert store.committed is None
    with store.reader() as reader:
        assert [0, 0] == [reader.value(f"SELECT COUNT(*) FROM {table}") for table in ("change_set", "app_user")]


def test_the_log_holds_before_and_after(store: Store) -> None:
    """Of what changed, and only of that; an insert has no before."""
    with store.write(MARIA) as uow:
        number = _contact(uow, "Ewa")
    with store.write(Actor("zofia", "contact edit")) as uow:
        uow.get(_model("Contact"), number).title = "CTO"
    assert store.committed == 2
    with store.reader() as reader:
        added, edited = reader.rows("SELECT set_id, action, before, after FROM change ORDER BY id")
        assert (1, "insert", "null") == added[:3]
        assert '"Ewa"' in added[3]
        assert (2, "update") == edited[:2]
        assert ['{"title":null}', '{"title":"CTO"}'] == [text.replace(" ", "") for text in edited[2:]]
        who = "SELECT u.login, s.command, s.records FROM change_set s JOIN app_user u ON u.id = s.user_id ORDER BY s.id"
        assert [("maria", "contact add", 1), ("zofia", "contact edit", 1)] == reader.rows(who)
        assert [(2, "zofia")] == reader.rows(
            "SELECT c.version, u.login FROM contact c JOIN app_user u ON u.id = c.updated_by"
        )


def test_a_value_taken_meanwhile_is_a_conflict(store: Store) -> None:
    """What the rules did not see, the engine's unique index does; it is no bug."""

    def twice() -> None:
        with store.write(MARIA) as uow:
            for _ in range(2):
                uow.add(_model("ContactEmail")(contact_id=_contact(uow, "Ewa"), value="e@x.com", key="e@x.com"))

    with pytest.raises(Conflict):
        twice()


def test_a_number_is_never_given_twice(app: AppContext) -> None:
    """Also not after an undo and a bulk insert, so that a script's `#3` stays what it was."""
    first = app.contacts.add(app.contacts.draft({"name": "Ewa"}))
    app.history.undo()
    second = app.contacts.add(app.contacts.draft({"name": "Ola"}))
    assert first.number < second.number


def test_a_user_is_made_once_whatever_the_case(store: Store) -> None:
    """`Łucja` and `łucja` are one."""
    for login in ("Łucja", "łucja", " ŁUCJA "):
        with store.write(Actor(login, "contact add")) as uow:
            _contact(uow, login)
    with store.reader() as reader:
        assert [("Łucja",)] == reader.rows("SELECT login FROM app_user")


def _model(name: str) -> Any:
    from crmcli.store.models import people

    return getattr(people, name)


def _contact(uow: Any, name: str) -> int:
    row = _model("Contact")(uid=new_uid("ct"), name=name, name_key=name.lower(), created_at=uow.now, updated_at=uow.now)
    return int(uow.add(row).id)
