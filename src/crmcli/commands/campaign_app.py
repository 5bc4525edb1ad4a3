"""The noun that all verbs of campaigns hang on."""

from __future__ import annotations

from crmcli.commands.shape import Noun

app = Noun("Campaigns: from a plan with a budget to measured results.")
