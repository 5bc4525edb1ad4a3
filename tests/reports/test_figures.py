"""Reports over a few deals whose figures can be worked out by hand, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.domain.money import Money
from crmcli.errors import UsageError
from crmcli.reports.activity import activity_report
from crmcli.reports.closed import lost_report, won_report
from crmcli.reports.period import Window, window
from crmcli.reports.pipeline import pipeline_report
from crmcli.reports.stale import stale_report
from crmcli.services.importing.plan import Plan
from crmcli.services.records import Changes

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.context import AppContext
    from crmcli.reports.report import Report

DEALS = """Deal ID,Deal Name,Company,Owner,Amount,Stage,Create Date,Close Date,Lost Reason,Product
1,One,Acme,ana,100 EUR,won,2026-01-01,2026-01-11,,tea
2,Two,Acme,ana,300 EUR,won,2026-01-01,2026-02-10,,tea
3,Three,Beta,boris,1000 USD,won,2026-02-01,2026-02-21,,coffee
4,Four,Beta,ana,50 EUR,lost,2026-01-01,2026-02-01,price,tea
5,Five,,boris,,lost,2026-01-01,2026-02-01,,
6,Six,Acme,ana,3800 EUR,negotiation,2026-11-20,,,tea
7,Seven,Acme,ana,22500 EUR,qualified,2026-09-01,,,tea
8,Eight,Beta,boris,,lead,2026-11-20,,,
"""
ACTIVITIES = """Type,Date,Subject,Owner,Duration,Contact Email,Company,Status
call,2026-01-05,a,ana,15m,x@acme.com,Acme,done
call,2026-01-06,b,ana,30m,x@acme.com,Acme,done
meeting,2026-02-05,c,boris,60m,y@beta.com,Beta,done
task,2026-12-05,d,boris,,y@beta.com,Beta,planned
"""


@pytest.fixture
def business(app: AppContext, tmp_path: Path) -> AppContext:
    """A store with these deals and activities."""
    for noun, text in (("deal", DEALS), ("activity", ACTIVITIES)):
        path = tmp_path / f"{noun}.csv"
        path.write_text(text)
        with app.imports.opened(Plan(noun), path) as run:
            assert run.go().rejected == 0
    return app


def rows(report: Report) -> list[dict[str, Any]]:
    """The rows by column, money as numbers."""
    names = [column.name for column in report.columns]
    return [
        {name: value.number if isinstance(value, Money) else value for name, value in zip(names, row, strict=True)}
        for row in report.rows
    ]


def test_won(business: AppContext) -> None:
    """Per currency: how many, how much, how often, how long."""
    report = won_report(business.desk)
    assert rows(report) == [
        {
            "won": 1, "value": 1000, "average": 1000, "win_rate": 1.0, "cycle_mean": 20.0, "cycle_median": 20.0,
            "currency": "USD",
        },
        {
            "won": 2, "value": 400, "average": 200, "win_rate": 0.5, "cycle_mean": 25.0, "cycle_median": 25.0,
            "currency": "EUR",
        },
    ]  # fmt: skip
    assert (report.n, report.currency, report.totals) == (5, None, None)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("owner", [("boris", 1, 1000, 1.0), ("ana", 2, 400, 2 / 3), ("boris", 0, 0, 0.0)]),
        ("company", [("Beta", 1, 1000, 1.0), ("Acme", 2, 400, 1.0), (None, 0, 0, 0.0), ("Beta", 0, 0, 0.0)]),
        ("product", [("coffee", 1, 1000, 1.0), ("tea", 2, 400, 2 / 3), (None, 0, 0, 0.0)]),
        ("month", [("2026-01", 1, 100, 1.0), ("2026-02", 1, 300, 1 / 3), ("2026-02", 1, 1000, 1.0)]),
        ("pipeline", [("sales", 1, 1000, 1.0), ("sales", 2, 400, 0.5)]),
    ],
)
def test_won_by(business: AppContext, by: str, expected: list[tuple[object, ...]]) -> None:
    """Grouped by a field, a custom field or the month; the richest first, months in order."""
    found = [(row[by], row["won"], row["value"], row["win_rate"]) for row in rows(won_report(business.desk, by))]
    assert found == expected


def test_won_by_a_companys_own_field(business: AppContext) -> None:
    """Deals can be told apart by what their company is."""
    acme = business.companies.edit_draft(Changes({"region": "East"}, set=["segment=smb"]))
    business.companies.edit("Acme", acme)
    assert [(r["region"], r["won"]) for r in rows(won_report(business.desk, "region"))] == [
        (None, 1),
        ("East", 2),
        (None, 0),
    ]
    found = rows(won_report(business.desk, "company.segment"))
    assert [(row["company.segment"], row["won"]) for row in found] == [(None, 1), ("smb", 2), (None, 0)]


def test_an_unknown_group_lists_the_known_ones(business: AppContext) -> None:
    """A misspelled one is guessed at."""
    with pytest.raises(UsageError) as caught:
        won_report(business.desk, "produkt")
    assert caught.value.hint == "did you mean product?"


def test_lost(business: AppContext) -> None:
    """By reason, each with its share; a deal without value counts in the base currency."""
    found = [(row["reason"], row["lost"], row["value"], row["share"]) for row in rows(lost_report(business.desk))]
    assert found == [(None, 1, 0, 0.5), ("price", 1, 50, 0.5)]


@pytest.mark.parametrize(
    ("words", "won", "label"),
    [
        ({"period": "2026-01"}, 1, "2026-01"),
        ({"period": "Q1-2026"}, 3, "Q1-2026"),
        ({"since": "2026-02-01", "until": "2026-02-10"}, 1, "2026-02-01..2026-02-10"),
        ({"since": "2026-02-11"}, 1, "2026-02-11.."),
        ({}, 3, None),
    ],
)
def test_only_what_was_closed_in_the_period(
    business: AppContext, words: dict[str, str], won: int, label: str | None
) -> None:
    """Both ends count; without words it is all time."""
    report = won_report(business.desk, span=window(business.clock.local(), **words))
    assert (sum(row["won"] for row in rows(report)), report.period) == (won, label)


@pytest.mark.parametrize(
    "words", [{"period": "2026", "since": "today"}, {"since": "2026-02-02", "until": "2026-01-01"}]
)
def test_a_period_that_can_not_be(business: AppContext, words: dict[str, str]) -> None:
    """Two ways of saying it at once, and an end before the beginning."""
    with pytest.raises(UsageError):
        window(business.clock.local(), **words)


def test_pipeline(business: AppContext) -> None:
    """3800 at 80 % and 22500 at 20 %; conversion counts who ever got further."""
    report = pipeline_report(business.desk)
    found = {(row["stage"], row["currency"]): row for row in rows(report)}
    assert [row["stage"] for row in rows(report)] == [
        "lead", "qualified", "proposal", "negotiation", "won", "won", "lost",
    ]  # fmt: skip
    assert (found["negotiation", "EUR"]["weighted"], found["qualified", "EUR"]["weighted"]) == (3040, 4500)
    assert (found["won", "USD"]["count"], found["won", "EUR"]["count"]) == (1, 2)
    assert (found["lost", "EUR"]["count"], found["lead", "EUR"]["count"]) == (2, 1)
    assert [found[stage, "EUR"]["conversion"] for stage in ("lead", "qualified", "proposal", "negotiation", "won")] == [
        5 / 8, 4 / 5, 1.0, 3 / 4, None,
    ]  # fmt: skip
    assert report.totals is None


def test_pipeline_of_a_filter(business: AppContext) -> None:
    """Totals are of the open stages, when all is in one currency."""
    report = pipeline_report(business.desk, filter_text="owner = ana")
    assert report.totals is not None
    label, count, value, weighted, *_ = report.totals
    assert (label, count, value, weighted) == ("open", 2, Money(2_630_000, "EUR"), Money(754_000, "EUR"))


def test_activity(business: AppContext) -> None:
    """Three done for three won deals; the planned one apart."""
    report = activity_report(business.desk)
    assert [(row["type"], row["done"], row["planned"], row["minutes"], row["effort"]) for row in rows(report)] == [
        ("call", 2, 0, 45, 2 / 3), ("meeting", 1, 0, 60, 1 / 3), ("task", 0, 1, 0, 0.0),
    ]  # fmt: skip
    assert report.totals == (None, 3, 1, 105, 3, 1.0)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("owner", [("ana", 2, 2, 1.0), ("boris", 1, 1, 1.0)]),
        ("company", [("Acme", 2, 2, 1.0), ("Beta", 1, 1, 1.0)]),
        ("contact", [("x", 2, 3, 2 / 3), ("y", 1, 3, 1 / 3)]),
        ("month", [("2026-01", 2, 1, 2.0), ("2026-02", 1, 2, 0.5), ("2026-12", 0, 0, None)]),
    ],
)
def test_activity_by(business: AppContext, by: str, expected: list[tuple[object, ...]]) -> None:
    """Effort is measured by the deals won by the same owner, company or month; none won, no effort."""
    found = [(row[by], row["done"], row["won"], row["effort"]) for row in rows(activity_report(business.desk, by))]
    assert found == expected


def test_activity_by_something_else(business: AppContext) -> None:
    """Activities have no such groups."""
    with pytest.raises(UsageError, match="activities have no 'stage'"):
        activity_report(business.desk, "stage")


def test_stale(business: AppContext) -> None:
    """Past what the stage allows, or past the days named; an activity is a touch."""
    assert [(row["title"], row["days"]) for row in rows(stale_report(business.desk))] == [("Seven", 81)]
    assert [row["title"] for row in rows(stale_report(business.desk, 1))] == ["Seven", "Six", "Eight"]
    business.activities.log({"type": "call", "body": "hello", "deal": "Seven"})
    assert rows(stale_report(business.desk)) == []


def test_nothing_gives_no_values(store_url: str) -> None:
    """An empty denominator is no value, never 0."""
    from crmcli.context import AppContext, Flags

    desk = AppContext(Flags(store=store_url)).desk
    (row,) = rows(won_report(desk))
    assert (row["won"], row["average"], row["win_rate"], row["cycle_mean"]) == (0, None, None, None)
    assert [row["conversion"] for row in rows(pipeline_report(desk))] == [None] * 6
    assert rows(lost_report(desk, span=Window())) == rows(activity_report(desk)) == rows(stale_report(desk)) == []
