"""The line at the top: which pipeline, what is in it, and whether all is well."""

from __future__ import annotations

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
    trouble: reactive[str] = reactive("")

    def __init__(self, locale: Locale, user: str) -> None:
        super().__init__()
        self._locale = locale
        self._user = user

    def render(self) -> Content:
        """The pipeline and its open deals at the left; at the right who sits here, or what is wrong."""
        cells = max(1, self.content_size.width)
        right = visible(self.trouble) if self.trouble else "  ".join(part for part in (self.stages, visible(self._user)) if part)
        right = cut(right, cells // 2)
        left = self._left(cells - width(right) - 2)
        gap = " " * max(1, cells - width(left.plain) - width(right))
        return Content.assemble(left, gap, (right, "bold $text-error" if self.trouble else "$text-muted"))

    def _left(self, cells: int) -> Content:
        picture = self.picture
        if picture is None:
            return Content.styled("reading the store …", "$text-muted")
        cards = [card for lane in picture.lanes if lane.stage.kind == "open" for card in lane.cards]
        locale = self._locale
        name = cut(visible(picture.pipeline) or "no pipeline", cells)
        parts = [
            f"{locale.number(len(cards))} open",
            amounts_text(sums([card.value for card in cards]), _AMOUNT, locale),
            f"weighted {amounts_text(sums([card.weighted for card in cards]), _AMOUNT, locale)}",
        ]
        while parts and width(name) + sum(width(part) + 3 for part in parts) > cells:
            parts.pop()
        return Content.assemble((name, "bold $primary"), *(Content(f" · {part}") for part in parts))
