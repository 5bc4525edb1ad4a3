"""The versions of a campaign, what came of each, and how far their trial is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.campaign_results import RESPONSES
from crmcli.store.queries.common import moment
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.store.reader import Reader

# What is measured among those it was delivered to; everything else among those it was sent to.
_OF_DELIVERED = ("opened", "clicked", "replied")


class Tried(NamedTuple):
    """A version: its plan, the people it is for, those it reached (``n``), and those who did what is measured (``hits``)."""

    number: int
    name: str
    share: int
    template: str | None
    subject: str | None
    is_winner: bool
    members: int
    n: int
    hits: int


class Progress(NamedTuple):
    """How many messages of the trial went out, the first of them when, and how many are still to go."""

    sent: int
    first_at: datetime | None
    waiting: int


def tried(reader: Reader, campaign: int, metric: str, until: int | None = None) -> list[Tried]:
    """The versions in the order in which they were added, measured by what was sent up to an event."""
    states = RESPONSES if metric == "responded" else (metric,)
    sent = "e.status = 'sent'" + ("" if until is None else " AND e.id <= ?")
    ends = () if until is None else (until,)
    reached = "f.sent = 1 AND f.bounced = 0" if metric in _OF_DELIVERED else "f.sent = 1"
    sql = (
        "SELECT v.id, v.name, v.share, t.name, v.subject, v.is_winner, COUNT(m.id),"
        f" COUNT(CASE WHEN {reached} THEN 1 END), COUNT(CASE WHEN {reached} AND f.hit = 1 THEN 1 END)"
        " FROM campaign_variant v LEFT JOIN template t ON t.id = v.template_id"
        " LEFT JOIN campaign_member m ON m.variant_id = v.id AND m.campaign_id = v.campaign_id"
        f" LEFT JOIN (SELECT e.member_id, MAX(CASE WHEN {sent} THEN 1 ELSE 0 END) AS sent,"
        " MAX(CASE WHEN e.status = 'bounced' THEN 1 ELSE 0 END) AS bounced,"
        f" MAX(CASE WHEN e.status IN ({marks(states)}) THEN 1 ELSE 0 END) AS hit FROM campaign_event e"
        " WHERE e.campaign_id = ? GROUP BY e.member_id) f ON f.member_id = m.id"
        " WHERE v.campaign_id = ? AND v.deleted_at IS NULL"
        " GROUP BY v.id, v.name, v.share, t.name, v.subject, v.is_winner ORDER BY v.id"
    )
    rows = reader.rows(sql, (*ends, *states, campaign, campaign))
    return [Tried._make((*row[:5], bool(row[5]), *row[6:])) for row in rows]


def progress(reader: Reader, campaign: int) -> Progress:
    """How far the trial of a campaign's versions is."""
    sql = (
        "SELECT COUNT(DISTINCT e.member_id), MIN(e.at) FROM campaign_event e JOIN campaign_member m ON m.id = e.member_id"
        " WHERE e.campaign_id = ? AND e.status = 'sent' AND m.variant_id IS NOT NULL"
    )
    sent, first = reader.row(sql, (campaign,)) or (0, None)
    waiting = reader.value(
        "SELECT COUNT(*) FROM campaign_member m WHERE m.campaign_id = ? AND m.status = 'targeted' AND m.variant_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0)",
        (campaign,),
    )
    return Progress(sent, moment(first), waiting or 0)


def last_event(reader: Reader, campaign: int) -> int:
    """The number of the last thing that happened in a campaign."""
    return int(reader.value("SELECT MAX(id) FROM campaign_event WHERE campaign_id = ?", (campaign,)) or 0)


def waiting_for_winner(reader: Reader, campaign: int) -> int:
    """How many people wait for the winner: they have no version, and nothing was sent to them."""
    sql = (
        "SELECT COUNT(*) FROM campaign_member m WHERE m.campaign_id = ? AND m.status = 'targeted' AND m.variant_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0)"
    )
    return int(reader.value(sql, (campaign,)) or 0)
