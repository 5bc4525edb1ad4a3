"""What people are told apart by in reports: what they are, and the companies, deals, campaigns and segments they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.stretches import UNITS
from crmcli.store.queries.condition import Condition
from crmcli.store.queries.groups import PRODUCT, Group, calendar, no_such_group, segment_groups
from crmcli.store.queries.refs import custom_keys

if TYPE_CHECKING:
    from crmcli.store.queries.groups import Asker
    from crmcli.store.reader import Reader

_FIELDS = {
    "source": "r.source",
    "owner": "r.owner_id",
    "lifecycle": "r.lifecycle",
    "lead-status": "r.lead_status",
}
_OF_COMPANIES = {"company": "name", "region": "region", "country": "country", "industry": "industry", "size": "size"}
_COMPANIES = (
    "contact_company l JOIN company c ON c.id = l.company_id AND c.deleted_at IS NULL AND l.ended_on IS NULL"  # today's
)
_DEALS = "deal_contact l JOIN deal c ON c.id = l.deal_id AND c.deleted_at IS NULL"
_CAMPAIGNS = "campaign_member l JOIN campaign c ON c.id = l.campaign_id AND c.deleted_at IS NULL"
_PIPELINE = Condition("(SELECT w.name FROM pipeline w WHERE w.id = c.pipeline_id)")
PEOPLE = Group("", noun="contact", source=" FROM contact r")


def lead_groups(reader: Reader, desk: Asker, by: str, within: tuple[str, str] | None = None) -> Group:
    """The grouping of people that a user names; raises UsageError listing those there are."""
    wanted = by.strip().lower().replace("_", "-")
    if wanted in UNITS:
        return calendar(reader, desk, wanted, "created_at", within, "contact")._replace(source=PEOPLE.source)
    if wanted == "owner":
        return PEOPLE._replace(name=wanted, sql="r.owner_id", names=dict(reader.rows("SELECT id, login FROM app_user")))
    if wanted in _FIELDS:
        return PEOPLE._replace(name=wanted.replace("-", "_"), sql=_FIELDS[wanted])
    if wanted == "segment":
        return segment_groups(reader, desk, "contact")._replace(source=PEOPLE.source, path=("segment",))
    return _linked(reader, wanted) or _own(reader, by.strip())


def _linked(reader: Reader, wanted: str) -> Group | None:
    """By a field of what people are linked to, of which they can have several."""
    if wanted in _OF_COMPANIES:
        column = _OF_COMPANIES[wanted]
        return _several(wanted, _COMPANIES, Condition(f"c.{column}"), ("company", column))
    if wanted == "campaign":
        return _several(wanted, _CAMPAIGNS, Condition("c.name"), ("campaign", "campaign", "name"))
    if wanted == "pipeline":
        return _several(wanted, _DEALS, _PIPELINE, ("deal", wanted))
    if wanted != PRODUCT:
        return None
    if PRODUCT not in custom_keys(reader)["deal"]:
        return PEOPLE._replace(name=PRODUCT)
    return _custom(reader, PRODUCT, _DEALS, ("deal", "custom", PRODUCT))


def _own(reader: Reader, by: str) -> Group:
    """By a custom field of people, or of their companies or deals, or by any field of their companies."""
    known = custom_keys(reader)
    link, _, key = by.partition(".")
    for name in (by, key) if link == "custom" else (by,):
        if name in known["contact"]:
            return PEOPLE._replace(name=by, sql=reader.dialect.custom_value("r"), params=(name,))
    if link == "company" and key in known["company"]:
        return _custom(reader, key, _COMPANIES, ("company", "custom", key))._replace(name=by)
    if link == "company" and key in _OF_COMPANIES:
        return _several(by, _COMPANIES, Condition(f"c.{_OF_COMPANIES[key]}"), ("company", key))
    for name in (by, key) if link in ("custom", "deal") else (by,):
        if name in known["deal"]:
            return _custom(reader, name, _DEALS, ("deal", "custom", name))._replace(name=by)
    raise no_such_group("contacts", by, lead_group_names(reader))


def lead_group_names(reader: Reader) -> list[str]:
    """What people can be grouped by, the custom fields last, their own before those of their deals."""
    known = custom_keys(reader)
    own, of_deals = sorted(known["contact"]), sorted(known["deal"] - known["contact"] - {PRODUCT})
    linked = [*_OF_COMPANIES, "campaign", "segment", PRODUCT, "pipeline"]
    return ["source", "owner", "lifecycle", "lead_status", *linked, *UNITS, *own, *of_deals]


def _custom(reader: Reader, key: str, source: str, path: tuple[str, ...]) -> Group:
    return _several(key, source, Condition(reader.dialect.custom_value("c"), (key,)), path)


def _several(name: str, source: str, value: Condition, path: tuple[str, ...]) -> Group:
    """By a value of what a person is linked to by ``source``; without one only where none of these has any."""
    words = f"SELECT l.contact_id, {value.sql} AS word FROM {source}"
    joins = Condition(
        f" LEFT JOIN (SELECT DISTINCT w.contact_id, w.word FROM ({words}) w WHERE w.word <> '') g ON g.contact_id = r.id",
        value.params,
    )
    return PEOPLE._replace(name=name, sql="g.word", joins=joins, is_shared=True, path=path)
