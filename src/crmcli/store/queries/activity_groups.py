"""What activities are told apart by in reports: what they are, their company, their people and their deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import ACTIVITY_KINDS
from crmcli.domain.stretches import UNITS
from crmcli.store.queries.condition import Condition
from crmcli.store.queries.groups import PRODUCT, Group, calendar, no_such_group, segment_groups
from crmcli.store.queries.refs import custom_keys

if TYPE_CHECKING:
    from crmcli.store.queries.groups import Asker
    from crmcli.store.reader import Reader

ACTIVITIES = " FROM activity r LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
_KINDS: dict[object, str] = dict(enumerate(ACTIVITY_KINDS))
# Numbers are counted in less time than texts are sorted.
_KIND = " ".join(f"WHEN '{kind}' THEN {number}" for number, kind in _KINDS.items())
_FIELDS = {
    "type": f"CASE r.kind {_KIND} END",
    "owner": "+r.owner_id",  # not by an index of owners, and then from each to their activities one by one
    "company": "o.name",
    "contact": "g.name",
    "direction": "r.direction",
    "outcome": "r.outcome",
    "campaign": "(SELECT m.name FROM campaign m WHERE m.id = r.campaign_id)",
    "region": "o.region",
    "country": "o.country",
    "industry": "o.industry",
    "size": "o.size",
}
_OF_DEAL = {
    "source": "d.source",
    "pipeline": "(SELECT w.name FROM pipeline w WHERE w.id = d.pipeline_id)",
}
_DEAL = Condition(" LEFT JOIN deal d ON d.id = r.deal_id AND d.deleted_at IS NULL")
_PEOPLE = Condition(
    " LEFT JOIN (SELECT DISTINCT l.activity_id, c.name FROM activity_contact l JOIN contact c ON c.id = l.contact_id"
    " AND c.deleted_at IS NULL) g ON g.activity_id = r.id"
)
_ALL = Group("", noun="activity", source=ACTIVITIES)


def activity_groups(reader: Reader, desk: Asker, by: str, within: tuple[str, str] | None) -> Group:
    """The grouping of activities that a user names; raises UsageError listing those there are."""
    wanted = by.strip().lower().replace("_", "-")
    if wanted in UNITS:
        return calendar(reader, desk, wanted, "at", within, "activity")._replace(source=ACTIVITIES)
    if wanted == "segment":
        return segment_groups(reader, desk, "activity")._replace(source=ACTIVITIES)
    if wanted in _OF_DEAL:
        return _ALL._replace(name=wanted, sql=_OF_DEAL[wanted], joins=_DEAL, path=("deal", wanted))
    if wanted not in _FIELDS:
        return _own(reader, by.strip())
    group = _ALL._replace(name=wanted, sql=_FIELDS[wanted])
    if wanted == "owner":
        return group._replace(names=dict(reader.rows("SELECT id, login FROM app_user")))
    if wanted == "type":
        return group._replace(names=_KINDS)
    return group._replace(joins=_PEOPLE, is_shared=True) if wanted == "contact" else group


def _own(reader: Reader, by: str) -> Group:
    """By a custom field of the activities, else of their deals, or by any field of the company."""
    known, custom = custom_keys(reader), reader.dialect.custom_value
    link, _, key = by.partition(".")
    names = (by, key) if link == "custom" else (by,)
    own = next((name for name in names if name in known["activity"] and by != PRODUCT), None)
    if own is not None:
        return _ALL._replace(name=by, sql=custom("r"), params=(own,))
    names = (by, key) if link in ("custom", "deal") else (by,)
    of_deal = next((name for name in names if name in known["deal"]), None)
    if of_deal is not None:
        return _ALL._replace(name=by, sql=custom("d"), params=(of_deal,), joins=_DEAL, path=("deal", "custom", of_deal))
    if link == "company" and key in known["company"]:
        return _ALL._replace(name=by, sql=custom("o"), params=(key,), path=("company", "custom", key))
    if link == "company" and _FIELDS.get(key, "").startswith("o."):
        return _ALL._replace(name=by, sql=_FIELDS[key], path=("company", key))
    if by == PRODUCT:  # no deal has one
        return _ALL._replace(name=by)
    raise no_such_group("activities", by, activity_group_names(reader))


def activity_group_names(reader: Reader) -> list[str]:
    """What activities can be grouped by, the custom fields last, their own before those of their deals."""
    known = custom_keys(reader)
    own, of_deals = sorted(known["activity"]), sorted(known["deal"] - known["activity"] - {PRODUCT})
    return [*_FIELDS, PRODUCT, *_OF_DEAL, "segment", *UNITS, *own, *of_deals]
