"""JSON text value by value as it comes, in memory for one value: numbers as written, lines counted."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.io.charset import TextStream

VALUE_LIMIT = 32 * 1024 * 1024  # characters
_BLANKS = re.compile(r"[ \t\r\n]*")
_NEARLY = 16  # characters before the end in which a value cut there may fail to read: half an escape, half a word
_HALVES = re.compile("[\ud800-\udfff]")
_DEPTH = 3  # objects around a list of records


class Number(str):
    """A number as it was written: no digit of a long id is lost."""

    __slots__ = ()


class Repeated(dict[str, Any]):
    """An object in which a key comes twice, so that one of its values is lost; ``key`` is that key."""

    key = ""


class Unreadable(Exception):
    """Text that is no JSON, or not the value that belongs there."""


class Element(NamedTuple):
    """A value of a list, as it was written too; ``path`` are the keys that lead to the list."""

    path: tuple[str, ...]
    line: int
    value: Any
    raw: str


def decode(text: str) -> Any:  # noqa: ANN401 - JSON
    """The value of a whole text; raises Unreadable."""
    try:
        value, end = _DECODER.raw_decode(text, _BLANKS.match(text).end())  # type: ignore[union-attr]
    except json.JSONDecodeError as error:
        raise Unreadable(_words(error)) from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    if _BLANKS.match(text, end).end() < len(text):  # type: ignore[union-attr]
        raise Unreadable("more text follows the value")
    return value


def halved(value: str) -> bool:
    """Whether a text holds half a character, which only an escape of one alone can bring about."""
    return not value.isascii() and _HALVES.search(value) is not None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    twice = Repeated(made)
    twice.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return twice


_DECODER = json.JSONDecoder(
    parse_int=Number, parse_float=Number, parse_constant=lambda _: None, object_pairs_hook=_object, strict=False
)


def _words(error: json.JSONDecodeError) -> str:
    return f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"


class Scanner:
    """Walks over JSON text that comes in pieces."""

    def __init__(self, text: TextStream) -> None:
        self.beside = 0  # values of objects around the lists
        self._pieces = iter(text)
        self._buffer = ""
        self._at = 0
        self._line = 1  # where ``_at`` stands

    @property
    def line(self) -> int:
        """The line of the file that is read now."""
        return self._line

    def elements(self) -> Iterator[Element]:
        """The values of every list of objects: of the text itself, or of an object that holds them under its keys.

        Raises Unreadable where the text stops being JSON.
        """
        try:
            yield from self._items(()) if self.peek() == "[" else self._members(())
        except RecursionError as error:
            raise Unreadable("it is nested too deeply") from error
        if self.peek():
            raise Unreadable("more text follows the end of the value")

    def whole(self) -> tuple[Any, str]:
        """The text as one value, and as it is written; raises Unreadable."""
        try:
            found = self._value()
        except RecursionError as error:
            raise Unreadable("it is nested too deeply") from error
        if self.peek():
            raise Unreadable("more text follows the end of the value")
        return found

    def peek(self) -> str:
        """The next character that is not blank, empty at the end."""
        while True:
            end = _BLANKS.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            self._move(end)
            if end < len(self._buffer):
                return self._buffer[end]
            if not self._more(1):
                return ""

    def _items(self, path: tuple[str, ...]) -> Iterator[Element]:
        """The values of the list that begins here, if its first is an object or the list is all there is."""
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        wanted = self.peek() == "{" or not path
        while True:
            self.peek()
            line = self._line
            value, raw = self._value()
            if wanted:
                yield Element(path, line, value, raw)
            if self._follows("]"):
                return

    def _members(self, path: tuple[str, ...]) -> Iterator[Element]:
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            if self.peek() != '"':
                raise Unreadable("not JSON: expecting a key")
            key, _ = self._value()
            self._take(":")
            kind = self.peek()
            inner = (*path, key)
            if kind == "[":
                yield from self._items(inner)
            elif kind == "{" and len(inner) < _DEPTH:
                yield from self._members(inner)
            else:
                self._value()
                self.beside += 1
            if self._follows("}"):
                return

    def _value(self) -> tuple[Any, str]:
        """The value that begins here and how it is written; raises Unreadable."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if not self._may_be_cut(error):
                    raise Unreadable(_words(error)) from error
                if not self._more(len(self._buffer) - self._at):
                    cut = error.pos >= len(self._buffer.rstrip()) or error.msg.startswith("Unterminated")
                    raise Unreadable("the file ends in the middle of a value" if cut else _words(error)) from error
                continue
            if end < len(self._buffer) or not self._more(1):  # a number may go on
                raw = self._buffer[self._at : end]
                self._move(end)
                return value, raw

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._buffer) - _NEARLY

    def _follows(self, end: str) -> bool:
        """Whether the list or object ends here, rather than goes on after a comma."""
        over = self.peek() == end
        self._take(end if over else ",")
        return over

    def _take(self, wanted: str) -> None:
        found = self.peek()
        if found != wanted:
            raise Unreadable(f"not JSON: expecting {wanted}" if found else "the file ends before its JSON does")
        self._move(self._at + 1)

    def _move(self, end: int) -> None:
        self._line += self._buffer.count("\n", self._at, end)
        self._at = end

    def _more(self, wanted: int) -> bool:
        """Read on, so many characters at least; whether there were any."""
        found: list[str] = []
        while wanted > 0 and (piece := next(self._pieces, None)) is not None:
            found.append(piece)
            wanted -= len(piece)
        self._buffer = self._buffer[self._at :] + "".join(found)
        self._at = 0
        if len(self._buffer) > VALUE_LIMIT:
            raise Unreadable(f"a value is longer than {VALUE_LIMIT // 1024**2} million characters")
        return any(found)
