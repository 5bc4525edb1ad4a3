"""``crm today``: what needs me now, by urgency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result


def groups(result: Result) -> dict[str, list[str]]:
    """What is in each group, in order."""
    found: dict[str, list[str]] = {}
    items: Any = result.json()
    for item in items:
        found.setdefault(item["group"], []).append(item["what"])
    return found


def test_everything_in_its_group(crm_on: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Overdue first, then today, meetings, deals let slip, the week ahead, birthdays; each deal once."""
    monkeypatch.setenv("CRM_NOW", "2026-09-01T09:00:00Z")
    crm_on("deal", "add", "Rotten", "--value", "5")
    crm_on("deal", "add", "Touched", "--value", "7")
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:00:00Z")
    crm_on("log", "call", "x", "--deal", "Touched")
    crm_on("deal", "add", "Slipped", "--expected-close", "2026-11-20")
    crm_on("deal", "add", "Closes today", "--expected-close", "today", "--value", "9")
    crm_on("deal", "add", "Planned")
    crm_on("deal", "add", "Won", "--stage", "won", "--expected-close", "2026-01-01")
    crm_on("task", "add", "With a deal", "--deal", "Planned", "--due", "+20d")
    crm_on("task", "add", "Late", "--due", "2026-11-01")
    crm_on("task", "add", "Later", "--due", "2026-11-10", "--priority", "urgent")
    crm_on("task", "add", "This morning", "--due", "8:00")
    crm_on("task", "add", "Normal today", "--due", "today")
    crm_on("task", "add", "Urgent today", "--due", "today", "--priority", "urgent")
    crm_on("task", "add", "Next week", "--due", "+7d")
    crm_on("task", "add", "In two weeks", "--due", "+14d")
    crm_on("log", "meeting", "Demo", "--at", "15:00")
    crm_on("log", "call", "Ring up", "--at", "16:00")
    crm_on("task", "add", "Finished", "--due", "today")
    crm_on("task", "done", "Finished")
    for name, born in (("Soon", "1990-11-23"), ("Today", "1980-11-21"), ("Far", "1980-12-21"), ("Week", "2001-11-28")):
        crm_on("contact", "add", name, "--birthday", born)
    assert groups(crm_on("today", "--format", "json")) == {
        "overdue": ["Late", "Later", "This morning"],
        "today": ["Urgent today", "Ring up", "Normal today"],
        "meetings": ["Demo"],
        "past close": ["Slipped"],
        "rotting": ["Rotten"],
        "no next step": ["Closes today", "Touched"],
        "upcoming": ["Next week"],
        "birthdays": ["Today", "Soon", "Week"],
    }


def test_the_json_record(crm_on: Callable[..., Result]) -> None:
    """Its keys and types are documented and never depend on what it is about."""
    task = crm_on("task", "add", "Send", "--due", "yesterday", "--contact", "jane@acme.com", "--priority", "high").uid
    deal = crm_on("deal", "add", "Big", "--company", "Acme", "--expected-close", "2026-11-19", "--next-step", "ask").uid
    person = crm_on("contact", "add", "Żaneta", "--birthday", "1990-11-22", "--company", "Acme").uid
    assert [
        {"group": "overdue", "noun": "task", "id": task, "number": 1, "what": "Send", "who": "jane", "due": "2026-11-20",
         "priority": "high", "why": "1 day late"},
        {"group": "past close", "noun": "deal", "id": deal, "number": 1, "what": "Big", "who": "Acme", "due": "2026-11-19",
         "priority": None, "why": "should have closed 2 days ago, nothing planned (ask)"},
        {"group": "birthdays", "noun": "contact", "id": person, "number": 2, "what": "Żaneta", "who": "Acme",
         "due": "2026-11-22", "priority": None, "why": "turns 36"},
    ] == crm_on("today", "--format", "json").json()  # fmt: skip


def test_mine_and_no_ones(crm_on: Callable[..., Result]) -> None:
    """Others' work shows with --as and --all; what has no owner shows to everyone."""
    crm_on("task", "add", "Mine", "--due", "today")
    crm_on("task", "add", "Hers", "--due", "today", "--owner", "Ana")
    crm_on("deal", "add", "Her deal", "--owner", "ana")
    crm_on("contact", "add", "Her friend", "--birthday", "1990-11-21", "--owner", "ana")
    crm_on("task", "add", "No one's", "--due", "today")
    crm_on("task", "edit", "No one's", "--clear", "owner")
    assert groups(crm_on("today", "--format", "json")) == {"today": ["Mine", "No one's"]}
    hers = {"today": ["Hers", "No one's"], "no next step": ["Her deal"], "birthdays": ["Her friend"]}
    assert hers == groups(crm_on("--as", "ANA", "today", "--format", "json"))
    assert groups(crm_on("--as", "stranger", "today", "--format", "json")) == {"today": ["No one's"]}
    everyone = groups(crm_on("today", "--all", "--format", "json"))
    assert everyone == {
        "today": ["Mine", "Hers", "No one's"],
        "no next step": ["Her deal"],
        "birthdays": ["Her friend"],
    }


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("today", {"today": ["Saturday"], "upcoming": ["Tuesday"]}),
        ("tomorrow", {"overdue": ["Saturday"], "upcoming": ["Tuesday"]}),
        ("2026-11-24", {"overdue": ["Saturday"], "meetings": ["Tuesday"]}),
        ("yesterday", {"upcoming": ["Saturday", "Tuesday"]}),
        ("2026-01-01", {}),
    ],
)
def test_another_day(crm_on: Callable[..., Result], day: str, expected: dict[str, list[str]]) -> None:
    """As it will be, or would have been, from the first moment of that day."""
    crm_on("task", "add", "Saturday", "--due", "today")
    crm_on("log", "meeting", "Tuesday", "--at", "2026-11-24 09:00")
    assert expected == groups(crm_on("today", "--date", day, "--format", "json"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2027-02-21T09:00:00Z", ["2027-02-28"]),
        ("2027-02-28T09:00:00Z", ["2027-02-28"]),
        ("2028-02-22T09:00:00Z", ["2028-02-29"]),
        ("2027-03-01T09:00:00Z", []),
    ],
)
def test_a_birthday_on_the_29th_of_february(
    crm_on: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, now: str, expected: list[str]
) -> None:
    """In a common year it returns on the 28th."""
    crm_on("contact", "add", "Leap", "--birthday", "1980-02-29")
    monkeypatch.setenv("CRM_NOW", now)
    assert expected == crm_on("today", "--fields", "due").lines[1:]


