"""What was sold: the deals won, group by group, with what was new business and what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.groups import group_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


class Sold(NamedTuple):
    """The won deals of a group; amounts in minor units, without the deals whose currency has no rate.

    ``rated`` are the deals that are not left out of the amounts.
    """

    deals: int = 0
    rated: int = 0
    value: float = 0.0
    new_deals: int = 0
    new: float = 0.0
    existing_deals: int = 0
    existing: float = 0.0

    @property
    def told(self) -> int:
        """The deals of which it is said that they are new business, or that they are not."""
        return self.new_deals + self.existing_deals


def together(groups: Iterable[Sold]) -> Sold:
    """All groups as one."""
    return Sold(*map(sum, zip(Sold(), *groups, strict=True)))


def won_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The deals that fit and were won in a period, its bounds in UTC, its end excluded."""
    inside = (
        Condition("r.closed_at >= ? AND r.closed_at < ?", period) if period else Condition("r.closed_at IS NOT NULL")
    )
    return both(where, inside, Condition("s.kind = 'won'"))


def sold(reader: Reader, group: Group, worth: Worth, won: Condition) -> dict[object, Sold]:
    """The deals of ``won_within`` by the key of their group."""
    missing = worth.missing or Condition("1 = 0")
    measures = [
        Condition("COUNT(*)"),
        Condition(f"SUM(CASE WHEN {missing.sql} THEN 0 ELSE 1 END)", missing.params),
        _sum("1 = 1", worth),
        Condition("SUM(CASE WHEN r.type = 'new' THEN 1 ELSE 0 END)"),
        _sum("r.type = 'new'", worth),
        Condition("SUM(CASE WHEN r.type = 'existing' THEN 1 ELSE 0 END)"),
        _sum("r.type = 'existing'", worth),
    ]
    return {key: Sold(*figures) for key, *figures in group_rows(reader, group, measures, won)}


def _sum(condition: str, worth: Worth) -> Condition:
    amount = f"CASE WHEN {condition} THEN {worth.sql} END"
    return Condition(f"COALESCE(SUM(CAST({amount} AS DOUBLE PRECISION)), 0.0)", worth.params)
