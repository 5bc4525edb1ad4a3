"""Whom a transaction log means: people and companies of the store, found by what the log calls them, or made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.people import looks_like, read_email
from crmcli.domain.text import fold
from crmcli.errors import BadValue
from crmcli.store.queries.purchase_lines import customers_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.store.bulk import Bulk
    from crmcli.store.queries.purchase_lines import Customers
    from crmcli.store.reader import Reader

_REMEMBERED = 50_000


class Meant(NamedTuple):
    """Who a log's customer is: what the customer goes by, and the record's noun and number where it is known."""

    key: str
    noun: str | None = None
    number: int | None = None


class CustomersNamed:
    """Finds the customers of one log; with ``bulk`` the unknown ones are made, as people."""

    def __init__(self, reader: Reader, source: str, bulk: Bulk | None = None) -> None:
        self._reader = reader
        self._source = source
        self._bulk = bulk
        self._known: dict[str, Meant] = {}
        self.made = 0
        self.ambiguous = 0
        """Names that several have, so that nobody can say who is meant."""

    def of(self, texts: Iterable[str]) -> dict[str, Meant]:
        """Who is meant by each of some hundred texts."""
        wanted = dict.fromkeys(texts)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = [text for text in wanted if text not in self._known]
        if new:
            emails = {text: key for text in new if (key := _email(text))}
            found = customers_among(
                self._reader, self._source, new, list(emails.values()), [fold(text) for text in new]
            )
            for text in new:
                self._known[text] = self._meant(text, emails.get(text), found)
        return {text: self._known[text] for text in wanted}

    def _meant(self, text: str, email: str | None, found: Customers) -> Meant:
        sure = found.by_id.get(f"{self._source}:{text}") or found.by_id.get(text)
        sure = sure or (found.by_email.get(email) if email else None)
        if sure is None:
            named = found.by_name.get(fold(text), [])
            if len(named) > 1:
                self.ambiguous += 1
                return Meant(fold(text))
            sure = next(iter(named), None)
        if sure is not None:
            noun, number, uid = sure
            return Meant(uid, noun, number)
        return self._new(text, email) if self._bulk is not None else Meant(fold(text))

    def _new(self, text: str, email: str | None) -> Meant:
        from crmcli.domain.fields import UID_PREFIX
        from crmcli.domain.ids import new_uid
        from crmcli.domain.people import name_from_email

        assert self._bulk is not None
        uid = new_uid(UID_PREFIX["contact"])
        values: dict[str, object] = {"owner": self._bulk.uow.actor.user, "name": text}
        own: dict[str, object] = {"uid": uid, "external_source": self._source, "external_id": text}
        if email:
            values |= {"name": name_from_email(email), "emails": (read_email(text),)}
            own = {"uid": uid}
        self.made += 1
        return Meant(uid, "contact", self._bulk.add("contact", values, {}, own))


def _email(text: str) -> str | None:
    if "@" not in text or looks_like(text) != "email":
        return None
    try:
        return read_email(text).key
    except BadValue:
        return None
