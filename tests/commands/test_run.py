"""``crm run due``: what it says, and its exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.context import AppContext, Flags
from crmcli.jobs.due import LOCK
from crmcli.services.alone import alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]

KEYS = [
    "dry_run", "running", "sequences", "sends", "reminders", "recurring", "snapshots", "errors", "next_at",
]  # fmt: skip


def test_nothing_is_due(crm: Run) -> None:
    """Nothing on stdout, so that cron has nothing to mail; JSON has every key."""
    crm("contact", "add", "Jane")
    done = crm("run", "due")
    assert (0, "", "nothing is due\n") == (done.code, done.stdout, done.stderr)
    assert ("", "") == crm("--quiet", "run", "due")[1:]
    record: Any = crm("run", "due", "--format", "json").json()
    assert KEYS == list(record)


def test_a_line_for_each_thing(crm: Run, tmp_path: Path) -> None:
    """What was done, and when there is more; a dry run says the same before and changes nothing."""
    crm("contact", "add", "Jane", "--email", "jane@x.com")
    crm("segment", "add", "all", "--filter", "name is not empty")
    crm("sequence", "add", "Welcome", "--segment", "all", "--steps", "-", stdin="task call them\nwait 1d\n")
    crm("task", "add", "offer", "--due", "2026-11-21T12:30", "--remind", "1h")
    crm("task", "add", "report", "--due", "2026-11-14", "--recur", "weekly")
    before = crm("run", "due", "--dry-run")
    assert "segment\tall\tto be counted" in before.lines
    assert "sequence\tWelcome\tentered 1" in before.lines
    assert "dry run: nothing was changed" in before.stderr
    done = crm("run", "due")
    assert [
        "kind\tname\twhat",
        "task\treport\tcomes again, due 2026-11-21",
        "reminder\toffer\tdue 2026-11-21T12:30:00Z, maria",
        "segment\tall\t1 person",
        "sequence\tWelcome\tentered 1, tasks 1",
    ] == done.lines
    assert "done; next at 2026-11-22 12:00\n" == done.stderr
    assert "" == crm("run", "due").stdout


def test_another_one_is_running(crm: Run, tmp_path: Path) -> None:
    """No failure for cron: a note, and the machine is told who is at it."""
    crm("contact", "add", "Jane")
    other = AppContext(Flags(store=str(tmp_path / "crm.db")))
    with alone(other.desk, LOCK, "crm run due"):
        done = crm("run", "due", "--format", "json")
    assert 0 == done.code
    assert "nothing was done here" in done.stderr
    record: Any = done.json()
    assert record["running"].startswith("another crm run due is running")


def test_what_fails_is_told(crm: Run) -> None:
    """Exit code 7, each thing on a line, and the same as JSON."""
    crm("contact", "add", "Jane", "--email", "jane@x.com")
    crm("template", "add", "hello", "--subject", "Hi", "--text", "-", stdin="x {{ unsubscribe_url }}")
    crm("sequence", "add", "Welcome", "--steps", "-", stdin="mail hello\n")
    crm("sequence", "enrol", "Welcome", "Jane")
    done = crm("run", "due")
    assert 7 == done.code
    assert "1 thing could not be done" in done.stderr
    assert "sequence Welcome: no sender is set" in done.stderr
    failed = crm("run", "due", "--format", "json")
    assert '"kind": "sequence"' in failed.stdout
