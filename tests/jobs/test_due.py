"""What is due by the clock: campaigns, reminders, recurring tasks, snapshots; once each, also when a run dies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.jobs.due import LOCK, run_due
from crmcli.services.alone import alone
from crmcli.services.sequence_runs import SequenceRun
from tests.mail_server import MailServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the settings name."""
    monkeypatch.setattr("crmcli.io.mail.smtp._PAUSES", (0.0, 0.0))
    with MailServer() as running:
        config = tmp_path / "crm.toml"
        config.write_text(running.settings, "utf-8")
        monkeypatch.setenv("CRM_CONFIG", str(config))
        yield running


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Set the clock."""
    monkeypatch.setenv("CRM_NOW", f"2026-{moment}:00Z")


def due(crm: Run, code: int = 0) -> Any:
    """Run what is due; what it says."""
    done = crm("run", "due", "--format", "json")
    assert code == done.code, done.stderr
    return json.loads(done.stdout)


def template(crm: Run) -> None:
    """A template."""
    text = "x {{ unsubscribe_url }}"
    assert 0 == crm("template", "add", "hello", "--subject", "Hi", "--text", "-", stdin=text).code


# -- recurring tasks


@pytest.mark.parametrize(
    ("rule", "today", "added"),
    [
        ("weekly", "11-27T09:00", []),
        ("weekly", "11-28T09:00", ["2026-11-28"]),
        ("weekly", "12-01T09:00", ["2026-11-28"]),
        ("weekly", "12-15T09:00", ["2026-12-12"]),
        ("daily", "11-24T09:00", ["2026-11-24"]),
        ("FREQ=WEEKLY;COUNT=1", "12-01T09:00", []),
        ("FREQ=WEEKLY;UNTIL=20261128", "12-15T09:00", ["2026-11-28"]),
    ],
)
def test_what_recurs_comes_again(
    crm: Run, monkeypatch: pytest.MonkeyPatch, rule: str, today: str, added: list[str]
) -> None:
    """Once its day has come, whether done or not; the overdue one stays and recurs no more, and none comes twice."""
    crm("contact", "add", "Jane")
    crm("task", "add", "report", "--due", "2026-11-21", "--recur", rule, "--contact", "Jane")
    at(monkeypatch, today)
    assert added == [task["due"] for task in due(crm)["recurring"]]
    assert [] == due(crm)["recurring"]
    tasks: Any = crm("task", "list", "--format", "json", "--sort", "due").json()
    assert ["2026-11-21", *added] == [task["due"] for task in tasks]
    assert {"Jane"} == {who["name"] for task in tasks for who in task["contacts"]}
    assert len(added) == sum(task["recurrence"] is not None for task in tasks[1:])


def test_done_later_brings_no_second_one(crm_on: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The overdue one was replaced; undo takes it all back."""
    crm_on("task", "add", "report", "--due", "2026-11-21", "--recur", "weekly")
    at(monkeypatch, "11-28T09:00")
    assert 1 == len(due(crm_on)["recurring"])
    crm_on("task", "done", "1")
    assert 1 == len(crm_on("task", "list", "--format", "ids").lines)
    crm_on("undo")
    assert 0 == crm_on("undo", "2").code
    tasks: Any = crm_on("task", "list", "--format", "json").json()
    assert [("2026-11-21", "FREQ=WEEKLY")] == [(task["due"], task["recurrence"]) for task in tasks]


# -- reminders


