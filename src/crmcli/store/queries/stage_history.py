"""How far deals went through the stages of a pipeline, where they stand, and how long they stayed, from their moves."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.groups import (
    COUNT,
    EMPTY,
    WHOLE,
    Group,
    counted,
    group_rows,
    group_values,
    tallies,
    worth_sum,
)
from crmcli.store.queries.worth import AS_IT_IS, weighted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


# The plus keeps SQLite from going by stages, and then from each to its deals.
_STAGE = Condition("+r.stage_id")
_PLACE = Condition("r.stage_id")  # and this goes by the index of stages, which has all that is counted
_FEW = 4  # of the deals at most one in so many is looked up by itself
Counts = dict[tuple[object, int], int]  # by group and a number
_FIELD = 15  # bits for the visits of one deal to one stage: nobody moves a deal thirty thousand times
_FULL = (1 << _FIELD) - 1
_TOGETHER = 4  # the visits to so many stages go into one sum


def created_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The deals that fit and were made in a period, bounds in UTC, its end excluded."""
    inside = Condition("r.created_at >= ? AND r.created_at < ?", period) if period else EVERYTHING
    return both(where, inside)


def climbs(reader: Reader, group: Group, steps: Mapping[int, int], where: Condition) -> Iterator[Row]:
    """Group, furthest step ever reached, number of the stage where it stands now, and how many deals.

    ``steps`` gives the step of each stage of a pipeline; those of lost stages are the first, so that a deal of which
    nothing is known but that it was lost has entered the pipeline.
    """
    for key, stage, step, count in _histories(reader, group, *_furthest(steps), steps, where):
        yield key, step, stage, count


def heights(reader: Reader, group: Group, steps: Mapping[int, int], where: Condition) -> tuple[Counts, Counts]:
    """How many deals came to each step and no further, and how many stand in each stage now; see ``climbs``."""
    return _told_apart(reader, group, *_furthest(steps), steps, where)


def visits(
    reader: Reader, group: Group, stages: Sequence[int], pipeline: Sequence[int], where: Condition
) -> tuple[Counts, Counts]:
    """How many deals ever were in each of the ``stages``, and how many stand in each stage of the ``pipeline`` now.

    Of the deals that stand in a stage of the ``pipeline``.
    """
    been = _been_in({stage: place for place, stage in enumerate(stages)}, " ELSE 0")
    bits = (f"CASE WHEN {each} THEN {1 << place} ELSE 0 END" for place, each in been.items())
    told = " + ".join(bits) or "0 * COUNT(*)"
    codes, now = _told_apart(reader, group, told, 1 << len(stages), pipeline, where)
    return _summed(
        ((key, stage), count)
        for (key, code), count in codes.items()
        for place, stage in enumerate(stages)
        if code >> place & 1
    ), now


def _furthest(steps: Mapping[int, int]) -> tuple[str, int]:
    """SQL for the furthest step that a deal came to, from its moves, and how many steps there are.

    Of a deal that came to none of the stages nothing is told.
    """
    # The first step needs no visits counted: who came to any stage came there.
    places = {stage: step - 1 for stage, step in steps.items()}
    been = _been_in(places)
    cases = "".join(f" WHEN {each} THEN {place + 1}" for place, each in sorted(been.items(), reverse=True))
    return f"CASE{cases} WHEN {_visits(places, 0)} >= 0 THEN 0 END" if places else "0 * COUNT(*)", len(been) + 1


def _been_in(places: Mapping[int, int], otherwise: str = "") -> dict[int, str]:
    """For each place from 0 on, SQL that is true for a deal, from its moves, that came to one of the place's stages."""
    # One sum counts the visits to many stages, each in bits of its own: a sum for each takes longer than all the rest.
    return {
        place: f"{_visits(places, place - place % _TOGETHER, otherwise)} & {_FULL << place % _TOGETHER * _FIELD} > 0"
        for place in sorted(set(places.values()))
        if place >= 0
    }


def _visits(places: Mapping[int, int], first: int, otherwise: str = "") -> str:
    """The visits to the stages of some places, from one on; those of the others weigh nothing."""
    fields = {stage: place - first for stage, place in places.items()}
    cases = " ".join(
        f"WHEN {stage:d} THEN {1 << field * _FIELD if 0 <= field < _TOGETHER else 0}" for stage, field in fields.items()
    )
    return f"CAST(SUM(CASE h.to_stage_id {cases}{otherwise} END) AS BIGINT)"


def _summed(counts: Iterable[tuple[tuple[object, int], int]]) -> Counts:
    found: Counts = {}
    for line, count in counts:
        found[line] = found.get(line, 0) + count
    return found


def _told_apart(
    reader: Reader, group: Group, told: str, size: int, pipeline: Collection[int], where: Condition
) -> tuple[Counts, Counts]:
    """How many deals there are by what is ``told`` of their moves, a number below ``size``, and by the stage they are in."""
    if where == EVERYTHING and group == WHOLE and (found := _of_all(reader, told, pipeline)):
        return found
    lines = list(_histories(reader, group, told, size, pipeline, where))
    return (
        _summed(((key, code), count) for key, _, code, count in lines),
        _summed(((key, stage), count) for key, stage, _, count in lines),
    )


