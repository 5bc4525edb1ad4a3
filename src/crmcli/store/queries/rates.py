"""Exchange rates, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import RateView
from crmcli.store.queries.common import day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader


def rates(reader: Reader, where: Condition, limit: int | None = None, offset: int = 0) -> Iterator[RateView]:
    """The rates that a condition selects, by currency, the newest first; the one without a day last."""
    sql = (
        "SELECT r.id, r.currency, r.base, r.day, r.rate, r.note FROM exchange_rate r WHERE r.deleted_at IS NULL"
        f" AND ({where.sql}) ORDER BY r.currency, r.base, r.day DESC LIMIT ? OFFSET ?"
    )
    for number, currency, base, on, rate, note in reader.stream(
        sql, (*where.params, 2**62 if limit is None else limit, offset)
    ):
        yield RateView(number, currency, base, day(on or None), rate, note)


def known_rates(reader: Reader, base: str, days: Sequence[str]) -> dict[tuple[str, str], tuple[int, float]]:
    """The live rates in a currency of some days: number and rate by currency and day."""
    among, params = reader.dialect.among(list(days))
    sql = (
        "SELECT r.currency, r.day, r.id, r.rate FROM exchange_rate r"
        f" WHERE r.deleted_at IS NULL AND r.base = ? AND r.day {among}"
    )
    return {(code, on): (number, rate) for code, on, number, rate in reader.rows(sql, (base, *params))}


def is_rated(reader: Reader, one: str, other: str, on: str) -> bool:
    """Whether a rate between two currencies, in either direction, is known on a day."""
    sql = (
        "SELECT 1 FROM exchange_rate r WHERE r.deleted_at IS NULL AND r.day <= ?"
        " AND ((r.currency = ? AND r.base = ?) OR (r.currency = ? AND r.base = ?)) LIMIT 1"
    )
    return reader.value(sql, (on, one, other, other, one)) is not None
