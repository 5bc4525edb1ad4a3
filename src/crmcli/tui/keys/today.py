"""The keys of the list of the day, besides those that work on the record at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_DAY, _TASK = "day", "task"
TODAY = (
    Key("outcome", "O", "outcome", "done, and what came of it", "it is done, with its outcome", _TASK, repeats=True),
    Key("next_step", "n", "next_step", "next step", "plan what comes next with the deal or person", _TASK, shown=True, repeats=True),
    Key("everyone", "w", "everyone", "mine/everyone", "only what is mine or no one's, or what is everyone's", _DAY, shown=True),
    Key("day_before", "less_than_sign", "day(-1)", "day before", "what the day before asked for", _DAY,
        counted=True),
    Key("day_after", "greater_than_sign", "day(1)", "day after", "what the day after will ask for", _DAY,
        counted=True),
    Key("aside_down", "ctrl+down", "scroll_aside(1)", "pane down", "a line down the pane", _DAY, counted=True),
    Key("aside_up", "ctrl+up", "scroll_aside(-1)", "pane up", "a line up the pane", _DAY, counted=True),
    Key("escape", "escape", "escape", "today", "take marks off, else back to today", _DAY),
)  # fmt: skip
