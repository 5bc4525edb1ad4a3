"""A heat map whose cells hold their figures, with shades that need no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width
from crmcli.render.chart_scale import NO_VALUE, lowest_and_highest, short
from crmcli.render.safe import visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.render.locale import Locale
    from crmcli.reports.report import Chart

SHADES = "░▒▓█"
_MOST_HEADER = 12
_GAP = " "


def shade(value: float, low: float, high: float) -> int:
    """Which of the four shades a value has: a quarter of the span each."""
    if high <= low:
        return 0
    return min(len(SHADES) - 1, int((value - low) / (high - low) * len(SHADES)))


def heat_lines(chart: Chart, screen_width: int, locale: Locale, color: bool) -> Iterator[str]:
    """A row for each label; columns that have no room beside the others come below, under a header of their own."""
    labels = [visible(label) for label in chart.labels]
    columns = [visible(column) for column in chart.columns]
    label_cells = min(max(map(width, labels), default=0), screen_width // 3)
    low, high = lowest_and_highest(value for row in chart.grid for value in row)
    texts = [_row_texts(row, low, high, chart.unit, locale) for row in chart.grid]
    needed = [width(text) for row in texts for text in row] + [min(width(each), _MOST_HEADER) for each in columns]
    cell = min(max(needed, default=1), max(1, screen_width - label_cells - 2))
    at_once = max(1, (screen_width - label_cells - 1) // (cell + 1))
    for start in range(0, len(columns), at_once):
        if start:
            yield ""
        here = slice(start, start + at_once)
        yield _line("", columns[here], label_cells, cell)
        for label, row in zip(labels, texts, strict=True):
            text = _line("", row[here], label_cells, cell)[label_cells:]
            yield f"{pad(label, label_cells)}{paint(text, 'bar', color=color)}".rstrip()
    if high > low:
        yield from _legend(low, high, chart.unit, screen_width, locale)


def _line(label: str, cells: Sequence[str], label_cells: int, cell: int) -> str:
    return (pad(label, label_cells) + _GAP + _GAP.join(pad(text, cell, "right") for text in cells)).rstrip()


def _row_texts(row: Sequence[float | None], low: float, high: float, unit: str, locale: Locale) -> list[str]:
    """The cells of a row; what comes after the last value is empty, a gap before it a dash."""
    last = max((place for place, value in enumerate(row) if value is not None), default=-1)
    return [
        ("" if place > last else NO_VALUE)
        if value is None
        else f"{SHADES[shade(value, low, high)]} {short(value, unit, locale)}"
        for place, value in enumerate(row)
    ]


def _legend(low: float, high: float, unit: str, screen_width: int, locale: Locale) -> Iterator[str]:
    """From which value on each shade is used."""
    steps = [low + (high - low) * place / len(SHADES) for place in range(len(SHADES))]
    told = "  ".join(f"{sign} {short(step, unit, locale)}+" for sign, step in zip(SHADES, steps, strict=True))
    if width(told) <= screen_width:
        yield told
