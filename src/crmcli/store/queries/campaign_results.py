"""What is counted of campaigns: states, leads, deals, what reached the people of deals, and costs; a statement for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.text import fold
from crmcli.store.queries.common import day, moment, sure_moment
from crmcli.store.queries.condition import EVERYTHING
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader

Bounds = tuple[str, str] | None
RESPONSES = ("replied", "responded", "converted")
TOUCHES = ("sent", "delivered", "opened", "clicked", "replied", "responded")
LEAD_STAGES = ("lead", "qualified", "opportunity")
NO_LEADS = ("unqualified", "junk")
# What people of a campaign are told apart by: SQL over member m, contact c, variant v, segment s.
GROUPS = {"": "CAST(NULL AS TEXT)", "segment": "s.name", "source": "NULLIF(c.source, '')", "variant": "v.name"}
_GROUP_JOINS = (
    " JOIN contact c ON c.id = m.contact_id LEFT JOIN campaign_variant v ON v.id = m.variant_id"
    " LEFT JOIN segment s ON s.id = m.segment_id"
)
_COUNTED = {
    "targeted": ("targeted", "sent", "skipped", "failed"), "sent": ("sent",), "opened": ("opened",),
    "clicked": ("clicked",), "replied": ("replied",), "responded": RESPONSES, "bounced": ("bounced",),
    "complained": ("complained",), "unsubscribed": ("unsubscribed",), "failed": ("failed",), "skipped": ("skipped",),
}  # fmt: skip


class Scope(NamedTuple):
    """Of which campaign (None: all), in which time (None: ever), and by what its people are told apart."""

    campaign: int | None = None
    bounds: Bounds = None
    by: str = ""

    def within(self, column: str) -> tuple[str, tuple[str, ...]]:
        """SQL that a moment lies in the time, and its parameters."""
        return ("1 = 1", ()) if self.bounds is None else (f"{column} >= ? AND {column} < ?", self.bounds)

    def own(self, column: str) -> tuple[str, tuple[int, ...]]:
        """SQL that a column is the campaign, and its parameters."""
        return ("1 = 1", ()) if self.campaign is None else (f"{column} = ?", (self.campaign,))

    @property
    def joins(self) -> str:
        """What has to be joined to member m to tell its groups apart."""
        return _GROUP_JOINS if self.by else ""


class StateCounts(NamedTuple):
    """How many people of a campaign, or of one of its groups, came into each state."""

    campaign: int
    group: str | None
    by_state: Mapping[str, int]


class DealRow(NamedTuple):
    """A deal that may be owed to a campaign."""

    number: int
    campaign: int | None
    created_at: datetime
    minor: int
    currency: str | None
    is_won: bool
    closed_at: datetime | None


class TouchRow(NamedTuple):
    """A campaign that reached somebody of a deal; no contact where the deal alone is known."""

    deal: int
    contact: int | None
    campaign: int
    at: datetime


class PlannedCampaign(NamedTuple):
    """A campaign as its report names it and finds the one before it."""

    number: int
    id: str
    name: str
    code: str | None
    kind: str
    status: str
    parent: int | None
    currency: str | None
    starts_on: date | None
    started_at: datetime | None
    created_at: datetime | None
    owner: str | None
    objective: str | None


def planned_campaigns(reader: Reader, where: Condition = EVERYTHING) -> list[PlannedCampaign]:
    """Every campaign that fits, by name."""
    sql = (
        "SELECT r.id, r.uid, r.name, r.code, r.kind, r.status, r.parent_id, r.currency, r.starts_on, r.started_at, r.created_at,"
        " (SELECT u.login FROM app_user u WHERE u.id = r.owner_id), r.objective FROM campaign r"
        f" WHERE r.deleted_at IS NULL AND ({where.sql}) ORDER BY r.name_key, r.id"
    )
    rows = reader.rows(sql, where.params)
    return [PlannedCampaign._make((*row[:8], day(row[8]), *map(moment, row[9:11]), *row[11:])) for row in rows]


def came_into(reader: Reader, bounds: Bounds) -> Iterator[tuple[str, int, int]]:
    """State, campaign and person of everyone who is counted by ``state_counts``, ``delivered`` among the states."""
    inside, span = Scope(None, bounds).within("e.at")
    sql = (
        "SELECT DISTINCT m.campaign_id, m.contact_id, e.status, m.status, EXISTS (SELECT 1 FROM campaign_event b"
        " WHERE b.member_id = m.id AND b.status = 'bounced') FROM campaign_event e JOIN campaign_member m ON m.id = e.member_id"
        f" WHERE {inside}"
    )
    for campaign, contact, state, now, came_back in reader.stream(sql, span):
        for name, states in _COUNTED.items():
            if state in states and (name not in ("failed", "skipped") or name == now):
                yield name, campaign, contact
        if state == "sent" and not came_back:
            yield "delivered", campaign, contact


def state_counts(reader: Reader, scope: Scope) -> Iterator[StateCounts]:
    """The states that people came into, each person once, by campaign and group."""
    inside, span = scope.within("e.at")
    own, number = scope.own("e.campaign_id")
    flags, params = [], list[object]()
    for name, states in _COUNTED.items():
        flags.append(f"MAX(CASE WHEN e.status IN ({marks(states)}) AND {inside} THEN 1 ELSE 0 END) AS {name}")
        params += [*states, *span]
    flags.append(
        f"MAX(CASE WHEN e.status NOT IN ('targeted', 'skipped', 'failed') AND {inside} THEN 1 ELSE 0 END) AS reach"
    )
    params += span
    flags.append("MAX(CASE WHEN e.status = 'bounced' THEN 1 ELSE 0 END) AS came_back")
    # Whoever was skipped, or refused, and got it later, stands elsewhere now.
    sums = [
        f"SUM(CASE WHEN m.status = '{name}' THEN f.{name} ELSE 0 END)" if name in ("failed", "skipped") else f"SUM(f.{name})"
        for name in _COUNTED
    ]  # fmt: skip
    sql = (
        f"SELECT m.campaign_id, {GROUPS[scope.by]}, {', '.join(f'CAST({each} AS BIGINT)' for each in sums)},"
        " CAST(SUM(f.reach) AS BIGINT), CAST(SUM(CASE WHEN f.came_back = 1 THEN 0 ELSE f.sent END) AS BIGINT)"
        f" FROM (SELECT e.member_id, {', '.join(flags)} FROM campaign_event e WHERE {own} GROUP BY e.member_id) f"
        f" JOIN campaign_member m ON m.id = f.member_id{scope.joins} GROUP BY 1, 2"
    )
    names = (*_COUNTED, "reach", "delivered")
    for campaign, group, *counts in reader.rows(sql, (*params, *number)):
        yield StateCounts(campaign, group, dict(zip(names, counts, strict=True)))


def doubtful(reader: Reader, scope: Scope) -> list[tuple[int, str | None, int]]:
    """How many messages nobody knows the fate of, by campaign and group."""
    inside, span = scope.within("g.claimed_at")
    own, number = scope.own("g.campaign_id")
    sql = (
        f"SELECT m.campaign_id, {GROUPS[scope.by]}, COUNT(*) FROM message g JOIN campaign_member m ON m.id = g.member_id"
        f"{scope.joins} WHERE g.status IN ('in_doubt', 'sending') AND {own} AND {inside} GROUP BY 1, 2"
    )
    return [(campaign, name, count) for campaign, name, count in reader.rows(sql, (*number, *span))]


def converted(reader: Reader, scope: Scope) -> list[tuple[int, int]]:
    """Campaign and contact of each conversion that somebody noted down."""
    inside, span = scope.within("e.at")
    own, number = scope.own("e.campaign_id")
    sql = (
        "SELECT DISTINCT m.campaign_id, m.contact_id FROM campaign_event e JOIN campaign_member m ON m.id = e.member_id"
        f" WHERE e.status = 'converted' AND {own} AND {inside}"
    )
    return [(campaign, contact) for campaign, contact in reader.rows(sql, (*number, *span))]


def groups_of(reader: Reader, scope: Scope, contacts: Sequence[int]) -> dict[int, str | None]:
    """The group of each contact that is a member of the scope's campaign."""
    found: dict[int, str | None] = {}
    for start in range(0, len(contacts), 500):
        page = contacts[start : start + 500]
        sql = (
            f"SELECT m.contact_id, {GROUPS[scope.by]} FROM campaign_member m{_GROUP_JOINS}"
            f" WHERE m.campaign_id = ? AND m.contact_id IN ({marks(page)})"
        )
        found |= dict(reader.rows(sql, (scope.campaign, *page)))
    return found


