"""The lanes of the board side by side: as many as fit, the others a step to the left or right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.message import Message

from crmcli.domain.swimlanes import regrouped, swimlanes
from crmcli.tui.widgets.bands import Rows, banded
from crmcli.tui.widgets.card_list import CardList
from crmcli.tui.widgets.folded_stage import FoldedStage
from crmcli.tui.widgets.lane_window import window
from crmcli.tui.widgets.stage_head import PlainHead, StageHead

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from crmcli.domain.board import BoardCard, BoardPicture, Lane
    from crmcli.domain.swimlanes import Swimlane
    from crmcli.render.locale import Locale

_LEAST_CELLS = 23  # a lane narrower than this shows no card worth reading
FOLDED_CELLS = 5


class LaneColumn(Vertical):
    """A stage: its head, and its cards; or just its name and how many they are, when it is folded."""

    def __init__(
        self, lane: Lane, locale: Locale, now: Callable[[], datetime], marked: set[Hashable], *, plain: bool
    ) -> None:
        super().__init__()
        self.lane = lane
        self.head = PlainHead(lane, locale) if plain else StageHead(lane, locale)
        self.list = CardList(lane.stage.number, locale, now, marked)
        self.folded = FoldedStage(lane, locale)
        self.is_folded = self.is_target = False

    def compose(self) -> ComposeResult:
        """The head above the cards."""
        yield self.head
        yield self.list
        yield self.folded

    def show(self, lane: Lane, rows: Rows) -> None:
        """Show the stage as it is now."""
        self.lane = lane
        self.head.show(lane)
        if self.is_folded:
            self.folded.show(lane)
        self.list.show(rows)

    def be_target(self, target: bool, *, present: bool) -> None:
        """Show that a card would be dropped here."""
        self.is_target = target
        self.head.be(present=present, target=target)
        self.folded.be_target(target)

    def fold(self, folded: bool) -> None:
        """Show only that it is there, or all of it."""
        self.is_folded = folded
        if folded:
            self.folded.show(self.lane)
        self.set_class(folded, "-folded")


class Lanes(Horizontal, can_focus=True, inherit_bindings=False):
    """All the stages of a pipeline; exactly one of them is the present one.

    A stage whose name is in ``collapsed`` is a narrow strip as long as the cursor is elsewhere. ``by`` and ``folded`` say
    which swimlanes there are, and which of them are a line only.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    class Dropped(Message):
        """A card was dragged onto another stage, or into another swimlane, known by its key."""

        def __init__(self, card: BoardCard, stage: int, swimlane: str | None) -> None:
            super().__init__()
            self.card = card
            self.stage = stage
            self.swimlane = swimlane

    class Moved(Message):
        """Other stages came onto the screen: ``first`` to ``last``, counted from 1, of ``count``."""

        def __init__(self, first: int, last: int, count: int) -> None:
            super().__init__()
            self.first = first
            self.last = last
            self.count = count

    def __init__(self, locale: Locale, now: Callable[[], datetime], marked: set[Hashable], *, plain: bool) -> None:
        super().__init__(id="lanes")
        self._locale = locale
        self._now = now
        self._marked = marked
        self._plain = plain
        self._first = 0  # the leftmost stage on the screen
        self._picture: BoardPicture | None = None
        self._swimlanes: tuple[Swimlane, ...] = ()  # as they were laid out last
        self.place = 0
        self.by = ""
        self.collapsed: set[str] = set()
        self.folded: set[str] = set()
        self.columns: list[LaneColumn] = []

    @property
    def column(self) -> LaneColumn | None:
        """The present lane."""
        return self.columns[min(self.place, len(self.columns) - 1)] if self.columns else None

    @property
    def card(self) -> BoardCard | None:
        """The card at the cursor of the present lane."""
        return self.column.list.card if self.column else None

    async def show(self, picture: BoardPicture, grouped: Sequence[Swimlane] | None = None) -> None:
        """Show the pipeline as it is now; the cursor and what is on the screen stay."""
        if self._stages() != [lane.stage.number for lane in picture.lanes]:
            self.columns = []  # nobody acts on what is taken away, or is not there yet
            await self.remove_children()
            columns = [
                LaneColumn(lane, self._locale, self._now, self._marked, plain=self._plain) for lane in picture.lanes
            ]
            with self.app.batch_update():  # never seen as they are before they are arranged
                await self.mount_all(columns)
                self.place = self._first = 0
                self.columns = columns
                self.lay(picture, grouped)
                self._arrange()
            return
        self.lay(picture, grouped)
        self._arrange()

    def _stages(self) -> list[int]:
        return [column.lane.stage.number for column in self.columns]

    def lay(self, picture: BoardPicture, grouped: Sequence[Swimlane] | None = None) -> None:
        """Put the cards of the same stages where they belong now; ``grouped`` are its swimlanes, when they are known."""
        if grouped is not None:
            self._swimlanes = tuple(grouped)
        elif self.by:
            self._swimlanes = swimlanes(picture, self.by)
        self._picture = picture
        self._spread()

    def lay_moved(self, picture: BoardPicture, was: Sequence[BoardCard], now: Sequence[BoardCard]) -> None:
        """Put cards where they belong now; all others are where they were."""
        if self.by:
            self._swimlanes = regrouped(self._swimlanes, picture, self.by, was, now)
        self._picture = picture
        self._spread()

    def _spread(self) -> None:
        """Give each column what it is to show."""
        if self._picture is not None and self._stages() == [lane.stage.number for lane in self._picture.lanes]:
            rows = self._rows(self._picture)
            for column, lane in zip(self.columns, self._picture.lanes, strict=True):
                column.show(lane, rows[lane.stage.number])
            self._level()

    def _rows(self, picture: BoardPicture) -> Mapping[int, Rows]:
        if not self.by or not self.columns:
            return {lane.stage.number: Rows(lane.cards) for lane in picture.lanes}
        first = self.columns[0].list
        stages = [lane.stage.number for lane in picture.lanes]
        return banded(self._swimlanes, stages, self.folded, first.pitch_of(first.density))

    def group(self, by: str) -> None:
        """Other swimlanes, or none."""
        self.by, self.folded, self._swimlanes = by, set(), ()
        if self._picture is not None:
            self.lay(self._picture)
            self._arrange()
            for column in self.columns:
                column.list.bring_into_view()

    def fold(self, key: str) -> None:
        """Fold a swimlane, or unfold it."""
        self.folded ^= {key}
        self._spread()

    def fold_all(self) -> None:
        """Fold all swimlanes, or unfold them all when any is folded."""
        self.folded = set() if self.folded else {each.key for each in self._swimlanes}
        self._spread()

    def on_card_list_outdated(self, event: CardList.Outdated) -> None:
        """Lay the cards out closer together, or further apart."""
        event.stop()
        if self.columns and self.columns[0].list.is_out_of_date:
            self._spread()

    def on_card_list_toggled(self, event: CardList.Toggled) -> None:
        """The head of a swimlane was clicked."""
        event.stop()
        self.fold(event.key)

    def on_card_list_scrolled(self, event: CardList.Scrolled) -> None:
        """Swimlanes go up and down together."""
        event.stop()
        self._level(event.cards)

    def on_card_list_askew(self, event: CardList.Askew) -> None:
        """All lists lie as the present one does."""
        event.stop()
        self._level()

    def _level(self, by: CardList | None = None) -> None:
        """Swimlanes lie at one height in all lists: that of the one given, else of the present one."""
        leading = by or (self.column.list if self.column else None)
        if self.by and leading is not None:
            for column in self.columns:
                if column.list is not leading:
                    column.list.follow(leading.scroll_offset.y)

    # -- the present lane

    def go(self, step: int) -> None:
        """Go to a lane to the right (or left), to the card at the same height of the screen."""
        place = max(0, min(self.place + step, len(self.columns) - 1))
        if place == self.place or not self.columns:
            return
        line = self.columns[self.place].list.screen_line
        self.place = place
        self.focus_column()
        self.columns[place].list.go_to_screen_line(line)

    def go_to_stage(self, stage: int, uid: str) -> None:
        """Go to a card in the lane of a stage."""
        for place, column in enumerate(self.columns):
            if column.lane.stage.number == stage and column.list.put_cursor_on(uid):
                self.place = place
                self.focus_column()

    def focus_column(self) -> None:
        """Take the keys, and bring the present lane onto the screen."""
        if self.column is not None:
            self._arrange()
            if not self.has_focus:  # else all lanes would be drawn anew
                self.focus(scroll_visible=False)

    def on_card_list_pressed(self, event: CardList.Pressed) -> None:
        """A lane that was clicked is the present one."""
        event.stop()
        for place, column in enumerate(self.columns):
            if column.list is event.cards:
                self.place = place
                self._arrange()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The keys work on the cards, or elsewhere; the events of focus come before it is known which."""
        super().watch_has_focus(has_focus)
        self._tell_present()

    def _tell_present(self) -> None:
        for place, column in enumerate(self.columns):
            column.list.be_present(place == self.place, self.has_focus)
            column.head.be(present=place == self.place)

    def on_folded_stage_chosen(self, event: FoldedStage.Chosen) -> None:
        """A folded stage opens as long as the cursor is in it."""
        event.stop()
        for place, column in enumerate(self.columns):
            if column.folded is event.folded:
                self.place = place
                self.focus_column()

    def collapse(self) -> bool:
        """Make the present stage a strip and go to the nearest open one, or open it for good; False for the last open one."""
        names = [column.lane.stage.stage for column in self.columns]
        here = names[self.place]
        if here in self.collapsed:
            self.collapsed.discard(here)
            return True
        others = [place for place, name in enumerate(names) if place != self.place and name not in self.collapsed]
        if not others:
            return False
        self.collapsed.add(here)
        self.place = min(others, key=lambda place: (abs(place - self.place), -place))
        self.focus_column()
        return True

    def open_all(self) -> None:
        """Open all stages."""
        self.collapsed.clear()
        self._arrange()

    # -- fitting

    def on_resize(self, _event: Resize) -> None:
        """Fit the lanes anew."""
        self._arrange()

    def _is_narrow(self, place: int) -> bool:
        return place != self.place and self.columns[place].lane.stage.stage in self.collapsed

    def _arrange(self) -> None:
        """Put those lanes on the screen that fit beside the present one, and share out the cells."""
        # Not laid out yet, it will be as wide as the terminal.
        cells, columns = self.size.width or self.app.size.width, self.columns
        if not columns or not cells:
            return
        self.place = min(self.place, len(columns) - 1)
        narrow = [self._is_narrow(place) for place in range(len(columns))]
        least = [FOLDED_CELLS if each else cells if self._plain else min(_LEAST_CELLS, cells) for each in narrow]
        self._first, last = window(least, cells, self._first, self.place)
        shown = range(self._first, last + 1)
        wide = [place for place in shown if not narrow[place]]
        share, rest = divmod(cells - FOLDED_CELLS * (len(shown) - len(wide)), len(wide))
        for place, column in enumerate(columns):
            column.display = place in shown
            if place in shown:
                column.fold(narrow[place])
                column.styles.width = FOLDED_CELLS if narrow[place] else share + (place in wide[:rest])
            column.list.lead(bool(wide) and place == wide[0])
        self._tell_present()
        self.post_message(self.Moved(self._first + 1, last + 1, len(columns)))

    # -- dragging

    def on_card_list_dragged(self, event: CardList.Dragged) -> None:
        """Show where the card would go, and send it there when it is let go."""
        event.stop()
        target = next(
            (column for column in self.columns if column.display and column.region.contains(event.x, event.y)), None
        )
        swimlane = target.list.swimlane_at(event.y) if target is not None and self.by and not target.is_folded else None
        elsewhere = target is not None and target.lane.stage.number != event.card.stage
        for column in self.columns:
            column.be_target(elsewhere and column is target and not event.dropped, present=column is self.column)
        if event.dropped and target is not None and (elsewhere or swimlane is not None):
            self.post_message(self.Dropped(event.card, target.lane.stage.number, swimlane.key if swimlane else None))
