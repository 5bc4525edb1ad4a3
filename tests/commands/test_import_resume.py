"""``crm import --resume``: stored as it goes, and gone on with where it was cut off."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.services.importing import run as run_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

PART = 20


class Cut(Exception):
    """The import is cut off."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is a few rows, and a batch fewer."""
    monkeypatch.setattr(run_module, "ROWS", PART)
    monkeypatch.setattr(run_module, "BATCH", 7)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Cut imports off when the row of that line is read; None lets them be."""
    begin = run_module.Run.__init__

    def until(rows: Iterator[Any], line: int) -> Iterator[Any]:
        for row in rows:
            if row.line >= line:
                raise Cut
            yield row

    def arrange(line: int | None) -> None:
        def beginning(self: run_module.Run, *args: Any) -> None:
            begin(self, *args)
            if line is not None:
                self.table.rows = until(self.table.rows, line)

        monkeypatch.setattr(run_module.Run, "__init__", beginning)

    return arrange


def people(tmp_path: Path, count: int, name: str = "leads.csv", bad: Sequence[int] = ()) -> Path:
    """A file of that many people at three companies."""
    path = tmp_path / name
    lines = [f"Person {n},{'no' if n in bad else f'p{n}@x.com'},Firm {n % 3}" for n in range(count)]
    path.write_text("\n".join(["Name,Email,Company", *lines, ""]))
    return path


def count(crm: Crm, noun: str = "contact") -> int:
    """How many records there are."""
    return len(crm(noun, "list", "--format", "ids").lines)


def told(result: Result) -> dict[str, Any]:
    """The report of an import."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def resume(crm: Crm, path: Path, *flags: str, noun: str = "contacts") -> Result:
    """The import that stores as it goes."""
    return crm("import", noun, path, "--resume", "--report", "json", *flags)


@pytest.mark.parametrize("total", [1, PART - 1, PART, PART + 1, 3 * PART])
def test_uncut_it_is_one_change(crm: Crm, tmp_path: Path, total: int) -> None:
    """As many rows as there are, one line of history, one undo, nothing left half done."""
    result = resume(crm, people(tmp_path, total))
    assert (result.code, told(result)["created"], told(result)["change_set"]) == (0, total, 1)
    history: Any = crm("history", "--format", "json").json()
    assert [(each["number"], each["summary"]) for each in history] == [(1, f"leads: {total} new")]
    assert history[0]["records"] == total + min(total, 3)
    assert "half done" not in crm("store", "info").stdout
    crm("undo")
    assert (count(crm), count(crm, "company")) == (0, 0)


def test_it_goes_on_where_it_was_cut_off(crm_on: Crm, tmp_path: Path, cut: Callable[[int | None], None]) -> None:
    """Every row once, in one change; the store says what is half done, and one undo takes all back."""
    path = people(tmp_path, 70)
    cut(50)
    assert resume(crm_on, path).code == 1
    assert count(crm_on) == 2 * PART
    assert "an import of contacts from leads stopped after 40 rows (change #1)" in crm_on("store", "info").stdout
    cut(None)
    result = resume(crm_on, path)
    report = told(result)
    assert (report["resumed_after"], report["read"], report["created"], report["change_set"]) == (40, 30, 30, 1)
    assert "went on after 40 rows" in result.stderr
    history: Any = crm_on("history", "--format", "json").json()
    assert [(h["number"], h["summary"], h["records"]) for h in history] == [(1, "leads: 70 new", 73)]
    emails = [row["emails"][0] for row in crm_on("contact", "list", "--format", "json").json()]  # type: ignore[attr-defined]
    assert sorted(emails) == sorted(f"p{n}@x.com" for n in range(70))
    assert "half done" not in crm_on("store", "info").stdout
    assert crm_on("store", "check").code == 0
    crm_on("undo")
    assert (count(crm_on), count(crm_on, "company")) == (0, 0)


def test_without_it_nothing_is_stored(crm_on: Crm, tmp_path: Path, cut: Callable[[int | None], None]) -> None:
    """All or nothing is what an import is unless told otherwise."""
    cut(50)
    assert crm_on("import", "contacts", people(tmp_path, 70)).code == 1
    assert (count(crm_on), crm_on("history", "--format", "json").json()) == (0, [])


