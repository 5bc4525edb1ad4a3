"""Members made by the hundred thousand: who is in a segment becomes one, with an address, a variant and the first state."""

from __future__ import annotations

from itertools import islice
from math import gcd
from typing import TYPE_CHECKING

from crmcli.domain.campaign_settings import trial_of
from crmcli.domain.email_folding import folded_email
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import DUPLICATE
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.store.models.campaigns import Campaign, CampaignVariant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.campaign_settings import Trial
    from crmcli.store.queries.condition import Condition
    from crmcli.store.session import UnitOfWork

SOURCE = "segment"
_AT_ONCE = 500
_MANY = 1000  # so many new rows are worth telling the planner
_UNSENT = (
    "m.status IN ('targeted', 'skipped') AND NOT EXISTS"
    " (SELECT 1 FROM message g WHERE g.member_id = m.id AND g.step = 0)"
)
_EMAIL = (
    "(SELECT e.value FROM contact_email e WHERE e.contact_id = r.id AND e.deleted_at IS NULL"
    " ORDER BY e.position, e.id LIMIT 1)"
)


class Share(NamedTuple):
    """A variant and its part of the people."""

    number: int
    parts: int


class Targeted(NamedTuple):
    """How many became members, and how many of those were there already under another spelling of their address."""

    members: int
    duplicates: int


def target(
    uow: UnitOfWork, campaign: int, audiences: Sequence[tuple[int | None, Condition]], *, fold_addresses: bool
) -> Targeted:
    """Make everyone a member whom a condition on ``r`` (a contact) selects and who is not one yet.

    The audiences come with the number of the segment that each is, if it is one; the first that holds a person brings it in. With
    ``fold_addresses`` the second of two whose addresses lead to one mailbox is skipped as a duplicate.
    """
    uow.flush()
    before = int(uow.reader.value("SELECT COALESCE(MAX(id), 0) FROM campaign_member"))
    trial = _undecided(uow, campaign)
    deal = () if trial else _dealt(_shares(uow, campaign))
    for segment, condition in audiences:
        _insert(uow, campaign, segment, condition, deal)
    sql = "SELECT COUNT(*) FROM campaign_member WHERE campaign_id = ? AND id > ?"
    added = int(uow.reader.value(sql, (campaign, before)))
    if added:
        uow.keep_beside()
        _note(uow, "targeted", None, "campaign_id = ? AND id > ?", (campaign, before))
        _tell_planner(uow, added)
    if trial is not None:
        deal_out(uow, campaign, trial)
    duplicates = _skip_duplicates(uow, campaign, before) if added and fold_addresses else 0
    return Targeted(added, duplicates)


def let_go(uow: UnitOfWork, campaign: int) -> None:
    """Let go whom the segments of a campaign brought in, as long as nothing came of it: it was not started after all."""
    chosen = (
        "SELECT m.id FROM campaign_member m WHERE m.campaign_id = ? AND m.segment_id IS NOT NULL"
        " AND m.status IN ('targeted', 'skipped') AND NOT EXISTS (SELECT 1 FROM message g WHERE g.member_id = m.id)"
        " AND NOT EXISTS (SELECT 1 FROM enrolment n WHERE n.member_id = m.id)"
    )
    for table, column in (("campaign_event", "member_id"), ("campaign_member", "id")):
        _run(uow, f"DELETE FROM {table} WHERE {column} IN ({chosen})", (campaign,))


def deal_out(uow: UnitOfWork, campaign: int, trial: Trial) -> None:
    """Give the people of the sample that nothing was sent to their versions; all others have none, and wait for the winner."""
    deal = _dealt(_shares(uow, campaign))
    changes: dict[int | None, list[int]] = {}
    sql = (
        f"SELECT m.id, m.variant_id, CASE WHEN {_UNSENT} THEN 1 ELSE 0 END FROM campaign_member m"
        " WHERE m.campaign_id = ? ORDER BY m.id"
    )
    for place, (number, variant, is_free) in enumerate(uow.reader.stream(sql, (campaign,))):
        wanted = deal[trial.sampled_before(place) % len(deal)] if trial.samples(place) else None
        if is_free and wanted != variant:
            changes.setdefault(wanted, []).append(number)
    for wanted, numbers in changes.items():
        for page in _pages(numbers):
            sql = (
                f"UPDATE campaign_member SET variant_id = CAST(? AS BIGINT) WHERE id IN ({', '.join('?' * len(page))})"
            )
            _run(uow, sql, (wanted, *page))
    if changes:
        uow.keep_beside()


def give_all(uow: UnitOfWork, campaign: int, variant: int) -> int:
    """Give a version to everybody that nothing was sent to; how many people will get it now who had none or another."""
    where = f"m.campaign_id = ? AND {_UNSENT} AND COALESCE(m.variant_id, 0) <> ?"
    sql = f"SELECT COUNT(*) FROM campaign_member m WHERE m.status = 'targeted' AND {where}"
    people = int(uow.reader.value(sql, (campaign, variant)) or 0)
    chosen = f"SELECT m.id FROM campaign_member m WHERE {where}"
    _run(uow, f"UPDATE campaign_member SET variant_id = ? WHERE id IN ({chosen})", (variant, campaign, variant))
    uow.keep_beside()
    return people


def _undecided(uow: UnitOfWork, campaign: int) -> Trial | None:
    """The trial whose winner most people have to wait for; None where there is none, or it is known."""
    trial = trial_of(uow.get(Campaign, campaign).settings)
    rows = uow.find(CampaignVariant, campaign_id=campaign, deleted_at=None)
    tried = [row for row in rows if row.share > 0]
    is_open = len(tried) > 1 and not any(row.is_winner for row in rows)
    return trial if trial is not None and trial.has_end and is_open else None


