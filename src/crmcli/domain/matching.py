"""Whether two records are one: a score from 0 to 1 for a pair, and in plain words what it rests on.

The score is the chance that the two are one, as Fellegi and Sunter weigh evidence: every agreement adds bits, every
contradiction takes bits away, and the sum is read as odds,

    score = 1 / (1 + 2 ** -(PRIOR + Σ bits))

``PRIOR`` stands for how seldom two records that have anything in common are one. The weights below were set by
``benchmarks/matching.py``, which prints precision and recall at several thresholds on people and companies whose
doubles are known. Evidence that depends on other evidence (a domain and a company, a phone that many share) is
weighed once, or less.
"""

from __future__ import annotations

from functools import cache
from math import floor, log2
from typing import TYPE_CHECKING

from crmcli.domain.company_names import bare_name, bare_words, run_together
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.nicknames import may_be_one
from crmcli.domain.text import fold
from crmcli.domain.transliteration import is_latin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_THRESHOLD = 0.8
PRIOR = -6.0
# A number that so many records have says where people work, not who they are.
CROWD = 3


class Person(NamedTuple):
    """What a person is known by, made ready to be compared."""

    number: int
    uid: str
    name: str
    given: tuple[str, ...]  # sounds of the words
    family: tuple[str, ...]
    emails: tuple[str, ...]  # folded, offices' left out
    offices: tuple[str, ...]  # folded addresses of offices: info@…
    phones: tuple[str, ...]  # E.164 without extension
    extensions: tuple[str, ...]  # E.164 with extension
    handles: tuple[str, ...]  # network:key
    companies: tuple[int, ...]
    firms: tuple[str, ...]  # the names of the companies, by their sounds
    domains: tuple[str, ...]  # of addresses at work
    birthday: str | None
    address: str | None


class Firm(NamedTuple):
    """What a company is known by, made ready to be compared."""

    number: int
    uid: str
    name: str
    words: tuple[str, ...]  # sounds, without the legal form
    form: str | None
    domains: tuple[str, ...]  # of its websites
    phones: tuple[str, ...]
    country: str | None
    address: str | None
    parent: int | None


def name_key(record: Person | Firm) -> str:
    """The name by which namesakes are counted: folded, a company's without its legal form."""
    return bare_name(record.name) if isinstance(record, Firm) else fold(record.name)


class Score(NamedTuple):
    """How sure it is that two records are one, and why."""

    value: float
    reasons: tuple[str, ...]


class Weighing:
    """Evidence as it is gathered: bits, and the words for those that count."""

    def __init__(self) -> None:
        self.bits = PRIOR
        self.reasons: list[str] = []

    def add(self, bits: float, reason: str = "") -> None:
        """Put evidence on the scale."""
        self.bits += bits
        if reason:
            self.reasons.append(reason)

    def score(self) -> Score:
        """The verdict; cut, not rounded, to two places, so that nothing is ever called certain."""
        return Score(floor(100 / (1 + 2.0 ** -min(max(self.bits, -60.0), 60.0))) / 100, tuple(self.reasons))


# -- people


def person_score(one: Person, other: Person, crowds: Mapping[str, int]) -> Score:
    """The score of two people; ``crowds`` says how many have a phone number or a name, where more than one does."""
    scale = Weighing()
    name = _names(one, other)
    _addresses(scale, one, other, name)
    _phones(scale, one, other, crowds)
    _handles(scale, one, other)
    scale.add(name.bits - _commonness(one, other, crowds), name.reason)
    _work(scale, one, other, name)
    _birthdays(scale, one, other)
    _places(scale, one.address, other.address)
    return scale.score()


def _commonness(one: Person | Firm, other: Person | Firm, crowds: Mapping[str, int]) -> float:
    """The bits that a name loses for every doubling of those who bear it, in the spelling of one or of the other."""
    bearers = sum(crowds.get(name, 1) for name in {name_key(one), name_key(other)})
    return log2(bearers / 2) if bearers > 2 else 0.0


class _Name(NamedTuple):
    bits: float
    reason: str
    given: float  # how alike the given names are, from 0 to 1; 0.5 when one is not known
    family: float


