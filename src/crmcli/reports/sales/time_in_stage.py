"""How long deals stay in each open stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import mean, median, percentile
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import equal, joined
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.grouping import MOST_BARS, NO_GROUP, asking, group_cell, group_column
from crmcli.reports.sales.ladder import every_of, ladder, sampled
from crmcli.reports.unrated import shared
from crmcli.store.queries.stage_history import created_within, in_pipeline, visits, ways

if TYPE_CHECKING:
    from crmcli.domain.views import StageView
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.reports.sales.ladder import Ladder
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group

_DAY = 86_400
_STAY = "days in the stage, all stays of a deal together, one that lasts up to now"
_FIGURES = (
    ReportColumn("deals", "deals", "integer", 1, meaning="deals made in the period that ever were in the stage"),
    ReportColumn("mean", "mean", "days", 4, meaning=f"mean {_STAY}"),
    ReportColumn("median", "median", "days", meaning=f"median {_STAY}"),
    ReportColumn("p90", "90 %", "days", 2, meaning=f"nine in ten are shorter: 90th percentile of the {_STAY}"),
    ReportColumn(
        "now",
        "there now",
        "integer",
        3,
        meaning="deals made in the period that stand in the stage at this moment",
        is_now=True,
    ),
)
_FORMULA = "left - entered, summed over re-entries; an open stage runs to now"
Stays = dict[tuple[object, int], list[float]]
Counts = dict[tuple[object, int], int]  # by group and number of the stage


def time_in_stage_report(sources: Sources, inquiry: Inquiry) -> Report:
    """One row per open stage, and per group where deals are told apart; of the deals made in the period."""
    with asking(sources, inquiry, "created_at") as asked:
        rungs = ladder(asked.reader, inquiry.options.get("pipeline"))
        stages = rungs.of_kind("open")
        made = created_within(asked.where, inquiry.span.bounds)
        been, now = _visits(asked, rungs, made)
        deals = sum((_visits(asked.whole(), rungs, made)[1] if asked.group.is_shared else now).values())
        every = every_of(deals)
        days = _stays(asked, rungs, made, every)
        keys = _in_order(asked, been)
        drills = DealDrill(asked.desk, asked.reader, asked.group, keys, asked.rest("created_at"))
        places = [(key, stage) for key in keys for stage in stages]
        return Report(
            "time-in-stage", _title(rungs, asked), (*group_column(asked.group), ReportColumn("stage", "stage"), *_FIGURES),
            tuple(
                (*group_cell(asked.group, key), stage.stage, been.get((key, stage.number), 0),
                 *_figures(days.get((key, stage.number), [])), now.get((key, stage.number), 0))
                for key, stage in places
            ),
            None, deals, inquiry.span.label, None, _FORMULA,
            chart=_chart(asked.group, keys, stages, days),
            drill=tuple(
                drills.to(key, joined(equal("pipeline", rungs.pipeline), equal("been_in", stage.stage)),
                          been.get((key, stage.number), 0))
                for key, stage in places
            ),
            cells=tuple(
                {"now": drills.to(key, joined(equal("pipeline", rungs.pipeline), equal("stage", stage.stage)),
                                  now.get((key, stage.number), 0))}
                for key, stage in places
            ),
            notes=(*shared(asked.group), *sampled(every)),
        )  # fmt: skip


def _title(rungs: Ladder, asked: Asking) -> str:
    by = f" by {asked.group.name.replace('-', ' ')}" if asked.group.name else ""
    return rungs.title("time in the stages") + by


def _visits(asked: Asking, rungs: Ladder, made: Condition) -> tuple[Counts, Counts]:
    """How many deals ever were in each open stage, and how many stand in each stage now."""
    still_open = [stage.number for stage in rungs.of_kind("open")]
    return visits(asked.reader, asked.group, still_open, list(rungs.steps), made)


def _stays(asked: Asking, rungs: Ladder, made: Condition, every: int) -> Stays:
    """The days of each deal in each open stage."""
    now = int(asked.desk.clock.now().timestamp())
    still_open = {stage.number for stage in rungs.of_kind("open")}
    found: Stays = {}
    for key, moves in ways(asked.reader, asked.group, in_pipeline(made, rungs.steps), every):
        lasted: dict[int, int] = {}
        left = [second for _, second in moves[1:]]
        left.append(now)
        for (stage, entered), until in zip(moves, left, strict=True):
            if stage in still_open:
                lasted[stage] = lasted.get(stage, 0) + until - entered
        for stage, seconds in lasted.items():
            found.setdefault((key, stage), []).append(max(seconds, 0) / _DAY)
    return found


def _in_order(asked: Asking, been: Counts) -> list[object]:
    sizes: dict[object, int] = {} if asked.group.name else {None: 0}
    for (key, _), count in been.items():
        sizes[key] = sizes.get(key, 0) + count
    if asked.group.moment:
        return sorted(sizes, key=lambda key: int(str(key or 0)))
    return sorted(sizes, key=lambda key: (-sizes[key], asked.group.label(key) or ""))


def _figures(days: list[float]) -> tuple[object, ...]:
    days.sort()
    return (mean(days), median(days), percentile(days, 0.9))


def _chart(group: Group, keys: list[object], stages: list[StageView], days: Stays) -> Chart | None:
    """Bars of the stages; where deals are told apart, a map of the groups (rows) and the stages."""
    if not days:
        return None
    names, what = tuple(stage.stage for stage in stages), "median days in the stage"
    shown = keys[:MOST_BARS]
    grid = tuple(tuple(median(days.get((key, stage.number), ())) for stage in stages) for key in shown)
    if not group.name:
        return Chart("bar", names, grid[0], "days", what)
    labels = tuple(group.label(key) or NO_GROUP for key in shown)
    return Chart("heat", labels, (), "days", f"{what}, by {group.name.replace('-', ' ')}", columns=names, grid=grid)
