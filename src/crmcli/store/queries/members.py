"""The members of campaigns, read: where each stands, why, and every state it came into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import IN_DOUBT, MEMBER_STATES, TO_BE_RETRIED
from crmcli.domain.records import as_record, utc_text
from crmcli.domain.text import nearest
from crmcli.domain.views import Link, MemberEvent, MemberView
from crmcli.errors import UsageError
from crmcli.store.queries.common import pages, sure_moment
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.refs import Found
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_COLUMNS = "r.id, c.uid, c.name, c.id, r.email, r.status, r.reason, r.at, v.name, s.name"
_JOINS = (
    "JOIN contact c ON c.id = r.contact_id LEFT JOIN campaign_variant v ON v.id = r.variant_id"
    " LEFT JOIN segment s ON s.id = r.segment_id"
)
ORDERS = {
    "number": "c.id", "contact": "c.name_key", "email": "r.email", "status": "r.status", "reason": "r.reason",
    "at": "r.at", "variant": "v.name_key", "segment": "s.name_key",
}  # fmt: skip


class MemberListing(NamedTuple):
    """Which members of a campaign, in which order, and how many."""

    where: Condition = EVERYTHING
    sort: str | None = None
    reverse: bool = False
    limit: int | None = None
    offset: int = 0


def members(reader: Reader, campaign: int, listing: MemberListing) -> Iterator[MemberView]:
    """The selected members, in the order in which they came in unless sorted, a page at a time."""
    sql = (
        f"SELECT {_COLUMNS} FROM campaign_member r {_JOINS} WHERE r.campaign_id = ? AND ({listing.where.sql})"
        f" ORDER BY {_order(listing)} LIMIT ? OFFSET ?"
    )
    most = 2**62 if listing.limit is None else listing.limit
    for page in pages(reader, sql, (campaign, *listing.where.params, most, listing.offset)):
        yield from _views(reader, page)


def _order(listing: MemberListing) -> str:
    direction = " DESC" if listing.reverse else ""
    if listing.sort is None:
        return f"r.id{direction}"
    place = ORDERS.get(listing.sort.replace("-", "_").lower())
    if place is None:
        near = nearest(listing.sort, list(ORDERS))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(ORDERS)}"
        raise UsageError(f"--sort: members are not sorted by {listing.sort!r}", hint=hint)
    return f"{place}{direction} NULLS LAST, r.id{direction}"


def _views(reader: Reader, page: Sequence[Row]) -> Iterator[MemberView]:
    numbers = [row[0] for row in page]
    times: dict[int, dict[str, datetime]] = {}
    sql = (
        "SELECT member_id, status, MIN(at) FROM campaign_event"
        f" WHERE member_id IN ({marks(numbers)}) GROUP BY member_id, status"
    )
    for number, status, at in reader.rows(sql, numbers):
        times.setdefault(number, {})[status] = sure_moment(at)
    for number, uid, name, contact, email, status, reason, at, variant, segment in page:
        reached = times.get(number, {})
        ordered: dict[str, object] = {state: reached[state] for state in MEMBER_STATES if state in reached}
        yield MemberView(Link(uid, name), contact, email, status, reason, sure_moment(at), ordered, variant, segment)


def events(reader: Reader, campaign: int, contact: int) -> tuple[MemberEvent, ...]:
    """Every state that a member came into, the first one first."""
    sql = (
        "SELECT e.at, e.status, e.reason, e.detail, e.source FROM campaign_event e"
        " JOIN campaign_member r ON r.id = e.member_id WHERE r.campaign_id = ? AND r.contact_id = ? ORDER BY e.at, e.id"
    )
    return tuple(
        MemberEvent(sure_moment(at), status, reason, detail, source)
        for at, status, reason, detail, source in reader.rows(sql, (campaign, contact))
    )


def unsettled(reader: Reader, campaign: int, contact: int) -> tuple[MemberEvent, ...]:
    """What the ledger says of messages that are neither out nor given up: the last attempt, and the server's words."""
    sql = (
        "SELECT claimed_at, status, reply, attempts, due_at, account FROM message WHERE campaign_id = ? AND contact_id = ?"
        " AND status IN ('retry', 'in_doubt', 'sending') ORDER BY id"
    )
    return tuple(_attempt(*row) for row in reader.rows(sql, (campaign, contact)))


def _attempt(at: str, status: str, reply: str | None, attempts: int, due: str | None, account: str) -> MemberEvent:
    source = "outbox" if account == "outbox" else "smtp"
    if status != "retry":
        return MemberEvent(sure_moment(at), "targeted", IN_DOUBT, reply, source)
    told = f"attempt {attempts}: {reply or ''}".rstrip(": ") + (
        f"; next at {utc_text(sure_moment(due))}" if due else ""
    )
    return MemberEvent(sure_moment(at), "targeted", TO_BE_RETRIED, told, source)


def mailed_at(reader: Reader, campaign: int, address: str) -> Found | None:
    """The contact whom a campaign took by that address, were it another's or nobody's by now."""
    sql = (
        "SELECT c.id, c.uid, c.name FROM campaign_member r JOIN contact c ON c.id = r.contact_id"
        " WHERE r.campaign_id = ? AND LOWER(r.email) = LOWER(?) ORDER BY r.id LIMIT 1"
    )
    row = reader.row(sql, (campaign, address.strip()))
    return Found(*row) if row is not None else None


def primary_email(reader: Reader, contact: int) -> str | None:
    """The address that a contact is written to first."""
    sql = "SELECT value FROM contact_email WHERE contact_id = ? AND deleted_at IS NULL ORDER BY position, id LIMIT 1"
    found = reader.value(sql, (contact,))
    return None if found is None else str(found)


def memberships(reader: Reader, contacts: Sequence[int]) -> list[dict[str, object]]:
    """Everything that campaigns keep of a person, who may have been merged from several contacts, as plain records."""
    sql = (
        "SELECT m.uid, m.name, r.campaign_id, r.contact_id, r.email, r.status, r.reason, r.at FROM campaign_member r"
        f" JOIN campaign m ON m.id = r.campaign_id WHERE r.contact_id IN ({marks(contacts)}) ORDER BY r.id"
    )
    return [
        {
            "campaign": {"id": uid, "name": name}, "email": email, "status": status, "reason": reason,
            "at": utc_text(sure_moment(at)), "events": [as_record(event) for event in events(reader, campaign, contact)],
        }
        for uid, name, campaign, contact, email, status, reason, at in reader.rows(sql, contacts)
    ]  # fmt: skip
