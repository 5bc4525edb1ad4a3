"""Which records are there already: looked up for a batch of entries at a time, and told of those made on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS, PLURAL
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.errors import Ambiguous, Duplicate, NotFound
from crmcli.services.importing.index import Index
from crmcli.services.importing.numbered import Numbered
from crmcli.services.importing.origins import Origins
from crmcli.services.importing.rows import addresses, keys_of, name_of
from crmcli.store.queries import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmcli.services.importing.index import Holder
    from crmcli.services.importing.rows import Entry, Party
    from crmcli.store.reader import Reader

Links = dict[str, tuple["int | Party", ...]]  # a record's number, or the party when there is no such record yet


class Directory:
    """Finds the records that entries and their parties mean."""

    def __init__(self, reader: Reader, noun: str, source: str) -> None:
        self.noun = noun
        self.source = source
        self.spare: Callable[[str], None] | None = None  # told of links that a row can do without; None if it can't
        self.spares_names = False  # whether a row can also do without what it names in words
        self.knows_names = False  # whether people are also looked up by name where something better is known of them
        self.uids = Index(reader, keys.uids(noun))
        self.external = Index(reader, keys.external_ids(noun, source))
        self.elsewhere = Numbered(reader, noun, source)
        self.emails = Index(reader, keys.EMAILS)
        self.phones = Index(reader, keys.PHONES)
        self.handles = {network: Index(reader, keys.handles(network)) for network in NETWORKS}
        self.contact_names = Index(reader, keys.CONTACT_NAMES)
        self.people = Index(reader, keys.PEOPLE)  # who holds any of these, by number
        self.origins = Origins()
        self.websites = Index(reader, keys.WEBSITES)
        self.company_names = Index(reader, keys.COMPANY_NAMES)
        self.titles = Index(reader, keys.DEAL_TITLES)
        self.numbered = {linked: Numbered(reader, linked, source) for linked in ("company", "contact", "deal")}
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
        self.uids.ask(e.uid for e in entries if e.uid)
        self.external.ask(e.external_id for e in entries if e.external_id and not e.external_source)
        self.elsewhere.ask(_whole(e) for e in entries if e.external_id and e.external_source)
        self.emails.ask(
            [*_keys(persons, "emails"), *(value.key for party in people for value in addresses(party, "emails"))]
        )
        self.phones.ask(
            [*_keys(persons, "phones"), *(key for party in people for key in keys_of(party.values, "phones"))]
        )
        for network, index in self.handles.items():
            index.ask(e.values[network].key for e in persons if network in e.values)
        if self.noun == "contact":
            reached = (self.emails, self.phones, *self.handles.values())
            self.people.ask({holder.number for index in reached for holder in index.all()})
        unsure = [e for e in persons if self.knows_names or not has_own_keys(e)]
        named = [fold(e.values["name"]) for e in unsure if "name" in e.values]
        self.contact_names.ask([*named, *(fold(name_of(party)) for party in people)])
        self.websites.ask(
            [*_keys(companies, "websites"), *(value.key for party in firms for value in addresses(party, "websites"))]
        )
        names = [fold(e.values["name"]) for e in companies if "name" in e.values]
        self.company_names.ask([*names, *(fold(name_of(party)) for party in firms)])
        self._ask_numbers(parties)
        self._prepare_work(entries, parties)

    def _ask_numbers(self, parties: Sequence[Party]) -> None:
        """Look up linked records by their numbers in other systems."""
        for noun, index in self.numbered.items():
            index.ask(ref for party in parties if party.noun == noun for ref in _numbers(party))

    def _prepare_work(self, entries: Sequence[Entry], parties: Sequence[Party]) -> None:
        """Look up deals and activities."""
        named = [ref for party in parties if party.noun == "deal" for ref in _numbers(party)]
        loose = [entry for entry in entries if entry.external_id is None]
        titles = [fold(title_of(entry)) for entry in loose] if self.noun == "deal" else []
        self.titles.ask([*titles, *map(fold, named)])
        self.deal_numbers.ask(ref for ref in named if not self.numbered["deal"].of(ref))
        activities = loose if self.noun == "activity" else []
        self.moments.ask(utc_text(e.values["at"]) for e in activities if "at" in e.values)
        self.subjects.ask(e.values["subject"] for e in activities if "at" not in e.values and "subject" in e.values)
        if self.noun in ("deal", "activity"):
            people = (self.emails, self.contact_names, self.numbered["contact"])
            deals = (self.titles, self.deal_numbers, self.numbered["deal"])
            self.primary_companies.ask({holder.number for index in people for holder in index.all()})
            self.deal_companies.ask({holder.number for index in deals for holder in index.all()})

    def ask_companies(self, firms: Sequence[Party]) -> None:
        """Look up companies that are named by others."""
        self.websites.ask(value.key for party in firms for value in addresses(party, "websites"))
        self.company_names.ask(fold(name_of(party)) for party in firms)
        self.numbered["company"].ask(ref for party in firms for ref in _numbers(party))

    # -- links

    def links(self, entry: Entry) -> Links:
        """The records that an entry is linked to; raises Ambiguous, or NotFound for a deal."""
        find: dict[str, Callable[[Party], int | None]] = {
            "company": self.company, "contact": self.contact, "deal": self.deal,
        }  # fmt: skip
        links: Links = {}
        for name, parties in entry.parties.items():
            found = [self._link(entry, party, find[party.noun]) for party in parties]
            links[name] = tuple(link for link in found if link is not None)
        return {name: several for name, several in links.items() if several}

    def _link(self, entry: Entry, party: Party, find: Callable[[Party], int | None]) -> int | Party | None:
        """The record that a row names, the party where there is none yet; None for one that the row can do without."""
        try:
            number = find(party)
        except NotFound:
            if self.spare is None or not (_number(party) or self.spares_names):
                raise
            key = f"{party.noun}_external_id" if _number(party) else f"{party.noun}_original"
            entry.custom[key] = _number(party) or party.ref or ""
            self.spare(
                f"{PLURAL[party.noun]} are not there and kept as they are in {key}; import them, then this again"
            )
            return None
        return party if number is None else number

    def company(self, party: Party) -> int | None:
        """The company that a row names, by its number in the other system, by website, else by name."""
        found = self._by_number(party) or self.websites.of(value.key for value in addresses(party, "websites"))
        found = found or self._named_by_number(party)
        if not found:
            names = self.company_names.of([fold(name_of(party))])
            found = self._told_apart(names) if _number(party) else names
            self._refuse_bare_number(party, found)
        return _only(party.noun, name_of(party), found)

    def contact(self, party: Party) -> int | None:
        """The person that a row names, by number in the other system, by e-mail, else by name."""
        emails = addresses(party, "emails")
        found = self._by_number(party) or self.emails.of(value.key for value in emails)
        if not found and not emails:
            by_name = [] if _number(party) else self.contact_names.of([fold(name_of(party))])
            found = self._named_by_number(party) or by_name
            self._refuse_bare_number(party, found)
        return _only(party.noun, name_of(party), found)

    def deal(self, party: Party) -> int | None:
        """The deal that a row names, by its number in the other system, else by title; raises NotFound."""
        ref = _number(party) or party.ref or ""
        found = _only(
            "deal", ref, self.numbered["deal"].of(ref) or self.deal_numbers.of([ref]) or self.titles.of([fold(ref)])
        )
        if found is None:
            raise NotFound(f"no deal {ref!r}", hint="import the deals first")
        return found

    def _by_number(self, party: Party) -> list[Holder]:
        """Who has the number that a column of its own gives."""
        number = _number(party)
        return self.numbered[party.noun].of(number) if number else []

    def _named_by_number(self, party: Party) -> list[Holder]:
        """Who has the number that stands where a name could."""
        return self.numbered[party.noun].of(party.ref) if party.ref else []

    def _told_apart(self, holders: Sequence[Holder]) -> list[Holder]:
        """Without those of the name that have another number in the same system: they are other companies."""
        return [h for h in holders if not (h.more[:1] == (self.source,) and h.more[1])]

    def _refuse_bare_number(self, party: Party, found: Sequence[Holder]) -> None:
        """Raise NotFound when a number is all that a row says of a record that is not there."""
        if not found and (number := _number(party)) and party.ref is None and set(party.values) == {"external_id"}:
            raise NotFound(
                f"no {party.noun} {number if ':' in number else f'{self.source}:{number}'}",
                hint=f"import the {PLURAL[party.noun]} first, with the same --source",
            )

    # -- the record itself

    def match(self, entry: Entry) -> int | None:
        """The record that a contact, company or numbered deal or activity is already; raises Ambiguous."""
        if entry.uid and (found := [holder for holder in self.uids.of([entry.uid]) if not holder.more[0]]):
            return found[0].number
        if found := self.of_number(entry):
            return found[0].number
        if self.noun == "contact":
            return self._match_contact(entry)
        return self._match_company(entry) if self.noun == "company" else None

    def unique(self, entry: Entry) -> Iterator[tuple[str, Index, list[str]]]:
        """What only one record may have, of what the row says: what it is, who holds it, and the keys."""
        for word, index, field in (("e-mail", self.emails, "emails"), ("website", self.websites, "websites")):
            yield word, index, list(keys_of(entry.values, field))
        for network, index in self.handles.items():
            yield network, index, [entry.values[network].key] if network in entry.values else []

    def of_number(self, entry: Entry) -> list[Holder]:
        """Who has the row's number in the other system."""
        if entry.external_id is None:
            return []
        return self.elsewhere.of(_whole(entry)) if entry.external_source else self.external.of([entry.external_id])

    def _match_contact(self, entry: Entry) -> int | None:
        for word, index, said in self.unique(entry):
            if said and (holders := index.of(said)):
                number = _only("contact", f"line {entry.line}", holders)
                assert number is not None
                self._refuse_another(entry, number, f"{word} {', '.join(said)}")
                return number
            if index is self.emails and (found := self._by_phone(entry)):
                return _only("contact", f"line {entry.line}", found)
        return None

    def _by_phone(self, entry: Entry) -> list[Holder]:
        """Who has the row's phone and its name: a phone alone is as well that of a family, or of an office."""
        holders = self.phones.of(keys_of(entry.values, "phones"))
        return [h for h in holders if _same_person(entry, h) and not self._is_numbered_otherwise(entry, h.number)]

    def _is_numbered_otherwise(self, entry: Entry, number: int) -> bool:
        """Whether that person has another number in the system that the row's number is of."""
        if entry.external_id is None:
            return False
        source = entry.external_source or self.source
        more = [holder.more for holder in self.people.of([number])]
        return any(theirs == source and told != entry.external_id for _, theirs, told in more)

    def _refuse_another(self, entry: Entry, number: int, what: str) -> None:
        """Raise Duplicate when what only one person may have is had by one who is clearly not the row's."""
        name = next((str(holder.more[0]) for holder in self.people.of([number])), f"contact #{number}")
        line = self.origins.line(number)
        whose = f"{what} is that of {name} ({f'line {line}' if line else f'contact #{number}'})"
        if self._is_numbered_otherwise(entry, number):
            raise Duplicate(f"{whose}, who has another id", hint="leave it out there, or --key email makes them one")
        if line is not None and not _may_be_called(entry.values.get("name"), name):
            raise Duplicate(whose, hint="leave it out there, or --key email makes them one")

    def give_number(self, entry: Entry, number: int) -> None:
        """A record that got the row's number in the other system since."""
        if entry.external_id is None:
            return
        source = entry.external_source or self.source
        if source == self.source:
            self.external.add(entry.external_id, number)
        if self.noun == "contact":
            name = next((holder.more[0] for holder in self.people.of([number])), entry.values.get("name"))
            self.people.add(number, number, name, source, entry.external_id)

    def _match_company(self, entry: Entry) -> int | None:
        if found := self.websites.of(keys_of(entry.values, "websites")):
            return _only("company", f"line {entry.line}", found)
        if entry.uid:  # two of our own that share a name are two
            return None
        name = entry.values.get("name")
        holders = self.company_names.of([fold(name)]) if name else []
        return _only("company", str(name), self._told_apart(holders) if entry.external_id else holders)

    def add(self, noun: str, number: int, values: dict[str, Any], external_id: str | None) -> None:
        """A record made since."""
        if noun == self.noun and external_id is not None:
            self.external.add(external_id, number)
        if external_id is not None and noun in self.numbered:
            self.numbered[noun].add(external_id, number)
        if noun == "contact":
            for key in keys_of(values, "emails"):
                self.emails.add(key, number)
            for key in keys_of(values, "phones"):
                self.phones.add(key, number, fold(values["name"]), bool(values.get("emails")))
            for network in NETWORKS:
                if network in values:
                    self.handles[network].add(values[network].key, number)
            self.contact_names.add(fold(values["name"]), number)
            self.people.add(number, number, values["name"], self.source if external_id else None, external_id)
        elif noun == "company":
            for key in keys_of(values, "websites"):
                self.websites.add(key, number)
            self.company_names.add(fold(values["name"]), number, self.source if external_id else None, external_id)


