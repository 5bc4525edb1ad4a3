"""The records that rows name: found or made, and parents given when the whole file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS
from crmcli.errors import Refused
from crmcli.services.importing.rows import addresses, name_of

if TYPE_CHECKING:
    from crmcli.services.importing.directory import Directory, Links
    from crmcli.services.importing.rows import Party
    from crmcli.services.importing.summary import Summary
    from crmcli.store.bulk import Bulk
    from crmcli.store.reader import Reader

MANY = frozenset({"emails", "phones", "companies", "contacts", "websites", "tags", *NETWORKS})


class Linking:
    """Makes what rows name and is not there yet."""

    def __init__(self, reader: Reader, bulk: Bulk, directory: Directory, summary: Summary) -> None:
        self.reader = reader
        self.bulk = bulk
        self.directory = directory
        self.summary = summary
        self.parents: dict[int, Party] = {}  # new companies whose parent may come later in the file

    def resolved(self, links: Links) -> dict[str, Any]:
        """The links as numbers; who is not there yet is made, people at the company that the row names."""
        company = next(iter(links.get("company", ())), None)
        if company is not None and not isinstance(company, int):
            company = self._make(company, None)
        found: dict[str, Any] = {} if company is None else {"company": company}
        for name, targets in links.items():
            if name == "company":
                continue
            numbers = tuple(dict.fromkeys(t if isinstance(t, int) else self._make(t, company) for t in targets))
            found[name] = numbers if name in MANY else numbers[0]
        return found

    def _make(self, party: Party, company: int | None) -> int:
        """The record that a row names, made with all that the row says of it."""
        known = {"company": self.directory.company, "contact": self.directory.contact}[party.noun](party)
        if known is not None:  # made a moment ago, for another name of the same row
            return known
        values: dict[str, Any] = {"owner": self.bulk.uow.actor.user, "name": name_of(party), **party.values}
        field = "emails" if party.noun == "contact" else "websites"
        if given := addresses(party, field):
            values[field] = given
        if party.noun == "contact" and "phones" in values:
            values["phones"] = tuple(p for p in values["phones"] if not self.directory.phones.of([p.key]))
        if company is not None:
            values["companies"] = (company,)
        external = values.pop("external_id", None)
        own = {}
        if external:
            own["external_source"], own["external_id"] = self.directory.numbered[party.noun].told(external)
        number = self.bulk.add(party.noun, values, {}, own)
        self.directory.add(party.noun, number, values, external)
        self.summary.link(party.noun)
        return number

    def adopt(self) -> None:
        """Give companies the parents they name, now that the whole file is read; unknown ones are made."""
        parties = list(self.parents.items())
        for start in range(0, len(parties), 500):
            chunk = parties[start : start + 500]
            self.directory.ask_companies([party for _, party in chunk])
            pairs = {}
            for child, party in chunk:
                parent = self.directory.company(party)
                pairs[child] = self._make(party, None) if parent is None else parent
            self.bulk.flush()
            self.bulk.set_parents({child: parent for child, parent in pairs.items() if child != parent})
        self._refuse_rings()

    def _refuse_rings(self) -> None:
        """Raise Refused when a company would belong to itself, however far up."""
        sql = "SELECT parent_id, name FROM company WHERE id = ?"
        for child in self.parents:
            above, name = self.reader.rows(sql, (child,))[0]
            seen = set()
            while above is not None and above not in seen:
                if above == child:
                    raise Refused(f"company {name} would belong to itself by way of others")
                seen.add(above)
                above = self.reader.value(sql, (above,))
