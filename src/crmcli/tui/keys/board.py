"""The keys of the board, besides those that work on the card at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _DEALS, _VIEW, _LANES = "moving around", "deal", "view", "swimlanes"
BOARD = (
    Key("left", "left,h,b,shift+tab", "go_right(-1)", "left", "the stage to the left", _AROUND, counted=True),
    # The vim key for right is taken: l is for log. w goes a word on in vim, here a stage.
    Key("right", "right,w,tab", "go_right(1)", "right", "the stage to the right; l is for log", _AROUND, counted=True),
    Key("new", "n", "new", "new", "add a deal to this stage", _DEALS, shown=True),
    Key("filter", "slash", "filter", "filter", "only some deals: owner = me AND value > 5k", _VIEW, shown=True),
    Key("sort", "s", "sort", "sort", "what the cards of a stage are sorted by", _VIEW),
    Key("swimlanes", "S", "swimlanes", "swimlanes", "by owner, by company, or none", _LANES),
    Key("fold", "f", "fold", "fold", "fold this swimlane to a line, or unfold it", _LANES),
    Key("fold_all", "F", "fold_all", "fold all", "fold all swimlanes, or unfold them", _LANES),
    Key("lane_up", "left_curly_bracket", "go_swimlane(-1)", "swimlane up", "the swimlane above", _LANES, counted=True),
    Key("lane_down", "right_curly_bracket", "go_swimlane(1)", "swimlane down", "the swimlane below", _LANES, counted=True),
    Key("give_up", "K,shift+up", "give(-1)", "to owner above", "give the deal to the owner of the swimlane above", _LANES, repeats=True),
    Key("give_down", "J,shift+down", "give(1)", "to owner below", "give the deal to the owner of the swimlane below", _LANES, repeats=True),
    Key("collapse", "minus", "collapse", "collapse", "make this stage a narrow strip; it opens while the cursor is in it", _VIEW),
    Key("expand", "plus", "expand", "expand all", "open every collapsed stage again", _VIEW),
    Key("pipeline", "p", "pipeline", "pipeline", "switch to another pipeline", _VIEW),
    Key("escape", "escape", "escape", "close", "close the pane, else take marks off, else clear the filter", _VIEW),
)  # fmt: skip
