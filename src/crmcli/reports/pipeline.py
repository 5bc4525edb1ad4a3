"""What lies in a pipeline: count, value and weighted value per stage, and how many deals go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import conversion
from crmcli.domain.money import Money
from crmcli.reports.drill import equal, grouped, in_currency, joined
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.services.stages import pipeline_key, stages_of
from crmcli.store.queries.deals import stage_totals
from crmcli.store.queries.reports import furthest_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import StageTotal, StageView
    from crmcli.reports.inquiry import Inquiry, Sources

_COLUMNS = (
    ReportColumn("stage", "stage"),
    ReportColumn("count", "deals", "integer"),
    ReportColumn("value", "value", "money"),
    ReportColumn("weighted", "weighted", "money"),
    ReportColumn("currency", "currency"),
    ReportColumn("kind", "kind"),
    ReportColumn("conversion", "go on", "percent"),
)
_FORMULA = "weighted = Σ value · probability; go on = ever reached a later stage / this one; totals: open stages"


def pipeline_report(sources: Sources, inquiry: Inquiry) -> Report:
    """One row per stage and currency; totals are of the open stages, where all is in one currency."""
    desk, name, filter_text = sources.desk, inquiry.options.get("pipeline"), inquiry.filter
    with desk.reading() as reader:
        if reader.connection is None:
            return Report("pipeline", "pipeline", _COLUMNS, (), currency=desk.currency, formula=_FORMULA)
        where = desk.condition(reader, "deal", filter_text)
        key = pipeline_key(reader, name)
        lines = _in_currencies(stage_totals(reader, key, where), desk.currency)
        stages = stages_of(reader, key)
        going_on = _conversions(stages, furthest_stages(reader, key, where))
    rows = tuple(
        (line.stage, line.count, line.value, line.weighted, line.value.currency, line.kind, going_on.get(line.stage))
        for line in lines
    )
    title = f"pipeline {stages[0].pipeline}" if stages else "pipeline"
    n = sum(line.count for line in lines)
    return Report(
        "pipeline",
        title,
        _COLUMNS,
        rows,
        _totals(lines),
        n,
        currency=_one_currency(lines),
        formula=_FORMULA,
        drill=_drills(lines, stages[0].pipeline if stages else "", filter_text),
    )


def _drills(lines: Sequence[StageTotal], pipeline: str, filter_text: str | None) -> tuple[Drill | None, ...]:
    """The deals of each line; those without a value are on the first line of their stage."""
    codes: dict[str, list[str]] = {}
    for line in lines:
        codes.setdefault(line.stage, []).append(line.value.currency)
    found: list[Drill | None] = []
    for line in lines:
        code, others = line.value.currency, codes[line.stage]
        # The first line of a stage is the one that the deals without a currency are counted on.
        money = in_currency(code, code if others[0] == code else None) if len(others) > 1 else ""
        where = joined(equal("pipeline", pipeline), equal("stage", line.stage), money, grouped(filter_text))
        found.append(Drill("deal", where) if line.count else None)
    return tuple(found)


def _in_currencies(lines: Sequence[StageTotal], base: str) -> list[StageTotal]:
    """One line per stage and currency: deals without a value count with the others of their stage."""
    first: dict[str, str] = {}
    for line in lines:
        if line.value.currency:
            first.setdefault(line.stage, line.value.currency)
    found: dict[tuple[str, str], StageTotal] = {}
    for line in lines:
        code = line.value.currency or first.get(line.stage, base)
        so_far = found.get((line.stage, code))
        found[line.stage, code] = line._replace(
            count=line.count + (so_far.count if so_far else 0),
            value=Money(line.value.minor + (so_far.value.minor if so_far else 0), code),
            weighted=Money(line.weighted.minor + (so_far.weighted.minor if so_far else 0), code),
        )
    return list(found.values())


def _conversions(stages: Sequence[StageView], furthest: dict[int, int]) -> dict[str, float | None]:
    """For each open stage the share of its deals that went on; the won stages together are the last step."""
    steps = [stage for stage in stages if stage.kind == "open"]
    won = sum(furthest.get(stage.position, 0) for stage in stages if stage.kind == "won")
    counts = [*(furthest.get(stage.position, 0) for stage in steps), won]
    return {stage.stage: conversion(counts, step) for step, stage in enumerate(steps)}


def _one_currency(lines: Sequence[StageTotal]) -> str | None:
    found = {line.value.currency for line in lines if line.count}
    found = found or {line.value.currency for line in lines}
    return next(iter(found)) if len(found) == 1 else None


def _totals(lines: Sequence[StageTotal]) -> tuple[object, ...] | None:
    code = _one_currency(lines)
    if code is None:
        return None
    still_open = [line for line in lines if line.kind == "open"]
    value = Money(sum(line.value.minor for line in still_open), code)
    share = Money(sum(line.weighted.minor for line in still_open), code)
    return ("open", sum(line.count for line in still_open), value, share, code, None, None)
