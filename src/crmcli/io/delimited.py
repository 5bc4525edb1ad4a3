"""CSV, TSV and their kin, read as they come: any delimiter, any line end, row by row in constant memory.

Nothing is lost silently. A row that cannot be read comes out as a BadRow with its line and the reason, and costs no
other row: a quote that is never closed spoils the line it stands on, not the rest of the file.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, UsageError
from crmcli.io.charset import TextStream, told_encoding
from crmcli.io.columns import Columns, as_row, named_columns, unnamed_columns
from crmcli.io.dialect import sniff
from crmcli.io.preamble import LOOKED_AT, header_at
from crmcli.io.records import Flawed, Record, Records, line_blocks
from crmcli.io.source import likeness
from crmcli.io.table import BadRow, Row, Table
from crmcli.io.wrapped import Wrapping, is_quoted_by_line, unquoted, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_DELIMITER_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}
_LOOK_AHEAD = 200  # rows looked at to tell whether a column without a title is empty
_SEPARATOR_LINE = re.compile(r'sep=([^\w"\r\n])(?:\r\n|\r|\n)', re.IGNORECASE)  # Excel's first line, "sep=;"


def read(source: Source, reading: Reading) -> Table:
    """The rows of a delimited file; without a header the columns are called A, B, C and so on.

    Raises UsageError for a file that is empty, unreadable or no text, and BadValue for an unknown delimiter or encoding.
    """
    mark = _known_delimiter(reading.delimiter)
    text = TextStream(source.chunks(), _text_encoding(source, reading.encoding))
    return _table(source, text, mark, header=reading.header)


def _table(origin: Source, text: TextStream, delimiter: str | None, *, header: bool) -> Table:
    pieces = iter(text)
    sample = next(pieces, "")
    told = _SEPARATOR_LINE.match(sample)
    if told:
        sample = sample[told.end() :]
    wrapping = Wrapping()
    blocks = line_blocks(wrapping.watched(chain([sample], pieces)))
    sample = _whole_lines(sample)
    if is_quoted_by_line(sample):
        blocks, sample = map(unquoted, blocks), "".join(unquoted(sample.splitlines(keepends=True)))
    form = sniff(sample, delimiter or (told[1] if told else None))
    records: Iterator[Record | Flawed] = iter(Records(blocks, form, text, before=1 if told else 0))
    start = _start(records, origin.name, header=header)
    notes = {"lines before the header": start.above} if start.above else {}
    records = chain(start.ahead, records)
    if form.quote == '"' and not _are_ours(start.columns.names):
        records = _unwrapped(records, wrapping)
    return Table(
        start.columns.names,
        _rows(records, start.columns, form.quote),
        position=lambda: origin.position,
        close=origin.close,
        encoding=lambda: text.encoding,
        size=origin.size,
        delimiter=form.delimiter,
        notes=lambda: notes,
    )


def _are_ours(names: tuple[str, ...]) -> bool:
    """Whether the columns are those of our own export, whose cells stand as they are to be kept."""
    from crmcli.io.presets import recognised

    preset = recognised(names)
    return preset is not None and preset.exact


def _unwrapped(records: Iterable[Record | Flawed], wrapping: Wrapping) -> Iterator[Record | Flawed]:
    """The records with cells as they were before a spreadsheet wrapped them."""
    for record in records:
        if wrapping.is_seen and not isinstance(record, Flawed):
            yield record[0], unwrapped(record[1])
        else:
            yield record


def _known_delimiter(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    mark = _DELIMITER_WORDS.get(delimiter.lower(), delimiter)
    if len(mark) != 1 or mark in '"\r\n\0':
        raise BadValue("delimiter", f"not one character: {delimiter!r}", hint="try , or ; or tab or |")
    return mark


def _text_encoding(origin: Source, given: str | None) -> str | None:
    """The encoding given or told by the file's mark, None if neither; raises UsageError for a file that is no text."""
    encoding = told_encoding(origin.head, given)
    looks = likeness(origin.head)
    first_line = re.split(rb"[\r\n]", origin.head.lstrip(b"\r\n"), maxsplit=1)[0]
    if not looks and not encoding and b"\0" in first_line:
        looks = "binary data"
    if looks:
        raise UsageError(f"{origin.name} looks like {looks}, not CSV or TSV", hint="save it as CSV and try again")
    return encoding


def _whole_lines(sample: str) -> str:
    """The sample without a last line that may have been cut."""
    end = max(sample.rfind("\n"), sample.rfind("\r"))
    return sample[: end + 1] if end > 0 else sample


class _Start(NamedTuple):
    """Where the rows begin: the shape of the table, what was read on the way and is rows of it, the lines left out."""

    columns: Columns
    ahead: list[Record | Flawed]
    above: int = 0


def _start(records: Iterator[Record | Flawed], name: str, *, header: bool) -> _Start:
    ahead = _opening(records)
    cells = [[] if isinstance(record, Flawed) else record[1] for record in ahead]
    first = next((n for n, row in enumerate(cells) if not _is_blank(row)), None)
    flaws = [record for record in ahead[:first] if isinstance(record, Flawed)]
    if flaws and (header or first is None):
        what = "the header cannot be read: " if header else ""
        raise UsageError(f"{name}, line {flaws[0].line}: {what}{flaws[0].reason}")
    if first is None:
        raise UsageError(f"{name} is empty")
    if not header:
        return _Start(unnamed_columns(len(cells[first])), ahead)
    at = first + (header_at(cells[first : first + LOOKED_AT]) or 0)
    columns = named_columns(cells[at], cells[at + 1 :])
    return _Start(columns, ahead[at + 1 :], _line(ahead[at]) - _line(ahead[0]) if at > first else 0)


def _opening(records: Iterator[Record | Flawed]) -> list[Record | Flawed]:
    """The records up to the first that holds something, and those looked at after it."""
    read: list[Record | Flawed] = []
    for record in records:
        read.append(record)
        if not isinstance(record, Flawed) and not _is_blank(record[1]):
            break
    return read + list(islice(records, _LOOK_AHEAD))


def _line(record: Record | Flawed) -> int:
    return record[0]


def _rows(records: Iterable[Record | Flawed], columns: Columns, quote: str) -> Iterator[Row | BadRow]:
    quoted_from = 0  # line of an unclosed quote, as long as what follows may still be part of it
    names, width = columns.names, columns.width
    header = columns.header if width > 1 else None  # a single column may well hold its own title
    simple = not columns.dropped
    for record in records:
        if isinstance(record, Flawed):
            quoted_from = record.line if record.runs_on else quoted_from
            yield BadRow(record.line, record.reason, record.cells)
            continue
        line, cells = record
        if cells == header:
            continue
        # Nearly every row of nearly every file takes this way.
        if simple and not quoted_from and len(cells) == width and cells[0] and not cells[0].isspace():
            yield Row(line, dict(zip(names, cells)))  # noqa: B905 - they are as many, and asking costs a tenth
        elif _is_blank(cells):
            continue
        elif quoted_from and not _stands_alone(cells, width, quote):
            yield BadRow(line, f"it may belong to the quote that opens on line {quoted_from}", tuple(cells))
        else:
            quoted_from = 0
            yield as_row(line, cells, columns)


def _is_blank(cells: list[str]) -> bool:
    return not any(map(str.strip, cells))


def _stands_alone(cells: list[str], width: int, quote: str) -> bool:
    return len(cells) == width and not any(quote in cell for cell in cells)
