"""What lies in a pipeline: count, value and weighted value per stage, and how many deals go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import conversion
from crmcli.domain.money import Money
from crmcli.reports.drill import equal, grouped, joined
from crmcli.reports.report import Chart, Drill, Report, ReportColumn
from crmcli.reports.sales.grouping import asking, day_of_open, major, money
from crmcli.reports.sales.ladder import ladder
from crmcli.reports.unrated import left_out
from crmcli.store.queries.condition import EVERYTHING
from crmcli.store.queries.stage_history import heights, in_pipeline, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.views import StageView
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.reports.sales.ladder import Ladder

_COLUMNS = (
    ReportColumn("stage", "stage"),
    ReportColumn("count", "deals", "integer", meaning="deals that stand in the stage now"),
    ReportColumn("value", "value", "money", meaning="Σ value of these deals"),
    ReportColumn("weighted", "weighted", "money", meaning="Σ value · probability, the deal's own or else the stage's"),
    ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
    ReportColumn("kind", "kind", priority=2),
    ReportColumn(
        "conversion", "go on", "percent",
        meaning="deals that ever reached a later stage / deals that ever reached this one or a later one; lost ones stay in",
    ),
)  # fmt: skip
_FORMULA = "weighted = Σ value · probability; go on = ever reached a later stage / this one; totals: open stages"
_NOTHING = (0, 0.0, 0.0)
# How many deals, their value and their weighted value, by the number of the stage.
Standing = dict[int, tuple[int, float, float]]


def pipeline_report(sources: Sources, inquiry: Inquiry) -> Report:
    """One row per stage; totals are of the open stages."""
    with asking(sources, inquiry) as asked:
        rungs = ladder(asked.reader, inquiry.options.get("pipeline"))
        worth = asked.worth(day_of_open(inquiry))
        inside = in_pipeline(asked.where, [stage.number for stage in rungs.stages])
        found: Standing = {
            stage: (count, value, weighted)
            for _, stage, count, value, weighted in standing(
                asked.reader, asked.group, worth, inside, by_index=asked.where == EVERYTHING
            )
        }
        going_on = _going_on(asked, rungs)
        notes = left_out(asked.desk, asked.reader, worth, inside, day_of_open(inquiry))
    rows = tuple(
        (*_figures(stage, found, worth.currency), stage.kind, going_on.get(stage.number)) for stage in rungs.stages
    )
    code = worth.currency
    return Report(
        "pipeline", f"pipeline {rungs.pipeline}".strip(), _COLUMNS, rows, _totals(rungs, found, code),
        sum(count for count, *_ in found.values()), None, code, _FORMULA, chart=_chart(rungs, found, code),
        drill=tuple(_drill(rungs, stage, found, inquiry.filter) for stage in rungs.stages), notes=notes,
    )  # fmt: skip


def _figures(stage: StageView, found: Standing, code: str) -> tuple[object, ...]:
    count, value, weighted = found.get(stage.number, _NOTHING)
    return (stage.stage, count, money(value, code), money(weighted, code), code)


def _going_on(asked: Asking, rungs: Ladder) -> Mapping[int, float | None]:
    """For each open stage the share of its deals that went on; the won stages together are the last step."""
    furthest = [0] * len(rungs.names)
    for (_, step), count in heights(asked.reader, asked.group, rungs.steps, asked.where)[0].items():
        furthest[step] += count
    return {stage.number: conversion(furthest, rungs.steps[stage.number]) for stage in rungs.of_kind("open")}


def _totals(rungs: Ladder, found: Standing, code: str) -> tuple[object, ...] | None:
    if not rungs.stages:
        return None
    lines = [found.get(stage.number, _NOTHING) for stage in rungs.of_kind("open")]
    count, value, weighted = (sum(figures) for figures in zip(_NOTHING, *lines, strict=True))
    return ("open", count, Money(round(value), code), Money(round(weighted), code), code, None, None)


def _chart(rungs: Ladder, found: Standing, code: str) -> Chart | None:
    if not found:
        return None
    shown = [(stage.stage, found.get(stage.number, _NOTHING)[1]) for stage in rungs.of_kind("open")]
    return Chart(
        "bar", tuple(name for name, _ in shown), tuple(major(value, code) for _, value in shown), code, "open value"
    )  # fmt: skip


def _drill(rungs: Ladder, stage: StageView, found: Standing, filter_text: str | None) -> Drill | None:
    if stage.number not in found:
        return None
    return Drill("deal", joined(equal("pipeline", rungs.pipeline), equal("stage", stage.stage), grouped(filter_text)))
