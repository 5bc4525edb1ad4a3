"""A list of rows of a line or a few under headings: pieces of text with a tone each, drawn once and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from crmcli.render.cells import cut, pad, width
from crmcli.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

_GUTTER = 3  # the cursor's sign, the mark's sign, and a cell after them
_CURSOR, _MARK = "▌", "●"
_MOST_KEPT = 2000


class Piece(NamedTuple):
    """A run of text and its meaning: text, title, muted, late, slow, good, word (found), or heading."""

    text: str
    tone: str = "text"


class LineList(CursorList):
    """Rows of one line, or of ``lines``; the subclass says the pieces of each, as wide as it is told.

    In the comfortable density there is an empty line between rows.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line--text", "line--title", "line--muted", "line--late", "line--slow", "line--good", "line--word",
        "line--heading", "line--cursor", "line--resting",
    }  # fmt: skip

    nothing = ""  # what is said in the middle of a list with no rows
    is_always_lit = False  # the cursor is shown as where the keys go, wherever the focus is

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._strips: dict[int, tuple[int, bool, Strip]] = {}  # cells, marked, drawn
        self._tones: dict[str, Style] = {}
        self._base: Style | None = None
        self._pitch = 1
        self._waiting = ""

    def wait(self, said: str) -> None:
        """Say this instead of ``nothing`` until it is known whether there are rows."""
        if said != self._waiting:
            self._waiting = said
            self.refresh()

    # -- what the subclass says

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """The row of a place; together the pieces are at most so many cells wide."""
        raise NotImplementedError

    def more_pieces(self, place: int, line: int, cells: int) -> Sequence[Piece]:  # noqa: ARG002 - for the subclass
        """A further line of the row, counted from 1, where rows have more than one."""
        return ()

    # -- measures

    @property
    def pitch(self) -> int:
        """The lines of a row, and an empty one below them where there is to be air."""
        return self.lines + (self.is_attached and self.screen.has_class("-comfortable"))

    @property
    def lines(self) -> int:
        """The line of a row."""
        return 1

    def notify_style_update(self) -> None:
        """Other colours, or another density."""
        super().notify_style_update()
        self._tones.clear()
        self._strips.clear()
        self._base = None
        if self.is_attached and self.pitch != self._pitch:
            self._pitch = self.pitch
            self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        self.measure()
        self.bring_into_view()
        self.refresh()

    def forget(self) -> None:
        """The rows are other ones: draw them anew."""
        self._strips.clear()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor looks otherwise."""
        super().watch_has_focus(has_focus)
        self.refresh()

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        cells = self.scrollable_content_region.width
        if not self.count:
            return self._empty_line(y, cells)
        place, line = divmod(y + self.scroll_offset.y, self.pitch)
        if line >= self.lines or place >= self.count or cells <= _GUTTER:
            return Strip.blank(self.size.width, self._plain)
        if place == self.cursor and not self.is_heading(place):
            return self._row_strip(place, line, cells)
        is_marked = self._is_marked(place)
        key = place * self.lines + line
        kept = self._strips.get(key)
        if kept is None or kept[:2] != (cells, is_marked):
            if len(self._strips) > _MOST_KEPT:
                self._strips.clear()
            kept = self._strips[key] = (cells, is_marked, self._row_strip(place, line, cells))
        return kept[2]

    def _empty_line(self, y: int, cells: int) -> Strip:
        lines = (self._waiting or self.nothing).split("\n")
        line = y - max(0, (self.size.height - len(lines)) // 3)
        text = lines[line] if 0 <= line < len(lines) else ""
        tone = "title" if line == 0 else "muted"
        left = max(0, (cells - width(text)) // 2)
        return Strip([Segment(pad(" " * left + text, cells), self._plain + self.tone(tone))], cells)

    def _is_marked(self, place: int) -> bool:
        return bool(self.marked) and self.key_at(place) in self.marked

    def _row_strip(self, place: int, line: int, cells: int) -> Strip:
        if self.is_heading(place):
            return self._heading_strip(place, cells)
        at_cursor, is_marked = place == self.cursor, self._is_marked(place)
        base = self._plain
        if at_cursor:
            base = self.tone("cursor" if self.has_focus or self.is_always_lit else "resting", whole=True)
        sign = (_CURSOR if at_cursor else " ") + (_MARK if is_marked and not line else " ") + " "
        # Sixteen colours have no shade that every tone can be read on: there the cursor is one colour all over.
        flat = at_cursor and self.app.native_ansi_color
        segments = [Segment(sign, base if flat else base + self.tone("heading"))]
        taken = _GUTTER
        room = cells - _GUTTER
        for piece in self.more_pieces(place, line, room) if line else self.pieces(place, room):
            segments.append(Segment(piece.text, base if flat else base + self.tone(piece.tone)))
            taken += width(piece.text)
        segments.append(Segment(" " * (cells - taken), base))
        return Strip(segments, cells)

    def _heading_strip(self, place: int, cells: int) -> Strip:
        segments = [Segment(piece.text, self._plain + self.tone(piece.tone)) for piece in self.pieces(place, cells - 1)]
        return Strip([Segment(" ", self._plain), *segments]).adjust_cell_length(cells, self._plain)

    @property
    def _plain(self) -> Style:
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def tone(self, name: str, *, whole: bool = False) -> Style:
        """The style of a tone; a whole one has a background of its own."""
        found = self._tones.get(name)
        if found is None:
            found = self._tones[name] = self.get_component_rich_style(f"line--{name}", partial=not whole)
        return found


def columns(cells: int, *wanted: tuple[Piece, int]) -> list[Piece]:
    """The pieces side by side, two cells apart, each as wide as is said; one of width 0 takes what the others leave.

    From the right, pieces are left out as long as the elastic one would get less than a third.
    """
    kept = list(wanted)
    while len(kept) > 1 and (cells - sum(size + 2 for _, size in kept if size)) < cells // 3:
        last = next((place for place in range(len(kept) - 1, -1, -1) if kept[place][1]), 0)
        kept.pop(last)
    room = max(0, cells - sum(size + 2 for _, size in kept if size))
    pieces: list[Piece] = []
    for place, (piece, size) in enumerate(kept):
        if place:
            pieces.append(Piece("  "))
        pieces.append(Piece(pad(piece.text, size or room), piece.tone))
    return pieces


def joined(cells: int, *parts: Piece) -> list[Piece]:
    """The pieces one after the other, as many as fit, the last one cut."""
    pieces, left = [], cells
    for part in parts:
        if left <= 0 or not part.text:
            continue
        text = cut(part.text, left)
        pieces.append(Piece(text, part.tone))
        left -= width(text)
    return pieces
