"""``crm campaign collect``: what came back, acted on once, by policy, and taken back in one step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext
from crmcli.services.desk import Desk
from crmcli.store.models.mailings import Message
from tests.returned import Gone, bounce, complaint, mail, mbox, prepared, sent, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.store.session import UnitOfWork
    from tests.conftest import Result

    Crm = Callable[..., Result]

NOTHING = {
    "bounces_hard": 0, "bounces_soft": 0, "complaints": 0, "auto_replies": 0, "replies": 0, "unsubscribes": 0, "other": 0,
    "unmatched": 0, "known": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(tmp_path, monkeypatch)


def collected(crm: Crm, path: Path, *flags: str) -> dict[str, Any]:
    """Collect a mailbox; the counts."""
    done = crm("campaign", "collect", "--mbox", path, *flags, "--format", "json")
    assert done.code == 0, done.stderr
    return {name: count for name, count in json.loads(done.stdout).items() if name in ("read", *NOTHING)}


def states(crm: Crm, campaign: str = "Spring") -> dict[str, tuple[str, str | None]]:
    """Where each member stands, and why."""
    rows: Any = crm("campaign", "members", campaign, "--format", "json").json()
    return {row["contact"]["name"]: (row["status"], row["reason"]) for row in rows}


def suppressed(crm: Crm) -> set[tuple[str, str, str]]:
    """Kind, value and reason of all that is suppressed."""
    rows: Any = crm("suppress", "list", "--format", "json").json()
    return {(row["kind"], row["value"], row["reason"]) for row in rows}


def said(crm: Crm, who: str) -> list[tuple[str, str, str]]:
    """Channel, status and source of what somebody said, the newest first."""
    rows: Any = crm("consent", "show", who, "--format", "json").json()
    return [(row["channel"], row["status"], row["source"]) for row in rows]


def test_everything_that_comes_back(crm_on: Crm, tmp_path: Path) -> None:
    """Each kind has its consequence; collected again nothing changes; undo takes all of it back."""
    prepared(crm_on, "Jane", "Bob", "Ann", "Eve", "Max")
    gone = sent(crm_on, tmp_path)
    box = mbox(
        tmp_path,
        bounce(gone["Jane"], 1),
        mail("Bob <bob@x.com>", "Yes, call me.", about=gone["Bob"]),
        mail("ann@x.com", to=gone["Ann"].leave, headers="Subject: unsubscribe\n"),
        complaint(gone["Eve"]),
        mail("max@x.com", "I am away", about=gone["Max"], headers="Auto-Submitted: auto-replied\n"),
        mail("zed@y.com", "hello", headers="Subject: hi\n"),
        mail("me@acme.com", "noted", about=gone["Bob"], number=7),
        mail("ann@x.com", to="news+u-aaaaaaaaaaaaaaaaaaaaaaaa@acme.com", headers="Subject: unsubscribe\n", number=8),
    )
    counts = {
        "read": 8,
        **NOTHING,
        "bounces_hard": 1,
        "complaints": 1,
        "auto_replies": 1,
        "replies": 1,
        "unsubscribes": 1,
    }
    assert counts | {"other": 2, "unmatched": 1} == collected(crm_on, box, "--dry-run")
    assert set() == suppressed(crm_on)
    assert counts | {"other": 2, "unmatched": 1} == collected(crm_on, box)
    assert {
        "Jane": ("bounced", "hard bounce"), "Bob": ("replied", None), "Ann": ("unsubscribed", None),
        "Eve": ("complained", "reported as abuse"), "Max": ("sent", None),
    } == states(crm_on)  # fmt: skip
    barred = {
        ("address", "jane@x.com", "hard_bounce"), ("address", "ann@x.com", "unsubscribed"),
        ("address", "eve@x.com", "complaint"), ("contact", "Eve", "complaint"),
    }  # fmt: skip
    assert barred == suppressed(crm_on)
    assert [("email", "withdrawn", "mail <m1-ann@x.com>")] == said(crm_on, "ann@x.com")
    assert [("email", "withdrawn", "complaint <c1@isp.com>")] == said(crm_on, "eve@x.com")
    answers: Any = crm_on("activity", "list", "--format", "json").json()
    assert [("email", "in", "Re: Hello", "Yes, call me.", "Spring", ["Bob"])] == [
        (a["type"], a["direction"], a["subject"], a["body"], a["campaign"], [c["name"] for c in a["contacts"]])
        for a in answers
    ]
    assert {"read": 8, **NOTHING, "known": 5, "other": 2, "unmatched": 1} == collected(crm_on, box)
    assert barred == suppressed(crm_on)
    assert crm_on("undo").code == 0
    assert (set(), [], []) == (
        suppressed(crm_on),
        said(crm_on, "ann"),
        crm_on("activity", "list", "--format", "json").json(),
    )
    assert "known" in crm_on("campaign", "collect", "--mbox", box).lines[0]
    assert set() == suppressed(crm_on)


def test_nobody_who_left_is_mailed_again(crm: Crm, tmp_path: Path) -> None:
    """The next campaign passes over whoever bounced, complained or left, and says why."""
    prepared(crm, "Jane", "Ann", "Eve", "Bob")
    gone = sent(crm, tmp_path)
    box = mbox(
        tmp_path,
        bounce(gone["Jane"], 1),
        mail("ann@x.com", to=gone["Ann"].leave, headers="Subject: x\n"),
        complaint(gone["Eve"]),
    )
    collected(crm, box)
    assert ["Bob"] == list(sent(crm, tmp_path, "Summer"))
    assert {
        "Jane": ("skipped", "suppressed"), "Ann": ("skipped", "opted out"), "Eve": ("skipped", "opted out"), "Bob": ("sent", None),
    } == states(crm, "Summer")  # fmt: skip


def test_the_third_soft_bounce_in_a_row(crm_on: Crm, tmp_path: Path) -> None:
    """Two change nothing, three mark the address; a message that arrived between begins anew."""
    prepared(crm_on, "Jane", "Bob")
    for number in range(1, 5):
        gone = sent(crm_on, tmp_path, f"Mail {number}")
        bounced = [bounce(gone["Jane"], number, "4.2.2")]
        if number != 2:
            bounced.append(bounce(gone["Bob"], 10 + number, "5.2.2", named="bob@x.com"))
        done = crm_on("campaign", "collect", "--mbox", mbox(tmp_path, *bounced), "--format", "json").json()
        assert (len(bounced), 1 if number == 3 else 0) == (done["bounces_soft"], done["invalid"])  # type: ignore[index]
        if number == 3:
            break
    assert set() == suppressed(crm_on)
    assert ["Bob"] == list(sent(crm_on, tmp_path, "Mail 4"))
    assert ("skipped", "invalid address") == states(crm_on, "Mail 4")["Jane"]
    assert "jane@x.com (invalid)" in crm_on("history", "jane@x.com", "--format", "json").stdout
    checked: Any = crm_on("suppress", "check", "jane@x.com", "--format", "json").json()
    assert [("address", "invalid address")] == [(each["kind"], each["reason"]) for each in checked]


@pytest.mark.parametrize(
    ("build", "count"),
    [
        (lambda gone: bounce(None, 1, to=gone.returns), "bounces_hard"),  # by the address that it came back to
        (lambda _: bounce(None, 1), "bounces_hard"),  # by the address that was not reached
        (lambda _: bounce(None, 1, named="nobody@x.com"), "unmatched"),
        (
            lambda _: bounce(Gone("<ms_01M8116AF7S2WJ9FQCPSQZ0000@acme.com>", ""), 1),
            "unmatched",
        ),  # an id that is not ours
        (
            lambda _: bounce(None, 1, to="news+b-aaaaaaaaaaaaaaaaaaaaaaaa@acme.com"),
            "unmatched",
        ),  # a token that is not ours
        (lambda gone: mail("jane@x.com", "Please remove me", about=gone), "unsubscribes"),
        (lambda _: mail("jane@x.com", "unsubscribe"), "unsubscribes"),
        (lambda _: mail("zed@x.com", "unsubscribe"), "unmatched"),
        (lambda gone: mail("other@home.net", "I read it on my other address", about=gone), "replies"),
    ],
)
def test_how_a_message_is_found(crm: Crm, tmp_path: Path, build: Callable[[Gone], str], count: str) -> None:
    """By token, by Message-ID, else by the address; forged or unknown ones change nothing."""
    prepared(crm, "Jane")
    gone = sent(crm, tmp_path)["Jane"]
    found = collected(crm, mbox(tmp_path, build(gone)))
    assert {"read": 1, **NOTHING, count: 1} == found
    assert (count == "unmatched") is (states(crm)["Jane"] == ("sent", None))


def test_an_answer_that_was_imported_before(crm: Crm, tmp_path: Path) -> None:
    """It is not stored twice, and belongs to the campaign from then on."""
    prepared(crm, "Bob")
    box = mbox(tmp_path, mail("bob@x.com", "Yes", about=sent(crm, tmp_path)["Bob"]))
    assert crm("import", "mail", box).code == 0
    assert 1 == collected(crm, box)["replies"]
    found: Any = crm("activity", "list", "--format", "json").json()
    assert ["Spring"] == [each["campaign"] for each in found]
    assert 1 == crm("import", "mail", box, "--report", "json").json()["unchanged"]  # type: ignore[index]


def test_many_mails_are_stored_in_parts(crm_on: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others can write in between, and it is one undo step; whoever takes it back meanwhile ends it, and the rest is left."""
    monkeypatch.setattr("crmcli.services.returns._AT_ONCE", 2)
    prepared(crm_on, "Jane", "Bob", "Ann", "Eve", "Max")
    gone = sent(crm_on, tmp_path)
    stranger = mail("zed@y.com", "hi", number=9)
    path = mbox(
        tmp_path, stranger, stranger, *(bounce(each, place) for place, each in enumerate(gone.values())), stranger
    )
    begun: list[int] = []
    door = Desk.going_on

    def between(desk: Desk, command: str, number: int) -> UnitOfWork:
        begun.append(crm_on("contact", "add", f"Live {len(begun)}").code)
        return door(desk, command, number)

    monkeypatch.setattr(Desk, "going_on", between)
    assert 5 == collected(crm_on, path)["bounces_hard"]
    assert [0, 0] == begun
    assert 5 == len(suppressed(crm_on))
    changes: Any = crm_on("history", "--format", "json").json()
    (change,) = (each for each in changes if each["command"] == "campaign collect")
    assert ("5 hard bounces, 3 other", 5) == (change["summary"], change["records"])
    assert crm_on("undo", change["number"]).code == 0
    assert set() == suppressed(crm_on)


