"""The filter language: one line of text becomes a small typed tree that the store compiles.

    either    = both { OR both }
    both      = negated { AND negated }
    negated   = NOT negated | "(" either ")" | "quoted text" | condition
    condition = path OP value | path [NOT] IN "(" value { "," value } ")"
              | path BETWEEN value AND value | path IS [NOT] EMPTY
    path      = name { "." name }     a name with spaces stands in backticks; custom.KEY always means the custom field
    value     = "quoted" | 'quoted' | words up to AND, OR, a comma or a parenthesis

`!=`, `!~`, `not in` and `is not empty` become `Not` of the plain form. So a compiler needs one rule for missing values,
that a comparison with one is false, and `!=` with a missing value is true by construction.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from crmcli.domain.fields import FIELDS, Field, Kind, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, nearest
from crmcli.errors import BadValue, FilterError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

MAX_LENGTH = 100_000
MAX_DEPTH = 100
MAX_CONDITIONS = 500
MAX_LINKS = 6


# --- the tree -------------------------------------------------------------------------------------------------------


class FilterContext(NamedTuple):
    """What a filter's meaning depends on: now in the user's zone, who asks, each noun's custom keys, the currency."""

    now: datetime
    me: str
    custom: Mapping[str, frozenset[str]]
    currency: str


class Path(NamedTuple):
    """A field of ``noun`` reached over links; either ``field`` or ``custom`` is set.

    A path over a link or field that holds several values means any of them.
    """

    links: tuple[Field, ...]
    field: Field | None
    custom: str | None
    noun: str

    def __str__(self) -> str:
        """The path in its full spelling: ``companies.industry``."""
        last = self.field.name if self.field else f"custom.{self.custom}"
        return ".".join((*(link.name for link in self.links), last))


class Text(NamedTuple):
    """A text as written and folded; a choice is written as its field declares it, ``me`` as the acting user."""

    raw: str
    folded: str


class Amount(NamedTuple):
    """An amount in major units; with a currency only values in that currency compare, without one all do."""

    number: float
    currency: str | None


class Span(NamedTuple):
    """A stretch of time: ``start <= t < end`` in UTC, and the local days ``first`` to ``last``, both included.

    ``=`` means within it, ``<`` before its start, ``<=`` before its end, ``>`` from its end on, ``>=`` from its start
    on. An instant, as ``now``, is a microsecond wide.
    """

    start: datetime
    end: datetime
    first: date
    last: date


class Loose(NamedTuple):
    """A value for a custom field: a number if both sides are one, else a time if both are, else text."""

    raw: str
    folded: str
    number: float | None
    span: Span | None


Op: TypeAlias = Literal["=", "~=", "^=", "<", "<=", ">", ">="]
Value: TypeAlias = Text | Amount | Span | Loose | float


class Compare(NamedTuple):
    """``path op value``."""

    path: Path
    op: Op
    value: Value


class OneOf(NamedTuple):
    """``path in (values)``: equal to any of them."""

    path: Path
    values: tuple[Value, ...]


class Between(NamedTuple):
    """``path between low and high``: ``>= low`` and ``<= high``."""

    path: Path
    low: Value
    high: Value


class Empty(NamedTuple):
    """``path is empty``: no value at all."""

    path: Path


class FullText(NamedTuple):
    """Records whose text holds these words."""

    text: str


class And(NamedTuple):
    """All of two or more."""

    items: tuple[Node, ...]


class Or(NamedTuple):
    """Any of two or more."""

    items: tuple[Node, ...]


class Not(NamedTuple):
    """The records the item leaves out."""

    item: Node


Node: TypeAlias = Compare | OneOf | Between | Empty | FullText | And | Or | Not


class FieldNote(NamedTuple):
    """One line of the reference of filter fields."""

    name: str
    kind: str
    about: str


