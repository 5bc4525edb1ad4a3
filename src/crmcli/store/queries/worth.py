"""Money of many currencies in one of them, by dated rates, within SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import exponent
from crmcli.store.queries.condition import Condition
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.reader import Reader


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

    An amount that names no currency is in the base currency. Where all the table's money is in one other currency, and
    there is no rate for it, that currency is the answer's: what is all in crowns is counted in crowns.
    """
    found = currencies(reader, base, table)
    others = [code for code in found if code != wanted]
    if not others:
        return Worth(wanted, "r.value")
    rated = _rated(reader, others, wanted)
    if len(found) == 1 and not rated:
        return Worth(others[0], "r.value")
    code = Condition("COALESCE(r.currency, ?)", (base,))
    rate = Condition(
        f"(SELECT x.rate FROM exchange_rate x WHERE x.deleted_at IS NULL AND x.currency = {code.sql} AND x.base = ?"
        f" AND x.day <= substr(CAST({day} AS TEXT), 1, 10) ORDER BY x.day DESC LIMIT 1)",
        (*code.params, wanted),
    )
    # A rate is between major units, an amount is in minor ones: 100 yen have none, a dinar has a thousand.
    scaled = {other: 10.0 ** (exponent(wanted) - exponent(other)) for other in others}
    scale = " ".join(f"WHEN ? THEN {power!r}" for power in scaled.values())
    sql = f"(CASE WHEN {code.sql} = ? THEN r.value ELSE r.value * {rate.sql} * CASE {code.sql} {scale} END END)"
    params = (*code.params, wanted, *rate.params, *code.params, *scaled)
    missing = Condition(
        f"r.value IS NOT NULL AND {code.sql} <> ? AND {rate.sql} IS NULL", (*code.params, wanted, *rate.params)
    )
    return Worth(wanted, sql, params, missing)


def currencies(reader: Reader, base: str, table: str = "deal") -> list[str]:
    """The currencies of a table's amounts, in order."""
    sql = f"SELECT DISTINCT currency FROM {table} WHERE deleted_at IS NULL AND value IS NOT NULL"
    return sorted({code or base for (code,) in reader.rows(sql)})


def _rated(reader: Reader, codes: Sequence[str], wanted: str) -> bool:
    sql = f"SELECT 1 FROM exchange_rate WHERE deleted_at IS NULL AND base = ? AND currency IN ({marks(codes)}) LIMIT 1"
    return reader.row(sql, (wanted, *codes)) is not None
