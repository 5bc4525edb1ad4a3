"""The content lines of vCard: properties with parameters, folded, escaped and encoded as each version has it."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.io.charset import guess_encoding, marked_encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_CARD = 32 * 1024 * 1024  # bytes; a card with a large photo in it
_ENDLESS = "the card that begins here has no END:VCARD"
_STARTS_PROPERTY = re.compile(rb"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)?[;:]")
_PIECES = re.compile(r'"[^"]*"|[^;:"]+|[;:]|"')
_NAMED_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "7BIT", "8BIT"})
_CARET = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}  # RFC 6868


class Property(NamedTuple):
    """One property: its name in capitals, its group if it has one, parameters by name in capitals, and the raw value."""

    name: str
    group: str
    params: dict[str, tuple[str, ...]]
    value: str

    def types(self) -> tuple[str, ...]:
        """The TYPE parameter's words in small letters."""
        return tuple(word.lower() for word in self.params.get("TYPE", ()))


class Card(NamedTuple):
    """The raw lines between one BEGIN and its END, and the line of the file it begins on; ``flaw`` if it has no end."""

    line: int
    lines: list[bytes]
    flaw: str = ""


def cards(chunks: Iterable[bytes], head: bytes, encoding: str | None) -> Iterator[Card]:
    """The cards of a stream, one at a time; what lies between them is no card and is passed over."""
    inside: list[bytes] | None = None
    begun = depth = size = 0
    last = b""
    for number, line in enumerate(_lines(_as_bytes_of_ascii(chunks, encoding or marked_encoding(head))), 1):
        word = line.removeprefix(b"\xef\xbb\xbf").strip().upper().replace(b" ", b"")
        if inside is None:
            if word == b"BEGIN:VCARD":
                inside, begun, depth, size = [], number, 1, 0
            continue
        if word == b"BEGIN:VCARD" and not last.startswith(b"AGENT") and line[:1] not in (b" ", b"\t"):
            yield Card(begun, [], _ENDLESS)
            inside, begun, depth, size = [], number, 1, 0
            continue
        last = word or last
        depth += (word == b"BEGIN:VCARD") - (word == b"END:VCARD")
        if not depth:
            yield Card(begun, inside)
            inside = None
        elif depth == 1 and word != b"END:VCARD":  # a card within a card is somebody else's
            inside.append(line)
            size += len(line)
            if size > LONGEST_CARD:
                yield Card(begun, [], "the card is longer than 32 million bytes")
                inside = None
    if inside is not None:
        yield Card(begun, [], _ENDLESS)


def properties(card: Card, encoding: str | None = None) -> Iterator[Property]:
    """The properties of a card, unfolded and decoded; lines that are none are passed over."""
    version = next((line for line in card.lines if line.strip().upper().startswith(b"VERSION:")), b"")
    for raw in _unfolded(card.lines, old=b"2.1" in version):
        found = _property(raw, encoding)
        if found is not None:
            yield found


def split_value(value: str, mark: str, *, old: bool = False) -> list[str]:
    """The components of a value at ``mark`` (``;`` or ``,``), each unescaped."""
    pieces, last = [""], ""
    for c in value:
        if c == mark and last != "\\":
            pieces.append("")
        else:
            pieces[-1] += c
        last = "" if last == "\\" else c
    return [unescaped(piece, old=old) for piece in pieces]


def unescaped(text: str, *, old: bool = False) -> str:
    r"""The text with ``\n``, ``\,``, ``\;``, ``\:`` and ``\\`` as what they stand for; 2.1 escapes marks only."""
    if "\\" not in text:
        return text

    def meant(found: re.Match[str]) -> str:
        after = found[1]
        return "\n" if after in "nN" and not old else after if after in ',;:\\"' else found[0]

    return re.sub(r"\\(.)", meant, text, flags=re.DOTALL)


