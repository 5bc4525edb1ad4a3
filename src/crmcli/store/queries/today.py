"""What is planned, what was let slip and who has a birthday: each asked through an index, a few rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.store.queries.common import day, due, moment
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.fields import IS_DONE, IS_PLANNED
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from crmcli.domain.views import Due
    from crmcli.store.reader import Reader

_ALL = 2**31
_CHUNK = 500
_PLANNED = (
    "SELECT r.id, r.uid, r.kind, r.subject, r.due_on, r.due_at, r.priority, r.location, o.name, d.title, g.name"
    " FROM activity r"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
    " LEFT JOIN deal d ON d.id = r.deal_id AND d.deleted_at IS NULL"
    " LEFT JOIN campaign g ON g.id = r.campaign_id AND g.deleted_at IS NULL"
    " WHERE r.status = 'planned' AND r.deleted_at IS NULL AND r.due_on >= ? AND r.due_on <= ? AND {mine}"
    " ORDER BY r.due_on, r.due_at IS NULL, r.due_at, r.id LIMIT ?"
)
_WITH = (
    "SELECT l.activity_id, c.name FROM activity_contact l JOIN contact c ON c.id = l.contact_id"
    " WHERE c.deleted_at IS NULL AND l.activity_id IN ({in}) ORDER BY l.activity_id, l.position, l.id"
)
_DEALS = (
    "SELECT r.id, r.uid, r.title, r.expected_close, r.next_step, r.stage_since, o.name,"
    " (SELECT c.name FROM deal_contact l JOIN contact c ON c.id = l.contact_id"
    "   WHERE l.deal_id = r.id AND c.deleted_at IS NULL ORDER BY l.position, l.id LIMIT 1)"
    " FROM deal r LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL WHERE r.deleted_at IS NULL AND "
)
_PEOPLE = (
    "SELECT r.id, r.uid, r.name, (SELECT o.name FROM contact_company l JOIN company o ON o.id = l.company_id"
    "   WHERE l.contact_id = r.id AND l.ended_on IS NULL AND o.deleted_at IS NULL ORDER BY l.position, l.id LIMIT 1),"
    " r.birthday FROM contact r WHERE r.id IN ({in})"
)
_NOTHING_PLANNED = (
    f"NOT EXISTS (SELECT 1 FROM activity p WHERE p.deal_id = r.id AND {IS_PLANNED} AND p.deleted_at IS NULL)"
)
_UNTOUCHED = (
    "(r.stage_since < ? AND NOT EXISTS (SELECT 1 FROM activity p"
    f" WHERE p.deal_id = r.id AND {IS_DONE} AND p.at >= ? AND p.deleted_at IS NULL))"
)
_NOT_LATE = "(r.expected_close IS NULL OR r.expected_close >= ?)"


class Planned(NamedTuple):
    """A planned activity."""

    number: int
    uid: str
    kind: str
    subject: str
    due: Due
    priority: str
    location: str | None
    who: str


class OpenDeal(NamedTuple):
    """An open deal; ``touched`` is when it entered its stage or was last worked on."""

    number: int
    uid: str
    title: str
    expected_close: date | None
    next_step: str | None
    touched: datetime
    who: str
    is_planned: bool  # whether anything is


class OpenStage(NamedTuple):
    """A stage in which deals wait; ``untouched_since`` is the moment before which a touch lets them rot, if any."""

    number: int
    untouched_since: datetime | None


class Birthday(NamedTuple):
    """A person and the day of their birth."""

    number: int
    uid: str
    name: str
    company: str
    born: date


def mine(reader: Reader, user_key: str | None) -> Condition:
    """What belongs to the user of that folded login, or to no one; everything for None."""
    if user_key is None:
        return EVERYTHING
    number = reader.value("SELECT id FROM app_user WHERE login_key = ?", (user_key,))
    # The plus keeps the planner from the owners' index, which would read far more than the day's few rows.
    return Condition("(r.owner_id IS NULL OR +r.owner_id = ?)", (number or 0,))


def planned(reader: Reader, first: date, last: date, whose: Condition, limit: int | None) -> list[Planned]:
    """What is planned for these days, the earliest first."""
    bounds = (first.isoformat(), last.isoformat())
    rows = reader.rows(_PLANNED.replace("{mine}", whose.sql), (*bounds, *whose.params, limit or _ALL))
    people: dict[int, list[str]] = {}
    for number, name in _among(reader, _WITH, [row[0] for row in rows]):
        people.setdefault(number, []).append(name)
    return [_planned(row, people.get(row[0], [])) for row in rows]


def _planned(row: tuple[Any, ...], people: list[str]) -> Planned:
    number, uid, kind, subject, on, at, priority, location, company, deal, campaign = row
    when = due(on, at)
    assert when is not None
    who = "; ".join(people) or company or deal or campaign or ""
    return Planned(number, uid, kind, subject or "", when, priority, location, who)


def open_stages(reader: Reader, now: datetime) -> list[OpenStage]:
    """The stages in which deals wait, with the moment before which a deal there rots."""
    from datetime import timedelta

    sql = (
        "SELECT s.id, s.rot_days FROM stage s JOIN pipeline w ON w.id = s.pipeline_id"
        " WHERE s.kind = 'open' AND s.deleted_at IS NULL AND w.deleted_at IS NULL ORDER BY s.id"
    )
    return [OpenStage(n, None if days is None else now - timedelta(days=days)) for n, days in reader.rows(sql)]


def past_close(reader: Reader, today: date, whose: Condition, limit: int | None) -> list[OpenDeal]:
    """Open deals that should have been decided by now, the longest overdue first."""
    sql = (
        f"{_DEALS} r.closed_at IS NULL AND r.expected_close < ? AND {whose.sql} ORDER BY r.expected_close, r.id LIMIT ?"
    )
    return _with_touches(reader, reader.rows(sql, (today.isoformat(), *whose.params, limit or _ALL)))


def rotting(
    reader: Reader, stages: Sequence[OpenStage], today: date, whose: Condition, limit: int | None
) -> list[OpenDeal]:
    """Open deals that lie untouched for longer than their stage allows, the most valuable first; late ones apart."""
    found = []
    for stage in stages:
        if stage.untouched_since is not None:
            since = utc_text(stage.untouched_since)
            found += _in_stage(reader, stage, Condition(_UNTOUCHED, (since, since)), today, whose, limit)
    return _most_valuable(reader, found, limit)


def without_next_step(
    reader: Reader, stages: Sequence[OpenStage], today: date, whose: Condition, limit: int | None
) -> list[OpenDeal]:
    """Open deals for which nothing is planned, the most valuable first; late and rotting ones apart."""
    found = []
    for stage in stages:
        asked = Condition(_NOTHING_PLANNED)
        if stage.untouched_since is not None:
            since = utc_text(stage.untouched_since)
            asked = Condition(f"{_NOTHING_PLANNED} AND NOT {_UNTOUCHED}", (since, since))
        found += _in_stage(reader, stage, asked, today, whose, limit)
    return _most_valuable(reader, found, limit)


def _in_stage(
    reader: Reader, stage: OpenStage, asked: Condition, today: date, whose: Condition, limit: int | None
) -> list[tuple[Any, ...]]:
    # One stage at a time, so that the index hands the deals over by value and the first few are enough.
    sql = (
        f"SELECT r.id, r.value FROM deal r WHERE r.deleted_at IS NULL AND r.stage_id = ? AND {_NOT_LATE}"
        f" AND {asked.sql} AND {whose.sql} ORDER BY r.value DESC NULLS LAST LIMIT ?"
    )
    return reader.rows(sql, (stage.number, today.isoformat(), *asked.params, *whose.params, limit or _ALL))


def _most_valuable(reader: Reader, found: list[tuple[Any, ...]], limit: int | None) -> list[OpenDeal]:
    numbers = [number for number, _ in sorted(found, key=lambda row: (-(row[1] or 0), row[0]))[:limit]]
    rows = {row[0]: row for row in _among(reader, f"{_DEALS} r.id IN ({{in}})", numbers)}
    # One that someone removes between the two questions is in the first answer only.
    return _with_touches(reader, [rows[number] for number in numbers if number in rows])


def _among(reader: Reader, sql: str, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query about these records, a few hundred at a time; ``{in}`` becomes the placeholders."""
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        yield from reader.rows(sql.replace("{in}", marks(chunk)), chunk)


