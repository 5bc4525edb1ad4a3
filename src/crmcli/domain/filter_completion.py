"""What may stand at the cursor of a half-typed filter, and whether what is typed is wrong or only unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import Field, Kind
from crmcli.domain.filter_fields import FILTERED
from crmcli.domain.filter_paths import PathReader
from crmcli.domain.filter_tree import Text
from crmcli.domain.filter_values import MEASURED
from crmcli.domain.filter_words import OPERATORS, Token, filter_error, tokens_of
from crmcli.domain.filters import parse_filter
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, loosened
from crmcli.errors import FilterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmcli.domain.filter_tree import FilterContext, Path

_JOINTS = ("AND", "OR")
_DAYS = (
    "today", "yesterday", "tomorrow", "this week", "this month", "this quarter", "this year", "last 7d", "last 30d",
    "last month", "next 7d", "next month", "-30d", "+7d",
)  # fmt: skip
_VALUES: dict[Kind, tuple[str, ...]] = {
    Kind.DATE: _DAYS, Kind.TIME: _DAYS, Kind.DUE: _DAYS, Kind.USER: ("me",), Kind.MONEY: ("1k", "10k", "100k"),
    Kind.PERCENT: ("10", "50", "90"), Kind.DURATION: ("15m", "30m", "1h"),
}  # fmt: skip
_FILLERS: dict[Kind, str] = {Kind.DURATION: "1h", Kind.DATE: "today", Kind.TIME: "today", Kind.DUE: "today"}
_ORDERED = ("=", "!=", "<", "<=", ">", ">=", "between")
_TEXTUAL = ("=", "!=", "~=", "!~", "^=")
_VALUED = ("value", "low", "high", "list", "which")
_OTHERS = ("in (", "not in (", "is empty", "is not empty")


class Candidate(NamedTuple):
    """Something that may stand at the cursor: as it is inserted, and what is said beside it."""

    text: str
    about: str = ""


class Completions(NamedTuple):
    """What may replace the text from ``start`` to ``end``.

    ``kind`` is what stands there: condition, operator, value, list, joint, which (of a link's records) or beyond (it);
    ``lookup`` names the noun and field whose values the store knows more of, and ``typed`` is what was typed of one,
    without quotes.
    """

    start: int
    end: int
    kind: str
    candidates: tuple[Candidate, ...]
    lookup: tuple[str, str] | None = None  # a noun, and its field or custom.KEY
    typed: str = ""


class _Place(NamedTuple):
    """Where the cursor is: what is wanted there, of which path, and what of it is typed already from ``start`` on."""

    kind: str
    start: int
    typed: str = ""
    path: Path | None = None
    operator: str = ""
    depth: int = 0  # of parentheses that are open
    after_value: bool = False  # whether the words typed may also go on to AND or OR
    spaced: bool = True  # whether a space stands before it


def complete(text: str, cursor: int, noun: str, custom: Mapping[str, frozenset[str]] | None = None) -> Completions:
    """What may stand at the cursor, the beginnings of what is typed there first; never raises."""
    cursor = min(max(cursor, 0), len(text))
    place = _place(text[:cursor], noun, custom or {})
    found = [each for each in _candidates(place, noun, custom or {}) if _fits(each.text, place.typed)]
    found.sort(key=lambda each: not fold(each.text).startswith(fold(place.typed)))
    return Completions(
        place.start, _end_of_word(text, cursor, place), place.kind, tuple(found), _lookup(place), _bare(place.typed)
    )


def first_error(text: str, noun: str, context: FilterContext) -> FilterError | None:
    """What is wrong with a filter that is still being typed; None where its end is merely unfinished."""
    if not text.strip():
        return None
    try:
        parse_filter(text, noun, context)
    except FilterError as error:
        return _error_before_end(text, noun, context, error)
    return None


def as_value(text: str) -> str:
    """A value as it can stand in a filter: in quotes unless it is plain words."""
    words = text.split(" ")
    plain = all(word and all(c.isalnum() or c in "@._-+#/" for c in word) for word in words)
    if plain and not {"and", "or", "is", "not", "in", "between"} & {word.lower() for word in words}:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# -- where the cursor is


def _place(before: str, noun: str, custom: Mapping[str, frozenset[str]]) -> _Place:
    tokens, quote = _tokens(before)
    walk = _Walk(before, noun, custom)
    touching = bool(tokens) and quote is None and tokens[-1].end == len(before) and _goes_on(tokens[-1])
    done = tokens[:-1] if touching else tokens
    for token in done:
        walk.take(token)
    if quote is not None:
        return walk.place(quote, before[quote:])
    if touching:
        return walk.place(tokens[-1].start, before[tokens[-1].start :])
    return walk.place(len(before), "")


def _goes_on(token: Token) -> bool:
    """Whether a word that ends at the cursor may still become another."""
    return token.kind == "word" or (token.kind == "op" and (token.text in "<>" or token.text not in OPERATORS))


def _tokens(before: str) -> tuple[list[Token], int | None]:
    """The whole words, and where a quote begins that is not closed yet."""
    try:
        return [token for token in tokens_of(before) if token.kind != "end"], None
    except FilterError as error:
        start = error.column - 1
        whole, _ = _tokens(before[:start]) if start < len(before) else ([], None)
        return whole, start


class _Walk:
    """Follows the grammar over whole words, forgiving what is wrong: an unknown word counts as what was wanted."""

    def __init__(self, text: str, noun: str, custom: Mapping[str, frozenset[str]]) -> None:
        self._paths = PathReader(text, noun, custom)
        self._wanted = "condition"
        self._path: Path | None = None
        self._operator = ""
        self._depth = 0
        self._value_start: int | None = None
        self._text = text
        self._end = -1  # of the last whole word

    def place(self, start: int, typed: str) -> _Place:
        """The place of what is typed from ``start`` on."""
        goes_on = self._wanted in _VALUED and self._value_start is not None
        first = self._value_start if goes_on and self._value_start is not None else start
        return _Place(
            self._wanted, first, self._text[first:] if goes_on else typed, self._path, self._operator, self._depth, goes_on,
            self._text[:first][-1:].isspace(),
        )  # fmt: skip

    def take(self, token: Token) -> None:
        """One whole word further."""
        getattr(self, f"_take_{self._wanted}")(token)
        self._end = token.end

    def _want(self, wanted: str) -> None:
        self._wanted, self._value_start = wanted, None

    def _take_condition(self, token: Token) -> None:
        if token.kind == "(":
            self._depth += 1
        elif token.kind == "quoted":
            self._want("joint")
        elif token.kind == "word" and token.keyword not in ("not", "and", "or"):
            self._path = self._read(token)
            self._want("operator")

    def _read(self, token: Token) -> Path | None:
        try:
            return self._paths.read(token)
        except FilterError:
            return None

    def _take_which(self, token: Token) -> None:
        if token.kind == ")":
            self._want("beyond")
        elif token.kind == "quoted":
            self._want("closing")
        else:
            self._begin_value(token)

    def _take_closing(self, _token: Token) -> None:
        self._want("beyond")

    def _take_beyond(self, token: Token) -> None:
        if self._path is not None and self._path.field is not None:
            try:
                self._path = self._paths.read_on(self._path, Text("", ""), token)
            except FilterError:
                self._path = None
        self._want("operator")

    def _take_operator(self, token: Token) -> None:
        field = self._path.field if self._path is not None else None
        if token.kind == "(" and token.start == self._end and field is not None and field.kind is Kind.LINK:
            self._want("which")
            return
        self._operator = token.keyword or token.text
        match self._operator:
            case "is":
                self._want("emptiness")
            case "not":
                self._want("in")
            case "in":
                self._want("opening")
            case "between":
                self._want("low")
            case "and" | "or":
                self._want("condition")
            case _:
                self._want("value")

    def _take_emptiness(self, token: Token) -> None:
        if token.keyword != "not":
            self._want("joint")

    def _take_in(self, _token: Token) -> None:
        self._want("opening")

    def _take_opening(self, _token: Token) -> None:
        self._want("list")

    def _take_list(self, token: Token) -> None:
        if token.kind == ")":
            self._want("joint")
        elif token.kind == ",":
            self._value_start = None
        else:
            self._begin_value(token)

    def _take_low(self, token: Token) -> None:
        if token.keyword == "and":
            self._want("high")
        else:
            self._begin_value(token)

    def _take_high(self, token: Token) -> None:
        self._take_value(token)

    def _take_value(self, token: Token) -> None:
        if token.keyword in ("and", "or"):
            self._want("condition")
        elif token.kind == ")":
            self._depth = max(self._depth - 1, 0)
            self._want("joint")
        elif token.kind == "quoted" and self._wanted != "low":
            self._want("joint")
        else:
            self._begin_value(token)

    def _begin_value(self, token: Token) -> None:
        if self._value_start is None:
            self._value_start = token.start

    def _take_joint(self, token: Token) -> None:
        if token.kind == ")":
            self._depth = max(self._depth - 1, 0)
        elif token.keyword in ("and", "or"):
            self._want("condition")


def _end_of_word(text: str, cursor: int, place: _Place) -> int:
    """Where the word under the cursor ends; nothing beyond the cursor is replaced where none begins before it."""
    if place.start == cursor or not text[cursor - 1 : cursor].strip():
        return cursor
    end = cursor
    if text[place.start] in "\"'":
        close = text.find(text[place.start], cursor)
        return close + 1 if close >= 0 else cursor
    stop = " \t\n(),=<>!~^" if text[cursor - 1] not in "=<>!~^" else " \t\n(),\"'"
    while end < len(text) and text[end] not in stop and (text[end] in "=<>!~^") == (text[cursor - 1] in "=<>!~^"):
        end += 1
    return end


# -- what may stand there


def _candidates(place: _Place, noun: str, custom: Mapping[str, frozenset[str]]) -> Iterable[Candidate]:
    match place.kind:
        case "condition":
            yield from _fields(place.typed, noun, custom)
            yield from (Candidate("NOT "), Candidate("("))
        case "operator":
            yield from (Candidate(sign, _SAID.get(sign, "")) for sign in _operators(place.path))
        case "emptiness":
            yield from (Candidate("empty"), Candidate("not empty"))
        case "in":
            yield Candidate("in (")
        case "opening":
            yield Candidate("(")
        case "closing":
            yield Candidate(")")
        case "beyond":
            yield from _beyond(place)
        case "joint":
            space = "" if place.spaced else " "
            yield from (Candidate(space + word) for word in _joints(place))
        case _:
            yield from (values := [Candidate(value) for value in _values(place)])
            begun = fold(place.typed) + " " * place.typed[-1:].isspace()
            if not any(fold(each.text).startswith(begun) for each in values):
                yield from _after_value(place)


_SAID = {
    "~=": "contains", "!~": "does not contain", "^=": "starts with", "!=": "is not", "in (": "one of several",
    "between": "from … to …", "<=": "at most, or until", ">=": "at least, or since",
}  # fmt: skip


def _fields(typed: str, noun: str, custom: Mapping[str, frozenset[str]]) -> Iterable[Candidate]:
    """The fields of the noun, or of the record at the end of the links typed so far."""
    above, owner = _over_links(typed.rpartition(".")[0], noun)
    prefix, noun = _over_links(typed, noun)
    if above != prefix:
        for field in FILTERED[owner]:
            if "." in field.name:
                yield Candidate(f"{above}{field.name}", field.about)
    for field in FILTERED[noun]:
        if field.noun != "consent":  # of which only each channel can be asked
            yield Candidate(f"{prefix}{field.name if prefix == '' or not field.flag else field.flag}", field.about)
        if field.kind is Kind.LINK:
            yield Candidate(f"{prefix}{field.flag or field.name}.", f"a field of {_article(field.noun)}")
        if field.noun == "membership":
            yield Candidate(f"{prefix}{field.flag}(", "in one campaign, by its name")
    for key in sorted(custom.get(noun, ())):
        yield Candidate(prefix + _key_as_typed(key), "custom field")


def _article(noun: str) -> str:
    return {"membership": "any campaign it is in", "consent": "its consents"}.get(noun, f"its {noun}")


def _beyond(place: _Place) -> Iterable[Candidate]:
    """The fields after ``link("which")``."""
    field = place.path.field if place.path is not None else None
    if field is None:
        return
    for each in FILTERED[field.noun]:
        yield Candidate(f".{each.flag or each.name}", each.about)


def _over_links(typed: str, noun: str) -> tuple[str, str]:
    prefix = ""
    *names, _last = typed.split(".")
    for name in names[:6]:
        wanted = name.strip().lower().replace("-", "_")
        link = next((f for f in FILTERED[noun] if f.kind is Kind.LINK and wanted in (f.name, f.flag) and wanted), None)
        if link is None:
            return (prefix, noun) if wanted == "custom" else ("", noun)
        prefix, noun = f"{prefix}{name}.", link.noun
    return prefix, noun


def _key_as_typed(key: str) -> str:
    plain = all(c.isalnum() or c in "_-" for c in key)
    return f"custom.{key}" if plain else "custom.`" + key.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _operators(path: Path | None) -> Sequence[str]:
    kind = path.field.kind if path is not None and path.field is not None else None
    if kind is None:
        return (*_TEXTUAL, *_ORDERED[2:], *_OTHERS)
    if kind is Kind.SEGMENT:
        return ("=", "!=", *_OTHERS[:2])
    if kind in MEASURED:
        return (*_ORDERED, *_OTHERS)
    return (*_TEXTUAL, *(_ORDERED[2:6] if kind is Kind.STAGE else ()), *_OTHERS)


def _joints(place: _Place) -> Sequence[str]:
    return (*_JOINTS, ")") if place.depth else _JOINTS


def _values(place: _Place) -> Sequence[str]:
    field = place.path.field if place.path is not None else None
    if field is None:
        return ()
    return tuple(as_value(choice) for choice in field.choices) or _VALUES.get(field.kind, ())


def _after_value(place: _Place) -> Iterable[Candidate]:
    """After whole words of a value: what may come next, as a continuation of what is typed."""
    if not place.after_value:
        return
    written, space, last = place.typed.rpartition(" ")
    if not space:
        return
    following = {"low": ("AND",), "list": ()}.get(place.kind, tuple(_joints(place)))
    for word in following:
        if fold(word).startswith(fold(last)):
            yield Candidate(f"{written.rstrip()} {word}")


def _fits(candidate: str, typed: str) -> bool:
    folded, wanted = loosened(_bare(candidate).replace("`", "")), loosened(_bare(typed))
    if not wanted:
        # A sign has no letters to compare.
        return not typed.strip() or candidate.startswith(typed.strip())
    if typed[-1:].isspace():
        return folded.startswith(f"{wanted} ")
    return folded.startswith(wanted) or (len(wanted) > 1 and f" {wanted}" in folded.replace(".", " "))


def _bare(typed: str) -> str:
    quote = typed[:1]
    return typed[1:].removesuffix(quote).replace(f"\\{quote}", quote) if quote and quote in "\"'`" else typed


def _lookup(place: _Place) -> tuple[str, str] | None:
    if place.kind not in _VALUED or place.path is None:
        return None
    if place.path.custom is not None:
        return place.path.noun, f"custom.{place.path.custom}"
    field = place.path.field
    return (place.path.noun, field.name) if field is not None and _is_known_to_store(field) else None


def _is_known_to_store(field: Field) -> bool:
    return field.kind not in MEASURED and field.kind is not Kind.CHOICE


# -- wrong, or unfinished


def _error_before_end(text: str, noun: str, context: FilterContext, error: FilterError) -> FilterError | None:
    """The error, unless another end of the text would do away with it."""
    place = _place(text, noun, context.custom)
    if not _may_go_on(place, noun, context.custom):
        # A name that begins no field's: say that, and not that an operator is missing after it.
        ends: Iterable[str] = (f"{place.typed} is empty",) if place.kind == "condition" else ()
        return next((other for end in ends if (other := _fault(text, place, end, noun, context))), error)
    for end in _endings(place, noun, context.custom):
        other = _fault(text, place, end, noun, context)
        if other is None:
            return None
        if other.column <= place.start:
            return other
    return error


def _fault(text: str, place: _Place, end: str, noun: str, context: FilterContext) -> FilterError | None:
    """What is wrong with the text when it ends like this from the place on; the error shows the text as it is."""
    try:
        parse_filter(text[: place.start] + end + ")" * place.depth, noun, context)
    except FilterError as error:
        message = error.message.removesuffix(f" at column {error.column}")
        return filter_error(message, text, error.column, error.hint)
    return None


def _may_go_on(place: _Place, noun: str, custom: Mapping[str, frozenset[str]]) -> bool:
    """Whether something that is wanted here begins with what is typed."""
    if not place.typed or (place.kind in _VALUED and not _chosen(place)):
        return True
    return place.typed[0] in "\"'" or any(_fits(each.text, place.typed) for each in _candidates(place, noun, custom))


def _chosen(place: _Place) -> bool:
    """Whether the value is one of a few, so that what none of them begins with is wrong already."""
    field = place.path.field if place.path is not None else None
    return field is not None and field.kind is Kind.CHOICE and place.operator in ("=", "!=", "in", "not")


def _endings(place: _Place, noun: str, custom: Mapping[str, frozenset[str]]) -> Iterable[str]:
    """Ends that would make sense of what is typed: if one does, it is merely unfinished."""
    value = _finished(place)
    match place.kind:
        case "condition":
            if place.typed[:1] in ("", '"', "'"):
                yield '"x"'
            names = [each.text for each in _fields(place.typed, noun, custom) if _fits(each.text, place.typed)]
            yield from (f"{name} {end}" for name in names[:1] for end in ("is empty", "= x"))
        case "operator":
            yield "= x" if place.path is not None and _is_segment(place.path) else "is empty"
        case "which" | "closing" | "beyond":
            yield from _endings_of_link(place)
        case "emptiness":
            yield "empty"
        case "in" | "opening":
            yield f"{'in ' * (place.kind == 'in')}({value})"
        case "low":
            yield f"{value} and {_filler(place)}"
        case "list":
            yield f"{value})"
        case "value" | "high":
            yield value
        case _:
            yield ""


def _endings_of_link(place: _Place) -> Iterable[str]:
    """Ends of ``link("which").name`` from wherever it breaks off."""
    before = {"which": '"x")', "closing": ")", "beyond": ""}[place.kind]
    typed = place.typed if place.kind == "beyond" else ""
    names = [each.text for each in _beyond(place) if _fits(each.text, typed)]
    yield from (f"{before}{name} is empty" for name in names[:1])


def _is_segment(path: Path) -> bool:
    return path.field is not None and path.field.kind is Kind.SEGMENT


def _finished(place: _Place) -> str:
    """What is typed of the value where a space says that it is over, else anything the field takes."""
    over = place.typed[-1:].isspace() and place.typed[:1] not in "\"'"
    begun = any(fold(value).startswith(fold(place.typed) + " ") for value in _values(place))
    return place.typed if over and not begun else _filler(place)


def _filler(place: _Place) -> str:
    field = place.path.field if place.path is not None else None
    if field is None:
        return "x"
    if field.choices:
        return as_value(field.choices[0])
    return _FILLERS.get(field.kind, "1" if field.kind in MEASURED else "x")
