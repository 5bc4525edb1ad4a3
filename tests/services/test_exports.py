"""Records of one moment, in constant memory, on both engines."""

from __future__ import annotations

import io
import sqlite3
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import FilterError, UsageError
from crmcli.render.files import Files, Listing
from crmcli.services.records import Query

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

_AT = "2026-11-21T12:00:00Z"
_MANY = 3_000


def crowded(app: AppContext) -> AppContext:
    """The store with thousands of people in it."""
    app.contacts.add(app.contacts.draft({"name": "First"}))
    columns = "uid, name, name_key, note, custom, version, created_at, updated_at"
    values = [(f"ct_{n:026}", f"Person {n}", f"person {n}", "x" * 1000, "{}", 1, _AT, _AT) for n in range(1, _MANY)]
    marks = ", ".join("?" * 8)
    if app.store.location.path:
        with sqlite3.connect(app.store.location.path) as store:
            store.executemany(f"INSERT INTO contact ({columns}) VALUES ({marks})", values)
    else:
        import psycopg

        with psycopg.connect(str(app.store.location.url)) as store, store.cursor() as cursor:
            cursor.executemany(f"INSERT INTO contact ({columns}) VALUES ({marks.replace('?', '%s')})", values)
    return app


class Nowhere(io.RawIOBase):
    """A file that keeps nothing but its length."""

    length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.length += len(data)
        return len(data)

    def tell(self) -> int:
        return self.length


def test_thousands_take_no_more_memory_than_hundreds(app: AppContext) -> None:
    """Three megabytes of notes go by, in every format that holds all fields."""
    crowded(app)
    files = Files(None, app.output.screen, lambda _: None)
    for form in ("csv", "jsonl", "markdown", "xlsx", "parquet"):  # what is loaded once does not count
        files.write(Nowhere(), form, Listing("contact", []))  # type: ignore[arg-type]
    for form in ("csv", "jsonl", "xlsx"):
        target = Nowhere()
        tracemalloc.start()
        with app.exports.moment() as moment:
            files.write(target, form, Listing("contact", moment.records("contact")))  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4_500_000, form
        assert target.length > (50_000 if form == "xlsx" else _MANY * 1000), form


def test_a_moment_stands_still(app: AppContext) -> None:
    """What others write while an export runs is not in it, nor half of it."""
    app.contacts.add(app.contacts.draft({"name": "Before"}))
    other = AppContext(Flags(store=app.store_location, user="ana", quiet=True))
    with app.exports.moment() as moment:
        people = moment.records("contact")
        other.contacts.add(other.contacts.draft({"name": "Meanwhile"}))
        other.contacts.edit("1", other.contacts.edit_draft(_renamed("After")))
        assert ["Before"] == [view.name for view in people]
        assert ["Before"] == [view.name for view in moment.records("contact", Query("name != x"))]
    assert ["After", "Meanwhile"] == [view.name for view in app.contacts.list(Query())]


def _renamed(name: str) -> Any:
    from crmcli.services.records import Changes

    return Changes({"name": name})


def test_what_is_wrong_with_a_query_is_said_before_anything_is_written(app: AppContext) -> None:
    app.contacts.add(app.contacts.draft({"name": "Ana"}))
    with app.exports.moment() as moment:
        with pytest.raises(FilterError):
            moment.records("contact", Query("nothing = 1"))
        with pytest.raises(UsageError, match="no field"):
            moment.records("contact", Query(sort="nothing"))


def test_tasks_are_the_activities_that_are_tasks(app: AppContext) -> None:
    app.activities.log({"type": "call", "body": "hello"})
    app.tasks.add(app.tasks.draft({"type": "task", "subject": "later", "due": "2026-12-02"}))
    app.tasks.add(app.tasks.draft({"type": "task", "subject": "sooner", "due": "2026-12-01"}))
    with app.exports.moment() as moment:
        assert ["sooner", "later"] == [view.subject for view in moment.records("task")]
        assert ["later", "sooner", "hello"] == [view.subject for view in moment.records("activity")]
        assert ["later", "sooner"] == [view.subject for view in moment.records("task", Query(reverse=True))]


def test_cards_and_calendars_are_for_their_nouns(app: AppContext) -> None:
    with app.exports.moment() as moment:
        for noun, form in (("deal", "vcard"), ("contact", "ics"), ("company", "vcard3"), ("task", "vcard")):
            with pytest.raises(UsageError, match=f"--format {form} is for"):
                moment.texts(noun, form, iter(()))


def test_a_store_that_is_not_there_is_empty(tmp_path: Path) -> None:
    app = AppContext(Flags(store=str(tmp_path / "none.db")))
    with app.exports.moment() as moment:
        assert [] == list(moment.records("deal"))
        assert frozenset() == moment.custom_keys("deal")
    assert not (tmp_path / "none.db").exists()
