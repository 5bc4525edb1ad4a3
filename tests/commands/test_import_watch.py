"""``crm import --watch FOLDER``: what is dropped is imported and moved."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.conftest import Program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

GOOD, OTHER, BAD = (
    "Name,Email\nJane,jane@x.com\n",
    "Name,Email\nOla,ola@x.com\n",
    "Name,Email\nEwa,ewa@x.com\nBad,nope\n",
)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A drop folder."""
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def once(crm: Crm, folder: Path, *flags: str) -> Result:
    """Read what lies there."""
    return crm("import", "--watch", folder, "--once", "--every", "0.05", *flags)


def names(folder: Path) -> list[str]:
    """All files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def emails(crm: Crm) -> list[str]:
    """Of everybody."""
    rows: Any = crm("contact", "list", "--format", "json").json()
    return sorted(row["emails"][0] for row in rows)


def test_what_is_read_goes_to_done(crm_on: Crm, drop: Path) -> None:
    """One line for each file; the next look finds nothing."""
    (drop / "a.csv").write_text(GOOD)
    (drop / "b.csv").write_text(OTHER)
    result = once(crm_on, drop, "--noun", "contacts")
    assert (result.code, result.lines) == (0, ["a.csv: read, 1 created", "b.csv: read, 1 created"])
    assert names(drop) == ["done/a.csv", "done/b.csv"]
    assert emails(crm_on) == ["jane@x.com", "ola@x.com"]
    assert once(crm_on, drop, "--noun", "contacts") == (0, "", "")


def test_what_fails_goes_to_failed_with_the_reason(crm: Crm, drop: Path) -> None:
    """And with its bad rows; nothing of it is stored, the others are read; exit 7."""
    (drop / "a.csv").write_text(BAD)
    (drop / "b.csv").write_text(GOOD)
    (drop / "c.csv").write_bytes(b"\x89PNG\r\n\x1a\nxx")
    (drop / "d.csv").write_text("")
    result = once(crm, drop, "--noun", "contacts")
    assert result.code == 7
    assert "crm: error: 3 of 4 files were not read whole" in result.stderr
    assert names(drop) == [
        "done/b.csv", "failed/a.csv", "failed/a.csv.error.txt", "failed/a.csv.rejects.csv", "failed/c.csv",
        "failed/c.csv.error.txt", "failed/d.csv", "failed/d.csv.error.txt",
    ]  # fmt: skip
    assert emails(crm) == ["jane@x.com"]
    reason = (drop / "failed" / "a.csv.error.txt").read_text()
    assert reason.startswith("1 of 2 rows can't be imported; nothing was stored")
    assert "line 3" in reason
    assert (drop / "failed" / "a.csv.rejects.csv").read_text().splitlines()[1].startswith("Bad,nope,3,")
    assert "is empty" in (drop / "failed" / "d.csv.error.txt").read_text()


def test_with_skip_errors_the_good_rows_are_stored(crm: Crm, drop: Path) -> None:
    """The file is done; its bad rows and the reason lie in failed."""
    (drop / "a.csv").write_text(BAD)
    result = once(crm, drop, "--noun", "contacts", "--skip-errors", "--report", "json", "--quiet")
    told = json.loads(result.stdout)
    assert result.code == 7
    assert (told["file"], told["status"], told["created"], told["rejected_count"], told["error"]["code"]) == (
        "a.csv", "partly", 1, 1, "partly_done",
    )  # fmt: skip
    assert names(drop) == ["done/a.csv", "failed/a.csv.error.txt", "failed/a.csv.rejects.csv"]
    (drop / "again.csv").write_text((drop / "failed" / "a.csv.rejects.csv").read_text().replace("nope", "bad@x.com"))
    assert once(crm, drop, "--noun", "contacts").code == 0
    assert emails(crm) == ["bad@x.com", "ewa@x.com"]


def test_a_line_of_json_for_each_file(crm: Crm, drop: Path) -> None:
    """With the tally, where the file is now, and its own change."""
    for at, text in enumerate((GOOD, OTHER, GOOD)):
        (drop / f"{at}.csv").write_text(text)
    result = once(crm, drop, "--noun", "contacts", "--report", "json")
    lines = [json.loads(line) for line in result.lines]
    assert [(each["file"], each["status"], each["created"], each["change_set"]) for each in lines] == [
        ("0.csv", "read", 1, 1), ("1.csv", "read", 1, 2), ("2.csv", "read", 0, None),
    ]  # fmt: skip
    assert [each["moved_to"] for each in lines] == [str(drop.resolve() / "done" / f"{at}.csv") for at in range(3)]


def test_each_file_says_what_it_is_and_the_linked_come_last(crm: Crm, drop: Path) -> None:
    """People come before the meeting that they take part in, whatever the files are called."""
    (drop / "a.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20261110T100000Z\nSUMMARY:Talk\n"
        "ATTENDEE:mailto:jane@x.com\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    (drop / "people.csv").write_text(GOOD)
    assert once(crm, drop).code == 0
    (talk,) = crm("activity", "list", "--format", "json").json()  # type: ignore[misc]
    assert [each["name"] for each in talk["contacts"]] == ["Jane"]  # type: ignore[index]


def test_the_options_of_an_import_count(crm: Crm, drop: Path) -> None:
    """A mapping, a mode, the source."""
    (drop / "a.csv").write_text("Nr,Wer,Mail\n5,Jane,jane@x.com\n")
    flags = [
        "--map",
        "Wer=name",
        "--map",
        "Nr=external_id",
        "--map",
        "Mail=emails",
        "--source",
        "shop",
        "--mode",
        "upsert",
    ]
    assert crm("import", "contacts", "--watch", drop, "--once", "--every", "0.05", *flags).code == 0
    assert crm("contact", "show", "shop:5").code == 0


def test_links_are_left_alone(crm: Crm, drop: Path, tmp_path: Path) -> None:
    """And named once."""
    (tmp_path / "secret.csv").write_text(GOOD)
    (drop / "a.csv").symlink_to(tmp_path / "secret.csv")
    result = once(crm, drop, "--noun", "contacts")
    assert (result.code, result.stdout) == (0, "")
    assert "left alone a.csv: not a regular file" in result.stderr
    assert (drop / "a.csv").is_symlink()


def test_a_file_that_is_still_written_waits(crm: Crm, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read when it has come to rest."""
    from crmcli.commands import import_watch

    path = drop / "a.csv"
    path.write_text("Name,Email\n")
    wait = import_watch._Stop.wait

    def growing(self: import_watch._Stop, seconds: float) -> bool:
        path.write_text(GOOD)
        return wait(self, seconds)

    with monkeypatch.context() as patch:
        patch.setattr(import_watch._Stop, "wait", growing)
        result = once(crm, drop, "--noun", "contacts")
    assert (result.code, result.stdout, names(drop)) == (0, "", ["a.csv"])
    assert "a.csv is still being written" in result.stderr
    once(crm, drop, "--noun", "contacts")
    assert names(drop) == ["done/a.csv"]


