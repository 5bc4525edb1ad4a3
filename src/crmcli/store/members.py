"""The members of campaigns: who came in, and every state they came into.

These rows stand beside the change log: that a message went out can't be undone, and a hundred thousand lines that say
so would drown what people did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.marketing import IMPLIED, furthest
from crmcli.store.models.campaigns import CampaignEvent, CampaignMember
from crmcli.store.models.mailings import Message

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


def merge_members(uow: UnitOfWork, keeper: int, loser: int) -> None:
    """Make one contact the member that another was: of what both were in, the furthest state and every event stay.

    Where both were mailed both messages are true; then the loser's member stays beside, for what it was sent.
    """
    for row in uow.find(CampaignMember, contact_id=loser):
        uow.keep_beside()
        own = uow.find(CampaignMember, campaign_id=row.campaign_id, contact_id=keeper)
        if own:
            _join(uow, own[0], row)
        else:
            row.contact_id = keeper
            for message in uow.find(Message, member_id=row.id):
                message.contact_id = keeper
    uow.flush()


def _join(uow: UnitOfWork, kept: CampaignMember, other: CampaignMember) -> None:
    known = {event.status for event in uow.find(CampaignEvent, member_id=kept.id)}
    steps = {message.step for message in uow.find(Message, member_id=kept.id)}
    if furthest(kept.status, other.status) == other.status != kept.status:
        kept.status, kept.reason, kept.at = other.status, other.reason, other.at
    kept.email = kept.email or other.email
    stays = False
    for message in uow.find(Message, member_id=other.id):
        if message.step in steps:
            stays = True
        else:
            message.member_id, message.contact_id = kept.id or 0, kept.contact_id
    uow.flush()
    for event in uow.find(CampaignEvent, member_id=other.id):
        if event.status not in known:
            event.member_id = kept.id or 0
        elif not stays:
            uow.delete(event)
    uow.flush()
    if not stays:
        _let_go(uow, kept, other)


def _let_go(uow: UnitOfWork, kept: CampaignMember, other: CampaignMember) -> None:
    """Take a member away whom nothing points to any more but the way through a sequence, which goes over."""
    from crmcli.store.models.sequences import Enrolment

    for enrolment in uow.find(Enrolment, member_id=other.id):
        enrolment.member_id = kept.id
    uow.flush()
    uow.delete(other)
    uow.flush()
