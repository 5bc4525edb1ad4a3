"""The words of a filter: names, quoted texts, operators, parentheses and commas, and where each stands."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import FilterError

if TYPE_CHECKING:
    import re

    from crmcli.domain.filter_tree import Op

_TokenKind: TypeAlias = Literal["word", "quoted", "op", "(", ")", ",", "end"]
_TOKEN_KINDS: dict[str, _TokenKind] = {
    "word": "word", "quoted": "quoted", "op": "op", "(": "(", ")": ")", ",": ",", "end": "end",
}  # fmt: skip

OPERATORS: dict[str, tuple[Op, bool]] = {
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
OPERATOR_LIST = "=  !=  ~=  !~  ^=  <  <=  >  >=  in (a, b)  between a and b  is empty"
# What people write who come from another language.
FOREIGN_OPERATORS = {
    ":": "=", "===": "=", "eq": "=", "equals": "=", "!": "!=", "=!": "!=", "!==": "!=", "ne": "!=",
    "~": "~=", "=~": "~=", "~~": "~=", "contains": "~=", "has": "~=", "like": "~=", "ilike": "~=", "matches": "~=",
    "!~=": "!~", "^": "^=", "=^": "^=", "starts": "^=", "startswith": "^=",
    "lt": "<", "before": "<", "under": "<", "=<": "<=", "le": "<=", "lte": "<=", "until": "<=",
    "gt": ">", "after": ">", "over": ">", "=>": ">=", "ge": ">=", "gte": ">=", "since": ">=",
}  # fmt: skip


class Token(NamedTuple):
    """A piece of the filter; ``start`` and ``end`` count from 0, ``text`` is without quotes and escapes."""

    kind: _TokenKind
    text: str
    start: int
    end: int

    @property
    def column(self) -> int:
        """Where the word begins, counted from 1."""
        return self.start + 1

    @property
    def keyword(self) -> str:
        """The word in lower case; nothing for what is quoted or a sign."""
        return self.text.lower() if self.kind == "word" else ""

    @property
    def ends_condition(self) -> bool:
        """Whether no condition goes on past this word."""
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


def tokens_of(text: str) -> list[Token]:
    """The words of the filter, an end after them; refused when a quote is never closed."""
    text = text.rstrip()
    found: list[Token] = []
    position = 0
    while not found or found[-1].kind != "end":
        match = _token_pattern().match(text, position)
        if match is None:
            raise _unclosed_quote(text, position)
        found.append(_token(match))
        position = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    group = match.lastgroup or "end"
    text = match[group]
    kind = _TOKEN_KINDS[text if group == "mark" else group]
    return Token(kind, unescaped(text[1:-1]) if kind == "quoted" else text, *match.span(group))


def unescaped(text: str) -> str:
    """The text without the backslashes that guard quotes and backslashes; before anything else they stay."""
    import re

    return re.sub(r"""\\(["'`\\])""", r"\1", text) if "\\" in text else text


def _unclosed_quote(text: str, position: int) -> FilterError:
    # A word may run right up to the backtick that is never closed, so the first quote from here on is the culprit.
    start = next(at for at in range(position, len(text)) if text[at] in "\"'`")
    hint = f"another {text[start]} at the end, or \\{text[start]} inside quotes for the character itself"
    return filter_error(f"the quote {text[start]} is never closed", text, start + 1, hint)


def filter_error(message: str, text: str, column: int, hint: str | None = None) -> FilterError:
    """The error that points at the column of the filter."""
    # One column per character: a line break or tab in the filter would pull the caret away from it.
    flat = "".join(" " if c.isspace() else c for c in text)
    return FilterError(message, text=flat, column=column, hint=hint)


def one_line(text: str) -> str:
    """The text on one line and short enough for a message."""
    flat = " ".join(text[:200].split())
    return flat if len(flat) <= 60 else flat[:59] + "…"


def did_you_mean(meant: str | None) -> str:
    """The end of a message that names what was probably meant; nothing without it."""
    return f" (did you mean '{one_line(meant)}'?)" if meant else ""