def _as_bytes_of_ascii(chunks: Iterable[bytes], encoding: str | None) -> Iterator[bytes]:
    """The stream in an encoding in which line ends and names are ASCII: UTF-16 and UTF-32 become UTF-8."""
    if encoding is None or codecs.lookup(encoding).name.replace("-", "")[:5] not in ("utf16", "utf32"):
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")  # noqa: FBT003 - takes no keyword


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines without their ends: CRLF, LF or CR."""
    rest = b""
    for chunk in chunks:
        *lines, rest = re.split(rb"\r\n|\n|\r(?!\Z)", rest + chunk)
        yield from lines
        if len(rest) > LONGEST_CARD:
            rest = b""
    if rest.rstrip(b"\r"):
        yield rest.rstrip(b"\r")


def _unfolded(lines: list[bytes], *, old: bool) -> Iterator[bytes]:
    whole: list[bytes] = []
    for line in lines:
        if whole and (_goes_on(whole, line) or line[:1] in (b" ", b"\t")):
            if _is_soft_broken(whole):
                whole[-1] = whole[-1][:-1]
                whole.append(line)
            else:  # 2.1 folds where a space stands, later versions anywhere
                whole.append(
                    line if old and not _is_base64(whole[0]) else line[1:] if line[:1] in (b" ", b"\t") else line
                )
            continue
        if whole:
            yield b"".join(whole)
        whole = [line] if line.strip() else []
    if whole:
        yield b"".join(whole)


def _goes_on(whole: list[bytes], line: bytes) -> bool:
    """Whether a line without a space before it still belongs to the property: a soft break, or unindented base64."""
    if _is_soft_broken(whole):
        return True
    return bool(line) and _is_base64(whole[0]) and not _STARTS_PROPERTY.match(line)


def _is_soft_broken(whole: list[bytes]) -> bool:
    return whole[-1].endswith(b"=") and b"QUOTED-PRINTABLE" in whole[0].partition(b":")[0].upper()


def _is_base64(first: bytes) -> bool:
    before = first.partition(b":")[0].upper()
    return b"BASE64" in before or b"ENCODING=B" in before


def _property(raw: bytes, encoding: str | None) -> Property | None:
    head, value = _cut(raw)
    if value is None:
        return None
    name, *settings = _settings(head.decode("ascii", "replace"))
    group, _, bare = name.rpartition(".")
    params = _params(settings)
    return Property(bare.upper(), group.lower(), params, _decoded(value, params, encoding))


def _cut(raw: bytes) -> tuple[bytes, bytes | None]:
    """The name with parameters and the value: cut at the first colon that is not in quotes."""
    quoted = False
    for place, byte in enumerate(raw):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x3A and not quoted:
            return raw[:place], raw[place + 1 :]
    head, colon, value = raw.partition(b":")  # a quote that nobody closes
    return head, value if colon else None


def _settings(head: str) -> list[str]:
    found = [""]
    for piece in _PIECES.findall(head):
        if piece == ";":
            found.append("")
        else:
            found[-1] += piece
    return [each.strip() for each in found]


def _params(settings: list[str]) -> dict[str, tuple[str, ...]]:
    """Parameters by name; the bare words of 2.1 are types or encodings."""
    params: dict[str, tuple[str, ...]] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            name, text = ("ENCODING" if setting.upper() in _NAMED_ENCODINGS else "TYPE"), setting
        values = [
            re.sub(r"\^[nN'^]", lambda found: _CARET[found[0]], part) for part in re.findall(r'"[^"]*"|[^,]+', text)
        ]
        plain = [
            word.strip() for value in values for word in value.strip('"').split("," if name.upper() == "TYPE" else "\0")
        ]
        params[name.upper()] = (*params.get(name.upper(), ()), *filter(None, plain))
    return params


def _decoded(value: bytes, params: dict[str, tuple[str, ...]], encoding: str | None) -> str:
    written = {word.upper() for word in params.get("ENCODING", ())}
    if "QUOTED-PRINTABLE" in written:
        import quopri

        value = quopri.decodestring(value)
    charset = params.get("CHARSET", (encoding or "utf-8",))[0]
    for candidate in (charset, "utf-8"):
        try:
            return value.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    return value.decode(guess_encoding(value), "replace")
