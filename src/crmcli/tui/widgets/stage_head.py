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

_INSET = 3  # cells before and after the words


class StageHead(Widget):
    """Three lines about a lane, and a rule that says whether it is the present one, or one to drop a card on."""

    def __init__(self, lane: Lane, locale: Locale) -> None:
        super().__init__()
        self._locale = locale
        self._lane = lane
        self._is_present = self._is_target = False

    def show(self, lane: Lane) -> None:
        """Show other figures."""
        if lane is not self._lane:
            self._lane = lane
            self.refresh()

    def be(self, *, present: bool, target: bool = False) -> None:
        """Show that it is the present one, or that a card would be dropped here; without styling half of the screen anew."""
        if (self._is_present, self._is_target) != (present, target):
            self._is_present, self._is_target = present, target
            self.refresh()

    def render(self) -> Content:
        """The name and the count, the value, the weighted value, the rule."""
        cells = max(1, self.content_size.width - _INSET)
        lane, locale = self._lane, self._locale
        count = count_text(lane, locale)
        if lane.hidden and width(count) > cells // 2:  # the name is to be read too
            count = count.removesuffix(" over")
        if width(count) > cells - 2:
            count = cut(count, max(1, cells - 2))
        name = cut(visible(lane.stage.stage), cells - width(count) - 1)
        gap = " " * (cells - width(name) - width(count))
        tone = "$accent" if self._is_target else "$primary" if self._is_present else "$foreground"
        lines = [
            Content.assemble((name, f"bold {tone}"), gap, (count, "bold $warning" if lane.over else f"bold {tone}")),
            _labelled("value", lane.value, cells, locale),
            _labelled("weighted", lane.weighted, cells, locale),
        ]
        inset = Content(" " * (_INSET - 1))
        rule = Content.styled(("╍" if self._is_target else "━") * self.content_size.width, self._rule)
        return Content("\n").join([*(inset + line for line in lines), rule])

    @property
    def _rule(self) -> str:
        """What the rule below is coloured by: where the cursor is, or how deals end here."""
        if self._is_target:
            return "$accent"
        return (
            "$primary"
            if self._is_present
            else {"won": "$success", "lost": "$error"}.get(self._lane.stage.kind, "$border-blurred")
        )


class PlainHead(StageHead):
    """The same in words, for who hears it."""

    def render(self) -> Content:
        """One sentence to a line."""
        lane, locale = self._lane, self._locale
        cells = max(1, self.content_size.width)
        shown = f" of {locale.number(lane.held)}" if lane.hidden else ""
        limit = f", limit {lane.stage.wip_limit}" if lane.stage.wip_limit is not None else ""
        over = f", {lane.over} over the limit" if lane.over else ""
        lines = (
            f"Stage {visible(lane.stage.stage)}: {locale.number(len(lane.cards))}{shown} deals{limit}{over}",
            f"Value {amounts_text(lane.value, cells, locale)}",
            f"Weighted {amounts_text(lane.weighted, cells, locale)}",
        )
        return Content("\n").join(Content(cut(line, cells)) for line in lines)


def count_text(lane: Lane, locale: Locale) -> str:
    """How many cards a lane shows, of how many it should hold: ``3``, ``3/5``, ``7/5 ! over``, filtered ``1 of 7/5 ! over``."""
    count, limit = locale.number(len(lane.cards)), lane.stage.wip_limit
    if limit is None:
        return count
    shown = f"{count} of {locale.number(lane.held)}" if lane.hidden else count
    return f"{shown}/{locale.number(limit)}" + (" ! over" if lane.over else "")


def _labelled(label: str, amounts: Sequence[Money], cells: int, locale: Locale) -> Content:
    """The amounts at the right, their label at the left; to the whole unit, or without the label, where there is no room."""
    room = cells - width(label) - 1
    exact = amounts_text(amounts, cells, locale)
    text = exact if width(exact) <= room else amounts_text([whole(amount) for amount in amounts], cells, locale)
    if width(text) <= room:
        return Content.assemble((label, "dim"), " " * (cells - width(label) - width(text)), text)
    return Content(" " * (cells - width(text)) + text)
