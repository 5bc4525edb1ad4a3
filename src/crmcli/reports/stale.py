"""Open deals that nobody has touched for too long: the most valuable of them, or how many there are of anything."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from crmcli.domain.money import Money
from crmcli.errors import BadValue
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import equal, grouped, joined, within
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.reports.sales.grouping import (
    asking,
    chart_of,
    day_of_open,
    group_cell,
    group_column,
    major,
    money,
    ordered,
    titled,
)
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.condition import EVERYTHING, both
from crmcli.store.queries.deals import stages
from crmcli.store.queries.reports import Lain, lying, lying_deals, untouched
from crmcli.store.queries.stage_history import created_within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmcli.domain.views import StageView
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.dialects import Row
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth

_SILENCE = "whole days since the last activity done, or since entering the stage"
_COLUMNS = (
    ReportColumn("number", "#", "integer", meaning="the deal's number", of_nothing="label"),
    ReportColumn("title", "title"),
    ReportColumn("company", "company"),
    ReportColumn("owner", "owner"),
    ReportColumn("stage", "stage"),
    ReportColumn("value", "value", "money", meaning="what the deal is worth, in its own currency", is_now=True),
    ReportColumn("currency", "currency"),
    ReportColumn("days", "untouched", "days", meaning=_SILENCE, is_now=True),
    ReportColumn("id", "id"),
)
_FIGURES = (
    ReportColumn("deals", "deals", "integer", meaning="open deals untouched for too long", is_now=True),
    ReportColumn("value", "value", "money", meaning="Σ value of these deals", is_now=True),
    ReportColumn(
        "days", "longest", "days", meaning=f"of the deal that was left alone for longest: {_SILENCE}", is_now=True
    ),
    ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
)

_DAY = timedelta(days=1)
_MOST = 1000
_Limits = dict[int, str]


def stale_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Open deals untouched for longer than their stage allows, or for at least ``days``."""
    days = inquiry.options.get("days")
    if days is not None and days < 0:
        raise BadValue("days", f"{days} is below zero")
    with asking(sources, inquiry, "created_at") as asked:
        still_open = [stage for stage in stages(asked.reader) if stage.kind == "open"]
        limits = _limits(asked, still_open, days)
        where = both(asked.where, created_within(EVERYTHING, inquiry.span.bounds), untouched(limits))
        worth = asked.worth(day_of_open(inquiry))
        told = (_by_group if asked.group.name else _listed)(asked, worth, where, _said(still_open, limits))
        notes = (*told.notes, *left_out(asked.desk, asked.reader, worth, where, day_of_open(inquiry)))
    rule = f"untouched for {days} days" if days is not None else "untouched for longer than the stage allows"
    formula = f"{rule}; touched = the last activity done, or entering the stage"
    return told._replace(period=inquiry.span.label, currency=worth.currency, formula=formula, notes=notes)


def _limits(asked: Asking, still_open: list[StageView], days: int | None) -> _Limits:
    """Of each open stage the moment before which its deals must have been touched for the last time."""
    from crmcli.domain.records import utc_text

    now = asked.desk.clock.now()
    # Untouched for so many days is that or longer, longer than the stage allows is a second more at least.
    slack = timedelta(seconds=1) if days is not None else timedelta()
    allowed = {stage.number: stage.rot_days if days is None else days for stage in still_open}
    longest = now.replace(year=1, month=1, day=1, hour=0, minute=0, second=0)
    return {
        stage: utc_text(max(now - timedelta(days=lies), longest) + slack if (now - longest).days > lies else longest)
        for stage, lies in allowed.items()
        if lies is not None
    }


def _said(still_open: list[StageView], limits: _Limits) -> str:
    """The same in the words of a filter."""
    ways = [
        joined(
            equal("pipeline", stage.pipeline), equal("stage", stage.stage), f"stage_since < {before}",
            f"(last_activity is empty OR last_activity < {before})",
        )
        for stage in still_open
        if (before := limits.get(stage.number))
    ]  # fmt: skip
    return f"({' OR '.join(f'({way})' for way in ways)})" if ways else "number < 0"


# -- deal by deal


def _listed(asked: Asking, worth: Worth, where: Condition, said: str) -> Report:
    whole = lying(asked.reader, asked.group, worth, where, has_ages=False).get(None, Lain(0, 0.0, ""))
    most = asked.inquiry.options.get("most")
    most = _MOST if most is None else most or None
    now = asked.desk.clock.now().astimezone(UTC)
    rows = tuple(_row(asked, row, now) for row in lying_deals(asked.reader, worth, where, most))
    left = whole.deals - len(rows)
    notes = (f"the {len(rows):,} most valuable of {whole.deals:,} are listed; all: --limit 0",) if left else ()
    totals = (*[None] * 5, money(whole.value, worth.currency), worth.currency, None, None) if rows else None
    return Report(
        "stale", "stale deals", _COLUMNS, rows, totals, whole.deals, notes=notes,
        drill=tuple(Drill("deal", f"number = {row[0]}") for row in rows),
        whole=Drill("deal", joined(said, *_rest(asked))) if rows else None,
    )  # fmt: skip


def _row(asked: Asking, row: Row, now: datetime) -> tuple[Any, ...]:
    uid, number, title, company, owner, stage, value, currency, touched = row
    worth = Money(value, currency or asked.desk.currency) if value is not None else None
    return (number, title, company, asked.reader.user(owner), stage, worth, currency, _idle(touched, now), uid)


def _idle(touched: str, now: datetime) -> int:
    return int((now - sure_moment(touched)) / _DAY)


def _rest(asked: Asking) -> tuple[str, str]:
    """What period and filter ask of the deals."""
    return within("created_at", asked.inquiry.span, asked.inquiry.now), grouped(asked.inquiry.filter)


# -- by anything


def _by_group(asked: Asking, worth: Worth, where: Condition, said: str) -> Report:
    found = lying(asked.reader, asked.group, worth, where)
    lines = ordered(asked.group, found, lambda each: each.value)
    drills = DealDrill(asked.desk, asked.reader, asked.group, found, (said, *_rest(asked)))
    now, code = asked.desk.clock.now().astimezone(UTC), worth.currency
    values = [(key, major(each.value, code)) for key, each in lines]
    whole = _whole(asked, worth, where, found)
    return Report(
        "stale", titled("stale deals", asked.group), (*group_column(asked.group), *_FIGURES),
        tuple((*group_cell(asked.group, key), *_figures(each, code, now)) for key, each in lines),
        (None, *_figures(whole, code, now)) if len(lines) > 1 else None, whole.deals,
        chart=chart_of(asked.group, values, code, "value of stale deals"),
        drill=tuple(drills.to(key, "", each.deals) for key, each in lines), notes=shared(asked.group),
    )  # fmt: skip


def _figures(each: Lain, code: str, now: datetime) -> tuple[object, ...]:
    return each.deals, money(each.value, code), _idle(each.since, now), code


def _whole(asked: Asking, worth: Worth, where: Condition, found: Mapping[object, Lain]) -> Lain:
    """All groups together, every deal once."""
    if asked.group.is_shared:
        found = lying(asked.reader, asked.whole().group, worth, where)
    every = found.values()
    since = min((each.since for each in every), default="")
    return Lain(sum(each.deals for each in every), sum(each.value for each in every), since)
