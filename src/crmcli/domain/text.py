"""Text as it is kept (NFC) and as it is matched (folded: no case, no accents)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from typing import Self

# Letters that Unicode does not decompose into a base letter and a mark.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})  # noqa: RUF001
# Byte order, zero width and direction marks: address books and chats wrap what is copied from them in these.
_MARKS = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Letters and marks that show nothing: joiners, fillers, the blank of Braille, variation selectors.
_SHAPELESS = frozenset("\u034f\u115f\u1160\u2800\u3164\ufe0e\ufe0f\uffa0")


class Matched(NamedTuple):
    """A value as it is shown and the key it is matched by; ``label`` says which of several it is, as ``work``."""

    value: str
    key: str
    label: str | None = None


class Labelled(str):
    """A text from outside with the label it goes by there: ``work``, ``home``, ``Büro``."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, text: str, label: str) -> Self:
        """The text, which is an ordinary string to whoever does not ask for its label."""
        made = super().__new__(cls, text)
        made.label = label
        return made


class JsonText(str):
    """A value that is no text, as JSON: ``12.5``, ``true``, ``[1, 2]``."""

    __slots__ = ()


def tidy(text: str) -> str:
    """The text in NFC, without surrounding white space: how personal text is kept."""
    stripped = text.strip()
    return stripped if stripped.isascii() else unicodedata.normalize("NFC", stripped)


def is_text(text: str) -> bool:
    """Whether a text holds neither NUL nor half of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in a text: white space, zero widths and other marks without a shape."""
    if text[:1].isalnum() and text[0] not in _SHAPELESS:  # as nearly every text is
        return False
    return all(c in _SHAPELESS or unicodedata.category(c) in ("Cf", "Zs", "Zl", "Zp", "Cc") for c in text)


def bare(text: str) -> str:
    """The text tidied, without the invisible marks it was copied in."""
    return tidy(text.strip().strip(_MARKS))


class _Folding(dict[int, str]):
    """What each character folds to, found when it is first met: folding never looks at a character's neighbours."""

    def __missing__(self, code: int) -> str:
        spread = unicodedata.normalize("NFKD", chr(code).casefold())
        folded = "".join(c for c in spread if not unicodedata.combining(c)).translate(_PLAIN)
        self[code] = folded
        return folded


_FOLDED = _Folding()


def fold(text: str) -> str:
    """The matching key of a text: casefolded, accents taken off, white space squeezed."""
    return " ".join(fold_letters(text).split())


def fold_letters(text: str) -> str:
    """The text folded as ``fold`` does, its white space left."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def loosened(text: str) -> str:
    """The folded text, in which ``-`` and ``_`` count as spaces."""
    return fold(text.replace("-", " ").replace("_", " "))


def match_key(text: str) -> str:
    """The matching key of an address: casefolded, but with its accents."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def quoted(text: str) -> str:
    """The text in quotes, on one line and short enough for a message."""
    line = " ".join(text.split())
    return f'"{line if len(line) <= 60 else line[:59] + "…"}"'


def word_set(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


def nearest(word: str, known: list[str]) -> str | None:
    """The known word that begins with ``word``, else the one most like it; None when none is close."""
    import difflib

    by_key = {fold(name): name for name in reversed(known)}
    typed = fold(word)
    begun = [key for key in by_key if len(typed) > 2 and key.startswith(typed)]
    found = begun[-1:] or difflib.get_close_matches(typed, list(by_key), n=1, cutoff=0.62)
    return by_key[found[0]] if found else None
