"""E-mail and web addresses in the shape that nearly all have, read at a fraction of the price.

Each reader here answers exactly what its namesake in ``people`` does, or None where that one has to look for itself:
files of a million rows are read by these first.
"""

from __future__ import annotations

import re

from crmcli.domain.text import Matched

_HOST = r"(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}"  # no label of it is punycode, nor the last a number
_WORD = r"[A-Za-z0-9_+=&%'~-]+"
_EMAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@{_HOST}")
_WEBSITE = re.compile(rf"(?:[Hh][Tt][Tt][Pp][Ss]?://)?(?:[Ww]{{3}}\.)?({_HOST})/?")
_SHORT = 64  # characters that keep to every limit: of a mailbox, of a label, of a host


def plain_email(text: str) -> Matched | None:
    """An ASCII address of letters, digits and the usual signs."""
    if len(text) > _SHORT or not _EMAIL.fullmatch(text):
        return None
    key = text.lower()
    if key == text:
        return Matched(key, key)
    at = text.index("@")
    return Matched(text[:at] + key[at:], key)


def plain_website(text: str) -> Matched | None:
    """An ASCII host, nothing after it."""
    found = _WEBSITE.fullmatch(text)
    if found is None or len(text) > _SHORT or found[1][:4].lower() == "www.":
        return None
    host = found[1].lower()
    return Matched(host, host)
