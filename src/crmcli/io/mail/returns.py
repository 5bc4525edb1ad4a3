"""What came back for a message that was sent: a bounce, a complaint, an answer of a person or a machine, a farewell.

Which message it is about is told by the addresses that are made for each message, by its Message-ID wherever it stands in
the mail, and failing these by the address that it did not reach.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from typing import TYPE_CHECKING

from crmcli.domain.bounces import is_hard
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.leaving import asks_to_leave
from crmcli.domain.return_addresses import read_returned, uid_in
from crmcli.io.mail.charsets import decoded
from crmcli.io.mail.headers import addresses, raw_header, raw_headers, words
from crmcli.io.mail.kinds import failure_of, is_from_nobody, is_mail_server
from crmcli.io.mail.messages import message_in, stumbling
from crmcli.io.mail.parts import content_of, kind_of, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from email.message import Message as Part

    from crmcli.io.mail.kinds import Failure
    from crmcli.io.mail.messages import Message

BOUNCE, COMPLAINT, AUTO_REPLY, UNSUBSCRIBE, REPLY, OTHER = (
    "bounce", "complaint", "auto_reply", "unsubscribe", "reply", "other",
)  # fmt: skip
# Where it says to whom a mail was delivered; the first are written by the server that delivered it.
_DELIVERED = (
    "x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-delivered-to", "apparently-to", "to", "cc",
    "resent-to",
)  # fmt: skip
_MOST_OF_PART = 200_000  # characters of a part that are looked through
_MOST_PARTS = 200
_ORIGINAL = re.compile(r"^(?:original-rcpt-to|final-recipient|original-recipient):(.*)$", re.IGNORECASE | re.MULTILINE)


class Returned(NamedTuple):
    """A mail that came back: of which kind, and what ties it to a message of ours.

    ``tokens`` come before ``uids``, and both before ``addresses``, those that were not reached, complained or want to leave.
    ``is_hard`` tells of a bounce whether the address will never work, ``reason`` is the server's word.
    """

    kind: str
    message: Message
    tokens: tuple[str, ...] = ()
    uids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    is_hard: bool = False
    reason: str = ""


def read_return(content: bytes, arrived: datetime | None = None, latest: datetime | None = None) -> Returned:
    """What a mail is to whoever sent campaigns; raises BadValue for one that can't be read."""
    with stumbling():
        part = message_from_bytes(content)
        return _read(part, message_in(part, arrived, latest))


def may_be_return(head: bytes) -> bool:
    """Whether a mail is worth fetching, by its headers alone."""
    with stumbling():
        part = message_from_bytes(head)
        if _tokens_of(part) or _answered(part) or part.get_content_type() == "multipart/report":
            return True
        return is_mail_server(part) or is_from_nobody(part) or _read(part, message_in(part)).kind != OTHER


def _read(part: Part, message: Message) -> Returned:
    purposes = _tokens_of(part)
    own = tuple(token for token, _ in purposes)
    if _is_complaint(part):
        return _complaint(part, message, own)
    failure = message.failure or _unlikely_failure(part, message, came_back="bounce" in dict(purposes).values())
    if failure is not None:
        return _bounce(part, message, failure, own)
    leaving = tuple(token for token, purpose in purposes if purpose == "unsubscribe")
    if leaving:
        return Returned(UNSUBSCRIBE, message, leaving)
    answered = _answered(part)
    if message.auto_reply or _is_receipt(part) or is_from_nobody(part):
        return Returned(OTHER if is_mail_server(part) else AUTO_REPLY, message, own, answered)
    if asks_to_leave(message.subject, message.text):
        return Returned(UNSUBSCRIBE, message, own, answered, tuple(each.email.key for each in message.sender))
    return Returned(REPLY if own or answered else OTHER, message, own, answered)


# -- what ties it to a message


def _tokens_of(part: Part) -> tuple[tuple[str, str], ...]:
    """The tokens in the addresses that a mail went to, each with what it is for."""
    found = (read_returned(from_) for from_ in _delivered_to(part))
    return tuple(dict.fromkeys((each.token, each.purpose) for each in found if each is not None))


def _delivered_to(part: Part) -> Iterator[str]:
    for value in raw_headers(part, *_DELIVERED):
        yield from (each.email.value for each in addresses([value]))


