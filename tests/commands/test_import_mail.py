"""``crm import mail``: boxes, pipes and a real IMAP server."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

TALK = """From jane@client.example Sat Nov 14 10:00:00 2026
Message-ID: <a@x>
Date: Sat, 14 Nov 2026 10:00:00 +0000
From: =?utf-8?Q?=C5=81ucja?= <jane@client.example>
To: me@acme.com
Subject: Question

How much?

From me@acme.com Sat Nov 14 11:00:00 2026
Message-ID: <b@x>
In-Reply-To: <a@x>
Date: Sat, 14 Nov 2026 11:00:00 +0000
From: me@acme.com
To: jane@client.example
Subject: Re: Question

10 EUR

"""
COUNTS = "read\tcreated\tunchanged\tunmatched\tauto_replies\tbounces\trejected"


@pytest.fixture
def talk(tmp_path: Path) -> str:
    """A conversation in an mbox."""
    path = tmp_path / "talk.mbox"
    path.write_text(TALK)
    return str(path)


def messages(crm: Crm) -> list[dict[str, Any]]:
    """The stored messages."""
    found: Any = crm("activity", "list", "--filter", "type = email", "--sort", "at", "--format", "json").json()
    return found  # type: ignore[no-any-return]


def test_an_mbox_as_it_is_written_in_the_help(crm_on: Crm, talk: str) -> None:
    crm_on("contact", "add", "Łucja", "--email", "jane@client.example", "--company", "Client")
    result = crm_on("import", "mail", talk, "--owner-address", "me@acme.com")
    assert (result.code, result.lines) == (0, [COUNTS, "2\t2\t0\t0\t0\t0\t0"])
    assert result.stderr == "crm undo takes it back\n"
    asked, answered = messages(crm_on)
    assert [each["direction"] for each in (asked, answered)] == ["in", "out"]
    assert (asked["thread"], answered["thread"], answered["body"]) == ("a@x", "a@x", "10 EUR")
    assert (asked["contacts"][0]["name"], asked["company"]["name"]) == ("Łucja", "Client")
    again = crm_on("import", "mail", talk, "--owner-address", "me@acme.com")
    assert (again.code, again.lines[1], again.stderr) == (0, "2\t0\t2\t0\t0\t0\t0", "nothing was changed\n")
    assert "import mail" in crm_on("history").stdout
    assert crm_on("undo").code == 0
    assert messages(crm_on) == []


def test_messages_of_nobody_known_are_told_of_with_the_remedy(crm: Crm, talk: str) -> None:
    result = crm("import", "mail", talk, "--owner-address", "me@acme.com")
    assert (result.code, result.lines[1]) == (0, "2\t0\t0\t2\t0\t0\t0")
    assert result.stderr == (
        "2 messages were left out, since nobody known takes part"
        " (--create-contacts adds the people, --keep-unmatched stores all)\nnothing was changed\n"
    )
    made = crm("import", "mail", talk, "--owner-address", "me@acme.com", "--create-contacts", "--format", "json")
    assert made.json() == {
        "read": 2, "created": 2, "unchanged": 0, "unmatched": 0, "auto_replies": 0, "bounces": 0, "contacts": 1,
        "undated": 0, "same_id": 0, "others": 0, "rejected": [], "rejected_count": 0,
    }  # fmt: skip
    assert made.stderr == "1 new contact\ncrm undo takes it back\n"
    assert crm("contact", "list", "--fields", "name,emails").lines[1] == "Łucja\tjane@client.example"


def test_a_message_on_a_pipe(crm: Crm) -> None:
    crm("contact", "add", "Jane", "--email", "jane@client.example")
    message = TALK.partition("\n")[2].partition("\nFrom me")[0]
    result = crm("import", "mail", "-", "--owner-address", "me@acme.com", stdin=message)
    assert (result.code, result.lines[1]) == (0, "1\t1\t0\t0\t0\t0\t0")
    assert crm("import", "mail", "-", "--owner-address", "me@acme.com", stdin=message).lines[1] == "1\t0\t1\t0\t0\t0\t0"
    empty = crm("import", "mail", "-", stdin="")
    assert (empty.code, empty.stderr) == (2, "crm: error: standard input is empty\n")


def test_the_owners_addresses_can_be_set_once(crm: Crm, talk: str) -> None:
    assert crm("config", "set", "mail.addresses", "me@acme.com,me@home.example").code == 0
    result = crm("import", "mail", talk, "--create-contacts")
    assert "no address of yours" not in result.stderr
    assert [each["direction"] for each in messages(crm)] == ["in", "out"]
    bad = crm("config", "set", "mail.addresses", "nobody")
    assert (bad.code, "is not an e-mail address" in bad.stderr) == (2, True)


def test_without_an_address_of_ones_own_all_is_received_and_it_is_said(crm: Crm, talk: str) -> None:
    result = crm("import", "mail", talk, "--keep-unmatched")
    assert "no address of yours is known" in result.stderr
    assert {each["direction"] for each in messages(crm)} == {"in"}


def test_a_trial_writes_nothing(crm: Crm, talk: str, tmp_path: Path) -> None:
    result = crm("import", "mail", talk, "--owner-address", "me@acme.com", "--create-contacts", "--dry-run")
    assert (result.code, result.lines[1]) == (0, "2\t2\t0\t0\t0\t0\t0")
    assert result.stderr.splitlines()[-1] == "dry run: nothing was changed"
    assert not (tmp_path / "crm.db").exists()


def test_rejected_messages_are_listed_and_the_rest_is_stored(crm: Crm, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    (box / "a.eml").write_text("no mail at all")
    (box / "talk.mbox").write_text(TALK)
    words = ("--keep-unmatched", "--owner-address", "me@acme.com")
    result = crm("import", "mail", box, *words)
    assert (result.code, result.lines[1]) == (7, "3\t2\t0\t0\t0\t0\t1")
    assert result.stderr.splitlines() == [
        "crm: error: 1 of 3 messages were rejected",
        f"  {box}/a.eml: is no mail",
    ]
    told = crm("import", "mail", box, *words, "--format", "json")
    assert json.loads(told.stdout)["rejected"] == [{"message": f"{box}/a.eml", "reason": "is no mail"}]


def test_a_message_without_a_date_is_not_lost(crm: Crm, tmp_path: Path) -> None:
    """A mail program that hands it over on a pipe is told that all went well."""
    words = ("--keep-unmatched", "--owner-address", "me@acme.com")
    note = "1 message without a date of its own goes by that of its file, or of this import\ncrm undo takes it back\n"
    piped = crm("import", "mail", "-", *words, stdin="From: a@b.example\n\nno date\n")
    assert (piped.code, piped.lines[1], piped.stderr) == (0, "1\t1\t0\t0\t0\t0\t0", note)
    box = tmp_path / "x.mbox"
    box.write_text("From x\nFrom: a@b.example\n\nno date either\n\n" + TALK)
    result = crm("import", "mail", box, *words)
    assert (result.code, result.lines[1], result.stderr) == (0, "3\t3\t0\t0\t0\t0\t0", note)


def test_what_was_left_out_or_skipped_is_told(crm: Crm, tmp_path: Path) -> None:
    cur = tmp_path / "md" / "cur"
    cur.mkdir(parents=True)
    one = "Message-ID: <a@x>\nFrom: jane@client.example\nDate: Sat, 14 Nov 2026 10:00:00 +0000\nSubject: {}\n\nhi\n"
    for number, subject in enumerate(("one", "two", "three")):
        (cur / f"179464320{number}.M1.host:2,S").write_text(one.format(subject))
    (cur / "dovecot.index").write_bytes(b"\0\1\2")
    result = crm("import", "mail", cur, "--keep-unmatched", "--owner-address", "me@acme.com")
    assert (result.code, result.lines[1]) == (0, "3\t1\t2\t0\t0\t0\t0")
    assert result.stderr.splitlines() == [
        "2 messages have the id of another that says something else, and were left out",
        "1 file holds no mail and was skipped",
        "crm undo takes it back",
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("missing.mbox",), 3, "no file missing.mbox"),
        (("talk.mbox", "--owner-address", "me"), 2, "owner-address: "),
        (("talk.mbox", "--since", "2026-01-01"), 2, "--since is for mail on a server"),
        (("talk.mbox", "--deal", "nothing"), 3, "no deal nothing"),
        (("imap://me@127.0.0.1:1/INBOX",), 2, "no password for me at 127.0.0.1"),
        (("imap://me:secret@mail.example/INBOX",), 2, "a password does not belong in the URL"),
        (("imap+plain://me@mail.example/INBOX",), 2, "in the clear"),
    ],
)
def test_what_is_refused(crm: Crm, talk: str, words: tuple[str, ...], code: int, said: str) -> None:
    result = crm("import", "mail", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "secret" not in result.stderr


def test_the_report_for_a_job_that_nobody_watches(crm: Crm, talk: str) -> None:
    result = crm(
        "--quiet", "import", "mail", talk, "--keep-unmatched", "--owner-address", "me@acme.com", "--report", "json"
    )
    assert (result.code, json.loads(result.stdout)["created"], result.stderr) == (0, 2, "")
    assert crm("import", "mail", talk, "--report", "xml").code == 2


def test_what_a_message_says_moves_no_terminal(crm: Crm) -> None:
    message = (
        'Message-ID: <a\x1b[2J@x>\nFrom: "\x1b]0;x\x07" <j@x.example>\nDate: Sat, 14 Nov 2026 10:00:00 +0000\n'
        "Subject: [red]\x1b[31m\x00\n\n\x1b[2J=cmd()\n"
    )
    result = crm("import", "mail", "-", "--create-contacts", stdin=message)
    shown = crm("activity", "list", "--fields", "subject,body,contacts,thread", "--format", "csv").stdout
    assert "\x1b" not in result.stdout + result.stderr + shown
    assert "[red]␛[31m" in shown
    assert "'=cmd" in shown or "␛[2J=cmd()" in shown


# -- a real server


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """An IMAP server of its own; its folders are those of its demonstration."""
    with _served("--no-tls") as number:
        yield number


@contextmanager
def _served(*security: str) -> Iterator[int]:
    """The port of a server that is there as long as the ``with`` lasts."""
    pytest.importorskip("pymap")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    code = "import sys; from pymap.main import main; sys.argv[0] = 'pymap'; main()"
    words = ["--host", "127.0.0.1", "--port", str(number), *security, "dict", "--demo-data"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        for _ in range(1800):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.05)
        yield number
        server.terminate()


@pytest.fixture
def server(port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The URL of a folder on the server, whose password is known."""
    monkeypatch.setenv("CRM_IMAP_PASSWORD", "demopass")
    return lambda folder: f"imap+plain://demouser@127.0.0.1:{port}/{folder}"


