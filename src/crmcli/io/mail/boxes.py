"""Where messages lie: an mbox of any size, a Maildir, a file or a folder of single messages, packed or not, a pipe."""

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from crmcli.errors import NotFound, UsageError
from crmcli.io.mail.mbox import Gathered, Raw, lines_of, looks_like_header, looks_like_mail, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NO_MAIL = "is no mail"
_WANTED = "give an mbox, a Maildir, an .eml file or a folder of them"
_ENDINGS = frozenset({".eml", ".mbox"})
_DELIVERED = ("new", "cur")  # the folders of a Maildir in which messages lie
_BEGINNING = 16_000
_EARLIEST = 365 * 24 * 3600  # an earlier time of a file is none: archives and copies leave zero
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
# What opening and unpacking may end in.
_BROKEN = (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Box(Protocol):
    """A place that messages are read from.

    ``size`` is in bytes, None where it is not known before; ``others`` counts files that lie there and hold no mail.
    """

    name: str
    size: int | None
    others: int

    def messages(self) -> Iterator[Raw]:
        """The messages, one after the other."""


def open_box(origin: Path | IO[bytes]) -> Box:
    """The box at a path or behind a stream; raises NotFound for a missing one, UsageError for what is no mail."""
    name = str(origin) if isinstance(origin, Path) else Stream.name
    try:
        if not isinstance(origin, Path):
            return Stream(origin)
        if origin.is_dir():
            return Maildir(origin) if _is_maildir(origin) else Folder(origin)
        if not origin.exists():
            raise NotFound(f"no file {origin}")
        return File(origin)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: BaseException) -> UsageError:
    words = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return UsageError(f"cannot read {name}: {words[:1].lower()}{words[1:]}")


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() or all((folder / name).is_dir() for name in ("new", "tmp"))


# -- files and streams


class File:
    """An mbox, a single message, or either packed by gzip or zip."""

    others = 0

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self.size: int | None = path.stat().st_size or None

    def messages(self) -> Iterator[Raw]:
        """The messages in their order."""
        try:
            with self._path.open("rb") as stream:
                filed = _time_of(stream)
                for raw in _refusing(_unpacked(stream, self.name), self.name):
                    yield raw._replace(filed=filed)
        except _BROKEN as error:
            raise _unreadable(self.name, error) from error


class Stream:
    """What a mail program or a mail server hands over on a pipe; all of it is there before the first message is given."""

    name = "standard input"
    size: int | None = None
    others = 0

    def __init__(self, stream: IO[bytes]) -> None:
        from shutil import copyfileobj
        from tempfile import TemporaryFile

        self._kept = TemporaryFile()  # noqa: SIM115 - closed when it was read
        copyfileobj(stream, self._kept)
        if not self._kept.tell():
            raise UsageError(f"{self.name} is empty")
        self._kept.seek(0)

    def messages(self) -> Iterator[Raw]:
        """The messages in their order."""
        try:
            with self._kept as kept:
                yield from _refusing(_unpacked(kept, self.name), self.name)
        except _BROKEN as error:
            raise _unreadable(self.name, error) from error


def _refusing(messages: Iterator[Raw], name: str) -> Iterator[Raw]:
    """The messages; raises UsageError when what was named holds none at all, but something else."""
    for place, raw in enumerate(messages):
        if place == 0 and raw.fault == NO_MAIL and raw.place == name:
            raise UsageError(f"{name} {NO_MAIL}", hint=_WANTED)
        yield raw


def _unpacked(stream: IO[bytes], name: str) -> Iterator[Raw]:
    """The messages of a stream that can seek, whichever way they are packed."""
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(_GZIP):
        with gzip.open(stream) as inside:
            yield from _read(inside, name)  # type: ignore[arg-type]
    elif start == _ZIP:
        with zipfile.ZipFile(stream) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and entry.file_size:
                    with archive.open(entry) as inside:
                        yield from _read(inside, f"{name}/{entry.filename}")
    else:
        yield from _read(stream, name)


