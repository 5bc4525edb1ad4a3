"""What countries are called: by code, and by name in the languages of those who fill in the field."""

from __future__ import annotations

import re
from functools import cache

from crmcli.domain.text import fold

# How alike, of 100, a spelling has to be to be corrected, and how much more than to any other country.
_SURE, _CLEAR = 85, 12
_LANGUAGES = (
    "en",
    "bg",
    "ru",
    "uk",
    "pl",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "ro",
    "cs",
    "el",
    "tr",
    "zh",
    "ja",
    "ar",
)
# What else countries go by, and parts of one that answer their own telephones in its name.
_ALSO = {
    "usa": "US", "us": "US", "united states of america": "US", "america": "US", "америка": "US", "сащ": "US", "сша": "US",
    "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "great britain": "GB",
    "великобритания": "GB", "англия": "GB", "holland": "NL", "uae": "AE", "korea": "KR", "south korea": "KR",
    "czech republic": "CZ", "czechy": "CZ", "macedonia": "MK", "русия": "RU", "россия": "RU", "russia": "RU",
}  # fmt: skip
_MARKS = re.compile(r"[.'’`]|\([^)]*\)")  # noqa: RUF001


def country_code(text: str) -> str | None:
    """The ISO 3166 code of two letters of a country, by its name or either of its codes; None if it is not known."""
    wanted = _plain(text)
    return _codes().get(wanted) if wanted else None


def is_country(text: str) -> bool:
    """Whether a text is the name or the code of a country in one of the usual languages."""
    return country_code(text) is not None


def likely_country(text: str) -> str | None:
    """The English name that a misspelled one almost surely is; None when it is like none, or like two as much."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract

    found = extract(fold(text), {name: fold(name) for name in _english()}, scorer=ratio, limit=2)
    if found[0][1] < _SURE or found[0][1] - found[1][1] < _CLEAR:
        return None
    return str(found[0][2])


def _plain(text: str) -> str:
    """A name without marks, brackets and the article."""
    words = fold(_MARKS.sub("", text).replace("&", " and ").replace("-", " "))
    return words.removeprefix("the ")


@cache
def _codes() -> dict[str, str]:
    """Codes by all that countries are called; where two languages differ, the first has its way."""
    from babel import Locale
    from babel.core import get_global

    found = dict(_ALSO)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if _is_country_code(code):
                found.setdefault(_plain(name), code)
                found.setdefault(code.lower(), code)
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and _is_country_code(codes[0]):
            found.setdefault(alias.lower(), codes[0])
    return found


@cache
def _english() -> list[str]:
    from babel import Locale

    return [name for code, name in Locale("en").territories.items() if _is_country_code(code)]


def _is_country_code(code: str) -> bool:
    """Whether a territory's code is that of a country, not of a continent or a union."""
    return len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO")
