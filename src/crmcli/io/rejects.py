"""Rejected rows as a file to mend and read again: the input's own columns and text, then the line and the reason.

No guard against spreadsheet formulas bends the cells, since the file is read by an import, and by nothing else.
"""

from __future__ import annotations

import csv
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, TextIO

from crmcli.errors import BadValue, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        return self._file

    def _row(self, cells: Sequence[str]) -> None:
        assert self._file is not None
        csv.writer(self._file, delimiter=self._delimiter).writerow(cells)

    def _unwritten(self, error: OSError) -> StoreError:
        return StoreError(f"can't write {self.path}: {(error.strerror or str(error)).lower()}; nothing was stored")
