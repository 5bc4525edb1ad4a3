"""Where a filter is typed: what may come next is suggested, and what is wrong is shown under the very place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from crmcli.errors import CrmError, FilterError
from crmcli.render.cells import width
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import FILTER
from crmcli.tui.widgets.suggesting_input import Item, Offer, SuggestingInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer
    from textual.worker import WorkType

    from crmcli.domain.filter_completion import Completions
    from crmcli.tui.session import Session

_LABEL = "filter "
_EXAMPLES = {
    "deal": "owner = me AND value > 10k AND next_task is empty",
    "contact": "company.industry = saas AND last_activity < -30d",
    "company": "country = Poland AND deals is not empty",
    "activity": "type = call AND status = planned",
    "campaign": "status = active AND owner = me",
}
_PAUSE = 0.15  # without a letter typed, before the text is looked through for errors
_SHOWN = 8
_KEPT = 50


class FilterBar(Vertical):
    """One line for the filter and one for what is wrong with it; out of sight when there is no filter."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("filter", FILTER)

    class Submitted(Message):
        """A filter was entered; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The filter was left as it is."""

    class Checked(Message):
        """The text was looked through."""

        def __init__(self, text: str, error: FilterError | None) -> None:
            super().__init__()
            self.text = text
            self.error = error

    def __init__(self, text: str = "", noun: str = "deal") -> None:
        super().__init__()
        self.set_class(bool(text), "-shown")
        self.noun = noun
        self.earlier: list[str] = [text] if text else []
        self._back = 0  # how far back in the earlier ones the line is
        self._first = text
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The field, and the line below it."""
        with Horizontal():
            yield Label(_LABEL)
            yield SuggestingInput(
                self._suggest, self._first, placeholder=_EXAMPLES.get(self.noun, ""), id="filter", eager=True
            )
        yield Static(id="filter-error", markup=False)

    @property
    def line(self) -> SuggestingInput:
        """The line that is typed in."""
        return self.query_one(SuggestingInput)

    @property
    def _session(self) -> Session:
        session: Session = self.app.session  # type: ignore[attr-defined]
        return session

    # -- in force, or not

    def open(self) -> None:
        """Show the bar and type into it."""
        self.add_class("-shown")
        self.query_one(Input).focus()

    def accept(self, text: str) -> None:
        """The filter is in force: out of sight when it is empty."""
        self.set_class(bool(text), "-shown")
        self._unmark()
        self._back = 0
        if text != self.line.value:
            self.line.put(text)
        if text:
            self.earlier = [text, *(each for each in self.earlier if each != text)][:_KEPT]

    def refuse(self, error: CrmError) -> None:
        """Say what is wrong, a caret under its column; what was typed stays."""
        self._mark(error)
        self.add_class("-shown")
        self.query_one(Input).focus()

    def _mark(self, error: CrmError) -> None:
        message = visible(error.message)
        caret = ""
        if isinstance(error, FilterError):
            before = width(_LABEL) + width(visible(error.text[: error.column - 1]))
            caret = " " * max(before - int(self.query_one(Input).scroll_offset.x), 0) + "^ "
        line = self.query_one("#filter-error", Static)
        line.update(Content(caret + message))
        self.add_class("-wrong")
        self.call_after_refresh(lambda: self.line.leave_free(line.size.height))

    def _unmark(self) -> None:
        self.remove_class("-wrong")
        self.line.leave_free(0)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask for the records."""
        event.stop()
        self._stop()
        self.post_message(self.Submitted(event.value.strip()))

    def action_clear(self) -> None:
        """No filter."""
        self._stop()
        self.line.put("")
        self._unmark()
        self.post_message(self.Submitted(""))

    def action_leave(self) -> None:
        """Back to what is filtered."""
        self._stop()
        self.post_message(self.Left())

    # -- earlier ones

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Up means an earlier filter only where it would do nothing else."""
        if action == "earlier":
            return bool(self.earlier) and (not self.line.value or self._back > 0)
        return super().check_action(action, parameters)

    def action_earlier(self, step: int) -> None:
        """The filter entered before the one shown."""
        self._back = min(self._back + step, len(self.earlier))
        self.line.put(self.earlier[self._back - 1])

    # -- while it is typed

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look it through once the typing rests."""
        self._stop()
        if self._back and event.value != self.earlier[self._back - 1]:
            self._back = 0
        if self.has_focus_within:
            self._timer = self.set_timer(_PAUSE, self._look_through)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _look_through(self) -> None:
        text = self.line.value
        asked: WorkType[None] = partial(self._check, text)
        self.run_worker(asked, group="check", exclusive=True)

    async def _check(self, text: str) -> None:
        from crmcli.domain.filter_completion import first_error

        session, noun = self._session, self.noun
        try:
            error = await session.ask(lambda: first_error(text, noun, session.completing.filter_context()))
        except CrmError:
            return
        self.post_message(self.Checked(text, error))

    def on_filter_bar_checked(self, event: FilterBar.Checked) -> None:
        """Mark it, or take the mark off."""
        event.stop()
        if event.text != self.line.value or not self.has_focus_within:
            return
        if event.error is None:
            self._unmark()
        else:
            self._mark(event.error)

    # -- what may come next

    async def _suggest(self, text: str, cursor: int) -> Offer:
        session, noun = self._session, self.noun
        return await session.ask(lambda: _offer(session, noun, text, cursor))


def _offer(session: Session, noun: str, text: str, cursor: int) -> Offer:
    from crmcli.domain.filter_completion import complete

    found = complete(text, cursor, noun, session.completing.filter_context().custom)
    typed = text[found.start : cursor]
    items = [Item(_followed(each.text), each.text.strip(), each.about) for each in found.candidates]
    items = [item for item in items if item.label != typed.strip()]
    of_the_store = _of_the_store(session, found)
    held = {item.label for item in of_the_store}
    items = [*of_the_store, *(item for item in items if item.label not in held)]
    return Offer(found.start, found.end, tuple(items[:_SHOWN]))


def _followed(text: str) -> str:
    """What is taken is followed by a space, unless it goes on without one."""
    return text if text.endswith((".", "(", " ", ")")) else f"{text} "


def _of_the_store(session: Session, found: Completions) -> list[Item]:
    from crmcli.domain.filter_completion import as_value
    from crmcli.domain.filter_fields import find_filtered
    from crmcli.services.completing import completed_by

    if found.lookup is None or found.typed.endswith(" "):
        return []
    noun, name = found.lookup
    field = find_filtered(noun, name)
    kind = completed_by(field, noun) if field is not None else f"{noun}.{name}"
    if not kind:
        return []
    values = session.completing.values(kind, found.typed, _SHOWN)
    return [
        Item(_followed(as_value(each.value)), each.value, each.about) for each in values if each.value != found.typed
    ]
