"""A record's page: the record, what it is linked to, what comes next and its whole timeline; or what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.services.activities import Activities
from crmcli.services.companies import Companies
from crmcli.services.contacts import Contacts
from crmcli.services.deals import Deals
from crmcli.services.history import History
from crmcli.services.pictures import next_step
from crmcli.services.records import Changes
from crmcli.store.queries.common import Selection, by_number
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.deals import stage_history
from crmcli.store.queries.refs import Found, survivor
from crmcli.store.queries.timeline import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.views import ActivityView, ChangeSetView, CompanyView, ContactView, DealView, Link, StageVisit
    from crmcli.services.desk import Desk
    from crmcli.services.records import Records
    from crmcli.store.queries.timeline import Entry
    from crmcli.store.reader import Reader

MOST = 500  # linked records of one kind that a page lists; a filter finds them all
_OPEN = Condition("r.stage_id IN (SELECT id FROM stage WHERE kind = 'open')")
_CLOSED = Condition("r.stage_id NOT IN (SELECT id FROM stage WHERE kind = 'open')")


class Relation(NamedTuple):
    """A way to be linked: ``noun`` is what stands there, ``field`` holds the link, on the other record unless ``own``."""

    name: str
    noun: str
    field: str
    own: bool = True
    many: bool = True


RELATIONS: dict[str, tuple[Relation, ...]] = {
    "contact": (Relation("companies", "company", "companies"), Relation("deals", "deal", "contacts", own=False)),
    "company": (
        Relation("people", "contact", "companies", own=False),
        Relation("deals", "deal", "company", own=False, many=False),
        Relation("belongs to", "company", "parent", many=False),
        Relation("daughters", "company", "parent", own=False, many=False),
    ),
    "deal": (Relation("company", "company", "company", many=False), Relation("people", "contact", "contacts")),
    "activity": (
        Relation("people", "contact", "contacts"),
        Relation("company", "company", "company", many=False),
        Relation("deal", "deal", "deal", many=False),
    ),
}


class Linked(NamedTuple):
    """A record on another's page; ``view`` is all that is known of it, None where a name is all."""

    noun: str
    id: str
    name: str
    view: ContactView | CompanyView | DealView | None = None


class Group(NamedTuple):
    """The records linked in one way; there may be more than are listed."""

    relation: Relation
    records: tuple[Linked, ...]
    is_cut: bool = False


class Page(NamedTuple):
    """A record with everything around it.

    ``record`` is None when there was never such a one or nothing is left of it; ``gone`` tells who deleted it, and
    ``kept`` is the record into which it was merged.
    """

    noun: str
    id: str
    record: Any = None
    groups: tuple[Group, ...] = ()
    next_step: ActivityView | None = None
    stages: tuple[StageVisit, ...] = ()
    entries: tuple[Entry, ...] = ()
    gone: ChangeSetView | None = None
    kept: Found | None = None

    @property
    def is_live(self) -> bool:
        """Whether it can be worked with."""
        return self.record is not None and self.gone is None


