"""Rejected rows as a file to mend and read again: the input's own columns and text, then the line and the reason.

No guard against spreadsheet formulas bends the cells, since the file is read by an import, and by nothing else.
"""

from __future__ import annotations

import csv
import os
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, TextIO

from crmcli.errors import BadValue, StoreError
from crmcli.io.records import CELL_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINE = "reject_line"
REASON = "reject_reason"
COLUMNS = (LINE, REASON)
"""The last two columns, which an import leaves out."""


class RejectsFile:
    """Written beside its place with the first row, and put in its place by ``keep``."""

    def __init__(self, path: Path, headers: Sequence[str], delimiter: str) -> None:
        self.path = path
        self.headers = [header for header in headers if header not in COLUMNS]
        self._delimiter = delimiter
        self._file: TextIO | None = None
        self._beside = ""
        self._goes_on: int | None = None
        if not path.absolute().parent.is_dir():
            raise BadValue("rejects", f"there is no folder {path.absolute().parent}")
        if path.exists() and not path.is_file():
            raise BadValue("rejects", f"{path} is not a file")

    def write(self, line: int, reason: str, cells: Sequence[str], beyond: Sequence[str] = ()) -> None:
        """A row that was rejected; with cells ``beyond`` the last column it is refused until somebody has mended it."""
        try:
            if self._file is None:
                self._file = self._begun()
            padding = [""] * (len(self.headers) - len(cells))
            self._row([*cells, *padding, str(line), reason, *beyond])
        except OSError as error:
            raise self._unwritten(error) from error

    def go_on(self, line: int) -> None:
        """Leave the rows in place that were rejected up to this line of the input, and put further ones behind them."""
        self._goes_on = line

    def keep(self) -> bool:
        """Put the file in its place; False when there is nothing to keep, and then what is there stays."""
        if self._file is None:
            return False
        try:
            self._file.close()
            os.replace(self._beside, self.path)  # noqa: PTH105 - the name beside it is a text
        except OSError as error:
            raise self._unwritten(error) from error
        self._file = None
        return True

    def drop(self) -> None:
        """Take away what was not kept."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                Path(self._beside).unlink()
            self._file = None

    def _begun(self) -> TextIO:
        # A name of its own, readable by its owner alone: rejected rows hold what customers told in confidence.
        number, self._beside = mkstemp(prefix=f".{self.path.name}.", dir=self.path.absolute().parent)
        self._file = os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", newline="")
        self._row([*self.headers, *COLUMNS])
        for cells in self._earlier():
            self._row(cells)
        return self._file

    def _earlier(self) -> Iterator[list[str]]:
        """The rows that are there already and stay."""
        if self._goes_on is None or not self.path.exists():
            return
        csv.field_size_limit(CELL_LIMIT)
        at = len(self.headers)
        with self.path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter=self._delimiter)
            if next(rows, None) == [*self.headers, *COLUMNS]:
                yield from (row for row in rows if _line(row[at : at + 1]) <= self._goes_on)

    def _row(self, cells: Sequence[str]) -> None:
        assert self._file is not None
        csv.writer(self._file, delimiter=self._delimiter).writerow(cells)

    def _unwritten(self, error: OSError) -> StoreError:
        return StoreError(f"can't write {self.path}: {(error.strerror or str(error)).lower()}; nothing was stored")


def _line(cells: Sequence[str]) -> int:
    """The line of the input that a rejected row names; beyond all others where it names none any more."""
    return int(cells[0]) if cells and cells[0].isdecimal() else sys.maxsize
