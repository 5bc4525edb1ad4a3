"""The keys of the reports screen, besides those that work everywhere."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_AROUND, _REPORT = "moving around", "report"
REPORTS = (
    Key("previous", "left,h,shift+tab", "go_report(-1)", "previous report", "the report before", _AROUND, palette=True,
        counted=True),
    Key("next", "right,l,tab", "go_report(1)", "next report", "the report after", _AROUND, palette=True, counted=True),
    Key("drill", "enter", "open", "records", "the records behind the row", _REPORT, shown=True, palette=True, display="⏎"),
    Key("by", "b", "by", "by", "what the figures are grouped by: owner, month, source …", _REPORT, shown=True, palette=True),
    Key("period", "p", "period", "period", "this month, last 30d, Q3-2026, or any other", _REPORT, shown=True, palette=True),
    Key("measure", "v", "measure", "measure", "draw another of the figures", _REPORT, shown=True, palette=True, counted=True),
    Key("filter", "slash", "filter", "filter", "only of some deals or activities: owner = me", _REPORT, shown=True,
        palette=True),
    Key("chart", "c", "chart", "chart", "show the chart, or leave it to the figures", _REPORT, palette=True),
    Key("escape", "escape", "escape", "clear", "clear the filter, else the period", _REPORT),
)  # fmt: skip
