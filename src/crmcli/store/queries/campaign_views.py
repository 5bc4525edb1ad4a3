"""Campaigns as they were planned: found by what they are called, and read whole."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import audience_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.text import fold, nearest
from crmcli.domain.views import CampaignView, CostView, GoalView, Link
from crmcli.errors import Ambiguous, NotFound, UsageError
from crmcli.store.queries.common import day, gather, moment, sure_moment
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.refs import Found
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_COLUMNS = (
    "r.id, r.uid, r.name, r.code, r.kind, r.status, p.uid, p.name, r.starts_on, r.ends_on, r.send_at, r.objective,"
    " r.owner_id, r.audience, t.uid, t.name, r.currency, r.budget, r.expected_cost, r.expected_revenue,"
    " r.expected_response, r.settings, r.started_at, r.ended_at, r.created_at, r.updated_at,"
    " (SELECT COUNT(*) FROM campaign_member m WHERE m.campaign_id = r.id)"
)
_JOINS = (
    "LEFT JOIN campaign p ON p.id = r.parent_id AND p.deleted_at IS NULL LEFT JOIN template t ON t.id = r.template_id"
)
ORDERS = {
    "name": "r.name_key", "number": "r.id", "code": "r.code_key", "kind": "r.kind", "status": "r.status",
    "starts_on": "r.starts_on", "ends_on": "r.ends_on", "send_at": "r.send_at", "budget": "r.budget",
    "members": "(SELECT COUNT(*) FROM campaign_member m WHERE m.campaign_id = r.id)", "started_at": "r.started_at",
    "ended_at": "r.ended_at", "created_at": "r.created_at", "updated_at": "r.updated_at",
}  # fmt: skip
_CALLED = {"start": "starts_on", "end": "ends_on"}


class Listing(NamedTuple):
    """Which campaigns, in which order, and how many."""

    where: Condition = EVERYTHING
    sort: str | None = None
    reverse: bool = False
    limit: int | None = None
    offset: int = 0
    deleted: bool = False


def campaigns(reader: Reader, listing: Listing) -> Iterator[CampaignView]:
    """The selected campaigns, by name unless sorted."""
    alive = "NOT NULL" if listing.deleted else "NULL"
    sql = (
        f"SELECT {_COLUMNS} FROM campaign r {_JOINS} WHERE r.deleted_at IS {alive} AND ({listing.where.sql})"
        f" ORDER BY {_order(listing)} LIMIT ? OFFSET ?"
    )
    most = 2**62 if listing.limit is None else listing.limit
    rows = reader.rows(sql, (*listing.where.params, most, listing.offset))
    numbers = [row[0] for row in rows]
    goals: dict[int, list[GoalView]] = {}
    for start in range(0, len(numbers), 500):
        goals |= gather(reader, _GOALS, numbers[start : start + 500], _goal)
    segments = segment_names(reader, {uid for row in rows for part in audience_of(row[13]) for uid in part})
    for row in rows:
        yield _view(reader, row, tuple(goals.get(row[0], ())), segments)


_GOALS = (
    "SELECT campaign_id, metric, target FROM campaign_goal WHERE deleted_at IS NULL AND campaign_id IN ({in})"
    " ORDER BY campaign_id, id"
)


def _order(listing: Listing) -> str:
    direction = " DESC" if listing.reverse else ""
    if listing.sort is None:
        return f"r.name_key{direction}, r.id"
    wanted = listing.sort.replace("-", "_").lower()
    place = ORDERS.get(_CALLED.get(wanted, wanted))
    if place is None:
        near = nearest(wanted, list(ORDERS))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(ORDERS)}"
        raise UsageError(f"--sort: campaigns are not sorted by {listing.sort!r}", hint=hint)
    return f"{place}{direction} NULLS LAST, r.id"


def _view(reader: Reader, row: Row, goals: tuple[GoalView, ...], segments: dict[str, str]) -> CampaignView:
    import json

    currency = row[16]
    audience = audience_of(row[13])
    include, exclude = (tuple(Link(uid, segments.get(uid, uid)) for uid in uids) for uids in audience)
    budget, cost, revenue = (_money(minor, currency) for minor in row[17:20])
    started, ended, created, updated = map(moment, row[22:26])
    return CampaignView(
        row[1], row[0], row[2], row[3], row[4], row[5], Link(row[6], row[7]) if row[6] else None, day(row[8]),
        day(row[9]), moment(row[10]), row[11], reader.user(row[12]), include, exclude,
        Link(row[14], row[15]) if row[14] else None, budget, cost, revenue, currency, row[20], goals,
        json.loads(row[21]), row[26], started, ended, created, updated,
    )  # fmt: skip


def _goal(metric: str, target: float) -> GoalView:
    return GoalView(metric, int(target) if target == int(target) else target)


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and currency else None


def by_number(reader: Reader, number: int) -> CampaignView:
    """One campaign that is known to be there."""
    return next(iter(campaigns(reader, Listing(Condition("r.id = ?", (number,))))))


# -- found by what they are called


def campaign_named(reader: Reader, ref: str, *, deleted: bool = False) -> Found:
    """The live (or deleted) campaign of that uid, number, name or code; raises NotFound naming the nearest."""
    text = ref.strip()
    alive = "NOT NULL" if deleted else "NULL"
    for condition, value in _questions(text):
        rows = reader.rows(
            f"SELECT r.id, r.uid, r.name FROM campaign r WHERE r.deleted_at IS {alive} AND ({condition})"
            " ORDER BY r.id DESC LIMIT 20",
            value,
        )
        if len(rows) == 1:
            return Found(*rows[0])
        if rows:
            lines = tuple(f"  #{number}  {uid}  {name}" for number, uid, name in rows)
            raise Ambiguous(f"several campaigns answer to {text!r}", hint="name one by its number", details=lines)
    raise NotFound(f"no campaign {ref}", hint=_nearest(reader, text))


def _questions(text: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    if text.lower().startswith("cp_"):
        uid = f"cp_{text[3:].upper()}"
        yield "r.uid >= ? AND r.uid < ?", (uid, f"{uid}~")
        return
    bare = text.removeprefix("#")
    if bare.isdecimal() and len(bare) < 10:
        yield "r.id = ?", (int(bare),)
    yield "r.name_key = ?", (fold(text),)
    yield "r.code_key = ?", (fold(text),)


def _nearest(reader: Reader, text: str) -> str:
    rows = reader.rows("SELECT name, code FROM campaign WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 2000")
    near = nearest(text, [name for row in rows for name in row if name])
    return f"did you mean {near}?" if near else "crm campaign list" if rows else "crm campaign add NAME"


def campaign_coded(reader: Reader, code: str) -> Found:
    """The live campaign of that code; raises NotFound naming the nearest."""
    row = reader.row(
        "SELECT id, uid, name FROM campaign WHERE deleted_at IS NULL AND code_key = ?", (fold(code.strip()),)
    )
    if row is None:
        codes = [each for (each,) in reader.rows(_CODES)]
        near = nearest(code, codes)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(codes[:10])}" if codes else "--code at add"
        raise NotFound(f"no campaign has the code {code}", hint=hint)
    return Found(*row)


_CODES = "SELECT code FROM campaign WHERE deleted_at IS NULL AND code IS NOT NULL ORDER BY id DESC LIMIT 2000"


# -- what belongs to one


def segment_names(reader: Reader, uids: set[str]) -> dict[str, str]:
    """The names of segments by uid, also of those that were deleted since."""
    if not uids:
        return {}
    wanted = sorted(uids)
    return dict(reader.rows(f"SELECT uid, name FROM segment WHERE uid IN ({marks(wanted)})", wanted))


def costs(reader: Reader, campaign: int | None = None, number: int | None = None) -> list[CostView]:
    """The lines of what campaigns cost, by day: of all, of one campaign, or one line."""
    where, params = "1 = 1", list[object]()
    for column, value in (("c.campaign_id", campaign), ("c.id", number)):
        if value is not None:
            where, params = f"{where} AND {column} = ?", [*params, value]
    sql = (
        'SELECT c.id, r.uid, r.name, c.state, c.amount, c.currency, c."on", c.note, c.by, c.at FROM campaign_cost c'
        " JOIN campaign r ON r.id = c.campaign_id WHERE c.deleted_at IS NULL AND r.deleted_at IS NULL"
        f' AND {where} ORDER BY r.name_key, c."on", c.id'
    )
    return [
        CostView(
            row[0], Link(row[1], row[2]), row[3], Money(row[4], row[5]), row[5], date.fromisoformat(row[6]), row[7],
            reader.user(row[8]), sure_moment(row[9]),
        )
        for row in reader.rows(sql, params)
    ]  # fmt: skip


class Spending(NamedTuple):
    """The sum of a campaign's costs of one state in one currency."""

    campaign: int
    currency: str
    state: str
    minor: int


