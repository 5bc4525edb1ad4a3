"""What was sold, and whether what is open is enough for the quota: by hand, on both engines; today is 21 November 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.services.importing.plan import Plan
from tests.reports.asking import counted, report_of, rows_of, totals_of
from tests.reports.selling import deal
from tests.services.test_imports import MAVEN_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> str:
    """A store with deals of two years, and quotas."""
    store = lasting_store()
    app = AppContext(Flags(store=store, quiet=True), origin="test")
    with app.desk.writing("test") as uow:
        deal(uow, "won", 100, closed="2026-10-05", owner="ana", type="new", source="fair")
        deal(uow, "won", 300, closed="2026-10-06", owner="ana", type="existing", source="web")
        deal(uow, "won", 400, closed="2026-11-05", owner="boris", type="new", source="web")
        deal(uow, "won", 200, closed="2025-11-20", owner="boris")  # a year and a day ago
        deal(uow, "won", None, closed="2026-11-06", owner="eva")
        for _ in range(7):
            deal(uow, "lost", 50, closed="2026-06-01", owner="ana")
        deal(uow, "lost", 50, closed="2025-11-21", owner="ana")
        deal(uow, "qualified", 600, expected="2026-12-31", owner="ana")
        deal(uow, "qualified", 900, expected="2026-10-01", owner="ana")  # overdue, and of this quarter
        deal(uow, "qualified", 5000, expected="2027-01-01", owner="ana")
        deal(uow, "lead", 70, expected="2026-12-31")
    for words in (("1,000", "ana", "Q4-2026"), ("300", "boris", "2026-10"), ("50", "boris", "2026-11")):
        app.goals.set("won_value", words[0].replace(",", ""), owner=words[1], period=words[2])
    return store


@pytest.fixture
def full(filled: str) -> AppContext:
    return AppContext(Flags(store=filled))


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_sales_by_month_add_up(full: AppContext) -> None:
    report = report_of(full, "sales")
    assert shown(rows_of(report), "month", "deals", "value", "running", "share", "average", "new", "existing") == [
        ("2025-11", 1, 200, 200, 0.2, 200, None, None),
        ("2026-10", 2, 400, 600, 0.4, 200, 100, 300),
        ("2026-11", 2, 400, 1000, 0.4, 200, 400, 0),
    ]
    assert shown([totals_of(report)], "deals", "value", "running", "share") == [(5, 1000, None, 1.0)]
    assert report.chart is not None
    # Months without a sale are drawn too.
    assert (report.chart.kind, report.chart.values) == ("line", (200.0, *[0.0] * 10, 400.0, 400.0))


def test_deals_that_are_neither_new_nor_existing_are_told(full: AppContext) -> None:
    """1000 won, of which 500 are new and 300 not: of the other two deals, worth 200, nobody said."""
    report = report_of(full, "sales", "owner")
    assert shown([totals_of(report)], "new", "existing") == [(500, 300)]
    assert report.notes == (
        "2 won deals worth 200.00 EUR say neither new nor existing (crm deal edit DEAL --type new)",
    )
    assert report_of(full, "sales", "owner", "2026-10").notes == ()
    owners = {row["owner"]: (row["new"], row["existing"]) for row in rows_of(report)}
    assert owners == {"ana": (100, 300), "boris": (400, 0), "eva": (None, None)}


def test_owners_are_ranked(full: AppContext) -> None:
    """Those of equal value share a rank; shares add up to the whole."""
    report = report_of(full, "sales", "owner", "2026")
    assert shown(rows_of(report), "owner", "rank", "deals", "value", "share", "cumulated") == [
        ("ana", 1, 2, 400, 0.5, 0.5),
        ("boris", 1, 1, 400, 0.5, 1.0),
        ("eva", 3, 1, 0, 0.0, 1.0),
    ]
    assert [counted(full, drill) for drill in report.drill] == [2, 1, 1]
    assert [counted(full, cells["new"]) for cells in report.cells] == [1, 1, 0]
    assert [counted(full, cells["existing"]) for cells in report.cells] == [1, 0, 0]


@pytest.mark.parametrize("by", ["month", "owner", "source", "product", "segment"])
def test_stores_in_which_nothing_was_won(app: AppContext, by: str) -> None:
    assert report_of(app, "sales", by).rows == ()
    with app.desk.writing("test") as uow:
        deal(uow, "lost", 10, closed="2026-11-01")
    assert (report_of(app, "sales", by).rows, report_of(app, "sales", by).totals) == ((), None)
    with app.desk.writing("test") as uow:
        deal(uow, "won", 10, closed="2026-11-01")
    assert shown(rows_of(report_of(app, "sales", by)), "deals", "value") == [(1, 10)]


def test_coverage_of_the_quarter(full: AppContext) -> None:
    """Ana: 1,000 wanted, 400 won, 1,500 open: 2.5 where 1 / (2 / 9) = 4.5 are required."""
    report = report_of(full, "coverage")
    names = ("owner", "quota", "won", "share", "gap", "deals", "pipeline", "coverage", "win_rate", "required")
    assert shown(rows_of(report), *names) == [
        ("ana", 1000, 400, 0.4, 600, 2, 1500, 2.5, 2 / 9, 4.5),
        ("boris", 350, 400, 400 / 350, -50, 0, 0, None, 1.0, 1.0),
        ("eva", None, 0, None, None, 0, 0, None, 1.0, 1.0),
        (None, None, 0, None, None, 1, 70, None, None, None),
    ]
    total = totals_of(report)
    # Of all: 1,350 wanted and 800 won; 1,570 open against 550; 4 won of 11 closed in twelve months.
    assert shown([total], "quota", "won", "gap", "deals", "pipeline", "win_rate") == [(1350, 800, 550, 3, 1570, 4 / 11)]
    assert (total["coverage"], total["required"]) == (pytest.approx(1570 / 550), pytest.approx(11 / 4))
    # 52 of 92 days are gone.
    assert rows_of(report)[0]["expected"] == pytest.approx(1000 * 52 / 92, abs=0.01)
    assert rows_of(report)[0]["pace"] == pytest.approx(400 / (1000 * 52 / 92))
    assert [counted(full, drill) for drill in report.drill] == [2, 0, 0, 1]
    assert [counted(full, cells["won"]) for cells in report.cells] == [2, 1, 1, 0]
    assert [counted(full, cells["win_rate"]) for cells in report.cells] == [9, 1, 1, 0]


def test_coverage_of_the_year_takes_the_quotas_in_it(full: AppContext) -> None:
    """Also of one without quotas, and by what has none."""
    assert shown(rows_of(report_of(full, "coverage", period="2026")), "owner", "quota")[:2] == [
        ("ana", 1000),
        ("boris", 350),
    ]
    assert {row["quota"] for row in rows_of(report_of(full, "coverage", period="2025"))} == {None}
    by_source = report_of(full, "coverage", "source")
    assert {row["quota"] for row in rows_of(by_source)} == {None}
    assert totals_of(by_source)["quota"] == 1350


def test_a_quota_of_all_together_goes_before_those_of_people(app: AppContext) -> None:
    for owner, target in (("ana", "100"), ("boris", "200"), (None, "900")):
        if owner is None:
            assert totals_of(report_of(app, "coverage"))["quota"] == 300
        app.goals.set("won_value", target, owner=owner)
    assert totals_of(report_of(app, "coverage"))["quota"] == 900


def test_coverage_of_nothing(app: AppContext) -> None:
    """No store has no rows; a quota alone is a row."""
    assert report_of(app, "coverage").rows == ()
    app.goals.set("won_value", "100", owner="ana")
    assert shown(rows_of(report_of(app, "coverage")), "owner", "quota", "won", "coverage", "required") == [
        ("ana", 100, 0, 0.0, None)
    ]


def test_quotas_in_another_currency(app: AppContext) -> None:
    """Without a rate they are named and left out, with one they are converted."""
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        deal(uow, "won", 100, closed="2026-11-01", owner="ana")
    app.goals.set("won_value", "1000 CHF", owner="ana")
    report = report_of(app, "coverage")
    assert shown(rows_of(report), "quota", "won") == [(None, 100)]
    assert (
        "1 goal of 1,000.00 CHF is left out: no rate for CHF up to 2026-11-21 (crm rate set CHF RATE)",
    ) == report.notes
    with app.desk.writing("test") as uow:
        uow.add(ExchangeRate(currency="CHF", base="EUR", rate=1.1))
    assert shown(rows_of(report_of(app, "coverage")), "quota", "gap") == [(1100, 1000)]


def test_goals_of_other_periods_are_not_missed(app: AppContext) -> None:
    """A goal that lacks a rate is told where it lies in the period, each currency for itself; nor is what was won unknown."""
    with app.desk.writing("test") as uow:
        deal(uow, "won", 0, closed="2026-11-01", owner="ana")
    app.goals.set("won_value", "100", owner="ana")
    for target, period in (("5 XAF", "Q1-2028"), ("7 XAF", "2026-10"), ("8 XAF", "2026-12"), ("1 CHF", "2026-11")):
        app.goals.set("won_value", target, owner="ana", period=period)
    lacking = "no rate for {0} up to 2026-11-21 (crm rate set {0} RATE)".format
    report = report_of(app, "coverage")
    assert (
        f"1 goal of 1.00 CHF is left out: {lacking('CHF')}", f"2 goals of 15 XAF are left out: {lacking('XAF')}",
    ) == report.notes  # fmt: skip
    assert [(100, 0)] == shown(rows_of(report), "quota", "won")
    assert () == report_of(app, "coverage", period="Q1-2027").notes


@pytest.mark.parametrize("ends", [{"since": "2026-10-01"}, {"until": "2026-12-31"}])
def test_what_has_an_open_end_has_no_pace(full: AppContext, ends: dict[str, str]) -> None:
    """Its quota can't be spread over its days."""
    names = ("quota", "share", "gap", "expected", "pace")
    assert (1000, 0.4, 600, None, None) == shown(rows_of(report_of(full, "coverage", **ends)), *names)[0]


