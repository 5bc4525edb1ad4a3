"""Editing on a record's page: fields in place, the note, fields of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.render.safe import visible
from crmcli.tui.editing import Saving
from crmcli.tui.outside import go
from crmcli.tui.screens.record_parts import SENT
from crmcli.tui.screens.record_reading import RecordReading

if TYPE_CHECKING:
    from crmcli.errors import CrmError
    from crmcli.tui.session import Done
    from crmcli.tui.widgets.field_editor import FieldEditor
    from crmcli.tui.widgets.note_pane import NotePane


class RecordEditing(RecordReading):
    """What is typed is stored at once; a field that someone else has changed meanwhile asks first."""

    async def action_edit(self) -> None:
        """Change the field at the cursor, or write the note."""
        if self.page is None or not self.page.is_live:
            return
        if self.pane == "note":
            await self._show_note()
            if not self.note.note.field:
                self.notify("nothing can be written here", timeout=3)
            self.note.write()
        elif self.pane == "fields":
            self._edit_field(self.page.noun)
        elif self._is_on_mail:
            self.notify(SENT, severity="warning", timeout=3)
        elif self.pane == "timeline":
            self._turn_to("note")
            await self._show_note()
            self.note.write()

    def _edit_field(self, noun: str) -> None:
        line = self.fields.line
        if line is None:
            return
        if line.field is None:
            self.notify(f"{line.label} is worked out, never typed", timeout=3)
            return
        self.editor.open(line.field, noun, self.fields.view)
        self._place_editor()

    def on_field_editor_left(self) -> None:
        """The field stays as it is."""
        self.editor.close()
        self.fields.focus(scroll_visible=False)

    def on_field_editor_entered(self, event: FieldEditor.Entered) -> None:
        """Store the field of the record that it was opened for; the page may show another one by now."""
        field = event.field

        def done(result: Done | None) -> None:
            self.editor.close()
            self.fields.focus(scroll_visible=False)
            if result is not None:
                self._was.pop(field.name, None)

        Saving(
            self, event.noun, event.view, {field.name: event.text}, said=f"{field.label} changed", done=done,
            refused=lambda error: self.editor.refuse(told_of(error)),
        ).start()  # fmt: skip

    # -- the note

    def on_note_pane_saved(self, event: NotePane.Saved) -> None:
        """Store the text."""
        note = event.note
        said = "text stored" if note.field == "body" else f"{note.field} stored"
        Saving(
            self, note.noun, note.view, {note.field: event.text}, base={note.field: event.base}, said=said,
            done=lambda _: self.note.stored(), refused=lambda error: self.note.say(told_of(error), wrong=True),
        ).start()  # fmt: skip

    async def on_note_pane_left(self) -> None:
        """Show the note as it is stored."""
        await self._show_note()

    def on_note_pane_followed(self, event: NotePane.Followed) -> None:
        """A link in a note is opened only when the user, who has seen its whole address, says so."""
        from crmcli.tui.modals.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                go(self, event.address)

        self.app.push_screen(Confirm("open this address?", [event.address]), answered)

    # -- fields of one's own, and empty ones

    def _ask_field(self) -> None:
        from crmcli.services.records import Changes
        from crmcli.tui.modals.form import Form, FormField

        target = self._record()
        fields = [FormField("key", "name", example="region", required=True), FormField("value", "value", required=True)]

        def save(answers: Any) -> Any:  # noqa: ANN401
            records = self.session.records(target.noun)
            changes = Changes(set=[f"{answers['key'].strip().replace('=', ' ')}={answers['value']}"])
            return records.edit(target.id, records.edit_draft(changes))

        self.ask(Form(f"a field of your own for {target.name}", fields, save), "field added")

    def _empty_field(self) -> None:
        line = self.fields.line
        if self.page is None or line is None or line.field is None:
            return
        Saving(
            self, self.page.noun, self.fields.view, {line.name: ""}, said=f"{line.label} emptied; u brings it back",
            done=lambda _: None, refused=lambda error: self.notify(visible(told_of(error)), severity="warning", markup=False),
        ).start()  # fmt: skip


def told_of(error: CrmError) -> str:
    """What is wrong, and what helps, in a line."""
    return f"{error.message} ({error.advice})" if error.hint else error.message
