"""Comparing two shares: the two-proportion test, the interval of the difference, and what may be concluded.

The test is the z-test with the pooled share (two-sided). The interval of the difference is Newcombe's hybrid of two
Wilson intervals (Newcombe 1998, method 10), which stays within -1 and 1 and holds for small counts, where the plain one
does not.
"""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Share(NamedTuple):
    """So many of so many; ``name`` says of what."""

    name: str
    hits: int
    n: int

    @property
    def rate(self) -> float | None:
        """The share, None of nobody."""
        return self.hits / self.n if self.n else None


class Comparison(NamedTuple):
    """One share against another: their difference with its interval, and how likely chance alone makes so much of it."""

    name: str
    other: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None


class Verdict(NamedTuple):
    """The winner, None while there is no difference to be relied on, and the leader's comparison with each other share."""

    winner: str | None
    leader: str | None
    comparisons: tuple[Comparison, ...]


def wilson(hits: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share, in fractions; ``z`` is the normal quantile (1.96 for 95 %)."""
    if not n:
        return 0.0, 1.0
    rate, square = hits / n, z * z
    middle = (rate + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def compare(one: Share, other: Share, confidence: float = 0.95) -> Comparison:
    """The difference ``one - other`` with its interval and two-sided p; None where either is a share of nobody."""
    if one.rate is None or other.rate is None:
        return Comparison(one.name, other.name, None, None, None, None)
    difference = one.rate - other.rate
    z = normal_quantile(0.5 + confidence / 2)
    (low_one, high_one), (low_other, high_other) = wilson(one.hits, one.n, z), wilson(other.hits, other.n, z)
    low = difference - sqrt((one.rate - low_one) ** 2 + (high_other - other.rate) ** 2)
    high = difference + sqrt((high_one - one.rate) ** 2 + (other.rate - low_other) ** 2)
    return Comparison(one.name, other.name, difference, low, high, _p(one, other))


def verdict(shares: Sequence[Share], confidence: float = 0.95) -> Verdict:
    """Which of several is best.

    The leader wins when it differs from each other share at the confidence asked for, which is divided by the number of
    comparisons (Bonferroni), so that many variants don't make a winner out of luck.
    """
    known = [share for share in shares if share.n]
    if len(known) < 2:
        return Verdict(None, known[0].name if known else None, ())
    leader = max(known, key=lambda share: share.rate or 0.0)
    others = [share for share in known if share is not leader]
    strict = 1 - (1 - confidence) / len(others)
    comparisons = tuple(compare(leader, other, strict) for other in others)
    sure = all(each.p is not None and each.p < 1 - strict for each in comparisons)
    return Verdict(leader.name if sure else None, leader.name, comparisons)


def normal_quantile(probability: float) -> float:
    """The value that a standard normal variable stays below with this probability."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(probability)


def _p(one: Share, other: Share) -> float:
    pooled = (one.hits + other.hits) / (one.n + other.n)
    spread = sqrt(pooled * (1 - pooled) * (1 / one.n + 1 / other.n))
    if not spread:
        return 1.0  # all or none on both sides
    return erfc(abs(one.hits / one.n - other.hits / other.n) / spread / sqrt(2))
