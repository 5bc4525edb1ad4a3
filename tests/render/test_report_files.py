"""Reports as pages, pictures, sheets and texts: whole by themselves, and harmless whatever stands in the data."""

from __future__ import annotations

import io
import struct
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from crmcli.errors import UsageError
from crmcli.io.writing.sheet_names import sheet_names
from crmcli.render.chart_svg import NARROW, inline_svg, svg_file
from crmcli.render.locale import Locale
from crmcli.render.report_files import content_of, kind_of, write_report
from crmcli.reports.report import Chart, Report, ReportColumn
from tests.render.report_views import BOARD, CHARTS, FIGURES, NOTE, PAPER, SCRIPT, WON

if TYPE_CHECKING:
    from pathlib import Path

BARE = Report("notes", "notes", (ReportColumn("note", "note"),), (("a",),))


def page_of(report: Report) -> ET.Element:
    return ET.fromstring(content_of(report, "html", PAPER))


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def text_of(element: ET.Element) -> str:
    return "".join(element.itertext())


@pytest.mark.parametrize("report", [WON, BOARD, FIGURES, BARE])
def test_a_page_needs_nothing_else(report: Report) -> None:
    """Well-formed, no script, no element or rule that loads, no address but names of namespaces."""
    text = content_of(report, "html", PAPER).decode()
    loading = {"script", "link", "img", "iframe", "object", "embed", "image", "use", "foreignObject", "base", "form"}
    assert not loading & {local(element) for element in page_of(report).iter()}
    names = [value for element in page_of(report).iter() for value in element.attrib]
    assert not [name for name in names if name.startswith("on") or name.rpartition("}")[2] in ("href", "src", "style")]
    bare = text.replace("http://www.w3.org/1999/xhtml", "").replace("http://www.w3.org/2000/svg", "")
    assert not [word for word in ("://", "@import", "url(", "javascript:") if word in bare]
    assert "default-src 'none'" in text


def test_a_page_is_for_light_dark_paper_and_phones() -> None:
    """What the styles promise."""
    text = content_of(WON, "html", PAPER).decode()
    for promise in ("prefers-color-scheme:dark", "@media print", 'name="viewport"', "overflow-x:auto", "color-scheme"):
        assert promise in text


def test_a_page_has_the_figures_and_what_they_rest_on() -> None:
    """Rows, totals, n, period, currency, formula, model, meanings, notes and a chart with words for who can't see it."""
    page = page_of(WON)
    told = text_of(page)
    for part in ("n 33", "2026", "EUR", WON.formula, "alpha 4.4135", "Σ value of the won deals", NOTE, SCRIPT, "—"):
        assert str(part) in told
    rows = [[text_of(cell) for cell in row] for row in page.iter() if local(row) == "tr"]
    assert ["owner", "won", "value", "win rate", "last"] == rows[0]
    assert ["=1+1 & 'Kłos'", "3", "131,400.50 EUR", "—", "—"] == rows[2]
    assert ["", "17", "339,900.50 EUR", "60.6%", ""] == rows[-1]
    charts = [element for element in page.iter() if local(element) == "svg"]
    assert ["chart wide", "chart narrow"] == [svg.attrib["class"] for svg in charts]
    for svg in charts:
        assert ["title", "desc"] == [local(each) for each in svg][:2]
        assert "bar chart: " in text_of(svg[1])


def test_a_dashboard_is_cards_and_sections() -> None:
    """The key figures first, with change, what was before and the course; each further part with its chart."""
    page = page_of(BOARD)
    assert ["key figures", "won deals by owner", "funnel"] == [text_of(e) for e in page.iter() if local(e) == "h2"]
    cards = [[text_of(part) for part in card] for card in page.iter() if local(card) == "li"]
    assert ["won value", "125,000 EUR", "▲ +27.6%", "before 98,000 EUR", "▂▄▃▆▇█"] == cards[0]
    assert ["win rate", "61.0%", "▼ −5.0 pp", "before 66.0%", "▆▇ █▇"] == cards[1]
    assert ["open deals", "36"] == cards[2]
    assert 2 * ["chart wide", "chart narrow"] == [e.attrib["class"] for e in page.iter() if local(e) == "svg"]
    ids = [element.attrib["id"] for element in page.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))


