"""``crm consent``: what people said about being written to; the last word counts, all are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once
from tests.returned import mail, mbox, prepared, sent, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


def lines(crm: Crm, who: str) -> list[tuple[Any, ...]]:
    """Channel, status, basis, source and whether it counts, the newest first."""
    rows: Any = crm("consent", "show", who, "--format", "json").json()
    return [tuple(row[name] for name in ("channel", "status", "basis", "source", "counts")) for row in rows]


@pytest.fixture
@once
def jane(crm: Crm) -> Crm:
    """The command line with Jane in the store."""
    crm("contact", "add", "Jane", "--email", "jane@acme.com")
    return crm


def test_granted_and_withdrawn(crm_on: Crm) -> None:
    """Every word is a line; the last one of each channel counts."""
    crm_on("contact", "add", "Jane", "--email", "jane@acme.com")
    granted = ("consent", "grant", "jane@acme.com", "--channel", "email", "--basis", "consent", "--source", "web form")
    done = crm_on(*granted)
    assert (0, "", "Jane: email granted (crm undo takes it back)\n") == done
    assert "nothing to change for Jane" in crm_on(*granted).stderr
    crm_on("consent", "withdraw", "Jane", "--channel", "phone", "--note", "by letter", "--at", "2020-05-06")
    crm_on("consent", "withdraw", "Jane")
    assert [
        ("email", "withdrawn", None, "by hand", True),
        ("email", "granted", "consent", "web form", False),
        ("phone", "withdrawn", None, "by hand", True),
    ] == lines(crm_on, "Jane")
    assert crm_on("undo").code == 0
    assert ("email", "granted", "consent", "web form", True) == lines(crm_on, "Jane")[0]
    assert "email granted (consent, web form)" in crm_on("history", "Jane", "--format", "json").stdout


def test_an_earlier_word_does_not_count(jane: Crm) -> None:
    """What is put down for an earlier time completes the story, and says so."""
    jane("consent", "withdraw", "Jane")
    done = jane("consent", "grant", "Jane", "--at", "2020-05-06")
    assert "a later line counts" in done.stderr
    assert [True, False] == [line[4] for line in lines(jane, "Jane")]
    assert "withdrawn" == lines(jane, "Jane")[0][1]


def test_shown_as_a_record(jane: Crm) -> None:
    """The JSON of a line."""
    done: Any = jane("consent", "grant", "Jane", "--note", "said 'да'", "--format", "json").json()
    (line,) = done
    assert {"channel": "email", "status": "granted", "basis": "consent", "source": "by hand", "note": "said 'да'",
            "at": "2026-11-21T12:00:00Z", "by": "maria", "counts": True} == {k: v for k, v in line.items() if k != "contact"}  # fmt: skip
    assert "Jane" == line["contact"]["name"]
    assert "nothing found" in jane("consent", "show", "Jane", "--channel", "sms", tty=True).stderr


def test_in_bulk(crm_on: Crm) -> None:
    """With --where everybody whom a filter selects, but for those who withdrew, in one undo step."""
    for name in ("Jane", "Bob", "Ann"):
        crm_on("contact", "add", name, "--email", f"{name}@x.com")
    crm_on("consent", "withdraw", "Ann")
    bulk = ("consent", "grant", "--where", "name is not empty", "--source", "list")
    assert 2 == crm_on(*bulk).code
    tried = crm_on(*bulk, "--dry-run")
    assert "would grant email of 3 contacts" in tried.stderr
    done = crm_on(*bulk, "--yes")
    assert "1 withdrew and stay as they are" in done.stderr
    assert "2 contacts: email granted" in done.stderr
    assert "withdrawn" == lines(crm_on, "Ann")[0][1]
    assert "nothing to change for 2 contacts" in crm_on(*bulk, "--yes").stderr
    crm_on("undo")
    assert [] == lines(crm_on, "Jane")
    assert "no contact matches" in crm_on("consent", "withdraw", "--where", "name = Zed", "--yes").stderr


def test_double_opt_in(crm_on: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked, confirmed by the token, and twice is harmless; asked again it is the same link."""
    settings(tmp_path, monkeypatch)
    crm_on("contact", "add", "Jane", "--email", "jane@acme.com")
    link = crm_on("consent", "request", "Jane", "--source", "fair").lines
    assert link == crm_on("consent", "request", "Jane").lines
    assert link[0].startswith("https://acme.com/yes/")
    token = link[0].rpartition("/")[2]
    assert (24, [("email", "pending", None, "fair", True)]) == (len(token), lines(crm_on, "Jane"))
    assert token not in crm_on("consent", "show", "Jane", "--format", "json").stdout
    assert "Jane agreed to email\n" == crm_on("consent", "confirm", token.upper()).stderr
    assert "Jane had agreed to email already\n" == crm_on("consent", "confirm", token).stderr
    assert [("granted", "double opt-in"), ("pending", "fair")] == [(line[1], line[3]) for line in lines(crm_on, "Jane")]
    again = crm_on("consent", "request", "Jane")
    assert (5, "", True) == (again.code, again.stdout, "agreed to email on 2026-11-21 already" in again.stderr)


