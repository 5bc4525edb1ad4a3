"""How long things took, in SQL: by the clock on the wall, so that a day with a change of summer time is one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.clock import Clock
    from crmcli.domain.zone_changes import ZoneChange
    from crmcli.store.reader import Reader

_DAY = 86_400
_FIRST_YEAR = 1970  # before it the zone is taken to be as it was then


def wall_seconds(reader: Reader, clock: Clock, start: str, end: str) -> Condition:
    """The seconds from one column's moment to another's by the clock on the user's wall."""
    from crmcli.domain.dates import zone_of
    from crmcli.domain.zone_changes import zone_changes

    now = clock.local()
    ahead, changes = zone_changes(zone_of(now), _FIRST_YEAR, now.year + 1)
    first, last = (reader.dialect.seconds(column) for column in (start, end))
    if not changes:
        return Condition(f"({last} - {first})")
    shift_first, shift_last = (_ahead(column, ahead, changes) for column in (start, end))
    sql = f"({last} + {shift_last.sql} - {first} - {shift_first.sql})"
    return Condition(sql, (*shift_last.params, *shift_first.params))


def wall_day(reader: Reader, clock: Clock, column: str) -> Condition:
    """The day of a column's moment on the user's wall, counted from the beginning of 1970."""
    from crmcli.domain.dates import zone_of
    from crmcli.domain.zone_changes import zone_changes

    now = clock.local()
    ahead, changes = zone_changes(zone_of(now), _FIRST_YEAR, now.year + 1)
    shift = _ahead(column, ahead, changes)
    return Condition(f"(({reader.dialect.seconds(column)} + {shift.sql}) / {_DAY})", shift.params)


def _ahead(column: str, first: int, changes: Sequence[ZoneChange]) -> Condition:
    """By how many seconds the zone is ahead of UTC at the column's moment."""
    from crmcli.domain.records import utc_text

    ahead = [first, *(change.ahead for change in changes)]
    bounds = [utc_text(change.at) for change in changes]

    def tree(low: int, high: int) -> Condition:
        if low == high:
            return Condition(str(ahead[low]))
        middle = (low + high) // 2
        before, after = tree(low, middle), tree(middle + 1, high)
        sql = f"CASE WHEN {column} < ? THEN {before.sql} ELSE {after.sql} END"
        return Condition(sql, (bounds[middle], *before.params, *after.params))

    return tree(0, len(bounds))
