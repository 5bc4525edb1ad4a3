"""Names of organisations without what law or habit adds to them: ``ООО «Ромашка»`` and ``Romashka Ltd.`` are ``romaska``."""
# ruff: noqa: RUF001, RUF002 - the forms of many scripts are what this is about

from __future__ import annotations

import re
from functools import cache, lru_cache

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.domain.transliteration import romanised, sound, spellings, words

# Legal forms by what they are, as they stand once dots are gone. A company that writes its form in two languages
# stays on its line; two lines of one name are two companies.
_FORMS = {
    "limited": (
        "ltd", "limited", "llc", "lc", "pty ltd", "pvt ltd", "private limited", "gmbh", "mbh", "ggmbh", "ug", "ug haftungsbeschrankt",
        "sarl", "sas", "sasu", "eurl", "srl", "srls", "sl", "slu", "sro", "s r o", "spol s r o", "spol sro", "doo", "d o o", "kft",
        "bv", "bvba", "oy", "ab", "aps", "as", "oü", "ou", "uab", "sia", "lda", "ltda", "sp z oo", "sp z o o", "spzoo", "spolka z oo",
        "ооо", "оод", "еоод", "тов", "тоо", "ood", "eood", "ooo", "tov", "too", "co ltd", "epe", "yk",
        "有限公司", "有限会社", "有限責任公司", "合同会社",
    ),
    "stock": (
        "inc", "incorporated", "corp", "corporation", "plc", "ag", "se", "sa", "s a", "spa", "nv", "oyj", "asa", "kgaa", "jsc", "ojsc",
        "cjsc", "pjsc", "ао", "зао", "оао", "пао", "нао", "ад", "еад", "ad", "ead", "ao", "zao", "oao", "pao", "prat", "прат", "пат",
        "zrt", "nyrt", "akciova spolecnost", "ae", "kk", "株式会社", "股份有限公司", "(株)", "주식회사",
    ),
    "partnership": (
        "kg", "ohg", "gbr", "gmbh co kg", "gmbh and co kg", "co kg", "llp", "lp", "sd", "сд", "sp j", "sp k", "spk", "snc", "scs",
    ),
    "trader": ("et", "ет", "ип", "ip", "ek", "e k", "e kfr", "фоп", "fop", "чп"),
    "association": ("ev", "e v", "asbl", "vzw", "ngo", "foundation", "фондация", "stiftung", "ano", "ано"),
}  # fmt: skip
_ATTACHED = ("株式会社", "有限会社", "合同会社", "有限公司", "股份有限公司", "有限責任公司", "주식회사", "(株)")
_IDLE = frozenset({"the", "and", "und", "et", "y", "i", "e", "of", "de", "company", "co", "group", "holding"})
_NO_WORD = re.compile(r"[^\w]+|_+")


def run_together(sounded: tuple[str, ...]) -> str:
    """The sounds of several words as the sound of one, in which a letter that ends one and begins the next is heard once."""
    return sound("".join(sounded))


class FirmName(NamedTuple):
    """The words of a company's name by their sounds, and what sort of company the name says it is."""

    words: tuple[str, ...]
    form: str | None

    @property
    def key(self) -> str:
        """The words run together: ``Acme Soft`` is ``AcmeSoft``."""
        return run_together(self.words)


@lru_cache(65_536)
def firm_name(name: str) -> FirmName:
    """The name as it is compared."""
    text, form = _detached(romanised(name).replace(".", ""))
    parts = words(text)
    found = True
    while found and len(parts) > 1:
        found = False
        for size in (4, 3, 2, 1):
            for piece, rest in ((parts[-size:], parts[:-size]), (parts[:size], parts[size:])):
                kind = _forms().get(" ".join(piece)) if rest and not found else None
                if kind:
                    form, parts, found = form or kind, rest, True
    kept = [word for word in parts if word not in _IDLE] or parts
    return FirmName(tuple(sound(word) for word in kept), form)


def bare_words(name: str) -> list[tuple[str, ...]]:
    """The folded words of a name without its form, as written and in Latin letters: what to search for."""
    found: dict[tuple[str, ...], None] = {}
    for text in spellings(name):
        found[_bare(text)] = None
    return [each for each in found if each]


@lru_cache(65_536)
def bare_name(name: str) -> str:
    """The folded words of a name without its form, as written, in no order: by which namesakes are counted."""
    return " ".join(sorted(_bare(fold(name))))


def _bare(text: str) -> tuple[str, ...]:
    spelled = [word for word in _NO_WORD.sub(" ", text.replace(".", "")).split() if word not in _IDLE]
    return tuple(word for word in spelled if romanised(word) not in _forms()) or tuple(spelled)


def _detached(text: str) -> tuple[str, str | None]:
    """East Asian forms are written without a space before or behind."""
    for mark in _ATTACHED:
        if mark in text and text != mark:
            return text.replace(mark, " "), _forms()[romanised(mark)]
    return text, None


@cache
def _forms() -> dict[str, str]:
    """Every form in Latin letters; where two laws' forms are spelled alike, the first line has it."""
    known: dict[str, str] = {}
    for kind, several in _FORMS.items():
        for written in several:
            known.setdefault(romanised(written), kind)
    return known
