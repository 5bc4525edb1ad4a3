"""Campaigns: what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.campaigns import campaign_totals

if TYPE_CHECKING:
    from crmcli.domain.views import CampaignTotal
    from crmcli.services.desk import Desk


class Campaigns:
    """What brought deals and activities."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self) -> list[CampaignTotal]:
        """Every campaign by name with its deals, their worth by currency, its activities and whom they reached."""
        with self.desk.reading() as reader:
            return campaign_totals(reader)

    @staticmethod
    def records_of(name: str) -> str:
        """The filter on deals and on activities that selects the records of a campaign."""
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'campaign = "{escaped}"'
