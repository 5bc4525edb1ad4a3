"""Names in Latin letters whatever their script, and how they sound: one key for the many ways to spell one name.

``Щербакова``, ``Shcherbakova`` and ``Ščerbakova`` are one name, and so are ``Цветан``, ``Tsvetan`` and ``Cvetan``.
The key is for comparing only and is nobody's spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crmcli.domain.text import fold

# From folded letters: й and ё have lost their marks by then.
_CYRILLIC = dict(zip("абвгґдежзиіклмнопрстуфцчшщыэ", (
    "a", "b", "v", "g", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "ts",
    "ch", "sh", "sht", "y", "e",
), strict=True)) | {
    "х": "h", "ь": "", "ю": "iu", "я": "ia", "є": "ie", "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",  # noqa: RUF001
    "ѕ": "dz",  # noqa: RUF001
}  # fmt: skip
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", (
    "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "h",
    "ps", "o",
), strict=True))  # fmt: skip
_LETTERS = str.maketrans(_CYRILLIC | _GREEK)
_GREEK_PAIRS = (("ου", "u"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"), ("ντ", "d"))  # noqa: RUF001
_ER = re.compile(
    "(?<=[бвгджзйклмнпрстфхцчшщ])ъ(?=[бвгджзйклмнпрстфхцчшщ])"
)  # the Bulgarian vowel, not the Russian sign
_NO_LETTER = re.compile(r"[^\w]+|_+")
# The other way round letters are not told apart so well; letters with marks have lost them, as in folded text.
_LATIN = (
    ("sht", "щ"), ("sch", "щ"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"),  # noqa: RUF001
    ("tz", "ц"), ("dj", "дж"), ("dzh", "дж"), ("ph", "ф"), ("th", "т"), ("ya", "я"), ("ja", "я"),
    ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("yo", "е"), ("jo", "е"), ("ye", "е"), ("je", "е"), ("x", "кс"), ("qu", "кв"),  # noqa: RUF001
    *zip("abcdefghijklmnopqrstuvwyz", "абцдефгхииклмнопкрстуввиз", strict=True),
)  # fmt: skip
_IA_WITHIN, _IA_LAST = re.compile(r"ia(?=\w)"), re.compile(r"ia\b")
_SOFT_YA = re.compile("(?<=[bdfghklmnprstvz])ya")
_JOINT = re.compile("['’ʼʹ`´]")  # noqa: RUF001
# The spellings that the systems of transliteration give one sound, in the order in which they are made alike.
_ALIKE = (
    ("shch", "st"), ("tsch", "ch"), ("sch", "sh"), ("sht", "st"), ("sce", "ste"), ("cz", "ch"), ("sz", "sh"),
    ("dzh", "dz"), ("dj", "dz"), ("chr", "hr"), ("zh", "z"), ("sh", "s"), ("ch", "k"), ("kh", "h"), ("tz", "k"),
    ("ts", "k"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("x", "ks"), ("qu", "kv"), ("q", "k"), ("w", "v"),
    ("c", "k"),
)  # fmt: skip
_SOFT_O = re.compile("(?<=[bdfghklmnprstvz])[yj]o")
_VOWELS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ou", "u"), ("oo", "u"), ("ee", "e"))
_SOFT_U = re.compile("(?<=[bdfghklmnprstvz])iu")
_SOFT_E = re.compile("(?:^|(?<=[aeiou]))ie")
_TWICE = re.compile(r"([^\W\d_])\1+")


def is_latin(text: str) -> bool:
    """Whether the letters of a text are Latin ones."""
    return all(c < "\u0250" or "\u1e00" <= c < "\u1f00" for c in text if c.isalpha())


@lru_cache(65_536)
def romanised(text: str) -> str:
    """The folded text with its Cyrillic and Greek letters as Latin ones; those of other scripts stay."""
    folded = fold(text)
    if folded.isascii():
        return folded
    folded = _ER.sub("a", folded).replace("ъ", "")
    for greek, latin in _GREEK_PAIRS:
        folded = folded.replace(greek, latin)
    return folded.translate(_LETTERS)


def spellings(text: str) -> list[str]:
    """The folded text as it stands, and in Latin letters by either of the two usual ways to write Cyrillic with them."""
    folded = fold(text)
    other = folded
    for letter, latin in (("щ", "shch"), ("х", "kh"), ("ю", "yu"), ("я", "ya")):  # noqa: RUF001
        other = other.replace(letter, latin)
    return list(dict.fromkeys((folded, romanised(folded), romanised(other))))


def cyrillic_spellings(text: str) -> list[str]:
    """The folded Latin text as it was most likely written in Cyrillic: the Russian and Bulgarian ways, the Ukrainian."""
    folded = fold(text)
    if not folded.isascii() or not any(map(str.isalpha, folded)):
        return []
    folded = folded.replace("shch", "щ").replace("ck", "к")
    usual = _IA_LAST.sub("ия", folded)
    plain = _IA_WITHIN.sub("я", usual)
    harder = _SOFT_YA.sub("ья", usual).replace("sht", "шт").replace("sch", "ш").replace("c", "к").replace("кh", "ч")
    if harder.startswith("e"):
        harder = f"э{harder[1:]}"
    ukrainian = _IA_LAST.sub("ія", folded).replace("ye", "є").replace("i", "і").replace("zh", "ж").replace("kh", "х")  # noqa: RUF001
    ukrainian = ukrainian.replace("sh", "ш").replace("ch", "ч").replace("h", "г")  # noqa: RUF001
    return list(dict.fromkeys(map(_in_cyrillic, (plain, harder, ukrainian))))


def _in_cyrillic(text: str) -> str:
    for latin, letter in _LATIN:
        text = text.replace(latin, letter)
    return text


def words(text: str) -> list[str]:
    """The words of a text in Latin letters, without punctuation."""
    return [word for word in _NO_LETTER.sub(" ", _JOINT.sub("", romanised(text))).split() if word]


@lru_cache(65_536)
def sound(word: str) -> str:
    """The key of one word from ``words``: alike for all the usual spellings of one name."""
    key = _SOFT_O.sub("e", word)
    for spelling, same in _ALIKE:
        if spelling in key:
            key = key.replace(spelling, same)
    key = key.replace("y", "i").replace("j", "i")
    key = _SOFT_U.sub("u", key)
    for spelling, same in _VOWELS:
        key = key.replace(spelling, same)
    return _TWICE.sub(r"\1", _SOFT_E.sub("e", key))


def sounds(text: str) -> list[str]:
    """The keys of the words of a text."""
    return [sound(word) for word in words(text)]


@lru_cache(65_536)
def skeleton(key: str) -> str:
    """What is left of a sound when its letters are mistyped: its consonants, in the order of the alphabet."""
    return "".join(sorted(set(key) - set("aeiou"))) or key
