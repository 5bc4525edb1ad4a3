"""Cells and lines as spreadsheets wrap them: ``="0123"``, ``'0123``, and whole lines in quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.io.dialect import DELIMITERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What keeps a spreadsheet from taking the noughts off a number.
_CELL = re.compile(r'="([^"]*)"|\'(\+?[\d(][\d\s().\-/]*)')
_LINE = re.compile(r'"((?:[^"\r\n]|"")*)"[ \t]*(\r\n|\r|\n|\Z)')


class Wrapping:
    """Watches the text of a file go by, and takes the wrapping off cells once there may be any."""

    def __init__(self) -> None:
        self.is_seen = False

    def watched(self, pieces: Iterable[str]) -> Iterator[str]:
        """The same text; cells are read after the text that they are in has gone by."""
        for piece in pieces:
            self.is_seen = self.is_seen or "'" in piece or '="' in piece or piece.endswith("=")
            yield piece


def unwrapped(cells: list[str]) -> list[str]:
    """The cells without what a spreadsheet puts around numbers that are to stay text."""
    return [_bare(cell) if cell[:1] in ("=", "'") else cell for cell in cells]


def _bare(cell: str) -> str:
    found = _CELL.fullmatch(cell.strip())
    return cell if found is None else found[1] if found[2] is None else found[2]


def is_quoted_by_line(sample: str) -> bool:
    """Whether each whole line of a sample is one quoted cell that holds the delimiter."""
    lines = [line for line in sample.splitlines() if line.strip()]
    whole = [_LINE.fullmatch(line) for line in lines]
    return len(lines) > 1 and any(all(found and mark in found[1] for found in whole) for mark in DELIMITERS)


def unquoted(block: list[str]) -> list[str]:
    """Lines without the quotes around each as a whole."""
    return [found[1].replace('""', '"') + found[2] if (found := _LINE.fullmatch(line)) else line for line in block]
