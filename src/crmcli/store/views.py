"""The views that ``crm sql`` promises: readable names, live records only, the same columns on both engines.

They are no data: every upgrade drops them first and makes them anew, so a column of a table can change while the
view over it stays what it was.
"""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import UNCOMMON_EXPONENTS


class View(NamedTuple):
    """One view: its columns, each with SQL over the aliases of ``source`` and what it holds."""

    name: str
    about: str
    columns: tuple[tuple[str, str, str], ...]  # name, SQL, what it holds
    source: str


def create_views(engine: str) -> list[str]:
    """The statements that make every view on ``sqlite`` or ``postgresql``."""
    return [_create(view, engine) for view in VIEWS]


def drop_views() -> list[str]:
    """The statements that take them away, those that read others first."""
    return [f"DROP VIEW IF EXISTS {view.name}" for view in reversed(VIEWS)]


def _create(view: View, engine: str) -> str:
    columns = ", ".join(f"{sql} AS {name}" for name, sql, _ in view.columns)
    text = f"CREATE VIEW {view.name} AS SELECT {columns} FROM {view.source}"
    return text.replace("JOINED", "string_agg" if engine == "postgresql" else "group_concat")


def _joined(value: str, source: str, order: str) -> str:
    """Several values as one text, in their order."""
    return f"(SELECT JOINED(x.v, ', ') FROM (SELECT {value} AS v FROM {source} ORDER BY {order}) x)"


def _first(value: str, source: str, order: str) -> str:
    return f"(SELECT {value} FROM {source} ORDER BY {order} LIMIT 1)"


def _one_and_all(one: str, several: str, source: str, about: str) -> tuple[tuple[str, str, str], ...]:
    """What a record has several of in their order: the first as a column, and all of them as another."""
    row = source.split()[1]
    value, order = f"{row}.value", f"{row}.position, {row}.id"
    return (
        (one, _first(value, source, order), about),
        (several, _joined(value, source, order), "all of them, joined by commas"),
    )


def _major(minor: str, currency: str) -> str:
    """Minor units as a number of major ones, by the exponent of the currency (ISO 4217)."""
    by_exponent: dict[int, list[str]] = {}
    for code, exponent in UNCOMMON_EXPONENTS.items():
        by_exponent.setdefault(exponent, []).append(f"'{code}'")
    cases = " ".join(
        f"WHEN {currency} IN ({', '.join(sorted(codes))}) THEN {10**exponent}"
        for exponent, codes in sorted(by_exponent.items())
    )
    return f"({minor} * 1.0 / CASE {cases} ELSE 100 END)"


def _tags(noun: str) -> str:
    source = f"tagging g JOIN tag t ON t.id = g.tag_id WHERE g.noun = '{noun}' AND g.record_id = r.id"
    return _joined("t.name", source, "t.key")


def _user(column: str) -> str:
    return f"(SELECT u.login FROM app_user u WHERE u.id = {column})"


def _handle(network: str) -> str:
    return (
        f"(SELECT h.value FROM contact_handle h WHERE h.contact_id = r.id AND h.network = '{network}'"
        " AND h.deleted_at IS NULL)"
    )


_ID = (("id", "r.uid", "the uid"), ("number", "r.id", "the short number"))
_EXTERNAL = "CASE WHEN r.external_id IS NOT NULL THEN r.external_source || ':' || r.external_id END"


def _record(noun: str) -> tuple[tuple[str, str, str], ...]:
    return (
        ("tags", _tags(noun), "labels, joined by commas"),
        ("owner", _user("r.owner_id"), "who looks after it"),
        ("external_id", _EXTERNAL, "SOURCE:ID in another system"),
        ("custom", "r.custom", "custom fields, a JSON object: custom ->> 'key'"),
        ("created_at", "r.created_at", "when it was added, UTC"),
        ("created_by", _user("r.created_by"), "who added it"),
        ("updated_at", "r.updated_at", "when it last changed, UTC"),
        ("updated_by", _user("r.updated_by"), "who changed it last"),
    )


def _plain(noun: str, **about: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, f"{noun}.{name}", text) for name, text in about.items())