def test_against_pandas(lasting_store: Callable[[], str], shared: Path) -> None:
    """Sales by product and by region of a real export, both spellings of a product among them."""
    pandas = pytest.importorskip("pandas")
    app = AppContext(Flags(store=lasting_store(), quiet=True), origin="test")
    with app.imports.opened(Plan("deal", stage_map=MAVEN_STAGES), shared / "crm_maven" / "sales_pipeline.csv") as run:
        assert run.go().rejected == 0
    frame = pandas.read_csv(shared / "crm_maven" / "sales_pipeline.csv")
    won = frame[frame.deal_stage == "Won"]
    for by in ("product", "custom.product"):
        expected = won.groupby("product").close_value.agg(["count", "sum"])
        found = {row[by]: (row["deals"], row["value"]) for row in rows_of(report_of(app, "sales", by))}
        assert found == {name: (each["count"], each["sum"]) for name, each in expected.iterrows()}
    teams = pandas.read_csv(shared / "crm_maven" / "sales_teams.csv")
    with_teams = won.merge(teams, on="sales_agent")
    owners = dict(zip(teams.sales_agent, teams.regional_office, strict=True))
    found_by_region: dict[str, float] = {}
    for row in rows_of(report_of(app, "sales", "owner")):
        region = owners[row["owner"]]
        found_by_region[region] = found_by_region.get(region, 0) + row["value"]
    assert found_by_region == with_teams.groupby("regional_office").close_value.sum().to_dict()
    by_month = {row["month"]: row["value"] for row in rows_of(report_of(app, "sales"))}
    assert by_month == won.groupby(won.close_date.str[:7]).close_value.sum().to_dict()
    assert totals_of(report_of(app, "sales"))["value"] == 10_005_534
