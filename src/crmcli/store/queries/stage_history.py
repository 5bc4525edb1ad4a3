"""How far deals went through the stages of a pipeline, where they stand, and how long they stayed, from their moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.groups import COUNT, DEALS, EMPTY, WHOLE, Group, group_rows, group_values, needed, worth_sum
from crmcli.store.queries.worth import AS_IT_IS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


# The plus keeps SQLite from going by stages, and then from each to its deals.
_STAGE = Condition("+r.stage_id")
_PLACE = Condition("r.stage_id")  # and this goes by the index of stages, which has all that is counted
_FEW = 4  # of the deals at most one in so many is looked up by itself
Counts = dict[tuple[object, int], int]  # by group and a number
_TOGETHER = 3  # the visits to so many stages go into one sum
_VISITS = 20  # bits for the visits of one deal to one stage: nobody moves a deal a million times


def created_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The deals that fit and were made in a period, bounds in UTC, its end excluded."""
    inside = Condition("r.created_at >= ? AND r.created_at < ?", period) if period else EVERYTHING
    return both(where, inside)


def climbs(reader: Reader, group: Group, steps: Mapping[int, int], where: Condition) -> Iterator[Row]:
    """Group, furthest step ever reached, number of the stage where it stands now, and how many deals.

    ``steps`` gives the step of each stage of a pipeline; those of lost stages are the first, so that a deal of which
    nothing is known but that it was lost has entered the pipeline.
    """
    rungs = max(steps.values(), default=0) + 1
    for key, code, count in _histories(reader, group, f"MAX({_step(steps)})", rungs, steps, where):
        yield key, code % rungs, code // rungs, count


def heights(reader: Reader, group: Group, steps: Mapping[int, int], where: Condition) -> tuple[Counts, Counts]:
    """How many deals came to each step and no further, and how many stand in each stage now; see ``climbs``."""
    rungs = max(steps.values(), default=0) + 1
    return _told_apart(reader, group, f"MAX({_step(steps)})", rungs, steps, where)


def visits(
    reader: Reader, group: Group, stages: Sequence[int], pipeline: Sequence[int], where: Condition
) -> tuple[Counts, Counts]:
    """How many deals ever were in each of the ``stages``, and how many stand in each stage of the ``pipeline`` now.

    Of the deals that stand in a stage of the ``pipeline``.
    """
    told = " + ".join(_seen(stages, first) for first in range(0, len(stages), _TOGETHER)) or "0 * COUNT(*)"
    codes, now = _told_apart(reader, group, told, 1 << len(stages), pipeline, where)
    been: Counts = {}
    for (key, code), count in codes.items():
        for stage in (stage for bit, stage in enumerate(stages) if code >> bit & 1):
            been[key, stage] = been.get((key, stage), 0) + count
    return been, now


def _seen(stages: Sequence[int], first: int) -> str:
    """Of some stages, from the one at a place on, the sum of 2 to the power of the places of those a deal was in."""
    some = list(enumerate(stages))[first : first + _TOGETHER]
    # One sum counts the visits to all of them, each in bits of its own: four sums take twice as long.
    cases = " ".join(f"WHEN {stage:d} THEN {1 << (bit - first) * _VISITS}" for bit, stage in some)
    visits = f"CAST(SUM(CASE h.to_stage_id {cases} ELSE 0 END) AS BIGINT)"
    bits = (
        f"CASE WHEN {visits} & {((1 << _VISITS) - 1) << (bit - first) * _VISITS} > 0 THEN {1 << bit} ELSE 0 END"
        for bit, _ in some
    )
    return " + ".join(bits)


