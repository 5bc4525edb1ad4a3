"""The simulation behind a forecast: which chance each open deal has, and what all of them may bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.forecasting import FUTURES, SEED, STRENGTH, WITHIN, chance, interval, reached, simulated
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio
from crmcli.errors import BadValue
from crmcli.reports.sales.grouping import major, money
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.forecasting import LAST_CLOSED, OPEN, chances, furthest, open_stages
from crmcli.store.queries.groups import WHOLE, group_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.forecasting import Outcomes
    from crmcli.domain.money import Money
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

# More open deals are simulated when that is asked for: the time it takes grows with their number.
MOST_UNASKED = 5_000
_MOST_FUTURES = 1_000_000
_MOST_GROUPS = 60
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


def prospect(reader: Reader, group: Group, worth: Worth, where: Condition, options: Mapping[str, object]) -> Prospect:
    """The simulation, as ``simulate`` (0: none) and ``seed`` among the options want it; raises BadValue."""
    wanted, seed = options.get("simulate"), options.get("seed")
    count, seed = _number("simulate", wanted, FUTURES, _MOST_FUTURES), _number("seed", seed, SEED, 2**63)
    together = group_rows(reader, WHOLE, [Condition("COUNT(*)")], both(OPEN, where))
    deals = sum(number for _, number in together)
    if not count or not deals:
        return Prospect({}, UNKNOWN, {"futures": 0, "seed": seed})
    if wanted is None and deals > MOST_UNASKED:
        note = f"{deals:,} open deals are not simulated unless asked for: --simulate {FUTURES}"
        return Prospect({}, UNKNOWN, {"futures": 0, "seed": seed}, (note,))
    return _simulated(reader, group, worth, where, count, seed)


def _simulated(reader: Reader, group: Group, worth: Worth, where: Condition, count: int, seed: int) -> Prospect:
    outcomes, stages = _outcomes(reader)
    held: dict[object, list[tuple[int, float]]] = {}
    ids: set[int] = set()
    for key, number, amount, probability, pipeline, position in sorted(
        chances(reader, group, worth, where), key=lambda row: row[1]
    ):
        if number not in ids:  # one in several groups is won or lost once
            ids.add(number)
            p = chance(outcomes.get((pipeline, position)), probability / 100)
            held.setdefault(key, []).append((round(amount or 0), p))
    keys = sorted(held, key=lambda key: (key is None, str(key)))
    sums, together = simulated([held[key] for key in keys], count, seed)
    by_key: dict[object, Interval] = {}
    if not group.is_shared and len(keys) <= _MOST_GROUPS:
        by_key = {key: _amounts(each, worth.currency) for key, each in zip(keys, sums, strict=True)}
    whole = interval(together)
    model = {
        "futures": count, "seed": seed, "deals": len(ids),
        **{f"p{p}": major(amount, worth.currency) for p, amount in zip(WITHIN, whole, strict=True)},
        "chance": CHANCE, "stages": stages,
    }  # fmt: skip
    return Prospect(by_key, _amounts(together, worth.currency), model)


def _amounts(sums: list[int], currency: str) -> Interval:
    return tuple(money(amount, currency) for amount in interval(sums))


def _outcomes(reader: Reader) -> tuple[dict[tuple[int, int], Outcomes], list[dict[str, object]]]:
    """What became of the deals that reached each stage, by pipeline and position, and the same to be read."""
    known, listed = furthest(reader), open_stages(reader)
    by_stage: dict[tuple[int, int], Outcomes] = {}
    for pipeline in dict.fromkeys(stage.pipeline for stage in listed):
        places = [stage.position for stage in listed if stage.pipeline == pipeline]
        by_stage |= {(pipeline, place): told for place, told in reached(places, known.get(pipeline, {})).items()}
    told = []
    for stage in listed:
        won, lost = by_stage[stage.pipeline, stage.position]
        told.append(
            {
                "pipeline": stage.pipeline_name, "stage": stage.name, "won": won, "lost": lost,
                "share": ratio(won, won + lost), "probability": stage.probability / 100,
                "chance": chance(by_stage[stage.pipeline, stage.position], stage.probability / 100),
            }
        )  # fmt: skip
    return by_stage, told


def _number(name: str, value: object, usual: int, most: int) -> int:
    if value is None:
        return usual
    number = int(str(value))
    if not 0 <= number <= most:
        raise BadValue(name, f"{number} is not between 0 and {most:,}")
    return number
