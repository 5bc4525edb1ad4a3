"""Rows that are read ahead and placed side by side end up as rows that are read and placed one by one."""

from __future__ import annotations

import csv
import os
import re
import signal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmcli.context import AppContext, Flags
from crmcli.errors import CrmError, Interrupted, UsageError
from crmcli.services.importing import run as run_module
from crmcli.services.importing.abreast import Abreast
from crmcli.services.importing.ahead import Ahead, can_go_ahead
from crmcli.services.importing.batches import Reader
from crmcli.services.importing.plan import Plan
from crmcli.store.checks import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


TABLES = (
    "contact", "contact_email", "contact_phone", "contact_handle", "contact_company", "company", "company_website",
    "tagging", "tag", "custom_field", "search_entry", "change", "change_set",
)  # fmt: skip
HEADERS = (
    "Name",
    "First name",
    "Last name",
    "Email",
    "Phone",
    "Company",
    "LinkedIn",
    "Tags",
    "Birthday",
    "Note",
    "Shoe",
)
forked = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no copying of processes here")


def lane(monkeypatch: pytest.MonkeyPatch, *, ahead: bool, abreast: bool, batch: int = 4) -> None:
    """Which way rows take."""
    monkeypatch.setattr(run_module, "ENOUGH", 0 if ahead else 10**9)
    monkeypatch.setattr(run_module, "BATCH", batch)
    monkeypatch.setattr(Reader, "_new", _NEW if abreast else lambda _self, _entries: None)


_NEW = Reader._new


def take(app: AppContext, path: Path, **plan: Any) -> tuple[dict[str, object], list[list[tuple[object, ...]]]]:
    """What became of the rows of a file, and all that the store then holds but uids; the store is as before."""
    with app.imports.opened(Plan("contact", skip_errors=True, source="s", **plan), path) as run:
        run.go()
    report = {name: _without_uids(value) for name, value in run.record().items() if name != "change_set"}
    with app.store.reader() as reader:
        assert not list(findings(reader))
        rows = [_rows(reader, table) for table in TABLES]
    return report, rows


def _without_uids(value: Any) -> Any:
    """A reason may name the record that a value belongs to, and every store has uids of its own."""
    if isinstance(value, list):
        return [_without_uids(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_uids(item) for name, item in value.items()}
    return re.sub(r"\b(c[to])_[0-9A-Z]{26}", r"\1_", value) if isinstance(value, str) else value


def _rows(reader: Any, table: str) -> list[tuple[object, ...]]:
    found = reader.connection.execute(f"SELECT * FROM {table} ORDER BY 1")
    names = [column[0] for column in found.description]
    kept = [place for place, name in enumerate(names) if name not in ("uid", "at")]
    return [tuple(str(row[place]) for place in kept) for row in found.fetchall()]


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A file of those rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS, *rows])
    return path


emails = st.builds("{}@{}.example".format, st.sampled_from("abcdefghijklmnop"), st.sampled_from(["x", "y", "ż"]))
row = st.tuples(
    st.sampled_from(
        ["", "Jane Doe", "Doe, Jane", "Dr. Łukasz Żak Jr.", "王小明", "van der Berg", "Иванов Иван Иванович"]
    ),
    st.sampled_from(["", "", "Ana"]),
    st.sampled_from(["", "", "Nguyễn"]),
    st.one_of(st.just(""), emails, emails, emails, st.just("no address")),
    st.sampled_from(
        ["", "", "+359 88 123 4567", "+48 501 234 567", "0888 111 222", "+1 202 555 0123; +44 20 7946 0958"]
    ),
    st.sampled_from(["", "Acme", "ACME", "acme.com", "Żabka", "Works 7 Ltd", "Acme; Żabka"]),
    st.sampled_from(["", "", "", "janedoe", "https://www.linkedin.com/in/zoe"]),
    st.sampled_from(["", "", "", "vip; fair"]),
    st.sampled_from(["", "", "1980-02-29", "tomorrow?"]),
    st.sampled_from(["", "two\nlines\tand ½", "北京 text", "'; --"]),
    st.sampled_from(["", "", "43", "true"]),
)


