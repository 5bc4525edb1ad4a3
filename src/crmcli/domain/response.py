"""How likely people are to respond to a campaign: a logistic regression on what is known of them before it.

What is looked at: days since the last purchase, number of purchases and money spent (as logarithms), whether anything was
bought at all, how often they were written to and how often they responded before, and the channel. The coefficients are of
the greatest likelihood less a ridge penalty, found by Newton's method (iteratively reweighted least squares: Hastie,
Tibshirani and Friedman, The Elements of Statistical Learning, 4.4.1). Needs numpy.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import log1p
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

FEWEST_OF_EACH = 50
HELD_OUT = 0.3
SEED = 2005
_RIDGE = 1.0
_STEPS = 50
_BINS = 5
_FIGURES = ("days since purchase", "purchases", "spent", "has bought", "sent before", "response rate before")


class Person(NamedTuple):
    """What is known of somebody before a campaign is sent; ``days_since`` is None for who never bought, money in minor units."""

    key: str
    days_since: int | None
    purchases: int
    spent: int
    channel: str
    sent_before: int = 0
    responded_before: int = 0


class Bin(NamedTuple):
    """Held-out people of like propensity: how many, how many were expected to respond, how many did (as shares)."""

    n: int
    expected: float
    observed: float


class Propensity(NamedTuple):
    """A fitted model with what it was worth on people held out of its fitting.

    ``weights`` belong to ``names``, the first is the intercept; the figures are standardised by ``centre`` and ``scale``
    before. ``auc`` and ``calibration`` are of the ``held_out`` people; the weights are then fitted to all ``n``.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    channels: tuple[str, ...]
    auc: float
    calibration: tuple[Bin, ...]
    n: int
    responders: int
    held_out: int
    seed: int


def fit(people: Sequence[Person], has_responded: Sequence[bool], seed: int = SEED) -> Propensity:
    """The model of who responded; raises Refused on fewer than 50 who did or fewer than 50 who did not.

    Three of ten of each kind, drawn by ``seed`` whatever the order of the people, are held out to see what the model is
    worth; then it is fitted to everybody.
    """
    import numpy as np

    responders = sum(has_responded)
    others = len(has_responded) - responders
    if min(responders, others) < FEWEST_OF_EACH:
        raise Refused(
            f"too little to learn from: {responders} responded and {others} did not, "
            f"{FEWEST_OF_EACH} of each are needed",
        )
    channels = tuple(sorted({person.channel for person in people}))
    known = np.array([_figures(person, channels) for person in people])
    answers = np.array(has_responded, dtype=float)
    held = np.array(_held_out(people, has_responded, seed))
    trial, centre, scale = _fitted(known[~held], answers[~held])
    scores = _shares((known[held] - centre) / scale, trial)
    weights, centre, scale = _fitted(known, answers)
    happened = [bool(each) for each in answers[held]]
    return Propensity(
        ("intercept", *_FIGURES, *channels[1:]), tuple(weights.tolist()), tuple(centre.tolist()), tuple(scale.tolist()),
        channels, auc(scores.tolist(), happened), tuple(calibration(scores.tolist(), happened)), len(people), responders,
        int(held.sum()), seed,
    )  # fmt: skip


def propensities(model: Propensity, people: Sequence[Person]) -> list[float]:
    """The chance of a response of each, from 0 to 1; a channel that the model never saw counts as its first."""
    import numpy as np

    if not people:
        return []
    known = np.array([_figures(person, model.channels) for person in people])
    shares: list[float] = _shares(
        (known - np.array(model.centre)) / np.array(model.scale), np.array(model.weights)
    ).tolist()
    return shares


def auc(scores: Sequence[float], happened: Sequence[bool]) -> float:
    """The chance that one who did scores above one who did not, a tie counting half: Mann and Whitney's U by ranks.

    Both kinds must be there.
    """
    tallies: dict[float, list[int]] = {}
    for score, did in zip(scores, happened, strict=True):
        tallies.setdefault(score, [0, 0])[did] += 1
    below = beaten = 0.0
    for score in sorted(tallies):
        others, those = tallies[score]
        beaten += those * (below + others / 2)
        below += others
    return beaten / (below * (len(scores) - below))


def calibration(scores: Sequence[float], happened: Sequence[bool], bins: int = _BINS) -> list[Bin]:
    """Expected beside observed shares in bins of like size, from the lowest scores to the highest.

    Who scores the same is in the same bin, so that there may be fewer: nothing but the score says who comes first.
    """
    ordered = sorted(zip(scores, happened, strict=True), key=lambda each: each[0])
    edges = sorted({_after_ties(ordered, len(ordered) * step // bins) for step in range(bins + 1)})
    return [
        Bin(len(some), sum(score for score, _ in some) / len(some), sum(did for _, did in some) / len(some))
        for start, end in pairwise(edges)
        if (some := ordered[start:end])
    ]


def _after_ties(ordered: Sequence[tuple[float, bool]], place: int) -> int:
    """The place after all who score like the one before it."""
    return bisect_right(ordered, ordered[place - 1][0], key=lambda each: each[0]) if place else 0


def _figures(person: Person, channels: tuple[str, ...]) -> list[float]:
    """What a model sees of somebody; the first channel is what the others are compared with."""
    rate = (person.responded_before + 0.5) / (person.sent_before + 5)  # drawn to a tenth while little is known
    return [
        log1p(person.days_since or 0), log1p(person.purchases), log1p(max(person.spent, 0)),
        float(person.days_since is not None), log1p(person.sent_before), rate,
        *(float(person.channel == channel) for channel in channels[1:]),
    ]  # fmt: skip


def _held_out(people: Sequence[Person], has_responded: Sequence[bool], seed: int) -> list[bool]:
    from random import Random

    draw = Random(seed)  # noqa: S311 - a sample that can be drawn again, not a secret
    held = [False] * len(people)
    for kind in (False, True):
        places = sorted((i for i, did in enumerate(has_responded) if did == kind), key=lambda i: people[i].key)
        drawn = sorted(places, key=lambda _: draw.random())
        for place in drawn[: round(len(drawn) * HELD_OUT)]:
            held[place] = True
    return held


def _fitted(
    known: NDArray[np.float64], answers: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The weights, and what the figures are standardised by; a figure that is the same for all weighs nothing."""
    import numpy as np

    centre, spread = known.mean(axis=0), known.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    return logistic((known - centre) / scale, answers), centre, scale


def logistic(known: NDArray[np.float64], answers: NDArray[np.float64], ridge: float = _RIDGE) -> NDArray[np.float64]:
    """Weights (the intercept first) of the greatest penalised likelihood: log-likelihood - ridge / 2 · Σ weight², intercept free.

    ``known`` has a row for each of the ``answers``, which are 0 or 1. Steps that overshoot are halved.
    """
    import numpy as np

    rows = np.column_stack([np.ones(len(known)), known])
    penalty = np.full(rows.shape[1], ridge)
    penalty[0] = 0.0

    def worth(weights: NDArray[np.float64]) -> float:
        linear = rows @ weights
        return float(answers @ linear - np.logaddexp(0, linear).sum() - penalty @ weights**2 / 2)

    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        shares = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (answers - shares) - penalty * weights
        curve = (rows * (shares * (1 - shares))[:, None]).T @ rows + np.diag(penalty + 1e-12)
        step = np.linalg.solve(curve, slope)
        while worth(weights + step) < worth(weights) and np.abs(step).max() > 1e-12:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def _shares(known: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-(weights[0] + known @ weights[1:]))), dtype=float)
