"""The members of campaigns: who came in, and every state they came into.

These rows stand beside the change log: that a message went out can't be undone, and a hundred thousand lines that say
so would drown what people did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.marketing import IMPLIED, IN_DOUBT, TO_BE_RETRIED, furthest
from crmcli.store.models.campaigns import CampaignEvent, CampaignMember
from crmcli.store.models.mailings import Message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.store.session import UnitOfWork

NOTED = ("hand", "code", "import", "log")  # by whom a state is known that a person noted down


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
    when = at or uow.now
    known = {row.status for row in uow.find(CampaignEvent, member_id=member.id)}
    for each in (*IMPLIED.get(status, ()), status):
        if each not in known:
            uow.keep_beside()
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
        uow.keep_beside()
        member.status, member.reason, member.at = status, reason, when
    uow.flush()
    return status not in known


def never_happened(uow: UnitOfWork, member: CampaignMember, status: str) -> bool:
    """Take back a state that somebody noted down, with those it implied; False when nobody had.

    The member stands where the rest leads; one of whom nothing else is known is none any more.
    """
    events = uow.find(CampaignEvent, member_id=member.id)
    found = next((row for row in events if row.status == status and row.source in NOTED), None)
    if found is None:
        return False
    uow.keep_beside()
    gone = {status, *IMPLIED.get(status, ())}
    kept = []
    for row in events:
        if row.status in gone and (row.source, row.at) == (found.source, found.at):
            uow.delete(row)
        else:
            kept.append(row)
    messages = uow.find(Message, member_id=member.id)
    if kept or messages:
        _stand_again(member, kept, messages)
    else:
        uow.flush()
        uow.delete(member)
    uow.flush()
    return True


def never_logged(uow: UnitOfWork, activity: int, contact: int) -> None:
    """Take back what an activity, which was not logged after all, said of a person to its campaign."""
    from crmcli.store.models.activities import Activity

    row = uow.get(Activity, activity)
    for member in uow.find(CampaignMember, campaign_id=row.campaign_id, contact_id=contact) if row.campaign_id else ():
        for event in uow.find(CampaignEvent, member_id=member.id, source="log", at=row.at):
            never_happened(uow, member, event.status)


def never_met(uow: UnitOfWork, contact: int) -> None:
    """Let go a contact, who was not added after all, of the campaigns that know no more of it than what was noted down."""
    for member in uow.find(CampaignMember, contact_id=contact):
        events = uow.find(CampaignEvent, member_id=member.id)
        if all(row.source in NOTED for row in events) and not uow.find(Message, member_id=member.id):
            for status in {row.status for row in events}:
                never_happened(uow, member, status)


def _stand_again(member: CampaignMember, events: Sequence[CampaignEvent], messages: Sequence[Message]) -> None:
    member.status, member.reason = "targeted", None
    for event in events:
        if event.status == "targeted" or furthest(member.status, event.status) == event.status != member.status:
            member.status, member.reason, member.at = event.status, event.reason, event.at
    unsettled = {"retry": TO_BE_RETRIED, "in_doubt": IN_DOUBT}
    reason = next((unsettled[row.status] for row in messages if row.status in unsettled), None)
    if reason is not None and member.status in ("targeted", "skipped"):
        member.status, member.reason = "targeted", reason


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
