"""A store that can't be used: exit 6, one line that says why, nothing on stdout, nothing changed."""

from __future__ import annotations

import os
import resource
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import Done, Program, can_be_unprivileged, unprivileged

if TYPE_CHECKING:
    from collections.abc import Callable

READ, WRITE = ("contact", "list"), ("contact", "add", "Ewa")


def _refused(found: Done, words: str) -> None:
    assert (6, "") == (found.code, found.stdout), found.stderr
    (line,) = found.stderr.splitlines()
    assert line.startswith("crm: error: ")
    assert words in line


@pytest.fixture
def barred(tmp_path: Path) -> None:
    """Skips where a file's mode keeps nobody out."""
    if not can_be_unprivileged(tmp_path):
        pytest.skip("file modes keep nobody out here")


@pytest.mark.parametrize("words", [READ, WRITE, ("store", "info"), ("store", "check"), ("search", "x")], ids=" ".join)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,email\nEwa,e@x.com\n", "is not a crm store"),
        (b"SQLite format 3\0" + b"\x10\0\x01\x01\0\x40\x20\x20" + b"x" * 4072, ""),
        (bytes(4096), "is not a crm store"),
    ],
    ids=["text", "nonsense", "zeros"],
)
def test_a_file_that_is_no_store_is_left_alone(
    tmp_path: Path, words: tuple[str, ...], content: bytes, said: str
) -> None:
    """Byte for byte."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    _refused(Program(str(path))(*words), said)
    assert content == path.read_bytes()
    assert [path.name] == [found.name for found in tmp_path.glob("notes*")]


@pytest.mark.parametrize("words", [READ, WRITE, ("store", "init")], ids=" ".join)
def test_another_programs_database_is_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    """It is SQLite, but it is not ours."""
    path = tmp_path / "music.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE song (title)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    _refused(Program(str(path))(*words), "music.db is not a crm store")
    assert before == path.read_bytes()


@pytest.mark.parametrize("words", [READ, WRITE], ids=" ".join)
def test_a_truncated_store_is_left_alone(crm: Program, words: tuple[str, ...]) -> None:
    """Half a store is no store to write to."""
    crm("contact", "add", "Ola")
    path = Path(crm.store)
    os.truncate(path, 8192)
    before = path.read_bytes()
    _refused(crm(*words), "")
    assert before == path.read_bytes()


@pytest.mark.parametrize("words", [READ, WRITE], ids=" ".join)
def test_a_folder_is_no_store(tmp_path: Path, words: tuple[str, ...]) -> None:
    """It says so."""
    folder = tmp_path / "folder"
    folder.mkdir()
    _refused(Program(str(folder))(*words), "is a folder, not a store (try: name a file in it)")
    assert [] == list(folder.iterdir())


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("x")
    path = tmp_path / "file" / "deep" / "crm.db"
    _refused(Program(str(path))(*WRITE), str(path))
    assert "x" == (tmp_path / "file").read_text()


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """By a write, with mode 0700; not by a read."""
    crm = Program(str(tmp_path / "new" / "crm.db"))
    assert 0 == crm(*READ).code
    assert not (tmp_path / "new").exists()
    assert 0 == crm(*WRITE).code
    assert 0o700 == (tmp_path / "new").stat().st_mode & 0o777


@pytest.mark.usefixtures("barred")
def test_a_read_only_store_can_be_read_and_not_written(crm: Program, tmp_path: Path) -> None:
    """Whether the file or its folder is what may not be written."""
    crm("contact", "add", "Ola")
    for path in tmp_path.glob("crm.db-*"):
        path.unlink()
    Path(crm.store).chmod(0o400)
    said = "can't be written: the file or its folder is read-only"
    _refused(crm(*WRITE, preexec_fn=unprivileged), said)
    assert "Ola" in crm(*READ, preexec_fn=unprivileged).stdout
    for path in tmp_path.glob("crm.db-*"):
        path.unlink()
    tmp_path.chmod(0o500)
    try:
        assert "Ola" in crm(*READ, preexec_fn=unprivileged).stdout
        _refused(crm(*WRITE, preexec_fn=unprivileged), said)
        Path(crm.store).chmod(0o600)
        _refused(crm(*WRITE, preexec_fn=unprivileged), said)
    finally:
        tmp_path.chmod(0o700)
    assert 1 == len(crm("contact", "list", "--format", "ids").stdout.splitlines())


@pytest.mark.usefixtures("barred")
def test_a_store_that_may_not_even_be_read_is_said(crm: Program) -> None:
    """By its name."""
    Path(crm.store).chmod(0)
    for words in (READ, WRITE):
        _refused(crm(*words, preexec_fn=unprivileged), crm.store)


@pytest.mark.usefixtures("barred")
def test_a_folder_that_may_not_be_written_gets_no_store(tmp_path: Path) -> None:
    """A first write has nowhere to go."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    for path in (folder / "crm.db", folder / "deep" / "crm.db"):
        _refused(Program(str(path))(*WRITE, preexec_fn=unprivileged), str(path))