# -- leads


def leads(reader: Reader, scope: Scope, campaigns: Sequence[PlannedCampaign]) -> set[tuple[int, int]]:
    """Campaign and contact of each lead: who names the campaign as the source, or responded and is a lead or new."""
    return {*_by_source(reader, scope, campaigns), *_by_response(reader, scope)}


def _by_source(reader: Reader, scope: Scope, campaigns: Sequence[PlannedCampaign]) -> Iterator[tuple[int, int]]:
    wanted = {
        fold(word): each.number
        for each in reversed(campaigns)
        for word in (each.code, each.name)
        if word and scope.campaign in (None, each.number)
    }
    sources = "SELECT DISTINCT source FROM contact WHERE deleted_at IS NULL AND source IS NOT NULL"
    named = {source: wanted[fold(source)] for (source,) in reader.rows(sources) if fold(source) in wanted}
    inside, span = scope.within("created_at")
    spelled = list(named)
    for start in range(0, len(spelled), 500):
        page = spelled[start : start + 500]
        sql = f"SELECT source, id FROM contact WHERE deleted_at IS NULL AND source IN ({marks(page)}) AND {inside}"
        yield from ((named[source], contact) for source, contact in reader.rows(sql, (*page, *span)))


def _by_response(reader: Reader, scope: Scope) -> Iterator[tuple[int, int]]:
    inside, span = scope.within("e.at")
    own, number = scope.own("e.campaign_id")
    sql = (
        "SELECT DISTINCT m.campaign_id, m.contact_id FROM campaign_event e JOIN campaign_member m ON m.id = e.member_id"
        " JOIN contact c ON c.id = m.contact_id JOIN campaign p ON p.id = m.campaign_id"
        f" WHERE e.status IN ({marks(RESPONSES)}) AND {own} AND {inside} AND c.deleted_at IS NULL"
        f" AND (c.lifecycle IN ({marks(LEAD_STAGES)})"
        f" OR (c.lead_status IS NOT NULL AND c.lead_status NOT IN ({marks(NO_LEADS)}))"
        " OR c.created_at >= COALESCE(p.started_at, p.created_at))"
    )
    params = (*RESPONSES, *number, *span, *LEAD_STAGES, *NO_LEADS)
    yield from ((campaign, contact) for campaign, contact in reader.rows(sql, params))


