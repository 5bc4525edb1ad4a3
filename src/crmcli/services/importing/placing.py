"""Puts entries in their place: makes new records in bulk, changes those that are there, and counts what it did."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.errors import Conflict, CrmError, Duplicate, NotFound, Refused
from crmcli.services.importing.abreast import Abreast
from crmcli.services.importing.altering import Altering
from crmcli.services.importing.changes import Comparer
from crmcli.services.importing.diary import Diary
from crmcli.services.importing.directory import Directory, has_keys, has_own_keys, title_of
from crmcli.services.importing.keys import Told
from crmcli.services.importing.linking import MANY, Linking
from crmcli.services.importing.precedence import REPLACE, precedence_of
from crmcli.services.importing.summary import reason_of
from crmcli.services.importing.telling import differences, in_words
from crmcli.services.stages import first_of_kind, refuse_missing
from crmcli.store.queries.keys import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crmcli.services.importing.batches import Batch
    from crmcli.services.importing.changes import Difference
    from crmcli.services.importing.directory import Links
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.rows import Entry, Party
    from crmcli.services.importing.stages import Stages
    from crmcli.services.importing.summary import Summary
    from crmcli.services.records import Records
    from crmcli.store.bulk import Bulk
    from crmcli.store.queries.keys import Kept
    from crmcli.store.session import UnitOfWork


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
        self.directory.spare = summary.note if plan.spare_links else None
        self.directory.spares_names = plan.preset not in (None, "none")
        self.done: list[tuple[str, int]] = []  # of this batch: add or edit, and the record's number
        precedence = precedence_of(plan)
        self._comparer = Comparer(uow, plan.noun, precedence)
        self._fields = MANY | ({"former_companies"} if precedence.of("companies") == REPLACE else set())
        self._told = Told(uow.reader, self.directory, plan.key) if plan.key else None
        self._diary = Diary(uow.reader, service, summary) if plan.dry_run else None
        self._columns = own_columns(plan.noun)
        self._kept: dict[int, Kept] = {}
        self._alike: dict[str, int] = {}  # records of this batch, by all that they say
        self._remembered: set[int] = set()
        self._makes_links = plan.create_links is not False
        self.linking = Linking(uow.reader, bulk, self.directory, summary)
        self._abreast = Abreast(bulk, self.directory, self.linking)
        self._altering = Altering(uow, bulk, service, self.linking, stages, source)

    def put(self, batch: Batch) -> bool:
        """Place what a batch of rows says; tells whether all of it is new."""
        self.done.clear()
        new = batch.new()
        if new is not None and self._abreast.place(new):
            self.summary.created += len(new.companies)
            return True
        self._abreast.forget()
        created, entries = self.summary.created, batch.entries()
        self.place(entries)
        return self.summary.created - created == len(entries)

    def place(self, entries: Sequence[Entry]) -> None:
        """Make or change what a batch of entries says, and write it."""
        self._alike.clear()
        self.done.clear()
        self.directory.prepare(entries)
        if self._told:
            self._told.ask(entries)
        self._load(entries)
        for entry in entries:
            try:
                self._place(entry)
            except CrmError as error:
                self.summary.reject(entry.line, reason_of(error))
        self.bulk.flush()

    def remember(self, entries: Sequence[Entry]) -> None:
        """Know again which companies an earlier part of this import has made and left without the parent they name."""
        self.directory.prepare(entries)
        if self._told:
            self._told.ask(entries)
        self._load(entries)
        for entry in entries:
            with suppress(CrmError):
                number = self._existing(entry, self.directory.links(entry))
                if number is None or number in self._remembered:
                    continue
                self._remembered.add(number)
                if "parent" in entry.parties and self._is_own_orphan(number):
                    self.linking.parents[number] = entry.parties["parent"][0]

    def _is_own_orphan(self, number: int) -> bool:
        if number not in self._kept:
            self._kept |= self._read([number])
        columns = self._kept[number].columns
        return columns["created_in"] == self.uow.number and columns["parent_id"] is None

    def _place(self, entry: Entry) -> None:
        links = self.directory.links(entry)
        if not self._makes_links:
            links = {name: known for name, said in links.items() if (known := _known(said))}
        number = self._existing(entry, links)
        if number is None and self.plan.mode == "update":
            raise (
                self._told.missing(entry)
                if self._told
                else NotFound(f"no such {self.noun}", hint="--mode upsert makes it")
            )
        if number is None:
            self._create(entry, links)
        elif self.plan.on_duplicate == "fail":
            raise Conflict(f"it is {self.noun} #{number} already", hint="--mode upsert changes it")
        else:
            self._meet(entry, links, number)

    # -- what is there

    def _load(self, entries: Sequence[Entry]) -> None:
        """Read the records that these entries may be, all at once."""
        numbers: dict[int, None] = {}
        for entry in entries:
            if self._told:
                numbers |= dict.fromkeys(self._told.candidates(entry))
                continue
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
            name = fold(str(entry.values.get("name", "")))
            holders = [] if has_own_keys(entry) else self.directory.contact_names.of([name])
        elif self.noun == "deal":
            holders = self.directory.titles.of([fold(title_of(entry))])
        elif "at" in entry.values:
            holders = self.directory.moments.of([utc_text(entry.values["at"])])
        else:
            holders = self.directory.subjects.of([entry.values.get("subject")])
        return [holder.number for holder in holders]

    def _read(self, numbers: Sequence[int]) -> dict[int, Kept]:
        return kept(self.uow.reader, self.noun, numbers, self._columns, self._fields) if numbers else {}

    def _existing(self, entry: Entry, links: Links) -> int | None:
        number = self._told.match(entry, links) if self._told else self.directory.match(entry)
        if self.noun == "contact":
            self._yield_phones(entry, number)
        if self._told or number is not None or entry.external_id is not None or entry.uid:
            return number  # a row with a number of its own is that record or a new one
        if self.noun == "deal":
            return self._same_deal(entry, links)
        return self._same_in_all(entry, links) if self._is_unsure(entry) else None

    def _is_unsure(self, entry: Entry) -> bool:
        """Whether the row says nothing by which a record is known, so that only all it says will do."""
        if entry.external_id is not None or entry.uid:
            return False
        return self.noun == "activity" or (self.noun == "contact" and not has_keys(entry))

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
        if number in self.linking.parents:
            difference.links.pop("parent", None)
        if difference.is_nothing:
            self.summary.unchanged += 1
        elif self.plan.mode == "create":
            self._skip(entry, number, difference)
        else:
            if difference.external:
                self._refuse_number(entry, number)
            before = self._diary.look(number) if self._diary else None
            self._altering.change(entry, number, difference)
            if self._diary:
                self._diary.changed(entry.line, number, before)
            if difference.external:
                self.directory.give_number(entry, number)
            self._kept |= self._read([number])
            self.done.append(("edit", number))
            self.summary.updated += 1

    def _skip(self, entry: Entry, number: int, difference: Difference) -> None:
        """Leave a record as it is; raises Conflict when a row of the same file has made it and said otherwise."""
        line = self.directory.origins.line(number)
        if line is not None and self.plan.on_duplicate != "skip":
            told = in_words(differences(entry, difference, self.service.view(self.uow.reader, number)))
            raise Conflict(f"says otherwise than line {line}: {told}", hint="--mode upsert lets the last row win")
        if self.summary.skip(entry.line, f"#{number} {_name_of(self._kept[number])}") and self._diary:
            view = self.service.view(self.uow.reader, number)
            self._diary.skipped(entry.line, view, differences(entry, difference, view))

    # -- new

    def _create(self, entry: Entry, links: Links) -> None:
        self._refuse_missing(entry, links)
        self._refuse_taken(entry)
        values = {**entry.values, **entry.usual}  # in this order: parts of a name go before what it is split into
        parents = links.pop("parent", ())
        values |= self.linking.resolved(links)
        values.setdefault("owner", self.uow.actor.user)
        own: dict[str, Any] = {}
        if entry.external_id:
            own = {"external_source": entry.external_source or self.source, "external_id": entry.external_id}
        if entry.uid and not self.directory.uids.of([entry.uid]):
            own["uid"] = entry.uid
        if entry.created_at is not None:
            own["created_at"] = entry.created_at
        if self.noun in ("deal", "activity"):
            self._give_company(values)
        if self.noun == "activity":
            values = _timed(self.service, self.uow, values)
        number = self._write(entry, values, own)
        if parents:
            self.linking.parents[number] = next(iter(entry.parties["parent"]))
        self._made(entry, number, values)

    def _made(self, entry: Entry, number: int, values: Mapping[str, Any]) -> None:
        """Tell whoever wants to know of a new record."""
        self.directory.origins.add((number,), (entry.line,))
        if self._told:
            self._told.add(number, entry, _company_of(values))
        if self._diary:
            self._diary.made(entry.line, values)
        self.done.append(("add", number))
        self.summary.created += 1

    def _write(self, entry: Entry, values: dict[str, Any], own: dict[str, Any]) -> int:
        if self.noun == "deal":
            own |= self._stage_columns(entry)
        number = self.bulk.add(self.noun, values, entry.custom, own)
        self.directory.add(self.noun, number, values, None if entry.external_source else entry.external_id)
        if entry.uid:
            self.directory.uids.add(entry.uid, number, False)  # noqa: FBT003 - not deleted
        if self.noun == "deal":
            self._begin_history(number, entry, own)
            self.directory.titles.add(
                fold(values["title"]), number, values.get("company"), utc_text(entry.created_at or self.uow.now)
            )
        elif self._is_unsure(entry):
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

    def _refuse_taken(self, entry: Entry) -> None:
        """Raise Duplicate when the row, which is nobody by the key told, has an address that only one may have."""
        if not self._told:
            return  # by the usual rules it would have been that one
        self._refuse_number(entry, None)
        for word, index, said in self.directory.unique(entry):
            if holders := index.of(said):
                taken = f"{word} {', '.join(said)} belongs to {self.noun} #{holders[0].number}"
                raise Duplicate(taken, hint=f"crm {self.noun} show {holders[0].number}")

    def _refuse_number(self, entry: Entry, own: int | None) -> None:
        """Raise Duplicate when another record has the row's number in the other system."""
        holders = self.directory.of_number(entry)
        if holders and holders[0].number != own:
            whose = entry.external_source or self.source
            raise Duplicate(f"{whose}:{entry.external_id} is {self.noun} #{holders[0].number}")

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

    def _yield_phones(self, entry: Entry, own: int | None) -> None:
        """A number that is another person's already (a switchboard, a family's) is kept as text."""
        said = entry.values.get("phones", ())
        free = tuple(phone for phone in said if self._is_free(phone.key, own))
        if len(free) == len(said):
            return
        shared = [phone.value for phone in said if phone not in free]
        entry.custom["phone_original"] = "; ".join(
            [*filter(None, [str(entry.custom.get("phone_original") or "")]), *shared]
        )
        self.summary.note("phones that are somebody else's kept in phone_original")
        entry.values["phones"] = free
        if not free:
            del entry.values["phones"]

    def _is_free(self, phone: str, own: int | None) -> bool:
        holders = self.directory.phones.of([phone])
        return not holders or own in [holder.number for holder in holders]

    def _give_company(self, values: dict[str, Any]) -> None:
        """The company of the deal or of the first person, where the row names none."""
        if values.get("company") is None and values.get("deal") is not None:
            values["company"] = _first(self.directory.deal_companies.of([values["deal"]]))
        if values.get("company") is None and values.get("contacts"):
            values["company"] = _first(self.directory.primary_companies.of(values["contacts"][:1]))
        if values.get("company") is None:
            values.pop("company", None)


def _timed(service: Records, uow: UnitOfWork, values: dict[str, Any]) -> dict[str, Any]:
    """The activity with its type, subject, status and place in time."""
    links = {name: values.pop(name) for name in ("company", "deal", "contacts") if name in values}
    return service.prepare(uow, values) | links


def _said(entry: Entry) -> str:
    return repr((sorted(entry.values.items(), key=lambda item: item[0]), entry.custom, entry.parties))


def _name_of(there: Kept) -> str:
    """What a kept record is called."""
    columns = there.columns
    return str(columns.get("name") or columns.get("title") or columns.get("subject") or "")


def _company_of(values: Mapping[str, Any]) -> int | None:
    """The first company that a new record belongs to."""
    return values.get("company") or next(iter(values.get("companies", ())), None)


def _known(links: Sequence[int | Party]) -> tuple[int | Party, ...]:
    """Those that are there already."""
    return tuple(link for link in links if isinstance(link, int))


def _first(holders: Sequence[Any]) -> int | None:
    return holders[0].number if holders else None
