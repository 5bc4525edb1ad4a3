"""The number typed before a motion: ``3j`` goes down three."""

from __future__ import annotations

_MOST = 9999


class Count:
    """Digits as they are typed; a 0 begins none."""

    def __init__(self) -> None:
        self._digits = ""

    def __bool__(self) -> bool:
        """Whether any digit waits for what it counts."""
        return bool(self._digits)

    @property
    def shown(self) -> str:
        """What was typed so far."""
        return self._digits

    def add(self, digit: int) -> None:
        """One more digit."""
        self._digits = str(min(_MOST, int(f"{self._digits}{digit}")))

    def take(self) -> int:
        """The number, 1 when there is none; the next one begins anew."""
        digits, self._digits = self._digits, ""
        return int(digits or 1) or 1
