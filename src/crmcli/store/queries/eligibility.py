"""Who of a campaign may be written to just now, and why the others may not: one question for a page and for one person.

What is sent is asked for twice: a page at a time before it is rendered, and for each person in the transaction that
claims the message, so that whoever opted out meanwhile gets nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import (
    DELETED,
    DUPLICATE,
    FREQUENCY_CAP,
    INVALID_ADDRESS,
    NO_ADDRESS,
    OPTED_OUT,
    SUPPRESSED,
)
from crmcli.domain.recipients import Recipient
from crmcli.domain.suppressing import digest, domains
from crmcli.store.queries.common import custom
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader

# The address that the campaign took, while it is still the person's own, else the person's first.
_ADDRESS = (
    "LEFT JOIN contact_email e ON e.id = COALESCE((SELECT x.id FROM contact_email x WHERE x.contact_id = q.contact_id"
    " AND x.deleted_at IS NULL AND x.value = q.email LIMIT 1), (SELECT x.id FROM contact_email x"
    " WHERE x.contact_id = q.contact_id AND x.deleted_at IS NULL ORDER BY x.position, x.id LIMIT 1))"
)
_COMPANY = (
    "(SELECT o.name FROM contact_company l JOIN company o ON o.id = l.company_id WHERE l.contact_id = q.contact_id"
    " AND l.ended_on IS NULL AND o.deleted_at IS NULL ORDER BY l.position, l.id LIMIT 1)"
)
_CONSENT = (
    "COALESCE((SELECT n.status FROM consent n WHERE n.contact_id = q.contact_id AND n.channel = ?"
    " ORDER BY n.at DESC, n.id DESC LIMIT 1), '')"
)
_OPTED_OUT = "EXISTS (SELECT 1 FROM contact_email x WHERE x.contact_id = q.contact_id AND x.deleted_at IS NULL AND x.opted_out = 1)"
_SUPPRESSED = (
    "EXISTS (SELECT 1 FROM suppression s WHERE s.deleted_at IS NULL AND s.channel IN (?, 'all')"
    " AND (s.contact_id = q.contact_id AND s.kind = 'contact' OR s.kind = 'address' AND s.key = e.key))"
)
_DUPLICATE = (
    "EXISTS (SELECT 1 FROM message g WHERE g.campaign_id = ? AND g.address_key = e.key AND g.member_id <> q.member_id"
    " AND g.status <> 'failed')"
)
_OFTEN = (
    "(SELECT COUNT(*) FROM message g WHERE g.contact_id = q.contact_id AND g.status IN ('sent', 'in_doubt', 'sending')"
    " AND g.claimed_at >= ?) >= ?"
)
_PERSON = (
    "q.member_id, q.contact_id, c.uid, c.name, c.given, c.family, c.prefix, c.title, e.value, e.key,"
    f" {_COMPANY}, c.locale, c.timezone, c.custom, q.variant_id, q.was"
)


class Rules(NamedTuple):
    """What a campaign minds when it chooses whom to write to; at most ``cap`` messages ``since`` a moment, if there is one.

    When it ``holds``, those without a version wait for the winner.
    """

    campaign: int
    channel: str = "email"
    require_consent: bool = False
    cap: int | None = None
    since: str = ""
    holds: bool = False


class Candidate(NamedTuple):
    """Somebody of a campaign, and the reason for which no message goes to them; empty when one does.

    ``was`` is the reason of an earlier run that skipped them.
    """

    recipient: Recipient
    key: str
    reason: str
    was: str


def members_waiting(rules: Rules, after: int, *, skipped: bool = False) -> Condition:
    """The members that nothing was sent to yet, beyond the number of one; also those ``skipped`` before, if wanted.

    The message of one who was skipped may have failed: it was to be tried again when something came to speak against it.
    """
    states = "('targeted', 'skipped')" if skipped else "('targeted')"
    tried = " AND (m.status <> 'skipped' OR g.status <> 'failed')" if skipped else ""
    held = " AND m.variant_id IS NOT NULL" if rules.holds else ""
    return _condition(
        f"m.campaign_id = ? AND m.status IN {states} AND m.id > ? AND NOT EXISTS"
        f" (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0{tried}){held}",
        rules.campaign, after,
    )  # fmt: skip


def members_due(rules: Rules, after: int, now: str) -> Condition:
    """The members whose message is to be tried again by now."""
    return _condition(
        "m.campaign_id = ? AND m.id > ? AND EXISTS (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0"
        " AND g.status = 'retry' AND g.due_at <= ?)",
        rules.campaign, after, now,
    )  # fmt: skip


def members_among(members: Sequence[int]) -> Condition:
    """These members."""
    return _condition(f"m.id IN ({marks(members)})", *members)


def one_member(member: int) -> Condition:
    """One member."""
    return _condition("m.id = ?", member)


def of_members(reader: Reader, rules: Rules, which: Condition, limit: int) -> list[Candidate]:
    """Members by number, each judged."""
    was = "CASE WHEN m.status = 'skipped' THEN COALESCE(m.reason, '') ELSE '' END AS was"
    people = (
        f"SELECT m.id AS member_id, m.contact_id, m.email, m.variant_id, {was} FROM campaign_member m"
        f" WHERE {which.sql} ORDER BY m.id LIMIT {limit:d}"
    )
    return _judged(reader, rules, people, which.params)


def of_people(reader: Reader, rules: Rules, which: Condition, after: int, limit: int) -> list[Candidate]:
    """Contacts, alias ``r``, who are not members yet, judged as if they were."""
    people = (
        f"SELECT 0 AS member_id, r.id AS contact_id, NULL AS email, NULL AS variant_id, '' AS was FROM contact r"
        f" WHERE r.deleted_at IS NULL AND ({which.sql}) AND r.id > ? AND NOT EXISTS (SELECT 1 FROM campaign_member m"
        f" WHERE m.campaign_id = ? AND m.contact_id = r.id) ORDER BY r.id LIMIT {limit:d}"
    )
    return _judged(reader, rules, people, (*which.params, after, rules.campaign))


def _condition(sql: str, *params: object) -> Condition:
    from crmcli.store.queries.condition import Condition

    return Condition(sql, params)


def _judged(reader: Reader, rules: Rules, people: str, params: Sequence[object]) -> list[Candidate]:
    reason, reason_params = _reason(rules)
    sql = (
        f"SELECT {_PERSON}, {reason} FROM ({people}) q JOIN contact c ON c.id = q.contact_id"
        f" {_ADDRESS} ORDER BY q.member_id, q.contact_id"
    )
    rows = reader.rows(sql, (*reason_params, *params))
    barred = _barred(reader, rules, {key for row in rows if row[9] for key in _other_keys(row[9])})
    return [_candidate(row, barred) for row in rows]


def _reason(rules: Rules) -> tuple[str, list[object]]:
    """SQL for why somebody is not written to, the first reason that holds; empty text when none does."""
    cases = [
        f"WHEN c.deleted_at IS NOT NULL THEN '{DELETED}'",
        f"WHEN e.id IS NULL THEN '{NO_ADDRESS}'",
        f"WHEN e.invalid = 1 THEN '{INVALID_ADDRESS}'",
        f"WHEN {_OPTED_OUT} THEN '{OPTED_OUT}'",
        f"WHEN {_CONSENT} IN ({marks(('withdrawn', 'pending'))}) THEN '{OPTED_OUT}'",
        f"WHEN {_SUPPRESSED} THEN '{SUPPRESSED}'",
        f"WHEN {_DUPLICATE} THEN '{DUPLICATE}'",
    ]
    params: list[object] = [rules.channel, "withdrawn", "pending", rules.channel, rules.campaign]
    if rules.require_consent:
        cases.insert(5, f"WHEN {_CONSENT} <> 'granted' THEN '{OPTED_OUT}'")
        params.insert(3, rules.channel)
    if rules.cap is not None:
        cases.append(f"WHEN {_OFTEN} THEN '{FREQUENCY_CAP}'")
        params += [rules.since, rules.cap]
    return f"CASE {' '.join(cases)} ELSE '' END", params


def _other_keys(key: str) -> list[str]:
    """What an address may be suppressed by besides itself: its domains, and what is kept of one that was forgotten."""
    return [*domains(key), digest(key)]


def _barred(reader: Reader, rules: Rules, keys: set[str]) -> set[str]:
    if not keys:
        return set()
    wanted, params = reader.dialect.among(sorted(keys))
    sql = (
        "SELECT s.key FROM suppression s WHERE s.kind IN ('domain', 'address') AND s.deleted_at IS NULL"
        f" AND s.channel IN (?, 'all') AND s.key {wanted}"
    )
    return {key for (key,) in reader.rows(sql, (rules.channel, *params))}


def _candidate(row: Row, barred: set[str]) -> Candidate:
    member, contact, uid, name, given, family, prefix, title, address, key, company, locale, zone, own, variant, was = (
        row[:16]
    )
    reason: Any = row[16]
    if not reason and barred and not barred.isdisjoint(_other_keys(key)):
        reason = SUPPRESSED
    recipient = Recipient(
        contact, uid or "", name or "", given or "", family or "", prefix or "", title or "", address or "", company or "",
        locale or "", zone or "", custom(own or "{}"), member, variant,
    )  # fmt: skip
    return Candidate(recipient, key or "", reason, was)
