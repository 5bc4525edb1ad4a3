"""Segments: groups of people by a filter, by a formula of other segments, or by name; what they are and were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.naming import in_shell, read_name
from crmcli.domain.segments import Term, formula_of, read_formula, written
from crmcli.domain.text import fold, nearest, tidy
from crmcli.domain.views import Link, SegmentPicture, SegmentView, SnapshotView
from crmcli.errors import BadValue, CrmError, Duplicate, FilterError, NotFound, Refused, UsageError
from crmcli.store.queries import segments as read
from crmcli.store.queries.common import sure_moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.segments import Kept, Segment
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_LONGEST = 100
_SAMPLE = 5
_COMPARED = 20  # snapshots of which it is told who came and went

# Inside a class with a method named list, the builtin goes by this name.
Views = list[SegmentView]
Numbers = list[int]


class People(NamedTuple):
    """The people of a static segment: contacts by reference, and members of a campaign, in a state or in any.

    With ``forgiving`` references that name nobody are passed over and told.
    """

    refs: Sequence[str] = ()
    campaign: str | None = None
    status: str | None = None
    forgiving: bool = False


class Definition(NamedTuple):
    """Who is in a segment: a filter or a formula, further segments that come in or stay out, or people by name."""

    filter: str | None = None
    formula: str | None = None
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    people: People | None = None

    @property
    def has_rule(self) -> bool:
        """Whether a rule says who is in it."""
        return bool(self.filter is not None or self.formula is not None or self.include or self.exclude)


class Changed(NamedTuple):
    """A segment as it is now, and the references that named nobody."""

    segment: SegmentView
    unknown: tuple[str, ...] = ()


class Segments:
    """The use cases of segments."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- reading

    def list(self) -> Views:
        """Every segment by name, with its size just now."""
        with self.desk.reading() as reader:
            names = read.segment_names(reader) | read.campaign_names(reader)
            return [self._view(reader, each, names) for each in read.segments(reader)]

    def find(self, ref: str) -> Segment:
        """The segment that a reference names; raises NotFound with the nearest name."""
        with self.desk.reading() as reader:
            return read.segment_named(reader, ref)

    def get(self, ref: str) -> SegmentView:
        """The view of a segment."""
        with self.desk.reading() as reader:
            return self.view(reader, read.segment_named(reader, ref))

    def show(self, ref: str) -> SegmentPicture:
        """A segment with some of its people, its snapshots, and how many of it can be reached by mail."""
        with self.desk.reading() as reader:
            segment = read.segment_named(reader, ref)
            view = self.view(reader, segment, sized=False)
            reachable, growth, sample = None, None, list[Link]()
            kept = read.snapshots(reader, segment.number)
            if view.problem is None:
                where = self.condition(reader, segment)
                size, reachable = read.size_and_reachable_of(reader, where)
                sample = [Link(uid, name) for uid, name in read.sample_of(reader, where, _SAMPLE)]
                growth = size - kept[-1].size if kept else None
                view = view._replace(size=size)
            uses = tuple(read.uses_of(reader, segment.uid))
            return SegmentPicture(view, tuple(sample), reachable, growth, _told(reader, kept), uses)

    def snapshots(self, ref: str) -> tuple[SnapshotView, ...]:
        """The snapshots of a segment, the oldest first."""
        with self.desk.reading() as reader:
            return _told(reader, read.snapshots(reader, read.segment_named(reader, ref).number))

    def condition(self, reader: Reader, segment: Segment) -> Condition:
        """The condition on contacts ``r`` that is true of everyone in a segment; raises Conflict naming it."""
        return read.segment_condition(reader, self.desk, segment)

    def audience(self, reader: Reader, formula: str) -> Condition:
        """The condition on contacts ``r`` that a formula of segments comes to; live ones only."""
        return read.audience_condition(reader, self.desk, formula)

    def pinned_formula(self, reader: Reader, formula: str) -> str:
        """A formula of names (or uids) as it is kept: by uid, so that a segment can be renamed; raises NotFound."""
        return _pinned(reader, read_formula(formula))

    def named_formula(self, reader: Reader, formula: str) -> str:
        """A kept formula as it is shown: by name."""
        return _named(formula, read.segment_names(reader))

    def view(self, reader: Reader, segment: Segment, *, sized: bool = True) -> SegmentView:
        """A segment as it is shown; not ``sized`` nobody is counted."""
        return self._view(reader, segment, read.segment_names(reader) | read.campaign_names(reader), sized=sized)

    def _view(self, reader: Reader, segment: Segment, names: Mapping[str, str], *, sized: bool = True) -> SegmentView:
        size, problem = None, None
        try:
            where = self.condition(reader, segment)
            size = read.size_of(reader, where) if sized else None
        except CrmError as error:
            problem = error.message
        return SegmentView(
            segment.uid, segment.number, segment.name, segment.kind,
            segment.filter and self.filter_shown(reader, segment.filter, names),
            segment.formula and _named(segment.formula, names), size, segment.note, reader.user(segment.owner_id),
            sure_moment(segment.created_at), sure_moment(segment.updated_at), problem,
        )  # fmt: skip

    # -- writing

    def add(self, name: str, definition: Definition, *, note: str | None = None) -> Changed:
        """Add a segment; raises Duplicate when the name is taken, Conflict when it leads back to itself."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.audiences import Segment as Row

        if definition.has_rule == (definition.people is not None):
            raise UsageError(
                "a segment is by a rule or a list, not both" if definition.has_rule else f"who is in {name}?",
                hint="--filter, --formula, --include, --campaign, --file, or people by reference",
            )
        with self.desk.writing("segment add", tidy(name)) as uow:
            label = self._free_name(uow, name)
            filter_, formula = self._rule(uow.reader, definition) if definition.has_rule else (None, None)
            row = Row(
                uid=new_uid("sg"), name=label, name_key=fold(label), filter=filter_, formula=formula, note=note,
                owner_id=uow.user_id, created_at=uow.now, updated_at=uow.now,
            )  # fmt: skip
            number = uow.add(row).id or 0
            unknown = self._enlist(uow, number, definition.people) if definition.people is not None else ()
            return Changed(self._settled(uow, row.uid), unknown)

    def edit(
        self,
        ref: str,
        *,
        name: str | None = None,
        definition: Definition = Definition(),  # noqa: B008 - a value
        note: str | None = None,
        remove: Sequence[str] = (),
    ) -> Changed:
        """Change a segment: its name, note or rule, or who is on its list. An empty note takes the note away."""
        from crmcli.store.models.audiences import Segment as Row

        with self.desk.writing("segment edit") as uow:
            segment = read.segment_named(uow.reader, ref)
            row = uow.get(Row, segment.number)
            if name is not None:
                row.name = self._free_name(uow, name, segment.number)
                row.name_key = fold(row.name)
            if note is not None:
                row.note = note or None
            if definition.has_rule:
                _refuse_rule(segment)
                row.filter, row.formula = self._rule(uow.reader, definition, segment)
            row.updated_at = uow.now if uow.session.is_modified(row) else row.updated_at
            uow.flush()
            uow.summary = row.name
            unknown = self._relist(uow, segment, definition.people, remove)
            return Changed(self._settled(uow, segment.uid), unknown)

    def remove(self, ref: str) -> SegmentView:
        """Take a segment away; refused while something is worked out from it."""
        from crmcli.store.models.audiences import Segment as Row

        with self.desk.writing("segment rm") as uow:
            segment = read.segment_named(uow.reader, ref)
            uses = read.uses_of(uow.reader, segment.uid)
            if uses:
                raise Refused(f"segment {segment.name} is used by {', '.join(uses)}", hint="take it out of there first")
            view = self.view(uow.reader, segment)
            uow.bury(uow.get(Row, segment.number))
            uow.summary = segment.name
        return view

    def restore(self, ref: str) -> SegmentView:
        """Bring back a segment that was removed."""
        from crmcli.store.models.audiences import Segment as Row

        with self.desk.writing("segment restore") as uow:
            segment = read.segment_named(uow.reader, ref, deleted=True)
            self._free_name(uow, segment.name)
            row = uow.get(Row, segment.number)
            row.deleted_at = row.deleted_in = None
            uow.flush()
            uow.summary = segment.name
            return self._settled(uow, segment.uid)

    def freeze(self, ref: str, name: str | None = None) -> SegmentView:
        """A static segment of everyone who is in a segment now, called so, or after it and the day."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.audiences import Segment as Row
        from crmcli.store.segments import enlist

        with self.desk.writing("segment freeze") as uow:
            segment = read.segment_named(uow.reader, ref)
            where = self.condition(uow.reader, segment)
            label = self._free_name(uow, name or f"{segment.name} {self.desk.clock.local().date().isoformat()}")
            row = Row(
                uid=new_uid("sg"), name=label, name_key=fold(label), note=f"{segment.name}, frozen",
                owner_id=uow.user_id, created_at=uow.now, updated_at=uow.now,
            )  # fmt: skip
            enlist(uow, uow.add(row).id or 0, where)
            uow.summary = label
            return self._settled(uow, row.uid)

    def take_snapshot(self, ref: str) -> SnapshotView:
        """Keep who is in a segment now."""
        with self.desk.writing("segment snapshot") as uow:
            segment = read.segment_named(uow.reader, ref)
            number = self.snapshot(uow, segment)
            kept = read.snapshots(uow.reader, segment.number)
            return next(each for each in _told(uow.reader, kept) if each.number == number)

    def snapshot(self, uow: UnitOfWork, segment: Segment, campaign_id: int | None = None) -> int:
        """Keep, within a unit of work, who is in a segment now, for a campaign or for itself; the snapshot's number."""
        from crmcli.store.segments import take_snapshot

        uow.flush()
        return take_snapshot(uow, segment.number, self.condition(uow.reader, segment), campaign_id).id or 0

    def due_for_snapshot(self) -> tuple[Segment, ...]:
        """The segments that no snapshot was taken of today, and that hold others than at the last one."""
        zone, today = self.desk.clock.zone, self.desk.clock.local().date()
        found = []
        with self.desk.reading() as reader:
            for segment in read.segments(reader):
                kept = read.snapshots(reader, segment.number)
                if kept and sure_moment(kept[-1].at).astimezone(zone).date() >= today:
                    continue
                if not kept or self._has_changed(reader, segment, kept[-1]):
                    found.append(segment)
        return tuple(found)

    def _has_changed(self, reader: Reader, segment: Segment, kept: Kept) -> bool:
        try:
            return read.differs(reader, self.condition(reader, segment), kept)
        except CrmError:
            return False  # the segment itself says what is wrong with it

    # -- rules

    def _rule(
        self, reader: Reader, definition: Definition, before: Segment | None = None
    ) -> tuple[str | None, str | None]:
        """The filter or the formula that a definition comes to, as it is kept."""
        if definition.filter is not None and definition.formula is not None:
            raise UsageError("a segment has a filter or a formula, not both", hint="--filter '… AND segment = other'")
        filter_ = definition.filter
        if filter_ is None and definition.formula is None and before is not None:
            filter_ = before.filter
        if filter_ is not None:
            return self.filter_kept(reader, _widened(filter_, definition)), None
        terms = read_formula(definition.formula) if definition.formula is not None else ()
        if not terms and before is not None and before.formula is not None:
            terms = read_formula(before.formula)
        more = tuple(Term("+", name) for name in definition.include) + tuple(Term("-", n) for n in definition.exclude)
        return None, _pinned(reader, (*terms, *more) if terms else formula_of(*_sides(definition)))

    def filter_kept(self, reader: Reader, text: str) -> str:
        """The filter with the segments and campaigns that it names by uid; raises FilterError."""
        from crmcli.domain.filters import mentions_in

        for mention in reversed(mentions_in(text, "contact", self.desk.filter_context(reader))):
            text = f'{text[: mention.start]}"{mention.uid}"{text[mention.end :]}'
        return text

    def filter_shown(self, reader: Reader, text: str, names: Mapping[str, str]) -> str:
        """The filter with the segments and campaigns that it names by name; as it is kept where it can't be read."""
        from crmcli.domain.filters import mentions_in

        context = self.desk.filter_context(reader)._replace(named=lambda _noun, written: written)
        try:
            mentions = mentions_in(text, "contact", context)
        except FilterError:
            return text
        for mention in reversed(mentions):
            name = names.get(mention.uid, mention.uid).replace("\\", "\\\\").replace('"', '\\"')
            text = f'{text[: mention.start]}"{name}"{text[mention.end :]}'
        return text

    def _settled(self, uow: UnitOfWork, uid: str) -> SegmentView:
        """The segment as it was written; raises when its rule can't be worked out or leads back to itself."""
        uow.flush()
        segment = read.segment_named(uow.reader, uid)
        self.condition(uow.reader, segment)
        return self.view(uow.reader, segment)

    def _free_name(self, uow: UnitOfWork, name: str, own: int | None = None) -> str:
        label = read_name(name, _LONGEST, "sg")
        if label in ("+", "-"):
            raise BadValue(
                "name", f"{label!r} would be read as something else", hint="a name that begins with a letter"
            )
        for other in read.segments(uow.reader):
            if fold(other.name) == fold(label) and other.number != own:
                raise Duplicate(
                    f"there is a segment {other.name} already", hint=f"crm segment edit {in_shell(other.name)}"
                )
        return label

    # -- lists

    def _relist(
        self, uow: UnitOfWork, segment: Segment, people: People | None, remove: Sequence[str]
    ) -> tuple[str, ...]:
        if people is None and not remove:
            return ()
        if segment.kind != "static":
            raise Refused(
                f"segment {segment.name} is {segment.kind}: its rule says who is in it", hint="--filter, or freeze it"
            )
        unknown = self._enlist(uow, segment.number, people) if people is not None else ()
        if remove:
            from crmcli.store.segments import among, strike_off

            numbers, _ = self._numbers(uow.reader, remove, forgiving=False)
            for where in among(uow, numbers):
                strike_off(uow, segment.number, where)
        return unknown

    def _enlist(self, uow: UnitOfWork, number: int, people: People) -> tuple[str, ...]:
        """Put people on a list; the references that named nobody."""
        from crmcli.store.segments import among, enlist

        numbers, unknown = self._numbers(uow.reader, people.refs, forgiving=people.forgiving)
        for where in among(uow, numbers):
            enlist(uow, number, where)
        if people.campaign is not None:
            enlist(uow, number, self._members(uow.reader, people.campaign, people.status))
        elif people.status is not None:
            raise UsageError("--status is of the members of a campaign", hint="--campaign NAME")
        return unknown

    def _members(self, reader: Reader, campaign: str, status: str | None) -> Condition:
        from crmcli.domain.marketing import MEMBER_STATES

        uid = read.uid_named(reader, "campaign", campaign)
        if status is None:
            return self.desk.condition(reader, "contact", f'campaign = "{uid}"')
        if status not in MEMBER_STATES:
            near = nearest(status, list(MEMBER_STATES))
            hint = f"did you mean {near}?" if near else f"one of {', '.join(MEMBER_STATES)}"
            raise BadValue("status", f"{status!r} is no state of a member", hint=hint)
        return self.desk.condition(reader, "contact", f'campaign("{uid}").status = {status}')

    def _numbers(self, reader: Reader, refs: Sequence[str], *, forgiving: bool) -> tuple[Numbers, tuple[str, ...]]:
        """The numbers of the contacts that are named, and the references that named nobody."""
        from crmcli.services.contacts import Contacts

        known = read.numbers_named(reader, refs)
        contacts = Contacts(self.desk)
        numbers: dict[int, None] = {}
        unknown = []
        for ref in refs:
            try:
                numbers[known[ref] if ref in known else contacts.number_of(reader, ref)] = None
            except NotFound:
                if not forgiving:
                    raise
                unknown.append(ref)
        if unknown and not numbers:
            raise NotFound(f"none of the {len(refs)} references names a contact, {unknown[0]} to begin with")
        return list(numbers), tuple(unknown)


