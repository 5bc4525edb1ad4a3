"""Reports over a few deals whose figures can be worked out by hand, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import UsageError
from crmcli.reports.period import window
from crmcli.services.importing.plan import Plan
from crmcli.services.records import Changes
from tests.once import once
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.context import AppContext

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
@once
def business(app: AppContext, tmp_path: Path) -> AppContext:
    """A store with these deals and activities."""
    for noun, text in (("deal", DEALS), ("activity", ACTIVITIES)):
        path = tmp_path / f"{noun}.csv"
        path.write_text(text)
        with app.imports.opened(Plan(noun), path) as run:
            assert run.go().rejected == 0
    return app


def rate(app: AppContext, code: str, worth: float, day: str = "") -> None:
    """One of the currency is worth so many euro."""
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        uow.add(ExchangeRate(currency=code, base="EUR", day=day, rate=worth))


def test_won(business: AppContext) -> None:
    """How many, how much, how often, how long; what has no rate is named and not counted as money."""
    report = report_of(business, "won")
    assert rows_of(report) == [
        {
            "won": 3, "value": 400, "average": 200, "win_rate": 0.6, "cycle_mean": (10 + 40 + 20) / 3, "cycle_median": 20.0,
            "currency": "EUR",
        },
    ]  # fmt: skip
    assert (report.n, report.currency, report.totals) == (5, "EUR", None)
    assert report.notes == (
        "1 deal worth 1,000.00 USD is left out of the money: no rate for USD up to 2026-02-21 (crm rate set USD RATE)",
    )


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("owner", [("boris", 1, 500, 1 / 2), ("ana", 2, 400, 2 / 3)]),
        ("company", [("Beta", 1, 500, 1 / 2), ("Acme", 2, 400, 1.0), (None, 0, 0, 0.0)]),
        ("product", [("coffee", 1, 500, 1.0), ("tea", 2, 400, 2 / 3), (None, 0, 0, 0.0)]),
        ("custom.product", [("coffee", 1, 500, 1.0), ("tea", 2, 400, 2 / 3), (None, 0, 0, 0.0)]),
        ("stage", [("won", 3, 900, 1.0), ("lost", 0, 0, 0.0)]),
        ("month", [("2026-01", 1, 100, 1.0), ("2026-02", 2, 800, 1 / 2)]),
        ("quarter", [("2026-Q1", 3, 900, 3 / 5)]),
        ("year", [("2026", 3, 900, 3 / 5)]),
        (
            "week",
            [("2026-W02", 1, 100, 1.0), ("2026-W05", 0, 0, 0.0), ("2026-W07", 1, 300, 1.0), ("2026-W08", 1, 500, 1.0)],
        ),
        ("pipeline", [("sales", 3, 900, 3 / 5)]),
        ("segment", [(None, 3, 900, 3 / 5)]),
        ("contact", [(None, 3, 900, 3 / 5)]),
    ],
)
def test_won_by(business: AppContext, by: str, expected: list[tuple[object, ...]]) -> None:
    """Grouped by a field, a custom field or the month; the richest first, months in order."""
    rate(business, "USD", 0.5)
    report = report_of(business, "won", by)
    assert [(row[by], row["won"], row["value"], row["win_rate"]) for row in rows_of(report)] == expected
    assert report.notes[: -1 if by in ("segment", "contact") else None] == ()
    if len(expected) > 1:
        totals = totals_of(report)
        assert (totals["won"], totals["value"], totals["average"], totals["win_rate"]) == (3, 900, 300, 3 / 5)


def test_won_by_a_companys_own_field(business: AppContext) -> None:
    """Deals can be told apart by what their company is."""
    acme = business.companies.edit_draft(Changes({"region": "East"}, set=["segment=smb"]))
    business.companies.edit("Acme", acme)
    assert [(r["region"], r["won"]) for r in rows_of(report_of(business, "won", "region"))] == [
        ("East", 2),
        (None, 1),
    ]
    found = rows_of(report_of(business, "won", "company.segment"))
    assert [(row["company.segment"], row["won"]) for row in found] == [("smb", 2), (None, 1)]


def test_an_unknown_group_lists_the_known_ones(business: AppContext) -> None:
    """A misspelled one is guessed at."""
    with pytest.raises(UsageError) as caught:
        report_of(business, "won", "produkt")
    assert caught.value.hint == "did you mean product?"


def test_lost(business: AppContext) -> None:
    """By reason, each with its share; a deal without value counts in the base currency."""
    found = [(row["reason"], row["lost"], row["value"], row["share"]) for row in rows_of(report_of(business, "lost"))]
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
    report = report_of(business, "won", **words)
    assert (sum(row["won"] for row in rows_of(report)), report.period) == (won, label)


@pytest.mark.parametrize(
    "words", [{"period": "2026", "since": "today"}, {"since": "2026-02-02", "until": "2026-01-01"}]
)
def test_a_period_that_can_not_be(business: AppContext, words: dict[str, str]) -> None:
    """Two ways of saying it at once, and an end before the beginning."""
    with pytest.raises(UsageError):
        window(business.clock.local(), **words)


def test_pipeline(business: AppContext) -> None:
    """3800 at 80 % and 22500 at 20 %; conversion counts who ever got further."""
    report = report_of(business, "pipeline")
    found = {row["stage"]: row for row in rows_of(report)}
    assert list(found) == ["lead", "qualified", "proposal", "negotiation", "won", "lost"]
    assert (found["negotiation"]["weighted"], found["qualified"]["weighted"]) == (3040, 4500)
    assert [row["count"] for row in found.values()] == [1, 1, 0, 1, 3, 2]
    assert [row["value"] for row in found.values()] == [0, 22500, 0, 3800, 400, 50]
    assert [found[stage]["conversion"] for stage in ("lead", "qualified", "proposal", "negotiation", "won")] == [
        5 / 8, 4 / 5, 1.0, 3 / 4, None,
    ]  # fmt: skip
    assert totals_of(report) == {
        "stage": "open", "count": 3, "value": 26300, "weighted": 7540, "currency": "EUR", "kind": None, "conversion": None,
    }  # fmt: skip
    assert len(report.notes) == 1


def test_pipeline_of_a_filter(business: AppContext) -> None:
    """Totals are of the open stages."""
    totals = totals_of(report_of(business, "pipeline", filter="owner = ana"))
    assert (totals["stage"], totals["count"], totals["value"], totals["weighted"]) == ("open", 2, 26300, 7540)


def test_the_weighted_value_that_everyone_works_out(app: AppContext) -> None:
    """3800 at 90 % and 22500 at 20 % are 7920."""
    for title, value, chance in (("One", "3800", "90"), ("Two", "22500", "20")):
        app.deals.add(app.deals.draft({"title": title, "value": value, "probability": chance}))
    assert totals_of(report_of(app, "pipeline"))["weighted"] == 7920


def test_activity(business: AppContext) -> None:
    """Three done for three won deals; the planned one apart."""
    report = report_of(business, "activity")
    assert [(row["type"], row["done"], row["planned"], row["minutes"], row["effort"]) for row in rows_of(report)] == [
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
    found = [(row[by], row["done"], row["won"], row["effort"]) for row in rows_of(report_of(business, "activity", by))]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "won", "efforts", "notes"),
    [
        ("owner = ana", 2, [1.0], 0),
        ("not (owner = ana or owner is empty)", 1, [1.0], 0),
        ("type = call", 3, [2 / 3], 1),
        ("owner = ana and type = call", 3, [2 / 3], 1),
    ],
)
def test_activity_of_some(business: AppContext, text: str, won: int, efforts: list[float], notes: int) -> None:
    """An owner's effort is by the deals that they won; where a filter means nothing to deals, all count and a note says so."""
    report = report_of(business, "activity", filter=text)
    assert {won} == {row["won"] for row in rows_of(report)}
    assert efforts == [row["effort"] for row in rows_of(report) if row["done"]]
    assert notes == sum("won deals, and so effort, are of all deals" in note for note in report.notes)


