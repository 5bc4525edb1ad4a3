"""A file beside a store that only one process can hold; the system lets it go when that process ends, however it ends."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING

from crmcli.store.dialects import Held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_NOTE = 200


@contextmanager
def lock_file(store: Path, name: str, note: str) -> Iterator[None]:
    """Hold the name for as long as the ``with`` lasts, and leave no file behind; raises Held, or OSError naming the file."""
    path = store.with_name(f".{store.name}.{blake2b(name.encode(), digest_size=6).hexdigest()}.lock")
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    number = _held(path)
    try:
        os.ftruncate(number, 0)
        os.write(number, note.encode()[:_LONGEST_NOTE])
        yield
    finally:
        _let_go(path, number)


def _held(path: Path) -> int:
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(number):
            note = os.read(number, _LONGEST_NOTE).decode("utf-8", "ignore")
            os.close(number)
            raise Held(note)
        if _is_still(path, number):
            return number
        os.close(number)  # whoever held it has just taken the file away


def _is_still(path: Path, number: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(number))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # a place beyond the note, which the others want to read

    def _lock(number: int) -> bool:
        os.lseek(number, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(number, 0, os.SEEK_SET)
        return True

    def _let_go(path: Path, number: int) -> None:  # noqa: ARG001
        os.close(number)  # the file stays: there, nothing that is open can be taken away
else:
    import fcntl

    def _lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(path: Path, number: int) -> None:
        path.unlink(missing_ok=True)
        os.close(number)
