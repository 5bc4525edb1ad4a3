"""When the clocks of a time zone were changed, and by how much they are ahead of UTC between the changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Some zones change their clocks for one month of the year and back; none does so within three weeks.
_STEP = timedelta(days=21)
_SECOND = timedelta(seconds=1)


class ZoneChange(NamedTuple):
    """From this moment (UTC) on the clocks of a zone are so many seconds ahead of UTC."""

    at: datetime
    ahead: int


def ahead_of_utc(zone: tzinfo, moment: datetime) -> int:
    """By how many seconds the clocks of a zone are ahead of UTC at a moment."""
    return round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())


def zone_changes(zone: tzinfo, first_year: int, last_year: int) -> tuple[int, list[ZoneChange]]:
    """How far ahead of UTC the zone is when the first year begins, and every change up to the end of the last one."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    return ahead_of_utc(zone, start), list(_changes(zone, start, end))


def _changes(zone: tzinfo, start: datetime, end: datetime) -> Iterator[ZoneChange]:
    here = start
    while here < end:
        after = min(here + _STEP, end)
        before = ahead_of_utc(zone, here)
        if ahead_of_utc(zone, after) != before:
            yield ZoneChange(_first_with_another(zone, here, after), ahead_of_utc(zone, after))
        here = after


def _first_with_another(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """The second between two moments from which on the clocks are no more as they were at the first."""
    before = ahead_of_utc(zone, low)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        low, high = (middle, high) if ahead_of_utc(zone, middle) == before else (low, middle)
    return high
