"""A note in Markdown: read as it looks, written as it is; what is typed is kept as a draft until the store has it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Markdown, Static, TextArea

from crmcli.errors import CrmError
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.drafts import Typed
from crmcli.tui.external_editor import edited
from crmcli.tui.keys.record import READING, WRITING

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Key

    from crmcli.tui.drafts import Draft
    from crmcli.tui.session import Session

_MOST_SHOWN = 40_000  # characters laid out as Markdown; an editor shows the rest
_DRAFT_PAUSE = 0.3  # after a letter typed, before the draft is written
_FORM = "note"


class Note(NamedTuple):
    """What is shown: the text of a field of a record; one without a ``field`` can't be written."""

    noun: str
    view: Any
    field: str
    title: str
    text: str = ""
    empty: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Which text it is."""
        return (self.view.id if self.view is not None else "", self.field)


NOTHING = Note("", None, "", "note")


class NotePane(Vertical):
    """The note of the record, or the text of the entry of the timeline at the cursor."""

    class Saved(Message):
        """The text is to be stored."""

        def __init__(self, note: Note, text: str, base: str) -> None:
            super().__init__()
            self.note = note
            self.text = text
            self.base = base  # what it was when this was begun

    class Left(Message):
        """The text is not written any more."""

    class Followed(Message):
        """A link in the text was clicked."""

        def __init__(self, address: str) -> None:
            super().__init__()
            self.address = address

    class Brought(Message):
        """A draft of an earlier time was found."""

        def __init__(self, note: Note, text: str, base: str) -> None:
            super().__init__()
            self.note = note
            self.text = text
            self.base = base

    def __init__(self, session: Session) -> None:
        super().__init__(id="note")
        self._session = session
        self.note = NOTHING
        self.writing: Note | None = None  # the note as it was when writing began
        self.area = _Writing(id="note-text")
        self._base = ""
        self._draft: Draft | None = None
        self._draft_due = False
        self._rendered: tuple[tuple[str, str], str] | None = None

    def compose(self) -> ComposeResult:
        """What it is, the text as it looks, the text as it is written, what is wrong."""
        yield Static("note", id="note-title", markup=False)
        with _Reading(id="note-read"):
            yield Markdown(open_links=False)
        yield self.area
        yield Static(id="note-said", markup=False)

    def on_mount(self) -> None:
        """It is read at first."""
        self.area.display = False
        self.query_one("#note-said").display = False

    @property
    def reader(self) -> VerticalScroll:
        """The text as it looks."""
        return self.query_one("#note-read", VerticalScroll)

    # -- reading

    async def show(self, note: Note) -> None:
        """Another note, or another state of it; what is being written stays."""
        self.note = note
        if self.writing is None:
            await self._lay_out(note, note.text)

    async def _lay_out(self, note: Note, text: str) -> None:
        self.query_one("#note-title", Static).update(Content(visible(note.title)))
        if self._rendered == (note.key, text + note.empty):
            return
        is_other = self._rendered is None or self._rendered[0] != note.key
        self._rendered = (note.key, text + note.empty)
        shown = visible(text, keep_newlines=True)
        if len(shown) > _MOST_SHOWN:
            shown = shown[:_MOST_SHOWN] + "\n\n… *(e opens all of it in an editor)*"
        await self.query_one(Markdown).update(shown if shown.strip() else f"*{note.empty}*" if note.empty else "")
        if is_other:
            self.reader.scroll_home(animate=False)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """No link of a note runs: whoever shows it asks first."""
        event.stop()
        self.post_message(self.Followed(event.href))

    # -- writing

    def write(self) -> None:
        """Write the note, from the draft of an earlier time if there is one."""
        if not self.note.field or self.writing is not None:
            return
        note = self.writing = self.note
        session = self._session
        self._draft = session.drafts.of(session.desk.store.location.label, f"{_FORM} {note.field}", note.view.id)
        self._base = note.text
        self.area.load_text(note.text)
        self._turn(writing=True)
        self.say("")
        self.run_worker(self._bring_back(self._draft, note), group="note-draft")

    async def _bring_back(self, draft: Draft, note: Note) -> None:
        typed = await asyncio.to_thread(draft.read)
        text = typed.fields.get(note.field) if typed is not None else None
        if typed is not None and text is not None and text != note.text:
            self.post_message(self.Brought(note, text, typed.before.get(note.field, note.text)))

    def on_note_pane_brought(self, event: NotePane.Brought) -> None:
        """Go on with the draft, unless something was typed already."""
        event.stop()
        if self.writing is event.note and self.area.text == event.note.text:
            self._base = event.base
            self.area.load_text(event.text)
            self.say("what you typed earlier is back; ctrl+s stores it")

    def _turn(self, *, writing: bool) -> None:
        self.set_class(writing, "-writing")
        self.screen.set_class(writing, "-writing-note")
        self.area.display = writing
        self.reader.display = not writing
        self.query_one("#note-said").display = writing
        (self.area if writing else self.reader).focus()

    def say(self, text: str, *, wrong: bool = False) -> None:
        """One line below the text."""
        self.set_class(wrong, "-wrong")
        line = Content(visible(f"✗ {text}" if wrong else text)) if text else Content.styled(_KEYS, "dim")
        self.query_one("#note-said", Static).update(line)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep a draft."""
        event.stop()
        if self.writing is not None and not self._draft_due:
            self._draft_due = True
            self.set_timer(_DRAFT_PAUSE, self._keep)

    def _keep(self) -> None:
        self._draft_due = False
        if self.writing is None or self._draft is None:
            return
        note, text = self.writing, self.area.text
        fields = {note.field: text} if text != note.text else {}
        typed = Typed(self._session.desk.clock.now(), fields, {note.field: self._base})
        self.run_worker(asyncio.to_thread(self._draft.keep, typed), group="note-keep")

    def save(self) -> None:
        """Hand it over."""
        if self.writing is not None:
            self.say("saving …")
            self.post_message(self.Saved(self.writing, self.area.text, self._base))

    def stored(self) -> None:
        """The store has it: read it again, and forget the draft."""
        if self._draft is not None:
            self.app.run_worker(asyncio.to_thread(self._draft.drop), group="note-keep")
        self._end()

    def leave(self) -> None:
        """Read on; what was typed stays a draft."""
        if self.writing is not None:
            self._keep()
            self._end()

    def _end(self) -> None:
        self.writing = None
        self._draft = None
        self._turn(writing=False)
        self.post_message(self.Left())

    async def preview(self) -> None:
        """The text as it will look, or the text again."""
        if self.writing is None:
            return
        if self.area.display:
            await self._lay_out(self.writing, self.area.text)
        self.area.display = not self.area.display
        self.reader.display = not self.area.display
        (self.area if self.area.display else self.reader).focus()

    def outer_editor(self) -> None:
        """Write it in the user's editor."""
        try:
            self.area.load_text(edited(self.app, self.area.text))
        except CrmError as error:
            self.say(error.message, wrong=True)
        self._keep()


