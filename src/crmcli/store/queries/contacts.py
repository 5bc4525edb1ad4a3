"""Contacts, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import ContactView
from crmcli.store.queries.common import (
    Selection,
    custom,
    day,
    external,
    gather,
    links_beside,
    order_by,
    pages,
    select_sql,
    sure_moment,
    tags_beside,
    touches,
    values_beside,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_COLUMNS = (
    "r.id, r.uid, r.name, r.title, r.birthday, r.anniversary, r.address, r.lifecycle, r.lead_status, r.lead_score,"
    " r.source, r.locale, r.timezone, r.note, r.owner_id, r.external_source, r.external_id, r.custom, r.created_at,"
    " r.created_by, r.updated_at, r.updated_by"
)
_COMPANIES = (
    "SELECT l.contact_id, o.uid, o.name FROM contact_company l JOIN company o ON o.id = l.company_id"
    " WHERE l.ended_on IS NULL AND o.deleted_at IS NULL AND l.contact_id IN ({in}) ORDER BY l.contact_id, l.position, l.id"
)
_HANDLES = "SELECT contact_id, network, value FROM contact_handle WHERE deleted_at IS NULL AND contact_id IN ({in})"


def contacts(reader: Reader, selection: Selection) -> Iterator[ContactView]:
    """The selected contacts, a page at a time, by number unless sorted."""
    sql, params = select_sql(_COLUMNS, "contact", "", selection, order_by("contact", selection, "r.id"))
    for page in pages(reader, sql, params):
        yield from _views(reader, page)


def labels(reader: Reader, numbers: list[int]) -> dict[int, dict[str, str]]:
    """What the e-mails and phones of these people are called there: the label by the value, for each person."""
    found: dict[int, dict[str, str]] = {}
    for table in ("contact_email", "contact_phone"):
        sql = f"SELECT contact_id, value, label FROM {table} WHERE deleted_at IS NULL AND label IS NOT NULL AND contact_id IN ({{in}})"
        for number, pairs in gather(reader, sql, numbers, lambda value, label: (value, label)).items():
            found.setdefault(number, {}).update(pairs)
    return found


def _views(reader: Reader, page: list[Row]) -> Iterator[ContactView]:
    numbers = [row[0] for row in page]
    emails = values_beside(reader, "contact_email", "contact_id", numbers)
    phones = values_beside(reader, "contact_phone", "contact_id", numbers)
    handles = gather(reader, _HANDLES, numbers, lambda network, value: (network, value))
    companies = links_beside(reader, _COMPANIES, numbers)
    tags = tags_beside(reader, "contact", numbers)
    touched = touches(reader, "l.contact_id", "activity_contact l JOIN activity p ON p.id = l.activity_id", numbers)
    for row in page:
        number = row[0]
        on = dict(handles.get(number, ()))
        last, upcoming = touched.of(number)
        yield ContactView._make((
            row[1], number, row[2],
            tuple(emails.get(number, ())), tuple(phones.get(number, ())), tuple(companies.get(number, ())),
            row[3], tuple(tags.get(number, ())),
            on.get("linkedin"), on.get("x"), on.get("bluesky"), on.get("telegram"),
            day(row[4]), day(row[5]), *row[6:14],
            reader.user(row[14]), external(row[15], row[16]), custom(row[17]),
            sure_moment(row[18]), reader.user(row[19]), sure_moment(row[20]), reader.user(row[21]),
            last, upcoming,
        ))  # fmt: skip
