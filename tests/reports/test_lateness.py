"""Slippage and age of open deals, by hand, on both engines; today is 21 November 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.reports.behind import uids
from tests.reports.asking import counted, report_of, rows_of, totals_of
from tests.reports.selling import activity, deal

if TYPE_CHECKING:
    from collections.abc import Callable


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> str:
    """A store with deals on time and late."""
    store = lasting_store()
    app = AppContext(Flags(store=store, quiet=True), origin="test")
    with app.desk.writing("test") as uow:
        deal(uow, "won", 1, expected="2026-06-10", closed="2026-06-05", owner="ana")  # early: 0
        deal(uow, "won", 1, expected="2026-06-10", closed="2026-06-10T23:59:59", owner="ana")  # on the day: 0
        deal(uow, "lost", 1, expected="2026-06-10", closed="2026-06-14", owner="ana")  # 4
        deal(uow, "lead", 1, expected="2026-11-11", owner="ana")  # still open: 10
        deal(uow, "lead", 1, expected="2026-11-21", owner="ana")  # today: not due
        deal(uow, "won", 1, expected=None, closed="2026-06-14", owner="ana")
        number = deal(uow, "lead", 1, expected="2026-10-22", owner="boris")  # 30
    for day in ("2026-11-01", "2026-10-25", "2026-11-01"):  # by 10 days, -7 and 7: the last one is what counts
        app.deals.edit(str(number), app.deals.edit_draft(changes(day)))
    return store


def changes(day: str) -> Any:
    from crmcli.services.records import Changes

    return Changes({"expected_close": day})


@pytest.fixture
def full(filled: str) -> AppContext:
    return AppContext(Flags(store=filled))


def test_slippage_by_owner(full: AppContext) -> None:
    """Days to the closing or to today, in time as 0; moves from the change log."""
    report = report_of(full, "slippage")
    names = ("owner", "deals", "slipped", "slipped_share", "mean", "median", "p90", "moved", "moves", "moved_days")
    assert shown(rows_of(report), *names) == [
        ("boris", 1, 1, 1.0, 20.0, 20.0, 20.0, 1, 3, pytest.approx(10 / 3)),
        ("ana", 4, 2, 0.5, 3.5, 2.0, pytest.approx(8.2), 0, 0, None),
    ]
    assert shown([totals_of(report)], "deals", "slipped", "mean", "moved") == [(5, 3, pytest.approx(34 / 5), 1)]
    assert [counted(full, drill) for drill in report.drill] == [1, 4]
    assert [counted(full, cells["moved"]) for cells in report.cells] == [1, 0]


def test_slippage_of_what_was_expected_in_a_period(full: AppContext) -> None:
    assert shown(rows_of(report_of(full, "slippage", "month", "Q2-2026")), "month", "deals", "mean") == [
        ("2026-06", 3, pytest.approx(4 / 3))
    ]
    assert shown(rows_of(report_of(full, "slippage", "month")), "month", "deals") == [("2026-06", 3), ("2026-11", 2)]


def test_slippage_counts_local_days(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed at eleven at night in UTC is closed the next day in Sofia."""
    monkeypatch.setenv("TZ", "Europe/Sofia")
    app = AppContext(Flags(store=store_url, quiet=True), origin="test")
    with app.desk.writing("test") as uow:
        deal(uow, "won", 1, expected="2026-07-10", closed="2026-07-10T23:00:00")
        deal(uow, "won", 1, expected="2026-07-10", closed="2026-07-10T20:59:59")
    assert shown(rows_of(report_of(app, "slippage", "pipeline")), "deals", "slipped", "mean") == [(2, 1, 0.5)]


def test_late_deals(app: AppContext) -> None:
    """Are those decided, or still open, after the day on which they were expected."""
    with app.desk.writing("test") as uow:
        deal(uow, "won", 1, expected="2025-01-10", closed="2025-03-01", owner="ana")
        deal(uow, "lost", 1, expected="2026-06-10", closed="2026-06-11", owner="ana")
        deal(uow, "won", 1, expected="2026-06-10", closed="2026-06-10T23:00:00", owner="ana")
        deal(uow, "lead", 1, expected="2026-11-11", owner="boris")
        deal(uow, "lead", 1, expected="2026-11-21", owner="boris")
    for by in ("owner", "month", "pipeline"):
        report = report_of(app, "slippage", by)
        behind = [len(list(uids(app.desk, [cells["slipped"]]))) for cells in report.cells if cells["slipped"]]
        assert 3 == sum(behind)
        assert [row["slipped"] for row in rows_of(report) if row["slipped"]] == behind


@pytest.mark.parametrize("name", ["slippage", "aging"])
def test_empty_stores(app: AppContext, name: str) -> None:
    """Nothing there, and nothing but what was lost without a day."""
    assert report_of(app, name).rows == ()
    with app.desk.writing("test") as uow:
        deal(uow, "lost", 1, closed="2026-11-01")
    assert (report_of(app, name).rows, report_of(app, name).n) == ((), 0)


def test_age_by_stage(app: AppContext) -> None:
    """Bands by local days; rotting are those untouched for longer than the stage allows (30 and 21 days)."""
    with app.desk.writing("test") as uow:
        deal(uow, "qualified", 10, made="2026-10-22T00:00:00")  # 30 days, untouched for as long: rots
        deal(uow, "qualified", 20, made="2026-10-21T23:59:59")  # 31
        touched = deal(uow, "qualified", 40, made="2026-10-01")
        activity(uow, "call", "2026-11-20", deal_id=touched)
        planned = deal(uow, "qualified", 80, made="2026-10-01")
        activity(uow, "call", "2026-11-25", deal_id=planned, status="planned")
        deal(uow, "lead", 5, made="2025-01-01")
        deal(uow, "won", 5, made="2025-01-01", closed="2025-02-01")
    report = report_of(app, "aging")
    names = ("stage", "age", "deals", "value", "rotting", "rotting_value")
    stages = {stage.stage: stage.rot_days for stage in app.pipelines.list() if stage.kind == "open"}
    assert (stages["lead"], stages["qualified"]) == (30, 21)
    assert shown(rows_of(report), *names) == [
        ("lead", ">180", 1, 5, 1, 5),
        ("qualified", "0-30", 1, 10, 1, 10),
        ("qualified", "31-60", 3, 140, 2, 100),
    ]
    assert shown([totals_of(report)], "deals", "value", "rotting", "rotting_value") == [(5, 155, 4, 115)]
    assert [counted(app, drill) for drill in report.drill] == [1, 1, 3]
    assert [counted(app, cells["rotting"]) for cells in report.cells] == [1, 1, 2]
    assert report.chart is not None
    assert (report.chart.kind, report.chart.labels) == ("heat", ("lead", "qualified"))
    assert report.chart.grid == ((0.0, 0.0, 0.0, 0.0, 1.0), (1.0, 3.0, 0.0, 0.0, 0.0))


def test_age_and_staleness_mean_the_same_rotting(full: AppContext) -> None:
    rotting = sum(row["rotting"] for row in rows_of(report_of(full, "aging", "owner")))
    assert rotting == len(report_of(full, "stale").rows)
