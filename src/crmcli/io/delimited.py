"""CSV, TSV and their kin, read as they come: any delimiter, any line end, row by row in constant memory.

Nothing is lost silently. A row that cannot be read comes out as a BadRow with its line and the reason, and costs no
other row: a quote that is never closed spoils the line it stands on, not the rest of the file.
"""

from __future__ import annotations

import io
import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from crmcli.errors import BadValue, UsageError
from crmcli.io.charset import TextStream, known_encoding, marked_encoding
from crmcli.io.columns import Columns, column_letters, named_columns, unnamed_columns
from crmcli.io.records import Form, Record, Records, split_lines
from crmcli.io.source import likeness
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_DELIMITERS = ",;\t|"
_DELIMITER_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}
_LOOK_AHEAD = 200  # rows looked at to tell whether a column without a title is empty
_QUOTED = re.compile(r'(\A|[,;\t|\r\n])( *)"[^"]*+(?:""[^"]*+)*+" *(?=[,;\t|\r\n]|\Z)')
_SEPARATOR_LINE = re.compile(r'sep=([^\w"\r\n])[\r\n]', re.IGNORECASE)  # Excel's first line, "sep=;"


def read(source: Source, reading: Reading) -> Table:
    """The rows of a delimited file; without a header the columns are called A, B, C and so on.

    Raises UsageError for a file that is empty, unreadable or no text, and BadValue for an unknown delimiter or encoding.
    """
    mark = _known_delimiter(reading.delimiter)
    charset = known_encoding(reading.encoding) if reading.encoding else None
    text = TextStream(source.chunks(), _text_encoding(source, charset))
    return _table(source, text, mark, header=reading.header)


def _table(origin: Source, text: TextStream, delimiter: str | None, *, header: bool) -> Table:
    pieces = iter(text)
    sample = next(pieces, "")
    lines = split_lines(chain([sample], pieces))
    told = _SEPARATOR_LINE.match(sample)
    if told:
        next(lines)
        sample = sample[told.end() :]
    form = _sniff(_whole_lines(sample), delimiter or (told[1] if told else None))
    records = iter(Records(lines, form, text, before=1 if told else 0))
    columns, first = _columns(records, origin.name, header=header)
    return Table(
        columns.names,
        _rows(chain(first, records), columns),
        position=lambda: origin.position,
        close=origin.close,
        encoding=lambda: text.encoding,
        size=origin.size,
        delimiter=form.delimiter,
    )


def _known_delimiter(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    mark = _DELIMITER_WORDS.get(delimiter.lower(), delimiter)
    if len(mark) != 1 or mark in '"\r\n\0':
        raise BadValue("delimiter", f"not one character: {delimiter!r}", hint="try , or ; or tab or |")
    return mark


def _text_encoding(origin: Source, given: str | None) -> str | None:
    """The encoding given or told by the file's mark, None if neither; raises UsageError for a file that is no text."""
    encoding = given or marked_encoding(origin.head)
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


def _sniff(sample: str, delimiter: str | None) -> Form:
    """The delimiter that cuts most rows of the sample into as many cells as the header, counted outside quotes."""
    lines = [line for line in io.StringIO(_QUOTED.sub(r"\1", sample), newline="") if line.strip(" \r\n")]
    chosen = delimiter or max(_DELIMITERS, key=lambda mark: _evenness(lines, mark))
    gaps = [bool(gap) for before, gap in _QUOTED.findall(sample) if before == chosen]
    return Form(chosen, spaced=bool(gaps) and all(gaps) and chosen != " ")


def _evenness(lines: Sequence[str], mark: str) -> float:
    """How many times the header is cut by a delimiter, weighed by the share of lines cut as often."""
    wanted = lines[0].count(mark) if lines else 0
    return wanted and wanted * sum(line.count(mark) == wanted for line in lines) / len(lines)


def _columns(records: Iterator[Record], name: str, *, header: bool) -> tuple[Columns, list[Record]]:
    """The shape of the table, and the records read on the way that are rows of it."""
    skipped: list[Record] = []
    for record in records:
        if record.flaw and header:
            raise UsageError(f"{name}, line {record.line}: the header cannot be read: {record.flaw}")
        if record.flaw:
            skipped.append(record)
        elif _is_blank(record):
            continue
        elif header:
            return _headed(record.cells, records)
        else:
            return unnamed_columns(len(record.cells)), [*skipped, record]
    if skipped:
        raise UsageError(f"{name}, line {skipped[0].line}: {skipped[0].flaw}")
    raise UsageError(f"{name} is empty")


def _headed(header: list[str], records: Iterator[Record]) -> tuple[Columns, list[Record]]:
    untitled = not all(map(str.strip, header))
    ahead = list(islice(records, _LOOK_AHEAD)) if untitled else []
    return named_columns(header, [record.cells for record in ahead]), ahead


def _rows(records: Iterable[Record], columns: Columns) -> Iterator[Row | BadRow]:
    quoted_from = 0  # line of an unclosed quote, as long as what follows may still be part of it
    for record in records:
        if record.flaw:
            quoted_from = record.line if record.runs_on else quoted_from
            yield BadRow(record.line, record.flaw)
        elif _is_blank(record) or (record.cells == columns.header and columns.width > 1):
            continue
        elif quoted_from and not _stands_alone(record, columns):
            yield BadRow(record.line, f"it may belong to the quote that opens on line {quoted_from}")
        else:
            quoted_from = 0
            yield _row(record, columns)


def _is_blank(record: Record) -> bool:
    return not any(map(str.strip, record.cells))


def _stands_alone(record: Record, columns: Columns) -> bool:
    return len(record.cells) == columns.width and not any('"' in cell for cell in record.cells)


def _row(record: Record, columns: Columns) -> Row | BadRow:
    cells = record.cells
    missing = columns.width - len(cells)
    if missing > 0:
        cells.extend([""] * missing)
    elif missing and any(map(str.strip, cells[columns.width :])):
        return BadRow(record.line, f"it has {len(cells)} cells for {columns.width} columns")
    if not columns.dropped:
        return Row(record.line, dict(zip(columns.names, cells, strict=False)))
    for n in columns.dropped:
        if cells[n].strip():
            return BadRow(record.line, f"column {column_letters(n)} holds a value but has no title")
    return Row(record.line, {name: cells[n] for name, n in zip(columns.names, columns.kept, strict=True)})
