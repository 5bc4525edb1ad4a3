"""``crm campaign send``: what it asks, what it says, and the settings that it goes by."""

from __future__ import annotations

import json
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.mail_server import MailServer, port_of_nobody
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]

SENDER = '[smtp]\nfrom = "Acme <news@acme.com>"\n'


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings; a sender is set and no server."""
    path = tmp_path / "crm.toml"
    path.write_text(SENDER, "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(path))
    monkeypatch.setattr("crmcli.io.mail.smtp._PAUSES", (0.0, 0.0))
    return path


@pytest.fixture
@once
def spring(crm: Run, settings: Path) -> Run:
    """A campaign to two people, one of whom has no address."""
    crm("contact", "add", "Jane Doe", "--email", "jane@acme.com")
    crm("contact", "add", "Bob")
    crm("segment", "add", "all", "--filter", "name is not empty")
    crm(
        "template",
        "add",
        "hello",
        "--subject",
        "Hello {{ contact.given_name }}",
        "--text",
        "-",
        stdin="hi {{ unsubscribe_url }}",
    )
    crm("campaign", "add", "Spring", "--segment", "all", "--template", "hello")
    return crm


def written(folder: Path) -> list[Any]:
    """The messages in a folder."""
    return [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def status(crm: Run) -> str:
    """The state of the campaign."""
    listed: Any = crm("campaign", "list", "--format", "json").json()
    return str(listed[0]["status"])


def test_a_dry_run_says_who_gets_what_and_changes_nothing(spring: Run) -> None:
    """Rows on stdout, what they come to on stderr; the draft stays one."""
    done = spring("campaign", "send", "Spring", "--dry-run")
    rows = [line.split("\t") for line in done.lines]
    assert ["member", "name", "address", "status", "reason", "variant", "subject"] == rows[0]
    assert [
        ["Jane Doe", "jane@acme.com", "send", "", "", "Hello Jane"],
        ["Bob", "", "skipped", "no address", "", ""],
    ] == [row[1:] for row in rows[1:]]
    assert (
        "dry run: 1 would get it; 1 no address; nothing was sent\n"
        "crm: warning: it can't be sent so: no mail server is set"
        " (try: crm config set smtp.host mail.example.com, or --outbox DIR)\n"
    ) == done.stderr
    assert "draft" == status(spring)
    assert [] == spring("campaign", "members", "Spring", "--format", "json").json()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("edit", "Spring", "--account", "nope"), "no mail account nope in the settings"),
        (("cancel", "Spring"), "campaign Spring is canceled (try: crm campaign clone 'Spring' NAME)"),
        (
            ("edit", "Spring", "--clear", "segment"),
            "campaign Spring is for nobody (try: crm campaign edit 'Spring' --segment NAME)",
        ),
    ],
)
def test_a_dry_run_says_what_would_be_refused(spring: Run, settings: Path, change: tuple[str, ...], said: str) -> None:
    """Beforehand what the sending itself refuses, too."""
    settings.write_text(f'{SENDER}host = "127.0.0.1"\nport = {port_of_nobody()}\n')
    assert "it can't be sent so" not in spring("campaign", "send", "Spring", "--dry-run").stderr
    assert 0 == spring("campaign", *change).code
    tried = spring("campaign", "send", "Spring", "--dry-run")
    assert (0, True) == (tried.code, f"crm: warning: it can't be sent so: {said}" in tried.stderr)
    sent = spring("campaign", "send", "Spring", "--yes")
    assert (True, True) == (sent.code in (3, 5), sent.stderr.startswith(f"crm: error: {said}"))


def test_a_campaign_for_nobody_is_not_begun(spring: Run, tmp_path: Path) -> None:
    """Refused with the remedy, and it stays a draft."""
    spring("campaign", "edit", "Spring", "--clear", "segment")
    done = spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out")
    told = "crm: error: campaign Spring is for nobody (try: crm campaign edit 'Spring' --segment NAME)\n"
    assert (5, told, "draft") == (done.code, done.stderr, status(spring))


def test_whom_it_skipped_is_said_with_the_way_to_see_why(spring: Run, tmp_path: Path) -> None:
    """The count alone would leave it open."""
    done = spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out")
    assert "1 skipped (why: crm campaign members 'Spring' --status skipped; " in done.stderr


def test_it_asks_first(spring: Run, tmp_path: Path) -> None:
    """On a terminal a yes is wanted, elsewhere --yes."""
    refused = spring("campaign", "send", "Spring", "--outbox", tmp_path / "out")
    assert (2, True) == (refused.code, "--yes" in refused.stderr)
    no = spring("campaign", "send", "Spring", "--outbox", tmp_path / "out", stdin="n\n", tty=True)
    assert (0, True) == (no.code, "send Spring to 1 person? [y/N] nothing was sent" in no.stderr)
    assert "draft" == status(spring)
    yes = spring("campaign", "send", "Spring", "--outbox", tmp_path / "out", stdin="y\n", tty=True)
    assert (0, True) == (yes.code, "sent Spring" in yes.stdout)
    assert 1 == len(written(tmp_path / "out"))


def test_into_a_folder(spring: Run, tmp_path: Path) -> None:
    """One file for each person, the members' states, and the summary as JSON; a second run writes nothing."""
    done = spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out")
    assert {
        "sent": 1, "failed": 0, "skipped": 1, "in_doubt": 0, "retry": 0, "left": 0, "next_at": None,
    } == json.loads(done.stdout)  # fmt: skip
    (message,) = written(tmp_path / "out")
    assert ("Hello Jane", "Jane Doe <jane@acme.com>") == (message["Subject"], message["To"])
    rows: Any = spring("campaign", "members", "Spring", "--format", "json").json()
    assert [("sent", None), ("skipped", "no address")] == [(row["status"], row["reason"]) for row in rows]
    spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out")
    assert 1 == len(written(tmp_path / "out"))


