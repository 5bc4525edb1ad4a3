"""Reminders: what is planned and wanted to be reminded of, each once, and by mail where that is set."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import as_record
from crmcli.errors import BadValue, CrmError
from crmcli.store.queries.due import to_be_reminded_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.views import ActivityView
    from crmcli.services.activities import Activities
    from crmcli.services.desk import Desk
    from crmcli.services.posting import Posting
    from crmcli.store.queries.due import Reminded
    from crmcli.store.reader import Reader

_MORNING = time(9)  # what is due on a day is due from then on, when it comes to reminding


class Reminder(NamedTuple):
    """What somebody is reminded of, since when, and what went wrong with the mail, if one was to be sent."""

    activity: ActivityView
    at: datetime
    trouble: CrmError | None = None


class Reminders:
    """What people want to be reminded of."""

    def __init__(self, desk: Desk, activities: Activities, posting: Posting) -> None:
        self.desk = desk
        self.activities = activities
        self.posting = posting

    def due(self) -> tuple[Reminder, ...]:
        """What is to be reminded of now, nothing being put down."""
        with self.desk.reading() as reader:
            return tuple(Reminder(self.activities.view(reader, each.number), at) for each, at in self._due(reader))

    def remind(self) -> tuple[Reminder, ...]:
        """Remind of everything whose time has come. It is put down first: a second word is worse than none."""
        return tuple(self._told(reminder) for reminder in self.due())

    def next_at(self) -> datetime | None:
        """When there is something to remind of next."""
        now = self.desk.clock.now()
        with self.desk.reading() as reader:
            moments = [self._moment(each) for each in to_be_reminded_of(reader)]
        return min((at for at in moments if at > now), default=None)

    def _due(self, reader: Reader) -> Iterator[tuple[Reminded, datetime]]:
        now = self.desk.clock.now()
        for each in to_be_reminded_of(reader):
            at = self._moment(each)
            # One that was put off since is reminded of anew.
            if at <= now and (each.reminded_at is None or each.reminded_at < at):
                yield each, at

    def _moment(self, each: Reminded) -> datetime:
        at = each.at
        if each.due is not None:
            at = each.due.at or datetime.combine(each.due.on, _MORNING, self.desk.clock.zone).astimezone(UTC)
        return at - timedelta(minutes=each.before)

    def _told(self, reminder: Reminder) -> Reminder:
        from crmcli.store.reminding import reminded

        with self.desk.writing("run due") as uow:
            reminded(uow, reminder.activity.number)
        self.desk.hooks.after("reminder", as_record(reminder.activity))
        if not self.posting.setting("reminders.mail"):
            return reminder
        try:
            self._mail(reminder.activity)
        except CrmError as error:
            return reminder._replace(trouble=error)
        return reminder

    def _mail(self, view: ActivityView) -> None:
        """Write to the owner, where the login is an address; raises Refused when the message does not go out."""
        from crmcli.domain.people import read_email
        from crmcli.services.notices import Notice, send

        try:
            to = read_email(view.owner or "").value
        except BadValue:
            return
        send(self.desk, self.posting, Notice(to, f"Reminder: {view.subject or view.type}", self._text(view)))

    def _text(self, view: ActivityView) -> str:
        lines = [view.subject or view.type, ""]
        if view.due is not None:
            local = view.due.at.astimezone(self.desk.clock.zone) if view.due.at else None
            lines.append(f"due   {local:%Y-%m-%d %H:%M}" if local else f"due   {view.due.on}")
        people = ", ".join(link.name for link in view.contacts)
        about = {"with": people, "company": view.company and view.company.name, "deal": view.deal and view.deal.name}
        lines += [f"{label:5} {text}" for label, text in about.items() if text]
        lines += ["", view.body] if view.body and view.body != view.subject else []
        return "\n".join([*lines, "", f"crm activity show {view.number}", ""])
