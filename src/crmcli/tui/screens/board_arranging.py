"""How the board is laid out: in which order, in which swimlanes, with which stages folded; and that it is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.board import ORDERS
from crmcli.domain.swimlanes import GROUPINGS
from crmcli.tui.screens.deal_moving import DealMoving
from crmcli.tui.widgets.lanes import Lanes

if TYPE_CHECKING:
    from crmcli.domain.board import BoardPicture
    from crmcli.tui.widgets.card_list import CardList

_ABOUT_ORDERS = {
    "due": "what is due first, then the dearest", "value": "the dearest first", "age": "longest in the stage first",
    "title": "by the alphabet", "chance": "the likeliest first", "owner": "by owner, then what is due first",
}  # fmt: skip


class BoardArranging(DealMoving):
    """The part of the board that lays it out; the board reads it, and says what it holds."""

    @property
    def lanes(self) -> Lanes:
        """The lanes."""
        return self.query_one(Lanes)

    @property
    def cards(self) -> CardList | None:
        """The cards of the present lane."""
        return self.lanes.column.list if self.lanes.column else None

    def tell_picture(self) -> None:
        """What the line at the top says."""
        raise NotImplementedError

    # -- what is remembered

    def remembered(self, name: str, otherwise: Any) -> Any:  # noqa: ANN401 - what was remembered
        """What the board keeps between sittings, of every pipeline."""
        kept = self.session.memory.get(f"board.{name}", otherwise)
        return kept if isinstance(kept, type(otherwise)) else otherwise

    def _remember(self, name: str, value: Any) -> None:  # noqa: ANN401 - of this pipeline
        assert self.picture is not None
        self.app.remember(f"board.{name}", {**self.remembered(name, {}), self.picture.pipeline: value})

    # -- how it is shown

    def action_sort(self) -> None:
        """Choose what the cards are sorted by."""
        from crmcli.tui.modals.picker import Choice, Picker

        if self.picture is None:
            return
        options = [Choice(order, about=_ABOUT_ORDERS[order]) for order in ORDERS]
        self.app.push_screen(Picker("sort the cards by", options, self.picture.order), self._sort)

    def _sort(self, order: str | None) -> None:
        if order is None or self.picture is None:
            return
        self._remember("sort", order)
        before = self.picture
        self.read("sort", lambda: before.sorted_by(order), lambda after: self._sorted(before, after))

    def _sorted(self, before: BoardPicture, after: BoardPicture) -> None:
        if self.picture is before and not self.writing:
            self.picture = after
            self.tell_picture()
            self.lanes.lay(after)
        else:  # something else is shown by now: it is read anew, in its order, at the latest when all is written
            self.forget_picture()
            self.reload()

    def action_swimlanes(self) -> None:
        """By owner, by company, or none, in turns."""
        if self.picture is None:
            return
        turns = ["", *GROUPINGS]
        by = turns[(turns.index(self.lanes.by) + 1) % len(turns)] if self.lanes.by in turns else ""
        self.app.remember("board.swimlanes", by)
        self.lanes.group(by)
        self.tell_picture()

    def action_fold(self) -> None:
        """Fold the swimlane at the cursor, or unfold it."""
        swimlane = self.cards.swimlane if self.cards is not None else None
        if swimlane is None:
            self.notify("there are no swimlanes; S makes them", timeout=3)
        else:
            self.lanes.fold(swimlane.key)

    def action_fold_all(self) -> None:
        """Fold all swimlanes, or unfold them."""
        if self.lanes.by:
            self.lanes.fold_all()
        else:
            self.notify("there are no swimlanes; S makes them", timeout=3)

    def action_go_swimlane(self, step: int) -> None:
        """To the swimlane below, or above."""
        if self.cards is not None:
            self.cards.go_by_swimlane(step * self.app.count.take())

    def action_collapse(self) -> None:
        """Make this stage a strip, or keep it open again."""
        if self.picture is None or not self.lanes.columns:
            return
        if self.lanes.collapse():
            self._remember("collapsed", sorted(self.lanes.collapsed))
        else:
            self.notify("the last open stage stays open", timeout=3)

    def action_expand(self) -> None:
        """Open every collapsed stage."""
        if self.picture is not None:
            self.lanes.open_all()
            self._remember("collapsed", [])
