"""The line at the top: which pipeline, what is in it, and whether all is well."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crmcli.domain.board import sums
from crmcli.render.cells import cut, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.stage_head import amounts_text

if TYPE_CHECKING:
    from crmcli.domain.board import BoardPicture
    from crmcli.render.locale import Locale

_AMOUNT = 30


class TopBar(Widget):
    """One line about the whole board."""

    picture: reactive[BoardPicture | None] = reactive(None)
    stages: reactive[str] = reactive("")

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self._locale = locale
        self._parts: tuple[str, ...] = ()

    def render(self) -> Content:
        """The pipeline and its open deals at the left; at the right which stages are seen."""
        cells = max(1, self.content_size.width)
        right = cut(self.stages, cells // 2)
        left = self._left(cells - width(right) - 2)
        gap = " " * max(1, cells - width(left.plain) - width(right))
        return Content.assemble(left, gap, (right, "dim"))

    def watch_picture(self, picture: BoardPicture | None) -> None:
        """Sum it up once, not each time it is drawn."""
        if picture is not None:
            cards = [card for lane in picture.lanes if lane.stage.kind == "open" for card in lane.cards]
            value, weighted = (
                sums([pick(card) for card in cards]) for pick in (attrgetter("value"), attrgetter("weighted"))
            )
            amounts = (
                amounts_text(value, _AMOUNT, self._locale),
                f"weighted {amounts_text(weighted, _AMOUNT, self._locale)}",
            )
            self._parts = (f"{self._locale.number(len(cards))} open", *(amounts if value else ()))

    def _left(self, cells: int) -> Content:
        if self.picture is None:
            return Content.styled("reading the store …", "dim")
        name = cut(visible(self.picture.pipeline) or "no pipeline", cells)
        parts = list(self._parts)
        while parts and width(name) + sum(width(part) + 3 for part in parts) > cells:
            parts.pop()
        return Content.assemble((name, "bold $primary"), *(Content(f" · {part}") for part in parts))
