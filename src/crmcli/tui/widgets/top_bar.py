"""The line at the top: which pipeline, what is in it, how it is sorted, what is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crmcli.domain.board import sums
from crmcli.render.cells import cut, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.amounts import amounts_text

if TYPE_CHECKING:
    from crmcli.domain.board import BoardPicture
    from crmcli.render.locale import Locale

_AMOUNT = 30


class TopBar(Widget):
    """One line about the whole board."""

    picture: reactive[BoardPicture | None] = reactive(None)
    stages: reactive[str] = reactive("")
    view: reactive[str] = reactive("")  # order and swimlanes, where they are not the usual ones
    marked: reactive[int] = reactive(0)
    trouble: reactive[str] = reactive("")

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self._locale = locale
        self._parts: tuple[str, ...] = ()

    def render(self) -> Content:
        """The pipeline and its open deals at the left; at the right what is marked, how it is sorted, which stages are seen."""
        cells = max(1, self.content_size.width)
        rights = [(self.trouble, "$text-error"), (f"● {self.marked} marked" if self.marked else "", "bold $accent"),
                  (self.view, "dim"), (self.stages, "dim")]  # fmt: skip
        shown: list[tuple[str, str]] = []
        room = cells * 2 // 3
        for text, style in rights:
            if text and room > 4:
                shown.append((cut(("  " if shown else "") + visible(text), room), style))
                room -= width(shown[-1][0])
        right = sum(width(text) for text, _ in shown)
        left = self._left(cells - right - 2)
        return Content.assemble(left, " " * max(1, cells - width(left.plain) - right), *shown)

    def watch_picture(self, picture: BoardPicture | None) -> None:
        """Sum it up once, not each time it is drawn."""
        if picture is not None:
            lanes = [lane for lane in picture.lanes if lane.stage.kind == "open"]
            value = sums(money for lane in lanes for money in lane.value)
            weighted = sums(money for lane in lanes for money in lane.weighted)
            count = sum(len(lane.cards) for lane in lanes)
            amounts = (
                amounts_text(value, _AMOUNT, self._locale),
                f"weighted {amounts_text(weighted, _AMOUNT, self._locale)}",
            )
            self._parts = (f"{self._locale.number(count)} open", *(amounts if value else ()))

    def _left(self, cells: int) -> Content:
        if self.picture is None:
            return Content.styled("reading the store …", "dim")
        name = cut(visible(self.picture.pipeline) or "no pipeline", cells)
        parts = list(self._parts)
        while parts and width(name) + sum(width(part) + 3 for part in parts) > cells:
            parts.pop()
        return Content.assemble((name, "bold $primary"), *(Content(f" · {part}") for part in parts))
