"""The reports about customers over files that nobody on the team wrote, held against published figures and against pandas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from crmcli.context import AppContext, Flags
from crmcli.services.importing.plan import Plan
from tests.conftest import run
from tests.reports.asking import counted, report_of, rows_of
from tests.services.test_imports import MAVEN_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

CALIBRATION = "1997-01-01..1997-09-30"
FIXED = "customer:8-11,date:13-20,quantity:21-23,amount:24-31"


@pytest.fixture(scope="module")
def cdnow_store(lasting_store: Callable[[], str], shared: Path) -> str:
    """6,919 purchases of 2,357 customers of CDNOW."""
    store = lasting_store()
    log = str(shared / "cdnow" / "CDNOW_sample.txt")
    assert 0 == run("--db", store, "purchases", "import", log, "--fixed", FIXED, "--date-format", "%Y%m%d").code
    return store


@pytest.fixture
def cdnow(cdnow_store: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("CRM_DB", cdnow_store)
    return run


@pytest.fixture(scope="module")
def log(shared: Path) -> pd.DataFrame:
    """The file as a frame."""
    names = ["customer", "date", "quantity", "amount"]
    path = shared / "cdnow" / "CDNOW_sample.txt"
    spans = [(7, 11), (12, 20), (20, 23), (23, 31)]
    return pd.read_fwf(path, colspecs=spans, names=names, dtype={"customer": str}, parse_dates=["date"])


def test_clv_comes_to_the_published_figures(cdnow: Callable[..., Result]) -> None:
    """Of Fader, Hardie and Lee (2005), and Fader and Hardie (2013)."""
    told = cdnow("report", "clv", "--period", CALIBRATION, "--horizon", "39w", "--format", "json", "--envelope")
    answer = json.loads(told.stdout)
    model = answer["model"]
    assert (0.2426, 4.4135, 0.7929, 2.4258) == tuple(round(model[name], 4) for name in ("r", "alpha", "a", "b"))
    assert (-9582.43, 2357) == (round(model["ll"], 2), model["n"])
    assert (6.25, 3.74, 15.45, 946) == (
        *(round(model[name], 2) for name in ("p", "q", "gamma")),
        model["repeat_buyers"],
    )
    (first,) = [row for row in answer["rows"] if row["customer"] == "0001"]
    assert (2, 30.43, 38.86, 1.226) == (
        first["frequency"], first["recency"], first["age"], round(first["expected_purchases"], 3),
    )  # fmt: skip
    assert 2357 == len(answer["rows"]) == answer["n"]
    assert [
        round(row["expected_purchases"] * row["expected_value"], 0) for row in answer["rows"][:50]
    ] == pytest.approx([row["clv"] for row in answer["rows"][:50]], rel=0.01)
    drilled = cdnow("report", "clv", "--period", CALIBRATION, "--drill", "--row", "0001")
    assert 3 == len(drilled.lines)


def test_rfm_by_segment_is_what_pandas_finds(cdnow_store: str, log: pd.DataFrame) -> None:
    report = report_of(AppContext(Flags(store=cdnow_store)), "rfm", period=CALIBRATION)
    kept = log[log.date < "1997-10-01"]
    days = kept.groupby(["customer", "date"]).amount.sum().reset_index().groupby("customer")
    measures = pd.DataFrame({"r": days.date.max(), "f": days.size(), "m": days.amount.sum().round(2)})
    scores = ((measures.rank() - 0.5) / len(measures) * 5 + 1).astype(int)
    expected = (scores.r.astype(str) + scores.f.astype(str) + scores.m.astype(str)).to_dict()
    assert expected == {row["customer"]: row["score"] for row in rows_of(report)}


def test_cohorts_are_what_pandas_finds(cdnow_store: str, log: pd.DataFrame) -> None:
    report = report_of(AppContext(Flags(store=cdnow_store)), "cohorts", by="quarter", period="1997")
    quarters = log.assign(quarter=log.date.dt.to_period("Q"))[log.date < "1998-01-01"]
    sizes = [quarters[quarters.quarter == f"1997Q{k}"].customer.nunique() / 2357 for k in range(1, 5)]
    assert [("1997-Q1", 2357, *map(pytest.approx, sizes))] == [(row[0], row[1], *row[3:]) for row in report.rows]


@pytest.fixture(scope="module")
def maven_store(lasting_store: Callable[[], str], shared: Path) -> str:
    """4,238 deals won from 85 companies."""
    store = lasting_store()
    app = AppContext(Flags(store=store, quiet=True), origin="test")
    with app.imports.opened(Plan("company"), shared / "crm_maven" / "accounts.csv") as going:
        assert going.go().rejected == 0
    path = shared / "crm_maven" / "sales_pipeline.csv"
    with app.imports.opened(Plan("deal", stage_map=MAVEN_STAGES), path) as going:
        assert going.go().rejected == 0
    return store


@pytest.fixture(scope="module")
def won(shared: Path) -> Any:
    """The won deals as a frame."""
    deals = pd.read_csv(shared / "crm_maven" / "sales_pipeline.csv", parse_dates=["close_date"])
    return deals[deals.deal_stage == "Won"]


@pytest.mark.parametrize(("by", "column"), [("customer", "account"), ("product", "product")])
def test_pareto_of_won_deals_is_what_pandas_finds(maven_store: str, won: Any, by: str, column: str) -> None:
    app = AppContext(Flags(store=maven_store))
    report = report_of(app, "pareto", by=by)
    expected = won.groupby(column).close_value.sum().sort_values(ascending=False)
    rows = rows_of(report)
    assert expected.to_dict() == {row[by]: row["value"] for row in rows}
    assert list((expected / expected.sum()).cumsum()) == pytest.approx([row["cumulated"] for row in rows])
    counts = won.groupby(column).size()
    assert [counts[row[by]] for row in rows[:3]] == [counted(app, drill) for drill in report.drill[:3]]


def test_recency_and_frequency_of_won_deals_are_what_pandas_finds(maven_store: str, won: Any) -> None:
    report = report_of(AppContext(Flags(store=maven_store)), "rfm")
    last = won.close_date.max()
    days = won.groupby("account").close_date
    expected = pd.DataFrame({"since": (last - days.max()).dt.days, "days": days.nunique()})
    assert {row.Index: (row.since, row.days) for row in expected.itertuples()} == {
        row["customer"]: (row["recency"], row["frequency"]) for row in rows_of(report)
    }


def test_customers_by_industry_are_what_pandas_finds(maven_store: str, won: Any, shared: Path) -> None:
    """How many, for how much, and how many of each of the named segments."""
    app = AppContext(Flags(store=maven_store))
    sectors = pd.read_csv(shared / "crm_maven" / "accounts.csv").set_index("account").sector
    by_sector = won.assign(sector=won.account.map(sectors)).groupby("sector")
    expected = pd.DataFrame({"customers": by_sector.account.nunique(), "value": by_sector.close_value.sum()})
    told = {
        row["industry"]: (row["customers"], row["value"]) for row in rows_of(report_of(app, "pareto", by="industry"))
    }
    assert {row.Index: (row.customers, row.value) for row in expected.itertuples()} == told
    alone = pd.DataFrame(rows_of(report_of(app, "rfm")))
    kinds = pd.crosstab(alone.customer.map(sectors), alone.segment)
    for row in rows_of(report_of(app, "rfm", by="industry")):
        found = {name: row[name.replace("'", "").replace(" ", "_")] for name in kinds.columns}
        assert kinds.loc[row["industry"]].to_dict() == found
    report = report_of(app, "churn", by="industry")
    assert [row["customers"] for row in rows_of(report)] == [counted(app, cells["customers"]) for cells in report.cells]
    assert len(won) == sum(counted(app, drill) for drill in report.drill)
