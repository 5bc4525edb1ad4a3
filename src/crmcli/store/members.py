"""The members of campaigns: who came in, and every state they came into.

These rows stand beside the change log: that a message went out can't be undone, and a hundred thousand lines that say
so would drown what people did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.marketing import IMPLIED, furthest
from crmcli.store.models.campaigns import CampaignEvent, CampaignMember

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.store.session import UnitOfWork


def member_of(uow: UnitOfWork, campaign: int, contact: int, email: str | None = None) -> CampaignMember:
    """The member that a contact is in a campaign; one who was not among them becomes one now."""
    found = uow.find(CampaignMember, campaign_id=campaign, contact_id=contact)
    if found:
        return found[0]
    uow.keep_beside()
    return uow.add(CampaignMember(campaign_id=campaign, contact_id=contact, email=email, at=uow.now))


def happened(
    uow: UnitOfWork,
    member: CampaignMember,
    status: str,
    *,
    source: str,
    at: datetime | None = None,
    reason: str | None = None,
    detail: str | None = None,
) -> bool:
    """Put down that a member came into a state, and into those that it implies; False when it had been there before."""
    uow.keep_beside()
    when = at or uow.now
    known = {row.status for row in uow.find(CampaignEvent, member_id=member.id)}
    for each in (*IMPLIED.get(status, ()), status):
        if each not in known:
            uow.session.add(
                CampaignEvent(
                    campaign_id=member.campaign_id,
                    member_id=member.id or 0,
                    status=each,
                    at=when,
                    reason=reason if each == status else None,
                    detail=detail if each == status else None,
                    source=source,
                )
            )
    if furthest(member.status, status) == status != member.status:
        member.status, member.reason, member.at = status, reason, when
    uow.flush()
    return status not in known
