"""Puts entries in their place: makes new records in bulk, changes those that are there, and counts what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.errors import Conflict, CrmError, Refused
from crmcli.services.importing.changes import Comparer, Difference
from crmcli.services.importing.directory import Directory, title_of
from crmcli.services.importing.rows import addresses, name_of
from crmcli.services.importing.summary import reason_of
from crmcli.services.links import refuse_duplicates
from crmcli.services.stages import enter, first_of_kind, refuse_missing
from crmcli.store.queries.keys import kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.services.importing.directory import Links
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.rows import Entry, Party
    from crmcli.services.importing.stages import Stages
    from crmcli.services.importing.summary import Summary
    from crmcli.services.records import Records
    from crmcli.store.bulk import Bulk
    from crmcli.store.queries.keys import Kept
    from crmcli.store.session import UnitOfWork

_MANY = frozenset({"emails", "phones", "companies", "contacts", "websites", "tags", *NETWORKS})


class Placing:
    """The write side of one import."""

    def __init__(
        self, plan: Plan, uow: UnitOfWork, bulk: Bulk, service: Records, source: str, stages: Stages, summary: Summary
    ) -> None:
        from crmcli.store.bulk import own_columns

        self.plan = plan
        self.noun = plan.noun
        self.uow = uow
        self.bulk = bulk
        self.service = service
        self.source = source
        self.stages = stages
        self.summary = summary
        self.directory = Directory(uow.reader, plan.noun, source)
        self.done: list[tuple[str, int]] = []  # of this batch: add or edit, and the record's number
        self._comparer = Comparer(uow, plan.noun)
        self._columns = own_columns(plan.noun)
        self._kept: dict[int, Kept] = {}
        self._alike: dict[str, int] = {}  # records of this batch, by all that they say
        self._parents: dict[int, Party] = {}  # companies whose parent may come later in the file

    def place(self, entries: Sequence[Entry]) -> None:
        """Make or change what a batch of entries says, and write it."""
        self._alike.clear()
        self.done.clear()
        self.directory.prepare(entries)
        self._load(entries)
        for entry in entries:
            try:
                self._place(entry)
            except CrmError as error:
                self.summary.reject(entry.line, reason_of(error))
        self.bulk.flush()

    def _place(self, entry: Entry) -> None:
        links = self.directory.links(entry)
        number = self._existing(entry, links)
        if number is None:
            self._create(entry, links)
        elif self.plan.on_duplicate == "fail":
            raise Conflict(f"it is {self.noun} #{number} already", hint="--on-duplicate update changes it")
        else:
            self._meet(entry, links, number)

    # -- what is there

    def _load(self, entries: Sequence[Entry]) -> None:
        """Read the records that these entries may be, all at once."""
        numbers: dict[int, None] = {}
        for entry in entries:
            try:
                found = self.directory.match(entry)
            except CrmError:
                continue  # told when its turn comes
            numbers |= dict.fromkeys([found] if found is not None else self._candidates(entry))
        self._kept = self._read(list(numbers))

    def _candidates(self, entry: Entry) -> list[int]:
        """Records that may be this one, for a row that says nothing by which one is known for sure."""
        if entry.external_id is not None or self.noun == "company":
            return []
        if self.noun == "contact":
            holders = [] if _has_keys(entry) else self.directory.contact_names.of([fold(str(entry.values["name"]))])
        elif self.noun == "deal":
            holders = self.directory.titles.of([fold(title_of(entry))])
        elif "at" in entry.values:
            holders = self.directory.moments.of([utc_text(entry.values["at"])])
        else:
            holders = self.directory.subjects.of([entry.values.get("subject")])
        return [holder.number for holder in holders]

    def _read(self, numbers: Sequence[int]) -> dict[int, Kept]:
        return kept(self.uow.reader, self.noun, numbers, self._columns, _MANY) if numbers else {}

    def _existing(self, entry: Entry, links: Links) -> int | None:
        number = self.directory.match(entry)
        if number is not None or entry.external_id is not None:
            return number
        if self.noun == "deal":
            return self._same_deal(entry, links)
        unsure = self.noun == "activity" or (self.noun == "contact" and not _has_keys(entry))
        return self._same_in_all(entry, links) if unsure else None

    def _same_deal(self, entry: Entry, links: Links) -> int | None:
        """A deal of that title with the same company, made at the same time if the row says when."""
        company = next(iter(links.get("company", ())), None)
        for holder in self.directory.titles.of([fold(title_of(entry))]):
            its_company, created_at = holder.more
            if company in (None, its_company) and (
                entry.created_at is None or utc_text(entry.created_at) == created_at
            ):
                return holder.number
        return None

    def _same_in_all(self, entry: Entry, links: Links) -> int | None:
        """A record that already says all that the row says: two people of one name are two, two alike rows are one."""
        if (found := self._alike.get(_said(entry))) is not None:
            return found
        for number in self._candidates(entry):
            if number in self._kept and self._comparer.difference(entry, self._kept[number], links).is_nothing:
                return number
        return None

    def _meet(self, entry: Entry, links: Links, number: int) -> None:
        """Count a record that is there already, and change it when that is wanted."""
        if self.bulk.holds(self.noun, number):
            self.bulk.flush()
        if number not in self._kept:
            self._kept |= self._read([number])
        difference = self._comparer.difference(entry, self._kept[number], links)
        if number in self._parents:
            difference.links.pop("parent", None)
        if difference.is_nothing:
            self.summary.unchanged += 1
        elif self.plan.on_duplicate == "skip":
            self.summary.skipped += 1
        else:
            self._change(entry, number, difference)
            self.done.append(("edit", number))
            self.summary.updated += 1

    # -- new

    def _create(self, entry: Entry, links: Links) -> None:
        self._refuse_missing(entry, links)
        values = {**entry.values, **entry.usual}  # in this order: parts of a name go before what it is split into
        if self.noun == "contact":
            self._yield_phones(entry, values)
        parents = links.pop("parent", ())
        values |= self._resolved(links)
        values.setdefault("owner", self.uow.actor.user)
        own: dict[str, Any] = (
            {"external_source": self.source, "external_id": entry.external_id} if entry.external_id else {}
        )
        if entry.created_at is not None:
            own["created_at"] = entry.created_at
        if self.noun in ("deal", "activity"):
            self._give_company(values)
        if self.noun == "activity":
            values = _timed(self.service, self.uow, values)
        number = self._write(entry, values, own)
        if parents:
            self._parents[number] = next(iter(entry.parties["parent"]))
        self.done.append(("add", number))
        self.summary.created += 1

    def _write(self, entry: Entry, values: dict[str, Any], own: dict[str, Any]) -> int:
        if self.noun == "deal":
            own |= self._stage_columns(entry)
        number = self.bulk.add(self.noun, values, entry.custom, own)
        self.directory.add(self.noun, number, values, entry.external_id)
        if self.noun == "deal":
            self._begin_history(number, entry, own)
            self.directory.titles.add(
                fold(values["title"]), number, values.get("company"), utc_text(entry.created_at or self.uow.now)
            )
        elif entry.external_id is None:
            self._alike[_said(entry)] = number
        return number

    def _stage_columns(self, entry: Entry) -> dict[str, Any]:
        stage = entry.stage
        assert stage is not None
        since: datetime = entry.created_at or self.uow.now
        if stage.kind != "open":
            since = entry.closed_at or self.uow.now
            if entry.closed_at is None:
                self.summary.note("deals closed without a date taken as closed now")
        columns = {"pipeline_id": self.stages.pipeline_of[stage.number], "stage_id": stage.number, "stage_since": since}
        return columns | ({"closed_at": since} if stage.kind != "open" else {})

    def _begin_history(self, number: int, entry: Entry, own: dict[str, Any]) -> None:
        """The stages that the dates tell of: a closed deal was open from the day it was made."""
        stage, since = entry.stage, own["stage_since"]
        assert stage is not None
        before = None
        if stage.kind != "open" and entry.created_at is not None and entry.created_at <= since:
            before = first_of_kind(self.stages.of(stage), "open").number
            self.bulk.moved(number, None, before, entry.created_at)
        self.bulk.moved(number, before, stage.number, since)

    def _refuse_missing(self, entry: Entry, links: Links) -> None:
        """Raise Refused when the deal lacks what its stage, or an open one before it, requires."""
        if entry.stage is None or not any(stage.required for stage in self.stages.of(entry.stage)):
            return
        from types import SimpleNamespace

        given = {**entry.usual, **entry.values, **{name: name for name in links}, "number": ""}
        try:
            refuse_missing(SimpleNamespace(**given), self.stages.of(entry.stage), entry.stage)
        except Refused as error:
            raise Refused(error.message, hint="give the column with --map or a value with --default") from error

    def _yield_phones(self, entry: Entry, values: dict[str, Any]) -> None:
        """A number that is another person's already (a switchboard) is kept as text."""
        free = tuple(phone for phone in values.get("phones", ()) if not self.directory.phones.of([phone.key]))
        if len(free) < len(values.get("phones", ())):
            shared = [phone.value for phone in values["phones"] if phone not in free]
            entry.custom["phone_original"] = "; ".join(
                [*filter(None, [str(entry.custom.get("phone_original") or "")]), *shared]
            )
            self.summary.note("phones that are somebody else's kept in phone_original")
            values["phones"] = free

    def _give_company(self, values: dict[str, Any]) -> None:
        """The company of the deal or of the first person, where the row names none."""
        if values.get("company") is None and values.get("deal") is not None:
            values["company"] = _first(self.directory.deal_companies.of([values["deal"]]))
        if values.get("company") is None and values.get("contacts"):
            values["company"] = _first(self.directory.primary_companies.of(values["contacts"][:1]))
        if values.get("company") is None:
            values.pop("company", None)

    # -- linked records

    def _resolved(self, links: Links) -> dict[str, Any]:
        """The links as numbers; who is not there yet is made, people at the company that the row names."""
        company = next(iter(links.get("company", ())), None)
        if company is not None and not isinstance(company, int):
            company = self._make(company, None)
        found: dict[str, Any] = {} if company is None else {"company": company}
        for name, targets in links.items():
            if name == "company":
                continue
            numbers = tuple(dict.fromkeys(t if isinstance(t, int) else self._make(t, company) for t in targets))
            found[name] = numbers if name in _MANY else numbers[0]
        return found

    def _make(self, party: Party, company: int | None) -> int:
        """The record that a row names, made with all that the row says of it."""
        known = {"company": self.directory.company, "contact": self.directory.contact}[party.noun](party)
        if known is not None:  # made a moment ago, for another name of the same row
            return known
        values: dict[str, Any] = {"name": name_of(party), **party.values}
        field = "emails" if party.noun == "contact" else "websites"
        if given := addresses(party, field):
            values[field] = given
        if party.noun == "contact" and "phones" in values:
            values["phones"] = tuple(p for p in values["phones"] if not self.directory.phones.of([p.key]))
        if company is not None:
            values["companies"] = (company,)
        number = self.bulk.add(party.noun, values, {}, {})
        self.directory.add(party.noun, number, values, None)
        self.summary.link(party.noun)
        return number

    def adopt(self) -> None:
        """Give companies the parents they name, now that the whole file is read; unknown ones are made."""
        parties = list(self._parents.items())
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
        for child in self._parents:
            above, name = self.uow.reader.rows(sql, (child,))[0]
            seen = set()
            while above is not None and above not in seen:
                if above == child:
                    raise Refused(f"company {name} would belong to itself by way of others")
                seen.add(above)
                above = self.uow.reader.value(sql, (above,))

    # -- there already

    def _change(self, entry: Entry, number: int, difference: Difference) -> None:
        """Change a record as the row says, in one piece or not at all."""
        from crmcli.store.bulk import attempt

        added = {name: difference.edit.add[name] for name in difference.edit.add}
        refuse_duplicates(self.uow, self.noun, {**difference.edit.values, **added}, number)
        linked = self._resolved(difference.links)
        self.bulk.flush()
        edit = difference.edit._replace(
            values={**difference.edit.values, **{k: v for k, v in linked.items() if k not in _MANY}},
            add={**difference.edit.add, **{k: v for k, v in linked.items() if k in _MANY}},
        )
        with attempt(self.uow):
            if difference.stage:
                self._move(entry, number)
            if any(edit[1:]):
                self.service.change(self.uow, number, edit)
            if difference.external or difference.closed:
                self._set_own(entry, number, difference)
        self._kept |= self._read([number])

    def _move(self, entry: Entry, number: int) -> None:
        from crmcli.store.models.deals import Deal

        stage, view = entry.stage, self.service.view(self.uow.reader, number)
        assert stage is not None
        here = next((s.position for s in self.stages.of(stage) if s.stage == view.stage), -1)
        refuse_missing(view, self.stages.of(stage), stage, here)
        row = self.uow.get(Deal, number)
        row.pipeline_id = self.stages.pipeline_of[stage.number]
        at = entry.closed_at if entry.closed_at and row.stage_since <= entry.closed_at else self.uow.now
        enter(self.uow, number, stage, at=at)

    def _set_own(self, entry: Entry, number: int, difference: Difference) -> None:
        """What no edit sets: the number in the other system, and a closing date put right."""
        from crmcli.store.models.deals import StageChange
        from crmcli.store.records import root_model

        row = self.uow.get(root_model(self.noun), number)
        if difference.external:
            row.external_source, row.external_id = self.source, entry.external_id
        if difference.closed and entry.closed_at is not None:
            moves = [m for m in self.uow.find(StageChange, deal_id=number) if m.to_stage_id == row.stage_id]
            row.closed_at = row.stage_since = moves[-1].at = entry.closed_at
        self.uow.flush()


def _timed(service: Records, uow: UnitOfWork, values: dict[str, Any]) -> dict[str, Any]:
    """The activity with its type, subject, status and place in time."""
    links = {name: values.pop(name) for name in ("company", "deal", "contacts") if name in values}
    return service.prepare(uow, values) | links


def _said(entry: Entry) -> str:
    return repr((sorted(entry.values.items(), key=lambda item: item[0]), entry.custom, entry.parties))


def _has_keys(entry: Entry) -> bool:
    return any(entry.values.get(name) for name in ("emails", "phones", *NETWORKS))


def _first(holders: Sequence[Any]) -> int | None:
    return holders[0].number if holders else None
