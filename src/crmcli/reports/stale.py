"""Open deals that nobody has touched for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.money import Money
from crmcli.errors import BadValue
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.store.queries.reports import open_deals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.services.desk import Desk

_COLUMNS = (
    ReportColumn("number", "#", "integer"),
    ReportColumn("title", "title"),
    ReportColumn("company", "company"),
    ReportColumn("owner", "owner"),
    ReportColumn("stage", "stage"),
    ReportColumn("value", "value", "money"),
    ReportColumn("currency", "currency"),
    ReportColumn("days", "untouched", "days"),
    ReportColumn("id", "id"),
)


def stale_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Open deals untouched for longer than their stage allows, or for at least ``days``; the most valuable first."""
    desk, days, filter_text = sources.desk, inquiry.options.get("days"), inquiry.filter
    if days is not None and days < 0:
        raise BadValue("days", f"{days} is below zero")
    found = sorted(_stale(desk, days, filter_text), key=lambda row: (-(row[5].minor if row[5] else -1), row[0]))
    currencies = {row[6] for row in found if row[6]}
    only = next(iter(currencies)) if len(currencies) == 1 else None
    totals = None
    if only:
        value = Money(sum(row[5].minor for row in found if row[5]), only)
        totals = (None, None, None, None, None, value, only, None, None)
    rule = f"untouched for {days} days" if days is not None else "untouched for longer than the stage allows"
    formula = f"{rule}; touched = the last activity done, or entering the stage"
    drill = tuple(Drill("deal", f"number = {row[0]}") for row in found)
    return Report("stale", "stale deals", _COLUMNS, tuple(found), totals, len(found), None, only, formula, drill=drill)


def _stale(desk: Desk, days: int | None, filter_text: str | None) -> Iterator[tuple[Any, ...]]:
    from crmcli.domain.dates import days_between
    from crmcli.store.queries.common import sure_moment

    now = desk.clock.now()
    with desk.reading() as reader:
        where = desk.condition(reader, "deal", filter_text)
        for uid, number, title, company, owner, stage, value, currency, rot_days, since, last in open_deals(
            reader, where
        ):
            idle = days_between(sure_moment(max(since, last or since)), now)
            if (days is not None and idle >= days) or (days is None and rot_days is not None and idle > rot_days):
                money = Money(value, currency) if value is not None else None
                yield number, title, company, reader.user(owner), stage, money, currency, int(idle), uid
