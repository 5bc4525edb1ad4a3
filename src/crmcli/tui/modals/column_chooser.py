"""Which columns a table has, and in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Label

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, pad
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.table import CHOOSER
from crmcli.tui.modals.dialog import Dialog
from crmcli.tui.widgets.line_list import LineList, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import MouseDown

_TICK = 8  # cells in which a click ticks
_LABEL = 22


class Entry(NamedTuple):
    """A column that a table may have; a ``fixed`` one it always has."""

    name: str
    label: str
    about: str = ""
    fixed: bool = False


class ColumnList(LineList):
    """The columns, those that are shown above the others."""

    def __init__(self, entries: Sequence[Entry], ticked: Sequence[str]) -> None:
        super().__init__()
        self.known = {entry.name: entry for entry in entries}
        self.ticked: list[str] = []
        self.names: list[str] = []
        self.put(ticked)

    def put(self, ticked: Sequence[str]) -> None:
        """Tick these, in this order."""
        self.ticked = [name for name in ticked if name in self.known]
        self.names = [*self.ticked, *(name for name in self.known if name not in self.ticked)]
        self.forget()

    @property
    def count(self) -> int:
        """All columns there are."""
        return len(self.names)

    def key_at(self, place: int) -> str:
        """The column's name."""
        return self.names[place]

    def pieces(self, place: int, cells: int) -> list[Piece]:
        """A box, the column's header, and what it holds."""
        entry = self.known[self.names[place]]
        box = "[■] " if entry.fixed else "[x] " if entry.name in self.ticked else "[ ] "
        label = pad(visible(entry.label), _LABEL)
        about = "always shown" if entry.fixed else visible(entry.about)
        return [Piece(box, "title"), Piece(label), Piece(cut(about, max(0, cells - 4 - _LABEL)), "muted")]

    def tick(self) -> None:
        """Show the column at the cursor, or not."""
        name = self.names[self.cursor]
        if not self.known[name].fixed:
            if name in self.ticked:
                self.ticked.remove(name)
            else:
                self.ticked = [each for each in self.names if each in self.ticked or each == name]
            self.forget()

    def carry(self, step: int) -> None:
        """Move the column at the cursor among the others."""
        name, place = self.names[self.cursor], self.cursor + step
        if 0 <= place < self.count:
            self.names.insert(place, self.names.pop(self.cursor))
            self.ticked = [each for each in self.names if each in self.ticked]
            self.forget()
            self.go_to(self.names.index(name))

    def taken(self, event: MouseDown) -> None:
        """A click on the box ticks."""
        if event.x < _TICK:
            self.tick()


class ColumnChooser(Dialog["list[str] | None"]):
    """All columns of a noun; dismissed with the names of those to be shown, in order, or None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("columns", CHOOSER)

    def __init__(self, title: str, entries: Sequence[Entry], ticked: Sequence[str], usual: Sequence[str]) -> None:
        super().__init__()
        self._title_text = title
        self._usual = usual
        self.listed = ColumnList(entries, ticked)

    def compose(self) -> ComposeResult:
        """The list, and what to press."""
        with Vertical(classes="dialog -columns"):
            yield Label(self._title_text, classes="dialog-title", markup=False)
            yield self.listed
            yield Label("space show · J K move · enter take · esc cancel", classes="dialog-keys", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Take", id="take", compact=True, variant="primary", tooltip="enter")
                yield Button("Usual ones", id="usual", compact=True, tooltip="u")
                yield Button("Cancel", id="cancel", compact=True, tooltip="esc")

    def on_mount(self) -> None:
        """The keys move in the list."""
        self.listed.focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The three buttons."""
        event.stop()
        {"take": self.action_take, "usual": self.action_usual, "cancel": self.action_cancel}[str(event.button.id)]()

    def action_go(self, step: int) -> None:
        """Up or down."""
        self.listed.go_by(step)

    def action_end(self, step: int) -> None:
        """To the first one, or the last."""
        self.listed.go_to(0 if step < 0 else self.listed.count - 1)

    def action_tick(self) -> None:
        """Show the column, or not."""
        self.listed.tick()
        self.listed.go_by(1)

    def action_carry(self, step: int) -> None:
        """Move the column."""
        self.listed.carry(step)

    def action_usual(self) -> None:
        """As it is when nothing was chosen."""
        self.listed.put(self._usual)
        self.listed.go_to(0)

    def action_take(self) -> None:
        """Show these."""
        self.dismiss(self.listed.ticked)

    def action_cancel(self) -> None:
        """Leave them as they are."""
        self.dismiss(None)
