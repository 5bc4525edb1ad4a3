"""The forecast, by hand, on both engines; today is 21 November 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import BadValue
from crmcli.services.importing.plan import Plan
from tests.reports.asking import counted, report_of, rows_of, totals_of
from tests.reports.selling import deal
from tests.services.test_imports import HUBSPOT_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def fill(app: AppContext) -> None:
    """Stages are lead 10, qualified 20, proposal 50 (best case), negotiation 80 (commit)."""
    with app.desk.writing("test") as uow:
        deal(uow, "negotiation", 3800, expected="2026-12-10", owner="ana", probability=90)
        deal(uow, "qualified", 22500, expected="2026-12-31", owner="boris")
        deal(uow, "proposal", 1000, expected="2026-11-21", owner="ana")  # today is not late yet
        deal(uow, "proposal", 400, expected="2026-11-20", owner="boris")  # yesterday is
        deal(uow, "lead", 600, expected=None)
        deal(uow, "lead", None, expected="2027-01-05")
        deal(uow, "won", 5000, closed="2026-11-02", owner="ana")
        deal(uow, "won", 7000, closed="2026-10-31", owner="ana")  # of another month
        deal(uow, "lost", 99999, expected="2026-12-01", closed="2026-11-03", owner="ana")


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> str:
    """A store with these deals."""
    store = lasting_store()
    fill(AppContext(Flags(store=store, quiet=True), origin="test"))
    return store


@pytest.fixture
def full(filled: str) -> AppContext:
    return AppContext(Flags(store=filled))


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_by_month_overdue_apart(full: AppContext) -> None:
    """3800 · 90 % + 22500 · 20 % = 7920; the lost one never counts; what was won this month stands beside."""
    report = report_of(full, "forecast")
    assert shown(rows_of(report), "month", "deals", "value", "weighted", "won", "commit", "best_case") == [
        ("2026-11", 1, 1000, 500, 5000, 5000, 6000),
        ("2026-12", 2, 26300, 7920, 0, 3800, 3800),
        ("2027-01", 1, 0, 0, 0, 0, 0),
        ("overdue", 1, 400, 200, 0, 0, 400),
        ("no date", 1, 600, 60, 0, 0, 0),
    ]
    assert shown([totals_of(report)], "month", "deals", "value", "weighted", "won", "commit", "best_case") == [
        (None, 6, 28300, 8680, 5000, 8800, 10200)
    ]
    assert (report.n, report.currency) == (6, "EUR")
    assert report.chart is not None
    assert report.chart.values == (500.0, 7920.0, 0.0, 200.0, 60.0)


@pytest.mark.parametrize(
    ("by", "period"), [("month", None), ("quarter", "2026"), ("owner", None), ("owner", "2026-12"), ("category", None)]
)
def test_every_figure_leads_to_its_deals(full: AppContext, by: str, period: str | None) -> None:
    """As many as are counted, also those that another figure of the row counts."""
    report = report_of(full, "forecast", by, period)
    rows = rows_of(report)
    assert [counted(full, each) for each in report.drill] == [row["deals"] for row in rows]
    for row, cells in zip(rows, report.cells, strict=False):
        assert bool(counted(full, cells["won"])) == bool(row["won"])
        assert counted(full, cells["best_case"]) >= counted(full, cells["commit"]) >= counted(full, cells["won"])
        assert bool(counted(full, cells["commit"])) == bool(row["commit"])


def test_by_quarter_of_a_period(full: AppContext) -> None:
    """Only what is expected in it, and what was won in it; without a date nothing is."""
    report = report_of(full, "forecast", "quarter", "2026")
    assert shown(rows_of(report), "quarter", "deals", "weighted", "won") == [
        ("2026-Q4", 3, 8420, 12000),
        ("overdue", 1, 200, 0),
    ]


def test_by_owner_says_what_is_overdue(full: AppContext) -> None:
    assert shown(rows_of(report_of(full, "forecast", "owner")), "owner", "deals", "weighted", "overdue", "won") == [
        ("ana", 2, 3920, 0, 5000),
        ("boris", 2, 4700, 200, 0),
        (None, 2, 60, 0, 0),
    ]


def test_by_category_adds_up_from_the_surest(full: AppContext) -> None:
    """Commit is closed + commit, best case is commit + best case."""
    report = report_of(full, "forecast", "category")
    assert shown(rows_of(report), "category", "deals", "value", "weighted", "forecast") == [
        ("closed", 1, 5000, 5000, 5000),
        ("commit", 1, 3800, 3420, 8800),
        ("best_case", 2, 1400, 700, 10200),
        ("pipeline", 3, 23100, 4560, 33300),
        ("omitted", 0, 0, 0, None),
    ]


def test_weighted_is_what_the_pipeline_says(full: AppContext) -> None:
    assert totals_of(report_of(full, "forecast"))["weighted"] == totals_of(report_of(full, "pipeline"))["weighted"]


def test_the_simulation(full: AppContext) -> None:
    """Chances are those of the deals before; of these nobody saw the way, so that it is the given ones. The seed is told."""
    report = report_of(full, "forecast", simulate=2000, seed=4)
    again = report_of(full, "forecast", "owner", simulate=2000, seed=4)
    assert isinstance(report.model, dict)
    assert (report.model["futures"], report.model["seed"], report.model["deals"]) == (2000, 4, 6)
    stages = report.model["stages"]
    assert stages["sales: lead"] == {"won": 0, "lost": 0, "probability": 0.1, "chance": 0.1}
    assert report.notes == (
        "in 4 of 4 stages fewer than 10 closed deals were seen: p10, p50 and p90 rest on the probability given there",
    )
    # 22500 comes in 2 of 10 futures, 3800 in 9 of 10: the 90th percentile has it, half of them don't.
    totals = totals_of(report)
    assert (totals["p50"] < 22500 < totals["p90"], totals["p10"] <= totals["p50"]) == (True, True)
    assert [totals_of(again)[name] for name in ("p10", "p50", "p90")] == [
        totals[name] for name in ("p10", "p50", "p90")
    ]
    assert report.model["p90"] == totals["p90"]
    assert rows_of(report)[2]["p90"] == 0  # nothing is worth nothing


def test_history_moves_the_chance(app: AppContext) -> None:
    """Thirty of forty that were in proposal were won: (30 + 5) / 50; those that were not seen there don't count for it."""
    with app.desk.writing("test") as uow:
        deal(uow, "proposal", 100, expected="2026-12-01")
        for won in range(40):
            # One that came back was there once.
            way = ("lead", "proposal", "lead", "proposal") if won % 2 else ("lead", "proposal")
            deal(uow, "won" if won < 30 else "lost", 1, closed="2026-05-01", way=way)
        deal(uow, "lost", 1, closed="2026-05-01", way=("lead",))
        deal(uow, "won", 1, closed="2026-05-01")
    report = report_of(app, "forecast")
    assert isinstance(report.model, dict)
    assert report.model["stages"]["sales: proposal"]["chance"] == 35 / 50
    assert report.model["stages"]["sales: lead"] == {"won": 30, "lost": 11, "probability": 0.1, "chance": 31 / 51}
    assert report.model["stages"]["sales: negotiation"]["chance"] == 0.8  # nobody was seen there, won or lost
    assert report.notes == ()  # for no open deal is there