# -- deals, and what reached their people

_NAMED = "r.campaign_id {}"
_MEMBERS = (
    "r.id IN (SELECT l.deal_id FROM deal_contact l JOIN campaign_member m ON m.contact_id = l.contact_id WHERE"
    " m.campaign_id {})"
)
_ACTIVE = (
    "r.id IN (SELECT l.deal_id FROM activity p JOIN activity_contact k ON k.activity_id = p.id JOIN deal_contact l"
    " ON l.contact_id = k.contact_id WHERE p.deleted_at IS NULL AND p.campaign_id {} UNION"
    " SELECT p.deal_id FROM activity p WHERE p.deleted_at IS NULL AND p.deal_id IS NOT NULL AND p.campaign_id {})"
)


def _concerned(scope: Scope) -> tuple[str, tuple[int, ...]]:
    """SQL that a deal ``r`` has to do with the campaign, or with any, and its parameters."""
    which = "IS NOT NULL" if scope.campaign is None else "= ?"
    params = () if scope.campaign is None else (scope.campaign,) * 4
    return f"({_NAMED} OR {_MEMBERS} OR {_ACTIVE})".replace("{}", which), params


def deal_rows(reader: Reader, scope: Scope) -> Iterator[DealRow]:
    """The deals that may be owed to the campaign."""
    which, params = _concerned(scope)
    sql = (
        "SELECT r.id, r.campaign_id, r.created_at, r.value, r.currency, s.kind, r.closed_at FROM deal r"
        f" JOIN stage s ON s.id = r.stage_id WHERE r.deleted_at IS NULL AND {which} ORDER BY r.id"
    )
    for number, campaign, made, value, currency, kind, closed in reader.stream(sql, params):
        yield DealRow(number, campaign, sure_moment(made), value or 0, currency, kind == "won", moment(closed))


