"""Deals, their stages and their history, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.money import Money
from crmcli.domain.pipeline import Move, is_rotting, visits
from crmcli.domain.views import DealView, Link, StageTotal, StageView, StageVisit
from crmcli.store.queries.common import (
    Selection,
    custom,
    day,
    external,
    links_beside,
    moment,
    order_by,
    pages,
    select_sql,
    sure_moment,
    tags_beside,
    touches,
)
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.worth import AS_IT_IS, Worth, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_COLUMNS = (
    "r.id, r.uid, r.title, r.value, r.currency, s.name, s.kind, w.name, r.probability, s.probability, r.expected_close,"
    " o.uid, o.name, r.source, m.name, r.next_step, r.type, r.lost_reason, r.lost_note, r.closed_at, r.owner_id,"
    " r.external_source, r.external_id, r.custom, r.created_at, r.created_by, r.updated_at, r.updated_by,"
    " r.stage_since, s.rot_days"
)
_JOINS = (
    "JOIN stage s ON s.id = r.stage_id JOIN pipeline w ON w.id = r.pipeline_id"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
    " LEFT JOIN campaign m ON m.id = r.campaign_id"
)
_CONTACTS = (
    "SELECT l.deal_id, c.uid, c.name FROM deal_contact l JOIN contact c ON c.id = l.contact_id"
    " WHERE c.deleted_at IS NULL AND l.deal_id IN ({in}) ORDER BY l.deal_id, l.position, l.id"
)


def deals(reader: Reader, selection: Selection, now: datetime) -> Iterator[DealView]:
    """The selected deals, a page at a time, by number unless sorted; ``now`` decides what is rotting."""
    sql, params = select_sql(_COLUMNS, "deal", _JOINS, selection, order_by("deal", selection, "r.id"))
    for page in pages(reader, sql, params):
        yield from _views(reader, page, now)


def _views(reader: Reader, page: list[Row], now: datetime) -> Iterator[DealView]:
    numbers = [row[0] for row in page]
    contacts = links_beside(reader, _CONTACTS, numbers)
    tags = tags_beside(reader, "deal", numbers)
    touched = touches(reader, "p.deal_id", "activity p", numbers)
    for row in page:
        number, manual = row[0], row[8]
        value = Money(row[3], row[4]) if row[3] is not None else None
        probability = row[9] if manual is None else manual
        last, upcoming = touched.of(number)
        since = sure_moment(row[28])
        yield DealView._make((
            row[1], number, row[2], value, row[4], row[5], row[6], row[7],
            probability, "stage" if manual is None else "manual", value.share(probability) if value else None,
            day(row[10]), tuple(contacts.get(number, ())), Link(row[11], row[12]) if row[11] else None,
            *row[13:19], moment(row[19]), tuple(tags.get(number, ())), reader.user(row[20]),
            external(row[21], row[22]), custom(row[23]),
            sure_moment(row[24]), reader.user(row[25]), sure_moment(row[26]), reader.user(row[27]),
            last, upcoming, row[6] == "open" and is_rotting(max(since, last or since), row[29], now),
        ))  # fmt: skip


def stage_history(reader: Reader, number: int, now: datetime) -> tuple[StageVisit, ...]:
    """Every stay of the deal in a stage, in order, the present one up to ``now`` (or to its closing)."""
    sql = (
        "SELECT s.name, s.kind, h.at, h.by, h.note FROM stage_change h JOIN stage s ON s.id = h.to_stage_id"
        " WHERE h.deal_id = ? ORDER BY h.at, h.id"
    )
    moves = [
        Move(n, kind, sure_moment(at), reader.user(by), note) for n, kind, at, by, note in reader.rows(sql, (number,))
    ]
    return visits(moves, now)


def stages(reader: Reader, pipeline: str | None = None, *, removed: bool = False) -> list[StageView]:
    """The stages of all pipelines, or of the one whose folded name is given, the default pipeline first.

    Or those that were ``removed`` from them; the place of one of these is between those of the stages around it.
    """
    sql = (
        "SELECT s.id, w.name, s.name, s.position, s.kind, s.probability, s.rot_days, s.forecast_category, s.required,"
        " s.wip_limit"
        " FROM stage s JOIN pipeline w ON w.id = s.pipeline_id"
        f" WHERE s.deleted_at IS {'NOT ' if removed else ''}NULL AND w.deleted_at IS NULL"
        f"{' AND w.name_key = ?' if pipeline else ''} ORDER BY w.position, w.id, s.position, s.id"
    )
    rows = reader.rows(sql, (pipeline,) if pipeline else ())
    return [StageView._make((*row[:8], tuple(name for name in row[8].split(",") if name), row[9])) for row in rows]


def stage_totals(reader: Reader, pipeline: str, where: Condition = EVERYTHING) -> list[StageTotal]:
    """Count, value and weighted value per stage of a pipeline (by folded name), one row per stage and currency.

    A stage with nothing in it has one row with no currency.
    """
    share = weighted(Worth("", AS_IT_IS)).sql
    sql = (
        f"SELECT s.name, s.kind, COUNT(r.id), CAST(COALESCE(SUM(r.value), 0) AS BIGINT),"
        f" CAST(COALESCE(SUM({share}), 0) AS BIGINT), COALESCE(r.currency, '')"
        " FROM stage s JOIN pipeline w ON w.id = s.pipeline_id"
        f" LEFT JOIN deal r ON r.stage_id = s.id AND r.deleted_at IS NULL AND ({where.sql})"
        " WHERE w.name_key = ? AND s.deleted_at IS NULL AND w.deleted_at IS NULL"
        " GROUP BY s.id, s.name, s.kind, s.position, COALESCE(r.currency, '') ORDER BY s.position, s.id, 6"
    )
    rows = reader.rows(sql, (*where.params, pipeline))
    return [StageTotal(n, kind, count, Money(v, code), Money(w, code)) for n, kind, count, v, w, code in rows]
