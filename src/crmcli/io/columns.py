"""What a header row says of the rows below it: their width, and which column goes by which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.table import BadRow, Row

if TYPE_CHECKING:
    from collections.abc import Sequence


class Columns(NamedTuple):
    """The shape of a table: the names of the columns kept; those dropped have neither title nor values."""

    width: int
    header: list[str]  # the header row as it stands in the file, to know it again further down; [] where there is none
    names: tuple[str, ...]
    kept: tuple[int, ...]
    dropped: tuple[int, ...] = ()


def unnamed_columns(width: int) -> Columns:
    """Columns called A, B, C and so on, for a table without a header row."""
    return Columns(width, [], tuple(map(column_letters, range(width))), tuple(range(width)))


def named_columns(header: list[str], ahead: Sequence[Sequence[str]]) -> Columns:
    """Columns called as the header says; one without a title is dropped if it is empty in the rows ``ahead``."""
    titles = [" ".join(cell.split()) for cell in header]
    used = {n for row in ahead for n, cell in enumerate(row) if cell.strip()}
    kept = tuple(n for n, title in enumerate(titles) if title or n in used)
    dropped = tuple(n for n, title in enumerate(titles) if not title and n not in used)
    return Columns(len(titles), header, _distinct([titles[n] or column_letters(n) for n in kept]), kept, dropped)


def as_row(line: int, cells: list[str], columns: Columns) -> Row | BadRow:
    """The row by the names of its columns; a bad row where a cell that holds something has none."""
    missing = columns.width - len(cells)
    if missing > 0:
        cells.extend([""] * missing)
    elif missing and any(map(str.strip, cells[columns.width :])):
        return BadRow(line, f"it has {len(cells)} cells for {columns.width} columns", tuple(cells))
    if not columns.dropped:
        return Row(line, dict(zip(columns.names, cells, strict=False)))
    for n in columns.dropped:
        if cells[n].strip():
            return BadRow(line, f"column {column_letters(n)} holds a value but has no title", tuple(cells))
    return Row(line, {name: cells[n] for name, n in zip(columns.names, columns.kept, strict=True)})


def column_letters(number: int) -> str:
    """What a spreadsheet calls the column with that number, from 0: A, Z, AA."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _distinct(titles: Sequence[str]) -> tuple[str, ...]:
    """The titles, the second ``Phone`` called ``Phone (2)``."""
    taken = set(titles)
    last: dict[str, int] = {}
    names: list[str] = []
    for title in titles:
        name, number = title, last.get(title, 0) + 1
        while number > 1 and (name := f"{title} ({number})") in taken:
            number += 1
        last[title] = number
        taken.add(name)
        names.append(name)
    return tuple(names)
