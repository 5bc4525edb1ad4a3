"""Where each field of each noun lies in SQL: an expression on the record's row, or rows beside it.

``{a}`` stands for the record's alias. The filter compiler and ``--sort`` read this table.
"""

from __future__ import annotations

from typing import TypeAlias

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import CHANNELS, MEMBER_STATES


class Own(NamedTuple):
    """A field on the record's own row; ``key`` is its folded form where one is kept, ``moment`` a deadline's hour.

    Of one that is gathered from other rows ``among`` selects the numbers of all records with their rows, and ``gathered``
    is what is made of those.
    """

    value: str
    key: str = ""
    currency: str = ""
    moment: str = ""
    among: str = ""
    gathered: str = ""


class Beside(NamedTuple):
    """Values in rows beside the record: ``FROM source WHERE {condition}``, the value as ``v``."""

    source: str
    condition: str
    value: str
    key: str = ""


class Linked(NamedTuple):
    """Records linked to this one: rows of ``noun`` under alias ``{b}`` that satisfy ``condition``.

    ``among`` selects the numbers of all records that are linked to any, for when all are wanted anyway.
    """

    noun: str
    source: str
    condition: str
    among: str = ""


class Summed(NamedTuple):
    """Amounts of the record: ``owner``, ``amount``, ``currency`` rows of ``source``, added up by currency."""

    source: str


class Grouped(NamedTuple):
    """Segments that the record is in; ``condition`` holds for those of ``people``, whose numbers the compiler's caller knows."""

    condition: str = "{a}.id IN ({people})"


class Named(NamedTuple):
    """How a record at the end of a link is named: by its name, folded, its uid and its number."""

    name: str
    key: str
    uid: str
    number: str


Place: TypeAlias = Own | Beside | Linked | Summed | Grouped

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


def _record(noun: str) -> dict[str, Place]:
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


