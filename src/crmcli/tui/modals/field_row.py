"""One field of a form: its name, what is typed, what that means, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, Static, TextArea

from crmcli.errors import CrmError
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.external_editor import edited
from crmcli.tui.keys.dialogs import LONG
from crmcli.tui.widgets.choice_list import ChoiceLine
from crmcli.tui.widgets.suggesting_input import SuggestingInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.tui.modals.fields import FormField, Reading
    from crmcli.tui.widgets.suggesting_input import Source

_NOTHING = "—"
_NAME = 15  # cells for the name of a field, as the style sheet has it
_LONG_KEYS = "ctrl+e editor\nctrl+o preview"


class FieldRow(Horizontal):
    """A row of a form; says when what is typed in it has changed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("long", LONG)

    class Typed(Message):
        """The text of the field is another one."""

        def __init__(self, row: FieldRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, field: FormField, control_id: str, source: Source | None = None) -> None:
        super().__init__()
        self.field = field
        self.is_required = field.required
        self._control_id = control_id
        self._source = source
        self._last = first_text(field)
        self._line: SuggestingInput | None = None
        self._is_here = False
        self.note: Static | None = None  # what is meant, or what a long text's keys are
        self.error: Static | None = None  # what is wrong, a line below this row
        self.set_class(field.long, "-long")

    def compose(self) -> ComposeResult:
        """The control; what is meant and what is wrong come when there is something to say."""
        yield from self._control()

    def render(self) -> Content:
        """The name, beside the control."""
        tone = "$text-error" if self.has_class("-wrong") else "$primary" if self._is_here else ""
        lines = self._label()
        if len(lines) > 1:
            self.styles.min_height = len(lines)
        return Content("\n").join(lines).stylize(f"bold {tone}" if self._is_here else tone)

    def _label(self) -> list[Content]:
        label = Content(f"{self.field.label} *" if self.is_required else self.field.label)
        return label.wrap(_NAME) if label.cell_length > _NAME else [label]

    def _control(self) -> ComposeResult:
        field = self.field
        if field.long:
            yield _LongText(field.value, id=self._control_id)
        elif field.choices:
            yield _choice(field, self._control_id)
        elif self._source is None:
            yield Input(
                field.value, placeholder=field.example, compact=True, id=self._control_id, select_on_focus=False
            )
        else:
            self._line = SuggestingInput(self._source, field.value, placeholder=field.example, id=self._control_id)
            yield self._line

    # -- its text

    @property
    def control(self) -> Any:  # noqa: ANN401 - Input, Select or TextArea
        """The widget that has the keys."""
        return self.query_one(f"#{self._control_id}")

    @property
    def text(self) -> str:
        """What is typed or chosen."""
        found = self.query(f"#{self._control_id}") if self.is_mounted and self.is_attached else ()
        control: Any = next(iter(found), None)
        if control is None:  # not there yet, or gone already as its form is
            return self._last
        if isinstance(control, Select):
            return "" if control.value is Select.NULL else str(control.value)
        return str(control.text if isinstance(control, TextArea) else control.value)

    def begin(self) -> None:
        """Take the keys, as far as there is anything that could have them yet."""
        for control in self.query(f"#{self._control_id}"):
            control.focus()

    def put(self, text: str) -> None:
        """Put another text there, without suggestions."""
        control = self.control
        if isinstance(control, Select):
            if text in self.field.choices:
                control.value = text
        elif isinstance(control, TextArea):
            control.load_text(text)
        elif self._line is not None:
            self._line.put(text)
        else:
            control.value = text

    def require(self, *, wanted: bool) -> None:
        """Whether the form can't be stored without it."""
        if wanted != self.is_required:
            self.is_required = wanted
            self.refresh()

    def on_descendant_focus(self) -> None:
        """The keys are here."""
        self._be_here(here=True)

    def on_descendant_blur(self) -> None:
        """They are elsewhere."""
        self._be_here(here=False)

    def _be_here(self, *, here: bool) -> None:
        self._is_here = here
        self.refresh()
        if here and self.field.proposed and self.text == self.field.value:
            self.control.action_select_all()
        if self.field.long:
            self._note(_LONG_KEYS).display = here

    # -- what is made of it

    def say(self, reading: Reading) -> None:
        """Show what the text means beside it, and below it what is wrong."""
        wrong, meant = visible(reading.wrong), visible(reading.meant)
        self.set_class(bool(wrong), "-wrong")
        self.set_class(bool(meant) and not wrong, "-told")
        if wrong or self.error is not None:
            self._error_line().update(Content(f"✗ {wrong}" if wrong else ""))
            self._error_line().display = bool(wrong)
        if meant and not self.field.long:
            self._note().update(Content(f"→ {meant}"))
        self.refresh()

    def _error_line(self) -> Static:
        if self.error is None:
            self.error = Static(classes="field-error", markup=False)
            assert self.parent is not None
            self.parent.mount(self.error, after=self)  # type: ignore[attr-defined]  # a container
        return self.error

    def _note(self, text: str = "") -> Static:
        if self.note is None:
            self.note = Static(text, classes="field-note", markup=False)
            self.mount(self.note)
        return self.note

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typed."""
        event.stop()
        self._tell(event.value)

    def on_select_changed(self, event: Select.Changed) -> None:
        """Chosen."""
        event.stop()
        self._tell(self.text)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Typed over several lines."""
        event.stop()
        self._tell(event.text_area.text)

    def _tell(self, text: str) -> None:
        if text != self._last:
            self._last = text
            self.post_message(self.Typed(self))

    # -- long texts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Editor and preview are for long texts."""
        if action in ("editor", "preview"):
            return self.field.long
        return super().check_action(action, parameters)

    def action_editor(self) -> None:
        """Write the text in the user's editor."""
        try:
            self.put(edited(self.app, self.text))
        except CrmError as error:
            self.notify(visible(error.message), severity="error", markup=False)

    async def action_preview(self) -> None:
        """The text as its Markdown will look, or the text itself again."""
        text, shown = self.query_one(_LongText), not self.has_class("-preview")
        preview = next(iter(self.query(".field-preview").results(VerticalScroll)), None)
        if preview is None:
            preview = VerticalScroll(classes="field-preview")
            await self.mount(preview, after=text)
        if shown:
            await preview.remove_children()
            await preview.mount(_markdown(text.text))
        self.set_class(shown, "-preview")
        (preview if shown else text).focus()


class _LongText(TextArea):
    """A text of several lines, which tab leaves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("long", LONG)

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 - as Widget has it
        super().__init__(text, tab_behavior="focus", compact=True, soft_wrap=True, show_line_numbers=False, id=id)

    @property
    def _row(self) -> FieldRow:
        return next(node for node in self.ancestors if isinstance(node, FieldRow))

    def action_editor(self) -> None:
        self._row.action_editor()

    async def action_preview(self) -> None:
        await self._row.action_preview()


def first_text(field: FormField) -> str:
    """What the field's control shows when the form is opened."""
    return field.value if not field.choices or field.value in field.choices else field.choices[0]


def _choice(field: FormField, control_id: str) -> ChoiceLine:
    options = [(Content(visible(choice) or _NOTHING), choice) for choice in field.choices]
    return ChoiceLine(options, value=first_text(field), allow_blank=False, compact=True, id=control_id)


def _markdown(text: str) -> Any:  # noqa: ANN401 - loaded when it is first wanted
    from textual.widgets import Markdown

    return Markdown(visible(text, keep_newlines=True) or f"*{_NOTHING}*", open_links=False)
