"""The keys of the campaigns screen, besides those that work everywhere."""

from __future__ import annotations

from crmcli.tui.keys.key import Key

_CAMPAIGN, _VIEW = "campaign", "view"
CAMPAIGNS = (
    Key("deals", "enter", "open", "deals", "the deals that the campaign brought", _CAMPAIGN, shown=True, palette=True, display="⏎"),
    Key("activities", "a", "activities", "activities", "what was done for it", _CAMPAIGN, shown=True, palette=True),
    Key("sort", "s", "sort", "sort", "choose what to sort by; a click on a heading does it too", _VIEW, shown=True, palette=True),
    Key("reverse", "S", "reverse", "reverse", "the other way round", _VIEW, palette=True),
    Key("measure", "v", "measure", "measure", "draw another of the figures", _VIEW, shown=True, palette=True, counted=True),
    Key("chart", "c", "chart", "chart", "show the chart, or leave it to the figures", _VIEW, palette=True),
)  # fmt: skip
