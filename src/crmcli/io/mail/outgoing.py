"""A message as it goes over the wire: headers that nobody can add to, and bodies that every server takes.

``email.message`` would build the same in seven times the time, which counts when there are a hundred thousand of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = 78
_LONGEST_NAME = 100
# What ends a line for one reader or another, and what no header may hold; a lone surrogate can't be written at all.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_DOT = re.compile(rb"^\.", re.MULTILINE)
_LONG = re.compile(rb"[^\n]{79}")
_ODD = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


class Letterhead(NamedTuple):
    """What all messages of a campaign have in common."""

    sender: str
    sender_name: str = ""
    reply_to: str = ""
    list_id: str = ""
    feedback_id: str = ""


class Letter(NamedTuple):
    """One message; ``unsubscribe`` are the addresses to take oneself off the list by, one click on the web first."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str | None
    message_id: str
    date: str
    token: str
    unsubscribe_mail: str = ""
    unsubscribe_url: str = ""


def compose(head: Letterhead, letter: Letter) -> bytes:
    """The whole message, its lines ended by CRLF; UTF-8 stands in its headers only where an address needs it."""
    lines = [
        address_line("From", head.sender_name, head.sender),
        address_line("To", letter.to_name, letter.to),
        text_line("Subject", letter.subject),
        f"Date: {letter.date}\r\nMessage-ID: {letter.message_id}\r\n",
        *_list_lines(head, letter),
    ]
    return b"".join([("".join(lines) + "MIME-Version: 1.0\r\n").encode(), *_body(letter)])


def _list_lines(head: Letterhead, letter: Letter) -> Iterator[str]:
    if head.reply_to:
        yield address_line("Reply-To", "", head.reply_to)
    ways = [f"<{letter.unsubscribe_url}>"] if letter.unsubscribe_url else []
    ways += [f"<mailto:{letter.unsubscribe_mail}?subject=unsubscribe>"] if letter.unsubscribe_mail else []
    if ways:
        yield "List-Unsubscribe: " + ",\r\n ".join(ways) + "\r\n"
    if letter.unsubscribe_url.startswith("https://"):
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    if head.list_id:
        yield f"List-Id: <{head.list_id}>\r\nPrecedence: bulk\r\n"
    if head.feedback_id:
        yield f"Feedback-ID: {head.feedback_id}\r\n"


# -- headers


def one_line(text: str) -> str:
    """The text with everything that could end a line, and every control character, turned into a space."""
    return " ".join(_BREAKS.sub(" ", text).split())


def text_line(name: str, value: str) -> str:
    """A header of plain words, as encoded words where they are not ASCII, folded to short lines."""
    words = one_line(value)
    if words.isascii() and "=?" not in words and len(name) + len(words) < _LINE:
        return f"{name}: {words}\r\n"
    return f"{name}: {_encoded(words, name)}\r\n"


def address_line(name: str, display: str, address: str) -> str:
    """A header of one mailbox; the name can't be read as anything but a name."""
    shown = one_line(display)[:_LONGEST_NAME].strip()
    if not shown:
        return f"{name}: {address}\r\n"
    if _ATOMS.fullmatch(shown) and "=?" not in shown:
        words = shown
    elif shown.isascii() and "=?" not in shown:
        escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
        words = f'"{escaped}"'
    else:
        words = _encoded(shown, name)
    last = len(name) + 2 + len(words) if "\n" not in words else len(words.rpartition("\n")[2])
    gap = "\r\n " if last + len(address) + 3 > _LINE else " "
    return f"{name}: {words}{gap}<{address}>\r\n"


@lru_cache(maxsize=16)  # the sender's name, and a subject that is the same for all
def _encoded(words: str, name: str) -> str:
    """The words in RFC 2047's encoding, each encoded word short enough."""
    from email.header import Header

    return Header(words, "utf-8", maxlinelen=76, header_name=name).encode(linesep="\r\n")


# -- bodies


def _body(letter: Letter) -> Iterator[bytes]:
    """The text, or both the text and the HTML, the one to be preferred last."""
    if letter.html is None:
        yield part(letter.text, "plain")
        return
    mark = f"=_{letter.token}"  # nobody who writes a text knows the token
    yield f'Content-Type: multipart/alternative; boundary="{mark}"\r\n\r\n'.encode()
    for text, kind in ((letter.text, "plain"), (letter.html, "html")):
        yield f"--{mark}\r\n".encode()
        yield part(text, kind) + b"\r\n"  # the last end of a line belongs to the mark below it
    yield f"--{mark}--\r\n".encode()


def part(text: str, kind: str) -> bytes:
    """A text with its headers: as it is, in quoted-printable or in base64, whichever is the shortest that is safe."""
    content = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    content = content if content.endswith(b"\n") else content + b"\n"
    encoding, lines = _carried(content)
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + lines.replace(b"\n", b"\r\n")


def _carried(content: bytes) -> tuple[str, bytes]:
    import binascii
    from base64 import encodebytes

    if content.isascii():
        if not _LONG.search(content) and not _ODD.search(content):
            return "7bit", content
    elif len(content.decode(errors="ignore")) * 6 < len(content) * 5:  # more than every sixth byte would need three
        return "base64", encodebytes(content)
    return "quoted-printable", binascii.b2a_qp(content, istext=True)


def stuffed(message: bytes) -> bytes:
    """The message as it goes after DATA: dots that begin a line doubled, and the line with the dot that ends it."""
    return _DOT.sub(b"..", message) + (b"" if message.endswith(b"\r\n") else b"\r\n") + b".\r\n"
