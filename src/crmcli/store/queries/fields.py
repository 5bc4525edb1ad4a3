"""Where each field of each noun lies in SQL: an expression on the record's row, or rows beside it.

``{a}`` stands for the record's alias. The filter compiler and ``--sort`` read this table.
"""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class Own(NamedTuple):
    """A field on the record's own row; ``key`` is its folded form where one is kept, ``moment`` a deadline's hour."""

    value: str
    key: str = ""
    currency: str = ""
    moment: str = ""


class Beside(NamedTuple):
    """Values in rows beside the record: ``FROM source WHERE {condition}``, the value as ``v``."""

    source: str
    condition: str
    value: str
    key: str = ""


class Linked(NamedTuple):
    """Records linked to this one: rows of ``noun`` under alias ``{b}`` that satisfy ``condition``."""

    noun: str
    source: str
    condition: str


# Asked of a record's few activities. Bare, the status would draw SQLite's planner to the index over all that are so.
IS_PLANNED = "COALESCE(p.status, '') = 'planned'"
IS_DONE = "COALESCE(p.status, '') = 'done'"
_LIVE_PLANNED = f"p.deleted_at IS NULL AND {IS_PLANNED}"
_LIVE_DONE = f"p.deleted_at IS NULL AND {IS_DONE}"


def _user(column: str) -> Own:
    login = "(SELECT u.{0} FROM app_user u WHERE u.id = {{a}}.{1})"
    return Own(login.format("login", column), login.format("login_key", column))


def _handle(network: str) -> Beside:
    return Beside(
        "contact_handle v",
        f"v.contact_id = {{a}}.id AND v.network = '{network}' AND v.deleted_at IS NULL",
        "v.value",
        "v.key",
    )


def _own(*names: str) -> dict[str, Own]:
    return {name: Own(f"{{a}}.{name}") for name in names}


def _tags(noun: str) -> Beside:
    return Beside(
        "tagging g JOIN tag v ON v.id = g.tag_id", f"g.noun = '{noun}' AND g.record_id = {{a}}.id", "v.name", "v.key"
    )


def _record(noun: str) -> dict[str, Own | Beside | Linked]:
    return {
        "id": Own("{a}.uid"),
        "number": Own("{a}.id"),
        "tags": _tags(noun),
        "owner": _user("owner_id"),
        "created_by": _user("created_by"),
        "updated_by": _user("updated_by"),
        **_own("created_at", "updated_at"),
        "external_id": Own("{a}.external_source || ':' || {a}.external_id"),
    }


def _touched(owned: str, source: str) -> dict[str, Own | Beside | Linked]:
    return {
        "last_activity": Own(f"(SELECT MAX(p.at) FROM {source} WHERE {owned} AND {_LIVE_DONE})"),
        "next_task": Own(f"(SELECT MIN(p.due_on) FROM {source} WHERE {owned} AND {_LIVE_PLANNED})"),
    }


_CAMPAIGN = Own(
    "(SELECT m.name FROM campaign m WHERE m.id = {a}.campaign_id)",
    "(SELECT m.name_key FROM campaign m WHERE m.id = {a}.campaign_id)",
)
_STAGE = "(SELECT s.{0} FROM stage s WHERE s.id = {{a}}.stage_id)"
_PROBABILITY = f"COALESCE({{a}}.probability, {_STAGE.format('probability')})"
_SHARES = f"({{a}}.value * {_PROBABILITY})"
# Rounded half to even to the minor unit, as Money.share does, for both engines alike.
_WEIGHTED = (
    f"({_SHARES} / 100 + CASE WHEN {_SHARES} % 100 > 50 OR ({_SHARES} % 100 = 50 AND {_SHARES} / 100 % 2 = 1)"
    " THEN 1 ELSE 0 END)"
)
_PIPELINE = "(SELECT w.{0} FROM pipeline w WHERE w.id = {{a}}.pipeline_id)"

