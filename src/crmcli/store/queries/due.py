"""What is due by the clock: campaigns to be sent, and activities to be reminded of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import MAILED_KINDS
from crmcli.store.queries.common import due, moment, sure_moment
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.domain.views import Due
    from crmcli.store.reader import Reader

# Mailed by themselves: the campaign of a sequence is mailed by its steps.
_MAILED = (
    f"p.deleted_at IS NULL AND p.kind IN ({marks(MAILED_KINDS)})"
    " AND NOT EXISTS (SELECT 1 FROM sequence q WHERE q.campaign_id = p.id)"
)
_BEGUN = "EXISTS (SELECT 1 FROM message g WHERE g.campaign_id = p.id AND g.step = 0)"
_LEFT = (
    "(EXISTS (SELECT 1 FROM message g WHERE g.campaign_id = p.id AND g.step = 0 AND g.status = 'retry' AND g.due_at <= ?)"
    " OR EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign_id = p.id AND m.status = 'targeted'"
    " AND NOT EXISTS (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0)))"
)


class Sendable(NamedTuple):
    """A campaign that is to be sent, or of which there is something left."""

    uid: str
    name: str
    status: str


class Reminded(NamedTuple):
    """A planned activity that somebody wants to be reminded of; ``reminded_at`` is when that was done last."""

    number: int
    due: Due | None
    at: datetime
    before: int
    reminded_at: datetime | None


def to_be_sent(reader: Reader, now: str) -> list[Sendable]:
    """Campaigns whose time to be sent has come, then those whose sending has begun and is not through."""
    sql = (
        "SELECT p.uid, p.name, p.status FROM campaign p"
        f" WHERE {_MAILED} AND ((p.status = 'planned' AND p.send_at <= ?)"
        f" OR (p.status = 'active' AND (p.send_at <= ? OR {_BEGUN}) AND {_LEFT}))"
        " ORDER BY CASE WHEN p.status = 'planned' THEN 0 ELSE 1 END, p.send_at, p.id"
    )
    return [Sendable(*row) for row in reader.rows(sql, (*MAILED_KINDS, now, now, now))]


def next_sending(reader: Reader, now: str) -> datetime | None:
    """When the next campaign is to be sent, or the next message to be tried again."""
    planned = (
        f"SELECT MIN(p.send_at) FROM campaign p WHERE {_MAILED} AND p.send_at > ? AND (p.status = 'planned'"
        " OR p.status = 'active' AND EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign_id = p.id"
        f" AND m.status = 'targeted') AND NOT {_BEGUN})"
    )
    retries = (
        f"SELECT MIN(g.due_at) FROM message g JOIN campaign p ON p.id = g.campaign_id WHERE {_MAILED}"
        " AND p.status = 'active' AND g.step = 0 AND g.status = 'retry' AND g.due_at > ?"
    )
    found = [reader.value(sql, (*MAILED_KINDS, now)) for sql in (planned, retries)]
    return min((sure_moment(text) for text in found if text), default=None)


def to_be_reminded_of(reader: Reader) -> list[Reminded]:
    """The planned activities with a reminder, whether its time has come or not."""
    sql = (
        "SELECT r.id, r.due_on, r.due_at, r.at, r.remind_before, r.reminded_at FROM activity r"
        " WHERE r.status = 'planned' AND r.deleted_at IS NULL AND r.remind_before IS NOT NULL ORDER BY r.due_on, r.id"
    )
    return [
        Reminded(number, due(on, due_at), sure_moment(at), before, moment(reminded))
        for number, on, due_at, at, before, reminded in reader.rows(sql)
    ]
