"""One key chooses a kind of activity: to log one, or to see only these."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label
from textual.widgets.option_list import Option

from crmcli.render.cells import pad
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.key import shown_keys
from crmcli.tui.keys.record import CHOOSING
from crmcli.tui.modals.dialog import Dialog
from crmcli.tui.widgets.choice_list import ChoiceList

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.tui.keys.key import Key


class KindPicker(Dialog["str | None"]):
    """Dismissed with the kind, ``""`` for all, ``form`` for the form, or None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("kind", CHOOSING)

    def __init__(self, title: str, kinds: Collection[str], present: str = "") -> None:
        super().__init__()
        self._title_text = title
        self._present = present
        self._kinds = kinds
        self._listed = [key for key in CHOOSING if self._value(key) in kinds]

    @staticmethod
    def _value(key: Key) -> str | None:
        return key.action.removeprefix("kind('").removesuffix("')") if key.action.startswith("kind(") else None

    def compose(self) -> ComposeResult:
        """The kinds with their keys."""
        with Vertical(classes="dialog -narrow -kinds"):
            yield Label(Content(self._title_text), classes="dialog-title")
            yield ChoiceList(*(Option(self._line(key)) for key in self._listed), compact=True, markup=False)
            yield Label("a key, or ↑ ↓ and enter · esc cancel", classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin with the present one."""
        values = [self._value(key) for key in self._listed]
        listed = self.query_one(ChoiceList)
        listed.highlighted = values.index(self._present) if self._present in values else 0
        listed.focus()

    def _line(self, key: Key) -> Content:
        mark = "●" if self._value(key) == self._present else " "
        first = shown_keys(key.keys).split(" ")[0]
        return Content.assemble(f"{mark} ", (pad(first, 3), "bold $accent"), key.label)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the kinds that are offered can be chosen."""
        return parameters[0] in self._kinds if action == "kind" else super().check_action(action, parameters)

    def on_option_list_option_selected(self, event: ChoiceList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self.dismiss(self._value(self._listed[event.option_index]))

    def action_kind(self, kind: str) -> None:
        """Its key was pressed."""
        self.dismiss(kind)

    def action_close(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)
