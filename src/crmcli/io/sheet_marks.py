"""What an XLSX file says of its cells and python-calamine does not pass on: error values, and padding with zeros."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import UsageError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

_PIECE = 1024 * 1024
_LARGEST = 2 * 1024**3  # bytes that the parts of a workbook may unpack to
_MOST_CELLS = 100_000_000  # from the first to the last, empty ones too: they are all held in memory
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\b\w+:id=[\"']([^\"']+)")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_ATTRIBUTE = re.compile(rb"\b([\w:]+)=[\"']([^\"']*)")
_PADDED = re.compile(rb"(?:\[[^\]]*\])?(0{2,20})(?:;.*)?")
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^>]*\bt=[\"']e[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


class Marks(NamedTuple):
    """The marks of one sheet: how many cells hold an error, and where numbers are shown with so many digits."""

    errors: int = 0
    padded: Mapping[int, list[tuple[int, int, int]]] = MappingProxyType(
        {}
    )  # by column, from 0: first row, last row, digits

    def digits(self, row: int, column: int) -> int:
        """The digits that a number there is shown with at least; rows and columns count from 0."""
        runs = self.padded.get(column, ())
        return next((digits for first, last, digits in runs if first <= row <= last), 0)


def marks_of(file: BinaryIO, number: int, name: str) -> Marks:
    """The marks of the sheet with that number, from 0; none where the file is no XLSX or says nothing.

    Raises UsageError for a workbook whose parts unpack to more than memory should hold.
    """
    import zipfile
    import zlib

    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                raise UsageError(f"{name} unpacks to more than 2 GB", hint="save the sheet as CSV and try again")
            part = _part(archive, number)
            return _scan(archive, part, _padding(archive), name) if part else Marks()
    except (
        zipfile.BadZipFile,
        LookupError,
        NotImplementedError,
        ValueError,
        EOFError,
        RuntimeError,
        OSError,
        zlib.error,
    ):
        return Marks()  # what is broken there, calamine will say


def _part(archive: zipfile.ZipFile, number: int) -> str | None:
    """The name of the part that holds the sheet."""
    if "xl/workbook.xml" not in archive.namelist():
        return None
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    relations = map(_attributes, _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")))
    target = next((r[b"Target"].decode() for r in relations if r.get(b"Id") == sheets[number : number + 1][0]), "")
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(tag))


def _padding(archive: zipfile.ZipFile) -> dict[bytes, int]:
    """The digits of each cell style that pads with zeros, by its number."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = archive.read("xl/styles.xml")
    digits = {}
    for tag in map(_attributes, _FORMAT.findall(styles)):
        if padded := _PADDED.fullmatch(tag.get(b"formatCode", b"")):
            digits[tag.get(b"numFmtId", b"")] = len(padded[1])
    formats = _CELL_FORMATS.search(styles)
    used = map(_attributes, _CELL_FORMAT.findall(formats[0] if formats else b""))
    ids = [attributes.get(b"numFmtId", b"") for attributes in used]
    return {b"%d" % n: digits[format_id] for n, format_id in enumerate(ids) if format_id in digits}


def _scan(archive: zipfile.ZipFile, part: str, padding: dict[bytes, int], name: str) -> Marks:
    errors, padded = 0, dict[int, list[tuple[int, int, int]]]()
    styled = re.compile(rb"<(?:\w+:)?c\s[^>]*\bs=[\"'](?:%b)[\"'][^>]*>" % b"|".join(padding)) if padding else None
    widest = 0
    for rows in _pieces(archive, part):
        errors += len(_ERROR.findall(rows))
        column, row = _last_place(rows)
        widest = max(widest, column)
        if widest * row > _MOST_CELLS:
            raise UsageError(f"{name} has a cell so far out that {widest * row:,} would have to be held")
        for tag in styled.findall(rows) if styled else ():
            _note_padding(padded, tag, padding)
    return Marks(errors, padded)


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML of a sheet in pieces of whole rows."""
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            rest += piece
            end = rest.rfind(b"</row>")
            end = end if end > 0 else rest.rfind(b"<")
            if end > 0:
                yield rest[:end]
                rest = rest[end:]
    yield rest


def _last_place(rows: bytes) -> tuple[int, int]:
    """The widest column of these rows and the last row, both from 1."""
    widest, last = 0, 0
    for row in rows.split(b"</row>"):
        found = _PLACE.search(row, max(row.rfind(b"<c "), row.rfind(b":c "), 0))
        if found:
            column, last = _column(found[1]) + 1, int(found[2])
            widest = max(widest, column)
    return widest, last


def _note_padding(padded: dict[int, list[tuple[int, int, int]]], tag: bytes, padding: dict[bytes, int]) -> None:
    attributes = _attributes(tag)
    place = _PLACE.search(tag)
    if not place or attributes.get(b"t", b"n") != b"n":
        return
    row, digits = int(place[2]) - 1, padding[attributes[b"s"]]
    runs = padded.setdefault(_column(place[1]), [])
    if runs and runs[-1][1] == row - 1 and runs[-1][2] == digits:
        runs[-1] = (runs[-1][0], row, digits)
    else:
        runs.append((row, row, digits))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
