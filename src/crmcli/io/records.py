"""Text into records of cells: block by block while all is well, and a broken record costs its own first line and no more."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.charset import bad_byte

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterable, Iterator

    from crmcli.io.charset import TextStream

CELL_LIMIT = 10 * 1024 * 1024  # characters
_TOO_LONG = "\ud800"  # stands for a line over the limit; no decoder and no flaw gives it
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_BACKSLASH = re.compile(r'\\([\\"]?)')


class Form(NamedTuple):
    """How a file sets off its cells: ``spaced`` if a space follows each delimiter, ``escaped`` if a quote after a backslash is text."""

    delimiter: str
    spaced: bool = False
    quote: str = '"'
    escaped: bool = False


class Flawed(NamedTuple):
    """A record that cannot be read, why, and what there is of it; ``runs_on`` if what follows may be its other half."""

    line: int
    reason: str
    cells: tuple[str, ...]
    runs_on: bool = False


Record = tuple[int, list[str]]
"""A record's first line in the file, from 1, and its cells. Plain, because a million of them are made."""


def line_blocks(pieces: Iterable[str]) -> Iterator[list[str]]:
    """The lines of a text with their ends, many at a time: CRLF, LF or CR ends one, U+2028 in a cell does not."""
    open_line: list[str] = []
    for piece in filter(None, pieces):  # a decoder gives nothing for the first half of a character
        # A CR at the end of what came before may be half of a CRLF, or end a line by itself.
        ends = "\n" in piece or "\r" in piece or (bool(open_line) and open_line[-1].endswith("\r"))
        if open_line != [_TOO_LONG] or ends:
            open_line.append(piece)
        if ends:
            lines = io.StringIO("".join(open_line), newline="").readlines()
            open_line = [] if lines[-1].endswith("\n") else [lines.pop()]
            if lines:
                yield lines
        if sum(map(len, open_line)) > CELL_LIMIT:
            open_line = [_TOO_LONG]
    if rest := "".join(open_line):
        yield [rest]


def flaw_of(text: str, encoding: str) -> str:
    """What keeps a text from being one, in words: a NUL, or what was no letter in its encoding; empty if all is well."""
    if "\0" in text:
        return "it holds a NUL byte"
    if text.isascii():
        return ""
    byte = bad_byte(text)
    if byte is not None:
        return f"byte 0x{byte:02X} is not {encoding} text"
    return "the line is longer than 10 million characters" if _TOO_LONG in text else ""


class Records:
    """Cuts lines into records; a broken one costs its first line, and reading goes on at the next."""

    def __init__(self, blocks: Iterator[list[str]], form: Form, text: TextStream, *, before: int = 0) -> None:
        self._blocks = blocks
        self._form = form
        self._text = text
        self._lines: list[str] = []  # of the block being read, as far as it is not done with
        self._sound = True  # whether these hold no flaw
        self._done = before  # lines that are done with

    def __iter__(self) -> Iterator[Record | Flawed]:
        csv.field_size_limit(CELL_LIMIT)
        while self._lines or self._refilled():
            yield from self._easy()
            if self._lines:
                yield self._hard()

    def _refilled(self) -> bool:
        block = next(self._blocks, [])
        self._lines += block
        self._sound = (self._sound or len(block) == len(self._lines)) and not flaw_of("".join(block), "")
        return bool(block)

    def _easy(self) -> Iterator[Record | Flawed]:
        """The records up to the end of the block, or to the first one that is broken or runs over its end."""
        reader = self._reader(iter(self._lines))
        line, done = self._done + 1, 0
        try:
            for cells in reader:
                flaw = "" if self._sound else self._flaw(self._lines[done : reader.line_num])
                yield Flawed(line, flaw, legible(cells)) if flaw else (line, cells)
                done = reader.line_num
                line = self._done + done + 1
        except csv.Error:
            pass
        self._finish(done)

    def _hard(self) -> Record | Flawed:
        """The next record, taking in as many further blocks as it runs on for."""
        reader = self._reader(self._feed())
        line = self._done + 1
        try:
            cells = next(reader)
        except csv.Error as error:
            broken = self._broken(line, str(error), runs_on=reader.line_num > 1)
            self._finish(1)
            return broken
        flaw = "" if self._sound else self._flaw(self._lines[: reader.line_num])
        self._finish(reader.line_num)
        return Flawed(line, flaw, legible(cells)) if flaw else (line, cells)

    def _feed(self) -> Iterator[str]:
        known = 0
        while known < len(self._lines) or self._refilled():
            yield self._lines[known]
            known += 1

    def _finish(self, count: int) -> None:
        del self._lines[:count]
        self._done += count

    def _reader(self, lines: Iterator[str]) -> Reader:
        form = self._form
        return csv.reader(
            map(_with_doubled_backslashes, lines) if form.escaped else lines,
            delimiter=form.delimiter,
            quotechar=form.quote,
            escapechar="\\" if form.escaped else None,
            skipinitialspace=form.spaced,
            strict=True,
        )

    def _flaw(self, lines: list[str]) -> str:
        """What spoils the characters of a record, if anything does."""
        return next(filter(None, (flaw_of(line, self._text.encoding) for line in lines)), "")

    def _broken(self, line: int, error: str, *, runs_on: bool) -> Flawed:
        """What csv gave up on, told by its first line."""
        first = self._lines[0]
        there_is = legible([first.rstrip("\r\n")])
        if runs_on or "end of data" in error:
            return Flawed(line, "a quote that opens here is not closed rightly", there_is, runs_on=True)
        if "limit" in error:
            return Flawed(line, "a cell is longer than 10 million characters", ())
        return Flawed(line, f"text stands after a closing quote: {_excerpt(first, self._form)}", there_is)


def legible(cells: list[str]) -> tuple[str, ...]:
    """The cells of a record that is no text, with a sign in place of each byte that is none."""
    return tuple(_NO_TEXT.sub("\ufffd", cell) for cell in cells)


def _with_doubled_backslashes(line: str) -> str:
    """The line with each backslash doubled that escapes nothing: csv would drop it, and a path is no escape."""
    return _BACKSLASH.sub(lambda found: found[0] if found[1] else "\\\\", line) if "\\" in line else line


def _excerpt(line: str, form: Form) -> str:
    found = re.search(f"{form.quote}[^{form.quote}{re.escape(form.delimiter)}\r\n]", line)
    start = found.start() if found else 0
    return line[max(0, start - 12) : start + 12].strip()
