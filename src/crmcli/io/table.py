"""What every reader of tabular files gives: headers at once, then rows one at a time, bad ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self


class Row(NamedTuple):
    """A row that could be read; ``line`` is where it starts in the file (from 1), ``cells`` goes by header."""

    line: int
    cells: dict[str, str]


class BadRow(NamedTuple):
    """A row that could not be read, and why."""

    line: int
    reason: str


class Table:
    """An open file of rows; ``size`` is its length in bytes and ``delimiter`` what parts its cells, where known."""

    def __init__(
        self,
        headers: tuple[str, ...],
        rows: Iterator[Row | BadRow],
        *,
        position: Callable[[], int],
        close: Callable[[], None],
        encoding: Callable[[], str | None],
        size: int | None = None,
        delimiter: str | None = None,
    ) -> None:
        self.headers = headers
        self.rows = rows
        self.size = size
        self.delimiter = delimiter
        self.position = position
        """How many bytes were read so far, for a progress bar."""
        self.close = close
        """Closes the file if it was opened here; a stream that was handed in stays open."""
        self._encoding = encoding

    @property
    def encoding(self) -> str | None:
        """The encoding, as far as it is known by now: a file that is ASCII so far counts as UTF-8."""
        return self._encoding()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
