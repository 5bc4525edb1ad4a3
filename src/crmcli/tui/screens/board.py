"""The board: lanes of cards, a pane for one deal, a filter, and the keys that work on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal
from textual.message import Message

from crmcli.errors import CrmError, FilterError
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.modals.pipelines import PipelinePicker
from crmcli.tui.screens.place import Place
from crmcli.tui.targets import Target
from crmcli.tui.verbs import VERBS
from crmcli.tui.widgets.detail import DetailPane
from crmcli.tui.widgets.empty import EmptyBoard
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.lanes import Lanes
from crmcli.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.domain.board import BoardCard, BoardPicture
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList


class BoardScreen(Place):
    """One pipeline at a time."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("board")
    KEYS = PLACES["board"]

    class Misread(Message):
        """The filter is wrong."""

        def __init__(self, error: FilterError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.pipeline: str | None = None
        self.filter_text = ""
        self.picture: BoardPicture | None = None
        self._wanted_filter = ""
        self._wanted_card: str | None = None

    def body(self) -> ComposeResult:
        """What is in the pipeline, the filter, the lanes, and the pane beside them."""
        self.pipeline, self.filter_text = self.app.pipeline, self.app.filter_text or ""
        self._wanted_filter = self.filter_text
        locale = self.session.locale
        yield TopBar(locale)
        yield FilterBar(self.filter_text)
        with Horizontal(id="board"):
            yield EmptyBoard(id="empty")
            yield Lanes(locale, self.now)
            yield DetailPane(locale, self.now)

    def on_mount(self) -> None:
        """Nothing is shown before it is read."""
        self.lanes.display = self.detail.display = self.query_one(EmptyBoard).display = False

    @property
    def lanes(self) -> Lanes:
        """The lanes."""
        return self.query_one(Lanes)

    @property
    def detail(self) -> DetailPane:
        """The pane."""
        return self.query_one(DetailPane)

    @property
    def rows(self) -> CursorList | None:
        """The cards of the present lane."""
        return self.lanes.column.list if self.lanes.column else None

    def targets(self) -> list[Target]:
        """The card at the cursor."""
        card = self.lanes.card if self.picture and self.picture.deals else None
        return [Target("deal", card.id, card.number, card.title, card)] if card else []

    # -- reading

    def reload(self) -> None:
        """Read the pipeline again."""
        wanted = self._wanted_filter
        self.run_worker(self._load(wanted), group="load", exclusive=True)

    async def _load(self, wanted: str) -> None:
        try:
            picture = await self.session.ask(lambda: self.session.board.picture(self.pipeline, wanted))
        except FilterError as error:
            self.post_message(self.Misread(error))
        except CrmError as error:
            self.post_message(self.Failed("the board can't be read", error))
        else:
            self.post_message(self.Answered(lambda answer: self._loaded(answer, wanted), picture))

    def on_board_screen_misread(self, event: BoardScreen.Misread) -> None:
        """Say where the filter is wrong; the one before it stays in force."""
        self._wanted_filter = self.filter_text
        self.query_one(FilterBar).refuse(event.error)

    async def _loaded(self, picture: BoardPicture, filter_text: str) -> None:
        if self.writing:  # it is out of date already; the end of the write reads it again
            return
        self.filter_text = filter_text
        self.query_one(FilterBar).accept(filter_text)
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

    # -- the pane

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The pane shows the card at the cursor."""
        event.stop()
        self._show_detail()

    def _show_detail(self) -> None:
        if self.detail.display:
            card = self.lanes.card
            self.read_detail(card.id) if card else self.detail.show(None)

    def read_detail(self, uid: str) -> None:
        """Read a deal for the pane."""
        self.read("detail", lambda: self.session.deals.show(uid), self.detail.show, what="the deal can't be read")

    def action_open(self) -> None:
        """Open the pane and give it the keys; from there, the whole record."""
        if not self.wanted():
            return
        if self.detail.has_focus:
            super().action_open()
            return
        self.detail.display = True
        self._show_detail()
        self.detail.focus(scroll_visible=False)

    def action_escape(self) -> None:
        """Close the pane, else clear the filter."""
        if self.detail.display:
            self.detail.display = False
            self.lanes.focus_column()
        elif self.filter_text:
            self.query_one(FilterBar).action_clear()

    # -- moving around

    def action_go_right(self, step: int) -> None:
        """A stage to the right, or left."""
        self.lanes.go(step * self.app.count.take())

    # -- moving a deal

    def action_move(self, step: int) -> None:
        """Move the card at the cursor some stages on, or back."""
        card = self.lanes.card
        if self.picture is None or card is None or not self.wanted():
            return
        numbers = [lane.stage.number for lane in self.picture.lanes]
        place = numbers.index(card.stage) + step * self.app.count.take()
        if 0 <= place < len(numbers):
            self._move(card, numbers[place])

    def on_lanes_dropped(self, event: Lanes.Dropped) -> None:
        """A card was dragged onto another stage."""
        self._move(event.card, event.stage)

    def _move(self, card: BoardCard, number: int) -> None:
        assert self.picture is not None
        stage = next(lane.stage for lane in self.picture.lanes if lane.stage.number == number)
        if stage.kind == "lost":
            target = Target("deal", card.id, card.number, card.title, card)
            self.start(VERBS["lose"], [target], also={"stage": stage.stage})
            return
        # The card moves at once, so that keys pressed quickly each see where it is; the store's answer follows.
        self.picture = self.picture.moved(card, number)
        self.query_one(TopBar).picture = self.picture
        for column, lane in zip(self.lanes.columns, self.picture.lanes, strict=True):
            column.show(lane)
        self.lanes.go_to_stage(number, card.id)
        self.write(
            f"#{card.number} can't be moved", lambda: self.session.deals.move(card.id, stage.stage),
            f"#{card.number} {card.title} → {stage.stage}",
        )  # fmt: skip

    # -- writing

    def action_new(self) -> None:
        """Add a deal."""
        from crmcli.tui.modals.record_form import RecordForm

        lanes = self.picture.lanes if self.picture else ()
        stages = [lane.stage.stage for lane in lanes if lane.stage.kind == "open"]
        here = self.lanes.column.lane.stage.stage if self.lanes.column and lanes else ""
        stage = here if here in stages else (stages or [""])[0]
        given = {"pipeline": self.picture.pipeline if self.picture else "", "stage": stage}
        self.ask(RecordForm(self.session, "deal", None, given), "deal added")

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """The cursor goes with a deal that was written."""
        uid = getattr(result, "id", None)
        card = self.lanes.card
        self._wanted_card = uid if str(uid).startswith("dl_") else card.id if card else None

    # -- the rest

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Read the deals it selects."""
        self._wanted_filter = event.text
        self.reload()
        self.lanes.focus_column()

    def on_filter_bar_left(self) -> None:
        """Back to the cards."""
        self.query_one(FilterBar).accept(self.filter_text)
        self.lanes.focus_column()

    def action_pipeline(self) -> None:
        """Choose another pipeline."""
        self.read("pipelines", self.session.pipelines.names, self._choose_pipeline, what="the pipelines can't be read")

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
