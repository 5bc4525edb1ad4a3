"""``crm sequence``: what each verb prints, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]


@pytest.fixture
@once
def welcome(crm: Run) -> Run:
    """A sequence of three steps, and Jane."""
    crm("contact", "add", "Jane", "--email", "jane@x.com")
    crm("template", "add", "hello", "--subject", "Hi", "--text", "-", stdin="x {{ unsubscribe_url }}")
    done = crm("sequence", "add", "Welcome", "--steps", "-", stdin="mail hello\nwait 3d\ntask call them in 1d\n")
    assert done.uid.startswith("sq_"), done.stderr
    return crm


def lines(crm: Run) -> list[str]:
    """The steps as a file of them."""
    return crm("sequence", "show", "Welcome", "--steps").lines


def test_steps_one_by_one(welcome: Run) -> None:
    """Added at the end or at a place, changed, moved and taken away; add prints the number."""
    assert "4\n" == welcome("sequence", "step", "add", "Welcome", "mail", "--template", "hello").stdout
    words = ("condition", "last_activity is empty", "--otherwise", "skip", "--at", "3")
    assert "3\n" == welcome("sequence", "step", "add", "Welcome", *words).stdout
    assert "edited step 2: wait 5d\n" == welcome("sequence", "step", "edit", "Welcome", "2", "5d").stderr
    assert "moved step 1: task call them in 1d\n" == welcome("sequence", "step", "move", "Welcome", "4", "1").stderr
    assert "deleted step 5: mail hello\n" == welcome("sequence", "step", "rm", "Welcome", "5").stderr
    assert ["task call them in 1d", "mail hello", "wait 5d", "if last_activity is empty else skip"] == lines(welcome)
    listed: Any = welcome("sequence", "step", "list", "Welcome", "--format", "json").json()
    assert [("hello", None), (None, 5 * 24 * 60)] == [
        (step["template"] and step["template"]["name"], step["minutes"]) for step in listed[1:3]
    ]


def test_a_sequence_is_shown(welcome: Run) -> None:
    """As a person reads it, and as JSON."""
    welcome("segment", "add", "vips", "--filter", "tag = vip")
    welcome("sequence", "edit", "Welcome", "--segment", "vips", "--stage", "proposal", "--again", "--owner", "ana")
    welcome("sequence", "enrol", "Welcome", "Jane")
    shown = welcome("sequence", "show", "Welcome", tty=True).stdout
    for text in (
        "everyone of segment vips and the people of deals that come to proposal",
        "anew",
        "1 on the way",
        "ana",
    ):
        assert text in shown
    record: Any = welcome("sequence", "show", "Welcome", "--format", "json").json()
    assert ("active", "vips", "proposal", True, 3, 1) == (
        record["status"], record["segment"]["name"], record["stage"], record["again"], record["step_count"], record["active"]
    )  # fmt: skip
    assert [("mail hello", 1), ("wait 3d", 0)] == [(step["step"], step["people"]) for step in record["steps"][:2]]
    welcome("sequence", "edit", "Welcome", "--clear", "segment,stage", "--no-stop-on-reply", "--name", "Добре дошли")
    listed: Any = welcome("sequence", "list", "--format", "json").json()
    assert [("Добре дошли", None, None, False, False)] == [
        tuple(each[key] for key in ("name", "segment", "stage", "stop_on_reply", "again")) for each in listed
    ]
    assert "Добре дошли" == listed[0]["campaign"]["name"]


def test_members_by_state(welcome: Run) -> None:
    """Who is where; a state that there is not is refused."""
    assert "[]\n" == welcome("sequence", "members", "Welcome", "--format", "json").stdout
    welcome("sequence", "enrol", "Welcome", "-", stdin="jane@x.com\n")
    rows = welcome("sequence", "members", "Welcome", "--fields", "contact,status,step,next,due_at", "--format", "tsv")
    assert ["Jane\tactive\t1\tmail hello\t2026-11-21T12:00:00Z"] == rows.lines[1:]
    assert [] == welcome("sequence", "members", "Welcome", "--status", "stopped", "--format", "json").json()
    assert 2 == welcome("sequence", "members", "Welcome", "--status", "stoped").code


def test_enrolling_many_asks(welcome: Run) -> None:
    """--where says how many, and wants --yes where nobody can be asked; --dry-run changes nothing."""
    where = ("sequence", "enrol", "Welcome", "--where", "email is not empty")
    assert 2 == welcome(*where).code
    dry = welcome(*where, "--dry-run")
    assert "would enrol #1 Jane" in dry.stderr
    assert "would enrol #1 Jane" in welcome("sequence", "enrol", "Welcome", "Jane", "--dry-run").stderr
    assert [] == welcome("sequence", "members", "Welcome", "--format", "json").json()
    done = welcome(*where, "--yes", "--format", "json")
    assert {"sequence": "Welcome", "enrolled": 1, "active": [], "before": []} == done.json()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "welcome"), 4, "there is a sequence Welcome already"),
        (("add", "#1"), 2, "read as something else"),
        (("add", "X", "--again"), 2, "--stage STAGE"),
        (("add", "X", "--pipeline", "default"), 2, "--stage STAGE"),
        (("add", "X", "--segment", "none"), 3, "no segment none"),
        (("add", "X", "--stage", "none"), 3, "no stage 'none'"),
        (("add", "X", "--steps", "none.txt"), 3, "no file none.txt"),
        (("show", "Welcom"), 3, "did you mean Welcome?"),
        (("edit", "Welcome", "--clear", "name"), 2, "can't be emptied"),
        (("step", "add", "Welcome", "mail", "--template", "none"), 3, "no template none"),
        (("step", "add", "Welcome", "condition", "nothing = 1"), 2, "contact has no field 'nothing'"),
        (("step", "add", "Welcome", "wait", "3d", "--template", "hello"), 2, "does not go with"),
        (("step", "rm", "Welcome", "9"), 3, "no step 9"),
        (("step", "move", "Welcome", "1", "9"), 3, "no step 9"),
        (("resume", "Welcome"), 5, "is active already"),
        (("enrol", "Welcome", "nobody@x.com"), 3, "nobody@x.com"),
        (("enrol", "Welcome"), 2, "name a record"),
        (("stop", "Welcome", "Jane"), 3, "Jane is not on the way in Welcome"),
        (("stop", "Welcome"), 2, "who is to be stopped?"),
    ],
)
def test_what_is_refused(welcome: Run, words: tuple[str, ...], code: int, told: str) -> None:
    """With the code of its kind, and the remedy."""
    done = welcome("sequence", *words)
    assert code == done.code, done.stderr
    assert told in done.stderr


def test_one_without_steps_takes_nobody_in(crm: Run) -> None:
    """By hand it is refused, by a segment it waits."""
    crm("contact", "add", "Jane")
    crm("segment", "add", "all", "--filter", "name is not empty")
    crm("sequence", "add", "Empty", "--segment", "all")
    done = crm("sequence", "enrol", "Empty", "Jane")
    assert (5, "has no steps yet") == (
        done.code,
        "has no steps yet" if "has no steps yet" in done.stderr else done.stderr,
    )
    assert [] == crm("run", "due", "--format", "json").json()["sequences"]  # type: ignore[index,call-overload]


def test_names_that_are_taken_by_a_campaign(crm: Run) -> None:
    """The sequence has its name all the same; its campaign says what it is."""
    crm("campaign", "add", "Welcome")
    crm("sequence", "add", "Welcome")
    assert ["Welcome", "Welcome (sequence)"] == [
        line.split("\t")[0] for line in crm("campaign", "list", "--fields", "name").lines[1:]
    ]


def test_the_mails_are_in_the_persons_history(welcome: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at the person sees what was sent."""
    config = tmp_path / "crm.toml"
    config.write_text('[smtp]\nfrom = "Acme <news@acme.com>"\n', "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))
    welcome("sequence", "enrol", "Welcome", "Jane")
    assert 0 == welcome("run", "due", "--outbox", tmp_path / "out").code
    record: Any = welcome("contact", "show", "Jane", "--format", "json").json()
    assert [("Welcome", "hello", "jane@x.com", "sent", "sent")] == [
        (mail["campaign"]["name"], mail["template"], mail["address"], mail["status"], mail["reached"])
        for mail in record["mails"]
    ]
    assert "mails of campaigns" in welcome("contact", "show", "Jane", tty=True).stdout
