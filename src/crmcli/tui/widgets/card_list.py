"""The cards of one stage: thousands of them, of which only the lines on the screen are ever drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crmcli.tui.widgets.card import LINES, card_lines, card_tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.events import Blur, Click, Focus, MouseDown, MouseMove, MouseUp, Resize

    from crmcli.domain.board import BoardCard
    from crmcli.render.locale import Locale

PITCH = LINES + 1  # a card and the empty line below it
_EDGE = "▌ "
_MARGIN = 3  # the edge before a card's text and one cell after it


class CardList(ScrollView, can_focus=True, inherit_bindings=False):
    """A stage's cards with a cursor; a card can be dragged out of it with the mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "card--title", "card--text", "card--muted", "card--overdue", "card--rotting", "card--won", "card--lost",
        "card--cursor", "card--resting", "card--edge",
    }  # fmt: skip

    class Selected(Message):
        """The cursor came to a card, or to a list with none."""

        def __init__(self, card: BoardCard | None) -> None:
            super().__init__()
            self.card = card

    class Opened(Message):
        """A card was double-clicked."""

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
        self.cursor = 0
        self.is_present = False  # only the present list shows its cursor
        self._locale = locale
        self._now = now
        self._held: BoardCard | None = None  # the card under a pressed mouse button
        self._dragging = False

    @property
    def card(self) -> BoardCard | None:
        """The card at the cursor."""
        return self.cards[self.cursor] if self.cards else None

    # -- what it shows

    def show(self, cards: Sequence[BoardCard]) -> None:
        """Show other cards; the cursor stays on its card, and what is on the screen stays where it is."""
        kept, was_seen = self.card, self._is_seen(self.cursor)
        self.cards = cards
        place = next((i for i, card in enumerate(cards) if kept and card.id == kept.id), self.cursor)
        self.cursor = max(0, min(place, len(cards) - 1))
        self._measure()
        if was_seen:
            self._bring_into_view()
        self.refresh()

    def put_cursor_on(self, uid: str) -> bool:
        """Put the cursor on a card; whether it is here."""
        place = next((i for i, card in enumerate(self.cards) if card.id == uid), None)
        if place is not None:
            self.go_to(place)
        return place is not None

    def _measure(self) -> None:
        height = max(0, len(self.cards) * PITCH - 1)
        self.virtual_size = Size(max(0, self.scrollable_content_region.width), height)

    def on_resize(self, _event: Resize) -> None:
        """Keep the cursor on the screen."""
        self._measure()
        self._bring_into_view()

    # -- the cursor

    @property
    def page(self) -> int:
        """How many whole cards fit."""
        return max(1, (self.size.height + 1) // PITCH)

    @property
    def row(self) -> int:
        """How far down the screen the cursor is, in cards."""
        return self.cursor - round(self.scroll_offset.y / PITCH)

    def go_to_row(self, row: int) -> None:
        """Put the cursor on the card that far down the screen."""
        self.go_to(round(self.scroll_offset.y / PITCH) + row)

    def go_to(self, place: int) -> None:
        """Put the cursor on the card of that place, or on the nearest there is."""
        self.cursor = max(0, min(place, len(self.cards) - 1))
        self._bring_into_view()
        self.refresh()
        self.post_message(self.Selected(self.card))

    def _is_seen(self, place: int) -> bool:
        top, height = self.scroll_offset.y, self.size.height
        return place * PITCH + LINES > top and place * PITCH < top + height

    def _bring_into_view(self) -> None:
        top, height = self.scroll_offset.y, self.size.height
        first = self.cursor * PITCH
        if first < top or height <= LINES:
            self.scroll_to(y=first, animate=False)
        elif first + LINES > top + height:
            self.scroll_to(y=first + LINES - height, animate=False)

    def be_present(self, present: bool) -> None:
        """Show the cursor, or hide it."""
        if self.is_present != present:
            self.is_present = present
            self.refresh()

    def on_focus(self, _event: Focus) -> None:
        """Say which card is meant now."""
        self.refresh()
        self.post_message(self.Selected(self.card))

    def on_blur(self, _event: Blur) -> None:
        """Draw the cursor at rest."""
        self.refresh()

    # -- the mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        """Take the card under the pointer."""
        place = (event.y + self.scroll_offset.y) // PITCH
        if event.button == 1 and 0 <= place < len(self.cards) and event.x < self.scrollable_content_region.width:
            self.go_to(place)
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

    def on_click(self, event: Click) -> None:
        """Open the card on the second click."""
        if event.chain == 2 and self.card is not None:
            self.post_message(self.Opened())

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
