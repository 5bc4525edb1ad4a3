"""The head of a lane: the stage, how many deals, their value and their weighted value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from crmcli.render.cells import cut, width
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.board import Lane
    from crmcli.domain.money import Money
    from crmcli.render.locale import Locale


class StageHead(Widget):
    """Three lines about a lane."""

    def __init__(self, lane: Lane, locale: Locale) -> None:
        super().__init__(classes=f"-{lane.stage.kind}")
        self._lane = lane
        self._locale = locale

    def show(self, lane: Lane) -> None:
        """Show other figures."""
        self._lane = lane
        self.refresh()

    def render(self) -> Content:
        """The name and the count, the value, the weighted value."""
        cells = max(1, self.content_size.width)
        lane, locale = self._lane, self._locale
        count = locale.number(len(lane.cards))
        name = cut(visible(lane.stage.stage), cells - width(count) - 1)
        gap = " " * (cells - width(name) - width(count))
        weighted = amounts_text(lane.weighted, cells, locale)
        return Content("\n").join(
            [
                Content.assemble((name, "bold"), gap, (count, "bold")),
                _labelled("value", amounts_text(lane.value, cells, locale), cells, ""),
                _labelled("weighted", weighted, cells, "$text-muted"),
            ]
        )


def _labelled(label: str, text: str, cells: int, style: str) -> Content:
    """The text at the right, its label at the left where there is room for both."""
    room = cells - width(text)
    if room > width(label):
        return Content.assemble((label, "$text-muted"), " " * (room - width(label)), (text, style))
    return Content.assemble(" " * room, (text, style))


def amounts_text(amounts: Sequence[Money], cells: int, locale: Locale) -> str:
    """The sum of each currency in so many cells; those that do not fit are counted."""
    texts = [locale.money(amount) for amount in amounts] or ["—"]
    whole = " + ".join(texts)
    if width(whole) <= cells:
        return whole
    rest = f" +{len(texts) - 1}" if len(texts) > 1 else ""
    return cut(texts[0] + rest, cells)
