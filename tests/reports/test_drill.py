"""The records behind every row of every report are as many as its figure says, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext
from crmcli.reports.drill import numbered, path_of, quoted, within
from crmcli.reports.period import Window
from crmcli.reports.report import Drill
from crmcli.services.importing.plan import Plan
from crmcli.services.tables import Tables
from tests.reports.asking import counted, report_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.reports.report import Report
    from tests.conftest import Result

    Crm = Callable[..., Result]

# Sources that differ in case and accents alone, quotes and backslashes, a company whose name is another one's number,
# amounts without a currency, sizes that look like numbers, and months on both sides of summer time.
DEALS = """Deal ID,Deal Name,Company,Owner,Amount,Stage,Create Date,Close Date,Lost Reason,Source,Campaign,Rank,Plan
1,One,Acme,ana,100 EUR,won,2026-01-01,2026-01-11,,Fair,Spring,10,a
2,Two,Acme,ana,300 EUR,won,2026-01-01,2026-02-10,,fair,spring sale,10.0,a
3,Three,2,boris,1000 USD,won,2026-02-01,2026-07-31T23:30:00Z,,Fäir,Spring,x,"b ""c"" d"
4,Four,Żubr,ana,50 EUR,lost,2026-01-01,2026-02-01,price,"a ""quoted"" \\ one",Spring,,
5,Five,,boris,,lost,2026-01-01,2026-02-01,,北京,,,c`d
6,Six,Acme,ana,3800 EUR,negotiation,2026-11-20,,,,,10,
7,Seven,Acme,ana,22500 USD,qualified,2026-09-01,,,,,,
8,Eight,Żubr,boris,,lead,2026-11-20,,,,,,
9,Nine,Żubr,boris,,qualified,2026-11-20,,,,,,
10,Ten,2,boris,5 EUR,qualified,2026-11-20,,,it's,,,
11,Eleven,2,boris,7,lost,2026-11-20,2026-11-21,Price,it's,,,
"""
ACTIVITIES = """Type,Date,Subject,Owner,Duration,Contact Email,Company,Status
call,2026-01-05,a,ana,15m,x@acme.com,Acme,done
call,2026-01-06,b,ana,30m,x@acme.com,Acme,done
meeting,2026-02-05,c,boris,60m,y@beta.com,Żubr,done
task,2026-12-05,d,boris,,y@beta.com,Żubr,planned
call,2026-02-06,e,ana,30m,z@beta.com,2,canceled
note,2026-03-31T22:30:00Z,f,,,,,done
"""
BY_DEAL = (
    None, "owner", "company", "month", "source", "campaign", "type", "reason", "pipeline", "region", "country",
    "industry", "size", "stage", "segment", "contact", "product", "quarter", "week", "year", "fiscal-year", "fiscal-quarter",
    "rank", "plan", "custom.rank", "company.region", "company.tier", "company.my key.x",
)  # fmt: skip
BY_TIME = (None, "month")  # what a period or a filter may change beyond leaving rows out
PERIODS = ("", "2026", "Q1-2026", "2026-02", "last 90d", "today", "2026-02-01..2026-02-10")
FILTERS = (None, "owner = ana OR company = Żubr")


@pytest.fixture(scope="module", params=["UTC", "Europe/Sofia"])
def zone(request: pytest.FixtureRequest) -> str:
    """Where its dates are read and written."""
    return str(request.param)


@pytest.fixture(scope="module")
def business_store(lasting_store: Callable[[], str], zone: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with these deals and activities, filled in a time zone."""
    from crmcli.context import Flags

    store = lasting_store()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        fill_business(AppContext(Flags(store=store)), tmp_path_factory.mktemp("business"))
    return store


@pytest.fixture
def business(business_store: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> AppContext:
    """The application over it; the tests only read."""
    from crmcli.context import Flags

    monkeypatch.setenv("TZ", zone)
    return AppContext(Flags(store=business_store))


def fill_business(app: AppContext, folder: Path) -> None:
    """Import and enter what a business has, with a deleted person among it."""
    from crmcli.services.records import Changes

    for noun, text in (("deal", DEALS), ("activity", ACTIVITIES)):
        path = folder / f"{noun}.csv"
        path.write_text(text, encoding="utf-8")
        with app.imports.opened(Plan(noun), path) as run:
            result = run.go()
            assert result.rejected == 0, result
    app.companies.edit(
        "Acme", app.companies.edit_draft(Changes({"region": "East", "size": "11-50"}, set=["tier=1", "my key.x=ü"]))
    )
    app.companies.edit("Żubr", app.companies.edit_draft(Changes({"country": "Polska"}, set=["tier=1.0"])))
    gone = app.contacts.add(app.contacts.draft({"name": "Gone"}))
    log = {"type": "call", "body": "both", "at": "2026-05-05 10:00", "contacts": ("x@acme.com", gone.id)}
    app.activities.log(log)
    app.activities.log({**log, "contacts": (gone.id,)})
    same = [app.contacts.add(app.contacts.draft({"name": "Same Name", "emails": (f"{n}@same.com",)})).id for n in "ab"]
    app.activities.log({**log, "contacts": tuple(same)})
    app.contacts.remove(gone.id)


def drilled(app: AppContext, report: Report) -> list[int]:
    """How many records each row's filter selects."""
    tables = Tables(app.desk)
    return [len(tables.order(each.noun, each.filter)) if each else 0 for each in report.drill]


def figures(report: Report, *names: str) -> list[int]:
    """What each row counts."""
    places = [[column.name for column in report.columns].index(name) for name in names]
    return [sum(row[place] for place in places) for row in report.rows]  # type: ignore[misc]


@pytest.mark.parametrize("by", BY_DEAL)
def test_every_row_of_what_was_won_and_lost(business: AppContext, by: str | None) -> None:
    """Whatever deals are grouped by, and whichever period and filter they are asked for."""
    seen = 0
    asked = [("", None), ("Q1-2026", FILTERS[1])]
    for period, filter_text in [(p, f) for p in PERIODS for f in FILTERS] if by in BY_TIME else asked:
        won = report_of(business, "won", by, period, filter_text)
        assert (period, filter_text, figures(won, "won")) == (period, filter_text, drilled(business, won))
        lost = report_of(business, "lost", by, period, filter_text)
        assert (period, filter_text, figures(lost, "lost")) == (period, filter_text, drilled(business, lost))
        if by != "contact":  # a deal can have several
            assert won.n == sum(counted(business, cells["win_rate"]) for cells in won.cells)
        seen += len(won.rows) + len(lost.rows)
    assert seen > (15 if by in BY_TIME else 2)


@pytest.mark.parametrize("by", ["type", "owner", "company", "contact", "month", "week", "region", "outcome"])
def test_every_row_of_activities(business: AppContext, by: str) -> None:
    """What is neither done nor planned is not counted, and not behind the figure."""
    for period in PERIODS:
        report = report_of(business, "activity", by, period, "type != sms")
        assert (period, figures(report, "done", "planned")) == (period, drilled(business, report))
    assert report.rows


@pytest.mark.parametrize("filter_text", FILTERS)
def test_every_row_of_the_pipeline(business: AppContext, filter_text: str | None) -> None:
    """Deals without a value are among them."""
    report = report_of(business, "pipeline", filter=filter_text)
    assert figures(report, "count") == drilled(business, report)
    assert len(report.rows) == 6


def test_every_row_of_what_is_stale(business: AppContext) -> None:
    """Each row is one deal."""
    report = report_of(business, "stale", days=1)
    assert [1] * 5 == drilled(business, report)


def test_every_row_of_hygiene(untidy_app: AppContext) -> None:
    """Records are counted, but for pairs, addresses and domains, of which a record can have several."""
    report = report_of(untidy_app, "hygiene")
    found = dict(
        zip(
            [row[0] for row in report.rows],
            zip(figures(report, "count"), drilled(untidy_app, report), strict=True),
            strict=True,
        )
    )
    others = {
        "likely duplicates: contact": (1, 2), "likely duplicates: company": (1, 2),
        "companies sharing a domain, unlinked": (1, 2),
    }  # fmt: skip
    assert {name: found.pop(name) for name in others} == others
    assert len(found) > 8
    assert {name: count for name, (count, _) in found.items()} == {
        name: records for name, (_, records) in found.items()
    }


@pytest.fixture
def untidy_app(store_url: str) -> AppContext:
    """A store with faults."""
    from crmcli.context import Flags

    app = AppContext(Flags(store=store_url))
    for name, emails in (("Jane Doe", ("jane@acme.com",)), ("Old One", ("old@x.com",)), ("Old, One", ()), ("Solo", ())):
        app.contacts.add(app.contacts.draft({"name": name, "emails": emails}))
    for name, website, country in (
        ("Acme", "acme.com", "Bulgria"), ("Acme Shop", "shop.acme.com", "bulgria"), ("Beta", None, "Qqqq"),
    ):  # fmt: skip
        raw = {"name": name, "country": country, "websites": (website,) if website else ()}
        app.companies.add(app.companies.draft(raw))
    app.deals.add(app.deals.draft({"title": "Late", "expected_close": "2026-12-01", "company": "Beta"}))
    with app.desk.writing("test") as uow:
        from crmcli.store.models.people import ContactEmail

        uow.find(ContactEmail, key="old@x.com")[0].invalid = 1
    return app


def test_a_row_with_nothing_behind_it_has_no_way_down(business: AppContext) -> None:
    """Nobody at Żubr has bought."""
    report = report_of(business, "won", "company")
    assert [None, None] == [each for each, row in zip(report.drill, report.rows, strict=True) if row[1] == 0]


def test_the_filter_is_the_one_a_person_would_write(business: AppContext) -> None:
    """Days where the period has days, the user's own filter in parentheses."""
    report = report_of(business, "lost", "company", "2026-02", "owner = ana OR owner = boris")
    expected = "stage_kind = lost AND closed_at between 2026-02-01 and 2026-02-28 AND (owner = ana OR owner = boris)"
    assert Drill("deal", f'company.name = "Żubr" AND {expected}') in report.drill


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (None, ""),
        (("0001-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), "at <= 2026-01-31"),
        (("2026-02-01T00:00:00Z", "9999-12-31T00:00:00Z"), "at >= 2026-02-01"),
        (("2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z"), "at >= 2026-02-01T10:00:00Z AND at < 2026-02-01T11:00:00Z"),
    ],
)
def test_a_window_as_a_condition(app: AppContext, bounds: tuple[str, str] | None, expected: str) -> None:
    """Open ends have no condition, and hours are kept."""
    assert expected == within("at", Window(bounds), app.clock.now())
    if expected:
        assert 0 == len(Tables(app.desk).order("activity", expected))


def test_values_and_names_are_quoted() -> None:
    """So that nothing in a name can end the value or the path."""
    assert '"a \\"b\\" \\\\ c"' == quoted('a "b" \\ c')
    assert "custom.`my key`" == path_of("deal", "my key")
    assert "company.custom.tier" == path_of("deal", "company.tier")


def test_numbers_instead_of_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """One, some, none, and more than a filter can hold: as many filters as it takes."""
    assert Drill("deal", "number = 7") == numbered("deal", [7, 7])
    assert Drill("deal", "number in (2, 7)") == numbered("deal", [7, 2])
    assert numbered("deal", []) is None
    monkeypatch.setattr("crmcli.reports.drill.MOST_NUMBERS", 2)
    expected = Drill("deal", "number in (1, 2)", (Drill("deal", "number = 7"),))
    assert expected == numbered("deal", [7, 2, 1, 2])
