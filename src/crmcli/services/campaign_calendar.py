"""What campaigns have in store: the campaigns themselves, their tasks and sendings, by day; also as iCalendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.dates import containing
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.views import CalendarItem, Link
from crmcli.errors import BadValue
from crmcli.store.queries.campaign_views import Listing, campaign_named, campaigns
from crmcli.store.queries.common import due
from crmcli.store.queries.condition import EVERYTHING, Condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from crmcli.domain.views import CampaignView
    from crmcli.io.calendar import Entry
    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader

_TASKS = (
    "SELECT p.uid, p.subject, p.status, p.due_on, p.due_at, p.owner_id, r.uid, r.name FROM activity p"
    " JOIN campaign r ON r.id = p.campaign_id WHERE p.deleted_at IS NULL AND r.deleted_at IS NULL"
    " AND p.kind = 'task' AND p.due_on IS NOT NULL"
)
_SHORT = {"planned": "NEEDS-ACTION", "done": "COMPLETED", "canceled": "CANCELLED", "no_show": "CANCELLED"}


class Month(NamedTuple):
    """A month, its first day and the first one after it."""

    start: date
    end: date


class CampaignCalendar:
    """The use cases of the calendar of campaigns."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def month(self, text: str | None) -> Month:
        """The month of words such as ``2026-11`` or ``next month``; the present one when nothing is said."""
        from crmcli.domain.periods import read_period

        today = self.desk.clock.local().date()
        if text is None:
            return Month(*containing("m", today))
        try:
            period = read_period(text, self.desk.clock.local())
        except BadValue as error:
            raise BadValue("month", error.reason, hint="2026-11, this month, next month") from error
        month = containing("m", period.start)
        if (period.start, period.end) != (month.start, month.end):
            raise BadValue("month", f"{text!r} is not one month", hint="2026-11, this month, next month")
        return Month(*month)

    def items(self, month: Month | None = None, campaign: str | None = None) -> list[CalendarItem]:
        """What lies in a month, or at any time, of all campaigns or of one: campaigns first, then by day."""
        with self.desk.reading() as reader:
            only = None if campaign is None else campaign_named(reader, campaign).number
            views = list(campaigns(reader, Listing(Condition("r.id = ?", (only,)) if only else EVERYTHING)))
            found = [*self._bars(views), *self._sendings(views), *self._tasks(reader, only)]
        if month is not None:
            found = [item for item in found if item.starts_on < month.end and item.ends_on >= month.start]
        return sorted(found, key=lambda item: (_KINDS.index(item.kind), item.starts_on, str(item.at or ""), item.name))

    def _bars(self, views: list[CampaignView]) -> Iterator[CalendarItem]:
        for view in views:
            first, last = self._days(view)
            if first is not None and last is not None:
                yield CalendarItem(
                    "campaign", first, last, None, Link(view.id, view.name), view.name, view.status, view.owner, view.id
                )

    def _days(self, view: CampaignView) -> tuple[date | None, date | None]:
        """The first and last day: as planned, else when it was started and ended, and up to today while it runs.

        One that has just one lasts that day.
        """
        first = view.starts_on or self._day(view.started_at) or view.ends_on
        today = self.desk.clock.local().date() if view.status == "active" else None
        last = view.ends_on or self._day(view.ended_at) or today or first
        return (first, max(first, last)) if first and last else (None, None)

    def _day(self, at: datetime | None) -> date | None:
        return None if at is None else at.astimezone(self.desk.clock.zone).date()

    def _sendings(self, views: list[CampaignView]) -> Iterator[CalendarItem]:
        for view in views:
            day = self._day(view.send_at)
            if day is not None:
                yield CalendarItem(
                    "send", day, day, view.send_at, Link(view.id, view.name), f"send {view.name}", view.status,
                    view.owner, view.id,
                )  # fmt: skip

    def _tasks(self, reader: Reader, only: int | None) -> Iterator[CalendarItem]:
        sql = _TASKS + (" AND p.campaign_id = ?" if only else "")
        for uid, subject, status, on, at, owner, campaign, name in reader.rows(sql, (only,) if only else ()):
            deadline = due(on, at)
            assert deadline is not None
            yield CalendarItem(
                "task", deadline.on, deadline.on, deadline.at, Link(campaign, name), subject or "task", status,
                reader.user(owner), uid,
            )  # fmt: skip

    # -- as iCalendar

    def feed(self, month: Month | None = None, campaign: str | None = None) -> Iterator[str]:
        """The same as an iCalendar feed, piece by piece: campaigns as whole days, sendings as events, tasks as to-dos."""
        from crmcli.io.calendar import feed

        now = self.desk.clock.now()
        yield from feed((_entry(item, now) for item in self.items(month, campaign)), "crm campaigns")


_KINDS = ("campaign", "send", "task")


def _entry(item: CalendarItem, now: datetime) -> Entry:
    from crmcli.io.calendar import Entry

    about = f"{item.status}, {item.owner}" if item.owner else item.status
    if item.kind == "task":
        return Entry(
            "VTODO", item.id, item.name, now, due=item.at or item.starts_on, description=item.campaign.name,
            status=_SHORT.get(item.status, ""), done_at=None,
        )  # fmt: skip
    called_off = "CANCELLED" if item.status == "canceled" else "CONFIRMED"
    if item.kind == "send":
        return Entry("VEVENT", f"{item.id}-send", item.name, now, start=item.at, description=about, status=called_off)
    return Entry(
        "VEVENT", item.id, item.name, now, start=item.starts_on, end=item.ends_on + timedelta(days=1),
        description=about, status=called_off,
    )  # fmt: skip
