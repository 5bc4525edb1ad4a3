"""Money of many currencies in one of them, by dated rates, within SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import exponent
from crmcli.store.queries.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from crmcli.store.reader import Reader


AS_IT_IS = "r.value"  # the worth where no amount is in another currency
# Added and taken away again it leaves a whole number, of two equally near the even one. So do all engines, whose ROUND
# differ, and the amount, whose rate may have to be looked up, is worked out once.
_WHOLE = "6755399441055744.0"  # 1.5 · 2**52: doubles of this size have no fractions


_YEARS = (1970, 2100)  # before and after them zones are taken to be as they were then


class RateDay(NamedTuple):
    """The day at whose rate an amount is taken: the local one of a moment; ``otherwise`` where there is no moment."""

    zone: tzinfo
    moment: str = "r.closed_at"
    otherwise: date | None = None

    def said(self, reader: Reader, table: str = "deal") -> Condition:
        """The day in SQL, as text; ``table`` is the one that the moments are of."""
        day = self._local(reader, table)
        return Condition(f"COALESCE({day.sql}, ?)", (*day.params, str(self.otherwise))) if self.otherwise else day

    def _local(self, reader: Reader, table: str) -> Condition:
        from crmcli.domain.records import utc_text
        from crmcli.domain.zone_changes import zone_changes
        from crmcli.store.queries.buckets import chosen
        from crmcli.store.queries.common import sure_moment

        of_utc = Condition(f"substr(CAST({self.moment} AS TEXT), 1, 10)")
        column = self.moment.removeprefix("r.")
        # Each asked by itself is answered by the column's index.
        ends = [reader.value(f"SELECT {end}(p.{column}) FROM {table} p") for end in ("MIN", "MAX")]
        if None in ends:
            return of_utc
        first, last = (min(max(sure_moment(end).year, _YEARS[0]), _YEARS[1]) for end in ends)
        ahead, changes = zone_changes(self.zone, first, last)
        if not ahead and not changes:
            return of_utc
        moved = chosen(self.moment, [utc_text(each.at) for each in changes], [ahead, *(each.ahead for each in changes)])
        return Condition(reader.dialect.shifted_day(self.moment, moved.sql), moved.params)


Day = RateDay | str  # or SQL for a day, the same for all


def day_said(reader: Reader, day: Day, table: str = "deal") -> Condition:
    """The day at whose rate amounts of a table are taken, in SQL, as text."""
    return day.said(reader, table) if isinstance(day, RateDay) else Condition(f"CAST({day} AS TEXT)")


class Worth(NamedTuple):
    """``sql`` is an amount in minor units of ``currency``: NULL where there is none, or no rate for it.

    ``missing`` is true where there is an amount and no rate; None when that can't be, for all is in one currency.
    """

    currency: str
    sql: str
    params: tuple[object, ...] = ()
    missing: Condition | None = None


def worth(reader: Reader, wanted: str, base: str, table: str = "deal", *, day: Day) -> Worth:
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
    rate = _rate(_pairs(reader), others, wanted, code, day_said(reader, day, table))
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
    pairs: set[tuple[str, str]], codes: Sequence[str], wanted: str, code: Condition, day: Condition
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
    third: str, pairs: set[tuple[str, str]], codes: Sequence[str], wanted: str, code: Condition, day: Condition
) -> list[Condition]:
    if not any((each, third) in pairs and (each, wanted) not in pairs for each in codes if each != third):
        return []
    there = Condition("?", (third,))
    first, second = _leg(code, there, day), _leg(there, Condition("?", (wanted,)), day)
    return [Condition(f"{first.sql} * {second.sql}", (*first.params, *second.params))]


def _leg(one: Condition, other: Condition, day: Condition) -> Condition:
    """The rate from one currency to another on a day: as it was given, or else the other way round."""

    def given(left: Condition, right: Condition) -> Condition:
        sql = (
            f"(SELECT x.rate FROM exchange_rate x WHERE x.deleted_at IS NULL AND x.currency = {left.sql}"
            f" AND x.base = {right.sql} AND x.day <= {day.sql} ORDER BY x.day DESC LIMIT 1)"
        )
        return Condition(sql, (*left.params, *right.params, *day.params))

    straight, turned = given(one, other), given(other, one)
    return Condition(f"COALESCE({straight.sql}, 1.0 / {turned.sql})", (*straight.params, *turned.params))


def weighted(amount: Worth) -> Condition:
    """What a deal ``r`` in stage ``s`` is worth by its probability, to the minor unit, as ``Money.share`` rounds it.

    Every sum of weighted values is one of these: it is that of the deals as they are shown, however they are grouped.
    """
    share = f"CAST({amount.sql} AS DOUBLE PRECISION) * COALESCE(r.probability, s.probability) / 100.0"
    return Condition(f"(({share} + {_WHOLE}) - {_WHOLE})", amount.params)


def currencies(reader: Reader, base: str, table: str = "deal") -> list[str]:
    """The currencies of a table's amounts, in order."""
    # Said so that SQLite reads the table in order, not by an index that holds its live rows only.
    sql = f"SELECT DISTINCT currency FROM {table} WHERE NOT (deleted_at IS NOT NULL) AND value IS NOT NULL"
    return sorted({code or base for (code,) in reader.rows(sql)})