def _insert(uow: UnitOfWork, campaign: int, segment: int | None, condition: Condition, deal: tuple[int, ...]) -> None:
    already = int(uow.reader.value("SELECT COUNT(*) FROM campaign_member WHERE campaign_id = ?", (campaign,)))
    variant, variants = _variant(deal, already)
    sql = (
        "INSERT INTO campaign_member (campaign_id, contact_id, email, status, at, variant_id, segment_id)"
        f" SELECT CAST(? AS BIGINT), a.id, a.email, 'targeted', {_moment(uow)}, {variant}, CAST(? AS BIGINT) FROM ("
        f"SELECT r.id AS id, {_EMAIL} AS email, ROW_NUMBER() OVER (ORDER BY r.id) AS place FROM contact r"
        f" WHERE r.deleted_at IS NULL AND ({condition.sql}) AND NOT EXISTS (SELECT 1 FROM campaign_member m"
        " WHERE m.campaign_id = ? AND m.contact_id = r.id)) a ORDER BY a.id"
    )
    _run(uow, sql, (campaign, utc_text(uow.now), *variants, segment, *condition.params, campaign))


def _shares(uow: UnitOfWork, campaign: int) -> list[Share]:
    """The variants of a campaign; once there is a winner it alone."""
    rows = uow.find(CampaignVariant, campaign_id=campaign, deleted_at=None)
    chosen = [row for row in rows if row.is_winner] or rows
    return [Share(row.id or 0, row.share) for row in chosen if row.share > 0]


def _dealt(shares: Sequence[Share]) -> tuple[int, ...]:
    """The variants in the order in which they are dealt out, over and over: each as evenly spread as its share allows."""
    if not shares:
        return ()
    unit = gcd(*(share.parts for share in shares))
    parts = {share.number: share.parts // unit for share in shares}
    whole, owed, order = sum(parts.values()), dict.fromkeys(parts, 0), list[int]()
    for _ in range(whole):
        owed = {number: owing + parts[number] for number, owing in owed.items()}
        chosen = max(owed, key=lambda number: (owed[number], -number))
        owed[chosen] -= whole
        order.append(chosen)
    return tuple(order)


def _variant(deal: tuple[int, ...], already: int) -> tuple[str, tuple[int, ...]]:
    """SQL for the variant of the row at ``a.place``, and its parameters."""
    if not deal:
        return "CAST(NULL AS BIGINT)", ()
    whole = len(deal)
    if len(set(deal)) == 1:
        return "CAST(? AS BIGINT)", (deal[0],)
    cases, params = [], list[int]()
    for number in dict.fromkeys(deal):
        places = [place for place, each in enumerate(deal) if each == number]
        cases.append(f"WHEN MOD_OF IN ({', '.join(map(str, places))}) THEN CAST(? AS BIGINT)")
        params.append(number)
    remainder = f"(a.place - 1 + {already} - ((a.place - 1 + {already}) / {whole}) * {whole})"
    return f"CASE {' '.join(cases)} END".replace("MOD_OF", remainder), tuple(params)


def _skip_duplicates(uow: UnitOfWork, campaign: int, before: int) -> int:
    """Skip the new members whose address leads to the mailbox of an earlier one; how many."""
    seen: set[str] = set()
    twice: list[int] = []
    sql = "SELECT id, email FROM campaign_member WHERE campaign_id = ? AND email IS NOT NULL ORDER BY id"
    for number, email in uow.reader.stream(sql, (campaign,)):
        mailbox = folded_email(fold(email))
        if mailbox in seen and number > before:
            twice.append(number)
        seen.add(mailbox)
    for page in _pages(twice):
        chosen = f"id IN ({', '.join('?' * len(page))})"
        moment = _moment(uow)
        sql = f"UPDATE campaign_member SET status = 'skipped', reason = ?, at = {moment} WHERE {chosen}"
        _run(uow, sql, (DUPLICATE, utc_text(uow.now), *page))
        _note(uow, "skipped", DUPLICATE, chosen, page)
    return len(twice)


def _pages(numbers: list[int]) -> Iterator[tuple[int, ...]]:
    rest = iter(numbers)
    while page := tuple(islice(rest, _AT_ONCE)):
        yield page


def _note(uow: UnitOfWork, status: str, reason: str | None, condition: str, params: Sequence[object]) -> None:
    """An event for each of the members that the condition selects."""
    sql = (
        "INSERT INTO campaign_event (campaign_id, member_id, status, at, reason, source)"
        f" SELECT campaign_id, id, ?, {_moment(uow)}, CAST(? AS TEXT), ? FROM campaign_member WHERE {condition} ORDER BY id"
    )
    _run(uow, sql, (status, utc_text(uow.now), reason, SOURCE, *params))


def _moment(uow: UnitOfWork) -> str:
    """The placeholder of a moment, which the engine is told as text."""
    return "CAST(? AS TIMESTAMPTZ)" if uow.store.location.url else "?"


def _run(uow: UnitOfWork, sql: str, params: Sequence[object]) -> None:
    uow.session.connection().exec_driver_sql(uow.store.dialect.sql(sql), tuple(params))


def _tell_planner(uow: UnitOfWork, added: int) -> None:
    statement = uow.store.dialect.grown(["campaign_member", "campaign_event"])
    if statement and added >= _MANY:
        uow.session.connection().exec_driver_sql(statement)