def _told_apart(
    reader: Reader, group: Group, told: str, size: int, pipeline: Sequence[int] | Mapping[int, int], where: Condition
) -> tuple[Counts, Counts]:
    """How many deals there are by what is told of their moves, and by the stage where they stand."""
    if where == EVERYTHING and group == WHOLE and (found := _of_all(reader, told, list(pipeline))):
        return found
    codes: Counts = {}
    now: Counts = {}
    for key, code, count in _histories(reader, group, told, size, pipeline, where):
        codes[key, code % size] = codes.get((key, code % size), 0) + count
        now[key, code // size] = now.get((key, code // size), 0) + count
    return codes, now


def _of_all(reader: Reader, told: str, pipeline: Sequence[int]) -> tuple[Counts, Counts] | None:
    """The same where nothing is left out: all ways are counted, without those of the few deals that are not meant.

    So that not each deal is looked up. None where these are many, or where the moves do not tell of every deal.
    """
    inside = f"+r.stage_id IN ({_listed(pipeline)})"
    others = f" FROM deal r WHERE NOT (r.deleted_at IS NULL AND {inside})"
    counted = group_rows(reader, WHOLE, (COUNT,), Condition(inside), EMPTY, (_PLACE,))
    now: Counts = {(None, stage): count for _, stage, count in counted}
    if (reader.value(f"SELECT COUNT(*){others}") or 0) * _FEW > sum(now.values()):
        return None
    ways = f"SELECT h.deal_id, {told} AS told FROM stage_change h GROUP BY h.deal_id"
    codes: Counts = {(None, code): count for code, count in reader.rows(_by_code(ways))}
    way = f"SELECT (SELECT {told} FROM stage_change h WHERE h.deal_id = r.id HAVING COUNT(*) > 0) AS told{others}"
    for code, count in reader.rows(_by_code(way)):
        codes[None, code] -= count
    return (codes, now) if sum(codes.values()) == sum(now.values()) else None


def _by_code(ways: str) -> str:
    return f"SELECT f.told, COUNT(*) FROM ({ways}) f WHERE f.told IS NOT NULL GROUP BY 1"


def _histories(
    reader: Reader, group: Group, told: str, size: int, pipeline: Sequence[int] | Mapping[int, int], where: Condition
) -> Iterator[Row]:
    """Group, what is ``told`` of a deal's moves (a number below ``size``) and its stage as one number, how many deals."""
    inside, stage = in_pipeline(where, list(pipeline)), f"r.stage_id * {size:d}"
    if where == EVERYTHING:
        # The ways of all deals in the order of the index, each deal looked up in between: said so that SQLite does that.
        ways = f"(SELECT h.deal_id, {told} AS told FROM stage_change h GROUP BY h.deal_id)"
        inside = both(inside, Condition("r.id = f.deal_id"))
        group = group._replace(source=group.source.replace(" FROM deal r", f" FROM {ways} f CROSS JOIN deal r"))
        code = Condition(f"{stage} + f.told")
    else:
        code = Condition(f"{stage} + (SELECT {told} FROM stage_change h WHERE h.deal_id = r.id)")
    return (row for row in group_rows(reader, group, (COUNT,), inside, split=[code]) if row[1] is not None)


def first_entries(
    reader: Reader, group: Group, steps: Mapping[int, int], stages: Sequence[int], where: Condition, every: int = 1
) -> Iterator[Row]:
    """Group, number of a deal, and for each step the second when it first entered it; None for those it never was in.

    Only of deals whose number ``every`` divides: of very many, some are enough.
    """
    last = max(steps.values(), default=0)
    entered = [
        f"MIN(CASE WHEN h.to_stage_id IN ({_listed([each for each in stages if steps[each] == step])}) THEN h.at END)"
        for step in range(last + 1)
    ]
    climbed = Condition(f"h.to_stage_id IN ({_listed(stages)})")
    inside = both(in_pipeline(where, list(steps)), _sampled(every), climbed)
    # The plus keeps SQLite from going by moves, and then from each to its deal.
    moves = Condition(" JOIN stage_change h ON h.deal_id = +r.id")
    values = [Condition(reader.dialect.seconds(each)) for each in entered]
    return group_rows(reader, group, values, inside, moves, [Condition("r.id")])


def in_pipeline(where: Condition, stages: Sequence[int]) -> Condition:
    """The deals that fit and stand in one of the stages now."""
    return both(where, Condition(f"+r.stage_id IN ({_listed(stages)})"))


def standing(reader: Reader, group: Group, worth: Worth, where: Condition, *, by_index: bool = False) -> Iterator[Row]:
    """Group, number of the stage, how many deals stand there now, their value and their weighted value.

    Values are in minor units, weighted ones rounded deal by deal. ``by_index`` where nothing but the stage is asked of
    the deals.
    """
    stage = _PLACE if by_index and worth.sql == AS_IT_IS else _STAGE
    chance = f"{worth.sql} * COALESCE(r.probability, s.probability) / 100.0"
    measures = (
        COUNT,
        worth_sum(worth),
        Condition(
            f"COALESCE(CAST(SUM(ROUND(CAST({chance} AS NUMERIC))) AS DOUBLE PRECISION), 0.0)",
            worth.params,
        ),
    )
    return group_rows(reader, group, measures, where, EMPTY, (stage,))


def stays(
    reader: Reader, group: Group, stages: Sequence[int], now: int, where: Condition, every: int = 1
) -> Iterator[Row]:
    """Group, stage and the seconds that each deal was in it, all its stays together; one that lasts runs to ``now``.

    Only of deals whose number ``every`` divides: of very many, some are enough.
    """
    at = reader.dialect.seconds("h.at")
    inside = both(where, _sampled(every))
    deals = needed(DEALS, inside.sql)
    source = Condition(
        " JOIN (SELECT v.deal_id, v.stage, CAST(SUM(COALESCE(v.ended, ?) - v.began) AS BIGINT) AS lasted FROM"
        f" (SELECT h.deal_id, h.to_stage_id AS stage, {at} AS began,"
        f" LEAD({at}) OVER (PARTITION BY h.deal_id ORDER BY h.at, h.id) AS ended FROM stage_change h"
        f" WHERE h.deal_id IN (SELECT r.id{deals} WHERE {inside.sql})) v"
        f" WHERE v.stage IN ({_listed(stages)}) GROUP BY v.deal_id, v.stage) f ON f.deal_id = r.id",
        (now, *inside.params),
    )
    return group_values(reader, group, (Condition("f.stage"), Condition("f.lasted")), inside, source)


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


def _sampled(every: int) -> Condition:
    """One deal in so many, scattered: numbers at even steps would all be of one owner where deals were dealt out in turn."""
    # Knuth's multiplicative hash: 2^32 divided by the golden ratio.
    return Condition(f"(r.id * 2654435761 % 4294967296) * {every:d} < 4294967296") if every > 1 else EVERYTHING


def _step(steps: Mapping[int, int]) -> str:
    cases = " ".join(f"WHEN {stage:d} THEN {step:d}" for stage, step in steps.items())
    return f"CASE h.to_stage_id {cases} END"


def _listed(numbers: Sequence[int] | Mapping[int, int]) -> str:
    return ", ".join(f"{number:d}" for number in numbers) or "NULL"
