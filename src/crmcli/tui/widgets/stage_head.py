"""The head of a lane: the stage, how many deals, their value and their weighted value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from crmcli.render.cells import cut, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.amounts import amounts_text, whole

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
        self._lane = lane

    def on_mount(self) -> None:
        """Tell whether the stage holds too much from the start."""
        self.set_class(self._lane.over > 0, "-over")

    def show(self, lane: Lane) -> None:
        """Show other figures."""
        self._lane = lane
        self.set_class(lane.over > 0, "-over")
        self.refresh()

    def render(self) -> Content:
        """The name and the count, the value, the weighted value."""
        cells = max(1, self.content_size.width)
        lane, locale = self._lane, self._locale
        count = count_text(lane, locale)
        if width(count) > cells - 2:
            count = cut(count, max(1, cells - 2))
        name = cut(visible(lane.stage.stage), cells - width(count) - 1)
        gap = " " * (cells - width(name) - width(count))
        return Content("\n").join(
            [
                Content.assemble((name, "bold"), gap, (count, "bold $warning" if lane.over else "bold")),
                _labelled("value", lane.value, cells, locale),
                _labelled("weighted", lane.weighted, cells, locale),
            ]
        )


class PlainHead(StageHead):
    """The same in words, for who hears it."""

    def render(self) -> Content:
        """One sentence to a line."""
        lane, locale = self._lane, self._locale
        cells = max(1, self.content_size.width)
        limit = f", limit {lane.stage.wip_limit}" if lane.stage.wip_limit is not None else ""
        over = f", {lane.over} over the limit" if lane.over else ""
        lines = (
            f"Stage {visible(lane.stage.stage)}: {locale.number(len(lane.cards))} deals{limit}{over}",
            f"Value {amounts_text(lane.value, cells, locale)}",
            f"Weighted {amounts_text(lane.weighted, cells, locale)}",
        )
        return Content("\n").join(Content(cut(line, cells)) for line in lines)


def count_text(lane: Lane, locale: Locale) -> str:
    """How many cards a lane holds, of how many it should: ``3``, ``3/5``, ``7/5 ! over``."""
    count, limit = locale.number(len(lane.cards)), lane.stage.wip_limit
    if limit is None:
        return count
    return f"{count}/{locale.number(limit)}" + (" ! over" if lane.over else "")


def _labelled(label: str, amounts: Sequence[Money], cells: int, locale: Locale) -> Content:
    """The amounts at the right, their label at the left; to the whole unit, or without the label, where there is no room."""
    room = cells - width(label) - 1
    exact = amounts_text(amounts, cells, locale)
    text = exact if width(exact) <= room else amounts_text([whole(amount) for amount in amounts], cells, locale)
    if width(text) <= room:
        return Content.assemble((label, "dim"), " " * (cells - width(label) - width(text)), text)
    return Content(" " * (cells - width(text)) + text)
