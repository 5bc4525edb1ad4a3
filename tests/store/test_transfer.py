"""The whole store out and into another: every row of every table as it was, on either engine."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.context import AppContext, Flags
from crmcli.errors import Conflict, CrmError, NewerSchema, UsageError
from crmcli.services.demo import fill
from crmcli.services.records import Changes, Query
from crmcli.store.checks import findings
from crmcli.store.models.schema import metadata
from crmcli.store.transfer import JSON, TABLES, contents, rows_of, snapshot
from tests import files
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

_LEFT_OUT = {"import_run"}


def of(url: str) -> AppContext:
    """The application over a store, as the tests' user."""
    return AppContext(Flags(store=url, user="maria", quiet=True), origin="test")


def dump(app: AppContext) -> bytes:
    """What goes out of a store."""
    return "".join(app.carrying.out()).encode()


def rows(app: AppContext) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, whichever engine keeps it."""
    with snapshot(app.store) as reader:
        return {table: list(rows_of(reader, table)) for table in TABLES}


def sealed(records: list[dict[str, Any]]) -> bytes:
    """A dump of these lines, whose end is as it should be."""
    lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records]
    seal = hashlib.sha256("".join(lines).encode()).hexdigest()
    return "".join([*lines, json.dumps({"end": True, "rows": len(lines) - 1, "sha256": seal})]).encode()


@pytest.fixture(autouse=True)
def schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a store is made is tried elsewhere."""
    files.use(monkeypatch)