def parse_filter(text: str, noun: str, context: FilterContext) -> Node:
    """The tree of a filter on records of ``noun``; raises FilterError, which points at the column."""
    if len(text) > MAX_LENGTH:
        message = f"the filter is {len(text)} characters long, more than {MAX_LENGTH},"
        raise FilterError(message, text=_shown(text), column=1, hint="a segment or a shorter list of values")
    return _Parser(text, noun, context).whole()


def describe_fields(noun: str) -> list[FieldNote]:
    """Every field a filter on ``noun`` can name, with its kind and what it means."""
    return [FieldNote(field.name, _kind_words(field), _about_words(field)) for field in FIELDS[noun]]


def _kind_words(field: Field) -> str:
    kind = field.noun if field.kind is Kind.LINK else field.kind.value
    return f"{kind}, several" if field.many else kind


def _about_words(field: Field) -> str:
    choices = f": {', '.join(field.choices)}" if field.choices else ""
    return field.about + choices


# --- tokens ---------------------------------------------------------------------------------------------------------

_TokenKind: TypeAlias = Literal["word", "quoted", "op", "(", ")", ",", "end"]
_TOKEN_KINDS: dict[str, _TokenKind] = {
    "word": "word", "quoted": "quoted", "op": "op", "(": "(", ")": ")", ",": ",", "end": "end",
}  # fmt: skip

_OPERATORS: dict[str, tuple[Op, bool]] = {
    "=": ("=", False),
    "==": ("=", False),
    "!=": ("=", True),
    "<>": ("=", True),
    "~=": ("~=", False),
    "!~": ("~=", True),
    "^=": ("^=", False),
    "<": ("<", False),
    "<=": ("<=", False),
    ">": (">", False),
    ">=": (">=", False),
}
_OPERATOR_LIST = "=  !=  ~=  !~  ^=  <  <=  >  >=  in (a, b)  between a and b  is empty"
# What people write who come from another language.
_FOREIGN_OPERATORS = {
    ":": "=", "===": "=", "eq": "=", "equals": "=", "!": "!=", "=!": "!=", "!==": "!=", "ne": "!=",
    "~": "~=", "=~": "~=", "~~": "~=", "contains": "~=", "has": "~=", "like": "~=", "ilike": "~=", "matches": "~=",
    "!~=": "!~", "^": "^=", "=^": "^=", "starts": "^=", "startswith": "^=",
    "lt": "<", "before": "<", "under": "<", "=<": "<=", "le": "<=", "lte": "<=", "until": "<=",
    "gt": ">", "after": ">", "over": ">", "=>": ">=", "ge": ">=", "gte": ">=", "since": ">=",
}  # fmt: skip


class _Token(NamedTuple):
    """A piece of the filter; ``start`` and ``end`` count from 0, ``text`` is without quotes and escapes."""

    kind: _TokenKind
    text: str
    start: int
    end: int

    @property
    def column(self) -> int:
        return self.start + 1

    @property
    def keyword(self) -> str:
        return self.text.lower() if self.kind == "word" else ""

    @property
    def ends_condition(self) -> bool:
        return self.kind in ("end", ")") or self.keyword in ("and", "or")


@cache
def _token_pattern() -> re.Pattern[str]:
    import re

    return re.compile(
        r"""\s*(?:
            (?P<quoted> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )
          | (?P<op>     (?:[=<>]|!=|!~|~=|\^=) [=!~^<>]* )
          | (?P<mark>   [(),] )
          | (?P<word>   (?!["']) (?: `(?:\\.|[^`\\])*` | [^\s,()=<>!~^`] | !(?![=~]) | [~^](?!=) )+ )
          | (?P<end>    $ )
        )""",
        re.VERBOSE | re.DOTALL,
    )


def _tokens(text: str) -> list[_Token]:
    text = text.rstrip()
    found: list[_Token] = []
    position = 0
    while not found or found[-1].kind != "end":
        match = _token_pattern().match(text, position)
        if match is None:
            raise _unclosed_quote(text, position)
        found.append(_token(match))
        position = match.end()
    return found


