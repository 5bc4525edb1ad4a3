"""Every field of every noun, declared once: flags, validation, imports, filters, JSON and the reference all read this.

A field's ``name`` is its JSON key and filter name (plural for a field that holds several values); ``flag`` is the
singular form used on the command line and also accepted in filters.
"""

from __future__ import annotations

from enum import Enum

from crmcli.domain.frozen import NamedTuple

LIFECYCLES = ("subscriber", "lead", "qualified", "opportunity", "customer", "champion", "former", "other")
LEAD_STATUSES = ("new", "contacted", "nurturing", "qualified", "converted", "unqualified", "junk", "recycled")
COMPANY_SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1000+")
COMPANY_TYPES = ("prospect", "customer", "partner", "reseller", "supplier", "competitor", "investor", "press", "other")
DEAL_TYPES = ("new", "existing")
CONTACT_ROLES = ("decision maker", "influencer", "evaluator", "champion", "user", "other")
LOST_REASONS = ("price", "competition", "budget", "features", "timing", "no decision", "no response", "other")
ACTIVITY_KINDS = (
    "call", "meeting", "email", "sms", "chat", "letter", "fax", "visit", "social", "web_form", "pos", "note", "task",
    "stage_change", "decision",
)  # fmt: skip
ACTIVITY_STATUSES = ("planned", "done", "canceled", "no_show")
PRIORITIES = ("low", "normal", "high", "urgent")
STAGE_KINDS = ("open", "won", "lost")
NETWORKS = ("linkedin", "x", "bluesky", "telegram")


class Kind(Enum):
    """How a field's text is read, compared and shown."""

    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    WEBSITE = "website"
    HANDLE = "handle"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    DUE = "due"  # a date, or a time when an hour is given
    DURATION = "duration"  # whole minutes
    MONEY = "money"
    PERCENT = "percent"  # whole per cent, 0 to 100
    INTEGER = "integer"
    RRULE = "rrule"
    USER = "user"
    TAG = "tag"
    STAGE = "stage"
    PIPELINE = "pipeline"
    LINK = "link"  # another record, see Field.noun
    SEGMENT = "segment"  # a group of contacts, by name


class Field(NamedTuple):
    """One field of one noun."""

    name: str
    kind: Kind
    about: str
    flag: str = ""
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    noun: str = ""  # the noun a LINK points to
    computed: bool = False  # shown and filtered, never set

    @property
    def option(self) -> str:
        """The flag without its dashes: ``expected-close`` for ``expected_close``."""
        return (self.flag or self.name).replace("_", "-")


_RECORD = (
    Field("id", Kind.TEXT, "the uid: prefix and ULID", computed=True),
    Field("number", Kind.INTEGER, "the short number shown in tables", computed=True),
    Field("created_at", Kind.TIME, "when it was added", computed=True),
    Field("updated_at", Kind.TIME, "when it last changed", computed=True),
    Field("created_by", Kind.USER, "who added it", computed=True),
    Field("updated_by", Kind.USER, "who changed it last", computed=True),
    Field("external_id", Kind.TEXT, "its name in another system, SOURCE:ID", computed=True),
)
_OWNED = (
    Field("tags", Kind.TAG, "labels", flag="tag", many=True),
    Field("owner", Kind.USER, "the user who looks after it"),
)
_TOUCHED = (
    Field("last_activity", Kind.TIME, "time of the last thing done", computed=True),
    Field("next_task", Kind.DUE, "when the next planned activity is due", computed=True),
)

