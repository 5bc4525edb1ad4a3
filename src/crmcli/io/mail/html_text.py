"""A message in HTML as text that reads well: paragraphs, lists, quotes and where links lead."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_LONGEST = 3_000_000
_BLOCKS = frozenset({
    "address", "article", "aside", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul", "li",
    "blockquote",
})  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
# What begins like a tag and does not end like one: the parser would read on to the end of the page for each.
_NO_TAG = re.compile(r"<(?![^<>]{0,100000}>)")
_MARKED = re.compile(r"<!\[[^<>]*>")  # as office programs write
_TAGS = re.compile(r"<[^>]*>?")


def text_of(html: str) -> str:
    """The text of a page."""
    page = _NO_TAG.sub("&lt;", _MARKED.sub("", _without_comments(html[:_LONGEST])))
    reader = _Reader()
    try:
        reader.feed(page)
        reader.close()
    except (AssertionError, ValueError):  # the parser gives up on some marked sections
        return unescape(_TAGS.sub(" ", page))
    return reader.text()


def _without_comments(html: str) -> str:
    """The page without its comments, in which the parser would look for tags again and again."""
    kept = []
    place = 0
    while (start := html.find("<!--", place)) >= 0:
        kept.append(html[place:start])
        end = html.find("-->", start + 2)  # an empty comment may be <!-->
        if end < 0:
            return "".join(kept)
        place = end + 3
    return "".join([*kept, html[place:]])


class _Reader(HTMLParser):
    """Gathers lines, each below as many quote marks as there are quotes around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []  # the pieces of the line that is being gathered
        self._begun = False  # whether there is anything to see in it yet
        self._quotes = self._unseen = self._pre = 0
        self._link: str | None = None
        self._linked_at = 0

    def text(self) -> str:
        """What was gathered, with at most one empty line in a row."""
        self._end_line()
        return re.sub(r"\n(?:[> ]*\n){2,}", "\n\n", "\n".join(self._lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._end_line(always=True)
        elif tag in _BLOCKS:
            self._begin_block(tag)
        elif tag in ("td", "th") and self._begun:
            self._line.append("  ")
        elif tag == "a":
            self._link, self._linked_at = dict(attrs).get("href"), len(self._line)
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")

    def _begin_block(self, tag: str) -> None:
        self._end_line()
        if tag in _SPACED:
            self._gap()
        self._quotes += tag == "blockquote"
        self._pre += tag == "pre"
        if tag == "li":
            self._put("- ")
        elif tag == "hr":
            self._put("---")
            self._end_line()

    def _put(self, text: str) -> None:
        self._line.append(text)
        self._begun = self._begun or not text.isspace()

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends; an end without its beginning is passed over."""
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _BLOCKS:
            self._end_line()
            self._quotes = max(self._quotes - (tag == "blockquote"), 0)
            self._pre = max(self._pre - (tag == "pre"), 0)
            if tag in _SPACED:
                self._gap()
        elif tag == "a":
            self._end_link()

    def _end_link(self) -> None:
        url, self._link = (self._link or "").strip(), None
        if url.lower().startswith(("http://", "https://")):
            shown = "".join(self._line[self._linked_at :]).strip()
            if url.rstrip("/") not in (shown, f"https://{shown}"):
                self._put(f" <{url}>" if shown else f"<{url}>")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._unseen:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._put(first)
            for other in others:
                self._end_line(always=True)
                self._put(other)
            return
        spaced = _SPACES.sub(" ", data)
        kept = spaced if self._begun else spaced.lstrip()
        if kept:
            self._put(kept)

    def _end_line(self, *, always: bool = False) -> None:
        line = "".join(self._line).rstrip()
        self._line.clear()
        self._begun, self._linked_at = False, 0
        if line or always:
            self._lines.append(f"{'> ' * min(self._quotes, 20)}{line}".rstrip())

    def _gap(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append("")
