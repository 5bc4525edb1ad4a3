"""Deals that were won or lost: how many, worth how much, and how long each took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.groups import group_rows, tallies
from crmcli.store.queries.lengths import wall_seconds

if TYPE_CHECKING:
    from crmcli.clock import Clock
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

_DAY = 86_400
_ENDS = ("won", "lost")


class Closings(NamedTuple):
    """Closed deals of a group. Sums are in minor units, without the deals whose currency has no rate.

    ``rated`` are the won deals that are not left out of ``won_value``, those that are worth nothing among them;
    ``lost_for_nothing`` the lost ones that are worth nothing.
    """

    won: int = 0
    lost: int = 0
    rated: int = 0
    won_value: float = 0.0
    lost_value: float = 0.0
    lost_for_nothing: int = 0

    @property
    def known_value(self) -> float | None:
        """The value of the won ones; None where there are some, and none of them has a rate."""
        return self.won_value if self.rated or not self.won else None

    def and_(self, other: Closings) -> Closings:
        """Both groups together."""
        return Closings(
            self.won + other.won, self.lost + other.lost, self.rated + other.rated,
            self.won_value + other.won_value, self.lost_value + other.lost_value,
            self.lost_for_nothing + other.lost_for_nothing,
        )  # fmt: skip


def closed_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The deals that fit and were won or lost in a period, bounds in UTC, its end excluded."""
    inside = (
        Condition("r.closed_at >= ? AND r.closed_at < ?", period) if period else Condition("r.closed_at IS NOT NULL")
    )
    return both(where, inside, Condition("s.kind <> 'open'"))


def won_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """Those of them that were won."""
    return both(closed_within(where, period), Condition("s.kind = 'won'"))


def lost_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """Those of them that were lost."""
    return both(closed_within(where, period), Condition("s.kind = 'lost'"))


def closings(reader: Reader, group: Group, worth: Worth, closed: Condition) -> dict[object, Closings]:
    """The deals of ``closed_within`` by the key of their group."""
    return {key: Closings(*figures) for key, *figures in group_rows(reader, group, _measures(worth), closed)}


def outcomes(
    reader: Reader, clock: Clock, group: Group, worth: Worth, closed: Condition
) -> dict[object, tuple[Closings, list[float]]]:
    """The same, each with the days from being made to being won of its won deals, by the clock on the wall, in order.

    One that was won before it was made has none.
    """
    rows = group_rows(reader, group, (*_measures(worth), _lengths(reader, clock, "s.kind = 'won'")), closed)
    return {key: (Closings(*figures), _days(lengths)) for key, *figures, lengths in rows}


def _measures(worth: Worth) -> tuple[Condition, ...]:
    """What is in ``Closings``."""
    missing = worth.missing or Condition("1 = 0")
    return (
        _count("s.kind = 'won'"),
        _count("s.kind = 'lost'"),
        _count(f"s.kind = 'won' AND NOT COALESCE({missing.sql}, 1 = 0)", missing.params),
        _sum("s.kind = 'won'", worth),
        _sum("s.kind = 'lost'", worth),
        _count("s.kind = 'lost' AND COALESCE(r.value, 0) = 0"),
    )


def _count(condition: str, params: tuple[object, ...] = ()) -> Condition:
    return Condition(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)", params)


def _sum(condition: str, worth: Worth) -> Condition:
    amount = f"CASE WHEN {condition} THEN {worth.sql} END"
    return Condition(f"COALESCE(SUM(CAST({amount} AS DOUBLE PRECISION)), 0.0)", worth.params)


def cycles_by_kind(
    reader: Reader, clock: Clock, group: Group, closed: Condition
) -> dict[object, tuple[list[float], list[float], int]]:
    """By group the days from being made to being closed by the clock on the wall, in ascending order: won, and lost.

    And of how many deals these are not, since they were closed before they were made; a group of such alone is left out.
    """
    measures = [_lengths(reader, clock, f"s.kind = '{kind}'") for kind in _ENDS]
    found = {}
    for key, *lengths in group_rows(reader, group, measures, closed):
        won, lost = (_days(each) for each in lengths)
        count = sum(each.count(",") + 1 for each in lengths if each)
        if won or lost:
            found[key] = (won, lost, count - len(won) - len(lost))
    return found


def made_first(reader: Reader, clock: Clock) -> Condition:
    """The closed deals that were not closed before they were made, by the clock on the wall."""
    took = wall_seconds(reader, clock, "r.created_at", "r.closed_at")
    return Condition(f"{took.sql} >= 0", took.params)


def _lengths(reader: Reader, clock: Clock, condition: str) -> Condition:
    """The seconds that each deal took: in one text, which is read faster than a row for each."""
    took = wall_seconds(reader, clock, "r.created_at", "r.closed_at")
    return Condition(reader.dialect.gathered(f"CASE WHEN {condition} THEN {took.sql} END"), took.params)


def _days(lengths: str | None) -> list[float]:
    took = sorted(map(int, lengths.split(","))) if lengths else []
    return [seconds / _DAY for seconds in took if seconds >= 0]


def open_counts(reader: Reader, group: Group, where: Condition) -> dict[object, int]:
    """How many deals that fit are open now, by the key of their group."""
    return counts(reader, group, both(where, Condition("s.kind = 'open'")))


def counts(reader: Reader, group: Group, where: Condition) -> dict[object, int]:
    """How many deals fit, by the key of their group."""
    return dict(tallies(reader, group, where=where))
