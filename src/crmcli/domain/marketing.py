"""The words of marketing and the rules between them: kinds, states, reasons, and what may follow what."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple

CAMPAIGN_KINDS = (
    "email", "newsletter", "sms", "telesales", "direct_mail", "advertising", "sales_promotion", "exhibition",
    "public_relations", "webinar", "referral", "social", "survey", "other",
)  # fmt: skip
MAILED_KINDS = ("email", "newsletter", "survey")  # what crm campaign send can send
CAMPAIGN_STATES = ("draft", "planned", "active", "paused", "completed", "canceled")
COST_STATES = ("planned", "committed", "spent")
GOAL_METRICS = ("reach", "responses", "leads", "deals", "revenue", "roi")
CHANNELS = ("email", "phone", "sms", "letter", "social", "visit")
CONSENT_STATES = ("granted", "pending", "withdrawn")
CONSENT_BASES = ("consent", "contract", "legal_obligation", "legitimate_interest")
SUPPRESSION_KINDS = ("address", "domain", "contact")
SUPPRESSION_REASONS = ("unsubscribed", "hard_bounce", "complaint", "manual")
STEP_KINDS = ("mail", "task", "wait", "condition")

# Why somebody was not mailed.
DELETED = "deleted"
NO_ADDRESS = "no address"
INVALID_ADDRESS = "invalid address"
OPTED_OUT = "opted out"
SUPPRESSED = "suppressed"
DUPLICATE = "duplicate"
FREQUENCY_CAP = "frequency cap"
TEMPLATE_ERROR = "template error"
SMTP_ERROR = "smtp error"
IN_DOUBT = "in doubt"
TO_BE_RETRIED = "to be tried again"

MEMBER_STATES = (
    "targeted", "sent", "delivered", "opened", "clicked", "replied", "responded", "converted",
    "bounced", "complained", "unsubscribed", "failed", "skipped",
)  # fmt: skip
# How far a member has come. What comes later in this order replaces what comes earlier, never the other way round; an
# end (bounced, complained, unsubscribed) replaces all but a conversion, for nothing more is to be hoped for.
_PROGRESS = {
    name: step
    for step, name in enumerate(
        ("targeted", "skipped", "failed", "sent", "delivered", "opened", "clicked", "replied", "responded",
         "bounced", "unsubscribed", "complained", "converted")
    )
}  # fmt: skip
# What a state says beside itself: who clicked has opened, who replied too, and whatever came back had been delivered.
IMPLIED = {
    "opened": ("delivered",),
    "clicked": ("opened", "delivered"),
    "replied": ("opened", "delivered"),
    "complained": ("delivered",),
    "unsubscribed": ("delivered",),
}
_MOVES = {
    "start": (("draft", "planned"), "active"),
    "pause": (("active",), "paused"),
    "resume": (("paused",), "active"),
    "complete": (("active", "paused"), "completed"),
    "cancel": (("draft", "planned", "active", "paused"), "canceled"),
}


class Move(NamedTuple):
    """What a verb makes of a campaign: from which states, to which."""

    sources: tuple[str, ...]
    target: str


def campaign_move(verb: str) -> Move:
    """What ``start``, ``pause``, ``resume``, ``complete`` or ``cancel`` does."""
    return Move(*_MOVES[verb])


def furthest(current: str, happened: str) -> str:
    """Where a member stands after something happened to it."""
    return happened if _PROGRESS[happened] > _PROGRESS[current] else current


def channel_of(kind: str) -> str:
    """The channel that a campaign of a kind reaches people by; the empty text where it goes to nobody in person."""
    by_kind = {
        "email": "email", "newsletter": "email", "survey": "email", "sms": "sms", "telesales": "phone",
        "direct_mail": "letter", "social": "social",
    }  # fmt: skip
    return by_kind.get(kind, "")