CONTACT = (
    Field("name", Kind.TEXT, "full name", required=True),
    Field("emails", Kind.EMAIL, "e-mail addresses, the first is primary", flag="email", many=True),
    Field("phones", Kind.PHONE, "phone numbers, the first is primary", flag="phone", many=True),
    Field("companies", Kind.LINK, "companies, the first is primary", flag="company", many=True, noun="company"),
    Field("title", Kind.TEXT, "job title"),
    Field("linkedin", Kind.HANDLE, "LinkedIn handle or profile URL"),
    Field("x", Kind.HANDLE, "X (Twitter) handle or profile URL"),
    Field("bluesky", Kind.HANDLE, "Bluesky handle or profile URL"),
    Field("telegram", Kind.HANDLE, "Telegram handle or profile URL"),
    Field("birthday", Kind.DATE, "date of birth"),
    Field("anniversary", Kind.DATE, "anniversary"),
    Field("address", Kind.TEXT, "postal address"),
    Field("lifecycle", Kind.CHOICE, "where the person stands", choices=LIFECYCLES),
    Field("lead_status", Kind.CHOICE, "where the lead stands", choices=LEAD_STATUSES),
    Field("lead_score", Kind.INTEGER, "lead score"),
    Field("source", Kind.TEXT, "where the person came from"),
    Field("locale", Kind.TEXT, "language and country, as bg_BG"),
    Field("timezone", Kind.TEXT, "time zone, as Europe/Sofia"),
    Field("note", Kind.TEXT, "free text"),
    *_OWNED,
    *_RECORD,
    *_TOUCHED,
    Field("deals", Kind.LINK, "deals the person takes part in", flag="deal", many=True, noun="deal", computed=True),
)
COMPANY = (
    Field("name", Kind.TEXT, "name", required=True),
    Field("websites", Kind.WEBSITE, "websites, the first is primary", flag="website", many=True),
    Field("phones", Kind.PHONE, "phone numbers, the first is primary", flag="phone", many=True),
    Field("industry", Kind.TEXT, "industry"),
    Field("size", Kind.CHOICE, "number of people", choices=COMPANY_SIZES),
    Field("annual_revenue", Kind.MONEY, "revenue a year"),
    Field("country", Kind.TEXT, "country"),
    Field("region", Kind.TEXT, "region"),
    Field("address", Kind.TEXT, "postal address"),
    Field("parent", Kind.LINK, "the company it belongs to", noun="company"),
    Field("type", Kind.CHOICE, "what it is to us", choices=COMPANY_TYPES),
    Field("note", Kind.TEXT, "free text"),
    *_OWNED,
    *_RECORD,
    *_TOUCHED,
    Field("contacts", Kind.LINK, "people there", flag="contact", many=True, noun="contact", computed=True),
    Field("deals", Kind.LINK, "deals with it", flag="deal", many=True, noun="deal", computed=True),
)
DEAL = (
    Field("title", Kind.TEXT, "what is being sold", required=True),
    Field("value", Kind.MONEY, "worth of the deal"),
    Field("currency", Kind.TEXT, "ISO 4217 code"),
    Field("stage", Kind.STAGE, "stage of the pipeline"),
    Field("pipeline", Kind.PIPELINE, "pipeline"),
    Field("contacts", Kind.LINK, "people taking part", flag="contact", many=True, noun="contact"),
    Field("company", Kind.LINK, "the company", noun="company"),
    Field("expected_close", Kind.DATE, "when it should be decided"),
    Field("probability", Kind.PERCENT, "chance of winning, per cent"),
    Field("source", Kind.TEXT, "where the deal came from"),
    Field("campaign", Kind.TEXT, "the campaign that brought it"),
    Field("next_step", Kind.TEXT, "what happens next"),
    Field("type", Kind.CHOICE, "new or existing business", choices=DEAL_TYPES),
    *_OWNED,
    *_RECORD,
    *_TOUCHED,
    Field("stage_kind", Kind.CHOICE, "open, won or lost", choices=STAGE_KINDS, computed=True),
    Field("closed_at", Kind.TIME, "when it was won or lost", computed=True),
    Field("lost_reason", Kind.TEXT, "why it was lost", computed=True),
    Field("lost_note", Kind.TEXT, "what was said of it", computed=True),
    Field("weighted", Kind.MONEY, "value times probability", computed=True),
)
ACTIVITY = (
    Field("type", Kind.CHOICE, "kind of activity", choices=ACTIVITY_KINDS),
    Field("subject", Kind.TEXT, "one line"),
    Field("body", Kind.TEXT, "what was said or is to be done"),
    Field("contacts", Kind.LINK, "people", flag="contact", many=True, noun="contact"),
    Field("company", Kind.LINK, "the company", noun="company"),
    Field("deal", Kind.LINK, "the deal", noun="deal"),
    Field("campaign", Kind.TEXT, "the campaign"),
    Field("at", Kind.TIME, "when it happened, or is planned to"),
    Field("due", Kind.DUE, "when it is due"),
    Field("duration", Kind.DURATION, "how long it took, in minutes"),
    Field("direction", Kind.CHOICE, "in or out", choices=("in", "out")),
    Field("status", Kind.CHOICE, "planned, done, canceled or no_show", choices=ACTIVITY_STATUSES),
    Field("outcome", Kind.TEXT, "what came of it"),
    Field("priority", Kind.CHOICE, "low to urgent", choices=PRIORITIES),
    Field("location", Kind.TEXT, "place or link"),
    Field("recurrence", Kind.RRULE, "RFC 5545 rule, or daily, weekly, monthly, yearly"),
    Field("remind_before", Kind.DURATION, "minutes before it is due"),
    *_OWNED,
    *_RECORD,
    Field("done_at", Kind.TIME, "when it was done", computed=True),
    Field("thread", Kind.TEXT, "Message-ID of the first message of its conversation", computed=True),
    Field("attachments", Kind.TEXT, "names and sizes of the files that came with it, one a line", computed=True),
)

FIELDS: dict[str, tuple[Field, ...]] = {
    "contact": CONTACT,
    "company": COMPANY,
    "deal": DEAL,
    "activity": ACTIVITY,
}
UID_PREFIX = {"contact": "ct", "company": "co", "deal": "dl", "activity": "ac"}
PLURAL = {"contact": "contacts", "company": "companies", "deal": "deals", "activity": "activities"}


def find_field(noun: str, name: str) -> Field | None:
    """The field of ``noun`` called ``name``, by its name or flag, with ``-`` and ``_`` alike; None if there is none."""
    wanted = name.strip().lower().replace("-", "_")
    return next((f for f in FIELDS[noun] if wanted and wanted in (f.name, f.flag)), None)
