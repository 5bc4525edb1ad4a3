"""Personal names and their parts, in the orders and with the titles of many countries."""

from __future__ import annotations

from functools import lru_cache

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import word_set


class Name(NamedTuple):
    """A personal name in its parts; a part that is not known is None."""

    given: str | None
    family: str | None
    prefix: str | None = None
    suffix: str | None = None


_PREFIXES = word_set(
    "mr mrs ms miss mx dr prof sir dame rev hon herr frau mme mlle sra srta dott ddr dipl-ing dr-ing univ-prof mgr inż "
    "hab lic adv capt col "
    "г-н г-жа г-ца д-р проф доц инж акад пан пани"  # noqa: RUF001
)
# These are also names or words of names, and count only with their full stop.
_DOTTED_PREFIXES = word_set("ing. eng. m. fr. sr. med. mag. arch. lek. ак. арх. гл.")  # noqa: RUF001
_SUFFIXES = word_set("jr sr phd esq mba cpa cfa dds obe cbe mbe dphil edd pharmd llm llb мл ст")
_CAPITAL_SUFFIXES = word_set("II III IV MD RN JD DO PE MA BA MSc BSc MEng BEng CEng PMP KC QC")
_PARTICLES = word_set(
    "van von der den de da di del della delle dal dalla degli dei do dos das du la le les ter ten tot 't op af av zu zur "
    "zum vom bin bint ibn "
    "san santa st. фон ван де бин ибн بن بنت ابن أبو آل"
)
# As words of their own these are given names too, so they count only in lower case.
_LOWER_PARTICLES = word_set("al el ben y e i ap")
# Where the family's name comes first: in these languages; and where it is one of Vietnam's, by its accents.
_FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})
_VIETNAMESE = word_set("Nguyễn Trần Lê Phạm Huỳnh Hoàng Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Trịnh Lương")
# Legal forms and offices that follow a comma as a given name would.
_NO_GIVEN_NAMES = word_set(
    "inc llc ltd limited corp corporation company co gmbh ag kg plc sa srl sarl sas bv nv oy ab as aps ood eood ad ead "
    "оод еоод ад еад ооо оао зао пао ип sp ceo cto cfo coo"  # noqa: RUF001
)
_DASHES = ("-", "\u2010", "\u2013", "\u2014")
_PATRONYMICS = ("ович", "евич", "овна", "евна", "ична", "івна", "ївна")


def split_name(full: str, locale: str | None = None) -> Name:
    """The parts of a full name: ``Dr. Jane van der Berg Jr.``, ``Berg, Jane``, ``Иванов Иван Иванович``, ``王小明``.

    A name that can't be told apart is given name alone. Every letter stays in one of the parts. In a ``locale`` as
    ``hu_HU`` the family's name comes first.
    """
    words = full.split()
    if len(words) == 2 and "," not in full and "\uff0c" not in full and _is_plain_pair(words[0], words[1], locale):
        return Name(words[0], words[1])
    sections = [words for words in (s.split() for s in full.replace("\uff0c", ",").split(",")) if words]
    suffix: list[str] = []
    while len(sections) > 1 and all(map(_is_suffix, sections[-1])):
        suffix = sections.pop() + suffix
    if not sections:
        return Name(None, None)
    prefix, words = _without_prefix(sections[0])
    words, tail = _without_suffix(words)
    if len(sections) == 1:  # "Ms Li" is a family name, "Li" may be either
        alone = prefix and len(words) == 1
        given, family = ([], words) if alone else _given_and_family(words, family_first=begins_with_family(locale))
    else:
        family = words
        more, given = _without_prefix([word for section in sections[1:] for word in section])
        given, end = _without_suffix(given)
        prefix, tail = prefix + more, tail + end
    return Name(_joined(given), _joined(family), _joined(prefix), _joined(tail + suffix))


def _is_plain_pair(given: str, family: str, locale: str | None) -> bool:
    """Whether two words without a comma are a given name and a family's, as most names are."""
    return (
        given < "\u3040"  # where the scripts begin that write the family's name first
        and given not in _VIETNAMESE
        and not (begins_with_family(locale) or _is_prefix(given) or _is_suffix(family))
    )


def join_name(given: str, middle: str, family: str, locale: str | None = None) -> str:
    """A whole name from its parts, in the order of its script, else of the ``locale``."""
    if family and given and _is_east_asian(family) and _is_east_asian(given):
        return family + given
    if family in _VIETNAMESE or _language(locale) == "vi":
        return _joined([family, middle, given]) or ""
    return _joined([family, given, middle] if begins_with_family(locale) else [given, middle, family]) or ""


def turned(name: str, locale: str | None = None) -> tuple[str, Name] | None:
    """``Doe, Jane`` as it is said, ``Jane Doe``, and its parts; None for a name that does not stand so in a list."""
    before, comma, after = name.replace("\uff0c", ",").partition(",")
    words = after.replace(",", " ").replace(".", "").casefold().split()
    if not comma or not before.strip() or not words or _NO_GIVEN_NAMES.intersection(words):
        return None
    parts = split_name(name, locale)
    if not parts.given or not parts.family or all(map(_is_suffix, words)):
        return None
    return join_name(parts.given, "", parts.family, locale), parts


@lru_cache(64)
def begins_with_family(locale: str | None) -> bool:
    """Whether names begin with the family's in a locale as ``hu_HU``."""
    return _language(locale) in _FAMILY_FIRST


def _language(locale: str | None) -> str:
    return (locale or "").replace("-", "_").partition("_")[0].lower()


def _is_east_asian(text: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" or "\u3040" <= c <= "\u309f" for c in text)


def _joined(words: list[str]) -> str | None:
    return " ".join(filter(None, words)) or None


def _is_prefix(word: str) -> bool:
    lowered = word.casefold()
    return lowered in _DOTTED_PREFIXES or lowered.replace(".", "") in _PREFIXES


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


def _given_and_family(words: list[str], *, family_first: bool) -> tuple[list[str], list[str]]:
    if len(words) > 1 and (family_first or _family_first(words)):
        return words[1:], words[:1]
    start = next((i for i in range(1, len(words) - 1) if _is_particle(words[i])), len(words) - 1)
    if start > 2 and words[start - 1] in _DASHES:  # "Nowak - Kowalska" is one family name
        start -= 2
    return (words[:start], words[start:]) if start else (words, [])


def _family_first(words: list[str]) -> bool:
    if words[0] in _VIETNAMESE and len(words) > 1:
        return True
    if len(words) == 2:
        return _is_east_asian(words[0])
    if len(words) == 3:
        return words[2].casefold().endswith(_PATRONYMICS) and not words[1].casefold().endswith(_PATRONYMICS)
    return False


def _is_particle(word: str) -> bool:
    return word.casefold() in _PARTICLES or word in _LOWER_PARTICLES