def _token(match: re.Match[str]) -> _Token:
    group = match.lastgroup or "end"
    text = match[group]
    kind = _TOKEN_KINDS[text if group == "mark" else group]
    return _Token(kind, _unescaped(text[1:-1]) if kind == "quoted" else text, *match.span(group))


def _unescaped(text: str) -> str:
    """The text without the backslashes that guard quotes and backslashes; before anything else they stay."""
    import re

    return re.sub(r"""\\(["'`\\])""", r"\1", text) if "\\" in text else text


def _unclosed_quote(text: str, position: int) -> FilterError:
    # A word may run right up to the backtick that is never closed, so the first quote from here on is the culprit.
    start = next(at for at in range(position, len(text)) if text[at] in "\"'`")
    hint = f"another {text[start]} at the end, or \\{text[start]} inside quotes for the character itself"
    return _error(f"the quote {text[start]} is never closed", text, start + 1, hint)


def _error(message: str, text: str, column: int, hint: str | None = None) -> FilterError:
    # One column per character: a line break or tab in the filter would pull the caret away from it.
    flat = "".join(" " if c.isspace() else c for c in text)
    return FilterError(message, text=flat, column=column, hint=hint)


def _shown(text: str) -> str:
    """The text on one line and short enough for a message."""
    flat = " ".join(text[:200].split())
    return flat if len(flat) <= 60 else flat[:59] + "…"


# --- the parser -----------------------------------------------------------------------------------------------------


class _Written(NamedTuple):
    """A value as it stands in the filter."""

    text: str
    column: int
    quoted: bool


