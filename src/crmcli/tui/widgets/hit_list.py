"""What was found, a line each: what it is, its name with the words that were looked for, and more about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.text import fold
from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.line_list import LineList, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.events import Click

    from crmcli.tui.finding import Hit

_KIND, _NUMBER, _VERB = 9, 7, 9
_TOKEN = re.compile(r"\w+|\W+")


class HitList(LineList):
    """The hits; the keys stay with the box above, so the cursor is always lit."""

    is_always_lit = True

    nothing = "looking …"

    def __init__(self) -> None:
        super().__init__(id="hits")
        self.can_focus = False
        self.hits: Sequence[Hit] = ()
        self._words: Sequence[str] = ()

    @property
    def count(self) -> int:
        """Hits and headings."""
        return len(self.hits)

    @property
    def pitch(self) -> int:
        """As many as fit are worth more than air."""
        return 1

    def is_heading(self, place: int) -> bool:
        """Whether it only says something of those below."""
        return self.hits[place].kind == "heading"

    def key_at(self, place: int) -> None:  # noqa: ARG002
        """Hits can't be marked."""
        return

    @property
    def hit(self) -> Hit | None:
        """The hit at the cursor."""
        found = self.hits[self.cursor] if self.cursor < self.count else None
        return None if found is None or found.kind == "heading" else found

    def show(self, hits: Sequence[Hit], text: str, nothing: str) -> None:
        """Show other hits, the cursor on the first one."""
        self.hits, self._words, self.nothing = hits, fold(text).split(), nothing
        self.cursor = 0
        self.measure()
        self.put_cursor(0)
        self.scroll_to(y=0, animate=False)
        self.forget()

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """One hit."""
        hit = self.hits[place]
        if hit.kind == "heading":
            return joined(cells, Piece(hit.name, "muted"))
        number = f"#{hit.number}" if hit.number and hit.kind != "screen" else ""
        kind = "" if hit.kind == "verb" else "go to" if hit.kind == "screen" else hit.kind
        room = cells - _NUMBER - 1 - (_KIND if kind else 0)
        name = cut(visible(hit.name), max(room * 3 // 5, 8))
        name = pad(name, _VERB) if hit.kind == "verb" else name
        about = visible(hit.about) if hit.about != hit.name else ""
        body = joined(room, *self._emphasised(name, "title"), Piece("  "), *self._emphasised(about, "muted"))
        taken = sum(width(piece.text) for piece in body)
        return [
            Piece(pad(kind, _KIND) if kind else "", "heading" if hit.kind == "new" else "muted"), *body,
            Piece(" " * max(0, room - taken + 1)), Piece(pad(number, _NUMBER, "right"), "muted"),
        ]  # fmt: skip

    def _emphasised(self, text: str, tone: str) -> Iterator[Piece]:
        """The text with what was looked for set off."""
        if not self._words:
            yield Piece(text, tone)
            return
        for token in _TOKEN.findall(text):
            head = self._matched(token)
            if head:
                yield Piece(token[:head], "word")
            if token[head:]:
                yield Piece(token[head:], tone)

    def _matched(self, token: str) -> int:
        """How many characters of a token were looked for."""
        own = fold(token)
        longest = max((len(word) for word in self._words if own.startswith(word)), default=0)
        return longest if len(own) == len(token) else len(token) if longest else 0

    def on_click(self, event: Click) -> None:
        """One click is enough."""
        event.prevent_default()
        if self.place_at(event.y) is not None:
            self.post_message(self.Opened(self))
