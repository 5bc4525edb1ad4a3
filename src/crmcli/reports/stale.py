"""Open deals that nobody has touched for too long."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from crmcli.domain.money import Money
from crmcli.errors import BadValue
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.reports.sales.grouping import asking, day_of_open, money
from crmcli.reports.unrated import left_out
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.condition import both
from crmcli.store.queries.groups import WHOLE, group_rows, worth_sum
from crmcli.store.queries.reports import lying_deals, untouched
from crmcli.store.queries.worth import AS_IT_IS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.dialects import Row
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth

_COLUMNS = (
    ReportColumn("number", "#", "integer", meaning="the deal's number"),
    ReportColumn("title", "title"),
    ReportColumn("company", "company"),
    ReportColumn("owner", "owner"),
    ReportColumn("stage", "stage"),
    ReportColumn("value", "value", "money", meaning="what the deal is worth, in its own currency"),
    ReportColumn("currency", "currency"),
    ReportColumn(
        "days", "untouched", "days", meaning="whole days since the last activity done, or since entering the stage"
    ),
    ReportColumn("id", "id"),
)

_DAY = timedelta(days=1)


def stale_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Open deals untouched for longer than their stage allows, or for at least ``days``; the most valuable first."""
    days = inquiry.options.get("days")
    if days is not None and days < 0:
        raise BadValue("days", f"{days} is below zero")
    with asking(sources, inquiry) as asked:
        limits = _limits(asked, days)
        lying = both(asked.where, untouched(limits))
        now = asked.desk.clock.now().astimezone(UTC)
        rows = _in_order(_row(asked, row, now) for row in lying_deals(asked.reader, asked.where, limits))
        worth = asked.worth(day_of_open(inquiry))
        totals = _totals(asked, worth, lying, rows) if rows else None
        notes = left_out(asked.desk, asked.reader, worth, lying, day_of_open(inquiry))
    rule = f"untouched for {days} days" if days is not None else "untouched for longer than the stage allows"
    formula = f"{rule}; touched = the last activity done, or entering the stage"
    drill = tuple(Drill("deal", f"number = {row[0]}") for row in rows)
    return Report(
        "stale", "stale deals", _COLUMNS, rows, totals, len(rows), None, worth.currency, formula, drill=drill, notes=notes
    )  # fmt: skip


def _limits(asked: Asking, days: int | None) -> dict[int, str]:
    """Of each open stage the moment before which its deals must have been touched for the last time."""
    from crmcli.domain.records import utc_text
    from crmcli.store.queries.deals import stages

    now = asked.desk.clock.now()
    # Untouched for so many days is that or longer, longer than the stage allows is a second more at least.
    slack = timedelta(seconds=1) if days is not None else timedelta()
    allowed = {
        stage.number: stage.rot_days if days is None else days for stage in stages(asked.reader) if stage.kind == "open"
    }
    longest = now.replace(year=1, month=1, day=1, hour=0, minute=0, second=0)
    return {
        stage: utc_text(max(now - timedelta(days=lies), longest) + slack if (now - longest).days > lies else longest)
        for stage, lies in allowed.items()
        if lies is not None
    }


def _row(asked: Asking, row: Row, now: datetime) -> tuple[Any, ...]:
    uid, number, title, company, owner, stage, value, currency, since, last, _ = row
    idle = int((now - sure_moment(max(since, last or since))) / _DAY)
    worth = Money(value, currency or asked.desk.currency) if value is not None else None
    return (number, title, company, asked.reader.user(owner), stage, worth, currency, idle, uid)


def _in_order(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(sorted(rows, key=lambda row: (-(row[5].minor if row[5] else -1), row[0])))


def _totals(asked: Asking, worth: Worth, lying: Condition, rows: Sequence[tuple[Any, ...]]) -> tuple[object, ...]:
    """What they are worth together, in one currency."""
    if worth.sql == AS_IT_IS:
        minor = sum(row[5].minor for row in rows if row[5])
    else:
        [(_, minor)] = group_rows(asked.reader, WHOLE, (worth_sum(worth),), lying)
    return (None, None, None, None, None, money(minor, worth.currency), worth.currency, None, None)