@pytest.mark.parametrize("changes", ["file", "plan"])
def test_another_file_or_plan_is_refused(
    crm: Crm, tmp_path: Path, cut: Callable[[int | None], None], changes: str
) -> None:
    """With the remedy, which works."""
    path = people(tmp_path, 70)
    cut(50)
    resume(crm, path)
    cut(None)
    flags = ["--mode", "upsert"] if changes == "plan" else []
    if changes == "file":
        people(tmp_path, 71)
    refused = resume(crm, path, *flags)
    assert refused.code == 4
    assert "stopped after 40 rows (change #1), and this is another file, or other options" in refused.stderr
    assert "crm undo 1" in refused.stderr
    assert crm("undo", "1").code == 0
    assert told(resume(crm, path, *flags))["resumed_after"] == 0
    assert count(crm) == (71 if changes == "file" else 70)


def test_a_plain_import_begins_anew_and_settles_it(crm: Crm, tmp_path: Path, cut: Callable[[int | None], None]) -> None:
    """It says so; what is there is known again, and nothing is half done afterwards."""
    path = people(tmp_path, 70)
    cut(50)
    resume(crm, path)
    cut(None)
    result = crm("import", "contacts", path)
    assert "stopped after 40 rows (change #1): this one begins anew (crm undo 1 takes that back)" in result.stderr
    assert count(crm) == 70
    assert "half done" not in crm("store", "info").stdout
    assert told(resume(crm, path))["unchanged"] == 70


def test_an_undo_while_it_runs_is_noticed(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is not stored under a change that was taken back."""
    tell, parts = run_module.Run.tell_hooks, []

    def undone(self: run_module.Run) -> None:
        tell(self)
        parts.append(self)
        if len(parts) == 1:
            AppContext(Flags(quiet=True)).history.undo()

    monkeypatch.setattr(run_module.Run, "tell_hooks", undone)
    result = resume(crm, people(tmp_path, 70))
    assert (result.code, count(crm)) == (4, 0)
    assert "change #1 was undone while its import was running" in result.stderr


def test_parents_named_before_the_cut_are_given(crm_on: Crm, tmp_path: Path, cut: Callable[[int | None], None]) -> None:
    """A company stored in the first part gets the parent that comes in the last; nobody is made twice."""
    path = tmp_path / "firms.csv"
    lines = [f"Firm {n},{f'Firm {69 - n}' if n < 20 else ''}" for n in range(70)]
    path.write_text("\n".join(["Name,Parent Company", *lines, ""]))
    cut(50)
    assert resume(crm_on, path, noun="companies").code == 1
    cut(None)
    assert resume(crm_on, path, noun="companies").code == 0
    rows: Any = crm_on("company", "list", "--format", "json", "--limit", "0").json()
    assert len(rows) == 70
    parents = {row["name"]: row["parent"]["name"] for row in rows if row["parent"]}
    assert parents == {f"Firm {n}": f"Firm {69 - n}" for n in range(20)}
    assert crm_on("undo").code == 0
    assert count(crm_on, "company") == 0


def test_rejected_rows_of_both_runs_are_in_the_file(
    crm: Crm, tmp_path: Path, cut: Callable[[int | None], None]
) -> None:
    """Each once: those of the part that was cut off are judged again."""
    path, bad = people(tmp_path, 70, bad=(3, 30, 43, 60)), tmp_path / "bad.csv"
    bad.write_text("from another day\n")
    cut(50)
    resume(crm, path, "--rejects", str(bad))
    cut(None)
    result = resume(crm, path, "--rejects", str(bad))
    assert (result.code, told(result)["rejected_count"], told(result)["rejects"]) == (7, 2, str(bad))
    with bad.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Name", "Email", "Company", "reject_line", "reject_reason"]
    assert [row[0] for row in rows[1:]] == ["Person 3", "Person 30", "Person 43", "Person 60"]
    assert count(crm) == 66


def test_a_file_without_news_leaves_no_trace(crm: Crm, tmp_path: Path) -> None:
    """No change, and nothing half done."""
    path = people(tmp_path, 70)
    crm("import", "contacts", path)
    assert told(resume(crm, path))["unchanged"] == 70
    assert len(crm("history", "--format", "json").json()) == 1  # type: ignore[arg-type]
    assert "half done" not in crm("store", "info").stdout


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--dry-run"], "--resume stores rows, --dry-run none"),
        (["--max-errors", "3"], "--max-errors stores all or nothing, --resume stores as it goes"),
    ],
)
def test_what_it_can_not_promise_it_refuses(crm: Crm, tmp_path: Path, flags: list[str], says: str) -> None:
    """Exit 2."""
    result = crm("import", "contacts", people(tmp_path, 3), "--resume", *flags)
    assert (result.code, says in result.stderr) == (2, True)


def test_a_pipe_can_not_be_resumed(crm: Crm) -> None:
    """What it gave is gone."""
    result = crm("import", "contacts", "-", "--resume", stdin="Name\nJane\n")
    assert result.code == 2
    assert "--resume needs a file" in result.stderr
