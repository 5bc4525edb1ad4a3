"""The connection to a mail server: encrypted or not, with a login or not, and how far it came when it breaks."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from crmcli.io.mail.folder import Folder
from crmcli.io.mail.smtp import Account, NoServer, Smtp, usual_port, usual_security, wire_address
from tests.mail_server import MailServer, free_port, port_of_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MESSAGE = b"From: a@acme.com\r\nTo: b@x.com\r\n\r\nhello\r\n"


def account(port: int, security: str = "none", user: str = "", **fields: Any) -> Account:
    """An account on this machine."""
    return Account("", "localhost", port, security, user, "a@acme.com", **({"timeout": 5.0} | fields))


def smtp(account: Account, password: str | None = None) -> Smtp:
    """A connection whose owner does not wait before calling again."""
    return Smtp(account, password, pause=lambda _: None)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate for localhost."""
    folder = tmp_path_factory.mktemp("tls")
    key, found = folder / "key.pem", folder / "cert.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    try:
        subprocess.run([*words.split(), "-keyout", str(key), "-out", str(found)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here")
    return key, found


class _Desk:
    taken = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken += 1
        return "250 taken"


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"secret", handled=False)


@pytest.fixture
def secured(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[_Desk, int]]]:
    """Starts servers that speak TLS and want a login; their certificate is trusted."""
    key, found = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(found))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(found, key)
    running: list[Controller] = []

    def start(security: str) -> tuple[_Desk, int]:
        desk, port = _Desk(), free_port()
        if security == "tls":
            controller = Controller(
                desk, hostname="localhost", port=port, ssl_context=context, auth_required=True, auth_require_tls=False,
                authenticator=_authenticated, ready_timeout=30,
            )  # fmt: skip
        else:
            controller = Controller(
                desk, hostname="localhost", port=port, tls_context=context, require_starttls=True, auth_required=True,
                authenticator=_authenticated, ready_timeout=30,
            )  # fmt: skip
        controller.start()
        running.append(controller)
        return desk, port

    yield start
    for controller in running:
        controller.stop()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_encrypted_and_logged_in(secured: Callable[..., tuple[_Desk, int]], security: str) -> None:
    """With the right password a message goes; with a wrong one the server's own words say so, and nobody tries twice."""
    desk, port = secured(security)
    wire = smtp(account(port, security, "me"), "secret")
    wire.ready()
    assert "sent" == wire.deliver("ms_1", "a@acme.com", "b@x.com", MESSAGE).kind
    wire.close()
    assert 1 == desk.taken
    with pytest.raises(NoServer, match="does not let me in: 535") as refused:
        smtp(account(port, security, "me"), "wrong").ready()
    assert refused.value.is_final


@pytest.mark.parametrize(
    ("security", "user", "said"),
    [
        ("starttls", "", "offers no STARTTLS, which smtp.security asks for"),
        ("none", "me", "offers no login, which smtp.user asks for"),
    ],
)
def test_what_a_server_lacks_is_told_with_the_setting_that_asks_for_it(security: str, user: str, said: str) -> None:
    """A server that does neither is not tried again."""
    with MailServer() as server, pytest.raises(NoServer, match=said) as refused:
        smtp(account(server.port, security, user), "secret").ready()
    assert refused.value.is_final