_EMAILS = "contact_email e WHERE e.contact_id = r.id AND e.deleted_at IS NULL"
_PHONES = "contact_phone p WHERE p.contact_id = r.id AND p.deleted_at IS NULL"
_PLACES = (
    "contact_company l JOIN company o ON o.id = l.company_id"
    " WHERE l.contact_id = r.id AND l.ended_on IS NULL AND o.deleted_at IS NULL"
)
_SITES = "company_website w WHERE w.company_id = r.id AND w.deleted_at IS NULL"
_LINES = "company_phone p WHERE p.company_id = r.id AND p.deleted_at IS NULL"

VIEWS: tuple[View, ...] = (
    View(
        "v_contact",
        "people",
        (
            *_ID,
            ("name", "r.name", "full name"),
            *_plain("r", given="given name", family="family name", title="job title"),
            *_one_and_all("email", "emails", _EMAILS, "the primary e-mail address"),
            *_one_and_all("phone", "phones", _PHONES, "the primary phone number"),
            ("company", _first("o.name", _PLACES, "l.position, l.id"), "the primary company's name"),
            ("company_id", _first("o.uid", _PLACES, "l.position, l.id"), "its uid"),
            ("companies", _joined("o.name", _PLACES, "l.position, l.id"), "all of them, joined by commas"),
            *((network, _handle(network), "handle there") for network in ("linkedin", "x", "bluesky", "telegram")),
            *_plain(
                "r", birthday="date of birth", anniversary="anniversary", address="postal address",
                lifecycle="where the person stands", lead_status="where the lead stands", lead_score="lead score",
                source="where the person came from", locale="language and country", timezone="time zone",
                note="free text",
            ),
            *_record("contact"),
        ),
        "contact r WHERE r.deleted_at IS NULL",
    ),
    View(
        "v_company",
        "organisations",
        (
            *_ID,
            ("name", "r.name", "name"),
            *_one_and_all("website", "websites", _SITES, "the primary website"),
            *_one_and_all("phone", "phones", _LINES, "the primary phone number"),
            *_plain("r", industry="industry", size="number of people"),
            ("annual_revenue", _major("r.annual_revenue", "r.revenue_currency"), "revenue a year, in major units"),
            ("revenue_currency", "r.revenue_currency", "its ISO 4217 code"),
            *_plain("r", country="country", region="region", address="postal address"),
            ("parent", "(SELECT o.name FROM company o WHERE o.id = r.parent_id AND o.deleted_at IS NULL)",
             "the company it belongs to"),
            ("parent_id", "(SELECT o.uid FROM company o WHERE o.id = r.parent_id AND o.deleted_at IS NULL)", "its uid"),
            *_plain("r", type="what it is to us", note="free text"),
            *_record("company"),
        ),
        "company r WHERE r.deleted_at IS NULL",
    ),
    View(
        "v_deal",
        "deals with their stage",
        (
            *_ID,
            ("title", "r.title", "what is being sold"),
            ("value", _major("r.value", "r.currency"), "worth, in major units"),
            ("currency", "r.currency", "ISO 4217 code"),
            ("pipeline", "w.name", "pipeline"),
            ("stage", "s.name", "stage"),
            ("stage_kind", "s.kind", "open, won or lost"),
            ("stage_since", "r.stage_since", "when it came to this stage, UTC"),
            ("probability", "COALESCE(r.probability, s.probability)", "chance of winning, per cent"),
            ("weighted", f"({_major('r.value', 'r.currency')} * COALESCE(r.probability, s.probability) / 100)",
             "value times probability"),
            *_plain("r", expected_close="when it should be decided", closed_at="when it was won or lost, UTC",
                    lost_reason="why it was lost", lost_note="what was said of it"),
            ("company", "o.name", "the company's name"),
            ("company_id", "o.uid", "its uid"),
            ("contacts", _joined("c.name", "deal_contact l JOIN contact c ON c.id = l.contact_id"
                                 " WHERE l.deal_id = r.id AND c.deleted_at IS NULL", "l.position, l.id"),
             "people taking part, joined by commas"),
            *_plain("r", source="where the deal came from"),
            ("campaign", "m.name", "the campaign that brought it"),
            *_plain("r", next_step="what happens next", type="new or existing business"),
            *_record("deal"),
        ),
        "deal r JOIN stage s ON s.id = r.stage_id JOIN pipeline w ON w.id = r.pipeline_id"
        " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
        " LEFT JOIN campaign m ON m.id = r.campaign_id WHERE r.deleted_at IS NULL",
    ),
    View(
        "v_activity",
        "what was done and what is planned",
        (
            *_ID,
            ("type", "r.kind", "kind of activity"),
            *_plain("r", subject="one line", body="what was said or is to be done", status="planned, done, canceled or no_show",
                    direction="in or out", at="when it happened or is planned, UTC", due_on="the day it is due",
                    due_at="the moment it is due, UTC", done_at="when it was done, UTC", duration="minutes",
                    outcome="what came of it", priority="low to urgent", location="place or link",
                    recurrence="RFC 5545 rule", remind_before="minutes", thread="Message-ID of its conversation",
                    attachments="files that came with it, one a line"),
            ("contacts", _joined("c.name", "activity_contact l JOIN contact c ON c.id = l.contact_id"
                                 " WHERE l.activity_id = r.id AND c.deleted_at IS NULL", "l.position, l.id"),
             "people, joined by commas"),
            ("company", "o.name", "the company's name"),
            ("company_id", "o.uid", "its uid"),
            ("deal", "d.title", "the deal's title"),
            ("deal_id", "d.uid", "its uid"),
            ("campaign", "m.name", "the campaign"),
            *_record("activity"),
        ),
        "activity r LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
        " LEFT JOIN deal d ON d.id = r.deal_id AND d.deleted_at IS NULL"
        " LEFT JOIN campaign m ON m.id = r.campaign_id WHERE r.deleted_at IS NULL",
    ),
    View(
        "v_contact_email",
        "every e-mail address of every person",
        (
            ("contact_id", "r.uid", "whose"), ("contact", "r.name", "the person's name"),
            ("email", "e.value", "the address"), ("label", "e.label", "work, home …"),
            ("position", "e.position", "0 is the primary one"),
        ),
        "contact_email e JOIN contact r ON r.id = e.contact_id WHERE e.deleted_at IS NULL AND r.deleted_at IS NULL",
    ),
    View(
        "v_contact_phone",
        "every phone number of every person",
        (
            ("contact_id", "r.uid", "whose"), ("contact", "r.name", "the person's name"),
            ("phone", "p.value", "the number"), ("e164", "p.key", "as it is dialled"),
            ("label", "p.label", "work, mobile …"), ("position", "p.position", "0 is the primary one"),
        ),
        "contact_phone p JOIN contact r ON r.id = p.contact_id WHERE p.deleted_at IS NULL AND r.deleted_at IS NULL",
    ),
    View(
        "v_contact_company",
        "who works or worked where",
        (
            ("contact_id", "r.uid", "who"), ("contact", "r.name", "the person's name"),
            ("company_id", "o.uid", "where"), ("company", "o.name", "the company's name"),
            ("role", "l.role", "role there"), ("title", "l.title", "title there"),
            ("started_on", "l.started_on", "first day"), ("ended_on", "l.ended_on", "last day; empty while it lasts"),
        ),
        "contact_company l JOIN contact r ON r.id = l.contact_id JOIN company o ON o.id = l.company_id"
        " WHERE r.deleted_at IS NULL AND o.deleted_at IS NULL",
    ),
    View(
        "v_deal_contact",
        "who takes part in which deal",
        (
            ("deal_id", "r.uid", "the deal"), ("deal", "r.title", "its title"), ("contact_id", "c.uid", "who"),
            ("contact", "c.name", "the person's name"), ("role", "l.role", "decision maker, influencer …"),
        ),
        "deal_contact l JOIN deal r ON r.id = l.deal_id JOIN contact c ON c.id = l.contact_id"
        " WHERE r.deleted_at IS NULL AND c.deleted_at IS NULL",
    ),
    View(
        "v_activity_contact",
        "who took part in what",
        (
            ("activity_id", "r.uid", "what"), ("contact_id", "c.uid", "who"), ("contact", "c.name", "the person's name"),
        ),
        "activity_contact l JOIN activity r ON r.id = l.activity_id JOIN contact c ON c.id = l.contact_id"
        " WHERE r.deleted_at IS NULL AND c.deleted_at IS NULL",
    ),
    View(
        "v_stage_change",
        "every move of every deal",
        (
            ("deal_id", "r.uid", "the deal"), ("deal", "r.title", "its title"), ("pipeline", "w.name", "pipeline"),
            ("from_stage", "f.name", "stage it left; empty when it was made"), ("to_stage", "s.name", "stage it came to"),
            ("to_kind", "s.kind", "open, won or lost"), ("at", "l.at", "when, UTC"), ("by", _user("l.by"), "who"),
            ("note", "l.note", "what was said of it"),
        ),
        "stage_change l JOIN deal r ON r.id = l.deal_id JOIN stage s ON s.id = l.to_stage_id"
        " JOIN pipeline w ON w.id = s.pipeline_id LEFT JOIN stage f ON f.id = l.from_stage_id"
        " WHERE r.deleted_at IS NULL",
    ),
    View(
        "v_stage",
        "the stages of the pipelines",
        (
            ("pipeline", "w.name", "pipeline"), ("stage", "s.name", "stage"), ("position", "s.position", "place in line"),
            ("kind", "s.kind", "open, won or lost"), ("probability", "s.probability", "per cent"),
            ("rot_days", "s.rot_days", "days without a touch until a deal rots"),
            ("forecast_category", "s.forecast_category", "omitted, pipeline, best_case, commit or closed"),
            ("wip_limit", "s.wip_limit", "how many deals are enough there"),
        ),
        "stage s JOIN pipeline w ON w.id = s.pipeline_id WHERE s.deleted_at IS NULL AND w.deleted_at IS NULL",
    ),
    View(
        "v_tag",
        "every label of every record",
        (("tag", "t.name", "label"), ("type", "g.noun", "contact, company, deal or activity"),
         ("number", "g.record_id", "the record's short number")),
        "tagging g JOIN tag t ON t.id = g.tag_id WHERE CASE g.noun "
        + " ".join(
            f"WHEN '{noun}' THEN (SELECT r.deleted_at FROM {noun} r WHERE r.id = g.record_id)"
            for noun in ("contact", "company", "deal", "activity")
        )
        + " END IS NULL",
    ),
    View(
        "v_purchase",
        "what customers bought, line by line",
        (
            *_ID,
            ("customer", "COALESCE(o.name, c.name, r.customer)", "who bought: the company's or person's name, else the log's own"),
            ("contact_id", "c.uid", "the person's uid"), ("company_id", "o.uid", "the company's uid"),
            ("at", "r.at", "when, UTC"), ("value", _major("r.value", "r.currency"), "what was paid, in major units"),
            ("currency", "r.currency", "ISO 4217 code"), ("product", "r.product", "what was bought"),
            ("quantity", "r.quantity", "how many"), ("source", "r.source", "the log it comes from"),
            ("external_id", "CASE WHEN substr(r.external_id, 1, 1) <> '~' THEN r.external_id END", "its number there"),
        ),
        "purchase r LEFT JOIN contact c ON c.id = r.contact_id AND c.deleted_at IS NULL"
        " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL WHERE r.deleted_at IS NULL",
    ),
    View(
        "v_history",
        "who changed what, when, by which command",
        (
            ("number", "h.id", "the number that crm undo takes"), ("id", "h.uid", "the uid"), ("at", "h.at", "when, UTC"),
            ("user_name", _user("h.user_id"), "who"), ("command", "h.command", "which command"),
            ("origin", "h.origin", "cli, tui, import …"), ("summary", "h.summary", "what it was about"),
            ("records", "h.records", "how many records it changed"), ("undone_by", "h.undone_by", "the change that took it back"),
        ),
        "change_set h",
    ),
)  # fmt: skip
