"""How far deals come: for each stage those that ever reached it, beside those that stand there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import median, ratio
from crmcli.domain.text import fold
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import equal, joined, quoted
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.grouping import as_one, asking, group_cell, group_column
from crmcli.reports.sales.ladder import every_of, ladder, sampled
from crmcli.reports.unrated import shared
from crmcli.store.queries.stage_history import created_within, heights, in_pipeline, ways

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.domain.views import StageView
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.reports.sales.grouping import Asking
    from crmcli.reports.sales.ladder import Ladder
    from crmcli.store.queries.condition import Condition

_DAY = 86_400
_FIGURES = (
    ReportColumn(
        "reached", "reached", "integer",
        meaning="deals made in the period that ever were in this stage or a later one; lost ones stay in, one that came back counts once",
    ),
    ReportColumn("conversion", "go on", "percent", meaning="reached the next stage or a later one / reached this one or a later one"),
    ReportColumn("share", "of all", "percent", 3, meaning="reached / all deals made in the period"),
    ReportColumn(
        "median_days", "days to next", "days", 2,
        meaning="median days from first entering the stage to first entering a later one, of the deals that did both",
    ),
    ReportColumn("now", "there now", "integer", 1, meaning="deals made in the period that stand in the stage at this moment", is_now=True),
    ReportColumn("now_share", "share now", "percent", 4, meaning="there now / all deals made in the period", is_now=True),
)  # fmt: skip
_FORMULA = "go on = ever reached a later stage / ever reached this one; there now = the plain distribution of today"
# For each group how many deals came to each step and no further.
Furthest = dict[object, list[int]]
# How many deals stand in each stage, by group and number of the stage.
Standing = dict[tuple[object, int], int]


def funnel_report(sources: Sources, inquiry: Inquiry) -> Report:
    """One row per stage, and per group where deals are told apart; of the deals made in the period."""
    with asking(sources, inquiry, "created_at") as asked:
        rungs = ladder(asked.reader, inquiry.options.get("pipeline"))
        made = created_within(asked.where, inquiry.span.bounds)
        furthest, now = _climbed(asked, rungs, made)
        whole = all_together(asked, rungs, made, furthest)
        every = every_of(sum(whole))
        days = _days_to_next(asked, rungs, made, every)
        keys = groups_in_order(asked, furthest)
        drills = DealDrill(asked.desk, asked.reader, asked.group, keys, asked.rest("created_at"))
        lines = [
            line
            for key in keys
            for line in _lines(asked, rungs, key, furthest[key], days, now, drills)
        ]  # fmt: skip
    return Report(
        "funnel", _title(rungs, asked), (*group_column(asked.group), ReportColumn("stage", "stage"), *_FIGURES),
        tuple(row for row, _, _ in lines), None, sum(whole), inquiry.span.label, None, _FORMULA,
        chart=_chart(rungs, whole, asked), drill=tuple(drill for _, drill, _ in lines), cells=tuple(cells for *_, cells in lines),
        notes=(*shared(asked.group), *sampled(every)),
    )  # fmt: skip


def _title(rungs: Ladder, asked: Asking) -> str:
    by = f" by {asked.group.name.replace('-', ' ')}" if asked.group.name else ""
    return rungs.title("funnel") + by


def _climbed(asked: Asking, rungs: Ladder, made: Condition) -> tuple[Furthest, Standing]:
    """How many deals came to each step and no further, by group; without groups also of no deals. And where they stand."""
    found: Furthest = {} if asked.group.name else {None: [0] * len(rungs.names)}
    furthest, now = heights(asked.reader, asked.group, rungs.steps, made)
    for (key, step), count in furthest.items():
        found.setdefault(key, [0] * len(rungs.names))[step] += count
    return found, now


def groups_in_order(asked: Asking, furthest: Furthest) -> list[object]:
    """The calendar as it came, other groups by their number of deals."""
    if asked.group.moment:
        return sorted(furthest, key=lambda key: int(str(key or 0)))
    return sorted(furthest, key=lambda key: (-sum(furthest[key]), asked.group.label(key) or ""))


def all_together(asked: Asking, rungs: Ladder, made: Condition, furthest: Furthest) -> list[int]:
    """All groups together, every deal once."""
    if asked.group.is_shared:
        furthest, _ = _climbed(asked.whole(), rungs, made)
    return [sum(counts) for counts in zip([0] * len(rungs.names), *furthest.values(), strict=True)]


def _days_to_next(asked: Asking, rungs: Ladder, made: Condition, every: int) -> dict[tuple[object, int], list[float]]:
    """By group and step the days that each deal took from there to a later step, be it by way of a stage that was removed."""
    found: dict[tuple[object, int], list[float]] = {}
    there = set(rungs.climbed)
    climbed = {stage: rungs.steps[stage] for stage in (*there, *(s.number for s in rungs.removed if s.kind != "lost"))}
    for key, moves in ways(asked.reader, asked.group, in_pipeline(made, rungs.steps), every):
        entered: dict[int, int] = {}
        came: dict[int, int] = {}
        for stage, second in moves:
            if stage in climbed:
                came.setdefault(climbed[stage], second)
            if stage in there:
                entered.setdefault(climbed[stage], second)
        later: int | None = None
        for step in sorted(came, reverse=True):
            here = entered.get(step)
            if here is not None and later is not None and later >= here:
                found.setdefault((key, step), []).append((later - here) / _DAY)
            later = came[step] if later is None or came[step] < later else later
    return found


def _lines(
    asked: Asking, rungs: Ladder, key: object, furthest: list[int], days: dict[tuple[object, int], list[float]],
    now: Standing, drills: DealDrill,
) -> Iterable[tuple[tuple[object, ...], Drill | None, dict[str, Drill | None]]]:  # fmt: skip
    """The rows of a group, each with what is behind it: a row for each step, and one for each way of losing."""
    everything = sum(furthest)
    for step, name in enumerate(rungs.names):
        here = [stage for stage in rungs.of_kind("open", "won") if rungs.steps[stage.number] == step]
        reached, later = sum(furthest[step:]), sum(furthest[step + 1 :])
        standing = sum(now.get((key, stage.number), 0) for stage in here)
        going_on = ratio(later, reached) if step + 1 < len(rungs.names) else None
        row = (name, reached, going_on, ratio(reached, everything), median(days.get((key, step), ())))
        there = drills.to(key, _standing(rungs, here), standing)
        cells = {
            "conversion": drills.to(key, been_in(rungs, step + 1), later) if later else None,
            "median_days": drills.to(key, _went_on(rungs, step), len(days.get((key, step), ()))),
            "now": there,
            "now_share": there,
        }
        figures = (*group_cell(asked.group, key), *row, standing, ratio(standing, everything))
        yield figures, drills.to(key, been_in(rungs, step), reached), cells
    for stage in rungs.of_kind("lost"):
        standing = now.get((key, stage.number), 0)
        figures = (
            *group_cell(asked.group, key), stage.stage, None, None, None, None, standing, ratio(standing, everything)
        )  # fmt: skip
        yield figures, drills.to(key, _standing(rungs, [stage]), standing), {}


def been_in(rungs: Ladder, step: int) -> str:
    """The condition that a deal of the pipeline ever was at a step or a later one."""
    been = (stage.stage for stage in (*rungs.stages, *rungs.removed) if rungs.steps[stage.number] >= step)
    names = {fold(name): name for name in been}.values()
    return joined(equal("pipeline", rungs.pipeline), f"been_in in ({', '.join(map(quoted, names))})")


def _went_on(rungs: Ladder, step: int) -> str:
    """The condition that a deal of the pipeline was at this very step, and at a later one."""
    here = [quoted(stage.stage) for stage in rungs.of_kind("open", "won") if rungs.steps[stage.number] == step]
    return joined(been_in(rungs, step + 1), f"been_in in ({', '.join(here)})")


def _standing(rungs: Ladder, stages: list[StageView]) -> str:
    names = ", ".join(quoted(stage.stage) for stage in stages)
    return joined(equal("pipeline", rungs.pipeline), f"stage in ({names})")


def _chart(rungs: Ladder, whole: list[int], asked: Asking) -> Chart | None:
    if not sum(whole):
        return None
    reached = tuple(sum(whole[step:]) for step in range(len(whole)))
    return Chart("funnel", rungs.names, reached, "", as_one("deals that ever reached the stage", asked.group))
