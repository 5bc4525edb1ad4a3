"""Reports as lines for a terminal and as records for a script."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.records import plain
from crmcli.render.cells import wrap
from crmcli.render.charts import chart_lines, sparkline
from crmcli.render.report_chart import charts_of, first_steps, has_rows
from crmcli.render.report_words import ASIDE, in_points, is_change, period_of, signed, told, unit_of
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, Spec, lay_out, shown
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmcli.render.table import Screen
    from crmcli.reports.report import Report, ReportColumn

_LOOKED_AT = 200
_WORDS = frozenset({"text", "date", "time", "trend", "sentence"})
_WHOLE = frozenset({"sentence", "command"})
_NOT_IN_TABLE = ASIDE | _WHOLE


def report_rows(report: Report) -> Iterator[dict[str, object]]:
    """Each row as a JSON object; a percent stays a fraction, no value is null."""
    names = [column.name for column in report.columns]
    for row in report.rows:
        yield dict(zip(names, map(plain, row), strict=True))


def envelope(report: Report, *, explain: bool = False) -> dict[str, object]:
    """The rows with what is needed to trust them; to explain them, with what each column means."""
    names = [column.name for column in report.columns]
    totals = None if report.totals is None else dict(zip(names, map(plain, report.totals), strict=True))
    columns = [{"name": c.name, "kind": c.kind, "meaning": c.meaning or None} for c in report.columns]
    return {
        "report": report.name,
        "period": report.period,
        "compared": report.compared,
        "currency": report.currency,
        "n": report.n,
        "formula": report.formula,
        "model": plain(report.model),
        "notes": list(report.notes),
        **({"columns": columns} if explain else {}),
        "totals": totals,
        "rows": list(report_rows(report)),
        **({"parts": [envelope(part, explain=explain) for part in report.parts]} if report.parts else {}),
    }


def cells(report: Report, row: tuple[object, ...], screen: Screen, tone: str = "") -> list[tuple[str, str]]:
    """The row's cells as a person is shown them; no value is a dash."""
    unit = unit_of(report, row)
    return [
        (NOTHING if value is None else _cell(column, value, unit, screen), tone)
        for column, value in zip(report.columns, row, strict=True)
    ]


def _cell(column: ReportColumn, value: Any, unit: str, screen: Screen) -> str:  # noqa: ANN401
    if column.kind == "trend":
        return sparkline(value)
    if column.name == "kpi":
        return visible(str(value)).replace("_", " ")
    if is_change(column):
        return signed(value, screen.locale, points=in_points(column, unit))
    return shown(value, unit if column.kind == "figure" else column.kind, screen)


def report_lines(report: Report, screen: Screen, *, explain: bool = False) -> Iterator[str]:
    """The report: title, table with its totals, chart, and what the figures rest on; of one with parts, each of them."""
    yield paint(visible(report.title), "heading", color=screen.color)
    if report.parts:
        for part in report.parts:
            yield ""
            yield from report_lines(part, screen, explain=explain)
        return
    yield from table_lines(report, screen)
    yield from _whole(report, screen)
    if report.chart is not None:
        yield ""
        yield from chart_lines(report.chart, screen.width, screen.locale, color=screen.color)
    if explain:
        yield from explanation(report, screen)
    else:
        yield from _footing_lines(report, screen)


def _footing_lines(report: Report, screen: Screen) -> Iterator[str]:
    if rests_on := footing(report):
        for line in wrap(visible(rests_on), screen.width):
            yield paint(line, "muted", color=screen.color)


