"""``crm campaign``: from a plan with a budget to measured results."""

from __future__ import annotations

# The help lists verbs as they come, so the plan is first.
from crmcli.commands import campaign_plan

# isort: split
from crmcli.commands import (
    campaign_calendar,
    campaign_collect,
    campaign_costs,
    campaign_members,
    campaign_report,
    campaign_send,
    campaign_test,
)
from crmcli.commands.campaign_app import app

# Every module hangs its verbs on the one noun when it is imported.
VERBS = (
    campaign_plan, campaign_costs, campaign_members, campaign_test, campaign_send, campaign_collect, campaign_report,
    campaign_calendar,
)  # fmt: skip

__all__ = ["VERBS", "app"]
