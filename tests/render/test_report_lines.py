"""Reports on a terminal: changes with their sign, two periods on a narrow screen, definitions, parts, notes."""

from __future__ import annotations

from datetime import date

import pytest

from crmcli.domain.money import Money
from crmcli.errors import UsageError
from crmcli.render.cells import width
from crmcli.render.report_files import content_of
from crmcli.render.report_words import model_text, signed
from crmcli.render.reports import envelope, footing, report_lines, table_lines
from crmcli.reports.compare import compared
from crmcli.reports.report import Report, ReportColumn
from tests.render.render_views import Rendered
from tests.render.report_views import BOARD, FIGURES, NOTE, PAPER, WON

_COLUMNS = (
    ReportColumn("owner", "owner"),
    ReportColumn("won", "won", "integer"),
    ReportColumn("value", "value", "money"),
    ReportColumn("rate", "win rate", "percent"),
)
NOW = Report(
    "won", "won", _COLUMNS, (("ana", 6, Money(120_000, "EUR"), 0.61), ("boris", 0, None, None)), n=6, period="2026"
)
THEN = NOW._replace(rows=(("ana", 5, Money(150_000, "EUR"), 0.64), ("boris", 2, Money(100, "EUR"), 0.1)), period="2025")
BESIDE = compared(NOW, THEN)


@pytest.mark.parametrize(
    ("value", "points", "expected"),
    [
        (0.12, False, "+12.0%"), (-0.03, False, "\u22123.0%"), (0.0, False, "0.0%"), (-0.0004, False, "0.0%"),
        (0.03, True, "+3.0 pp"), (-0.0004, True, "0.0 pp"), (12.5, False, "+1,250.0%"),
    ],
)  # fmt: skip
def test_changes_have_a_sign(value: float, points: bool, expected: str) -> None:
    """Up or down can be seen without colour; nothing has none."""
    assert expected == signed(value, PAPER.locale, points=points)


def test_two_periods_beside_each_other() -> None:
    """Where there is room all of it; the change of a rate is in points."""
    lines = list(report_lines(BESIDE, PAPER._replace(width=120)))
    assert ["owner", "won", "before", "change", "value", "before", "change"] == lines[1].split()[:7]
    assert "ana      6       5   +20.0%  1,200 EUR  1,500 EUR  \u221220.0%     61.0%   64.0%  \u22123.0 pp" == lines[2]
    assert lines[3].split() == [
        "boris", "0", "2", "\u2212100.0%", "—", "1", "EUR", "—", "—", "10.0%", "—",
    ]  # fmt: skip


def test_what_figures_rest_on_names_the_period_compared_with() -> None:
    assert "n = 6 · 2026 · compared with 2025" == list(report_lines(BESIDE, PAPER))[-1]


def test_two_periods_on_a_narrow_screen() -> None:
    """Each figure with its change in one column; what has no room is left out from the right, and none is cut."""
    lines = list(report_lines(BESIDE, PAPER._replace(width=60)))
    assert ["owner", "won", "Δ", "value", "Δ", "win", "rate", "Δ"] == lines[1].split()
    assert ["ana", "6", "+20.0%", "1,200", "EUR", "\u221220.0%", "61.0%", "\u22123.0", "pp"] == lines[2].split()
    for cells in (24, 30, 40):
        narrow = list(report_lines(BESIDE, PAPER._replace(width=cells)))
        assert max(map(width, narrow[1:4])) <= cells
        assert not [line for line in narrow[1:4] if "…" in line], narrow


def test_to_explain_is_a_line_for_each_figure() -> None:
    """Its meaning, then what all rest on, in place of the one line."""
    told = list(report_lines(WON._replace(chart=None), PAPER, explain=True))
    start = told.index("won: deals won")
    assert told[start:] == [
        "won: deals won", "value: Σ value of the won deals", "win rate: won / (won + lost)", "n: 33", "period: 2026",
        "currency: EUR", "formula: win rate = won / (won + lost)", "model: r 0.2426, alpha 4.4135, n 2357",
    ]  # fmt: skip
    assert all(
        width(line) <= 30
        for line in list(report_lines(WON._replace(chart=None), PAPER._replace(width=30), explain=True))
    )


def test_key_figures_are_shown_each_in_its_unit() -> None:
    lines = list(report_lines(FIGURES, PAPER))
    assert ["won", "value", "125,000", "EUR", "98,000", "EUR", "+27.6%", "▂▄▃▆▇█"] == lines[2].split()
    assert ["win", "rate", "61.0%", "66.0%", "\u22125.0", "pp", "▆▇", "█▇"] == lines[3].split()
    assert ["open", "deals", "36", "—", "—", "—"] == lines[4].split()


def test_a_report_with_parts_shows_each() -> None:
    lines = list(report_lines(BOARD, PAPER))
    assert "dashboard" == lines[0]
    assert [lines.index(part.title) for part in BOARD.parts] == sorted(lines.index(part.title) for part in BOARD.parts)
    assert 1 == lines.count("key figures")


def test_the_envelope_has_notes_model_and_parts() -> None:
    """The columns only to explain."""
    told = envelope(WON)
    assert ([NOTE], {"r": 0.2426, "alpha": 4.4135, "n": 2357}, None) == (
        told["notes"],
        told["model"],
        told["compared"],
    )
    assert "columns" not in told
    assert "parts" not in told
    assert {"name": "won", "kind": "integer", "meaning": "deals won"} in envelope(WON, explain=True)["columns"]
    assert ["figures", "won", "funnel"] == [part["report"] for part in envelope(BOARD)["parts"]]
    assert "2025" == envelope(BESIDE)["compared"]


