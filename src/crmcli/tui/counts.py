"""The number typed before a motion: ``3j`` goes down three."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 9999


class Count:
    """Digits as they are typed; a 0 begins none."""

    def __init__(self, changed: Callable[[str], None] = lambda _: None) -> None:
        self._digits = ""
        self._changed = changed  # told what is typed so far, "" once it was taken

    def __bool__(self) -> bool:
        """Whether any digit waits for what it counts."""
        return bool(self._digits)

    def add(self, digit: int) -> None:
        """One more digit."""
        self._digits = str(min(_MOST, int(f"{self._digits}{digit}")))
        self._changed(self._digits)

    def take(self) -> int:
        """The number, 1 when there is none; the next one begins anew."""
        digits, self._digits = self._digits, ""
        if digits:
            self._changed("")
        return int(digits or 1) or 1
