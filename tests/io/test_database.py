"""SQLite files: one table, view or SELECT, and no way to change anything."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.errors import CrmError, NotFound, UsageError
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row

if TYPE_CHECKING:
    from pathlib import Path

ONE = ["CREATE TABLE people (name TEXT, age)", "INSERT INTO people VALUES ('Ана', 40), ('Łukasz', NULL)"]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A file with one table."""
    folder = tmp_path / "files"
    folder.mkdir()
    return filled(folder / "people.db", *ONE)


def filled(path: Path, *statements: str) -> Path:
    """An SQLite file on which these were run."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def rows(path: Path, **reading: str) -> list[Row | BadRow]:
    """The rows of the file."""
    with open_table(path, Reading(**reading)) as table:  # type: ignore[arg-type]
        return list(table.rows)


PEOPLE = [Row(1, {"name": "Ана", "age": "40"}), Row(2, {"name": "Łukasz", "age": ""})]


def test_the_only_table_is_taken(made: Path) -> None:
    """Known by its bytes, whatever the file is called, and from a pipe."""
    renamed = made.rename(made.with_suffix(".csv"))
    assert rows(renamed) == PEOPLE
    with open_table(io.BytesIO(renamed.read_bytes())) as table:
        assert (PEOPLE, "sqlite") == (list(table.rows), table.format)
        assert table.position() == table.size


def test_one_of_several_tables_is_named(made: Path) -> None:
    """The error lists them with the views, and without what SQLite keeps for itself."""
    filled(made, "CREATE VIEW old AS SELECT * FROM people WHERE age > 30", "CREATE VIRTUAL TABLE f USING fts5(t)")
    with pytest.raises(UsageError, match=r"has several tables: people, old, f$") as caught:
        rows(made)
    assert "--table" in str(caught.value.hint)
    assert PEOPLE[:1] == rows(made, table="OLD")
    with pytest.raises(NotFound, match="has no table 'x'"):
        rows(made, table="x")


def test_a_query_chooses_and_names_its_columns(made: Path) -> None:
    """Two columns of one name are told apart."""
    found = rows(made, query="SELECT name || '!' AS who, age, age FROM people WHERE age = 40")
    assert [Row(1, {"who": "Ана!", "age": "40", "age (2)": "40"})] == found


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM people",
        "INSERT INTO people VALUES ('x', 1)",
        "DROP TABLE people",
        "CREATE TABLE x (a)",
        "ATTACH 'other.db' AS other",
        "PRAGMA user_version = 3",
        "PRAGMA journal_mode = DELETE",
        "VACUUM INTO 'copy.db'",
        "SELECT 1; DELETE FROM people",
        "SELECT load_extension('x')",
        "WITH x AS (SELECT 1) DELETE FROM people",
        "-- nothing",
        "SELEC",
    ],
)
def test_a_query_can_only_read(made: Path, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it tries, the file is as it was and no other is made."""
    monkeypatch.chdir(made.parent)
    before = made.read_bytes()
    with pytest.raises(UsageError):
        rows(made, query=query)
    assert (before, [made.name]) == (made.read_bytes(), [path.name for path in made.parent.iterdir()])


def test_binary_values_are_left_out_and_counted(tmp_path: Path) -> None:
    """A picture is no text; text that is none costs its row."""
    path = filled(
        tmp_path / "a.db",
        "CREATE TABLE t (a, b)",
        "INSERT INTO t VALUES (x'00ff', 1.5), (cast(x'41ff' AS TEXT), 2.0), (3e20, -7)",
    )
    with open_table(path) as table:
        found = list(table.rows)
        notes = dict(table.notes())
    assert [
        Row(1, {"a": "", "b": "1.5"}),
        BadRow(2, "byte 0xFF is not utf-8 text", ("A\ufffd", "2")),
        Row(3, {"a": "300000000000000000000", "b": "-7"}),
    ] == found
    assert {"binary values": 1} == notes


def test_a_file_that_was_cut_is_refused(made: Path) -> None:
    """SQLite itself would read what is missing as nothing."""
    made.write_bytes(made.read_bytes()[:5000])
    with pytest.raises(UsageError, match="cut short"):
        rows(made)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(TEXT, st.integers(-(2**63), 2**63 - 1)), max_size=8))
def test_what_sqlite_holds_is_read_back(values: list[tuple[str, int]]) -> None:
    """Any text and any integer."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE TABLE "a ""b""" (x, y)')
        connection.executemany('INSERT INTO "a ""b""" VALUES (?, ?)', values)
        connection.commit()
        content = connection.serialize()
    with open_table(io.BytesIO(content)) as table:
        assert [Row(n, {"x": x, "y": str(y)}) for n, (x, y) in enumerate(values, 1)] == list(table.rows)


@given(st.lists(st.tuples(st.integers(100, 8191), st.integers(0, 255)), max_size=40))
def test_a_damaged_file_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    """Nothing but our own errors comes out."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in ONE:
            connection.execute(statement)
        connection.commit()
        content = bytearray(connection.serialize())
    for place, byte in changes:
        content[place] = byte
    try:
        with open_table(io.BytesIO(bytes(content))) as table:
            list(table.rows)
    except CrmError:
        return
