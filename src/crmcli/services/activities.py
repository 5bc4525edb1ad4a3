"""What was done and what is planned: the log, tasks, their recurrence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crmcli.domain.records import as_record
from crmcli.domain.views import ActivityView, Due
from crmcli.errors import BadValue, NotFound, Refused
from crmcli.services.overtaking import minding
from crmcli.services.records import Changes, Records, found_where
from crmcli.store.queries.activities import activities
from crmcli.store.queries.condition import Condition, both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmcli.domain.drafts import Draft, Edit
    from crmcli.domain.reading import Raw
    from crmcli.domain.recurrence import Occurrence
    from crmcli.services.desk import Desk
    from crmcli.services.records import Which
    from crmcli.store.queries.common import Selection
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_SUBJECT = 120


class Activities(Records):
    """The use cases of activities."""

    noun = "activity"
    word = "activity"  # what a message calls one

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.came_again: list[ActivityView] = []  # what the last use case added because it recurs

    def views(self, reader: Reader, selection: Selection) -> Iterator[ActivityView]:
        """The selected activities, by time unless sorted."""
        return activities(reader, selection)

    @property
    def hook_nouns(self) -> tuple[str, ...]:
        """Those of both."""
        return (self.noun, "task")

    def hook_noun(self, view: ActivityView) -> str:
        """A task has hooks of its own."""
        return "task" if view.type == "task" else "activity"

    # -- logging

    def log(
        self,
        raw: Mapping[str, Raw],
        custom: Sequence[str] = (),
        *,
        follow_up: str | None = None,
        due: str | None = None,
        decision: Mapping[str, object] | None = None,
        create: bool = True,
    ) -> tuple[ActivityView, ActivityView | None]:
        """Put an activity on the timeline and, with ``follow_up``, a task for what comes next, in one undo step.

        ``due`` is the follow-up's deadline, or that of the activity itself when it is a task; ``decision`` holds the
        options, the one chosen and why.
        """
        draft = self.draft(raw, custom)
        if due is not None and follow_up is None:
            if draft.values.get("type") != "task":
                raise BadValue("due", "needs --next, the task that is due")
            draft = self.draft({**raw, "due": due}, custom)
        if decision:
            draft = draft._replace(custom={**draft.custom, **_decided(draft, decision)})
        task = None if follow_up is None else self._follow_up(raw, follow_up, due)
        with self.desk.writing(f"log {draft.values.get('type', 'note')}") as uow:
            added = [self._log_in(uow, each, create=create) for each in (draft, task) if each is not None]
            uow.summary = added[0].subject or added[0].type
        for view in added:
            self.desk.hooks.after(f"{self.hook_noun(view)}-add", as_record(view))
        return added[0], added[1] if task is not None else None

    def _log_in(self, uow: UnitOfWork, draft: Draft, *, create: bool) -> ActivityView:
        number = self.add_in(uow, draft, create=create)
        view: ActivityView = self.view(uow.reader, number)
        if view.campaign is not None:
            from crmcli.services.members import logged

            logged(uow, view, number)
        self.desk.hooks.before(f"{self.hook_noun(view)}-add", as_record(view))
        return view

    def _follow_up(self, raw: Mapping[str, Raw], text: str, due: str | None) -> Draft:
        links = {name: raw.get(name) for name in ("contacts", "company", "deal", "campaign", "owner")}
        return self.draft({**links, "type": "task", "subject": text, "due": due or "tomorrow"})

    def prepare(self, uow: UnitOfWork, values: dict[str, object]) -> dict[str, object]:
        """Place the activity in time, and link it to what its people and deal belong to."""
        values.setdefault("type", "note")
        _name_by_body(values)
        self._place(values, uow.now)
        if values.get("company") is None:
            values["company"] = _company_of(uow.reader, values)
        return values

    def _place(self, values: dict[str, object], now: datetime) -> None:
        """Status, time and deadline: what lies ahead is planned, a task always is until it is done."""
        due, at = values.get("due"), values.get("at")
        ahead = values["type"] == "task" or isinstance(due, Due) or (isinstance(at, datetime) and at > now)
        status = values.setdefault("status", "planned" if ahead else "done")
        if status == "planned" and due is None and isinstance(at, datetime):
            values["due"] = due = self._due_at(at)
        if status == "planned":
            values["at"] = at or (self._moment(due) if isinstance(due, Due) else now)
        else:
            values["at"] = at or now
        if status == "done":
            values.setdefault("done_at", values["at"])

    def _due_at(self, at: datetime) -> Due:
        return Due(at.astimezone(self.desk.clock.zone).date(), at)

    def _moment(self, due: Due) -> datetime:
        """A deadline's place on the timeline: its moment, or the last minute of its day here for a bare date."""
        from datetime import UTC

        last = datetime(due.on.year, due.on.month, due.on.day, 23, 59, tzinfo=self.desk.clock.zone)
        return due.at or last.astimezone(UTC)

    def change(self, uow: UnitOfWork, number: int, edit: Edit) -> None:
        """Apply an edit; a new deadline moves what is planned, a new time what is done, and what recurs comes again."""
        view: ActivityView = self.view(uow.reader, number)
        values = dict(edit.values)
        _follow_body(view, values)
        due, at = values.get("due"), values.get("at")
        status = values.get("status", view.status)
        if isinstance(due, Due) and status == "planned":
            values.setdefault("at", self._moment(due))
        elif isinstance(at, datetime) and status == "planned" and view.due is not None:
            values["due"] = self._due_at(at)
        if status == "done" and view.status != "done":
            values |= {"done_at": uow.now} | ({} if at else {"at": _ended(view, uow.now)})
        elif status != "done" and view.status == "done":
            values["done_at"] = None
        super().change(uow, number, edit._replace(values=values))
        if status == "done" and view.status != "done":
            self._come_again(uow, self.view(uow.reader, number))

    def _come_again(self, uow: UnitOfWork, view: ActivityView) -> None:
        """Add the next occurrence of what was just done, if it recurs, with its hooks, and say so."""
        again = self._next(uow, view)
        if again is not None:
            self.came_again.append(self._announced(uow, again))

    def _announced(self, uow: UnitOfWork, again: ActivityView) -> ActivityView:
        """What recurs, once its hooks agree to it."""
        self.desk.hooks.before(f"{self.hook_noun(again)}-add", as_record(again))
        uow.afterwards(lambda: self.desk.hooks.after(f"{self.hook_noun(again)}-add", as_record(again)))
        return again

    # -- what others put on the list

    def task_in(
        self, uow: UnitOfWork, subject: str, due: Due, *, contact: int, deal: int | None, campaign: str, owner: str
    ) -> int:
        """Add a task about a person within a unit of work; its number."""
        from crmcli.store.records import insert

        values: dict[str, object] = {
            "type": "task", "subject": subject, "due": due, "contacts": (contact,), "deal": deal, "campaign": campaign,
            "owner": owner,
        }  # fmt: skip
        return insert(uow, "activity", self.prepare(uow, values), {})

    def recur(self) -> Iterator[ActivityView]:
        """Put on the list what recurs and whose day has come again while it was not done; each that was added.

        What is overdue stays to be done, but recurs no more: what was added goes on in its place.
        """
        with self.desk.reading() as reader:
            overdue = [each.number for each in self.overtaken(reader)]
        for number in overdue:
            if (added := self._recur_one(number)) is not None:
                yield added

    def overtaken(self, reader: Reader) -> Iterator[ActivityView]:
        """What recurs, is overdue, and whose day has come again."""
        from crmcli.store.queries.common import Selection

        where = "r.status = 'planned' AND r.recurrence IS NOT NULL AND r.due_on < ?"
        today = self.desk.clock.local().date().isoformat()
        for view in activities(reader, Selection(Condition(where, (today,)), "due")):
            if self._missed(view) is not None:
                yield view

    def _missed(self, view: ActivityView) -> Occurrence | None:
        from crmcli.domain.recurrence import missed_occurrence

        if view.status != "planned" or view.recurrence is None or view.due is None:
            return None
        return missed_occurrence(view.recurrence, view.due, self.desk.clock.local())

    def _recur_one(self, number: int) -> ActivityView | None:
        from crmcli.store.records import update

        with self.desk.writing("run due") as uow:
            view: ActivityView = self.view(uow.reader, number)
            occurrence = self._missed(view)
            if occurrence is None:
                return None
            update(uow, "activity", number, _edit({"recurrence": None}))
            uow.summary = view.subject or view.type
            return self._announced(uow, self._again(uow, view, occurrence))

    # -- what is planned

    def done(
        self, ref: str, *, outcome: str | None = None, seen: ActivityView | None = None
    ) -> tuple[ActivityView, ActivityView | None]:
        """Tick off a planned activity; its view, and the next occurrence when it recurs.

        Raises Stale when somebody gave it another status or outcome since it was ``seen``.
        """
        views, following = self._ticked(lambda reader: [self._find(reader, ref)], outcome, seen)
        return views[0], following[0] if following else None

    def done_all(
        self, refs: Sequence[str], *, outcome: str | None = None
    ) -> tuple[list[ActivityView], list[ActivityView]]:
        """Tick off planned activities in one undo step; their views, and the next occurrences of those that recur."""

        def select(reader: Reader) -> list[Found]:
            return list(dict.fromkeys(self._find(reader, ref) for ref in refs))

        return self._ticked(select, outcome)

    def done_where(
        self, filter_text: str, *, outcome: str | None = None
    ) -> tuple[list[ActivityView], list[ActivityView]]:
        """Tick off every planned activity that a filter selects, in one undo step, as ``done_all`` does."""

        def select(reader: Reader) -> list[Found]:
            where = both(self.condition(reader, filter_text), Condition("r.status = 'planned'"))
            return found_where(reader, "activity", where)

        return self._ticked(select, outcome)

    def _ticked(
        self, select: Callable[[Reader], list[Found]], outcome: str | None, seen: ActivityView | None = None
    ) -> tuple[list[ActivityView], list[ActivityView]]:
        said = self.edit_draft(Changes({"outcome": outcome})).values if outcome is not None else {}
        self.came_again = []

        wanted = {"status": "done", **said}

        def tick(uow: UnitOfWork, number: int) -> None:
            view: ActivityView = self.view(uow.reader, number)
            if view.status == "done":
                raise Refused(f"{_kind(view)} #{number} is done already")
            with minding("activity", seen, lambda: self.view(uow.reader, number), wanted):
                self.change(uow, number, _edit(wanted))

        views = self._each("task done", "edit", select, tick)
        return views, self.came_again

    def _next(self, uow: UnitOfWork, view: ActivityView) -> ActivityView | None:
        """The next occurrence of a recurring one."""
        from crmcli.domain.recurrence import next_occurrence

        if view.recurrence is None or view.due is None:
            return None
        occurrence = next_occurrence(view.recurrence, view.due, self.desk.clock.local())
        return None if occurrence is None else self._again(uow, view, occurrence)

    def _again(self, uow: UnitOfWork, view: ActivityView, occurrence: Occurrence) -> ActivityView:
        """One like it at another time, which goes on recurring."""
        from crmcli.store.records import insert

        kept = (
            "type",
            "subject",
            "body",
            "priority",
            "location",
            "remind_before",
            "direction",
            "duration",
            "owner",
            "campaign",
        )
        values: dict[str, object] = {name: getattr(view, name) for name in kept if getattr(view, name) is not None}
        values |= _link_numbers(uow.reader, view.number)
        values |= {"due": occurrence.due, "recurrence": occurrence.rule, "status": "planned", "tags": view.tags}
        number = insert(uow, "activity", {**values, "at": self._moment(occurrence.due)}, view.custom_fields)
        return self.view(uow.reader, number)  # type: ignore[no-any-return]

    def snooze(self, ref: str, until: str, *, seen: ActivityView | None = None) -> ActivityView:
        """Put a planned activity off; raises Stale when somebody gave it another deadline since it was ``seen``."""
        return self._put_off(lambda reader: [self._find(reader, ref)], until, seen)[0]

    def snooze_where(self, which: Which, until: str) -> list[ActivityView]:
        """Put every planned activity off that a filter, or their numbers, select, in one undo step; their views."""
        return self._put_off(self._selected(which), until)

    def _put_off(
        self, select: Callable[[Reader], list[Found]], until: str, seen: ActivityView | None = None
    ) -> list[ActivityView]:
        from crmcli.domain.schedule import snooze

        def act(uow: UnitOfWork, number: int) -> None:
            from crmcli.store.records import update

            view: ActivityView = self.view(uow.reader, number)
            if view.status != "planned":
                raise Refused(f"{_kind(view)} #{number} is {view.status.replace('_', ' ')} already")
            due = snooze(view.due, until, self.desk.clock.local(), "until")
            with minding("activity", seen, lambda: self.view(uow.reader, number), {"due": due}):
                update(uow, "activity", number, _edit({"due": due, "at": self._moment(due)}))

        return self._each("task snooze", "edit", select, act)


