"""The keys that move a cursor up and down a list, and mark what it passes."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_MOVING, _MARKING = "moving around", "marking"
MOVING = (
    Key("up", "up,k", "go_down(-1)", "up", "up", _MOVING, counted=True),
    Key("down", "down,j", "go_down(1)", "down", "down", _MOVING, counted=True),
    Key("page_up", "pageup,ctrl+u", "go_page(-1)", "page up", "a page up", _MOVING, counted=True),
    Key("page_down", "pagedown,ctrl+d", "go_page(1)", "page down", "a page down", _MOVING, counted=True),
    Key("first", "g,home", "go_first", "first", "to the first one", _MOVING),
    Key("last", "G,end", "go_last", "last", "to the last one, or the one of that number: 42G", _MOVING, counted=True),
)
MARKING = (
    Key("mark", "space", "mark", "mark", "mark it, or take the mark off; verbs then work on all that is marked", _MARKING,
        counted=True),
    Key("mark_range", "V", "mark_range", "mark to here", "mark everything from the last mark to the cursor", _MARKING),
    Key("mark_all", "asterisk", "mark_all", "mark all", "mark all there is, or nothing", _MARKING),
)  # fmt: skip
