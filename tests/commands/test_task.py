"""``crm task``: what is to be done, until it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result


def shown(crm: Callable[..., Result], ref: str) -> Any:
    """A task as its JSON record."""
    return crm("task", "show", ref, "--format", "json").json()


@pytest.fixture
@once
def crm_full(crm_on: Callable[..., Result]) -> Callable[..., Result]:
    """Tasks of two owners, late, due and without a day; one done; a meeting and a call."""
    crm_on("deal", "add", "Pilot", "--company", "Acme")
    crm_on("task", "add", "Later", "--due", "+5d", "--deal", "Pilot")
    crm_on("task", "add", "Some day")
    crm_on("task", "add", "This morning", "--due", "8:00", "--priority", "high")
    crm_on("task", "add", "Today", "--due", "today", "--owner", "ana", "--contact", "jane@acme.com", "--tag", "x")
    crm_on("task", "add", "Yesterday", "--due", "yesterday", "--owner", "ana")
    crm_on("task", "add", "Finished", "--due", "-9d")
    crm_on("task", "done", "Finished")
    crm_on("log", "meeting", "Demo", "--at", "tomorrow 10:00")
    crm_on("log", "call", "Old call")
    return crm_on


def test_add_fills_every_field(crm_on: Callable[..., Result]) -> None:
    """One flag for each."""
    crm_on("deal", "add", "Pilot", "--company", "Acme")
    added = crm_on("task", "add", "Send offer", "--due", "fri 14:00", "--priority", "HIGH", "--contact", "jane@acme.com",
                   "--deal", "Pilot", "--recur", "every 2 weeks", "--remind", "1h", "--owner", "ana",
                   "--note", "in PDF", "--tag", "t")  # fmt: skip
    assert ([added.uid], "new contact #1 jane\n") == (added.lines, added.stderr)
    task = shown(crm_on, added.uid)
    names = (
        "type",
        "subject",
        "body",
        "due",
        "priority",
        "recurrence",
        "remind_before",
        "owner",
        "status",
        "tags",
        "at",
    )
    assert {name: task[name] for name in names} == {
        "type": "task", "subject": "Send offer", "body": "in PDF", "due": "2026-11-27T14:00:00Z", "priority": "high",
        "recurrence": "FREQ=WEEKLY;INTERVAL=2", "remind_before": 60, "owner": "ana", "status": "planned", "tags": ["t"],
        "at": "2026-11-27T14:00:00Z",
    }  # fmt: skip
    assert (task["contacts"][0]["name"], task["deal"]["name"], task["company"]["name"]) == ("jane", "Pilot", "Acme")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", ""], "subject: is empty"),
        (["add", "x", "--due", "soonish"], "due:"),
        (["add", "x", "--priority", "hgih"], "did you mean high?"),
        (["add", "x", "--recur", "weekly"], "--recur needs --due"),
        (["add", "x", "--due", "mon", "--recur", "sometimes"], "recurrence:"),
        (["list", "--all", "--done"], "give one of"),
        (["done"], "name a record or give --where"),
        (["snooze", "1"], "missing argument"),
    ],
)
def test_wrong_usage(crm: Callable[..., Result], words: list[str], said: str) -> None:
    """Exit 2, naming the flag."""
    refused = crm("task", *words)
    assert (refused.code, refused.stdout) == (2, "")
    assert said in refused.stderr


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], ["Yesterday", "This morning", "Today", "Later", "Some day"]),
        (["--overdue"], ["Yesterday", "This morning"]),
        (["--done"], ["Finished"]),
        (["--all"], ["Finished", "Yesterday", "This morning", "Today", "Later", "Some day"]),
        (["--owner", "me"], ["This morning", "Later", "Some day"]),
        (["--owner", "ana"], ["Yesterday", "Today"]),
        (["--contact", "jane@acme.com"], ["Today"]),
        (["--company", "Acme"], ["Later"]),
        (["--deal", "Pilot"], ["Later"]),
        (["--priority", "high"], ["This morning"]),
        (["--tag", "x"], ["Today"]),
        (["--since", "today", "--until", "tomorrow"], ["This morning", "Today"]),
        (["--reverse"], ["Later", "This morning", "Today", "Yesterday", "Some day"]),
        (["--filter", "due is empty or priority = high"], ["This morning", "Some day"]),
        (["--sort", "subject", "--limit", "2"], ["Later", "Some day"]),
    ],
)
def test_list(crm_full: Callable[..., Result], flags: list[str], expected: list[str]) -> None:
    """Open ones by due unless asked otherwise; meetings are no tasks."""
    found = crm_full("task", "list", "--fields", "subject", *flags).lines[1:]
    if flags == ["--reverse"]:
        assert sorted(expected) == sorted(found)
        assert found[-1] == "Some day"
    else:
        assert expected == found


def test_done_ticks_off_by_number_uid_and_subject(crm_full: Callable[..., Result]) -> None:
    """Several at once are one undo step; the outcome goes to each."""
    uid = shown(crm_full, "Later")["id"]
    done = crm_full("task", "done", "#2", uid, "THIS MORNING", "--outcome", "all sent")
    assert (done.stdout, done.stderr) == ("", "done #2 Some day\ndone #1 Later\ndone #3 This morning\n")
    task = shown(crm_full, uid)
    assert (task["status"], task["done_at"], task["outcome"]) == ("done", "2026-11-21T12:00:00Z", "all sent")
    crm_full("undo")
    assert len(crm_full("task", "list", "--format", "ids").lines) == 5


def test_done_twice_is_refused(crm_full: Callable[..., Result]) -> None:
    """Exit 5; one that is refused keeps the others from being ticked off."""
    refused = crm_full("task", "done", "Today", "Finished")
    assert refused.code == 5
    assert "task #6 is done already" in refused.stderr
    assert shown(crm_full, "Today")["status"] == "planned"


def test_a_planned_meeting_can_be_ticked_off_and_a_call_is_no_task(crm_full: Callable[..., Result]) -> None:
    """Whatever is planned; what is past and no task has another noun."""
    assert crm_full("task", "done", "Demo").code == 0
    refused = crm_full("task", "done", "Old call")
    assert refused.code == 3
    assert "no task Old call: #8 is a call that is done (try: crm activity show 8)" in refused.stderr
    assert crm_full("task", "rm", "8").code == 3
    assert crm_full("task", "done", "no such").code == 3


def test_two_of_one_subject_are_ambiguous(crm: Callable[..., Result]) -> None:
    """Exit 4 with the candidates; a done one does not count against an open one."""
    crm("task", "add", "Call back")
    crm("task", "done", "Call back")
    crm("task", "add", "Call back")
    assert crm("task", "show", "Call back", "--fields", "number").lines[1] == "2"
    crm("task", "add", "Call back")
    refused = crm("task", "done", "call back")
    assert (refused.code, len(refused.stderr.splitlines())) == (4, 3)


@pytest.mark.parametrize(
    ("due", "rule", "expected"),
    [
        ("2026-11-20", "weekly", "2026-11-27"),
        ("2026-11-02", "weekly", "2026-11-23"),
        ("2026-11-21 9:00", "daily", "2026-11-22T09:00:00Z"),
        ("2026-10-31", "monthly", "2026-11-30"),
    ],
)
def test_a_recurring_task_comes_again(crm_on: Callable[..., Result], due: str, rule: str, expected: str) -> None:
    """Done makes the next occurrence, says so, and both are one undo step."""
    crm_on(
        "task",
        "add",
        "Report",
        "--due",
        due,
        "--recur",
        rule,
        "--contact",
        "jane@acme.com",
        "--tag",
        "t",
        "--set",
        "k=v",
    )
    done = crm_on("task", "done", "Report")
    assert done.stderr.startswith("done #1 Report\nagain: #2 Report, due 2026-")
    first, again = shown(crm_on, "1"), shown(crm_on, "2")
    assert ("done", "planned", expected) == (first["status"], again["status"], again["due"])
    for name in ("contacts", "tags", "custom_fields", "owner", "subject"):
        assert first[name] == again[name]
    crm_on("undo")
    assert crm_on("task", "list", "--fields", "number").lines[1:] == ["1"]


def test_the_last_of_a_counted_rule_does_not_come_again(crm: Callable[..., Result]) -> None:
    """COUNT is used up by what is done."""
    crm("task", "add", "Twice", "--due", "today", "--recur", "FREQ=DAILY;COUNT=2")
    assert "again" in crm("task", "done", "1").stderr
    assert "again" not in crm("task", "done", "2").stderr


@pytest.mark.parametrize(
    ("due", "until", "expected"),
    [
        ("today", "+3d", "2026-11-24"),
        ("2026-11-01", "+3d", "2026-11-24"),
        ("+2d", "1w", "2026-11-30"),
        ("tomorrow 9:00", "+1d", "2026-11-23T09:00:00Z"),
        ("today", "mon 9:00", "2026-11-23T09:00:00Z"),
        (None, "fri", "2026-11-27"),
    ],
)
def test_snooze(crm: Callable[..., Result], due: str | None, until: str, expected: str) -> None:
    """From the later of now and the deadline, keeping its hour."""
    crm("task", "add", "x", *(["--due", due] if due else []))
    snoozed = crm("task", "snooze", "x", until)
    assert (snoozed.code, snoozed.stdout) == (0, "")
    assert expected == shown(crm, "x")["due"]


def test_what_is_done_cannot_be_snoozed(crm_full: Callable[..., Result]) -> None:
    """Exit 5."""
    assert crm_full("task", "snooze", "Finished", "+1d").code == 5
    assert crm_full("task", "snooze", "Today", "-1d").code == 2


def test_edit_moves_the_place_on_the_timeline_too(crm_full: Callable[..., Result]) -> None:
    """A new deadline is a new time; clearing one takes it away."""
    crm_full(
        "task", "edit", "Today", "--due", "2026-12-24 9:00", "--priority", "urgent", "--note", "n", "--subject", "Xmas"
    )
    task = shown(crm_full, "Xmas")
    assert (task["due"], task["at"], task["priority"], task["body"]) == (
        "2026-12-24T09:00:00Z",
        "2026-12-24T09:00:00Z",
        "urgent",
        "n",
    )
    crm_full("task", "edit", "Xmas", "--clear", "due")
    assert shown(crm_full, "Xmas")["due"] is None


def test_bulk_verbs_touch_tasks_alone(crm_full: Callable[..., Result]) -> None:
    """A filter that also fits calls and meetings selects only tasks, and done only open ones."""
    assert (
        "would edit 2 tasks"
        in crm_full("task", "edit", "--where", "owner = ana", "--owner", "boris", "--dry-run").stderr
    )
    assert "edited 2 tasks" in crm_full("task", "edit", "--where", "owner = ana", "--owner", "boris", "--yes").stderr
    assert "would tick off 5 tasks" in crm_full("task", "done", "--where", "number > 0", "--dry-run").stderr
    refused = crm_full("task", "done", "--where", "number > 0")
    assert refused.code == 2
    assert "ticked off 5 tasks" in crm_full("task", "done", "--where", "number > 0", "--yes", "--outcome", "o").stderr
    assert crm_full("task", "list", "--format", "ids").lines == []
    assert "deleted 6 tasks" in crm_full("task", "rm", "--where", "number > 0", "--yes").stderr
    assert crm_full("activity", "list", "--fields", "subject").lines[1:] == ["Demo", "Old call"]
    crm_full("undo")
    assert len(crm_full("task", "list", "--done", "--format", "ids").lines) == 6


def test_rm_and_restore(crm_full: Callable[..., Result]) -> None:
    """A deleted task comes back as it was."""
    assert crm_full("task", "rm", "Today").stderr == "deleted task #4 Today\n"
    assert crm_full("task", "list", "--deleted", "--fields", "subject").lines[1:] == ["Today"]
    assert crm_full("task", "restore", "Today").stderr == "restored task #4 Today\n"


def test_a_task_dry_run_changes_nothing(crm_full: Callable[..., Result]) -> None:
    """What would be ticked off is said."""
    dry = crm_full("task", "done", "Today", "Later", "--dry-run")
    assert "would tick off 2 tasks" in dry.stderr
    assert len(crm_full("task", "list", "--format", "ids").lines) == 5
