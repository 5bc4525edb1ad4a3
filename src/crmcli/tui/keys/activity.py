"""The keys of the stream of activities, besides those that work on the record at the cursor."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_KINDS, _VIEW = "kinds", "view"
ACTIVITY = (
    Key("calls", "C", "kind('call')", "calls", "only calls; again for all kinds", _KINDS, palette=True),
    Key("meetings", "M", "kind('meeting')", "meetings", "only meetings and visits; again for all kinds", _KINDS, palette=True),
    Key("emails", "E", "kind('email')", "e-mails", "only e-mails; again for all kinds", _KINDS, palette=True),
    Key("notes", "N", "kind('note')", "notes", "only notes; again for all kinds", _KINDS, palette=True),
    Key("tasks", "K", "kind('task')", "tasks", "only tasks; again for all kinds", _KINDS, palette=True),
    Key("all_kinds", "A", "kind('')", "all kinds", "activities of all kinds", _KINDS, palette=True),
    Key("choose_kind", "f", "choose_kind", "kind", "choose among all kinds", _KINDS, shown=True, palette=True),
    Key("filter", "slash", "filter", "filter", "only some activities: type = call AND at > -30d", _VIEW, shown=True, palette=True),
    Key("times", "p", "times", "planned/past", "everything, only what is planned, only what is past", _VIEW, shown=True,
        palette=True),
    Key("everyone", "w", "everyone", "mine/everyone", "only what I own, or what everyone does", _VIEW, shown=True, palette=True),
    Key("new", "n", "new", "new", "add an activity", _VIEW, palette=True),
    Key("aside_down", "ctrl+down", "scroll_aside(1)", "pane down", "a line down the pane", _VIEW, counted=True),
    Key("aside_up", "ctrl+up", "scroll_aside(-1)", "pane up", "a line up the pane", _VIEW, counted=True),
    Key("escape", "escape", "escape", "show all", "take marks off, else take the filter off, else show all kinds", _VIEW),
)  # fmt: skip
