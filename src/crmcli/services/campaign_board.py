"""Campaigns as their screen shows them: all of them with their money and people, and one of them with everything around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.services.budgets import budget_lines
from crmcli.services.campaigns import Campaigns
from crmcli.store.queries.campaign_board import Reach, Sending, reach, sendings
from crmcli.store.queries.campaign_views import Listing, campaigns, costs
from crmcli.store.queries.campaigns import campaign_totals

if TYPE_CHECKING:
    from crmcli.domain.views import BudgetLine, CampaignPicture, CampaignTotal, CampaignView, CostView
    from crmcli.services.desk import Desk


class CampaignRow(NamedTuple):
    """A campaign with what it may cost and costs, whom it reached, what it brought, and how far its sending is."""

    view: CampaignView
    budget: BudgetLine | None
    reach: Reach
    total: CampaignTotal | None
    sending: Sending | None


class PlanPage(NamedTuple):
    """One campaign: its plan with goals, budget, states and tasks, and the lines of what it costs."""

    picture: CampaignPicture
    costs: tuple[CostView, ...]


class CampaignBoard:
    """What the screen of campaigns asks for."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def rows(self, wanted: str = "") -> list[CampaignRow]:
        """The campaigns that a filter selects, by name; raises FilterError."""
        with self.desk.reading() as reader:
            views = list(campaigns(reader, Listing(self.desk.condition(reader, "campaign", wanted))))
            money: dict[str, BudgetLine] = {}
            for line in budget_lines(reader, views):
                if line.campaign is not None and (line.campaign.id not in money or line.budget is not None):
                    money[line.campaign.id] = line
            reached, moving = reach(reader), sendings(reader)
            totals = {total.number: total for total in campaign_totals(reader)}
            return [
                CampaignRow(
                    view, money.get(view.id), reached.get(view.number, Reach()), totals.get(view.number),
                    moving.get(view.number),
                )
                for view in views
            ]  # fmt: skip

    def sendings(self) -> dict[int, Sending]:
        """How far the mail of each active campaign is, by its number."""
        with self.desk.reading() as reader:
            return sendings(reader)

    def page(self, ref: str) -> PlanPage:
        """Everything around one campaign; raises NotFound."""
        with self.desk.reading() as reader:
            picture = Campaigns(self.desk).show(ref)
            return PlanPage(picture, tuple(costs(reader, picture.record.number)))
