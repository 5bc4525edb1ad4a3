"""Who took part in messages: the user, people and companies of the store, and those nobody knows yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.mailboxes import domain_of, is_free, is_robot, sites_of, untagged
from crmcli.domain.people import name_from_email
from crmcli.store.queries.keys import EMAILS, PRIMARY_COMPANIES, WEBSITES, look_up
from crmcli.store.queries.threads import PEOPLE, STORED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from crmcli.io.mail.headers import Address
    from crmcli.io.mail.messages import Message
    from crmcli.store.bulk import Bulk
    from crmcli.store.reader import Reader


class Parties(NamedTuple):
    """Whom a message is from and for: ``direction``, numbers of contacts and company, and who could become a contact."""

    direction: str
    contacts: tuple[int, ...]
    company: int | None
    strangers: tuple[Address, ...]

    @property
    def is_known(self) -> bool:
        """Whether anybody of the store takes part."""
        return bool(self.contacts) or self.company is not None


class Correspondents:
    """Finds the parties of messages, a batch at a time."""

    def __init__(self, own: Collection[str]) -> None:
        self._own = frozenset(map(untagged, own))
        self._own_domains = {domain_of(key) for key in self._own}
        self._contacts: dict[str, int] = {}
        self._companies: dict[str, int] = {}
        self._company_of: dict[int, int] = {}
        self._answered: dict[str, list[int]] = {}

    def ask(self, reader: Reader, messages: Sequence[Message]) -> None:
        """Look up everybody that these messages name."""
        keys = {each.email.key for message in messages for each in _everybody(message)}
        keys |= {email.key for message in messages if message.failure for email in message.failure.recipients}
        self._contacts = {str(key): number for key, number in look_up(reader, EMAILS, keys)}
        strange = {domain_of(key) for key in keys if key not in self._contacts} - self._own_domains
        sites = {site for domain in strange if not is_free(domain) for site in sites_of(domain)}
        self._companies = {str(site): number for site, number in look_up(reader, WEBSITES, sites)}
        self._company_of = dict(
            look_up(reader, PRIMARY_COMPANIES, set(self._contacts.values()))
        )  # the primary one is last
        self._ask_originals(reader, [m.failure.original for m in messages if m.failure and m.failure.original])

    def _ask_originals(self, reader: Reader, originals: Sequence[str]) -> None:
        """Look up who got the messages that reports are about."""
        self._answered = {}
        stored = {number: message for message, number, *_ in look_up(reader, STORED, dict.fromkeys(originals))}
        for activity, contact in look_up(reader, PEOPLE, list(stored)):
            self._answered.setdefault(stored[activity], []).append(contact)

    def of(self, message: Message) -> Parties:
        """The parties of a message."""
        outgoing = any(self._is_own(each) for each in message.sender)
        if message.failure is not None:
            return self._of_failure(message)
        first, last = (message.to, message.sender) if outgoing else (message.sender, message.to)
        order = [*first, *message.reply_to, *last, *message.copied]
        others = [each for each in order if not self._is_own(each)]
        contacts = self._known(each.email.key for each in others)
        strangers = [*message.to, *message.copied] if outgoing else list(message.sender)
        return Parties(
            "out" if outgoing else "in", contacts, self._company(contacts, others), self._new(message, strangers)
        )

    def _of_failure(self, message: Message) -> Parties:
        """A report is about whom the message did not reach, else about who got the message it reports on."""
        assert message.failure is not None
        contacts = self._known(email.key for email in message.failure.recipients)
        contacts = contacts or tuple(self._answered.get(message.failure.original or "", ()))
        return Parties("in", contacts, self._company(contacts, ()), ())

    def _known(self, keys: Iterable[str]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._contacts[key] for key in keys if key in self._contacts))

    def _company(self, contacts: Sequence[int], others: Iterable[Address]) -> int | None:
        """The company of the first person that has one, else the one whose website is the domain of somebody."""
        theirs = next((self._company_of[number] for number in contacts if number in self._company_of), None)
        return theirs or next(filter(None, (self.company_by_domain(each.email.key) for each in others)), None)

    def company_by_domain(self, key: str) -> int | None:
        """The company whose website an address belongs to."""
        return next((self._companies[site] for site in sites_of(domain_of(key)) if site in self._companies), None)

    def _new(self, message: Message, strangers: Iterable[Address]) -> tuple[Address, ...]:
        """Those of whom a contact can be made: no machines, and nobody who only wrote to a list."""
        if message.auto_reply or message.list_id:
            return ()
        return tuple(
            each
            for each in strangers
            if not (self._is_own(each) or each.email.key in self._contacts or is_robot(each.email.key))
        )

    def _is_own(self, person: Address) -> bool:
        return untagged(person.email.key) in self._own

    def add(self, bulk: Bulk, person: Address) -> int:
        """A contact made of somebody in a header; whoever asks for them again finds them."""
        values: dict[str, object] = {
            "name": person.name or name_from_email(person.email.value),
            "emails": (person.email,),
            "owner": bulk.uow.actor.user,
        }
        company = self.company_by_domain(person.email.key)
        if company is not None:
            values["companies"] = (company,)
        number = self._contacts[person.email.key] = bulk.add("contact", values, {}, {})
        if company is not None:
            self._company_of[number] = company
        return number


def _everybody(message: Message) -> tuple[Address, ...]:
    return (*message.sender, *message.reply_to, *message.to, *message.copied)
