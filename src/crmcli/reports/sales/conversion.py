"""From each stage to each later one: which share of the deals that came so far ever got there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import ratio
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import joined
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.funnel import all_together, been_in, groups_in_order
from crmcli.reports.sales.grouping import as_one, asking, group_cell, group_column
from crmcli.reports.sales.ladder import ladder
from crmcli.reports.unrated import shared
from crmcli.store.queries.stage_history import climbs, created_within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.reports.sales.funnel import Furthest
    from crmcli.reports.sales.grouping import Asking
    from crmcli.reports.sales.ladder import Ladder
    from crmcli.store.queries.condition import Condition

_FORMULA = "ever reached the later stage / ever reached this one; lost = lost now / ever reached this one"


def conversion_report(sources: Sources, inquiry: Inquiry) -> Report:
    """A row for each open stage, a column for each later one and for being lost; of the deals made in the period."""
    with asking(sources, inquiry, "created_at") as asked:
        rungs = ladder(asked.reader, inquiry.options.get("pipeline"))
        made = created_within(asked.where, inquiry.span.bounds)
        furthest, lost = _climbed(asked, rungs, made)
        keys = groups_in_order(asked, furthest)
        drills = DealDrill(asked.desk, asked.reader, asked.group, keys, asked.rest("created_at"))
        places = [(key, step) for key in keys for step in range(max(len(rungs.names) - 1, 0))]
        rows = tuple(_row(asked, rungs, key, step, furthest[key], lost) for key, step in places)
        whole = all_together(asked, rungs, made, furthest)
        return Report(
            "conversion", _title(rungs, asked), (*group_column(asked.group), *_columns(rungs)), rows, None, sum(whole),
            inquiry.span.label, None, _FORMULA, chart=_chart(rungs, whole, asked),
            drill=tuple(
                drills.to(key, been_in(rungs, step), sum(furthest[key][step:])) for key, step in places
            ),
            cells=tuple(_cells(rungs, drills, key, step, furthest[key], lost) for key, step in places),
            notes=shared(asked.group),
        )  # fmt: skip


def _title(rungs: Ladder, asked: Asking) -> str:
    by = f" by {asked.group.name.replace('-', ' ')}" if asked.group.name else ""
    return rungs.title("conversion") + by


def _columns(rungs: Ladder) -> tuple[ReportColumn, ...]:
    reached = "deals made in the period that ever were in this stage or a later one"
    return (
        ReportColumn("stage", "from"),
        ReportColumn("deals", "deals", "integer", 1, meaning=reached),
        *(
            ReportColumn(
                f"to_{name}", f"to {name}", "percent", 0 if name == rungs.names[-1] else place,
                f"ever reached {name} or a later one / ever reached this one",
            )
            for place, name in enumerate(rungs.names[1:], start=3)
        ),
        ReportColumn("lost", "lost", "percent", 2, meaning="deals of these that are lost now / ever reached this one"),
    )  # fmt: skip


def _climbed(asked: Asking, rungs: Ladder, made: Condition) -> tuple[Furthest, Furthest]:
    """How many deals came to each step and no further, and how many of these are lost now; by group."""
    reached: Furthest = {} if asked.group.name else {None: [0] * len(rungs.names)}
    lost: Furthest = {}
    ends = {stage.number for stage in rungs.of_kind("lost")}
    for key, step, stage, count in climbs(asked.reader, asked.group, rungs.steps, made):
        for found in (reached, lost) if stage in ends else (reached,):
            found.setdefault(key, [0] * len(rungs.names))[step] += count
    return reached, lost


def _shares(furthest: list[int], step: int) -> list[float | None]:
    """The share of the deals of a step that reached each step from the second on; None for those that come before."""
    reached = sum(furthest[step:])
    return [ratio(sum(furthest[to:]), reached) if to > step else None for to in range(1, len(furthest))]


def _row(
    asked: Asking, rungs: Ladder, key: object, step: int, furthest: list[int], lost: Furthest
) -> tuple[object, ...]:
    reached = sum(furthest[step:])
    gone = ratio(sum(lost.get(key, [])[step:]), reached)
    return (*group_cell(asked.group, key), rungs.names[step], reached, *_shares(furthest, step), gone)


def _cells(
    rungs: Ladder, drills: DealDrill, key: object, step: int, furthest: list[int], lost: Furthest
) -> Mapping[str, Drill | None]:
    """The deals that got there."""
    found = {
        f"to_{name}": drills.to(key, been_in(rungs, to), sum(furthest[to:]))
        for to, name in enumerate(rungs.names)
        if to > step
    }
    gone = joined(been_in(rungs, step), "stage_kind = lost")
    return {**found, "lost": drills.to(key, gone, sum(lost.get(key, [])[step:]))}


def _chart(rungs: Ladder, whole: list[int], asked: Asking) -> Chart | None:
    if not sum(whole) or len(rungs.names) < 2:
        return None
    grid = tuple(tuple(_shares(whole, step)) for step in range(len(whole) - 1))
    title = as_one("from stage (rows) to stage", asked.group)
    return Chart("heat", rungs.names[:-1], (), "percent", title, columns=rungs.names[1:], grid=grid)