def test_a_sample(spring: Run, tmp_path: Path) -> None:
    """--test writes the first person's message to somebody else, marked, and nothing of the campaign changes."""
    done = spring("campaign", "send", "Spring", "--test", "me@acme.com", "--outbox", tmp_path / "out")
    assert 0 == done.code, done.stderr
    (message,) = written(tmp_path / "out")
    assert ("[test] Hello Jane", "me@acme.com") == (message["Subject"], message["To"].addresses[0].addr_spec)
    assert "draft" == status(spring)
    for address in ("nonsense", "a@b.com\r\nBcc: c@d.com"):
        assert 2 == spring("campaign", "send", "Spring", "--test", address, "--outbox", tmp_path / "out").code
    assert 2 == spring("campaign", "send", "Spring", "--test", "me@acme.com", "--dry-run").code


def test_a_sample_that_is_not_taken(spring: Run, settings: Path) -> None:
    """A server that is not there, or says no, is an error."""
    settings.write_text(f'{SENDER}host = "127.0.0.1"\nport = {port_of_nobody()}\n')
    done = spring("campaign", "send", "Spring", "--test", "me@acme.com")
    assert (5, True) == (done.code, "connection refused" in done.stderr)
    with MailServer() as server:
        settings.write_text(server.settings, "utf-8")
        done = spring("campaign", "send", "Spring", "--test", "unknown@acme.com")
        assert (5, True) == (done.code, "550 5.1.1 no such user here" in done.stderr)
        assert 0 == spring("campaign", "send", "Spring", "--test", "me@acme.com").code


@pytest.mark.parametrize("verb", ["pause", "complete", "cancel"])
def test_not_every_campaign_is_sent(spring: Run, tmp_path: Path, verb: str) -> None:
    """A paused or ended one is refused, saying so."""
    spring("campaign", "start", "Spring")
    assert 0 == spring("campaign", verb, "Spring").code
    done = spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out")
    assert (5, True) == (done.code, "Spring is " in done.stderr)


def test_what_is_not_mailed(crm: Run, settings: Path) -> None:
    """A fair is not sent, nor a mail that says nothing, nor one that there is not."""
    crm("campaign", "add", "Fair", "--kind", "exhibition")
    crm("campaign", "add", "Empty", "--kind", "email")
    assert (5, True) == (
        crm("campaign", "send", "Fair", "--yes").code,
        "not mailed" in crm("campaign", "send", "Fair", "--yes").stderr,
    )
    assert "no template" in crm("campaign", "send", "Empty", "--yes").stderr
    assert 3 == crm("campaign", "send", "Sprnig", "--yes").code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no sender is set"),
        (SENDER, "no mail server is set"),
        ('[smtp]\nhost = "x.com"\nfrom = "nonsense"\n', "not an e-mail address"),
        ('[smtp]\nhost = "x.com"\nfrom = "юра@x.com"\n', "not every server takes"),
        (f'{SENDER}host = "localhost"\nreply_to = "nobody"\n', "smtp.reply_to"),
        (f'{SENDER}host = "mail.x.com"\nuser = "me"\nport = 1\nsecurity = "starttls"\n', "CRM_SMTP_PASSWORD"),
        (f'{SENDER}host = "mail.x.com"\nuser = "me"\nsecurity = "none"\n', "in the clear"),
        (f'{SENDER}host = "localhost"\n[dkim]\nkey_file = "/nowhere/key"\n', "dkim.selector"),
        (
            f'{SENDER}host = "localhost"\n[dkim]\nkey_file = "/nowhere/key"\nselector = "s"\ndomain = "acme.com"\n',
            "can't be read",
        ),
    ],
)
def test_settings_that_lack_something(spring: Run, settings: Path, text: str, words: str) -> None:
    """Nothing is started, and what is missing is named."""
    settings.write_text(text, "utf-8")
    done = spring("campaign", "send", "Spring", "--yes")
    assert words in done.stderr
    assert done.code in (2, 5)
    assert "draft" == status(spring)


