"""Charts of characters: what they look like, and that they fit whatever stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.render.cells import width
from crmcli.render.chart_heat import shade
from crmcli.render.chart_scale import figure, scale, short
from crmcli.render.charts import chart_lines, sparkline
from crmcli.render.locale import Locale
from crmcli.render.safe import visible
from crmcli.reports.report import Chart
from tests.render.report_views import CHARTS

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = Locale()
amounts = st.none() | st.floats(-1e12, 1e12) | st.integers(-3, 3)


def drawn(chart: Chart, cells: int) -> list[str]:
    return list(chart_lines(chart, cells, PLAIN, color=False))


@pytest.mark.parametrize("cells", [40, 80, 120])
def test_charts_golden(cells: int, golden: Callable[[str, str], None]) -> None:
    """Bars, bars below nothing, a funnel, a line with a gap, several lines, a heat map that goes on below."""
    text = "\n\n".join("\n".join(drawn(chart, cells)) for chart in CHARTS.values())
    golden(f"charts_{cells}.txt", f"{text}\n")


@given(
    kind=st.sampled_from(["bar", "funnel", "line", "heat"]),
    rows=st.lists(st.tuples(st.text(max_size=60), amounts), max_size=14),
    unit=st.sampled_from(["", "percent", "days", "EUR", "JPY", "deals"]),
    cells=st.integers(40, 200),
)
def test_charts_fit_and_stay_harmless(kind: str, rows: list[tuple[str, float | None]], unit: str, cells: int) -> None:
    """Whatever the names and figures: no wider than the screen, and nothing in it that a terminal would obey."""
    labels, values = tuple(label for label, _ in rows), tuple(value for _, value in rows)
    short_labels = tuple(label[:12] for label in labels)
    chart = Chart(kind, labels, values, unit, "title" * 30, columns=short_labels, grid=(values,) * len(rows))
    for line in drawn(chart, cells):
        assert width(line) <= cells
        assert line == visible(line)


def test_a_funnel_tells_which_share_went_on() -> None:
    """Beside the arrow between two steps; none of nothing, and none where there is no value."""
    steps = Chart("funnel", ("a", "b", "c", "d", "e"), (8.0, 4.0, 0.0, 3.0, None))
    arrows = [line.strip() for line in drawn(steps, 60) if "▼" in line]
    assert arrows == ["▼ 50.0%", "▼ 0.0%", "▼ —", "▼ —"]


def test_steps_of_a_funnel_stand_in_the_middle() -> None:
    """As much air at the left as at the right, to half a cell."""
    for line in drawn(Chart("funnel", ("a",) * 9, tuple(float(n) for n in range(9, 0, -1)), ""), 63)[::2]:
        bar = line[3:60]
        assert abs((len(bar) - len(bar.lstrip())) - (len(bar) - len(bar.rstrip()))) <= 1, line


def test_lines_are_told_apart_by_marks() -> None:
    """Each has its own on its points, and the legend says which with its last figure."""
    lines = drawn(CHARTS["lines"], 100)
    assert all(any(mark in line for line in lines[1:-3]) for mark in "●○▲")
    assert lines[-1] == "● won value 51,000 EUR   ○ a year before 33,000 EUR   ▲ 目标 25,000 EUR"


def test_a_line_is_broken_where_there_is_no_value() -> None:
    """Nothing stands in the columns between the neighbours of a gap."""
    canvas = [line[5:] for line in drawn(Chart("line", tuple("abcde"), (1.0, 1.0, None, 1.0, 1.0)), 80)[:-2]]
    assert all(not line[25:50].strip() for line in canvas)
    assert any(line[:15].strip() for line in canvas)


def test_a_heat_map_loses_no_column_on_a_narrow_screen() -> None:
    """Those that don't fit follow below under their header; every figure is there once."""
    wide, narrow = "\n".join(drawn(CHARTS["heat"], 120)), "\n".join(drawn(CHARTS["heat"], 40))
    for column in CHARTS["heat"].columns:
        assert 1 == narrow.count(column)
    assert wide.count("%") == narrow.count("%")
    assert {sign: wide.count(sign) for sign in "░▒▓█"} == {sign: narrow.count(sign) for sign in "░▒▓█"}


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (24, 0), (25, 1), (50, 2), (75, 3), (100, 3), (-5, 0)])
def test_shades_are_quarters_of_the_span(value: float, expected: int) -> None:
    assert expected == shade(max(value, 0), 0, 100)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), ""),
        ((0, 0), "▁▁"),
        ((1, 2, None, 8), "▂▃ █"),
        ((-1, 0, 1), "▁▅█"),
        ((None,), " "),
    ],
)
def test_sparklines(values: tuple[float | None, ...], expected: str) -> None:
    """A cell for each value, from nothing or the lowest up, a gap for none."""
    assert expected == sparkline(values)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (None, "EUR", "—"), (0.1234, "percent", "12.3%"), (12.345, "days", "12.3 d"), (12345.5, "EUR", "12,345.50 EUR"),
        (12345.0, "JPY", "12,345 JPY"), (-0.5, "EUR", "-0.50 EUR"), (3, "deals", "3 deals"), (1.5, "", "1.5"),
    ],
)  # fmt: skip
def test_figures(value: float | None, unit: str, expected: str) -> None:
    """As in a table."""
    assert expected == figure(value, unit, PLAIN)


def test_money_and_rates_are_written_as_the_user_writes_them() -> None:
    german = Locale(name="de_DE")
    assert "12.345,50\xa0€" == figure(12345.5, "EUR", german)
    assert "12,3%" == figure(0.1234, "percent", german)
    assert "12,3k" == short(12345, "", german)


@given(st.lists(amounts, max_size=6))
def test_axes_have_round_marks_around_all_values(values: list[float | None]) -> None:
    """The marks are even, nothing is on the axis, and no value lies beyond it."""
    axis = scale(values)
    known = [value for value in values if value is not None]
    assert axis.low <= min([0, *known]) * (1 - 1e-9) + 1e-9
    assert axis.high >= max([0, *known]) * (1 - 1e-9) - 1e-9
    assert 2 <= len(axis.marks) <= 12


def test_an_axis_of_fractions_has_no_dust() -> None:
    assert (0.0, 0.1, 0.2, 0.3) == scale([0.3], most=4).marks
    assert (-10.0, 0.0, 10.0, 20.0, 30.0) == scale([-3, 27]).marks
