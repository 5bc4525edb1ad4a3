"""Messages of campaigns put into the ledger as a sending leaves them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crmcli.domain.ids import new_uid
from crmcli.domain.template_drafts import TemplateDraft
from crmcli.services.campaigns import Told
from crmcli.store.members import happened, member_of
from crmcli.store.models.mailings import Message

if TYPE_CHECKING:
    from crmcli.context import AppContext

SUBJECT = "Hello {{ contact.given_name }}"


def campaign(app: AppContext, name: str, subject: str = SUBJECT) -> int:
    """A campaign with a template of the same name; its number."""
    app.templates.add(name, TemplateDraft(subject=subject, text="hi {{ unsubscribe_url }}"))
    return app.campaigns.add(name, Told({"kind": "email", "template": name})).number


def mailed(app: AppContext, number: int, contact: int, at: str, *, step: int = 0, status: str = "sent") -> None:
    """A message of a campaign to a contact, which went out then."""
    when = datetime.fromisoformat(f"{at}+00:00")
    with app.desk.writing("test") as uow:
        member = member_of(uow, number, contact, "jane@acme.example")
        uow.keep_beside()
        uow.session.add(Message(
            uid=new_uid("ms"), token=f"token{number}.{contact}.{step}", campaign_id=number, member_id=member.id or 0,
            contact_id=contact, step=step, address="jane@acme.example", address_key="jane@acme.example", status=status,
            claimed_at=when, sent_at=when if status == "sent" else None,
        ))  # fmt: skip
        if status == "sent":
            happened(uow, member, "sent", source="smtp", at=when)


def came(app: AppContext, number: int, contact: int, status: str, at: str, reason: str | None = None) -> None:
    """What came back from the contact then."""
    with app.desk.writing("test") as uow:
        member = member_of(uow, number, contact)
        when = datetime.fromisoformat(f"{at}+00:00")
        detail = "550 5.1.1 no such user" if reason else None
        happened(uow, member, status, source="collect", at=when, reason=reason, detail=detail)
