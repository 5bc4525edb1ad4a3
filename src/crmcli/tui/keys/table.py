"""The keys of the tables, besides those that work on the record at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _TABLE, _RECORD, _FIND, _CHOOSER = "moving around", "table", "record", "finding", "columns"
TABLE = (
    Key("left", "left,h", "go_columns(-1)", "left", "columns to the left", _AROUND, counted=True),
    # The vim key for right is taken: l is for log. w goes a word on in vim, here a column.
    Key("right", "right,w", "go_columns(1)", "right", "columns to the right; l is for log", _AROUND, counted=True),
    Key("filter", "slash", "filter", "filter", "only some: owner = me AND tags = vip", _TABLE, shown=True),
    Key("narrow", "f", "narrow", "find", "only those with these words, as you type", _TABLE, shown=True),
    Key("sort", "s", "sort", "sort", "choose what to sort by", _TABLE, shown=True),
    Key("reverse", "S", "reverse", "reverse", "the other way round", _TABLE),
    Key("columns", "C", "columns", "columns", "choose the columns and their order", _TABLE),
    Key("views", "v", "views", "views", "open, or delete, what was kept under a name", _TABLE, shown=True),
    Key("keep_view", "ctrl+s", "keep_view", "keep view", "keep filter, order and columns under a name", _TABLE),
    Key("preview", "p", "preview", "preview", "the pane beside the table, or none", _TABLE),
    Key("export", "E", "export", "export", "what is marked, or all that is shown, into a file", _TABLE),
    Key("new", "n", "new", "new", "add one", _RECORD, shown=True),
    Key("merge", "M", "merge", "merge", "make two marked records one", _RECORD),
    Key("escape", "escape", "escape", "show all", "stop finding, else take the marks off, else clear the filter", _TABLE),
)  # fmt: skip
NARROW = (
    Key("leave", "down,tab", "leave(1)", "table", "keep the words, go on in the table", _FIND),
    Key("clear", "escape", "clear", "clear", "show everything again", _FIND),
)
CHOOSER = (
    Key("up", "up,k", "go(-1)", "up", "up", _CHOOSER),
    Key("down", "down,j", "go(1)", "down", "down", _CHOOSER),
    Key("first", "home,g", "end(-1)", "first", "to the first one", _CHOOSER),
    Key("last", "end,G", "end(1)", "last", "to the last one", _CHOOSER),
    Key("tick", "space", "tick", "show or not", "show the column, or not", _CHOOSER),
    Key("earlier", "K,shift+up,left,minus", "carry(-1)", "earlier", "move the column to the left", _CHOOSER),
    Key("later", "J,shift+down,right,plus", "carry(1)", "later", "move it to the right", _CHOOSER),
    Key("usual", "u", "usual", "usual", "the usual columns again", _CHOOSER),
    Key("take", "enter,ctrl+s", "take", "take", "show these columns from now on", _CHOOSER),
    Key("cancel", "escape,q", "cancel", "cancel", "leave them as they are", _CHOOSER),
)
