"""How late deals are decided, and how often the day when they should be is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.histograms import merged
from crmcli.domain.metrics import mean, ratio
from crmcli.domain.slippage import Lateness, lateness
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import grouped, joined, numbered
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.expecting import expected_within, said, whole_days
from crmcli.reports.sales.grouping import asking, chart_of, group_cell, group_column, ordered, titled
from crmcli.reports.unrated import shared
from crmcli.store.queries.condition import both
from crmcli.store.queries.groups import WHOLE
from crmcli.store.queries.slippage import days_late, due_by, moves, numbers_late

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill

_COLUMNS = (
    ReportColumn("deals", "deals", "integer", 0, "deals with an expected close that are closed, or open and past it"),
    ReportColumn("slipped", "slipped", "integer", 1, "those decided, or still open, after that day"),
    ReportColumn("slipped_share", "share", "percent", 0, "slipped / deals"),
    ReportColumn(
        "mean",
        "mean",
        "days",
        0,
        "mean days past the expected close (to the closing, or to today); in time counts as 0",
    ),
    ReportColumn("median", "median", "days", 1, "their median"),
    ReportColumn("p90", "p90", "days", 2, "nine in ten deals were not later than this"),
    ReportColumn("moved", "moved", "integer", 3, "deals whose expected close was moved, by the change log"),
    ReportColumn("moves", "moves", "integer", 4, "how often it was moved"),
    ReportColumn("moved_days", "by", "days", 3, "mean days of a move, back in time below zero"),
)
_FORMULA = "slippage = days past the expected close, closed or now"
Moves = dict[int, list[int]]


def slippage_report(sources: Sources, inquiry: Inquiry) -> Report:
    """How late the deals expected in a period were decided, group by group."""
    days = whole_days(inquiry.span, inquiry.now)
    today = inquiry.now.date()
    bounds = (str(days.start), str(days.end)) if days else None
    bounded = inquiry._replace(span=inquiry.span._replace(bounds=bounds))
    with asking(sources, bounded, "expected_close") as asked:
        reader, clock, group = asked.reader, asked.desk.clock, asked.group
        due = due_by(both(asked.where, expected_within(days)), str(today))
        counted = days_late(reader, clock, group, due, today)
        late = {key: lateness(days_of) for key, days_of in counted.items()}
        moved = moves(reader, group, due)
        whole = lateness(
            days_late(reader, clock, WHOLE, due, today).get(None, {}) if group.is_shared else merged(counted.values())
        )
        lines = ordered(group, late, lambda each: each.mean or 0)
        rest = (
            joined(said(days), f"(stage_kind != open OR expected_close < {today}) AND expected_close is not empty"),
        )
        drills = DealDrill(asked.desk, reader, group, late, (*rest, grouped(inquiry.filter)))
        slipped = numbers_late(reader, clock, group, due, today) if inquiry.followed else {}
        rows = tuple((*group_cell(group, key), *_figures(each, moved.get(key, {}))) for key, each in lines)
        totals = (None, *_figures(whole, _all(moved))) if group.name and len(rows) > 1 else None
        return Report(
            "slippage", titled("slippage", group), (*group_column(group), *_COLUMNS), rows, totals, whole.deals,
            inquiry.span.label, None, _FORMULA,
            chart=chart_of(group, [(key, each.mean) for key, each in lines], "days", "mean days late", of_nothing=None),
            drill=tuple(drills.to(key, "", each.deals) for key, each in lines),
            cells=tuple(
                {"slipped": numbered("deal", slipped.get(key, [])), **_of_moves(moved.get(key, {}))} for key, _ in lines
            ),
            notes=shared(group),
        )  # fmt: skip


def _figures(late: Lateness, moved: Moves) -> tuple[object, ...]:
    steps = [days for each in moved.values() for days in each]
    return (
        late.deals, late.late, ratio(late.late, late.deals), late.mean, late.median, late.p90, len(moved), len(steps),
        mean(steps),
    )  # fmt: skip


def _all(moved: Mapping[object, Moves]) -> Moves:
    """The moves of all deals, each deal once however many groups it is in."""
    return {number: days for each in moved.values() for number, days in each.items()}


def _of_moves(moved: Moves) -> dict[str, Drill | None]:
    numbers: Sequence[int] = list(moved)
    return dict.fromkeys(("moved", "moves", "moved_days"), numbered("deal", numbers))
