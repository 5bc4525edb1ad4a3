"""Gives rejected rows back as they came, to be mended and imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.io.rejects import COLUMNS, RejectsFile
from crmcli.io.table import BadRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmcli.io.table import Row, Table

_MENDED = "delete this cell when the row is mended"


class Rejects:
    """The rejected rows of one import, in the order of its file."""

    def __init__(self, path: Path, table: Table) -> None:
        self._file = RejectsFile(path, table.headers, table.delimiter or ",")
        self._again = len(table.headers) - len(self._file.headers)  # columns that an earlier import has put there
        self._reasons: dict[int, str] = {}  # of the batch at hand, by line

    def follow(self, headers: Sequence[str]) -> None:
        """Write rows in these columns, when what the file means has changed which there are."""
        self._file.headers = list(headers)

    def note(self, line: int, reason: str) -> None:
        """A row of the batch at hand is not taken."""
        self._reasons[line] = reason

    def give_back(self, batch: Sequence[Row | BadRow]) -> None:
        """Write the rows of a batch that were rejected."""
        for row in batch if self._reasons else ():
            if (reason := self._reasons.pop(row.line, None)) is None:
                continue
            if isinstance(row, BadRow):
                self._give_back_unread(row, reason)
            else:
                self._file.write(row.line, reason, self._cells(row))

    def go_on(self, line: int) -> None:
        """Leave in place what an earlier part of this import has rejected, up to that line."""
        self._file.go_on(line)

    def keep(self) -> bool:
        """Put the file in its place; False when no row was rejected."""
        return self._file.keep()

    def drop(self) -> None:
        """Leave nothing of it."""
        self._file.drop()

    def _cells(self, row: Row) -> list[str]:
        found = (row.cells.get(header, "") for header in self._file.headers)
        return [cell if isinstance(cell, str) else "; ".join(cell) for cell in found]

    def _give_back_unread(self, row: BadRow, reason: str) -> None:
        """A row that could not be read, in such a way that as it is it can't be read the next time either."""
        width = len(self._file.headers)
        own, beyond = row.cells[:width], row.cells[width + self._again :]
        if not beyond:
            own, beyond = ((), own) if len(own) == 1 else (own, (_MENDED,))
        self._file.write(row.line, reason, own, beyond)


def hide_reject_columns(table: Table) -> None:
    """Leave out the columns in which an earlier import said why it rejected the rows."""
    table.headers = tuple(header for header in table.headers if header not in COLUMNS)