PLACES: dict[str, dict[str, Own | Beside | Linked]] = {
    "contact": {
        **_record("contact"),
        **_own(
            "title", "birthday", "anniversary", "address", "lifecycle", "lead_status", "lead_score", "source", "locale",
            "timezone", "note",
        ),
        **_touched(
            "l.contact_id = {a}.id", "activity_contact l JOIN activity p ON p.id = l.activity_id"
        ),
        "name": Own("{a}.name", "{a}.name_key"),
        "emails": Beside("contact_email v", "v.contact_id = {a}.id AND v.deleted_at IS NULL", "v.value", "v.key"),
        "phones": Beside("contact_phone v", "v.contact_id = {a}.id AND v.deleted_at IS NULL", "v.value", "v.key"),
        **{network: _handle(network) for network in ("linkedin", "x", "bluesky", "telegram")},
        "companies": Linked(
            "company",
            "contact_company l JOIN company {b} ON {b}.id = l.company_id",
            "l.contact_id = {a}.id AND l.ended_on IS NULL AND {b}.deleted_at IS NULL",
        ),
        "deals": Linked(
            "deal",
            "deal_contact l JOIN deal {b} ON {b}.id = l.deal_id",
            "l.contact_id = {a}.id AND {b}.deleted_at IS NULL",
        ),
    },
    "company": {
        **_record("company"),
        **_own("industry", "size", "country", "region", "address", "type", "note"),
        **_touched("p.company_id = {a}.id", "activity p"),
        "name": Own("{a}.name", "{a}.name_key"),
        "annual_revenue": Own("{a}.annual_revenue", currency="{a}.revenue_currency"),
        "websites": Beside("company_website v", "v.company_id = {a}.id AND v.deleted_at IS NULL", "v.value", "v.key"),
        "phones": Beside("company_phone v", "v.company_id = {a}.id AND v.deleted_at IS NULL", "v.value", "v.key"),
        "parent": Linked("company", "company {b}", "{b}.id = {a}.parent_id AND {b}.deleted_at IS NULL"),
        "contacts": Linked(
            "contact",
            "contact_company l JOIN contact {b} ON {b}.id = l.contact_id",
            "l.company_id = {a}.id AND l.ended_on IS NULL AND {b}.deleted_at IS NULL",
        ),
        "deals": Linked("deal", "deal {b}", "{b}.company_id = {a}.id AND {b}.deleted_at IS NULL"),
    },
    "deal": {
        **_record("deal"),
        **_own("currency", "expected_close", "source", "next_step", "type", "closed_at", "lost_reason", "lost_note"),
        **_touched("p.deal_id = {a}.id", "activity p"),
        "title": Own("{a}.title", "{a}.title_key"),
        "value": Own("{a}.value", currency="{a}.currency"),
        "stage": Own(_STAGE.format("name"), _STAGE.format("name_key")),
        "stage_kind": Own(_STAGE.format("kind")),
        "pipeline": Own(_PIPELINE.format("name"), _PIPELINE.format("name_key")),
        "probability": Own(_PROBABILITY),
        "weighted": Own(_WEIGHTED, currency="{a}.currency"),
        "campaign": _CAMPAIGN,
        "company": Linked("company", "company {b}", "{b}.id = {a}.company_id AND {b}.deleted_at IS NULL"),
        "contacts": Linked(
            "contact",
            "deal_contact l JOIN contact {b} ON {b}.id = l.contact_id",
            "l.deal_id = {a}.id AND {b}.deleted_at IS NULL",
        ),
    },
    "activity": {
        **_record("activity"),
        **_own(
            "subject", "body", "at", "duration", "direction", "status", "outcome", "priority", "location", "recurrence",
            "remind_before", "thread", "attachments", "done_at",
        ),
        "type": Own("{a}.kind"),
        "due": Own("{a}.due_on", moment="{a}.due_at"),
        "campaign": _CAMPAIGN,
        "company": Linked("company", "company {b}", "{b}.id = {a}.company_id AND {b}.deleted_at IS NULL"),
        "deal": Linked("deal", "deal {b}", "{b}.id = {a}.deal_id AND {b}.deleted_at IS NULL"),
        "contacts": Linked(
            "contact",
            "activity_contact l JOIN contact {b} ON {b}.id = l.contact_id",
            "l.activity_id = {a}.id AND {b}.deleted_at IS NULL",
        ),
    },
}  # fmt: skip

# Equality on these is asked through their own small table, so that an index on the record's column can answer.
BY_KEY = {
    "owner": "{a}.owner_id IN (SELECT u.id FROM app_user u WHERE u.login_key IN ({marks}))",
    "created_by": "{a}.created_by IN (SELECT u.id FROM app_user u WHERE u.login_key IN ({marks}))",
    "updated_by": "{a}.updated_by IN (SELECT u.id FROM app_user u WHERE u.login_key IN ({marks}))",
    "stage": "{a}.stage_id IN (SELECT s.id FROM stage s WHERE s.name_key IN ({marks}))",
    "stage_kind": "{a}.stage_id IN (SELECT s.id FROM stage s WHERE s.kind IN ({marks}))",
    "pipeline": "{a}.pipeline_id IN (SELECT w.id FROM pipeline w WHERE w.name_key IN ({marks}))",
    "campaign": "{a}.campaign_id IN (SELECT m.id FROM campaign m WHERE m.name_key IN ({marks}))",
}
