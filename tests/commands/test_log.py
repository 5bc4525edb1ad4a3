"""``crm log``: one line puts an activity and what follows from it on the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result


def shown(crm: Callable[..., Result], ref: str) -> Any:
    """An activity as its JSON record."""
    return crm("activity", "show", ref, "--format", "json").json()


def test_one_line_logs_a_call_and_plans_the_next_task(crm_on: Callable[..., Result]) -> None:
    """The activity's uid alone on stdout, the task and the stub on stderr, one undo step."""
    deal = crm_on("deal", "add", "Pilot", "--company", "Acme").uid
    logged = crm_on(
        "log", "call", "Discussed pricing", "--contact", "jane@acme.com", "--deal", "1", "--duration", "15m",
        "--outcome", "send offer", "--next", "send offer", "--due", "fri",
    )  # fmt: skip
    assert logged.code == 0
    assert [logged.uid] == logged.lines
    assert logged.stderr == "new contact #1 jane\nnext: task #2 send offer, due 2026-11-27\n"
    call = shown(crm_on, logged.uid)
    told = {
        key: call[key] for key in ("type", "subject", "body", "duration", "outcome", "status", "at", "done_at", "owner")
    }
    assert told == {
        "type": "call", "subject": "Discussed pricing", "body": "Discussed pricing", "duration": 15, "outcome": "send offer",
        "status": "done", "at": "2026-11-21T12:00:00Z", "done_at": "2026-11-21T12:00:00Z", "owner": "maria",
    }  # fmt: skip
    assert (deal, "Acme", ["jane"]) == (
        call["deal"]["id"],
        call["company"]["name"],
        [c["name"] for c in call["contacts"]],
    )
    task = shown(crm_on, "2")
    assert (task["type"], task["subject"], task["status"], task["due"]) == (
        "task",
        "send offer",
        "planned",
        "2026-11-27",
    )
    assert (call["contacts"], call["deal"], call["company"]) == (task["contacts"], task["deal"], task["company"])
    assert crm_on("undo").code == 0
    assert crm_on("activity", "list", "--format", "json").json() == []
    assert crm_on("contact", "list", "--format", "json").json() == []


def test_the_next_task_is_due_tomorrow_unless_said(crm: Callable[..., Result]) -> None:
    """A follow-up always has a day."""
    assert "due 2026-11-22" in crm("log", "note", "x", "--next", "y").stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["meeting", "Demo", "--at", "tomorrow 10:00"],
            ("planned", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", None),
        ),
        (
            ["meeting", "Demo", "--at", "yesterday 10:00"],
            ("done", "2026-11-20T10:00:00Z", None, "2026-11-20T10:00:00Z"),
        ),
        (["note", "Demo"], ("done", "2026-11-21T12:00:00Z", None, "2026-11-21T12:00:00Z")),
        (["task", "Demo"], ("planned", "2026-11-21T12:00:00Z", None, None)),
        (["task", "Demo", "--due", "fri"], ("planned", "2026-11-27T23:59:00Z", "2026-11-27", None)),
    ],
)
def test_what_lies_ahead_is_planned(crm: Callable[..., Result], words: list[str], expected: tuple[str, ...]) -> None:
    """Status, place on the timeline, deadline and end follow from the time."""
    record = shown(crm, crm("log", *words).uid)
    assert expected == (record["status"], record["at"], record["due"], record["done_at"])


