"""The keys of the board, besides those that work on the card at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _DEALS, _VIEW = "moving around", "deal", "view"
BOARD = (
    Key("left", "left,h,b,shift+tab", "go_right(-1)", "left", "the stage to the left", _AROUND, counted=True),
    # The vim key for right is taken: l is for log. w goes a word on in vim, here a stage.
    Key("right", "right,w,tab", "go_right(1)", "right", "the stage to the right; l is for log", _AROUND, counted=True),
    Key("new", "n", "new", "new", "add a deal to this stage", _DEALS, shown=True, palette=True),
    Key(
        "filter",
        "slash",
        "filter",
        "filter",
        "only some deals: owner = me AND value > 5k",
        _VIEW,
        shown=True,
        palette=True,
    ),
    Key("pipeline", "p", "pipeline", "pipeline", "switch to another pipeline", _VIEW, palette=True),
    Key("escape", "escape", "escape", "close", "close the pane, else take marks off, else clear the filter", _VIEW),
)
