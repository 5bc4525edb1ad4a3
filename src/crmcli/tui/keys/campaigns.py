"""The keys of the campaigns screen, besides those that work everywhere."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_CAMPAIGN, _STATE, _SENDING, _PANE, _VIEW = "campaign", "its state", "sending", "pane", "view"
CAMPAIGNS = (
    Key("open", "enter", "open", "open", "into the pane; there, what the line stands for: people, deals, a task, a cost", _CAMPAIGN,
        shown=True, display="⏎"),
    Key("new", "n", "new", "new", "plan a campaign", _CAMPAIGN, shown=True),
    Key("change", "c", "change_campaign", "change", "change its plan in a form", _CAMPAIGN, shown=True),
    Key("cost", "dollar_sign", "cost", "cost", "add what it costs", _CAMPAIGN, shown=True, display="$"),
    Key("respond", "R", "respond", "respond", "note down who responded", _CAMPAIGN, shown=True),
    Key("log", "l", "about('log')", "log", "log a call, a meeting, a note … for it", _CAMPAIGN, shown=True,
        repeats=True),
    Key("task", "t", "about('task')", "task", "plan a task for it", _CAMPAIGN, shown=True, repeats=True),
    Key("remove", "delete", "remove", "remove", "delete it; undo brings it back", _CAMPAIGN),
    Key("deals", "b", "deals", "deals", "the deals that name it", _CAMPAIGN),
    Key("activities", "a", "activities", "activities", "what was done for it", _CAMPAIGN),
    Key("start", "P", "turn", "start/pause", "start it, pause it, or go on with it", _STATE, shown=True),
    Key("complete", "F", "end('complete')", "complete", "it is finished", _STATE),
    Key("cancel", "X", "end('cancel')", "cancel", "call it off", _STATE),
    Key("trial", "T", "trial", "dry run", "who would get its mail now, who would not, and why", _SENDING, shown=True),
    Key("send", "M", "send", "send/stop", "send what is left of its mail; stop what is being sent from here", _SENDING),
    Key("plan", "p", "pane('plan')", "plan", "what it is for, its goals, money and tasks", _PANE),
    Key("members", "m", "pane('members')", "members", "its people by state, and why", _PANE),
    Key("results", "v", "pane('results')", "results", "what came of it", _PANE),
    Key("calendar", "C", "pane('calendar')", "calendar", "the month with all campaigns", _PANE),
    Key("next_pane", "tab", "go_pane(1)", "next pane", "the next pane", _PANE, shown=True, counted=True),
    Key("previous_pane", "shift+tab", "go_pane(-1)", "previous pane", "the pane before", _PANE, counted=True),
    Key("into", "right", "into", "into the pane", "the keys go to the pane", _PANE),
    Key("list", "left,h", "list", "to the list", "the keys go back to the campaigns", _PANE),
    Key("month_before", "less_than_sign", "month(-1)", "month before", "the month before", _PANE, counted=True),
    Key("month_after", "greater_than_sign", "month(1)", "month after", "the month after", _PANE, counted=True),
    Key("filter", "slash", "filter", "filter", "only some: status = active AND owner = me", _VIEW, shown=True),
    Key("sort", "s", "sort", "sort", "choose what to sort by", _VIEW),
    Key("reverse", "S", "reverse", "reverse", "the other way round", _VIEW),
    Key("escape", "escape", "escape", "back", "back to the states, to the list, else take the filter off", _VIEW),
)  # fmt: skip
