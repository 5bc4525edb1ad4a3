"""How fast and when messages may go out: pure arithmetic over what went out before, given the present moment."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from crmcli.domain.campaign_settings import Pace, Window

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""How long to wait after the first, second … attempt that failed for the time being."""
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


class Limit(NamedTuple):
    """So many messages at most in any stretch of time as long as this."""

    messages: int
    time: timedelta


class Day(NamedTuple):
    """A day of the warm-up: how many have gone out, how many may, and when the next day begins."""

    sent: int
    most: int | None
    ends: datetime


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """When a message is tried again after so many attempts; None when it has failed for good."""
    return now + RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


def limits_of(pace: Pace, batch_pause: timedelta) -> list[Limit]:
    """The limits that a campaign's rules come to; a batch is so many messages in the time of its pause."""
    told = ((pace.per_minute, _MINUTE), (pace.per_hour, _HOUR), (pace.batch, batch_pause))
    return [Limit(messages, time) for messages, time in told if messages]


class Pacer:
    """Says when the next message may go; ``earlier`` are the moments of those that went, the oldest first."""

    def __init__(self, limits: Iterable[Limit], earlier: Iterable[datetime] = (), day: Day | None = None) -> None:
        self._limits = list(limits)
        most = max((limit.messages for limit in self._limits), default=0)
        self._sent: deque[datetime] = deque(earlier, maxlen=most)
        self._day = day

    def next_at(self, now: datetime) -> datetime:
        """The moment from which the next message may go: ``now`` or a later one."""
        full = (limit for limit in self._limits if len(self._sent) >= limit.messages)
        moments = [now, *(self._sent[-limit.messages] + limit.time for limit in full)]
        if self._day is not None and self._day.most is not None and self._day.sent >= self._day.most:
            moments.append(self._day.ends)
        return max(moments)

    def sent(self, now: datetime) -> None:
        """Count a message."""
        self._sent.append(now)
        if self._day is not None:
            self._day = self._day._replace(sent=self._day.sent + 1)


def opens_at(window: Window | None, now: datetime, zone: tzinfo | None) -> datetime:
    """When a window is open by the clock of a time zone: ``now``, or the moment of its next opening."""
    if window is None:
        return now
    local = now.astimezone(zone)
    if window.holds(local.weekday(), local.hour * 60 + local.minute):
        return now
    for days in range(8):
        day = local.date() + timedelta(days=days)
        opening = local.replace(
            year=day.year, month=day.month, day=day.day, hour=window.start // 60 % 24, minute=window.start % 60,
            second=0, microsecond=0, fold=0,
        )  # fmt: skip
        if opening > local and day.weekday() in window.days:
            return opening.astimezone(now.tzinfo)
    return now


def midnight_after(now: datetime, zone: tzinfo | None) -> datetime:
    """When the present day ends by the clock of a time zone."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=1)
    start = local.replace(
        year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0, fold=0
    )
    return start.astimezone(now.tzinfo)
