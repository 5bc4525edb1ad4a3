"""Forms: labelled fields that say at once what is meant and what is wrong, and lose nothing until the store has it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from crmcli.errors import BadValue, CrmError
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.drafts import Typed
from crmcli.tui.keys.dialogs import FORM
from crmcli.tui.modals.dialog import Dialog
from crmcli.tui.modals.field_row import FieldRow, first_text
from crmcli.tui.modals.fields import MEASURES, FormField, Reading, part_at, read
from crmcli.tui.widgets.suggesting_input import Item, Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Event, ScreenResume
    from textual.worker import WorkType

    from crmcli.tui.app import CrmApp
    from crmcli.tui.drafts import Draft
    from crmcli.tui.session import Done
    from crmcli.tui.widgets.suggesting_input import Source

__all__ = ["Form", "FormField"]

ResultT = TypeVar("ResultT")
_CHECK_PAUSE = 0.12  # without a letter typed, before a field is read
_DRAFT_PAUSE = 0.2  # after a letter typed, before the draft is written
_SHOWN = 8
_FIRST, _NEXT = 1, 7  # rows that are there when the form is first seen, and that come between two paints after that
_LONG_LINES = 4  # about as many as a long text takes


class Form(Dialog["Done | None"], Generic[ResultT]):
    """Asks for some texts and hands them to ``save``, which may refuse them; dismissed with what came of it, or None.

    ``about`` is the form's kind and the uid of its record, by which a draft of it is found again.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("form", FORM)
    app: CrmApp

    class Saved(Message):
        """The store has it."""

        def __init__(self, done: Done) -> None:
            super().__init__()
            self.done = done

    class Refused(Message):
        """The store does not want it."""

        def __init__(self, error: CrmError) -> None:
            super().__init__()
            self.error = error

    class Whole(Message):
        """All of its fields are there, or it was closed before they were."""

    class Read(Message):
        """A field was read."""

        def __init__(self, row: FieldRow, text: str, reading: Reading) -> None:
            super().__init__()
            self.row = row
            self.text = text
            self.reading = reading

    def __init__(
        self,
        title: str,
        fields: Sequence[FormField],
        save: Callable[[Mapping[str, str]], ResultT],
        *,
        about: tuple[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.form_title = title
        self.fields = tuple(fields)
        self._save = save
        self._about = about or (title, "")
        self._saving = False
        self._is_new = True  # was not seen yet
        self._is_whole = False
        self._save_due = False  # asked for before it was whole
        self._draft: Draft | None = None
        self._draft_due = False
        self._is_draft_read = False
        self._restored: dict[str, str] = {}
        self._blamed: tuple[FieldRow, str] | None = None  # the field that was said to be wrong, and what it held
        self.rows = {field.name: self._row(field, number) for number, field in enumerate(self.fields)}

    def _row(self, field: FormField, number: int) -> FieldRow:
        plain = field.name.isidentifier()
        return FieldRow(field, f"field-{field.name}" if plain else f"field-custom-{number}", self._source(field))

    def compose(self) -> ComposeResult:
        """Title, the first field, what is wrong; all the rest comes once this is seen."""
        with Vertical(classes="dialog -form"):
            yield Label(Content(visible(self.form_title)), classes="dialog-title")
            body = VerticalScroll(*list(self.rows.values())[:_FIRST], classes="dialog-body", can_focus=False)
            # The form has its size from the beginning, and does not grow while it is looked at.
            body.styles.min_height = sum(_LONG_LINES if field.long else 1 for field in self.fields)
            yield body
            yield Static(classes="dialog-error", markup=False)
            yield Horizontal(classes="dialog-buttons")

    @staticmethod
    def _buttons() -> ComposeResult:
        """What to press."""
        yield Button("Save", id="save", compact=True, variant="primary", tooltip="ctrl+s, or enter in a line")
        yield Button("Cancel", id="cancel", compact=True, tooltip="esc")
        yield Label("ctrl+s save · tab next · esc cancel", classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin with the first field; the rows further down come once these are seen."""
        if not self._is_there:
            return
        first = self.rows[self.fields[0].name] if self.fields else None
        if first is not None:
            first.begin()
        self.call_after_refresh(self._go_on, _FIRST)

    @property
    def _body(self) -> VerticalScroll:
        return self.query_one(".dialog-body", VerticalScroll)

    @property
    def _is_there(self) -> bool:
        """Whether it is seen: it may be closed before it is, and what was begun for it comes to nothing then."""
        # While it is taken away it is not displayed any more, and its parts go one after another.
        return self.is_attached and self.display and bool(self.query(".dialog-body"))

    async def _go_on(self, there: int) -> None:
        """Bring some more rows: all at once would keep the keys waiting."""
        if not self._is_there:
            return
        if there == _FIRST:
            self.query_one(".dialog-buttons", Horizontal).mount_all(self._buttons())
        rest = list(self.rows.values())[there : there + _NEXT]
        if rest:
            await self._body.mount_all(rest)
            self.call_after_refresh(self._go_on, there + _NEXT)
        else:
            self._complete()

    def _complete(self) -> None:
        """All rows are there: bring back what was typed at an earlier time, and say what is meant."""
        self._is_whole = True
        self.post_message(self.Whole())
        if self._save_due:
            self.call_after_refresh(self.action_save)
        self._open_draft()
        self.opened()
        for row in self.rows.values():
            if row.text and row.field.declared is not None and row.field.declared.kind in MEASURES:
                self._check(row)

    def takes(self, event: Event) -> bool:
        """Until all fields are there, keys that leave one wait; else what is typed after them would stand in the wrong one.

        While it is stored they wait, too: they are for what comes after it.
        """
        if self._saving or self._save_due:
            return not isinstance(event, (Key, Paste))
        if self._is_whole or not isinstance(event, Key) or event.is_printable:
            return True
        bound = self.active_bindings.get(event.key)
        return bound is None or bound.node is self.focused or bound.binding.action == "cancel"

    def on_unmount(self) -> None:
        """Nothing waits for its fields, or for it to be stored, any more."""
        if self._saving or self._save_due or not self._is_whole:
            self.app.post_message(self.Whole())

    def opened(self) -> None:
        """A chance to read what the form wants to know, once all of it is seen."""

    def values(self) -> dict[str, str]:
        """What is typed, by field."""
        return {name: row.text for name, row in self.rows.items()}

    # -- suggestions

    def _source(self, field: FormField) -> Source | None:
        if not field.completes:
            return None

        async def suggest(text: str, cursor: int) -> Offer:
            start, end = part_at(text, cursor) if field.many else (0, len(text))
            typed = text[start:cursor].strip().strip('"')
            sign = "-" if typed.startswith("-") and field.completes == "tag" else ""
            found = await self._suggestions(field, typed.removeprefix(sign))
            return Offer(start, end, tuple(_put_together(field, sign, item) for item in found if item.text != typed))

        return suggest

    async def _suggestions(self, field: FormField, typed: str) -> list[Item]:
        session = self.app.session
        found = await session.ask(lambda: session.completing.values(field.completes, typed, _SHOWN))
        return [Item(each.value, each.value, each.about) for each in found]

    # -- while it is typed

    def on_field_row_typed(self, event: FieldRow.Typed) -> None:
        """Read the field once the typing rests, and write the draft soon whether it rests or not."""
        event.stop()
        row = event.row
        row.set_timer(_CHECK_PAUSE, lambda: self._check(row))
        if not self._draft_due:
            self._draft_due = True
            self.set_timer(_DRAFT_PAUSE, self._write_draft)

    def _check(self, row: FieldRow) -> None:
        look: WorkType[None] = partial(self._look, row, row.text)
        self.run_worker(look, group=f"check {row.field.name}", exclusive=True)

    async def _look(self, row: FieldRow, text: str) -> None:
        self.post_message(self.Read(row, text, await self.reading(row, text)))

    async def reading(self, row: FieldRow, text: str) -> Reading:
        """What is made of the text of a field."""
        session = self.app.session
        field = row.field._replace(required=row.is_required)
        return await asyncio.to_thread(lambda: read(field, text, session.desk.rules, session.locale))

    def on_form_read(self, event: Form.Read) -> None:
        """Say so, unless more was typed meanwhile."""
        event.stop()
        if event.row.text == event.text:
            event.row.say(event.reading)
            row, text = self._blamed or (None, "")
            if row is event.row and text != event.text and not event.reading.wrong:
                self._blamed = None
                self.say("")

    # -- the draft

    def _open_draft(self) -> None:
        session = self.app.session
        form, record = self._about
        self._draft = session.drafts.of(session.desk.store.location.label, form, record)
        self.run_worker(self._bring_back(self._draft), group="draft")

    async def _bring_back(self, draft: Draft) -> None:
        typed = await asyncio.to_thread(draft.read)
        self._is_draft_read = True
        if self._draft_due:  # something was typed already
            self.set_timer(_DRAFT_PAUSE, self._write_draft)
        if typed is None:
            return
        # What is being typed already stays.
        known = {
            name: text
            for name, text in typed.fields.items()
            if name in self.rows and self.rows[name].text == self.before(name)
        }
        if not known:
            return
        self._restored = {name: self.rows[name].text for name in known}
        for name, text in known.items():
            self.rows[name].put(text)
        when = self.app.session.locale.local(typed.at)
        line = f"what you typed on {when.day} {when:%b %H:%M} is back; ctrl+z throws it away"
        self.query_one(".dialog", Vertical).mount(Static(Content(line), classes="dialog-restored"), before=self._body)
        self.add_class("-restored")
        self.brought_back({name: text for name, text in typed.before.items() if name in known})

    def brought_back(self, before: Mapping[str, str]) -> None:
        """A chance to look at what was brought back; ``before`` is what the form had shown when it was typed."""

    def before(self, name: str) -> str:
        """What the form showed in a field before anything was typed."""
        return first_text(self.rows[name].field)

    def changed(self) -> dict[str, str]:
        """What is typed and differs from what the form began with."""
        return {
            field.name: text for field in self.fields if (text := self.rows[field.name].text) != self.before(field.name)
        }

    def _write_draft(self) -> None:
        if self._draft is None or not self._is_draft_read:  # else what is in it would be lost; it is written then
            return
        self._draft_due = False
        if self.is_mounted:
            fields = self.changed()
            self._draft.put(
                Typed(self.app.session.desk.clock.now(), fields, {name: self.before(name) for name in fields})
            )
            # The program's, not the form's, whose workers end with it.
            self.app.run_worker(asyncio.to_thread(self._draft.write), group="draft")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to throw away only after it was brought back."""
        if action == "discard":
            return self.has_class("-restored")
        return super().check_action(action, parameters)

    def action_discard(self) -> None:
        """Every field as the form found it."""
        for name, text in self._restored.items():
            self.rows[name].put(text)
        self.remove_class("-restored")

    # -- saving

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in any line stores the form."""
        event.stop()
        self.action_save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The two buttons."""
        event.stop()
        self.action_save() if event.button.id == "save" else self.action_cancel()

    def leave(self) -> bool:
        """As by esc; not while it is stored, for nobody would be told what came of it."""
        self.action_cancel()
        return not self._saving

    def action_cancel(self) -> None:
        """Close the form; what was typed is there again when it is opened the next time."""
        if self._saving:
            return
        if self._draft is not None and self._is_draft_read and self.changed():
            self._write_draft()
            self.notify("what you typed is kept: it is back when you open the form again", timeout=4)
            self.dismiss(None)
        else:
            self._close(None)

    def _close(self, done: Done | None) -> None:
        if self._draft is not None:
            self.app.run_worker(asyncio.to_thread(self._draft.drop), group="draft")
        self.dismiss(done)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Its styles are as they were found."""
        event.refresh_styles = not self._is_new  # they were found a moment ago
        self._is_new = False

    def action_save(self) -> None:
        """Hand it over, once, if nothing that is required is missing."""
        if self._saving or not self._is_there:
            return
        if not self._is_whole:
            self._save_due = True
            return
        self._save_due = False
        missing = next((row for row in self.rows.values() if row.is_required and not row.text.strip()), None)
        if missing is not None:
            missing.say(Reading("is required"))
            self.say(f"{missing.field.label} is required", wrong=True)
            self._blame(missing)
            self.post_message(self.Whole())
            return
        self._saving = True
        self._blamed = None
        self.say("saving …")
        self._store(self.values())

    @work
    async def _store(self, values: dict[str, str]) -> None:
        try:
            done = await self.app.write(lambda: self._save(values))
        except CrmError as error:
            self.post_message(self.Refused(error))
        else:
            self.post_message(self.Saved(done))

    def on_form_saved(self, event: Form.Saved) -> None:
        """Close, with what came of it."""
        event.stop()
        self._close(event.done)

    def on_form_refused(self, event: Form.Refused) -> None:
        """Stay open, say why and point at the field."""
        event.stop()
        self._saving = False
        self.refused(event.error)
        self.post_message(self.Whole())

    def refused(self, error: CrmError) -> None:
        """Say what is wrong; what was typed stays."""
        advice = f" ({error.advice})" if error.hint and not isinstance(error, BadValue) else ""
        self.say(visible(error.message + advice), wrong=True)
        row = self._row_of(error) if isinstance(error, BadValue) else None
        if row is not None and isinstance(error, BadValue):
            row.say(Reading(error.reason))
            self._blame(row)

    def _blame(self, row: FieldRow) -> None:
        """The keys go to the field that is wrong; once it is right, nothing is said of it any more."""
        self._blamed = (row, row.text)
        row.begin()

    def _row_of(self, error: BadValue) -> FieldRow | None:
        wrong = error.field.replace("-", "_")
        for name, row in self.rows.items():
            declared = row.field.declared
            if wrong in (name, declared.flag if declared and declared.flag else name.removesuffix("s")):
                return row
        return None

    def say(self, text: str, *, wrong: bool = False) -> None:
        """One line above the buttons."""
        line = self.query_one(".dialog-error", Static)
        line.set_class(wrong, "-wrong")
        line.update(Content(f"✗ {text}" if wrong else text))


def _put_together(field: FormField, sign: str, item: Item) -> Item:
    """The suggestion as it stands among several values."""
    text = f'"{item.text}"' if field.many and "," in item.text else item.text
    return item._replace(text=sign + text, label=sign + (item.label or item.text))