class Pages:
    """Pages of records, and the links made and taken off there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._records: dict[str, Records] = {
            "contact": Contacts(desk), "company": Companies(desk), "deal": Deals(desk), "activity": Activities(desk),
        }  # fmt: skip

    def page(self, noun: str, uid: str) -> Page:
        """The page of the record with that uid, whatever became of it."""
        with self.desk.reading() as reader:
            row = reader.row(f"SELECT id, deleted_at FROM {noun} WHERE uid = ?", (uid,))
            if row is None:
                return Page(noun, uid)
            number, deleted_at = row
            if deleted_at is not None:
                return self._gone(reader, noun, uid, number)
            return Page(
                noun, uid, self._records[noun].view(reader, number), tuple(self._groups(reader, noun, number)),
                next_step(reader, noun, number) if noun != "activity" else None,
                stage_history(reader, number, self.desk.clock.now()) if noun == "deal" else (),
                entries(reader, noun, number),
            )  # fmt: skip

    def _gone(self, reader: Reader, noun: str, uid: str, number: int) -> Page:
        record = next(iter(self._records[noun].views(reader, by_number(number)._replace(deleted=True))), None)
        last = next(History(self.desk).list(f"{noun}:{uid}", 1), None)
        return Page(noun, uid, record, gone=last, kept=survivor(reader, noun, uid, self.desk.country))

    # -- what it is linked to

    def _groups(self, reader: Reader, noun: str, number: int) -> Iterator[Group]:
        for relation in RELATIONS[noun]:
            found = list(self._linked(reader, noun, number, relation))
            yield Group(relation, tuple(found[:MOST]), len(found) > MOST)

    def _linked(self, reader: Reader, noun: str, number: int, relation: Relation) -> Iterator[Linked]:
        if relation.noun == "deal" and not relation.own:
            belongs = "r.company_id = ?" if noun == "company" else (
                "r.id IN (SELECT deal_id FROM deal_contact WHERE contact_id = ?)"
            )  # fmt: skip
            yield from self._deals(reader, Condition(belongs, (number,)))
        elif relation.noun == "contact" and not relation.own:
            here = "r.id IN (SELECT contact_id FROM contact_company WHERE company_id = ? AND ended_on IS NULL)"
            yield from self._listed(reader, "contact", Condition(here, (number,)), "name")
        elif not relation.own:
            yield from self._listed(reader, "company", Condition("r.parent_id = ?", (number,)), "name")
        else:
            yield from self._named(reader, noun, number, relation)

    def _deals(self, reader: Reader, where: Condition) -> Iterator[Linked]:
        """The open ones first, the largest of them at the top; then the closed ones, the newest first."""
        yield from self._listed(reader, "deal", both(where, _OPEN), "value", reverse=True)
        yield from self._listed(reader, "deal", both(where, _CLOSED), "closed_at", reverse=True)

    def _listed(
        self, reader: Reader, noun: str, where: Condition, sort: str, *, reverse: bool = False
    ) -> Iterator[Linked]:
        for view in self._records[noun].views(reader, Selection(where, sort, reverse, MOST + 1)):
            yield Linked(noun, view.id, view.title if noun == "deal" else view.name, view)

    def _named(self, reader: Reader, noun: str, number: int, relation: Relation) -> Iterator[Linked]:
        """The links that the record itself holds, in its own order."""
        held = getattr(self._records[noun].view(reader, number), relation.field)
        links: tuple[Link, ...] = held if relation.many else (held,) if held is not None else ()
        if not links:
            return
        among, params = reader.dialect.among([link.id for link in links[: MOST + 1]])
        views = self._records[relation.noun].views(reader, Selection(Condition(f"r.uid {among}", tuple(params))))
        found = {view.id: view for view in views}
        for link in links[: MOST + 1]:
            yield Linked(relation.noun, link.id, link.name, found.get(link.id))

    def link(self, noun: str, uid: str, relation: Relation, ref: str) -> Any:  # noqa: ANN401 - the changed record's view
        """Link a record to the one that a reference names."""
        edited, target, value = (noun, uid, ref) if relation.own else (relation.noun, ref, uid)
        if relation.many:
            return self._edit(edited, target, Changes(add={relation.field: [value]}))
        return self._edit(edited, target, Changes({relation.field: value}))

    def unlink(self, noun: str, uid: str, relation: Relation, other: str) -> Any:  # noqa: ANN401
        """Take the link to another record off; the record stays."""
        edited, target, value = (noun, uid, other) if relation.own else (relation.noun, other, uid)
        if relation.many:
            return self._edit(edited, target, Changes(remove={relation.field: [value]}))
        return self._edit(edited, target, Changes(clear=[relation.field]))

    def _edit(self, noun: str, ref: str, changes: Changes) -> Any:  # noqa: ANN401
        records = self._records[noun]
        return records.edit(ref, records.edit_draft(changes))
