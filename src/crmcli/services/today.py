"""What needs the user now, the most urgent first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.domain.views import Due, TodayItem
from crmcli.store.queries.today import (
    birthdays,
    mine,
    open_stages,
    past_close,
    planned,
    rotting,
    without_next_step,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.today import Birthday, OpenDeal, Planned
    from crmcli.store.reader import Reader

GROUPS = ("overdue", "today", "meetings", "past close", "rotting", "no next step", "upcoming", "birthdays")
AHEAD = 7  # days
_MEETINGS = frozenset({"meeting", "visit"})
_PRIORITIES = ("urgent", "high", "normal", "low")
_FAR_BACK = 200 * 366  # days


class Agenda:
    """The list of the day."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def today(self, on: str | None = None, *, everyone: bool = False, limit: int | None = None) -> list[TodayItem]:
        """What needs the acting user on a day (``on``, else now): what is theirs and what is no one's.

        ``everyone`` takes in what belongs to others; ``limit`` is the most there are of each group. A deal is
        listed once, where it is most urgent.
        """
        now = self._moment(on)
        with self.desk.reading() as reader:
            whose = mine(reader, None if everyone else fold(self.desk.user))
            items = [
                *self._planned(reader, now, whose, limit),
                *self._deals(reader, now, whose, limit),
                *self._birthdays(reader, now.date(), whose, limit),
            ]
        found: list[TodayItem] = []
        for group in GROUPS:
            found += [item for item in items if item.group == group][:limit]
        return found

    def _moment(self, on: str | None) -> datetime:
        """Now, or the first moment of the day named, in the user's zone."""
        now = self.desk.clock.local()
        if on is None:
            return now
        from datetime import datetime

        from crmcli.domain.schedule import read_date

        day = read_date(on, now, "date")
        if day == now.date():
            return now
        start = datetime(day.year, day.month, day.day, tzinfo=self.desk.clock.zone)
        return start if start.tzinfo else start.astimezone()

    def _planned(self, reader: Reader, now: datetime, whose: Condition, limit: int | None) -> Iterator[TodayItem]:
        today, day = now.date(), timedelta(days=1)
        for first, last in (
            (today - timedelta(days=_FAR_BACK), today - day),
            (today, today),
            (today + day, today + AHEAD * day),
        ):
            # Asked for by day and by no other order, a day's items are all wanted before the limit can be drawn.
            most = None if first == last else limit
            found = [_planned_item(each, now) for each in planned(reader, first, last, whose, most)]
            yield from sorted((item for item in found if item is not None), key=_order)

    def _deals(self, reader: Reader, now: datetime, whose: Condition, limit: int | None) -> Iterator[TodayItem]:
        from datetime import UTC

        today = now.date()
        stages = open_stages(reader, now.astimezone(UTC))
        for deal in past_close(reader, today, whose, limit):
            yield _deal_item("past close", deal, now)
        for deal in rotting(reader, stages, today, whose, limit):
            yield _deal_item("rotting", deal, now)
        for deal in without_next_step(reader, stages, today, whose, limit):
            yield _deal_item("no next step", deal, now)

    def _birthdays(self, reader: Reader, today: date, whose: Condition, limit: int | None) -> Iterable[TodayItem]:
        days = [today + timedelta(days=ahead) for ahead in range(AHEAD + 1)]
        return [_birthday_item(person, today) for person in birthdays(reader, days, whose, limit)]


def _order(item: TodayItem) -> tuple[object, ...]:
    assert item.due is not None
    by_hour = item.due.at.isoformat() if item.due.at else "~"
    return item.due.on, _PRIORITIES.index(item.priority or "normal"), by_hour, item.number


def _planned_item(activity: Planned, now: datetime) -> TodayItem | None:
    from crmcli.domain.schedule import Urgency, urgency

    group = {
        Urgency.OVERDUE: "overdue",
        Urgency.TODAY: "meetings" if activity.kind in _MEETINGS else "today",
        Urgency.WEEK: "upcoming",
    }.get(urgency(activity.due, now))
    if group is None:
        return None
    noun = "task" if activity.kind == "task" else "activity"
    why = _why_planned(activity, group, now)
    return TodayItem(
        group, noun, activity.uid, activity.number, activity.subject, activity.who, activity.due, activity.priority, why
    )


def _why_planned(activity: Planned, group: str, now: datetime) -> str:
    kind = activity.kind.replace("_", " ")
    late = (now.date() - activity.due.on).days
    match group:
        case "overdue":
            when = f"{_days(late)} late" if late > 0 else "its hour is past"
        case "upcoming":
            when = f"in {_days(-late)}"
        case _:
            when = "due today" if kind == "task" else "today"
    place = f" at {activity.location}" if activity.location else ""
    return when if kind == "task" else f"{kind} {when}{place}"


def _deal_item(group: str, deal: OpenDeal, now: datetime) -> TodayItem:
    reasons = []
    if group == "past close" and deal.expected_close is not None:
        reasons.append(f"should have closed {_days((now.date() - deal.expected_close).days)} ago")
    if group != "no next step":
        idle = (now - deal.touched).days
        reasons += [f"untouched for {_days(idle)}"] if idle > 0 else []
    if not deal.is_planned:
        reasons.append("nothing planned" + (f" ({deal.next_step})" if deal.next_step else ""))
    due = Due(deal.expected_close) if deal.expected_close else None
    return TodayItem(group, "deal", deal.uid, deal.number, deal.title, deal.who, due, None, ", ".join(reasons))


def _birthday_item(person: Birthday, today: date) -> TodayItem:
    from crmcli.domain.dates import next_anniversary

    on = next_anniversary(person.born, today)
    why = f"turns {on.year - person.born.year}" + (" today" if on == today else "")
    return TodayItem("birthdays", "contact", person.uid, person.number, person.name, person.company, Due(on), None, why)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
