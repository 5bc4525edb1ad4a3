"""What the two engines do differently, and what they must do alike."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from crmcli.domain.text import fold
from crmcli.errors import Conflict, CrmError, StoreError, StoreLocked, StoreUnreachable
from crmcli.store.dialects.postgresql import Postgresql
from crmcli.store.dialects.sqlite import Sqlite
from crmcli.store.location import locate
from crmcli.store.migrations import HEAD
from crmcli.store.queries.keys import Lookup, look_up

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.context import AppContext

TEXTS = ["Łukasz ŻAK", "Zażółć gęślą jaźń", "Straße", "ÆØÅ æøå", "ПЕТЪР Ёлкин", "ΣΊΣΥΦΟΣ", "İstanbul ışık", "é", "é", "  a \t b\n c ",
         "Ђорђе", "北京 公司", "محمد", "Œuvre", "Þórr ð", "ﬁ ﬂ", "Ａｂｃ", "Š Ž Č ď ť ň", "ŉ", ""]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_both_engines_fold_as_python_does(app: AppContext, text: str) -> None:
    """A filter compares folded text in SQL with text folded here."""
    with app.store.reader() as reader:
        assert fold(text) == reader.value("SELECT crm_fold(CAST(? AS TEXT))", (text,))


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12.0), (" -3.5 ", -3.5), (".5", 0.5), ("1e3", 1000.0), ("+7.", 7.0), ("12 EUR", None), ("", None), ("abc", None),
     (None, None), ("1,5", None)],
)  # fmt: skip
def test_both_engines_read_numbers_alike(app: AppContext, text: str | None, number: float | None) -> None:
    """What is no number is no value, never an error."""
    with app.store.reader() as reader:
        assert number == reader.value("SELECT crm_number(CAST(? AS TEXT))", (text,))


@pytest.mark.parametrize(("hay", "needle", "place"), [("abcabc", "ca", 3), ("abc", "x", 0), ("żółw", "łw", 3)])
def test_both_engines_know_instr(app: AppContext, hay: str, needle: str, place: int) -> None:
    """PostgreSQL is given it."""
    with app.store.reader() as reader:
        assert place == reader.value("SELECT instr(CAST(? AS TEXT), CAST(? AS TEXT))", (hay, needle))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("database is locked", StoreLocked),
        ("file is not a database", StoreError),
        ("attempt to write a readonly database", StoreError),
        ("unable to open database file", StoreUnreachable),
        ("database or disk is full", StoreError),
        ("disk I/O error", StoreError),
        ("database disk image is malformed", StoreError),
        ("UNIQUE constraint failed: contact_email.key", Conflict),
    ],
)
def test_sqlite_errors_come_out_in_the_users_words(text: str, kind: type[CrmError]) -> None:
    """Each names the store, or what is in the way."""
    found = Sqlite().explain(sqlite3.OperationalError(text), "crm.db")
    assert type(found) is kind
    assert "crm.db" in found.message or "contact_email" in found.message


def test_other_errors_are_nobodys_but_ours() -> None:
    """A bug must not look like a broken store."""
    for dialect in (Sqlite(), Postgresql()):
        assert dialect.explain(ValueError("x"), "crm.db") is None
        assert dialect.explain(FileNotFoundError(2, "x"), "crm.db") is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("postgresql://maria:s3cret@db.example.org:5432/crm", "postgresql://maria@db.example.org:5432/crm"),
        ("postgres://maria:p@ss@db/crm", "postgresql://maria@db/crm"),
        ("postgresql://maria@/crm?host=/run/pg", "postgresql://maria@/crm?host=/run/pg"),
        ("postgresql://db/crm?user=maria&password=s3cret", "postgresql://db/crm?user=maria"),
        ("postgresql://db/crm?password=s3cret", "postgresql://db/crm"),
        ("postgresql+psycopg://db/crm", "postgresql://db/crm"),
        ("sqlite:///crm.db", "crm.db"),
        ("/srv/crm.db", "/srv/crm.db"),
    ],
)
def test_a_label_never_shows_a_password(text: str, label: str) -> None:
    """Not in the place where a URL has it, and not among its options."""
    assert label == locate(text).label


@pytest.mark.parametrize(
    "word", ['"', "'", "\\", "a'b", 'a"b', "NEAR", "AND", "name:", "*", "^", "(", "&", "|", "!", "<->", "%", "?"]
)
def test_any_word_can_be_searched_for(app: AppContext, word: str) -> None:
    """Nothing that is typed is the index's own language."""
    with app.store.reader() as reader:
        dialect = reader.dialect
        for names_only in (True, False):
            query = dialect.search_query([word], names_only=names_only)
            assert [] == reader.rows(f"SELECT record_id FROM search_entry WHERE {dialect.search_condition()}", (query,))


@pytest.mark.parametrize(
    ("column", "values", "count"),
    [
        ("id", (1, 3, 2**40), 2),
        ("name", ("Jane", "O'Brien", "{a,b}", 'a"\\b', "nobody"), 4),
        ("created_at", ("2026-11-21T12:00:00Z", "2020-01-01T00:00:00Z"), 4),
    ],
)
def test_rows_are_found_among_any_values(app: AppContext, column: str, values: tuple[object, ...], count: int) -> None:
    """Numbers, moments and whatever text, asked for all at once."""
    for name in ("Jane", "O'Brien", "{a,b}", 'a"\\b'):
        app.contacts.add(app.contacts.draft({"name": name}))
    with app.store.reader() as reader:
        lookup = Lookup(f"SELECT {column} FROM contact WHERE {column} IN ({{in}})")
        found = list(look_up(reader, lookup, values))
    assert count == len(found)


def test_a_file_that_cannot_be_written_beside_is_read_as_it_lies(tmp_path: Path, app: AppContext) -> None:
    """But not when the newest part of it lies in the log beside it: that would be an old answer."""
    if app.store.location.path is None:
        pytest.skip("files only")
    dialect = Sqlite()
    copy = tmp_path / "copy.db"
    dialect.backup(app.store.location, copy)
    assert HEAD == dialect.backup_version(copy)
    assert [copy.name] == [path.name for path in tmp_path.glob("copy.db*")]
