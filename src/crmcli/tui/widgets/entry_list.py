"""Lines of any kind under headings, each with a figure at the right and something that enter opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, pad, width
from crmcli.tui.widgets.line_list import Piece, joined
from crmcli.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABEL, _LEAST_BAR, _MOST_BAR = 14, 6, 40


class Entry(NamedTuple):
    """A line: its pieces, or a label with a bar; a figure at the right; ``ref``, a kind and a key, is what it opens.

    ``tone`` is that of bar and figure. A bar is a full part, a part under way, and the whole.
    """

    pieces: tuple[Piece, ...] = ()
    figure: str = ""
    ref: tuple[str, str] = ("", "")
    is_heading: bool = False
    bar: tuple[float, float, float] | None = None
    tone: str = "muted"
    number: int = 0  # of the record that it is


def heading(text: str) -> Entry:
    """A title above lines."""
    return Entry((Piece(text, "heading"),), is_heading=True)


def fact(name: str, value: str, ref: tuple[str, str] = ("", ""), tone: str = "text") -> Entry:
    """A name and what it is."""
    return Entry((Piece(pad(name, _LABEL), "muted"), Piece(value, tone)), ref=ref)


class EntryList(RowList[Entry]):
    """Keeps its cursor on what it opened when other lines come; its bars are of one length."""

    _beside = 0  # cells of the longest figure beside a bar

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """One line."""
        entry = self.rows[place]
        figure = cut(entry.figure, max(0, cells - 4))
        room = cells - width(figure) - (1 if figure else 0)
        left = self._barred(entry, cells - self._beside - 1) if entry.bar is not None else joined(room, *entry.pieces)
        taken = sum(width(piece.text) for piece in left)
        gap = Piece(" " * max(0, cells - taken - width(figure)))
        return [*left, gap, Piece(figure, entry.tone)]

    def _barred(self, entry: Entry, room: int) -> Sequence[Piece]:
        from crmcli.tui.campaign_words import bar

        assert entry.bar is not None
        label = joined(_LABEL, *entry.pieces)
        gap = Piece(" " * (_LABEL - sum(width(piece.text) for piece in label)))
        cells = min(_MOST_BAR, room - _LABEL)
        drawn = [Piece(bar(*entry.bar, cells), entry.tone)] if cells >= _LEAST_BAR else []
        return [*label, gap, *drawn]

    def show(self, entries: Sequence[Entry], *, anew: bool = False) -> None:
        """Show other lines; the cursor goes to what it was on, ``anew`` to the first one."""
        kept = self.line
        self._beside = max((width(entry.figure) for entry in entries if entry.bar is not None), default=0)
        place = 0 if anew else self.cursor
        if kept is not None and not anew and any(kept.ref):
            place = next((at for at, entry in enumerate(entries) if entry.ref == kept.ref), place)
        self.put(entries, place)
        self.bring_into_view()
