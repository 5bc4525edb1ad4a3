"""Rows of a file by the batch, read into entries; as bytes where another process reads them."""

from __future__ import annotations

import marshal
import pickle
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS
from crmcli.domain.text import Matched
from crmcli.errors import CrmError
from crmcli.io.table import BadRow, Row
from crmcli.services.importing.rows import Entry, Party
from crmcli.services.importing.summary import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmcli.io.table import Table
    from crmcli.services.importing.fresh import Fresh
    from crmcli.services.importing.rows import Rows
    from crmcli.services.importing.summary import Summary
    from crmcli.store.dialects import Dialect

_MANY = ("emails", "phones", "websites")


class Batch:
    """Rows that are placed together."""

    def __init__(
        self,
        rows: Sequence[Row | BadRow],
        tally: tuple[int, int, list[tuple[int, str]], dict[str, int]],
        entries: Callable[[], list[Entry]],
        new: Callable[[], Fresh | None],
    ) -> None:
        self.rows = rows
        """As they came; none where another process reads them and nobody needs them."""
        self._tally = tally
        self.entries = entries
        """What they say."""
        self.new = new
        """What they say by columns, if that can be told and was wanted."""

    @property
    def line(self) -> int:
        """Where the last row starts."""
        return self._tally[1]

    def count_in(self, summary: Summary) -> None:
        """Add to the tally of the import what became of the rows when they were read."""
        count, _, rejected, notes = self._tally
        summary.read += count
        for line, reason in rejected:
            summary.reject(line, reason)
        for what, times in notes.items():
            summary.notes[what] = summary.notes.get(what, 0) + times


class Reader:
    """Reads rows by the batch; ``tally`` is what its ``rows`` tell their notes to, and is emptied with each batch."""

    def __init__(self, rows: Rows, dialect: Dialect | None, is_new: Callable[[], bool] = lambda: True) -> None:
        """Also by columns, as the ``dialect`` would have them, for as long as rows are new."""
        self._rows = rows
        self._dialect = dialect if rows.noun == "contact" else None
        self._is_new = is_new

    def batches(self, rows: Iterator[Row | BadRow], size: int) -> Iterator[Batch]:
        """All the rows, so many at a time."""
        while some := list(islice(rows, size)):
            yield self._read(some)

    def _read(self, some: list[Row | BadRow]) -> Batch:
        rejected: list[tuple[int, str]] = []
        entries = list(self._entries(some, rejected))
        notes = dict(self._rows.summary.notes)
        self._rows.summary.notes.clear()
        return Batch(some, (len(some), some[-1].line, rejected, notes), lambda: entries, lambda: self._new(entries))

    def _new(self, entries: list[Entry]) -> Fresh | None:
        if self._dialect is None or not entries or not self._is_new():
            return None
        from crmcli.services.importing.fresh import fresh

        return fresh(entries, self._dialect)

    def _entries(self, some: list[Row | BadRow], rejected: list[tuple[int, str]]) -> Iterator[Entry]:
        for row in some:
            if isinstance(row, BadRow):
                rejected.append((row.line, row.reason))
                continue
            try:
                yield self._rows.entry(row)
            except CrmError as error:
                rejected.append((row.line, reason_of(error)))


# -- as bytes


def packed(batch: Batch, table: Table, *, with_rows: bool) -> bytes:
    """A batch, and how far its table is read."""
    entries, new = batch.entries(), batch.new()
    head = (batch._tally, table.position(), dict(table.notes()))  # noqa: SLF001 - its other half
    rows = [_plain_row(row) for row in batch.rows] if with_rows else []
    return marshal.dumps((head, rows, _packed_entries(entries), new and marshal.dumps(tuple(new))))


def unpacked(piece: bytes, table: Table) -> Batch:
    """The batch, its table told how far it is read."""
    (tally, position, notes), rows, entries, new = marshal.loads(piece)  # noqa: S302 - of our own child
    table.position = lambda: position
    table.notes = lambda: notes
    return Batch(
        [BadRow(*row) if type(row[1]) is str else Row(*row) for row in rows],
        tally,
        lambda: _unpacked_entries(entries),
        lambda: _unpacked_new(new) if new else None,
    )


def _unpacked_new(packed: bytes) -> Fresh:
    from crmcli.services.importing.fresh import Fresh

    return Fresh(*marshal.loads(packed))  # noqa: S302 - of our own child


def _plain_row(row: Row | BadRow) -> tuple[Any, ...]:
    if isinstance(row, BadRow):
        return tuple(row)
    return row.line, {name: cell if type(cell) is str else tuple(map(str, cell)) for name, cell in row.cells.items()}


def _packed_entries(entries: list[Entry]) -> bytes:
    try:
        return b"m" + marshal.dumps([_plain_entry(entry) for entry in entries])
    except ValueError:  # days, moments and amounts are more than marshal knows
        return b"p" + pickle.dumps(entries)


def _unpacked_entries(packed: bytes) -> list[Entry]:
    if packed[:1] == b"p":
        found: list[Entry] = pickle.loads(memoryview(packed)[1:])  # noqa: S301 - of our own child
        return found
    return list(map(_whole_entry, marshal.loads(memoryview(packed)[1:])))  # noqa: S302


def _plain_entry(entry: Entry) -> tuple[Any, ...]:
    line, values, usual, custom, parties, *more = entry
    known = {
        name: tuple([(party.noun, party.ref, _plain_values(party.values)) for party in several])
        for name, several in parties.items()
    }
    return (line, _plain_values(values), usual, custom, known, *more)


def _plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(map(tuple, value)) if name in _MANY else tuple(value) if name in NETWORKS else value
        for name, value in values.items()
    }


def _whole_entry(plain: tuple[Any, ...]) -> Entry:
    line, values, usual, custom, parties, *more = plain
    known = {
        name: tuple([Party(noun, ref, _whole_values(given)) for noun, ref, given in several])
        for name, several in parties.items()
    }
    return Entry(line, _whole_values(values), usual, custom, known, *more)


def _whole_values(values: dict[str, Any]) -> dict[str, Any]:
    for name in _MANY:
        if name in values:
            values[name] = tuple([Matched(*each) for each in values[name]])
    for name in NETWORKS:
        if name in values:
            values[name] = Matched(*values[name])
    return values
