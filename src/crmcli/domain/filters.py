"""The filter language: one line of text becomes a small typed tree that the store compiles.

    either    = both { OR both }
    both      = negated { AND negated }
    negated   = NOT negated | "(" either ")" | "quoted text" | condition
    condition = path OP value | path [NOT] IN "(" value { "," value } ")"
              | path BETWEEN value AND value | path IS [NOT] EMPTY
    path      = name { "." name }     a name with spaces stands in backticks; custom.KEY always means the custom field;
                                      link("which").name goes on from one record of a link
    value     = "quoted" | 'quoted' | words up to AND, OR, a comma or a parenthesis

`!=`, `!~`, `not in` and `is not empty` become `Not` of the plain form. So a compiler needs one rule for missing values,
that a comparison with one is false, and `!=` with a missing value is true by construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import Kind
from crmcli.domain.filter_fields import FILTERED
from crmcli.domain.filter_paths import PathReader, colon_form, field_list
from crmcli.domain.filter_tree import Amount, And, Between, Compare, Empty, FullText, Not, OneOf, Or, Text
from crmcli.domain.filter_values import MEASURED, Written, named, named_by, read_value
from crmcli.domain.filter_words import (
    FOREIGN_OPERATORS,
    OPERATOR_LIST,
    OPERATORS,
    did_you_mean,
    filter_error,
    one_line,
    tokens_of,
)
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import BadValue, FilterError

if TYPE_CHECKING:
    from crmcli.domain.filter_tree import FilterContext, Node, Op, Path, Value
    from crmcli.domain.filter_words import Token

MAX_LENGTH = 100_000
MAX_DEPTH = 100
MAX_CONDITIONS = 500


def parse_filter(text: str, noun: str, context: FilterContext) -> Node:
    """The tree of a filter on records of ``noun``; raises FilterError, which points at the column."""
    if len(text) > MAX_LENGTH:
        message = f"the filter is {len(text)} characters long, more than {MAX_LENGTH},"
        raise FilterError(message, text=one_line(text), column=1, hint="a segment or a shorter list of values")
    return _Parser(text, noun, context).whole()


class Mention(NamedTuple):
    """A segment or campaign that a filter names: its uid, and from where to where the name stands, counted from 0."""

    noun: str
    uid: str
    start: int
    end: int


def mentions_in(text: str, noun: str, context: FilterContext) -> list[Mention]:
    """The segments and campaigns that a filter names, in their order; raises FilterError."""
    parser = _Parser(text, noun, context)
    parser.whole()
    return parser.mentions


class _Parser:
    """Recursive descent over the tokens; a method reads one rule of the grammar and leaves the next token current."""

    def __init__(self, text: str, noun: str, context: FilterContext) -> None:
        self._text = text
        self._noun = noun
        self._context = context
        self._paths = PathReader(text, noun, context.custom)
        self._tokens = tokens_of(text)
        self._at = 0
        self._depth = 0
        self._conditions = 0
        self.mentions: list[Mention] = []

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
            raise self._error(f"a field name is missing before '{token.text}'", token.column, field_list(self._noun))
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
        other = self._paths.custom_of(name)
        if other is None:
            return self._on(self._paths.read(name), name)
        # What only filters know came later than people's own fields of that name: those keep it for what they hold.
        place, known = self._at, len(self.mentions)
        try:
            return self._on(self._paths.read(name), name)
        except FilterError:
            self._at = place
            del self.mentions[known:]
            return self._on(other, name)

    def _on(self, path: Path, name: Token) -> Node:
        """The condition on a path, of whose name ``name`` is the last word."""
        op = self._current
        while op.kind == "(" and op.start == name.end and path.field is not None and path.field.kind is Kind.LINK:
            path, name = self._narrowed(path)
            op = self._current
            if op.ends_condition:
                raise self._no_operator(name)
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

    def _narrowed(self, path: Path) -> tuple[Path, Token]:
        """The path that goes on after ``link("which")``, and the last of its words."""
        opening = self._take()
        which = self._written("(", in_list=False)
        self._close(opening)
        name = self._take()
        if name.kind != "word":
            raise self._error(f"a field must follow '{path}(…)'", name.column, self._after_narrowed(path, which))
        noun = "campaign" if path.field and path.field.noun == "membership" else ""
        text = self._named(noun, path, which) if noun else Text(which.text, fold(which.text))
        return self._paths.read_on(path, text, name), name

    def _after_narrowed(self, path: Path, which: Written) -> str:
        field = path.field
        assert field is not None
        word = field.flag or field.name
        return f"as {word}(…).{FILTERED[field.noun][0].name}, or {word} = {one_line(which.text)}"

    def _named(self, noun: str, path: Path, written: Written) -> Text:
        """The segment or campaign that is named."""
        try:
            found = named(noun, written.text, self._context)
        except BadValue as bad:
            raise self._error(f"{path}: {bad.reason}", written.column, bad.hint) from None
        self.mentions.append(Mention(noun, found.raw, written.column - 1, written.end))
        return found

    def _emptiness(self, path: Path) -> Node:
        if path.field is not None and path.field.kind is Kind.SEGMENT:
            raise self._error(f"{path} can't be empty or not", self._current.column, "use = or in and a segment's name")
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
        self._check_sense(path, "=", opening)
        if opening.kind != "(":
            raise self._error("'(' must follow 'in'", opening.column, "FIELD in (a, b)")
        self._take()
        values = [self._value(path, "=", "(", in_list=True)]
        while self._current.kind == ",":
            self._take()
            values.append(self._value(path, "=", ",", in_list=True))
        self._close(opening)
        return OneOf(path, tuple(values))

    def _between(self, path: Path, op: Token) -> Node:
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

    def _compare(self, path: Path, token: Token, sign: str) -> Node:
        if sign not in OPERATORS:
            raise self._unknown_operator(token)
        op, negated = OPERATORS[sign]
        self._check_sense(path, op, token)
        node = Compare(path, op, self._value(path, op, sign))
        return Not(node) if negated else node

    def _check_sense(self, path: Path, op: Op, token: Token) -> None:
        kind = path.field.kind if path.field else None
        if kind is None:
            return
        if path.field is not None and path.field.noun == "consent":
            channels = ", ".join(f"consent.{each.name}" for each in FILTERED["consent"])
            raise self._error(f"{path} has a word for each channel", token.column, f"ask for one of {channels}")
        if op != "=" and kind is Kind.SEGMENT:
            raise self._error(f"{path} can't be compared so", token.column, "use =, != or in and a segment's name")
        if op in ("~=", "^=") and kind in MEASURED:
            hint = "use =, !=, <, <=, >, >= or between"
            raise self._error(f"{path} can't be searched as text", token.column, hint)
        if op in ("<", "<=", ">", ">=") and kind not in MEASURED and kind is not Kind.STAGE:
            raise self._error(f"{path} can't be ordered", token.column, "use =, != or ~=")

    # --- values

    def _value(self, path: Path, op: Op, after: str, *, in_list: bool = False) -> Value:
        written = self._written(after, in_list=in_list)
        noun = named_by(path, op)
        if noun is not None:
            return self._named(noun, path, written)
        try:
            return read_value(path, op, written, self._context)
        except BadValue as bad:
            raise self._error(f"{path}: {bad.reason}", written.column, bad.hint) from None

    def _written(self, after: str, *, in_list: bool) -> Written:
        first = self._current
        if first.kind == "quoted":
            written = Written(self._take().text, first.column, quoted=True, end=first.end)
        elif first.kind == "word" and not first.ends_condition:
            written = Written(self._words(), first.column, quoted=False, end=self._tokens[self._at - 1].end)
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
        words: list[Token] = []
        while self._current.kind == "word" and not self._current.ends_condition:
            words.append(self._take())
        self._check_swallowed(words)
        return " ".join(word.text for word in words)

    def _check_swallowed(self, words: list[Token]) -> None:
        """Refuse `stage = won owner is empty`, where the AND was forgotten: it would look for a strange stage."""
        keywords = [word.keyword for word in words]
        for tail in (["is", "empty"], ["is", "not", "empty"]):
            if len(words) > len(tail) + 1 and keywords[-len(tail) :] == tail:
                name = words[-len(tail) - 1].text
                hint = f"AND or OR before '{one_line(name)}', or quotes around the whole value"
                raise self._error("unexpected 'is'", words[-len(tail)].column, hint)

    # --- tokens

    @property
    def _current(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._current
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take_keyword(self, word: str) -> bool:
        if self._current.keyword != word:
            return False
        self._take()
        return True

    def _close(self, opening: Token) -> None:
        if self._current.kind == "end":
            raise self._error("this '(' is never closed", opening.column, "a ) at the end")
        if self._current.kind != ")":
            raise self._unexpected()
        self._take()

    def _descend(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} conditions inside one another", token.column, "fewer parentheses")

    # --- errors

    def _error(self, message: str, column: int, hint: str | None = None) -> FilterError:
        return filter_error(message, self._text, column, hint)

    def _unexpected(self) -> FilterError:
        token = self._current
        written = one_line(self._text[token.start : token.end])
        shown = written if token.kind == "quoted" else f"'{written}'"
        return self._error(f"unexpected {shown}", token.column, self._remedy(token, shown))

    def _remedy(self, token: Token, shown: str) -> str:
        """What to do about a token that can't stand where it does."""
        if token.kind == ",":
            return "quotes around a value that holds a comma"
        if token.kind == "(":
            return "AND or OR before '(', or quotes around a value that holds a parenthesis"
        if token.kind != "op":
            return f"AND or OR before {shown}, or quotes around the whole value"
        before, *earlier = self._tokens[max(self._at - 1, 0) :: -1]
        starts_condition = before.kind == "word" and earlier and earlier[0].kind in ("word", "quoted")
        missing = f"AND or OR before '{one_line(before.text)}', or " if starts_condition else ""
        return f"{missing}quotes around a value that holds {shown}"

    def _no_operator(self, name: Token) -> FilterError:
        before = self._tokens[self._at - 2].keyword if self._at > 1 else ""
        held = f"quotes around a value that holds '{before}', or " if before in ("and", "or") else ""
        hint = f'{held}"{one_line(name.text)}" in quotes to search all text, or an operator: {OPERATOR_LIST}'
        suggestion = did_you_mean(colon_form(self._noun, name.text))
        return self._error(f"no operator after '{one_line(name.text)}'{suggestion}", name.column, hint)

    def _unknown_operator(self, token: Token) -> FilterError:
        if token.kind not in ("op", "word"):
            written = self._text[token.start : token.end]
            return self._error(f"an operator is missing before {one_line(written)}", token.column, OPERATOR_LIST)
        suggestion = did_you_mean(FOREIGN_OPERATORS.get(token.text.lower()))
        return self._error(f"unknown operator '{one_line(token.text)}'{suggestion}", token.column, OPERATOR_LIST)
