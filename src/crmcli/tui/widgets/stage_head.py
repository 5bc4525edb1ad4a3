"""The head of a lane: the stage, how many deals, their value and their weighted value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from crmcli.domain.money import exponent
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
        self._locale = locale
        self._figure(lane)

    def show(self, lane: Lane) -> None:
        """Show other figures."""
        self._figure(lane)
        self.refresh()

    def _figure(self, lane: Lane) -> None:
        # Summed once, not each time it is drawn.
        self._lane, self._value, self._weighted = lane, lane.value, lane.weighted

    def render(self) -> Content:
        """The name and the count, the value, the weighted value."""
        cells = max(1, self.content_size.width)
        lane, locale = self._lane, self._locale
        count = locale.number(len(lane.cards))
        name = cut(visible(lane.stage.stage), cells - width(count) - 1)
        gap = " " * (cells - width(name) - width(count))
        return Content("\n").join(
            [
                Content.assemble((name, "bold"), gap, (count, "bold")),
                _labelled("value", self._value, cells, locale),
                _labelled("weighted", self._weighted, cells, locale),
            ]
        )


def _labelled(label: str, amounts: Sequence[Money], cells: int, locale: Locale) -> Content:
    """The amounts at the right, their label at the left; to the whole unit, or without the label, where there is no room."""
    room = cells - width(label) - 1
    exact = amounts_text(amounts, cells, locale)
    text = exact if width(exact) <= room else amounts_text([whole(amount) for amount in amounts], cells, locale)
    if width(text) <= room:
        return Content.assemble((label, "dim"), " " * (cells - width(label) - width(text)), text)
    return Content(" " * (cells - width(text)) + text)


def whole(amount: Money) -> Money:
    """The amount to the whole unit."""
    unit = 10 ** exponent(amount.currency)
    return amount._replace(minor=round(amount.minor / unit) * unit)


def amounts_text(amounts: Sequence[Money], cells: int, locale: Locale) -> str:
    """The sum of each currency in so many cells; those that do not fit are counted."""
    texts = [locale.money(amount) for amount in amounts] or ["—"]
    together = " + ".join(texts)
    if width(together) <= cells:
        return together
    rest = f" +{len(texts) - 1}" if len(texts) > 1 else ""
    return cut(texts[0] + rest, cells)
