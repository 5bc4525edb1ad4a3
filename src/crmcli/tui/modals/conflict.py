"""Two changed the same fields at once: both values side by side, and the user decides for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Label, Static

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import CONFLICT
from crmcli.tui.modals.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click

MARKS = {True: "◉", False: "◌"}  # of the chosen side and the other; read out as an asterisk, and as nothing
_LONGEST = 400
_NOTHING = "— nothing —"


class Conflicting(NamedTuple):
    """One field: what it was when the form was opened, what the other one stored, what is typed here."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str


class ConflictDialog(Dialog["dict[str, str] | None"]):
    """Dismissed with ``mine`` or ``theirs`` for each field, or None to go back to the form."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("conflict", CONFLICT)

    def __init__(self, title: str, disputed: Sequence[Conflicting]) -> None:
        super().__init__()
        self._title_text = title
        self._disputed = disputed
        self._at = 0

    def compose(self) -> ComposeResult:
        """One block a field; the chosen side is marked."""
        with Vertical(classes="dialog -conflict"):
            yield Label(Content(visible(self._title_text)), classes="dialog-title")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                for each in self._disputed:
                    yield _Choice(each)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Save", id="save", compact=True, variant="primary", tooltip="enter")
                yield Button("Back to the form", id="back", compact=True, tooltip="esc")
            yield Label("m mine · t theirs · ↑ ↓ field · enter save · esc back", classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self._show()

    @property
    def _choices(self) -> list[_Choice]:
        return list(self.query(_Choice))

    def _show(self) -> None:
        for place, choice in enumerate(self._choices):
            choice.set_class(place == self._at, "-present")
        if self._choices:
            self._choices[self._at].scroll_visible()

    def action_go(self, step: int) -> None:
        """Another field."""
        self._at = min(max(self._at + step, 0), len(self._choices) - 1)
        self._show()

    def action_choose(self, whose: str) -> None:
        """This side, and on to the next field."""
        self._choices[self._at].choose(whose)
        self.action_go(1)

    def action_turn(self) -> None:
        """The other side."""
        choice = self._choices[self._at]
        choice.choose("theirs" if choice.whose == "mine" else "mine")

    def on_conflict_dialog_clicked(self, event: ConflictDialog.Clicked) -> None:
        """The field that was clicked is the present one."""
        self._at = self._choices.index(event.choice)
        self._show()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The two buttons."""
        self.action_save() if event.button.id == "save" else self.action_back()

    def action_save(self) -> None:
        """So be it."""
        self.dismiss({choice.disputed.name: choice.whose for choice in self._choices})

    def action_back(self) -> None:
        """Nothing is decided."""
        self.dismiss(None)

    class Clicked(Message):
        """A side was clicked."""

        def __init__(self, choice: _Choice) -> None:
            super().__init__()
            self.choice = choice


class _Choice(Vertical):
    """A field with its two values."""

    def __init__(self, disputed: Conflicting) -> None:
        super().__init__(classes="conflict")
        self.disputed = disputed
        self.whose = "mine"

    def compose(self) -> ComposeResult:
        before = cut(visible(self.disputed.before) or _NOTHING, 60)
        yield Static(
            Content.assemble((self.disputed.label, "bold"), ("  was ", "dim"), (before, "dim")), classes="conflict-name"
        )
        with Horizontal(classes="conflict-sides"):
            yield Static(id="mine", classes="conflict-side")
            yield Static(id="theirs", classes="conflict-side")

    def on_mount(self) -> None:
        """Mine is offered: it was typed here, just now."""
        self.choose("mine")

    def choose(self, whose: str) -> None:
        """Mark the side."""
        self.whose = whose
        for side, text in (("mine", self.disputed.mine), ("theirs", self.disputed.theirs)):
            mark = MARKS[side == whose]
            shown = cut(visible(text, keep_newlines=True), _LONGEST) or _NOTHING
            widget = self.query_one(f"#{side}", Static)
            widget.set_class(side == whose, "-chosen")
            widget.update(Content.assemble((f"{mark} {side}\n", "bold"), shown))

    def on_click(self, event: Click) -> None:
        """A click on a side chooses it."""
        whose = event.widget.id if event.widget is not None else None
        if whose in ("mine", "theirs"):
            self.choose(whose)
            self.post_message(ConflictDialog.Clicked(self))