def _answered(part: Part) -> tuple[str, ...]:
    """The uids of our messages that a mail says it answers, the latest first."""
    named = raw_headers(part, "in-reply-to") + raw_headers(part, "references")
    ids = [uid for value in named for word in reversed(value.split()) if (uid := uid_in(word))]
    return tuple(dict.fromkeys(ids))


def _is_receipt(part: Part) -> bool:
    """Whether a program says that a message arrived (RFC 3464), or was opened or deleted (RFC 8098), which is no answer."""
    return str(part.get_param("report-type") or "").lower() in ("disposition-notification", "delivery-status")


def _inside(part: Part) -> Iterator[str]:
    """All that a mail quotes: the headers and texts of its parts, decoded."""
    for place, each in enumerate(part.walk()):
        if place == _MOST_PARTS:
            return
        if place:
            yield "\n".join(f"{name}: {value}" for name, value in each.raw_items())
        if not each.is_multipart() and kind_of(each).partition("/")[0] in ("text", "message"):
            yield decoded(content_of(each)[:_MOST_OF_PART], each.get_content_charset())
        elif (copy := unpacked(each)) is not None:
            yield decoded(copy[:_MOST_OF_PART], None)


def _quoted(part: Part) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The tokens and uids of ours anywhere inside a mail, and whom the parts for machines name as its recipient."""
    tokens: dict[str, None] = {}
    uids: dict[str, None] = {}
    named: list[str] = []
    for text in _inside(part):
        for word in re.split(r"[\s,;\"]+", text):
            if "+" in word and "@" in word and (found := read_returned(word.removeprefix("<mailto:"))):
                tokens[found.token] = None
            if "@" in word and (uid := uid_in(word)):
                uids[uid] = None
        named += (value.rpartition(";")[2] for value in _ORIGINAL.findall(text))
    return tuple(tokens), tuple(uids), tuple(each.email.key for each in addresses(named))


# -- bounces


def _unlikely_failure(part: Part, message: Message, *, came_back: bool) -> Failure | None:
    """A bounce in words that nobody foresaw: it came back to the address for bounces, from a mail server.

    From nobody in particular it is one only if the words say so, for some machines answer for their owners that way.
    """
    if not came_back or message.auto_reply:
        return None
    sure = is_mail_server(part) or (is_from_nobody(part) and is_hard(message.text) is not None)
    return failure_of(part, message.text, came_back=True) if sure else None


def _bounce(part: Part, message: Message, failure: Failure, own: tuple[str, ...]) -> Returned:
    """A bounce; of a delay there is nothing to say yet, since the server goes on trying."""
    word, _, reason = failure.outcome.partition(": ")
    if word == "delayed":
        return Returned(OTHER, message)
    tokens, uids, named = _quoted(part)
    verdict = is_hard(reason)
    if verdict is None:
        verdict = is_hard(f"{reason}\n{message.text[:20_000]}")
    keys = tuple(dict.fromkeys([*(each.key for each in failure.recipients), *named]))
    return Returned(BOUNCE, message, (*own, *tokens), uids, keys, bool(verdict), reason or message.subject)


# -- complaints (RFC 5965)


def _is_complaint(part: Part) -> bool:
    if str(part.get_param("report-type") or "").lower() == "feedback-report":
        return True
    return any(kind_of(each) == "message/feedback-report" for each in part.walk())


def _complaint(part: Part, message: Message, own: tuple[str, ...]) -> Returned:
    """A complaint; a report on authentication or one that says ``not-spam`` is none."""
    kind = _feedback_type(part)
    if kind in ("auth-failure", "not-spam", "dmarc"):
        return Returned(OTHER, message)
    tokens, uids, named = _quoted(part)
    return Returned(COMPLAINT, message, (*own, *tokens), uids, named, reason=f"reported as {kind or 'spam'}")


def _feedback_type(part: Part) -> str:
    """What sort of feedback a report holds: ``abuse``, ``fraud``, ``not-spam``."""
    for each in part.walk():
        if kind_of(each) == "message/feedback-report":
            inner = each.get_payload()
            fields = inner[0] if isinstance(inner, list) and inner else message_from_bytes(content_of(each).lstrip())
            return words(raw_header(fields, "feedback-type")).lower()  # type: ignore[arg-type]
    return ""