@pytest.mark.parametrize("noun", ["contact", "company"])
def test_a_full_disk_stops_a_write_and_spoils_nothing(crm: Program, noun: str) -> None:
    """The limit on a file's size stands for it: the write fails in the middle, the store is whole and as before."""
    crm("contact", "add", "Ola")

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    found = crm(noun, "add", "Ewa", "--note", "long " * 20_000, preexec_fn=full)
    _refused(found, f"can't write {crm.store}: ")
    assert "nothing was changed" in found.stderr
    assert 0 == crm("store", "check").code
    assert 1 == len(crm("contact", "list", "--format", "ids").stdout.splitlines())
    assert 0 == crm(*WRITE).code


def test_a_full_disk_makes_no_half_store(tmp_path: Path) -> None:
    """A first write that finds no room can be repeated when there is some."""
    crm = Program(str(tmp_path / "crm.db"))

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))

    _refused(crm(*WRITE, preexec_fn=full), "can't write")
    assert (0, "") == crm("contact", "list", "--format", "ids")[:2]
    assert 0 == crm(*WRITE).code
    assert 0 == crm("store", "check").code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_answer_that_can_not_be_written_is_said(crm: Program) -> None:
    """A list into a full disk must not look like a whole one."""
    crm(*WRITE)
    with Path("/dev/full").open("w") as full:
        found = crm(*READ, stdout=full)
    assert (6, "crm: error: can't write the answer: no space left on device\n") == (found.code, found.stderr)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://maria:s3cret@127.0.0.1:1/crm",
        "postgresql:///crm?host=/nowhere/at/all",
        "postgresql://nowhere.invalid/crm",
    ],
)
@pytest.mark.parametrize("words", [READ, WRITE], ids=" ".join)
def test_a_server_that_is_not_there_is_said(url: str, words: tuple[str, ...]) -> None:
    """Without its password."""
    found = Program(url)(*words, env={"CRM_TIMEOUT": "2"})
    _refused(found, "can't reach postgresql://")
    assert "s3cret" not in found.stderr


def test_a_database_that_is_not_there_is_said(postgresql: Callable[[], str]) -> None:
    """By the server's own words."""
    url = postgresql()
    name = url.rpartition("/")[2].partition("?")[0]
    _refused(Program(url.replace(name, "no_such_database"))(*READ), "no_such_database")


def test_a_role_that_may_only_read_can_read(postgresql: Callable[[], str]) -> None:
    """And is told that it may not write."""
    import psycopg

    url = postgresql()
    crm = Program(url)
    crm(*WRITE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    guest = Program(url.replace("postgres:@", "guest@"))
    assert guest.store != url
    assert "Ewa" in guest(*READ).stdout
    _refused(guest("contact", "add", "Ola"), "permission denied")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY guest")
        connection.execute("DROP ROLE guest")
