"""Who is falling silent: each customer's silence against their own rhythm, and the chance that they still are one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import median, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

# Two gaps make a rhythm of one's own; before that the customers' common one stands in.
FEWEST_PURCHASES = 3
_LATE, _SILENT = 1.0, 3.0


class Silence(NamedTuple):
    """A customer's silence.

    ``days_since`` is counted from the last purchase; ``usual`` is the median gap between purchase days in days, the
    customer's own or (``is_own`` is false) the common one, None where nobody came again; ``times`` the silence in usual
    gaps; ``risk`` is from 0 to 1; ``spent`` is None where no amount is known; ``reasons`` say in words what it rests on.
    """

    customer: str
    days_since: int
    usual: float | None
    is_own: bool
    times: float | None
    p_alive: float | None
    risk: float | None
    spent: int | None
    reasons: tuple[str, ...]

    @property
    def state(self) -> str:
        """``active`` up to the usual gap, ``late`` up to three of them, ``silent`` beyond; ``unknown`` without a rhythm."""
        if self.times is None:
            return "unknown"
        return "active" if self.times <= _LATE else "late" if self.times <= _SILENT else "silent"


def usual_gap(days: Sequence[date]) -> float | None:
    """The median number of days between one purchase day and the next; None below three purchase days."""
    if len(days) < FEWEST_PURCHASES:
        return None
    return median((later - earlier).days for earlier, later in pairwise(days))


def common_gap(histories: Mapping[str, Mapping[date, int | None]]) -> float | None:
    """The median of the customers' own usual gaps, or of all gaps where nobody has one; None where nobody came again.

    So each customer counts once: among all gaps who buys every week would count fifty times as much as who comes once a year.
    """
    own = [gap for days in histories.values() if (gap := usual_gap(list(days))) is not None]
    if own:
        return median(own)
    return median((later - earlier).days for days in histories.values() for earlier, later in pairwise(days))


def risk(times: float | None, p_alive: float | None) -> float | None:
    """How likely a customer is gone, from 0 to 1; None without a rhythm and without P(alive).

    Of gaps with this median that come at random (exponentially) the share 2^-times is longer than the silence, so that
    the silence speaks for 1 - 2^-times; with P(alive) it is the mean of that and 1 - P(alive).
    """
    silence = None if times is None else 1 - 2.0**-times
    gone = None if p_alive is None else 1 - p_alive
    known = [each for each in (silence, gone) if each is not None]
    return sum(known) / len(known) if known else None


def silences(
    histories: Mapping[str, Mapping[date, int | None]], last_day: date, alive: Mapping[str, float] | None = None
) -> list[Silence]:
    """Every customer's silence on the period's last day, the greatest risk first and of equal ones who spent most.

    ``histories`` hold each purchase day's amount in order of time; ``alive`` the P(alive) of those for whom it is known.
    """
    common, alive = common_gap(histories), alive or {}
    found = [_silence(customer, days, last_day, common, alive.get(customer)) for customer, days in histories.items()]
    return sorted(found, key=lambda each: (-1.0 if each.risk is None else each.risk, each.spent or 0), reverse=True)


def _silence(
    customer: str, days: Mapping[date, int | None], last_day: date, common: float | None, p_alive: float | None
) -> Silence:
    in_order = list(days)
    own, since = usual_gap(in_order), (last_day - in_order[-1]).days
    usual = own if own is not None else common
    times = since / usual if usual else None
    reasons = _reasons(len(in_order), since, own, usual, p_alive)
    gone = risk(times, p_alive)
    return Silence(customer, since, usual, own is not None, times, p_alive, gone, total(days.values()), reasons)


def _reasons(
    purchases: int, since: int, own: float | None, usual: float | None, p_alive: float | None
) -> tuple[str, ...]:
    if not usual:
        silence = f"silent for {_days(since)}"
    elif own is None:
        silence = f"silent for {_days(since)}, customers usually buy every {_days(usual)}"
    else:
        silence = f"silent for {_days(since)}, usually buys every {_days(usual)}"
    few = "bought only once" if purchases == 1 else "bought only twice" if own is None else ""
    alive = "" if p_alive is None else f"P(alive) {p_alive:.0%}"
    return tuple(reason for reason in (silence, few, alive) if reason)


def _days(count: float) -> str:
    return "1 day" if count == 1 else f"{count:g} days"
