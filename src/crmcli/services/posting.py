"""What the settings say of mail that goes out: accounts, passwords, links, consent and the key for signatures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import ConfigError, NotFound, Refused
from crmcli.io.mail.outgoing import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.domain.campaign_settings import Cap
    from crmcli.io.mail.signing import Signer
    from crmcli.io.mail.smtp import Account, Outcome

PASSWORD = "CRM_SMTP_PASSWORD"  # noqa: S105 - the name of a variable


class Wire(Protocol):
    """Where messages go: a mail server, or a folder."""

    source: str

    def ready(self) -> None:
        """Have a way by which a message can go at once."""

    def takes(self, address: str) -> bool:
        """Whether a message can go to such an address."""

    def begin(self, sender: str, to: str) -> Outcome | None:
        """Tell the addresses of a message; what speaks against them."""

    def finish(self, uid: str, sender: str, to: str, message: bytes) -> Outcome:
        """Hand over the message whose addresses were told."""

    def abandon(self) -> None:
        """Not send it after all."""

    def close(self) -> None:
        """Say good-bye."""


class Posting(NamedTuple):
    """How mail goes out; ``setting`` gives the value of a setting by its name."""

    setting: Callable[[str], Any]

    def account(self, name: str = "") -> Account:
        """The account of that name, the empty one being ``[smtp]`` itself; what it does not say, ``[smtp]`` does.

        Raises:
            Refused: there is no server or no sender.
            NotFound: there is no account of that name.
        """
        from crmcli.io.mail.smtp import Account, usual_port, usual_security

        group = f"smtp.accounts.{name}." if name else "smtp."
        if name and self.setting(f"{group}host") is None and self.setting(f"{group}from") is None:
            raise NotFound(f"no mail account {name} in the settings", hint=f"[smtp.accounts.{name}] in crm.toml")
        host = self._of(name, "host")
        display, sender = self._sender(name)
        if not host:
            raise Refused("no mail server is set", hint="crm config set smtp.host mail.example.com, or --outbox DIR")
        port = self._of(name, "port")
        security = self._of(name, "security") or usual_security(host, port)
        return Account(
            name, host, port or usual_port(security), security, self._of(name, "user") or "", sender, display,
            self._address(name, "reply_to"), self._address(name, "return_path"),
            float(self.setting("smtp.timeout")), int(self.setting("smtp.max_messages")),
        )  # fmt: skip

    def sender_alone(self, name: str = "") -> Account:
        """The account without its server, for messages that are only written down."""
        from crmcli.io.mail.smtp import Account

        display, sender = self._sender(name)
        return Account(
            name, "", 0, "none", "", sender, display, self._address(name, "reply_to"), self._address(name, "return_path")
        )  # fmt: skip

    def password(self, account: Account) -> str | None:
        """The password of an account that logs in, from the environment or the keyring; never from a file."""
        if not account.user:
            return None
        if account.security == "none" and not account.is_here:
            raise Refused(
                f"{account.host} is another machine, and the password would be sent in the clear",
                hint="crm config set smtp.security starttls",
            )
        variable = (
            f"{PASSWORD}_{account.name.upper().replace('-', '_').replace('.', '_')}" if account.name else PASSWORD
        )
        found = os.environ.get(variable) or _from_keyring(f"{account.user}@{account.host}")
        if not found:
            raise Refused(
                f"no password for {account.user} at {account.host}",
                hint=f"put it into {variable} or the keyring (service crmcli-smtp)",
            )
        return found

    def signer(self) -> Signer | None:
        """What signs messages, None when no key is set; raises Refused for a key that can't be used."""
        from pathlib import Path

        key_file, selector, domain = (self.setting(f"dkim.{name}") for name in ("key_file", "selector", "domain"))
        if not key_file:
            return None
        if not selector or not domain:
            raise Refused(
                "dkim.key_file is set, but not dkim.selector and dkim.domain", hint="crm config set dkim.selector …"
            )
        from crmcli.io.mail.signing import Signer

        return Signer(Path(key_file).expanduser(), selector, domain)

    @property
    def cap(self) -> Cap | None:
        """So many messages at most to one person, where a campaign says nothing itself."""
        from crmcli.domain.campaign_settings import read_cap

        text = self.setting("marketing.frequency_cap")
        return read_cap(text) if text else None

    def wire(self, account: Account, outbox: Path | None) -> Wire:
        """Where messages go."""
        if outbox is not None:
            from crmcli.io.mail.folder import Folder

            return Folder(outbox)
        from crmcli.io.mail.smtp import Smtp

        return Smtp(account, self.password(account))

    def _of(self, name: str, key: str) -> Any:  # noqa: ANN401 - a setting has its own type
        own = self.setting(f"smtp.accounts.{name}.{key}") if name else None
        # Another server's login has nothing to do with this one's.
        shared = (
            not name or key in ("from", "reply_to", "return_path") or not self.setting(f"smtp.accounts.{name}.host")
        )
        return own if own is not None or not shared else self.setting(f"smtp.{key}")

    def _sender(self, name: str) -> tuple[str, str]:
        """The name and the address that messages are from."""
        text = self._of(name, "from")
        if not text:
            raise Refused("no sender is set", hint="crm config set smtp.from 'Acme <news@acme.com>'")
        return _named_address(text, "smtp.from")

    def _address(self, name: str, key: str) -> str:
        """Another address of the account; empty when there is none."""
        text = self._of(name, key)
        return _named_address(text, f"smtp.{key}")[1] if text else ""


def _named_address(text: str, setting: str) -> tuple[str, str]:
    """The name and the address of one's own; a server takes mail from any only where it is of plain letters."""
    from email.utils import parseaddr

    from crmcli.domain.people import read_email
    from crmcli.errors import BadValue
    from crmcli.io.mail.smtp import wire_address

    name, address = parseaddr(one_line(text))
    try:
        found = read_email(address or text).value
    except BadValue as error:
        raise ConfigError(f"{setting}: {error.reason}", hint=error.hint) from error
    if not wire_address(found).isascii():
        raise ConfigError(f"{setting}: {found} has letters before the @ that not every server takes")
    return name, found


def _from_keyring(account: str) -> str | None:
    from importlib import import_module

    try:
        found = import_module("keyring").get_password("crmcli-smtp", account)
    except (ImportError, RuntimeError):  # there is none, or none that works here
        return None
    return str(found) if found else None
