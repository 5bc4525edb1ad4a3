"""Charts out of characters that need no colour: bars, a funnel, lines, a heat map, and a line of a few cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width, wrap
from crmcli.render.chart_scale import NO_VALUE, figure, lowest_and_highest
from crmcli.render.safe import visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.render.locale import Locale
    from crmcli.reports.report import Chart

    Draw = Callable[[Chart, int, Locale, bool], Iterator[str]]

_EIGHTHS = " ▏▎▍▌▋▊▉"
_RISING = "▁▂▃▄▅▆▇█"
_LEAST_BAR = 8
_ARROW = "▼"


def bar(value: float | None, largest: float, cells: int) -> str:
    """A bar for ``value``, ``cells`` long for the largest; anything above nothing can be seen."""
    if not value or value < 0 or largest <= 0:
        return ""
    eighths = max(1, round(value / largest * cells * 8))
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def sparkline(values: Sequence[float | None]) -> str:
    """The course of the values in a cell each, from nothing (or the lowest, if below) up; a gap where there is none."""
    low, high = lowest_and_highest(values)
    steps = (len(_RISING) - 1) / (high - low) if high > low else 0.0
    return "".join(" " if value is None else _RISING[round((value - low) * steps)] for value in values)


def chart_lines(chart: Chart, screen_width: int, locale: Locale, *, color: bool) -> Iterator[str]:
    """The chart as lines of at most ``screen_width`` cells under its title; ``—`` or a gap where there is no value."""
    if chart.title:
        for line in wrap(visible(chart.title), screen_width):
            yield paint(line, "heading", color=color)
    yield from _drawing(chart.kind)(chart, screen_width, locale, color)


def _drawing(kind: str) -> Draw:
    if kind == "line":
        from crmcli.render.chart_line import line_lines

        return line_lines
    if kind == "heat":
        from crmcli.render.chart_heat import heat_lines

        return heat_lines
    return _funnel if kind == "funnel" else _bars


def _labels(chart: Chart, screen_width: int) -> tuple[list[str], int]:
    """The labels made harmless, and the cells that they get."""
    labels = [visible(label) for label in chart.labels]
    return labels, min(max(map(width, labels), default=0), screen_width // 3)


def _bars(chart: Chart, screen_width: int, locale: Locale, color: bool) -> Iterator[str]:
    """Label, bar, figure; bars below nothing go to the left of an axis."""
    labels, label_cells = _labels(chart, screen_width)
    figures = [figure(value, chart.unit, locale) for value in chart.values]
    figure_cells = max(map(width, figures), default=0)
    room = max(_LEAST_BAR, screen_width - label_cells - figure_cells - 4)
    low, high = lowest_and_highest(chart.values)
    # The axis stands where nothing is; it takes a cell of its own.
    left = round((room - 1) * -low / (high - low)) if low < 0 else 0
    for label, value, told in zip(labels, chart.values, figures, strict=True):
        drawn = bar(value, high, room - left - (low < 0))
        if low < 0:
            below = "█" * max(1, round(value / low * left)) if value and value < 0 else ""
            drawn = f"{below:>{left}}│{drawn}"
        yield f"{pad(label, label_cells)}  {paint(drawn, 'bar', color=color)}{'  ' if drawn else ''}{told}"


def _funnel(chart: Chart, screen_width: int, locale: Locale, color: bool) -> Iterator[str]:
    """Centred steps, and between two of them the share that went on."""
    labels, label_cells = _labels(chart, screen_width)
    figures = [figure(value, chart.unit, locale) for value in chart.values]
    figure_cells = max(map(width, figures), default=0)
    room = max(_LEAST_BAR, screen_width - label_cells - figure_cells - 4)
    largest = lowest_and_highest(chart.values)[1]
    before: float | None = None
    for place, (label, value, told) in enumerate(zip(labels, chart.values, figures, strict=True)):
        if place:
            share = NO_VALUE if not before or value is None else locale.percent(value / before)
            # The arrow stands below the middle of the steps, whatever the share beside it is.
            middle = label_cells + 2 + (room - 1) // 2
            yield paint(f"{' ' * middle}{_ARROW} {share}", "muted", color=color)
        step = _centred(value, largest, room)
        yield f"{pad(label, label_cells)}  {paint(step, 'bar', color=color)}  {pad(told, figure_cells, 'right')}"
        before = value


def _centred(value: float | None, largest: float, room: int) -> str:
    """A bar in the middle of the room, measured in halves of cells."""
    halves = min(room * 2, max(1, round(value / largest * room * 2))) if value and value > 0 and largest > 0 else 0
    if halves == 0:
        return " " * room
    start = (room * 2 - halves) // 2
    end = start + halves
    drawn = ["▐"] * (start % 2) + ["█"] * (end // 2 - -(-start // 2)) + ["▌"] * (end % 2)
    if start % 2 and end // 2 < -(-start // 2):  # less than a cell, within one
        drawn = ["▐"]
    return pad(" " * (start // 2) + "".join(drawn), room)
