"""Which reader a file wants: by what it was said to be, else by its first bytes and its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import BadValue
from crmcli.io.source import Source

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.io.table import Table


class Reading(NamedTuple):
    """How a file is to be read, as far as it was said; None and False leave it to the file."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    sheet: str | None = None  # of a workbook: a name, or a number from 1
    table: str | None = None  # of a database: a table's name
    query: str | None = None  # of a database: a SELECT


class Format(NamedTuple):
    """A kind of file: the function ``module:name`` of this room that reads it, how such files end and how they begin."""

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
    "json": Format("json_records:read", "one array of objects, or an object that holds one", (".json",), (b"[",)),
    "jsonl": Format("json_records:read_lines", "an object a line", (".jsonl", ".ndjson"), (b"{",)),
    "sqlite": Format(
        "database:read", "a table or query of an SQLite file", (".db", ".sqlite", ".sqlite3"), (b"SQLite format 3\0",)
    ),
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
        name = reading.format or recognised(source)
        module, _, function = _known(name).reader.partition(":")
        reader = getattr(import_module(f"crmcli.io.{module}"), function)
        table: Table = reader(source, reading._replace(format=name))
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
    start = source.head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:64].upper()
    ending = source.ending
    for name, format in FORMATS.items():  # noqa: A001
        if any(start.startswith(mark.upper()) for mark in format.begins):
            return name
    return next((name for name, format in FORMATS.items() if ending in format.endings), "csv")  # noqa: A001
