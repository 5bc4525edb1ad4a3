"""The keys of a record's page, besides those that work on the record or on the entry of the timeline at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _PAGE, _VIEW, _NOTE, _KIND = "moving around", "record's page", "view", "note", "kinds"
PAGE = (
    Key("next_pane", "tab,right,w", "go_pane(1)", "next part", "fields, links, timeline, note, changes; l is for log", _AROUND,
        counted=True),
    Key("previous_pane", "shift+tab,left,h,b", "go_pane(-1)", "part before", "the part of the page before", _AROUND,
        counted=True),
    Key("edit", "i,f2", "edit", "edit", "change the field at the cursor right there, or write the note", _PAGE, shown=True),
    Key("new", "n,plus", "new", "add", "a link, a field, an entry or a note, as the part of the page has it", _PAGE,
        shown=True),
    Key("take_off", "minus", "take_off", "take off", "empty the field, or take the link off; undo brings it back", _PAGE),
    Key("kinds", "f", "kinds", "only …", "only calls, only notes …: then the key of the kind", _VIEW, shown=True),
    Key("conversations", "equals_sign", "conversations", "messages", "every message, or one line for a conversation", _VIEW),
    Key("restore", "R", "restore", "restore", "bring a deleted record back", _PAGE),
    Key("escape", "escape", "escape", "leave", "take marks off, else show every kind, else go back", _VIEW),
)  # fmt: skip
WRITING = (
    Key("save", "ctrl+s", "save", "save", "store the note", _NOTE, shown=True),
    Key("preview", "ctrl+o", "preview", "preview", "see its Markdown as it will look, or go on writing", _NOTE, shown=True),
    Key("editor", "ctrl+e", "outer_editor", "editor", "write it in $VISUAL or $EDITOR", _NOTE, shown=True),
    Key("leave", "escape", "leave", "leave", "leave the note; what was typed is kept as a draft", _NOTE, shown=True),
)  # fmt: skip
READING = (
    Key("up", "up,k", "scroll_up", "up", "a line up", _NOTE),
    Key("down", "down,j", "scroll_down", "down", "a line down", _NOTE),
    Key("page_up", "pageup,ctrl+u", "page_up", "page up", "a page up", _NOTE),
    Key("page_down", "pagedown,ctrl+d", "page_down", "page down", "a page down", _NOTE),
    Key("first", "g,home", "scroll_home", "first", "to the beginning", _NOTE),
    Key("last", "G,end", "scroll_end", "last", "to the end", _NOTE),
)
# The key of each kind of activity, to log one or to see only these.
_KIND_KEYS = {
    "call": "c", "meeting": "m", "email": "e", "note": "n", "task": "t", "decision": "d", "visit": "v", "sms": "s", "chat": "h",
    "letter": "l", "fax": "x", "social": "o", "web_form": "w", "pos": "p", "stage_change": "g",
}  # fmt: skip
KINDS = tuple(
    Key(
        kind,
        key,
        f"kind('{kind}')",
        kind.replace("_", " "),
        f"{kind.replace('_', ' ')}: log one, or see only these",
        _KIND,
    )
    for kind, key in _KIND_KEYS.items()
)
CHOOSING = (
    *KINDS,
    Key("all", "a,f,asterisk", "kind('')", "all", "every kind, where kinds are chosen to be seen", _KIND),
    Key("form", "full_stop,L", "kind('form')", "form", "log with time, outcome and next step, in a form", _KIND),
    Key("close", "escape,q", "close", "close", "leave it as it is", _KIND),
)
