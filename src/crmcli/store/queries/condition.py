"""A condition of a query: SQL and its parameters."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class Condition(NamedTuple):
    """A piece of SQL with ``?`` placeholders, and their values."""

    sql: str
    params: tuple[object, ...] = ()


EVERYTHING = Condition("1 = 1")
NOTHING = Condition("1 = 0")


def both(*conditions: Condition) -> Condition:
    """All the conditions at once."""
    kept = [c for c in conditions if c != EVERYTHING]
    if not kept:
        return EVERYTHING
    return Condition(" AND ".join(f"({c.sql})" for c in kept), tuple(p for c in kept for p in c.params))
