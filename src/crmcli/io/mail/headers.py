"""The headers of a message: words, addresses, ids and moments, however they were encoded or broken."""

from __future__ import annotations

import re
from binascii import a2b_base64
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from quopri import decodestring
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.people import read_email
from crmcli.errors import BadValue
from crmcli.io.mail.charsets import decoded, from_header, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message as Part

    from crmcli.domain.text import Matched

_WORD = re.compile(r"=\?([^?\s*]*)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_LOOSE_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]@]+@[^\s<>,;:\"()\[\]@]+")
_ID = re.compile(r"<([^<>]+)>")
_LONGEST_ID = 500
_MOST_IDS = 200
_LONGEST_HEADER = 100_000
_FIRST = datetime(1971, 1, 1, tzinfo=UTC)  # an earlier date is that of a clock which was never set


class Address(NamedTuple):
    """Somebody in a header: the name that is shown, often empty, and the address."""

    name: str
    email: Matched


def raw_headers(part: Part, *names: str) -> list[str]:
    """The headers of these names as they came, name by name: bytes outside ASCII are still surrogates."""
    return [str(value) for wanted in names for name, value in part.raw_items() if name.lower() == wanted]


def raw_header(part: Part, name: str) -> str:
    """The first header of that name, empty when there is none."""
    return next(iter(raw_headers(part, name)), "")


def words(raw: str) -> str:
    """A header's text on one line, its encoded words decoded."""
    return one_line(_unworded(from_header(raw[:_LONGEST_HEADER])))


def _unworded(text: str) -> str:
    """The text with RFC 2047 words decoded; those that stand together are one text, which a letter may straddle."""
    if "=?" not in text:
        return text
    parts: list[str] = []
    waiting, charset, place = b"", "", 0
    for found in _WORD.finditer(text):
        between = text[place : found.start()]
        own, content = found[1].lower(), _word_bytes(found[2].lower(), found[3])
        if waiting and (between.strip() or own != charset):
            parts.append(decoded(waiting, charset))
            waiting = b""
        if between.strip() or place == 0:
            parts.append(between)
        waiting, charset, place = waiting + content, own, found.end()
    return "".join([*parts, decoded(waiting, charset), text[place:]])


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogatepass")
    if encoding == "q":
        return decodestring(raw, header=True)
    bare = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    kept = bare[:-1] if len(bare) % 4 == 1 else bare
    return a2b_base64(kept + b"=" * (-len(kept) % 4))


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Everybody that these headers name, each once; where the grammar is broken, whatever looks like an address."""
    found: dict[str, Address] = {}
    for value in values:
        text = from_header(value[:_LONGEST_HEADER]).replace("\n", " ").replace("\r", " ")
        named = _people(getaddresses([text]))
        for each in named or _people(("", address) for address in _LOOSE_ADDRESS.findall(_unworded(text))):
            found.setdefault(each.email.key, each)
    return tuple(found.values())


def _people(pairs: Iterable[tuple[str, str]]) -> list[Address]:
    """Those of the names and addresses that can be one."""
    found = []
    for name, address in pairs:
        try:
            email = read_email(_unworded(address))
        except BadValue:
            continue
        shown = one_line(_unworded(name)).strip("'\" ")
        found.append(Address("" if "@" in shown else shown, email))
    return found


def ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header, without their brackets; of very many the first and the latest."""
    text = from_header(value[:_LONGEST_HEADER])
    found = _ID.findall(text) or [word for word in text.split() if "@" in word and "<" not in word]
    kept = tuple(dict.fromkeys(filter(None, map(_id, found))))
    return kept if len(kept) <= _MOST_IDS else (kept[0], *kept[1 - _MOST_IDS :])


def _id(text: str) -> str:
    kept = "".join(one_line(text).split())
    return kept if len(kept) <= _LONGEST_ID else f"{digest(kept)}@too-long"


def digest(text: str) -> str:
    """A short name for a long text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def moment(value: str) -> datetime | None:
    """The moment that a header or a From line tells, in UTC; None for what can't be read or can't be."""
    try:
        read = parsedate_to_datetime(value.strip()[:200])
        found = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return found.replace(microsecond=0) if found >= _FIRST else None
