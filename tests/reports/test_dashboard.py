"""The page of key figures: beside which period, and of which deals; and what reports can't be asked, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.domain.money import Money
from crmcli.errors import UsageError
from tests.reports.asking import counted, report_of
from tests.reports.selling import activity, deal, person

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.reports.report import Report


@pytest.fixture
def selling(app: AppContext) -> AppContext:
    """Sales of this November, of October, and of November a year ago."""
    with app.desk.writing("test") as uow:
        for closed, value, source in (
            ("2026-11-03", 100, "web"), ("2026-11-04", 50, "fair"), ("2026-10-05", 40, "web"), ("2025-11-06", 30, "web"),
            ("2025-11-30T23:59:59", 20, "fair"), ("2025-12-01", 7, "web"), ("2025-10-31T23:59:59", 9, "web"),
        ):  # fmt: skip
            deal(uow, "won", value, made="2025-09-01", closed=closed, source=source)
        deal(uow, "lead", 500, made="2026-11-10", source="web")
        person(uow, "2025-11-15")
        activity(uow, "call", "2026-11-02")
    return app


def kpis(report: Report) -> dict[str, tuple[object, object]]:
    """Each figure, and what it is set beside."""
    return {str(row[0]): (row[1], row[2]) for row in report.rows}


@pytest.mark.parametrize(
    ("compare", "value", "won", "people"),
    [("", 40, 1, 0), ("previous", 40, 1, 0), ("year", 50, 2, 1)],
)
def test_the_period_beside_it(selling: AppContext, compare: str, value: int, won: int, people: int) -> None:
    report = report_of(selling, "dashboard", period="2026-11", compare=compare)
    found = kpis(report)
    assert (Money(15000, "EUR"), Money(value * 100, "EUR")) == found["won_value"]
    assert ((2, won), (0, people), (1, 0)) == (found["won"], found["new_contacts"], found["activities"])
    assert ("2025-11" if compare == "year" else "2026-10") == report.compared


def test_only_some_deals(selling: AppContext) -> None:
    """A filter is on deals: what is no deal is left out, and that is said; each figure leads to its deals."""
    report = report_of(selling, "dashboard", period="2026-11", filter="source = web OR source = mail", compare="year")
    found = kpis(report)
    assert (Money(10000, "EUR"), Money(3000, "EUR")) == found["won_value"]
    assert {"new_contacts", "activities"}.isdisjoint(found)
    assert ["figures", "funnel", "forecast", "top-deals"] == [part.name for part in report.parts]
    assert report.notes == ("the filter is on deals: people, activities and risks are left out",)
    behind = {str(row[0]): counted(selling, drill) for row, drill in zip(report.rows, report.drill, strict=True)}
    assert (1, 1, 1) == (behind["won"], behind["new_deals"], behind["open_deals"])


@pytest.mark.parametrize(
    ("name", "asked", "why"),
    [
        ("hygiene", {"filter": "owner = me"}, "takes no --filter: each fault is a filter already"),
        ("hygiene", {"by": "owner"}, "takes no --by: its rows are faults"),
        ("hygiene", {"period": "2026"}, "takes no --period: it is about the data as it is now"),
        ("dashboard", {"by": "owner"}, "takes no --by: each of its parts is told apart"),
        ("dashboard", {"compare": "month"}, "neither previous nor year"),
    ],
)
def test_what_can_not_be_asked(app: AppContext, name: str, asked: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        report_of(app, name, **asked)  # type: ignore[arg-type]
