"""Who was written to in which campaign and when, and who answered: what a model of response learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.campaign_results import RESPONSES
from crmcli.store.queries.common import moment, sure_moment
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader


class Send(NamedTuple):
    """A person was sent a campaign of a kind; ``responded_at`` is the first response, None without one."""

    contact: int
    kind: str
    sent_at: datetime
    responded_at: datetime | None


class Addressee(NamedTuple):
    """Somebody who can be written to."""

    number: int
    id: str
    name: str


def sends(reader: Reader) -> Iterator[Send]:
    """Every message of every live campaign to a live person, the earliest first."""
    sql = (
        "SELECT * FROM (SELECT m.contact_id, g.kind, MIN(CASE WHEN e.status = 'sent' THEN e.at END) AS sent_at,"
        f" MIN(CASE WHEN e.status IN ({marks(RESPONSES)}) THEN e.at END) AS responded_at, m.id"
        " FROM campaign_member m JOIN campaign g ON g.id = m.campaign_id AND g.deleted_at IS NULL"
        " JOIN contact c ON c.id = m.contact_id AND c.deleted_at IS NULL JOIN campaign_event e ON e.member_id = m.id"
        " GROUP BY m.id, m.contact_id, g.kind) t WHERE t.sent_at IS NOT NULL ORDER BY t.sent_at, t.id"
    )
    for contact, kind, sent_at, responded_at, _ in reader.stream(sql, RESPONSES):
        yield Send(contact, kind, sure_moment(sent_at), moment(responded_at))


def waiting(reader: Reader, campaign: int, where: Condition) -> list[Addressee]:
    """The members of a campaign that it has not been sent to yet and that fit, by number."""
    sql = (
        "SELECT r.id, r.uid, r.name FROM campaign_member m JOIN contact r ON r.id = m.contact_id"
        f" WHERE m.campaign_id = ? AND m.status = 'targeted' AND r.deleted_at IS NULL AND ({where.sql}) ORDER BY r.id"
    )
    return [Addressee(*row) for row in reader.rows(sql, (campaign, *where.params))]


def addressed(reader: Reader, where: Condition) -> list[Addressee]:
    """Everybody who fits and was ever sent a campaign, by number."""
    sent = (
        "SELECT m.contact_id FROM campaign_event e JOIN campaign_member m ON m.id = e.member_id WHERE e.status = 'sent'"
    )
    sql = (
        f"SELECT r.id, r.uid, r.name FROM contact r WHERE r.deleted_at IS NULL AND r.id IN ({sent})"
        f" AND ({where.sql}) ORDER BY r.id"
    )
    return [Addressee(*row) for row in reader.rows(sql, where.params)]


def kind_of(reader: Reader, campaign: int) -> str:
    """What kind of campaign it is."""
    return str(reader.value("SELECT kind FROM campaign WHERE id = ?", (campaign,)))


def buying_keys(reader: Reader) -> dict[int, list[str]]:
    """Under which keys a person's purchases may stand: the person's own, then those of their companies in order."""
    found = {number: [uid] for number, uid in reader.rows("SELECT id, uid FROM contact WHERE deleted_at IS NULL")}
    sql = (
        "SELECT l.contact_id, o.uid FROM contact_company l JOIN company o ON o.id = l.company_id AND o.deleted_at IS NULL"
        " WHERE l.ended_on IS NULL ORDER BY l.contact_id, l.position, l.id"
    )
    for number, uid in reader.rows(sql):
        if number in found:
            found[number].append(uid)
    return found
