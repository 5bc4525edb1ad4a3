"""The cards of one stage: thousands of them, of which only the lines on the screen are ever drawn."""

from __future__ import annotations

from bisect import bisect_right
from itertools import zip_longest
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crmcli.domain.board import BoardCard
from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.amounts import amounts_text
from crmcli.tui.widgets.bands import Rows
from crmcli.tui.widgets.card import LINES, card_lines, card_mark, card_tone
from crmcli.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from datetime import datetime

    from textual.events import MouseDown, MouseMove, MouseUp, Resize

    from crmcli.domain.swimlanes import Swimlane
    from crmcli.render.locale import Locale
    from crmcli.tui.widgets.bands import Band

_EDGE, _CURSOR = "▌", "❯"  # noqa: RUF001 - the sign of every cursor
_MARGIN = 4  # the edge, the mark and a cell before a card's text, and one cell after it
_PLAIN_MARGIN = 4
_DRAWN_MOST = 2000  # cards drawn and kept, before all are forgotten
_line_of_band, _first_of_band = attrgetter("line"), attrgetter("first")


class CardList(CursorList, can_focus=False):
    """A stage's cards with a cursor; a card can be dragged out of it with the mouse.

    The keys stay with the lanes all the time: going from stage to stage then draws two lists anew and nothing else.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "card--title", "card--text", "card--muted", "card--overdue", "card--rotting", "card--won", "card--lost",
        "card--cursor", "card--resting", "card--edge", "card--marked", "card--mark", "card--swimlane",
    }  # fmt: skip

    class Dragged(Message):
        """A card is being dragged, or was let go (``dropped``), at a place on the screen."""

        def __init__(self, card: BoardCard, x: int, y: int, *, dropped: bool) -> None:
            super().__init__()
            self.card = card
            self.x = x
            self.y = y
            self.dropped = dropped

    class Pressed(Message):
        """A card was pressed: this is the present list."""

        def __init__(self, cards: CardList) -> None:
            super().__init__()
            self.cards = cards

    class Scrolled(Message):
        """The list was scrolled."""

        def __init__(self, cards: CardList) -> None:
            super().__init__()
            self.cards = cards

    class Askew(Message):
        """The list was laid out anew, and may not lie at the height of the present one."""

    class Toggled(Message):
        """The head of a swimlane was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Outdated(Message):
        """The cards are to lie closer together, or further apart."""

    def __init__(self, stage: int, locale: Locale, now: Callable[[], datetime], marked: set[Hashable]) -> None:
        super().__init__()
        self.stage = stage
        self.marked = marked
        self.shown = Rows(())
        self.is_present = False  # only the present list shows its cursor
        self.has_keys = False  # and shows it brightly while the lanes have the keys
        self.is_leading = False  # the first list on the screen says whose swimlane it is
        self._locale = locale
        self._now = now
        self._is_following = False
        self._held: BoardCard | None = None  # the card under a pressed mouse button
        self._held_at = (0, 0)
        self._dragging = False
        self._density = "compact"
        self._drawn: dict[tuple[object, ...], tuple[BoardCard | Swimlane | None, list[Strip]]] = {}
        self._drawn_at = -1
        self._plain_style: Style | None = None

    @property
    def card(self) -> BoardCard | None:
        """The card at the cursor."""
        item = self._item(self.cursor)
        return item if isinstance(item, BoardCard) else None

    @property
    def is_on_swimlane(self) -> bool:
        """Whether the cursor is on a folded swimlane."""
        return self._item(self.cursor) is not None and self.card is None

    @property
    def swimlane(self) -> Swimlane | None:
        """The swimlane that the cursor is in."""
        band = self._band_of(self.cursor)
        return band.swimlane if band is not None else None

    @property
    def cards(self) -> list[BoardCard]:
        """The cards that are not folded away."""
        return [item for item in self.shown.items if isinstance(item, BoardCard)]

    @property
    def count(self) -> int:
        """How many rows there are: cards, and folded swimlanes."""
        return len(self.shown.items)

    def key_at(self, place: int) -> str | None:
        """The deal's uid."""
        item = self.shown.items[place]
        return item.id if isinstance(item, BoardCard) else None

    def _item(self, place: int) -> BoardCard | Swimlane | None:
        items = self.shown.items
        return items[place] if 0 <= place < len(items) else None

    # -- measures

    @property
    def density(self) -> str:
        """How close the cards lie: comfortable, compact, or plain for a screen reader."""
        if self.screen.has_class("-plain"):
            return "plain"
        return "comfortable" if self.screen.has_class("-comfortable") else "compact"

    @property
    def lines(self) -> int:
        """The lines of a card."""
        return LINES[self._density]

    @property
    def is_out_of_date(self) -> bool:
        """Whether the cards are to lie closer together, or further apart, than they do."""
        return self.density != self._density

    @property
    def pitch(self) -> int:
        """From one card to the next."""
        return self.pitch_of(self._density)

    @staticmethod
    def pitch_of(density: str) -> int:
        """A card, and the empty line below it where there is room for it."""
        return LINES[density] + (density == "comfortable")

    @property
    def height(self) -> int:
        """Lines of all cards, and of the heads of the swimlanes."""
        return self.shown.height if self.shown.bands else super().height

    def measure(self) -> None:
        """Take the height of all rows together, without laying out the whole screen anew for it."""
        size = Size(max(0, self.virtual_width), self.height)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def _band_of(self, place: int) -> Band | None:
        bands = self.shown.bands
        return bands[max(0, bisect_right(bands, place, key=_first_of_band) - 1)] if bands else None

    def _band_on(self, line: int) -> Band | None:
        bands = self.shown.bands
        return bands[max(0, bisect_right(bands, line, key=_line_of_band) - 1)] if bands else None

    def line_of(self, place: int) -> int:
        """The first line of a row."""
        band = self._band_of(place)
        if band is None:
            return super().line_of(place)
        return band.line if band.is_folded else band.line + 1 + max(0, place - band.first) * self.pitch

    def place_on(self, line: int) -> int | None:
        """The row on a line; none on the head of a swimlane, or where this stage has fewer cards than another."""
        band = self._band_on(line)
        if band is None:
            return super().place_on(line)
        if band.is_folded:
            return band.first if line == band.line else None
        row = (line - band.line - 1) // self.pitch
        return band.first + row if line > band.line and row < band.rows else None

    @property
    def leads_scrolling(self) -> bool:
        """Whether its cursor says what is seen: with swimlanes all lists lie at one height, which the present one gives."""
        return self.is_present or not self.shown.bands

    def bring_into_view(self) -> None:
        """Scroll until the card at the cursor can be seen, below the head of its swimlane."""
        if not self.leads_scrolling:
            self.post_message(self.Askew())
            return
        super().bring_into_view()
        band = self._band_of(self.cursor)
        if band is not None and not band.is_folded:
            top = self.line_of(self.cursor) - 1
            if top < self.scroll_offset.y:
                self.scroll_to(y=top, animate=False)

    @property
    def screen_line(self) -> int:
        """How far down the screen the cursor is."""
        return self.line_of(self.cursor) - self.scroll_offset.y

    def go_to_screen_line(self, line: int) -> None:
        """Put the cursor on the card that far down the screen, or on the nearest there is."""
        wanted = line + self.scroll_offset.y
        found = self.place_on(wanted)
        if found is None:
            band = self._band_on(wanted)
            places = range(band.first, band.first + band.rows) if band is not None and band.rows else range(self.count)
            found = self._nearest(places, wanted)
        self.go_to(found)

    def _nearest(self, places: range, line: int) -> int:
        """Lines rise with places, so the nearest is found by halving."""
        after = bisect_right(places, line, key=self.line_of)
        beside = places[max(0, after - 1) : after + 1]
        return min(beside, key=lambda place: abs(self.line_of(place) - line), default=0)

    # -- what it shows

    def show(self, rows: Rows) -> None:
        """Show other cards; the cursor stays on its card, and what is on the screen stays where it is."""
        if rows.items is self.shown.items and not rows.bands and not self.shown.bands and not self.is_out_of_date:
            return
        kept, was_seen, line = self._item(self.cursor), self.is_seen(self.cursor), self.line_of(self.cursor)
        before = self._seen()
        self.shown = rows
        if self.is_out_of_date:
            self._density = self.density
            self.redraw()
        place = self._place_of(kept)
        is_there = place is not None
        self.cursor = max(0, min(self.cursor if place is None else place, self.count - 1))
        self.measure()
        if was_seen and self.leads_scrolling:
            if is_there and self.scroll_offset.y:
                self.scroll_to(y=self.scroll_offset.y + self.line_of(self.cursor) - line, animate=False)
            self.bring_into_view()
        if len(self._drawn) > _DRAWN_MOST:
            self._drawn.clear()
        self._refresh_where_other_than(before)

    def _seen(self) -> list[tuple[object, ...]]:
        """What is on each line of the screen, as far as it depends on the rows."""
        return [self._on(line) for line in range(self.scroll_offset.y, self.scroll_offset.y + self.size.height)]

    def _on(self, line: int) -> tuple[object, ...]:
        band = self._band_on(line)
        if band is not None and self._is_head(band, line):
            return band.swimlane, band.is_folded, band.first == self.cursor
        place = self.place_on(line)
        if place is None:
            return (None, self.count)
        return self.shown.items[place], line - self.line_of(place), place == self.cursor

    def _refresh_where_other_than(self, before: Sequence[tuple[object, ...]]) -> None:
        """Draw those lines anew that show something else now."""
        lines = [y for y, (was, now) in enumerate(zip_longest(before, self._seen())) if was != now]
        if lines:
            self.refresh(Region(0, lines[0], self.size.width, lines[-1] - lines[0] + 1))

    def _place_of(self, item: BoardCard | Swimlane | None) -> int | None:
        if item is None:
            return None
        if isinstance(item, BoardCard):
            try:
                return self.shown.items.index(item)
            except ValueError:  # it is there as another one now, or not at all
                return self.place_of(item.id)
        return next(
            (
                at
                for at, each in enumerate(self.shown.items)
                if not isinstance(each, BoardCard) and each.key == item.key
            ),
            None,
        )

    def place_of(self, uid: str) -> int | None:
        """The row of a card."""
        return next(
            (at for at, item in enumerate(self.shown.items) if isinstance(item, BoardCard) and item.id == uid), None
        )

    def put_cursor_on(self, uid: str) -> bool:
        """Put the cursor on a card; whether it is here."""
        place = self.place_of(uid)
        if place is not None:
            self.go_to(place)
        return place is not None

    def go_by_swimlane(self, steps: int) -> None:
        """Put the cursor on the first card of a swimlane further down, or up, that has any in this stage."""
        band = self._band_of(self.cursor)
        filled = [each for each in self.shown.bands if each.rows]
        if band is None or not filled:
            return
        at = next((at for at, each in enumerate(filled) if each.first == band.first), 0)
        self.go_to(filled[max(0, min(at + steps, len(filled) - 1))].first)

    def swimlane_at(self, y: int) -> Swimlane | None:
        """The swimlane on a line of the screen."""
        band = self._band_on(y - self.region.y + self.scroll_offset.y)
        return band.swimlane if band is not None else None

    def be_present(self, present: bool, has_keys: bool) -> None:
        """Show the cursor, brightly while the keys work on it, or hide it."""
        if (self.is_present, self.has_keys) != (present, has_keys):
            self.is_present, self.has_keys = present, has_keys
            line = self.line_of(self.cursor) - self.scroll_offset.y
            self.refresh(Region(0, line, self.size.width, self.lines))
            self.tell_terminal()

    def tell_terminal(self) -> None:
        """Put the terminal's own cursor on the card, where screen readers and magnifiers look for it."""
        if self.is_present and self.has_keys and self.is_attached:
            region = self.content_region
            y = region.y + self.line_of(self.cursor) - self.scroll_offset.y
            self.app.cursor_position = Offset(region.x, max(region.y, min(y, region.bottom - 1)))

    def lead(self, leading: bool) -> None:
        """Say whose swimlane it is, or leave that to another list."""
        if self.is_leading != leading:
            self.is_leading = leading
            self.refresh()

    def redraw(self) -> None:
        """Draw everything anew."""
        self._drawn.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme, or the cards lie closer together."""
        super().notify_style_update()
        self._plain_style = None
        self.redraw()
        if self.is_out_of_date:
            self.post_message(self.Outdated())

    def on_resize(self, _event: Resize) -> None:
        """Other cells, other lines; what every list does then follows by itself."""
        self._drawn.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell the other lists, which go along while there are swimlanes."""
        super().watch_scroll_y(old_value, new_value)
        if self.shown.bands and round(old_value) != round(new_value) and self._leads_others(old_value):
            self.post_message(self.Scrolled(self))

    def _leads_others(self, old_value: float) -> bool:
        """Whether the others are to follow: not one that follows itself, nor one that only has fewer lines than it had."""
        return not self._is_following and (self.is_present or old_value <= self.max_scroll_y)

    def follow(self, y: int) -> None:
        """Lie as high as another list; by the time that this would be told, the other may have gone on."""
        self._is_following = True
        try:
            self.scroll_to(y=y, animate=False)
        finally:
            self._is_following = False

    # -- the mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        """Take the card under the pointer; the head of a swimlane folds it."""
        band = self._head_at(event.y)
        if band is not None and event.button == 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.Toggled(band.swimlane.key))

    def _head_at(self, y: int) -> Band | None:
        line = y + self.scroll_offset.y
        band = self._band_on(line)
        return band if band is not None and (line == band.line or y == 0) else None

    def taken(self, event: MouseDown) -> None:
        """Hold the card."""
        self._held, self._held_at = self.card, (event.screen_x, event.screen_y)
        self.post_message(self.Pressed(self))
        self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Carry the card along once the pointer has left it."""
        if self._held is not None and (self._dragging or self._is_off(event)):
            self._dragging = True
            self.post_message(self.Dragged(self._held, event.screen_x, event.screen_y, dropped=False))

    def _is_off(self, event: MouseMove | MouseUp) -> bool:
        rows = abs(event.screen_y - self._held_at[1])
        return not 0 <= event.x < self.size.width or rows >= self.pitch

    def on_mouse_up(self, event: MouseUp) -> None:
        """Let the card go."""
        held, dragging = self._held, self._dragging
        self._held, self._dragging = None, False
        self.release_mouse()
        if held is not None and (dragging or self._is_off(event)):
            self.post_message(self.Dragged(held, event.screen_x, event.screen_y, dropped=True))

    # -- drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is seen of it. A line drawn before is the very same strip, which then is not cut and coloured anew either."""
        cells, wide, background = self.scrollable_content_region.width, self.size.width, self.background_colors[1]
        filters, now = self.get_line_filters(), self._freshened()
        strips = []
        for y in crop.line_range:
            strip = self._line(y, cells, now).adjust_cell_length(wide, self._plain)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip.crop(crop.x, crop.right))
        return strips

    def render_line(self, y: int) -> Strip:
        """One line of the screen: of a card, of the gap below it, of a swimlane's head, or empty."""
        return self._line(y, self.scrollable_content_region.width, self._freshened())

    def _freshened(self) -> datetime:
        """This moment; what was drawn in another minute may be wrong by now."""
        now = self._now()
        minute = int(now.timestamp()) // 60
        if minute != self._drawn_at:
            self._drawn.clear()
            self._drawn_at = minute
        return now

    def _line(self, y: int, cells: int, now: datetime) -> Strip:
        line = y + self.scroll_offset.y
        if not self.shown.items and y == 1 and not self.shown.bands:
            text = "no deals".center(cells)[:cells]
            return Strip([Segment(text, self._tone("muted"))], cells)
        band = self._band_on(line)
        if band is not None and self._is_head(band, line):
            return self._head(band, cells)
        place = self.place_on(line)
        if place is None or cells <= _MARGIN:
            return self._blank
        inside = line - self.line_of(place)
        card = self.shown.items[place]
        if inside >= self.lines or not isinstance(card, BoardCard):
            return self._blank
        return self._card(card, cells, now, at_cursor=self.is_present and place == self.cursor)[inside]

    def _is_head(self, band: Band, line: int) -> bool:
        """Whether the line tells whose swimlane it is: the first one of it, or the first one on the screen."""
        return line < self.height and line in (band.line, self.scroll_offset.y)

    @property
    def _blank(self) -> Strip:
        wide = self.size.width
        return self._kept(("blank", wide), None, lambda: [Strip.blank(wide, self._plain)])[0]

    def _card(self, card: BoardCard, cells: int, now: datetime, *, at_cursor: bool) -> list[Strip]:
        """The lines of a card, drawn once until something about it changes."""
        key = (card.id, cells, at_cursor and 1 + self.has_keys, card.id in self.marked)
        return self._kept(key, card, lambda: self._draw(card, cells, now, at_cursor=at_cursor))

    def _kept(
        self, key: tuple[object, ...], of: BoardCard | Swimlane | None, draw: Callable[[], list[Strip]]
    ) -> list[Strip]:
        found = self._drawn.get(key)
        if found is None or found[0] is not of:
            found = self._drawn[key] = of, draw()
        return found[1]

    def _draw(self, card: BoardCard, cells: int, now: datetime, *, at_cursor: bool) -> list[Strip]:
        marked = card.id in self.marked
        if self._density == "plain":
            return self._draw_plain(card, cells, now, at_cursor=at_cursor, marked=marked)
        base = self._base(at_cursor=at_cursor, marked=marked)
        tone = card_tone(card, now)
        edge = self._tone("mark" if marked else "edge" if tone == "text" else tone)
        # Sixteen colours have no shade that every tone can be read on: there the cursor is one colour all over.
        flat = at_cursor and self.app.native_ansi_color
        strips = []
        for number, pieces in enumerate(card_lines(card, cells - _MARGIN, now, self._locale, self._density)):
            mark = card_mark(card, now, marked=marked) if number == 0 else " "
            beside = Segment(_EDGE, base + Style(color=edge.color, dim=edge.dim))
            segments = [
                Segment(_CURSOR, base + Style(bold=True)) if at_cursor and number == 0 else beside,
                Segment(f"{mark} ", base if flat else base + edge),
            ]
            segments += [Segment(piece.text, base if flat else base + self._tone(piece.tone)) for piece in pieces]
            strips.append(Strip([*segments, Segment(" ", base)], cells))
        return strips

    def _base(self, *, at_cursor: bool, marked: bool) -> Style:
        if at_cursor:
            return self.get_component_rich_style("card--cursor" if self.has_keys else "card--resting")
        return self.get_component_rich_style("card--marked") if marked else self._plain

    @property
    def _plain(self) -> Style:
        if self._plain_style is None:
            self._plain_style = self.rich_style
        return self._plain_style

    def _draw_plain(self, card: BoardCard, cells: int, now: datetime, *, at_cursor: bool, marked: bool) -> list[Strip]:
        base = self._base(at_cursor=at_cursor, marked=False)
        sign = f"{'>' if at_cursor else ' '} {'*' if marked else ' '} "
        lines = card_lines(card, max(1, cells - _PLAIN_MARGIN), now, self._locale, "plain")
        return [
            Strip([Segment(pad((sign if number == 0 else "    ") + line[0].text, cells), base)], cells)
            for number, line in enumerate(lines)
        ]

    def _head(self, band: Band, cells: int) -> Strip:
        """The head of a swimlane: whose it is in the first column, what this stage has of it in the others."""
        at_cursor = self.is_present and band.is_folded and band.first == self.cursor
        key = ("head", band.swimlane.key, band.is_folded, cells, at_cursor and 1 + self.has_keys, self.is_leading)
        return self._kept(key, band.swimlane, lambda: [self._draw_head(band, cells, at_cursor=at_cursor)])[0]

    def _draw_head(self, band: Band, cells: int, *, at_cursor: bool) -> Strip:
        style = (
            self._base(at_cursor=True, marked=False) if at_cursor else self.get_component_rich_style("card--swimlane")
        )
        sign = _CURSOR if at_cursor else ""
        room = cells - 1 - len(sign)
        text = sign + (self._named(band, room) if self.is_leading else self._share(band, room))
        return Strip([Segment(pad(text, cells), style)], cells)

    def _named(self, band: Band, cells: int) -> str:
        sign = ("+" if band.is_folded else "-") if self._density == "plain" else "▸" if band.is_folded else "▾"
        name = visible(band.swimlane.name or "no one")
        figures = f"{self._locale.number(band.swimlane.deals)} open"
        value = amounts_text(band.swimlane.value, max(8, cells // 2), self._locale)
        for tail in (f"{figures} · {value}", value, figures):
            if width(name) + width(tail) + 4 <= cells:
                return f"{sign} {pad(name, cells - width(tail) - 3)} {tail}"
        return f"{sign} {cut(name, cells - 2)}"

    def _share(self, band: Band, cells: int) -> str:
        cards = len(band.swimlane.cards.get(self.stage, ()))
        return pad(f"{self._locale.number(cards)} here" if cards else "·", cells, "right")

    def _tone(self, tone: str) -> Style:
        return self.get_component_rich_style(f"card--{tone}", partial=True)
