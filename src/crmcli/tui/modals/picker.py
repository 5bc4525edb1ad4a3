"""One of several: a list that typing narrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import PICKER
from crmcli.tui.modals.dialog import Dialog
from crmcli.tui.widgets.choice_list import ChoiceList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class Choice(NamedTuple):
    """Something that can be picked: what the caller gets, how it is shown, and what is said beside it."""

    value: str
    label: str = ""
    about: str = ""


class _Pick(Option):
    """A line that knows what it stands for: when the click on it arrives, the list may already hold others."""

    def __init__(self, line: Content, value: str) -> None:
        super().__init__(line)
        self.value = value


class Picker(Dialog["str | None"]):
    """A list to pick from; dismissed with the value, or None. Every word typed must be in a label or what is said of it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("picker", PICKER)

    def __init__(self, title: str, options: Sequence[Choice | str], present: str = "") -> None:
        super().__init__()
        self._title_text = title
        self._options = [Choice(each) if isinstance(each, str) else each for each in options]
        self._present = present

    def compose(self) -> ComposeResult:
        """What to pick, a line to narrow it, the list."""
        with Vertical(classes="dialog -picker"):
            yield Label(Content(visible(self._title_text)), classes="dialog-title")
            yield Input(placeholder="type to narrow", compact=True, id="narrow")
            yield ChoiceList(compact=True, markup=False)
            yield Label("↑ ↓ move · enter choose · esc cancel", classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin with the present one."""
        self._narrow("")
        self.query_one(Input).focus()

    def _narrow(self, typed: str) -> None:
        words = fold(typed).split()
        shown = [each for each in self._options if all(word in _searched(each) for word in words)]
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([_Pick(self._line(each), each.value) for each in shown])
        values = [each.value for each in shown]
        listed.highlighted = values.index(self._present) if self._present in values else 0 if values else None

    def _line(self, choice: Choice) -> Content:
        mark = "● " if choice.value == self._present else "  "
        return Content.assemble(mark, visible(choice.label or choice.value), ("  ", ""), (visible(choice.about), "dim"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the one at the cursor."""
        event.stop()
        self._take(self.query_one(OptionList).highlighted_option)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes it."""
        event.stop()
        self._take(event.option)

    def _take(self, option: Option | None) -> None:
        if isinstance(option, _Pick):
            self.dismiss(option.value)

    def action_cancel(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)

    def action_down(self, step: int) -> None:
        """Another one."""
        listed = self.query_one(OptionList)
        listed.action_cursor_down() if step > 0 else listed.action_cursor_up()


def _searched(choice: Choice) -> str:
    return fold(f"{choice.label or choice.value} {choice.about}")
