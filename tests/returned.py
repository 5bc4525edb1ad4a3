"""A campaign that went out, and mails that come back for it."""

from __future__ import annotations

from email import message_from_bytes
from typing import TYPE_CHECKING, NamedTuple

from crmcli.domain.return_addresses import read_returned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.conftest import Result

    Crm = Callable[..., Result]

SETTINGS = """
[smtp]
from = "Acme <news@acme.com>"
[mail]
addresses = ["me@acme.com"]
[marketing]
tracking_url = "https://t.acme.com"
confirm_url = "https://acme.com/yes/{token}"
"""
DAY = "Sat, 21 Nov 2026 11:30:00 +0000"


class Gone(NamedTuple):
    """A message that went out: its id and its token."""

    id: str
    token: str

    @property
    def returns(self) -> str:
        """Where it comes back to."""
        return f"news+b-{self.token}@acme.com"

    @property
    def leave(self) -> str:
        """Where a mail takes its reader off the list."""
        return f"news+u-{self.token}@acme.com"


def settings(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = SETTINGS) -> None:
    """Have these settings."""
    config = folder / "crm.toml"
    config.write_text(text, "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))


def prepared(crm: Crm, *names: str) -> None:
    """People, a segment of all of them and a template."""
    for name in names:
        assert crm("contact", "add", name, "--email", f"{name.lower()}@x.com").code == 0
    assert crm("segment", "add", "all", "--filter", "name is not empty").code == 0
    text = "{{ unsubscribe_url }}\n"
    assert crm("template", "add", "hello", "--subject", "Hello", "--text", "-", stdin=text).code == 0


def sent(crm: Crm, folder: Path, campaign: str = "Spring") -> dict[str, Gone]:
    """Send a campaign to everybody; what each person got."""
    box = folder / f"out-{campaign}"
    assert crm("campaign", "add", campaign, "--segment", "all", "--template", "hello").code == 0
    done = crm("campaign", "send", campaign, "--yes", "--outbox", box)
    assert done.code == 0, done.stderr
    found = {}
    for file in box.glob("*.eml"):
        message = message_from_bytes(file.read_bytes())
        returned = read_returned(message["Return-Path"])
        assert returned is not None
        found[message["To"].partition(" ")[0]] = Gone(message["Message-ID"], returned.token)
    return found


def bounce(
    gone: Gone | None, number: int, status: str = "5.1.1", *, to: str = "news@acme.com", named: str = "jane@x.com"
) -> str:
    """A report that a message could not be delivered."""
    copy = f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {gone.id}\n\n" if gone else ""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.com\nTo: {to}\nSubject: Undelivered Mail\nDate: {DAY}\n"
        f"Message-ID: <b{number}@mx.com>\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        "--B\nContent-Type: text/plain\n\nsorry\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; {named}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; said {status}\n\n"
        f"{copy}--B--\n"
    )


def complaint(gone: Gone, number: int = 1) -> str:
    """A report that somebody called a message spam."""
    return (
        f"From: staff@isp.com\nTo: abuse@acme.com\nDate: {DAY}\nMessage-ID: <c{number}@isp.com>\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=B\n\n--B\n"
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--B\nContent-Type: message/rfc822\n\n"
        f"Message-ID: {gone.id}\n\nhi\n--B--\n"
    )


def mail(
    sender: str,
    text: str = "",
    *,
    to: str = "news@acme.com",
    about: Gone | None = None,
    headers: str = "",
    number: int = 1,
) -> str:
    """A mail of a person."""
    answers = f"In-Reply-To: {about.id}\n" if about else ""
    return (
        f"From: {sender}\nTo: {to}\n{answers}{headers}Date: {DAY}\nMessage-ID: <m{number}-{sender.strip('<>')}>\n"
        f"{'' if 'Subject:' in headers else 'Subject: Re: Hello'}\n\n{text}\n"
    )


def mbox(folder: Path, *texts: str, name: str = "returns.mbox") -> Path:
    """A mailbox of these mails."""
    path = folder / name
    path.write_text("".join(f"From x Sat Nov 21 11:30:00 2026\n{text}\n" for text in texts), "utf-8")
    return path