@forked
@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(row, min_size=1, max_size=30), again=st.booleans())
def test_every_way_comes_to_the_same(
    rows: list[tuple[str, ...]],
    again: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The same report, and the same tables row by row, whoever reads the rows and however they are placed."""
    folder = tmp_path_factory.mktemp("lanes")
    path = write(folder / "people.csv", rows)
    first = write(folder / "before.csv", rows[::3]) if again else None
    seen = []
    for ahead, abreast in ((False, False), (False, True), (True, False), (True, True)):
        app = AppContext(Flags(store=str(folder / f"{ahead}{abreast}.db"), quiet=True), origin="test")
        with pytest.MonkeyPatch.context() as patch:
            lane(patch, ahead=ahead, abreast=abreast)
            if first is not None:
                take(app, first)
            seen.append(take(app, path, mode="upsert"))
    assert all(each == seen[0] for each in seen[1:])


def test_new_people_are_placed_side_by_side(app: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On both engines: found by their words, linked, in one change that undo takes back."""
    lane(monkeypatch, ahead=False, abreast=True)
    placed: list[int] = []
    place = Abreast.place
    monkeypatch.setattr(Abreast, "place", lambda self, new: bool(placed.append(len(new.names)) or place(self, new)))
    rows = [
        (f"Żaneta {n}", "", "", f"z{n}@x.com", f"+48 501 234 5{n:02}", f"Firm {n % 3}", "", "", "1980-02-29", "", "9")
        for n in range(10)
    ]
    report, _ = take(app, write(tmp_path / "people.csv", rows))
    assert (report["created"], report["linked"], placed) == (10, {"company": 3}, [4, 4, 2])
    with app.store.reader() as reader:
        count = (
            "SELECT count(*) FROM contact r JOIN contact_company l ON l.contact_id = r.id WHERE r.birthday IS NOT NULL"
        )
        assert reader.value(count) == 10
        assert reader.value("SELECT max(records) FROM change_set") == 13
    again, _ = take(app, write(tmp_path / "people.csv", rows), mode="upsert")
    assert (again["unchanged"], again["created"]) == (10, 0)


@forked
@pytest.mark.parametrize("rejects", [False, True])
def test_bad_rows_come_back_from_ahead(
    app: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rejects: bool
) -> None:
    """With their lines and reasons, and as they came where they are wanted."""
    lane(monkeypatch, ahead=True, abreast=True)
    path = tmp_path / "people.csv"
    path.write_text('Name,Email\nJane,jane@x.com\nBob,nobody\n"Zoë,zoe@x.com\nMax,max@x.com\n')
    target = tmp_path / "bad.csv"
    report, _ = take(app, path, rejects=target if rejects else None)
    assert (report["read"], report["rejected_count"]) == (4, 2)
    assert [each["line"] for each in report["rejected"]] == [3, 4]  # type: ignore[attr-defined]
    if rejects:
        assert "Bob,nobody" in target.read_text(encoding="utf-8")


# -- the process that goes ahead


def pieces(count: int, error: BaseException | None = None) -> Callable[[Callable[[], bool]], Iterator[bytes]]:
    """Work that makes so many pieces, and then perhaps fails."""

    def work(_wanted: Callable[[], bool]) -> Iterator[bytes]:
        for n in range(count):
            yield b"%d" % n * 100_000
        if error is not None:
            raise error

    return work


@forked
def test_pieces_come_in_their_order() -> None:
    """All of them, also those that the pipe has no room for."""
    ahead = Ahead(pieces(30), "it")
    assert [b"%d" % n * 100_000 for n in range(30)] == list(ahead)
    ahead.close()


@forked
@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (UsageError("line 3: no", hint="mend it", details=("a",)), UsageError, "line 3: no"),
        (ZeroDivisionError("oh"), RuntimeError, "ZeroDivisionError: oh"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), RuntimeError, "UnicodeDecodeError: "),
    ],
)
def test_what_is_raised_ahead_is_raised_here(error: BaseException, kind: type[Exception], text: str) -> None:
    """Our own errors as they are, a bug with its traceback."""
    ahead = Ahead(pieces(1, error), "it")
    with pytest.raises(kind, match=text) as raised:
        list(ahead)
    ahead.close()
    assert "Traceback" in "".join(raised.value.__notes__)
    if isinstance(error, CrmError):
        assert (error.hint, error.details) == (raised.value.hint, raised.value.details)  # type: ignore[attr-defined]


@forked
def test_a_killed_reader_is_an_error() -> None:
    """Not the end of the file."""
    ahead = Ahead(pieces(1000), "the import of leads")
    rest = iter(ahead)
    next(rest)
    os.kill(ahead._child, signal.SIGKILL)
    with pytest.raises(Interrupted, match="the import of leads was cut short: its reader was ended by SIGKILL"):
        list(rest)
    ahead.close()


@forked
def test_a_reader_that_nobody_listens_to_ends() -> None:
    """However much it still has to say; it is not left behind."""
    ahead = Ahead(pieces(1000), "it")
    child = ahead._child
    next(iter(ahead))
    ahead.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@forked
def test_a_killed_reader_leaves_the_store_as_it_was(
    app: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the file is there."""
    lane(monkeypatch, ahead=True, abreast=True)
    rows = [(f"P {n}", "", "", f"p{n}@x.com", *[""] * 7) for n in range(40)]
    path = write(tmp_path / "people.csv", rows)
    packed = run_module.packed

    def dying(batch: Any, table: Any, **more: Any) -> bytes:
        if batch.line > 20:
            os.kill(os.getpid(), signal.SIGKILL)
        return packed(batch, table, **more)

    monkeypatch.setattr(run_module, "packed", dying)
    with app.imports.opened(Plan("contact"), path) as run, pytest.raises(Interrupted):
        run.go()
    with app.store.reader() as reader:
        assert not reader.value("SELECT count(*) FROM contact")


def test_with_other_threads_nobody_is_copied() -> None:
    """What another thread holds would be held for ever."""
    import threading

    go_on = threading.Event()
    other = threading.Thread(target=go_on.wait)
    other.start()
    try:
        assert not can_go_ahead()
    finally:
        go_on.set()
        other.join()
