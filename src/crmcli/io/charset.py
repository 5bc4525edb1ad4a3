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
# What is looked at for a guess: this many bytes that are not ASCII, from not more than so much of the file.
_ENOUGH = 4096
_FAR = 1024 * 1024
_ASCII = bytes(range(128))
_TELLING_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")


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


def decoded(raw: bytes, encoding: str) -> str:
    """The text of these bytes, with a flaw for each that does not fit; ``bad_byte`` finds them."""
    return raw.decode(encoding, _FLAW)


def known_encoding(name: str) -> str:
    """Python's own name of an encoding; raises BadValue for one it does not know."""
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise BadValue("encoding", f"no encoding is called {name!r}", hint="try utf-8 or windows-1252") from error


def marked_encoding(head: bytes) -> str | None:
    """The encoding a byte order mark tells, or the zero bytes of an unmarked UTF-16 or UTF-32 file; None without."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[:2000]
    if not sample.count(0) * 25 > len(sample):
        return None
    zeros = [sample[n::4].count(0) * 4 for n in range(4)]  # CJK text in UTF-16 has zeros in its commas and line ends
    size = len(sample) // 4 * 4
    if size and zeros[2] + zeros[3] >= size * 2 - 8 and zeros[0] < size:
        wide = "utf-32-le"
    elif size and zeros[0] + zeros[1] >= size * 2 - 8 and zeros[3] < size:
        wide = "utf-32-be"
    else:
        low, high = zeros[0] + zeros[2], zeros[1] + zeros[3]
        if low and high:
            return None
        wide = "utf-16-le" if high else "utf-16-be"
    return wide if _is_text(sample, wide) else None


def told_encoding(head: bytes, given: str | None) -> str | None:
    """The encoding that was given or that the file tells; one that leaves the byte order open takes it from there."""
    marked = marked_encoding(head)
    if given is None:
        return marked
    name = known_encoding(given)
    return marked if marked and marked.startswith(name) else name


def _is_text(sample: bytes, encoding: str) -> bool:
    """Whether the sample, but for a character cut at its end, holds nothing but assigned characters and white space."""
    import unicodedata

    width = 4 if "32" in encoding else 2
    try:
        text = sample[: len(sample) // width * width].decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(sample) - width:
            return False
        text = sample[: error.start].decode(encoding)
    return all(unicodedata.category(c) not in _NO_TEXT or c in "\t\r\n\ufeff" for c in text)


def guess_encoding(sample: bytes) -> str:
    """UTF-8 unless more of the sample contradicts it than fits; then the likeliest code page."""
    text = _decoder("utf-8").decode(sample)
    flaws = len(_FLAWS.findall(text))
    letters = len(text) - len(text.encode("ascii", "ignore")) - flaws
    if flaws <= letters:
        return "utf-8"
    from crmcli.io.codepage import likeliest

    return likeliest(sample)


class TextStream:
    """Decodes chunks as they come; the guess waits for bytes that are not ASCII, however late, until there are enough."""

    def __init__(self, chunks: Iterable[bytes], encoding: str | None) -> None:
        self._chunks = iter(chunks)
        self._decoder = _decoder(encoding) if encoding else None
        self.encoding = encoding or "utf-8"

    def __iter__(self) -> Iterator[str]:
        first = True
        for chunk in self._guessed():
            text = self._decoder.decode(chunk) if self._decoder else chunk.decode("ascii")
            yield text.removeprefix("\ufeff") if first else text
            first = False
        if self._decoder:
            yield self._decoder.decode(b"", True)  # noqa: FBT003  # a decoder of the standard library takes no keyword

    def _guessed(self) -> Iterator[bytes]:
        """The chunks; by the first that is not ASCII the encoding is settled."""
        for chunk in self._chunks:
            if self._decoder or chunk.isascii():
                yield chunk
                continue
            read, found = [chunk], _telling(chunk)
            while found < _ENOUGH and len(read) * len(chunk) < _FAR and (more := next(self._chunks, b"")):
                read.append(more)
                found += _telling(more)
            self.encoding = guess_encoding(b"\n".join(_TELLING_LINE.findall(b"".join(read))))
            self._decoder = _decoder(self.encoding)
            yield from read


def _telling(chunk: bytes) -> int:
    """How many bytes of the chunk are not ASCII."""
    return len(chunk.translate(None, _ASCII))


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)(_FLAW)