def table_lines(report: Report, screen: Screen) -> Iterator[str]:
    """The rows and their totals; where they are beside another period and there is little room, two figures to a column."""
    rows = [cells(report, row, screen) for row in report.rows]
    if report.totals is not None:
        rows.append(_total_cells(report, report.totals, screen))
    places = [n for n, column in enumerate(report.columns) if column.kind not in _NOT_IN_TABLE]
    columns = [report.columns[n] for n in places]
    specs = [
        Spec(visible(c.header), align(c), c.priority, 8 if c.kind == "text" else 0, c.kind not in ("text", "trend"))
        for c in columns
    ]
    kept = [[row[n] for n in places] for row in rows]
    if report.compared is not None:
        from crmcli.render.beside import folded

        specs, kept = folded(columns, specs, kept, screen.width)
    if any(column.block for column in columns):
        from crmcli.render.blocks import block_lines

        yield from block_lines(columns, specs, kept, screen)
        return
    yield from lay_out(specs, kept, screen)


def explanation(report: Report, screen: Screen) -> Iterator[str]:
    """What each figure means and what all of them rest on, a line each, wrapped to the screen."""
    yield ""
    for text in told(report):
        first, *others = wrap(visible(text), screen.width)
        yield first
        yield from (f"  {line}" for line in wrap(" ".join(others), screen.width - 2) if line)


def chart_only(report: Report, screen: Screen) -> Iterator[str]:
    """The charts of the report without its tables; raises UsageError for rows that can't be drawn.

    Where there are no rows it says so, as the table does.
    """
    if not has_rows(report):
        yield paint(visible(report.title), "heading", color=screen.color)
        yield from wrap(visible(f"nothing to draw yet ({first_steps(report)})"), screen.width)
        yield from _footing_lines(report, screen)
        return
    for place, chart in enumerate(charts_of(report)):
        if place:
            yield ""
        yield from chart_lines(chart, screen.width, screen.locale, color=screen.color)


def _whole(report: Report, screen: Screen) -> Iterator[str]:
    """The sentences and commands of the rows, whole whatever the width: half a command is none."""
    places = [n for n, column in enumerate(report.columns) if column.kind in _WHOLE and report.rows]
    if not places:
        return
    yield ""
    for row in report.rows:
        yield f"{visible(str(row[0]))}:"
        for place in places:
            tone = "muted" if report.columns[place].kind == "command" else ""
            yield paint(f"  {visible(str(row[place]))}", tone, color=screen.color)


def plain_lines(names: Sequence[str], rows: Iterable[tuple[object, ...]], screen: Screen) -> Iterator[str]:
    """Rows that are about no noun: figures to the right, texts to the left, as the first rows have them."""
    coming = iter(rows)
    first = list(islice(coming, _LOOKED_AT))
    figures = [all(isinstance(row[n], int | float | None) for row in first) for n in range(len(names))]
    specs = [
        Spec(visible(name), "right" if figure else "left", is_whole=figure)
        for name, figure in zip(names, figures, strict=True)
    ]
    yield from lay_out(
        specs, ([(shown(value, "text", screen), "") for value in row] for row in chain(first, coming)), screen
    )


def _total_cells(report: Report, totals: tuple[object, ...], screen: Screen) -> list[tuple[str, str]]:
    """The totals in bold; where a column has nothing to total, nothing, for a dash is a figure without a value."""
    return [
        ("", "") if column.kind in _WORDS and text == NOTHING else (text, tone)
        for column, (text, tone) in zip(report.columns, cells(report, totals, screen, "heading"), strict=True)
    ]


def align(column: ReportColumn) -> str:
    """``left`` for words, dates and times, ``right`` for figures."""
    return "left" if column.kind in _WORDS else "right"


def footing(report: Report, *, is_titled: bool = False) -> str:
    """What the figures rest on, on one line: n, period, the period compared with, currency, formula, model.

    ``is_titled`` where the period is told above them unless it was asked for.
    """
    parts = [
        None if report.n is None else f"n = {report.n}",
        report.period if is_titled else period_of(report),
        f"compared with {report.compared}" if report.compared else None,
        report.currency,
        report.formula,
        report.model if isinstance(report.model, str) else None,
    ]
    return " · ".join(part for part in parts if part)
