"""A line to type in, with a list below of what may be meant; typing never waits for the list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError
from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import SUGGESTIONS
from crmcli.tui.widgets.choice_list import Choices

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import DescendantBlur
    from textual.timer import Timer
    from textual.worker import WorkType

    Source = Callable[[str, int], Awaitable["Offer"]]

_PAUSE = 0.05  # without a letter typed, before the list is looked for
_LEAST_WIDTH, _MOST_WIDTH = 24, 76


class Item(NamedTuple):
    """One suggestion: what is put into the line, how it is shown, and what is said beside it."""

    text: str
    label: str = ""
    about: str = ""


class Offer(NamedTuple):
    """Suggestions for the text from ``start`` to ``end``."""

    start: int
    end: int
    items: tuple[Item, ...] = ()


class _DropDown(Choices, OptionList, can_focus=False):
    """The list; the keys stay with the line."""

    DEFAULT_CSS = """
    _DropDown {
        display: none;
        overlay: screen;
        constrain: inside inflect;
        width: auto;
        height: auto;
        max-height: 10;
        border: round $border;
        padding: 0;
        background: $panel;
        scrollbar-size-vertical: 1;
        &.-open { display: block; }
        & > .option-list--option-highlighted { background: $primary 40%; color: $foreground; text-style: bold; }
        &:ansi > .option-list--option-highlighted { text-style: reverse; }
    }
    """


class _Line(Input):
    """The line itself; a key that means nothing to the list goes on to whoever is around."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("suggestions", SUGGESTIONS)

    @property
    def _around(self) -> SuggestingInput:
        parent = self.parent
        assert isinstance(parent, SuggestingInput)
        return parent

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Most keys are the list's only while it is open."""
        around = self._around
        if action == "suggestion":
            return around.is_open
        if action == "close":
            return around.is_open
        if action == "take":
            return around.takes_tab
        return super().check_action(action, parameters)

    def action_suggestion(self, step: int) -> None:
        self._around.move(step)

    def action_close(self) -> None:
        self._around.close()

    def action_take(self) -> None:
        self._around.take()

    def action_offer(self) -> None:
        self._around.look()

    async def action_enter(self) -> None:
        if self._around.is_marked:
            self._around.take()
        else:
            self._around.close()
            await self.action_submit()


