"""What the screen of campaigns shows of all of them at once: how many people they reached, and how far their sending is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import MAILED_KINDS
from crmcli.store.queries.recipients import left_to_send
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from crmcli.store.reader import Reader


class Reach(NamedTuple):
    """How many people of a campaign were sent something, and how many answered."""

    sent: int = 0
    responded: int = 0


class Sending(NamedTuple):
    """How far the mail of a campaign is: messages by what became of them, and people without one."""

    sent: int = 0
    failed: int = 0
    in_doubt: int = 0
    retry: int = 0
    left: int = 0

    @property
    def whole(self) -> int:
        """All messages there are to be."""
        return self.sent + self.failed + self.in_doubt + self.retry + self.left

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to send."""
        return not self.left and not self.retry


def reach(reader: Reader) -> dict[int, Reach]:
    """Of every campaign that has members."""
    sql = (
        "SELECT campaign_id, COUNT(DISTINCT CASE WHEN status = 'sent' THEN member_id END),"
        " COUNT(DISTINCT CASE WHEN status IN ('replied', 'responded', 'converted') THEN member_id END)"
        " FROM campaign_event GROUP BY campaign_id"
    )
    return {campaign: Reach(sent, responded) for campaign, sent, responded in reader.rows(sql)}


def sendings(reader: Reader) -> dict[int, Sending]:
    """Of every active campaign that is mailed and has members."""
    active = reader.rows(
        f"SELECT r.id FROM campaign r WHERE r.deleted_at IS NULL AND r.status = 'active' AND r.kind IN ({marks(MAILED_KINDS)})"
        " AND EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign_id = r.id)",
        MAILED_KINDS,
    )
    return {number: _sending(reader, number) for (number,) in active}


def _sending(reader: Reader, campaign: int) -> Sending:
    counts: dict[str, int] = dict(
        reader.rows(
            "SELECT status, COUNT(*) FROM message WHERE campaign_id = ? AND step = 0 GROUP BY status", (campaign,)
        )
    )
    doubtful = counts.get("in_doubt", 0) + counts.get("sending", 0)
    left = left_to_send(reader, campaign).people
    return Sending(counts.get("sent", 0), counts.get("failed", 0), doubtful, counts.get("retry", 0), left)
