"""What a message holds: the text that a person reads, and the files beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.mail.charsets import decoded, from_header, harmless
from crmcli.io.mail.flowed import unflowed
from crmcli.io.mail.headers import raw_header, words
from crmcli.io.mail.html_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as Part

LONGEST_TEXT = 1_000_000  # as of any other text that is kept
_LONGEST_NAME = 200
_MOST_FILES = 200
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
_READABLE = frozenset({"text/plain", "text/html"})
_SEPARATORS = re.compile(r"[\\/]")


class Attachment(NamedTuple):
    """A file that came with a message: its name without folders, and its size in bytes."""

    name: str
    size: int

    def __str__(self) -> str:
        """As it is listed: ``offer.pdf (12 kB)``."""
        return f"{self.name} ({_readable_size(self.size)})"


def _readable_size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def kind_of(part: Part) -> str:
    """The content type of a part; several that can't be told apart count as plain text."""
    kind = part.get_content_type()
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def text_in(message: Part) -> str:
    """The text that a person reads, cut with a remark where it is longer than a record holds."""
    text = harmless("\n\n".join(filter(None, _texts(message))))
    if len(text) <= LONGEST_TEXT:
        return text
    remark = f"\n\n[… cut: the message has {len(text):,} characters]"
    return text[: LONGEST_TEXT - len(remark)] + remark


def _texts(part: Part) -> Iterator[str]:
    """The texts of a part in their order, of alternatives the plainest that says anything."""
    kind = kind_of(part)
    if part.is_multipart():
        if kind.startswith("message/"):
            return
        inner = [(kind_of(each), "\n\n".join(_texts(each))) for each in _children(part)]
        if kind == "multipart/alternative":
            spoken = [(each, text) for each, text in inner if text.strip()]
            yield next((text for each, text in spoken if each == "text/plain"), spoken[-1][1] if spoken else "")
        else:
            yield from (text for _, text in inner if text.strip())
    elif kind in _READABLE and not _is_file(part):
        yield _text(part, kind)


def _text(part: Part, kind: str) -> str:
    text = decoded(content_of(part), part.get_content_charset())
    if kind == "text/html":
        return text_of(text)
    if str(part.get_param("format") or "").lower() == "flowed":
        text = unflowed(text, delete_space=str(part.get_param("delsp") or "").lower() == "yes")
    return text.strip("\r\n")


def _children(part: Part) -> list[Part]:
    payload = part.get_payload()
    return payload if isinstance(payload, list) else []  # type: ignore[return-value]


def content_of(part: Part) -> bytes:
    """The bytes of a part that holds no others."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def unpacked(part: Part) -> bytes | None:
    """The bytes of a message or report that was put into base64 whole, which the standard forbids; else None."""
    inner = part.get_payload()
    if raw_header(part, "content-transfer-encoding").strip().lower() != "base64" or not isinstance(inner, list):
        return None
    from binascii import a2b_base64

    try:
        return a2b_base64("".join(str(each.get_payload()) for each in inner))  # type: ignore[union-attr]
    except ValueError:
        return None


def _is_file(part: Part) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def files_in(message: Part) -> tuple[Attachment, ...]:
    """The files beside the text, a message that was attached counting as one."""
    found = list(_files(message))
    if len(found) > _MOST_FILES:
        rest = found[_MOST_FILES:]
        found[_MOST_FILES:] = [Attachment(f"and {len(rest):,} more", sum(each.size for each in rest))]
    return tuple(found)


def _files(part: Part) -> Iterator[Attachment]:
    kind = kind_of(part)
    if kind in _REPORTS:
        return
    if part.is_multipart() and not kind.startswith("message/"):
        for each in _children(part):
            yield from _files(each)
    elif _is_file(part) or kind not in _READABLE:
        yield Attachment(_name(part, kind), _size(part))


def _name(part: Part, kind: str) -> str:
    """The name that the sender gave, without folders; a mail that was attached goes by its subject."""
    given = part.get_filename() or ""
    if not given and kind == "message/rfc822":
        subject = next((words(raw_header(each, "subject")) for each in _children(part)), "")
        given = f"{_SEPARATORS.sub('-', subject)}.eml" if subject else ""
    name = _SEPARATORS.split(words(from_header(given)))[-1].strip(" .") if given.strip("./\\ ") else ""
    return (name or f"unnamed {words(kind)}")[-_LONGEST_NAME:]


def _size(part: Part) -> int:
    """The bytes of a part; those of base64 are reckoned, not decoded."""
    if part.is_multipart():
        return sum(_size(each) for each in _children(part))
    payload = part.get_payload()
    if raw_header(part, "content-transfer-encoding").strip().lower() == "base64" and isinstance(payload, str):
        kept = len(payload) - sum(payload.count(c) for c in "\r\n ")
        return kept * 3 // 4 - payload[-4:].count("=")
    return len(content_of(part))
