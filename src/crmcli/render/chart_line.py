"""Lines over a labelled axis, in the dots of Braille characters; several are told apart by marks and a legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, pad, width
from crmcli.render.chart_scale import figure, scale, short
from crmcli.render.safe import visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.render.chart_scale import Scale
    from crmcli.render.locale import Locale
    from crmcli.reports.report import Chart

    Values = tuple[float | None, ...]

MARKS = "●○▲△■□◆◇"
_LEAST_WIDE = 8
_APART = 4  # cells from one mark of a line to its next
# The dots of a Braille character by column and row, from the upper left one on.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class _Line(NamedTuple):
    name: str
    values: Values
    mark: str


def all_lines(chart: Chart) -> list[tuple[str, Values]]:
    """The lines of a chart with their names, the chart's own values first and called after the chart."""
    own = [(chart.title if chart.lines else "", chart.values)] if chart.values else []
    return [*own, *chart.lines]


def line_lines(chart: Chart, screen_width: int, locale: Locale, color: bool) -> Iterator[str]:
    """The canvas with its axes, and below it what each mark stands for."""
    told = all_lines(chart)
    lines = [_Line(name, values, MARKS[n % len(MARKS)]) for n, (name, values) in enumerate(told)]
    high = min(14, max(8, screen_width // 8))
    axis = scale((value for line in lines for value in line.values), most=max(4, high // 2))
    ticks = {_row(axis, value, high): short(value, chart.unit, locale) for value in axis.marks}
    tick_cells = max(map(width, ticks.values()))
    canvas = _Canvas(max(_LEAST_WIDE, screen_width - tick_cells - 2), high, axis, len(chart.labels))
    for line in reversed(lines):  # the first one lies above the others
        canvas.trace(line.values)
    for line in reversed(lines):
        canvas.mark(line.values, line.mark, always=len(lines) > 1)
    for row in range(high):
        side = f"{pad(ticks.get(row, ''), tick_cells, 'right')} {'┤' if row in ticks else '│'}"
        yield side + paint(canvas.row(row), "bar", color=color).rstrip()
    yield f"{' ' * tick_cells} └{'─' * canvas.wide}"
    yield from _below(chart, canvas, tick_cells + 2)
    yield from _legend(lines, chart.unit, screen_width, locale)


def _row(axis: Scale, value: float, high: int) -> int:
    """The line of the screen, from above, that a value lies on."""
    return min(high - 1, int((1 - axis.share(value)) * (high * 4 - 1) / 4))


class _Canvas:
    """Dots, two across and four down in each cell, and marks that stand in a cell instead."""

    def __init__(self, wide: int, high: int, axis: Scale, points: int) -> None:
        self.wide = wide
        self.high = high
        self._axis = axis
        self._points = points
        self._dots: dict[tuple[int, int], int] = {}
        self._marks: dict[tuple[int, int], str] = {}

    def column(self, place: int) -> int:
        """The cell that a point stands in."""
        return self._x(place) // 2

    def trace(self, values: Values) -> None:
        """A line through the points, broken where there is no value."""
        before: tuple[int, int] | None = None
        for place, value in enumerate(values):
            here = None if value is None else (self._x(place), self._y(value))
            if here is not None:
                self._join(before or here, here)
            before = here

    def mark(self, values: Values, mark: str, *, always: bool) -> None:
        """The sign of a line on its points, so far apart as it takes; unless ``always`` only where all have room."""
        step = max(1, -(-_APART * max(self._points - 1, 1) // max(self.wide - 1, 1)))
        if step > 1 and not always:
            return
        for place, value in enumerate(values):
            if value is not None and place % step == 0:
                self._marks[self.column(place), self._y(value) // 4] = mark

    def row(self, row: int) -> str:
        """What stands on a line of the canvas."""
        cells = [(column, row) for column in range(self.wide)]
        return "".join(self._marks.get(cell) or _braille(self._dots.get(cell, 0)) for cell in cells)

    def _x(self, place: int) -> int:
        return round(place * (self.wide * 2 - 1) / (self._points - 1)) if self._points > 1 else self.wide

    def _y(self, value: float) -> int:
        return round((1 - self._axis.share(value)) * (self.high * 4 - 1))

    def _join(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            x = start[0] + round((end[0] - start[0]) * step / steps)
            y = start[1] + round((end[1] - start[1]) * step / steps)
            cell = x // 2, y // 4
            self._dots[cell] = self._dots.get(cell, 0) | _DOTS[x % 2][y % 4]


def _braille(dots: int) -> str:
    return chr(0x2800 + dots) if dots else " "


def _below(chart: Chart, canvas: _Canvas, start: int) -> Iterator[str]:
    """As many of the labels as there is room for below their points, the first and the last before the others."""
    labels = [visible(label) for label in chart.labels]
    last = len(labels) - 1
    taken: dict[int, str] = {}
    fitting = max(1, canvas.wide // (max(map(width, labels), default=0) * 3 // 2 + 2))
    order = [
        *range(min(1, len(labels))),
        *range(last, max(0, last - 1), -1),
        *range(0, last, max(1, -(-last // fitting))),
    ]
    for place in dict.fromkeys(order):
        text = cut(labels[place], max(3, canvas.wide // 2 - 1))
        at = min(max(0, canvas.column(place) - width(text) // 2), canvas.wide - width(text))
        if all(at + width(text) < other or other + width(beside) < at for other, beside in taken.items()):
            taken[at] = text
    line = " " * start
    for at, text in sorted(taken.items()):
        line += " " * (start + at - width(line)) + text
    if line.strip():
        yield line


def _legend(lines: Sequence[_Line], unit: str, screen_width: int, locale: Locale) -> Iterator[str]:
    """What each mark stands for, with the last figure of its line."""
    if len(lines) < 2 and not any(line.name for line in lines):
        return
    row = ""
    for line in lines:
        latest = next((value for value in reversed(line.values) if value is not None), None)
        told = cut(f"{line.mark} {visible(line.name)} {figure(latest, unit, locale)}".replace("  ", " "), screen_width)
        if row and width(row) + 3 + width(told) > screen_width:
            yield row
            row = ""
        row = f"{row}   {told}" if row else told
    yield row
