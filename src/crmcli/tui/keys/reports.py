"""The keys of the reports screen, besides those that work everywhere."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _REPORT, _KEPT = "moving around", "report", "kept"
REPORTS = (
    Key("previous", "left,h,shift+tab", "go_report(-1)", "previous report", "the report before", _AROUND,
        counted=True),
    Key("next", "right,l,tab", "go_report(1)", "next report", "the report after", _AROUND, counted=True),
    Key("drill", "enter", "open", "records", "the records behind the row", _REPORT, shown=True, display="⏎"),
    Key("by", "b", "by", "by", "what the figures are grouped by: owner, month, source …", _REPORT, shown=True),
    Key("period", "p", "period", "period", "this month, last 30d, Q3-2026, or any other", _REPORT, shown=True),
    Key("measure", "v", "measure", "measure", "draw another of the figures", _REPORT, shown=True, counted=True),
    Key("filter", "slash", "filter", "filter", "only of some deals or activities: owner = me", _REPORT, shown=True),
    Key("compare", "x", "compare", "compare", "beside the period before, or the year before", _REPORT, shown=True),
    Key("options", "a", "options", "ask otherwise", "what only this report can be asked, and the currency", _REPORT, shown=True),
    Key("chart", "c", "chart", "chart", "show the chart, or leave it to the figures", _REPORT),
    Key("mute", "m", "mute", "mute", "hear no more of the advice at the cursor, or of its kind", _REPORT),
    Key("escape", "escape", "escape", "clear", "clear the filter, else what is compared, the options, the period", _REPORT),
    Key("write", "w", "write", "write", "write it to a file: a page, a picture, a workbook, CSV", _KEPT, shown=True),
    Key("save", "s", "save", "save", "keep it, as it is asked, under a name", _KEPT, shown=True),
    Key("forget", "delete", "forget", "forget", "take the saved report away; undo brings it back", _KEPT),
)  # fmt: skip