def spending(reader: Reader, campaign: int | None = None) -> list[Spending]:
    """What campaigns cost, by campaign, currency and state."""
    own = "" if campaign is None else " AND campaign_id = ?"
    sql = (
        "SELECT campaign_id, currency, state, CAST(SUM(amount) AS BIGINT) FROM campaign_cost WHERE deleted_at IS NULL"
        f"{own} GROUP BY campaign_id, currency, state ORDER BY campaign_id, currency"
    )
    return [Spending(*row) for row in reader.rows(sql, () if campaign is None else (campaign,))]


def states(reader: Reader, campaign: int) -> dict[str, int]:
    """How many members stand in each state."""
    sql = "SELECT status, COUNT(*) FROM campaign_member WHERE campaign_id = ? GROUP BY status"
    return dict(reader.rows(sql, (campaign,)))


def template_number(reader: Reader, name: str) -> int | None:
    """The template of that name, uid or number: the one for everybody, else its first language; None if there is none."""
    sql = "SELECT id FROM template WHERE deleted_at IS NULL AND {} ORDER BY CASE WHEN locale = '' THEN 0 ELSE 1 END, id"
    found = reader.value(sql.format("(name_key = ? OR uid = ?)"), (fold(name), name))
    bare = name.removeprefix("#")
    if found is None and bare.isdecimal() and len(bare) < 10:
        found = reader.value(sql.format("id = ?"), (int(bare),))
    return None if found is None else int(found)


def names_of(reader: Reader, table: str) -> list[str]:
    """The names of all live templates or segments, to say which was meant."""
    return list(dict.fromkeys(name for (name,) in reader.rows(f"SELECT name FROM {table} WHERE deleted_at IS NULL")))


def circular(reader: Reader, campaign: int, parent: int) -> bool:
    """Whether a campaign would become a part of itself by way of this parent."""
    above: int | None = parent
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == campaign:
            return True
        seen.add(above)
        above = reader.value("SELECT parent_id FROM campaign WHERE id = ?", (above,))
    return False
