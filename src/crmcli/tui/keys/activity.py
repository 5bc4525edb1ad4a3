"""The keys of the stream of activities, besides those that work on the record at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_KINDS, _VIEW = "kinds", "view"
ACTIVITY = (
    Key("calls", "C", "kind('call')", "calls", "only calls; again for all kinds", _KINDS),
    Key("meetings", "M", "kind('meeting')", "meetings", "only meetings and visits; again for all kinds", _KINDS),
    Key("emails", "E", "kind('email')", "e-mails", "only e-mails; again for all kinds", _KINDS),
    Key("notes", "N", "kind('note')", "notes", "only notes; again for all kinds", _KINDS),
    Key("tasks", "K", "kind('task')", "tasks", "only tasks; again for all kinds", _KINDS),
    Key("all_kinds", "A", "kind('')", "all kinds", "activities of all kinds", _KINDS),
    Key("choose_kind", "f", "choose_kind", "kind", "choose among all kinds", _KINDS, shown=True),
    Key("filter", "slash", "filter", "filter", "only some activities: type = call AND at > -30d", _VIEW, shown=True),
    Key("times", "p", "times", "planned/past", "everything, only what is planned, only what is past", _VIEW, shown=True),
    Key("everyone", "w", "everyone", "mine/everyone", "only what I own, or what everyone does", _VIEW, shown=True),
    Key("new", "n", "new", "new", "add an activity", _VIEW),
    Key("aside_down", "ctrl+down", "scroll_aside(1)", "pane down", "a line down the pane", _VIEW, counted=True),
    Key("aside_up", "ctrl+up", "scroll_aside(-1)", "pane up", "a line up the pane", _VIEW, counted=True),
    Key("escape", "escape", "escape", "show all", "take marks off, else take the filter off, else show all kinds", _VIEW),
)  # fmt: skip
