"""ABC and Pareto: which few customers (or products) make most of the value."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

A_UNTIL, B_UNTIL = 0.80, 0.95


class Ranked(NamedTuple):
    """One of many by value (minor units): its share of all, the share of it and all above, and the class A, B or C.

    Of one whose value is not known all are None.
    """

    key: str
    value: int | None
    share: float | None
    cumulated: float | None
    kind: str | None


def ranked(values: Mapping[str, int | None]) -> list[Ranked]:
    """All of them, the greatest value first (of equal ones in the order given), with shares and classes.

    Those whose value is not known come last and are of no class.

    Class A are those that it takes to come to 80 % of all value, B those up to 95 %, C the rest: one belongs to A while those
    above it make less than 80 %. Equal values share the class of the first of them; what brought nothing is C. Shares are
    of the positive values, None where there is none.
    """
    known = [(key, value) for key, value in values.items() if value is not None]
    whole = sum(value for _, value in known if value > 0)
    found, above, before, last = list[Ranked](), 0, 0, None
    for key, value in sorted(known, key=lambda item: -item[1]):
        if value != last:  # whoever is equal starts from the same place
            before, last = above, value
        above += max(value, 0)
        found.append(Ranked(key, value, ratio(max(value, 0), whole), ratio(above, whole), _kind(value, before, whole)))
    return [*found, *(Ranked(key, None, None, None, None) for key, value in values.items() if value is None)]


def top_share(values: Sequence[int], fraction: float) -> float | None:
    """The share of all value that the best ``fraction`` of them make, rounded up to whole ones; None of no value."""
    paid = sorted((max(value, 0) for value in values), reverse=True)
    # a product such as 0.07 * 100 lies a hair above the whole number that is meant
    return ratio(sum(paid[: ceil(round(fraction * len(paid), 9))]), sum(paid))


def _kind(value: int, before: int, whole: int) -> str:
    if value <= 0 or before >= B_UNTIL * whole:
        return "C"
    return "A" if before < A_UNTIL * whole else "B"
