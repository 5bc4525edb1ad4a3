"""The messages that campaigns and sequences sent to a person, for the person's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import furthest
from crmcli.domain.views import Link, MailView
from crmcli.store.queries.common import day, sure_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crmcli.store.reader import Reader

# What is known of a person is known of one message as long as no later one of the same sequence is on its way; what is
# known from before, as of an answer by hand, is the first one's.
_OF_THIS = (
    "NOT EXISTS (SELECT 1 FROM message n WHERE n.member_id = g.member_id AND n.id > g.id AND n.claimed_at <= e.at)"
    " AND (e.at >= g.claimed_at OR NOT EXISTS (SELECT 1 FROM message n WHERE n.member_id = g.member_id AND n.id < g.id))"
)


class Posted(NamedTuple):
    """A message in the ledger, with the campaign it is of; ``subject`` is that of the version that was tried, if any."""

    number: int
    uid: str
    at: datetime
    status: str
    address: str
    contact: int
    campaign: Link
    is_kept: bool  # the campaign was not deleted
    code: str
    objective: str
    starts_on: date | None
    ends_on: date | None
    template: int | None
    template_name: str | None
    subject: str | None


class Outcome(NamedTuple):
    """What came of a message, why, and in whose words."""

    state: str = "sent"
    reason: str | None = None
    detail: str | None = None


def mails_to(reader: Reader, contact: int, limit: int) -> tuple[MailView, ...]:
    """The last messages to a person that went out or may have, the newest first."""
    sql = (
        "SELECT COALESCE(g.sent_at, g.claimed_at), p.uid, p.name, t.name, g.address, g.status, m.status FROM message g"
        " JOIN campaign p ON p.id = g.campaign_id JOIN campaign_member m ON m.id = g.member_id"
        " LEFT JOIN template t ON t.id = COALESCE(g.template_id, p.template_id)"
        " WHERE g.contact_id = ? AND g.status IN ('sent', 'in_doubt') ORDER BY 1 DESC, g.id DESC LIMIT ?"
    )
    return tuple(
        MailView(sure_moment(at), Link(uid, name), template, address, status, reached)
        for at, uid, name, template, address, status, reached in reader.rows(sql, (contact, limit))
    )


def posted(reader: Reader, numbers: Sequence[int]) -> tuple[Posted, ...]:
    """These messages, in no order."""
    among, params = reader.dialect.among(list(numbers))
    sql = (
        "SELECT g.id, g.uid, COALESCE(g.sent_at, g.claimed_at), g.status, g.address, g.contact_id, p.uid, p.name,"
        " p.deleted_at, COALESCE(p.code, ''), COALESCE(p.objective, ''), p.starts_on, p.ends_on,"
        " COALESCE(g.template_id, p.template_id), t.name, v.subject FROM message g JOIN campaign p ON p.id = g.campaign_id"
        " LEFT JOIN campaign_variant v ON v.id = g.variant_id"
        f" LEFT JOIN template t ON t.id = COALESCE(g.template_id, p.template_id) WHERE g.id {among}"
    )
    return tuple(
        Posted._make((
            *row[:2], sure_moment(row[2]), *row[3:6], Link(row[6], row[7]), row[8] is None, *row[9:11], day(row[11]),
            day(row[12]), *row[13:],
        ))
        for row in reader.rows(sql, tuple(params))
    )  # fmt: skip


def outcomes(reader: Reader, numbers: Sequence[int]) -> dict[int, Outcome]:
    """How far each of these messages brought its person, by the message; one of which nothing is known is left out."""
    among, params = reader.dialect.among(list(numbers))
    sql = (
        "SELECT g.id, e.status, e.reason, e.detail FROM message g JOIN campaign_event e ON e.member_id = g.member_id"
        f" WHERE g.id {among} AND {_OF_THIS} ORDER BY e.id"
    )
    found: dict[int, Outcome] = {}
    for number, state, reason, detail in reader.rows(sql, tuple(params)):
        before = found.get(number, Outcome())
        if furthest(before.state, state) == state:
            found[number] = Outcome(state, reason, detail)
    return found
