"""A report as one page that needs nothing else: light and dark, on paper and on a phone, without script and network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.stretches import UNITS
from crmcli.render.chart_svg import COLORS, FONTS, inline_svg
from crmcli.render.charts import sparkline
from crmcli.render.markup import escaped, tag
from crmcli.render.report_words import ASIDE, MINUS, definitions, facts, in_points, signed, spelled, unit_of
from crmcli.render.reports import align, cells
from crmcli.render.table import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmcli.render.table import Screen
    from crmcli.reports.report import Report

_LEFT_OUT = ASIDE | {"trend"}
_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 FONTS;-webkit-text-size-adjust:100%}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
h1::first-letter,h2::first-letter{text-transform:uppercase}
.rests,.note,footer,dt,.before{color:var(--muted)}.rests,.note{margin:.25rem 0}footer{margin-top:3rem;font-size:.85rem}
figure{margin:1rem 0;overflow-x:auto}.chart{display:block;width:100%;max-width:54rem;height:auto}.narrow{display:none}
.scroll{overflow-x:auto;margin:1rem 0}table{border-collapse:collapse;font-size:.95rem;min-width:50%}
th,td{padding:.35rem .75rem;text-align:start;border-bottom:1px solid var(--rule);vertical-align:top}
th{white-space:nowrap}thead th{border-bottom-width:2px}tfoot td{font-weight:600;border-top:2px solid var(--rule)}
.day{white-space:nowrap}.figure{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}code{font-size:.85em;white-space:pre-wrap}
.cards{list-style:none;margin:1rem 0;padding:0;display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr))}
.cards li{border:1px solid var(--rule);border-radius:.5rem;padding:.75rem 1rem}.cards span{display:block}
.cards strong{display:block;font-size:1.3rem;line-height:1.4}.before{font-size:.85rem}.trend{color:var(--bar);white-space:pre;
font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--muted)}dl{margin:.5rem 0;font-size:.9rem;display:grid;
grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.15rem 1rem}dd{margin:0;overflow-wrap:anywhere}
.ink{fill:var(--ink)}.muted{fill:var(--muted)}.over{fill:var(--over)}.bar{fill:var(--bar)}.heat{fill:var(--heat)}
.rule{stroke:var(--rule)}.empty{fill:var(--paper)}
@media screen and (max-width:40rem){.wide{display:none}.narrow{display:block;max-width:30rem}}
@media print{:root{LIGHT}body{font-size:11pt}main{max-width:none;padding:0}figure,.scroll{overflow:visible}
h2,thead,.rests,.note{break-after:avoid}figure,tr,.cards li{break-inside:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_page(report: Report, screen: Screen) -> Iterator[str]:
    """The page, piece by piece; a report with parts has a section for each of them."""
    title = escaped(report.title)
    yield '<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="en">\n<head>\n<meta charset="utf-8"/>\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>\n'
    yield '<meta name="color-scheme" content="light dark"/>\n<meta name="referrer" content="no-referrer"/>\n'
    yield f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    yield from _notes(report.notes)
    for number, part in enumerate(report.parts or (report,), 1):
        yield "<section>\n"
        if report.parts:
            yield f"<h2>{escaped(part.title)}</h2>\n"
            yield from _notes(note for note in part.notes if note not in report.notes)
        yield from _section(part, number, screen)
        yield "</section>\n"
    yield f"<footer>made {escaped(screen.locale.time(screen.now))}</footer>\n</main>\n</body>\n</html>\n"


def _style() -> str:
    light, dark = (";".join(f"--{name}:{each[at]}" for name, each in COLORS.items()) for at in (0, 1))
    variables = f":root{{color-scheme:light dark;{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    lines = "".join(f".{name}{{color:var(--{name})}}" for name in COLORS if name[0] == "c")
    # On paper it is light whatever the screen was; this rule comes last, so that it counts.
    return (variables + lines + _STYLE).replace("LIGHT", light).replace("FONTS", FONTS)


def _section(report: Report, number: int, screen: Screen) -> Iterator[str]:
    yield _rests_on(report)
    if {"kpi", "value"} <= {column.name for column in report.columns}:
        yield from _cards(report, screen)
    else:
        if report.chart is not None:
            yield f"<figure>{inline_svg(report.chart, screen.locale, number)}</figure>\n"
        yield from _table(report, screen)
    yield _definitions(report)


def _rests_on(report: Report) -> str:
    told = [text if name in ("period", "currency") else f"{name} {text}" for name, text in _short_facts(report)]
    return tag("p", 'class="rests"', escaped(" · ".join(told))) + "\n" if told else ""


def _short_facts(report: Report) -> list[tuple[str, str]]:
    return [(name, text) for name, text in facts(report) if name not in ("formula", "model")]


def _notes(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        yield tag("p", 'class="note"', escaped(f"Note: {note}")) + "\n"


def _cards(report: Report, screen: Screen) -> Iterator[str]:
    """A card for each key figure: its value, how far it went up or down, what it was, and its course."""
    places = {column.name: place for place, column in enumerate(report.columns)}
    yield '<ul class="cards">\n'
    for row in report.rows:
        told = [text for text, _ in cells(report, row, screen)]
        inner = tag("span", 'class="name" dir="auto"', escaped(told[places["kpi"]]))
        inner += tag("strong", "", escaped(told[places["value"]]))
        inner += _change(report, row, places, screen)
        if (place := places.get("before")) is not None and row[place] is not None:
            inner += tag("span", 'class="before"', escaped(f"before {told[place]}"))
        if (place := places.get("trend")) is not None and row[place]:
            inner += tag("span", 'class="trend" aria-hidden="true"', escaped(sparkline(_numbers(row[place]))))
        yield tag("li", "", inner) + "\n"
    yield "</ul>\n"


def _numbers(value: object) -> Sequence[float | None]:
    return value if isinstance(value, tuple) else ()


def _change(report: Report, row: tuple[object, ...], places: dict[str, int], screen: Screen) -> str:
    place = places.get("change")
    value = row[place] if place is not None else None
    if place is None or not isinstance(value, int | float):
        return ""
    text = signed(value, screen.locale, points=in_points(report.columns[place], unit_of(report, row)))
    arrow = {"+": "▲ ", MINUS: "▼ "}.get(text[0], "")
    return tag("span", 'class="change"', escaped(arrow + text))


def _table(report: Report, screen: Screen) -> Iterator[str]:
    """The rows under their headers, and the totals; what is wider than the page is scrolled."""
    shown = [n for n, column in enumerate(report.columns) if column.kind not in _LEFT_OUT and column.name != "id"]
    if not report.rows:
        yield tag("p", 'class="note"', NOTHING) + "\n"
        return
    name = escaped(report.title)
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table aria-label="{name}">\n<thead><tr>'
    for place in shown:
        column = report.columns[place]
        what = f' title="{escaped(column.meaning)}"' if column.meaning else ""
        yield tag("th", f'scope="col"{_class(report, place)}{what}', escaped(spelled(column)))
    yield "</tr></thead>\n<tbody>\n"
    for row in report.rows:
        yield _row(report, row, shown, screen)
    yield "</tbody>\n"
    if report.totals is not None:
        yield f"<tfoot>{_row(report, report.totals, shown, screen, is_total=True)}</tfoot>\n"
    yield "</table></div>\n"


def _row(
    report: Report, row: tuple[object, ...], shown: Sequence[int], screen: Screen, *, is_total: bool = False
) -> str:
    texts = [text for text, _ in cells(report, row, screen)]
    parts = []
    for place in shown:
        is_word = align(report.columns[place]) == "left"
        text = "" if is_total and is_word and row[place] is None else escaped(texts[place])
        inner = tag("code", "", text) if report.columns[place].kind == "command" else text
        way = ' dir="auto"' if report.columns[place].kind == "text" else ""
        parts.append(tag("td", f"{_class(report, place)}{way}".strip(), inner))
    return tag("tr", "", *parts) + "\n"


def _class(report: Report, place: int) -> str:
    column = report.columns[place]
    if column.kind in ("date", "time") or column.name.replace("_", "-") in UNITS:
        return ' class="day"'
    return ' class="figure"' if align(column) == "right" and column.kind != "command" else ""


def _definitions(report: Report) -> str:
    """How the figures are worked out, to be opened by who wants to know; on paper too."""
    told = [*definitions(report), *((name, text) for name, text in facts(report) if name in ("formula", "model"))]
    if not told:
        return ""
    inner = "".join(tag("dt", "", escaped(name)) + tag("dd", "", escaped(text)) for name, text in told)
    return (
        tag("details", 'open="open"', tag("summary", "", "How the figures are worked out"), tag("dl", "", inner)) + "\n"
    )
