"""Money of many currencies in one of them, by dated rates, within SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import exponent
from crmcli.store.queries.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.reader import Reader


AS_IT_IS = "r.value"  # the worth where no amount is in another currency


class Worth(NamedTuple):
    """``sql`` is an amount in minor units of ``currency``: NULL where there is none, or no rate for it.

    ``missing`` is true where there is an amount and no rate; None when that can't be, for all is in one currency.
    """

    currency: str
    sql: str
    params: tuple[object, ...] = ()
    missing: Condition | None = None


def worth(reader: Reader, wanted: str, base: str, table: str = "deal", *, day: str = "r.closed_at") -> Worth:
    """The worth of ``r.value`` in the currency that is wanted, by the rate of the last day up to ``day``.

    A rate counts in both directions; between two currencies that have none it goes by way of a third that both have one
    with. An amount that names no currency is in the base currency. Where all the table's money is in one other currency,
    and there is no rate for it, that currency is the answer's: what is all in crowns is counted in crowns.
    """
    found = currencies(reader, base, table)
    others = [code for code in found if code != wanted]
    if not others:
        return Worth(wanted, AS_IT_IS)
    code = Condition("COALESCE(r.currency, ?)", (base,))
    rate = _rate(_pairs(reader), others, wanted, code, f"substr(CAST({day} AS TEXT), 1, 10)")
    if len(found) == 1 and rate is None:
        return Worth(others[0], AS_IT_IS)
    rate = rate or Condition("NULL")
    # A rate is between major units, an amount is in minor ones: 100 yen have none, a dinar has a thousand.
    scaled = {other: 10.0 ** (exponent(wanted) - exponent(other)) for other in others}
    scale = " ".join(f"WHEN ? THEN {power!r}" for power in scaled.values())
    sql = f"(CASE WHEN {code.sql} = ? THEN r.value ELSE r.value * {rate.sql} * CASE {code.sql} {scale} END END)"
    params = (*code.params, wanted, *rate.params, *code.params, *scaled)
    missing = Condition(
        f"r.value IS NOT NULL AND {code.sql} <> ? AND {rate.sql} IS NULL", (*code.params, wanted, *rate.params)
    )
    return Worth(wanted, sql, params, missing)


def _pairs(reader: Reader) -> set[tuple[str, str]]:
    """The pairs of currencies that have a rate, each in both directions."""
    kept = reader.rows("SELECT DISTINCT currency, base FROM exchange_rate WHERE deleted_at IS NULL")
    return {pair for one, other in kept for pair in ((one, other), (other, one))}


def _rate(
    pairs: set[tuple[str, str]], codes: Sequence[str], wanted: str, code: Condition, day: str
) -> Condition | None:
    """What one unit of a currency is worth in the one that is wanted; None where no rate leads from any to it."""
    ways = [_leg(code, Condition("?", (wanted,)), day)] if any((each, wanted) in pairs for each in codes) else []
    for third in sorted(other for one, other in pairs if one == wanted and other not in (*codes, wanted)):
        ways += _by_way_of(third, pairs, codes, wanted, code, day)
    for third in sorted(other for one, other in pairs if one == wanted and other in codes):
        ways += _by_way_of(third, pairs, codes, wanted, code, day)
    if not ways:
        return None
    params = tuple(value for way in ways for value in way.params)
    return Condition(f"COALESCE({', '.join(way.sql for way in ways)}, NULL)", params)


def _by_way_of(
    third: str, pairs: set[tuple[str, str]], codes: Sequence[str], wanted: str, code: Condition, day: str
) -> list[Condition]:
    if not any((each, third) in pairs and (each, wanted) not in pairs for each in codes if each != third):
        return []
    there = Condition("?", (third,))
    first, second = _leg(code, there, day), _leg(there, Condition("?", (wanted,)), day)
    return [Condition(f"{first.sql} * {second.sql}", (*first.params, *second.params))]


def _leg(one: Condition, other: Condition, day: str) -> Condition:
    """The rate from one currency to another on a day: as it was given, or else the other way round."""

    def given(left: Condition, right: Condition) -> Condition:
        sql = (
            f"(SELECT x.rate FROM exchange_rate x WHERE x.deleted_at IS NULL AND x.currency = {left.sql}"
            f" AND x.base = {right.sql} AND x.day <= {day} ORDER BY x.day DESC LIMIT 1)"
        )
        return Condition(sql, (*left.params, *right.params))

    straight, turned = given(one, other), given(other, one)
    return Condition(f"COALESCE({straight.sql}, 1.0 / {turned.sql})", (*straight.params, *turned.params))


def currencies(reader: Reader, base: str, table: str = "deal") -> list[str]:
    """The currencies of a table's amounts, in order."""
    # Said so that SQLite reads the table in order, not by an index that holds its live rows only.
    sql = f"SELECT DISTINCT currency FROM {table} WHERE NOT (deleted_at IS NOT NULL) AND value IS NOT NULL"
    return sorted({code or base for (code,) in reader.rows(sql)})
