"""Bytes from a file or a pipe: opened with clear errors, and looked at before they are read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, cast

from crmcli.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

CHUNK = 64 * 1024
COPY_LIMIT = 4 * 1024**3  # bytes of a pipe or packed file, where a format must be read twice
_COPY_IN_MEMORY = 8 * 1024**2

# How a file that is no table begins.
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"BEGIN:VCARD", "a vCard file"),
    (b"BEGIN:VCALENDAR", "a calendar"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML"),
    (b"<table", "a web page"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"PAR1\x15", "Parquet"),
    (b'{"', "JSON"),
    (b"[{", "JSON"),
)


class Source:
    """A stream that need not seek: ``head`` was read ahead, and comes first from ``chunks``."""

    def __init__(self, stream: BinaryIO, name: str, *, owned: bool, packed: Source | None = None) -> None:
        self.name = name
        self._stream = stream
        self._owned = owned
        self._packed = packed
        self._read_so_far = 0
        self._copy: BinaryIO | None = None
        self._size = None if packed else _remaining(stream)
        self.head = self._read_head()
        if not self.head:
            self.close()
            raise UsageError(f"{name} is empty")

    @classmethod
    def open(cls, origin: BinaryIO | Path) -> Source:
        """The source at a path or behind a stream.

        Raises NotFound for a missing file, UsageError for one that cannot be read or is empty.
        """
        owned = isinstance(origin, Path)
        stream = _open(origin) if isinstance(origin, Path) else origin
        return cls(stream, str(origin) if owned else _stream_name(stream), owned=owned)

    @classmethod
    def inside(cls, packed: Source, stream: BinaryIO, name: str) -> Source:
        """What another source holds packed; ``stream`` unpacks it as it is read. Closing it closes both."""
        return cls(stream, name, owned=True, packed=packed)

    @property
    def ending(self) -> str:
        """How the file's name ends, in lower case with its dot; empty on a pipe."""
        return Path(self.name).suffix.lower() if self._owned else ""

    @property
    def size(self) -> int | None:
        """The bytes there are, as they lie on the disk; None on a pipe."""
        return self._packed.size if self._packed else self._size

    @property
    def position(self) -> int:
        """The bytes read so far, as they lie on the disk."""
        return self._packed.position if self._packed else self._read_so_far

    @property
    def path(self) -> Path | None:
        """Where the bytes lie on the disk as they are; None for a pipe and for what was packed."""
        plain = self._owned and not self._packed and self._size is not None
        return Path(self.name) if plain else None

    def chunks(self) -> Iterator[bytes]:
        """All bytes, the head again first; a file opened here is closed after the last."""
        yield self.head
        while chunk := self.read(CHUNK):
            yield chunk
        self.close()

    def read(self, count: int) -> bytes:
        """The next bytes after the head; raises UsageError where they cannot be read."""
        try:
            chunk = self._stream.read(count) or b""
        except (OSError, EOFError) as error:
            self.close()
            raise UsageError(f"cannot read {self.name}: {_reason(error)}") from error
        self._read_so_far += len(chunk)
        return chunk

    def file(self, limit: int = COPY_LIMIT) -> BinaryIO:
        """All bytes as a file that can seek, from its start: the file itself, or a copy that goes when this closes.

        Raises UsageError for a pipe or a packed file that holds more than ``limit`` bytes.
        """
        if self.path:
            file = self._stream
        else:
            file = self._copy = self._copy or self._copied(limit)
        file.seek(0)
        return file

    def on_disk(self) -> tuple[Path, Callable[[], None]]:
        """A path at which all bytes lie, for what opens no streams, and what takes it away again if it is a copy."""
        if self.path:
            return self.path, lambda: None
        import shutil
        import tempfile

        with tempfile.NamedTemporaryFile(prefix="crm-", delete=False) as copy:
            shutil.copyfileobj(self.file(), copy)
        path = Path(copy.name)
        return path, lambda: path.unlink(missing_ok=True)

    def again(self) -> Iterator[bytes]:
        """All bytes from the start, as often as it is asked for."""
        file = self.file()
        while chunk := file.read(CHUNK):
            yield chunk

    def close(self) -> None:
        """Closes the file if it was opened here."""
        if self._copy:
            self._copy.close()
        if self._owned:
            self._stream.close()
        if self._packed:
            self._packed.close()

    def _copied(self, limit: int) -> BinaryIO:
        import tempfile

        copy = tempfile.SpooledTemporaryFile(max_size=_COPY_IN_MEMORY)  # noqa: SIM115 - close() closes it
        copied = copy.write(self.head)
        while chunk := self.read(CHUNK):
            copied += copy.write(chunk)
            if copied > limit:
                copy.close()
                raise UsageError(
                    f"{self.name} holds more than {limit // 1024**2:,} MB", hint="unpack it to a file first"
                )
        return cast("BinaryIO", copy)

    def _read_head(self) -> bytes:
        """The first bytes, as many as a chunk holds: a raw pipe gives them in drops."""
        head = b""
        while len(head) < CHUNK and (more := self.read(CHUNK - len(head))):
            head += more
        return head


def likeness(head: bytes) -> str | None:
    """What a file that is plainly no table looks like, in words, by its first bytes; None if it may be one."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return next((words for mark, words in _SIGNATURES if start[: len(mark)].upper() == mark.upper()), None)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFound(f"no file {path}") from error
    except IsADirectoryError as error:
        raise UsageError(f"{path} is a directory, not a file") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return words[:1].lower() + words[1:]


def _stream_name(stream: BinaryIO) -> str:
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) and name != "<stdin>" else "standard input"


def _remaining(stream: BinaryIO) -> int | None:
    """The bytes still to come, None on a pipe and for a file that does not know its length."""
    try:
        here = stream.tell()
        end = stream.seek(0, io.SEEK_END)
        stream.seek(here)
    except (OSError, ValueError):
        return None
    return end - here or None
