"""An mbox taken apart line by line, so that its size does not matter."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import IO, TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.mail.headers import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

LARGEST = 150_000_000  # bytes of one message; of a larger one only its place is told
_LINE = 1 << 20
_HEADER = re.compile(rb"(?:[!-9;-~]+[ \t]*:|>From )")
_DATED = re.compile(
    rb"From .*?(?P<date>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\b\d\d?:\d\d.*\b\d{4}\b.*)", re.IGNORECASE | re.DOTALL
)
_BARE = re.compile(rb"From \S+\s*$")
# What a message begins with, and hardly any other text that has lines like headers: cards, calendars, settings, notes.
_OF_MAIL = re.compile(
    rb"^(?:from|sender|reply-to|to|cc|bcc|subject|message-id|received|return-path|delivered-to|mime-version"
    rb"|content-type|resent-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_ASCTIME = re.compile(r"(\w+) +(\w+) +(\d+) +([\d:]+)(?: +[A-Z]{2,5})?(?: +([+-]\d{4}))? +(\d{4})(?: +([+-]\d{4}))?")


class Raw(NamedTuple):
    """A message as it lies there: its bytes, where it is, when it arrived; or why its bytes can't be had.

    ``filed`` is the time of the file that it lies in, for a message of which nothing else tells when it was.
    """

    content: bytes
    place: str
    arrived: datetime | None = None
    fault: str = ""
    filed: datetime | None = None


class Gathered:
    """The lines of one message; those of a message beyond all measure are counted and let go."""

    def __init__(self, place: str, arrived: datetime | None) -> None:
        self._place = place
        self._arrived = arrived
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> None:
        """Take one more line."""
        self._size += len(line)
        if self._size > LARGEST:
            self._lines.clear()
        else:
            self._lines.append(line)

    def raw(self, *, unquote: bool = False) -> Raw:
        """The message, with the quote marks taken off that an mbox puts before lines which begin with ``From``."""
        if self._size > LARGEST:
            return Raw(b"", self._place, None, f"is larger than {LARGEST // 1_000_000} MB")
        content = b"".join(self._lines)
        return Raw(_QUOTED_FROM.sub(rb"\1", content) if unquote else content, self._place, self._arrived)


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream, a very long one in pieces."""
    while line := stream.readline(_LINE):
        yield line


def looks_like_header(line: bytes) -> bool:
    """Whether a line can be the first of a message."""
    return bool(_HEADER.match(line))


def looks_like_mail(start: bytes) -> bool:
    """Whether a file that begins like this holds mail: it begins with headers, one of which only mail has."""
    lines = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()
    rest = lines[1:] if lines and lines[0].startswith(b"From ") else lines
    headers = takewhile(lambda line: looks_like_header(line) or line[:1] in (b" ", b"\t"), rest)
    return any(_OF_MAIL.match(line) for line in headers)


def split(lines: Iterable[bytes], name: str) -> Iterator[Raw]:
    """The messages of an mbox, each named by its number; lengths that headers claim are not believed."""
    message: Gathered | None = None
    number, after_blank, whole = 0, True, True
    pending: bytes | None = None  # a line that begins a message if a header comes next
    for line in lines:
        if pending is not None and (message is None or looks_like_header(line)):
            if message is not None:
                yield message.raw(unquote=True)
            number += 1
            message = Gathered(f"{name}, message {number}", _moment(pending))
        elif pending is not None and message is not None:
            message.add(pending)
        pending = line if whole and _separates(line, first=message is None, after_blank=after_blank) else None
        if pending is None and message is not None:
            message.add(line)
        after_blank, whole = whole and not line.strip(b"\r\n"), line.endswith(b"\n")
    if message is not None:
        if pending is not None:
            message.add(pending)
        yield message.raw(unquote=True)


def _separates(line: bytes, *, first: bool, after_blank: bool) -> bool:
    """Whether a line looks like the one that stands before each message: with a date, or a bare address after a gap."""
    return line.startswith(b"From ") and bool(first or _DATED.match(line) or (after_blank and _BARE.match(line)))


def _moment(line: bytes) -> datetime | None:
    """The time of arrival that a From line tells, which has the year last."""
    found = _DATED.match(line)
    text = found["date"].decode("ascii", "replace") if found else ""
    usual = _ASCTIME.match(text)
    if usual is None:
        return moment(text)
    day, month, number, clock, before, year, after = usual.groups()
    return moment(f"{day}, {number} {month} {year} {clock} {before or after or '+0000'}")
