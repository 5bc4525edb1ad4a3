"""A period beside another: groups with nothing in one of them, figures of this moment, stretches of the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import UsageError
from crmcli.render.reports import report_lines
from crmcli.reports.compare import compared
from crmcli.reports.report import Report, ReportColumn
from tests.render.report_views import PAPER
from tests.reports.asking import counted, report_of, rows_of, totals_of
from tests.reports.selling import deal

if TYPE_CHECKING:
    from crmcli.context import AppContext


@pytest.fixture
def sold(app: AppContext) -> AppContext:
    """Ana sold in both years, Ben in the one before, Cleo in this one; three deals are open, one of them Ben's."""
    with app.desk.writing("test") as uow:
        deal(uow, "won", 100, made="2025-01-31", closed="2025-02-10", owner="ana")
        deal(uow, "lost", 70, made="2025-01-31", closed="2025-02-20", owner="ana")
        deal(uow, "won", 300, made="2025-07-22", closed="2025-08-01", owner="ben")
        deal(uow, "won", 200, made="2026-01-14", closed="2026-02-03", owner="ana")
        deal(uow, "lost", 70, made="2026-01-14", closed="2026-02-04", owner="ana")
        deal(uow, "won", 50, made="2025-12-26", closed="2026-05-05", owner="cleo")
        for owner in ("ana", "ana", "ben"):
            deal(uow, "lead", 500, made="2026-01-02", expected="2026-12-01", owner=owner)
        deal(uow, "lead", 500, made="2025-01-02", expected="2025-12-01", owner="ana")
    return app


def columns_of(report: Report, *names: str) -> list[tuple[object, ...]]:
    """Some columns of all rows."""
    return [tuple(row[name] for name in names) for row in rows_of(report)]


def test_a_group_with_nothing_in_one_of_the_periods(sold: AppContext) -> None:
    """Counts and sums of nothing are 0 and shares of something too; averages, rates and ranks of nothing there are none."""
    report = report_of(sold, "sales", "owner", period="2026", compare="year")
    assert columns_of(report, "owner", "deals", "deals_before", "value", "value_before", "value_change") == [
        ("ana", 1, 1, 200, 100, 1.0), ("cleo", 1, 0, 50, 0, None), ("ben", 0, 1, 0, 300, -1.0),
    ]  # fmt: skip
    assert columns_of(report, "share", "share_before", "average", "average_before", "rank", "rank_before") == [
        (0.8, 0.25, 200, 100, 1, 2), (0.2, 0.0, 50, None, 2, None), (0.0, 0.75, None, 300, None, 1),
    ]  # fmt: skip
    assert "rank_change" not in [column.name for column in report.columns]
    assert report.drill[2] is None
    totals = totals_of(report)
    assert (250, 400, -0.375) == (totals["value"], totals["value_before"], totals["value_change"])
    rates = report_of(sold, "win-rate", "owner", period="2026", compare="year")
    assert columns_of(rates, "owner", "won", "won_change", "win_rate", "win_rate_before", "win_rate_change") == [
        ("ana", 1, 0.0, 0.5, 0.5, 0.0), ("cleo", 1, None, 1.0, None, None), ("ben", 0, -1.0, None, 1.0, None),
    ]  # fmt: skip


def test_totals_of_one_row_and_of_none(sold: AppContext) -> None:
    """A period with one group, which has no totals of its own, beside one with several; and one with nothing at all."""
    one = totals_of(report_of(sold, "sales", "owner", period="2025-08", compare="year"))
    assert {} == one
    whole = totals_of(report_of(sold, "sales", "owner", period="2025-03-01..2026-05-31", compare="previous"))
    assert (550, 100, 4.5) == (whole["value"], whole["value_before"], whole["value_change"])
    none = totals_of(report_of(sold, "sales", "owner", period="2026", compare="year", filter="owner in (ana, cleo)"))
    assert (250, 100, 1.0, None) == (none["value"], none["value_before"], none["share_before"], none["rank_before"])
    empty = totals_of(report_of(sold, "sales", "owner", period="2025", compare="year"))
    assert (400, 0, None, None) == (
        empty["value"], empty["value_before"], empty["value_change"], empty["share_before"],
    )  # fmt: skip


def test_a_calendar_keeps_its_order(sold: AppContext) -> None:
    """A month with nothing stands in its place, 0, and what runs up goes on."""
    report = report_of(sold, "sales", "month", period="2026", compare="previous")
    names = ("month", "value", "value_before", "value_change", "running", "running_before")
    assert columns_of(report, *names) == [
        ("2026-02", 200, 100, 1.0, 200, 100), ("2026-05", 50, 0, None, 250, 100), ("2026-08", 0, 300, -1.0, 250, 400),
    ]  # fmt: skip
    earlier = report_of(sold, "sales", "month", period="2025", compare="previous", filter="value > 100")
    assert columns_of(earlier, *names) == [("2025-08", 300, 0, None, 300, 0)]
    between = report_of(sold, "sales", "month", period="2026", compare="previous", filter="owner != ana")
    assert columns_of(between, "month", "running", "running_before") == [("2026-05", 50, 0), ("2026-08", 50, 300)]
    turned = report_of(sold, "won", "month", period="2025", compare="year", filter="value < 300")
    assert columns_of(turned, "month", "won", "won_before") == [("2025-02", 1, 0)]


