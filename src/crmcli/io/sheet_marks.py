"""What an XLSX file says of its cells and python-calamine does not pass on: errors, padding with zeros, currencies."""

from __future__ import annotations

import re
from bisect import bisect_right
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
_CURRENCY = re.compile(r"\[\$([^\]\-]+)(?:-(\w+))?\]|\"([^\"]+)\"|(?<!\[)([$€£¥₴₽₺₹₩])")
_COUNTRIES = {
    "$": {"409": "USD", "1009": "CAD", "c0c": "CAD", "c09": "AUD", "1409": "NZD", "80a": "MXN", "4809": "SGD"},
    "kr": {"41d": "SEK", "414": "NOK", "814": "NOK", "406": "DKK", "40f": "ISK"},
    "¥": {"804": "CNY", "411": "JPY"},
}
_PADDED = re.compile(rb"(?:\[[^\]]*\])?(0{2,20})(?:;.*)?")
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^>]*\bt=[\"']e[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


class Shown(NamedTuple):
    """How a number is shown: with so many digits at least, or as an amount of a currency."""

    digits: int = 0
    currency: str = ""

    def text(self, number: str) -> str:
        """A number as it is shown: ``007``, ``$12.5``, ``12.5 zł``."""
        if not self.currency:
            return number.zfill(self.digits) if number.isdecimal() else number
        sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
        return f"{sign}{self.currency}{digits}" if len(self.currency) == 1 else f"{number} {self.currency}"


class Marks(NamedTuple):
    """The marks of one sheet: how many cells hold an error, and how numbers are shown."""

    errors: int = 0
    styled: Mapping[int, list[tuple[int, int, Shown]]] = MappingProxyType({})  # by column, from 0: first row, last row

    def shown(self, row: int, column: int) -> Shown | None:
        """How a number there is shown, where that says more than the number; rows and columns count from 0."""
        runs = self.styled.get(column, ())
        at = bisect_right(runs, row, key=lambda run: run[0]) - 1
        return runs[at][2] if at >= 0 and row <= runs[at][1] else None


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
            return _scan(archive, part, _styles(archive), name) if part else Marks()
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


def _styles(archive: zipfile.ZipFile) -> dict[bytes, Shown]:
    """How each cell style that pads with zeros or names a currency shows numbers, by its number."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = archive.read("xl/styles.xml")
    shown = {}
    for tag in map(_attributes, _FORMAT.findall(styles)):
        code = tag.get(b"formatCode", b"")
        if padded := _PADDED.fullmatch(code):
            shown[tag.get(b"numFmtId", b"")] = Shown(len(padded[1]))
        elif currency := _currency(code):
            shown[tag.get(b"numFmtId", b"")] = Shown(currency=currency)
    formats = _CELL_FORMATS.search(styles)
    used = map(_attributes, _CELL_FORMAT.findall(formats[0] if formats else b""))
    ids = [attributes.get(b"numFmtId", b"") for attributes in used]
    return {b"%d" % n: shown[format_id] for n, format_id in enumerate(ids) if format_id in shown}


def _currency(code: bytes) -> str:
    """The currency that a number format names, as a code or sign; a locale's own is none that it names."""
    from html import unescape

    from crmcli.domain.money import CURRENCIES, is_currency_sign

    for found in _CURRENCY.finditer(unescape(code.decode("utf-8", "replace")).split(";")[0]):
        sign, country, *others = found.groups()
        word = next(filter(None, (sign, *others)), "").strip()
        if word.upper() in CURRENCIES or is_currency_sign(word):
            return _COUNTRIES.get(word, {}).get((country or "").lower().lstrip("0"), word)
    return ""


def _scan(archive: zipfile.ZipFile, part: str, styles: dict[bytes, Shown], name: str) -> Marks:
    errors, found = 0, dict[int, list[tuple[int, int, Shown]]]()
    styled = re.compile(rb"<(?:\w+:)?c\s[^>]*\bs=[\"'](?:%b)[\"'][^>]*>" % b"|".join(styles)) if styles else None
    widest = 0
    for rows in _pieces(archive, part):
        errors += len(_ERROR.findall(rows))
        column, row = _last_place(rows)
        widest = max(widest, column)
        if widest * row > _MOST_CELLS:
            raise UsageError(f"{name} has a cell so far out that {widest * row:,} would have to be held")
        for tag in styled.findall(rows) if styled else ():
            _note_style(found, tag, styles)
    return Marks(errors, found)


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


def _note_style(found: dict[int, list[tuple[int, int, Shown]]], tag: bytes, styles: dict[bytes, Shown]) -> None:
    attributes = _attributes(tag)
    place = _PLACE.search(tag)
    if not place or attributes.get(b"t", b"n") != b"n":
        return
    row, shown = int(place[2]) - 1, styles[attributes[b"s"]]
    runs = found.setdefault(_column(place[1]), [])
    if runs and runs[-1][1] == row - 1 and runs[-1][2] == shown:
        runs[-1] = (runs[-1][0], row, shown)
    else:
        runs.append((row, row, shown))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