def has_keys(entry: Entry) -> bool:
    """Whether a contact's row says anything by which only one person is known."""
    return any(entry.values.get(name) for name in ("emails", "phones", *NETWORKS))


def has_own_keys(entry: Entry) -> bool:
    """Whether a contact's row says anything that is nobody else's: a phone may be shared."""
    return any(entry.values.get(name) for name in ("emails", *NETWORKS))


def _number(party: Party) -> str | None:
    """The number in another system that a column of its own gives."""
    return party.values.get("external_id")


def _numbers(party: Party) -> list[str]:
    """What a row says of a linked record that may be its number."""
    return [text for text in (_number(party), party.ref) if text]


def _whole(entry: Entry) -> str:
    """The number of a row in the system that the row names."""
    return f"{entry.external_source}:{entry.external_id}"


def title_of(entry: Entry) -> str:
    """A deal's title, given or made up."""
    return str(entry.values.get("title") or entry.usual.get("title") or "")


def _keys(entries: Iterable[Entry], field: str) -> Iterable[str]:
    return (key for entry in entries for key in keys_of(entry.values, field))


def _same_person(entry: Entry, holder: Holder) -> bool:
    """Whether a shared phone means a shared person: one of the same name; a row without one may have no other e-mail."""
    name_key, has_email = holder.more
    if (name := entry.values.get("name")) is None:
        return not (has_email and entry.values.get("emails"))
    return sorted(fold(str(name)).split()) == sorted(str(name_key).split())


def _may_be_called(said: object, name: str) -> bool:
    """Whether both may be names of one person: the same words in any order, or one leaves out or shortens some."""
    if said is None:
        return True
    few, many = sorted((fold(str(said)).replace(".", " ").split(), fold(name).replace(".", " ").split()), key=len)
    return all(any(_shortens(word, other) or _shortens(other, word) for other in many) for word in few)


def _shortens(word: str, other: str) -> bool:
    return word == other or (len(word) == 1 and other.startswith(word))


def _only(noun: str, what: str, holders: Sequence[Holder]) -> int | None:
    if len(holders) > 1:
        numbers = ", ".join(f"#{holder.number}" for holder in holders[:5])
        raise Ambiguous(f"{what} may be {noun} {numbers}", hint=f"crm {noun} merge makes them one")
    return holders[0].number if holders else None
