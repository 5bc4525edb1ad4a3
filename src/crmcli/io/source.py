"""Bytes from a file or a pipe: opened with clear errors, and looked at before they are read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

CHUNK = 64 * 1024

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
    (b'{"', "JSON"),
    (b"[{", "JSON"),
)


class Source:
    """A stream that need not seek: ``head`` was read ahead, and comes first from ``chunks``."""

    def __init__(self, stream: BinaryIO, name: str, *, owned: bool) -> None:
        self.name = name
        self.position = 0
        self.size = _remaining(stream)
        self._stream = stream
        self._owned = owned
        self.head = self._read_head()

    @classmethod
    def open(cls, origin: BinaryIO | Path) -> Source:
        """The source at a path or behind a stream.

        Raises NotFound for a missing file, UsageError for one that cannot be read or is empty.
        """
        owned = isinstance(origin, Path)
        stream = _open(origin) if isinstance(origin, Path) else origin
        source = cls(stream, str(origin) if owned else _stream_name(stream), owned=owned)
        if not source.head:
            source.close()
            raise UsageError(f"{source.name} is empty")
        return source

    @property
    def ending(self) -> str:
        """How the file's name ends, in lower case with its dot; empty on a pipe."""
        return Path(self.name).suffix.lower() if self._owned else ""

    def chunks(self) -> Iterator[bytes]:
        """All bytes, the head again first; a file opened here is closed after the last."""
        yield self.head
        while chunk := self._read(CHUNK):
            yield chunk
        self.close()

    def close(self) -> None:
        """Closes the file if it was opened here."""
        if self._owned:
            self._stream.close()

    def _read_head(self) -> bytes:
        """The first bytes, as many as a chunk holds: a raw pipe gives them in drops."""
        head = b""
        while len(head) < CHUNK and (more := self._read(CHUNK - len(head))):
            head += more
        return head

    def _read(self, count: int) -> bytes:
        try:
            chunk = self._stream.read(count) or b""
        except OSError as error:
            self.close()
            raise UsageError(f"cannot read {self.name}: {_reason(error)}") from error
        self.position += len(chunk)
        return chunk


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