def test_birthdays_over_new_year(crm_on: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """The week that crosses into January has both years' days, in their order."""
    crm_on("contact", "add", "January", "--birthday", "1970-01-02")
    crm_on("contact", "add", "December", "--birthday", "1999-12-31")
    monkeypatch.setenv("CRM_NOW", "2026-12-29T09:00:00Z")
    assert crm_on("today", "--fields", "what,why").lines[1:] == ["December\tturns 27", "January\tturns 57"]


def test_a_long_group_is_cut_and_says_so(crm_on: Callable[..., Result]) -> None:
    """Never silently; --limit chooses, 0 is all."""
    for number in range(13):
        crm_on("task", "add", f"Task {number}", "--due", f"-{number + 1}d")
    table = crm_on("today", tty=True)
    assert (len(table.lines), table.stderr) == (11, "more in: overdue (--limit 0 for all)\n")
    assert "Task 12" in table.lines[1]
    assert len(crm_on("today", "--limit", "0", tty=True).lines) - 1 == 13
    assert len(crm_on("today", "--format", "ids").lines) == 13
    some = crm_on("today", "--limit", "3", "--format", "ids")
    assert (len(some.lines), some.stderr) == (3, "more in: overdue (--limit 0 for all)\n")


def test_nothing_to_do(crm: Callable[..., Result]) -> None:
    """A person is told so; a script gets an empty answer; no store is made by looking."""
    person = crm("today", tty=True)
    assert (person.code, person.stdout, person.stderr) == (0, "", "nothing needs you today\n")
    assert crm("today", "--format", "json").json() == []
    assert crm("store", "info").code == 0


def test_a_table_for_a_person(crm: Callable[..., Result]) -> None:
    """Headings with their counts, the most urgent first."""
    crm("task", "add", "Late", "--due", "yesterday")
    crm("task", "add", "Now", "--due", "today")
    lines = crm("--no-color", "today", tty=True).lines
    assert [line for line in lines if line.endswith("(1)")] == ["overdue (1)", "today (1)"]


def test_a_day_is_told_once_to_a_person(crm: Callable[..., Result]) -> None:
    """In the reason, which has the hour as well; what to do and for whom is not cut for it at 80 columns."""
    subject = "Send the offer for the roof"
    crm("contact", "add", "Jane Doe")
    crm("task", "add", subject, "--due", "yesterday 9:00", "--contact", "Jane Doe")
    crm("contact", "add", "Żaneta", "--birthday", "1990-11-23")
    crm("deal", "add", "Roof", "--expected-close", "+3d")
    lines = crm("--no-color", "today", tty=True).lines
    (task,) = (line for line in lines if subject in line)
    assert task.endswith("09:00, 1 day late")
    assert "yesterday" not in task
    assert "Jane Doe" in task
    assert [True, True] == [any(line.endswith(end) for line in lines) for end in ("turns 36 in 2 d", "closes in 3 d")]


@pytest.mark.parametrize(
    "words", [["--date", "someday"], ["--limit", "-1"], ["--fields", "bogus"], ["--date", "2026-02-31"]]
)
def test_wrong_usage(crm: Callable[..., Result], words: list[str]) -> None:
    """Exit 2, nothing on stdout."""
    refused = crm("today", *words)
    assert (refused.code, refused.stdout) == (2, "")


def test_the_users_own_day(crm: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """At eleven at night in UTC it is tomorrow in Sofia already."""
    monkeypatch.setenv("TZ", "Europe/Sofia")
    crm("task", "add", "Sunday", "--due", "2026-11-22")
    monkeypatch.setenv("CRM_NOW", "2026-11-21T23:00:00Z")
    assert groups(crm("today", "--format", "json")) == {"today": ["Sunday"]}


def test_a_task_of_a_campaign_says_of_which(crm_on: Callable[..., Result]) -> None:
    """Where a person, company or deal would be named."""
    crm_on("campaign", "add", "Spring")
    crm_on("task", "add", "order the stand", "--campaign", "Spring", "--due", "today")
    items: Any = crm_on("today", "--format", "json").json()
    assert [("order the stand", "Spring")] == [(item["what"], item["who"]) for item in items]
