"""The chart above a report's figures: plotext draws it, and a click on a bar asks for the row it stands for."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual_plotext import Plot, PlotextPlot

from crmcli.render.cells import cut, pad, width
from crmcli.render.table import NOTHING
from crmcli.tui.charting import INK, compact, stretch_labels, text_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult, RenderResult
    from textual.color import Color
    from textual.events import Click

    from crmcli.render.locale import Locale
    from crmcli.tui.charting import Bar, Drawing

    Ink: TypeAlias = tuple[int, int, int] | int | str  # a colour as plotext takes it
    Point: TypeAlias = tuple[int, int, str, Ink]

_LEAST_WIDE, _LEAST_HIGH = 30, 3  # below this plotext has no room for its axes
_MOST_SHORT, _SHARE = 8, 0.4  # lines of a short screen, and the part of a tall one, that a chart may take
_SHORT_TEXT = 10  # and the lines of a short screen for a chart that says its figures itself
_SIGN = "❯ "  # noqa: RUF001 - the sign of every cursor
_LYING, _RISING, _REST = "▏▎▍▌▋▊▉█", "▁▂▃▄▅▆▇█", "░"
_INKS: dict[str, str] = {"bar": "chart--bar", "cursor": "chart--cursor", "text": "chart--text"}


class Gutter(Widget):
    """The names of bars that lie below each other, as wide as they are in any script."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, bool]] = []  # and whether the cursor is on it

    def show(self, lines: list[tuple[str, bool]]) -> None:
        """Show other names."""
        self.lines = lines
        self.refresh()

    def render(self) -> Content:
        """A name a line, the one at the cursor with its sign."""
        cells = max(1, self.size.width)
        return Content("\n").join(
            [
                Content.styled(pad((_SIGN if lit else "  ") + cut(text, cells - 3), cells), "bold" if lit else "")
                for text, lit in self.lines
            ]
        )


