"""The use cases that every noun has: add, list, show, edit, remove, restore, tag, in ones and in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS, PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.reading import Raw, read_custom, read_draft, read_edit
from crmcli.domain.records import as_record
from crmcli.errors import BadValue, Conflict, NotFound, Refused
from crmcli.services.links import KIND_WORD, Links, refuse_duplicates, unique_field
from crmcli.services.overtaking import minding, refuse_overtaken, told
from crmcli.store.queries.common import Selection, by_number
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.refs import Found, custom_keys, deleted_record, resolve, survivor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmcli.domain.drafts import Draft, Edit
    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork


class Changes(NamedTuple):
    """What an ``edit`` was told, as texts."""

    values: Mapping[str, Raw] = {}
    add: Mapping[str, Sequence[str]] = {}
    remove: Mapping[str, Sequence[str]] = {}
    clear: Sequence[str] = ()
    set: Sequence[str] = ()
    unset: Sequence[str] = ()


class Query(NamedTuple):
    """What a list was asked: a filter's text, further conditions by field, order and page (``limit`` None: all)."""

    filter: str | None = None
    conditions: Sequence[str] = ()  # further filters, all of which must hold
    sort: str | None = None
    reverse: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def text(self) -> str | None:
        """The one filter that says it all."""
        parts = [part for part in (self.filter, *self.conditions) if part]
        return " AND ".join(f"({part})" for part in parts) if len(parts) > 1 else next(iter(parts), None)


_AT_ONCE = 1000  # numbers in one question
_MANY = 1000  # from so many on, records are removed by marks instead of one after the other

# Inside a class with a method named list, the builtin goes by these names.
Views = list[Any]
Chosen = list[Found]
Numbers = list[int]
Events = list[tuple[str, Any]]
if TYPE_CHECKING:
    # The records that a bulk verb works on: those that a filter selects, or those of these numbers.
    Which = str | Sequence[int]


