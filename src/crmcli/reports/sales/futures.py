"""The simulation behind a forecast: which chance each open deal has, and what all of them may bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.forecasting import FUTURES, SEED, STRENGTH, WITHIN, chance, interval, reached, simulated
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue
from crmcli.reports.sales.grouping import major, money
from crmcli.store.queries.forecasting import LAST_CLOSED, chances, furthest, open_stages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.forecasting import Outcomes
    from crmcli.domain.money import Money
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

# More open deals are simulated when that is asked for: the time it takes grows with their number.
MOST_UNASKED = 5_000
_MOST_FUTURES = 1_000_000
_MOST_GROUPS = 60
_APART = f"groups are told apart where a deal is in one of them, and they are at most {_MOST_GROUPS}"
CHANCE = (
    f"chance = (won + {STRENGTH} · probability) / (won + lost + {STRENGTH}) over the deals that reached the stage, of the"
    f" last {LAST_CLOSED:,} closed"
)
Interval = tuple["Money | None", ...]
UNKNOWN: Interval = (None,) * len(WITHIN)


class Prospect(NamedTuple):
    """What may come in: percentiles by the group's key, those of everything, and what they rest on."""

    groups: Mapping[object, Interval]
    whole: Interval
    model: Mapping[str, object]
    notes: tuple[str, ...] = ()


def prospect(
    reader: Reader, group: Group, worth: Worth, where: Condition, deals: int, options: Mapping[str, object]
) -> Prospect:
    """The simulation of so many open deals, as ``simulate`` (0: none) and ``seed`` among the options want it; raises BadValue."""
    wanted, seed = options.get("simulate"), options.get("seed")
    count, seed = _number("simulate", wanted, FUTURES, _MOST_FUTURES), _number("seed", seed, SEED, 2**63)
    if not count or not deals:
        return Prospect({}, UNKNOWN, {"futures": 0, "seed": seed})
    if wanted is None and deals > MOST_UNASKED:
        note = f"{deals:,} open deals are not simulated unless asked for: --simulate {FUTURES}"
        return Prospect({}, UNKNOWN, {"futures": 0, "seed": seed}, (note,))
    return _simulated(reader, group, worth, where, count, seed)


def _simulated(reader: Reader, group: Group, worth: Worth, where: Condition, count: int, seed: int) -> Prospect:
    outcomes, stages = _outcomes(reader)
    deals: dict[int, tuple[object, int, float]] = {}
    for key, number, amount, probability, pipeline, position in chances(reader, group, worth, where):
        # One that is in several groups is won or lost once.
        p = chance(outcomes.get((pipeline, position)), probability / 100)
        deals.setdefault(number, (key, round(amount or 0), p))
    in_turn = [deals[number] for number in sorted(deals)]
    is_told_apart = not group.is_shared and len({key for key, *_ in in_turn}) <= _MOST_GROUPS
    sums, together = simulated(
        in_turn if is_told_apart else [(None, amount, p) for _, amount, p in in_turn], count, seed
    )
    by_key = {key: _amounts(each, worth.currency) for key, each in sums.items()} if is_told_apart else {}
    whole = interval(together)
    model = {
        "futures": count, "seed": seed, "deals": len(deals),
        **{f"p{p}": major(amount, worth.currency) for p, amount in zip(WITHIN, whole, strict=True)},
        "stages": {"formula": CHANCE, **stages},
    }  # fmt: skip
    notes = () if is_told_apart else (f"p10, p50 and p90 are of the whole: {_APART}",)
    return Prospect(by_key, _amounts(together, worth.currency), model, notes)


def _amounts(sums: list[int], currency: str) -> Interval:
    return tuple(money(amount, currency) for amount in interval(sums))


def _outcomes(reader: Reader) -> tuple[dict[tuple[int, int], Outcomes], dict[str, object]]:
    """What became of the deals that reached each stage, by pipeline and position, and the same to be read."""
    known, listed = furthest(reader), open_stages(reader)
    by_stage: dict[tuple[int, int], Outcomes] = {}
    for pipeline in dict.fromkeys(stage.pipeline for stage in listed):
        places = [stage.position for stage in listed if stage.pipeline == pipeline]
        by_stage |= {(pipeline, place): told for place, told in reached(places, known.get(pipeline, {})).items()}
    told: dict[str, object] = {}
    for stage in listed:
        ended, probability = by_stage[stage.pipeline, stage.position], stage.probability / 100
        told[f"{stage.pipeline_name}: {stage.name}"] = {
            "won": ended.won, "lost": ended.lost, "probability": probability, "chance": chance(ended, probability),
        }  # fmt: skip
    return by_stage, told


def _number(name: str, value: object, usual: int, most: int) -> int:
    if value is None:
        return usual
    number = int(str(value))
    if not 0 <= number <= most:
        raise BadValue(name, f"{number} is not between 0 and {most:,}")
    return number
