"""What lies in a pipeline: count, value and weighted value per stage, and how many deals go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import conversion
from crmcli.domain.money import Money
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import equal, joined
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.funnel import been_in
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
from crmcli.reports.sales.ladder import ladder
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.condition import EVERYTHING
from crmcli.store.queries.groups import WHOLE
from crmcli.store.queries.stage_history import Counts, created_within, heights, in_pipeline, standing

if TYPE_CHECKING:
    from crmcli.domain.views import StageView
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.reports.sales.grouping import Asking
    from crmcli.reports.sales.ladder import Ladder
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth

_COLUMNS = (
    ReportColumn("stage", "stage"),
    ReportColumn("count", "deals", "integer", meaning="deals that stand in the stage now", is_now=True),
    ReportColumn("value", "value", "money", meaning="Σ value of these deals", is_now=True),
    ReportColumn("weighted", "weighted", "money", meaning="Σ value · probability, the deal's own or else the stage's", is_now=True),
    ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
    ReportColumn("kind", "kind", priority=2),
    ReportColumn(
        "conversion", "go on", "percent",
        meaning="deals that ever reached a later stage / deals that ever reached this one or a later one; lost ones stay in",
    ),
)  # fmt: skip
_FORMULA = "weighted = Σ value · probability; go on = ever reached a later stage / this one; totals: open stages"
_NOTHING = (0, 0.0, 0.0)
_Line = tuple[object, int]  # a group and the number of a stage
# How many deals, their value and their weighted value.
Standing = dict[_Line, tuple[int, float, float]]


def pipeline_report(sources: Sources, inquiry: Inquiry) -> Report:
    """One row per stage, and per group where deals are told apart; totals are of the open stages."""
    with asking(sources, inquiry, "created_at") as asked:
        rungs = ladder(asked.reader, inquiry.options.get("pipeline"))
        worth = asked.worth(day_of_open(inquiry))
        made = created_within(asked.where, inquiry.span.bounds)
        found = _standing(asked, rungs, worth, made)
        whole = _standing(asked.whole(), rungs, worth, made) if asked.group.is_shared else found
        values = _open_values(rungs, found)
        keys = [key for key, _ in ordered(asked.group, values, float)] if asked.group.name else [None]
        furthest, _ = heights(asked.reader, asked.group, rungs.steps, made)
        drills = DealDrill(asked.desk, asked.reader, asked.group, keys, asked.rest("created_at"))
        lines = [
            _line(asked, rungs, (key, stage), found, furthest, drills, worth.currency)
            for key in keys
            for stage in rungs.stages
        ]
        notes = left_out(asked.desk, asked.reader, worth, in_pipeline(made, rungs.steps), day_of_open(inquiry))
    code = worth.currency
    figures = [(key, major(value, code)) for key, value in ordered(asked.group, values, float)]
    return Report(
        "pipeline", titled(f"pipeline {rungs.pipeline}".strip(), asked.group), (*group_column(asked.group), *_COLUMNS),
        tuple(row for row, *_ in lines), _totals(asked, rungs, whole, code), sum(count for count, *_ in whole.values()),
        inquiry.span.label, code, _FORMULA,
        chart=chart_of(asked.group, figures, code, "open value") if asked.group.name else _chart(rungs, found, code),
        drill=tuple(drill for _, drill, _ in lines), cells=tuple(cells for *_, cells in lines),
        notes=(*shared(asked.group), *notes),
    )  # fmt: skip


def _standing(asked: Asking, rungs: Ladder, worth: Worth, made: Condition) -> Standing:
    is_plain = made == EVERYTHING and asked.group == WHOLE
    found = standing(asked.reader, asked.group, worth, in_pipeline(made, rungs.steps), by_index=is_plain)
    return {(key, stage): (count, value, weighted) for key, stage, count, value, weighted in found}


def _open_values(rungs: Ladder, found: Standing) -> dict[object, float]:
    """What is open in each group."""
    still_open = {stage.number for stage in rungs.of_kind("open")}
    values: dict[object, float] = {}
    for (key, stage), (_, value, _) in found.items():
        values[key] = values.get(key, 0.0) + (value if stage in still_open else 0.0)
    return values


def _line(
    asked: Asking, rungs: Ladder, line: tuple[object, StageView], found: Standing, furthest: Counts, drills: DealDrill,
    code: str,
) -> tuple[tuple[object, ...], Drill | None, dict[str, Drill | None]]:  # fmt: skip
    """The row of a stage, and what is behind it; other deals than stand there are behind the share of those that go on."""
    key, stage = line
    count, value, weighted = found.get((key, stage.number), _NOTHING)
    figures = (stage.stage, count, money(value, code), money(weighted, code), code, stage.kind)
    drill = drills.to(key, joined(equal("pipeline", rungs.pipeline), equal("stage", stage.stage)), count)
    if stage.kind != "open":
        return (*group_cell(asked.group, key), *figures, None), drill, {}
    # The won stages together are the last step.
    step, came = rungs.steps[stage.number], [furthest.get((key, step), 0) for step in range(len(rungs.names))]
    going_on = drills.to(key, been_in(rungs, step), sum(came[step:]))
    return (*group_cell(asked.group, key), *figures, conversion(came, step)), drill, {"conversion": going_on}


def _totals(asked: Asking, rungs: Ladder, whole: Standing, code: str) -> tuple[object, ...] | None:
    if not rungs.stages or (asked.group.name and not whole):
        return None
    still_open = {stage.number for stage in rungs.of_kind("open")}
    lines = [figures for (_, stage), figures in whole.items() if stage in still_open]
    count, value, weighted = (sum(figures) for figures in zip(_NOTHING, *lines, strict=True))
    labels = (None,) if asked.group.name else ()
    return (*labels, "open", count, Money(round(value), code), Money(round(weighted), code), code, None, None)


def _chart(rungs: Ladder, found: Standing, code: str) -> Chart | None:
    if not found:
        return None
    shown = [(stage.stage, found.get((None, stage.number), _NOTHING)[1]) for stage in rungs.of_kind("open")]
    return Chart(
        "bar", tuple(name for name, _ in shown), tuple(major(value, code) for _, value in shown), code, "open value"
    )  # fmt: skip
