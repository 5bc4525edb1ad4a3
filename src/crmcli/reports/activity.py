"""What was done with customers, and how much of it a won deal takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import ratio
from crmcli.reports.drill import Groups, grouped, within
from crmcli.reports.period import month_of
from crmcli.reports.report import Report, ReportColumn
from crmcli.store.queries.condition import EVERYTHING
from crmcli.store.queries.reports import MONTH, activity_rows, closed_deals, deal_group

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.period import Window
    from crmcli.store.reader import Reader

_FIGURES = (
    ReportColumn("done", "done", "integer"),
    ReportColumn("planned", "planned", "integer"),
    ReportColumn("minutes", "minutes", "integer"),
    ReportColumn("won", "won", "integer"),
    ReportColumn("effort", "effort", "number"),
)
_COUNTED = ("done", "planned")
# Deals can be told apart by these too; by kind and person all won deals count.
_SHARED = ("owner", "company", MONTH)


def activity_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Activities per group: done, planned, minutes; won deals of the period, and done activities for each of them."""
    desk, by, span, filter_text = sources.desk, inquiry.by or "type", inquiry.span, inquiry.filter
    now = desk.clock.local()
    tallies: dict[str | None, list[int]] = {}
    counted: dict[str | None, dict[int, None]] = {}
    with desk.reading() as reader:
        where = desk.condition(reader, "activity", filter_text)
        for key, status, minutes, number in activity_rows(reader, by, where, span.bounds):
            label = month_of(key, now) if by == MONTH else key
            tally, numbers = tallies.setdefault(label, [0, 0, 0]), counted.setdefault(label, {})
            if number in numbers:  # with two people of the same name
                continue
            if status in _COUNTED:
                numbers[number] = None
            tally[0] += status == "done"
            tally[1] += status == "planned"
            tally[2] += (minutes or 0) if status == "done" else 0
        won = _won(reader, by if by in _SHARED else None, span, now)
    order = (lambda item: item[0] or "") if by == MONTH else (lambda item: (-item[1][0], item[0] or ""))
    ordered = sorted(tallies.items(), key=order)
    rows = tuple(_row(label, tally, won, shared=by in _SHARED) for label, tally in ordered)
    groups = Groups(
        "activity", by, tallies, ("status in (done, planned)", within("at", span, now), grouped(filter_text))
    )
    drill = tuple(groups.drill(label, "", list(counted[label])) for label, _ in ordered)
    columns = (ReportColumn(by, by), *_FIGURES)
    n = sum(tally[0] + tally[1] for tally in tallies.values())
    formula = "effort = done activities / won deals"
    return Report(
        "activity", f"activities by {by}", columns, rows, _totals(tallies, won, by), n, span.label, formula=formula,
        drill=drill,
    )  # fmt: skip


def _row(label: str | None, tally: list[int], won: dict[str | None, int], *, shared: bool) -> tuple[object, ...]:
    deals = won.get(label, 0) if shared else sum(won.values())
    return (label, *tally, deals, ratio(tally[0], deals))


def _totals(tallies: dict[str | None, list[int]], won: dict[str | None, int], by: str) -> tuple[object, ...] | None:
    if len(tallies) < 2 or by == "contact":  # an activity with two people would count twice
        return None
    sums = [sum(tally[i] for tally in tallies.values()) for i in range(3)]
    return (None, *sums, sum(won.values()), ratio(sums[0], sum(won.values())))


def _won(reader: Reader, by: str | None, span: Window, now: datetime) -> dict[str | None, int]:
    counts: dict[str | None, int] = {}
    group = deal_group(reader, by)
    for key, kind, *_ in closed_deals(reader, group, EVERYTHING, span.bounds):
        if kind == "won":
            label = month_of(key, now) if by == MONTH else key
            counts[label] = counts.get(label, 0) + 1
    return counts
