"""The keys of the search box."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_FOUND, _BOX = "what was found", "search box"
SEARCH = (
    Key("jump", "enter", "jump", "go there", "go to what is at the cursor, or do it", _FOUND, shown=True, display="⏎"),
    Key("down", "down,ctrl+n,ctrl+j", "go(1)", "down", "the hit below", _FOUND),
    Key("up", "up,ctrl+p", "go(-1)", "up", "the hit above", _FOUND),
    Key("page_down", "pagedown", "go_page(1)", "page down", "a page down", _FOUND),
    Key("page_up", "pageup", "go_page(-1)", "page up", "a page up", _FOUND),
    Key("verbs", "tab", "verbs", "act", "what can be done with it, without going there", _FOUND, shown=True),
    Key("verbs_right", "right", "verbs_right", "act", "the same, at the end of what is typed", _FOUND),
    Key("outside", "ctrl+o", "outside", "open outside", "open its website, mail or phone", _FOUND, shown=True),
    Key("back", "left,shift+tab", "back", "back", "from what can be done back to what was found", _FOUND),
    Key("close", "escape", "close", "close", "back from what can be done, else close the box", _BOX, shown=True),
)  # fmt: skip