class _Parser:
    """Recursive descent over the tokens; a method reads one rule of the grammar and leaves the next token current."""

    def __init__(self, text: str, noun: str, context: FilterContext) -> None:
        self._text = text
        self._noun = noun
        self._context = context
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._conditions = 0

    def whole(self) -> Node:
        if self._tokens[0].kind == "end":
            raise self._error("the filter is empty", 1, "a condition, as: name ~= acme")
        node = self._either()
        left = self._current
        if left.kind == ")":
            raise self._error("no '(' belongs to this ')'", left.column)
        if left.kind != "end":
            raise self._unexpected()
        return node

    def _either(self) -> Node:
        items = [self._both()]
        while self._take_keyword("or"):
            items.append(self._both())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _both(self) -> Node:
        items = [self._negated()]
        while self._take_keyword("and"):
            items.append(self._negated())
        return items[0] if len(items) == 1 else And(tuple(items))

    def _negated(self) -> Node:
        token = self._current
        if self._take_keyword("not"):
            self._descend(token)
            node: Node = Not(self._negated())
            self._depth -= 1
            return node
        return self._group() if token.kind == "(" else self._single()

    def _group(self) -> Node:
        opening = self._take()
        self._descend(opening)
        node = self._either()
        self._close(opening)
        self._depth -= 1
        return node

    def _single(self) -> Node:
        token = self._current
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise self._error(f"more than {MAX_CONDITIONS} conditions", token.column, "FIELD in (a, b, …)")
        if token.kind == "quoted":
            return self._full_text()
        if token.ends_condition:
            raise self._error("a condition is missing", token.column, "FIELD OP VALUE, as: name ~= acme")
        if token.kind == "op":
            raise self._error(f"a field name is missing before '{token.text}'", token.column, _field_list(self._noun))
        if token.kind != "word":
            raise self._unexpected()
        return self._condition()

    def _full_text(self) -> Node:
        token = self._take()
        if self._current.kind == "op":
            raise self._error("quoted text can't name a field", token.column, "the name without quotes")
        if not fold(token.text):
            raise self._error("there is nothing to search for between the quotes", token.column)
        return FullText(token.text)

    def _condition(self) -> Node:
        name, op = self._take(), self._current
        if op.ends_condition:
            raise self._no_operator(name)
        path = self._path(name)
        self._take()
        match op.keyword or op.text if op.kind in ("op", "word") else "":
            case "is":
                return self._emptiness(path)
            case "between":
                return self._between(path, op)
            case "in":
                return self._one_of(path)
            case "not":
                return self._not_in(path)
            case sign:
                return self._compare(path, op, sign)

    def _emptiness(self, path: Path) -> Node:
        negated = self._take_keyword("not")
        token = self._current
        if not self._take_keyword("empty"):
            hint = f"is {'not ' * negated}empty, or {'!=' if negated else '='} for a value"
            raise self._error(f"'empty' must follow 'is{' not' * negated}'", token.column, hint)
        return Not(Empty(path)) if negated else Empty(path)

    def _not_in(self, path: Path) -> Node:
        token = self._current
        if not self._take_keyword("in"):
            raise self._error(
                "'in' must follow 'not' here", token.column, "FIELD not in (a, b), or NOT before the field"
            )
        return Not(self._one_of(path))

    def _one_of(self, path: Path) -> Node:
        opening = self._current
        if opening.kind != "(":
            raise self._error("'(' must follow 'in'", opening.column, "FIELD in (a, b)")
        self._take()
        values = [self._value(path, "=", "(", in_list=True)]
        while self._current.kind == ",":
            self._take()
            values.append(self._value(path, "=", ",", in_list=True))
        self._close(opening)
        return OneOf(path, tuple(values))

    def _between(self, path: Path, op: _Token) -> Node:
        self._check_sense(path, ">=", op)
        low = self._value(path, ">=", "between")
        token = self._current
        if not self._take_keyword("and"):
            raise self._error("'and' must stand between the two ends", token.column, "FIELD between LOW and HIGH")
        column = self._current.column
        high = self._value(path, "<=", "and")
        if isinstance(low, Amount) and isinstance(high, Amount):
            low, high = self._same_currency(low, high, column)
        return Between(path, low, high)

    def _same_currency(self, low: Amount, high: Amount, column: int) -> tuple[Amount, Amount]:
        """Both ends in the currency that either names."""
        if low.currency and high.currency and low.currency != high.currency:
            raise self._error(f"the ends are in two currencies, {low.currency} and {high.currency},", column)
        currency = low.currency or high.currency
        return Amount(low.number, currency), Amount(high.number, currency)

    def _compare(self, path: Path, token: _Token, sign: str) -> Node:
        if sign not in _OPERATORS:
            raise self._unknown_operator(token)
        op, negated = _OPERATORS[sign]
        self._check_sense(path, op, token)
        node = Compare(path, op, self._value(path, op, sign))
        return Not(node) if negated else node

    def _check_sense(self, path: Path, op: Op, token: _Token) -> None:
        kind = path.field.kind if path.field else None
        if kind is None:
            return
        if op in ("~=", "^=") and kind in _MEASURED:
            hint = "use =, !=, <, <=, >, >= or between"
            raise self._error(f"{path} can't be searched as text", token.column, hint)
        if op in ("<", "<=", ">", ">=") and kind not in _MEASURED and kind is not Kind.STAGE:
            raise self._error(f"{path} can't be ordered", token.column, "use =, != or ~=")

    # --- values

    def _value(self, path: Path, op: Op, after: str, *, in_list: bool = False) -> Value:
        written = self._written(after, in_list=in_list)
        try:
            return _read(path, op, written, self._context)
        except BadValue as bad:
            raise self._error(f"{path}: {bad.reason}", written.column, bad.hint) from None

    def _written(self, after: str, *, in_list: bool) -> _Written:
        first = self._current
        if first.kind == "quoted":
            written = _Written(self._take().text, first.column, quoted=True)
        elif first.kind == "word" and not first.ends_condition:
            written = _Written(self._words(), first.column, quoted=False)
        else:
            hint = f'"{first.text}" in quotes if that is the value' if first.keyword else None
            raise self._error(f"a value is missing after '{after}'", first.column, hint)
        if not (self._current.ends_condition or (in_list and self._current.kind == ",")):
            raise self._unexpected()
        if not fold(written.text):
            raise self._error("the value is empty", first.column, "FIELD is empty, or FIELD is not empty")
        return written

    def _words(self) -> str:
        """The words up to the end of the value, one space apart."""
        words: list[_Token] = []
        while self._current.kind == "word" and not self._current.ends_condition:
            words.append(self._take())
        self._check_swallowed(words)
        return " ".join(word.text for word in words)

    def _check_swallowed(self, words: list[_Token]) -> None:
        """Refuse `stage = won owner is empty`, where the AND was forgotten: it would look for a strange stage."""
        keywords = [word.keyword for word in words]
        for tail in (["is", "empty"], ["is", "not", "empty"]):
            if len(words) > len(tail) + 1 and keywords[-len(tail) :] == tail:
                name = words[-len(tail) - 1].text
                hint = f"AND or OR before '{_shown(name)}', or quotes around the whole value"
                raise self._error("unexpected 'is'", words[-len(tail)].column, hint)

    # --- tokens

    @property
    def _current(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._current
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take_keyword(self, word: str) -> bool:
        if self._current.keyword != word:
            return False
        self._take()
        return True

    def _close(self, opening: _Token) -> None:
        if self._current.kind == "end":
            raise self._error("this '(' is never closed", opening.column, "a ) at the end")
        if self._current.kind != ")":
            raise self._unexpected()
        self._take()

    def _descend(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} conditions inside one another", token.column, "fewer parentheses")

    # --- errors

    def _error(self, message: str, column: int, hint: str | None = None) -> FilterError:
        return _error(message, self._text, column, hint)

    def _unexpected(self) -> FilterError:
        token = self._current
        written = _shown(self._text[token.start : token.end])
        shown = written if token.kind == "quoted" else f"'{written}'"
        return self._error(f"unexpected {shown}", token.column, self._remedy(token, shown))

    def _remedy(self, token: _Token, shown: str) -> str:
        """What to do about a token that can't stand where it does."""
        if token.kind == ",":
            return "quotes around a value that holds a comma"
        if token.kind == "(":
            return "AND or OR before '(', or quotes around a value that holds a parenthesis"
        if token.kind != "op":
            return f"AND or OR before {shown}, or quotes around the whole value"
        before, *earlier = self._tokens[max(self._at - 1, 0) :: -1]
        starts_condition = before.kind == "word" and earlier and earlier[0].kind in ("word", "quoted")
        missing = f"AND or OR before '{_shown(before.text)}', or " if starts_condition else ""
        return f"{missing}quotes around a value that holds {shown}"

    def _no_operator(self, name: _Token) -> FilterError:
        before = self._tokens[self._at - 2].keyword if self._at > 1 else ""
        held = f"quotes around a value that holds '{before}', or " if before in ("and", "or") else ""
        hint = f'{held}"{_shown(name.text)}" in quotes to search all text, or an operator: {_OPERATOR_LIST}'
        suggestion = _suggest(_colon_form(self._noun, name.text))
        return self._error(f"no operator after '{_shown(name.text)}'{suggestion}", name.column, hint)

    def _unknown_operator(self, token: _Token) -> FilterError:
        if token.kind not in ("op", "word"):
            written = self._text[token.start : token.end]
            return self._error(f"an operator is missing before {_shown(written)}", token.column, _OPERATOR_LIST)
        suggestion = _suggest(_FOREIGN_OPERATORS.get(token.text.lower()))
        return self._error(f"unknown operator '{_shown(token.text)}'{suggestion}", token.column, _OPERATOR_LIST)

    # --- paths

    def _path(self, token: _Token) -> Path:
        segments = _segments(token)
        links: list[Field] = []
        noun = self._noun
        while len(links) <= MAX_LINKS:
            field = self._field(noun, segments[0])
            if field and len(segments) == 1:
                return Path(tuple(links), field, None, noun)
            if field is None or field.kind is not Kind.LINK:
                return Path(tuple(links), None, self._custom_key(noun, field, segments), noun)
            links.append(field)
            noun, segments = field.noun, segments[1:]
        raise self._error(f"a path crosses at most {MAX_LINKS} links", token.column)

    def _field(self, noun: str, segment: _Segment) -> Field | None:
        if not segment.text.strip():
            raise self._error("a field name is missing", segment.column, _field_list(noun))
        return find_field(noun, segment.text)

    def _custom_key(self, noun: str, field: Field | None, segments: list[_Segment]) -> str:
        """The custom key the segments name; ``field`` is what the first of them names otherwise."""
        known = self._context.custom.get(noun, frozenset())
        if segments[0].text.lower() == "custom" and len(segments) > 1:
            key = _match_key(known, ".".join(s.text for s in segments[1:]))
            if key is None:
                raise self._unknown_custom(noun, known, segments[1:])
            return key
        key = _match_key(known, ".".join(s.text for s in segments))
        if key is None:
            raise self._not_a_link(noun, field, segments[1]) if field else self._unknown_field(noun, known, segments[0])
        return key

    def _not_a_link(self, noun: str, field: Field, beyond: _Segment) -> FilterError:
        links = ", ".join(f.name for f in FIELDS[noun] if f.kind is Kind.LINK)
        message = f"{field.name} is not a link, so it has no field '{_shown(beyond.text)}'"
        return self._error(message, beyond.column, f"links of {noun}: {links}")

    def _unknown_custom(self, noun: str, known: frozenset[str], segments: list[_Segment]) -> FilterError:
        key = ".".join(s.text for s in segments)
        near = nearest(key[:100], list(known))
        suggestion = _suggest(f"custom.{_as_typed(near)}" if near else None)
        listed = ", ".join(sorted(map(_as_typed, known)))
        hint = f"custom fields of {noun}: {listed}" if known else f"{noun} has none yet"
        return self._error(f"{noun} has no custom field '{_shown(key)}'{suggestion}", segments[0].column, hint)

    def _unknown_field(self, noun: str, known: frozenset[str], segment: _Segment) -> FilterError:
        meant = (
            _colon_form(noun, segment.text) or _over_a_link(noun, segment.text) or _nearest_name(noun, known, segment)
        )
        message = f"{noun} has no field '{_shown(segment.text)}'{_suggest(meant)}"
        return self._error(message, segment.column, _field_list(noun, known))


class _Segment(NamedTuple):
    """One name of a path."""

    text: str
    column: int


def _segments(token: _Token) -> list[_Segment]:
    """The names between the dots of a path; a dot inside backticks belongs to the name."""
    import re

    name = re.compile(r"(?:`(?:\\.|[^`\\])*`|[^.`])*", re.DOTALL)
    found: list[_Segment] = []
    position = 0
    while position <= len(token.text):
        match = name.match(token.text, position)
        raw = match[0] if match else ""
        quoted = len(raw) > 1 and raw[0] == raw[-1] == "`"
        found.append(_Segment(_unescaped(raw[1:-1]) if quoted else raw, token.column + position))
        position += len(raw) + 1
    return found


def _field_list(noun: str, custom: Iterable[str] = ()) -> str:
    names = [field.name for field in FIELDS[noun]]
    return f"fields of {noun}: {', '.join(names + sorted(map(_as_typed, custom)))}"


def _suggest(meant: str | None) -> str:
    return f" (did you mean '{_shown(meant)}'?)" if meant else ""


def _colon_form(noun: str, word: str) -> str | None:
    """``tag = vip`` for ``tag:vip``."""
    name, colon, rest = word.partition(":")
    return f"{name} = {rest}" if colon and rest and find_field(noun, name) else None


def _over_a_link(noun: str, word: str) -> str | None:
    """``company.industry`` for ``industry`` where only a linked record has one."""
    links = (field for field in FIELDS[noun] if field.kind is Kind.LINK)
    return next((f"{link.flag or link.name}.{word}" for link in links if find_field(link.noun, word)), None)


def _nearest_name(noun: str, known: frozenset[str], segment: _Segment) -> str | None:
    names = [name for field in FIELDS[noun] for name in (field.name, field.flag) if name]
    return nearest(segment.text.lower()[:100], names + [_as_typed(key) for key in known])


def _as_typed(key: str) -> str:
    """A custom key as it can stand in a filter."""
    plain = all(c.isalnum() or c in "_-" for c in key)
    return key if plain else "`" + key.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _match_key(known: frozenset[str], wanted: str) -> str | None:
    """The known key spelled like this, else the only one that differs just in case, accents or ``-``, ``_``, space."""
    if wanted in known:
        return wanted
    alike = [key for key in known if _loosened(key) == _loosened(wanted)]
    return alike[0] if len(alike) == 1 else None


def _loosened(text: str) -> str:
    return fold(text.replace("-", " ").replace("_", " "))


# --- values ---------------------------------------------------------------------------------------------------------

_MEASURED = frozenset(
    {Kind.MONEY, Kind.PERCENT, Kind.INTEGER, Kind.DURATION, Kind.DATE, Kind.TIME, Kind.DUE},
)


def _read(path: Path, op: Op, written: _Written, context: FilterContext) -> Value:
    """The written value by the field's kind; raises BadValue when it isn't one."""
    text, field = written.text, path.field
    if field is None:
        return _loose(text, context)
    if field.kind is Kind.USER and not written.quoted and text.lower() == "me":
        return _text(context.me)
    if field.kind is Kind.CHOICE and op == "=":
        return _choice(text, field)
    reader = _READERS.get(field.kind)
    return reader(text, field, context) if reader else _text(text)


def _text(text: str) -> Text:
    return Text(text, fold(text))


def _choice(text: str, field: Field) -> Text:
    for choice in field.choices:
        if _loosened(choice) == _loosened(text):
            return _text(choice)
    suggestion = _suggest(nearest(text.lower()[:100], list(field.choices)))
    raise BadValue(
        field.option, f"'{_shown(text)}' is not a choice{suggestion}", hint=f"one of {', '.join(field.choices)}"
    )


def _amount(text: str, field: Field, context: FilterContext) -> Amount:
    from crmcli.domain.money import read_money

    money = read_money(text, context.currency, field.option)
    return Amount(float(money.number), money.currency if _bare_number(text) is None else None)


def _number(text: str, field: Field, _context: FilterContext) -> float:
    from crmcli.domain.money import read_number

    return float(read_number(text.removeprefix("#"), field.option))


def _bare_number(text: str) -> float | None:
    from crmcli.domain.money import read_number

    try:
        return float(read_number(text))
    except BadValue:
        return None


def _minutes(text: str, field: Field, _context: FilterContext) -> float:
    from crmcli.domain.schedule import read_duration

    return float(read_duration(text, field.option))


def _span(text: str, field: Field, context: FilterContext) -> Span:
    return _span_of(text, field.option, context.now)


def _span_of(text: str, option: str, now: datetime) -> Span:
    from datetime import timedelta

    from crmcli.domain.schedule import span

    start, end = span(text, now, option)
    last = (end - timedelta(microseconds=1)).astimezone(now.tzinfo)
    return Span(start, end, start.astimezone(now.tzinfo).date(), last.date())


def _loose(text: str, context: FilterContext) -> Loose:
    try:
        when = _span_of(text, "custom", context.now)
    except BadValue:
        when = None
    return Loose(text, fold(text), _bare_number(text), when)


_READERS: dict[Kind, Callable[[str, Field, FilterContext], Value]] = {
    Kind.MONEY: _amount,
    Kind.PERCENT: _number,
    Kind.INTEGER: _number,
    Kind.DURATION: _minutes,
    Kind.DATE: _span,
    Kind.TIME: _span,
    Kind.DUE: _span,
}
