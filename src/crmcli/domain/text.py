"""Text as it is kept (NFC) and as it is matched (folded: no case, no accents)."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})  # noqa: RUF001


def tidy(text: str) -> str:
    """The text in NFC, without surrounding white space: how personal text is kept."""
    stripped = text.strip()
    return stripped if stripped.isascii() else unicodedata.normalize("NFC", stripped)


def fold(text: str) -> str:
    """The matching key of a text: casefolded, accents taken off, white space squeezed."""
    lowered = text.casefold()
    if not lowered.isascii():
        spread = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(c for c in spread if not unicodedata.combining(c)).translate(_PLAIN)
    return " ".join(lowered.split())


def nearest(word: str, known: list[str]) -> str | None:
    """The known word most like ``word``, or None when none is close."""
    import difflib

    found = difflib.get_close_matches(word, known, n=1, cutoff=0.55)
    return found[0] if found else None
