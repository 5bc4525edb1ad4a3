"""The stretch of time that a report is about, and the one it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.domain.dates import Period


class Window(NamedTuple):
    """A half-open interval of UTC moments as they are kept, and its name; None is all time.

    ``days`` are the whole local days that it covers, None where it begins or ends within a day, or never.
    """

    bounds: tuple[str, str] | None = None
    label: str | None = None
    days: Period | None = None


def window(
    now: datetime, period: str | None = None, since: str | None = None, until: str | None = None, *, fiscal: int = 1
) -> Window:
    """The window that ``--period``, or ``--since`` and ``--until`` (both days included), name; raises BadValue.

    ``fiscal`` is the month in which fiscal years begin.
    """
    from crmcli.domain.fiscal import read_fiscal
    from crmcli.domain.periods import read_period, span
    from crmcli.domain.records import utc_text

    if period is not None:
        if since is not None or until is not None:
            raise UsageError("give --period, or --since and --until")
        in_fiscal_years = read_fiscal(period, now, fiscal)
        if in_fiscal_years is None:
            return of_days(read_period(period, now), now)
        name = " ".join(period.upper().split()) if period.lower().lstrip().startswith(("fy", "q")) else period
        return of_days(in_fiscal_years, now, f"{name} ({in_fiscal_years.label})")
    if since is None and until is None:
        return Window()
    days = _whole_days(since, until, now)
    if days is not None:
        return of_days(days, now)
    first = utc_text(span(since, now, "since")[0]) if since is not None else "0001-01-01T00:00:00Z"
    after = utc_text(span(until, now, "until")[1]) if until is not None else "9999-12-31T00:00:00Z"
    if after <= first:
        raise UsageError("--until lies before --since")
    return Window((first, after), f"{since or ''}..{until or ''}")


def _whole_days(since: str | None, until: str | None, now: datetime) -> Period | None:
    """The days between two that are named; None where an end is open, or lies within a day."""
    from crmcli.domain.dates import Period
    from crmcli.domain.periods import read_days

    if since is None or until is None:
        return None
    first, last = read_days(since, now, "since"), read_days(until, now, "until")
    if first is None or last is None or last.end <= first.start:
        return None
    return Period(first.start, last.end)


def of_days(days: Period, now: datetime, label: str | None = None) -> Window:
    """The window of whole local days."""
    from crmcli.domain.periods import utc_bounds
    from crmcli.domain.records import utc_text

    start, end = utc_bounds(days, now)
    return Window((utc_text(start), utc_text(end)), label or days.label, days)


def compared_with(span: Window, compare: str, now: datetime) -> Window:
    """The window before (``previous``), or a year earlier (``year``); raises UsageError."""
    from crmcli.domain.periods import before

    if compare not in ("previous", "year"):
        raise UsageError(f"--compare: {compare!r} is neither previous nor year")
    if span.days is None:
        raise UsageError(
            "--compare needs a period of whole days, with both its ends", hint="--period 'this month', --period 2026"
        )
    return of_days(before(span.days, compare), now)


def month_of(moment: str | None, now: datetime) -> str | None:
    """The local month of a kept moment: ``2026-06``."""
    from datetime import datetime as moments

    return None if moment is None else f"{moments.fromisoformat(moment).astimezone(now.tzinfo):%Y-%m}"
