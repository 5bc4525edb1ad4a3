"""How late deals were decided, and how their expected close was moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.groups import group_rows, group_values
from crmcli.store.queries.lengths import wall_day

if TYPE_CHECKING:
    from datetime import date

    from crmcli.clock import Clock
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader

_DAY = 86_400


def due_by(where: Condition, today: str) -> Condition:
    """The deals that fit, have an expected close, and are closed or past it."""
    due = Condition("r.expected_close IS NOT NULL AND (s.kind <> 'open' OR r.expected_close < ?)", (today,))
    return both(where, due)


def days_late(reader: Reader, clock: Clock, group: Group, due: Condition, today: date) -> dict[object, dict[int, int]]:
    """For each group, how many deals were decided (or are still open) so many days past their expected close."""
    late = _lateness(reader, clock, today)
    found: dict[object, dict[int, int]] = {}
    for key, days, count in group_rows(reader, group, [Condition("COUNT(*)")], due, split=[late]):
        found.setdefault(key, {})[days] = count
    return found


def numbers_late(reader: Reader, clock: Clock, group: Group, due: Condition, today: date) -> dict[object, list[int]]:
    """For each group, the numbers of the deals decided, or still open, after the day of their expected close."""
    late = _lateness(reader, clock, today)
    fits = both(due, Condition(f"({late.sql}) > 0", late.params))
    found: dict[object, list[int]] = {}
    for key, number in group_values(reader, group, [Condition("r.id")], fits):
        found.setdefault(key, []).append(number)
    return found


def _lateness(reader: Reader, clock: Clock, today: date) -> Condition:
    """Days past the expected close; below zero for a deal that was decided before."""
    from datetime import date as dates

    closed = wall_day(reader, clock, "r.closed_at")
    now = (today - dates(1970, 1, 1)).days
    expected = f"{reader.dialect.seconds('r.expected_close')} / {_DAY}"
    return Condition(f"CASE WHEN s.kind = 'open' THEN {now} ELSE {closed.sql} END - {expected}", closed.params)


def moves(reader: Reader, group: Group, due: Condition) -> dict[object, dict[int, list[int]]]:
    """For each group, by how many days the expected close of each deal (by its number) was moved, move by move."""
    import json
    from datetime import date as dates

    changed = Condition(
        " JOIN (SELECT c.record_id, c.before, c.after FROM change c WHERE c.noun = 'deal' AND c.relation = 'deal'"
        " AND c.action = 'update' AND CAST(c.before AS TEXT) LIKE ?) h ON h.record_id = r.id",
        ('%"expected_close"%',),
    )
    values = [Condition("r.id"), Condition("h.before"), Condition("h.after")]
    found: dict[object, dict[int, list[int]]] = {}
    for key, number, before, after in group_values(reader, group, values, due, changed):
        was, is_now = (json.loads(side or "{}").get("expected_close") for side in (before, after))
        if was and is_now:
            days = (dates.fromisoformat(is_now) - dates.fromisoformat(was)).days
            found.setdefault(key, {}).setdefault(number, []).append(days)
    return found
