"""A folder on an IMAP server, read without leaving a trace: no flag is set, and only what is wanted is fetched."""

from __future__ import annotations

import imaplib
import re
import ssl
from base64 import b64encode
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import StoreUnreachable, UsageError
from crmcli.io.mail.headers import moment
from crmcli.io.mail.mbox import LARGEST, Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    Wanted = Callable[[Sequence[Raw]], Sequence[bool]]

TIMEOUT = 60.0
_SCHEMES = {
    "imap": ("tls", 993),
    "imaps": ("tls", 993),
    "imap+starttls": ("starttls", 143),
    "imap+plain": ("none", 143),
}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_UIDS_AT_ONCE = 50_000  # a longer answer to a search is more than a line may hold
_HEADS_AT_ONCE = 200
_BYTES_AT_ONCE = 20_000_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')


class Server(NamedTuple):
    """A folder of a mail account; ``security`` is tls, starttls or none."""

    host: str
    port: int
    security: str
    user: str
    folder: str

    @property
    def account(self) -> str:
        """The account as it is named to the user."""
        return f"{self.user} at {self.host}"


def is_url(text: str) -> bool:
    """Whether a mailbox is named by the URL of a server rather than by a path."""
    return text.partition("://")[0].lower() in _SCHEMES and "://" in text


def read_url(text: str) -> Server:
    """The folder that a URL names; raises UsageError for one that is incomplete, holds a password or is not safe."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise UsageError(f"the URL of the mailbox can't be read: {error}") from error
    security, usual = _SCHEMES[url.scheme.lower()]
    user, host = unquote(url.username or ""), (url.hostname or "").lower()
    folder = unquote(url.path.strip("/")) or "INBOX"
    if url.password is not None:
        raise UsageError("a password does not belong in the URL", hint="put it into CRM_IMAP_PASSWORD or the keyring")
    if not user or not host:
        raise UsageError(
            "the URL names no user or no server", hint="write it as imap://me@example.com@mail.example.com/INBOX"
        )
    if not (user + host + folder).isprintable():
        raise UsageError("the URL holds control characters")
    if security == "none" and host not in _HERE:
        raise UsageError(f"{host} is another machine, and the password would be sent in the clear", hint="use imap://")
    return Server(host, port or usual, security, user, folder)


def fetch(server: Server, password: str, since: date | None, wanted: Wanted) -> Iterator[Raw]:
    """The messages of a folder that are wanted, which is decided by their headers.

    Raises StoreUnreachable when the server can't be reached, does not know the password or has no such folder.
    """
    with _explained(server):
        connection = _connected(server)
        with connection:
            _log_in(connection, server, password)
            _examine(connection, server)
            for uids in _found(connection, since):
                for start in range(0, len(uids), _HEADS_AT_ONCE):
                    yield from _chosen(connection, uids[start : start + _HEADS_AT_ONCE], server, wanted)
            connection.unselect() if "UNSELECT" in connection.capabilities else connection.close()


@contextmanager
def _explained(server: Server) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        what = f"{server.host} can't prove that it is {server.host}: {error.verify_message}"
        raise StoreUnreachable(what, hint="SSL_CERT_FILE names the certificates to trust") from error
    except ssl.SSLError as error:
        remedy = "imap+starttls:// encrypts an ordinary connection" if server.security == "tls" else None
        raise StoreUnreachable(
            f"{server.host}:{server.port} does not speak TLS: {error.reason}", hint=remedy
        ) from error
    except (OSError, imaplib.IMAP4.error, EOFError) as error:
        raise StoreUnreachable(f"{server.host}:{server.port}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    """What went wrong, on one line and in lower case, without the marks of bytes."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or "the connection was lost"
    line = " ".join(text.removeprefix("b'").removesuffix("'").split())[:200]
    return line[:1].lower() + line[1:]


# -- the session


def _connected(server: Server) -> imaplib.IMAP4:
    secured = ssl.create_default_context()
    if server.security == "tls":
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=secured, timeout=TIMEOUT)
    connection = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT)
    if server.security == "starttls":
        connection.starttls(secured)
    return connection


