"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from crmcli.errors import Conflict, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import BinaryIO, Self

PACKED = ".gz"


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """A file to write, private to its owner, that gets its name when all is written; packed when it ends in ``.gz``.

    A device or a pipe is written as it comes. Raises Conflict for a file that is there already unless it may be
    replaced, UsageError where nothing can be written.
    """
    refuse_taken(path, replace=replace)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device, _gathered(device) as file:
                yield file
        else:
            with _in_its_place(path.resolve()) as file:
                yield file
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror or error}", hint=_remedy(path)) from error


def refuse_taken(path: Path, *, replace: bool) -> None:
    """Raise Conflict for a file that is there already, unless it may be replaced."""
    if path.is_file() and not replace:
        raise Conflict(f"{path} is there already", hint="--force replaces it")


def make_folder(path: Path) -> None:
    """A folder, private to its owner where it is new."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"can't make {path}: {error.strerror or error}") from error


@contextmanager
def standard_output(stream: IO[str]) -> Iterator[BinaryIO]:
    """The bytes of standard output."""
    stream.flush()
    with _gathered(cast("IO[bytes]", getattr(stream, "buffer", stream))) as file:
        yield file
    stream.flush()


@contextmanager
def _gathered(target: IO[bytes]) -> Iterator[BinaryIO]:
    """A file that goes into the target when it is whole: some formats go back in what they have written."""
    with tempfile.TemporaryFile() as gathered:
        yield cast("BinaryIO", gathered)
        gathered.seek(0)
        shutil.copyfileobj(gathered, target)


class Archive:
    """A zip file, written a part at a time."""

    def __init__(self, file: BinaryIO, made: datetime) -> None:
        self._bundle = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._made = made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._bundle.close()

    @contextmanager
    def part(self, name: str) -> Iterator[BinaryIO]:
        """One file in the archive."""
        entry = zipfile.ZipInfo(name, self._made.timetuple()[:6])
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self._bundle.open(entry, "w", force_zip64=True) as packed, _gathered(packed) as file:
            yield file


@contextmanager
def _in_its_place(path: Path) -> Iterator[BinaryIO]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with _maybe_packed(file, path) as stream:
                yield stream
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


@contextmanager
def _maybe_packed(file: IO[bytes], path: Path) -> Iterator[BinaryIO]:
    if path.suffix != PACKED:
        yield cast("BinaryIO", file)
        return
    import gzip

    # No time and no name inside, so that the same records give the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        yield cast("BinaryIO", packed)


def _remedy(path: Path) -> str | None:
    return None if path.parent.is_dir() else f"mkdir -p {path.parent}"
