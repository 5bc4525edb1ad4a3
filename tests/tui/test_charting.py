"""From a report to its picture: which figure, which bars, which row each stands for."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.money import Money
from crmcli.render.locale import Locale
from crmcli.render.table import Screen
from crmcli.reports.report import Report, ReportColumn
from crmcli.tui.charting import Bar, compact, drawing, first_measure, measures, stretch_labels
from crmcli.tui.widgets.report_chart import _apart, filled, lying

PAPER = Screen(80, False, Locale(), datetime(2026, 11, 21, tzinfo=UTC))
COLUMNS = (
    ReportColumn("month", "month"), ReportColumn("won", "won", "integer"), ReportColumn("value", "value", "money"),
    ReportColumn("currency", "currency"),
)  # fmt: skip


def won(*rows: tuple[str | None, int, int, str]) -> Report:
    """What was won by month."""
    told = tuple((month, n, Money(minor, code), code) for month, n, minor, code in rows)
    return Report("won", "won deals by month", COLUMNS, told)


def test_months_without_anything_are_there_too() -> None:
    """Over the turn of a year; they stand for no row."""
    found = drawing(won(("2025-11", 1, 100, "EUR"), ("2026-02", 2, 50, "EUR")), 0, PAPER)
    assert found is not None
    assert [("2025-11", 0), ("2025-12", None), ("2026-01", None), ("2026-02", 1)] == [
        (bar.label, bar.row) for bar in found.bars
    ]


def test_currencies_are_never_beside_each_other() -> None:
    """Each figure is drawn for each of them, the commonest first."""
    report = won(("2026-01", 1, 100, "USD"), ("2026-01", 3, 300, "EUR"), ("2026-02", 1, 100, "EUR"))
    assert ["won, EUR", "value, EUR", "won, USD", "value, USD"] == [each.header for each in measures(report)]
    assert 1 == first_measure(report)
    found = drawing(report, 3, PAPER)
    assert found is not None
    assert [(0, 1.0)] == [(bar.row, bar.value) for bar in found.bars]


@pytest.mark.parametrize("rows", [(), ((None, 0, 0, "EUR"),)])
def test_nothing_to_draw(rows: tuple[tuple[str | None, int, int, str], ...]) -> None:
    """No rows, or nothing but noughts."""
    assert drawing(won(*rows), 0, PAPER) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (12, "12"), (999.5, "999.5"), (1000, "1k"), (77_600, "77.6k"), (2_500_000, "2.5M"), (3e9, "3G")],
)
def test_short_figures(value: float, expected: str) -> None:
    """For an axis."""
    assert expected == compact(value, Locale())


@pytest.mark.parametrize(
    ("slot", "expected"),
    [(10, ["2025-12", "2026-01", "2026-02"]), (5, ["2025", "2026", "02"]), (2, ["2025", "2026", ""])],
)
def test_names_of_months(slot: int, expected: list[str]) -> None:
    """As long as there is room; the year with the first and with each January."""
    bars = [Bar(label, 1.0, "1", 0) for label in ("2025-12", "2026-01", "2026-02")]
    assert expected == stretch_labels(bars, slot)


@given(st.lists(st.tuples(st.integers(0, 200), st.text("0123456789[]", min_size=1, max_size=9)), max_size=40))
def test_labels_never_touch(ticks: list[tuple[int, str]]) -> None:
    """Whatever there is to stand beside each other."""
    kept = _apart(ticks)
    ends = [(x - len(label) // 2, x - len(label) // 2 + len(label)) for x, label in kept]
    assert all(end < start for (_, end), (start, _) in pairwise(ends))


@given(st.floats(0, 1e12), st.floats(1e-6, 1e12), st.integers(1, 200))
def test_bars_fit(value: float, more: float, room: int) -> None:
    """Anything above nothing is seen, and the largest fills the room."""
    marks = filled(value, value + more, room, "▏▎▍▌▋▊▉█")
    assert len(marks) <= room
    assert (len(marks) > 0) == (value > 0)
    assert "█" * room == filled(value + more, value + more, room, "▏▎▍▌▋▊▉█")


@pytest.mark.parametrize(
    ("value", "part", "expected"),
    [
        (8, None, "████████"),
        (4, None, "████"),
        (0.1, None, "▏"),
        (0, None, ""),
        (8, 4, "████░░░░"),
        (8, 0, "░░░░░░░░"),
        (4.5, 4.5, "████▌"),
    ],
)
def test_a_bar_and_its_part(value: float, part: float | None, expected: str) -> None:
    """In eighths of a cell; the rest is drawn lighter."""
    assert expected == lying(Bar("a", value, "", 0, part), 8, 8)
