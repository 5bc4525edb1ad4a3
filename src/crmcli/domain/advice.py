"""What is most worth doing now: the rules as data, and the order in which their findings are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.domain.money import Money


class Rule(NamedTuple):
    """Something to look out for: how much it weighs beside the others (0 to 1), and what it says."""

    name: str
    weight: float
    about: str


RULES = (
    Rule(
        "slipping", 1.0, "an open deal past its expected close, or with less time left than deals took from its stage"
    ),
    Rule("no-next-step", 0.9, "an open deal with nothing planned"),
    Rule(
        "silent-customer", 0.85, "a customer of the better half by money who has been silent for much longer than usual"
    ),
    Rule("over-budget", 0.8, "a campaign that costs more than its budget"),
    Rule("rotting", 0.7, "an open deal untouched for longer than its stage allows"),
    Rule("cross-sell", 0.6, "a customer who lacks what customers like them buy"),
    Rule("missing-rate", 0.55, "money that reports leave out, for its currency has no rate"),
    Rule("duplicates", 0.5, "records that may be one"),
)
BY_NAME = {rule.name: rule for rule in RULES}


class Advice(NamedTuple):
    """Something to do about a record: why, the command that does it or leads there, and the money at stake."""

    rule: str
    noun: str
    number: int | None
    uid: str
    name: str
    reason: str
    command: str
    stake: Money | None = None
    owner: str | None = None


class Ranked(NamedTuple):
    """An advice and its score."""

    advice: Advice
    score: float


def rule_named(name: str) -> Rule:
    """The rule of that name; raises BadValue with the nearest."""
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    if wanted not in BY_NAME:
        near = nearest(wanted, list(BY_NAME))
        raise BadValue("rule", f"no rule {name!r}", hint=f"did you mean {near}?" if near else ", ".join(BY_NAME))
    return BY_NAME[wanted]


def ranked(found: Iterable[Advice], most: int | None = None, of_a_rule: int | None = None) -> list[Ranked]:
    """The findings by score, each record once; at most so many in all and of one rule.

    score = the rule's weight · (1 + stake / the largest stake) / 2. One without a stake counts as if half were at stake. Of
    equal ones the order is that in which they were found: each rule gives first what it is surest of.
    """
    advices = list(found)
    largest = max((each.stake.minor for each in advices if each.stake), default=0)
    scored = sorted((Ranked(each, _score(each, largest)) for each in advices), key=lambda each: -each.score)
    kept: list[Ranked] = []
    seen: set[tuple[str, str]] = set()
    counts: dict[str, int] = {}
    for each in scored:
        key = (each.advice.noun, each.advice.uid or each.advice.name)
        if key in seen or (of_a_rule is not None and counts.get(each.advice.rule, 0) >= of_a_rule):
            continue
        seen.add(key)
        counts[each.advice.rule] = counts.get(each.advice.rule, 0) + 1
        kept.append(each)
    return kept if most is None else kept[:most]


def _score(advice: Advice, largest: int) -> float:
    share = advice.stake.minor / largest if advice.stake and largest > 0 else 0.5
    return BY_NAME[advice.rule].weight * (1 + share) / 2
