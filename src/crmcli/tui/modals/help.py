"""Every key of a screen on one page."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from crmcli.render.cells import pad
from crmcli.tui.bindings import bindings
from crmcli.tui.keys.dialogs import HELP
from crmcli.tui.keys.key import shown_keys
from crmcli.tui.keys.registry import keys_of, scopes_of
from crmcli.tui.modals.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.tui.screens.place import Place

_KEYS = 18
_ABOUT = 44  # cells for what a key does, where there is room
_WIDTH, _PART = 132, 0.96  # how wide it is at most, and of the terminal, as the style sheet has it
_NARROW = 110  # columns of a terminal that has room for one column of keys only
_AROUND = 7  # cells of frame, padding and scroll bar
_GAP = 2  # behind each column
_COLORS = Content.assemble(
    ("the edge of a card", "bold $primary"), "\n",
    ("▌", "$error"), " overdue: next step or close date has gone by\n",
    ("▌", "$warning"), " rotting: nobody touched it for too long\n",
    ("▌", "$success"), " won   ", ("▌", "dim $error"), " lost\n",
)  # fmt: skip


class Help(Dialog[None]):
    """The keys by section, made from the table that the bindings are made from."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("help", HELP)

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._wrapped_for = 0

    def compose(self) -> ComposeResult:
        """Two columns where there is room."""
        with Vertical(classes="dialog -wide"):
            yield Label(f"keys · {self._place.name}", classes="dialog-title")
            with VerticalScroll(classes="dialog-body", id="help-body"), Horizontal(id="help-columns"):
                self._wrapped_for = self._room()
                for column in self._columns():
                    yield Static(column)
            yield Label("ctrl+p all commands · ↑ ↓ scroll · esc close", classes="dialog-keys")

    def on_mount(self) -> None:
        """The keys scroll."""
        self.query_one("#help-body").focus()

    def on_resize(self) -> None:
        """What no longer fits is wrapped anew."""
        if self._wrapped_for != self._room():
            self._wrapped_for = self._room()
            for part, column in zip(self.query("#help-columns Static").results(Static), self._columns(), strict=True):
                part.update(column)

    def _columns(self) -> tuple[Content, Content]:
        """The sections, about as many lines in the one as in the other."""
        sections = list(_sections(self._place.name or "", self._place.session.settings.keys, self._wrapped_for))
        half = _half(sections)
        left = sections[:half] + ([_COLORS] if self._place.name == "board" else [])
        return Content("\n\n").join(left), Content("\n\n").join(sections[half:])

    def _room(self) -> int:
        """Cells for what a key does: a narrow terminal has one column, as the style sheet has it."""
        wide = self.app.size.width
        room = min(_WIDTH, int(wide * _PART)) - _AROUND
        columns = 1 if wide < _NARROW else 2
        return min(_ABOUT, room // columns - _GAP - _KEYS - 1)

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)


def _sections(place: str, changed: Mapping[str, str], room: int) -> Iterator[Content]:
    """The keys by section, the screen's own first and those that work everywhere last."""
    everywhere, *others = scopes_of(place)
    by_section: dict[str, list[Content]] = {}
    for scope, keys in (*others, everywhere):
        for key in keys:
            shown = shown_keys(keys_of(scope, key, changed))
            if shown and not key.id.startswith("digit_"):
                about = wrap(key.about, room)
                line = Content.assemble((pad(shown, _KEYS), "bold"), " ", f"\n{' ' * (_KEYS + 1)}".join(about))
                by_section.setdefault(key.section, []).append(line)
    for section, lines in by_section.items():
        yield Content("\n").join([Content.styled(section, "bold $primary"), *lines])


def _half(sections: Sequence[Content]) -> int:
    """How many sections make the first column, so that both are about as high."""
    heights = [section.plain.count("\n") + 3 for section in sections]
    return next(place for place in range(1, len(heights) + 1) if 2 * sum(heights[:place]) >= sum(heights))
