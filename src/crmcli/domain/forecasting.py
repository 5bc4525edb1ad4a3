"""The chance that an open deal is won, from what became of others, and what all of them may bring: a simulation.

A simulation draws for every deal, in each of many possible futures, whether it is won, and adds up what the won ones are
worth. All futures of one deal are drawn at once, as the bits of one long integer, and added up bit by bit: addition as
hardware does it, on so many lanes. So a hundred million draws take a second without any library, and the same seed
gives the same answer on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

Key = TypeVar("Key")
FUTURES = 10_000
SEED = 1
# So many deals the given probability weighs as much as: with few that went before it decides, with many they do.
STRENGTH = 10
_BITS = 24  # to which a probability is drawn: to one in 16 million
WITHIN = (10, 50, 90)  # the percentiles that are told


class Outcomes(NamedTuple):
    """What became of the closed deals that were seen in a stage."""

    won: int
    lost: int

    @property
    def is_telling(self) -> bool:
        """Whether they weigh at least as much as the probability that is given."""
        return self.won + self.lost >= STRENGTH


def chance(outcomes: Outcomes | None, probability: float) -> float:
    """The chance of a deal: (won + k · probability) / (won + lost + k), k being ``STRENGTH``; both as fractions."""
    won, lost = outcomes or Outcomes(0, 0)
    return (won + STRENGTH * probability) / (won + lost + STRENGTH)


class Futures:
    """Sums of what is won in many possible futures; bit n of ``_planes[k]`` is digit k of the sum of future n."""

    def __init__(self, count: int, source: Random) -> None:
        self.count = count
        self._source = source
        self._planes: list[int] = []

    def add(self, amount: int, probability: float) -> None:
        """One more deal: an amount that comes in with this probability, each time anew."""
        won = self._drawn(probability) if amount else 0
        planes, carry, place = self._planes, 0, 0
        while amount or carry:
            if place == len(planes):
                planes.append(0)
            held = planes[place]
            if amount & 1:
                half = held ^ won
                planes[place] = half ^ carry
                carry = (held & won) | (half & carry)
            elif carry:
                planes[place] = held ^ carry
                carry &= held
            amount >>= 1
            place += 1

    def _drawn(self, probability: float) -> int:
        """A bit for each future, set with the probability: its binary digits, the last one first, each met by a coin."""
        digits = round(min(max(probability, 0.0), 1.0) * (1 << _BITS))
        if digits == 1 << _BITS:
            return (1 << self.count) - 1
        drawn = 0
        coins = self._source.getrandbits
        for place in range(_BITS):
            if digits >> place & 1:
                drawn |= coins(self.count)
            elif drawn:
                drawn &= coins(self.count)
        return drawn

    def sums(self) -> list[int]:
        """The sum of each future."""
        if not self._planes:
            return [0] * self.count
        rows = [f"{plane:0{self.count}b}" for plane in reversed(self._planes)]
        return [int("".join(digits), 2) for digits in zip(*rows, strict=True)]


def simulated(
    deals: Iterable[tuple[Key, int, float]], count: int = FUTURES, seed: int = SEED
) -> tuple[dict[Key, list[int]], list[int]]:
    """What the deals (group, amount and chance) of each group bring in each future, and what all together do.

    The draws are one deal's after another's, so that all together bring the same however they are grouped.
    """
    from random import Random

    source = Random(seed)  # noqa: S311 - dice, no secret
    groups: dict[Key, Futures] = {}
    for key, amount, probability in deals:
        if key not in groups:
            groups[key] = Futures(count, source)
        groups[key].add(amount, probability)
    sums = {key: futures.sums() for key, futures in groups.items()}
    return sums, [sum(future) for future in zip(*sums.values(), strict=True)] or [0] * count


def interval(sums: Iterable[int]) -> tuple[int, ...]:
    """The 10th, 50th and 90th percentile by nearest rank: so many per cent of the futures bring this much or less."""
    ordered = sorted(sums)
    return tuple(ordered[-(-len(ordered) * percent // 100) - 1] for percent in WITHIN)
