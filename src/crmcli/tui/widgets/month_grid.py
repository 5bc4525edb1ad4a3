"""A month on the screen: weeks below each other, campaigns as bars across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from crmcli.tui.campaign_month import Grid, Run, month_grid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from textual.geometry import Size

    from crmcli.domain.views import CalendarItem
    from crmcli.services.campaign_calendar import Month

_LANES, _FEW = 3, 1  # lines of bars that a week may have, on a tall screen and on a short one


class MonthGrid(Widget):
    """As high as its weeks are."""

    def __init__(self) -> None:
        super().__init__(id="month")
        self.month: Month | None = None
        self._items: Sequence[CalendarItem] = ()
        self._today: date | None = None
        self._chosen = ""

    def show(self, month: Month, items: Sequence[CalendarItem], today: date, chosen: str) -> None:
        """Show another month, or pick out another campaign in it."""
        self.month, self._items, self._today, self._chosen = month, items, today, chosen
        self.refresh(layout=True)

    def _lines(self, cells: int) -> list[list[Run]]:
        if self.month is None or self._today is None or cells <= 0:
            return []
        lanes = _FEW if self.screen.has_class("-short") else _LANES
        return month_grid(self.month, self._items, Grid(cells, lanes, self._today, self._chosen))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - the base's
        """The lines of all weeks."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Line by line."""
        return Content("\n").join([Content.assemble(*line) for line in self._lines(self.content_size.width)])
