"""Which records are there already: looked up for a batch of entries at a time, and told of those made on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.errors import Ambiguous, NotFound
from crmcli.services.importing.rows import addresses, keys_of, name_of
from crmcli.store.queries import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmcli.services.importing.rows import Entry, Party
    from crmcli.store.queries.keys import Lookup
    from crmcli.store.reader import Reader

Links = dict[str, tuple["int | Party", ...]]  # a record's number, or the party when there is no such record yet


class Holder(NamedTuple):
    """A record that holds a key, with what its lookup tells besides."""

    number: int
    more: tuple[Any, ...] = ()


class Index:
    """The holders of one sort of key."""

    def __init__(self, reader: Reader, lookup: Lookup) -> None:
        self._reader = reader
        self._lookup = lookup
        self._holders: dict[Any, list[Holder]] = {}

    def ask(self, wanted: Iterable[Any]) -> None:
        """Know the holders of these keys, and of no others."""
        self._holders.clear()
        for key, number, *more in keys.look_up(self._reader, self._lookup, dict.fromkeys(wanted)):
            self._holders.setdefault(key, []).append(Holder(number, tuple(more)))

    def add(self, key: Any, number: int, *more: Any) -> None:  # noqa: ANN401
        """A record made since."""
        self._holders.setdefault(key, []).append(Holder(number, more))

    def all(self) -> list[Holder]:
        """Every holder known."""
        return [holder for holders in self._holders.values() for holder in holders]

    def of(self, wanted: Iterable[Any]) -> list[Holder]:
        """The holders of any of these keys, each once."""
        found = {holder.number: holder for key in wanted for holder in self._holders.get(key, ())}
        return list(found.values())


class Directory:
    """Finds the records that entries and their parties mean."""

    def __init__(self, reader: Reader, noun: str, source: str) -> None:
        self.noun = noun
        self.source = source
        self.external = Index(reader, keys.external_ids(noun, source))
        self.emails = Index(reader, keys.EMAILS)
        self.phones = Index(reader, keys.PHONES)
        self.handles = {network: Index(reader, keys.handles(network)) for network in NETWORKS}
        self.contact_names = Index(reader, keys.CONTACT_NAMES)
        self.websites = Index(reader, keys.WEBSITES)
        self.company_names = Index(reader, keys.COMPANY_NAMES)
        self.titles = Index(reader, keys.DEAL_TITLES)
        self.deal_numbers = Index(reader, keys.any_external_ids("deal"))
        self.moments = Index(reader, keys.MOMENTS)
        self.subjects = Index(reader, keys.SUBJECTS)
        self.primary_companies = Index(reader, keys.PRIMARY_COMPANIES)
        self.deal_companies = Index(reader, keys.DEAL_COMPANIES)

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Look up everything that these entries may mean."""
        parties = [party for entry in entries for several in entry.parties.values() for party in several]
        people = [party for party in parties if party.noun == "contact"]
        firms = [party for party in parties if party.noun == "company"]
        persons = entries if self.noun == "contact" else ()
        companies = entries if self.noun == "company" else ()
        self.external.ask(e.external_id for e in entries if e.external_id)
        self.emails.ask(
            [*_keys(persons, "emails"), *(value.key for party in people for value in addresses(party, "emails"))]
        )
        self.phones.ask(
            [*_keys(persons, "phones"), *(key for party in people for key in keys_of(party.values, "phones"))]
        )
        for network, index in self.handles.items():
            index.ask(e.values[network].key for e in persons if network in e.values)
        named = [fold(e.values["name"]) for e in persons if "name" in e.values]
        self.contact_names.ask([*named, *(fold(name_of(party)) for party in people)])
        self.websites.ask(
            [*_keys(companies, "websites"), *(value.key for party in firms for value in addresses(party, "websites"))]
        )
        names = [fold(e.values["name"]) for e in companies if "name" in e.values]
        self.company_names.ask([*names, *(fold(name_of(party)) for party in firms)])
        self._prepare_work(entries, parties)

    def _prepare_work(self, entries: Sequence[Entry], parties: Sequence[Party]) -> None:
        """Look up deals and activities."""
        named = [party.ref for party in parties if party.noun == "deal" and party.ref]
        loose = [entry for entry in entries if entry.external_id is None]
        titles = [fold(title_of(entry)) for entry in loose] if self.noun == "deal" else []
        self.titles.ask([*titles, *map(fold, named)])
        self.deal_numbers.ask(named)
        activities = loose if self.noun == "activity" else []
        self.moments.ask(utc_text(e.values["at"]) for e in activities if "at" in e.values)
        self.subjects.ask(e.values["subject"] for e in activities if "at" not in e.values and "subject" in e.values)
        everyone = {holder.number for index in (self.emails, self.contact_names) for holder in index.all()}
        if self.noun in ("deal", "activity"):
            self.primary_companies.ask(everyone)
            self.deal_companies.ask({h.number for index in (self.titles, self.deal_numbers) for h in index.all()})

    def ask_companies(self, firms: Sequence[Party]) -> None:
        """Look up companies that are named by others."""
        self.websites.ask(value.key for party in firms for value in addresses(party, "websites"))
        self.company_names.ask(fold(name_of(party)) for party in firms)

    # -- links

    def links(self, entry: Entry) -> Links:
        """The records that an entry is linked to; raises Ambiguous, or NotFound for a deal."""
        find: dict[str, Callable[[Party], int | None]] = {
            "company": self.company, "contact": self.contact, "deal": self.deal,
        }  # fmt: skip
        links: Links = {}
        for name, parties in entry.parties.items():
            found = [find[party.noun](party) for party in parties]
            links[name] = tuple(
                party if number is None else number for party, number in zip(parties, found, strict=True)
            )
        return links

    def company(self, party: Party) -> int | None:
        """The company that a row names, by website, else by name."""
        by_site = self.websites.of(value.key for value in addresses(party, "websites"))
        return _only(party.noun, name_of(party), by_site or self.company_names.of([fold(name_of(party))]))

    def contact(self, party: Party) -> int | None:
        """The person that a row names, by e-mail, else by name."""
        emails = addresses(party, "emails")
        found = self.emails.of(value.key for value in emails)
        return _only(
            party.noun, name_of(party), found or ([] if emails else self.contact_names.of([fold(name_of(party))]))
        )

    def deal(self, party: Party) -> int | None:
        """The deal that a row names, by its number in the other system, else by title; raises NotFound."""
        ref = party.ref or ""
        found = _only("deal", ref, self.deal_numbers.of([ref]) or self.titles.of([fold(ref)]))
        if found is None:
            raise NotFound(f"no deal {ref!r}", hint="import the deals first")
        return found

    # -- the record itself

    def match(self, entry: Entry) -> int | None:
        """The record that a contact, company or numbered deal or activity is already; raises Ambiguous."""
        if entry.external_id is not None and (found := self.external.of([entry.external_id])):
            return found[0].number
        if self.noun == "contact":
            return self._match_contact(entry)
        return self._match_company(entry) if self.noun == "company" else None

    def _match_contact(self, entry: Entry) -> int | None:
        holders = self.emails.of(keys_of(entry.values, "emails"))
        holders = holders or [h for h in self.phones.of(keys_of(entry.values, "phones")) if _same_person(entry, h)]
        for network, index in self.handles.items():
            if not holders and network in entry.values:
                holders = index.of([entry.values[network].key])
        return _only("contact", f"line {entry.line}", holders)

    def _match_company(self, entry: Entry) -> int | None:
        if found := self.websites.of(keys_of(entry.values, "websites")):
            return _only("company", f"line {entry.line}", found)
        name = entry.values.get("name")
        holders = self.company_names.of([fold(name)]) if name else []
        # Two of one name that have different numbers in the same system are two companies.
        told_apart = [h for h in holders if not (entry.external_id and h.more[:1] == (self.source,) and h.more[1])]
        return _only("company", str(name), told_apart)

    def add(self, noun: str, number: int, values: dict[str, Any], external_id: str | None) -> None:
        """A record made since."""
        if noun == self.noun and external_id is not None:
            self.external.add(external_id, number)
        if noun == "contact":
            for key in keys_of(values, "emails"):
                self.emails.add(key, number)
            for key in keys_of(values, "phones"):
                self.phones.add(key, number, fold(values["name"]), bool(values.get("emails")))
            for network in NETWORKS:
                if network in values:
                    self.handles[network].add(values[network].key, number)
            self.contact_names.add(fold(values["name"]), number)
        elif noun == "company":
            for key in keys_of(values, "websites"):
                self.websites.add(key, number)
            self.company_names.add(fold(values["name"]), number, self.source if external_id else None, external_id)


def title_of(entry: Entry) -> str:
    """A deal's title, given or made up."""
    return str(entry.values.get("title") or entry.usual["title"])


def _keys(entries: Iterable[Entry], field: str) -> Iterable[str]:
    return (key for entry in entries for key in keys_of(entry.values, field))


def _same_person(entry: Entry, holder: Holder) -> bool:
    """Whether a shared phone means a shared person: not if both have e-mails, and different names."""
    name_key, has_email = holder.more
    return not (has_email and entry.values.get("emails")) or fold(str(entry.values.get("name"))) == name_key


def _only(noun: str, what: str, holders: Sequence[Holder]) -> int | None:
    if len(holders) > 1:
        numbers = ", ".join(f"#{holder.number}" for holder in holders[:5])
        raise Ambiguous(f"{what} may be {noun} {numbers}", hint=f"crm {noun} merge makes them one")
    return holders[0].number if holders else None
