"""The page of a message: HTML from Markdown in a layout that mail programs understand, styles inlined, and its text.

All of this is done once, with the template still in it: what stands in ``{{ }}`` and ``{% %}`` is taken out as words that
no reader of Markdown, HTML or CSS touches, and put back afterwards. So a value can't be Markdown, and each message costs
no more than filling it in.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.template_words import is_right_to_left, unsubscribe_word
from crmcli.io.mail.html_text import text_of
from crmcli.services.wording.language import WEB_ADDRESS
from crmcli.services.wording.layout import LAYOUT, PREHEADER

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ENDS = {"variable_begin": "variable_end", "block_begin": "block_end", "comment_begin": "comment_end"}
_LITERAL = re.compile(r"\{[{%#]")
_LINKED = re.compile(r"""(\b(?:href|src|action)\s*=\s*["']?\s*)\{\{-?(.*?)-?\}\}""", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_BLANKS = re.compile(r"\n{3,}")


class Marked(NamedTuple):
    """A source with words in place of what Jinja reads; ``statements`` are those that write nothing themselves."""

    text: str
    pieces: dict[str, str]
    statements: frozenset[str]
    word: str  # what all words begin with

    def restored(self, text: str) -> str:
        """The text with the words turned back; a brace that only now looks like Jinja's is written out."""
        safe = _LITERAL.sub(lambda found: f"{{{{ '{found.group()}' }}}}", text)
        return re.sub(rf"{self.word}\d+x", lambda found: self.pieces.get(found.group(), found.group()), safe)

    def replaced(self, text: str, instead: str) -> str:
        """The text with a stand-in for each value, and nothing for what writes nothing itself."""
        return re.sub(rf"{self.word}\d+x", lambda found: "" if found.group() in self.statements else instead, text)

    def begins_with_value(self, text: str) -> bool:
        """Whether the text begins with something that is known only when it is sent."""
        return text.lstrip().startswith(self.word)


@cache
def _lexer() -> Environment:
    return Environment(keep_trailing_newline=True, autoescape=True)


def marked(source: str) -> Marked:
    """The source with each piece of Jinja as a word of small letters and digits.

    Raises:
        TemplateSyntaxError: it is no template.
    """
    word = "jzw"
    while word in source:
        word += "w"
    text: list[str] = []
    pieces: dict[str, str] = {}
    statements = set()
    piece: list[str] = []
    end = ""
    for _, kind, value in _lexer().lex(source):
        if not end and kind == "data":
            text.append(value)
            continue
        piece.append(value)
        end = end or _ENDS.get(kind, kind)
        if kind != end:
            continue
        name = f"{word}{len(pieces)}x"
        pieces[name] = "".join(piece)
        if kind != "variable_end":
            statements.add(name)
        text.append(name)
        piece, end = [], ""
    return Marked("".join(text), pieces, frozenset(statements), word)


def html_of(markdown: str) -> str:
    """The HTML of a template's Markdown, still with Jinja in it; HTML in Markdown is shown as it is written.

    Raises:
        TemplateSyntaxError: it is no template.
    """
    words = marked(markdown)
    word = rf"{words.word}\d+x"
    # <{{ unsubscribe_url }}> is a link, as <https://acme.com> is.
    linked = re.sub(rf"<({word})>", r"[\1](\1)", words.text)
    lines = "\n".join(_lone(line, words) for line in linked.split("\n"))
    made = str(_markdown().render(lines))
    alone = re.compile(rf"<p>((?:\s*{word})+)\s*</p>")
    return words.restored(alone.sub(lambda found: _unwrapped(found, words), made))


def _lone(line: str, words: Marked) -> str:
    """A line of nothing but ``{% if … %}`` and the like stands for itself, between paragraphs and not in one."""
    alone = line.split()
    if alone and all(word in words.statements for word in alone):
        return f"\n{' '.join(alone)}\n"
    return line


def _unwrapped(found: re.Match[str], words: Marked) -> str:
    alone = found.group(1).split()
    return "\n".join(alone) if all(word in words.statements for word in alone) else found.group()


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def page_of(content: str, locale: str, preheader: str, subject: str) -> str:
    """The whole page around the HTML of some Markdown, its styles inlined.

    Raises:
        TemplateSyntaxError: a part of it is no template.
        ValueError: it can't be read as HTML.
    """
    language = locale.replace("_", "-") or "en"
    direction = "rtl" if is_right_to_left(locale) else "ltr"
    footer = _footer(locale, with_link="unsubscribe_url" not in content)
    page = LAYOUT
    for name, value in (
        ("LANGUAGE", escape(language)),
        ("DIRECTION", direction),
        ("SUBJECT", subject),
        ("PREHEADER", PREHEADER.replace("[[TEXT]]", preheader) if preheader else ""),
        ("FOOTER", footer),
        ("CONTENT", content),
    ):
        page = page.replace(f"[[{name}]]", value, 1)
    return inlined(page)


def _footer(locale: str, *, with_link: bool) -> str:
    link = f'<a href="{{{{ unsubscribe_url }}}}">{escape(unsubscribe_word(locale))}</a>' if with_link else ""
    return (
        "{% if sender.company %}<p>{{ sender.company }}</p>{% endif %}"
        '{% if sender.address %}<p class="address">{{ sender.address }}</p>{% endif %}'
        + (f"<p>{link}</p>" if link else "")
    )


def with_preheader(page: str, preheader: str) -> str:
    """A page of one's own with what mail lists show beside the subject put first."""
    hidden = PREHEADER.replace("[[TEXT]]", preheader)
    found = _BODY.search(page)
    place = found.end() if found else 0
    return page[:place] + hidden + page[place:]


def inlined(page: str) -> str:
    """A page with its styles in its elements, as mail programs want it; rules for the dark and for phones are kept.

    Raises:
        TemplateSyntaxError: it is no template.
        ValueError: it can't be read as HTML.
    """
    words = marked(page)
    try:
        made = str(_inliner().inline(_commented(words)))
    except Exception as error:
        if type(error).__name__ != "InlineError":
            raise
        raise ValueError(" ".join(str(error).split())) from error
    bare = re.sub(rf"<!--({words.word}\d+x)-->", r"\1", made)
    return _LINKED.sub(_guarded, words.restored(bare))


def _guarded(found: re.Match[str]) -> str:
    return f"{found.group(1)}{{{{ ({found.group(2)}) | {WEB_ADDRESS} }}}}"


@cache
def _inliner() -> Any:  # noqa: ANN401 - it comes without types
    from css_inline import CSSInliner

    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


_CONTEXT = re.compile(
    r"<!--.*?-->|<(?:style|script|title|textarea)\b.*?</(?:style|script|title|textarea)\s*>|<[a-z/!](?:\"[^\"]*\"|'[^']*'|[^'\"<>])*>",
    re.IGNORECASE | re.DOTALL,
)


def _commented(words: Marked) -> str:
    """The source with statements between elements as comments, which may stand anywhere, also between rows of a table."""
    kept: list[str] = []
    place = 0
    for found in _CONTEXT.finditer(words.text):
        kept += [_as_comments(words.text[place : found.start()], words), found.group()]
        place = found.end()
    return "".join([*kept, _as_comments(words.text[place:], words)])


def _as_comments(text: str, words: Marked) -> str:
    return re.sub(
        rf"{words.word}\d+x",
        lambda found: f"<!--{found.group()}-->" if found.group() in words.statements else found.group(),
        text,
    )


def text_source(html: str, locale: str = "", *, with_footer: bool = False) -> str:
    """The text of a page as a template of its own.

    Raises:
        TemplateSyntaxError: it is no template.
    """
    footer = f"<hr>{_footer(locale, with_link='unsubscribe_url' not in html)}" if with_footer else ""
    words = marked(html + footer)
    # The reader shows where links lead when that is on the web, as an address in a variable is taken to be.
    address = re.compile(rf"""(\bhref\s*=\s*["']?\s*)({words.word}\d+x)""", re.IGNORECASE)
    lines = (_apart(line, words) for line in words.text.split("\n"))
    text = text_of(address.sub(r"\1https://\2", "\n".join(lines)))
    return words.restored(re.sub(rf"https://({words.word}\d+x)", r"\1", text)) + "\n"


def _apart(line: str, words: Marked) -> str:
    """A line of nothing but ``{% if … %}`` and the like as lines of the text as well, which then leave nothing behind."""
    alone = line.split()
    is_alone = bool(alone) and all(word in words.statements for word in alone)
    return "".join(f"<div>{word}</div>" for word in alone) if is_alone else line


def squeezed(text: str) -> str:
    """A text without the empty lines that were left where nothing was to be said."""
    return _BLANKS.sub("\n\n", text).strip("\n") + "\n"
