"""Whom the start of a campaign would bring in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import audience_of
from crmcli.domain.email_folding import folded_email
from crmcli.domain.marketing import channel_of
from crmcli.domain.text import fold
from crmcli.store.queries.recipients import member_addresses
from crmcli.store.queries.responding import Addressee
from crmcli.store.queries.segments import audience_condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.segments import Judge
    from crmcli.store.reader import Reader

_EMAIL = (
    "(SELECT e.value FROM contact_email e WHERE e.contact_id = r.id AND e.deleted_at IS NULL"
    " ORDER BY e.position, e.id LIMIT 1)"
)


def newcomers(reader: Reader, judge: Judge, campaign: int, where: Condition) -> list[Addressee]:
    """The people of a campaign's segments who fit and whom it has not taken in yet; nobody once it was started with somebody.

    Of those who share a mailbox a mailing takes the first, whether they fit or not.
    """
    kind, status, formula, members = reader.rows(
        "SELECT g.kind, g.status, g.audience, (SELECT COUNT(*) FROM campaign_member m WHERE m.campaign_id = g.id)"
        " FROM campaign g WHERE g.id = ?",
        (campaign,),
    )[0]
    if not (status in ("draft", "planned") or (status == "active" and not members)):
        return []
    is_mailed = channel_of(kind) == "email"
    seen = {folded_email(fold(email)) for email in member_addresses(reader, campaign)} if is_mailed else set[str]()
    found: dict[int, Addressee] = {}
    for person, email, fits in _people(reader, judge, campaign, formula or "", where):
        mailbox = folded_email(fold(email)) if email and is_mailed else ""
        if person.number not in found and mailbox not in seen and fits:
            found[person.number] = person
        seen |= {mailbox} - {""}
    return [found[number] for number in sorted(found)]


def _people(
    reader: Reader, judge: Judge, campaign: int, formula: str, where: Condition
) -> Iterator[tuple[Addressee, str | None, bool]]:
    """Everybody of each segment in turn who is no member yet, with their address and whether they fit."""
    audience = audience_of(formula)
    for uid in audience.include:
        part = audience_condition(reader, judge, audience.part(uid))
        sql = (
            f"SELECT r.id, r.uid, r.name, {_EMAIL}, CASE WHEN {where.sql} THEN 1 ELSE 0 END FROM contact r"
            " WHERE NOT EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign_id = ? AND m.contact_id = r.id)"
            f" AND ({part.sql}) ORDER BY r.id"
        )
        for number, person, name, email, fits in reader.stream(sql, (*where.params, campaign, *part.params)):
            yield Addressee(number, person, name), email, bool(fits)
