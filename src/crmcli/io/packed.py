"""Files inside others: gzip, bzip2, xz and zip, unpacked as they are read and never onto the disk under their own name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from crmcli.errors import UsageError
from crmcli.io.source import CHUNK, Source

if TYPE_CHECKING:
    import gzip
    import zipfile
    from typing import IO, BinaryIO

    from crmcli.io.opening import Reading

_DEPTH = 3  # a table in a gzip in a zip is as deep as people go
_STREAMS = {b"\x1f\x8b\x08": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz"}
_BZIP_BLOCK = b"1AY&SY"
_ZIP = b"PK\x03\x04"
_LITTER = (".ds_store", "thumbs.db", "desktop.ini")
_LOCKED = 1  # the bit of a member's flags
_LISTED = 12


def unpacked(source: Source, reading: Reading) -> tuple[Source, Reading]:
    """The file that an archive holds, and how to read it; a file that is not packed comes back as it is.

    Of several files in a zip ``reading.sheet`` names the one. Raises UsageError for an archive that cannot be read, is
    locked, or holds nothing or several files.
    """
    for _ in range(_DEPTH):
        if ending := _packing(source.head):
            source = _unpacking(source, ending)
        elif zipped_workbook(source) or not source.head.startswith(_ZIP):
            break
        else:
            source, reading = _member(source, _archive(source), reading)
    return source, reading


def zipped_workbook(source: Source) -> str | None:
    """The format of a workbook that is itself a zip file, ``xlsx`` or ``ods``; None for anything else."""
    if not source.head.startswith(_ZIP):
        return None
    names = _archive(source).namelist()
    if "[Content_Types].xml" in names:
        return "xlsx"
    return "ods" if "mimetype" in names and "content.xml" in names else None


def _packing(head: bytes) -> str | None:
    """How a packed stream's name ends, by its first bytes."""
    ending = next((ending for mark, ending in _STREAMS.items() if head.startswith(mark)), None)
    return None if ending == ".bz2" and head[4:10] != _BZIP_BLOCK else ending  # a title may begin with BZh


class _Rest:
    """A source as the plain stream that unpackers want: its head again, then the rest."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._head = source.head

    def read(self, count: int = CHUNK) -> bytes:
        if not self._head:
            return self._source.read(count)
        given, self._head = self._head[:count], self._head[count:]
        return given


class _Unpacking:
    """The bytes that a packed stream holds, and what is wrong with it in a user's words."""

    def __init__(self, plain: IO[bytes] | gzip.GzipFile, name: str) -> None:
        self._plain = plain
        self._name = name

    def read(self, count: int) -> bytes:
        try:
            return self._plain.read(count)
        except UsageError:
            raise
        except EOFError as error:
            raise UsageError(f"{self._name} was cut short: its end is missing") from error
        except Exception as error:  # each unpacker has a family of errors of its own
            raise UsageError(f"cannot unpack {self._name}: {error}") from error

    def close(self) -> None:
        self._plain.close()


def _inside(source: Source, plain: IO[bytes] | gzip.GzipFile, name: str) -> Source:
    return Source.inside(source, cast("BinaryIO", _Unpacking(plain, source.name)), name)


def _unpacking(source: Source, ending: str) -> Source:
    """What a packed stream holds, by the module that knows its packing."""
    rest = cast("BinaryIO", _Rest(source))
    name = source.name[: -len(ending)] if source.name.lower().endswith(ending) else source.name
    if ending == ".gz":
        import gzip

        return _inside(source, gzip.GzipFile(fileobj=rest), name)
    if ending == ".bz2":
        import bz2

        return _inside(source, bz2.BZ2File(rest), name)
    import lzma

    return _inside(source, lzma.LZMAFile(rest), name)


def _archive(source: Source) -> zipfile.ZipFile:
    import zipfile

    try:
        return zipfile.ZipFile(source.file())
    except _zip_errors() as error:
        raise UsageError(f"cannot unpack {source.name}: it is broken or cut short") from error


def _member(source: Source, archive: zipfile.ZipFile, reading: Reading) -> tuple[Source, Reading]:
    """The one table of an archive, or the one that was asked for: then the name is no sheet's."""
    files = [member for member in archive.infolist() if _may_be_table(member)]
    named = [member for member in files if reading.sheet and _goes_by(member, reading.sheet)]
    chosen = named or next(filter(None, ([m for m in files if _ending(m) in kind] for kind in _kinds())), files)
    if not chosen:
        raise UsageError(f"{source.name} holds no file")
    if len(chosen) > 1:
        listed = ", ".join(member.filename for member in chosen[:_LISTED]) + (" …" if len(chosen) > _LISTED else "")
        raise UsageError(f"{source.name} holds several files: {listed}", hint="--sheet NAME chooses one")
    if chosen[0].flag_bits & _LOCKED:
        raise UsageError(f"{source.name} is locked with a password", hint="unpack it first")
    try:
        plain = archive.open(chosen[0])
    except _zip_errors() as error:
        raise UsageError(f"cannot unpack {source.name}: {error}") from error
    return _inside(source, plain, chosen[0].filename), reading._replace(sheet=None) if named else reading


def _zip_errors() -> tuple[type[Exception], ...]:
    """What the standard library raises for a zip file that it cannot read."""
    import zipfile

    return (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError)


def _kinds() -> tuple[set[str], ...]:
    """How the names of tables end; what is called .txt is one where there are no others."""
    from crmcli.io.opening import FORMATS

    endings = {ending for format in FORMATS.values() for ending in format.endings}  # noqa: A001
    return (endings | {*_STREAMS.values(), ".zip"}) - {".txt"}, {".txt"}


def _may_be_table(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename.casefold()).parts
    return not member.is_dir() and bool(parts) and parts[0] != "__macosx" and parts[-1] not in _LITTER


def _ending(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _goes_by(member: zipfile.ZipInfo, name: str) -> bool:
    """Whether a member is called so: by its whole path, its name, or its name without an ending."""
    path = PurePosixPath(member.filename)
    return name.casefold() in (member.filename.casefold(), path.name.casefold(), path.stem.casefold())