def test_a_course_that_begins_later_stands_later() -> None:
    """The gap before it is kept, and as wide as what is drawn."""
    style = content_of(BOARD, "html", PAPER).decode().partition("<style>")[2]
    trend = style.partition(".trend{")[2].partition("}")[0]
    assert "white-space:pre" in trend
    assert "monospace" in trend


@pytest.mark.parametrize("name", CHARTS)
def test_pictures_are_well_formed_and_say_what_they_are(name: str) -> None:
    """With title and description, each figure in words, and nothing from outside."""
    text = svg_file([CHARTS[name]], Locale())
    root = ET.fromstring(text)
    assert "svg" == local(root)
    assert ["title", "desc"] == [local(each) for each in root][:2]
    assert "script" not in {local(element) for element in root.iter()}
    assert "://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme:dark" in text


def test_every_element_of_a_picture_lies_in_it() -> None:
    """Bars, cells and texts begin within the picture's size, and no bar is longer than it; on a phone's screen too."""
    on_pages = ET.fromstring(
        f"<p>{''.join(inline_svg(chart, Locale(), n) for n, chart in enumerate(CHARTS.values()))}</p>"
    )
    for root in [*(ET.fromstring(svg_file([chart], Locale())) for chart in CHARTS.values()), *on_pages]:
        _, _, wide, high = map(float, root.attrib["viewBox"].split())
        assert "narrow" not in root.attrib["class"] or wide == NARROW.wide
        for element in root.iter():
            if "x" in element.attrib:
                left, top = float(element.attrib["x"]), float(element.attrib["y"])
                assert 0 <= left <= wide
                assert 0 <= top <= high
                assert left + float(element.attrib.get("width", 0)) <= wide


def test_the_cells_of_a_heat_map_hold_their_figures() -> None:
    """As texts, with a box for each value and none after the last of a row."""
    root = ET.fromstring(svg_file([CHARTS["heat"]], Locale()))
    texts = [text_of(element) for element in root.iter() if local(element) == "text"]
    assert 21 == len([text for text in texts if text.endswith("%")])
    assert 21 == len([element for element in root.iter() if element.attrib.get("class") == "heat"])


def test_many_bars_are_counted_not_drawn() -> None:
    """A picture of a thousand bars says how many it leaves out."""
    chart = Chart("bar", tuple(map(str, range(1000))), tuple(map(float, range(1000))))
    assert "and 940 more" in svg_file([chart], Locale())


def test_png_has_its_size() -> None:
    """Two pixels for each of the picture's own, and text on it."""
    root = ET.fromstring(content_of(WON, "svg", PAPER))
    warned: list[str] = []
    picture = content_of(WON, "png", PAPER, warn=warned.append)
    assert b"\x89PNG\r\n\x1a\n" == picture[:8]
    expected = tuple(round(float(root.attrib[side]) * 2) for side in ("width", "height"))
    assert expected == struct.unpack(">II", picture[16:24])


