"""The board: lanes of cards, a pane for one deal, a filter, and the keys that work on them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from crmcli.errors import CrmError, FilterError
from crmcli.render.safe import visible
from crmcli.tui.keys import KEYS
from crmcli.tui.modals.activity_forms import LogForm, TaskForm
from crmcli.tui.modals.deal_form import EditDealForm, NewDealForm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.help import Help
from crmcli.tui.modals.lost_reason import LostReasonForm
from crmcli.tui.modals.pipelines import PipelinePicker
from crmcli.tui.widgets.detail import DetailPane
from crmcli.tui.widgets.empty import EmptyBoard
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.lanes import Lanes
from crmcli.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.domain.board import BoardCard, BoardPicture
    from crmcli.domain.views import ChangeSetView, DealPicture, DealView
    from crmcli.tui.app import BoardApp
    from crmcli.tui.session import Done, Session
    from crmcli.tui.widgets.card_list import CardList

WATCH_SECONDS = 1.0


class BoardScreen(Screen[None]):
    """One pipeline at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in KEYS]
    AUTO_FOCUS = ""
    app: BoardApp

    # -- what the workers report

    class Loaded(Message):
        """The pipeline was read."""

        def __init__(self, picture: BoardPicture, filter_text: str) -> None:
            super().__init__()
            self.picture = picture
            self.filter_text = filter_text

    class Misread(Message):
        """The filter is wrong."""

        def __init__(self, error: FilterError) -> None:
            super().__init__()
            self.error = error

    class Shown(Message):
        """A deal was read for the pane; None when it is gone."""

        def __init__(self, picture: DealPicture | None) -> None:
            super().__init__()
            self.picture = picture

    class Written(Message):
        """The store took a change; ``said`` is told to the user, ``follow`` is the deal to go to."""

        def __init__(self, done: Done, said: str, follow: str | None) -> None:
            super().__init__()
            self.done = done
            self.said = said
            self.follow = follow

    class Failed(Message):
        """Something could not be done."""

        def __init__(self, what: str, error: CrmError) -> None:
            super().__init__()
            self.what = what
            self.error = error

    class Watched(Message):
        """The store was looked at: whether it has changed, or what was wrong with it."""

        def __init__(self, *, changed: bool, trouble: str = "") -> None:
            super().__init__()
            self.changed = changed
            self.trouble = trouble

    class Editable(Message):
        """The deal to be edited was read."""

        def __init__(self, deal: DealView) -> None:
            super().__init__()
            self.deal = deal

    class Pipelines(Message):
        """The names of the pipelines were read."""

        def __init__(self, names: Sequence[str]) -> None:
            super().__init__()
            self.names = names

    def __init__(self, session: Session, pipeline: str | None, filter_text: str | None) -> None:
        super().__init__()
        self.session = session
        self.pipeline = pipeline
        self.filter_text = filter_text or ""
        self.picture: BoardPicture | None = None
        self._writing = 0
        # Kept here and not handed to the worker: one that is replaced by the next must not take them along.
        self._wanted_filter = self.filter_text
        self._wanted_card: str | None = None

    def now(self) -> datetime:
        """The present moment in the user's zone."""
        return self.session.desk.clock.local()

    # -- composing

    def compose(self) -> ComposeResult:
        """Top bar, filter, lanes and pane, keys."""
        locale = self.session.locale
        yield TopBar(locale, self.session.desk.user)
        yield FilterBar(self.filter_text)
        with Horizontal(id="board"):
            yield EmptyBoard(id="empty")
            yield Lanes(locale, self.now)
            yield DetailPane(locale, self.now)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Read the pipeline, and watch the store from now on."""
        self.lanes.display = self.detail.display = self.query_one(EmptyBoard).display = False
        self.load()
        self.set_interval(WATCH_SECONDS, self.look)

    @property
    def lanes(self) -> Lanes:
        """The lanes."""
        return self.query_one(Lanes)

    @property
    def detail(self) -> DetailPane:
        """The pane."""
        return self.query_one(DetailPane)

    # -- reading

    @work(group="load", exclusive=True)
    async def load(self) -> None:
        """Read the pipeline again."""
        wanted = self._wanted_filter
        try:
            picture = await asyncio.to_thread(self.session.board.picture, self.pipeline, wanted)
        except FilterError as error:
            self.post_message(self.Misread(error))
        except CrmError as error:
            self.post_message(self.Failed("the board can't be read", error))
        else:
            self.post_message(self.Loaded(picture, wanted))

    def _load_and_follow(self, uid: str | None) -> None:
        self._wanted_card = uid or self._wanted_card
        self.load()

    def on_board_screen_misread(self, event: BoardScreen.Misread) -> None:
        """Say where the filter is wrong; the one before it stays in force."""
        self._wanted_filter = self.filter_text
        self.query_one(FilterBar).refuse(event.error)

    async def on_board_screen_loaded(self, event: BoardScreen.Loaded) -> None:
        """Show it."""
        if self._writing:  # it is out of date already; the end of the write reads it again
            return
        picture, self.filter_text = event.picture, event.filter_text
        self.query_one(FilterBar).accept(self.filter_text)
        await self._show(picture)
        if self._wanted_card is not None:
            self._follow(self._wanted_card)
            self._wanted_card = None
        self._show_detail()
        self.app.warm_up()

    async def _show(self, picture: BoardPicture) -> None:
        first = self.picture is None or self.picture.deals == 0
        self.picture = picture
        self.query_one(TopBar).picture = picture
        empty = self.query_one(EmptyBoard)
        empty.display = picture.deals == 0
        empty.say(filtered=bool(self.filter_text))
        self.lanes.display = picture.deals > 0
        await self.lanes.show(picture)
        if picture.deals and (first or self.focused is None):
            if first:
                self._begin()
            if not self.query_one(FilterBar).has_focus_within:
                self.lanes.focus_column()
        elif not picture.deals:
            self.set_focus(None)

    def _begin(self) -> None:
        """The cursor starts in the first stage that holds anything."""
        assert self.picture is not None
        self.lanes.place = next((i for i, lane in enumerate(self.picture.lanes) if lane.cards), 0)

    def _follow(self, uid: str) -> None:
        assert self.picture is not None
        for lane in self.picture.lanes:
            if any(card.id == uid for card in lane.cards):
                self.lanes.go_to_stage(lane.stage.number, uid)

    @work(group="watch", exclusive=True)
    async def look(self) -> None:
        """Look whether another process has changed the store."""
        if self.picture is None or self._writing:
            return
        try:
            revision = await asyncio.to_thread(self.session.watch.revision)
        except CrmError as error:
            self.post_message(self.Watched(changed=False, trouble=error.message))
        else:
            self.post_message(self.Watched(changed=revision != self.picture.revision))

    def on_board_screen_watched(self, event: BoardScreen.Watched) -> None:
        """Read it again if it has."""
        self.query_one(TopBar).trouble = event.trouble
        if event.changed:
            self.load()

    # -- the pane

    def on_card_list_selected(self, event: CardList.Selected) -> None:
        """The pane shows the card at the cursor."""
        event.stop()
        self._show_detail()

    def _show_detail(self) -> None:
        if self.detail.display:
            card = self.lanes.card
            self.read_detail(card.id) if card else self.detail.show(None)

    @work(group="detail", exclusive=True)
    async def read_detail(self, uid: str) -> None:
        """Read a deal for the pane."""
        try:
            picture = await asyncio.to_thread(self.session.deals.show, uid)
        except CrmError:
            self.post_message(self.Shown(None))
        else:
            self.post_message(self.Shown(picture))

    def on_board_screen_shown(self, event: BoardScreen.Shown) -> None:
        """Show it."""
        self.detail.show(event.picture)

    def action_open(self) -> None:
        """Open the pane and give it the keys."""
        if self._card() is not None:
            self.detail.display = True
            self._show_detail()
            self.detail.focus(scroll_visible=False)

    def on_card_list_opened(self) -> None:
        """A double click does the same."""
        self.action_open()

    def action_back(self) -> None:
        """Close the pane, else clear the filter."""
        if self.detail.display:
            self.detail.display = False
            self.lanes.focus_column()
        elif self.filter_text:
            self.query_one(FilterBar).action_clear()

    # -- moving around

    def action_go_down(self, step: int) -> None:
        """Some cards down, or up."""
        if self.lanes.column:
            self.lanes.column.list.go_to(self.lanes.column.list.cursor + step)

    def action_go_page(self, step: int) -> None:
        """A page of cards down, or up."""
        if self.lanes.column:
            self.action_go_down(step * self.lanes.column.list.page)

    def action_go_first(self) -> None:
        """To the first card."""
        if self.lanes.column:
            self.lanes.column.list.go_to(0)

    def action_go_last(self) -> None:
        """To the last card."""
        if self.lanes.column:
            self.lanes.column.list.go_to(len(self.lanes.column.list.cards) - 1)

    def action_go_right(self, step: int) -> None:
        """A stage to the right, or left."""
        self.lanes.go(step)

    # -- moving a deal

    def action_move(self, step: int) -> None:
        """Move the card at the cursor some stages on, or back."""
        card = self._card()
        if card is None or self.picture is None:
            return
        numbers = [lane.stage.number for lane in self.picture.lanes]
        place = numbers.index(card.stage) + step
        if 0 <= place < len(numbers):
            self._move(card, numbers[place])

    def on_lanes_dropped(self, event: Lanes.Dropped) -> None:
        """A card was dragged onto another stage."""
        self._move(event.card, event.stage)

    def _move(self, card: BoardCard, number: int) -> None:
        assert self.picture is not None
        stage = next(lane.stage for lane in self.picture.lanes if lane.stage.number == number)
        if stage.kind == "lost":
            self._ask(LostReasonForm(self.session.deals, card, stage.stage), f"moved to {stage.stage}", follow=card.id)
            return
        # The card moves at once, so that keys pressed quickly each see where it is; the store's answer follows.
        self.picture = self.picture.moved(card, number)
        self.query_one(TopBar).picture = self.picture
        for column, lane in zip(self.lanes.columns, self.picture.lanes, strict=True):
            column.show(lane)
        self.lanes.go_to_stage(number, card.id)
        self._write(
            f"#{card.number} can't be moved", lambda: self.session.deals.move(card.id, stage.stage),
            f"#{card.number} {card.title} → {stage.stage}", card.id,
        )  # fmt: skip

    # -- writing

    def _write(self, what: str, action: Callable[[], Any], said: str, follow: str | None) -> None:
        self._writing += 1
        self._store(what, self.app.write(action), said, follow)

    @work(group="write")
    async def _store(self, what: str, writing: Any, said: str, follow: str | None) -> None:  # noqa: ANN401
        try:
            done = await writing
        except CrmError as error:
            self._writing -= 1
            self.post_message(self.Failed(what, error))
        else:
            self._writing -= 1
            self.post_message(self.Written(done, said, follow))

    def on_board_screen_written(self, event: BoardScreen.Written) -> None:
        """Say so, and read the board as the store has it now."""
        for text in (event.said, *event.done.notes):
            if text:
                self.notify(visible(text), markup=False, timeout=3)
        if not self._writing:
            self._load_and_follow(event.follow)

    def on_board_screen_failed(self, event: BoardScreen.Failed) -> None:
        """Say what is wrong, and show the store as it is."""
        self.app.push_screen(Failure(event.what, event.error))
        if self.picture is not None and not self._writing:
            card = self.lanes.card
            self._load_and_follow(card.id if card else None)

    def _ask(self, form: Any, said: str, follow: str | None = None) -> None:  # noqa: ANN401 - any Form
        def closed(done: Done | None) -> None:
            if done is not None:
                self.post_message(self.Written(done, said, follow or getattr(done.result, "id", None)))

        self.app.push_screen(form, closed)

    def action_new(self) -> None:
        """Add a deal."""
        lanes = self.picture.lanes if self.picture else ()
        stages = [lane.stage.stage for lane in lanes if lane.stage.kind == "open"]
        here = self.lanes.column.lane.stage.stage if self.lanes.column and lanes else ""
        stage = here if here in stages else (stages or [""])[0]
        pipeline = self.picture.pipeline if self.picture else ""
        self._ask(NewDealForm(self.session.deals, pipeline, stages, stage), "deal added")

    def action_edit(self) -> None:
        """Change the deal."""
        if (card := self._card()) is not None:
            self.read_editable(card.id)

    @work(group="edit", exclusive=True)
    async def read_editable(self, uid: str) -> None:
        """Read the deal as it is now, all of its fields."""
        try:
            deal = await asyncio.to_thread(self.session.deals.get, uid)
        except CrmError as error:
            self.post_message(self.Failed("the deal can't be edited", error))
        else:
            self.post_message(self.Editable(deal))

    def on_board_screen_editable(self, event: BoardScreen.Editable) -> None:
        """Open the form."""
        self._ask(EditDealForm(self.session.deals, event.deal), f"#{event.deal.number} changed")

    def action_log(self) -> None:
        """Log an activity on the deal."""
        if (card := self._card()) is not None:
            self._ask(LogForm(self.session.activities, card), f"logged on #{card.number}", card.id)

    def action_task(self) -> None:
        """Plan a task for the deal."""
        if (card := self._card()) is not None:
            self._ask(TaskForm(self.session.activities, card), f"task planned for #{card.number}", card.id)

    def _card(self) -> BoardCard | None:
        card = self.lanes.card if self.picture and self.picture.deals else None
        if card is None:
            self.notify("no deal here; press n to add one", severity="warning", timeout=3)
        return card

    # -- undo

    def action_undo(self) -> None:
        """Take back the last thing done on the board."""
        self._turn("undone", "nothing was done here that could be undone", self.session.undo)

    def action_redo(self) -> None:
        """Do it again."""
        self._turn("done again", "nothing to do again", self.session.redo)

    @work(group="write")
    async def _turn(self, word: str, nothing: str, turn: Callable[[], Done]) -> None:
        self._writing += 1
        try:
            done = await self.app.turn(turn)
        except CrmError as error:
            self._writing -= 1
            self.post_message(self.Failed("that can't be taken back", error))
            return
        self._writing -= 1
        view: ChangeSetView | None = done.result
        card = self.lanes.card
        said = f"{word}: {view.command}, {view.summary}".removesuffix(", ") if view else nothing
        self.post_message(self.Written(done, said, card.id if card else None))

    # -- the rest

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Read the deals it selects."""
        self._wanted_filter = event.text
        self.load()
        self.lanes.focus_column()

    def on_filter_bar_left(self) -> None:
        """Back to the cards."""
        self.query_one(FilterBar).accept(self.filter_text)
        self.lanes.focus_column()

    def action_refresh(self) -> None:
        """Read the store again."""
        self.load()

    @work(group="pipelines", exclusive=True)
    async def action_pipeline(self) -> None:
        """Choose another pipeline."""
        try:
            names = await asyncio.to_thread(self.session.pipelines.names)
        except CrmError as error:
            self.post_message(self.Failed("the pipelines can't be read", error))
        else:
            self.post_message(self.Pipelines(names))

    def on_board_screen_pipelines(self, event: BoardScreen.Pipelines) -> None:
        """Show them."""
        if len(event.names) < 2:
            self.notify("there is only one pipeline; crm pipeline add makes another", timeout=4)
            return

        def chosen(name: str | None) -> None:
            if name is not None:
                self.pipeline = name
                self.load()

        self.app.push_screen(PipelinePicker(event.names, self.picture.pipeline if self.picture else ""), chosen)

    def action_toggle_dark(self) -> None:
        """Dark or light."""
        self.app.toggle_dark()

    def action_help(self) -> None:
        """All the keys."""
        self.app.push_screen(Help())

    def on_lanes_moved(self, event: Lanes.Moved) -> None:
        """Say which stages are on the screen when not all of them are."""
        before, after = "‹ " if event.first > 1 else "", " ›" if event.last < event.count else ""  # noqa: RUF001
        text = f"{before}stages {event.first}–{event.last} of {event.count}{after}"  # noqa: RUF001
        self.query_one(TopBar).stages = text if before or after else ""