class Tasks(Activities):
    """The same use cases, where a reference names a task or anything planned, and a filter selects tasks."""

    word = "task"
    among = Condition("r.kind = 'task'")

    @property
    def open(self) -> Tasks:
        """The tasks that are still to be done."""
        tasks = Tasks(self.desk)
        tasks.among = both(self.among, Condition("r.status = 'planned'"))
        return tasks

    def condition(self, reader: Reader, text: str | None) -> Condition:
        """A filter on tasks alone."""
        return both(super().condition(reader, text), self.among)

    def _find(self, reader: Reader, ref: str, *, deleted: bool = False) -> Found:
        try:
            found = super()._find(reader, ref, deleted=deleted)
        except NotFound as error:
            raise NotFound(f"no task {ref}", hint="crm task list") from error
        kind, status = reader.rows("SELECT kind, status FROM activity WHERE id = ?", (found.number,))[0]
        if kind != "task" and status != "planned":
            what = f"#{found.number} is a {kind.replace('_', ' ')} that is {status.replace('_', ' ')}"
            raise NotFound(f"no task {ref}: {what}", hint=f"crm activity show {found.number}")
        return found


def _edit(values: Mapping[str, object]) -> Edit:
    from crmcli.domain.drafts import Edit

    return Edit("activity", values)


