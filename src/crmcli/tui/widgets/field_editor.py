"""One field edited where it stands: what is typed, what may be meant, what it means and what is wrong with it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crmcli.domain.text import fold
from crmcli.render.safe import visible
from crmcli.tui.modals.fields import FormField, Reading, part_at, read
from crmcli.tui.widgets.suggesting_input import Item, Offer, SuggestingInput
from crmcli.tui.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets import Input
    from textual.worker import WorkType

    from crmcli.tui.session import Session

_SHOWN = 8
_ONLY_THOSE = ("stage", "pipeline")  # others may be new
_CHECK_PAUSE = 0.1  # without a letter typed, before the field is read


class FieldEditor(TypedLine):
    """Lies over the line of the field; enter hands the text over, esc leaves it."""

    class Left(TypedLine.Left):
        """Nothing is to be changed."""

    class Entered(Message):
        """This is what the field is to be."""

        def __init__(self, field: FormField, text: str, noun: str, view: Any) -> None:  # noqa: ANN401 - the noun's view
            super().__init__()
            self.field = field
            self.text = text
            self.noun = noun
            self.view = view

    def __init__(self, session: Session) -> None:
        super().__init__("field-editor", session)
        self.field = FormField("", "")
        self.noun = ""
        self.view: Any = None  # the record as it was when editing began
        self.input = SuggestingInput(self._suggest, id="field-text")

    def compose(self) -> ComposeResult:
        """The line, and what is made of it."""
        yield self.input
        yield Static(id="field-said", markup=False)

    # -- coming and going

    def open(self, field: FormField, noun: str, view: Any) -> None:  # noqa: ANN401
        """Edit this field of the record as it is seen now."""
        self.field, self.noun, self.view, self.is_saving = field, noun, view, False
        self.display = True
        self.input.line.placeholder = field.example
        self.input.put(field.value)
        self.say(Reading())
        self.input.line.focus()
        if field.choices:
            self.input.look()

    def close(self) -> None:
        """Put it away."""
        self.display = False
        self.is_saving = False
        self.input.close()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter stores it."""
        event.stop()
        if not self.is_saving:
            self.is_saving = True
            self.say(Reading(meant="saving …"))
            self.post_message(self.Entered(self.field, self.input.value, self.noun, self.view))

    def refuse(self, reason: str) -> None:
        """It can't be stored so; what was typed stays."""
        self.is_saving = False
        self.say(Reading(reason))
        self.input.line.focus()

    # -- while it is typed

    @property
    def wants_escape(self) -> bool:
        """The list of suggestions is closed first, and what was typed is kept; where nothing was, there is nothing to keep."""
        return self.input.is_open and self.input.value != self.field.value

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read it once the typing rests."""
        event.stop()
        if self.is_open and not self.is_saving:
            text = event.value
            self.set_timer(_CHECK_PAUSE, lambda: self._check(text))

    def _check(self, text: str) -> None:
        if self.is_open and text == self.input.value and not self.is_saving:
            asked: WorkType[None] = partial(self._look, self.field, text)
            self.run_worker(asked, group="read-field", exclusive=True)

    async def _look(self, field: FormField, text: str) -> None:
        session = self._session
        reading = await asyncio.to_thread(lambda: read(field, text, session.desk.rules, session.locale))
        if field.completes in _ONLY_THOSE and text.strip() and not reading.wrong:
            known = await session.ask(lambda: session.completing.values(field.completes, text.strip(), 1))
            reading = reading if known else Reading(f"there is no {field.completes} of that name")
        self.post_message(self.Read(text, reading))

    def on_typed_line_read(self, event: TypedLine.Read) -> None:
        """Say so, unless more was typed meanwhile."""
        event.stop()
        if event.text == self.input.value and not self.is_saving:
            self.say(event.reading)

    def say(self, reading: Reading) -> None:
        """What the text means, or what is wrong with it; else what the keys do."""
        said = self.query_one("#field-said", Static)
        self.set_class(bool(reading.wrong), "-wrong")
        text = f"✗ {reading.wrong}" if reading.wrong else f"→ {reading.meant}" if reading.meant else ""
        said.update(Content(visible(text)) if text else Content.styled("enter stores it · esc leaves it", "dim"))

    # -- suggestions

    async def _suggest(self, text: str, cursor: int) -> Offer:
        field = self.field
        if field.choices:
            typed = fold(text)
            offered = [choice for choice in field.choices if choice and (typed in fold(choice) or text == field.value)]
            return Offer(0, len(text), tuple(Item(choice) for choice in offered if choice != text))
        if not field.completes:
            return Offer(0, 0)
        start, end = part_at(text, cursor) if field.many else (0, len(text))
        typed = text[start:cursor].strip().strip('"')
        completing = self._session.completing
        found = await self._session.ask(lambda: completing.values(field.completes, typed, _SHOWN))
        items = [
            Item(f'"{each.value}"' if field.many and "," in each.value else each.value, each.value, each.about)
            for each in found
            if each.value != typed
        ]
        return Offer(start, end, tuple(items))
