"""Reports into files: a page, a picture, a table for a spreadsheet, a text; each kind by how the file's name ends."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.errors import UsageError
from crmcli.render import formats
from crmcli.render.report_chart import charts_of
from crmcli.render.report_words import ASIDE, definitions, facts
from crmcli.render.reports import align, cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.io.writing.report_book import FigureSheet
    from crmcli.render.table import Screen
    from crmcli.reports.report import Report

_MEDIA = {
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
}
KINDS = tuple(_MEDIA)
ENDINGS = ", ".join(f".{kind}" for kind in KINDS)
_AGREED = {"htm": "html", "markdown": "md"}
# What tells of itself what its figures leave out.
TELLING = frozenset({"html", "md", "xlsx"})


def kind_of(path: str) -> str:
    """The kind of a file by how its name ends; raises UsageError naming the endings there are."""
    ending = Path(path).suffix.lower().removeprefix(".")
    kind = _AGREED.get(ending, ending)
    if kind not in _MEDIA:
        what = "standard output has no ending" if path == "-" else f"{path} has no ending that says what to write"
        raise UsageError(f"--output: {what}", hint=f"a file that ends in {ENDINGS}")
    return kind


def media_type(kind: str) -> str:
    """What a mail calls a file of the kind."""
    return _MEDIA[kind]


def write_report(path: str, report: Report, screen: Screen, *, raw: bool = False, warn: Callable[[str], None]) -> None:
    """Write the report as the kind of file that its name says; an old one is replaced when the new one is whole.

    Raises UsageError for an ending that there is not, a folder that there is not, and a chart of a report without one.
    """
    from crmcli.io.writing.place import new_file

    content = content_of(report, kind_of(path), screen, raw=raw, warn=warn)
    with new_file(Path(path).expanduser(), replace=True) as file:
        file.write(content)


def content_of(
    report: Report, kind: str, screen: Screen, *, raw: bool = False, warn: Callable[[str], None] = lambda _: None
) -> bytes:
    """The report as a file of the kind; ``raw`` CSV is without the guard against formulas."""
    match kind:
        case "html":
            from crmcli.render.report_page import report_page

            return "".join(report_page(report, screen._replace(color=False))).encode()
        case "svg":
            return _svg(report, screen).encode()
        case "png":
            from crmcli.render.picture import png

            return png(_svg(report, screen), warn)
        case "xlsx":
            return _workbook(report, screen, warn)
        case "csv":
            return _csv(report, raw=raw)
        case _:
            return "".join(markdown_page(report, screen._replace(color=False))).encode("utf-8", "replace")


def _svg(report: Report, screen: Screen) -> str:
    from crmcli.render.chart_svg import svg_file

    return svg_file(charts_of(report), screen.locale)


def _csv(report: Report, *, raw: bool) -> bytes:
    stream = io.StringIO(newline="")
    formats.write_csv(stream, [column.name for column in report.columns], report.rows, raw=raw, safe=False)
    return stream.getvalue().encode("utf-8", "backslashreplace")


def markdown_page(report: Report, screen: Screen, depth: int = 1) -> Iterator[str]:
    """The report as Markdown: title, what it rests on, table with totals, and the meaning of its figures."""
    yield f"{'#' * depth} {formats.markdown_text(report.title)}\n\n"
    for note in report.notes:
        yield f"> {formats.markdown_text(note)}\n\n"
    if report.parts:
        for part in report.parts:
            yield from markdown_page(part, screen, depth + 1)
        return
    yield from markdown_table(report, screen)
    told = [*facts(report), *definitions(report)]
    if told:
        yield "\n"
    for name, text in told:
        yield f"- **{formats.markdown_text(name)}**: {formats.markdown_text(text)}\n"
    yield "\n"


def markdown_table(report: Report, screen: Screen) -> Iterator[str]:
    """The rows of the report and its totals as a Markdown table."""
    places = [place for place, column in enumerate(report.columns) if column.kind not in ASIDE]
    headers = [(report.columns[place].header, align(report.columns[place])) for place in places]
    rows = [[cells(report, row, screen)[place][0] for place in places] for row in report.rows]
    if report.totals is not None:
        texts = [text for text, _ in cells(report, report.totals, screen)]
        rows.append([texts[place] if report.totals[place] is not None else "" for place in places])
    yield from formats.markdown(headers, rows)


def _workbook(report: Report, screen: Screen, warn: Callable[[str], None]) -> bytes:
    from crmcli.io.writing.report_book import write_figures

    parts = report.parts or (report,)
    file = io.BytesIO()
    left_out = write_figures(file, [*map(_sheet, parts), _about(report)], screen.locale.tz)
    if left_out:
        warn(f"{left_out:,} rows left out: a sheet of a workbook has no room for them")
    return file.getvalue()


def _sheet(report: Report) -> FigureSheet:
    from crmcli.io.writing.report_book import FigureSheet

    columns = [(column.name, column.kind) for column in report.columns]
    return FigureSheet(report.title, columns, [_plain(row) for row in report.rows], report.totals)


def _plain(row: tuple[object, ...]) -> list[object]:
    """The values as a sheet holds them: several in a cell as one text."""
    return [formats.cell(value) if value.__class__ is tuple else value for value in row]


def _about(report: Report) -> FigureSheet:
    """A sheet that says what the figures mean and rest on."""
    from crmcli.io.writing.report_book import FigureSheet

    rows: list[tuple[str, str, str]] = []
    for part in (report, *report.parts):
        notes = [("note", note) for note in part.notes]
        # A report with parts shows their figures; its own are among them.
        told = notes if part is report and report.parts else [*facts(part), *notes, *definitions(part)]
        rows += [(part.title, name, text) for name, text in told]
    return FigureSheet("about", [("report", "text"), ("what", "text"), ("meaning", "text")], rows)
