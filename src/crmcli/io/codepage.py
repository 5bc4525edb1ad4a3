"""Which 8-bit or East Asian encoding a text is in, by how well its letters make words of the languages written in it.

Each candidate decodes the bytes that are not ASCII. A decoding is as good as the share of them that become letters which
some one language has, standing where that language puts them: a capital after a small letter, a sign inside a word or
a rare ideograph speaks against it. A text that no candidate fits goes to charset-normalizer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SAMPLE = 32 * 1024  # bytes looked at
_FITS = 0.75  # below it, no candidate does
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f]+(?:[^\W\d_]|[^\x00-\x7f])*")
_SIGNS = frozenset("«»„“”\u201a\u2018\u2019\u2013—…№•·°§€©®™¿¡ºª\u00a0")  # between words; the last ones in Spanish
_INSIDE = frozenset("\u2019\u2013·")  # those that join two halves of a word
_CAPITAL = 0.85  # what a capital letter counts at the start of a word or in a word of capitals

# The letters beyond ASCII of each language, by how they may be told apart where they share a byte.
_WESTERN = {
    "de": "äöüß",
    "fr": "éèêëàâçîïôûùœ",
    "es": "áéíóúñü",
    "pt": "ãõáâàéêíóôúç",
    "it": "àèéìòù",
    "nordic": "åäöæøé",
}
_CENTRAL = {
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîşţ",
    "sl": "čšžćđ",
}
# Common letters of Russian and Bulgarian count in full, rarer ones a little less, those of their neighbours half.
_CYRILLIC = dict.fromkeys("оеаинтсрвлкмдпуя", 1.0) | dict.fromkeys("ыгзбчйхжшюцьщэфъё", 0.75)
_CYRILLIC |= dict.fromkeys("іїєґјљњћђџѓќўѕ", 0.5)
_ANY_OTHER = 0.25  # of the letters of the same script: a name from abroad
_VOWELS = frozenset("aeiouyáéíóú")


def likeliest(sample: bytes) -> str:
    """The encoding of a text that is no UTF-8: the best of those people have, else charset-normalizer's guess."""
    told = sample[:_SAMPLE]
    scores = {encoding: score(told, encoding) for encoding, score in _CANDIDATES.items()}
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] >= _FITS else _normalizers(told) or best


def _normalizers(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best and best.encoding not in ("ascii", "utf_8") else None


def _words(sample: bytes, encoding: str) -> list[str]:
    return _WORD.findall(sample.decode(encoding, "replace"))


def _cyrillic(sample: bytes, encoding: str) -> float:
    return _share(_words(sample, encoding), _CYRILLIC)


def _latin(languages: dict[str, str]) -> Callable[[bytes, str], float]:
    def score(sample: bytes, encoding: str) -> float:
        words = _words(sample, encoding)
        others = dict.fromkeys("".join(languages.values()), _ANY_OTHER)
        mixed = _share(words, dict.fromkeys(others, 0.85))
        return max(mixed, *(_share(words, others | dict.fromkeys(own, 1.0)) for own in languages.values()))

    return score


def _share(words: list[str], weights: dict[str, float]) -> float:
    """How much of the letters that are not ASCII is as it should be: 1 is all, below 0 is nonsense."""
    total = sum(not character.isascii() for word in words for character in word)
    return sum(_worth(word, weights) for word in words) / (total or 1)


def _worth(word: str, weights: dict[str, float]) -> float:
    capitals = word.isupper()
    worth = 0.0
    for n, letter in enumerate(word):
        if letter.isascii():
            continue
        small = letter.lower()
        if letter in _SIGNS:
            inside = 0 < n < len(word) - 1 and word[n - 1].isalpha() and word[n + 1].isalpha()
            worth += -0.5 if inside and letter not in _INSIDE else 0.5
        elif small not in weights:
            worth -= 1.0
        elif letter == small:
            worth += weights[small] if _stands_well(word, n) else 0.0
        else:
            worth += weights[small] * _CAPITAL if capitals or n == 0 or not word[n - 1].isalpha() else -1.0
    return worth


def _stands_well(word: str, n: int) -> bool:
    """Whether a small letter stands where it may: not after a capital of a mixed word's middle, ñ before a vowel."""
    letter = word[n]
    after = word[n + 1].lower() if n + 1 < len(word) else ""
    if letter == "ñ":
        return after in _VOWELS and after != ""
    if letter == "ń":
        return after not in _VOWELS
    if letter == "ê":
        return after.isalpha()
    return not (n == 0 and word[1:2].isupper())


def _japanese(sample: bytes, encoding: str) -> float:
    return _pairs(sample, encoding, _cp932_worth)


def _chinese(sample: bytes, encoding: str) -> float:
    return _pairs(sample, encoding, _gb_worth)


def _pairs(sample: bytes, encoding: str, worth: Callable[[bytes], float]) -> float:
    """The worth of a text of two-byte characters, by what each one's bytes say of how common it is."""
    text = sample.decode(encoding, "replace")
    told = [character.encode(encoding, "replace") for character in text if not character.isascii()]
    broken = text[:-1].count("\ufffd")  # the last may only be cut
    good = sum(len(raw) * worth(raw) for raw in told if raw != b"?")
    return (good - 3 * broken) / (sum(map(len, told)) or 1)


def _cp932_worth(raw: bytes) -> float:
    if len(raw) == 1:
        return 0.1  # half-width kana
    lead = raw[0]
    if lead in (0x82, 0x83) or 0x88 <= lead <= 0x97:
        return 1.0  # kana, and the ideographs of everyday
    return 0.7 if lead == 0x81 else 0.3


def _gb_worth(raw: bytes) -> float:
    if len(raw) != 2 or raw[1] < 0xA1:
        return 0.1
    if 0xB0 <= raw[0] <= 0xD7:
        return 1.0  # the ideographs of everyday
    return 0.7 if 0xA1 <= raw[0] <= 0xA3 else 0.3


# In order of preference: where two fit alike, the first is taken.
_CANDIDATES: dict[str, Callable[[bytes, str], float]] = {
    "windows-1252": _latin(_WESTERN),
    "windows-1251": _cyrillic,
    "windows-1250": _latin(_CENTRAL),
    "koi8-r": _cyrillic,
    "iso-8859-2": _latin(_CENTRAL),
    "cp932": _japanese,
    "gb18030": _chinese,
}
