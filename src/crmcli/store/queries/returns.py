"""Messages that something came back for, and what came back for the others to the same address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.store.reader import Reader

_SENT = (
    "SELECT g.id, g.campaign_id, g.member_id, g.contact_id, g.address, g.address_key, g.claimed_at, g.status,"
    " c.deleted_at IS NULL FROM message g JOIN contact c ON c.id = g.contact_id"
)
_WENT_OUT = "g.status IN ('sent', 'in_doubt', 'sending')"
# What shows that a message was seen by somebody.
_ALIVE = "('opened', 'clicked', 'replied', 'responded', 'converted')"
_MOST = 50


class Sent(NamedTuple):
    """A message that went out, ``claimed`` then; ``is_known`` says that its contact is still there."""

    number: int
    campaign: int
    member: int
    contact: int
    address: str
    key: str
    claimed: str
    status: str
    is_known: bool


def by_token(reader: Reader, tokens: Sequence[str]) -> Sent | None:
    """The message that has one of these tokens, the first that fits."""
    return _first(reader, "g.token = ?", tokens)


def by_uid(reader: Reader, uids: Sequence[str]) -> Sent | None:
    """The message of one of these uids, the first that fits."""
    return _first(reader, "g.uid = ?", uids)


def latest_to(reader: Reader, keys: Sequence[str], since: str) -> Sent | None:
    """The latest message to one of these addresses that went out ``since`` a moment."""
    for key in keys:
        sql = f"{_SENT} WHERE g.address_key = ? AND g.claimed_at >= ? AND {_WENT_OUT} ORDER BY g.claimed_at DESC, g.id DESC LIMIT 1"
        row = reader.row(sql, (key, since))
        if row is not None:
            return Sent._make((*row[:8], bool(row[8])))
    return None


def _first(reader: Reader, condition: str, values: Iterable[str]) -> Sent | None:
    for value in values:
        row = reader.row(f"{_SENT} WHERE {condition}", (value,))
        if row is not None:
            return Sent._make((*row[:8], bool(row[8])))
    return None


def is_returned(reader: Reader, key: str) -> bool:
    """Whether something that came back was dealt with before."""
    return reader.value("SELECT 1 FROM returned_mail WHERE key = ?", (key,)) is not None


def soft_in_a_row(reader: Reader, key: str) -> int:
    """How many of the last messages to an address came back for now, with none between that was not returned or was seen.

    Those that went out after the last one which came back are left out: nobody knows yet.
    """
    soft = "EXISTS (SELECT 1 FROM returned_mail b WHERE b.message_id = g.id AND b.kind = 'bounce_soft')"
    seen = f"EXISTS (SELECT 1 FROM campaign_event v WHERE v.member_id = g.member_id AND v.status IN {_ALIVE} AND v.at >= g.claimed_at)"
    sql = (
        f"SELECT CASE WHEN {soft} THEN 1 ELSE 0 END, CASE WHEN {seen} THEN 1 ELSE 0 END FROM message g"
        f" WHERE g.address_key = ? AND {_WENT_OUT} ORDER BY g.claimed_at DESC, g.id DESC LIMIT {_MOST}"
    )
    rows = reader.rows(sql, (key,))
    first = next((place for place, (is_soft, _) in enumerate(rows) if is_soft), len(rows))
    count = 0
    for is_soft, is_seen in rows[first:]:
        if not is_soft or is_seen:
            break
        count += 1
    return count
