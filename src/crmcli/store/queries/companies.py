"""Companies, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.money import Money
from crmcli.domain.views import CompanyView, Link
from crmcli.store.queries.common import (
    Selection,
    custom,
    external,
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
    "r.id, r.uid, r.name, r.industry, r.size, r.annual_revenue, r.revenue_currency, r.country, r.region, r.address,"
    " p.uid, p.name, r.type, r.note, r.owner_id, r.external_source, r.external_id, r.custom, r.created_at, r.created_by,"
    " r.updated_at, r.updated_by"
)
_PARENT = "LEFT JOIN company p ON p.id = r.parent_id AND p.deleted_at IS NULL"


def companies(reader: Reader, selection: Selection) -> Iterator[CompanyView]:
    """The selected companies, a page at a time, by number unless sorted."""
    sql, params = select_sql(_COLUMNS, "company", _PARENT, selection, order_by("company", selection, "r.id"))
    for page in pages(reader, sql, params):
        yield from _views(reader, page)


def _views(reader: Reader, page: list[Row]) -> Iterator[CompanyView]:
    numbers = [row[0] for row in page]
    websites = values_beside(reader, "company_website", "company_id", numbers)
    phones = values_beside(reader, "company_phone", "company_id", numbers)
    tags = tags_beside(reader, "company", numbers)
    touched = touches(reader, "p.company_id", "activity p", numbers)
    for row in page:
        number = row[0]
        last, upcoming = touched.of(number)
        yield CompanyView(
            row[1], number, row[2], tuple(websites.get(number, ())), tuple(phones.get(number, ())), row[3], row[4],
            Money(row[5], row[6]) if row[5] is not None else None, row[7], row[8], row[9],
            Link(row[10], row[11]) if row[10] else None, row[12], row[13],
            tuple(tags.get(number, ())), reader.user(row[14]), external(row[15], row[16]), custom(row[17]),
            sure_moment(row[18]), reader.user(row[19]), sure_moment(row[20]), reader.user(row[21]),
            last, upcoming,
        )  # fmt: skip
