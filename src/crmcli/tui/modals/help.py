"""Every key of the board on one page."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from crmcli.render.cells import pad
from crmcli.tui.keys import KEYS, shown_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

_KEYS = 18
_COLORS = Content.assemble(
    ("the edge of a card", "bold $primary"), "\n",
    ("▌", "$error"), " overdue: next step or close date has gone by\n",
    ("▌", "$warning"), " rotting: untouched for longer than the stage allows\n",
    ("▌", "$success"), " won   ", ("▌", "dim $error"), " lost\n",
)  # fmt: skip


class Help(ModalScreen[None]):
    """The keys by section, made from the table that the bindings are made from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", tooltip="back to the board", id="help.close"),
    ]

    def compose(self) -> ComposeResult:
        """Two columns where there is room."""
        with Vertical(classes="dialog -wide"):
            yield Label("keys of the board", classes="dialog-title")
            with VerticalScroll(classes="dialog-body", id="help-body"), Horizontal(id="help-columns"):
                around, *others = _sections()
                yield Static(Content("\n").join([around, Content(""), _COLORS]))
                yield Static(Content("\n\n").join(others))
            yield Label("ctrl+p all commands · ↑ ↓ scroll · esc close", classes="dialog-keys")

    def on_mount(self) -> None:
        """The keys scroll."""
        self.query_one("#help-body").focus()

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)


def _sections() -> Iterator[Content]:
    for section, keys in groupby(KEYS, key=lambda key: key.section):
        lines = [Content.styled(section, "bold $primary")]
        lines += [Content.assemble((pad(shown_keys(key), _KEYS), "bold"), " ", key.about) for key in keys]
        yield Content("\n").join(lines)