def _of_all(reader: Reader, told: str, pipeline: Collection[int]) -> tuple[Counts, Counts] | None:
    """The same where nothing is left out: all ways are counted, without those of the few deals that are not meant.

    So that not each deal is looked up. None where these are many, or where the moves do not tell of every deal.
    """
    now: Counts = {}
    others = 0
    for stage, count, deleted in reader.rows("SELECT stage_id, COUNT(*), COUNT(deleted_at) FROM deal GROUP BY 1"):
        meant = count - deleted if stage in pipeline else 0
        others += count - meant
        if meant:
            now[None, stage] = meant
    if others * _FEW > sum(now.values()):
        return None
    codes = _counted(reader, f"SELECT h.deal_id, {told} AS told FROM stage_change h GROUP BY h.deal_id")
    if others:
        way = (
            f"SELECT (SELECT {told} FROM stage_change h WHERE h.deal_id = r.id HAVING COUNT(*) > 0) AS told FROM deal r"
            f" WHERE NOT (r.deleted_at IS NULL AND +r.stage_id IN ({_listed(pipeline)}))"
        )
        for line, count in _counted(reader, way).items():
            codes[line] -= count
    return (codes, now) if sum(codes.values()) == sum(now.values()) else None


def _counted(reader: Reader, ways: str) -> Counts:
    """What is told of all deals, and of how many."""
    if reader.dialect.sorts_groups:
        found = counted(reader.value(f"SELECT {reader.dialect.gathered('f.told')} FROM ({ways}) f"))
    else:
        sql = f"SELECT f.told, COUNT(*) FROM ({ways}) f WHERE f.told IS NOT NULL GROUP BY 1"
        found = ((code, count) for code, count in reader.rows(sql))
    return {(None, code): count for code, count in found}


def _histories(
    reader: Reader, group: Group, told: str, size: int, pipeline: Collection[int], where: Condition
) -> Iterator[Row]:
    """Group, number of the stage, what is ``told`` of a deal's moves, a number below ``size``, and how many deals."""
    inside = in_pipeline(where, pipeline)
    if where == EVERYTHING:
        # The ways of all deals in the order of the index, each deal looked up in between: said so that SQLite does that.
        ways = f"(SELECT h.deal_id, {told} AS told FROM stage_change h GROUP BY h.deal_id)"
        inside = both(inside, Condition("r.id = f.deal_id"))
        group = group._replace(source=group.source.replace(" FROM deal r", f" FROM {ways} f CROSS JOIN deal r"))
        told = "f.told"
    else:
        told = f"(SELECT {told} FROM stage_change h WHERE h.deal_id = r.id)"
    return tallies(reader, group, ((_PLACE, max(pipeline, default=0) + 1), (Condition(told), size)), inside)


def ways(
    reader: Reader, group: Group, where: Condition, every: int = 1
) -> Iterator[tuple[object, list[tuple[int, int]]]]:
    """Group, and the moves of each deal in their order: the number of the stage, and the second.

    Only of deals that are one in ``every``: of very many, some are enough.
    """
    if every > 1:
        highest = reader.value("SELECT MAX(id) FROM deal") or 0
        where = both(where, Condition(reader.dialect.one_in(every, "r.id", highest)))
    # The plus keeps SQLite from going by moves, and then from each to its deal.
    moves = Condition(" JOIN stage_change h ON h.deal_id = +r.id")
    values = (Condition("r.id"), Condition("h.to_stage_id"), Condition(reader.dialect.seconds("h.at")))
    # Only deals that are in several groups need sorting; the others come as the index of moves has them.
    order = "2, 1, h.at, h.id" if group.is_shared else "2, h.at, h.id"
    for (key, _), rows in groupby(group_values(reader, group, values, where, moves, order), itemgetter(0, 1)):
        yield key, [(stage, second) for _, _, stage, second in rows]


def in_pipeline(where: Condition, stages: Collection[int]) -> Condition:
    """The deals that fit and stand in one of the stages now."""
    return both(where, Condition(f"+r.stage_id IN ({_listed(stages)})"))


def standing(reader: Reader, group: Group, worth: Worth, where: Condition, *, by_index: bool = False) -> Iterator[Row]:
    """Group, number of the stage, how many deals stand there now, their value and their weighted value.

    Values are in minor units, weighted ones rounded deal by deal. ``by_index`` where nothing but the stage is asked of
    the deals.
    """
    stage = _STAGE
    if by_index and group == WHOLE and worth.sql == AS_IT_IS:
        # Stage by stage, along the index that has all that is asked; said so that SQLite does that.
        group, stage = group._replace(source=" FROM stage s CROSS JOIN deal r"), Condition("s.id")
        where = both(where, Condition("r.stage_id = s.id"))
    share = weighted(worth)
    measures = (COUNT, worth_sum(worth), Condition(f"COALESCE(SUM({share.sql}), 0.0)", share.params))
    return group_rows(reader, group, measures, where, EMPTY, (stage,))


# The number of the stage that a lost deal was in before.
LOST_FROM = (
    "(SELECT h.from_stage_id FROM stage_change h WHERE h.deal_id = r.id AND h.to_stage_id = r.stage_id"
    " ORDER BY h.at DESC, h.id DESC LIMIT 1)"
)


def lost_from(reader: Reader, group: Group, worth: Worth, where: Condition) -> Iterator[Row]:
    """Group, reason, number of the stage from which it was lost, the numbers of the deals, their value in minor units."""
    numbers = Condition(reader.dialect.gathered("r.id"))
    split = (Condition("r.lost_reason"), Condition(LOST_FROM))
    for *keys, text, value in group_rows(reader, group, (numbers, worth_sum(worth)), where, EMPTY, split):
        yield *keys, list(map(int, text.split(","))), value


def stage_names(reader: Reader) -> dict[int, str]:
    """The names of all stages by their numbers, deleted ones too, in the order of their pipelines."""
    sql = "SELECT s.id, s.name FROM stage s JOIN pipeline w ON w.id = s.pipeline_id ORDER BY w.position, w.id, s.position, s.id"
    return dict(reader.rows(sql))


REASON = Group("reason", "r.lost_reason")


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(f"{number:d}" for number in numbers) or "NULL"