def test_activity_by_something_else(business: AppContext) -> None:
    """Activities have no such groups."""
    with pytest.raises(UsageError, match="activities have no 'stage'"):
        report_of(business, "activity", "stage")


def test_stale(business: AppContext) -> None:
    """Past what the stage allows, or past the days named; an activity is a touch."""
    assert [(row["title"], row["days"]) for row in rows_of(report_of(business, "stale"))] == [("Seven", 81)]
    assert [row["title"] for row in rows_of(report_of(business, "stale", days=1))] == ["Seven", "Six", "Eight"]
    business.activities.log({"type": "call", "body": "hello", "deal": "Seven"})
    assert rows_of(report_of(business, "stale")) == []


def test_stale_by(business: AppContext) -> None:
    """How many, how much, and since when the one that was left alone for longest was not touched."""
    report = report_of(business, "stale", "owner", days=1)
    assert rows_of(report) == [
        {"owner": "ana", "deals": 2, "value": 26300, "days": 81, "currency": "EUR"},
        {"owner": "boris", "deals": 1, "value": 0, "days": 1, "currency": "EUR"},
    ]
    assert totals_of(report) == {"owner": None, "deals": 3, "value": 26300, "days": 81, "currency": "EUR"}
    assert (report.n, [counted(business, drill) for drill in report.drill]) == (3, [2, 1])
    business.activities.log({"type": "call", "body": "hello", "deal": "Seven"})
    found = rows_of(report_of(business, "stale", "owner", days=1))
    assert [(row["owner"], row["deals"], row["days"]) for row in found] == [("ana", 1, 1), ("boris", 1, 1)]


def test_of_many_stale_ones_the_most_valuable_are_listed(business: AppContext) -> None:
    """The number, the money and the records behind them are of all; what is worth nothing comes last."""
    report = report_of(business, "stale", days=1, most=1)
    assert [row["title"] for row in rows_of(report)] == ["Seven"]
    assert (report.n, totals_of(report)["value"]) == (3, 26300)
    assert report.notes == ("the 1 most valuable of 3 are listed; all: --limit 0",)
    assert (counted(business, report.whole), report_of(business, "stale", days=1, most=0).notes) == (3, ())
    of_boris = report_of(business, "stale", days=1, filter="owner = boris OR title = Six", most=2)
    assert [row["title"] for row in rows_of(of_boris)] == ["Six", "Eight"]
    assert counted(business, of_boris.whole) == 2


@pytest.mark.parametrize("by", [None, "company", "segment", "month"])
def test_stale_and_old_ones_of_a_period(business: AppContext, by: str | None) -> None:
    """That of being made."""
    for name in ("stale", "aging"):
        report = report_of(business, name, by, period="2026-09")
        assert (report.n, report.period, [counted(business, drill) for drill in report.drill]) == (1, "2026-09", [1])
        assert report_of(business, name, by, period="2026-10").rows == ()


def test_nothing_gives_no_values(store_url: str) -> None:
    """An empty denominator is no value, never 0."""
    from crmcli.context import AppContext, Flags

    app = AppContext(Flags(store=store_url))
    (row,) = rows_of(report_of(app, "won"))
    assert (row["won"], row["average"], row["win_rate"], row["cycle_mean"]) == (0, None, None, None)
    assert all(row["conversion"] is None for row in rows_of(report_of(app, "pipeline")))
    for name in ("lost", "activity", "stale"):
        assert rows_of(report_of(app, name)) == []
