"""Messages written into a folder instead of being sent: one file each, whole or not there at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmcli.errors import StoreUnreachable
from crmcli.io.mail.smtp import Outcome

if TYPE_CHECKING:
    from pathlib import Path


class Folder:
    """Takes messages like a server, and keeps each as ``UID.eml``, for nobody but its owner to read."""

    source = "outbox"

    def __init__(self, path: Path) -> None:
        self.path = path

    def ready(self) -> None:
        """Make the folder if it is missing; raises StoreUnreachable when it can't be."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnreachable(f"can't make the folder {self.path}: {error.strerror or error}") from error

    def takes(self, address: str) -> bool:  # noqa: ARG002
        """Any address can be written down."""
        return True

    def begin(self, sender: str, to: str) -> None:  # noqa: ARG002
        """Nothing speaks against any address."""
        return

    def abandon(self) -> None:
        """Nothing was written."""

    def finish(self, uid: str, sender: str, to: str, message: bytes) -> Outcome:
        """Write one message; what lies there of an earlier attempt is replaced."""
        path = self.path / f"{uid.lower()}.eml"
        fresh = self.path / f".{uid.lower()}.part"
        try:
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(f"Return-Path: <{sender}>\r\n".encode() + message)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            return Outcome("retry", f"can't write {path.name} for {to}: {error.strerror or error}", is_server=True)
        return Outcome("sent", f"written to {path.name}")

    def close(self) -> None:
        """Nothing is open."""
