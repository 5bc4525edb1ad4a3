"""What was done and what is planned: the log, tasks, their recurrence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crmcli.domain.records import as_record
from crmcli.domain.schedule import next_occurrence, snooze
from crmcli.domain.views import ActivityView, Due
from crmcli.errors import BadValue, Refused
from crmcli.services.deals import primary_company
from crmcli.services.records import Raw, Records
from crmcli.store.queries.activities import activities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from crmcli.domain.drafts import Draft, Edit
    from crmcli.store.queries.common import Selection
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_SUBJECT = 120


class Activities(Records):
    """The use cases of activities and tasks."""

    noun = "activity"

    def views(self, reader: Reader, selection: Selection) -> Iterator[ActivityView]:
        """The selected activities, by time unless sorted."""
        return activities(reader, selection)

    def hook_noun(self, view: ActivityView) -> str:
        """A task has hooks of its own."""
        return "task" if view.type == "task" else "activity"

    # -- logging

    def log(
        self, raw: Mapping[str, Raw], custom: Sequence[str] = (), *, follow_up: str | None = None, due: str | None = None,
        create: bool = True,
    ) -> tuple[ActivityView, ActivityView | None]:  # fmt: skip
        """Put an activity on the timeline and, with ``follow_up``, a task for what comes next, in one undo step."""
        draft = self.draft(raw, custom)
        if due is not None and follow_up is None and draft.values.get("type") != "task":
            raise BadValue("due", "needs --next, the task that is due")
        task = None if follow_up is None else self._follow_up(draft, raw, follow_up, due)
        with self.desk.writing(f"log {draft.values.get('type', 'note')}") as uow:
            number = self.add_in(uow, draft, create=create)
            view = self.view(uow.reader, number)
            uow.summary = view.subject or view.type
            self.desk.hooks.before(f"{self.hook_noun(view)}-add", as_record(view))
            second = None
            if task is not None:
                second = self.view(uow.reader, self.add_in(uow, task, create=create))
                self.desk.hooks.before("task-add", as_record(second))
        for added in (view, second):
            if added is not None:
                self.desk.hooks.after(f"{self.hook_noun(added)}-add", as_record(added))
        return view, second

    def _follow_up(self, draft: Draft, raw: Mapping[str, Raw], text: str, due: str | None) -> Draft:
        links = {name: raw.get(name) for name in ("contacts", "company", "deal", "campaign", "owner")}
        return self.draft({**links, "type": "task", "subject": text, "due": due or "tomorrow"})

    def prepare(self, uow: UnitOfWork, values: dict[str, object]) -> dict[str, object]:
        """Place the activity in time, and link it to what its people and deal belong to."""
        values.setdefault("type", "note")
        _split_body(values)
        _place(values, uow.now)
        deal = values.get("deal")
        if deal is not None:
            company = uow.reader.value("SELECT company_id FROM deal WHERE id = ?", (deal,))
            values.setdefault("company", company)
        contacts = values.get("contacts")
        if values.get("company") is None and contacts:
            values["company"] = primary_company(uow.reader, contacts[0])  # type: ignore[index]
        return values

    def change(self, uow: UnitOfWork, number: int, edit: Edit) -> None:
        """Apply an edit; a new deadline moves what is planned, a new time what is done."""
        view = self.view(uow.reader, number)
        values = dict(edit.values)
        due = values.get("due")
        if isinstance(due, Due) and view.status == "planned":
            values["at"] = _moment(due)
        if "at" in values and "due" not in values and view.status == "planned" and view.due is not None:
            values["due"] = _due_at(values["at"])
        if values.get("status") == "done" and view.status != "done":
            values.setdefault("done_at", uow.now)
        super().change(uow, number, edit._replace(values=values))

    # -- tasks

    def done(self, ref: str, *, outcome: str | None = None) -> tuple[ActivityView, ActivityView | None]:
        """Tick off a planned activity; its view, and the next occurrence when it recurs."""
        following: list[ActivityView] = []
        views = self._each("task done", "edit", lambda uow: [self._find(uow.reader, ref)], self._ticking(outcome, following))
        return views[0], following[0] if following else None

    def done_where(self, filter_text: str) -> list[ActivityView]:
        """Tick off every planned activity that a filter selects, in one undo step."""

        def select(uow: UnitOfWork) -> list[Found]:
            return [f for f in self._selected(filter_text)(uow) if self.view(uow.reader, f.number).status == "planned"]

        return self._each("task done", "edit", select, self._ticking(None, []))

    def _ticking(self, outcome: str | None, following: list[ActivityView]) -> Any:  # noqa: ANN401
        def act(uow: UnitOfWork, number: int) -> None:
            from crmcli.store.records import update

            view: ActivityView = self.view(uow.reader, number)
            if view.status == "done":
                raise Refused(f"{_kind(view)} #{number} is done already")
            values = {"status": "done", "done_at": uow.now, "at": uow.now} | ({"outcome": outcome} if outcome else {})
            update(uow, "activity", number, _edit(values))
            again = self._next(uow, view)
            if again is not None:
                following.append(again)

        return act

    def _next(self, uow: UnitOfWork, view: ActivityView) -> ActivityView | None:
        """The next task of a recurring one."""
        if view.recurrence is None or view.due is None:
            return None
        occurrence = next_occurrence(view.recurrence, view.due, self.desk.clock.local())
        if occurrence is None:
            return None
        from crmcli.store.records import insert

        kept = ("type", "subject", "body", "priority", "location", "remind_before", "direction", "duration", "owner", "campaign")
        values: dict[str, object] = {name: getattr(view, name) for name in kept if getattr(view, name) is not None}
        links = _link_numbers(uow.reader, view.number)
        moment = _moment(occurrence.due)
        values |= links | {"due": occurrence.due, "recurrence": occurrence.rule, "status": "planned", "at": moment, "tags": view.tags}
        number = insert(uow, "activity", values, view.custom_fields)
        return self.view(uow.reader, number)  # type: ignore[no-any-return]

    def snooze(self, ref: str, until: str) -> ActivityView:
        """Put a planned activity off."""

        def act(uow: UnitOfWork, number: int) -> None:
            from crmcli.store.records import update

            view: ActivityView = self.view(uow.reader, number)
            if view.status != "planned":
                raise Refused(f"{_kind(view)} #{number} is {view.status} already")
            due = snooze(view.due, until, self.desk.clock.local(), "until")
            update(uow, "activity", number, _edit({"due": due, "at": _moment(due)}))

        views: list[ActivityView] = self._each("task snooze", "edit", lambda uow: [self._find(uow.reader, ref)], act)
        return views[0]


def _edit(values: Mapping[str, object]) -> Edit:
    from crmcli.domain.drafts import Edit

    return Edit("activity", values)


def _kind(view: ActivityView) -> str:
    return "task" if view.type == "task" else "activity"


def _split_body(values: dict[str, object]) -> None:
    """A body alone gives the subject: its first line, cut."""
    body = values.get("body")
    if not values.get("subject") and isinstance(body, str):
        line = next((part.strip() for part in body.splitlines() if part.strip()), "")
        values["subject"] = line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1]}…"
        if values["subject"] == body:
            values["body"] = body


def _place(values: dict[str, object], now: datetime) -> None:
    """Status, time and deadline: what lies ahead is planned, a task always is until it is done."""
    due, at = values.get("due"), values.get("at")
    ahead = values["type"] == "task" or isinstance(due, Due) or (at is not None and at > now)  # type: ignore[operator]
    status = values.setdefault("status", "planned" if ahead else "done")
    if status == "planned":
        if due is None and at is not None:
            values["due"] = due = _due_at(at)
        values["at"] = at or (_moment(due) if isinstance(due, Due) else now)
    else:
        values["at"] = at or now
        if status == "done":
            values.setdefault("done_at", values["at"])


def _due_at(moment: Any) -> Due:  # noqa: ANN401
    """The deadline that a planned moment is."""
    return Due(moment.date(), moment)


def _moment(due: Due) -> datetime:
    """A deadline's place on the timeline: its moment, or the end of its day in UTC for a bare date."""
    from datetime import UTC, datetime

    return due.at or datetime(due.on.year, due.on.month, due.on.day, tzinfo=UTC) + timedelta(hours=23, minutes=59)


def _link_numbers(reader: Reader, number: int) -> dict[str, object]:
    company, deal = reader.rows("SELECT company_id, deal_id FROM activity WHERE id = ?", (number,))[0]
    sql = "SELECT contact_id FROM activity_contact WHERE activity_id = ? ORDER BY position, id"
    return {"company": company, "deal": deal, "contacts": tuple(n for (n,) in reader.rows(sql, (number,)))}
