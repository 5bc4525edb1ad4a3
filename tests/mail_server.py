"""A real mail server for the tests: it takes mail on a port of its own, and misbehaves as the address says."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from types import TracebackType


_nobody: list[socket.socket] = []


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's own name
        """Close the connection in the middle of the message where the address wants it so."""
        if self.envelope is not None and any("cut-off" in to for to in self.envelope.rcpt_tos):
            await self.push("354 go on")
            await self._reader.read(20)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Desk:
    """What the server does with a message; every one that it has taken is counted before the answer."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []
        self.asked: Counter[str] = Counter()
        self.connections = 0

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if "nobody+" in address:
            return "550 no such sender"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        self.asked[address] += 1
        if "unknown" in address:
            return "550 5.1.1 no such user here"
        if "greylisted" in address and self.asked[address] == 1:
            return "451 4.7.1 try again later"
        if "busy" in address:
            return "421 4.3.2 shutting down"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        if "spam" in to:
            return "554 5.7.1 looks like spam"
        if "full" in to:
            return "452 4.2.2 mailbox full"
        if "slow" in to:
            await asyncio.sleep(0.5)
        self.taken.append((envelope.mail_from, to, envelope.content))
        if "silent" in to:
            server.transport.abort()
        return "250 2.0.0 taken"


class MailServer:
    """The server, running in a thread of its own while its ``with`` lasts."""

    def __init__(self, *, utf8: bool = True, port: int = 0) -> None:
        self.desk = _Desk()
        # Taken before it is told to anyone: another run of the tests could get a port that is merely free.
        place = socket.create_server(("127.0.0.1", port))
        self.port = int(place.getsockname()[1])
        self._controller = _Controller(self.desk, utf8, place, self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def mailboxes(self) -> Counter[str]:
        """How many messages each address has got."""
        return Counter(to for _, to, _ in self.desk.taken)

    def message(self, to: str) -> Any:
        """The one message that an address has got."""
        from email import policy
        from email.parser import BytesParser

        (content,) = (content for _, other, content in self.desk.taken if other == to)
        return BytesParser(policy=policy.default).parsebytes(content)

    @property
    def settings(self) -> str:
        """The settings by which the program finds it."""
        return f'[smtp]\nhost = "127.0.0.1"\nport = {self.port}\nfrom = "Acme Büro <news@acme.com>"\n'


class _Controller(Controller):
    def __init__(self, desk: _Desk, utf8: bool, place: socket.socket, port: int) -> None:
        self._utf8 = utf8
        self._place = place
        super().__init__(desk, hostname="127.0.0.1", port=port, ready_timeout=30)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._place)

    def factory(self) -> SMTP:
        """One session."""
        return _Server(self.handler, enable_SMTPUTF8=self._utf8, hostname="mail.test", timeout=60)


def port_of_nobody() -> int:
    """A port that nothing listens on, and nothing will: it is taken as long as the tests run."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    _nobody.append(taken)
    return int(taken.getsockname()[1])


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
