"""The messages that campaigns and sequences sent to a person, for the person's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import Link, MailView
from crmcli.store.queries.common import sure_moment

if TYPE_CHECKING:
    from crmcli.store.reader import Reader


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
