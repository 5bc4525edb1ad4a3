"""Messages handed to a mail server, so that it is always known whether the server has taken one.

The standard library's ``sendmail`` does not say how far it came when a connection breaks. Before the last dot nothing was
taken and the message may be tried again; after it, and before the answer, nobody knows.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from crmcli.domain.bounces import is_about_recipient
from crmcli.domain.frozen import NamedTuple
from crmcli.io.mail.outgoing import stuffed

if TYPE_CHECKING:
    from collections.abc import Callable

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_PAUSES = (0.3, 1.5)  # seconds before a server that did not answer is called again
_IDLE = 20.0  # seconds after which a kept connection is asked whether it still is one
_PATIENCE = 5  # times the usual, for the answer to a whole message
_GONE = 421
_BARE = re.compile(r"[^\s<>,\x00-\x1f\x7f]+@[^\s<>,\x00-\x1f\x7f]+")


class Account(NamedTuple):
    """A mail account to send by."""

    name: str
    host: str
    port: int
    security: str
    user: str
    sender: str
    sender_name: str = ""
    reply_to: str = ""
    return_path: str = ""
    timeout: float = 60.0
    most: int = 500  # messages on one connection

    @property
    def is_here(self) -> bool:
        """Whether the server is this very machine."""
        return self.host in _HERE


def usual_security(host: str, port: int | None) -> str:
    """How a server is spoken to when nobody said: in the clear on this machine alone."""
    if port == _PORTS["tls"]:
        return "tls"
    return "none" if host in _HERE else "starttls"


def usual_port(security: str) -> int:
    """The port of a kind of connection."""
    return _PORTS[security]


class Outcome(NamedTuple):
    """What became of a message: sent, retry, failed or in_doubt; ``is_server`` when it says nothing of the message itself.

    ``is_gone`` says that the server knows nobody of that address.
    """

    kind: str
    reply: str
    is_server: bool = False
    is_gone: bool = False


class NoServer(Exception):
    """The server can't be reached or does not let us in; ``is_final`` when asking again is in vain."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Smtp:
    """A kept connection to a mail server, made again whenever it is lost or has served its time."""

    source = "smtp"

    def __init__(self, account: Account, password: str | None, pause: Callable[[float], None] = time.sleep) -> None:
        self.account = account
        self._password = password
        self._pause = pause
        self._connection: smtplib.SMTP | None = None
        self._taken = 0
        self._used_at = 0.0

    def ready(self) -> None:
        """Have a connection over which a message can go at once; raises NoServer after some attempts."""
        if self._connection is not None and (self._taken >= self.account.most or not self._answers()):
            self.close()
        if self._connection is not None:
            return
        for pause in (*_PAUSES, None):
            try:
                self._connection = self._connected()
                break
            except NoServer as error:
                if error.is_final or pause is None:
                    raise
                self._pause(pause)
        self._taken, self._used_at = 0, time.monotonic()

    def takes(self, address: str) -> bool:
        """Whether the server, which is ready, takes an address beyond ASCII."""
        return wire_address(address).isascii() or bool(self._connection and self._connection.has_extn("smtputf8"))

    def deliver(self, uid: str, sender: str, to: str, message: bytes) -> Outcome:
        """Hand over one message; call ``ready`` before."""
        return self.begin(sender, to) or self.finish(uid, sender, to, message)

    def begin(self, sender: str, to: str) -> Outcome | None:
        """Tell the server the addresses of a message; what it has against them, None when it takes them."""
        connection = self._connection
        assert connection is not None
        self._taken += 1
        try:
            return self._refusal(connection, sender, to)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("retry", _said(error), is_server=True)
        except ValueError as error:  # what can't be said on a line, or not in ASCII
            self._begin_anew(0)
            return Outcome("failed", f"the address can't be told to a server: {_said(error)}")

    def finish(self, uid: str, sender: str, to: str, message: bytes) -> Outcome:  # noqa: ARG002
        """Hand over the message whose addresses were taken."""
        connection = self._connection
        assert connection is not None
        try:
            code, words = connection.docmd("DATA")
            if code != 354:
                return self._turned_down(code, words)
            connection.send(stuffed(message))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("retry", _said(error), is_server=True)
        return self._verdict(connection)

    def abandon(self) -> None:
        """Not send the message whose addresses the server was told."""
        self._begin_anew(0)

    def close(self) -> None:
        """Say good-bye."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                _wait_for(self._connection, 2)
                self._connection.quit()
            self._drop()

    def _refusal(self, connection: smtplib.SMTP, sender: str, to: str) -> Outcome | None:
        """What the server has against the addresses; raises ValueError for what is none."""
        if not _BARE.fullmatch(to):
            raise ValueError("it is no address")
        wanted = ["smtputf8"] if not wire_address(to).isascii() else []
        code, words = connection.mail(sender, wanted)
        if code != 250:
            return self._turned_down(code, words, is_sender=True)
        code, words = connection.rcpt(wire_address(to))
        if code not in (250, 251, 252):
            refused = self._turned_down(code, words)
            return refused._replace(is_gone=refused.kind == "failed" and is_about_recipient(refused.reply))
        return None

    def _turned_down(self, code: int, words: bytes, *, is_sender: bool = False) -> Outcome:
        self._begin_anew(code)
        kind = "failed" if 500 <= code < 600 else "retry"
        return Outcome(kind, _reply(code, words), is_server=is_sender or code == _GONE)

    def _verdict(self, connection: smtplib.SMTP) -> Outcome:
        """The answer to the whole message."""
        try:
            _wait_for(connection, self.account.timeout * _PATIENCE)
            code, words = connection.getreply()
            _wait_for(connection, self.account.timeout)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("in_doubt", f"the connection was lost before the answer: {_said(error)}", is_server=True)
        self._used_at = time.monotonic()
        if 200 <= code < 300:
            return Outcome("sent", _reply(code, words))
        if not 400 <= code < 600:
            self._drop()
            return Outcome("in_doubt", f"an answer that says nothing: {_reply(code, words)}", is_server=True)
        self._begin_anew(code)
        return Outcome("failed" if code >= 500 else "retry", _reply(code, words), is_server=code == _GONE)

    def _begin_anew(self, code: int) -> None:
        """After a refusal: forget the message, or the connection when the server is about to close it."""
        if self._connection is None:
            return
        try:
            if code == _GONE or self._connection.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()
        self._used_at = time.monotonic()

    def _answers(self) -> bool:
        if time.monotonic() - self._used_at < _IDLE:
            return True
        assert self._connection is not None
        try:
            return self._connection.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> smtplib.SMTP:
        account = self.account
        where = f"{account.host}:{account.port}"
        try:
            connection = self._opened()
        except ssl.SSLCertVerificationError as error:
            raise NoServer(
                f"{where} can't prove that it is {account.host}: {error.verify_message}", is_final=True
            ) from error
        except ssl.SSLError as error:
            raise NoServer(f"{where} does not speak TLS: {error.reason}", is_final=True) from error
        except smtplib.SMTPAuthenticationError as error:
            raise NoServer(f"{where} does not let {account.user} in: {_said(error)}", is_final=True) from error
        except smtplib.SMTPNotSupportedError as error:
            wanted = "login, which smtp.user" if "AUTH" in str(error) else "STARTTLS, which smtp.security"
            raise NoServer(f"{where} offers no {wanted} asks for", is_final=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NoServer(f"{where}: {_said(error)}") from error
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[union-attr]
        return connection

    def _opened(self) -> smtplib.SMTP:
        account = self.account
        name = socket.gethostname()
        name = name if name.isascii() else "localhost"  # smtplib would ask the DNS for it, which may take long
        if account.security == "tls":
            secured = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                account.host, account.port, name, timeout=account.timeout, context=secured
            )
        else:
            connection = smtplib.SMTP(account.host, account.port, name, timeout=account.timeout)
        try:
            if account.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            if account.user and self._password is not None:
                connection.login(account.user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


def wire_address(address: str) -> str:
    """The address as servers know it: the domain in ASCII; the part before the @ stays as it is."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _wait_for(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def _reply(code: int, words: bytes) -> str:
    """The server's words on one line."""
    return f"{code} {' '.join(words.decode('utf-8', 'replace').split())}"[:300].strip()


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _reply(error.smtp_code, words if isinstance(words, bytes) else str(words).encode())
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or "the connection was lost"
    line = " ".join(text.split())[:300]
    return line if line[1:2].isupper() else line[:1].lower() + line[1:]