def _sides(definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(definition.include), tuple(definition.exclude)


def _widened(text: str, definition: Definition) -> str:
    """The filter, or one of the segments that come in, and none of those that stay out."""
    if definition.include:
        text = f"({text}) OR segment in ({_values(definition.include)})"
    if definition.exclude:
        text = f"({text}) AND segment not in ({_values(definition.exclude)})"
    return text


def _values(names: Sequence[str]) -> str:
    escaped = (name.replace("\\", "\\\\").replace('"', '\\"') for name in names)
    return ", ".join(f'"{name}"' for name in escaped)


def _pinned(reader: Reader, terms: tuple[Term, ...]) -> str:
    return written(tuple(Term(sign, read.segment_named(reader, name).uid) for sign, name in terms))


def _named(formula: str, names: Mapping[str, str]) -> str:
    return written(tuple(Term(sign, names.get(uid, uid)) for sign, uid in read_formula(formula)))


def _refuse_rule(segment: Segment) -> None:
    if segment.kind == "static":
        raise Refused(
            f"segment {segment.name} is a list of people, which a rule would take the place of",
            hint="crm segment add ANOTHER --filter …",
        )


def _told(reader: Reader, kept: Sequence[Kept]) -> tuple[SnapshotView, ...]:
    told = []
    for place, each in enumerate(kept):
        came = went = None
        if place and place >= len(kept) - _COMPARED:
            came, went = read.came_and_went(reader, kept[place - 1].number, each.number)
        campaign = Link(each.campaign_uid, each.campaign) if each.campaign_uid and each.campaign else None
        told.append(SnapshotView(each.number, sure_moment(each.at), each.size, came, went, campaign))
    return tuple(told)
