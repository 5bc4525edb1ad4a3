"""Which reader a file wants: by what it was said to be, else by its first bytes and its name."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import BadValue
from crmcli.io.charset import marked_encoding
from crmcli.io.source import Source

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.io.table import Table


# How gzip, bzip2, xz and zip files begin; workbooks are zip files too.
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04")
_JSON = re.compile(rb'\[\s*(?:[\[{\]"]|\Z)|\{\s*(?:["}]|\Z)')
_BINARY = ("xlsx", "xls", "ods", "sqlite", "parquet")
_GROUPED = ("json", "jsonl", "xlsx", "xls", "ods")


class Reading(NamedTuple):
    """How a file is to be read, as far as it was said; None and False leave it to the file."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    sheet: str | None = None  # of a workbook: a name, or a number from 1
    table: str | None = None  # of a database: a table's name
    query: str | None = None  # of a database: a SELECT
    together: str | None = None  # the object whose members are to be in one cell
    fixed: str | None = None  # columns of fixed width: NAME:FIRST-LAST,…
    until: date | None = None  # of a calendar: the last day to which recurring events are unrolled


class Format(NamedTuple):
    """A kind of file: the function ``module:name`` of this room that reads it, how such files end and how they begin, in capitals."""

    reader: str
    about: str
    endings: tuple[str, ...]
    begins: tuple[bytes, ...] = ()


FORMATS: dict[str, Format] = {
    "csv": Format(
        "delimited:read", "cells between commas, semicolons, tabs or pipes", (".csv", ".tsv", ".tab", ".psv", ".txt")
    ),
    "xlsx": Format("workbook:read", "a workbook of Excel, also .xlsm and .xlsb", (".xlsx", ".xlsm", ".xlsb")),
    "xls": Format("workbook:read", "an old workbook of Excel", (".xls",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    "ods": Format("workbook:read", "an OpenDocument spreadsheet", (".ods",)),
    "json": Format("json_records:read", "one array of objects, or an object that holds one", (".json",)),
    "jsonl": Format("json_records:read_lines", "an object a line", (".jsonl", ".ndjson")),
    "sqlite": Format(
        "database:read", "a table or query of an SQLite file", (".db", ".sqlite", ".sqlite3"), (b"SQLITE FORMAT 3\0",)
    ),
    "parquet": Format("parquet:read", "typed columns, as of DuckDB and pandas", (".parquet", ".pq"), (b"PAR1\x15",)),
    "vcard": Format("vcard:read", "cards 2.1, 3.0 and 4.0", (".vcf", ".vcard"), (b"BEGIN:VCARD",)),
    "ics": Format("calendar:read", "events and to-dos of iCalendar", (".ics", ".ical", ".ifb"), (b"BEGIN:VCALENDAR",)),
}


def open_table(origin: BinaryIO | Path, reading: Reading = Reading()) -> Table:  # noqa: B008
    """The rows of a file of any format, packed or not.

    Raises NotFound for a missing file, UsageError for one that is empty, unreadable or of no known format, and
    BadValue for a setting that the format does not know.
    """
    source = Source.open(origin)
    try:
        if source.head.startswith(PACKED):
            source, reading = _unpacked(source, reading)
        if reading.fixed is not None:
            from crmcli.io.fixed_width import read

            return read(source, reading)
        name = reading.format or recognised(source)
        module, _, function = _known(name).reader.partition(":")
        reader = getattr(import_module(f"crmcli.io.{module}"), function)
        reading = reading._replace(format=name)
        table: Table = reader(source, reading)
        if name in _GROUPED:
            table.regrouped = lambda key: reader(source, reading._replace(together=key))
    except BaseException:
        source.close()
        raise
    return table


def _known(name: str) -> Format:
    if name in FORMATS:
        return FORMATS[name]
    close = nearest(name, list(FORMATS))
    guess = f"did you mean {close}? " if close else ""
    raise BadValue(
        "format-in", f"{name!r} is not a format that can be read", hint=f"{guess}one of {', '.join(FORMATS)}"
    )


def recognised(source: Source) -> str:
    """The name of the format by the file's first bytes, else by how its name ends, else ``csv``."""
    start = _start(source.head)
    for name, format in FORMATS.items():  # noqa: A001
        if start.upper().startswith(format.begins):
            return name
    if start.startswith(b"PK"):
        from crmcli.io.packed import zipped_workbook

        return zipped_workbook(source) or "csv"
    if _JSON.match(start):
        from crmcli.io.json_records import format_of

        return format_of(source)
    by_name = (name for name, format in FORMATS.items() if source.ending in format.endings)  # noqa: A001
    name = next(by_name, "csv")
    # A workbook or a database is one by its bytes alone: what is called so and is not is mostly a CSV file.
    return "csv" if name in _BINARY else name


def _start(head: bytes) -> bytes:
    """How a file begins, whatever its encoding: its first letters as UTF-8, without marks and blanks."""
    encoding = marked_encoding(head)
    if encoding and not encoding.startswith("utf-8"):
        head = head[:1024].decode(encoding, "ignore").encode(errors="ignore")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:256]


def _unpacked(source: Source, reading: Reading) -> tuple[Source, Reading]:
    from crmcli.io.packed import unpacked

    return unpacked(source, reading)