class SuggestingInput(Widget):
    """A line with suggestions from ``source``, which is asked a moment after the last key, off the thread that draws.

    ``eager`` is for a language: tab takes the first suggestion, and one taken is followed by the next ones.
    """

    DEFAULT_CSS = """
    SuggestingInput {
        width: 1fr;
        height: 1;
        & > Input { width: 100%; }
    }
    """

    class Offered(Message):
        """The source has answered."""

        def __init__(self, text: str, offer: Offer) -> None:
            super().__init__()
            self.text = text
            self.offer = offer

    class Taken(Message):
        """A suggestion was taken."""

        def __init__(self, item: Item) -> None:
            super().__init__()
            self.item = item

    def __init__(
        self,
        source: Source | None = None,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - as Widget has it
        eager: bool = False,
    ) -> None:
        super().__init__()
        self._source = source
        self._eager = eager
        self._timer: Timer | None = None
        self._offer = Offer(0, 0)
        self._quiet = value  # a value that was put there, not typed
        self.line = _Line(value, placeholder=placeholder, compact=True, id=id, select_on_focus=False)
        self._list = _DropDown(compact=False, markup=False)  # shown over everything, once there is something to show
        self.gap = 0  # rows below the line that the list leaves free

    def compose(self) -> ComposeResult:
        """The line."""
        yield self.line

    @property
    def value(self) -> str:
        """What is typed."""
        return self.line.value

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._list.has_class("-open")

    @property
    def is_marked(self) -> bool:
        """Whether a suggestion is marked, so that enter takes it."""
        return self.is_open and self._list.highlighted is not None

    @property
    def takes_tab(self) -> bool:
        """Whether tab takes a suggestion, and does not go to the next field."""
        return self.is_marked or (self._eager and self.is_open)

    @property
    def items(self) -> Sequence[Item]:
        """What is suggested now."""
        return self._offer.items if self.is_open else ()

    def put(self, value: str) -> None:
        """Another value, without suggestions."""
        self._quiet = value
        self.line.value = value
        self.line.cursor_position = len(value)
        self.close()

    # -- looking

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for suggestions once the typing rests."""
        self._stop()
        if event.value == self._quiet or not self.line.has_focus:
            return
        self._quiet = "\0"
        if self._source is not None:
            self._timer = self.set_timer(_PAUSE, self.look)

    def look(self) -> None:
        """Ask the source now; an answer to what was typed before is not waited for any more."""
        self._stop()
        if self._source is not None:
            asked: WorkType[None] = partial(self._ask, self.line.value, self.line.cursor_position)
            self.run_worker(asked, group="suggest", exclusive=True)

    async def _ask(self, text: str, cursor: int) -> None:
        assert self._source is not None
        try:
            offer = await self._source(text, cursor)
        except CrmError:
            # A store that can't be read just now suggests nothing; whoever saves will hear of it.
            offer = Offer(0, 0)
        self.post_message(self.Offered(text, offer))

    async def on_suggesting_input_offered(self, event: SuggestingInput.Offered) -> None:
        """Show it, unless more was typed meanwhile."""
        event.stop()
        if event.text == self.line.value and self.line.has_focus:
            if not self._list.is_attached:
                await self.mount(self._list)
            self._show(event.offer)

    def _show(self, offer: Offer) -> None:
        self._offer = offer
        if not offer.items:
            self.close()
            return
        columns = min(max(self._wanted_width(offer), _LEAST_WIDTH), _MOST_WIDTH, self.app.size.width - 4)
        self._list.clear_options()
        self._list.add_options([Option(_shown(item, columns)) for item in offer.items])
        self._list.styles.width = columns + 2
        self._place()
        self._list.highlighted = None
        self._list.add_class("-open")

    def _place(self) -> None:
        """Below the word that is typed in a language, else below the line's beginning."""
        across = self.line.cursor_screen_offset.x - self.line.region.x - 2 if self._eager else 0
        self._list.styles.offset = (max(across, 0), self.gap)

    def leave_free(self, rows: int) -> None:
        """Rows below the line that are needed for something else."""
        self.gap = rows
        self._place()

    @staticmethod
    def _wanted_width(offer: Offer) -> int:
        return max(width(visible(item.label or item.text)) + width(visible(item.about)) for item in offer.items) + 6

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    # -- choosing

    def move(self, step: int) -> None:
        """Mark the suggestion below, or above; above the first one is what was typed."""
        count, marked = len(self._offer.items), self._list.highlighted
        at = (-1 if marked is None else marked) + step
        self._list.highlighted = None if at == -1 else min(at, count - 1) if at >= 0 else count - 1

    def take(self) -> None:
        """Put the marked suggestion into the line, the first one when none is marked."""
        if not self.is_open:
            return
        item = self._offer.items[self._list.highlighted or 0]
        text = self.line.value
        before = text[: self._offer.start] + item.text
        self._quiet = before + text[self._offer.end :]
        self.line.value = self._quiet
        self.line.cursor_position = len(before)
        self.close()
        self.post_message(self.Taken(item))
        if self._eager:
            self.look()

    def close(self) -> None:
        """Put the list away."""
        self._stop()
        self._list.remove_class("-open")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes it, unless others have been found meanwhile."""
        event.stop()
        if event.option in self._list.options:
            self._list.highlighted = event.option_index
            self.take()

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        """The list goes with the keys."""
        self.workers.cancel_group(self, "suggest")
        self.close()


def _shown(item: Item, columns: int) -> Content:
    label, about = visible(item.label or item.text), visible(item.about)
    room = max(columns - 4 - width(about), columns // 2)
    label = cut(label, room)
    space = max(columns - 2 - width(label), 2)
    return Content.assemble(" ", label, (pad(cut(about, space - 2), space, "right"), "dim"), " ")