def _touched(owned: str, source: str, among: str = "") -> dict[str, Place]:
    return {
        "last_activity": Own(
            f"(SELECT MAX(p.at) FROM {source} WHERE {owned} AND {_LIVE_DONE})",
            among=among and f"{among}{_LIVE_DONE} AND p.at IS NOT NULL",
            gathered="MAX(p.at)",
        ),
        "next_task": Own(
            f"(SELECT MIN(p.due_on) FROM {source} WHERE {owned} AND {_LIVE_PLANNED})",
            among=among and f"{among}{_LIVE_PLANNED}",
            gathered="MIN(p.due_on)",
        ),
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


def _totals(source: str, owner: str) -> dict[str, Place]:
    """What a record's deals are worth; ``owner`` is the column that names the record."""
    of_kind = f"FROM {source} JOIN stage s ON s.id = d.stage_id WHERE d.deleted_at IS NULL AND {owner} IS NOT NULL AND s.kind ="
    rows = f"SELECT {owner} AS owner, d.value AS amount, d.currency AS currency {of_kind}"
    worth = "AND d.value IS NOT NULL"
    return {
        "deal.won_value": Summed(f"{rows} 'won' {worth}"),
        "deal.open_value": Summed(f"{rows} 'open' {worth}"),
        "deal.won_count": Own(f"(SELECT COUNT(*) {of_kind} 'won' AND {owner} = {{a}}.id)"),
    }


def _done_with(noun: str) -> Linked:
    return Linked("activity", "activity {b}", f"{{b}}.{noun}_id = {{a}}.id AND {{b}}.deleted_at IS NULL")


def _last_word(channel: str) -> Own:
    return Own(
        f"(SELECT n.status FROM consent n WHERE n.contact_id = {{a}}.id AND n.channel = '{channel}'"
        " ORDER BY n.at DESC, n.id DESC LIMIT 1)"
    )


def _first_time(state: str) -> Own:
    return Own(f"(SELECT MIN(e.at) FROM campaign_event e WHERE e.member_id = {{a}}.id AND e.status = '{state}')")


def _member(state: str, ever: str) -> dict[str, Place]:
    """The fields of a member; ``state`` is what the present state is called, ``ever`` all that were reached."""
    variant = "(SELECT v.{0} FROM campaign_variant v WHERE v.id = {{a}}.variant_id)"
    segment = "(SELECT g.{0} FROM segment g WHERE g.id = {{a}}.segment_id)"
    return {
        **_own("reason", "email", "at"),
        state: Own("{a}.status"),
        ever: _REACHED,
        "variant": Own(variant.format("name"), variant.format("name_key")),
        "source_segment": Own(segment.format("name"), segment.format("name_key")),
        "detail": Beside(
            "campaign_event e", "e.member_id = {a}.id AND e.detail IS NOT NULL", "e.detail", "crm_fold(e.detail)"
        ),
        "campaign": Linked("campaign", "campaign {b}", "{b}.id = {a}.campaign_id AND {b}.deleted_at IS NULL"),
        "contact": Linked("contact", "contact {b}", "{b}.id = {a}.contact_id AND {b}.deleted_at IS NULL"),
        **{f"{state}_at": _first_time(state) for state in MEMBER_STATES if state != "targeted"},
    }


_ANY_CONSENT = "EXISTS (SELECT 1 FROM consent n WHERE n.contact_id = {b}.id)"
# A member was targeted before anything happened, and stands somewhere even where no event says how that came.
_REACHED = Beside(
    "(SELECT {a}.status AS word UNION ALL SELECT e.status FROM campaign_event e WHERE e.member_id = {a}.id"
    " UNION ALL SELECT 'targeted') v",
    "1 = 1",
    "v.word",
    "v.word",
)
_TEMPLATE = "(SELECT t.{0} FROM template t WHERE t.id = {{a}}.template_id)"

# Along the activities, each with its people: from one person after the other it would be a search for each.
_BY_ACTIVITY = "SELECT l.contact_id FROM activity {0} CROSS JOIN activity_contact l WHERE l.activity_id = {0}.id AND "

# Who looks after customers: a company's owner; a person's own, else that of the first company that has one.
_OWNED = (
    "SELECT o.uid, o.owner_id FROM company o WHERE o.deleted_at IS NULL UNION ALL SELECT c.uid, COALESCE(c.owner_id,"
    " (SELECT o.owner_id FROM contact_company l JOIN company o ON o.id = l.company_id AND o.deleted_at IS NULL"
    " WHERE l.contact_id = c.id AND l.ended_on IS NULL AND o.owner_id IS NOT NULL ORDER BY l.position, l.id LIMIT 1))"
    " FROM contact c WHERE c.deleted_at IS NULL"
)
_CUSTOMERS_OWNER = (
    f"(SELECT u.{{0}} FROM ({_OWNED}) k JOIN app_user u ON u.id = k.owner_id WHERE k.uid = {{{{a}}}}.customer_key)"
)
_CUSTOMERS_PEOPLE = (
    "{b}.contact_id IN (SELECT {a}.contact_id UNION ALL SELECT l.contact_id FROM contact_company l"
    " WHERE l.company_id = {a}.company_id AND l.ended_on IS NULL)"
)

PLACES: dict[str, dict[str, Place]] = {
    "contact": {
        **_record("contact"),
        **_own(
            "title", "birthday", "anniversary", "address", "lifecycle", "lead_status", "lead_score", "source", "locale",
            "timezone", "note",
        ),
        **_touched(
            "l.contact_id = {a}.id", "activity_contact l JOIN activity p ON p.id = l.activity_id",
            _BY_ACTIVITY.format("p"),
        ),
        **_totals("deal_contact l JOIN deal d ON d.id = l.deal_id", "l.contact_id"),
        "activities": Linked(
            "activity",
            "activity_contact l JOIN activity {b} ON {b}.id = l.activity_id",
            "l.contact_id = {a}.id AND {b}.deleted_at IS NULL",
            _BY_ACTIVITY.format("{b}") + "{b}.deleted_at IS NULL",
        ),
        "campaigns": Linked(
            "membership",
            "campaign_member {b} JOIN campaign o ON o.id = {b}.campaign_id AND o.deleted_at IS NULL",
            "{b}.contact_id = {a}.id",
            "SELECT {b}.contact_id FROM campaign_member {b} JOIN campaign o ON o.id = {b}.campaign_id"
            " WHERE o.deleted_at IS NULL",
        ),
        "segments": Grouped(),
        "consent": Linked("consent", "contact {b}", "{b}.id = {a}.id AND " + _ANY_CONSENT),
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
        **_totals("deal d", "d.company_id"),
        "activities": _done_with("company"),
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
        "activities": _done_with("deal"),
        "stage_since": Own("{a}.stage_since"),
        "been_in": Beside(
            "stage_change v JOIN stage y ON y.id = v.to_stage_id", "v.deal_id = {a}.id", "y.name", "y.name_key"
        ),
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
    "campaign": {
        **_own(
            "kind", "status", "objective", "starts_on", "ends_on", "send_at", "expected_response", "currency",
            "started_at", "ended_at", "created_at", "updated_at",
        ),
        **{
            name: Own(f"{{a}}.{name}", currency="{a}.currency")
            for name in ("budget", "expected_cost", "expected_revenue")
        },
        "id": Own("{a}.uid"),
        "number": Own("{a}.id"),
        "name": Own("{a}.name", "{a}.name_key"),
        "code": Own("{a}.code", "{a}.code_key"),
        "template": Own(_TEMPLATE.format("name"), _TEMPLATE.format("name_key")),
        "owner": _user("owner_id"),
        "parent": Linked("campaign", "campaign {b}", "{b}.id = {a}.parent_id AND {b}.deleted_at IS NULL"),
        "members": Linked(
            "member",
            "campaign_member {b} JOIN contact o ON o.id = {b}.contact_id AND o.deleted_at IS NULL",
            "{b}.campaign_id = {a}.id",
        ),
        "deals": Linked("deal", "deal {b}", "{b}.campaign_id = {a}.id AND {b}.deleted_at IS NULL"),
        "activities": _done_with("campaign"),
    },
    "member": _member("status", "reached"),
    "membership": _member("status_now", "status"),
    "consent": {channel: _last_word(channel) for channel in CHANNELS},
    "purchase": {
        **_own("customer", "at", "currency", "product", "quantity"),
        "source": Own("NULLIF({a}.source, '')"),
        "id": Own("{a}.uid"),
        "number": Own("{a}.id"),
        "value": Own("{a}.value", currency="{a}.currency"),
        # What a line without a number goes by is nobody's business.
        "external_id": Own("CASE WHEN {a}.external_id NOT LIKE '~%' THEN {a}.external_id END"),
        "contact": Linked("contact", "contact {b}", "{b}.id = {a}.contact_id AND {b}.deleted_at IS NULL"),
        "company": Linked("company", "company {b}", "{b}.id = {a}.company_id AND {b}.deleted_at IS NULL"),
        "owner": Own(_CUSTOMERS_OWNER.format("login"), _CUSTOMERS_OWNER.format("login_key")),
        "tags": Beside(
            "tagging g JOIN tag v ON v.id = g.tag_id",
            "(g.noun = 'company' AND g.record_id = {a}.company_id OR g.noun = 'contact' AND g.record_id = {a}.contact_id)",
            "v.name", "v.key",
        ),
        "segments": Grouped(
            "{a}.customer_key IN (WITH p AS ({people}) SELECT c.uid FROM contact c JOIN p ON p.id = c.id"
            " UNION SELECT o.uid FROM contact_company l JOIN company o ON o.id = l.company_id AND o.deleted_at IS NULL"
            " JOIN p ON p.id = l.contact_id WHERE l.ended_on IS NULL)"
        ),
        "campaigns": Linked(
            "membership", "campaign_member {b} JOIN campaign o ON o.id = {b}.campaign_id AND o.deleted_at IS NULL",
            _CUSTOMERS_PEOPLE,
        ),
    },
}  # fmt: skip

_NAMED = Named("{b}.name", "{b}.name_key", "{b}.uid", "{b}.id")
# How the records of a noun are named where a link points at them.
NAMES = {
    "contact": _NAMED,
    "company": _NAMED,
    "campaign": _NAMED,
    "deal": Named("{b}.title", "{b}.title_key", "{b}.uid", "{b}.id"),
    "activity": Named("{b}.subject", "crm_fold({b}.subject)", "{b}.uid", "{b}.id"),
    "membership": Named("o.name", "o.name_key", "o.uid", "o.id"),  # by its campaign
    "member": Named("o.name", "o.name_key", "o.uid", "o.id"),  # by the person
    "consent": Named("NULL", "NULL", "NULL", "NULL"),
}
TABLES = {"member": "campaign_member"}

# Equality on these is asked through their own small table, so that an index on the record's column can answer.
BY_KEY = {
    "purchase.owner": (
        f"{{a}}.customer_key IN (SELECT k.uid FROM ({_OWNED}) k JOIN app_user u ON u.id = k.owner_id"
        " WHERE u.login_key IN ({marks}))"
    ),
    "template": "{a}.template_id IN (SELECT t.id FROM template t WHERE t.name_key IN ({marks}))",
    "owner": "{a}.owner_id IN (SELECT u.id FROM app_user u WHERE u.login_key IN ({marks}))",
    "created_by": "{a}.created_by IN (SELECT u.id FROM app_user u WHERE u.login_key IN ({marks}))",
    "updated_by": "{a}.updated_by IN (SELECT u.id FROM app_user u WHERE u.login_key IN ({marks}))",
    "stage": "{a}.stage_id IN (SELECT s.id FROM stage s WHERE s.name_key IN ({marks}))",
    "stage_kind": "{a}.stage_id IN (SELECT s.id FROM stage s WHERE s.kind IN ({marks}))",
    "pipeline": "{a}.pipeline_id IN (SELECT w.id FROM pipeline w WHERE w.name_key IN ({marks}))",
    "campaign": "{a}.campaign_id IN (SELECT m.id FROM campaign m WHERE m.name_key IN ({marks}))",
}
