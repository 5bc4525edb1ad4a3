"""The figures of consecutive stretches of time, each table asked once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.buckets import bucket
from crmcli.store.queries.worth import weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


class Closed(NamedTuple):
    """Deals closed in a stretch; the value won in minor units."""

    won: int = 0
    lost: int = 0
    value: float = 0


class Standing(NamedTuple):
    """What is open now; values in minor units."""

    deals: int
    value: float
    weighted: float


def closed_in(reader: Reader, bounds: Sequence[str], money: Worth, where: Condition) -> list[Closed]:
    """Won and lost deals of each stretch from one bound to the next."""
    place = bucket("r.closed_at", bounds[1:-1])
    sql = (
        f"SELECT {place.sql}, SUM(CASE WHEN s.kind = 'won' THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN s.kind = 'lost' THEN 1 ELSE 0 END),"
        f" SUM(CASE WHEN s.kind = 'won' THEN {money.sql} END) FROM deal r JOIN stage s ON s.id = r.stage_id"
        " WHERE r.deleted_at IS NULL AND r.closed_at >= ? AND r.closed_at < ?"
        f" AND s.kind <> 'open' AND ({where.sql}) GROUP BY 1"
    )
    params = (*place.params, *money.params, bounds[0], bounds[-1], *where.params)
    found = {key: Closed(won, lost, float(value or 0)) for key, won, lost, value in reader.rows(sql, params)}
    return [found.get(key, Closed()) for key in range(len(bounds) - 1)]


def made_in(reader: Reader, table: str, column: str, bounds: Sequence[str], where: Condition) -> list[int]:
    """How many rows of a table have a moment in each stretch."""
    place = bucket(f"r.{column}", bounds[1:-1])
    done = " AND r.status = 'done'" if table == "activity" else ""
    sql = (
        f"SELECT {place.sql}, COUNT(*) FROM {table} r WHERE r.deleted_at IS NULL"
        f" AND r.{column} >= ? AND r.{column} < ?{done} AND ({where.sql}) GROUP BY 1"
    )
    found: dict[int, int] = dict(reader.rows(sql, (*place.params, bounds[0], bounds[-1], *where.params)))
    return [found.get(key, 0) for key in range(len(bounds) - 1)]


def standing(reader: Reader, money: Worth, where: Condition) -> Standing:
    """The open deals, their worth and what that is by their probabilities."""
    share = weighted(money)
    sql = (
        f"SELECT COUNT(*), SUM({money.sql}), SUM({share.sql})"
        " FROM deal r JOIN stage s ON s.id = r.stage_id AND s.kind = 'open'"
        f" WHERE r.deleted_at IS NULL AND r.closed_at IS NULL AND ({where.sql})"
    )
    row = reader.row(sql, (*money.params, *share.params, *where.params)) or (0, 0, 0)
    return Standing(row[0], float(row[1] or 0), float(row[2] or 0))