def test_deals_that_were_imported_closed_say_nothing_of_the_stages_between(app: AppContext, tmp_path: Path) -> None:
    """Of seventy-one won and sixty-nine lost all is known but the way: it is not the won ones alone that went it."""
    path = tmp_path / "deals.csv"
    closed = [f"{n},100,{'won' if n < 71 else 'lost'},2025-01-01,2025-06-01" for n in range(140)]
    still = [f"{stage},1000,{stage},2026-01-01," for stage in ("lead", "qualified", "proposal", "negotiation")]
    path.write_text("\n".join(["Title,Value,Stage,Created,Close Date", *closed, *still]), encoding="utf-8")
    with app.imports.opened(Plan("deal"), path) as run:
        assert run.go().rejected == 0
    report = report_of(app, "forecast")
    assert isinstance(report.model, dict)
    told = {name.partition(": ")[2]: stage for name, stage in report.model["stages"].items() if name != "formula"}
    # An import puts all of them into the first stage; there (71 + 10 · 10 %) / (140 + 10) of them were won.
    assert {name: stage["chance"] for name, stage in told.items()} == {
        "lead": 72 / 150, "qualified": 0.2, "proposal": 0.5, "negotiation": 0.8,
    }  # fmt: skip
    assert report.notes[0].startswith("in 3 of 4 stages fewer than 10 closed deals were seen")


