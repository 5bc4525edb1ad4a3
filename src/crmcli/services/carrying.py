"""The whole store as one text of JSON lines, and back: records, links, settings of the users and the whole history.

The first line says what it is, one line a row follows, and a last line says that nothing is missing::

    {"crm": "store", "format": 1, "schema": "0004", "made": "…Z", "rows": {"contact": 2, …}, "numbers": {…}}
    {"table": "contact", "row": {"id": 1, "uid": "ct_…", "name": "Jane", …}}
    {"end": true, "rows": 123, "sha256": "…"}
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from crmcli.domain.records import utc_text
from crmcli.errors import NewerSchema, UsageError
from crmcli.io.opening import Reading
from crmcli.io.packed import unpacked
from crmcli.io.source import Source
from crmcli.store.migrations import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.services.desk import Desk

FORMAT = 1
_CHUNK = 1000  # rows between two notes of progress


class Carrying:
    """The store out and in."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def out(self, advance: Callable[[int], None] = lambda _: None) -> Iterator[str]:
        """The lines of the whole store as it is at one moment; ``advance`` is told how many rows were written."""
        from crmcli.store.transfer import TABLES, contents, rows_of, snapshot

        seal = hashlib.sha256()
        encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
        count = 0

        def sealed(record: dict[str, Any]) -> str:
            line = encode(record) + "\n"
            seal.update(line.encode())
            return line

        with snapshot(self.desk.store) as reader:
            held = contents(reader)
            made = utc_text(self.desk.clock.now())
            head = {"crm": "store", "format": FORMAT, "schema": held.schema, "made": made}
            yield sealed({**head, "rows": held.rows, "numbers": held.numbers})
            for table in TABLES:
                for row in rows_of(reader, table):
                    count += 1
                    yield sealed({"table": table, "row": row})
                    if count % _CHUNK == 0:
                        advance(_CHUNK)
        yield encode({"end": True, "rows": count, "sha256": seal.hexdigest()}) + "\n"

    def take(self, file: Path | BinaryIO, advance: Callable[[int], None] = lambda _: None) -> dict[str, int]:
        """Fill an empty or missing store with what ``out`` wrote; how many rows came into each table.

        Nothing is changed by a file that is not whole.

        Raises NotFound or UsageError for a file that can't be read, NewerSchema for one of a newer program, Conflict
        when the store is in use.
        """
        from crmcli.store.transfer import Misfit, fill

        source, _ = unpacked(Source.open(file), Reading())
        try:
            dump = _Dump(source, advance)
            try:
                fill(self.desk.store, dump.rows(), dump.numbers)
            except Misfit as error:
                raise dump.refused(str(error)) from error
        finally:
            source.close()
        return dump.counted


class _Dump:
    """A file that ``out`` wrote, read line by line and held against its own last line."""

    def __init__(self, source: Source, advance: Callable[[int], None]) -> None:
        self.name = source.name
        self.line = 1
        self.counted: dict[str, int] = {}
        self._advance = advance
        self._seal = hashlib.sha256()
        self._lines = _lines(source)
        self._refuse_other(source.head)
        head = self._parsed(next(self._lines))
        self._refuse_newer(head)
        self.numbers: dict[str, int] = self._numbers(head)

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each row with its table; raises UsageError when the file is cut off or not what was written."""
        for text in self._lines:
            self.line += 1
            seal = self._seal.hexdigest()
            record = self._parsed(text)
            if "end" in record:
                self._refuse_altered(record, seal)
                return
            table, row = record.get("table"), record.get("row")
            if not isinstance(table, str) or not isinstance(row, dict):
                raise self.refused("is no row of a table")
            self.counted[table] = self.counted.get(table, 0) + 1
            yield table, row
            if self.line % _CHUNK == 0:
                self._advance(_CHUNK)
        raise UsageError(f"{self.name} is cut off after line {self.line:,}; nothing was changed")

    def refused(self, reason: str) -> UsageError:
        """The error that says what is wrong with the line read last."""
        return UsageError(f"{self.name}, line {self.line:,}: {reason}; nothing was changed")

    def _refuse_other(self, head: bytes) -> None:
        if not head.startswith(b'{"crm":"store",'):
            hint = f"for records of one kind: crm import contacts {self.name}"
            raise UsageError(f"{self.name} is not what crm export all writes", hint=hint)

    def _refuse_newer(self, head: dict[str, Any]) -> None:
        schema, form = head.get("schema"), head.get("format")
        if not isinstance(schema, str) or not isinstance(form, int):
            raise self.refused("does not say which schema it is of")
        if schema > HEAD or form > FORMAT:
            raise NewerSchema(
                f"{self.name} has schema {schema}, this program knows {HEAD}", hint="install the newer crmcli"
            )

    def _refuse_altered(self, end: dict[str, Any], seal: str) -> None:
        if end.get("rows") != sum(self.counted.values()) or end.get("sha256") != seal:
            raise UsageError(f"{self.name} is damaged: it is not what its last line says; nothing was changed")
        if next(self._lines, None) is not None:
            raise self.refused("is the end, but more follows")

    def _numbers(self, head: dict[str, Any]) -> dict[str, int]:
        numbers = head.get("numbers")
        if not isinstance(numbers, dict) or not all(isinstance(number, int) for number in numbers.values()):
            raise self.refused("does not say the numbers given so far")
        return numbers

    def _parsed(self, text: bytes) -> dict[str, Any]:
        self._seal.update(text)
        try:
            record = json.loads(text)
        except ValueError as error:
            raise self.refused("is no JSON") from error
        if not isinstance(record, dict):
            raise self.refused("is no object")
        return record


def _lines(source: Source) -> Iterator[bytes]:
    """The lines of a file with their ends; the last one may lack it."""
    parts: list[bytes] = []
    for chunk in source.chunks():
        *whole, rest = chunk.split(b"\n")
        for text in whole:
            yield b"".join((*parts, text, b"\n"))
            parts.clear()
        parts.append(rest)
    if last := b"".join(parts):
        yield last
