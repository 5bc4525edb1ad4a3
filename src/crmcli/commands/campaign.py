"""``crm campaign``: from a plan with a budget to measured results."""

from __future__ import annotations

from crmcli.commands import campaign_calendar, campaign_costs, campaign_members, campaign_plan, campaign_send
from crmcli.commands.campaign_app import app

# Every module hangs its verbs on the one noun when it is imported.
VERBS = (campaign_plan, campaign_costs, campaign_members, campaign_send, campaign_calendar)

__all__ = ["VERBS", "app"]