def test_no_simulation_when_none_is_wanted(full: AppContext) -> None:
    report = report_of(full, "forecast", simulate=0)
    assert report.model == {"futures": 0, "seed": 1}
    assert {row["p50"] for row in rows_of(report)} == {None}
    with pytest.raises(BadValue, match="simulate"):
        report_of(full, "forecast", simulate=10**7)


@pytest.mark.parametrize("by", ["month", "owner", "category"])
def test_stores_with_nothing_open(app: AppContext, by: str) -> None:
    """No store, and one in which all is lost."""
    assert report_of(app, "forecast", by).rows == ()
    with app.desk.writing("test") as uow:
        deal(uow, "lost", 10, expected="2026-12-01", closed="2026-11-01")
    report = report_of(app, "forecast", by)
    assert (report.rows, report.totals, report.n) == ((), None, 0)


def test_one_deal(app: AppContext) -> None:
    with app.desk.writing("test") as uow:
        deal(uow, "qualified", 100, expected="2026-12-01")
    assert shown(rows_of(report_of(app, "forecast")), "month", "weighted") == [("2026-12", 20)]


def test_money_without_a_rate_is_named(app: AppContext) -> None:
    """The deal still counts; with a rate it is worth what it would be today."""
    with app.desk.writing("test") as uow:
        deal(uow, "proposal", 1000, expected="2026-12-01")
        deal(uow, "proposal", 300, expected="2026-12-01", code="CHF")
    report = report_of(app, "forecast")
    assert shown(rows_of(report), "deals", "value", "weighted") == [(2, 1000, 500)]
    assert "1 deal worth 300.00 CHF is left out of the money: no rate for CHF up to 2026-11-21" in report.notes[0]
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        uow.add(ExchangeRate(currency="CHF", base="EUR", day="2026-11-21", rate=1.1))
        uow.add(ExchangeRate(currency="CHF", base="EUR", day="2026-11-30", rate=9.0))
    assert shown(rows_of(report_of(app, "forecast")), "value", "weighted") == [(1330, 665)]


def test_today_is_a_local_day(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is already the 22nd, what was due on the 21st is overdue."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # 14 hours ahead
    app = AppContext(Flags(store=store_url, quiet=True), origin="test")
    with app.desk.writing("test") as uow:
        deal(uow, "lead", 100, expected="2026-11-21")
        deal(uow, "lead", 100, expected="2026-11-22")
        deal(uow, "won", 5, closed="2026-10-31T11:00:00")  # the first of November there
    assert shown(rows_of(report_of(app, "forecast")), "month", "deals", "won") == [("2026-11", 1, 5), ("overdue", 1, 0)]


def test_against_pandas(lasting_store: Callable[[], str], shared: Path) -> None:
    """The weighted value by month of the open deals of a real export."""
    pandas = pytest.importorskip("pandas")
    app = AppContext(Flags(store=lasting_store(), quiet=True), origin="test")
    path = shared / "hubspot_like" / "hubspot_deals.csv"
    with app.imports.opened(Plan("deal", stage_map=HUBSPOT_STAGES), path) as run:
        assert run.go().rejected == 0
    chances = {"lead": 10, "qualified": 20, "proposal": 50, "negotiation": 80}
    stages = {name: chances.get(stage) for name, _, stage in (pair.partition("=") for pair in HUBSPOT_STAGES)}
    frame = pandas.read_csv(path)
    frame["chance"] = frame["Deal Stage"].map(stages)
    frame = frame[frame.chance.notna()]
    assert len(frame) > 50
    frame["weighted"] = frame["Amount"] * frame["chance"] / 100
    late = frame["Close Date"].str[:10] < "2026-11-21"
    total = totals_of(report_of(app, "forecast"))
    assert total["deals"] == len(frame)
    assert total["weighted"] == pytest.approx(frame["weighted"].sum(), abs=0.01 * len(frame))
    overdue = [row["weighted"] for row in rows_of(report_of(app, "forecast")) if row["month"] == "overdue"]
    assert sum(overdue) == pytest.approx(frame[late]["weighted"].sum(), abs=0.01 * len(frame))
