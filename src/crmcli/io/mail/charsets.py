"""The bytes of a message as text: by the charset that it names, by a better one, or by a guess; never an error."""

from __future__ import annotations

import codecs

from crmcli.domain.text import tidy
from crmcli.io.charset import guess_encoding

# What mail programs name, and what they mean: the wider encoding of the same family reads both.
_MEANT = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
    "windows-874": "cp874",
}
# Python's own notations, which are no charsets of anybody's mail.
_NONE = frozenset({"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"})
# Controls as their pictures, bytes without a meaning as a question mark; a newline and a tab stay.
_HARMLESS: dict[int, str | int | None] = {code: chr(0x2400 + code) for code in range(0x20) if code not in (9, 10)}
_HARMLESS |= {0: None, 0x7F: "␡", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def decoded(content: bytes, charset: str | None) -> str:
    """The text of some bytes that are said to be in ``charset``."""
    for name in filter(None, (_codec(charset), "utf-8")):
        try:
            return content.decode(name)
        except (ValueError, LookupError):
            continue
    return content.decode(guess_encoding(content), errors="replace")


def _codec(charset: str | None) -> str | None:
    """Python's name of the charset that is meant; None when there is no such charset."""
    written = (charset or "").strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_MEANT.get(written, written)).name
    except (LookupError, ValueError):
        return None
    return None if found.replace("-", "_") in _NONE else found


def from_header(raw: str) -> str:
    """A header as text, where the parser kept bytes outside ASCII as surrogates."""
    return raw if raw.isascii() else decoded(raw.encode("utf-8", "surrogateescape"), None)


def harmless(text: str) -> str:
    """The text as it is kept: in NFC, with plain line ends, and without what no store or terminal takes."""
    even = text.replace("\r\n", "\n").replace("\r", "\n")
    return tidy(even if even.isprintable() else even.translate(_HARMLESS))


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(harmless(text).split())