def touch_rows(reader: Reader, scope: Scope) -> Iterator[TouchRow]:
    """What reached the people of those deals before they were made, of all campaigns that there still are.

    A message that came back reached nobody.
    """
    # Of all campaigns together a deal that was reached has to do with one, and the campaigns are where to begin: CROSS JOIN
    # says so to SQLite, which would begin with every deal or everything that was ever done. Of one the deals are few.
    which, params = _concerned(scope) if scope.campaign is not None else ("1 = 1", ())
    then = ", " if scope.campaign is not None else " CROSS JOIN "
    mailed = ("campaign w", "campaign_event e", "campaign_member m", "deal_contact l", "deal r")
    spoken = ("campaign w", "activity p", "activity_contact k", "deal_contact l", "deal r")
    about = ("campaign w", "activity p", "deal r")
    done = "p.campaign_id = w.id AND p.deleted_at IS NULL AND p.status = 'done' AND p.at <= r.created_at"
    alive = f"w.deleted_at IS NULL AND r.deleted_at IS NULL AND {which}"
    sql = (
        f"SELECT l.deal_id, l.contact_id, e.campaign_id, e.at FROM {then.join(mailed)} WHERE e.campaign_id = w.id"
        " AND m.id = e.member_id AND l.contact_id = m.contact_id AND r.id = l.deal_id AND e.at <= r.created_at"
        f" AND e.status IN ({marks(TOUCHES)}) AND (e.status <> 'sent' OR NOT EXISTS (SELECT 1 FROM campaign_event b"
        f" WHERE b.member_id = m.id AND b.status = 'bounced')) AND {alive}"
        f" UNION SELECT l.deal_id, l.contact_id, p.campaign_id, p.at FROM {then.join(spoken)} WHERE k.activity_id = p.id"
        f" AND l.contact_id = k.contact_id AND r.id = l.deal_id AND {done} AND {alive}"
        f" UNION SELECT r.id, CAST(NULL AS BIGINT), p.campaign_id, p.at FROM {then.join(about)} WHERE r.id = p.deal_id"
        f" AND {done} AND {alive}"
    )
    for deal, contact, campaign, at in reader.stream(sql, (*TOUCHES, *params, *params, *params)):
        yield TouchRow(deal, contact, campaign, sure_moment(at))


# -- money and time


def spent(reader: Reader, scope: Scope, days: tuple[str, str] | None) -> dict[int, list[Money]]:
    """What was spent on campaigns, within days of which the last one is excluded."""
    own, number = scope.own("campaign_id")
    inside = "1 = 1" if days is None else '"on" >= ? AND "on" < ?'
    sql = (
        "SELECT campaign_id, currency, CAST(SUM(amount) AS BIGINT) FROM campaign_cost WHERE deleted_at IS NULL"
        f" AND state = 'spent' AND {own} AND {inside} GROUP BY campaign_id, currency ORDER BY campaign_id, currency"
    )
    sums: dict[int, list[Money]] = {}
    for campaign, currency, minor in reader.rows(sql, (*number, *(days or ()))):
        sums.setdefault(campaign, []).append(Money(minor, currency))
    return sums


def goals_of(reader: Reader, campaign: int) -> list[tuple[str, float]]:
    """The goals of a campaign: metric and target."""
    sql = "SELECT metric, target FROM campaign_goal WHERE deleted_at IS NULL AND campaign_id = ? ORDER BY id"
    return [
        (metric, int(target) if target == int(target) else target) for metric, target in reader.rows(sql, (campaign,))
    ]


def moments(reader: Reader, scope: Scope, states: Sequence[str]) -> Iterator[datetime]:
    """When each person first came into any of these states."""
    inside, span = scope.within("e.at")
    own, number = scope.own("e.campaign_id")
    sql = (
        f"SELECT MIN(e.at) FROM campaign_event e WHERE {own} AND e.status IN ({marks(states)}) AND {inside}"
        " GROUP BY e.member_id"
    )
    for (at,) in reader.stream(sql, (*number, *states, *span)):
        yield sure_moment(at)
