"""What was done with customers, and how much of it a won deal takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import ratio
from crmcli.domain.stretches import UNITS
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import grouped, within
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import chart_of, group_column, ordered, titled
from crmcli.reports.unrated import shared
from crmcli.store.queries.activity_groups import activity_groups
from crmcli.store.queries.closings import counts, won_within
from crmcli.store.queries.groups import WHOLE, deal_groups
from crmcli.store.queries.reports import activity_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader

_FIGURES = (
    ReportColumn("done", "done", "integer", meaning="activities done, by when they took place"),
    ReportColumn("planned", "planned", "integer", meaning="activities planned, by when they are"),
    ReportColumn("minutes", "minutes", "integer", meaning="Σ duration of the done ones"),
    ReportColumn(
        "won",
        "won",
        "integer",
        meaning="deals won in the same group, where deals can be told apart so too, and by the owners of the filter; else"
        " all that were won",
        of_nothing="none",
    ),
    ReportColumn("effort", "effort", "number", meaning="done activities / won deals"),
)
_COUNTED = "status in (done, planned)"
# Deals can be told apart by these too; by kind and person all won deals count.
_SHARED = (
    "owner", "company", "region", "country", "industry", "size", "campaign", "source", "pipeline", "segment", "product", *UNITS,
)  # fmt: skip
_UNFILTERED = "won deals, and so effort, are of all deals: the filter is about activities"
_ALL = object()  # the won deals of all groups together


def activity_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Activities per group: done, planned, minutes; won deals of the period, and done activities for each of them."""
    desk, span, now = sources.desk, inquiry.span, inquiry.now
    with desk.reading() as reader:
        of_deals = _of_deals(desk, reader, inquiry.filter)
        group = activity_groups(reader, desk, inquiry.by or "type", span.bounds)
        where = desk.condition(reader, "activity", inquiry.filter)
        tallies = activity_figures(reader, group, where, span.bounds)
        rows = ordered(group, tallies, lambda tally: tally[0])
        same = _same_of_deals(group)
        won, deals = _won(reader, desk, same, inquiry, of_deals)
        everything = _whole(reader, group, where, tallies, span.bounds)
        drills = DealDrill(desk, reader, group, tallies, (within("at", span, now), grouped(inquiry.filter)))
        return Report(
            "activity", titled("activities", group), (*group_column(group), *_FIGURES),
            tuple(_row(group.label(key), tally, won, same) for key, tally in rows), _totals(everything, won[_ALL], len(rows)),
            everything[0] + everything[1], span.label, formula="effort = done activities / won deals",
            chart=chart_of(group, [(key, tally[0]) for key, tally in rows], "", "activities done"),
            drill=tuple(drills.to(key, _COUNTED, tally[0] + tally[1]) for key, tally in rows),
            cells=tuple(
                {
                    "done": drills.to(key, "status = done", tally[0]),
                    "planned": drills.to(key, "status = planned", tally[1]),
                    "minutes": drills.to(key, "status = done", tally[0]),
                    "won": deals.get(group.label(key) if same else None),
                }
                for key, tally in rows
            ),
            notes=(*shared(group), *([_UNFILTERED] if inquiry.filter and not of_deals else [])),
        )  # fmt: skip


def _same_of_deals(group: Group) -> str | None:
    """What deals are grouped by so that their groups are these; None where they can't be told apart so."""
    if group.path[1:2] == ("custom",):
        link, _, key = group.path
        return f"{'custom' if link == 'deal' else link}.{key}"
    return group.name if group.name in _SHARED or group.name.startswith("company.") else None


def _row(
    label: str | None, tally: tuple[int, int, int], won: Mapping[object, int], same: str | None
) -> tuple[object, ...]:
    deals = won.get(label, 0) if same else won[_ALL]
    return (label, *tally, deals, ratio(tally[0], deals))


def _whole(
    reader: Reader,
    group: Group,
    where: Condition,
    tallies: Mapping[object, tuple[int, int, int]],
    period: tuple[str, str] | None,
) -> tuple[int, int, int]:
    """All groups together, every activity once."""
    if group.is_shared:
        whole = group.whole()
        return _sums(list(activity_figures(reader, whole, where, period).values()))
    return _sums(list(tallies.values()))


def _sums(tallies: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    return sum(done for done, _, _ in tallies), sum(planned for _, planned, _ in tallies), sum(m for _, _, m in tallies)


def _totals(everything: tuple[int, int, int], deals: int, rows: int) -> tuple[object, ...] | None:
    if rows < 2:
        return None
    return (None, *everything, deals, ratio(everything[0], deals))


def _of_deals(desk: Desk, reader: Reader, text: str | None) -> str:
    """A filter on activities that means the same of deals, as one on whose they are; empty for any other."""
    from crmcli.domain.filter_tree import paths
    from crmcli.domain.filters import parse_filter

    if not text:
        return ""
    return text if {"owner"} == set(paths(parse_filter(text, "activity", desk.filter_context(reader)))) else ""


def _won(
    reader: Reader, desk: Desk, by: str | None, inquiry: Inquiry, of_deals: str
) -> tuple[Mapping[object, int], Mapping[str | None, Drill | None]]:
    """How many deals were won in the period, by the labels of the same groups and in all, and which."""
    bounds = inquiry.span.bounds
    group = deal_groups(reader, desk, by, "closed_at", bounds)
    won = won_within(desk.condition(reader, "deal", of_deals), bounds)
    found = counts(reader, group, won)
    whole = counts(reader, WHOLE, won).get(None, 0) if group.is_shared else sum(found.values())
    said = ("stage_kind = won", within("closed_at", inquiry.span, inquiry.now), grouped(of_deals))
    drills = DealDrill(desk, reader, group, found, said)
    labels = {key: group.label(key) for key in found}
    return (
        {_ALL: whole, **{labels[key]: count for key, count in found.items()}},
        {labels[key]: drills.to(key, "", count) for key, count in found.items()},
    )
