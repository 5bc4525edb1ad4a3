"""Charts as SVG: pictures that hold no colour alone, no script and nothing from elsewhere, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, width, wrap
from crmcli.render.chart_line import all_lines
from crmcli.render.chart_scale import NO_VALUE, figure, lowest_and_highest, scale, short
from crmcli.render.markup import escaped, tag
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.render.locale import Locale
    from crmcli.reports.report import Chart

MOST_BARS = 60
_CELL = 7.4  # what a terminal's cell of text takes here
_ROW, _THICK = 28.0, 18.0
_MARGIN = 12.0
_TITLE, _TITLE_LINE = 30.0, 18.0
_DARK = 0.84  # from this part of the colour on, light text is read better on it
FONTS = (
    "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'Liberation Sans', Cantarell, Ubuntu, "
    "'Open Sans', 'DejaVu Sans', FreeSans, 'Noto Sans CJK SC', sans-serif"
)
# A picture's text is drawn by one font; where the usual ones lack the characters, these come first.
_WIDE_FONTS = "'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Hiragino Sans', 'Microsoft YaHei', 'Malgun Gothic', "
# Light and dark: the names are classes of the elements and variables of a page.
COLORS = {
    "paper": ("#ffffff", "#14181d"),
    "ink": ("#1c2430", "#e8ecf1"),
    "muted": ("#5a6573", "#9aa7b5"),
    "rule": ("#d5dbe2", "#39434e"),
    "bar": ("#1f6fa8", "#5fb0e5"),
    "heat": ("#1f6fa8", "#256fa5"),
    "over": ("#ffffff", "#ffffff"),
    "c0": ("#1f6fa8", "#5fb0e5"),
    "c1": ("#b5511a", "#f0a06a"),
    "c2": ("#2c7a51", "#6ecb98"),
    "c3": ("#7446a8", "#bd97ea"),
    "c4": ("#a8324a", "#f08aa0"),
    "c5": ("#6b6200", "#d4c75a"),
}
_LINES = ("c0", "c1", "c2", "c3", "c4", "c5")
_DASHES = ("", "7 4", "2 4", "10 4 2 4", "14 5", "4 2")


class Sheet(NamedTuple):
    """What is drawn on: its width, and the cells that labels at the left and below an axis may take.

    On a sheet that ``wraps``, columns that have no room come below the others; else it grows.
    """

    wide: float
    label_cells: int
    below_cells: int
    legend_cells: int
    wraps: bool = False


WIDE = Sheet(720.0, 28, 14, 40)
NARROW = Sheet(360.0, 13, 8, 24, wraps=True)  # as a phone is held


class Drawing(NamedTuple):
    """A picture to be: its size, what it is called and says, and its elements."""

    wide: float
    high: float
    title: str
    about: str
    body: str


def inline_svg(chart: Chart, locale: Locale, number: int) -> str:
    """The chart as elements of a page, one for a wide screen and one for a phone; its style shows one, and says the colours.

    ``number`` tells its names from those of others.
    """
    wide = _svg(_drawing(chart, locale, WIDE), f"c{number}", "", classes="chart wide")
    return wide + _svg(_drawing(chart, locale, NARROW), f"c{number}n", "", classes="chart narrow")


def svg_file(charts: Sequence[Chart], locale: Locale) -> str:
    """The charts below each other as a file of their own."""
    drawings = [_drawing(chart, locale, WIDE) for chart in charts]
    wide, high = max(each.wide for each in drawings), sum(each.high for each in drawings)
    dark = "".join(f".{name}{{{_style_of(name)}:{dark}}}" for name, (_, dark) in COLORS.items())
    dark += f".empty{{fill:{COLORS['paper'][1]}}}"
    style = tag("style", "", f"@media (prefers-color-scheme:dark){{{dark}}}")
    paper = tag("rect", f'class="paper" width="{_n(wide)}" height="{_n(high)}" fill="{COLORS["paper"][0]}"')
    if len(drawings) == 1:
        return _svg(drawings[0], "c1", style + paper, f'width="{_n(wide)}" height="{_n(high)}" ') + "\n"
    body, top = "", 0.0
    for each in drawings:
        body += tag("g", f'transform="translate(0 {_n(top)})"', each.body)
        top += each.high
    together = Drawing(wide, high, drawings[0].title, "; ".join(each.about for each in drawings), body)
    return _svg(together, "c1", style + paper, f'width="{_n(wide)}" height="{_n(high)}" ') + "\n"


def _style_of(name: str) -> str:
    return "stroke" if name == "rule" else "color" if name in _LINES else "fill"


def _svg(drawing: Drawing, name: str, before: str, size: str = "", classes: str = "chart") -> str:
    attributes = (
        f'xmlns="http://www.w3.org/2000/svg" class="{classes}" {size}viewBox="0 0 {_n(drawing.wide)} {_n(drawing.high)}" '
        f'role="img" aria-labelledby="{name}t {name}d" font-family="{FONTS}" font-size="13"'
    )
    title = tag("title", f'id="{name}t"', escaped(drawing.title))
    about = tag("desc", f'id="{name}d"', escaped(drawing.about))
    return tag("svg", attributes, title, about, before, drawing.body)


def _drawing(chart: Chart, locale: Locale, sheet: Sheet) -> Drawing:
    draw: dict[str, Callable[[Chart, Locale, Sheet], tuple[float, float, str]]] = {
        "line": _line,
        "heat": _heat,
        "funnel": _funnel,
    }
    wide, high, body = draw.get(chart.kind, _bars)(chart, locale, sheet)
    title = wrap(visible(chart.title), int(sheet.wide / _CELL) - 4) if chart.title else []
    head = "".join(
        _text(_MARGIN, 20 + _TITLE_LINE * n, line, extra='font-weight="600"') for n, line in enumerate(title)
    )
    if title:
        below = _TITLE + _TITLE_LINE * (len(title) - 1)
        body, high = tag("g", f'transform="translate(0 {_n(below)})"', body), high + below
    return Drawing(wide, high, chart.title or f"{chart.kind} chart", _about(chart, locale), head + body)


def _about(chart: Chart, locale: Locale) -> str:
    """The chart in words, for who does not see it; its table has all of it."""
    if chart.kind == "heat":
        low, high = lowest_and_highest(value for row in chart.grid for value in row)
        span = f"{figure(low, chart.unit, locale)} to {figure(high, chart.unit, locale)}"
        return f"heat map of {len(chart.labels)} rows and {len(chart.columns)} columns, {span}"
    if chart.kind == "line":
        ends = (
            f"{name or 'line'} from {figure(_first(values), chart.unit, locale)} to "
            f"{figure(_first(values[::-1]), chart.unit, locale)}"
            for name, values in all_lines(chart)
        )
        return f"line chart over {len(chart.labels)} points: {'; '.join(ends)}"
    pairs = list(zip(chart.labels, chart.values, strict=True))
    told = ", ".join(f"{label} {figure(value, chart.unit, locale)}" for label, value in pairs[:12])
    return f"{chart.kind} chart: {told}{', …' if len(pairs) > 12 else ''}"


def _first(values: Sequence[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)


# -- bars and funnels


class _Rows(NamedTuple):
    """Labels at the left, figures at the right, and the room between them."""

    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    figures: list[str]
    start: float
    end: float


def _rows(chart: Chart, locale: Locale, sheet: Sheet) -> _Rows:
    labels, values = chart.labels[:MOST_BARS], chart.values[:MOST_BARS]
    figures = [figure(value, chart.unit, locale) for value in values]
    label_cells = min(max((width(visible(label)) for label in labels), default=0), sheet.label_cells)
    start = _MARGIN + label_cells * _CELL + 10
    return _Rows(labels, values, figures, start, sheet.wide - _MARGIN - max(map(width, figures), default=0) * _CELL - 8)


def _bars(chart: Chart, locale: Locale, sheet: Sheet) -> tuple[float, float, str]:
    rows = _rows(chart, locale, sheet)
    low, high = lowest_and_highest(rows.values)
    unit = (rows.end - rows.start) / ((high - low) or 1)
    zero = rows.start - low * unit
    body, top = "", 4.0
    for label, value, told in zip(rows.labels, rows.values, rows.figures, strict=True):
        wide = max(1.5, abs(value) * unit) if value else 0.0
        left = zero - wide if value and value < 0 else zero
        body += _label(label, rows.start, top, sheet)
        if wide:
            body += _rect(left, top + (_ROW - _THICK) / 2, wide, _THICK, f"{label}: {told}")
        body += _text(zero + (wide if (value or 0) > 0 else 0) + 6, top + 19, told)
        top += _ROW
    body += _rule(zero, 2, zero, top + 2)
    if (more := len(chart.labels) - MOST_BARS) > 0:
        body += _text(rows.start, top + 19, f"and {more:,} more", "muted")
        top += _ROW
    return sheet.wide, top + 8, body


def _funnel(chart: Chart, locale: Locale, sheet: Sheet) -> tuple[float, float, str]:
    rows = _rows(chart, locale, sheet)
    largest = lowest_and_highest(rows.values)[1] or 1.0
    middle, room = (rows.start + rows.end) / 2, rows.end - rows.start
    body, top, before = "", 4.0, None
    for place, (label, value, told) in enumerate(zip(rows.labels, rows.values, rows.figures, strict=True)):
        if place:
            share = NO_VALUE if not before or value is None else locale.percent(value / before)
            body += _text(middle, top + 14, f"▼ {share}", "muted", "middle", 'font-size="12"')
            top += 20
        wide = max(1.5, min(1.0, value / largest) * room) if value and value > 0 else 0.0
        body += _label(label, rows.start, top, sheet)
        if wide:
            body += _rect(middle - wide / 2, top + 3, wide, _ROW - 6, f"{label}: {told}")
        body += _text(sheet.wide - _MARGIN, top + 19, told, anchor="end")
        top += _ROW
        before = value
    return sheet.wide, top + 8, body


def _label(label: str, start: float, top: float, sheet: Sheet) -> str:
    return _text(start - 10, top + 19, label, anchor="end", most=sheet.label_cells)


# -- lines


def _line(chart: Chart, locale: Locale, sheet: Sheet) -> tuple[float, float, str]:
    lines = all_lines(chart)
    axis = scale(value for _, values in lines for value in values)
    ticks = [short(mark, chart.unit, locale) for mark in axis.marks]
    left = _MARGIN + max(map(width, ticks)) * _CELL + 8
    right, high, points = sheet.wide - _MARGIN - 14, 240.0, len(chart.labels)
    x = [left + (right - left) * (place / (points - 1) if points > 1 else 0.5) for place in range(points)]

    def y(value: float) -> float:
        return 10 + (1 - axis.share(value)) * high

    body = "".join(
        _rule(left, y(mark), right, y(mark)) + _text(left - 8, y(mark) + 4, told, "muted", "end")
        for mark, told in zip(axis.marks, ticks, strict=True)
    )
    for number, (name, values) in enumerate(lines):
        body += _trace(number, name, values, x, y, chart, locale)
    body += _time_labels(chart.labels, x, high + 30, sheet)
    legend = (
        _legend(lines, chart.unit, high + 54, locale, sheet)
        if len(lines) > 1 or (lines[:1] and lines[0][0])
        else ("", 0.0)
    )
    return sheet.wide, high + 42 + legend[1], body + legend[0]


def _trace(
    number: int,
    name: str,
    values: Sequence[float | None],
    x: Sequence[float],
    y: Callable[[float], float],
    chart: Chart,
    locale: Locale,
) -> str:
    """A line, broken where there is no value, with its mark on each point, or on some where they are many."""
    path, pen = "", "M"
    for at, value in zip(x, values, strict=True):
        path += f"{pen}{_n(at)} {_n(y(value))}" if value is not None else ""
        pen = "M" if value is None else "L"
    step = max(1, len(x) // 40)
    marks = "".join(
        tag("g", "", tag("title", "", escaped(f"{name} {label}: {figure(value, chart.unit, locale)}".strip())), _mark(number, at, y(value)))
        for place, (at, value, label) in enumerate(zip(x, values, chart.labels, strict=True))
        if value is not None and (place % step == 0 or _is_alone(values, place))
    )  # fmt: skip
    return _colored(number, tag("path", f'd="{path}" fill="none" stroke="currentColor" {_stroke(number)}') + marks)


def _is_alone(values: Sequence[float | None], place: int) -> bool:
    """Whether no line leads to a point, nor away from it."""
    return all(not 0 <= n < len(values) or values[n] is None for n in (place - 1, place + 1))


def _colored(number: int, body: str) -> str:
    name = _LINES[number % len(_LINES)]
    return tag("g", f'class="{name}" color="{COLORS[name][0]}"', body)


def _stroke(number: int) -> str:
    dash = _DASHES[number % len(_DASHES)]
    return 'stroke-width="2.2"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _mark(number: int, x: float, y: float) -> str:
    """The sign of a line: circle, square, triangle, diamond, full for the first four and hollow for the others."""
    ends = {
        0: f'd="M{_n(x - 4)} {_n(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"',
        1: f'd="M{_n(x - 3.6)} {_n(y - 3.6)}h7.2v7.2h-7.2z"',
        2: f'd="M{_n(x)} {_n(y - 5)}l4.8 8.4h-9.6z"',
        3: f'd="M{_n(x)} {_n(y - 5.2)}l5.2 5.2l-5.2 5.2l-5.2 -5.2z"',
    }
    fill = 'fill="currentColor"' if number < len(ends) else f'class="empty" fill="{COLORS["paper"][0]}"'
    return tag("path", f'{ends[number % len(ends)]} {fill} stroke="currentColor" stroke-width="1.4"')


def _time_labels(labels: Sequence[str], x: Sequence[float], y: float, sheet: Sheet) -> str:
    """As many labels below the axis as have room, the first and the last before the others."""
    cells = max((min(width(visible(label)), sheet.below_cells) for label in labels), default=1)
    room = (cells + 2) * _CELL
    last = len(labels) - 1
    step = max(1, -(-int(room * max(last, 1)) // int(x[-1] - x[0] or 1))) if labels else 1
    kept = [place for place in range(0, last + 1, step) if place == 0 or x[last] - x[place] >= room or place == last]
    if last >= 0 and last not in kept:
        kept.append(last)
    anchors = {0: "start", last: "end"} if last > 0 else {}
    return "".join(
        _text(x[place], y, labels[place], "muted", anchors.get(place, "middle"), most=sheet.below_cells)
        for place in kept
    )


def _legend(
    lines: Sequence[tuple[str, Sequence[float | None]]], unit: str, top: float, locale: Locale, sheet: Sheet
) -> tuple[str, float]:
    """What each line is and its last figure, and how high that is."""
    body, left, y = "", _MARGIN, top
    for number, (name, values) in enumerate(lines):
        told = f"{cut(visible(name), sheet.legend_cells)} {figure(_first(values[::-1]), unit, locale)}".strip()
        wide = 44 + width(told) * _CELL + 18
        if left > _MARGIN and left + wide > sheet.wide:
            left, y = _MARGIN, y + 22
        sample = tag("path", f'd="M{_n(left)} {_n(y - 4)}h34" fill="none" stroke="currentColor" {_stroke(number)}')
        body += _colored(number, sample + _mark(number, left + 17, y - 4)) + _text(left + 42, y, told)
        left += wide
    return body, y - top + 26


# -- heat maps


def _heat(chart: Chart, locale: Locale, sheet: Sheet) -> tuple[float, float, str]:
    """Shaded cells with their figures; on a sheet that wraps, further columns below, under a header of their own."""
    texts = [[NO_VALUE if value is None else short(value, chart.unit, locale) for value in row] for row in chart.grid]
    most = min(12, sheet.below_cells)
    cells = [width(text) for row in texts for text in row] + [min(width(visible(each)), most) for each in chart.columns]
    cell = max(44.0, max(cells, default=1) * _CELL + 14)
    label_cells = min(max((width(visible(label)) for label in chart.labels), default=0), sheet.label_cells)
    start = _MARGIN + label_cells * _CELL + 10
    at_once = max(1, int((sheet.wide - start - 4) // cell)) if sheet.wraps else max(1, len(chart.columns))
    body, top = "", 0.0
    for first in range(0, len(chart.columns), at_once):
        body += _heat_block(
            chart, texts, range(first, min(first + at_once, len(chart.columns))), start, top, cell, locale, sheet
        )
        top += 24 + _ROW * len(chart.labels) + 8
    return max(sheet.wide, start + cell * at_once + (0 if sheet.wraps else _MARGIN)), top, body


def _heat_block(
    chart: Chart, texts: Sequence[Sequence[str]], places: range, start: float, top: float, cell: float, locale: Locale,
    sheet: Sheet,
) -> str:  # fmt: skip
    """The cells of some of the columns, which stand beside each other."""
    low, high = lowest_and_highest(value for row in chart.grid for value in row)
    left = {place: start + cell * n for n, place in enumerate(places)}
    body = "".join(
        _text(
            left[place] + cell / 2, top + 16, chart.columns[place], "muted", "middle", most=min(12, sheet.below_cells)
        )
        for place in places
    )
    top += 24
    for label, row, told in zip(chart.labels, chart.grid, texts, strict=True):
        body += _label(label, start, top, sheet)
        last = max((place for place, value in enumerate(row) if value is not None), default=-1)
        for place in (place for place in places if place <= last):
            of = f"{label}, {chart.columns[place]}: {figure(row[place], chart.unit, locale)}"
            body += _heat_cell(left[place], top, cell, row[place], told[place], of, low, high)
        top += _ROW
    return body


def _heat_cell(
    x: float, y: float, wide: float, value: float | None, text: str, of: str, low: float, high: float
) -> str:
    share = (value - low) / (high - low) if value is not None and high > low else 0.0
    opacity = 0.0 if value is None else 0.08 + 0.92 * share
    is_dark = opacity > _DARK
    box = (
        f'class="heat" fill="{COLORS["heat"][0]}" fill-opacity="{opacity:.2f}" x="{_n(x + 1)}" y="{_n(y + 1)}" '
        f'width="{_n(wide - 2)}" height="{_n(_ROW - 2)}" rx="3"'
    )
    name = "over" if is_dark else "ink"
    return tag(
        "g", "", tag("title", "", escaped(of)), tag("rect", box), _text(x + wide / 2, y + 19, text, name, "middle")
    )


# -- elements


def _text(
    x: float, y: float, text: str, name: str = "ink", anchor: str = "start", extra: str = "", *, most: int | None = None
) -> str:
    shown = visible(text) if most is None else cut(visible(text), most)
    place = f'x="{_n(x)}" y="{_n(y)}" fill="{COLORS[name][0]}"'
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    if not shown.isascii() and width(shown) > len(shown):
        extra += f' font-family="{_WIDE_FONTS}{FONTS}"'
    attributes = f'class="{name}" {place}{side}{" " + extra.strip() if extra else ""}'
    return tag("text", attributes, escaped(shown))


def _rect(x: float, y: float, wide: float, high: float, told: str) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" rx="2"'
    return tag("g", "", tag("title", "", escaped(told)), tag("rect", f'class="bar" {place} fill="{COLORS["bar"][0]}"'))


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
    return tag("line", f'class="rule" {ends} stroke="{COLORS["rule"][0]}" stroke-width="1"')


def _n(value: float) -> str:
    """A coordinate in as few digits as do."""
    return f"{value:.1f}".removesuffix(".0")