def _names(one: Person, other: Person) -> _Name:
    """The better of both orders of the words: who writes family name first is not always known."""
    straight = _ordered(one, other, other.given, other.family)
    if straight.bits >= 8 or not _may_be_crossed(one, other):
        return straight
    crossed = max(
        _ordered(one, other, other.family, other.given),
        _ordered(other, one, one.family, one.given),
        key=lambda name: name.bits,
    )
    return crossed._replace(bits=crossed.bits - 0.3) if crossed.bits - 0.3 > straight.bits else straight


def _may_be_crossed(one: Person, other: Person) -> bool:
    """Whether the words of one could be the other's in the other order, by their first letters."""
    if not (one.given and one.family and other.given and other.family):
        return bool(one.given and other.family) or bool(one.family and other.given)
    return one.given[0][0] == other.family[0][0] and one.family[0][0] == other.given[0][0]


def _ordered(one: Person, other: Person, given: tuple[str, ...], family: tuple[str, ...]) -> _Name:
    first, how = _given_likeness(one.given, given)
    last = _family_likeness(one.family, family)
    if not (one.family or family) and first == 1.0:
        return _only_name(one, other)
    bits = _given_bits(first) + _family_bits(last, first)
    if first == 1.0 and last == 1.0:
        return _Name(bits, _exactly(one.name, other.name), first, last)
    if min(first, last) < 0.5 or bits <= 0:
        return _Name(bits, "", first, last)
    return _Name(bits, how if last == 1.0 and how else _similar(one.name, other.name), first, last)


def _only_name(one: Person, other: Person) -> _Name:
    """A name of one word: enough where that is the whole name, as in Chinese, and little where it is not."""
    word = one.given[0]
    whole = not is_latin(word) and len(word) > 1
    return _Name(8.2 if whole else 3.0, _exactly(one.name, other.name), 1.0, 1.0 if whole else 0.5)


def _given_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[float, str]:
    """How alike two given names are, and the word for it when it is not plain."""
    if not one or not other:
        return 0.5, ""
    if one == other or "".join(one) == "".join(other):
        return (1.0, "") if len("".join(one)) > 1 else (0.8, "same initial")
    if one[0] == other[0]:
        return (0.97, "") if len(one) == 1 or len(other) == 1 or _initials(one[1:], other[1:]) else (0.7, "")
    if may_be_one(one[0], other[0]):
        return 0.95, "nickname"
    short, long = sorted((one[0], other[0]), key=len)
    if len(short) == 1:
        return (0.8, "same initial") if long.startswith(short) else (0.0, "")
    likeness = _like(one[0], other[0])
    return (likeness, "") if likeness >= 0.86 else (0.0, "")


def _initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(one, other, strict=False))


def _given_bits(likeness: float) -> float:
    if likeness == 1.0:
        return 3.9
    if likeness >= 0.95:
        return 3.4
    if likeness == 0.8:
        return 2.2
    if likeness == 0.7:
        return 1.5
    if likeness == 0.5:
        return 0.0
    return 3.4 - (1 - likeness) * 14 if likeness else -6.0


def _family_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    if not one or not other:
        return 0.5
    a, b = "".join(one), "".join(other)
    if a == b:
        return 1.0
    if set(one) <= set(other) or set(other) <= set(one):
        return 0.95  # one of two family names
    if _is_gendered(a, b) or _is_gendered(b, a):
        return 0.9
    if min(len(a), len(b)) == 1:
        return 0.6 if a[0] == b[0] else 0.0
    likeness = _like(a, b)
    return min(likeness, 0.94) if likeness >= 0.86 else 0.0


def _is_gendered(his: str, hers: str) -> bool:
    """Whether two family names are a man's and a woman's form of one: Ivanov and Ivanova, Kowalski and Kowalska."""
    if hers.endswith(("ska", "skaia")):
        return his == hers.removesuffix("aia").removesuffix("a") + "i" or his + "a" == hers
    return hers in (his + "a", his + "ova", his + "eva") or (his.endswith("i") and hers == his[:-1] + "aia")


