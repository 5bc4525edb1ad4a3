"""What is sent: templates, the ledger of messages, and what came back."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from crmcli.store.models.columns import Moment, Mortal, Row, link, live


class Template(Mortal, table=True):
    """The wording of a message in one language; the empty locale is for everybody else."""

    __table_args__ = (live("template", "name_key", "locale"),)
    uid: str = Field(unique=True)
    name: str
    name_key: str
    locale: str = ""
    subject: str = ""
    preheader: str | None = None  # what mail lists show beside the subject
    text: str | None = None
    markdown: str | None = None  # from which the HTML is made
    html: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class Message(Row, table=True):
    """A message to one person: committed before the wire as ``sending`` and after it as what became of it.

    ``step`` is 0 for a campaign's own mail, else the step of a sequence, so that nobody is mailed twice for one thing.
    """

    __table_args__ = (
        Index("message_once", "member_id", "step", unique=True),
        Index("message_queue", "campaign_id", "status", "due_at"),
        Index("message_contact", "contact_id", "sent_at"),
        Index("message_sent", "account", "sent_at"),
        Index("message_address", "campaign_id", "address_key"),
    )
    uid: str = Field(unique=True)  # the Message-ID is made of it
    token: str = Field(unique=True)  # in the addresses to unsubscribe and to return to; nobody can guess it
    campaign_id: int = link("campaign.id")
    member_id: int = link("campaign_member.id")
    contact_id: int = link("contact.id")
    step: int = 0
    variant_id: int | None = link("campaign_variant.id", optional=True)
    template_id: int | None = link("template.id", optional=True)
    address: str
    address_key: str
    status: str = "sending"  # sending, sent, retry, failed, in_doubt
    attempts: int = 1
    account: str = ""
    claimed_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)  # of a retry: not before
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    reply: str | None = None  # the server's words


class ReturnedMail(Row, table=True):
    """Something that came back and was dealt with, so that collecting it again changes nothing."""

    __tablename__ = "returned_mail"
    key: str = Field(unique=True)
    kind: str
    at: datetime = Field(sa_type=Moment)
    message_id: int | None = link("message.id", optional=True)
    campaign_id: int | None = link("campaign.id", optional=True, index=True)