class Records:
    """The use cases of one noun."""

    noun: str

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- what a noun says of itself

    def views(self, reader: Reader, selection: Selection) -> Iterator[Any]:
        """The selected records as views."""
        raise NotImplementedError

    def prepare(self, uow: UnitOfWork, values: dict[str, object]) -> dict[str, object]:  # noqa: ARG002
        """The noun's own rules on a new record's resolved values."""
        return values

    def created(self, uow: UnitOfWork, number: int, values: Mapping[str, object]) -> None:
        """What follows from a new record."""

    def change(self, uow: UnitOfWork, number: int, edit: Edit) -> None:
        """Apply an edit whose links are resolved."""
        from crmcli.store.records import update

        update(uow, self.noun, number, edit)

    def gone_with(self, uow: UnitOfWork, number: int) -> Numbers:
        """The activities that belong to nothing but this record."""
        return _only_here(uow.reader, self.noun, number)

    # -- reading

    def list(self, query: Query, *, deleted: bool = False) -> Iterator[Any]:
        """The records that a query selects, streamed."""
        with self.desk.reading() as reader:
            where = self.condition(reader, query.text)
            yield from self.views(
                reader, Selection(where, query.sort, query.reverse, query.limit, query.offset, deleted=deleted)
            )

    def condition(self, reader: Reader, text: str | None) -> Condition:
        """A filter's text as a condition on the noun's rows."""
        return self.desk.condition(reader, self.noun, text)

    def find(self, ref: str, *, deleted: bool = False) -> Found:
        """The record that a reference names; one merged away leads to the record it was merged into."""
        with self.desk.reading() as reader:
            return self._find(reader, ref, deleted=deleted)

    def get(self, ref: str) -> Any:  # noqa: ANN401 - the noun's view
        """The view of the record that a reference names."""
        with self.desk.reading() as reader:
            return self.view(reader, self._find(reader, ref).number)

    def number_of(self, reader: Reader, ref: str) -> int:
        """The number of the record that a reference names."""
        return self._find(reader, ref).number

    def view(self, reader: Reader, number: int) -> Any:  # noqa: ANN401
        """The view of a live record; raises NotFound for one that was deleted since its number was found."""
        found = next(iter(self.views(reader, by_number(number))), None)
        if found is None:
            raise deleted_record(reader, self.noun, number)
        return found

    def custom_keys(self) -> frozenset[str]:
        """The custom fields that records of the noun have."""
        with self.desk.reading() as reader:
            return custom_keys(reader).get(self.noun, frozenset())

    def matching(self, which: Which) -> Chosen:
        """The live records that a filter, or their numbers, select: what a bulk verb would work on."""
        with self.desk.reading() as reader:
            return self._selected(which)(reader)

    def _find(self, reader: Reader, ref: str, *, deleted: bool = False) -> Found:
        try:
            return resolve(reader, self.noun, ref, self.desk.country, deleted=deleted)
        except NotFound:
            kept = None if deleted else survivor(reader, self.noun, ref, self.desk.country)
            if kept is None:
                raise
            self.desk.note(f"{self.noun} {ref} was merged into #{kept.number} {kept.name}")
            return kept

    # -- adding

    def draft(self, raw: Mapping[str, Raw], custom: Sequence[str] = ()) -> Draft:
        """A draft from texts by field name and ``key=value`` settings."""
        return read_draft(self.noun, raw, self.desk.rules, read_custom(self.noun, custom))

    def add(self, draft: Draft, *, create: bool = True) -> Any:  # noqa: ANN401
        """Add a record; its view. ``create`` allows stubs for unknown links."""
        with self.desk.writing(f"{self.noun} add") as uow:
            number = self.add_in(uow, draft, create=create)
            view = self.view(uow.reader, number)
            uow.summary = _name_of(view)
            self.desk.hooks.before(f"{self.hook_noun(view)}-add", as_record(view))
        self.desk.hooks.after(f"{self.hook_noun(view)}-add", as_record(view))
        return view

    def add_in(self, uow: UnitOfWork, draft: Draft, *, create: bool = True) -> int:
        """Add a record within a unit of work; its number."""
        from crmcli.store.records import insert

        refuse_duplicates(uow, self.noun, draft.values)
        values = self.prepare(uow, Links(self.desk, uow, create=create).resolved(self.noun, draft.values))
        values.setdefault("owner", self.desk.user)
        number = insert(uow, self.noun, values, draft.custom)
        self.created(uow, number, values)
        return number

    @property
    def hook_nouns(self) -> tuple[str, ...]:
        """All the nouns that the names of the hooks of these records may have."""
        return (self.noun,)

    def hook_noun(self, view: Any) -> str:  # noqa: ANN401, ARG002
        """The noun in the names of the hooks for this record."""
        return self.noun

    def events(self, event: str, before: Any, after: Any) -> tuple[str, ...]:  # noqa: ANN401, ARG002
        """What happened to a record, in the words of the hooks."""
        return (event,)

    # -- changing

    def edit_draft(self, changes: Changes) -> Edit:
        """The validated edit from texts."""
        return read_edit(
            self.noun,
            changes.values,
            self.desk.rules,
            add=changes.add,
            remove=changes.remove,
            clear=changes.clear,
            custom=read_custom(self.noun, changes.set),
            unset=changes.unset,
        )

    def edit(self, ref: str, edit: Edit, *, create: bool = True, seen: Any | None = None) -> Any:  # noqa: ANN401
        """Change the record that a reference names; its view.

        ``seen`` is the view that an editor showed when editing began: raises Stale, with the conflicts, when a field that
        the edit sets was changed since by others.
        """
        act = self._editing(edit, create=create, seen=seen)
        return self._each(f"{self.noun} edit", "edit", lambda reader: [self._find(reader, ref)], act)[0]

    def edit_where(self, which: Which, edit: Edit, *, telling: bool = True, since: int | None = None) -> Views:
        """Change every record that a filter, or their numbers, select, in one undo step; their views.

        Without ``telling`` the views of very many are spared. ``since`` is the last change set when they were seen: raises
        Stale, with the conflicts, when a field that the edit sets was changed after it.
        """
        from crmcli.store import alike

        def select(reader: Reader) -> Chosen:
            chosen = self._selected(which)(reader)
            if since is not None:
                refuse_overtaken(reader, self.noun, chosen, told(edit), since)
            return chosen

        self.refuse_shared(which, edit)
        is_heard = any(self.desk.hooks.hear_of(f"{noun}-edit") for noun in self.hook_nouns)
        if is_heard or not alike.is_alike(edit) or len(self.matching(which)) < alike.MANY:
            return self._each(f"{self.noun} edit", "edit", select, self._editing(edit, create=False))
        views: Views = []
        with self.desk.writing(f"{self.noun} edit") as uow:
            chosen = select(uow.reader)
            uow.summary = _summary(self.noun, chosen)
            for start in range(0, len(chosen), alike.AT_ONCE):
                numbers = [each.number for each in chosen[start : start + alike.AT_ONCE]]
                alike.change_page(uow, self.noun, numbers, edit)
                views += self._views_of(uow.reader, numbers) if telling else ()
        return views

    def _views_of(self, reader: Reader, numbers: Numbers) -> Views:
        among, params = reader.dialect.among(numbers)
        return list(self.views(reader, Selection(Condition(f"r.id {among}", tuple(params)), "number")))

    def refuse_shared(self, which: Which, edit: Edit) -> None:
        """Raise BadValue when several selected records would get a value that only one may have."""
        unique = next((field for name in (*edit.values, *edit.add) if (field := unique_field(self.noun, name))), None)
        count = len(self.matching(which)) if unique else 0
        if unique and count > 1:
            word = unique.option if unique.name in NETWORKS else KIND_WORD[unique.kind]
            raise BadValue(unique.option, f"the same {word} can't go to {count} {PLURAL[self.noun]}")

    def _editing(
        self,
        edit: Edit,
        *,
        create: bool,
        seen: Any | None = None,  # noqa: ANN401
    ) -> Callable[[UnitOfWork, int], None]:
        def act(uow: UnitOfWork, number: int) -> None:
            with minding(self.noun, seen, lambda: self.view(uow.reader, number), told(edit)):
                self._edit_in(uow, number, edit, create=create)

        return act

    def _edit_in(self, uow: UnitOfWork, number: int, edit: Edit, *, create: bool) -> None:
        links = Links(self.desk, uow, create=create)
        self._refuse_changes(uow, number, edit)
        resolved = edit._replace(
            values=links.resolved(self.noun, edit.values),
            add=links.resolved(self.noun, edit.add),  # type: ignore[arg-type]  # tuples in, tuples out
            remove=links.resolved(self.noun, edit.remove),  # type: ignore[arg-type]
        )
        self.change(uow, number, resolved)

    def _refuse_changes(self, uow: UnitOfWork, number: int, edit: Edit) -> None:
        refuse_duplicates(uow, self.noun, edit.values, number)
        refuse_duplicates(uow, self.noun, edit.add, number)

    def tag(self, ref: str, names: Sequence[str], *, remove: bool = False) -> Any:  # noqa: ANN401
        """Put labels on a record, or take them off; its view."""
        edit = self.edit_draft(Changes(remove={"tags": names}) if remove else Changes(add={"tags": names}))
        return self.edit(ref, edit)

    def remove(self, ref: str) -> Any:  # noqa: ANN401
        """Delete a record; the view it had."""
        return self._each(f"{self.noun} rm", "rm", lambda reader: [self._find(reader, ref)], self._remove_in)[0]

    def remove_where(self, which: Which, *, telling: bool = True) -> Views:
        """Delete every record that a filter, or their numbers, select, in one undo step; the views they had.

        Without ``telling`` the views of very many are spared.
        """
        if len(self.matching(which)) < _MANY:
            return self._each(f"{self.noun} rm", "rm", self._selected(which), self._remove_in)
        views, heard = [], []
        with self.desk.writing(f"{self.noun} rm") as uow:
            chosen = self._selected(which)(uow.reader)
            uow.summary = _summary(self.noun, chosen)
            for start in range(0, len(chosen), _AT_ONCE):
                had, told_of = self._remove_page(
                    uow, [each.number for each in chosen[start : start + _AT_ONCE]], telling=telling
                )
                views += had
                heard += told_of
        for name, view in heard:
            self.desk.hooks.after(name, as_record(view))
        return views

    def _remove_page(self, uow: UnitOfWork, numbers: Numbers, *, telling: bool) -> tuple[Views, Events]:
        """Delete so many by their marks; the views they had, and those that a hook wants to hear of."""
        from crmcli.store.removing import remove_marked

        hooks, views, heard = self.desk.hooks, [], []
        if telling or any(hooks.hear_of(f"{noun}-rm") for noun in self.hook_nouns):
            views = self._views_of(uow.reader, numbers)
            heard = [(name, view) for view in views if hooks.hear_of(name := f"{self.hook_noun(view)}-rm")]
        remove_marked(uow, self.noun, numbers)
        for name, view in heard:
            hooks.before(name, as_record(view))
        return views if telling else [], heard

    def _remove_in(self, uow: UnitOfWork, number: int) -> None:
        from crmcli.store.records import remove

        for activity in self.gone_with(uow, number):
            remove(uow, "activity", activity)
        remove(uow, self.noun, number)

    def restore(self, ref: str) -> Any:  # noqa: ANN401
        """Bring a deleted record back with what was deleted with it; its view."""
        found = self._deleted(ref)
        with self.desk.writing(f"{self.noun} restore", found.name) as uow:
            self._restore_in(uow, found)
            return self.view(uow.reader, found.number)

    def _deleted(self, ref: str) -> Found:
        try:
            return self.find(ref, deleted=True)
        except NotFound as error:
            with self.desk.reading() as reader:
                try:
                    live = resolve(reader, self.noun, ref, self.desk.country)
                except NotFound:
                    raise error from None
            raise Refused(f"{self.noun} #{live.number} {live.name} is not deleted") from error

    def _restore_in(self, uow: UnitOfWork, found: Found) -> None:
        from crmcli.store.records import restore

        deleted_in, merged = uow.reader.rows(
            f"SELECT deleted_in, merged_into FROM {self.noun} WHERE id = ?", (found.number,)
        )[0]
        if merged is not None:
            raise Conflict(
                f"{self.noun} #{found.number} was merged into #{merged}", hint=f"crm unmerge {self.noun}:{found.number}"
            )
        if uow.reader.value("SELECT 1 FROM forgotten WHERE uid = ?", (found.uid,)):
            raise Refused(f"{self.noun} #{found.number} was forgotten; there is nothing to bring back")
        _refuse_taken(uow, self.noun, found.number, deleted_in)
        restore(uow, self.noun, found.number)
        self.revived(uow, found.number)
        sql = "SELECT id FROM activity WHERE deleted_in = ?"
        for (activity,) in uow.reader.rows(sql, (deleted_in,)) if self.noun != "activity" else ():
            restore(uow, "activity", activity)

    def revived(self, uow: UnitOfWork, number: int) -> None:
        """What else a record wants that comes back; a chance for a noun whose records can't be just where they were."""

    # -- the shape of every change

    def _selected(self, which: Which) -> Callable[[Reader], Chosen]:
        def select(reader: Reader) -> Chosen:
            if isinstance(which, str):
                return found_where(reader, self.noun, self.condition(reader, which))
            return found_among(reader, self.noun, which)

        return select

    def _each(
        self,
        command: str,
        event: str,
        select: Callable[[Reader], Iterable[Found]],
        act: Callable[[UnitOfWork, int], None],
    ) -> Views:
        """Do something to each selected record in one undo step, hooks included; the views (before, for a deletion)."""
        views: Views = []
        events: list[tuple[str, Any]] = []
        if not self.desk.has_store:  # and none is made to find nothing in it
            with self.desk.reading() as reader:
                list(select(reader))
            return views
        with self.desk.writing(command) as uow:
            chosen = list(select(uow.reader))
            uow.summary = _summary(self.noun, chosen)
            for found in chosen:
                before = self.view(uow.reader, found.number)
                act(uow, found.number)
                view = before if event == "rm" else self.view(uow.reader, found.number)
                views.append(view)
                for name in self.events(event, before, view):
                    events.append((f"{self.hook_noun(view)}-{name}", view))
                    self.desk.hooks.before(events[-1][0], as_record(view))
        for name, view in events:
            self.desk.hooks.after(name, as_record(view))
        return views


