"""Forms: a few labelled fields that stay open, with what was typed in them, until the store has taken them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from textual import work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from crmcli.errors import BadValue, CrmError
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.tui.app import BoardApp
    from crmcli.tui.session import Done

ResultT = TypeVar("ResultT")


class FormField(NamedTuple):
    """A field of a form; one with ``choices`` is a list to pick from."""

    name: str
    label: str
    value: str = ""
    example: str = ""
    choices: Sequence[str] = ()


class Form(ModalScreen["Done | None"], Generic[ResultT]):
    """Asks for some texts and hands them to ``save``, which may refuse them; dismissed with what came of it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", tooltip="close the form, nothing is stored", id="form.cancel"),
        Binding("ctrl+s", "save", "save", tooltip="store it", id="form.save", priority=True),
        Binding("down", "app.focus_next", "next", show=False, tooltip="the next field", id="form.next"),
        Binding("up", "app.focus_previous", "previous", show=False, tooltip="the field before", id="form.previous"),
    ]
    app: BoardApp

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

    def __init__(self, title: str, fields: Sequence[FormField], save: Callable[[Mapping[str, str]], ResultT]) -> None:
        super().__init__()
        self._title = title
        self._fields = fields
        self._save = save
        self._saving = False

    def compose(self) -> ComposeResult:
        """Title, fields, what is wrong, what to press."""
        with Vertical(classes="dialog"):
            yield Label(Content(visible(self._title)), classes="dialog-title")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                for field in self._fields:
                    with Horizontal(classes="field"):
                        yield Label(field.label, markup=False)
                        yield _control(field)
            yield Static(classes="dialog-error", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Save", id="save", compact=True, variant="primary", tooltip="enter, or ctrl+s")
                yield Button("Cancel", id="cancel", compact=True, tooltip="esc")
                yield Label("enter save · tab next · esc cancel", classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.query_one(f"#field-{self._fields[0].name}").focus()

    def values(self) -> dict[str, str]:
        """What is typed, by field."""
        return {field.name: self._text(field) for field in self._fields}

    def _text(self, field: FormField) -> str:
        control = self.query_one(f"#field-{field.name}")
        if isinstance(control, Input):
            return control.value
        assert isinstance(control, Select)
        return "" if control.value is Select.NULL else str(control.value)

    # -- saving

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in any field stores the form."""
        event.stop()
        self.action_save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The two buttons."""
        event.stop()
        self.action_save() if event.button.id == "save" else self.action_cancel()

    def action_cancel(self) -> None:
        """Close the form."""
        if not self._saving:
            self.dismiss(None)

    def action_save(self) -> None:
        """Hand it over, once."""
        if not self._saving:
            self._saving = True
            self._say("saving …")
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
        self.dismiss(event.done)

    def on_form_refused(self, event: Form.Refused) -> None:
        """Stay open, say why and point at the field."""
        self._saving = False
        error = event.error
        self._say(visible(error.message), wrong=True)
        if isinstance(error, BadValue):
            wrong = error.field.replace("-", "_")
            for field in self._fields:
                if wrong in (field.name, field.name.removesuffix("s")):
                    self.query_one(f"#field-{field.name}").focus()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        line = self.query_one(".dialog-error", Static)
        line.set_class(wrong, "-wrong")
        line.update(Content(text))


def _control(field: FormField) -> Input | Select[Any]:
    if field.choices:
        options = [(Content(visible(choice)), choice) for choice in field.choices]
        value = field.value or field.choices[0]
        return Select(options, value=value, allow_blank=False, compact=True, id=f"field-{field.name}")
    return Input(field.value, placeholder=field.example, compact=True, id=f"field-{field.name}", select_on_focus=False)