class Canvas(PlotextPlot):
    """What plotext draws."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_INKS.values())

    def __init__(self, chart: ReportChart) -> None:
        super().__init__()
        self.theme = "textual-clear"  # no colours but those named below
        self._chart = chart

    def render(self) -> RenderResult:
        """The drawing, on axes of its own."""
        self._plot = Plot()
        self.plt.theme("textual-clear")
        if self._chart.drawing is None or self.size.width < 2 or self.size.height < 1:
            return ""
        if self._chart.drawing.kind == "columns":
            self._draw_columns(self._chart.drawing)
        else:
            self._draw_bars()
        return super().render()

    def ink(self, name: str) -> Ink:
        """A colour as plotext takes it: one of the terminal's own by its number."""
        color: Color = self.get_component_styles(_INKS[name]).color
        if color.ansi is None:
            return color.rgb
        return color.ansi if color.ansi >= 0 else "default"

    # -- bars below each other

    def _draw_bars(self) -> None:
        chart = self._chart
        cells, height = self.size.width - 1, self.size.height
        figures = max((width(bar.figure) for bar in chart.seen), default=0)
        room = max(2, cells - figures - 2)
        self._axes(cells, height, lower=False)
        self.plt.yticks([], [])
        self.plt.xticks([], [])
        points: list[Point] = []
        inks = {name: self.ink(name) for name in _INKS}
        for place, bar in enumerate(chart.seen):
            row = height - 1 - place * chart.pitch
            color = inks["cursor" if self._is_lit(bar) else "bar"]
            marks = lying(bar, chart.largest, room)
            points += [(x, row, mark, color) for x, mark in enumerate(marks)]
            if width(bar.figure) == len(bar.figure):
                self.plt.text(bar.figure, len(marks) + 1, row, color=inks["text"], alignment="left")
        self._set(points)

    def _axes(self, cells: int, height: int, *, lower: bool) -> None:
        """Coordinates are cells, from the lower left corner on."""
        self.plt.xaxes(lower=lower, upper=False)
        self.plt.yaxes(left=True, right=False)
        self.plt.xlim(0, max(1, cells - 1))
        self.plt.ylim(0, max(1, height - 1))

    def _set(self, points: list[Point]) -> None:
        """All at once: plotext takes its time for each thing that is drawn, and much more for what it fills itself."""
        if points:
            xs, ys, marks, colors = map(list, zip(*points, strict=True))
            draw: Any = self.plt.scatter  # which takes a mark and a colour for each point, whatever its stub says
            draw(xs, ys, marker=marks, color=colors)

    def _is_lit(self, bar: Bar) -> bool:
        return bar.row is not None and bar.row == self._chart.cursor

    # -- columns along time

    def _draw_columns(self, drawing: Drawing) -> None:
        chart = self._chart
        high = self.size.height - 2
        cells, slot = chart.columns
        self._axes(cells, high, lower=True)
        heights: list[float] = [0, max(1, high // 2 - 1), high - 1]
        self.plt.yticks(heights, [label.rjust(chart.tick_cells) for label in chart.ticks])
        if slot:
            self._stand(drawing.bars, high, slot)
        else:
            self._trace(drawing.bars, chart.largest, high, cells)

    def _stand(self, bars: tuple[Bar, ...], high: int, slot: int) -> None:
        wide = slot - 1 if slot > 2 else slot
        labels = stretch_labels(bars, slot)
        points: list[Point] = []
        inks = {name: self.ink(name) for name in _INKS}
        for place, bar in enumerate(bars):
            lit = self._is_lit(bar)
            if lit:
                labels[place] = f"[{bar.label}]"
            color = inks["cursor" if lit else "bar"]
            marks = filled(bar.value, self._chart.largest, high, _RISING)
            points += [(place * slot + x, y, mark, color) for y, mark in enumerate(marks) for x in range(wide)]
        self._set(points)
        ticks = _apart([(place * slot + (wide - 1) // 2, label) for place, label in enumerate(labels) if label])
        self.plt.xticks([x for x, _ in ticks], [label for _, label in ticks])

    def _trace(self, bars: tuple[Bar, ...], largest: float, high: int, cells: int) -> None:
        """A line: there are more months than cells for columns."""
        step = (cells - 1) / max(1, len(bars) - 1)
        xs = [place * step for place in range(len(bars))]
        ys = [bar.value / largest * (high - 1) for bar in bars]
        for has_value, run in groupby(range(len(bars)), lambda place: bars[place].figure != NOTHING):
            if has_value:
                places = list(run)
                self.plt.plot([xs[n] for n in places], [ys[n] for n in places], marker="braille", color=self.ink("bar"))
        lit = next(
            (place for place, bar in enumerate(bars) if bar.row is not None and bar.row == self._chart.cursor), None
        )
        ends = [0, len(bars) - 1]
        if lit is not None:
            self.plt.scatter([xs[lit]], [ys[lit]], marker="●", color=self.ink("cursor"))
            ends.insert(0, lit)
        self.plt.xticks([xs[place] for place in ends], [bars[place].label for place in ends])


class ReportChart(Horizontal):
    """A drawing with the row at the cursor picked out by colour and by a sign.

    Where plotext has no room, and for screen readers, the figures are drawn as lines of text.
    """

    class Picked(Message):
        """A bar was clicked; ``twice`` when it was meant to be opened."""

        def __init__(self, row: int, *, twice: bool) -> None:
            super().__init__()
            self.row = row
            self.twice = twice

    def __init__(self, locale: Locale, *, plain: bool) -> None:
        super().__init__()
        self.drawing: Drawing | None = None
        self.cursor = 0
        self.top = 0  # the first bar that is seen
        self.largest = 1.0
        self.locale = locale
        self._is_plain = plain

    def compose(self) -> ComposeResult:
        """Names at the left, the drawing, and the lines of text in their place."""
        yield Gutter()
        yield Canvas(self)
        yield Lines(self)

    # -- what it shows

    def show(self, drawing: Drawing | None, cursor: int) -> None:
        """Show another drawing."""
        self.drawing = drawing
        self.largest = max((bar.value for bar in self.bars), default=0.0) or 1.0
        self.display = drawing is not None and bool(drawing.bars)
        self.fit()
        self.put_cursor(cursor)

    def fit(self) -> None:
        """Take the height that bars need, with air between them where there is room; columns take all there is."""
        if not self.is_attached:
            return
        shortest = _SHORT_TEXT if self.drawing_kind == "text" else _MOST_SHORT
        most = shortest if self.screen.has_class("-short") else int(self.screen.size.height * _SHARE)
        self.styles.height = most if self.drawing_kind == "columns" else max(3, min(most, self._lines_needed(most)))

    def _lines_needed(self, most: int) -> int:
        """The lines of the whole drawing, with air between bars if there may be that many."""
        if self.drawing_kind == "text":
            return len(self.text(self.size.width or self.screen.size.width, most))
        bars = len(self.bars)
        return bars * 2 - 1 if bars * 2 - 1 <= most else bars

    def text(self, cells: int, high: int) -> list[str]:
        """The lines of a drawing that is a text."""
        assert self.drawing is not None
        return text_lines(self.drawing, self.cursor, _SIGN, max(1, cells), high, self.locale)

    def put_cursor(self, row: int) -> None:
        """Pick out the bar of a row."""
        self.cursor = row
        self._settle()

    def on_resize(self) -> None:
        """There is another number of bars to be seen."""
        self._settle()

    def _settle(self) -> None:
        if not self.is_attached or self.drawing is None:
            return
        drawn = self.is_drawn
        gutter, canvas, lines = self.query_one(Gutter), self.query_one(Canvas), self.query_one(Lines)
        lines.display, canvas.display = not drawn, drawn
        gutter.display = drawn and self.drawing.kind == "bars"
        self._scroll()
        if gutter.display:
            names = [(bar.label, bar.row is not None and bar.row == self.cursor) for bar in self.seen]
            cells = min(max((width(name) for name, _ in names), default=0), self.size.width // 3) + 3
            if cells != gutter.size.width:  # laying out anew takes longer than drawing
                gutter.styles.width = cells
            gutter.show([line for name in names for line in (name, *[("", False)] * (self.pitch - 1))])
        canvas.refresh()
        lines.refresh()

    def _scroll(self) -> None:
        """Keep the bar at the cursor in sight."""
        at = next((place for place, bar in enumerate(self.bars) if bar.row == self.cursor), 0)
        room = max(1, self.size.height)
        self.top = max(0, min(max(self.top, at - room + 1), at, len(self.bars) - room if len(self.bars) > room else 0))

    # -- measures

    @property
    def is_drawn(self) -> bool:
        """Whether plotext draws it."""
        has_room = self.size.width >= _LEAST_WIDE and self.size.height >= _LEAST_HIGH
        return not self._is_plain and has_room and self.drawing_kind != "text"

    @property
    def drawing_kind(self) -> str:
        """Whether there are columns or bars."""
        return self.drawing.kind if self.drawing is not None else ""

    @property
    def bars(self) -> tuple[Bar, ...]:
        """All bars."""
        return self.drawing.bars if self.drawing is not None else ()

    @property
    def seen(self) -> tuple[Bar, ...]:
        """The bars below each other that there is room for."""
        return self.bars[self.top : self.top + max(1, self.size.height)]

    @property
    def pitch(self) -> int:
        """Lines from one bar to the next."""
        return 2 if self.is_drawn and len(self.bars) * 2 - 1 <= self.size.height else 1

    @property
    def ticks(self) -> list[str]:
        """What stands beside the axis, from below: nothing, half, all."""
        return ["0", compact(self.largest / 2, self.locale), compact(self.largest, self.locale)]

    @property
    def tick_cells(self) -> int:
        """The width of what stands beside the axis."""
        return max(map(len, self.ticks))

    @property
    def columns(self) -> tuple[int, int]:
        """The cells right of the axis, and those from one column to the next; 0 when there are too many columns."""
        cells = max(2, self.size.width - self.tick_cells - 1)
        slot = cells // max(1, len(self.bars))
        return cells, min(slot, 12) if slot > 1 else 0

    # -- the mouse

    def on_click(self, event: Click) -> None:
        """Ask for the row of a bar; a second click opens it."""
        at = event.screen_offset - self.region.offset
        bar = self.bar_at(at.x, at.y)
        if bar is not None and bar.row is not None:
            self.post_message(self.Picked(bar.row, twice=event.chain == 2))

    def bar_at(self, x: int, y: int) -> Bar | None:
        """The bar at a place of the widget."""
        if self.drawing is None:
            return None
        if self.drawing.kind == "text":
            return self._on_line(y)
        if self.drawing.kind == "bars" or not self.is_drawn:
            place = self.top + y // self.pitch
            return self.bars[place] if 0 <= place < len(self.bars) else None
        cells, slot = self.columns
        x -= self.tick_cells + 1
        place = x // slot if slot else round(x / max(1, cells - 1) * (len(self.bars) - 1))
        return self.bars[place] if 0 <= place < len(self.bars) else None

    def _on_line(self, y: int) -> Bar | None:
        """The bar whose label begins a line of the text."""
        lines = self.text(self.size.width, max(1, self.size.height))
        if not 0 <= y < len(lines):
            return None
        said = lines[y][len(_SIGN) :]
        named = [bar for bar in self.bars if bar.label and said.startswith(bar.label)]
        return max(named, key=lambda bar: len(bar.label), default=None)


class Lines(Widget):
    """The drawing as lines of text: name, bar, figure."""

    def __init__(self, chart: ReportChart) -> None:
        super().__init__()
        self._chart = chart

    def render(self) -> Content:
        """As many bars as there are lines."""
        drawing = self._chart.drawing
        if drawing is None:
            return Content("")
        if drawing.kind == "text":
            lines = self._chart.text(self.size.width, max(1, self.size.height))
            return Content("\n").join([inked(line) for line in lines])
        from crmcli.render.charts import chart_lines
        from crmcli.reports.report import Chart

        seen = self._chart.seen
        labels = tuple(
            (_SIGN if bar.row is not None and bar.row == self._chart.cursor else "  ") + bar.label for bar in seen
        )
        chart = Chart("bar", labels, tuple(bar.value for bar in seen))
        return Content("\n".join(chart_lines(chart, max(1, self.size.width), self._chart.locale, color=False)))


def inked(line: str) -> Content:
    """A line of a drawing: what is drawn in the colour of bars, the one at the cursor in its own."""
    drawn = "$accent" if line.startswith(_SIGN) else "$primary"
    content = Content(line)
    for found in INK.finditer(line):
        content = content.stylize(drawn, *found.span())
    first = INK.search(line)
    return content.stylize("bold", 0, first.start() if first else None) if line.startswith(_SIGN) else content


def _apart(ticks: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The labels that have room beside each other; the one at the cursor, in brackets, before all others."""
    kept: list[tuple[int, str]] = []
    for x, label in sorted(ticks, key=lambda tick: not tick[1].startswith("[")):
        if all(abs(x - other) > (len(label) + len(beside)) // 2 + 1 for other, beside in kept):
            kept.append((x, label))
    return sorted(kept)


def filled(value: float, largest: float, room: int, marks: str) -> str:
    """The marks of a bar, the last of them an eighth of a cell or more; anything above nothing can be seen."""
    eighths = max(1, round(value / largest * room * 8)) if value > 0 else 0
    return marks[-1] * (eighths // 8) + (marks[eighths % 8 - 1] if eighths % 8 else "")


def lying(bar: Bar, largest: float, room: int) -> str:
    """The marks of a bar from left to right; what is not its fuller part is told from it without colour."""
    if bar.part is None:
        return filled(bar.value, largest, room, _LYING)
    part = filled(bar.part, largest, room, _LYING)
    return part + _REST * (len(filled(bar.value, largest, room, _LYING)) - len(part))
