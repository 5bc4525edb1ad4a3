"""The cards of one stage: thousands of them, of which only the lines on the screen are ever drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from crmcli.tui.widgets.card import LINES, card_lines, card_tone
from crmcli.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.events import MouseDown, MouseMove, MouseUp

    from crmcli.domain.board import BoardCard
    from crmcli.render.locale import Locale

PITCH = LINES + 1  # a card and the empty line below it
_EDGE = "▌ "
_MARGIN = 3  # the edge before a card's text and one cell after it


class CardList(CursorList):
    """A stage's cards with a cursor; a card can be dragged out of it with the mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "card--title", "card--text", "card--muted", "card--overdue", "card--rotting", "card--won", "card--lost",
        "card--cursor", "card--resting", "card--edge",
    }  # fmt: skip

    class Dragged(Message):
        """A card is being dragged, or was let go (``dropped``), at a place on the screen."""

        def __init__(self, card: BoardCard, x: int, y: int, *, dropped: bool) -> None:
            super().__init__()
            self.card = card
            self.x = x
            self.y = y
            self.dropped = dropped

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.cards: Sequence[BoardCard] = ()
        self.is_present = False  # only the present list shows its cursor
        self._locale = locale
        self._now = now
        self._held: BoardCard | None = None  # the card under a pressed mouse button
        self._dragging = False

    @property
    def card(self) -> BoardCard | None:
        """The card at the cursor."""
        return self.cards[self.cursor] if self.cards else None

    @property
    def count(self) -> int:
        """How many cards there are."""
        return len(self.cards)

    @property
    def pitch(self) -> int:
        """A card and the empty line below it."""
        return PITCH

    @property
    def lines(self) -> int:
        """The lines of a card."""
        return LINES

    def key_at(self, place: int) -> str:
        """The deal's uid."""
        return self.cards[place].id

    # -- what it shows

    def show(self, cards: Sequence[BoardCard]) -> None:
        """Show other cards; the cursor stays on its card, and what is on the screen stays where it is."""
        kept, was_seen = self.card, self.is_seen(self.cursor)
        self.cards = cards
        place = next((i for i, card in enumerate(cards) if kept and card.id == kept.id), self.cursor)
        self.cursor = max(0, min(place, len(cards) - 1))
        self.measure()
        if was_seen:
            self.bring_into_view()
        self.refresh()

    def put_cursor_on(self, uid: str) -> bool:
        """Put the cursor on a card; whether it is here."""
        place = next((i for i, card in enumerate(self.cards) if card.id == uid), None)
        if place is not None:
            self.go_to(place)
        return place is not None

    def be_present(self, present: bool) -> None:
        """Show the cursor, or hide it."""
        if self.is_present != present:
            self.is_present = present
            self.refresh()

    # -- the mouse

    def taken(self, _event: MouseDown) -> None:
        """Hold the card."""
        self._held = self.card
        self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Carry the card along once the pointer has left the list."""
        if self._held is not None and (self._dragging or not 0 <= event.x < self.size.width):
            self._dragging = True
            self.post_message(self.Dragged(self._held, event.screen_x, event.screen_y, dropped=False))

    def on_mouse_up(self, event: MouseUp) -> None:
        """Let the card go."""
        held, dragging = self._held, self._dragging
        self._held, self._dragging = None, False
        self.release_mouse()
        if held is not None and (dragging or not 0 <= event.x < self.size.width):
            self.post_message(self.Dragged(held, event.screen_x, event.screen_y, dropped=True))

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen: of a card, of the gap below it, or empty."""
        cells = self.scrollable_content_region.width
        place, line = divmod(y + self.scroll_offset.y, PITCH)
        if not self.cards and y == 1:
            text = "no deals".center(cells)[:cells]
            return Strip([Segment(text, self._tone("muted"))], cells)
        if place >= len(self.cards) or line >= LINES or cells <= _MARGIN:
            return Strip.blank(self.size.width, self.rich_style)
        return self._card_line(self.cards[place], line, cells, at_cursor=self.is_present and place == self.cursor)

    def _card_line(self, card: BoardCard, line: int, cells: int, *, at_cursor: bool) -> Strip:
        now = self._now()
        base = (
            self.get_component_rich_style("card--cursor" if self.has_focus else "card--resting")
            if at_cursor
            else self.rich_style
        )
        tone = card_tone(card, now)
        edge = self._tone("edge" if tone == "text" else tone)
        pieces = card_lines(card, cells - _MARGIN, now, self._locale)[line]
        segments = [Segment(_EDGE, base + Style(color=edge.color, dim=edge.dim))]
        # Sixteen colours have no shade that every tone can be read on: there the cursor is one colour all over.
        flat = at_cursor and self.app.native_ansi_color
        segments += [Segment(piece.text, base if flat else base + self._tone(piece.tone)) for piece in pieces]
        segments.append(Segment(" ", base))
        return Strip(segments, cells)

    def _tone(self, tone: str) -> Style:
        return self.get_component_rich_style(f"card--{tone}", partial=True)
