"""The keys of forms, of the filter bar and of everything else that asks something."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_FORM, _FIELD, _FILTER, _LIST, _ASKED = "form", "long text", "filter", "suggestions", "question"
FORM = (
    Key("cancel", "escape", "cancel", "cancel", "close the form, nothing is stored", _FORM),
    Key("save", "ctrl+s", "save", "save", "store it, from any field", _FORM),
    Key("next", "down", "app.focus_next", "next", "the next field", _FORM),
    Key("previous", "up", "app.focus_previous", "previous", "the field before", _FORM),
    Key("discard", "ctrl+z", "discard", "throw away", "throw away what was brought back from an earlier time", _FORM),
)
LONG = (
    Key("editor", "ctrl+e", "editor", "editor", "write the text in $VISUAL or $EDITOR", _FIELD),
    Key("preview", "ctrl+o", "preview", "preview", "see its Markdown as it will look, or go on writing", _FIELD),
)
SUGGESTIONS = (
    Key("down", "down", "suggestion(1)", "next", "the suggestion below", _LIST),
    Key("up", "up", "suggestion(-1)", "previous", "the suggestion above", _LIST),
    Key("take", "tab", "take", "take", "take the suggestion that is marked", _LIST),
    Key("close", "escape", "close", "close", "close the list, keep what was typed", _LIST),
    Key("offer", "ctrl+space,ctrl+@", "offer", "suggest", "suggest something without a letter typed", _LIST),
    Key("enter", "enter", "enter", "enter", "take the suggestion that is marked, else be done", _LIST),
)
FILTER = (
    Key("clear", "escape", "clear", "clear the filter", "show everything again", _FILTER),
    Key("leave", "down,tab", "leave", "leave", "leave the filter as it is", _FILTER),
    Key("earlier", "up", "earlier(1)", "earlier", "an earlier filter, where nothing is typed", _FILTER),
)
PICKER = (
    Key("cancel", "escape", "cancel", "cancel", "leave it as it is", _ASKED),
    Key("down", "down,ctrl+n", "down(1)", "down", "the one below", _ASKED),
    Key("up", "up", "down(-1)", "up", "the one above", _ASKED),
)
CONFIRM = (
    Key("yes", "y,enter", "yes", "yes", "do it", _ASKED),
    Key("no", "n,escape,q", "no", "no", "leave it as it is", _ASKED),
)
CONFLICT = (
    Key("mine", "m", "choose('mine')", "mine", "keep what you typed", _ASKED),
    Key("theirs", "t", "choose('theirs')", "theirs", "keep what the other one stored", _ASKED),
    Key("turn", "space", "turn", "the other one", "the other of the two", _ASKED),
    Key("down", "down,j", "go(1)", "down", "the field below", _ASKED),
    Key("up", "up,k", "go(-1)", "up", "the field above", _ASKED),
    Key("save", "enter,ctrl+s", "save", "save", "store it so", _ASKED),
    Key("back", "escape", "back", "back", "back to the form, nothing is stored", _ASKED),
)
FAILURE = (Key("close", "escape,enter,space,q", "close", "close", "close it", _ASKED),)
HELP = (Key("close", "escape,question_mark,q,enter", "close", "close", "back to the screen", _ASKED),)
