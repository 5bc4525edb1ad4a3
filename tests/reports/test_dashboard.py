"""The page of key figures: beside which period, and of which deals; and what reports can't be asked, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.domain.money import Money
from crmcli.errors import UsageError
from crmcli.reports.inquiry import Asked, understood
from crmcli.reports.pivot import pivot_of, pivot_report
from crmcli.services.records import Query
from tests.reports.asking import counted, report_of, totals_of
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


def test_each_figure_leads_to_what_it_counts(selling: AppContext) -> None:
    """As many records as it says, or those that it is made of."""
    report = report_of(selling, "dashboard", period="2026-11")
    behind = {str(row[0]): counted(selling, drill) for row, drill in zip(report.rows, report.drill, strict=True)}
    said = {name: value for name, (value, _) in kpis(report).items() if isinstance(value, int)}
    assert {"won": 2, "new_deals": 1, "new_contacts": 0, "activities": 1, "open_deals": 1} == said
    assert (
        said | dict.fromkeys(("won_value", "win_rate", "average_won"), 2) | {"open_value": 1, "weighted": 1} == behind
    )


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ({"period": "2025-09"}, "2025-09"), ({"period": "2025"}, "2025"), ({}, "this month"),
        ({"since": "2025-09-01", "until": "2025-09-30"}, "2025-09"),
        ({"since": "2026-11-01"}, "2026-11-01..2026-11-21"),
    ],
)  # fmt: skip
def test_all_of_the_page_is_about_its_period(selling: AppContext, asked: dict[str, str], period: str) -> None:
    """Its funnel is that which the report of that name gives, and ``--since`` and ``--until`` are a period too."""
    report = report_of(selling, "dashboard", filter="source = web", **asked)
    assert report_of(selling, "funnel", period=period, filter="(source = web)") == report.parts[1]
    assert report_of(selling, "dashboard", period=period, filter="source = web") == report


def test_days_without_a_beginning_are_no_period(selling: AppContext) -> None:
    """Nothing lies before them to set them beside."""
    with pytest.raises(UsageError, match="--until needs a --since"):
        report_of(selling, "dashboard", until="2026-11-30")


def test_the_page_says_in_what_its_money_is(app: AppContext) -> None:
    """All in another currency without a rate is counted in that one, as in every report."""
    with app.desk.writing("test") as uow:
        deal(uow, "won", 100, closed="2026-11-03", code="USD")
    report = report_of(app, "dashboard")
    assert (Money(10000, "USD"), "USD", "USD") == (report.rows[0][1], report.currency, report.parts[0].currency)
    with app.desk.writing("test") as uow:
        deal(uow, "won", 50, closed="2026-11-03")
    report = report_of(app, "dashboard")
    assert (Money(5000, "EUR"), "EUR", "EUR") == (report.rows[0][1], report.currency, report.parts[0].currency)


@pytest.mark.parametrize("rate", [0, 1])
def test_the_weighted_value_is_one_wherever_it_stands(app: AppContext, rate: int) -> None:
    """That of the deals as each is shown, halves of a minor unit going to the even one; also where rates come in."""
    from crmcli.store.models.deals import Deal

    with app.desk.writing("test") as uow:
        for minor in (1, 3, 5, 7, 105, 4_000_000_000_001):
            uow.get(Deal, deal(uow, "lead", probability=50)).value = minor
        deal(uow, "won", 9, closed="2026-11-03")
        if rate:
            deal(uow, "lead", 10, probability=33, code="USD")
    if rate:
        app.rates.set("USD", str(rate))
    shown = Money(0 + 2 + 2 + 4 + 52 + 2_000_000_000_000 + 330 * rate, "EUR")
    page = report_of(app, "dashboard")
    assert (shown, Money(2_000_000_000_000, "EUR")) == (kpis(page)["weighted"][0], _top(page))
    assert {shown.number} == {totals_of(report_of(app, name))["weighted"] for name in ("forecast", "pipeline")}
    app.warehouse.refresh()
    pivot = pivot_report(
        app.warehouse.copy_desk(), understood(app.desk, Asked("pivot")), pivot_of([], [], ["weighted"])
    )
    assert [shown] == [row[-1] for row in pivot.rows]
    stages = [stage.weighted for stage in app.pipelines.totals() if stage.kind == "open"]
    views = [view.weighted for view in app.deals.list(Query()) if view.stage_kind == "open" and view.weighted]
    assert shown.minor == sum(money.minor for money in stages) == sum(money.minor for money in views)


def _top(page: Report) -> object:
    """The weighted value of the best deal."""
    (deals,) = (part for part in page.parts if part.name == "top-deals")
    return deals.rows[0][[column.name for column in deals.columns].index("weighted")]


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