def _family_bits(likeness: float, given: float) -> float:
    if likeness == 1.0:
        return 4.4
    if likeness >= 0.95:
        return 3.2
    if likeness == 0.9:  # a couple, a brother and a sister; or her name as another country writes it
        return 2.2 if given >= 0.95 else -1.0
    if likeness == 0.6:
        return 1.0
    if likeness == 0.5:
        return 0.0
    return 4.4 - (1 - likeness) * 18 if likeness else -6.0


def _like(one: str, other: str) -> float:
    """How alike two words are: 0 unless one is the other with a typing slip or, when it is long, two."""
    if min(len(one), len(other)) < 3:
        return 0.0
    distance, similarity = _fuzzy()
    slips = distance(one, other, score_cutoff=2)
    return 0.0 if slips > (1 if max(len(one), len(other)) < 7 else 2) else similarity(one, other)


@cache
def _fuzzy() -> tuple[Callable[..., int], Callable[[str, str], float]]:
    """Loaded when the first two words are compared, which for most new records is never."""
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

    return DamerauLevenshtein.distance, JaroWinkler.similarity


def _exactly(one: str, other: str) -> str:
    if is_latin(one) != is_latin(other):
        return "same name in another script"
    words = [sorted(fold(text.replace(",", " ")).split()) for text in (one, other)]
    return "same name" if words[0] == words[1] else _similar(one, other)


def _similar(one: str, other: str) -> str:
    from rapidfuzz.fuzz import token_sort_ratio

    from crmcli.domain.transliteration import words

    percent = token_sort_ratio(" ".join(words(one)), " ".join(words(other)))
    return f"similar name {min(floor(percent), 99)} %"


def _addresses(scale: Weighing, one: Person, other: Person, name: _Name) -> None:
    if not set(one.emails).isdisjoint(other.emails):
        scale.add(9.5, "same e-mail")
    elif not set(one.offices).isdisjoint(other.offices):
        scale.add(1.5, "same office e-mail")
    elif one.emails and other.emails:
        at = {email.rpartition("@")[2] for email in one.emails}
        mailboxes = {email.partition("@")[0] for email in one.emails}
        if any(email.partition("@")[0] in mailboxes and len(email.partition("@")[0]) > 5 for email in other.emails):
            scale.add(1.5, "same mailbox elsewhere")
        elif any(email.rpartition("@")[2] in at for email in other.emails):
            # One office gives one person one address.
            scale.add(-1.0 if name.given == 0.8 or name.given >= 0.97 else -2.5)


def _phones(scale: Weighing, one: Person, other: Person, crowds: Mapping[str, int]) -> None:
    shared = set(one.phones) & set(other.phones)
    if shared:
        crowd = min(crowds.get(phone, 2) for phone in shared)
        if crowd < CROWD:
            scale.add(6.5, "same phone")
        else:
            scale.add(2.0 if crowd < 3 * CROWD else 0.5, f"same phone as {crowd - 1} others")
    elif _bases(one.extensions) & {*_bases(other.extensions), *other.phones} or _bases(other.extensions) & {
        *one.phones
    }:
        scale.add(-0.5 if one.extensions and other.extensions else 0.5)


def _bases(numbers: tuple[str, ...]) -> set[str]:
    return {number.partition(";")[0] for number in numbers}


def _handles(scale: Weighing, one: Person, other: Person) -> None:
    if not set(one.handles).isdisjoint(other.handles):
        scale.add(8.5, "same handle")
    elif one.handles and other.handles:
        mine = {handle.partition(":")[0] for handle in one.handles}
        if any(handle.partition(":")[0] in mine for handle in other.handles):
            scale.add(-3.0, "but different handles")


def _work(scale: Weighing, one: Person, other: Person, name: _Name) -> None:
    if not (set(one.companies).isdisjoint(other.companies) and set(one.firms).isdisjoint(other.firms)):
        scale.add(1.7, "same company")
    elif not set(one.domains).isdisjoint(other.domains):
        scale.add(1.7, "same domain")
    elif (one.companies and other.companies) or (one.domains and other.domains):
        # Namesakes work at two companies; whoever has another name there as well is somebody else.
        scale.add(
            -2.0 if name.family >= 0.9 else -3.0, "but different companies" if one.companies and other.companies else ""
        )