def flags(port: int, folder: str = "INBOX") -> list[bytes]:
    """The flags of the messages of a folder."""
    import imaplib

    with imaplib.IMAP4("127.0.0.1", port) as connection:
        connection.login("demouser", "demopass")
        connection.select(folder, readonly=True)
        found: Any = connection.fetch("1:*", "(FLAGS)")[1]
        return list(found)


def put(port: int, folder: str, *texts: str) -> None:
    """Put messages into a folder, which is made when it is missing."""
    import imaplib

    with imaplib.IMAP4("127.0.0.1", port) as connection:
        connection.login("demouser", "demopass")
        connection.create(folder)
        for text in texts:
            connection.append(folder, "", imaplib.Time2Internaldate(1794643200), text.replace("\n", "\r\n").encode())


def test_a_folder_on_a_server_is_read_once_and_nothing_is_marked(
    crm_on: Crm, port: int, server: Callable[[str], str]
) -> None:
    before = flags(port)
    first = crm_on("import", "mail", server("INBOX"), "--keep-unmatched", "--owner-address", "me@example.com")
    assert first.lines[1] == "4\t3\t0\t0\t0\t0\t1"  # one is of 1970, as clocks are that were never set
    again = crm_on("import", "mail", server("INBOX"), "--keep-unmatched", "--owner-address", "me@example.com")
    assert again.lines[1] == "4\t0\t3\t0\t0\t0\t1"
    assert flags(port) == before
    assert b"\\Seen" not in before[-1]
    assert len(messages(crm_on)) == 3