def test_undone_while_it_is_collected(crm_on: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is left alone, which is said, and another run takes it."""
    monkeypatch.setattr("crmcli.services.returns._AT_ONCE", 1)
    prepared(crm_on, "Jane", "Bob")
    gone = sent(crm_on, tmp_path)
    path = mbox(tmp_path, *(bounce(each, place) for place, each in enumerate(gone.values())))
    door = Desk.going_on

    def undone(desk: Desk, command: str, number: int) -> UnitOfWork:
        assert crm_on("undo", number).code == 0
        return door(desk, command, number)

    monkeypatch.setattr(Desk, "going_on", undone)
    done = crm_on("campaign", "collect", "--mbox", path)
    assert (4, True) == (done.code, "undone while" in done.stderr)
    assert {"read": 2, "bounces_hard": 1, "known": 1} == {
        name: count for name, count in collected(crm_on, path).items() if count
    }
    assert 1 == len(suppressed(crm_on))


def test_who_agreed_again_stays(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A farewell that is older than a new consent does not withdraw it."""
    prepared(crm, "Ann")
    gone = sent(crm, tmp_path)["Ann"]
    monkeypatch.setenv("CRM_NOW", "2026-11-23T12:00:00Z")
    crm("consent", "grant", "ann@x.com", "--source", "web form")
    assert (
        1
        == collected(crm, mbox(tmp_path, mail("ann@x.com", to=gone.leave, headers="Subject: unsubscribe\n")))[
            "unsubscribes"
        ]
    )
    assert [("email", "granted", "web form")] == said(crm, "ann")
    assert set() == suppressed(crm)


def test_what_can_not_be_read_is_told(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail beyond all measure is passed over with a word, the others are dealt with."""
    monkeypatch.setattr("crmcli.io.mail.mbox.LARGEST", 5000)
    prepared(crm, "Jane")
    gone = sent(crm, tmp_path)["Jane"]
    box = mbox(tmp_path, mail("bob@x.com", "x" * 9000), bounce(gone, 1))
    done = crm("campaign", "collect", "--mbox", box)
    assert (7, "2\t1\t0") == (done.code, done.lines[1][:5])
    assert "1 of 2 could not be read" in done.stderr


def test_a_maildir_a_pipe_and_the_settings(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same mail in whichever box is dealt with once."""
    prepared(crm, "Jane")
    content = bounce(sent(crm, tmp_path)["Jane"], 1)
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1795000000.1.host").write_text(content, "utf-8")
    done: Any = crm("campaign", "collect", "--maildir", tmp_path / "Maildir", "--format", "json").json()
    assert (1, 0) == (done["bounces_hard"], done["known"])
    done = crm("campaign", "collect", "--mbox", "-", "--format", "json", stdin=content).json()
    assert (0, 1) == (done["bounces_hard"], done["known"])
    settings(tmp_path, monkeypatch, f'[marketing]\nreturns = "{tmp_path / "Maildir"}"\n')
    assert 1 == crm("campaign", "collect", "--format", "json").json()["known"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "which mailbox?"),
        (("--mbox", "a", "--maildir", "b"), 2, "more than one mailbox"),
        (("--mbox", "nothing.mbox"), 3, "no file"),
        (("--mbox", "a", "--folder", "INBOX"), 2, "--folder is for mail on a server"),
        (("--imap", "imap://me:secret@mail.example/INBOX"), 2, "does not belong in the URL"),
        (("--imap", "imap://me@127.0.0.1:1"), 2, "no password"),
        (("--imap", "mail.example"), 2, "mail.example is no folder on a server"),
        (("--events", "e.csv", "--mbox", "a"), 2, "--events reads no mail"),
    ],
)
def test_what_is_refused(crm: Crm, words: tuple[str, ...], code: int, told: str) -> None:
    """Every mistake is named, with the remedy."""
    done = crm("campaign", "collect", *words)
    assert (code, "") == (done.code, done.stdout)
    assert told in done.stderr