def _birthdays(scale: Weighing, one: Person, other: Person) -> None:
    if one.birthday and other.birthday:
        if one.birthday == other.birthday:
            scale.add(4.5, "same birthday")
        elif one.birthday[:4] == other.birthday[:4] and sorted(one.birthday[5:]) == sorted(other.birthday[5:]):
            scale.add(1.5, "birthday with day and month swapped")
        else:
            scale.add(-6.0, "but different birthdays")


def _places(scale: Weighing, one: str | None, other: str | None) -> None:
    if one and other:
        from rapidfuzz.fuzz import token_sort_ratio

        likeness = token_sort_ratio(one, other)
        if likeness >= 88 and any(map(str.isdecimal, one)) and _numerals(one) == _numerals(other):
            scale.add(2.5, "similar address")
        elif likeness < 40:
            scale.add(-0.3)


def _numerals(text: str) -> list[str]:
    return sorted(word for word in text.split() if any(map(str.isdecimal, word)))


# -- companies


def firm_score(one: Firm, other: Firm, crowds: Mapping[str, int]) -> Score:
    """The score of two companies; ``crowds`` says how many have a phone number or a name, where more than one does."""
    scale = Weighing()
    alike = _firm_names(scale, one, other)
    scale.add(-_commonness(one, other, crowds))
    _domains(scale, one, other, alike)
    shared = set(one.phones) & set(other.phones)
    if shared:
        crowded = min(crowds.get(phone, 2) for phone in shared) >= CROWD
        scale.add(0.5 if crowded else 4.0, "" if crowded else "same phone")
    _places(scale, one.address, other.address)
    if one.country and other.country and one.country != other.country:
        scale.add(-2.0, "but different countries")
    if one.form and other.form and one.form != other.form:
        scale.add(-1.6, "but different legal forms")
    if other.number == one.parent or one.number == other.parent:
        scale.add(-7.0, "but one belongs to the other")
    return scale.score()


def _firm_names(scale: Weighing, one: Firm, other: Firm) -> float:
    """Weigh the names; how alike they are, from 0 to 1."""
    mine, theirs = run_together(one.words), run_together(other.words)
    if mine == theirs or sorted(one.words) == sorted(other.words):
        scale.add(8.3, _exactly_firm(one, other))
        return 1.0
    if _firm_numerals(one) != _firm_numerals(other):
        scale.add(-4.0)
        return 0.0
    if set(one.words) < set(other.words) or set(other.words) < set(one.words):
        scale.add(2.5, _similar(one.name, other.name))
        return 0.8
    from rapidfuzz.fuzz import ratio, token_sort_ratio

    # Sorting the words forgives their order, but not a first letter that is wrong.
    likeness = max(token_sort_ratio(" ".join(one.words), " ".join(other.words)), ratio(mine, theirs)) / 100
    if likeness < 0.85 or min(len(mine), len(theirs)) < 4:
        scale.add(-4.0)
        return 0.0
    scale.add(8.3 - (1 - likeness) * 20, _similar(one.name, other.name))
    return likeness


def _exactly_firm(one: Firm, other: Firm) -> str:
    if is_latin("".join(bare_words(one.name)[0])) != is_latin("".join(bare_words(other.name)[0])):
        return "same name in another script"
    if fold(one.name) == fold(other.name):
        return "same name"
    return "same name but for its form" if one.form or other.form else _similar(one.name, other.name)


def _firm_numerals(firm: Firm) -> list[str]:
    return sorted(word for word in firm.words if any(map(str.isdecimal, word)))


def _domains(scale: Weighing, one: Firm, other: Firm, alike: float) -> None:
    if not one.domains or not other.domains:
        return
    if not set(one.domains).isdisjoint(other.domains):
        scale.add(6.0, "same domain")
    elif {domain.partition(".")[0] for domain in one.domains} & {domain.partition(".")[0] for domain in other.domains}:
        scale.add(2.0, "domain of the same name")
    else:
        scale.add(-1.5 if alike == 1.0 else -3.0)
