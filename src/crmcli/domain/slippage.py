"""Slippage: days past the expected close (closed or now), and how often and how far that day was moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.histograms import counted_percentile
from crmcli.domain.metrics import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lateness(NamedTuple):
    """How late deals were; a deal that was decided by its day counts as 0 days late."""

    deals: int
    late: int
    mean: float | None
    median: float | None
    p90: float | None


def lateness(days: Mapping[int, int]) -> Lateness:
    """Of how many deals there are for each number of days past their expected close."""
    counted: dict[int, int] = {}
    for past, deals in days.items():
        counted[max(past, 0)] = counted.get(max(past, 0), 0) + deals
    deals = sum(counted.values())
    late = deals - counted.get(0, 0)
    total = sum(past * count for past, count in counted.items())
    return Lateness(
        deals, late, ratio(total, deals), counted_percentile(counted, 0.5), counted_percentile(counted, 0.9)
    )