def _with_touches(reader: Reader, rows: Sequence[tuple[Any, ...]]) -> list[OpenDeal]:
    numbers = [row[0] for row in rows]
    here = "p.deal_id IN ({in}) AND p.deleted_at IS NULL"
    done = f"SELECT p.deal_id, MAX(p.at) FROM activity p WHERE {here} AND {IS_DONE} GROUP BY p.deal_id"
    last: dict[int, str] = dict(_among(reader, done, numbers))
    waiting = {n for (n,) in _among(reader, f"SELECT p.deal_id FROM activity p WHERE {here} AND {IS_PLANNED}", numbers)}
    deals = []
    for number, uid, title, close, step, since, company, contact in rows:
        touched = moment(max(since, last.get(number) or since))
        assert touched is not None
        deals.append(
            OpenDeal(number, uid, title, day(close), step, touched, company or contact or "", number in waiting)
        )
    return deals


def birthdays(reader: Reader, days: Sequence[date], whose: Condition, limit: int | None) -> list[Birthday]:
    """The people born on these days of any year, in the order of the days.

    Each day of birth there can be is looked up in the index, so that nobody else is looked at.
    """
    first, last = (reader.value(f"SELECT {edge}(birthday) FROM contact") for edge in ("MIN", "MAX"))
    if first is None:
        return []
    places = {each.isoformat()[5:]: place for place, each in enumerate(days)}
    born = _days_of_birth(days, int(first[:4]), int(last[:4]))
    sql = f"SELECT r.id, r.birthday FROM contact r WHERE r.birthday IN ({marks(born)}) AND r.deleted_at IS NULL AND {whose.sql}"
    found = reader.rows(sql, (*born, *whose.params))
    # Only 29 February can be missing from the days: it is kept on the 28th.
    found.sort(key=lambda row: (places.get(row[1][5:], places.get("02-28", 0)), row[0]))
    numbers = [number for number, _ in found[:limit]]
    rows = {
        row[0]: Birthday(row[0], row[1], row[2], row[3] or "", _sure_day(row[4]))
        for row in _among(reader, _PEOPLE, numbers)
    }
    return [rows[number] for number in numbers if number in rows]


def _days_of_birth(days: Sequence[date], first: int, last: int) -> list[str]:
    """Every date in these years that returns on one of the days: 29 February does so on the 28th of a common year."""
    from datetime import date

    wanted = {(each.month, each.day) for each in days}
    if any((each.month, each.day) == (2, 28) and not _is_leap(each.year) for each in days):
        wanted.add((2, 29))
    return [
        date(year, month, number).isoformat()
        for year in range(first, last + 1)
        for month, number in sorted(wanted)
        if (month, number) != (2, 29) or _is_leap(year)
    ]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _sure_day(text: str) -> date:
    found = day(text)
    assert found is not None
    return found