def test_no_store_is_made(crm: Crm, tmp_path: Path) -> None:
    """Where nothing was ever sent nothing can have come back."""
    found = collected(crm, mbox(tmp_path, bounce(None, 1), mail("a@b.com", "hi")))
    assert {"read": 2, **NOTHING, "unmatched": 1, "other": 1} == found
    assert not (tmp_path / "crm.db").exists()


# -- what a web server saw


def test_events(crm_on: Crm, tmp_path: Path) -> None:
    """Opened, clicked and left, each once; rubbish is told, strangers are counted."""
    prepared(crm_on, "Jane", "Ann")
    gone = sent(crm_on, tmp_path)
    file = tmp_path / "events.csv"
    file.write_text(
        "at,token,event,url\n"
        f"2026-11-21T12:00:00Z,{gone['Jane'].token},open,\n1795262400,{gone['Jane'].token.upper()},Click,https://acme.com/x\n"
        f"2026-11-21T12:00:00Z,{gone['Ann'].token},unsubscribe,\n,zzzzzzzzzzzzzzzzzzzz,open,\n,'; DROP TABLE,open,\n"
        f",{gone['Ann'].token},teleported,\n2031-01-01,{gone['Ann'].token},open,\n"
    )
    done = crm_on("campaign", "collect", "--events", file, "--format", "json")
    assert 7 == done.code
    counts = json.loads(done.stdout)
    assert (7, 1, 1, 1, 1, 0, 3) == tuple(
        counts[name] for name in ("read", "opened", "clicked", "unsubscribed", "unmatched", "known", "rejected_count")
    )
    assert {"Jane": ("clicked", None), "Ann": ("unsubscribed", None)} == states(crm_on)
    assert {("address", "ann@x.com", "unsubscribed")} == suppressed(crm_on)
    assert [("email", "withdrawn", "unsubscribe page")] == said(crm_on, "ann")
    assert crm_on("consent", "grant", "ann").code == 0
    again = json.loads(crm_on("campaign", "collect", "--events", file, "--format", "json").stdout)
    assert (0, 0, 0, 3) == tuple(again[name] for name in ("opened", "clicked", "unsubscribed", "known"))
    assert ("email", "granted", "by hand") == said(crm_on, "ann")[0]


