"""What time it is, and where the user is: the only place that asks the machine."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from crmcli.domain.frozen import NamedTuple


class Clock(NamedTuple):
    """The present moment in the user's time zone; ``frozen`` (a moment) stops it, ``zone`` None means the machine's."""

    zone: tzinfo | None = None
    frozen: datetime | None = None

    def now(self) -> datetime:
        """The present moment, aware, in UTC, to the second."""
        return (self.frozen or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)

    def local(self) -> datetime:
        """The present moment, aware, in the user's zone."""
        return self.now().astimezone(self.zone)


def zone_named(name: str) -> tzinfo:
    """The IANA time zone of that name; ValueError when there is none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError; a folder's name is an OSError
        raise ValueError(name) from error


def machine_zone() -> tzinfo | None:
    """The machine's zone with its daylight-saving rules where they can be found; None leaves it to the C library."""
    import os

    name = os.environ.get("TZ", "").removeprefix(":")
    if not name:
        target = os.path.realpath("/etc/localtime")
        _, found, name = target.partition("zoneinfo/")
        name = name if found else ""
    try:
        return zone_named(name) if name else None
    except ValueError:
        return None
