"""A message from the program to somebody who works with it: a reminder, or a report with its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import Refused

if TYPE_CHECKING:
    from crmcli.services.desk import Desk
    from crmcli.services.posting import Posting


class Attachment(NamedTuple):
    """A file that goes with a message: its name, media type and content."""

    name: str
    kind: str
    content: bytes


class Notice(NamedTuple):
    """What is to be said to somebody."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


def send(desk: Desk, posting: Posting, notice: Notice) -> str:
    """Mail it through the account of ``[smtp]``; the address it went to.

    Raises:
        BadValue: no mail can go to such an address.
        Refused: there is no server, or it does not take the message.
    """
    from crmcli.domain.people import read_email
    from crmcli.io.mail.smtp import NoServer, wire_address

    to = wire_address(read_email(notice.to).value)
    account = posting.account()
    wire = posting.wire(account, None)
    sender = wire_address(account.sender)
    try:
        wire.ready()
        message = _composed(desk, account.sender_name, sender, to, notice)
        outcome = wire.begin(sender, to) or wire.finish(notice.subject, sender, to, message)
    except NoServer as error:
        raise Refused(f"the message to {to} was not mailed: {error}", hint="crm config show smtp.host") from error
    finally:
        wire.close()
    if outcome.kind != "sent":
        raise Refused(f"the message to {to} was not mailed: {outcome.reply}")
    return to


def _composed(desk: Desk, name: str, sender: str, to: str, notice: Notice) -> bytes:
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime, make_msgid

    from crmcli.io.mail.outgoing import one_line

    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(name), addr_spec=sender) if name else sender
    message["To"] = to
    message["Subject"] = one_line(notice.subject)
    message["Date"] = format_datetime(desk.clock.now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    message.set_content(notice.text)
    for each in notice.attachments:
        main, _, sub = each.kind.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return message.as_bytes()
