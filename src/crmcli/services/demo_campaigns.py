"""What the example store's campaigns were planned to cost and to bring."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmcli.domain.text import fold
from crmcli.store.models.campaigns import Campaign, CampaignCost, CampaignGoal

if TYPE_CHECKING:
    from datetime import date

    from crmcli.store.session import UnitOfWork

_CENTS = 100


class _Plan(NamedTuple):
    """A campaign: its days counted from today, money in euros, costs as state, amount and note, goals by metric."""

    name: str
    kind: str
    status: str
    days: tuple[int, int | None]
    objective: str
    budget: int
    costs: tuple[tuple[str, int, str], ...]
    goals: tuple[tuple[str, float], ...]


_PLANS = (
    _Plan(
        "Spring webinar", "webinar", "completed", (-210, -209), "Show what is new to plant managers", 2500,
        (("spent", 1400, "speaker"), ("spent", 700, "invitations")), (("responses", 40), ("revenue", 50_000)),
    ),
    _Plan(
        "Trade fair stand", "exhibition", "active", (-12, 16), "Meet decision makers of the region", 12_000,
        (("committed", 6500, "stand"), ("spent", 3900, "travel and printing"), ("planned", 1200, "catering")),
        (("deals", 5), ("revenue", 80_000)),
    ),
    _Plan(
        "Reference customers", "referral", "active", (-300, None), "Let customers tell others", 4000,
        (("spent", 1800, "gifts"),), (("deals", 6), ("roi", 3)),
    ),
)  # fmt: skip


def plan_campaigns(uow: UnitOfWork, today: date) -> None:
    """Give the campaigns that deals name their plans."""
    for plan in _PLANS:
        row = uow.find(Campaign, name_key=fold(plan.name), deleted_at=None)[0]
        first, last = plan.days
        row.kind, row.status, row.objective = plan.kind, plan.status, plan.objective
        row.starts_on, row.ends_on = (
            today + timedelta(days=first),
            None if last is None else today + timedelta(days=last),
        )
        row.budget, row.currency, row.owner_id = plan.budget * _CENTS, "EUR", uow.user_id
        for state, amount, note in plan.costs:
            _cost(uow, row, state, amount, note)
        for metric, target in plan.goals:
            uow.session.add(CampaignGoal(campaign_id=row.id or 0, metric=metric, target=target))
    uow.flush()


def _cost(uow: UnitOfWork, campaign: Campaign, state: str, amount: int, note: str) -> None:
    assert campaign.starts_on is not None
    uow.session.add(
        CampaignCost(
            campaign_id=campaign.id or 0,
            state=state,
            amount=amount * _CENTS,
            currency="EUR",
            on=campaign.starts_on,
            note=note,
            at=uow.now,
            by=uow.user_id,
        )
    )
