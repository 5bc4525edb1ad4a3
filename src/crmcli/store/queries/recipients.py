"""What a sender has to know of a campaign: its plan, its versions, and where its messages stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.common import day, sure_moment
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from crmcli.store.reader import Reader

_PAGE = 500


class Variant(NamedTuple):
    """A version that is tried; without a template or a subject of its own it has the campaign's."""

    number: int
    name: str
    share: int
    template: int | None
    subject: str | None
    is_winner: bool


class Plan(NamedTuple):
    """A campaign as its sender sees it."""

    number: int
    uid: str
    name: str
    kind: str
    status: str
    code: str
    objective: str
    starts_on: date | None
    ends_on: date | None
    audience: str
    template: int | None
    settings: str
    variants: tuple[Variant, ...]


class Waiting(NamedTuple):
    """A message that is in the ledger."""

    member: int
    uid: str
    token: str
    status: str
    attempts: int
    step: int
    variant: int | None
    template: int | None
    due: str | None
    address: str


def sending_plan(reader: Reader, number: int) -> Plan:
    """The campaign of a number, which is known to be there."""
    row = reader.row(
        "SELECT id, uid, name, kind, status, code, objective, starts_on, ends_on, audience, template_id, settings"
        " FROM campaign WHERE id = ?",
        (number,),
    )
    if row is None:
        raise LookupError(f"campaign {number} is gone")
    found = reader.rows(
        "SELECT v.id, v.name, v.share, v.template_id, v.subject, v.is_winner FROM campaign_variant v"
        " WHERE v.campaign_id = ? AND v.deleted_at IS NULL ORDER BY v.id",
        (number,),
    )
    versions = tuple(Variant._make((*values, bool(winner))) for *values, winner in found)
    return Plan._make((*row[:5], row[5] or "", row[6] or "", day(row[7]), day(row[8]), *row[9:12], versions))


def messages_of(reader: Reader, members: Sequence[int], step: int = 0) -> dict[int, Waiting]:
    """The messages that these members have in the ledger for a step, by the member."""
    sql = (
        "SELECT member_id, uid, token, status, attempts, step, variant_id, template_id, due_at, address FROM message"
        f" WHERE step = ? AND member_id IN ({marks(members)})"
    )
    return {row[0]: Waiting(*row) for row in reader.rows(sql, (step, *members))} if members else {}


def unsettled(reader: Reader, campaign: int, now: str) -> Iterator[tuple[Waiting, str, str]]:
    """Each message that no sender may touch now, in doubt or not due yet, with the contact's uid and name."""
    sql = (
        "SELECT g.member_id, g.uid, g.token, g.status, g.attempts, g.step, g.variant_id, g.template_id, g.due_at,"
        " g.address, c.uid, c.name FROM message g JOIN contact c ON c.id = g.contact_id WHERE g.campaign_id = ? AND g.step = 0"
        " AND (g.status IN ('in_doubt', 'sending') OR g.status = 'retry' AND g.due_at > ?) AND g.id > ?"
        f" ORDER BY g.id LIMIT {_PAGE}"
    )
    after = 0
    while page := reader.rows(sql.replace("SELECT g.member_id", "SELECT g.id, g.member_id"), (campaign, now, after)):
        after = page[-1][0]
        yield from ((Waiting(*row[1:11]), row[11], row[12]) for row in page)


class Left(NamedTuple):
    """What is left to send: people without a message, messages to be tried again, the next of them when; those in doubt."""

    people: int
    retries: int
    next_at: str | None
    in_doubt: int


def left_to_send(reader: Reader, campaign: int, step: int = 0) -> Left:
    """How much of a campaign is not sent; of a sequence's step, what was begun alone."""
    people = (
        0
        if step
        else reader.value(
            "SELECT COUNT(*) FROM campaign_member m WHERE m.campaign_id = ? AND m.status = 'targeted' AND NOT EXISTS"
            " (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0)",
            (campaign,),
        )
    )
    due = "SELECT COUNT(*), MIN(due_at) FROM message WHERE campaign_id = ? AND step = ? AND status = 'retry'"
    retries, next_at = reader.row(due, (campaign, step)) or (0, None)
    doubt = "SELECT COUNT(*) FROM message WHERE campaign_id = ? AND status IN ('in_doubt', 'sending')"
    return Left(people or 0, retries, next_at, reader.value(doubt, (campaign,)) or 0)


def member_addresses(reader: Reader, campaign: int, *, is_taken: bool = False) -> Iterator[str]:
    """The addresses that a campaign took for its members; ``is_taken`` leaves those out who are skipped or whose failed."""
    those = " AND status NOT IN ('skipped', 'failed')" if is_taken else ""
    sql = f"SELECT email FROM campaign_member WHERE campaign_id = ? AND email IS NOT NULL{those} ORDER BY id"
    return (email for (email,) in reader.stream(sql, (campaign,)))


def sent_lately(reader: Reader, account: str, since: str, until: str, most: int) -> list[datetime]:
    """When the last messages of an account went out, the oldest first; what a clock that was fast says lies ahead is not."""
    if not most:
        return []
    sql = (
        "SELECT sent_at FROM message WHERE account = ? AND sent_at > ? AND sent_at <= ?"
        f" ORDER BY sent_at DESC LIMIT {most:d}"
    )
    return [sure_moment(at) for (at,) in reversed(reader.rows(sql, (account, since, until)))]


def first_sent(reader: Reader, campaign: int) -> datetime | None:
    """When the first message of a campaign went out."""
    found = reader.value("SELECT MIN(sent_at) FROM message WHERE campaign_id = ?", (campaign,))
    return sure_moment(found) if found else None


def sent_since(reader: Reader, campaign: int, since: str) -> int:
    """How many messages of a campaign went out since a moment."""
    sql = "SELECT COUNT(*) FROM message WHERE campaign_id = ? AND sent_at >= ?"
    return int(reader.value(sql, (campaign, since)) or 0)
