"""Every key of the board, said once: the bindings, the help screen and the command palette are made from this table."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding


class Key(NamedTuple):
    """What a key does; ``shown`` puts it in the footer, ``palette`` among the commands."""

    id: str
    keys: str
    action: str
    label: str
    about: str
    section: str
    shown: bool = False
    palette: bool = False
    display: str = ""

    @property
    def binding(self) -> Binding:
        """The key as Textual wants it."""
        return Binding(
            self.keys, self.action, self.label, show=self.shown, tooltip=self.about, id=f"board.{self.id}",
            key_display=self.display or None,
        )  # fmt: skip


_AROUND, _DEALS, _VIEW = "moving around", "deals", "view"
KEYS = (
    Key("up", "up,k", "go_down(-1)", "up", "the card above", _AROUND),
    Key("down", "down,j", "go_down(1)", "down", "the card below", _AROUND),
    Key("left", "left,h,b,shift+tab", "go_right(-1)", "left", "the stage to the left", _AROUND),
    # The vim key for right is taken: l is for log. w goes a word on in vim, here a stage.
    Key("right", "right,w,tab", "go_right(1)", "right", "the stage to the right; l is for log", _AROUND),
    Key("page_up", "pageup,ctrl+u", "go_page(-1)", "page up", "a page of cards up", _AROUND),
    Key("page_down", "pagedown,ctrl+d", "go_page(1)", "page down", "a page of cards down", _AROUND),
    Key("first", "g,home", "go_first", "first", "the first card of the stage", _AROUND),
    Key("last", "G,end", "go_last", "last", "the last card of the stage", _AROUND),
    Key("open", "enter", "open", "open", "the deal in full, with its timeline", _DEALS, shown=True, palette=True, display="⏎"),
    Key("new", "n", "new", "new", "add a deal to this stage", _DEALS, shown=True, palette=True),
    Key("edit", "e", "edit", "edit", "change the deal", _DEALS, shown=True, palette=True),
    Key("log", "l", "log", "log", "log a call, a meeting, a note …", _DEALS, shown=True, palette=True),
    Key("task", "t", "task", "task", "plan a task for the deal", _DEALS, shown=True, palette=True),
    Key("move_left", "H,shift+left", "move(-1)", "move left", "move the deal a stage back", _DEALS, palette=True),
    Key("move_right", "L,shift+right", "move(1)", "move", "move it a stage on (or drag the card)", _DEALS, shown=True,
        palette=True, display="H/L"),
    Key("undo", "u", "undo", "undo", "take back the last thing done here", _DEALS, shown=True, palette=True),
    Key("redo", "U,ctrl+r", "redo", "redo", "do again what was taken back", _DEALS, palette=True),
    Key("filter", "slash", "filter", "filter", "only some deals: owner = me AND value > 5k", _VIEW, shown=True,
        palette=True),
    Key("pipeline", "p", "pipeline", "pipeline", "switch to another pipeline", _VIEW, palette=True),
    Key("theme", "d", "toggle_dark", "dark/light", "switch between dark and light", _VIEW, palette=True),
    Key("refresh", "r", "refresh", "refresh", "read the store again; it is watched anyway", _VIEW, palette=True),
    Key("back", "escape", "back", "back", "close the pane, else clear the filter", _VIEW),
    Key("help", "question_mark", "help", "help", "these keys", _VIEW, shown=True, palette=True),
    Key("quit", "q", "app.quit", "quit", "leave the board", _VIEW, shown=True),
)  # fmt: skip
_NAMES = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "shift+left": "shift+←", "shift+right": "shift+→",
    "pageup": "page up", "pagedown": "page down", "slash": "/", "question_mark": "?", "escape": "esc",
}  # fmt: skip


def shown_keys(key: Key) -> str:
    """The keys as a person reads them: ``↓ j``."""
    return " ".join(_NAMES.get(name, name) for name in key.keys.split(","))
