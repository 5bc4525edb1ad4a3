"""What became of the people who were added, and how soon somebody turned to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.histograms import counted_percentile, up_to
from crmcli.domain.metrics import ratio
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import grouped, numbered, within
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import chart_of, group_cell, group_column, ordered, titled
from crmcli.reports.unrated import shared
from crmcli.store.queries.contacting import created_within, lead_figures, never_touched, speeds
from crmcli.store.queries.lead_groups import PEOPLE, lead_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader

CONVERTED = "lifecycle in (qualified, opportunity, customer, champion) OR lead_status = converted OR deals is not empty"
_HOUR = 60
_LIMITS = (5, _HOUR, 24 * _HOUR)  # minutes
_SPEED = "from being added to the first call, meeting or message that is not said to have come in"
_CONVERTED = "those who by now are qualified, opportunity, customer or champion, whose lead status is converted, or who have a deal"
_COLUMNS = (
    ReportColumn("leads", "leads", "integer", 0, "people added in the period"),
    ReportColumn("converted", "converted", "integer", 1, _CONVERTED),
    ReportColumn("conversion", "conversion", "percent", 0, "converted / leads, by the day they were added"),
    ReportColumn("untouched", "untouched", "integer", 0, "people added in the period to whom nobody ever turned"),
    ReportColumn("speed_median", "median h", "number", 1, f"median hours {_SPEED}"),
    ReportColumn("speed_p90", "p90 h", "number", 2, f"nine in ten waited no more hours {_SPEED}"),
    ReportColumn("within_5min", "≤ 5 min", "percent", 2, "share of the leads to whom somebody turned within 5 minutes"),
    ReportColumn("within_1h", "≤ 1 h", "percent", 3, "share of the leads to whom somebody turned within an hour"),
    ReportColumn("within_1d", "≤ 1 day", "percent", 3, "share of the leads to whom somebody turned within 24 hours"),
)  # fmt: skip
_FORMULA = "conversion = converted / leads, by the day they were added; speed = first word to them - added"


class _Line(NamedTuple):
    leads: int
    converted: int
    untouched: int
    waits: Mapping[int, int]


def leads_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Conversion and speed to lead of the people added in a period, by source or anything else."""
    desk, span = sources.desk, inquiry.span
    with desk.reading() as reader:
        group = lead_groups(reader, desk, inquiry.by or "source", span.bounds)
        leads = created_within(desk.condition(reader, "contact", inquiry.filter), span.bounds)
        found = _lines(reader, group, leads)
        whole = _lines(reader, PEOPLE, leads).get(None, _Line(0, 0, 0, {}))
        lines = ordered(group, found, lambda line: line.leads)
        rest = (within("created_at", span, inquiry.now), grouped(inquiry.filter))
        drills = DealDrill(desk, reader, group, found, rest)
        alone = never_touched(reader, group, leads) if inquiry.followed else ()
        rates = [(key, ratio(line.converted, line.leads)) for key, line in lines]
        return Report(
            "leads", titled("leads", group), (*group_column(group), *_COLUMNS),
            tuple((*group_cell(group, key), *_figures(line)) for key, line in lines),
            (None, *_figures(whole)) if len(lines) > 1 else None, whole.leads, span.label, None, _FORMULA,
            chart=chart_of(group, rates, "percent", "conversion", of_nothing=None),
            drill=tuple(drills.to(key, "", line.leads) for key, line in lines),
            cells=_cells(drills, lines, numbers_by_key(alone)), notes=shared(group),
        )  # fmt: skip


def _lines(reader: Reader, group: Group, leads: Condition) -> dict[object, _Line]:
    waits = speeds(reader, group, leads)
    return {
        key: _Line(count, converted, untouched, waits[key].minutes if key in waits else {})
        for key, count, converted, untouched in lead_figures(reader, group, leads)
    }


def _figures(line: _Line) -> tuple[object, ...]:
    return (
        line.leads, line.converted, ratio(line.converted, line.leads), line.untouched,
        *hours(line.waits), *(ratio(up_to(line.waits, limit), line.leads) for limit in _LIMITS),
    )  # fmt: skip


def hours(waits: Mapping[int, int]) -> tuple[float | None, float | None]:
    """Median and 90th percentile of waits in minutes, as hours."""
    median, p90 = (counted_percentile(waits, share) for share in (0.5, 0.9))
    return None if median is None else median / _HOUR, None if p90 is None else p90 / _HOUR


def numbers_by_key(rows: Iterable[tuple[object, int]]) -> dict[object, list[int]]:
    """The numbers of records by the key of their group."""
    found: dict[object, list[int]] = {}
    for key, number in rows:
        found.setdefault(key, []).append(number)
    return found


def _cells(
    drills: DealDrill, lines: list[tuple[object, _Line]], alone: Mapping[object, list[int]]
) -> tuple[Mapping[str, Drill | None], ...]:
    return tuple(
        {
            "converted": drills.to(key, f"({CONVERTED})", line.converted),
            "untouched": numbered("contact", alone.get(key, [])),
        }
        for key, line in lines
    )
