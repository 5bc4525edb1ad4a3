"""How far what is being sent is, and how fast it goes, from what was seen of it one look after the other."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from crmcli.tui.campaign_words import bar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.render.locale import Locale
    from crmcli.store.queries.campaign_board import Sending

_LOOKS = 10
_BAR = 16


class Paces:
    """What was seen of each campaign lately."""

    def __init__(self) -> None:
        self._seen: dict[int, deque[tuple[float, int]]] = {}

    def take(self, sendings: Mapping[int, Sending]) -> None:
        """See how far each is now."""
        now = monotonic()
        for number, sending in sendings.items():
            seen = self._seen.setdefault(number, deque(maxlen=_LOOKS))
            seen.append((now, sending.sent))

    def rate(self, number: int) -> float:
        """Messages a second, over what was seen; 0 where nothing moves."""
        seen = self._seen.get(number)
        if not seen or len(seen) < 2:
            return 0.0
        (before, first), (now, last) = seen[0], seen[-1]
        return max(0.0, (last - first) / (now - before)) if now > before else 0.0

    def moving(self) -> frozenset[int]:
        """Those that are being sent just now."""
        return frozenset(number for number in self._seen if self.rate(number))

    def told(self, number: int, sending: Sending, locale: Locale) -> str:
        """A bar and the figures; the empty text when there is nothing to send and nothing to be looked at."""
        troubles = [
            f"{locale.number(count)} {what}"
            for count, what in ((sending.failed, "failed"), (sending.in_doubt, "in doubt"), (sending.retry, "to be tried again"))
            if count
        ]  # fmt: skip
        if sending.is_over:
            return " · ".join(troubles)
        drawn = bar(sending.sent, sending.failed + sending.in_doubt, sending.whole, _BAR)
        parts = [f"{drawn} {locale.number(sending.sent)} of {locale.number(sending.whole)} sent"]
        rate = self.rate(number)
        if rate >= 0.05:
            left = (sending.left + sending.retry) / rate
            parts.append(f"{locale.number(rate, 1)}/s, {_time(left)} left")
        else:
            parts.append(f"{locale.number(sending.left + sending.retry)} left to send")
        return " · ".join((*parts, *troubles))


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
