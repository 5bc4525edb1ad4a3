"""Calendars that other programs subscribe to: tasks, meetings and birthdays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.records import utc_text
from crmcli.io.calendar import Entry, feed
from crmcli.store.queries.activities import activities
from crmcli.store.queries.common import Selection
from crmcli.store.queries.condition import Condition, both

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from crmcli.domain.views import ActivityView
    from crmcli.services.desk import Desk

_PAST = timedelta(days=90)
_TO_DO = {"done": "COMPLETED", "canceled": "CANCELLED", "no_show": "CANCELLED"}
_DATED = "('meeting', 'visit', 'call')"


class Feeds:
    """The use case of calendar feeds."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def calendar(self, filter_text: str | None = None, *, birthdays: bool = True) -> Iterator[str]:
        """An iCalendar feed, piece by piece: all that is planned, the last 90 days' meetings, visits and calls, birthdays.

        ``filter_text`` narrows the activities, as ``owner = me``.
        """
        yield from feed(self._entries(filter_text, birthdays=birthdays), "crm")

    def listed(self, views: Iterable[ActivityView]) -> Iterator[str]:
        """These activities as a calendar, whether they are planned, done or called off."""
        now = self.desk.clock.now()
        yield from feed((_entry(view, now) for view in views), "crm")

    def _entries(self, filter_text: str | None, *, birthdays: bool) -> Iterator[Entry]:
        since = utc_text(self.desk.clock.now() - _PAST)
        with self.desk.reading() as reader:
            own = self.desk.condition(reader, "activity", filter_text)
            shown = Condition(
                f"r.status = 'planned' OR (r.status = 'done' AND r.kind IN {_DATED} AND r.at >= ?)", (since,)
            )
            for view in activities(reader, Selection(both(own, shown))):
                yield _entry(view, self.desk.clock.now())
            if birthdays:
                sql = "SELECT uid, name, birthday FROM contact WHERE deleted_at IS NULL AND birthday IS NOT NULL ORDER BY id"
                for uid, name, day in reader.rows(sql):
                    yield _birthday(uid, name, day, self.desk.clock.now())


def _entry(view: ActivityView, now: datetime) -> Entry:
    """A task as a to-do, anything else as an event at its time, or on its day."""
    summary = view.subject or view.body or view.type
    about = [view.body if view.body != summary else "", ", ".join(link.name for link in view.contacts)]
    about += [link.name for link in (view.company, view.deal) if link]
    due = (view.due.at or view.due.on) if view.due else None
    entry = Entry(
        "VTODO" if view.type == "task" else "VEVENT", view.id, summary, now,
        description="\n".join(filter(None, about)), location=view.location or "", remind_before=view.remind_before,
    )  # fmt: skip
    if view.type == "task":
        done = view.done_at if view.status == "done" else None
        status = _TO_DO.get(view.status, "NEEDS-ACTION")
        return entry._replace(due=due, status=status, done_at=done, rule=_rule(view) if due and not done else "")
    length = view.duration if view.due is None or view.due.at else None  # a whole day has none
    status = "CANCELLED" if view.status == "canceled" else "CONFIRMED"
    return entry._replace(start=due or view.at, minutes=length, status=status)


def _rule(view: ActivityView) -> str:
    return (view.recurrence or "").removeprefix("RRULE:")


def _birthday(uid: str, name: str, day: str, now: datetime) -> Entry:
    """A yearly day; that of the 29th of February is kept on the month's last."""
    from datetime import date

    born: date = date.fromisoformat(day)
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1" if (born.month, born.day) == (2, 29) else "FREQ=YEARLY"
    return Entry("VEVENT", f"{uid}-birthday", f"Birthday: {name}", now, start=born, rule=rule)
