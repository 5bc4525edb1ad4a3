"""Messages of a campaign made ready for the wire: rendered, addressed, traceable and signed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.return_addresses import message_id, return_path, unsubscribe_address, unsubscribe_link
from crmcli.domain.shares import share_of
from crmcli.domain.template_words import Occasion
from crmcli.io.mail.outgoing import Letter, Letterhead, compose, one_line
from crmcli.io.mail.smtp import wire_address
from crmcli.services.rendering import Links

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crmcli.domain.recipients import Recipient
    from crmcli.io.mail.smtp import Account
    from crmcli.services.posting import Posting
    from crmcli.services.rendering import Renderer
    from crmcli.store.queries.recipients import Plan, Variant

_TOKEN_BYTES = 12  # 24 letters and digits: nobody guesses one of 2^96


class Prepared(NamedTuple):
    """A message as the wire takes it: who it comes back to, and its bytes."""

    sender: str
    to: str
    content: bytes
    subject: str


def new_token() -> str:
    """What stands in the addresses of a message and can't be guessed."""
    return secrets.token_hex(_TOKEN_BYTES)


class Letters:
    """Writes the messages of one campaign; ``renderer_of(template, subject, occasion)`` gives a compiled template."""

    def __init__(
        self,
        plan: Plan,
        posting: Posting,
        account: Account,
        renderer_of: Callable[..., Renderer],
        now: Callable[[], datetime],
    ) -> None:
        self.plan = plan
        self._posting = posting
        self._account = account
        self._renderer_of = renderer_of
        self._now = now
        self._renderers: dict[tuple[int | None, str | None], Renderer] = {}
        self._signer = posting.signer()
        self._domain = wire_address(account.sender).rpartition("@")[2]
        self._head = Letterhead(
            wire_address(account.sender), account.sender_name, account.reply_to and wire_address(account.reply_to),
            f"{plan.uid.lower()}.{self._domain}", f"{plan.uid.lower()}:{plan.kind}:{self._domain}",
        )  # fmt: skip
        self._returns = wire_address(account.return_path or account.sender)
        self._unsubscribe = str(posting.setting("marketing.unsubscribe_url") or "")
        self._tracking = str(posting.setting("marketing.tracking_url") or "").rstrip("/")
        self._stamp: tuple[Any, str] = (None, "")

    def version(self, recipient: Recipient) -> Variant | None:
        """The version that somebody gets: their own, the winner, else one by its share; None where there are none."""
        versions = self.plan.variants
        for each in versions:
            if each.number == recipient.variant:
                return each
        winner = next((each for each in versions if each.is_winner), None)
        if winner is not None or not versions:
            return winner
        return versions[share_of(f"{self.plan.uid} {recipient.id}", [each.share for each in versions])]

    def write(
        self,
        recipient: Recipient,
        uid: str,
        token: str,
        version: Variant | None,
        *,
        mark: str = "",
        template: int | None = None,
    ) -> Prepared:
        """The message to one person; ``mark`` stands before its subject, ``template`` is another than the campaign's.

        Raises:
            TemplateFailed: it can't be written for this person.
        """
        leave = unsubscribe_address(self._returns, token)
        link = unsubscribe_link(self._unsubscribe, self._returns, token)
        links = Links(link, self._counted(token), self._pixel(token))
        number = template or (version.template if version else None) or self.plan.template
        rendered = self._renderer(number, version.subject if version else None).render(recipient, links)
        subject = one_line(f"{mark}{rendered.subject}")
        to = wire_address(recipient.email)
        letter = Letter(
            to, recipient.name, subject, rendered.text, rendered.html, message_id(uid, self._domain), self._date(), token,
            leave, link if self._unsubscribe else "",
        )  # fmt: skip
        content = compose(self._head, letter)
        if self._signer is not None:
            content = self._signer.signed(content)
        return Prepared(return_path(self._returns, token), to, content, subject)

    def _renderer(self, template: int | None, subject: str | None) -> Renderer:
        key = (template, subject)
        if key not in self._renderers:
            plan = self.plan
            occasion = Occasion(plan.name, plan.code, plan.objective, plan.starts_on, plan.ends_on)
            self._renderers[key] = self._renderer_of(template or 0, subject=subject, occasion=occasion)
        return self._renderers[key]

    def _counted(self, token: str) -> Callable[[str], str] | None:
        if not self._tracking:
            return None
        return lambda address: f"{self._tracking}/c/{token}?u={quote(address, safe='')}"

    def _pixel(self, token: str) -> str:
        return f"{self._tracking}/o/{token}.gif" if self._tracking else ""

    def _date(self) -> str:
        now = self._now()
        if self._stamp[0] != now:
            from email.utils import format_datetime

            self._stamp = (now, format_datetime(now))
        return self._stamp[1]