def test_a_token_alone_without_a_page(jane: Crm) -> None:
    """With no page set the token itself is printed."""
    assert jane("consent", "request", "Jane").stdout.strip().isalnum()
    record: Any = jane("consent", "request", "Jane", "--format", "json").json()
    assert (None, False, "email") == (record["link"], record["new"], record["channel"])


@pytest.mark.parametrize("token", ["nope", "", "' OR 1=1 --", "a" * 24, "%", "0" * 5000])
def test_a_wrong_token(jane: Crm, token: str) -> None:
    """Nobody guesses one."""
    jane("consent", "request", "Jane")
    done = jane("consent", "confirm", token)
    assert (3, "no request for consent has this token" in done.stderr) == (done.code, True)


def test_a_request_that_was_withdrawn_after(jane: Crm) -> None:
    """An old link does not bring back who said no."""
    token = jane("consent", "request", "Jane").stdout.strip()
    jane("consent", "withdraw", "Jane")
    done = jane("consent", "confirm", token)
    assert (5, "withdrawn after this request" in done.stderr) == (done.code, True)


def test_who_is_asked_is_not_mailed(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the answer nothing goes out; who left and agreed again is written to again."""
    settings(tmp_path, monkeypatch)
    prepared(crm, "Jane", "Bob")
    token = crm("consent", "request", "Jane").stdout.strip().rpartition("/")[2]
    gone = sent(crm, tmp_path, "One")
    assert ["Bob"] == list(gone)
    crm("consent", "confirm", token)
    crm(
        "campaign", "collect", "--mbox", mbox(tmp_path, mail("bob@x.com", to=gone["Bob"].leave, headers="Subject: x\n"))
    )
    assert ["Jane"] == list(sent(crm, tmp_path, "Two"))
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:05:00Z")
    crm("consent", "grant", "Bob", "--source", "by phone")
    assert [] == crm("suppress", "list", "--format", "json").json()
    assert {"Jane", "Bob"} == set(sent(crm, tmp_path, "Three"))


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("grant", "Zed"), 3, "no contact Zed"),
        (("grant",), 2, "name a record or give --where"),
        (("grant", "Jane", "--where", "name = x"), 2, "not both"),
        (("grant", "Jane", "--channel", "pigeon"), 2, "channel"),
        (("grant", "Jane", "--basis", "foo"), 2, "one of consent, contract"),
        (("grant", "Jane", "--at", "+3d"), 2, "can't lie ahead"),
        (("withdraw", "Jane", "--note", "x" * 2000), 2, "longer than 1000"),
        (("show", "Zed"), 3, "no contact Zed"),
        (("request", "Zed"), 3, "no contact Zed"),
    ],
)
def test_what_is_refused(jane: Crm, words: tuple[str, ...], code: int, told: str) -> None:
    """Every mistake is named."""
    done = jane("consent", *words)
    assert (code, "") == (done.code, done.stdout)
    assert told in done.stderr


def test_two_records_that_are_one(crm_on: Crm) -> None:
    """Merged, the proof goes along and the last word counts; unmerged, each has its own again."""
    crm_on("contact", "add", "Jane", "--email", "jane@acme.com")
    crm_on("contact", "add", "J. Doe", "--email", "jd@home.net")
    crm_on("consent", "grant", "jane@acme.com", "--at", "2026-01-01")
    crm_on("consent", "withdraw", "jd@home.net", "--at", "2026-02-02")
    crm_on("suppress", "add", "contact:jd@home.net", "--channel", "phone")
    assert crm_on("contact", "merge", "jane@acme.com", "jd@home.net").code == 0
    assert ["withdrawn", "granted"] == [line[1] for line in lines(crm_on, "Jane")]
    barred: Any = crm_on("suppress", "list", "--format", "json").json()
    assert ["Jane"] == [each["contact"]["name"] for each in barred]
    assert "email withdrawn" in crm_on("history", "jane@acme.com", "--format", "json").stdout
    assert crm_on("unmerge", "jane@acme.com").code == 0
    assert (["granted"], ["withdrawn"]) == tuple(
        [line[1] for line in lines(crm_on, who)] for who in ("jane@acme.com", "jd@home.net")
    )
    barred = crm_on("suppress", "list", "--format", "json").json()
    assert ["J. Doe"] == [each["contact"]["name"] for each in barred]


def test_the_proof_goes_out_with_the_person(crm_on: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Consents, suppressions, campaigns and messages are part of all that is kept on somebody."""
    settings(tmp_path, monkeypatch)
    prepared(crm_on, "Jane", "Bob")
    crm_on("consent", "grant", "Jane", "--source", "web form")
    sent(crm_on, tmp_path)
    crm_on("suppress", "add", "jane@x.com", "--note", "asked")
    found: Any = crm_on("contact", "export-all", "Jane").json()
    assert [("email", "granted", "web form", "maria")] == [
        (each["channel"], each["status"], each["source"], each["by"]) for each in found["consents"]
    ]
    assert [("address", "jane@x.com", "manual", "asked")] == [
        (each["kind"], each["value"], each["reason"], each["note"]) for each in found["suppressions"]
    ]
    assert [("Spring", "jane@x.com", "sent")] == [
        (each["campaign"], each["address"], each["status"]) for each in found["messages"]
    ]


def test_who_is_forgotten_is_never_mailed_again(crm_on: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No trace of the address stays, and yet it is known when somebody brings it back; a new consent opens it."""
    settings(tmp_path, monkeypatch)
    prepared(crm_on, "Jane", "Bob")
    crm_on("consent", "grant", "Jane", "--note", "jane told bob")
    crm_on("suppress", "add", "jane@x.com", "--note", "jane said no", "--reason", "hard_bounce")
    assert crm_on("contact", "forget", "Jane", "--confirm", "jane").code == 0
    tables = ("suppression", "consent", "change", "change_set", "contact_email", "message")
    dump = json.dumps([crm_on("sql", f"select * from {table}", "--format", "json").json() for table in tables])
    assert "jane" not in dump.lower()
    crm_on("contact", "add", "Jane", "--email", "JANE@x.com")
    assert ["Bob"] == list(sent(crm_on, tmp_path))
    assert "(forgotten)" in crm_on("suppress", "check", "jane@x.com").stdout
    crm_on("suppress", "rm", "jane@x.com", "--channel", "all")
    crm_on("consent", "grant", "Jane")
    assert {"Jane", "Bob"} == set(sent(crm_on, tmp_path, "Next"))
