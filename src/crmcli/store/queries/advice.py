"""Open deals that need something, the ones with most at stake first; and advice that is not wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.common import day, sure_moment
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.fields import IS_DONE, IS_PLANNED
from crmcli.store.queries.worth import weighted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

_RECENT_WINS = 500
NOTHING_PLANNED = Condition(
    f"NOT EXISTS (SELECT 1 FROM activity p WHERE p.deal_id = r.id AND {IS_PLANNED} AND p.deleted_at IS NULL)"
)


class NeedyDeal(NamedTuple):
    """An open deal; ``stake`` is its weighted value in minor units of the currency it was asked in."""

    number: int
    uid: str
    title: str
    company: str | None
    owner: str | None
    stage: str
    stage_number: int
    expected_close: date | None
    touched: datetime
    stake: float | None


class Mute(NamedTuple):
    """Advice that is not wanted: a rule, for one record or (noun None) for all, until a day or for ever."""

    number: int
    uid: str
    rule: str
    noun: str | None
    record: int | None
    until: date | None


def needy_deals(reader: Reader, money: Worth, where: Condition, limit: int) -> list[NeedyDeal]:
    """The open deals that meet a condition, by their weighted value."""
    share = weighted(money)
    last = f"(SELECT MAX(p.at) FROM activity p WHERE p.deal_id = f.id AND p.deleted_at IS NULL AND {IS_DONE})"
    sql = (
        f"SELECT f.*, {last} FROM (SELECT r.id AS id, r.uid, r.title, o.name, r.owner_id,"
        f" s.name AS stage, s.id AS stage_id, r.expected_close, r.stage_since,"
        f" {share.sql} AS stake"
        " FROM deal r JOIN stage s ON s.id = r.stage_id AND s.kind = 'open'"
        " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
        f" WHERE r.deleted_at IS NULL AND r.closed_at IS NULL AND ({where.sql})"
        " ORDER BY stake DESC NULLS LAST, r.id LIMIT ?) f ORDER BY f.stake DESC NULLS LAST, f.id"
    )
    rows = reader.rows(sql, (*share.params, *where.params, limit))
    return [
        NeedyDeal(
            number, uid, title, company, reader.user(owner), stage, stage_number, day(close),
            sure_moment(max(since, last or since)), stake,
        )
        for number, uid, title, company, owner, stage, stage_number, close, since, stake, last in rows
    ]  # fmt: skip


def days_to_win(reader: Reader) -> dict[int, list[float]]:
    """For each stage the days that it took from entering it to winning, over the latest deals won."""
    sql = (
        "SELECT h.to_stage_id, MIN(h.at), r.closed_at FROM (SELECT d.id, d.closed_at FROM deal d"
        " JOIN stage s ON s.id = d.stage_id AND s.kind = 'won' WHERE d.deleted_at IS NULL AND d.closed_at IS NOT NULL"
        " ORDER BY d.closed_at DESC, d.id DESC LIMIT ?) r JOIN stage_change h ON h.deal_id = r.id"
        " GROUP BY h.to_stage_id, r.id, r.closed_at"
    )
    found: dict[int, list[float]] = {}
    for stage, entered, closed in reader.rows(sql, (_RECENT_WINS,)):
        found.setdefault(stage, []).append((sure_moment(closed) - sure_moment(entered)).total_seconds() / 86_400)
    return found


def slipping(latest: Mapping[int, date], today: date) -> Condition:
    """Deals due before today, or before the day given for their stage: the soonest that they can be expected."""
    cases = " ".join("WHEN ? THEN ?" for _ in latest)
    params = tuple(part for stage, soonest in latest.items() for part in (stage, soonest.isoformat()))
    soonest = f"CASE r.stage_id {cases} ELSE ? END" if cases else "?"
    return Condition(f"CAST(r.expected_close AS TEXT) < {soonest}", (*params, today.isoformat()))


def untouched(limits: Mapping[int, datetime]) -> Condition:
    """Deals in one of the stages that nobody has touched since the moment given for it."""
    from crmcli.domain.records import utc_text

    parts = [
        Condition(
            "r.stage_id = ? AND r.stage_since < ? AND NOT EXISTS (SELECT 1 FROM activity p WHERE p.deal_id = r.id"
            f" AND {IS_DONE} AND p.at >= ? AND p.deleted_at IS NULL)",
            (stage, utc_text(since), utc_text(since)),
        )
        for stage, since in limits.items()
    ]
    if not parts:
        return Condition("1 = 0")
    return Condition(" OR ".join(f"({part.sql})" for part in parts), tuple(p for part in parts for p in part.params))


def deals_of(noun: str, number: int) -> Condition:
    """The deals that a record is about or has a part in."""
    match noun:
        case "deal":
            return Condition("r.id = ?", (number,))
        case "company":
            return Condition("r.company_id = ?", (number,))
        case "contact":
            sql = "r.id IN (SELECT l.deal_id FROM deal_contact l WHERE l.contact_id = ?)"
            return Condition(sql, (number,))
        case _:
            return Condition("1 = 0")


def without_rate(reader: Reader, missing: Condition, base: str) -> list[tuple[str, int, int]]:
    """The currencies that have no rate: how many deals, and the sum of their values in minor units."""
    sql = (
        "SELECT COALESCE(r.currency, ?), COUNT(*), SUM(r.value) FROM deal r"
        f" WHERE r.deleted_at IS NULL AND ({missing.sql}) GROUP BY 1 ORDER BY 1"
    )
    return [(code, count, int(minor)) for code, count, minor in reader.rows(sql, (base, *missing.params))]


def highest(reader: Reader, noun: str) -> int:
    """The highest number of a noun's records: about how many there are, without counting."""
    return int(reader.value(f"SELECT MAX(id) FROM {noun}") or 0)


def newest(reader: Reader, noun: str, most: int) -> list[int]:
    """The numbers of the records that were added last."""
    sql = f"SELECT id FROM {noun} WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ?"
    return [number for (number,) in reader.rows(sql, (most,))]


def mutes(reader: Reader, today: date | None = None) -> list[Mute]:
    """What is muted; with a day, only what still is."""
    where = Condition("m.deleted_at IS NULL")
    if today is not None:
        where = both(where, Condition("(m.until IS NULL OR m.until >= ?)", (today.isoformat(),)))
    sql = f"SELECT m.id, m.uid, m.rule, m.noun, m.record_id, m.until FROM advice_mute m WHERE {where.sql} ORDER BY m.id"
    return [
        Mute(number, uid, rule, noun, record, day(until))
        for number, uid, rule, noun, record, until in reader.rows(sql, where.params)
    ]
