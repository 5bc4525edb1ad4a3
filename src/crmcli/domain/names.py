"""Personal names and their parts, in the orders and with the titles of many countries."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import word_set


class Name(NamedTuple):
    """A personal name in its parts; a part that is not known is None."""

    given: str | None
    family: str | None
    prefix: str | None = None
    suffix: str | None = None


_PREFIXES = word_set(
    "mr mrs ms miss mx dr prof sir dame rev hon herr frau mme mlle sra srta dott ddr dipl-ing mgr inż hab "
    "г-н г-жа д-р проф доц инж акад пан пани"  # noqa: RUF001
)
# These are also names or words of names, and count only with their full stop.
_DOTTED_PREFIXES = word_set("ing. eng. m. fr. sr. med. mag. arch. lek. ак. арх. гл.")  # noqa: RUF001
_SUFFIXES = word_set("jr sr phd esq mba cpa cfa dds obe cbe мл ст")
_CAPITAL_SUFFIXES = word_set("II III IV MD RN JD DO PE MA MSc BSc KC QC")
_PARTICLES = word_set(
    "van von der den de da di del della delle do dos das du la le les ter ten tot af av zu zur zum vom bin bint ibn "
    "san santa st. фон ван де бин ибн بن بنت ابن أبو آل"
)
# As words of their own these are given names too, so they count only in lower case.
_LOWER_PARTICLES = word_set("al el ben y e i ap")
_DASHES = ("-", "\u2010", "\u2013", "\u2014")
_PATRONYMICS = ("ович", "евич", "овна", "евна", "ична", "івна", "ївна")


def split_name(full: str) -> Name:
    """The parts of a full name: ``Dr. Jane van der Berg Jr.``, ``Berg, Jane``, ``Иванов Иван Иванович``, ``王小明``.

    A name that can't be told apart is given name alone. Every letter stays in one of the parts.
    """
    sections = [words for words in (s.split() for s in full.replace("\uff0c", ",").split(",")) if words]
    suffix: list[str] = []
    while len(sections) > 1 and all(map(_is_suffix, sections[-1])):
        suffix = sections.pop() + suffix
    if not sections:
        return Name(None, None)
    prefix, words = _without_prefix(sections[0])
    words, tail = _without_suffix(words)
    if len(sections) == 1:  # "Ms Li" is a family name, "Li" may be either
        given, family = ([], words) if prefix and len(words) == 1 else _given_and_family(words)
    else:
        family = words
        more, given = _without_prefix([word for section in sections[1:] for word in section])
        given, end = _without_suffix(given)
        prefix, tail = prefix + more, tail + end
    return Name(_joined(given), _joined(family), _joined(prefix), _joined(tail + suffix))


def _joined(words: list[str]) -> str | None:
    return " ".join(words) or None


def _is_prefix(word: str) -> bool:
    lowered = word.casefold()
    return lowered in _DOTTED_PREFIXES or lowered.rstrip(".") in _PREFIXES


def _is_suffix(word: str) -> bool:
    plain = word.replace(".", "")
    return plain.casefold() in _SUFFIXES or plain in _CAPITAL_SUFFIXES


def _without_prefix(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and _is_prefix(words[count]):
        count += 1
    return words[:count], words[count:]


def _without_suffix(words: list[str]) -> tuple[list[str], list[str]]:
    count = len(words)
    while count > 1 and _is_suffix(words[count - 1]):
        count -= 1
    return words[:count], words[count:]


def _given_and_family(words: list[str]) -> tuple[list[str], list[str]]:
    if _family_first(words):
        return words[1:], words[:1]
    start = next((i for i in range(1, len(words) - 1) if _is_particle(words[i])), len(words) - 1)
    if start > 2 and words[start - 1] in _DASHES:  # "Nowak - Kowalska" is one family name
        start -= 2
    return (words[:start], words[start:]) if start else (words, [])


def _family_first(words: list[str]) -> bool:
    if len(words) == 2:
        return all("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in words[0])
    if len(words) == 3:
        return words[2].casefold().endswith(_PATRONYMICS) and not words[1].casefold().endswith(_PATRONYMICS)
    return False


def _is_particle(word: str) -> bool:
    return word.casefold() in _PARTICLES or word in _LOWER_PARTICLES