@pytest.fixture(scope="module")
def example_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with people, deals, stage moves, activities, labels and a history."""
    folder = tmp_path_factory.mktemp("example")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CRM_NOW": NOW, "TZ": "UTC", "LOGNAME": "maria", "HOME": str(folder)}.items():
            patch.setenv(name, value)
        app = of(str(folder / "example.db"))
        fill(app.desk)
        app.contacts.add(app.contacts.draft({"name": 'Łukasz; "Żak"', "emails": ["l@zak.pl"]}, ["json:n=[1,2.5,null]"]))
        app.contacts.remove("l@zak.pl")
        app.history.undo()
        app.deals.move("1", "proposal")
    return folder / "example.db"


@pytest.fixture
def example(example_once: Path, tmp_path: Path) -> AppContext:
    """A copy of it."""
    return of(str(shutil.copy(example_once, tmp_path / "example.db")))


def test_every_table_is_carried() -> None:
    """A new table is either listed or left out on purpose, and its JSON is known as such."""
    tables = metadata().tables
    assert set(tables) == {*TABLES, *_LEFT_OUT}
    held = {column.name for name in TABLES for column in tables[name].columns if "JSON" in str(column.type)}
    assert set(JSON) == held


def test_tables_that_others_point_to_come_first() -> None:
    """No foreign key leads to a table that is filled later, but for those within one table."""
    places = {table: place for place, table in enumerate(TABLES)}
    for table in TABLES:
        for column in metadata().tables[table].columns:
            target = str(column.info.get("references") or table).partition(".")[0]
            assert places[target] <= places[table], f"{table}.{column.name}"


def test_a_store_comes_back_equal(example: AppContext, bare_url: str) -> None:
    """Row by row, number by number; the text is the same again, and nothing is wrong with the store."""
    other = of(bare_url)
    counted = other.carrying.take(io.BytesIO(dump(example)))
    assert rows(example) == rows(other)
    assert {table: len(kept) for table, kept in rows(example).items() if kept} == counted
    if bare_url.startswith("/"):  # the other engine orders the keys of JSON its own way
        assert dump(example) == dump(other)
    with other.store.reader() as reader:
        assert [] == list(findings(reader))
    with snapshot(example.store) as mine, snapshot(other.store) as theirs:
        assert contents(mine) == contents(theirs)


def test_tables_are_the_same_to_the_byte_on_sqlite(example: AppContext, tmp_path: Path) -> None:
    """Custom fields keep the order of their keys, and a JSON null stays one."""
    of(str(tmp_path / "b.db")).carrying.take(io.BytesIO(dump(example)))
    with sqlite3.connect(tmp_path / "example.db") as mine, sqlite3.connect(tmp_path / "b.db") as theirs:
        for table in TABLES:
            sql = f"SELECT * FROM {table} ORDER BY id"
            assert mine.execute(sql).fetchall() == theirs.execute(sql).fetchall(), table


def test_the_history_goes_on(example: AppContext, bare_url: str) -> None:
    """What was done there is undone here, and new records get new numbers."""
    last = example.contacts.get("l@zak.pl")
    other = of(bare_url)
    other.carrying.take(io.BytesIO(dump(example)))
    assert example.deals.get("1").stage == other.deals.get("1").stage
    other.history.undo()
    assert "proposal" != other.deals.get("1").stage
    assert last.number + 1 == other.contacts.add(other.contacts.draft({"name": "New"})).number
    assert last.id == next(iter(other.search.find("łukasz zak"))).id
    with other.store.reader() as reader:
        assert [] == list(findings(reader))


def test_numbers_of_rows_taken_away_are_never_given_again(tmp_path: Path, bare_url: str) -> None:
    """A label taken off had a number, which the log names."""
    app, other = of(str(tmp_path / "a.db")), of(bare_url)
    app.contacts.add(app.contacts.draft({"name": "Ana"}))
    app.contacts.tag("1", ["a", "b"])
    app.contacts.tag("1", ["b"], remove=True)
    other.carrying.take(io.BytesIO(dump(app)))
    other.contacts.tag("1", ["c"])
    with other.store.reader() as reader:
        assert [(1,), (3,)] == reader.rows("SELECT id FROM tagging ORDER BY id")


def test_an_empty_store_replaces_what_a_new_one_starts_with(tmp_path: Path, store_url: str) -> None:
    """The stages are those of the file; without any, those a new store has."""
    app = AppContext(Flags(store=str(tmp_path / "a.db"), user="maria"), origin="test")
    app.pipelines.add("hiring", ["phone", "office"], "hired", "refused")
    other = of(store_url)
    other.carrying.take(io.BytesIO(dump(app)))
    assert rows(app) == rows(other)
    missing = of(str(tmp_path / "missing.db"))
    fresh = of(str(tmp_path / "fresh.db"))
    fresh.carrying.take(io.BytesIO(dump(missing)))
    assert not Path(tmp_path / "missing.db").exists()
    assert ["lead", "qualified", "proposal", "negotiation", "won", "lost"] == [s.stage for s in fresh.pipelines.list()]


def test_a_store_in_use_is_left_alone(example: AppContext, store_url: str) -> None:
    other = of(store_url)
    other.contacts.add(other.contacts.draft({"name": "Mine"}))
    before = rows(other)
    with pytest.raises(Conflict) as refused:
        other.carrying.take(io.BytesIO(dump(example)))
    assert "into a new store" in (refused.value.hint or "")
    assert before == rows(other)


def broken(text: bytes) -> dict[str, bytes]:
    """A dump spoilt in every way."""
    lines = text.splitlines(keepends=True)
    middle = len(lines) // 2
    return {
        "cut in a line": text[: len(text) // 2],
        "cut between lines": b"".join(lines[:middle]),
        "without its end": b"".join(lines[:-1]),
        "a line less": b"".join(lines[:middle] + lines[middle + 1 :]),
        "a line twice": b"".join([*lines[:-1], lines[-2], lines[-1]]),
        "changed": text.replace(b'"Balkan', b'"Falkan', 1),
        "more after the end": text + b'{"table":"tag","row":{}}\n',
        "no JSON": b"".join([*lines[:middle], b"{\n", *lines[middle:]]),
        "no row": b"".join([lines[0], b'{"row":1}\n', *lines[1:]]),
    }


def test_a_file_that_is_not_whole_changes_nothing(example: AppContext, bare_url: str) -> None:
    """However it is broken; no store is made for it either."""
    other, text = of(bare_url), dump(example)
    ways = broken(text)
    if bare_url.startswith("postgresql"):  # the file is read alike: whether nothing stays is what differs
        ways = {how: ways[how] for how in ("cut between lines", "changed")}
    for how, spoilt in ways.items():
        with pytest.raises(UsageError, match=r"nothing was changed$"):
            other.carrying.take(io.BytesIO(spoilt))
        assert other.store.version() is None, how
    assert not Path(bare_url).exists()
    other.carrying.take(io.BytesIO(text))
    assert rows(example) == rows(other)


HEAD_LINE = {"crm": "store", "format": 1, "schema": "0004", "rows": {}, "numbers": {}}
_AT = "2026-11-21T12:00:00Z"
_USER = {"table": "app_user", "row": {"id": 1, "login": "ana", "login_key": "ana", "created_at": _AT}}


MISFITS: list[tuple[dict[str, Any], str]] = [
        ({"table": "nothing", "row": {}}, "no table 'nothing'"),
        ({"table": "app_user", "row": {"id": 2, "secret": 1}}, "app_user has no column 'secret'"),
        ({"table": "app_user", "row": {"id": "2"}}, "app_user row 2: '2' is no whole number"),
        ({"table": "app_user", "row": {"id": True}}, "True is no whole number"),
        ({"table": "app_user", "row": {"id": 2**63}}, "is no whole number"),
        ({"table": "app_user", "row": {**_USER["row"], "id": 2, "login": 5}}, "5 is no text"),
        ({"table": "app_user", "row": {**_USER["row"], "id": 2, "created_at": "yesterday"}}, "is no moment"),
        ({"table": "app_user", "row": {**_USER["row"], "id": 2, "created_at": "2026-13-21T12:00:00Z"}}, "month"),
        ({"table": "app_user", "row": _USER["row"]}, "app_user: "),
        ({"table": "app_user", "row": {"id": 2}}, "app_user: "),
        ({"table": "stage_change", "row": {"id": 1, "deal_id": 9, "to_stage_id": 9, "at": _AT}}, "stage_change"),
        ({"table": "change_set", "row": {"id": 1, "uid": "ch", "at": _AT, "user_id": 7, "command": "", "origin": ""}}, "change_set"),
    ]  # fmt: skip


def test_a_row_that_does_not_belong_is_named(bare_url: str) -> None:
    """By its line; and the store stays missing."""
    other = of(bare_url)
    for row, said in MISFITS[-4:] if bare_url.startswith("postgresql") else MISFITS:  # these the engine refuses
        with pytest.raises(UsageError) as refused:
            other.carrying.take(io.BytesIO(sealed([HEAD_LINE, _USER, row])))
        assert said in refused.value.message
        assert refused.value.message.endswith("; nothing was changed")
        assert other.store.version() is None


def test_tables_come_in_their_order(bare_url: str) -> None:
    tag = {"table": "tag", "row": {"id": 1, "name": "a", "key": "a"}}
    with pytest.raises(UsageError, match="rows of app_user come too late"):
        of(bare_url).carrying.take(io.BytesIO(sealed([HEAD_LINE, tag, _USER])))


@pytest.mark.parametrize(
    ("head", "kind", "said"),
    [
        (b'{"name": "Jane"}\n', UsageError, "is not what crm export all writes"),
        (b"name,email\n", UsageError, "is not what crm export all writes"),
        (b'{"crm":"store","format":1}\n', UsageError, "which schema"),
        (b'{"crm":"store","format":1,"schema":"0001"}\n', UsageError, "numbers"),
        (b'{"crm":"store",\n', UsageError, "no JSON"),
        (b'{"crm":"store","format":1,"schema":"9999","numbers":{}}\n', NewerSchema, "9999"),
        (b'{"crm":"store","format":2,"schema":"0001","numbers":{}}\n', NewerSchema, "knows"),
        (b"", UsageError, "empty"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, head: bytes, kind: type[CrmError], said: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(head)
    with pytest.raises(kind, match=said):
        of(str(tmp_path / "b.db")).carrying.take(file)
    assert not (tmp_path / "b.db").exists()


def test_columns_that_an_older_schema_had_not_get_what_a_new_row_has(bare_url: str) -> None:
    """A contact without version or custom fields; the search index is made."""
    contact = {
        "id": 7,
        "uid": "ct_01J8ZV00000000000000000000",
        "name": "Ana",
        "name_key": "ana",
        "created_at": _AT,
        "updated_at": _AT,
    }
    other = of(bare_url)
    other.carrying.take(
        io.BytesIO(sealed([{**HEAD_LINE, "schema": "0001"}, _USER, {"table": "contact", "row": contact}]))
    )
    with other.store.reader() as reader:
        assert ("{}", 1) == reader.row("SELECT custom, version FROM contact")
    assert ["Ana"] == [hit.name for hit in other.search.find("ana")]


def test_a_store_of_an_older_schema_goes_out_and_in(store_at: Callable[[str], Any], tmp_path: Path) -> None:
    store = store_at("0001")
    app = of(store.location.url or str(store.location.path))
    other = of(str(tmp_path / "b.db"))
    other.carrying.take(io.BytesIO(dump(app)))
    assert rows(app) == rows(other)
    assert ["Łukasz Żak"] == [view.name for view in other.contacts.list(Query())]


def test_a_packed_file_is_read(example: AppContext, tmp_path: Path) -> None:
    file = tmp_path / "store.jsonl.gz"
    file.write_bytes(gzip.compress(dump(example)))
    other = of(str(tmp_path / "b.db"))
    other.carrying.take(file)
    assert rows(example) == rows(other)


def test_what_is_written_meanwhile_is_not_half_in_it(app: AppContext) -> None:
    """A dump is of one moment, whoever writes while it is read."""
    app.contacts.add(app.contacts.draft({"name": "Before"}))
    lines = app.carrying.out()
    head = json.loads(next(lines))
    writer = of(app.store_location)
    writer.contacts.add(writer.contacts.draft({"name": "Meanwhile", "tags": ["new"]}))
    records = [json.loads(line) for line in lines]
    assert ["Before"] == [r["row"]["name"] for r in records if r.get("table") == "contact"]
    assert head["rows"]["tagging"] == sum(r.get("table") == "tagging" for r in records) == 0


def test_a_store_goes_out_and_in_in_little_memory(tmp_path: Path, postgresql: Callable[[], str]) -> None:
    """Five thousand activities, of which no more than some hundreds are held at once."""
    app = of(str(tmp_path / "a.db"))
    app.contacts.add(app.contacts.draft({"name": "Ana"}))
    with sqlite3.connect(tmp_path / "a.db") as store:
        columns = "uid, kind, subject, body, at, status, priority, custom, version, created_at, updated_at"
        values = (
            (f"ac_{n:026}", "note", f"note {n}", "x" * 300, _AT, "done", "normal", "{}", 1, _AT, _AT)
            for n in range(5_000)
        )
        store.executemany(f"INSERT INTO activity ({columns}) VALUES ({', '.join('?' * 11)})", values)
    file, other = tmp_path / "a.jsonl", of(postgresql())

    def carried() -> None:
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(app.carrying.out())
        other.carrying.take(file)
        for _ in other.carrying.out():
            pass

    dump(of(str(tmp_path / "missing.db")))  # what is loaded once does not count
    tracemalloc.start()
    carried()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.stat().st_size > 2_000_000
    assert peak < 4_000_000


# -- whatever was done before

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t;,\"'\\|= \u2028\u200dżИ字🎉"),
    min_size=1, max_size=12,
).filter(lambda text: text.strip() and any(c.isalnum() for c in text))  # fmt: skip
_STEPS = st.sampled_from(
    [
        "contact",
        "company",
        "deal",
        "log",
        "task",
        "edit",
        "move",
        "win",
        "tag",
        "untag",
        "rm",
        "restore",
        "merge",
        "undo",
        "import",
    ]
)


class Day:
    """A salesperson's day: whatever is asked for, as far as the rules allow it."""

    def __init__(self, app: AppContext) -> None:
        self.app = app

    def do(self, step: str, words: str, number: int) -> None:
        with suppress(CrmError):  # a rule said no, and nothing was changed
            getattr(self, f"_{step}")(words, str(number))

    def _contact(self, words: str, number: str) -> None:
        raw = {"name": words, "emails": [f"p{number}@example.com"], "tags": [words], "companies": [words]}
        self.app.contacts.add(self.app.contacts.draft(raw, [f"memo={words}", 'json:deep={"b":[1,2.5],"a":null}']))

    def _company(self, words: str, number: str) -> None:
        raw = {"name": words, "websites": [f"c{number}.example"], "annual_revenue": f"{number}.5k EUR"}
        self.app.companies.add(self.app.companies.draft(raw))

    def _deal(self, words: str, number: str) -> None:
        raw = {"title": words, "value": number, "company": words, "campaign": words, "expected_close": "2026-12-01"}
        self.app.deals.add(self.app.deals.draft(raw))

    def _log(self, words: str, number: str) -> None:
        self.app.activities.log({"type": "call", "body": words, "contacts": [number]}, follow_up=words)

    def _task(self, words: str, number: str) -> None:
        self.app.tasks.add(
            self.app.tasks.draft({"type": "task", "subject": words, "due": "fri", "recurrence": "weekly"})
        )
        self.app.tasks.done(number)

    def _edit(self, words: str, number: str) -> None:
        change = self.app.contacts.edit_draft(
            Changes({"note": words, "birthday": "1990-02-03"}, set=["json:weight=1e3"])
        )
        self.app.contacts.edit(number, change)

    def _move(self, words: str, number: str) -> None:
        self.app.deals.move(number, "proposal", note=words)

    def _win(self, words: str, number: str) -> None:
        self.app.deals.win(number, note=words)

    def _tag(self, words: str, number: str) -> None:
        self.app.contacts.tag(number, [words, "b"])

    def _untag(self, _words: str, number: str) -> None:
        self.app.contacts.tag(number, ["b"], remove=True)

    def _rm(self, _words: str, number: str) -> None:
        self.app.contacts.remove(number)

    def _restore(self, _words: str, number: str) -> None:
        self.app.contacts.restore(number)

    def _merge(self, _words: str, number: str) -> None:
        self.app.contacts.merge(number, str(int(number) % 4 + 1))

    def _undo(self, _words: str, _number: str) -> None:
        self.app.history.undo()

    def _import(self, words: str, number: str) -> None:
        from crmcli.services.importing.plan import Plan

        cell = words.replace('"', '""')
        text = f'name,email,phone\n"{cell}",i{number}@example.com,+35988123456{number}\n'
        with self.app.imports.opened(Plan("contact"), io.BytesIO(text.encode())) as run:
            run.go()


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
@pytest.mark.parametrize("here", ["sqlite", "postgresql"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(_STEPS, _WORDS, st.integers(1, 4)), min_size=1, max_size=14))
def test_any_store_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    empty_sqlite: Path,
    postgresql: Callable[[], str],
    here: str,
    there: str,
    steps: list[tuple[str, str, int]],
) -> None:
    """Whatever was done in a store, another filled from it holds the same rows, and gives the same out again."""
    folder = tmp_path_factory.mktemp("stores")
    (folder / "here.db").write_bytes(empty_sqlite.read_bytes())
    mine = of(str(folder / "here.db") if here == "sqlite" else postgresql())
    theirs = of(str(folder / "there.db") if there == "sqlite" else postgresql())
    day = Day(mine)
    for step, words, number in steps:
        day.do(step, words, number)
    theirs.carrying.take(io.BytesIO(dump(mine)))
    assert rows(mine) == rows(theirs)
    if here == there:
        assert dump(mine) == dump(theirs)
    with theirs.store.reader() as reader:
        assert [] == list(findings(reader))


def test_nothing_is_read_of_a_store_that_is_newer(store_at: Callable[[str], Any]) -> None:
    store = store_at("0001")
    from crmcli.store.engine import transaction

    with transaction(store) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema):
        list(of(store.location.url or str(store.location.path)).carrying.out())


def test_every_step_of_a_day_can_be_taken(tmp_path: Path) -> None:
    """What the property above does is done, not refused."""
    day = Day(of(str(tmp_path / "a.db")))
    for step, number in [
        ("company", 1), ("contact", 1), ("contact", 2), ("deal", 1), ("log", 1), ("move", 1), ("edit", 1), ("tag", 1),
        ("untag", 1), ("rm", 1), ("restore", 1), ("merge", 1), ("undo", 1), ("win", 1), ("import", 3), ("task", 3),
    ]:  # fmt: skip
        getattr(day, f"_{step}")(f"{step} Łódź", str(number))
