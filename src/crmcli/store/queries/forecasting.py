"""Open deals by when they should be decided and how sure they are, and what became of those before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.groups import COUNT, group_rows, group_values, worth_sum
from crmcli.store.queries.worth import weighted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

PROBABILITY = "COALESCE(r.probability, s.probability)"
# An open stage that calls itself closed is as good as a promise.
CATEGORY = "CASE WHEN s.forecast_category = 'closed' THEN 'commit' ELSE s.forecast_category END"
OPEN = Condition("s.kind = 'open'")
# So many of the deals closed last say how deals end: enough for any share, and what was long ago tells little.
LAST_CLOSED = 20_000


class Expected(NamedTuple):
    """The open deals of one group; amounts in minor units."""

    deals: int
    value: float
    weighted: float
    commit: float
    best_case: float
    overdue: float  # the part of ``weighted`` that should have been decided before today


def expected(reader: Reader, group: Group, money: Worth, where: Condition, today: str) -> dict[object, Expected]:
    """What is open in each group, by the group's key."""
    amount = f"CAST({money.sql} AS DOUBLE PRECISION)"
    share = weighted(money).sql

    def summed(sql: str, when: str = "", *params: object) -> Condition:
        # A condition stands before the amount whose parameters follow it.
        inner = f"CASE WHEN {when} THEN {sql} END" if when else sql
        return Condition(f"COALESCE(SUM({inner}), 0)", (*params, *money.params))

    measures = [
        COUNT,
        summed(amount),
        summed(share),
        summed(amount, f"{CATEGORY} = 'commit'"),
        summed(amount, f"{CATEGORY} = 'best_case'"),
        summed(share, "r.expected_close < ?", today),
    ]
    rows = group_rows(reader, group, measures, both(OPEN, where))
    return {key: Expected(*figures) for key, *figures in rows}


def won_deals(reader: Reader, group: Group, money: Worth, where: Condition) -> dict[object, tuple[int, float]]:
    """The number and worth of the deals won in each group."""
    rows = group_rows(reader, group, [COUNT, worth_sum(money)], both(Condition("s.kind = 'won'"), where))
    return {key: (count, value) for key, count, value in rows}


def chances(reader: Reader, group: Group, money: Worth, where: Condition) -> Iterator[Row]:
    """Of each open deal: its group, number, worth, probability in per cent, and the number of its stage."""
    values = [
        Condition("r.id"), Condition(money.sql, money.params), Condition(PROBABILITY), Condition("s.id"),
    ]  # fmt: skip
    return group_values(reader, group, values, both(OPEN, where))


def endings(reader: Reader) -> dict[int, dict[str, int]]:
    """How the deals closed last ended (won, lost), by the number of each open stage that they were seen in.

    Seen is a deal where a move says that it came there. How the others came to their end is not known: that a won one
    must have been everywhere and a lost one need not would make every stage as good as won.
    """
    sql = (
        "SELECT e.stage, e.kind, COUNT(*) FROM (SELECT DISTINCT d.id, s.kind, p.id AS stage FROM"
        " (SELECT r.id, r.stage_id FROM deal r WHERE r.deleted_at IS NULL AND r.closed_at IS NOT NULL"
        " ORDER BY r.closed_at DESC LIMIT ?) d JOIN stage s ON s.id = d.stage_id AND s.kind <> 'open'"
        " JOIN stage_change h ON h.deal_id = d.id JOIN stage p ON p.id = h.to_stage_id AND p.kind = 'open') e"
        " GROUP BY e.stage, e.kind"
    )
    found: dict[int, dict[str, int]] = {}
    for stage, kind, count in reader.rows(sql, (LAST_CLOSED,)):
        found.setdefault(stage, {})[kind] = count
    return found


class OpenStage(NamedTuple):
    """An open stage; ``probability`` in per cent."""

    number: int
    pipeline_name: str
    name: str
    probability: int
    category: str


def open_stages(reader: Reader) -> list[OpenStage]:
    """The open stages of all pipelines, in order."""
    sql = (
        f"SELECT s.id, w.name, s.name, s.probability, {CATEGORY} FROM stage s"
        " JOIN pipeline w ON w.id = s.pipeline_id WHERE s.kind = 'open' AND s.deleted_at IS NULL AND w.deleted_at IS NULL"
        " ORDER BY w.position, w.id, s.position, s.id"
    )
    return [OpenStage._make(row) for row in reader.rows(sql)]
