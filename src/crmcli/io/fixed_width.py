"""Columns of fixed width: each cell stands at its own place of the line, as told (``customer:8-11,date:13-20``)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue
from crmcli.io.charset import TextStream, told_encoding
from crmcli.io.records import flaw_of, legible, line_blocks
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_PLACE = re.compile(r"\s*([^:,]+?)\s*:\s*(\d{1,6})\s*(?:-\s*(\d{1,6})?)?\s*")


class Place(NamedTuple):
    """Where a column stands: from the first to the last character, counted from 1, both included; None: to the end."""

    name: str
    first: int
    last: int | None


def places_of(text: str) -> tuple[Place, ...]:
    """The places that are told; raises BadValue for what is none, a name that comes twice, and places that overlap."""
    found: dict[str, Place] = {}
    for part in text.split(","):
        match = _PLACE.fullmatch(part)
        if match is None:
            raise BadValue(
                "fixed", f"{part.strip()!r} is not NAME:FIRST-LAST", hint="customer:8-11,date:13-20,amount:24-31"
            )
        name, first = match[1], int(match[2])
        last = first if "-" not in part.partition(":")[2] else int(match[3]) if match[3] else None
        if first < 1 or (last is not None and last < first):
            raise BadValue("fixed", f"{part.strip()!r}: the first character is 1, and the last not before the first")
        if name in found:
            raise BadValue("fixed", f"{name} comes twice")
        found[name] = Place(name, first, last)
    _refuse_overlaps(list(found.values()))
    return tuple(found.values())


def _refuse_overlaps(places: list[Place]) -> None:
    places = sorted(places, key=lambda place: place.first)
    for one, other in pairwise(places):
        if one.last is None or one.last >= other.first:
            raise BadValue("fixed", f"{one.name} and {other.name} overlap at character {other.first}")


def read(source: Source, reading: Reading) -> Table:
    """The rows of a file whose columns stand where ``reading.fixed`` says; blank lines are none."""
    places = places_of(reading.fixed or "")
    text = TextStream(source.chunks(), told_encoding(source.head, reading.encoding))
    return Table(
        tuple(place.name for place in places),
        _rows(text, places),
        position=lambda: source.position,
        close=source.close,
        encoding=lambda: text.encoding,
        size=source.size,
        format="fixed",
    )


def _rows(text: TextStream, places: tuple[Place, ...]) -> Iterator[Row | BadRow]:
    cuts = [(place.name, slice(place.first - 1, place.last)) for place in places]
    number = 0
    for block in line_blocks(iter(text)):
        for whole in block:
            number += 1
            line = whole.rstrip("\r\n\x1a")  # the last is how DOS ended a file
            flaw = flaw_of(line, text.encoding or "")
            if flaw:
                yield BadRow(number, flaw, legible([line]))
            elif line.strip():
                yield Row(number, {name: line[cut].strip() for name, cut in cuts})