def _log_in(connection: imaplib.IMAP4, server: Server, password: str) -> None:
    try:
        if (server.user + password).isascii():
            connection.login(_quoted(server.user), password)
        else:
            connection.authenticate("PLAIN", lambda _: f"\0{server.user}\0{password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        what = f"{server.host} does not let {server.user} in: {_said(error)}"
        raise StoreUnreachable(what, hint="check CRM_IMAP_PASSWORD; many servers want an app password") from error


def _examine(connection: imaplib.IMAP4, server: Server) -> None:
    """Open the folder for reading only."""
    answer, _ = connection.select(_quoted(utf7(server.folder)), readonly=True)
    if answer == "OK":
        return
    names = [_folder_in(line) for line in connection.list()[1] if isinstance(line, bytes)]
    known = ", ".join(filter(None, names[:20]))
    raise StoreUnreachable(f"{server.account} has no folder {server.folder}", hint=f"one of {known}" if known else None)


def _folder_in(line: bytes) -> str:
    """The folder's name in a line of a list, where it stands last."""
    text = line.decode("ascii", "replace")
    quoted = re.search(r'"((?:[^"\\]|\\.)*)"\s*$', text)
    return from_utf7(re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text.rpartition(" ")[2])


def _found(connection: imaplib.IMAP4, since: date | None) -> Iterator[list[int]]:
    """The numbers of the messages, a window at a time."""
    _, told = connection.response("UIDNEXT")
    end = int(told[0]) if told and told[0] else _UIDS_AT_ONCE
    condition = [f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"] if since else []
    for start in range(1, max(end, 2), _UIDS_AT_ONCE):
        last = "*" if start + _UIDS_AT_ONCE >= end else str(start + _UIDS_AT_ONCE - 1)
        _, lines = _ok(connection.uid("SEARCH", f"UID {start}:{last}", *condition))
        uids = {int(uid) for line in lines if line for uid in line.split()}
        yield sorted(uid for uid in uids if uid >= start)


def _ok(answer: tuple[str, list[Any]]) -> tuple[str, list[Any]]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(str(answer[1][0] if answer[1] else answer[0]))
    return answer


def _chosen(connection: imaplib.IMAP4, uids: Sequence[int], server: Server, wanted: Wanted) -> Iterator[Raw]:
    """Of these messages the wanted ones, whole."""
    heads = list(_asked(connection, uids, "(UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])", server))
    chosen = [head for head, yes in zip(heads, wanted([raw for _, _, raw in heads]), strict=True) if yes]
    waiting: list[int] = []
    total = 0
    for uid, size, raw in chosen:
        if size > LARGEST:
            yield raw._replace(content=b"", fault=f"is larger than {LARGEST // 1_000_000} MB")
            continue
        if waiting and total + size > _BYTES_AT_ONCE:
            yield from _whole(connection, waiting, server)
            waiting, total = [], 0
        waiting.append(uid)
        total += size
    if waiting:
        yield from _whole(connection, waiting, server)


def _whole(connection: imaplib.IMAP4, uids: Sequence[int], server: Server) -> Iterator[Raw]:
    for _, _, raw in _asked(connection, uids, "(UID INTERNALDATE BODY.PEEK[])", server):
        yield raw


def _asked(
    connection: imaplib.IMAP4, uids: Sequence[int], items: str, server: Server
) -> Iterator[tuple[int, int, Raw]]:
    """Number, size and content of messages; what the server tells of others meanwhile is passed over."""
    if not uids:
        return
    _, answer = _ok(connection.uid("FETCH", ",".join(map(str, uids)), items))
    for place, item in enumerate(answer):
        if not isinstance(item, tuple):
            continue
        rest = answer[place + 1] if place + 1 < len(answer) and isinstance(answer[place + 1], bytes) else b""
        told = item[0] + b" " + rest
        uid, size, arrived = _UID.search(told), _SIZE.search(told), _ARRIVED.search(told)
        if uid is None:
            continue
        at = moment(arrived[1].decode("ascii", "replace").replace("-", " ", 2)) if arrived else None
        raw = Raw(bytes(item[1]), f"{server.folder}, uid {uid[1].decode()}", at)
        yield int(uid[1]), int(size[1]) if size else 0, raw


# -- the spelling of names


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def utf7(name: str) -> str:
    """A folder's name as IMAP writes it: letters outside ASCII in a base64 of its own."""
    parts: list[str] = []
    foreign = ""
    for c in f"{name}\0":
        if " " <= c <= "~" or c == "\0":
            if foreign:
                coded = b64encode(foreign.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
                parts.append(f"&{coded}-")
                foreign = ""
            parts.append("&-" if c == "&" else c)
        else:
            foreign += c
    return "".join(parts)[:-1]


def from_utf7(name: str) -> str:
    """A folder's name as people read it; as it stands when it is not spelled by the rule."""

    def letters(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        with suppress(ValueError):
            return f"+{found[1].replace(',', '/')}-".encode().decode("utf-7")
        return found[0]

    return re.sub(r"&([^-]*)-", letters, name)
