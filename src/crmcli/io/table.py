"""What every reader of tabular files gives: headers at once, then rows one at a time, bad ones too."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self


class Row(NamedTuple):
    """A row that could be read; ``line`` is where it starts in the file (from 1), ``cells`` goes by header.

    A cell is one text, or a tuple of texts (each perhaps Labelled) where the format itself holds several values apart.
    """

    line: int
    cells: dict[str, str | tuple[str, ...]]


class BadRow(NamedTuple):
    """A row that could not be read, and why; ``cells`` as far as it could be cut, else its raw text as the only one."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()


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
        format: str = "csv",  # noqa: A002 - what users call it
        noun: str | None = None,
        targets: Mapping[str, str] | None = None,
        notes: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.headers = headers
        self.rows = rows
        self.size = size
        self.delimiter = delimiter
        self.format = format
        """What the file is, by its name in ``io.opening.FORMATS``."""
        self.noun = noun
        """What its rows are, where the format says: cards are contacts, events are activities."""
        self.targets = targets
        """The field of each header, where the format says; None leaves it to the titles."""
        self.notes = notes
        """What was left out on the way and how often, as far as it was read: ``photos`` 3."""
        self.position = position
        """How many bytes were read so far, for a progress bar."""
        self.close = close
        """Closes the file if it was opened here; a stream that was handed in stays open."""
        self._encoding = encoding
        self.regrouped: Callable[[str], Table] | None = None
        """The same table once more with the members of an object in one cell, where the format has objects."""

    def gather(self, key: str) -> None:
        """Have the members of an object in one cell as JSON, where they have columns; before any row is read."""
        if self.regrouped is None or not any(header.startswith((f"{key}.", "custom.")) for header in self.headers):
            return
        other = self.regrouped(key)
        self.headers = tuple(h for h in other.headers if h == key or h in self.headers)  # some may be left out by now
        self.rows = other.rows
        self.position, self.notes, self._encoding = other.position, other.notes, lambda: other.encoding

    def ahead(self, count: int) -> list[Row | BadRow]:
        """The next rows, which stay to be read."""
        rows = list(islice(self.rows, count))
        self.rows = chain(rows, self.rows)
        return rows

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