def _read(stream: IO[bytes], name: str, arrived: datetime | None = None) -> Iterator[Raw]:
    """The messages of an mbox, or the only one of any other file."""
    lines = lines_of(stream)
    first = next((line for line in lines if line.strip(b"\r\n\xef\xbb\xbf")), b"").removeprefix(b"\xef\xbb\xbf")
    if first.startswith(b"From "):
        yield from split(chain([first], lines), name)
    elif looks_like_header(first):
        message = Gathered(name, arrived)
        for line in chain([first], lines):
            message.add(line)
        yield message.raw()
    elif first:
        yield Raw(b"", name, None, NO_MAIL)


class Kept:
    """Messages from elsewhere, all of them there before the first is given; they lie in a file without a name."""

    size: int | None
    others = 0

    def __init__(self, name: str, messages: Iterable[Raw]) -> None:
        from tempfile import TemporaryFile

        self.name = name
        self._file = TemporaryFile()  # noqa: SIM115 - closed when it was read
        self._kept: list[tuple[int, Raw]] = []
        for raw in messages:
            self._file.write(raw.content)
            self._kept.append((len(raw.content), raw._replace(content=b"")))
        self.size = self._file.tell() or None
        self._file.seek(0)

    def messages(self) -> Iterator[Raw]:
        """The messages in their order."""
        with self._file as file:
            for length, raw in self._kept:
                yield raw._replace(content=file.read(length))


# -- folders


class Maildir:
    """A Maildir: what is new and what was seen, in the order in which it came; nothing in it is moved or marked."""

    others = 0

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._files = sorted(_inside(path / "cur") + _inside(path / "new"), key=lambda file: file.name)
        self.size: int | None = _bytes_of(self._files)

    def messages(self) -> Iterator[Raw]:
        """The messages by time of arrival, which their names begin with."""
        return _each(self._files, lambda file: _arrival(file.name))


class Folder:
    """A folder of single messages or boxes, and of folders of them.

    Where none is named as mail is, whatever begins like mail is taken: mail programs and a part of a Maildir name
    messages by numbers, or not at all.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        named = [file for file in files if file.suffix.lower() in _ENDINGS]
        self._files = named or [file for file in files if _begins_like_mail(file)]
        if not self._files:
            raise UsageError(f"{path} holds no mail", hint=_WANTED)
        self.others = 0 if named else len(files) - len(self._files)
        self.size: int | None = _bytes_of(self._files)

    def messages(self) -> Iterator[Raw]:
        """The messages by the names of their files."""
        return _each(self._files, lambda file: _arrival(file.name) if file.parent.name in _DELIVERED else None)


def _begins_like_mail(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return looks_like_mail(stream.read(_BEGINNING))
    except OSError:  # reading it will tell
        return True


def _inside(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if not file.name.startswith(".")] if folder.is_dir() else []


def _bytes_of(files: Iterable[Path]) -> int | None:
    total = 0
    for file in files:
        try:
            total += file.stat().st_size
        except FileNotFoundError:  # a mail program moved it meanwhile
            continue
    return total or None


def _each(files: Iterable[Path], arrival: Callable[[Path], datetime | None]) -> Iterator[Raw]:
    for file in files:
        try:
            with _there(file).open("rb") as stream:
                filed = _time_of(stream)
                for raw in _read(stream, str(file), arrival(file)):
                    yield raw._replace(filed=filed)
        except OSError as error:
            yield Raw(b"", str(file), None, _unreadable("it", error).message)


def _time_of(stream: IO[bytes]) -> datetime | None:
    seconds = int(os.fstat(stream.fileno()).st_mtime)
    return datetime.fromtimestamp(seconds, UTC) if seconds > _EARLIEST else None


def _there(file: Path) -> Path:
    """Where a message of a Maildir is now: reading it in a mail program renames it and moves it from new to cur."""
    if file.exists() or file.parent.name not in _DELIVERED:
        return file
    unique = file.name.partition(":")[0]
    cur = file.parent.parent / "cur"
    return next((moved for moved in _inside(cur) if moved.name.partition(":")[0] == unique), file)


def _arrival(name: str) -> datetime | None:
    seconds = name.partition(".")[0]
    if not (seconds.isascii() and seconds.isdecimal() and 8 < len(seconds) < 12):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
