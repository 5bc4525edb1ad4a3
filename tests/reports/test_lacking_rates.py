"""Money of currencies that lack a rate: said which, and never shown as 0; on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.domain.money import Money
from tests.reports.asking import report_of, rows_of
from tests.reports.selling import deal

if TYPE_CHECKING:
    from crmcli.context import AppContext


def test_the_rates_that_are_lacking(app: AppContext) -> None:
    """Those are named that would help: of the currency wanted too, and not of the base currency; by the first day."""
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        uow.add(ExchangeRate(currency="USD", base="EUR", day="2026-01-01", rate=0.9))
        for closed, code in (
            ("2026-02-15", "EUR"),
            ("2026-02-10", "EUR"),
            ("2026-01-15", "USD"),
            ("2025-12-15", "USD"),
        ):
            deal(uow, "won", made="2025-01-01", closed=closed, code=code)
    asked = [note.partition(": ")[2] for note in report_of(app, "won", currency="CHF").notes]
    assert asked == [
        "no rate for CHF up to 2026-02-10 (crm rate set CHF RATE)",
        "no rate for USD and CHF up to 2025-12-15 (crm rate set USD RATE, crm rate set CHF RATE)",
    ]
    (note,) = report_of(app, "won").notes
    assert note.endswith("no rate for USD up to 2025-12-15 (crm rate set USD RATE)")


@pytest.mark.parametrize(
    "name", ["won", "sales", "win-rate", "coverage", "pipeline", "velocity", "dashboard", "forecast"]
)
def test_money_without_any_rate_is_no_value(app: AppContext, name: str) -> None:
    """Nothing of it is known in francs: that is not 0; deals count all the same, and 0 stays where nothing was sold."""
    with app.desk.writing("test") as uow:
        for code in ("EUR", "USD"):
            deal(uow, "won", made="2025-01-01", closed="2026-11-15", code=code)
            deal(uow, "lead", made="2026-01-01", code=code, expected="2026-12-01")
    report = report_of(app, name, currency="CHF")
    told = [*report.rows, report.totals or (), *(row for part in report.parts for row in part.rows)]
    assert [] == [value for row in told for value in row if isinstance(value, Money)]
    assert any("no rate for CHF" in note for note in report.notes)


def test_the_dashboard_says_once_what_its_money_leaves_out(app: AppContext) -> None:
    """Of what is open and of what was won in its period, by the day of today: a rate of days to come is none."""
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        uow.add(ExchangeRate(currency="USD", base="EUR", day="2030-01-01", rate=7))
        deal(uow, "lead", 5)
        deal(uow, "lead", 100, code="USD")
    page = report_of(app, "dashboard")
    lacking = "worth 100.00 USD is left out of the money: no rate for USD up to 2026-11-21 (crm rate set USD RATE)"
    assert {f"1 deal {lacking}"} == {
        note for part in (page, *page.parts) for note in part.notes if "left out" in note
    }  # fmt: skip
    with app.desk.writing("test") as uow:
        deal(uow, "won", 70, closed="2025-03-01", code="USD")
    assert (
        "2 deals worth 170.00 USD are left out of the money: no rate for USD up to 2025-03-01 (crm rate set USD RATE)",
    ) == report_of(app, "dashboard", period="2025").notes


def test_a_group_without_any_rate_has_no_value(app: AppContext) -> None:
    with app.desk.writing("test") as uow:
        for code, source in (("EUR", "web"), ("USD", "fair"), ("USD", "web")):
            deal(uow, "won", made="2025-01-01", closed="2026-11-15", code=code, source=source)
    for name in ("won", "sales"):
        found = {row["source"]: (row["value"], row["average"]) for row in rows_of(report_of(app, name, "source"))}
        assert found == {"web": (100, 100), "fair": (None, None)}
