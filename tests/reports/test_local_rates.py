"""An amount counts by the rate of its day as the user's wall calendar has it; on both engines, and from the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.money import Money
from crmcli.reports.inquiry import Asked
from crmcli.store.warehouse.engine import is_there
from tests.reports.asking import report_of, rows_of, totals_of
from tests.reports.selling import deal, moment

if TYPE_CHECKING:
    from crmcli.reports.report import Report
    from crmcli.store.session import UnitOfWork

# One dollar in euros; what is without a day holds before the first.
RATES = {"": 0.1, "2025-01-01": 0.8, "2025-07-01": 0.25, "2026-01-01": 0.5}
# A moment in UTC, and the dollars that 100 euros are by the rate of its day in either zone.
MOMENTS = {
    "2024-12-31T21:59:59": (1000, 1000),
    "2024-12-31T22:00:00": (125, 1000),
    "2025-01-01T03:29:59": (125, 1000),
    "2025-01-01T03:30:00": (125, 125),
    "2025-06-30T20:59:59": (125, 125),  # in summer Sofia is three hours ahead, St. John's two and a half behind
    "2025-06-30T21:00:00": (400, 125),
    "2025-07-01T02:30:00": (400, 400),
    "2025-12-31T22:30:00": (200, 400),
    "2026-01-01T03:30:00": (200, 200),
}
ZONES = ("Europe/Sofia", "America/St_Johns")


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the user is."""
    monkeypatch.setenv("TZ", request.param)
    return str(request.param)


def expected(zone: str) -> list[int]:
    return [dollars[ZONES.index(zone)] for dollars in MOMENTS.values()]


def test_what_is_open_is_counted_by_the_rate_of_today(app: AppContext) -> None:
    """On every page that tells it, in advice too, whatever rates of days to come are known."""
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        for day, rate in (("", 0.5), ("2026-11-22", 7)):
            uow.add(ExchangeRate(currency="USD", base="EUR", day=day, rate=rate))
        for _ in range(2):
            deal(uow, "lead", 100, code="USD", expected="2027-01-31", probability=10)
    dashboard = report_of(app, "dashboard")
    figures = {row["kpi"]: row["value"] for row in rows_of(dashboard)}
    top = next(part for part in dashboard.parts if part.name == "top-deals")
    assert (100, 10, [5, 5]) == (
        figures["open_value"], figures["weighted"], [row["weighted"] for row in rows_of(top)],
    )  # fmt: skip
    assert [5, 5] == [row["stake"] for row in rows_of(report_of(app, "advice"))]
    for name in ("pipeline", "forecast"):
        totals = totals_of(report_of(app, name))
        assert (100, 10) == (totals["value"], totals["weighted"])


def filled(store_url: str) -> AppContext:
    """Won deals of 100 at each moment, each of its own source, and as many purchases, each of its own customer."""
    from crmcli.store.models.analysis import ExchangeRate

    app = AppContext(Flags(store=store_url, quiet=True), origin="test")
    with app.desk.writing("test") as uow:
        for day, rate in RATES.items():
            uow.add(ExchangeRate(currency="USD", base="EUR", day=day, rate=rate))
        for at in MOMENTS:
            sell(uow, at, "EUR")
    return app


def sell(uow: UnitOfWork, at: str, code: str) -> None:
    """Once as a deal, once as a purchase."""
    from crmcli.store.models.analysis import Purchase

    deal(uow, "won", made="2024-01-01", closed=at, source=at, code=code)
    bought = {"customer": at, "customer_key": at.casefold(), "at": moment(at), "value": 100_00, "currency": code}
    uow.add(Purchase(uid=f"pu_{at}_{code}", created_at=moment(at), updated_at=moment(at), **bought))


def test_the_rate_is_that_of_the_local_day(store_url: str, zone: str) -> None:
    """Of deals told apart, of a period, of goals and of purchases."""
    app = filled(store_url)
    sources = {row["source"]: row["value"] for row in rows_of(report_of(app, "won", "source", currency="USD"))}
    assert sources == dict(zip(MOMENTS, expected(zone), strict=True))
    january = [usd for at, usd in zip(MOMENTS, expected(zone), strict=True) if at > "2025-12-31T22" and usd == 200]
    assert totals_or_row(report_of(app, "won", period="2026-01", currency="USD"))["value"] == sum(january)
    customers = {row["customer"]: row["value"] for row in rows_of(report_of(app, "pareto", currency="USD"))}
    assert customers == sources
    goal = app.goals.set("won_value", "1000 USD", period="2026-01")
    assert goal.reached == Money(sum(january) * 100, "USD")


def totals_or_row(report: Report) -> dict[str, object]:
    """The totals, or the only row there is."""
    return totals_of(report) or rows_of(report)[0]


def test_the_note_names_the_local_day(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the moment, be it a deal or a purchase."""
    monkeypatch.setenv("TZ", "Europe/Sofia")
    app = filled(store_url)
    with app.desk.writing("test") as uow:
        sell(uow, "2025-12-31T22:30:00", "GBP")
    for name in ("won", "pareto"):
        notes = report_of(app, name, period="2026-01").notes
        assert any("100.00 GBP is left out of the money: no rate for GBP up to 2026-01-01" in note for note in notes)


@pytest.mark.skipif(not is_there(), reason="needs duckdb")
def test_the_warehouse_has_the_same_rates(store_url: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = filled(store_url)
    app.warehouse.refresh()
    monkeypatch.setattr("crmcli.services.warehouse.LARGE", 0)
    report = app.answer(Asked("won", "source", currency="USD"))
    assert any("from the warehouse" in note for note in report.notes)
    found = {row["source"]: row["value"] for row in rows_of(report)}
    assert found == pytest.approx(dict(zip(MOMENTS, expected(zone), strict=True)))
