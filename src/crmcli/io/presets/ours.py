"""What this program writes itself: lists and exports, whose values come back as they were."""

from __future__ import annotations

from crmcli.io.presets.preset import Preset
from crmcli.io.presets.shaping import gathered, instead, named_members, priced, unescaped, unguarded, unless, unpacked

_WORKED_OUT = """number, created_by, updated_at, updated_by, last_activity, next_task, deals, custom_fields"""
_RECORD = {"id": "id", "external_id": "external_id", "created_at": "created_at"}
_READ = (unpacked("custom_fields", exact=True), named_members("companies, contacts"))
_UNDOING = {"csv": (unguarded(),), "tsv": (unescaped(),)}
_MEMBERS = {"custom_fields.": "custom.", "custom.": "custom.", "company.": "-", "parent.": "-", "deal.": "-"}
_COMPANY, _PARENT, _DEAL = (gathered(link, f"{link}, {link}.name") for link in ("company", "parent", "deal"))


CONTACTS = Preset(
    "crm-contacts",
    "our own contacts",
    "contact",
    ("id, number, name, emails, companies, created_at", "id, name, emails, phones, companies, custom_fields"),
    {**_RECORD, "name": "name", "companies": "companies", "-": _WORKED_OUT},
    steps=_READ,
    members=_MEMBERS,
    exact=True,
    together="custom_fields",
    undoing=_UNDOING,
)
COMPANIES = Preset(
    "crm-companies",
    "our own companies",
    "company",
    ("id, number, name, websites, industry, created_at", "id, name, websites, annual_revenue, custom_fields"),
    {**_RECORD, "name": "name", "-": f"{_WORKED_OUT}, parent, contacts, annual_revenue_currency"},
    members=_MEMBERS,
    exact=True,
    together="custom_fields",
    undoing=_UNDOING,
    steps=(*_READ, _PARENT, priced("annual_revenue", "annual_revenue_currency")),
)
DEALS = Preset(
    "crm-deals",
    "our own deals",
    "deal",
    ("id, number, title, value, stage, created_at", "id, title, value, stage, pipeline, custom_fields"),
    {
        **_RECORD,
        "title": "title",
        "contacts": "contacts",
        "closed_at": "closed_at",
        "lost_reason": "lost_reason",
        "-": f"{_WORKED_OUT}, company, stage_kind, probability_source, weighted, lost_note, rotting, stage_history",
    },
    members=_MEMBERS,
    exact=True,
    together="custom_fields",
    undoing=_UNDOING,
    steps=(
        *_READ,
        _COMPANY,
        unless("probability", "probability_source", "stage"),
        instead("lost_reason", "lost_note", empty="other"),
    ),
)
ACTIVITIES = Preset(
    "crm-activities",
    "our own activities and tasks",
    "activity",
    ("id, number, type, subject, body, created_at", "id, type, subject, status, custom_fields"),
    {
        **_RECORD,
        "contacts": "contacts",
        "done_at": "done_at",
        "-": f"{_WORKED_OUT}, company, deal, thread, attachments",
    },
    steps=(*_READ, _COMPANY, _DEAL),
    members=_MEMBERS,
    exact=True,
    together="custom_fields",
    undoing=_UNDOING,
)

ALL = (CONTACTS, COMPANIES, DEALS, ACTIVITIES)
