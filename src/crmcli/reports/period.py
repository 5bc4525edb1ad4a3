"""The stretch of time that a report is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime


class Window(NamedTuple):
    """A half-open interval of UTC moments as they are kept, and its name; None is all time."""

    bounds: tuple[str, str] | None = None
    label: str | None = None


def window(now: datetime, period: str | None = None, since: str | None = None, until: str | None = None) -> Window:
    """The window that ``--period``, or ``--since`` and ``--until`` (both days included), name; raises BadValue."""
    from crmcli.domain.periods import read_period, span, utc_bounds
    from crmcli.domain.records import utc_text

    if period is not None:
        if since is not None or until is not None:
            raise UsageError("give --period, or --since and --until")
        found = read_period(period, now)
        start, end = utc_bounds(found, now)
        return Window((utc_text(start), utc_text(end)), found.label)
    if since is None and until is None:
        return Window()
    first = utc_text(span(since, now, "since")[0]) if since is not None else "0001-01-01T00:00:00Z"
    after = utc_text(span(until, now, "until")[1]) if until is not None else "9999-12-31T00:00:00Z"
    if after <= first:
        raise UsageError("--until lies before --since")
    return Window((first, after), f"{since or ''}..{until or ''}")


def month_of(moment: str | None, now: datetime) -> str | None:
    """The local month of a kept moment: ``2026-06``."""
    from datetime import datetime as moments

    return None if moment is None else f"{moments.fromisoformat(moment).astimezone(now.tzinfo):%Y-%m}"
