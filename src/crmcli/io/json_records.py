"""JSON and JSON Lines as rows, in two passes: the first finds the records and all their columns, the second reads them.

A pipe and a packed file are copied to the disk for that, so that no key of a late record is lost and memory stays that
of one record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import NotFound, UsageError
from crmcli.io.charset import TextStream, marked_encoding, told_encoding
from crmcli.io.json_cells import flat, is_labelled, names
from crmcli.io.json_stream import Element, Scanner, Unreadable, decode, halved
from crmcli.io.records import flaw_of, legible, line_blocks
from crmcli.io.source import likeness
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.io.json_cells import Cell
    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_MOST_COLUMNS = 5_000

Path = tuple[str, ...]
"""The keys that lead to a list of records."""

_BROKEN: Path = ("\0",)
# Keys under which an empty list means that there are no records.
_WRAPPERS = ("results", "result", "data", "items", "records", "rows", "values", "value", "elements", "entries", "list")


def read(source: Source, reading: Reading) -> Table:
    """The objects of one array, of the one array that an object holds, or the object itself.

    Of several arrays ``reading.table`` or ``reading.sheet`` names the one. Raises UsageError for a file that holds no
    object or several arrays of them.
    """
    if format_of(source) == "jsonl":
        return read_lines(source, reading)
    document = _Document(source, reading)
    columns = _columns(document.elements(), reading.together)
    path = _chosen(columns, source, reading.table or reading.sheet)
    if path is None:
        return _single(document)
    if not columns[path]:
        raise UsageError(f"{source.name} holds no objects, but plain values")
    notes = {"values beside the list of records": document.beside} if document.beside else {}
    chosen = (element for element in document.elements() if element.path in (path, _BROKEN))
    return document.table(tuple(columns[path]), chosen, notes)


def read_lines(source: Source, reading: Reading) -> Table:
    """An object a line; a line that is none is a bad row."""
    document = _Document(source, reading)
    columns = _columns(document.lines(), reading.together).get((), {})
    if not columns:
        first = next((f", line {line}: {why}" for _, line, why, _ in document.lines()), "")
        raise UsageError(f"{source.name} holds no JSON object{first}")
    return document.table(tuple(columns), document.lines(), {})


def format_of(source: Source) -> str:
    """``jsonl`` for a file with an object a line, ``json`` for any other, by its beginning and its name."""
    text = source.head.decode(marked_encoding(source.head) or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    named = "jsonl" if source.ending in (".jsonl", ".ndjson") else "json"
    first, _, rest = text.partition("\n")
    if not text.startswith("{"):
        return "json" if text.startswith("[") else named
    try:
        decode(first)
    except Unreadable:
        return named
    return "jsonl" if rest.strip() else named  # after a whole document nothing may follow


class _Document:
    """A JSON file that can be read more than once."""

    def __init__(self, source: Source, reading: Reading) -> None:
        looks = likeness(source.head)
        if looks and looks != "JSON":
            raise UsageError(f"{source.name} looks like {looks}, not JSON")
        self.source = source
        self.format = reading.format or "json"
        self.together = reading.together
        self.position = 0
        self.beside = 0
        self._given = told_encoding(source.head, reading.encoding)
        self._text = TextStream((), self._given)

    def text(self) -> TextStream:
        """The text from its start."""
        self._text = TextStream(self._chunks(), self._given)
        return self._text

    def elements(self) -> Iterator[Element]:
        """The values of every list of objects; where the text stops being JSON the last one is that error."""
        scanner = Scanner(self.text())
        try:
            yield from scanner.elements()
        except Unreadable as error:
            yield Element(_BROKEN, scanner.line, Unreadable(f"{error}; nothing after it was read"), "")
        self.beside = scanner.beside

    def whole(self) -> Element:
        """The text as one value, or the error that it is."""
        scanner = Scanner(self.text())
        try:
            value, raw = scanner.whole()
        except Unreadable as error:
            return Element(_BROKEN, scanner.line, error, "")
        return Element((), 1, value, raw)

    def lines(self) -> Iterator[Element]:
        """The value of each line that is not blank, or the error that it is."""
        number = 0
        for block in line_blocks(self.text()):
            for line in block:
                number += 1
                if line.strip():
                    yield Element((), number, self._decoded(line), line)

    def table(self, headers: tuple[str, ...], elements: Iterator[Element], notes: dict[str, int]) -> Table:
        """The table of these elements."""
        return Table(
            headers,
            self._rows(headers, elements),
            position=lambda: self.position,
            close=self.source.close,
            encoding=lambda: self._text.encoding,
            size=self.source.file().seek(0, 2),
            format=self.format,
            notes=lambda: notes,
        )

    def _chunks(self) -> Iterator[bytes]:
        self.position = 0
        for chunk in self.source.again():
            self.position += len(chunk)
            yield chunk

    def _decoded(self, line: str) -> object:
        flaw = flaw_of(line, self._text.encoding)
        try:
            return Unreadable(flaw) if flaw else decode(line)
        except Unreadable as error:
            return error

    def _rows(self, headers: tuple[str, ...], elements: Iterator[Element]) -> Iterator[Row | BadRow]:
        empty: dict[str, Cell] = dict.fromkeys(headers, "")
        for element in elements:
            try:
                yield Row(element.line, empty | _cells(element, self._text.encoding, self.together))
            except Unreadable as error:
                yield BadRow(element.line, str(error), legible([element.raw.strip()]))


def _cells(element: Element, encoding: str, together: str | None) -> dict[str, Cell]:
    """The cells of an element; raises Unreadable for what is no object, or no text."""
    if isinstance(element.value, Unreadable):
        raise element.value
    if not isinstance(element.value, dict):
        raise Unreadable("it is not an object")
    flaw = "" if element.raw.isascii() and "\0" not in element.raw else flaw_of(element.raw, encoding)
    cells = flat(element.value, together)
    if not flaw and "\\u" in element.raw:
        flaw = next(filter(None, map(_flaw_of_escapes, cells.values())), "")
    if flaw:
        raise Unreadable(flaw)
    return cells


def _flaw_of_escapes(cell: Cell) -> str:
    """What an escape may have brought into a text that is none: half a character, a NUL."""
    texts = (cell,) if isinstance(cell, str) else cell
    if any("\0" in text for text in texts):
        return "it holds a NUL byte"
    return "it holds half a character" if any(map(halved, texts)) else ""


def _columns(elements: Iterator[Element], together: str | None) -> dict[Path, dict[str, None]]:
    """The names of all cells by list, in the order in which they come; lists of labelled values are no records."""
    columns: dict[Path, dict[str, None]] = {}
    for path, _, value, _ in elements:
        if path == _BROKEN or (path and path not in columns and is_labelled(value)):
            continue
        known = columns.setdefault(path, {})
        if isinstance(value, dict) and not known.keys() >= set(found := names(value, together)):
            known |= dict.fromkeys(found)
        if len(known) > _MOST_COLUMNS:
            raise UsageError(f"the records have more than {_MOST_COLUMNS:,} different keys")
    return columns


def _chosen(columns: dict[Path, dict[str, None]], source: Source, wanted: str | None) -> Path | None:
    """The list whose objects are the records, None where there is none."""
    named = {".".join(path): path for path in columns if path}
    if wanted is not None:
        found = next((path for name, path in named.items() if name.casefold() == wanted.casefold()), None)
        if found is None:
            raise NotFound(f"{source.name} holds no list {wanted!r}", hint=f"it holds {', '.join(named) or 'none'}")
        return found
    if len(columns) > 1:
        raise UsageError(
            f"{source.name} holds several lists of records: {', '.join(named)}", hint="--table NAME chooses one"
        )
    return next(iter(columns), None)


def _single(document: _Document) -> Table:
    """The object of a file that is one record, or no row where its list is empty."""
    element = document.whole()
    value, name = element.value, document.source.name
    if isinstance(value, Unreadable):
        raise UsageError(f"{name}, line {element.line}: {value}")
    if value == [] or (isinstance(value, dict) and any(value.get(key) == [] for key in _WRAPPERS)):
        return document.table((), iter(()), {})
    if not isinstance(value, dict) or not value:
        raise UsageError(f"{name} holds no record")
    return document.table(tuple(dict.fromkeys(names(value, document.together))), iter((element,)), {})
