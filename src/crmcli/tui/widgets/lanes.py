"""The lanes of the board side by side: as many as fit, the others a step to the left or right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import HorizontalScroll, Vertical
from textual.message import Message

from crmcli.tui.widgets.card_list import CardList
from crmcli.tui.widgets.stage_head import StageHead

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from crmcli.domain.board import BoardCard, BoardPicture, Lane
    from crmcli.render.locale import Locale

_LEAST_CELLS = 23  # a lane narrower than this shows no card worth reading


class LaneColumn(Vertical):
    """A stage: its head, and its cards."""

    def __init__(self, lane: Lane, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.lane = lane
        self.head = StageHead(lane, locale)
        self.list = CardList(locale, now)
        self.list.cards = lane.cards

    def compose(self) -> ComposeResult:
        """The head above the cards."""
        yield self.head
        yield self.list

    def show(self, lane: Lane) -> None:
        """Show the stage as it is now."""
        self.lane = lane
        self.head.show(lane)
        self.list.show(lane.cards)


class Lanes(HorizontalScroll, can_focus=False, inherit_bindings=False):
    """All the stages of a pipeline; exactly one of them is the present one."""

    BINDINGS: ClassVar[list[BindingType]] = []

    class Dropped(Message):
        """A card was dragged onto another stage."""

        def __init__(self, card: BoardCard, stage: int) -> None:
            super().__init__()
            self.card = card
            self.stage = stage

    class Moved(Message):
        """Other stages came onto the screen: ``first`` to ``last``, counted from 1, of ``count``."""

        def __init__(self, first: int, last: int, count: int) -> None:
            super().__init__()
            self.first = first
            self.last = last
            self.count = count

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__(id="lanes")
        self._locale = locale
        self._now = now
        self.place = 0

    @property
    def columns(self) -> list[LaneColumn]:
        """The lanes, from left to right."""
        return list(self.query_children(LaneColumn))

    @property
    def column(self) -> LaneColumn | None:
        """The present lane."""
        columns = self.columns
        return columns[min(self.place, len(columns) - 1)] if columns else None

    @property
    def card(self) -> BoardCard | None:
        """The card at the cursor of the present lane."""
        return self.column.list.card if self.column else None

    async def show(self, picture: BoardPicture) -> None:
        """Show the pipeline as it is now; the cursor and what is on the screen stay."""
        columns = self.columns
        if [column.lane.stage.number for column in columns] == [lane.stage.number for lane in picture.lanes]:
            for column, lane in zip(columns, picture.lanes, strict=True):
                column.show(lane)
            return
        await self.remove_children()
        self.place = 0
        await self.mount_all(LaneColumn(lane, self._locale, self._now) for lane in picture.lanes)
        self._fit()
        self._mark()

    # -- the present lane

    def _mark(self) -> None:
        for place, column in enumerate(self.columns):
            column.set_class(place == self.place, "-present")
            column.list.be_present(place == self.place)

    def go(self, step: int) -> None:
        """Go to a lane to the right (or left), to the card at the same height of the screen."""
        columns = self.columns
        place = self.place + step
        if not 0 <= place < len(columns):
            return
        row = columns[self.place].list.row
        self.place = place
        columns[place].list.go_to_row(row)
        self.focus_column()

    def go_to_stage(self, stage: int, uid: str) -> None:
        """Go to a card in the lane of a stage."""
        for place, column in enumerate(self.columns):
            if column.lane.stage.number == stage and column.list.put_cursor_on(uid):
                self.place = place
                self.focus_column()

    def focus_column(self) -> None:
        """Give the present lane the keys and bring it onto the screen."""
        if self.column is not None:
            self._mark()
            self.column.list.focus(scroll_visible=False)
            self._bring_into_view()

    def on_descendant_focus(self) -> None:
        """A lane that was clicked is the present one."""
        for place, column in enumerate(self.columns):
            if column.list.has_focus:
                self.place = place
                self._mark()
                self._bring_into_view()

    # -- fitting

    def on_resize(self, _event: Resize) -> None:
        """Fit the lanes anew."""
        self._fit()

    @property
    def _cells(self) -> int:
        return self.outer_size.width

    @property
    def _fitting(self) -> int:
        return max(1, min(len(self.columns), self._cells // _LEAST_CELLS))

    def _fit(self) -> None:
        columns = self.columns
        if columns and self._cells:
            cells, left_over = divmod(self._cells, self._fitting)
            # No sliver of a lane that does not fit.
            self.styles.padding = (0, left_over, 0, 0)
            for column in columns:
                column.styles.width = cells
            self.call_after_refresh(self._bring_into_view)

    def _bring_into_view(self) -> None:
        columns = self.columns
        if not columns:
            return
        cells, fitting = max(1, self._cells // self._fitting), self._fitting
        first = round(self.scroll_offset.x / cells)
        first = max(min(first, self.place, len(columns) - fitting), self.place - fitting + 1, 0)
        self.scroll_to(x=first * cells, animate=False)
        self.post_message(self.Moved(first + 1, first + fitting, len(columns)))

    # -- dragging

    def on_card_list_dragged(self, event: CardList.Dragged) -> None:
        """Show where the card would go, and send it there when it is let go."""
        event.stop()
        target = next((column for column in self.columns if column.region.contains(event.x, event.y)), None)
        elsewhere = target is not None and target.lane.stage.number != event.card.stage
        for column in self.columns:
            column.set_class(elsewhere and column is target and not event.dropped, "-target")
        if event.dropped and elsewhere and target is not None:
            self.post_message(self.Dropped(event.card, target.lane.stage.number))
