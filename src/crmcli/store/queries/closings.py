"""Deals that were won or lost: how many, worth how much, and how long each took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.groups import COUNT, group_rows, group_values
from crmcli.store.queries.lengths import wall_seconds

if TYPE_CHECKING:
    from crmcli.clock import Clock
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

_DAY = 86_400


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
    missing = worth.missing or Condition("1 = 0")
    measures = (
        _count("s.kind = 'won'"),
        _count("s.kind = 'lost'"),
        _count(f"s.kind = 'won' AND NOT COALESCE({missing.sql}, 1 = 0)", missing.params),
        _sum("s.kind = 'won'", worth),
        _sum("s.kind = 'lost'", worth),
        _count("s.kind = 'lost' AND COALESCE(r.value, 0) = 0"),
    )
    return {key: Closings(*figures) for key, *figures in group_rows(reader, group, measures, closed)}


def _count(condition: str, params: tuple[object, ...] = ()) -> Condition:
    return Condition(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)", params)


def _sum(condition: str, worth: Worth) -> Condition:
    amount = f"CASE WHEN {condition} THEN {worth.sql} END"
    return Condition(f"COALESCE(SUM(CAST({amount} AS DOUBLE PRECISION)), 0.0)", worth.params)


def cycles(reader: Reader, clock: Clock, group: Group, closed: Condition) -> dict[object, list[float]]:
    """Days from being made to being won of each won deal of a group; one that was won before it was made has none."""
    took = wall_seconds(reader, clock, "r.created_at", "r.closed_at")
    found: dict[object, list[int]] = {}
    for key, seconds in group_values(reader, group, (took,), both(closed, Condition("s.kind = 'won'"))):
        if seconds >= 0:
            if key not in found:
                found[key] = []
            found[key].append(seconds)
    return {key: [seconds / _DAY for seconds in sorted(of_it)] for key, of_it in found.items()}


def cycles_by_kind(
    reader: Reader, clock: Clock, group: Group, closed: Condition
) -> dict[tuple[object, str], list[float]]:
    """By group, and won or lost, the days from being made to being closed by the clock on the wall, in ascending order."""
    took = wall_seconds(reader, clock, "r.created_at", "r.closed_at")
    found: dict[tuple[object, str], list[int]] = {}
    for key, kind, seconds in group_values(reader, group, (Condition("s.kind"), took), closed):
        if seconds >= 0:
            if (key, kind) not in found:
                found[key, kind] = []
            found[key, kind].append(seconds)
    return {line: [seconds / _DAY for seconds in sorted(all_of_it)] for line, all_of_it in found.items()}


def open_counts(reader: Reader, group: Group, where: Condition) -> dict[object, int]:
    """How many deals that fit are open now, by the key of their group."""
    return counts(reader, group, both(where, Condition("s.kind = 'open'")))


def counts(reader: Reader, group: Group, where: Condition) -> dict[object, int]:
    """How many deals fit, by the key of their group."""
    return dict(group_rows(reader, group, (COUNT,), where))
