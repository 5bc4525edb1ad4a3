"""DKIM: a signature by which a server can tell that the message is the domain's own (RFC 6376)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

_SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post", b"list-id",
)  # fmt: skip


class Signer:
    """Signs messages with one key."""

    def __init__(self, key_file: Path, selector: str, domain: str) -> None:
        self._dkim = _library()
        self._selector, self._domain = selector.encode("idna"), domain.encode("idna")
        try:
            self._key = key_file.read_bytes()
        except OSError as error:
            raise Refused(
                f"the DKIM key {key_file} can't be read: {error.strerror or error}", hint="crm config set dkim.key_file"
            ) from error
        try:
            self.signed(b"From: a@example.com\r\n\r\nhello\r\n")
        except Exception as error:  # dkimpy tells a wrong key by whatever its readers raise
            raise Refused(
                f"{key_file} is no private key for DKIM: {' '.join(str(error).split()) or type(error).__name__}",
                hint="openssl genrsa -out KEY 2048",
            ) from error

    def signed(self, message: bytes) -> bytes:
        """The message with its signature before it."""
        line = self._dkim.sign(
            message, self._selector, self._domain, self._key, include_headers=list(_SIGNED),
            canonicalize=(b"relaxed", b"relaxed"),
        )  # fmt: skip
        return bytes(line) + message


def _library() -> Any:  # noqa: ANN401 - it has no types
    from importlib import import_module

    try:
        return import_module("dkim")
    except ImportError as error:
        raise Refused("dkim.key_file is set, but dkimpy is not installed", hint="pip install 'crmcli[dkim]'") from error
