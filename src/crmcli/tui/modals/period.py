"""A period: one of the usual ones, or any words for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, OptionList

from crmcli.domain.periods import read_period
from crmcli.errors import BadValue
from crmcli.render.safe import visible
from crmcli.tui.modals.picker import Choice, Picker

if TYPE_CHECKING:
    from datetime import datetime

USUAL = (
    "this month", "last month", "this quarter", "last quarter", "this year", "last year", "last 7d", "last 30d",
    "last 90d", "last 365d",
)  # fmt: skip
ALL_TIME = "all time"


class PeriodPicker(Picker):
    """Dismissed with the words, nothing for all time, None when it was left."""

    def __init__(self, present: str, now: datetime) -> None:
        own = [present] if present and present not in USUAL else []
        words = [*own, *USUAL]
        options = [Choice(ALL_TIME), *(Choice(each, about=_days(each, now)) for each in words)]
        super().__init__("period", options, present or ALL_TIME)
        self._now = now

    def on_mount(self) -> None:
        """Say what else can be typed."""
        self.query_one(Input).placeholder = "type to narrow, or: 2026-03, Q2-2026, last 45d, 2026-01..today"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed, if it is a period; else the one at the cursor."""
        try:
            read_period(event.value, self._now)
        except BadValue as bad:
            if self.query_one(OptionList).highlighted is None:
                event.prevent_default().stop()
                self.notify(visible(bad.message), severity="error", markup=False, timeout=5)
        else:
            event.prevent_default().stop()
            self.dismiss(event.value.strip())


def _days(words: str, now: datetime) -> str:
    from datetime import timedelta

    period = read_period(words, now)
    return f"{period.start.isoformat()} to {(period.end - timedelta(days=1)).isoformat()}"
