"""Bytes into text: the encoding by its mark or by a guess, and each byte that does not fit kept as a visible flaw."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),  # before utf-16, whose mark it begins with
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_FLAW = "crmcli.flaw"
_FLAW_BASE = 0xDC00
_FLAWS = re.compile("[\udc00-\udcff]")
# Cyrillic words are runs of bytes from 0xC0 up; in the western code pages there are two such bytes together at most.
_HIGH_RUN = re.compile(rb"[\xc0-\xff]{3,}")
# ą ł ż of windows-1250 inside a word, where the western code page has ¹ ³ ¿, which never stand there.
_POLISH = re.compile(rb"[A-Za-z\xc0-\xff][\xb9\xb3\xbf][a-z\xc0-\xff]")


def _keep_flaw(error: UnicodeError) -> tuple[str, int]:
    """Turns each byte that cannot be decoded into a lone surrogate, which no decoder gives for good text."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_FLAW_BASE + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_FLAW, _keep_flaw)


def bad_byte(text: str) -> int | None:
    """The first byte of ``text`` that its encoding could not read; None if all is well."""
    if text.isascii():
        return None
    found = _FLAWS.search(text)
    return ord(found[0]) - _FLAW_BASE if found else None


def known_encoding(name: str) -> str:
    """Python's own name of an encoding; raises BadValue for one it does not know."""
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise BadValue("encoding", f"no encoding is called {name!r}", hint="try utf-8 or windows-1252") from error


def marked_encoding(head: bytes) -> str | None:
    """The encoding a byte order mark tells, or the zero bytes of an unmarked UTF-16 file; None if neither is there."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[:400:2].count(0), head[1:400:2].count(0)
    if max(even, odd) * 4 > len(head[:400]) and not min(even, odd):
        return "utf-16-le" if odd else "utf-16-be"
    return None


def guess_encoding(sample: bytes) -> str:
    """UTF-8 unless more of the sample contradicts it than fits; then the likeliest of three Windows code pages."""
    text = _decoder("utf-8").decode(sample)
    flaws = len(_FLAWS.findall(text))
    letters = len(text) - len(text.encode("ascii", "ignore")) - flaws
    if flaws <= letters:
        return "utf-8"
    high = sum(byte >= 0xC0 for byte in sample)
    in_runs = sum(map(len, _HIGH_RUN.findall(sample)))
    if in_runs * 2 > high:
        return "windows-1251"
    return "windows-1250" if _POLISH.search(sample) else "windows-1252"


class TextStream:
    """Decodes chunks as they come; the guess waits for the first byte that is not ASCII, however late."""

    def __init__(self, chunks: Iterable[bytes], encoding: str | None) -> None:
        self._chunks = chunks
        self._decoder = _decoder(encoding) if encoding else None
        self.encoding = encoding or "utf-8"

    def __iter__(self) -> Iterator[str]:
        first = True
        for chunk in self._chunks:
            text = self._decode(chunk)
            yield text.removeprefix("\ufeff") if first else text
            first = False
        if self._decoder:
            yield self._decoder.decode(b"", True)  # noqa: FBT003  # a decoder of the standard library takes no keyword

    def _decode(self, chunk: bytes) -> str:
        if self._decoder is None:
            if chunk.isascii():
                return chunk.decode("ascii")
            self.encoding = guess_encoding(chunk)
            self._decoder = _decoder(self.encoding)
        return self._decoder.decode(chunk)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)(_FLAW)
