"""Goals (quotas): what is wanted of a figure in a period, and how far it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio
from crmcli.domain.text import nearest
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Metric(NamedTuple):
    """A figure that can be wanted: what it counts, of which noun, and the moment that puts it into a period.

    ``filter`` selects what counts, besides the period and the owner.
    """

    name: str
    about: str
    noun: str
    moment: str
    filter: str = ""
    is_money: bool = False


WON_VALUE = "won_value"
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(WON_VALUE, "value of the deals won", "deal", "closed_at", "stage_kind = won", is_money=True),
        Metric("won", "deals won", "deal", "closed_at", "stage_kind = won"),
        Metric("new_deals", "deals added", "deal", "created_at"),
        Metric("new_value", "value of the deals added", "deal", "created_at", is_money=True),
        Metric("activities", "activities done", "activity", "at", "status = done"),
        Metric("calls", "calls made or taken", "activity", "at", "status = done AND type = call"),
        Metric("meetings", "meetings held", "activity", "at", "status = done AND type = meeting"),
        Metric("leads", "people added", "contact", "created_at"),
    )
}


def read_metric(text: str) -> Metric:
    """The metric of that name, with ``-``, spaces and ``_`` alike; raises BadValue naming the nearest."""
    wanted = "_".join(text.lower().replace("-", " ").split())
    found = METRICS.get(wanted)
    if found is None:
        near = nearest(wanted, list(METRICS))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(METRICS)}"
        raise BadValue("metric", f"there is no metric {text!r}", hint=hint)
    return found


class Attainment(NamedTuple):
    """How far a target is reached; amounts in the unit of the target.

    ``share`` is reached / target, ``gap`` what is missing (below zero: more than was wanted), ``expected`` what would be
    reached by today if every day brought the same, ``pace`` reached / expected.
    """

    share: float | None
    gap: float
    expected: float
    pace: float | None


def attainment(target: float, reached: float, starts_on: date, ends_on: date, today: date) -> Attainment:
    """How far a target is reached in a period whose last day is ``ends_on``; today counts as a whole day."""
    days = (ends_on - starts_on).days + 1
    gone = min(max((today - starts_on).days + 1, 0), days)
    expected = target * gone / days
    return Attainment(ratio(reached, target), target - reached, expected, ratio(reached, expected))


def quota_within(goals: Iterable[tuple[date, date, float]], starts_on: date, ends_on: date) -> float | None:
    """What is wanted in a period, from goals with their first and last days; None where nothing is.

    The goal of just these days, or else the goals that lie wholly in them, the longest first, no day counted twice.
    """
    inside = [goal for goal in goals if starts_on <= goal[0] and goal[1] <= ends_on]
    taken: list[tuple[date, date]] = []
    wanted = None
    for first, last, target in sorted(inside, key=lambda goal: (goal[0] - goal[1], goal[0])):
        if all(last < start or end < first for start, end in taken):
            taken.append((first, last))
            wanted = (wanted or 0.0) + target
    return wanted


def coverage(pipeline: float, quota: float | None, won: float) -> float | None:
    """Open pipeline / (quota - won); None without a quota, and where it is reached."""
    return None if quota is None or won >= quota else pipeline / (quota - won)


def required_coverage(win_rate: float | None) -> float | None:
    """1 / win rate: how many times what is missing has to be in the pipeline. Of 22 % that is 4.5."""
    return 1 / win_rate if win_rate else None
