"""Where the user has been: back and forward, as in a browser."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple

_LONGEST = 100


class Spot(NamedTuple):
    """A place to be: a screen and, for a record's page, the record as ``noun:uid``."""

    screen: str
    ref: str = ""


class Trail:
    """The spots in the order in which they were visited, and which of them is the present one."""

    def __init__(self, start: Spot) -> None:
        self._spots = [start]
        self._place = 0

    @property
    def here(self) -> Spot:
        """The present spot."""
        return self._spots[self._place]

    @property
    def seen(self) -> list[Spot]:
        """Every spot once, the one visited last first."""
        return list(dict.fromkeys(reversed(self._spots)))

    def visit(self, spot: Spot) -> None:
        """Go to a spot; what could be gone forward to is forgotten."""
        if spot != self.here:
            self._spots = [*self._spots[: self._place + 1], spot][-_LONGEST:]
            self._place = len(self._spots) - 1

    def go(self, steps: int) -> Spot:
        """Go so many steps forward, or back when negative, as far as there is a way; the spot there."""
        self._place = max(0, min(self._place + steps, len(self._spots) - 1))
        return self.here