def test_a_folder_is_watched_by_one(crm_on: Crm, drop: Path) -> None:
    """The second is refused at once, exit 6."""
    import os

    program = Program(os.environ["CRM_DB"])
    watch = program.start("import", "--watch", drop, "--every", "0.1")
    try:
        _until(lambda: once(crm_on, drop).code == 6)
        result = once(crm_on, drop)
        assert "another watch of" in result.stderr
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.communicate(timeout=90)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_reads_what_arrives_until_it_is_stopped(crm: Crm, drop: Path, number: signal.Signals, code: int) -> None:
    """A bad file in between does not end it; a signal does, cleanly."""
    import os

    program = Program(os.environ["CRM_DB"])
    watch = program.start("import", "--watch", drop, "--noun", "contacts", "--every", "0.1", "--report", "json")
    (drop / "a.csv").write_text(GOOD)
    _until(lambda: "done/a.csv" in names(drop))
    (drop / "b.csv").write_text(BAD)
    _until(lambda: "failed/b.csv.error.txt" in names(drop))
    (drop / "c.csv").write_text(OTHER)
    _until(lambda: "done/c.csv" in names(drop))
    time.sleep(1)
    watch.send_signal(number)
    stdout, stderr = watch.communicate(timeout=90)
    assert watch.returncode == code, stderr
    assert [json.loads(line)["status"] for line in stdout.splitlines()] == ["read", "failed", "read"]
    assert emails(crm) == ["jane@x.com", "ola@x.com"]


def test_a_store_that_is_busy_makes_a_file_wait(crm: Crm, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is not the file's fault: it stays where it is."""
    import os
    import sqlite3

    crm("store", "init")
    monkeypatch.setenv("CRM_TIMEOUT", "0.1")
    (drop / "a.csv").write_text(GOOD)
    other = sqlite3.connect(os.environ["CRM_DB"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = once(crm, drop, "--noun", "contacts")
    other.close()
    assert (result.code, names(drop)) == (7, ["a.csv"])
    assert result.stdout.startswith("a.csv: waiting, ")
    assert once(crm, drop, "--noun", "contacts").code == 0


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--dry-run"], "no such option: --dry-run"),
        (["--resume"], "no such option: --resume"),
        (["--noun", "people"], "'people' is not one of"),
        (["--every", "often"], "every: can't read 'often' as a time to wait"),
    ],
)
def test_what_makes_no_sense_is_refused(crm: Crm, drop: Path, flags: list[str], says: str) -> None:
    """Exit 2."""
    result = crm("import", f"--watch={drop}", *flags)
    assert (result.code, says in result.stderr) == (2, True)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")
