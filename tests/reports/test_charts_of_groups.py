"""What the charts of reports draw: every stretch of the calendar, and whose figures they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.render.report_chart import charts_of
from crmcli.tui.charting import drawing
from tests.render.report_views import PAPER
from tests.reports.asking import report_of
from tests.reports.selling import deal

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.reports.report import Chart


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> str:
    """Won in June and October, lost in August; two are open."""
    store = lasting_store()
    with AppContext(Flags(store=store, quiet=True), origin="test").desk.writing("test") as uow:
        deal(uow, "won", 100, closed="2026-06-05", made="2026-06-01", owner="ana")
        deal(uow, "won", 300, closed="2026-10-06", made="2026-10-01", owner="boris")
        deal(uow, "lost", 50, closed="2026-08-01", made="2026-07-01", owner="ana", way=("lead",), lost_reason="price")
        deal(uow, "lost", 50, closed="2026-08-02", made="2026-07-01", owner="boris", way=("lead",), lost_reason="time")
        deal(uow, "qualified", 600, expected="2026-12-31", made="2026-07-01", owner="ana")
        deal(uow, "lead", 100, expected="2027-03-01", made="2026-07-01", owner="boris")
        deal(uow, "lead", 100, made="2026-07-01", owner="boris")
    return store


@pytest.fixture
def store(filled: str) -> AppContext:
    return AppContext(Flags(store=filled))


def chart_of(store: AppContext, name: str, **asked: str) -> Chart:
    [chart] = charts_of(report_of(store, name, **asked))
    return chart


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sales", (100, 0, 0, 0, 300)),
        ("won", (100, 0, 0, 0, 300)),  # a sum of nothing is 0, whether or not there is a row
        ("win-rate", (1.0, None, 0.0, None, 1.0)),  # a rate of nothing is none
        ("cycle", (4.0, None, None, None, 5.0)),
    ],
)
def test_a_line_over_the_calendar_has_no_holes(
    store: AppContext, name: str, expected: tuple[float | None, ...]
) -> None:
    """Months in which nothing happened stand between the others, and the line is not drawn straight through."""
    chart = chart_of(store, name, by="month")
    assert ("line", ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10")) == (chart.kind, chart.labels)
    assert expected == pytest.approx(chart.values, abs=0.6)


def test_the_forecast_of_a_month_without_deals_is_nothing(store: AppContext) -> None:
    """What is apart from the calendar stands behind it."""
    chart = chart_of(store, "forecast", by="month")
    there = dict(zip(chart.labels, chart.values, strict=True))
    assert ["2026-12", "2027-01", "2027-02", "2027-03", "no date"] == list(chart.labels)
    assert (0.0, 0.0) == (there["2027-01"], there["2027-02"])


def test_the_terminal_application_draws_the_same_months(store: AppContext) -> None:
    """As columns of the report's own figure, a month without a row too."""
    drawn = drawing(report_of(store, "sales", by="month"), 0, PAPER)
    assert drawn is not None
    assert "columns" == drawn.kind
    assert ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"] == [bar.label for bar in drawn.bars]


@pytest.mark.parametrize("name", ["funnel", "conversion", "loss-reasons"])
def test_a_chart_of_all_groups_together_says_so(store: AppContext, name: str) -> None:
    """Its title, and only where groups were asked for."""
    assert chart_of(store, name, by="owner").title.endswith(", all together, not by owner")
    assert "together" not in chart_of(store, name).title


def test_time_in_stage_is_drawn_group_by_group(store: AppContext) -> None:
    """A map of owners and stages, where one row of bars would be of nobody."""
    chart = chart_of(store, "time-in-stage", by="owner")
    assert ("heat", {"ana", "boris"}) == (chart.kind, set(chart.labels))
    assert "median days in the stage, by owner" == chart.title
    assert {len(chart.columns)} == {len(row) for row in chart.grid}
    assert "bar" == chart_of(store, "time-in-stage").kind
