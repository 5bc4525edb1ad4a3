"""How a file sets off its cells, found in its first lines: the delimiter, the quotes and what escapes them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from crmcli.io.preamble import LOOKED_AT, header_at
from crmcli.io.records import CELL_LIMIT, Form

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'(\A|[,;\t|\r\n])( *)"[^"]*+(?:""[^"]*+)*+" *(?=[,;\t|\r\n]|\Z)')
_ESCAPED = re.compile(r'(\A|[,;\t|\r\n])( *)"[^"\\]*+(?:(?:""|\\.)[^"\\]*+)*+" *(?=[,;\t|\r\n]|\Z)', re.DOTALL)
_APOSTROPHES = re.compile(r"(\A|[,;\t|\r\n])( *)'[^']*+(?:''[^']*+)*+' *(?=[,;\t|\r\n]|\Z)")
_APOSTROPHE_FIRST = re.compile(r"(?:\A|[,;\t|\r\n]) *'")
_EVEN = 0.5  # of the lines are cut as often as the first one, or it is none of the table


def sniff(sample: str, delimiter: str | None) -> Form:
    """The form of a file by its first whole lines; a ``delimiter`` that was told is kept."""
    quote, quoted = '"', _QUOTED
    if _is_apostrophed(sample):
        quote, quoted = "'", _APOSTROPHES
    escaped = quote == '"' and '\\"' in sample and _reads_better_escaped(sample, delimiter)
    quoted = _ESCAPED if escaped else quoted
    chosen = delimiter or _delimiter(sample, quoted.sub(r"\1", sample))
    gaps = [bool(gap) for before, gap in quoted.findall(sample) if before == chosen]
    return Form(chosen, spaced=bool(gaps) and all(gaps) and chosen != " ", quote=quote, escaped=escaped)


def _delimiter(sample: str, bare: str) -> str:
    """What cuts most lines into as many cells as the first; where few agree with it, what shows a header below it."""
    lines = [line for line in io.StringIO(bare, newline="") if line.strip(" \r\n")]
    chosen = max(DELIMITERS, key=lambda mark: _evenness(lines, mark, lines[0].count(mark) if lines else 0))
    count = lines[0].count(chosen) if lines else 0
    if count and _evenness(lines, chosen, count) >= count * _EVEN:
        return chosen
    below = max(DELIMITERS, key=lambda mark: _evenness(lines, mark, _usual(lines, mark)))
    return below if _shows_header(sample, below) else chosen


def _evenness(lines: Sequence[str], mark: str, wanted: int) -> float:
    """How many times a delimiter is wanted in a line, weighed by the share of lines that have it as often."""
    return wanted and wanted * sum(line.count(mark) == wanted for line in lines) / len(lines)


def _usual(lines: Sequence[str], mark: str) -> int:
    from collections import Counter

    counts = Counter(count for line in lines if (count := line.count(mark)))
    return counts.most_common(1)[0][0] if counts else 0


def _shows_header(sample: str, mark: str) -> bool:
    rows = _parsed(sample, delimiter=mark)
    first = next((n for n, row in enumerate(rows) if any(map(str.strip, row))), None)
    return header_at(rows) != first


def _parsed(sample: str, **form: str) -> list[list[str]]:
    """The first rows of the sample, however badly they read."""
    csv.field_size_limit(CELL_LIMIT)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), **form):  # type: ignore[arg-type]
            rows.append(row)
            if len(rows) == LOOKED_AT:
                break
    except csv.Error:
        pass
    return rows


def _is_apostrophed(sample: str) -> bool:
    """Whether each line has cells between apostrophes, and none begins with one that is left open."""
    if "'" not in sample or _QUOTED.search(sample):
        return False
    cells = len(_APOSTROPHES.findall(sample))
    lines = len(_APOSTROPHES.sub(r"\1", sample).splitlines())
    # Cells are found by the delimiter before them, and two neighbours share none: the look-ahead leaves it to the next.
    return cells >= lines > 0 and cells == len(_APOSTROPHE_FIRST.findall(_APOSTROPHES.sub(_only_start, sample)))


def _only_start(found: re.Match[str]) -> str:
    return f"{found[1]}'"


def _reads_better_escaped(sample: str, delimiter: str | None) -> bool:
    """Whether strict reading fails on a backslash as a mere letter, and not on one as what escapes a quote."""
    marks = [delimiter] if delimiter else list(DELIMITERS)
    return any(_breaks(sample, mark, None) and not _breaks(sample, mark, "\\") for mark in marks)


def _breaks(sample: str, delimiter: str, escape: str | None) -> bool:
    """Whether a strict reader gives up on the sample; with escapes, its last cell may be cut."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, escapechar=escape, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return escape is None or "end of data" not in str(error)
    return False
