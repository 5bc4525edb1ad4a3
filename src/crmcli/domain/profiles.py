"""Records made ready to be compared: kept values in, sounds, folded addresses and domains out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crmcli.domain.company_names import firm_name
from crmcli.domain.email_folding import folded_email, is_role, site_domain, work_domain
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.matching import Firm, Person, name_key
from crmcli.domain.names import split_name
from crmcli.domain.transliteration import romanised, sounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NONE: tuple[str, ...] = ()
_PLACES = {
    "street": "str", "strasse": "str", "strase": "str", "ulica": "ul", "ulitsa": "ul", "avenue": "av", "ave": "av",
    "boulevard": "bul", "blvd": "bul", "bulvar": "bul", "road": "rd", "square": "sq", "ploshtad": "pl",
}  # fmt: skip


class KeptPerson(NamedTuple):
    """A person as kept: numbers, names, and the keys beside."""

    number: int
    uid: str
    name: str
    given: str | None
    family: str | None
    birthday: str | None
    address: str | None
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    handles: Sequence[str] = ()  # network:key
    companies: Sequence[tuple[int, str]] = ()  # number and name
    spare: Sequence[str] = ()  # what was kept as it is because it is somebody else's or can't be read


class KeptFirm(NamedTuple):
    """A company as kept."""

    number: int
    uid: str
    name: str
    country: str | None
    address: str | None
    parent: int | None
    websites: Sequence[str] = ()
    phones: Sequence[str] = ()


def person_of(kept: KeptPerson) -> Person:
    """The person's profile."""
    given, family = (kept.given, kept.family) if kept.given or kept.family else split_name(kept.name)[:2]
    emails = [*kept.emails, *(text.casefold() for text in kept.spare if "@" in text)]
    numbers = [*kept.phones, *filter(None, map(_spare_phone, kept.spare))]
    return Person(
        kept.number,
        kept.uid,
        kept.name,
        _sounds(given),
        _sounds(family),
        tuple(dict.fromkeys(folded_email(key) for key in emails if not is_role(key))) if emails else _NONE,
        tuple(folded_email(key) for key in emails if is_role(key)) if emails else _NONE,
        tuple(dict.fromkeys(number for number in numbers if ";" not in number)) if numbers else _NONE,
        tuple(number for number in numbers if ";" in number) if numbers else _NONE,
        tuple(kept.handles),
        tuple(number for number, _ in kept.companies),
        tuple(_firm_key(name) for _, name in kept.companies),
        tuple(dict.fromkeys(filter(None, map(work_domain, emails)))) if emails else _NONE,
        kept.birthday,
        address_key(kept.address),
    )


def firm_of(kept: KeptFirm) -> Firm:
    """The company's profile."""
    name = firm_name(kept.name)
    domains = tuple(dict.fromkeys(map(site_domain, kept.websites)))
    phones = tuple(dict.fromkeys(phone.partition(";")[0] for phone in kept.phones))
    country = romanised(kept.country) if kept.country else None
    return Firm(
        kept.number, kept.uid, kept.name, name.words, name.form, domains, phones, country, address_key(kept.address), kept.parent
    )  # fmt: skip


def crowds_of(profiles: Iterable[Person | Firm]) -> dict[str, int]:
    """How many of the records have each phone number and each name, for those that more than one has."""
    counts: dict[str, int] = {}
    for profile in profiles:
        for key in (name_key(profile), *profile.phones):
            if key:
                counts[key] = counts.get(key, 0) + 1
    return {key: count for key, count in counts.items() if count > 1}


@lru_cache(65_536)
def _sounds(text: str | None) -> tuple[str, ...]:
    return tuple(sounds(text)) if text else _NONE


@lru_cache(16_384)
def _firm_key(name: str) -> str:
    return firm_name(name).key


def address_key(text: str | None) -> str | None:
    """A postal address by the sounds of its words, in their order, the words for streets shortened."""
    if not text:
        return None
    return " ".join(_PLACES.get(word, word) for word in sounds(text)) or None


def _spare_phone(text: str) -> str | None:
    digits = "".join(c for c in text if c.isdecimal())
    return f"+{digits}" if text.lstrip().startswith("+") and len(digits) > 7 else None