def test_what_is_in_no_stretch_keeps_its_end_of_the_calendar() -> None:
    """What is overdue stands first and what has no date last; rows in another order get what is gone at their end."""
    columns, months = (ReportColumn("month", "month"), ReportColumn("won", "won", "integer")), ("01", "02", "03")

    def of(*names: str | None) -> Report:
        return Report("x", "x", columns, tuple((name, 1) for name in names))

    def order(now: Report, then: Report) -> list[object]:
        return [row[0] for row in compared(now, then, months).rows]

    assert order(of("overdue", "01", "03", None), of("02", "04")) == ["overdue", "01", "02", "03", None, "04"]
    assert order(of("03", "01"), of("02")) == ["03", "01", "02"]
    assert [row[1] for row in compared(of("03"), of("02"), months).rows] == [0, 1]


@pytest.mark.parametrize("compare", ["previous", "year"])
def test_coverage_is_set_beside_the_quarter_before_its_usual_one(sold: AppContext, compare: str) -> None:
    """That it is of this quarter need not be said."""
    report = report_of(sold, "coverage", compare=compare)
    assert ("Q3-2026" if compare == "previous" else "Q4-2025") == report.compared
    assert report_of(sold, "coverage", period="this quarter", compare=compare) == report


def test_the_forecast_is_set_beside_the_month_before(app: AppContext) -> None:
    """What was won this month beside what was won in the last one; what is open stays all that is open."""
    with app.desk.writing("test") as uow:
        deal(uow, "won", 30, closed="2026-11-03")
        deal(uow, "won", 20, closed="2026-10-03")
        deal(uow, "won", 70, closed="2026-09-03")
        deal(uow, "lead", 500, expected="2027-02-01")
    report = report_of(app, "forecast", compare="previous")
    assert "2026-10" == report.compared
    names = ("month", "deals", "won", "won_before", "won_change")
    assert [("2026-11", 0, 30, 20, 0.5), ("2027-02", 1, 0, 0, None)] == columns_of(report, *names)


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("velocity", {"open", "velocity"}), ("pipeline", {"count", "value", "weighted"}), ("funnel", {"now", "now_share"}),
        ("time-in-stage", {"now"}), ("aging", {"deals", "value", "rotting", "rotting_value"}), ("stale", {"value", "days"}),
        ("coverage", {"deals", "pipeline", "coverage"}),
        ("forecast", {"deals", "value", "weighted", "commit", "best_case", "p10", "p50", "p90"}),
    ],
)  # fmt: skip
def test_what_is_of_this_moment_has_no_past(sold: AppContext, name: str, figures: set[str]) -> None:
    """It is nowhere known; the report says so, and has no row that nothing but such a figure speaks for."""
    report = report_of(sold, name, period="2026", compare="year")
    assert figures <= {column.name for column in report.columns if column.is_now}
    rows = rows_of(report)
    assert rows
    assert {None} == {
        row[f"{figure}_{beside}"] for row in rows for figure in figures for beside in ("before", "change")
    }
    assert [note for note in report.notes if note.startswith("as of now, and so without a figure of 2025: ")]


@pytest.mark.parametrize("unit", ["month", "quarter", "year"])
def test_velocity_of_a_stretch_is_that_of_the_period(sold: AppContext, unit: str) -> None:
    """By the day of closing; what is open is so now, in each row and once in the total."""
    report = report_of(sold, "velocity", unit)
    periods = {"2025-Q1": "Q1-2025", "2025-Q3": "Q3-2025", "2026-Q1": "Q1-2026", "2026-Q2": "Q2-2026"}
    rows = rows_of(report)
    assert len(rows) == {"month": 4, "quarter": 4, "year": 2}[unit]
    for row, drill, cells in zip(rows, report.drill, report.cells, strict=True):
        label = row.pop(unit)
        same = report_of(sold, "velocity", period=periods.get(label, label))
        assert rows_of(same) == [row]
        assert (4, 4) == (row["open"], counted(sold, drill))
        assert counted(sold, cells["win_rate"]) == counted(sold, same.cells[0]["win_rate"]) > 0
    assert (4, 10) == (totals_of(report)["open"], report.n)
    inside = report_of(sold, "velocity", unit, period="2026-03..2026-12")
    assert len(inside.rows) == 1
    assert "all of them in each row" in next(column.meaning for column in report.columns if column.name == "open")


def test_whole_days_from_since_to_until(sold: AppContext) -> None:
    """Are a period like any other; with an open end, or an hour, there is none before."""
    asked = {"by": "owner", "compare": "previous"}
    period = report_of(sold, "won", period="2026-01-01..2026-12-31", **asked)
    assert period == report_of(sold, "won", since="2026-01-01", until="2026-12-31", **asked)
    assert period == report_of(sold, "won", since="2026-01", until="2026-12", **asked)
    for words in ({"since": "2026-01-01"}, {"since": "2026-01-01", "until": "2026-12-31 14:00"}):
        with pytest.raises(UsageError, match="whole days, with both its ends"):
            report_of(sold, "won", **words, **asked)


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (24, "owner value Δ"), (40, "owner won Δ value Δ"), (60, "owner rank won Δ value Δ"),
    ],
)  # fmt: skip
def test_a_narrow_screen_keeps_what_was_sold(sold: AppContext, cells: int, kept: str) -> None:
    """The rank, and that of then, are left out before."""
    report = report_of(sold, "sales", "owner", period="2026", compare="year")
    header = list(report_lines(report._replace(chart=None), PAPER._replace(width=cells)))[1]
    assert kept == " ".join(header.split())
