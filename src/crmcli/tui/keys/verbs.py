"""The keys that do something with the record at the cursor, or with all marked ones, wherever they are shown."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_RECORD, _DEAL, _TASK, _OUT = "record", "deal", "task", "out of here"
RECORD = (
    Key(
        "open",
        "enter",
        "open",
        "open",
        "the whole record, with its timeline",
        _RECORD,
        shown=True,
        display="⏎",
    ),
    Key("change", "c", "verb('change')", "change", "change its fields in a form", _RECORD, shown=True),
    Key("editor", "e", "editor", "editor", "its fields and its note in $EDITOR", _RECORD),
    Key(
        "log",
        "l",
        "verb('log')",
        "log",
        "log a call, a meeting, a note …",
        _RECORD,
        shown=True,
        repeats=True,
    ),
    Key("task", "t", "verb('task')", "task", "plan a task for it", _RECORD, shown=True, repeats=True),
    Key("tag", "T", "verb('tag')", "tag", "put tags on it, or take them off with -", _RECORD, repeats=True),
    Key("assign", "a", "verb('assign')", "assign", "give it to someone", _RECORD, repeats=True),
    Key(
        "remove",
        "delete",
        "verb('remove')",
        "remove",
        "delete it; undo brings it back",
        _RECORD,
        repeats=True,
    ),
)
DEAL = (
    Key(
        "move_left",
        "H,shift+left",
        "move(-1)",
        "move left",
        "move the deal a stage back",
        _DEAL,
        counted=True,
        repeats=True,
    ),
    Key(
        "move_right",
        "L,shift+right",
        "move(1)",
        "move",
        "move it a stage on",
        _DEAL,
        shown=True,
        counted=True,
        repeats=True,
        display="H/L",
    ),
    Key(
        "stage",
        "m",
        "verb('stage')",
        "to stage",
        "move the deal to a stage you choose",
        _DEAL,
        repeats=True,
    ),
    Key("win", "W", "verb('win')", "won", "win the deal", _DEAL, repeats=True),
    Key("lose", "X", "verb('lose')", "lost", "lose the deal, and say why", _DEAL, repeats=True),
)
TASK = (
    Key("done", "x", "verb('done')", "done", "it is done", _TASK, shown=True, repeats=True),
    Key("snooze", "z", "verb('snooze')", "snooze", "put it off", _TASK, shown=True, repeats=True),
)
OUT = (
    Key("yank", "y", "yank('csv')", "yank", "copy the field or the row as CSV", _OUT),
    Key("yank_json", "Y", "yank('json')", "yank as JSON", "copy the field or the row as JSON", _OUT),
    Key("outside", "o", "outside", "open outside", "open its website, mail or phone", _OUT),
)
ALL_VERBS = (*RECORD, *DEAL, *TASK, *OUT)
