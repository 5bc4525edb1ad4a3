"""Horizontal bars out of block characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width
from crmcli.render.safe import visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.render.locale import Locale
    from crmcli.reports.report import Chart

_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEAST_BAR = 8


def bar(value: float | None, largest: float, cells: int) -> str:
    """A bar for ``value``, ``cells`` long for the largest; anything above nothing can be seen."""
    if not value or value < 0 or largest <= 0:
        return ""
    eighths = max(1, round(value / largest * cells * 8))
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def chart_lines(chart: Chart, screen_width: int, locale: Locale, *, color: bool) -> Iterator[str]:
    """The chart as lines: label, bar, figure; ``—`` where there is no value."""
    labels = [visible(label) for label in chart.labels]
    figures = ["—" if value is None else f"{locale.number(value)} {chart.unit}".rstrip() for value in chart.values]
    label_width = min(max(map(width, labels), default=0), screen_width // 3)
    figure_width = max(map(width, figures), default=0)
    room = max(_LEAST_BAR, screen_width - label_width - figure_width - 4)
    largest = max((value for value in chart.values if value is not None), default=0)
    for label, value, figure in zip(labels, chart.values, figures, strict=True):
        drawn = bar(value, largest, room)
        yield f"{pad(label, label_width)}  {paint(drawn, 'bar', color=color)}{'  ' if drawn else ''}{figure}"