def test_a_certificate_that_nobody_trusts(
    secured: Callable[..., tuple[_Desk, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that the server can't prove who it is, and nothing is sent."""
    desk, port = secured("tls")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NoServer, match="can't prove that it is localhost"):
        smtp(account(port, "tls", "me"), "secret").ready()
    assert 0 == desk.taken


def test_a_server_without_tls_gets_no_password() -> None:
    """Where STARTTLS is wanted and not there, the connection ends before the login."""
    with MailServer() as server, pytest.raises(NoServer, match="STARTTLS"):
        smtp(account(server.port, "starttls", "me"), "secret").ready()


def test_a_dead_server_is_called_three_times() -> None:
    """Then it is given up for this run."""
    pauses: list[float] = []
    with pytest.raises(NoServer, match="connection refused"):
        Smtp(account(port_of_nobody()), None, pauses.append).ready()
    assert 2 == len(pauses)


def test_cut_off_while_sending_is_tried_again() -> None:
    """Of a long message the server can't have the end when the connection breaks before all of it is handed over."""
    with MailServer() as server:
        wire = smtp(account(server.port))
        wire.ready()
        outcome = wire.deliver("ms_1", "a@acme.com", "cut-off@x.com", MESSAGE + b"x" * 70 + b"\r\n" * 20_000_000)
        assert ("retry", True) == (outcome.kind, outcome.is_server)


def test_no_answer_in_time_is_in_doubt() -> None:
    """A server that takes the message and says nothing may have it."""
    with socket.create_server(("localhost", 0)) as listening:
        thread = threading.Thread(target=_mute, args=(listening,), daemon=True)
        thread.start()
        wire = smtp(account(listening.getsockname()[1], timeout=0.2))
        wire.ready()
        outcome = wire.deliver("ms_1", "a@acme.com", "b@x.com", MESSAGE)
        thread.join(10)
    assert ("in_doubt", True) == (outcome.kind, "no answer in time" in outcome.reply)


def _mute(listening: socket.socket) -> None:
    """A server that answers everything but the message."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as stream:
        stream.write(b"220 hello\r\n")
        stream.flush()
        for line in stream:
            if line.strip() == b".":
                stream.read(1)  # until the client has gone
                return
            word = line[:4].upper()
            if word in (b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT", b"HELO"):
                stream.write(b"354 go on\r\n" if word == b"DATA" else b"250 fine\r\n")
                stream.flush()


def test_a_lost_connection_is_made_again() -> None:
    """A kept connection that the server has closed meanwhile is noticed before the next message."""
    with MailServer() as server:
        wire = smtp(account(server.port))
        wire.ready()
        assert wire._connection is not None
        assert wire._connection.sock is not None
        wire._connection.sock.shutdown(socket.SHUT_RDWR)
        wire._used_at = -1000.0
        wire.ready()
        assert "sent" == wire.deliver("ms_1", "a@acme.com", "b@x.com", MESSAGE).kind
        assert 2 == server.desk.connections


@pytest.mark.parametrize(
    ("host", "port", "security"),
    [
        ("localhost", None, "none"),
        ("127.0.0.1", 2525, "none"),
        ("mail.acme.com", None, "starttls"),
        ("mail.acme.com", 465, "tls"),
    ],
)
def test_how_a_server_is_spoken_to(host: str, port: int | None, security: str) -> None:
    """In the clear only on this machine."""
    assert security == usual_security(host, port)
    assert {"none": 25, "starttls": 587, "tls": 465}[security] == usual_port(security)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("jane@x.com", "jane@x.com"),
        ("m@пример.рф", "m@xn--e1afmkfd.xn--p1ai"),
        ("юра@x.com", "юра@x.com"),
        ("a@bücher.de", "a@xn--bcher-kva.de"),
    ],
)
def test_addresses_on_the_wire(address: str, wire: str) -> None:
    """Domains go as punycode."""
    assert wire == wire_address(address)


def test_a_folder_in_place_of_a_server(tmp_path: Path) -> None:
    """Each message is a whole file for its owner alone; the folder is made; writing it twice leaves one."""
    folder = Folder(tmp_path / "out" / "box")
    folder.ready()
    for _ in range(2):
        assert "sent" == folder.finish("ms_01AB", "n+b-1@acme.com", "b@x.com", MESSAGE).kind
    (path,) = folder.path.iterdir()
    assert ("ms_01ab.eml", 0o600, 0o700) == (path.name, path.stat().st_mode & 0o777, folder.path.stat().st_mode & 0o777)
    assert b"Return-Path: <n+b-1@acme.com>\r\n" + MESSAGE == path.read_bytes()
    (tmp_path / "gone").write_text("a file")
    outcome = Folder(tmp_path / "gone").finish("ms_2", "a@acme.com", "b@x.com", MESSAGE)
    assert ("retry", True) == (outcome.kind, outcome.is_server)


def test_an_address_that_is_no_address() -> None:
    """It fails by itself, adds no command, and the next message goes over the same connection."""
    with MailServer() as server:
        wire = smtp(account(server.port))
        wire.ready()
        for address in ("a@x.com>\r\nRCPT TO:<b@x.com", "\ud800@x.com"):
            assert "failed" == wire.deliver("ms_1", "a@acme.com", address, MESSAGE).kind
            wire.ready()
        assert "sent" == wire.deliver("ms_2", "a@acme.com", "b@x.com", MESSAGE).kind
        assert {"b@x.com": 1} == server.mailboxes