def _name_of(view: Any) -> str:  # noqa: ANN401
    return str(getattr(view, "name", None) or getattr(view, "title", None) or getattr(view, "subject", None) or view.id)


def _summary(noun: str, chosen: Sequence[Found]) -> str:
    return chosen[0].name if len(chosen) == 1 else f"{len(chosen)} {PLURAL[noun]}"


def found_where(reader: Reader, noun: str, where: Condition) -> list[Found]:
    """The live records of a noun that meet a condition, by number."""
    name = {"deal": "r.title", "activity": "COALESCE(r.subject, r.body, '')"}.get(noun, "r.name")
    where = both(where, EVERYTHING)
    sql = f"SELECT r.id, r.uid, {name} FROM {noun} r WHERE r.deleted_at IS NULL AND ({where.sql}) ORDER BY r.id"
    return [Found(*row) for row in reader.rows(sql, where.params)]


def found_among(reader: Reader, noun: str, numbers: Sequence[int]) -> list[Found]:
    """The live records of these numbers, however many, by number."""
    wanted = sorted(set(numbers))
    pages = (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
    conditions = (reader.dialect.among(page) for page in pages)
    return [
        found
        for sql, params in conditions
        for found in found_where(reader, noun, Condition(f"r.id {sql}", tuple(params)))
    ]


def _only_here(reader: Reader, noun: str, number: int) -> list[int]:
    """Activities linked to this record and to no other live contact, company or deal."""
    if noun == "activity":
        return []
    here = {
        "contact": "r.id IN (SELECT activity_id FROM activity_contact WHERE contact_id = ?)",
        "company": "r.company_id = ?",
        "deal": "r.deal_id = ?",
    }[noun]
    others = {
        "contact": (
            "EXISTS (SELECT 1 FROM activity_contact l JOIN contact c ON c.id = l.contact_id"
            f" WHERE l.activity_id = r.id AND c.deleted_at IS NULL{' AND c.id <> ?' if noun == 'contact' else ''})"
        ),
        "company": "EXISTS (SELECT 1 FROM company o WHERE o.id = r.company_id AND o.deleted_at IS NULL)",
        "deal": "EXISTS (SELECT 1 FROM deal d WHERE d.id = r.deal_id AND d.deleted_at IS NULL)",
    }
    wanted = [sql for other, sql in others.items() if other != noun or noun == "contact"]
    sql = f"SELECT r.id FROM activity r WHERE r.deleted_at IS NULL AND {here} AND NOT ({' OR '.join(wanted)})"
    return [n for (n,) in reader.rows(sql, (number,) * sql.count("?"))]


_KEYED = {
    "contact": (("contact_email", "e-mail"), ("contact_phone", "phone"), ("contact_handle", "handle")),
    "company": (("company_website", "website"),),
    "deal": (),
    "activity": (),
}


def _refuse_taken(uow: UnitOfWork, noun: str, number: int, deleted_in: int) -> None:
    """Raise Duplicate when a value that would come back belongs to another live record by now."""
    from crmcli.services.links import duplicate

    for table, word in _KEYED[noun]:
        network = " AND o.network = v.network" if table == "contact_handle" else ""
        sql = (
            f"SELECT v.value, r.id, r.uid, r.name FROM {table} v JOIN {table} o ON o.key = v.key AND o.deleted_at IS NULL"
            f"{network} JOIN {noun} r ON r.id = o.{noun}_id WHERE v.{noun}_id = ? AND v.deleted_in = ? AND r.id <> ?"
        )
        taken = uow.reader.row(sql, (number, deleted_in, number))
        if taken:
            raise duplicate(noun, word, taken[0], Found(*taken[1:]))