def test_another_account(spring: Run, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A campaign goes out through the account it names, which is also set by the shell; one that there is not is an error."""
    with MailServer() as server:
        settings.write_text(f'{SENDER}host = "127.0.0.1"\nport = {port_of_nobody()}\n', "utf-8")
        for name, value in (("host", "127.0.0.1"), ("port", server.port), ("from", "Sales <sales@acme.com>")):
            assert 0 == spring("config", "set", f"smtp.accounts.sales.{name}", value).code
        assert 0 == spring("campaign", "edit", "Spring", "--account", "sales").code
        assert 0 == spring("campaign", "send", "Spring", "--yes").code
        assert ["sales+b-"] == [sender[:8] for sender, _, _ in server.desk.taken]
    assert 0 == spring("campaign", "edit", "Spring", "--account", "other").code
    assert 3 == spring("campaign", "send", "Spring", "--yes").code


def test_settings_of_a_folder_are_not_trusted(spring: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crm.toml that lies about can't say where mail goes."""
    monkeypatch.delenv("CRM_CONFIG")
    (tmp_path / "crm.toml").write_text('[smtp]\nhost = "evil.com"\n[smtp.accounts.x]\nhost = "evil.com"\n', "utf-8")
    done = spring("campaign", "send", "Spring", "--yes")
    assert "smtp.accounts.x.host" in done.stderr
    assert "is not trusted" in done.stderr
    assert 5 == done.code


def test_signed(spring: Run, settings: Path, tmp_path: Path) -> None:
    """With a key each message is signed so that it can be verified; what is no key is refused before anything is sent."""
    import subprocess

    dkim = pytest.importorskip("dkim")
    key = tmp_path / "key.pem"
    settings.write_text(f'{SENDER}[dkim]\nkey_file = "{key}"\nselector = "s1"\ndomain = "acme.com"\n', "utf-8")
    key.write_text("no key")
    assert 5 == spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out").code
    try:
        subprocess.run(["openssl", "genrsa", "-out", str(key), "1024"], check=True, capture_output=True)
        words = ["openssl", "rsa", "-in", str(key), "-pubout", "-outform", "DER"]
        public = subprocess.run(words, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here")
    assert 0 == spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out").code
    from base64 import b64encode

    (path,) = (tmp_path / "out").glob("*.eml")
    content = path.read_bytes().partition(b"\r\n")[2]  # without the Return-Path, which is not sent
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)

    def answer(name: bytes, timeout: int = 5) -> bytes | None:
        return record if name.startswith(b"s1._domainkey.acme.com") else None

    assert dkim.verify(content, dnsfunc=answer)
    assert not dkim.verify(content.replace(b"Hello", b"Hullo"), dnsfunc=answer)


def test_links_that_are_counted(spring: Run, settings: Path, tmp_path: Path) -> None:
    """Only where tracking is set do links lead past it, never the one to unsubscribe."""
    page = '<html><body><a href="https://acme.com/shop?a=1&amp;b=2">shop</a> <a href="{{ unsubscribe_url }}">bye</a></body></html>'
    (tmp_path / "page.html").write_text(page)
    spring(
        "template",
        "add",
        "page",
        "--subject",
        "x",
        "--text",
        "-",
        "--html",
        tmp_path / "page.html",
        stdin="text {{ unsubscribe_url }}",
    )
    spring("campaign", "edit", "Spring", "--template", "page")
    settings.write_text(
        f'{SENDER}[marketing]\ntracking_url = "https://t.acme.com"\nunsubscribe_url = "https://acme.com/leave"\n',
        "utf-8",
    )
    spring("campaign", "send", "Spring", "--yes", "--outbox", tmp_path / "out")
    ((_, html),) = ([part.get_content() for part in message.iter_parts()] for message in written(tmp_path / "out"))
    assert "/c/" in html
    assert "u=https%3A%2F%2Facme.com%2Fshop%3Fa%3D1%26b%3D2" in html
    assert 'href="https://acme.com/leave?token=' in html
    assert 1 == html.count(".gif")


def test_progress_says_how_fast_it_goes() -> None:
    """On a terminal: a bar, the count, messages a second, and how long it will take."""
    import io
    import re

    from crmcli.render.diagnostics import Progress

    progress = Progress(io.StringIO(), "sending Spring", 100, shown=False, rate=True)
    assert "/s" not in progress.line()
    progress._began_at -= 10
    progress.advance(50)
    assert re.search(r"50% 50/100, 5/s, 0:00:(10|09) left$", progress.line())
