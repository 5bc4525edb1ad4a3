"""The simulation behind a forecast: which chance each open deal has, and what all of them may bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.forecasting import FUTURES, SEED, STRENGTH, WITHIN, Outcomes, chance, interval, simulated
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue
from crmcli.reports.sales.grouping import major, money
from crmcli.store.queries.forecasting import LAST_CLOSED, chances, endings, open_stages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    f"chance = (won + {STRENGTH} · probability) / (won + lost + {STRENGTH}) over the deals seen in the stage, of the last"
    f" {LAST_CLOSED:,} closed"
)
Interval = tuple["Money | None", ...]
_NOBODY = Outcomes(0, 0)
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
    standing: set[int] = set()
    for key, number, amount, probability, stage in chances(reader, group, worth, where):
        # One that is in several groups is won or lost once.
        deals.setdefault(number, (key, round(amount or 0), chance(outcomes.get(stage), probability / 100)))
        standing.add(stage)
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
    apart = () if is_told_apart else (f"p10, p50 and p90 are of the whole: {_APART}",)
    few = _without_history([outcomes.get(stage, _NOBODY) for stage in standing])
    return Prospect(by_key, _amounts(together, worth.currency), model, (*apart, *few))


def _without_history(stages: Sequence[Outcomes]) -> tuple[str, ...]:
    """A note on the stages of open deals where their own probability says more than what became of others."""
    few = sum(not stage.is_telling for stage in stages)
    if not few:
        return ()
    where = f"in {few} of {len(stages)} stages fewer than {STRENGTH} closed deals were seen"
    return (f"{where}: p10, p50 and p90 rest on the probability given there",)


def _amounts(sums: list[int], currency: str) -> Interval:
    return tuple(money(amount, currency) for amount in interval(sums))


def _outcomes(reader: Reader) -> tuple[dict[int, Outcomes], dict[str, object]]:
    """What became of the deals that were seen in each stage, by its number, and the same to be read."""
    ended = endings(reader)
    by_stage = {number: Outcomes(kinds.get("won", 0), kinds.get("lost", 0)) for number, kinds in ended.items()}
    told: dict[str, object] = {}
    for stage in open_stages(reader):
        outcomes, probability = by_stage.get(stage.number, _NOBODY), stage.probability / 100
        told[f"{stage.pipeline_name}: {stage.name}"] = {
            "won": outcomes.won, "lost": outcomes.lost, "probability": probability,
            "chance": chance(outcomes, probability),
        }  # fmt: skip
    return by_stage, told


def _number(name: str, value: object, usual: int, most: int) -> int:
    if value is None:
        return usual
    number = int(str(value))
    if not 0 <= number <= most:
        raise BadValue(name, f"{number} is not between 0 and {most:,}")
    return number
