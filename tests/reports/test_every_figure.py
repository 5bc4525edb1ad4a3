"""Every figure that counts records leads to as many, in every report by everything it can be told apart by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.money import Money
from crmcli.errors import CrmError
from crmcli.reports.behind import uids
from crmcli.reports.catalogue import QUESTIONS, group_names
from crmcli.reports.compare import compared
from crmcli.reports.report import Report, ReportColumn
from tests.conftest import run
from tests.reports.asking import report_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.reports.questions import Question

ODD = (
    'a"b', "it's", "a.b", "北京", "مرحبا", "[red]x[/red]", "\x1b[2Jboom", "=1+1", "<script>", "a\\b", "%x_", "a, b", "—", "2", "me",
    "OR", "Ünïcode", "\u202eRLO", "null", "a`b",
)  # fmt: skip
KEYS = ("plan", "My Key", "a.b", "ключ", "产品", 'x"y', "x'y", "مفتاح", "1st", "select", "a]b[")
DAYS = (
    "2026-03-28T22:30:00Z",
    "2026-10-25T01:30:00Z",
    "2025-12-31T18:45:00Z",
    "2024-02-29T12:00:00Z",
    "2026-06-30T21:30:00Z",
)
# Whole numbers that are no number of records: sums, places, scores, short numbers, and customers whose deals are shown.
NO_COUNTS = {
    "minutes", "moves", "rank", "r", "f", "m", "number", "frequency", "customers", "count", "purchases", "days", "products",
}  # fmt: skip


@pytest.fixture(scope="module")
def odd_store(lasting_store: Callable[[], str]) -> str:
    """Deals whose owners, companies, sources, products and custom fields are called what nobody expects."""
    store = lasting_store()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        patch.setenv("CRM_USER", "maria")
        patch.setenv("CRM_NOW", "2024-01-15T12:00:00Z")
        for place, name in enumerate(ODD):
            _person(store, place, name)
            added = run(
                "--db", store, "deal", "add", f"Deal {place}", "--value", f"{place * 7919 % 991}", f"--company={name}",
                f"--owner={name}", f"--source={name}", "--set", f"product={name}", "--set", f"{KEYS[place % len(KEYS)]}={name}",
                f"--contact=p{place}@x.com", "--expected-close", ("2026-11-30", "2026-10-01", "2025-02-01")[place % 3],
            )  # fmt: skip
            assert 0 == added.code, added.stderr
        patch.setenv("CRM_NOW", "2026-11-21T12:00:00Z")
        for place, uid in enumerate(run("--db", store, "deal", "list", "--sort", "number", "--format", "ids").lines):
            close = (("win",), ("lose", "--reason", ODD[place * 5 % len(ODD)]), ("move", "proposal"))[place % 3]
            words = [close[0], uid, *close[1:]] + (["--at", DAYS[place % len(DAYS)]] if place % 3 < 2 else [])
            assert 0 == run("--db", store, "deal", *words).code
            _talk(store, place, uid)
    return store


def _person(store: str, place: int, name: str) -> None:
    """Somebody at a company and the next one, who came from, belongs to and is in what is called oddly."""
    done("--db", store, "company", "add", name, f"--region={name}", "--size", ("11-50", "1000+")[place % 2])
    several = () if place % 4 or not place else (f"--company={ODD[place - 1]}",)
    custom = f"{KEYS[place % 3 if place % 2 else -1]}={name}"
    done(
        "--db", store, "contact", "add", f"Person {place}", "--email", f"p{place}@x.com", f"--company={name}", *several,
        f"--source={name}", f"--owner={name}", "--set", custom, "--lifecycle", ("lead", "customer")[place % 2],
    )  # fmt: skip
    called = f"{name if name.isprintable() else 'Name'} {place % 3}"
    done("--db", store, "campaign", "add", called, "--objective", name, "--kind", ("other", "webinar")[place % 2])
    done("--db", store, "campaign", "start", called)
    for who in {place, place // 2}:
        done("--db", store, "campaign", "respond", called, f"p{who}@x.com")
    done("--db", store, "segment", "add", called, f"p{place}@x.com", f"p{place // 3}@x.com")


def _talk(store: str, place: int, deal: str) -> None:
    """What was said about a deal, and to whom."""
    kind, who = ("call", "email", "meeting")[place % 3], f"p{place}@x.com"
    more = ("--set", f"plan={ODD[place]}", "--direction", "in") if place % 2 else ()
    done("--db", store, "log", kind, ODD[place], "--deal", deal, "--contact", who, *more)
    done(
        "--db", store, "log", "email", f"about {place}", "--contact", who, "--contact", "p0@x.com", "--direction", "in"
    )


def done(*words: str) -> None:
    """Run a command that works."""
    result = run(*words)
    assert 0 == result.code, (words, result.stderr)


@pytest.fixture
def odd(odd_store: str, monkeypatch: pytest.MonkeyPatch) -> AppContext:
    """The application over it, far from Greenwich; the tests only read."""
    monkeypatch.setenv("TZ", "America/St_Johns")
    return AppContext(Flags(store=odd_store))


def _miscounted(app: AppContext, report: Report) -> Iterator[tuple[object, ...]]:
    for part in report.parts or (report,):
        assert not part.drill or len(part.drill) == len(part.rows)
        for place, row in enumerate(part.rows if part.drill else ()):
            for column, value in zip(part.columns, row, strict=True):
                if column.kind != "integer" or not isinstance(value, int) or column.name in NO_COUNTS:
                    continue
                drill = part.cells[place].get(column.name, part.drill[place]) if part.cells else part.drill[place]
                if drill and drill.noun == "contact" and any("each of their campaigns" in note for note in part.notes):
                    continue  # they count as often as they are members, and are there once
                found = len(set(uids(app.desk, [drill]))) if drill else 0
                if found != value:
                    yield part.name, row[0], column.name, value, found, drill


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each.name != "clv"], ids=lambda each: each.name)
def test_every_count_is_its_records(odd: AppContext, question: Question) -> None:
    """Whatever names stand in the data, and whatever it is told apart by: a group of all times on one engine, and of a
    year on the other.
    """
    groups = ("", *(group_names(odd.desk, question.groups) if question.groups else ()))
    for place, by in enumerate(groups, odd.store.location.url is None):
        for period in ("",) if not question.dated else ("", "2026") if not by else (("", "2026")[place % 2],):
            report = report_of(odd, question.name, by=by, period=period)
            assert [] == list(_miscounted(odd, report)), (by, period)


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each.name != "clv"], ids=lambda each: each.name)
def test_every_count_is_its_records_however_many(
    odd: AppContext, monkeypatch: pytest.MonkeyPatch, question: Question
) -> None:
    """More than a filter can name are named by several."""
    monkeypatch.setattr("crmcli.reports.drill.MOST_NUMBERS", 1)
    for by in ("", "owner") if question.groups and question.noun != "campaign" else ("",):
        assert [] == list(_miscounted(odd, report_of(odd, question.name, by=by))), by


@pytest.mark.parametrize(
    "question",
    [each for each in QUESTIONS if each.dated and each.name != "clv"],
    ids=lambda each: each.name,
)
@pytest.mark.parametrize(
    ("period", "compare"), [("2026", "year"), ("2024", "year"), ("2025", "previous"), ("1990", "year")]
)
def test_every_report_can_be_compared(odd: AppContext, question: Question, period: str, compare: str) -> None:
    """With periods of other rows and other columns, or of none; each row has a value for each column."""
    try:
        report = report_of(odd, question.name, period=period, compare=compare)
    except CrmError as refused:
        assert question.name == "response", refused  # noqa: PT017 - it refuses on too little data
        return
    assert [] == [row for row in report.rows if len(row) != len(report.columns)]
    assert len({column.name for column in report.columns}) == len(report.columns)


def _losses(*stages: str, counts: tuple[int, ...]) -> Report:
    columns = (ReportColumn("reason", "reason"), ReportColumn("lost", "lost", "integer"))
    further = tuple(ReportColumn(f"from_{stage}", stage, "integer") for stage in stages)
    return Report("x", "x", (*columns, *further), (("price", sum(counts), *counts),), (None, sum(counts), *counts))


def test_columns_that_one_period_has_alone() -> None:
    """Are held against nothing, never against the column that stands in the same place then."""
    told = compared(_losses("lead", counts=(3,)), _losses("offer", counts=(5,)))
    expected = {
        "reason": "price", "lost": 3, "lost_before": 5, "lost_change": -0.4, "from_offer": 0, "from_offer_before": 5,
        "from_offer_change": -1.0, "from_lead": 3, "from_lead_before": 0, "from_lead_change": None,
    }  # fmt: skip
    assert rows_of(told) == [expected]
    assert told.totals == tuple({**expected, "reason": None}.values())


def test_money_of_two_currencies_is_not_held_together() -> None:
    """Whoever sold in dollars then and in euros now did not sell more by a fraction."""

    def one(currency: str) -> Report:
        value = Money(100, currency)
        return Report("x", "x", (ReportColumn("value", "value", "money"),), (), (value,))

    assert compared(one("EUR"), one("USD")).totals == (Money(100, "EUR"), Money(100, "USD"), None)
    assert compared(one("EUR"), one("EUR")).totals == (Money(100, "EUR"), Money(100, "EUR"), 0.0)