class _Keys:
    """The keys of the note, wherever in it the focus is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("writing", WRITING)

    @property
    def _pane(self) -> NotePane:
        pane = getattr(self, "parent", None)
        assert isinstance(pane, NotePane)
        return pane

    def action_save(self) -> None:
        self._pane.save()

    def action_leave(self) -> None:
        self._pane.leave()

    async def action_preview(self) -> None:
        await self._pane.preview()

    def action_outer_editor(self) -> None:
        self._pane.outer_editor()


class _Writing(_Keys, TextArea):
    """The text as it is written."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("writing", WRITING)

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Widget has it
        super().__init__(tab_behavior="indent", compact=True, soft_wrap=True, show_line_numbers=False, id=id)

    async def _on_key(self, event: Key) -> None:
        """Esc leaves the note, where a text area would go to the next widget."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self._pane.leave()
            return
        await super()._on_key(event)


class _Reading(_Keys, VerticalScroll, can_focus=True, inherit_bindings=False):
    """The text as it looks; while it is written, a preview with the keys of writing."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading", READING), *bindings("writing", WRITING)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of writing mean nothing while nothing is written."""
        if action in ("save", "leave", "preview", "outer_editor"):
            return self._pane.writing is not None
        return super().check_action(action, parameters)


_KEYS = "ctrl+s store · ctrl+o preview · ctrl+e editor · esc leave"