def test_a_model_on_one_line() -> None:
    assert "text" == model_text("text")
    assert "a 0.5, b —" == model_text({"a": 0.5, "inner": {"x": 1}, "b": None})


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "markdown", "json"])
def test_notes_go_to_stderr(form: str) -> None:
    """Beside the answer in every format but the envelope, and once each."""
    output = Rendered(form)
    output.report(BOARD)
    assert 1 == output.err.count(NOTE)
    assert NOTE not in output.out
    enveloped = Rendered("json")
    enveloped.report(WON, envelope=True)
    assert "" == enveloped.err
    assert NOTE in enveloped.out


def test_a_chart_in_place_of_the_table() -> None:
    """Its own, those of all parts, or a clear no."""
    output = Rendered("table", width=60)
    output.chart(BOARD)
    assert ["won by company", "funnel of 2026"] == [
        line for line in output.out.splitlines() if " " in line and "  " not in line
    ]
    with pytest.raises(UsageError, match="report x has no chart"):
        Rendered("table").chart(Report("x", "x", (ReportColumn("note", "note"),), (("a",),)))


def test_nothing_to_draw_is_an_answer() -> None:
    """What would make it something, and what was asked; a picture of nothing can't be made, and it is said why."""
    empty = Report("leads", "leads", (ReportColumn("leads", "leads", "integer"),), ())
    output = Rendered("table", width=100)
    output.chart(empty)
    assert output.out.splitlines() == [
        "leads", "nothing to draw yet (add people: crm contact add, or crm import contacts FILE.csv)", "n = 0 · all time",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="report leads has no chart: it has no rows") as refused:
        content_of(empty, "svg", PAPER)
    assert "add people: crm contact add, or crm import contacts FILE.csv" == refused.value.hint


def test_figures_without_any_value_are_not_drawn() -> None:
    """The next ones that have some are."""
    columns = (
        ReportColumn("owner", "owner"),
        ReportColumn("quota", "quota", "money"),
        ReportColumn("won", "won", "integer"),
    )
    output = Rendered("table", width=60)
    output.chart(Report("x", "x", columns, (("ana", None, 3), ("boris", None, 1))))
    assert "x: won" == output.out.splitlines()[0]


_WIDE = Report(
    "won", "won",
    (ReportColumn("owner", "owner"), ReportColumn("won", "won by them", "integer"), ReportColumn("value", "value", "money"),
     ReportColumn("average", "average", "money", 2), ReportColumn("rate", "win rate", "percent", 1),
     ReportColumn("cycle", "cycle", "days", 3), ReportColumn("last", "last", "date", 3)),
    (("Anastasia Kowalska-Nowakowska", 71, Money(893_436_123, "EUR"), Money(12_583_607, "EUR"), 0.43, 61.25, date(2026, 6, 5)),
     ("boris", 12_400, Money(100, "EUR"), None, 1.0, 3_447.5, None)),
    (None, 12_471, Money(893_436_223, "EUR"), None, 0.5, 3.0, None),
)  # fmt: skip


@pytest.mark.parametrize("cells", [120, 60, 48, 40, 32, 24, 16, 10])
def test_a_figure_is_whole_or_left_out(cells: int) -> None:
    """Half a number is another number: columns go, then texts and headings are cut; the first figure stays the longest."""
    figures = {"71", "12400", "12471", "8,934,361.23", "8,934,362.23", "1", "EUR", "125,836.07", "43.0%", "100.0%",
               "50.0%", "61.3", "61.2", "3,447.5", "3.0", "d", "2026-06-05", "\u2014"}  # fmt: skip
    _, *lines = table_lines(_WIDE, PAPER._replace(width=cells))
    assert max(map(width, lines)) <= cells
    words = [word for line in lines for word in line.split() if any(each.isdigit() for each in word)]
    assert set(words) <= figures
    assert {"71", "12471"} <= set(words)


def test_without_room_for_a_figure_rows_stand_below_each_other() -> None:
    """Each value with its heading, broken into lines where it must be, and nothing left out."""
    lines = list(table_lines(_WIDE._replace(rows=_WIDE.rows[1:], totals=None), PAPER._replace(width=5)))
    assert max(map(width, lines)) <= 5
    assert "ownerboriswonbythem12400value1EUR" in "".join(lines).replace(" ", "")


def test_a_figure_far_below_is_whole() -> None:
    """Widths are fitted to the first thousand rows; one that is wider is out of line, and not cut."""
    columns = (
        ReportColumn("owner", "owner"),
        ReportColumn("won", "won", "integer"),
        ReportColumn("lost", "lost", "integer"),
    )
    report = Report("x", "x", columns, (*[("ana", 1, 2)] * 1100, ("boris", 123_456_789, 987_654_321)))
    assert ["boris", "123456789", "987654321"] == list(table_lines(report, PAPER))[-1].split()


@pytest.mark.parametrize(
    ("name", "period", "expected"),
    [
        ("won", None, "n = 6 · all time"), ("won", "2026", "n = 6 · 2026"), ("aging", None, "n = 6 · now"),
        ("hygiene", None, "n = 6 · now"), ("pivot", None, "n = 6 · all time"), ("top deals", None, "n = 6"),
    ],
)  # fmt: skip
def test_a_period_that_was_not_asked_for_is_said(name: str, period: str | None, expected: str) -> None:
    """All time, or now for how things stand; the envelope says null, as before, and a part has that of its whole."""
    report = NOW._replace(name=name, period=period, currency=None, formula=None)
    assert expected == footing(report)
    assert period == envelope(report)["period"]
