"""Messages as they go over the wire, read back by the standard library's own reader."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.io.mail.outgoing import Letter, Letterhead, address_line, compose, one_line, part, stuffed, text_line

if TYPE_CHECKING:
    from email.message import EmailMessage

HEAD = Letterhead("news@acme.com", "Acme", "us@acme.com", "cp_1.acme.com", "cp_1:email:acme.com")
LETTER = Letter(
    "jane@x.com", "Jane", "Hello", "text\n", "<p>html</p>", "<ms_1@acme.com>", "Sat, 21 Nov 2026 12:00:00 +0000", "t" * 24,
    "news+u-t@acme.com", "https://acme.com/u/t",
)  # fmt: skip


def read(content: bytes) -> EmailMessage:
    """The message as a mail program sees it."""
    return BytesParser(policy=policy.default).parsebytes(content)  # type: ignore[return-value]


def test_a_whole_message() -> None:
    """Both parts, the text first, and every header once."""
    message = read(compose(HEAD, LETTER))
    assert ["multipart/alternative", "text/plain", "text/html"] == [each.get_content_type() for each in message.walk()]
    assert [] == message.defects
    assert len(message.keys()) == len({name.lower() for name in message.keys()})  # noqa: SIM118
    parts = [each.get_content().replace("\r\n", "\n") for each in message.iter_parts()]  # type: ignore[attr-defined]
    assert ["text\n", "<p>html</p>\n"] == parts
    assert ("bulk", "<cp_1.acme.com>", "us@acme.com") == (
        message["Precedence"],
        message["List-Id"],
        message["Reply-To"],
    )


def test_only_text() -> None:
    """Without HTML the text is the message."""
    message = read(compose(HEAD, LETTER._replace(html=None)))
    assert ("text/plain", "text\r\n") == (message.get_content_type(), message.get_content())


def test_no_one_click_without_https() -> None:
    """One click needs a page of its own that is safe to call."""
    message = read(compose(HEAD, LETTER._replace(unsubscribe_url="http://acme.com/u")))
    assert message["List-Unsubscribe-Post"] is None
    message = read(compose(HEAD, LETTER._replace(unsubscribe_url="")))
    assert "<mailto:news+u-t@acme.com?subject=unsubscribe>" == message["List-Unsubscribe"]


WORDS = st.text(max_size=300)


@given(WORDS)
def test_any_subject_is_one_header(text: str) -> None:
    """Whatever it holds, it is read back as it is on one line, in short lines of ASCII, and no other header comes of it."""
    line = text_line("Subject", text)
    message = read(line.encode() + b"\r\n")
    assert ["Subject"] == message.keys()
    assert " ".join(one_line(text).split()) == " ".join(str(message["Subject"]).split())
    assert line.isascii()
    assert all(len(each) <= 78 for each in line.split("\r\n"))


@given(WORDS)
def test_any_name_is_a_name(text: str) -> None:
    """Whatever a person is called, the header names one mailbox, and it is the one that was meant."""
    message = read(address_line("To", text, "jane@x.com").encode() + b"\r\n")
    assert (["To"], ["jane@x.com"]) == (message.keys(), [each.addr_spec for each in message["To"].addresses])


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe",
        "Doe, Jane",
        'The "Boss"',
        "Мария Иванова",
        "张伟",
        "محمد علي",
        "O'Brien (sales)",
        "a@b.com",
        "back\\slash",
        "Łódź <x>",
        "=?utf-8?q?x?=",
    ],
)
def test_names_arrive_as_they_are(name: str) -> None:
    """Commas, quotes, brackets and any script."""
    message = read(address_line("From", name, "jane@x.com").encode() + b"\r\n")
    assert name == message["From"].addresses[0].display_name


@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\ud800"]
)
def test_nothing_ends_a_line(end: str) -> None:
    """No character that anybody takes for the end of a line stays in a header."""
    assert "a Bcc: x@y.z" == one_line(f"a{end}Bcc: x@y.z")


@given(st.text(max_size=2000))
def test_any_text_arrives(text: str) -> None:
    """A body is read back as it was but for the ends of its lines, and no line of it is too long for a server."""
    lines = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    content = part(text, "plain")
    assert (lines if lines.endswith("\n") else lines + "\n") == read(content).get_content().replace("\r\n", "\n")
    assert all(len(line) <= 78 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain\n", "7bit"),
        ("x" * 100, "quoted-printable"),
        ("Grüße aus Wien und von überall", "quoted-printable"),
        ("Здравей, свят", "base64"),
        ("你好世界", "base64"),
        ("a\x00b", "quoted-printable"),
    ],
)
def test_the_encoding_that_fits(text: str, encoding: str) -> None:
    """As it is where that is safe, else what is shorter."""
    assert encoding == read(part(text, "plain"))["Content-Transfer-Encoding"]


def test_dots_at_the_beginning_of_lines() -> None:
    """A line of one dot would end the message; the last line does."""
    assert b"a\r\n..\r\n..b\r\n.\r\n" == stuffed(b"a\r\n.\r\n.b\r\n")
    assert b"a\r\n.\r\n" == stuffed(b"a")
