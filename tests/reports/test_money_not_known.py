"""Customers whose money has no rate, and purchases of days to come: the same for every report about customers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.reports.report import Report
    from tests.conftest import Result

    Run = Callable[..., Result]

# Una only in dollars, Mix in both on days of their own and on the same day.
LOG = """customer,date,product,amount,currency
Ann,2026-11-01,tea,10,EUR
Ann,2026-11-11,tea,30,EUR
Ann,2026-11-21,cup,20,EUR
Bob,2026-11-15,tea,100,EUR
Una,2026-11-03,jar,50,USD
Una,2026-11-10,jar,70,USD
Una,2026-11-20,jar,90,USD
Mix,2026-11-04,tea,5,EUR
Mix,2026-11-04,jar,500,USD
Mix,2026-11-14,jar,600,USD
"""
TO_COME = """Bob,2026-11-22,tea,1000,EUR
Eve,2027-01-05,tea,1000,EUR
"""
NO_RATE = (
    "5 purchases worth 1,310.00 USD are left out of the money: no rate for USD up to 2026-11-20 (crm rate set USD RATE)"
)
LATER = "2 purchases are dated after today, 2026-11-21, and left out until the day has come"


@pytest.fixture
def logged(crm_on: Run, tmp_path: Path) -> Callable[[str], AppContext]:
    """A store with a log, on each engine."""

    def imported(text: str) -> AppContext:
        (tmp_path / "log.csv").write_text(text, "utf-8")
        assert 0 == crm_on("purchases", "import", str(tmp_path / "log.csv"), "--source", "shop").code
        return AppContext(Flags(quiet=True), origin="test")

    return imported


def picked(report: Report, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows."""
    return [tuple(row[name] for name in names) for row in rows_of(report)]


def test_money_without_a_rate_is_in_no_figure_of_customers(logged: Callable[[str], AppContext]) -> None:
    """Una bought as often as Ann: she has R and F, no M, no class, and no 0; of Mix the 5 EUR are known."""
    app = logged(LOG)
    rfm = report_of(app, "rfm")
    expected = {
        "Ann": (0, 3, 60, "543", "champions"), "Una": (1, 3, None, "44—", "loyal"), "Bob": (6, 1, 100, "215", "at risk"),
        "Mix": (7, 2, 5, "121", "lost"),
    }  # fmt: skip
    found = {row[0]: row[1:] for row in picked(rfm, "customer", "recency", "frequency", "monetary", "score", "segment")}
    assert expected == found
    pareto = report_of(app, "pareto")
    assert [
        ("Bob", 100, 100 / 165, "A"), ("Ann", 60, 60 / 165, "A"), ("Mix", 5, 5 / 165, "C"), ("Una", None, None, None),
    ] == picked(pareto, "customer", "value", "share", "class")  # fmt: skip
    assert 165 == totals_of(pareto)["value"]
    assert [("tea", 145), ("cup", 20), ("jar", None)] == picked(
        report_of(app, "pareto", by="product"), "product", "value"
    )
    churn = report_of(app, "churn")
    assert {"Ann": 60, "Una": None, "Bob": 100, "Mix": 5} == dict(picked(churn, "customer", "spent"))
    by_product = picked(report_of(app, "churn", by="product"), "product", "customers", "spent")
    assert {("jar", 2, 5), ("tea", 3, 165), ("cup", 1, 60)} == set(by_product)
    for report in (rfm, pareto, churn):
        assert NO_RATE in report.notes


def test_what_is_dated_after_today_is_in_no_figure_of_customers(logged: Callable[[str], AppContext]) -> None:
    """Until its day: nobody is new, nobody is silent for less than nothing; the records behind leave it out as well."""
    now, later = logged(LOG), [report_of(logged(LOG + TO_COME), name) for name in ("rfm", "pareto", "churn", "cohorts")]
    for report in later:
        assert LATER in report.notes
        assert "Eve" not in str(report.rows)
    bought = {row["customer"]: drill for row, drill in zip(rows_of(later[1]), later[1].drill, strict=True)}
    assert (1, 100) == (counted(now, bought["Bob"]), dict(picked(later[1], "customer", "value"))["Bob"])
    ended = report_of(now, "pareto", period="2026-11-01..2026-11-21")
    assert not any("dated after" in note for note in ended.notes)


def test_a_pivot_follows_the_same_rules(logged: Callable[[str], AppContext], crm_on: Run) -> None:
    """The warehouse of either engine's store."""
    pytest.importorskip("duckdb")
    logged(LOG + TO_COME)
    asked = ("pivot", "--rows", "product", "--values", "purchases,purchase_value", "--format", "csv")
    expected = ["product,purchases,purchase_value", "tea,4,145", "jar,5,", "cup,1,20"]
    assert 0 == crm_on("warehouse", "refresh").code
    told = crm_on(*asked)
    assert sorted(expected) == sorted(told.lines)
    assert NO_RATE in told.stderr
    assert LATER in told.stderr
    drilled = crm_on("pivot", "--rows", "product", "--values", "purchases", "--drill", "--row", "tea")
    assert 4 == len(drilled.lines)


def test_a_model_of_spending_is_fitted_to_the_money_that_is_known(logged: Callable[[str], AppContext]) -> None:
    """Who is all in dollars buys as before, has no value, and changes nobody else's: as if the purchases had no money."""
    pytest.importorskip("scipy")
    start, lines = date(2026, 1, 1), ["customer,date,amount,currency"]
    for n in range(60):
        code = "USD" if n % 6 == 0 else "EUR"
        days = sorted({(n * 7 + k * k * (5 + n % 11)) % 250 for k in range(1 + n % 5)})
        lines += [f"c{n},{start + timedelta(days=day)},{10 + (n * 13 + day) % 90},{code}" for day in days]
    app = logged("\n".join(lines) + "\n")
    asked = {"period": "2026-01-01..2026-10-01", "horizon": "39w"}
    whole, euros = report_of(app, "clv", **asked), report_of(app, "clv", filter="currency = EUR", **asked)
    rows = {row["customer"]: row for row in rows_of(whole)}
    for name in ("p", "q", "gamma", "repeat_buyers"):
        assert euros.model is not None
        assert euros.model[name] == pytest.approx((whole.model or {})[name])
    values = {row["customer"]: row["expected_value"] for row in rows_of(euros)}
    assert values == {key: row["expected_value"] for key, row in rows.items() if row["expected_value"] is not None}
    dollars = [row for row in rows.values() if int(str(row["customer"])[1:]) % 6 == 0]
    assert 10 == len(dollars)
    for row in dollars:
        assert (None, None) == (row["expected_value"], row["clv"])
        assert 0 < row["p_alive"] <= 1
    assert any("left out of the money" in note for note in whole.notes)