def test_png_without_a_font_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture is made, with a warning that says what to do."""
    import resvg_py

    with_fonts = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", lambda **given: with_fonts(**given, skip_system_fonts=True))
    warned: list[str] = []
    assert content_of(WON, "png", PAPER, warn=warned.append).startswith(b"\x89PNG")
    assert 1 == len(warned)
    assert "font" in warned[0]


def test_png_without_its_extra_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what to install."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError) as refused:
        content_of(WON, "png", PAPER)
    assert "crmcli[charts]" in str(refused.value.hint)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_report_without_figures_has_no_picture(kind: str) -> None:
    with pytest.raises(UsageError, match="report notes has no chart"):
        content_of(BARE, kind, PAPER)


def test_a_report_without_a_chart_of_its_own_gets_bars() -> None:
    """Of its money first, with its title."""
    told = content_of(WON._replace(chart=None), "svg", PAPER).decode()
    assert "won deals by owner: value" in told
    assert "208,500 EUR" in told


def test_a_workbook_has_numbers_dates_and_texts() -> None:
    """Read back: money and rates as numbers, dates as dates, what looks like a formula as text; totals; what it means."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content_of(BOARD, "xlsx", PAPER)))
    assert ["key figures", "won deals by owner", "funnel", "about"] == book.sheet_names
    rows = book.get_sheet_by_name("won deals by owner").to_python()
    assert ["owner", "won", "value", "win_rate", "closed_at"] == rows[0]
    assert [SCRIPT, 10.0, 208500.0, 0.588] == rows[1][:4]
    assert "2026-11-03" == str(rows[1][4])
    assert "=1+1 & 'Kłos'" == rows[2][0]
    assert ["", 17.0, 339900.5, 0.606, ""] == rows[-1]
    about = book.get_sheet_by_name("about").to_python()
    assert ["won deals by owner", "note", NOTE] in about
    assert ["won deals by owner", "won", "deals won"] in about


def test_a_workbook_keeps_no_formula() -> None:
    """Not even as a cached value."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content_of(WON, "xlsx", PAPER))) as book:
        assert b"<f>" not in b"".join(book.read(name) for name in book.namelist() if "sheet" in name)


def test_names_of_sheets() -> None:
    """Allowed marks, at most 31 characters, and each once."""
    wanted = ["a/b:c", "A B C", "x" * 40, "x" * 41, "", "History", "'q'"]
    expected = ["a b c", "A B C 2", "x" * 31, f"{'x' * 29} 2", "report", "History 2", "q"]
    assert expected == sheet_names(wanted)


def test_csv_is_guarded_unless_raw() -> None:
    """The rows alone, no text a formula."""
    lines = content_of(WON, "csv", PAPER).decode().splitlines()
    assert "owner,won,value,win_rate,closed_at" == lines[0]
    assert "'=1+1 & 'Kłos',3,131400.50,," == lines[2]
    assert "=1+1 & 'Kłos',3,131400.50,," == content_of(WON, "csv", PAPER, raw=True).decode().splitlines()[2]


def test_markdown_has_the_totals_and_no_markup_from_data() -> None:
    told = content_of(BOARD, "md", PAPER).decode()
    assert "# dashboard\n\n## key figures" in told
    assert '| &lt;script>alert("1")&lt;/script> | 10 | 208,500 EUR | 58.8% | 2026-11-03 |' in told
    assert "|  | 17 | 339,900.50 EUR | 60.6% |  |" in told
    assert f"> {NOTE}" in told


@pytest.mark.parametrize(
    ("path", "expected"), [("a.HTML", "html"), ("x.tar.md", "md"), ("b.htm", "html"), ("c.png", "png")]
)
def test_the_ending_says_the_kind(path: str, expected: str) -> None:
    assert expected == kind_of(path)


@pytest.mark.parametrize("path", ["a.doc", "-", "html", ".html", "a.html.gz", ""])
def test_other_endings_are_refused(path: str) -> None:
    """With those there are."""
    with pytest.raises(UsageError) as refused:
        kind_of(path)
    assert ".html, .svg, .png, .csv, .xlsx, .md" in str(refused.value.hint)


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    """An old file is replaced; it stays when the new one can't be made, and nothing is left beside it."""
    path = tmp_path / "x.svg"
    path.write_text("old")
    with pytest.raises(UsageError):
        write_report(str(path), BARE, PAPER, warn=print)
    assert "old" == path.read_text()
    write_report(str(path), WON, PAPER, warn=print)
    assert path.read_text().startswith("<svg")
    assert ["home", "x.svg"] == sorted(each.name for each in tmp_path.iterdir())
    with pytest.raises(UsageError) as refused:
        write_report(str(tmp_path / "no" / "x.svg"), WON, PAPER, warn=print)
    assert "mkdir" in str(refused.value.hint)
