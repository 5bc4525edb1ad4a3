"""Activities and tasks, read: the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import ActivityView, Link
from crmcli.store.queries.common import (
    Selection,
    custom,
    due,
    external,
    links_beside,
    moment,
    order_by,
    pages,
    select_sql,
    sure_moment,
    tags_beside,
)
from crmcli.store.queries.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_COLUMNS = (
    "r.id, r.uid, r.kind, r.subject, r.body, o.uid, o.name, d.uid, d.title, m.name, r.at, r.due_on, r.due_at, r.done_at,"
    " r.duration, r.direction, r.status, r.outcome, r.priority, r.location, r.recurrence, r.remind_before, r.thread,"
    " r.attachments, r.owner_id, r.external_source, r.external_id, r.custom, r.created_at, r.created_by, r.updated_at, r.updated_by"
)
_JOINS = (
    "LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
    " LEFT JOIN deal d ON d.id = r.deal_id AND d.deleted_at IS NULL"
    " LEFT JOIN campaign m ON m.id = r.campaign_id"
)
_CONTACTS = (
    "SELECT l.activity_id, c.uid, c.name FROM activity_contact l JOIN contact c ON c.id = l.contact_id"
    " WHERE c.deleted_at IS NULL AND l.activity_id IN ({in}) ORDER BY l.activity_id, l.position, l.id"
)

# Which activities are about a record: the record itself, and for a company also its deals'.
ABOUT = {
    "contact": "r.id IN (SELECT activity_id FROM activity_contact WHERE contact_id = ?)",
    "company": "(r.company_id = ? OR r.deal_id IN (SELECT id FROM deal WHERE company_id = ?))",
    "deal": "r.deal_id = ?",
}


def activities(reader: Reader, selection: Selection, default: str = "r.at") -> Iterator[ActivityView]:
    """The selected activities, a page at a time, by time unless sorted."""
    sql, params = select_sql(_COLUMNS, "activity", _JOINS, selection, order_by("activity", selection, default))
    for page in pages(reader, sql, params):
        yield from _views(reader, page)


def timeline(reader: Reader, noun: str, number: int, limit: int) -> tuple[ActivityView, ...]:
    """What is planned with and what happened to a record, newest first."""
    about = ABOUT[noun]
    where = Condition(about, (number,) * about.count("?"))
    return tuple(activities(reader, Selection(where, reverse=True, limit=limit)))


def _views(reader: Reader, page: list[Row]) -> Iterator[ActivityView]:
    numbers = [row[0] for row in page]
    contacts = links_beside(reader, _CONTACTS, numbers)
    tags = tags_beside(reader, "activity", numbers)
    for row in page:
        number = row[0]
        yield ActivityView._make((
            row[1], number, row[2], row[3], row[4], tuple(contacts.get(number, ())),
            Link(row[5], row[6]) if row[5] else None, Link(row[7], row[8]) if row[7] else None, row[9],
            sure_moment(row[10]), due(row[11], row[12]), moment(row[13]), *row[14:24],
            tuple(tags.get(number, ())), reader.user(row[24]), external(row[25], row[26]), custom(row[27]),
            sure_moment(row[28]), reader.user(row[29]), sure_moment(row[30]), reader.user(row[31]),
        ))  # fmt: skip
