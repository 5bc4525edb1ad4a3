"""``crm activity``: the timeline as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result


FOUR = (
    ("deal", "add", "Pilot", "--company", "Acme"),
    (
        "log", "call", "First", "--contact", "jane@acme.com", "--deal", "Pilot", "--at", "2026-11-01 9:00", "--tag", "a",
    ),
    (
        "log", "email", "Second", "--contact", "jane@acme.com", "--at", "2026-11-10", "--owner", "ana", "--tag", "a",
        "--tag", "b",
    ),
    ("log", "meeting", "Third", "--company", "Acme", "--at", "2026-12-01 10:00"),
    ("log", "note", "Fourth"),
)  # fmt: skip


@pytest.fixture
@once
def crm_full(crm_on: Callable[..., Result]) -> Callable[..., Result]:
    """A few activities of three kinds, to be changed."""
    for words in FOUR:
        crm_on(*words)
    return crm_on


@pytest.fixture
def crm_kept(crm_after: Callable[..., Callable[..., Result]]) -> Callable[..., Result]:
    """The same, only to be read."""
    return crm_after(*FOUR)


def subjects(result: Result) -> list[str]:
    """The one column asked for."""
    assert result.code == 0, result.stderr
    return result.lines[1:]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], ["Third", "Fourth", "Second", "First"]),
        (["--reverse"], ["First", "Second", "Fourth", "Third"]),
        (["--sort", "subject"], ["First", "Fourth", "Second", "Third"]),
        (["--sort", "contacts"], ["First", "Second", "Third", "Fourth"]),
        (["--limit", "2", "--offset", "1"], ["Fourth", "Second"]),
        (["--contact", "jane@acme.com"], ["Second", "First"]),
        (["--company", "acme"], ["Third", "First"]),
        (["--deal", "Pilot"], ["First"]),
        (["--type", "call"], ["First"]),
        (["--status", "planned"], ["Third"]),
        (["--since", "2026-11-10"], ["Third", "Fourth", "Second"]),
        (["--until", "2026-11-10"], ["Second", "First"]),
        (["--since", "2026-11-10", "--until", "2026-11-10"], ["Second"]),
        (["--owner", "ana"], ["Second"]),
        (["--owner", "me", "--status", "done"], ["Fourth", "First"]),
        (["--tag", "a"], ["Second", "First"]),
        (["--tag", "a", "--tag", "b"], ["Second"]),
        (["--filter", "contact.email ~= acme or type = note", "--until", "today"], ["Fourth", "Second", "First"]),
    ],
)
def test_list_shortcuts(crm_kept: Callable[..., Result], flags: list[str], expected: list[str]) -> None:
    """Newest first, each shortcut a condition, all of them together."""
    assert expected == subjects(crm_kept("activity", "list", "--fields", "subject", *flags))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--type", "cal"], "did you mean 'call'?"),
        (["--since", "whenever"], "whenever"),
        (["--limit", "abc"], "--limit"),
        (["--limit", "-1"], "--limit"),
        (["--sort", "bogus"], "--sort"),
        (["--filter", "body"], "no operator"),
    ],
)
def test_a_list_that_cannot_be_understood(crm: Callable[..., Result], flags: list[str], said: str) -> None:
    """Exit 2, naming what is wrong."""
    refused = crm("activity", "list", *flags)
    assert (refused.code, refused.stdout) == (2, "")
    assert said in refused.stderr


def test_an_empty_list(crm: Callable[..., Result]) -> None:
    """An array for a script, a hint for a person, exit 0 for both."""
    assert crm("activity", "list", "--format", "json").json() == []
    person = crm("activity", "list", tty=True)
    assert (person.code, person.stdout) == (0, "")
    assert "no activities yet (try: crm log call" in person.stderr


def test_show_by_uid_number_and_subject(crm_kept: Callable[..., Result]) -> None:
    """Three names for one record."""
    uid = crm_kept("activity", "show", "First", "--fields", "id").lines[1]
    for ref in (uid, uid[:14], uid.lower(), "1", "#1", "First"):
        assert crm_kept("activity", "show", ref, "--format", "json").json()["subject"] == "First"  # type: ignore[index]
    assert crm_kept("activity", "show", "Nope").code == 3


def test_edit_changes_what_it_names(crm_full: Callable[..., Result]) -> None:
    """Fields of many have their own flags; the rest stays."""
    changed = crm_full("activity", "edit", "First", "--outcome", "agreed", "--add-contact", "ivan@x.com", "--add-tag", "c",
                       "--rm-tag", "a", "--set", "k=v", "--format", "json").json()  # fmt: skip
    assert isinstance(changed, dict)
    assert (
        changed["outcome"], [c["name"] for c in changed["contacts"]], changed["tags"], changed["custom_fields"], changed["subject"],
    ) == ("agreed", ["jane", "ivan"], ["c"], {"k": "v"}, "First")  # fmt: skip


def test_a_planned_meeting_that_moves_takes_its_deadline_along(crm_full: Callable[..., Result]) -> None:
    """Time and deadline of what is planned are one."""
    moved = crm_full("activity", "edit", "Third", "--at", "2026-12-02 11:00", "--format", "json").json()
    assert isinstance(moved, dict)
    assert (moved["at"], moved["due"]) == ("2026-12-02T11:00:00Z", "2026-12-02T11:00:00Z")
    done = crm_full("activity", "edit", "Third", "--status", "done", "--format", "json").json()
    assert isinstance(done, dict)
    assert (done["status"], done["done_at"]) == ("done", "2026-11-21T12:00:00Z")
    again = crm_full("activity", "edit", "Third", "--status", "planned", "--format", "json").json()
    assert isinstance(again, dict)
    assert (again["status"], again["done_at"]) == ("planned", None)


def test_rm_restore_and_bulk(crm_full: Callable[..., Result]) -> None:
    """What is deleted is gone from lists and comes back; a bulk deletion is one undo step."""
    assert crm_full("activity", "rm", "Fourth").stderr == "deleted activity #4 Fourth\n"
    assert crm_full("activity", "show", "4").code == 3
    assert crm_full("activity", "restore", "4").code == 0
    asked = crm_full("activity", "rm", "--where", "tag = a")
    assert (asked.code, asked.stdout) == (2, "")
    assert "--yes" in asked.stderr
    assert "would delete 2 activities" in crm_full("activity", "rm", "--where", "tag = a", "--dry-run").stderr
    assert "deleted 2 activities" in crm_full("activity", "rm", "--where", "tag = a", "--yes").stderr
    assert subjects(crm_full("activity", "list", "--fields", "subject")) == ["Third", "Fourth"]
    crm_full("undo")
    assert len(subjects(crm_full("activity", "list", "--fields", "subject"))) == 4


def test_a_subject_taken_from_the_body_follows_it(crm: Callable[..., Result]) -> None:
    """One of its own stays."""
    derived, own = crm("log", "note", "first").uid, crm("log", "note", "first", "--subject", "mine").uid
    for uid in (derived, own):
        assert 0 == crm("activity", "edit", uid, "--body", "second\nand more").code
    assert ["second", "mine"] == [
        crm("activity", "show", uid, "--format", "json").json()["subject"] for uid in (derived, own)
    ]


@pytest.mark.parametrize("noun", ["activity", "task"])
def test_what_recurs_comes_again_when_an_edit_makes_it_done(crm_on: Callable[..., Result], noun: str) -> None:
    """As when it is ticked off, in the same undo step."""
    crm_on("task", "add", "Report", "--due", "2026-11-23", "--recur", "weekly")
    answer = crm_on(noun, "edit", "Report", "--status", "done")
    assert "again: #2 Report, due 2026-11-30" in answer.stderr
    listed = crm_on("task", "list", "--format", "json").json()
    assert [(2, "planned")] == [(row["number"], row["status"]) for row in listed]
    assert 0 == crm_on("undo").code
    assert [1] == [row["number"] for row in crm_on("task", "list", "--format", "json").json()]
