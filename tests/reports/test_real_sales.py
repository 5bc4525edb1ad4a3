"""The sales reports over files that nobody on the team wrote, held against figures that pandas works out from those files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.services.importing.plan import Plan
from tests.reports.asking import report_of, rows_of, totals_of
from tests.services.test_imports import HUBSPOT_STAGES, MAVEN_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pandas = pytest.importorskip("pandas")
STEPS = {"lead": 0, "qualified": 1, "proposal": 2, "negotiation": 3, "won": 4}


def filled(store: str, plan: Plan, path: Path) -> AppContext:
    """A store with a file of deals."""
    app = AppContext(Flags(store=store, quiet=True), origin="test")
    with app.imports.opened(plan, path) as run:
        assert run.go().rejected == 0
    return app


@pytest.fixture(scope="module")
def maven_store(lasting_store: Callable[[], str], shared: Path) -> str:
    """8,800 deals of a maker of computer hardware."""
    store = lasting_store()
    filled(store, Plan("deal", stage_map=MAVEN_STAGES), shared / "crm_maven" / "sales_pipeline.csv")
    return store


@pytest.fixture(scope="module")
def hubspot_store(lasting_store: Callable[[], str], shared: Path) -> str:
    """Deals as HubSpot exports them."""
    store = lasting_store()
    filled(store, Plan("deal", stage_map=HUBSPOT_STAGES), shared / "hubspot_like" / "hubspot_deals.csv")
    return store


@pytest.fixture
def maven(maven_store: str) -> AppContext:
    return AppContext(Flags(store=maven_store))


@pytest.fixture
def hubspot(hubspot_store: str) -> AppContext:
    return AppContext(Flags(store=hubspot_store))


@pytest.fixture(scope="module")
def maven_deals(shared: Path) -> Any:
    """The file of deals as a frame, with the days from being engaged to being closed."""
    deals = pandas.read_csv(shared / "crm_maven" / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])
    deals["days"] = (deals.close_date - deals.engage_date).dt.days
    return deals[deals.deal_stage.isin(["Won", "Lost"])]


@pytest.fixture(scope="module")
def hubspot_deals(shared: Path) -> Any:
    """The other one."""
    deals = pandas.read_csv(shared / "hubspot_like" / "hubspot_deals.csv", parse_dates=["Create Date", "Close Date"])
    kinds = {"Closed Won": "won", "Closed Lost": "lost"}
    mapped = dict(pair.split("=") for pair in HUBSPOT_STAGES)
    return deals.assign(
        stage=deals["Deal Stage"].map({**mapped, **kinds}), days=(deals["Close Date"] - deals["Create Date"]).dt.days
    )


def test_the_known_figures(maven: AppContext, shared: Path) -> None:
    """8,800 deals, 10,005,534 won, 0.631501 of the decided ones, 51.782 days on average, by region as it is known."""
    stages = {row["stage"]: row["count"] for row in rows_of(report_of(maven, "pipeline"))}
    assert stages == {"lead": 500, "qualified": 1589, "proposal": 0, "negotiation": 0, "won": 4238, "lost": 2473}
    (won,) = rows_of(report_of(maven, "won"))
    assert (won["won"], won["value"], round(won["win_rate"], 6), round(won["cycle_mean"], 3)) == (
        4238, 10_005_534, 0.631501, 51.782,
    )  # fmt: skip
    teams = pandas.read_csv(shared / "crm_maven" / "sales_teams.csv").set_index("sales_agent").regional_office
    regions: dict[str, int] = {}
    for row in rows_of(report_of(maven, "won", "owner")):
        regions[teams[row["owner"]]] = regions.get(teams[row["owner"]], 0) + row["value"]
    assert regions == {"Central": 3_346_293, "East": 3_090_594, "West": 3_568_647}


@pytest.mark.parametrize(
    ("by", "column"),
    [("owner", "sales_agent"), ("product", "product"), ("custom.product", "product"), ("company", "account")],
)
def test_maven_by_groups(maven: AppContext, maven_deals: Any, by: str, column: str) -> None:
    """Win rate, value and cycle of each group as pandas groups the file; the groups are the whole together."""
    rows = {row[by]: row for row in rows_of(report_of(maven, "win-rate", by))}
    cycles = {row[by]: row for row in rows_of(report_of(maven, "cycle", by))}
    for name, deals in maven_deals.groupby(column):
        won = deals[deals.deal_stage == "Won"]
        row, cycle = rows.pop(name), cycles.pop(name)
        assert (row["won"], row["lost"], row["won_value"]) == (len(won), len(deals) - len(won), won.close_value.sum())
        assert row["win_rate"] == pytest.approx(len(won) / len(deals))
        assert (cycle["won"], cycle["closed"]) == (len(won), len(deals))
        expected = [won.days.mean(), won.days.median(), won.days.quantile(0.9), deals.days.quantile(0.9)]
        assert [cycle[n] for n in ("mean", "median", "p90", "closed_p90")] == pytest.approx(expected)
    assert not rows
    assert not cycles
    assert totals_of(report_of(maven, "win-rate", by))["win_rate"] == pytest.approx(0.631501, abs=1e-6)


@pytest.mark.parametrize(("by", "unit"), [("month", "M"), ("quarter", "Q"), ("week", "W-SUN")])
def test_maven_by_the_calendar(maven: AppContext, maven_deals: Any, by: str, unit: str) -> None:
    """Deals lie in the stretch of the day on which they were closed."""
    rows = rows_of(report_of(maven, "won", by))
    grouped = maven_deals[maven_deals.deal_stage == "Won"].groupby(maven_deals.close_date.dt.to_period(unit))
    expected = grouped.close_value.agg(["count", "sum"])
    assert [(row["won"], row["value"]) for row in rows] == [tuple(pair) for pair in expected.itertuples(index=False)]


def test_the_funnel_of_hubspot(hubspot: AppContext, hubspot_deals: Any) -> None:
    """An import knows how far a deal came by where it stands, and of a lost one that it was made."""
    made = hubspot_deals[hubspot_deals["Create Date"].dt.year == 2024]
    step = made.stage.map(lambda stage: STEPS.get(stage, 0))
    rows = {row["stage"]: row for row in rows_of(report_of(hubspot, "funnel", period="2024"))}
    for name, place in STEPS.items():
        assert rows[name]["reached"] == (step >= place).sum()
        assert rows[name]["now"] == (made.stage == name).sum()
        assert rows[name]["share"] == pytest.approx((step >= place).mean())
    assert rows["lost"]["now"] == (made.stage == "lost").sum()


def test_the_cycle_and_the_losses_of_hubspot(hubspot: AppContext, hubspot_deals: Any) -> None:
    """Means and medians by owner, reasons by number and value."""
    closed = hubspot_deals[hubspot_deals.stage.isin(["won", "lost"])]
    rows = {row["owner"]: row for row in rows_of(report_of(hubspot, "cycle", "owner"))}
    for owner, deals in closed.groupby("Deal Owner"):
        days = deals[(deals.stage == "won") & (deals.days >= 0)].days
        assert (rows[owner]["won"], rows[owner]["mean"], rows[owner]["median"]) == (
            len(days), pytest.approx(days.mean(), abs=0.05), pytest.approx(days.median(), abs=0.05),
        )  # fmt: skip
    lost = closed[closed.stage == "lost"]
    found = {row["reason"]: (row["lost"], row["value"]) for row in rows_of(report_of(hubspot, "loss-reasons"))}
    amounts = {why: (len(part), round(part.sum(), 2)) for why, part in lost.groupby("Closed Lost Reason").Amount}
    for ours, theirs in (("price", "Price"), ("timing", "Timing"), ("competition", "Competitor")):
        assert found[ours] == amounts[theirs]
    assert sum(n for n, _ in found.values()) == len(lost)
    assert sum(value for _, value in found.values()) == pytest.approx(lost.Amount.sum())
