"""How far deals went through the stages of a pipeline, where they stand, and how long they stayed, from their moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.groups import COUNT, EMPTY, Group, group_rows, group_values, worth_sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


def created_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The deals that fit and were made in a period, bounds in UTC, its end excluded."""
    inside = Condition("r.created_at >= ? AND r.created_at < ?", period) if period else EVERYTHING
    return both(where, inside)


def furthest_steps(reader: Reader, group: Group, steps: Mapping[int, int], where: Condition) -> Iterator[Row]:
    """Group, furthest step ever reached, whether it is lost now, and how many deals.

    ``steps`` gives the step of each stage of a pipeline; those of lost stages are the first, so that a deal of which
    nothing is known but that it was lost has entered the pipeline.
    """
    source = Condition(
        f" JOIN (SELECT h.deal_id, MAX({_step(steps)}) AS step FROM stage_change h"
        f" WHERE h.to_stage_id IN ({_listed(steps)}) GROUP BY h.deal_id) f ON f.deal_id = r.id"
    )
    inside = in_pipeline(where, list(steps))
    lost = Condition("CASE WHEN s.kind = 'lost' THEN 1 ELSE 0 END")
    return group_rows(reader, group, (COUNT,), inside, source, (Condition("f.step"), lost))


def first_entries(
    reader: Reader, group: Group, steps: Mapping[int, int], stages: Sequence[int], where: Condition, every: int = 1
) -> Iterator[Row]:
    """Group, and for each step the second when a deal first entered it; None for those that it never was in.

    Only of deals whose number ``every`` divides: of very many, some are enough.
    """
    last = max(steps.values(), default=0)
    inside = in_pipeline(where, list(steps))
    seconds = reader.dialect.seconds("h.at")
    entered = ", ".join(
        f"MIN(CASE WHEN h.to_stage_id IN ({_listed([each for each in stages if steps[each] == step])}) THEN {seconds} END)"
        f" AS entered_{step}"
        for step in range(last + 1)
    )
    source = Condition(
        f" JOIN (SELECT h.deal_id, {entered} FROM stage_change h WHERE {_sampled(every)}h.to_stage_id IN ({_listed(stages)})"
        " GROUP BY h.deal_id) f ON f.deal_id = r.id"
    )
    values = [Condition(f"f.entered_{step}") for step in range(last + 1)]
    return group_values(reader, group, values, inside, source)


def in_pipeline(where: Condition, stages: Sequence[int]) -> Condition:
    """The deals that fit and stand in one of the stages now."""
    return both(where, Condition(f"+r.stage_id IN ({_listed(stages)})"))


def standing_counts(reader: Reader, group: Group, where: Condition) -> dict[tuple[object, int], int]:
    """How many deals stand in each stage now, by group and number of the stage."""
    found = group_rows(reader, group, (COUNT,), where, EMPTY, (Condition("r.stage_id"),))
    return {(key, stage): count for key, stage, count in found}


def standing(reader: Reader, group: Group, worth: Worth, where: Condition) -> Iterator[Row]:
    """Group, number of the stage, how many deals stand there now, their value and their weighted value.

    Values are in minor units, weighted ones rounded deal by deal.
    """
    chance = f"{worth.sql} * COALESCE(r.probability, s.probability) / 100.0"
    measures = (
        COUNT,
        worth_sum(worth),
        Condition(
            f"COALESCE(CAST(SUM(ROUND(CAST({chance} AS NUMERIC))) AS DOUBLE PRECISION), 0.0)",
            worth.params,
        ),
    )
    return group_rows(reader, group, measures, where, EMPTY, (Condition("r.stage_id"),))


def stays(
    reader: Reader, group: Group, stages: Sequence[int], now: int, where: Condition, every: int = 1
) -> Iterator[Row]:
    """Group, stage and the seconds that each deal was in it, all its stays together; one that lasts runs to ``now``.

    Only of deals whose number ``every`` divides: of very many, some are enough.
    """
    at = reader.dialect.seconds("h.at")
    source = Condition(
        " JOIN (SELECT v.deal_id, v.stage, CAST(SUM(COALESCE(v.ended, ?) - v.began) AS BIGINT) AS lasted FROM"
        f" (SELECT h.deal_id, h.to_stage_id AS stage, {at} AS began,"
        f" LEAD({at}) OVER (PARTITION BY h.deal_id ORDER BY h.at, h.id) AS ended FROM stage_change h"
        f" WHERE {_sampled(every)}1 = 1) v"
        f" WHERE v.stage IN ({_listed(stages)}) GROUP BY v.deal_id, v.stage) f ON f.deal_id = r.id",
        (now,),
    )
    return group_values(reader, group, (Condition("f.stage"), Condition("f.lasted")), where, source)


# The number of the stage that a lost deal was in before.
LOST_FROM = (
    "(SELECT h.from_stage_id FROM stage_change h WHERE h.deal_id = r.id AND h.to_stage_id = r.stage_id"
    " ORDER BY h.at DESC, h.id DESC LIMIT 1)"
)


def lost_from(reader: Reader, group: Group, worth: Worth, where: Condition) -> Iterator[Row]:
    """Group, reason, number of the stage from which it was lost, how many deals, their value in minor units."""
    return group_rows(
        reader, group, (COUNT, worth_sum(worth)), where, EMPTY, (Condition("r.lost_reason"), Condition(LOST_FROM))
    )


def was_lost_from(stage: str | None) -> Condition:
    """The deals that were in a stage of that name when they were lost; None: in one that is not known."""
    name = f"(SELECT y.name FROM stage y WHERE y.id = {LOST_FROM})"
    return Condition(f"{name} IS NULL") if stage is None else Condition(f"{name} = ?", (stage,))


def was_lost_for(reason: str | None) -> Condition:
    """The deals with exactly that reason, or with none."""
    return Condition("r.lost_reason IS NULL") if reason is None else Condition("r.lost_reason = ?", (reason,))


def stage_names(reader: Reader) -> dict[int, str]:
    """The names of all stages by their numbers, deleted ones too, in the order of their pipelines."""
    sql = "SELECT s.id, s.name FROM stage s JOIN pipeline w ON w.id = s.pipeline_id ORDER BY w.position, w.id, s.position, s.id"
    return dict(reader.rows(sql))


REASON = Group("reason", "r.lost_reason")


def _sampled(every: int) -> str:
    return f"h.deal_id % {every:d} = 0 AND " if every > 1 else ""


def _step(steps: Mapping[int, int]) -> str:
    cases = " ".join(f"WHEN {stage:d} THEN {step:d}" for stage, step in steps.items())
    return f"CASE h.to_stage_id {cases} END"


def _listed(numbers: Sequence[int] | Mapping[int, int]) -> str:
    return ", ".join(f"{number:d}" for number in numbers) or "NULL"
