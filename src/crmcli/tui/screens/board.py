"""The board: lanes of cards, a pane for one deal, a filter, and the keys that work on them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal
from textual.message import Message

from crmcli.domain.board import ORDERS
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.swimlanes import group_key, swimlanes
from crmcli.errors import CrmError, FilterError
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.modals.pipelines import PipelinePicker
from crmcli.tui.screens.board_arranging import BoardArranging
from crmcli.tui.screens.deal_moving import Wish
from crmcli.tui.targets import Target
from crmcli.tui.widgets.detail import DetailPane
from crmcli.tui.widgets.empty import EmptyBoard
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.lanes import Lanes
from crmcli.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget
    from textual.worker import WorkType

    from crmcli.domain.board import BoardCard, BoardPicture
    from crmcli.domain.swimlanes import Swimlane
    from crmcli.tui.screens.acting_screen import Deed
    from crmcli.tui.session import Session
    from crmcli.tui.verbs import Verb
    from crmcli.tui.widgets.cursor_list import CursorList

_PATIENCE = 0.25  # seconds before it is said that the store is being read


class _Read(NamedTuple):
    """The store as it was read: a picture, and its swimlanes."""

    picture: BoardPicture
    by: str
    swimlanes: Sequence[Swimlane]


class BoardScreen(BoardArranging):
    """One pipeline at a time."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("board")
    KEYS = PLACES["board"]
    COMFORTABLE = True

    class Misread(Message):
        """The filter is wrong."""

        def __init__(self, error: FilterError) -> None:
            super().__init__()
            self.error = error

    class Unread(Message):
        """The store can't be read."""

        def __init__(self, error: CrmError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.pipeline: str | None = None
        self.filter_text = ""
        self.picture: BoardPicture | None = None
        self.marked: set[Hashable] = set()  # by uid, across all stages
        self._wanted_filter = ""
        self._shown_for: tuple[str | None, str] | None = None  # the pipeline and filter that the picture was read for
        self._wanted_card: str | None = None

    def body(self) -> ComposeResult:
        """What is in the pipeline, the filter, the lanes, and the pane beside them."""
        self.pipeline, self.filter_text = self.app.pipeline, self.app.filter_text or ""
        self._wanted_filter = self.filter_text
        locale, plain = self.session.locale, self.app.is_plain
        yield TopBar(locale)
        yield FilterBar(self.filter_text)
        with Horizontal(id="board"):
            yield EmptyBoard(id="empty")
            yield Lanes(locale, self.now, self.marked, plain=plain)
            yield DetailPane(locale, self.now, plain=plain)

    def on_mount(self) -> None:
        """Nothing is shown before it is read."""
        self.lanes.display = self.detail.display = self.query_one(EmptyBoard).display = False
        self.lanes.by = self.remembered("swimlanes", "")
        self.set_timer(_PATIENCE, self._say_reading)

    def _say_reading(self) -> None:
        empty = self.query_one(EmptyBoard)
        if self.picture is None and not empty.display:
            empty.say_reading()
            empty.display = True

    @property
    def detail(self) -> DetailPane:
        """The pane."""
        return self.query_one(DetailPane)

    @property
    def rows(self) -> CursorList | None:
        """The cards of the present lane."""
        return self.cards

    def first_focus(self) -> Widget | None:
        """The lanes have the keys, whichever of them is the present one."""
        return self.lanes if self.lanes.columns else None

    def chosen(self) -> list[BoardCard]:
        """The marked cards from left to right, else the one at the cursor."""
        if self.picture is None:
            return []
        if self.marked:
            return [card for lane in self.picture.lanes for card in lane.cards if card.id in self.marked]
        card = self.lanes.card
        return [card] if card is not None and self.picture.deals else []

    def targets(self) -> list[Target]:
        """The same, as verbs want them."""
        return [Target("deal", card.id, card.number, card.title, card) for card in self.chosen()]

    # -- reading

    def reload(self) -> None:
        """Read the pipeline again, if anything was written since."""
        load: WorkType[None] = partial(self._load, self.pipeline, self._wanted_filter, self.remembered("swimlanes", ""))
        self.run_worker(load, group="load", exclusive=True)

    def action_refresh(self) -> None:
        """Read the store again, whatever is known of it."""
        self.forget_picture()
        super().action_refresh()

    def forget_picture(self) -> None:
        """The next reading is a whole one; the cursor stays on its card, wherever that is."""
        self._shown_for = None
        if self.picture is not None and self.lanes.card is not None:
            self._wanted_card = self.lanes.card.id

    async def _load(self, pipeline: str | None, wanted: str, by: str) -> None:
        seen = self.picture if self._shown_for == (pipeline, wanted) else None
        try:
            fresh = await self.session.ask(lambda: self._fresh(seen, pipeline, wanted, by))
        except FilterError as error:
            self.post_message(self.Misread(error))
        except CrmError as error:
            self.post_message(self.Unread(error))
        else:
            if fresh is not None:
                self.post_message(self.Answered(lambda answer: self._loaded(answer, pipeline, wanted), fresh))
            else:  # the cursor is where it was put, or where it went since
                self._wanted_card = None

    def _fresh(self, seen: BoardPicture | None, pipeline: str | None, wanted: str, by: str) -> _Read | None:
        """The picture, sorted and grouped as it was last time; None when the one that is seen still holds."""
        board = self.session.board
        if seen is not None and board.is_current(seen):
            return None
        picture = board.picture(pipeline, wanted)
        order = self.remembered("sort", {}).get(picture.pipeline, picture.order)
        if order in ORDERS and order != picture.order:
            picture = picture.sorted_by(order)
        return _Read(picture, by, swimlanes(picture, by) if by else ())

    def on_board_screen_misread(self, event: BoardScreen.Misread) -> None:
        """Say where the filter is wrong; the one before it stays in force."""
        self._wanted_filter = self.filter_text
        self.query_one(FilterBar).refuse(event.error)

    def on_board_screen_unread(self, event: BoardScreen.Unread) -> None:
        """Say why there is nothing to see, or that what is seen may be old."""
        self.be_answered()
        event.stop()
        if self.picture is None:
            empty = self.query_one(EmptyBoard)
            empty.say_trouble(event.error)
            empty.display = True
        else:
            self.query_one(TopBar).trouble = event.error.message

    async def _loaded(self, read: _Read, pipeline: str | None, filter_text: str) -> None:
        if self.writing:  # it is out of date already; the end of the write reads it again
            return
        self.filter_text, self._shown_for = filter_text, (pipeline, filter_text)
        bar = self.query_one(FilterBar)
        if not bar.has_focus_within:  # what is being typed there stays
            bar.accept(filter_text)
        self.query_one(TopBar).trouble = ""
        await self._show(read)
        if self._wanted_card is not None:
            self._follow(self._wanted_card)
            self._wanted_card = None
        self._show_detail()
        self.app.warm_up()

    async def _show(self, read: _Read) -> None:
        picture = read.picture
        first = self.picture is None or self.picture.deals == 0
        self.picture = picture
        self.tell_picture()
        empty = self.query_one(EmptyBoard)
        empty.display = picture.deals == 0
        if empty.display:  # else it may be seen for a moment yet
            empty.say(filtered=bool(self.filter_text))
        self.lanes.display = picture.deals > 0
        self.lanes.collapsed = set(self.remembered("collapsed", {}).get(picture.pipeline, ()))
        await self.lanes.show(picture, read.swimlanes if read.by == self.lanes.by else None)
        if picture.deals and (first or self.focused is None):
            if first:
                self._begin(picture)
            if not self.query_one(FilterBar).has_focus_within:
                self.lanes.focus_column()
        elif not picture.deals and not self.query_one(FilterBar).has_focus_within:
            self.set_focus(None)

    def _begin(self, picture: BoardPicture) -> None:
        """The cursor starts in the first stage that holds anything."""
        self.lanes.place = next((place for place, lane in enumerate(picture.lanes) if lane.cards), 0)

    def _follow(self, uid: str) -> None:
        assert self.picture is not None
        for lane in self.picture.lanes:
            if any(card.id == uid for card in lane.cards):
                self.lanes.go_to_stage(lane.stage.number, uid)

    def tell_picture(self) -> None:
        """What the line at the top says."""
        assert self.picture is not None
        self._keep_marks_of_shown()
        bar = self.query_one(TopBar)
        bar.picture = self.picture
        bar.marked = len(self.marked)
        order = f"by {self.picture.order}" if self.picture.order != "due" else ""
        by = f"swimlanes by {self.lanes.by}" if self.lanes.by else ""
        bar.view = " · ".join(part for part in (order, by) if part)

    def _keep_marks_of_shown(self) -> None:
        """Marks on what is no longer shown are gone."""
        if self.marked and self.picture is not None:
            self.marked &= {card.id for lane in self.picture.lanes for card in lane.cards}

    def show_cards(
        self, picture: BoardPicture, was: Sequence[BoardCard], now: Sequence[BoardCard], follow: BoardCard
    ) -> None:
        """Show the picture at once, the cursor on a card."""
        self.picture = picture
        self._keep_marks_of_shown()
        self.lanes.lay_moved(picture, was, now)
        self.lanes.go_to_stage(follow.stage, follow.id)
        self.call_after_refresh(self.tell_picture)  # the cards first: all sums can follow them a moment later

    # -- the pane

    def nouns(self) -> frozenset[str]:
        """Deals only."""
        return frozenset({"deal"})

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The pane shows the card at the cursor."""
        event.stop()
        self.query_one(TopBar).marked = len(self.marked)
        self._show_detail()

    def _show_detail(self) -> None:
        if self.detail.display:
            card = self.lanes.card
            self.read_detail(card.id) if card else self.detail.show(None)

    def read_detail(self, uid: str) -> None:
        """Read a deal for the pane."""
        self.read("detail", lambda: self.session.deals.show(uid), self.detail.show, what="the deal can't be read")

    def action_open(self) -> None:
        """Open the pane and give it the keys; from there, the whole record. A folded swimlane unfolds."""
        if self.cards is not None and self.cards.is_on_swimlane:
            self.action_fold()
            return
        if not self.wanted():
            return
        if self.detail.has_focus:
            self._open_record()
            return
        self.detail.display = True
        self._show_detail()
        self.detail.focus(scroll_visible=False)

    def _open_record(self) -> None:
        picture = self.detail.picture
        if picture is not None:
            self.app.open_record("deal", picture.record.id)

    def action_escape(self) -> None:
        """Close the pane, else take the marks off, else clear the filter."""
        if self.detail.display:
            self.detail.display = False
            self.lanes.focus_column()
        elif self.marked:
            self._unmark()
        elif self.filter_text:
            self.query_one(FilterBar).action_clear()

    def _unmark(self) -> None:
        self.marked.clear()
        self.query_one(TopBar).marked = 0
        for column in self.lanes.columns:
            column.list.unmark()

    def _finished(self, verb: Verb) -> None:
        super()._finished(verb)
        self._unmark() if verb.name == "remove" else None

    # -- moving around

    def action_go_right(self, step: int) -> None:
        """A stage to the right, or left."""
        self.lanes.go(step * self.app.count.take())

    def action_go_down(self, step: int) -> None:
        """Some cards down, or up; in the pane, lines."""
        if self.detail.has_focus:
            self.detail.go_by(step * self.app.count.take())
        else:
            super().action_go_down(step)

    def action_go_page(self, step: int) -> None:
        """A page down, or up."""
        if self.detail.has_focus:
            self.detail.go_by(step * self.detail.page * self.app.count.take())
        else:
            super().action_go_page(step)

    def action_go_first(self) -> None:
        """To the first card, or the first line of the pane."""
        if self.detail.has_focus:
            self.detail.scroll_home(animate=False)
        else:
            super().action_go_first()

    def action_go_last(self) -> None:
        """To the last card, or the last line of the pane."""
        if self.detail.has_focus:
            self.detail.scroll_end(animate=False)
        else:
            super().action_go_last()

    # -- moving deals

    def action_move(self, step: int) -> None:
        """Move the card at the cursor, or all marked ones, some stages on or back."""
        step *= self.app.count.take()
        if self.wanted():
            self.move_on(self.chosen(), step)

    def on_lanes_dropped(self, event: Lanes.Dropped) -> None:
        """A card, and all marked ones if it is one of them, was dragged onto another stage or into another swimlane."""
        stages = self.stages()
        stage = next((stage for stage in stages if stage.number == event.stage), None)
        if stage is None or not any(each.number == event.card.stage for each in stages):
            return  # the board is another one by now
        cards = self.chosen() if event.card.id in self.marked else [event.card]
        owner = self._dropped_owner(event)
        moves = [(card, stage) for card in cards if card.stage != stage.number or owner is not None]
        if moves:
            self.wish(Wish(stages, moves, owner))

    def _dropped_owner(self, event: Lanes.Dropped) -> str | None:
        by = self.lanes.by
        if event.swimlane is None or event.swimlane == group_key(event.card, by):
            return None
        if by == "owner":
            return event.swimlane
        self.notify("a deal keeps its company; c changes it", timeout=4)
        return None

    def action_give(self, step: int) -> None:
        """Give the deal to the owner of the swimlane above, or below."""
        if self.lanes.by != "owner":
            self.notify("there are no swimlanes by owner; S makes them, a gives a deal to someone", timeout=4)
            return
        cards, here = self.chosen(), self.cards.swimlane if self.cards is not None else None
        if not cards or here is None or self.picture is None:
            return
        keys = [each.key for each in swimlanes(self.picture, "owner")]
        place = keys.index(group_key(cards[0], "owner")) + step * self.app.count.take()
        if 0 <= place < len(keys):
            stages = {stage.number: stage for stage in self.stages()}
            self.wish(Wish(list(stages.values()), [(card, stages[card.stage]) for card in cards], keys[place]))
        else:
            self.notify("there is no swimlane there", timeout=3)

    def action_verb(self, name: str) -> None:
        """Moves are shown at once; everything else goes its usual way."""
        if name not in ("stage", "win", "lose"):
            super().action_verb(name)
        elif not self.wanted():
            return
        elif name == "stage":
            self._choose_stage()
        else:
            self.close(self.chosen(), "won" if name == "win" else "lost")

    def _choose_stage(self) -> None:
        from crmcli.tui.modals.picker import Picker

        cards, stages = self.chosen(), {stage.stage: stage for stage in self.stages()}
        present = next((stage.stage for stage in stages.values() if stage.number == cards[0].stage), "")

        def picked(name: str | None) -> None:
            if name is not None:
                self.move_to(cards, stages[name], list(stages.values()))

        what = f"#{cards[0].number} {cards[0].title}" if len(cards) == 1 else f"{len(cards)} deals"
        self.app.push_screen(Picker(f"move {what} to", list(stages), present), picked)

    def begin(self, deed: Deed) -> None:
        """A move done again by ``.`` is shown at once, too."""
        verb, answers = deed.verb, deed.answers
        if answers is None or verb.name not in ("stage", "win", "lose"):
            super().begin(deed)
        elif verb.name != "stage":
            self.close(self.chosen(), "won" if verb.name == "win" else "lost", answers)
        elif "step" in answers:
            self.move_on(self.chosen(), int(answers["step"]))
        else:
            stages = self.stages()
            stage = next((stage for stage in stages if stage.stage == answers["stage"]), None)
            if stage is not None:
                self.move_to(self.chosen(), stage, stages)

    # -- writing

    def action_new(self) -> None:
        """Add a deal."""
        from crmcli.tui.modals.record_form import RecordForm

        stages = [stage.stage for stage in self.stages() if stage.kind == "open"]
        here = self.lanes.column.lane.stage.stage if self.lanes.column and stages else ""
        stage = here if here in stages else (stages or [""])[0]
        given = {"pipeline": self.picture.pipeline if self.picture else "", "stage": stage}
        self.ask(RecordForm(self.session, "deal", None, given), "deal added")

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """The cursor goes with a deal that was written."""
        uid = getattr(result, "id", None)
        card = self.lanes.card
        self._wanted_card = uid if str(uid).startswith("dl_") else card.id if card else None
        if self.filter_text:  # what was written may not be what it selects any more
            self._shown_for = None

    # -- the rest

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Read the deals it selects."""
        self._wanted_filter = event.text
        self.lanes.focus_column()
        self.reload()

    def on_filter_bar_left(self) -> None:
        """Back to the cards."""
        self.query_one(FilterBar).accept(self.filter_text)
        self.lanes.focus_column()

    def action_pipeline(self) -> None:
        """Choose another pipeline."""
        self.read(
            "pipelines",
            self.session.pipelines.names,
            self._choose_pipeline,
            what="the pipelines can't be read",
            opens=True,
        )

    def _choose_pipeline(self, names: Sequence[str]) -> None:
        if len(names) < 2:
            self.notify("there is only one pipeline; crm pipeline add makes another", timeout=4)
            return

        def chosen(name: str | None) -> None:
            if name is not None:
                self.pipeline = name
                self.reload()

        self.app.push_screen(PipelinePicker(names, self.picture.pipeline if self.picture else ""), chosen)

    def on_lanes_moved(self, event: Lanes.Moved) -> None:
        """Say which stages are on the screen when not all of them are."""
        before, after = "‹ " if event.first > 1 else "", " ›" if event.last < event.count else ""  # noqa: RUF001
        text = f"{before}stages {event.first}–{event.last} of {event.count}{after}"  # noqa: RUF001
        self.query_one(TopBar).stages = text if before or after else ""
