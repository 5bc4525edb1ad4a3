"""The line above a list: what it is at the left, what can be known at a glance at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crmcli.render.cells import cut, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    Part = tuple[str, str]  # text and style


class HeadLine(Widget):
    """One line; parts are left out from the end where there is no room."""

    parts: reactive[tuple[tuple[str, str], ...]] = reactive(())
    hint: reactive[str] = reactive("")

    def say(self, parts: Sequence[Part], hint: str | None = None) -> None:
        """Show other parts; the hint stays when none is given."""
        self.parts = tuple(parts)
        if hint is not None:
            self.hint = hint

    def render(self) -> Content:
        """The parts at the left, the hint at the right."""
        cells = max(1, self.content_size.width)
        hint = cut(self.hint, cells // 2)
        room = cells - width(hint) - (2 if hint else 0)
        kept = list(self.parts)
        while len(kept) > 1 and sum(width(text) for text, _ in kept) + 3 * (len(kept) - 1) > room:
            kept.pop()
        pieces = [(cut(text, room), style) for text, style in kept]
        left = Content(" · ").join([Content.styled(text, style) for text, style in pieces])
        gap = " " * max(1, cells - width(left.plain) - width(hint))
        return Content.assemble(left, gap, (hint, "dim"))
