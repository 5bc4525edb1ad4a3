"""Text into records of cells: line by line, and a broken record costs its own first line and no more."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.charset import bad_byte

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmcli.io.charset import TextStream

CELL_LIMIT = 10 * 1024 * 1024  # characters
_TOO_LONG = "\ud800"  # stands for a line over the limit; no decoder and no flaw gives it


class Form(NamedTuple):
    """How a file sets off its cells; ``spaced`` means that a space follows each delimiter."""

    delimiter: str
    spaced: bool = False


def split_lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text with their ends: CRLF, LF or CR, and nothing else (a cell may hold U+2028)."""
    open_line: list[str] = []
    for piece in pieces:
        open_line.append(piece)
        if "\n" in piece or "\r" in piece:
            lines = io.StringIO("".join(open_line), newline="").readlines()
            # A CR at the very end may be half of a CRLF.
            open_line = [] if lines[-1].endswith("\n") else [lines.pop()]
            yield from lines
        if sum(map(len, open_line)) > CELL_LIMIT:
            open_line = [_TOO_LONG]
    if rest := "".join(open_line):
        yield rest


class Record(NamedTuple):
    """One record of the file, or the flaw that spoils it; ``runs_on`` if what follows may be its other half."""

    line: int
    cells: list[str]
    flaw: str = ""
    runs_on: bool = False


class Records:
    """Cuts lines into records; a broken record costs its first line, and reading goes on at the next."""

    def __init__(self, lines: Iterator[str], form: Form, text: TextStream, *, before: int) -> None:
        self._lines = lines
        self._form = form
        self._text = text
        self._line = before  # lines that are done with
        self._held: list[str] = []  # lines of the record being read
        self._again: deque[str] = deque()  # lines of a broken record, to be read anew

    def __iter__(self) -> Iterator[Record]:
        csv.field_size_limit(CELL_LIMIT)
        reader = self._reader()
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._broken(str(error))
                reader = self._reader()
                continue
            line = self._line + 1
            flaw = self._flaw()
            self._line += len(self._held)
            self._held.clear()
            yield Record(line, cells, flaw)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._form.delimiter, skipinitialspace=self._form.spaced, strict=True)

    def _feed(self) -> Iterator[str]:
        while line := self._again.popleft() if self._again else next(self._lines, ""):
            self._held.append(line)
            yield line

    def _flaw(self) -> str:
        """What spoils the characters of the record being read, if anything does."""
        for line in self._held:
            if "\0" in line:
                return "it holds a NUL byte"
            if not line.isascii():
                byte = bad_byte(line)
                if byte is not None:
                    return f"byte 0x{byte:02X} is not {self._text.encoding} text"
                if _TOO_LONG in line:
                    return "the line is longer than 10 million characters"
        return ""

    def _broken(self, error: str) -> Record:
        """The record that csv gave up on, told by its first line; the others are put back."""
        self._line += 1
        first, *rest = self._held
        self._held.clear()
        self._again.extendleft(reversed(rest))
        if rest or "end of data" in error:
            return Record(self._line, [], "a quote that opens here is not closed rightly", runs_on=True)
        if "limit" in error:
            return Record(self._line, [], "a cell is longer than 10 million characters")
        return Record(self._line, [], f"text stands after a closing quote: {_excerpt(first, self._form.delimiter)}")


def _excerpt(line: str, delimiter: str) -> str:
    found = re.search(f'"[^"{re.escape(delimiter)}\r\n]', line)
    start = found.start() if found else 0
    return line[max(0, start - 12) : start + 12].strip()