def test_a_planned_hour_is_due_on_the_users_own_day(
    crm: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half past midnight in Sofia is still the day before in UTC; the task is due on the day it has in Sofia."""
    monkeypatch.setenv("TZ", "Europe/Sofia")
    crm("log", "meeting", "Early", "--at", "2026-11-25 00:30")
    found = crm("activity", "list", "--filter", "due = 2026-11-25", "--fields", "subject,due").lines
    assert found == ["subject\tdue", "Early\t2026-11-24T22:30:00Z"]


def test_a_long_body_keeps_its_first_line_as_subject(crm: Callable[..., Result]) -> None:
    """Nothing of what was said is lost."""
    body = f"\n  {'слово ' * 40}\nsecond line"
    record = shown(crm, crm("log", "note", body).uid)
    assert record["body"] == body.strip()
    assert record["subject"] == f"{('слово ' * 40)[:119]}…"


@pytest.mark.parametrize("text", ["from a pipe", "zażółć\nгѣсь\n第二", "\ufeffwith a mark"])
def test_a_dash_reads_the_body_from_standard_input(crm: Callable[..., Result], text: str) -> None:
    """As the coreutils do."""
    record = shown(crm, crm("log", "email", "-", "--direction", "in", stdin=text).uid)
    assert (text.lstrip("\ufeff"), "in") == (record["body"], record["direction"])


def test_every_kind_can_be_logged(crm: Callable[..., Result]) -> None:
    """All that the reference names, in any spelling of the separator."""
    from crmcli.domain.fields import ACTIVITY_KINDS

    for kind in ACTIVITY_KINDS:
        assert kind == shown(crm, crm("log", kind.replace("_", "-").upper(), "x").uid)["type"]


def test_a_decision_keeps_its_options_and_is_told_on_the_timeline(crm: Callable[..., Result]) -> None:
    """What was chosen, from what and why; the one chosen is spelled as its option."""
    crm("deal", "add", "Pilot")
    logged = crm("log", "decision", "Which plan?", "--deal", "Pilot", "--option", "Team", "--option", "Pro",
                 "--chosen", "pro", "--why", "needs SSO")  # fmt: skip
    assert shown(crm, logged.uid)["custom_fields"] == {"options": ["Team", "Pro"], "chosen": "Pro", "why": "needs SSO"}
    assert "Which plan? — chose Pro of Team, Pro because needs SSO" in crm("deal", "show", "Pilot", tty=True).stdout


def test_custom_fields_tags_campaign_place_and_owner(crm: Callable[..., Result]) -> None:
    """Every flag lands in its field."""
    uid = crm("log", "visit", "Fair", "--set", "stand=12", "--tag", "fair", "--tag", "Sofia", "--campaign", "Autumn",
              "--location", "Hall 3", "--owner", "ana", "--subject", "At the fair").uid  # fmt: skip
    record = shown(crm, uid)
    assert record["custom_fields"] == {"stand": "12"}
    assert (
        record["tags"], record["campaign"], record["location"], record["owner"], record["subject"], record["body"],
    ) == (["fair", "Sofia"], "Autumn", "Hall 3", "ana", "At the fair", "Fair")  # fmt: skip


def test_unknown_companies_become_stubs_and_no_create_forbids_it(crm: Callable[..., Result]) -> None:
    """Said on stderr; refused with exit 3, and then nothing is kept."""
    assert crm("log", "note", "x", "--company", "Żabka").stderr == "new company #1 Żabka\n"
    for flag, ref in (("--contact", "new@x.com"), ("--company", "New one")):
        refused = crm("log", "note", "y", flag, ref, "--no-create")
        assert (refused.code, refused.stdout) == (3, "")
    assert len(crm("activity", "list", "--format", "ids").lines) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["cal", "x"], 2, "did you mean call?"),
        (["call", ""], 2, "body: is empty"),
        (["call", "x", "--deal", "Nope"], 3, "no deal Nope"),
        (["call", "x", "--contact", "Nobody"], 3, "no contact Nobody"),
        (["call", "x", "--due", "fri"], 2, "due: needs --next"),
        (["call", "x", "--duration", "long"], 2, "duration:"),
        (["call", "x", "--direction", "up"], 2, "direction:"),
        (["call", "x", "--at", "03/04/26"], 2, "ambiguous"),
        (["call", "x", "--next", "y", "--due", "2026-02-31"], 2, "due:"),
        (["call", "x", "--next", ""], 2, "subject: is empty"),
        (["call", "x", "--chosen", "A"], 2, "chosen: goes with a decision"),
        (["decision", "x", "--option", "A", "--chosen", "B"], 2, "not one of the options: A"),
        (["decision", "x", "--option", " "], 2, "option: is empty"),
        (["call"], 2, "missing argument"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    crm: Callable[..., Result], words: list[str], code: int, said: str
) -> None:
    """One line on stderr, nothing on stdout, nothing in the store."""
    refused = crm("log", *words)
    assert (code, "", 1) == (refused.code, refused.stdout, len(refused.stderr.splitlines()))
    assert said in refused.stderr
    assert crm("activity", "list", "--format", "ids").lines == []


def test_half_a_use_case_is_none(crm: Callable[..., Result]) -> None:
    """A follow-up that can't be read keeps the call and its stubs from the store too."""
    assert crm("log", "call", "x", "--contact", "new@x.com", "--next", "y", "--due", "whenever").code == 2
    assert crm("contact", "list", "--format", "ids").lines == []


def test_standard_input_that_is_no_text_is_refused(crm: Callable[..., Result]) -> None:
    """Bytes are not a note."""
    refused = crm("log", "note", "-", stdin=b"\xff\xfe\xfa")
    assert (refused.code, refused.stdout) == (2, "")
    assert "not UTF-8" in refused.stderr


def test_json_answers_with_the_record(crm: Callable[..., Result]) -> None:
    """Where a script asked for structure."""
    assert crm("log", "call", "x", "--format", "json").json()["type"] == "call"  # type: ignore[index]
