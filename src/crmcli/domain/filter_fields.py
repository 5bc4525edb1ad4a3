"""What a filter can ask of each noun: the fields of records, and what is only ever asked, never entered.

Beside the record nouns there are ``campaign``, ``purchase``, ``member`` (somebody in a campaign, as `crm campaign members` lists them),
``membership`` (the same seen from the person: there ``status`` means every state that was ever reached) and ``consent``
(a person's word for each channel).
"""

from __future__ import annotations

from crmcli.domain.fields import FIELDS, Field, Kind
from crmcli.domain.marketing import CAMPAIGN_KINDS, CAMPAIGN_STATES, CHANNELS, CONSENT_STATES, MEMBER_STATES

_ACTIVITIES = Field("activities", Kind.LINK, "what was done or is planned", "activity", many=True, noun="activity")
_TOTALS = (
    Field("deal.won_value", Kind.MONEY, "worth of its won deals, each currency by itself"),
    Field("deal.open_value", Kind.MONEY, "worth of its open deals, each currency by itself"),
    Field("deal.won_count", Kind.INTEGER, "how many of its deals were won"),
)
_ASKED: dict[str, tuple[Field, ...]] = {
    "contact": (
        *_TOTALS,
        _ACTIVITIES,
        Field("campaigns", Kind.LINK, "campaigns the person is a member of", "campaign", many=True, noun="membership"),
        Field("segments", Kind.SEGMENT, "segments the person is in", "segment", many=True),
        Field("consent", Kind.LINK, "what the person said about each channel", noun="consent"),
    ),
    "company": (*_TOTALS, _ACTIVITIES),
    "deal": (
        _ACTIVITIES,
        Field("been_in", Kind.TEXT, "stages that it ever was in", many=True),
        Field("stage_since", Kind.TIME, "when it came to the stage that it is in"),
    ),
    "activity": (),
}
CAMPAIGN = (
    Field("name", Kind.TEXT, "name", required=True),
    Field("kind", Kind.CHOICE, "what kind of campaign", choices=CAMPAIGN_KINDS),
    Field("status", Kind.CHOICE, "how far it is", choices=CAMPAIGN_STATES),
    Field("code", Kind.TEXT, "what visitors of a stand or readers of an advertisement name"),
    Field("objective", Kind.TEXT, "what it is for"),
    Field("parent", Kind.LINK, "the campaign it is a part of", noun="campaign"),
    Field("starts_on", Kind.DATE, "first day"),
    Field("ends_on", Kind.DATE, "last day"),
    Field("send_at", Kind.TIME, "when it is to be sent"),
    Field("budget", Kind.MONEY, "what it may cost"),
    Field("expected_cost", Kind.MONEY, "what it should cost"),
    Field("expected_revenue", Kind.MONEY, "what it should bring"),
    Field("expected_response", Kind.PERCENT, "how many should respond, per cent"),
    Field("currency", Kind.TEXT, "ISO 4217 code"),
    Field("template", Kind.TEXT, "the template that is sent"),
    Field("owner", Kind.USER, "the user who looks after it"),
    Field("id", Kind.TEXT, "the uid: prefix and ULID", computed=True),
    Field("number", Kind.INTEGER, "the short number shown in tables", computed=True),
    Field("started_at", Kind.TIME, "when it was started", computed=True),
    Field("ended_at", Kind.TIME, "when it was completed or canceled", computed=True),
    Field("created_at", Kind.TIME, "when it was added", computed=True),
    Field("updated_at", Kind.TIME, "when it last changed", computed=True),
    Field("members", Kind.LINK, "people it is about", flag="member", many=True, noun="member", computed=True),
    Field("deals", Kind.LINK, "deals it brought", flag="deal", many=True, noun="deal", computed=True),
    _ACTIVITIES,
)
_MEMBER = (
    Field("reason", Kind.TEXT, "why somebody was skipped or a message failed", computed=True),
    Field("email", Kind.TEXT, "the address as the campaign took it", computed=True),
    Field("variant", Kind.TEXT, "the version the person gets", computed=True),
    Field("at", Kind.TIME, "since when it stands there", computed=True),
    Field("detail", Kind.TEXT, "what was noted, or the server's words", many=True, computed=True),
    Field("campaign", Kind.LINK, "the campaign", noun="campaign", computed=True),
    Field("contact", Kind.LINK, "the person", noun="contact", computed=True),
    Field("source_segment", Kind.TEXT, "the segment that brought the person in", computed=True),
    *(
        Field(f"{state}_at", Kind.TIME, f"when {state} for the first time", computed=True)
        for state in MEMBER_STATES
        if state != "targeted"
    ),
)
MEMBER = (
    Field("status", Kind.CHOICE, "where the person stands", choices=MEMBER_STATES, computed=True),
    Field("reached", Kind.CHOICE, "states ever reached", many=True, choices=MEMBER_STATES, computed=True),
    *_MEMBER,
)
MEMBERSHIP = (
    Field("status", Kind.CHOICE, "states ever reached", many=True, choices=MEMBER_STATES, computed=True),
    Field("status_now", Kind.CHOICE, "where the person stands", choices=MEMBER_STATES, computed=True),
    *_MEMBER,
)
CONSENT = tuple(
    Field(channel, Kind.CHOICE, f"the last word about {channel}", choices=CONSENT_STATES) for channel in CHANNELS
)
PURCHASE = (
    Field("customer", Kind.TEXT, "who bought, in the words of the log"),
    Field("contact", Kind.LINK, "the person it was", noun="contact"),
    Field("company", Kind.LINK, "the organisation it was", noun="company"),
    Field("at", Kind.TIME, "when it was bought", flag="date"),
    Field("value", Kind.MONEY, "what was paid", flag="amount"),
    Field("currency", Kind.TEXT, "ISO 4217 code"),
    Field("product", Kind.TEXT, "what was bought"),
    Field("quantity", Kind.INTEGER, "how many"),
    Field("source", Kind.TEXT, "the log it comes from"),
    Field("external_id", Kind.TEXT, "its number there"),
    Field("id", Kind.TEXT, "the uid: prefix and ULID", computed=True),
    Field("number", Kind.INTEGER, "the short number shown in tables", computed=True),
    Field("owner", Kind.USER, "the user who looks after the customer, for a person else after the company", computed=True),
    Field("tags", Kind.TAG, "tags of the customer", flag="tag", many=True, computed=True),
    Field("segments", Kind.SEGMENT, "segments that the customer, or who works there, is in", "segment", many=True, computed=True),
    Field(
        "campaigns", Kind.LINK, "campaigns that the customer, or who works there, is a member of", "campaign", many=True,
        noun="membership", computed=True,
    ),
)  # fmt: skip

FILTERED: dict[str, tuple[Field, ...]] = {
    **{noun: (*fields, *_ASKED[noun]) for noun, fields in FIELDS.items()},
    "campaign": CAMPAIGN,
    "member": MEMBER,
    "membership": MEMBERSHIP,
    "consent": CONSENT,
    "purchase": PURCHASE,
}


def find_filtered(noun: str, name: str) -> Field | None:
    """What a filter on ``noun`` calls ``name``, by its name or flag, with ``-`` and ``_`` alike."""
    wanted = name.strip().lower().replace("-", "_")
    return next((field for field in FILTERED[noun] if wanted and wanted in (field.name, field.flag)), None)
