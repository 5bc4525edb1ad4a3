"""The line above a table: how many records there are, how they are sorted, what is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crmcli.domain.fields import PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, width
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from crmcli.render.locale import Locale


class Tally(NamedTuple):
    """What is told of a table; ``total`` is None until it is known, ``hidden`` are marked ones that are not shown."""

    noun: str = ""
    shown: int | None = None
    total: int | None = None
    sort: str = ""
    view: str = ""
    marked: int = 0
    hidden: int = 0
    unread: bool = False  # the store can't be reached
    more: bool = False  # so many are there so far


class TableBar(Widget):
    """One line."""

    tally: reactive[Tally] = reactive(Tally())

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self._locale = locale

    def render(self) -> Content:
        """The count at the left, what is marked beside it; at the right the order, as far as there is room."""
        cells, tally = max(1, self.content_size.width), self.tally
        waiting = "not read" if tally.unread else "reading …"
        is_one = (tally.shown, tally.total, tally.more) in ((1, None, False), (1, 1, False))
        words = tally.noun if is_one else PLURAL.get(tally.noun, "")
        count = waiting if tally.shown is None else f"{self._count(tally)} {words}"
        marked = f"■ {self._number(tally.marked)} marked" if tally.marked else ""
        if marked and tally.hidden:
            marked += f", {self._number(tally.hidden)} of them not shown"
        right = " · ".join(part for part in (visible(tally.view), visible(tally.sort)) if part)
        left = cut(f"{count}   {marked}" if marked else count, cells)
        room = cells - width(left) - 2
        right = cut(right, room) if room > 3 else ""
        start, end = left[: len(count)], left[len(count) :]
        gap = " " * max(0, cells - width(left) - width(right))
        return Content.assemble((start, "bold"), (end, "bold $accent"), gap, (right, "dim"))

    def _count(self, tally: Tally) -> str:
        shown = self._number(tally.shown or 0) + ("+" if tally.more else "")
        return shown if tally.total in (None, tally.shown) else f"{shown} of {self._number(tally.total or 0)}"

    def _number(self, value: int) -> str:
        return self._locale.number(value, 0)
