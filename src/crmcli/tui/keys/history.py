"""The keys of the list of changes."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_CHANGE, _VIEW = "change", "view"
HISTORY = (
    Key("open", "enter", "open", "open", "what the change did; there, the record that was changed", _CHANGE, shown=True, display="⏎"),
    Key("take_back", "x,delete", "take_back", "undo this", "take this very change back, after a look at what that does", _CHANGE,
        shown=True),
    Key("list", "left,h", "list", "to the list", "from what was changed back to the list of changes", _CHANGE),
    Key("changes", "right,tab,l", "changes", "to the changes", "from the list to what was changed", _CHANGE),
    Key("filter", "slash", "filter", "filter", "only some changes: words, @user", _VIEW, shown=True),
    Key("everyone", "w", "everyone", "mine/everyone", "only what I changed, or what everyone did", _VIEW, shown=True),
    Key("escape", "escape", "escape", "back", "back to the list, else take the filter off", _VIEW),
)  # fmt: skip