def _kind(view: ActivityView) -> str:
    return "task" if view.type == "task" else "activity"


def _ended(view: ActivityView, now: datetime) -> datetime:
    """When something ticked off now took place: a meeting when it was to be, a task now."""
    return now if view.type == "task" else min(view.at, now)


def _name_by_body(values: dict[str, object]) -> None:
    """Without a subject the body's first line is it."""
    body = values.get("body")
    if not values.get("subject") and isinstance(body, str):
        values["subject"] = _first_line(body)


def _follow_body(view: ActivityView, values: dict[str, object]) -> None:
    """A subject that is the old body's first line becomes the new one's, unless another is given."""
    body = values.get("body")
    if isinstance(body, str) and "subject" not in values and view.body and view.subject == _first_line(view.body):
        values["subject"] = _first_line(body)


def _first_line(body: str) -> str:
    """The body's first line with anything on it, cut."""
    line = next((part.strip() for part in body.splitlines() if part.strip()), "")
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1]}…"


def _decided(draft: Draft, decision: Mapping[str, object]) -> dict[str, object]:
    """The options, the one chosen and why, as custom fields; the one chosen is spelled as its option."""
    from crmcli.domain.text import fold, tidy

    if draft.values.get("type") != "decision":
        raise BadValue(next(iter(decision)).removesuffix("s"), "goes with a decision", hint="crm log decision …")
    texts = decision.get("options") or ()
    options = [tidy(str(text)) for text in texts] if isinstance(texts, list | tuple) else []
    kept: dict[str, object] = {"options": options} if options else {}
    for name in ("chosen", "why"):
        if decision.get(name) is not None:
            kept[name] = tidy(str(decision[name]))
    if "" in options or "" in kept.values():
        raise BadValue("option" if "" in options else "chosen", "is empty")
    if "chosen" in kept and options:
        chosen = [option for option in options if fold(option) == fold(str(kept["chosen"]))]
        if not chosen:
            raise BadValue("chosen", f"{kept['chosen']!r} is not one of the options: {', '.join(options)}")
        kept["chosen"] = chosen[0]
    return kept


def _company_of(reader: Reader, values: Mapping[str, object]) -> object:
    """The company of the deal, else of the first contact."""
    from crmcli.services.deals import primary_company

    deal, contacts = values.get("deal"), values.get("contacts")
    company = reader.value("SELECT company_id FROM deal WHERE id = ?", (deal,)) if deal is not None else None
    return (
        primary_company(reader, contacts[0])
        if company is None and isinstance(contacts, tuple) and contacts
        else company
    )


def _link_numbers(reader: Reader, number: int) -> dict[str, object]:
    company, deal = reader.rows("SELECT company_id, deal_id FROM activity WHERE id = ?", (number,))[0]
    sql = "SELECT contact_id FROM activity_contact WHERE activity_id = ? ORDER BY position, id"
    return {"company": company, "deal": deal, "contacts": tuple(n for (n,) in reader.rows(sql, (number,)))}
