"""The keys that do the same on every screen."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _CHANGES, _VIEW = "everywhere", "changes", "view"
EVERYWHERE = (
    *(Key(f"digit_{digit}", str(digit), f"digit({digit})", f"screen {digit}", "go to that screen, or a count before a motion: 3j",
          _AROUND, palette=False) for digit in range(10)),  # there it is "Go to …"
    Key("search", "ctrl+k", "search", "search", "find anything, and go there or act on it", _AROUND, shown=True,
        priority=True),
    Key("back", "left_square_bracket,alt+left", "go_back", "back", "to where you were before", _AROUND,
        counted=True),
    Key("forward", "right_square_bracket,alt+right", "go_forward", "forward", "to where you came back from", _AROUND, counted=True),
    Key("previous_screen", "ctrl+pageup", "go_screen(-1)", "previous screen", "the screen to the left", _AROUND, counted=True),
    Key("next_screen", "ctrl+pagedown", "go_screen(1)", "next screen", "the screen to the right", _AROUND, counted=True),
    Key("undo", "u", "undo", "undo", "take back the last thing done here", _CHANGES, shown=True, counted=True),
    Key("redo", "ctrl+r,U", "redo", "redo", "do again what was taken back", _CHANGES, counted=True),
    Key("repeat", "full_stop", "repeat", "repeat", "do the last thing again, to the record at the cursor", _CHANGES),
    Key("refresh", "r", "screen.refresh", "refresh", "read the store again; it is watched anyway", _VIEW),
    Key("theme", "d", "toggle_dark", "dark/light", "switch between dark and light", _VIEW),
    Key("density", "D", "toggle_density", "compact/comfortable", "closer together, or further apart", _VIEW),
    Key("help", "question_mark", "help", "help", "the keys of this screen", _VIEW, shown=True),
    Key("suspend", "ctrl+z", "suspend_process", "suspend", "to the shell and back with fg", _VIEW),
    Key("quit", "q", "quit", "quit", "leave", _VIEW, shown=True),
)  # fmt: skip
