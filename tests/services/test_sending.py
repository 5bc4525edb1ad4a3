"""Campaigns over a real mail server: who gets what, what the server says, and that nobody gets anything twice."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from tests.mail_server import MailServer, port_of_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server; nobody waits before calling one again that is down."""
    monkeypatch.setattr("crmcli.io.mail.smtp._PAUSES", (0.0, 0.0))
    with MailServer() as running:
        yield running


def prepared(run: Run, server: MailServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with the server in its settings, a template and a segment."""
    config = folder / "crm.toml"
    config.write_text(server.settings, "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))
    text = "Dear {{ contact.name }},\n.hidden dot\n{{ unsubscribe_url }}\n"
    subject = "Hello {{ contact.given_name }}"
    assert run("template", "add", "hello", "--subject", subject, "--text", "-", stdin=text).code == 0
    assert run("segment", "add", "all", "--filter", "name is not empty").code == 0
    return run


@pytest.fixture
def crm(crm: Run, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Ready to send, on SQLite: for what does not depend on the engine."""
    return prepared(crm, server, tmp_path, monkeypatch)


@pytest.fixture
def crm_both(crm_on: Run, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Ready to send, on both engines."""
    return prepared(crm_on, server, tmp_path, monkeypatch)


def people(crm: Run, *addresses: str, **fields: str) -> None:
    """Contacts of these addresses, named after what stands before the @."""
    for address in addresses:
        flags = [word for name, value in fields.items() for word in (f"--{name}", value)]
        assert crm("contact", "add", address.partition("@")[0].title(), "--email", address, *flags).code == 0


def campaign(crm: Run, *flags: object) -> None:
    """A campaign to everybody."""
    assert crm("campaign", "add", "Spring", "--segment", "all", "--template", "hello", *flags).code == 0


def send(crm: Run, *flags: object, code: int = 0) -> dict[str, Any]:
    """Send, and give the summary."""
    done = crm("campaign", "send", "Spring", "--yes", *flags)
    assert code == done.code, done.stderr
    return dict(json.loads(done.stdout))


def counts(crm: Run, *flags: object, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Send, and give some counts of the summary."""
    summary = send(crm, *flags)
    return tuple(summary[name] for name in names)


def members(crm: Run) -> dict[str, tuple[str, str | None]]:
    """Status and reason of each member by its name."""
    rows: Any = crm("campaign", "members", "Spring", "--format", "json").json()
    return {row["contact"]["name"]: (row["status"], row["reason"]) for row in rows}


def test_everybody_gets_one(crm_both: Run, server: MailServer) -> None:
    """Each member gets one message, and another run sends nothing."""
    people(crm_both, "jane@x.com", "bob@x.com")
    campaign(crm_both)
    assert {"sent": 2, "left": 0, "in_doubt": 0} == {
        k: v for k, v in send(crm_both).items() if k in ("sent", "left", "in_doubt")
    }
    assert 0 == send(crm_both)["sent"]
    assert {"jane@x.com": 1, "bob@x.com": 1} == server.mailboxes
    assert {"Jane": ("sent", None), "Bob": ("sent", None)} == members(crm_both)


LATER = ("targeted", "to be tried again")
FAILED = ("failed", "smtp error")
ANSWERS = {
    "first": ("sent", None), "unknown": FAILED, "spam": FAILED, "full": LATER, "greylisted": LATER, "slow": ("sent", None),
    "busy": LATER, "second": ("sent", None), "cut-off": ("targeted", "in doubt"), "silent": ("targeted", "in doubt"),
    "last": ("sent", None),
}  # fmt: skip


def test_what_the_server_does(crm_both: Run, server: MailServer) -> None:
    """Every answer, and every way of giving none, is one state of the member; those around it get theirs."""
    people(crm_both, *(f"{name}@x.com" for name in ANSWERS))
    campaign(crm_both)
    summary = send(crm_both)
    assert {name.title(): state for name, state in ANSWERS.items()} == members(crm_both)
    assert (4, 2, 3, 2, 3) == tuple(summary[name] for name in ("sent", "failed", "retry", "in_doubt", "left"))
    assert {f"{name}@x.com" for name in ("first", "slow", "second", "silent", "last")} == set(server.mailboxes)


@pytest.mark.parametrize(
    ("name", "reason", "detail"),
    [
        ("unknown", "smtp error", "550 5.1.1 no such user here"),
        ("full", "to be tried again", "attempt 1: 452 4.2.2 mailbox full; next at 2026-11-21T12:01:00Z"),
        ("silent", "in doubt", "the connection was lost before the answer: connection unexpectedly closed"),
    ],
)
def test_the_servers_words_are_kept(crm_both: Run, server: MailServer, name: str, reason: str, detail: str) -> None:
    """Why a message did not go out, or not yet, is said in the server's own words."""
    people(crm_both, f"{name}@x.com")
    campaign(crm_both)
    send(crm_both)
    why: Any = crm_both("campaign", "why", "Spring", f"{name}@x.com", "--format", "json").json()
    assert (reason, detail) == tuple(why["events"][-1][key] for key in ("reason", "detail"))


def test_an_address_of_nobody_is_suppressed(crm_both: Run, server: MailServer) -> None:
    """It is as good as a hard bounce: no campaign asks again, what was refused for its content stays, undo lifts it."""
    people(crm_both, "unknown@x.com", "spam@x.com", "jane@x.com")
    campaign(crm_both)
    done = crm_both("campaign", "send", "Spring", "--yes", tty=True)
    assert "suppressed 1 address, where the server knows nobody" in done.stderr
    (row,) = crm_both("suppress", "list", "--format", "json").json()
    assert ("address", "unknown@x.com", "hard_bounce", "email", "550 5.1.1 no such user here", "Spring") == (
        row["kind"], row["value"], row["reason"], row["channel"], row["note"], row["campaign"]["name"],
    )  # fmt: skip
    assert crm_both("campaign", "add", "Summer", "--segment", "all", "--template", "hello").code == 0
    assert crm_both("campaign", "send", "Summer", "--yes").code in (0, 7)
    assert {"unknown@x.com": 1, "spam@x.com": 2, "jane@x.com": 2} == dict(server.desk.asked)
    changes: Any = crm_both("history", "--format", "json").json()
    (number,) = (each["number"] for each in changes if each["command"] == "campaign send")
    assert crm_both("undo", number).code == 0
    assert [] == crm_both("suppress", "list", "--format", "json").json()


def test_tried_again_when_it_is_time(crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was put off goes out a minute later, not before, and once."""
    people(crm_both, "greylisted@x.com")
    campaign(crm_both)
    assert "2026-11-21T12:01:00Z" == send(crm_both)["next_at"]
    assert (0, 1) == counts(crm_both, names=("sent", "left"))
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:01:00Z")
    assert (1, 0) == counts(crm_both, names=("sent", "left"))
    assert {"greylisted@x.com": 1} == server.mailboxes


def test_given_up_after_five_attempts(crm: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """1, 5, 30 minutes and 2 hours are waited; then the message has failed."""
    people(crm, "full@x.com")
    campaign(crm)
    waits = []
    for _ in range(5):
        summary = send(crm)
        waits.append(summary["next_at"])
        monkeypatch.setenv("CRM_NOW", summary["next_at"] or "2026-11-22T12:00:00Z")
    assert ["12:01:00", "12:06:00", "12:36:00", "14:36:00"] == [at[11:19] for at in waits[:4]]
    assert waits[4] is None
    assert {"Full": ("failed", "smtp error")} == members(crm)


def test_in_doubt_is_for_a_person_to_decide(crm_both: Run, server: MailServer) -> None:
    """It is reported, never sent again by itself, and resolved either way."""
    people(crm_both, "silent@x.com", "silent2@x.com")
    campaign(crm_both)
    first = crm_both("campaign", "send", "Spring", "--yes")
    assert "2 messages are in doubt" in first.stderr
    assert (0, 2) == counts(crm_both, names=("sent", "in_doubt"))
    assert 0 == crm_both("campaign", "resolve", "Spring", "silent@x.com", "--sent").code
    assert ("sent", None) == members(crm_both)["Silent"]
    assert 0 == crm_both("campaign", "resolve", "Spring", "silent2@x.com", "--resend").code
    send(crm_both)
    assert {"silent@x.com": 1, "silent2@x.com": 2} == server.mailboxes
    assert 3 == crm_both("campaign", "resolve", "Spring", "silent@x.com", "--resend").code
    assert 2 == crm_both("campaign", "resolve", "Spring", "silent2@x.com").code


def test_a_failed_one_can_be_sent_again(crm_both: Run, server: MailServer) -> None:
    """--resend is also for what failed."""
    people(crm_both, "spam@x.com")
    campaign(crm_both)
    send(crm_both)
    assert 0 == crm_both("campaign", "resolve", "Spring", "spam@x.com", "--resend").code
    assert {"Spam": ("targeted", "to be tried again")} == members(crm_both)
    assert 1 == send(crm_both)["failed"]


def test_a_dead_server_leaves_all_to_be_sent(crm: Run, server: MailServer, tmp_path: Path) -> None:
    """Exit 7, nothing claimed, and all of it goes out once the server is back."""
    people(crm, "jane@x.com", "bob@x.com")
    campaign(crm)
    config = tmp_path / "crm.toml"
    config.write_text(server.settings.replace(str(server.port), str(port_of_nobody())), "utf-8")
    done = crm("campaign", "send", "Spring", "--yes")
    assert (7, {"sent": 0, "left": 2}) == (
        done.code,
        {k: v for k, v in json.loads(done.stdout).items() if k in ("sent", "left")},
    )
    assert "connection refused" in done.stderr
    config.write_text(server.settings, "utf-8")
    assert 2 == send(crm)["sent"]


@pytest.mark.parametrize("count", [3, 6])
def test_a_server_that_throws_everybody_out_is_left_alone(crm: Run, server: MailServer, count: int) -> None:
    """After three messages in a row that came to nothing by the server's fault the run ends; all can be resumed."""
    people(crm, *(f"busy{number}@x.com" for number in range(count)))
    campaign(crm)
    summary = send(crm, code=7)
    assert (3, count) == (summary["retry"], summary["left"])


def test_a_sender_that_nobody_wants_ends_the_run(crm: Run, server: MailServer, tmp_path: Path) -> None:
    """Not everybody fails because the server does not like who sends."""
    people(crm, *(f"p{number}@x.com" for number in range(6)))
    campaign(crm)
    (tmp_path / "crm.toml").write_text(server.settings.replace("news@", "nobody@"), "utf-8")
    assert 3 == send(crm, code=7)["failed"]


def test_one_connection_for_many(crm: Run, server: MailServer, tmp_path: Path) -> None:
    """The connection is kept, also after refusals, and made anew after as many messages as are set."""
    people(crm, "a@x.com", "unknown@x.com", "b@x.com", "c@x.com")
    campaign(crm)
    send(crm)
    assert 1 == server.desk.connections
    (tmp_path / "crm.toml").write_text(server.settings + "max_messages = 2\n", "utf-8")
    assert 0 == crm("campaign", "clone", "Spring", "Summer").code
    assert 0 == crm("campaign", "send", "Summer", "--yes").code
    assert 3 == server.desk.connections


def test_names_and_subjects_add_no_headers(crm: Run, server: MailServer) -> None:
    """Whatever stands in a name, it arrives as that name, and no header comes of it."""
    crm("template", "add", "evil", "--subject", "Hi {{ contact.custom.said }}", "--text", "-", stdin="x")
    nasty = 'Ev", il\u2028Bcc: all@x.com\u2029 <x@y.z>, 张伟 ' + "long" * 60
    assert (
        0 == crm("contact", "add", nasty, "--email", "evil@x.com", "--set", "said=a\r\nBcc: b@x.com\r\n\r\nbody").code
    )
    campaign(crm, "--template", "evil")
    send(crm)
    message = server.message("evil@x.com")
    assert message["Bcc"] is None
    assert "evil@x.com" == message["To"].addresses[0].addr_spec
    assert 1 == len(message["To"].addresses)
    assert "Hi a Bcc: b@x.com body" == message["Subject"]
    assert all(len(line) < 999 for line in bytes(message).splitlines())


def test_what_a_message_says_of_itself(crm: Run, server: MailServer, tmp_path: Path) -> None:
    """It can be unsubscribed from by one click or a mail, comes back to an address of its own, and says whose it is."""
    with (tmp_path / "crm.toml").open("a") as config:
        config.write('reply_to = "us@acme.com"\n[marketing]\nunsubscribe_url = "https://acme.com/u/{token}"\n')
    people(crm, "jane@x.com")
    campaign(crm)
    send(crm)
    ((sender, _, _),) = server.desk.taken
    token = sender.partition("+b-")[2].partition("@")[0]
    message = server.message("jane@x.com")
    assert (f"news+b-{token}@acme.com", True) == (sender, len(token) >= 16)
    assert (
        f"<https://acme.com/u/{token}>, <mailto:news+u-{token}@acme.com?subject=unsubscribe>"
        == message["List-Unsubscribe"]
    )
    assert "List-Unsubscribe=One-Click" == message["List-Unsubscribe-Post"]
    assert ("Acme Büro <news@acme.com>", "us@acme.com", "Jane <jane@x.com>") == (
        str(message["From"]).replace('"', ""), message["Reply-To"], message["To"],
    )  # fmt: skip
    assert message["Message-ID"].startswith("<ms_")
    assert message["Message-ID"].endswith("@acme.com>")
    assert f"Dear Jane,\n.hidden dot\nhttps://acme.com/u/{token}\n" == message.get_content().replace("\r\n", "\n")


def test_who_is_left_out_and_why(crm_both: Run, server: MailServer, tmp_path: Path) -> None:
    """Each reason, in the dry run and in the members, and nobody of them gets anything."""
    people(crm_both, "ok@x.com", "bad@x.com", "left@x.com", "barred@x.com", "sub@mail.evil.com", "person@x.com")
    assert 0 == crm_both("contact", "add", "Nobody").code
    mark(crm_both, "UPDATE contact_email SET invalid = 1 WHERE key = 'bad@x.com'")
    mark(crm_both, "UPDATE contact_email SET opted_out = 1 WHERE key = 'left@x.com'")
    suppress(crm_both, "address", "barred@x.com")
    suppress(crm_both, "domain", "evil.com")
    suppress(crm_both, "contact", "person", contact="Person")
    campaign(crm_both)
    expected = {
        "Ok": "", "Bad": "invalid address", "Left": "opted out", "Barred": "suppressed", "Sub": "suppressed",
        "Person": "suppressed", "Nobody": "no address",
    }  # fmt: skip
    rows: Any = crm_both("campaign", "send", "Spring", "--dry-run", "--format", "json").json()
    assert expected == {row["name"]: row["reason"] for row in rows}
    assert {"send": 1, "skipped": 6} == {s: sum(row["status"] == s for row in rows) for s in ("send", "skipped")}
    assert (1, 6) == counts(crm_both, names=("sent", "skipped"))
    assert {name: reason or None for name, reason in expected.items()} == {
        n: r for n, (_, r) in members(crm_both).items()
    }
    assert {"ok@x.com": 1} == server.mailboxes
    mark(crm_both, "UPDATE contact_email SET invalid = 0 WHERE key = 'bad@x.com'")
    assert 0 == send(crm_both)["sent"]
    assert (1, 0) == counts(crm_both, "--skipped", names=("sent", "skipped"))


@pytest.mark.parametrize(
    ("states", "require", "gets"),
    [
        (("granted",), True, True),
        ((), True, False),
        ((), False, True),
        (("granted", "withdrawn"), False, False),
        (("withdrawn", "granted"), False, True),
        (("pending",), False, False),
    ],
)
def test_consent(
    crm: Run, server: MailServer, tmp_path: Path, states: tuple[str, ...], require: bool, gets: bool
) -> None:
    """The last word counts; without any it depends on the setting."""
    if require:
        with (tmp_path / "crm.toml").open("a") as config:
            config.write("[marketing]\nrequire_consent = true\n")
    people(crm, "jane@x.com")
    for state in states:
        mark(
            crm,
            "INSERT INTO consent (contact_id, channel, status, at) SELECT id, 'email', ?, '2026-01-01T00:00:00Z' FROM contact",
            state,
        )
    campaign(crm)
    assert int(gets) == send(crm)["sent"]
    assert ("sent", None) if gets else ("skipped", "opted out") == members(crm)["Jane"]


def test_frequency_cap(crm_both: Run, server: MailServer) -> None:
    """Who got enough from all campaigns together gets no more."""
    people(crm_both, "jane@x.com")
    campaign(crm_both)
    send(crm_both)
    assert 0 == crm_both("campaign", "clone", "Spring", "Summer").code
    assert 0 == crm_both("campaign", "edit", "Summer", "--cap", "1/7d").code
    assert 1 == json.loads(crm_both("campaign", "send", "Summer", "--yes").stdout)["skipped"]


def test_a_message_on_its_way_counts_against_the_cap(crm: Run, server: MailServer, tmp_path: Path) -> None:
    """Two campaigns that are sent at the same time do not both write to somebody who may get one."""
    people(crm, "jane@x.com")
    campaign(crm)
    send(crm)
    with sqlite3.connect(tmp_path / "crm.db") as store:
        store.execute("UPDATE message SET status = 'sending'")
    crm("campaign", "add", "Summer", "--segment", "all", "--template", "hello", "--cap", "1/7d")
    (line,) = crm("campaign", "send", "Summer", "--dry-run", "--format", "json").json()  # type: ignore[misc]
    assert ("skipped", "frequency cap") == (line["status"], line["reason"])


def test_who_was_skipped_is_looked_at_again(crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also whose message was to be tried again when it was skipped, and whatever the server says then is told of."""
    people(crm_both, "greylisted@x.com", "silent@x.com")
    crm_both("suppress", "add", "silent@x.com")
    campaign(crm_both)
    assert (1, 1) == counts(crm_both, names=("retry", "skipped"))
    crm_both("suppress", "add", "greylisted@x.com")
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:01:00Z")
    assert (0, 1, 0) == counts(crm_both, names=("sent", "skipped", "left"))
    crm_both("suppress", "rm", "greylisted@x.com", "silent@x.com")
    assert (0, 0) == counts(crm_both, names=("sent", "in_doubt"))
    assert (1, 1) == counts(crm_both, "--skipped", names=("sent", "in_doubt"))
    assert {"Greylisted": ("sent", None), "Silent": ("targeted", "in doubt")} == members(crm_both)
    assert (0, 1) == counts(crm_both, "--skipped", names=("sent", "in_doubt"))
    assert {"greylisted@x.com": 1, "silent@x.com": 1} == server.mailboxes


def test_a_dry_run_foresees_doubles(crm_both: Run, server: MailServer) -> None:
    """Of two people in one mailbox the first gets it, by the order of the segments, before the start as after it."""
    people(crm_both, "jane.doe@gmail.com", tag="late")
    people(crm_both, "janedoe+news@gmail.com", "bob@x.com", tag="early")
    for name in ("early", "late"):
        assert crm_both("segment", "add", name, "--filter", f"tag = {name}").code == 0
    campaign(crm_both, "--segment", "early", "--segment", "late")
    assert crm_both("campaign", "edit", "Spring", "--segment", "early", "--segment", "late").code == 0
    lines: Any = crm_both("campaign", "send", "Spring", "--dry-run", "--format", "json").json()
    foreseen = {line["name"]: (line["status"], line["reason"] or None) for line in lines}
    assert ("skipped", "duplicate") == foreseen["Jane.Doe"]
    assert 2 == send(crm_both)["sent"]
    assert foreseen == {name: (state.replace("sent", "send"), why) for name, (state, why) in members(crm_both).items()}
    again: Any = crm_both("campaign", "send", "Spring", "--dry-run", "--skipped", "--format", "json").json()
    assert [("Jane.Doe", "skipped", "duplicate")] == [(line["name"], line["status"], line["reason"]) for line in again]
    assert 0 == send(crm_both, "--skipped")["sent"]


def test_a_double_gets_it_where_the_first_one_failed(crm: Run, server: MailServer) -> None:
    """Looked at again, it is a double no more; a third one still is."""
    people(crm, "jane+spam@x.com", "jane@x.com", "jane+b@x.com")
    campaign(crm)
    assert (0, 1) == counts(crm, names=("sent", "failed"))
    send(crm, "--skipped")
    assert {"Jane+Spam": "failed", "Jane": "sent", "Jane+B": "skipped"} == {n: s for n, (s, _) in members(crm).items()}


def test_a_template_is_its_own_whatever_others_are_called(crm: Run, server: MailServer) -> None:
    """Also where another one is called like its number, and one that was deleted meanwhile is told by its name."""
    people(crm, "jane@x.com")
    campaign(crm)
    (number,) = (row["number"] for row in crm("template", "list", "--format", "json").json())  # type: ignore[attr-defined]
    crm("template", "add", number, "--subject", "Not this one", "--text", "-", stdin="{{ unsubscribe_url }}")
    assert 1 == send(crm)["sent"]
    assert "Hello Jane" == server.message("jane@x.com")["Subject"]
    crm("campaign", "rm", "Spring")
    crm("template", "rm", "hello")
    crm("segment", "rm", "all")
    crm("campaign", "restore", "Spring")
    assert (
        "template hello was deleted (try: crm template restore hello)"
        in crm("campaign", "send", "Spring", "--yes").stderr
    )
    crm("template", "restore", "hello")
    assert "segment all was deleted (try: crm segment restore sg_" in crm("campaign", "target", "Spring").stderr


def test_a_template_that_fails_for_some(crm: Run, server: MailServer) -> None:
    """They are skipped with the reason, the others get theirs."""
    crm(
        "template", "add", "odd", "--subject", "x", "--text", "-", stdin="{{ 10 // (contact.given_name | length - 4) }}"
    )
    people(crm, "jane@x.com", "bob@x.com")
    campaign(crm, "--template", "odd")
    assert (1, 1) == counts(crm, names=("sent", "skipped"))
    assert ("skipped", "template error") == members(crm)["Jane"]


def test_addresses_beyond_ascii(crm: Run, server: MailServer) -> None:
    """A domain goes as punycode, a mailbox in other letters only where the server takes it."""
    people(crm, "maria@пример.рф", "юра@x.com")
    campaign(crm)
    assert 2 == send(crm)["sent"]
    assert {"maria@xn--e1afmkfd.xn--p1ai": 1, "юра@x.com": 1} == server.mailboxes


def test_a_server_without_utf8(crm: Run, server: MailServer, tmp_path: Path) -> None:
    """There, a mailbox in other letters is no valid address."""
    people(crm, "юра@x.com", "jane@x.com")
    campaign(crm)
    with MailServer(utf8=False) as plain:
        (tmp_path / "crm.toml").write_text(plain.settings, "utf-8")
        assert (1, 1) == counts(crm, names=("sent", "skipped"))
    assert ("skipped", "invalid address") == members(crm)["Юра"]


def test_pace(crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many a minute; the rest when it is time, and a run before that sends nothing."""
    people(crm_both, *(f"p{number}@x.com" for number in range(5)))
    campaign(crm_both, "--per-minute", "2")
    summary = send(crm_both)
    assert (2, 3, "2026-11-21T12:01:00Z") == tuple(summary[name] for name in ("sent", "left", "next_at"))
    assert 0 == send(crm_both)["sent"]
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:01:00Z")
    assert (2, 1) == counts(crm_both, names=("sent", "left"))


def test_warm_up(crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One on the first day, two on the second, then as many as there are."""
    people(crm_both, *(f"p{number}@x.com" for number in range(6)))
    campaign(crm_both, "--ramp", "1,2/day")
    sent = []
    for day in ("21", "22", "23"):
        monkeypatch.setenv("CRM_NOW", f"2026-11-{day}T12:00:00Z")
        sent += [send(crm_both)["sent"], send(crm_both)["sent"]]
    assert [1, 0, 2, 0, 3, 0] == sent


def test_a_clock_that_was_fast(crm: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is right again, what it sent holds nothing up, and the warm-up is still at its beginning."""
    people(crm, *(f"p{number}@x.com" for number in range(6)))
    campaign(crm, "--per-minute", "2", "--ramp", "3,3/day")
    monkeypatch.setenv("CRM_NOW", "2036-11-21T12:00:00Z")
    assert 2 == send(crm)["sent"]
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:00:00Z")
    assert (1, "2026-11-22T00:00:00Z") == counts(crm, names=("sent", "next_at"))


def test_window_in_the_persons_zone(crm: Run, server: MailServer) -> None:
    """At noon in UTC on a Saturday New York sleeps and Tokyo is done; only who is within gets theirs."""
    people(crm, "london@x.com")
    people(crm, "tokyo@x.com", "nowhere@x.com")
    mark(crm, "UPDATE contact SET timezone = 'Asia/Tokyo' WHERE name = 'Tokyo'")
    mark(crm, "UPDATE contact SET timezone = 'Mars/Olympus' WHERE name = 'Nowhere'")
    campaign(crm, "--window", "09:00-17:00")
    summary = send(crm)
    assert (2, 1, "2026-11-22T00:00:00Z") == tuple(summary[name] for name in ("sent", "left", "next_at"))
    assert {"london@x.com": 1, "nowhere@x.com": 1} == server.mailboxes


def test_only_so_many(crm: Run, server: MailServer) -> None:
    """--limit is for one run."""
    people(crm, *(f"p{number}@x.com" for number in range(3)))
    campaign(crm)
    assert (2, 1) == counts(crm, "--limit", "2", names=("sent", "left"))
    assert 1 == send(crm, "--limit", "2")["sent"]


def test_variants(crm_both: Run, server: MailServer) -> None:
    """Each gets the version of their own, and it is kept with the member."""
    people(crm_both, *(f"p{number}@x.com" for number in range(8)))
    campaign(crm_both)
    mark(
        crm_both,
        "INSERT INTO campaign_variant (campaign_id, name, name_key, share, subject, is_winner) VALUES (1, 'A', 'a', 1, 'first', 0)",
    )
    mark(
        crm_both,
        "INSERT INTO campaign_variant (campaign_id, name, name_key, share, subject, is_winner) VALUES (1, 'B', 'b', 1, 'second', 0)",
    )
    rows: Any = crm_both("campaign", "send", "Spring", "--dry-run", "--format", "json").json()
    assert {"one of A, B"} == {row["variant"] for row in rows}
    assert 0 == crm_both("campaign", "start", "Spring").code
    rows = crm_both("campaign", "send", "Spring", "--dry-run", "--format", "json").json()
    planned = {row["address"]: row["subject"] for row in rows}
    send(crm_both)
    assert planned == {to: server.message(to)["Subject"] for to in server.mailboxes}
    assert {"first", "second"} == set(planned.values())
    listed: Any = crm_both("campaign", "members", "Spring", "--format", "json").json()
    assert {"A", "B"} == {row["variant"] for row in listed}


def mark(crm_both: Run, sql: str, *params: object) -> None:
    """Change the store as no command does yet."""
    import os

    from crmcli.context import AppContext, Flags
    from crmcli.store.engine import transaction

    store = AppContext(Flags(store=os.environ["CRM_DB"], quiet=True)).store
    with transaction(store) as connection:
        connection.exec_driver_sql(store.dialect.sql(sql), params)


def suppress(crm_both: Run, kind: str, key: str, contact: str | None = None) -> None:
    """Put an address, a domain or a person on the list of those whom nobody writes to."""
    from crmcli.domain.ids import new_uid

    mark(
        crm_both,
        "INSERT INTO suppression (uid, kind, value, key, contact_id, channel, reason, at)"
        " VALUES (?, ?, ?, ?, (SELECT id FROM contact WHERE name = ?), 'all', 'manual', '2026-01-01T00:00:00Z')",
        new_uid("sp"), kind, key, key, contact,
    )  # fmt: skip


def test_steps_of_a_sequence(crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step reaches each member once, beside the campaign's own message; what is put off goes when it is due."""
    import os

    from crmcli.context import AppContext, Flags

    people(crm_both, "jane@x.com", "greylisted@x.com", "left@x.com")
    campaign(crm_both)
    assert 0 == crm_both("campaign", "start", "Spring").code
    mark(crm_both, "UPDATE contact_email SET opted_out = 1 WHERE key = 'left@x.com'")

    def step(number: int) -> tuple[int, int, int]:
        done = AppContext(Flags(store=os.environ["CRM_DB"], quiet=True)).mailing.send_step(
            "Spring", number, 1, [1, 2, 3]
        )
        return done.sent, done.retry, done.skipped

    assert [(1, 1, 1), (0, 0, 0)] == [step(1), step(1)]
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:01:00Z")
    assert [(1, 0, 0), (2, 0, 0), (0, 0, 0)] == [step(1), step(2), step(2)]
    assert {"jane@x.com": 2, "greylisted@x.com": 2} == server.mailboxes


def test_forgotten(crm_both: Run, server: MailServer) -> None:
    """Who is forgotten leaves no address in the ledger, and what was to be tried again is not."""
    people(crm_both, "full@x.com", "jane@x.com")
    campaign(crm_both)
    send(crm_both)
    for name in ("Full", "Jane"):
        assert 0 == crm_both("contact", "forget", name, "--confirm", name).code
    assert 0 == send(crm_both)["left"]
    assert [] == [row for row in messages() if row[0] or row[1] == "retry"]


def messages() -> list[tuple[str, str]]:
    """Address and state of each message in the ledger."""
    import os

    from crmcli.context import AppContext, Flags

    with AppContext(Flags(store=os.environ["CRM_DB"], quiet=True)).desk.reading() as reader:
        return [(address, status) for address, status in reader.rows("SELECT address, status FROM message ORDER BY id")]


def test_what_changes_at_the_last_moment(crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opted out, moved, went or was suppressed after the message was written gets none, or at the new address."""
    from crmcli.services.letters import Letters

    people(crm_both, "left@x.com", "moved@x.com", "gone@x.com", "barred@evil.com", "stays@x.com")
    campaign(crm_both)
    written = Letters.write

    def meanwhile(self: Letters, recipient: Any, *args: Any, **kwargs: Any) -> Any:
        name = recipient.email.partition("@")[0]
        if name == "left":
            mark(crm_both, "UPDATE contact_email SET opted_out = 1 WHERE key = 'left@x.com'")
        elif name == "moved":
            mark(crm_both, "UPDATE contact_email SET value = 'new@x.com', key = 'new@x.com' WHERE key = 'moved@x.com'")
        elif name == "gone":
            assert crm_both("contact", "rm", "gone@x.com").code == 0
        elif name == "barred":
            suppress(crm_both, "domain", "evil.com")
        return written(self, recipient, *args, **kwargs)

    monkeypatch.setattr(Letters, "write", meanwhile)
    assert (2, 3, 0) == counts(crm_both, names=("sent", "skipped", "left"))
    assert {"new@x.com": 1, "stays@x.com": 1} == server.mailboxes
    assert ["new@x.com"] == crm_both(
        "campaign", "members", "Spring", "--filter", "contact.name = Moved", "--fields", "email"
    ).lines[1:]
    assert [
        ("skipped", "opted out"),
        ("sent", None),
        ("skipped", "deleted"),
        ("skipped", "suppressed"),
        ("sent", None),
    ] == list(members(crm_both).values())


@pytest.mark.parametrize("place", [0, 1])
def test_paused_at_the_last_moment(
    crm_both: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """The run ends, whether there is somebody after that or not; nothing more goes out."""
    from crmcli.services.letters import Letters

    people(crm_both, "a@x.com", "b@x.com")
    campaign(crm_both)
    written, calls = Letters.write, iter(range(2))

    def meanwhile(self: Letters, *args: Any, **kwargs: Any) -> Any:
        if next(calls) == place:
            assert crm_both("campaign", "pause", "Spring").code == 0
        return written(self, *args, **kwargs)

    monkeypatch.setattr(Letters, "write", meanwhile)
    done = crm_both("campaign", "send", "Spring", "--yes")
    assert (0, True) == (done.code, "paused" in done.stderr)
    assert len(server.mailboxes) <= place


def test_waiting(crm: Run, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short waits are waited for, and with --wait all that is left is sent in one run, what was put off too."""
    from datetime import timedelta

    monkeypatch.delenv("CRM_NOW")
    monkeypatch.setattr("crmcli.domain.pacing.RETRIES", (timedelta(seconds=1),) * 4)
    monkeypatch.setattr("crmcli.domain.pacing._MINUTE", timedelta(seconds=1))
    people(crm, "a@x.com", "greylisted@x.com", "b@x.com")
    campaign(crm, "--per-minute", "2")
    assert (3, 0) == counts(crm, "--wait", names=("sent", "left"))
    assert {"a@x.com": 1, "greylisted@x.com": 1, "b@x.com": 1} == server.mailboxes
