"""Rows that reports are worked out from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import UsageError
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.refs import custom_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

# What deals can be grouped by besides their custom fields: SQL over deal r, company o, pipeline w.
_DEAL_GROUPS = {
    "owner": "(SELECT u.login FROM app_user u WHERE u.id = r.owner_id)",
    "company": "o.name",
    "source": "r.source",
    "campaign": "(SELECT m.name FROM campaign m WHERE m.id = r.campaign_id)",
    "type": "r.type",
    "reason": "r.lost_reason",
    "pipeline": "w.name",
    "region": "o.region",
    "country": "o.country",
    "industry": "o.industry",
    "size": "o.size",
}
MONTH = "month"
_FROM = (
    " FROM deal r JOIN stage s ON s.id = r.stage_id JOIN pipeline w ON w.id = r.pipeline_id"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL WHERE r.deleted_at IS NULL"
)


class Group(NamedTuple):
    """What rows are grouped by: its name, and SQL with its parameters."""

    name: str
    sql: str
    params: tuple[object, ...] = ()


def deal_group(reader: Reader, by: str | None) -> Group:
    """The grouping of deals that a user names; raises UsageError listing those there are."""
    if by is None:
        return Group("", "NULL")
    known = custom_keys(reader)
    wanted = by.strip().lower().replace("-", "_")
    if wanted in _DEAL_GROUPS or wanted == MONTH:
        return Group(wanted, _DEAL_GROUPS.get(wanted, "r.closed_at"))
    if by in known["deal"]:
        return Group(by, reader.dialect.custom_value("r"), (by,))
    link, _, key = by.partition(".")
    if link == "company" and key in known["company"]:
        return Group(by, reader.dialect.custom_value("o"), (key,))
    if link == "company" and key in _DEAL_GROUPS and find_field("company", key):
        return Group(by, _DEAL_GROUPS[key])
    names = deal_group_names(reader)
    near = nearest(by, names)
    raise UsageError(
        f"--by: deals have no {by!r}", hint=f"did you mean {near}?" if near else f"one of {', '.join(names)}"
    )


def deal_group_names(reader: Reader) -> list[str]:
    """What deals can be grouped by, the custom fields last."""
    return [*_DEAL_GROUPS, MONTH, *sorted(custom_keys(reader)["deal"])]


def activity_group_names() -> list[str]:
    """What activities can be grouped by."""
    return list(_ACTIVITY_GROUPS)


def closed_deals(reader: Reader, group: Group, where: Condition, period: tuple[str, str] | None) -> Iterator[Row]:
    """Group, kind (won or lost), value, currency, made, closed and number of each deal closed in a period.

    The period's bounds are UTC, its end is excluded.
    """
    within = (
        Condition("r.closed_at >= ? AND r.closed_at < ?", period) if period else Condition("r.closed_at IS NOT NULL")
    )
    where = both(where, within, Condition("s.kind <> 'open'"))
    sql = f"SELECT {group.sql}, s.kind, r.value, r.currency, r.created_at, r.closed_at, r.id{_FROM} AND ({where.sql})"
    return reader.stream(sql, (*group.params, *where.params))


def furthest_stages(reader: Reader, pipeline: str, where: Condition) -> dict[int, int]:
    """How many deals of a pipeline got to each position (lost stages apart) and no further."""
    sql = (
        "SELECT f.position, COUNT(*) FROM (SELECT h.deal_id, MAX(s.position) AS position FROM stage_change h"
        " JOIN stage s ON s.id = h.to_stage_id AND s.kind <> 'lost' AND s.deleted_at IS NULL"
        " JOIN pipeline w ON w.id = s.pipeline_id AND w.name_key = ? JOIN deal r ON r.id = h.deal_id"
        f" WHERE r.deleted_at IS NULL AND ({where.sql}) GROUP BY h.deal_id) f GROUP BY f.position"
    )
    return dict(reader.rows(sql, (pipeline, *where.params)))


_ACTIVITY_GROUPS = {
    "type": ("r.kind", ""),
    "owner": ("(SELECT u.login FROM app_user u WHERE u.id = r.owner_id)", ""),
    "company": ("o.name", ""),
    "contact": (
        "c.name",
        (
            " LEFT JOIN (activity_contact l JOIN contact c ON c.id = l.contact_id AND c.deleted_at IS NULL)"
            " ON l.activity_id = r.id"
        ),
    ),
    "month": ("r.at", ""),
}


def activity_rows(reader: Reader, by: str, where: Condition, period: tuple[str, str] | None) -> Iterator[Row]:
    """Group, status, duration and number of each activity of a period; raises UsageError for an unknown group.

    One with several people comes once for each of them.
    """
    if by not in _ACTIVITY_GROUPS:
        near = nearest(by, list(_ACTIVITY_GROUPS))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(_ACTIVITY_GROUPS)}"
        raise UsageError(f"--by: activities have no {by!r}", hint=hint)
    group, join = _ACTIVITY_GROUPS[by]
    where = both(where, Condition("r.at >= ? AND r.at < ?", period)) if period else where
    sql = (
        f"SELECT {group}, r.status, r.duration, r.id FROM activity r"
        f" LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL{join}"
        f" WHERE r.deleted_at IS NULL AND ({where.sql})"
    )
    return reader.stream(sql, where.params)


def open_deals(reader: Reader, where: Condition) -> Iterator[Row]:
    """Uid, number, title, company, owner's number, stage, value, currency, days it may lie, in its stage since, last touch."""
    last = "(SELECT MAX(p.at) FROM activity p WHERE p.deal_id = r.id AND p.deleted_at IS NULL AND p.status = 'done')"
    sql = (
        "SELECT r.uid, r.id, r.title, o.name, r.owner_id, s.name, r.value, r.currency, s.rot_days, r.stage_since,"
        f" {last}{_FROM} AND s.kind = 'open' AND ({where.sql})"
    )
    return reader.stream(sql, where.params)