def test_only_new_messages_of_people_known_are_fetched_whole(
    crm: Crm, port: int, server: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from crmcli.io.mail import imap

    one, two = (f"{part}\n" for part in TALK.replace("From me@acme.com S", "\0").split("\0"))
    put(port, "Talk", one.partition("\n")[2], two.partition("\n")[2])
    fetched: list[int] = []
    whole = imap._whole

    def counted(connection: Any, uids: Any, *rest: Any) -> Any:
        fetched.extend(uids)
        return whole(connection, uids, *rest)

    monkeypatch.setattr(imap, "_whole", counted)
    nobody = crm("import", "mail", server("Talk"), "--owner-address", "me@acme.com")
    assert (nobody.lines[1], fetched) == ("2\t0\t0\t2\t0\t0\t0", [])
    crm("contact", "add", "Jane", "--email", "jane@client.example")
    known = crm("import", "mail", server("Talk"), "--owner-address", "me@acme.com")
    assert (known.lines[1], len(fetched)) == ("2\t2\t0\t0\t0\t0\t0", 2)
    again = crm("import", "mail", server("Talk"), "--owner-address", "me@acme.com")
    assert (again.lines[1], len(fetched)) == ("2\t0\t2\t0\t0\t0\t0", 2)


def test_since_a_day(crm: Crm, port: int, server: Callable[[str], str]) -> None:
    put(port, "Dated", TALK.partition("\n")[2].partition("\nFrom me")[0])
    words = ("--owner-address", "me@acme.com", "--keep-unmatched")
    assert crm("import", "mail", server("Dated"), "--since", "2026-11-15", *words).lines[1].startswith("0\t0")
    assert crm("import", "mail", server("Dated"), "--since", "-30d", *words).lines[1].startswith("1\t1")


def test_a_folder_whose_name_is_not_ascii(crm: Crm, port: int, server: Callable[[str], str]) -> None:
    put(port, '"&BB8EPgRHBEIEMA- x"', TALK.partition("\n")[2].partition("\nFrom me")[0])
    result = crm("import", "mail", server("%D0%9F%D0%BE%D1%87%D1%82%D0%B0%20x"), "--keep-unmatched")
    assert (result.code, result.lines[1]) == (0, "1\t1\t0\t0\t0\t0\t0")
    missing = crm("import", "mail", server("Nope"))
    assert missing.code == 6
    assert "demouser at 127.0.0.1 has no folder Nope (try: one of " in missing.stderr
    assert "Почта x" in missing.stderr


def test_what_a_server_refuses_is_one_line(
    crm: Crm, port: int, server: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encrypted = crm("import", "mail", f"imap://demouser@127.0.0.1:{port}/INBOX")
    assert encrypted.code == 6
    assert "does not speak TLS" in encrypted.stderr
    monkeypatch.setenv("CRM_IMAP_PASSWORD", "wrong")
    refused = crm("import", "mail", server("INBOX"))
    assert refused.code == 6
    assert "127.0.0.1 does not let demouser in: " in refused.stderr
    assert "wrong" not in refused.stderr
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = crm("import", "mail", f"imap://me@127.0.0.1:{nobody.getsockname()[1]}/INBOX")
    assert (gone.code, gone.stderr.count("\n")) == (6, 1)
    assert not (tmp_path / "crm.db").exists()


def test_a_certificate_is_checked(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name and by who signed it; with the right ones the very same folder is read."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(["openssl", *made, *names], check=True, capture_output=True)
    monkeypatch.setenv("CRM_IMAP_PASSWORD", "demopass")
    with _served("--cert", str(cert), "--key", str(key)) as number:
        url = f"imap+starttls://demouser@localhost:{number}/INBOX"
        unknown = crm("import", "mail", url, "--keep-unmatched")
        assert (unknown.code, "can't prove that it is localhost" in unknown.stderr) == (6, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert crm("import", "mail", url, "--keep-unmatched").lines[1] == "4\t3\t0\t0\t0\t0\t1"
        other = crm("import", "mail", url.replace("localhost", "127.0.0.1"))
        assert (other.code, "can't prove that it is 127.0.0.1" in other.stderr) == (6, True)


def test_a_server_that_says_nothing_is_given_up(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmcli.io.mail import imap

    monkeypatch.setenv("CRM_IMAP_PASSWORD", "x")
    monkeypatch.setattr(imap, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = crm("import", "mail", f"imap+plain://me@127.0.0.1:{silent.getsockname()[1]}/INBOX")
    assert (result.code, "no answer in time" in result.stderr) == (6, True)


def test_the_nasty_messages_of_the_standard_library(crm: Crm, shared: Path) -> None:
    """All 48, from a folder that names none as mail: one is no mail, 16 new ones have no date, one has the id of another."""
    words = ("--keep-unmatched", "--owner-address", "barry@python.org", "--format", "json")
    result = crm("import", "mail", shared / "mail", *words)
    found = json.loads(result.stdout)
    names = ("read", "created", "unchanged", "bounces", "undated", "same_id", "others", "rejected_count")
    assert (result.code, {name: found[name] for name in names}) == (0, {
        "read": 47, "created": 38, "unchanged": 9, "bounces": 3, "undated": 16, "same_id": 1, "others": 1,
        "rejected_count": 0,
    })  # fmt: skip
    again = json.loads(crm("import", "mail", shared / "mail", *words).stdout)
    assert (again["created"], again["undated"], again["same_id"], again["others"]) == (0, 0, 1, 1)
    assert crm("store", "check").code == 0
