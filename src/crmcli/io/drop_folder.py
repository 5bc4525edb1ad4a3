"""A folder into which others drop files: which of them are whole, and where they go when they were read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import NotFound, StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

DONE, FAILED = "done", "failed"
PARTIAL = (".part", ".tmp", ".crdownload", ".partial", ".download", "~")


class Look(NamedTuple):
    """A file as it was at one moment; one that is still written looks otherwise at the next."""

    inode: int
    size: int
    changed: int  # nanoseconds


def is_unfinished(name: str) -> bool:
    """Whether a file of that name is hidden, or on its way here."""
    return name.startswith(".") or name.lower().endswith(PARTIAL)


class DropFolder:
    """Regular files directly in a folder; links are left alone, and nothing that is moved takes another's place."""

    def __init__(self, path: Path) -> None:
        """Raises NotFound or UsageError for what is no folder, or has something else where read files would go."""
        if not path.exists():
            raise NotFound(f"no folder {path}", hint=f"mkdir {path}")
        if not path.is_dir():
            raise UsageError(f"{path} is not a folder")
        self.path = path.resolve()
        for name in (DONE, FAILED):
            place = self.path / name
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                raise UsageError(f"{place} is not a folder of its own", hint="take it away")

    def look(self) -> tuple[dict[str, Look], list[str]]:
        """What lies there now by name, and the names of what is left alone because it is a link or no file."""
        found, odd = {}, []
        for name in sorted(os.listdir(self.path)):  # noqa: PTH208 - names are wanted
            if is_unfinished(name) or name in (DONE, FAILED):
                continue
            try:
                seen = (self.path / name).lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(seen.st_mode):
                found[name] = Look(seen.st_ino, seen.st_size, seen.st_mtime_ns)
            else:
                odd.append(name)
        return found, odd

    def move(self, name: str, into: str, now: datetime) -> Path:
        """Move a file into ``done`` or ``failed``, and say where it is now; raises StoreError when it can't be moved."""
        place = self.reserved(into, name, now)
        try:
            (self.path / name).replace(place)
        except OSError as error:
            place.unlink(missing_ok=True)
            raise StoreError(f"can't move {self.path / name}: {error.strerror or error}") from error
        return place

    def reserved(self, into: str, name: str, now: datetime) -> Path:
        """A new empty file of that name there, or one with the time before it where the name is taken.

        Raises StoreError where nothing can be written.
        """
        folder = self.path / into
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            return next(place for place in _names(folder, name, now) if _is_made(place))
        except OSError as error:
            raise StoreError(f"can't write to {folder}: {error.strerror or error}") from error


def _is_made(place: Path) -> bool:
    """Make an empty file; False where something of that name is there."""
    try:
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def _names(folder: Path, name: str, now: datetime) -> Iterator[Path]:
    yield folder / name
    stamp = f"{now:%Y%m%dT%H%M%S}"
    yield folder / f"{stamp}-{name}"
    number = 2
    while True:
        yield folder / f"{stamp}-{number}-{name}"
        number += 1