def test_events_as_json_lines(crm: Crm, tmp_path: Path) -> None:
    """What a log shipper writes is read as well."""
    prepared(crm, "Jane")
    token = sent(crm, tmp_path)["Jane"].token
    (tmp_path / "e.jsonl").write_text(
        json.dumps({"token": token, "event": "opened", "at": "2026-11-21T12:00:00Z"}) + "\n"
    )
    assert 1 == crm("campaign", "collect", "--events", "e.jsonl", "--format", "json").json()["opened"]  # type: ignore[index]


def test_events_without_tracking(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no link is counted, nothing can be known of them."""
    settings(tmp_path, monkeypatch, "")
    (tmp_path / "e.csv").write_text("token,event\n")
    done = crm("campaign", "collect", "--events", "e.csv")
    assert (2, "marketing.tracking_url" in done.stderr) == (done.code, True)


# -- a mailbox on a server


def test_only_what_may_have_come_back_is_fetched(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other mail is counted by its headers, and what was dealt with is not fetched again."""
    from crmcli.io.mail import imap
    from crmcli.io.mail.mbox import Raw

    prepared(crm, "Jane", "Bob")
    gone = sent(crm, tmp_path)
    lying = [
        bounce(gone["Jane"], 1), mail("zed@y.com", "x" * 100, headers="Subject: hi\n"), mail("bob@x.com", "Yes", about=gone["Bob"]),
    ]  # fmt: skip
    asked: list[Any] = []

    def fetched(server: Any, password: str, since: object, wanted: Callable[[list[Raw]], list[bool]]) -> Any:
        heads = [Raw(text.partition("\n\n")[0].encode() + b"\n\n", f"message {n}") for n, text in enumerate(lying)]
        chosen = wanted(heads)
        asked.append((server.host, server.folder, password, since, chosen))
        return [head._replace(content=text.encode()) for head, text, ok in zip(heads, lying, chosen, strict=True) if ok]

    monkeypatch.setattr(imap, "fetch", fetched)
    monkeypatch.setenv("CRM_IMAP_PASSWORD", "secret")
    words = (
        "campaign",
        "collect",
        "--imap",
        "imap://news@mail.example/INBOX",
        "--folder",
        "Возврат",
        "--format",
        "json",
    )
    found = crm(*words).json()
    assert (3, 1, 1, 1, 0) == tuple(found[n] for n in ("read", "bounces_hard", "replies", "other", "known"))  # type: ignore[index]
    found = crm(*words).json()
    assert (3, 0, 0, 1, 2) == tuple(found[n] for n in ("read", "bounces_hard", "replies", "other", "known"))  # type: ignore[index]
    assert [[True, False, True], [False, False, False]] == [each[4] for each in asked]
    assert ("mail.example", "Возврат", "secret", None) == asked[0][:4]


def test_a_message_in_doubt_has_arrived(crm_on: Crm, tmp_path: Path) -> None:
    """Whatever comes back for it shows that the server had it."""
    prepared(crm_on, "Jane")
    gone = sent(crm_on, tmp_path)["Jane"]
    with AppContext().desk.writing("test") as uow:
        (row,) = uow.find(Message)
        row.status, row.sent_at = "in_doubt", None
        uow.keep_beside()
    assert 1 == collected(crm_on, mbox(tmp_path, mail("jane@x.com", "Yes", about=gone)))["replies"]
    found: Any = crm_on("sql", "select status, sent_at from message", "--format", "json").json()
    assert [("sent", "2026-11-21T12:00:00Z")] == [(row["status"], row["sent_at"]) for row in found]