def test_a_reminder_comes_once(crm_on: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At its time, with its hook; a bare day is reminded of in the morning, one that was put off anew."""
    heard = tmp_path / "heard"
    config = tmp_path / "crm.toml"
    config.write_text(f"[hooks]\npost-reminder = \"cat >> '{heard}'\"\n", "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))
    crm_on("task", "add", "offer", "--due", "2026-11-22T10:00", "--remind", "1h")
    crm_on("task", "add", "fair", "--due", "2026-11-23", "--remind", "1d")
    crm_on("task", "add", "quiet", "--due", "2026-11-22")
    assert "2026-11-22T09:00:00Z" == due(crm_on)["next_at"]
    at(monkeypatch, "11-22T09:00")
    done = due(crm_on)
    assert [("offer", "2026-11-22T09:00:00Z"), ("fair", "2026-11-22T09:00:00Z")] == [
        (each["subject"], each["remind_at"]) for each in done["reminders"]
    ]
    assert 2 == heard.read_text("utf-8").count('"subject"')
    assert [] == due(crm_on)["reminders"]
    crm_on("task", "snooze", "1", "2026-11-24T10:00")
    at(monkeypatch, "11-24T09:30")
    assert ["offer"] == [each["subject"] for each in due(crm_on)["reminders"]]


def test_reminders_by_mail(crm: Run, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To owners whose login is an address; a server that is down is told, and the reminder counts as given."""
    (tmp_path / "crm.toml").write_text(f"{server.settings}[reminders]\nmail = true\n", "utf-8")
    crm("contact", "add", "Јована")
    crm(
        "task",
        "add",
        "понуда",
        "--due",
        "2026-11-22T10:00",
        "--remind",
        "1h",
        "--owner",
        "ana@x.com",
        "--contact",
        "Јована",
    )
    crm("task", "add", "mine", "--due", "2026-11-22T10:00", "--remind", "1h")
    crm("task", "add", "lost", "--due", "2026-11-22T10:00", "--remind", "1h", "--owner", "unknown@x.com")
    at(monkeypatch, "11-22T09:00")
    done = due(crm, code=7)
    assert 3 == len(done["reminders"])
    assert ["lost"] == [error["name"] for error in done["errors"]]
    message = server.message("ana@x.com")
    assert "Reminder: понуда" == message["Subject"]
    assert "with  Јована" in message.get_content()
    assert [] == due(crm)["reminders"]


# -- campaigns


def test_campaigns_by_the_clock(crm_on: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is planned is sent when its time comes; one that was begun goes on; one that nobody sent yet is left alone."""
    for name in ("greylisted", "jane"):
        crm_on("contact", "add", name, "--email", f"{name}@x.com")
    template(crm_on)
    crm_on("segment", "add", "all", "--filter", "name is not empty")
    crm_on("campaign", "add", "Started", "--segment", "all", "--template", "hello")
    crm_on("campaign", "start", "Started")
    crm_on("campaign", "clone", "Started", "Later")
    told = crm_on("campaign", "edit", "Later", "--send-at", "2026-12-01T00:00").stderr
    assert "a draft is not sent at its time" in told
    crm_on("campaign", "start", "Later")
    assert "2026-12-01T00:00:00Z" == due(crm_on)["next_at"]
    planned = ("--send-at", "2026-11-22T09:00", "--status", "planned")
    crm_on("campaign", "add", "Planned", "--segment", "all", "--template", "hello", *planned)
    first = due(crm_on)
    assert [] == first["sends"]
    assert "2026-11-22T09:00:00Z" == first["next_at"]
    at(monkeypatch, "11-22T09:00")
    sent = due(crm_on)
    assert [("Planned", 1, 1)] == [(each["name"], each["sent"], each["retry"]) for each in sent["sends"]]
    assert "2026-11-22T09:01:00Z" == sent["next_at"]
    at(monkeypatch, "11-22T09:01")
    assert [("Planned", 1, 0)] == [(each["name"], each["sent"], each["left"]) for each in due(crm_on)["sends"]]
    assert [] == due(crm_on)["sends"]
    assert {"greylisted@x.com": 1, "jane@x.com": 1} == server.mailboxes


# -- snapshots


def test_segments_grow_a_day_at_a_time(crm_on: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot a day at most, and none while nobody comes or goes."""
    crm_on("contact", "add", "Jane", "--tag", "vip")
    crm_on("segment", "add", "vips", "--filter", "tag = vip")
    assert [("vips", 1)] == [(each["segment"], each["size"]) for each in due(crm_on)["snapshots"]]
    crm_on("contact", "add", "Bob", "--tag", "vip")
    assert [] == due(crm_on)["snapshots"]
    at(monkeypatch, "11-22T09:00")
    assert [("vips", 2, 1)] == [(each["segment"], each["size"], each["came"]) for each in due(crm_on)["snapshots"]]
    at(monkeypatch, "11-23T09:00")
    assert [] == due(crm_on)["snapshots"]


# -- alone, and killed


def test_a_second_one_does_nothing(app: AppContext) -> None:
    """It says who is at it."""
    app.contacts.add(app.contacts.draft({"name": "Jane"}))
    with alone(app.desk, LOCK, "crm run due"):
        done = run_due(app)
    assert done.running is not None
    assert done.running.startswith("another crm run due is running")
    assert run_due(app).running is None


def test_nothing_where_there_is_no_store(tmp_path: Path) -> None:
    """It makes none."""
    path = tmp_path / "none.db"
    assert [] == run_due(AppContext(Flags(store=str(path)))).sequences
    assert not path.exists()


class _KilledError(RuntimeError):
    """What stands for kill -9 in one process: nothing below catches it."""


@pytest.mark.parametrize("place", ["_settle", "_mail_page", "_move", "_stop"])
def test_killed_and_run_again(
    crm_on: Run, server: MailServer, store_url: str, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Whereever it dies, nobody is mailed twice and no task is given twice, and all of it is done in the end."""
    for name in ("jane", "bob"):
        crm_on("contact", "add", name, "--email", f"{name}@x.com")
    template(crm_on)
    crm_on("sequence", "add", "Welcome", "--steps", "-", stdin="task call\nmail hello\ntask write\n")
    crm_on("sequence", "enrol", "Welcome", "jane", "bob")
    whole = getattr(SequenceRun, place)

    def dies(self: SequenceRun, *words: Any) -> Any:
        whole(self, *words)
        raise _KilledError

    with monkeypatch.context() as patch:
        patch.setattr(SequenceRun, place, dies)
        with pytest.raises(_KilledError):
            run_due(AppContext(Flags(store=store_url, quiet=True)))
    due(crm_on)
    assert {"jane@x.com": 1, "bob@x.com": 1} == server.mailboxes
    tasks: Any = crm_on("task", "list", "--format", "json").json()
    assert ["call", "call", "write", "write"] == sorted(task["subject"] for task in tasks)
    rows: Any = crm_on("sequence", "members", "Welcome", "--format", "json").json()
    assert ["finished", "finished"] == [row["status"] for row in rows]


def test_what_the_server_does_to_a_step(crm: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again, failed, and in doubt until somebody says what became of it; nobody is left out."""
    names = ("jane", "greylisted", "unknown", "silent")
    for name in names:
        crm("contact", "add", name, "--email", f"{name}@x.com")
    template(crm)
    crm("sequence", "add", "Welcome", "--steps", "-", stdin="mail hello\n")
    crm("sequence", "enrol", "Welcome", *names)
    due(crm)

    def standing() -> dict[str, tuple[str, str | None]]:
        rows: Any = crm("sequence", "members", "Welcome", "--format", "json").json()
        return {row["contact"]["name"]: (row["status"], row["reason"]) for row in rows}

    assert {
        "jane": ("finished", None), "greylisted": ("active", "to be tried again"), "unknown": ("stopped", "smtp error"),
        "silent": ("active", "in doubt"),
    } == standing()  # fmt: skip
    crm("campaign", "resolve", "Welcome", "silent", "--sent")
    at(monkeypatch, "11-21T13:00")
    due(crm)
    assert {"finished"} == {status for name, (status, _) in standing().items() if name != "unknown"}
    assert {1} == {count for to, count in server.mailboxes.items() if to != "unknown@x.com"}
