"""Who is in a sequence, written: a set at a time, beside the change log, as the members of campaigns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.records import utc_text
from crmcli.store.models.campaigns import CampaignMember
from crmcli.store.models.sequences import Enrolment, Sequence
from crmcli.store.queries.condition import Condition, both
from crmcli.store.targeting import target

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.store.queries.sequences import Course
    from crmcli.store.session import UnitOfWork

_ON_THE_WAY = (
    "NOT EXISTS (SELECT 1 FROM enrolment x WHERE x.sequence_id = ? AND x.contact_id = r.id AND x.status = 'active')"
)


def enrol(uow: UnitOfWork, course: Course, who: Condition, deal: int | None = None) -> int:
    """Take in everyone of whom the condition on contacts ``r`` is true and who is not on the way; how many came in."""
    fresh = both(who, Condition("r.deleted_at IS NULL"), Condition(_ON_THE_WAY, (course.number,)))
    target(uow, course.campaign, [(course.segment, fresh)], fold_addresses=False)
    moment = "CAST(? AS TIMESTAMPTZ)" if uow.store.location.url else "?"
    sql = (
        "INSERT INTO enrolment (sequence_id, contact_id, deal_id, member_id, status, turn, due_at, started_at)"
        " SELECT CAST(? AS BIGINT), r.id, CAST(? AS BIGINT), m.id, 'active',"
        " (SELECT COUNT(*) FROM enrolment y WHERE y.sequence_id = ? AND y.contact_id = r.id),"
        f" {moment}, {moment} FROM contact r JOIN campaign_member m ON m.contact_id = r.id AND m.campaign_id = ?"
        f" WHERE {fresh.sql} ORDER BY r.id"
    )
    now = utc_text(uow.now)
    params = (course.number, deal, course.number, now, now, course.campaign, *fresh.params)
    uow.keep_beside()
    done = uow.session.connection().exec_driver_sql(uow.store.dialect.sql(sql), params)
    return int(done.rowcount)


def end(uow: UnitOfWork, enrolment: int, status: str, reason: str | None = None) -> None:
    """Have a way through a sequence ended: finished or stopped, and why."""
    uow.keep_beside()
    row = uow.get(Enrolment, enrolment)
    row.status, row.reason, row.ended_at = status, reason, uow.now


def place(uow: UnitOfWork, enrolment: int, step: int | None, due_at: datetime, reason: str | None = None) -> None:
    """Put somebody at a step until a moment; ``reason`` says what is waited for, where it is no wait of the sequence."""
    uow.keep_beside()
    row = uow.get(Enrolment, enrolment)
    row.step_id, row.due_at, row.reason = step, due_at, reason


def merge_enrolments(uow: UnitOfWork, keeper: int, loser: int) -> None:
    """Make the ways of one contact those of another; of two through one sequence the keeper's goes on."""
    for row in uow.find(Enrolment, contact_id=loser):
        uow.keep_beside()
        if row.status == "active" and uow.find(
            Enrolment, sequence_id=row.sequence_id, contact_id=keeper, status="active"
        ):
            row.status, row.reason, row.ended_at = "stopped", "merged", uow.now
        campaign = uow.get(Sequence, row.sequence_id).campaign_id
        member = uow.find(CampaignMember, campaign_id=campaign, contact_id=keeper)
        row.contact_id, row.member_id = keeper, member[0].id if member else row.member_id
        uow.flush()
