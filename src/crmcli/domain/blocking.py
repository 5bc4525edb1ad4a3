"""Which records are worth comparing: those that share a rare key, each pair once.

Every record is filed under the keys of one drawer at a time. A file of few records is compared pair by pair; one of many
(a common name, a large employer) says little by itself, so its records are put in order and each is compared with the
next few only. That keeps the work near to the number of records, and the memory to one drawer.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.company_names import run_together
from crmcli.domain.nicknames import groups_of
from crmcli.domain.transliteration import skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmcli.domain.matching import Firm, Person

RecordT = TypeVar("RecordT")
LARGEST = 30
WINDOW = 4


def pairs(
    records: Sequence[RecordT],
    drawers: Sequence[Callable[[RecordT], Iterable[str]]],
    order: Callable[[RecordT], object],
) -> Iterator[tuple[RecordT, RecordT]]:
    """The pairs that share a key in any drawer; ``order`` puts look-alikes of a large file side by side."""
    seen: set[int] = set()
    count = len(records)
    for keys_of in drawers:
        for members in _filed(records, keys_of):
            close = combinations(members, 2) if len(members) <= LARGEST else _neighbours(members, records, order)
            for a, b in close:
                pair = a * count + b if a < b else b * count + a
                if pair not in seen:
                    seen.add(pair)
                    yield records[min(a, b)], records[max(a, b)]


def _filed(records: Sequence[RecordT], keys_of: Callable[[RecordT], Iterable[str]]) -> list[list[int]]:
    """The places of the records of each file of two or more."""
    first: dict[str, int] = {}
    files: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        for key in set(keys_of(record)):
            if (alone := first.setdefault(key, place)) != place:
                files.setdefault(key, [alone]).append(place)
    return list(files.values())


def _neighbours(
    members: list[int], records: Sequence[RecordT], order: Callable[[RecordT], object]
) -> Iterator[tuple[int, int]]:
    ranked = sorted(members, key=lambda place: order(records[place]))  # type: ignore[arg-type,return-value]
    for at, place in enumerate(ranked):
        for other in ranked[at + 1 : at + 1 + WINDOW]:
            yield place, other


# -- people


def _by_address(person: Person) -> Iterable[str]:
    return (*person.emails, *person.phones, *person.handles)


def _by_full_name(person: Person) -> Iterator[str]:
    """Both names in either order, and every name that the given one may be short for."""
    family, given = "".join(person.family), "".join(person.given)
    if not family:
        if len(given) > 1:
            yield given
        return
    for name in {given, *person.given[:1]}:
        yield "|".join(sorted((family, name)))
    for group in (*groups_of(given), *(groups_of(person.given[0]) if person.given else ())):
        yield f"{family}|{group}"
    for part in person.family if len(person.family) > 1 else ():
        yield "|".join(sorted((part, given)))


def _by_place_of_work(person: Person) -> Iterator[str]:
    """Where somebody works, with the beginning of either name: a mistyped name counts only beside such evidence."""
    starts = [name[0][:3] for name in (person.family, person.given) if name]
    for place in (*map(str, person.companies), *person.firms, *person.domains):
        for start in starts:
            yield f"{place}|{start}"


def _by_birthday(person: Person) -> Iterator[str]:
    if person.birthday:
        for name in (person.family, person.given):
            if name:
                yield f"{person.birthday}|{name[0][:2]}"


def _by_mailbox(person: Person) -> Iterator[str]:
    """The part before the @, when it is long enough to be somebody's own."""
    for email in person.emails:
        mailbox = email.partition("@")[0].replace(".", "").replace("_", "").replace("-", "")
        if len(mailbox) > 5:
            yield mailbox


def _by_address_line(person: Person) -> Iterator[str]:
    if person.address and person.family:
        yield f"{person.address}|{person.family[0][:3]}"


def _person_order(person: Person) -> object:
    return "".join(person.given), "".join(person.family), person.emails


def people(records: Sequence[Person]) -> Iterator[tuple[Person, Person]]:
    """The pairs of people worth comparing."""
    drawers = (
        _by_address, _by_full_name, _by_place_of_work, _by_birthday, _by_mailbox, _by_address_line,
    )  # fmt: skip
    return pairs(records, drawers, _person_order)


# -- companies


def _by_domain(firm: Firm) -> Iterator[str]:
    yield from firm.domains
    yield from (f"{domain.partition('.')[0]}." for domain in firm.domains if len(domain.partition(".")[0]) > 2)
    yield from firm.phones


def _by_firm_name(firm: Firm) -> Iterator[str]:
    """The whole name run together and in no order, and what is left of it when any one word is mistyped."""
    whole = run_together(firm.words)
    if not whole:
        return
    yield whole
    yield f"{whole[0]}|{skeleton(whole)}"
    yield "".join(sorted(firm.words))
    if len(firm.words) > 1:
        for at in range(len(firm.words)):
            yield "|".join((*firm.words[:at], *firm.words[at + 1 :], str(at)))
    elif len(whole) > 5:
        yield f"{whole[:4]}|{len(whole) // 4}"
        yield f"|{whole[-4:]}"


def _by_firm_address(firm: Firm) -> Iterator[str]:
    if firm.address and firm.words:
        yield f"{firm.address}|{firm.words[0][:2]}"


def _firm_order(firm: Firm) -> object:
    return "".join(firm.words), firm.number


def firms(records: Sequence[Firm]) -> Iterator[tuple[Firm, Firm]]:
    """The pairs of companies worth comparing."""
    return pairs(records, (_by_domain, _by_firm_name, _by_firm_address), _firm_order)
