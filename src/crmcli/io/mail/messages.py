"""The bytes of a message as what a timeline wants of it; whatever the bytes are, there is an answer."""

from __future__ import annotations

from contextlib import contextmanager
from email import message_from_bytes
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue
from crmcli.io.mail.headers import addresses, digest, ids, moment, raw_header, raw_headers, words
from crmcli.io.mail.kinds import failure_of, is_auto_reply
from crmcli.io.mail.parts import files_in, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from email.message import Message as Part

    from crmcli.io.mail.headers import Address
    from crmcli.io.mail.kinds import Failure
    from crmcli.io.mail.parts import Attachment

# What the parser of the standard library may stumble over.
_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_LONGEST_SUBJECT = 1000


class Message(NamedTuple):
    """A message; ``sender`` wrote it, ``to`` and ``copied`` got it, ``links`` are the ids that it answers, eldest first.

    ``auto_reply`` and ``failure`` tell what no person wrote, ``list_id`` names the mailing list that passed it on. ``is_dated``
    is false when ``at`` is not its own time but that of its file.
    """

    id: str
    at: datetime | None
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    copied: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    links: tuple[str, ...]
    text: str
    files: tuple[Attachment, ...]
    auto_reply: bool = False
    failure: Failure | None = None
    list_id: str | None = None
    is_dated: bool = True


def read_message(content: bytes, arrived: datetime | None = None, latest: datetime | None = None) -> Message:
    """The message in some bytes, or what its headers alone tell of it.

    ``arrived`` is when the box says that it came, for a message that does not say; a date after ``latest`` is that of a
    clock gone wrong. Raises BadValue for a message that is no message.
    """
    with stumbling():
        return message_in(message_from_bytes(content), arrived, latest)


@contextmanager
def stumbling() -> Iterator[None]:
    """Turns what the parser of the standard library stumbles over into BadValue."""
    try:
        yield
    except _STUMBLES as error:
        raise BadValue("message", f"can't be read ({type(error).__name__})") from error


def message_in(part: Part, arrived: datetime | None = None, latest: datetime | None = None) -> Message:
    """The same of a message that was parsed already."""
    sender = _people(part, "from") or _people(part, "sender")
    to, copied = _people(part, "to", "resent-to"), _people(part, "cc", "bcc", "resent-cc", "resent-bcc")
    subject = words(raw_header(part, "subject"))[:_LONGEST_SUBJECT]
    text, files = text_in(part), files_in(part)
    failure = failure_of(part, text)
    own = next(iter(ids(raw_header(part, "message-id"))), None)
    return Message(
        own or _made_up(part, subject, text, files),
        _moment(part, arrived, latest),
        sender,
        to,
        copied,
        _people(part, "reply-to", "resent-from"),
        subject,
        _links(part, own, failure),
        text,
        files,
        failure is None and is_auto_reply(part),
        failure,
        _list(part),
    )


def _people(part: Part, *names: str) -> tuple[Address, ...]:
    return addresses(raw_headers(part, *names))


def _made_up(part: Part, subject: str, text: str, files: tuple[Attachment, ...]) -> str:
    """The id of a message that has none: the same for the same message, whichever box it lies in."""
    headers = [words(raw_header(part, name)) for name in ("date", "from", "to", "cc")]
    return f"{digest(chr(10).join([*headers, subject, text, *map(str, files)]))}@no-message-id"


def _moment(part: Part, arrived: datetime | None, latest: datetime | None) -> datetime | None:
    """When it was sent; else when the nearest server got it, or its box did."""
    said = [moment(value) for value in raw_headers(part, "date")]
    got = [moment(value.rpartition(";")[2]) for value in raw_headers(part, "received")]
    known = [at for at in (*said, *got, arrived) if at is not None]
    return next((at for at in known if latest is None or at <= latest), None)


def _links(part: Part, own: str | None, failure: Failure | None) -> tuple[str, ...]:
    """The ids that the message answers; some programs put the address of whom they answer among them."""
    people = {each.email.value for each in _people(part, "from", "to", "cc", "reply-to")}
    named = [
        link for header in ("references", "in-reply-to") for value in raw_headers(part, header) for link in ids(value)
    ]
    original = [failure.original] if failure and failure.original else []
    return tuple(dict.fromkeys(link for link in (*named, *original) if link != own and link not in people))


def _list(part: Part) -> str | None:
    text = words(raw_header(part, "list-id"))
    inside = text.rpartition("<")[2].partition(">")[0].strip() if "<" in text else text
    return inside[:200] or None
