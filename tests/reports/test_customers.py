"""The reports about customers over a log worked out by hand, and the way from each figure to its purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import BadValue, Refused, UsageError
from crmcli.reports.behind import behind, label_of, uids
from tests.conftest import run
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

QUARTER = "2026-01-01..2026-03-31"
LOG = (
    ("Ann", "100", "tea", "2026-01-10"), ("Ann", "20", "cup", "2026-01-10"), ("Ann", "50", "tea", "2026-02-10"),
    ("Ann", "30", "cup", "2026-03-12"), ("Bob", "40", "tea", "2026-01-20"), ("Bob", "60", "cup", "2026-03-31"),
    ("Cy", "10", "tea", "2026-02-05"), ("Dee", "300", "jam", "2026-02-20"), ("Dee", "300", "jam", "2026-03-01"),
    ("Dee", "300", "jam", "2026-03-10"), ("Eve", "5", "tea", "2026-03-30"), ("Eve", "5", "cup", "2026-03-30"),
)  # fmt: skip
LINES = (
    ("contact", "add", "Bob"), ("company", "add", "Dee"),
    *(
        ("purchases", "add", *({"Bob": ("--contact", "Bob"), "Dee": ("--company", "Dee")}.get(who, (who,))),
         "--amount", amount, "--product", product, "--date", day)
        for who, amount, product, day in LOG
    ),
)  # fmt: skip


@pytest.fixture
def shop(crm_after: Callable[..., Callable[..., Result]]) -> AppContext:
    """Five customers of a shop, one of them a person and one a company of the store."""
    crm_after(*LINES)
    return AppContext(Flags(quiet=True), origin="test")


def columns(app: AppContext, name: str, *names: str, **asked: Any) -> list[tuple[Any, ...]]:
    """Some columns of the rows."""
    return [tuple(row[each] for each in names) for row in rows_of(report_of(app, name, **asked))]


def test_rfm(shop: AppContext) -> None:
    """Days since: 54, 21, 19, 1, 0; purchases: 1, 1, 2, 3, 3, the ones at 2 and the threes at 5; money: 10, 10, 100, 200, 900."""
    expected = [
        ("Dee", 21, 3, 900, "255", "at risk"), ("Ann", 19, 3, 200, "354", "loyal"),
        ("Bob", 0, 2, 100, "533", "potential loyalists"), ("Eve", 1, 1, 10, "422", "potential loyalists"),
        ("Cy", 54, 1, 10, "122", "lost"),
    ]  # fmt: skip
    names = ("customer", "recency", "frequency", "monetary", "score", "segment")
    assert expected == columns(shop, "rfm", *names, period=QUARTER)
    report = report_of(shop, "rfm", period=QUARTER)
    assert [3, 4, 2, 2, 1] == [counted(shop, drill) for drill in report.drill]
    assert ["co", None, "ct", None, None] == [row["id"] and row["id"][:2] for row in rows_of(report)]
    assert report.chart is not None
    assert ((0, 0, 1, 0, 0), (0, 1, 0, 0, 0), (0, 0, 0, 0, 1), (0, 0, 0, 0, 1), (0, 1, 0, 0, 0)) == report.chart.grid


def test_rfm_by_segment(shop: AppContext) -> None:
    report = report_of(shop, "rfm", by="segment", period=QUARTER)
    rows = [tuple(row.values())[:6] for row in rows_of(report)]
    assert [
        ("loyal", 1, 0.2, 19, 3, 200), ("potential loyalists", 2, 0.4, 0.5, 1.5, 110), ("at risk", 1, 0.2, 21, 3, 900),
        ("lost", 1, 0.2, 54, 1, 10),
    ] == rows  # fmt: skip
    assert (5, 1220, 5) == (totals_of(report)["customers"], totals_of(report)["monetary"], report.n)
    assert [4, 4, 3, 1] == [counted(shop, drill) for drill in report.drill]


def test_cohorts(shop: AppContext) -> None:
    """January: Ann and Bob, one of them back in February, both in March; what has not come yet is no zero."""
    report = report_of(shop, "cohorts", period=QUARTER)
    assert [
        ("2026-01", 2, 1.0, 1.0, 0.5, 1.0), ("2026-02", 2, 0.5, 1.0, 0.5, None), ("2026-03", 1, 0.0, 1.0, None, None),
    ] == list(report.rows)  # fmt: skip
    assert (None, 5, 0.6, 1.0, 0.5, 1.0) == report.totals
    assert [6, 4, 2] == [counted(shop, drill) for drill in report.drill]
    assert () == report.notes


# The same as deals: Eve stands before Bob in hers, so that his are not all that he is named in.
DEALS = (
    *(("contact", "add", name) for name in ("Ann", "Bob", "Cy", "Eve")),
    ("company", "add", "Dee"),
    *(
        ("deal", "add", f"{who} {place}", "--value", "1",
         *{"Dee": ("--company", who), "Eve": ("--contact", "Eve", "--contact", "Bob")}.get(who, ("--contact", who)))
        for place, (who, *_) in enumerate(LOG)
    ),
)  # fmt: skip
WON = tuple(("deal", "win", f"{who} {place}", "--at", day) for place, (who, _, _, day) in enumerate(LOG))
BOUGHT = {
    "purchase": (((), LINES), "SELECT uid, customer, at FROM purchase"),
    "deal": ((DEALS, WON), "SELECT uid, title, closed_at FROM deal"),
}


@pytest.fixture(scope="module", params=BOUGHT)
def bought(request: pytest.FixtureRequest, lasting_store: Callable[[], str]) -> tuple[str, str]:
    """The log as purchases, and as deals that were won: the store, and what asks it who bought what and when."""
    store, ((before, now), sql) = lasting_store(), BOUGHT[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", "2025-12-01T12:00:00Z")
        assert [0] * len(before) == [run("--db", store, *words).code for words in before]
    assert [0] * len(now) == [run("--db", store, *words).code for words in now]
    return store, sql


def _month(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7])


@pytest.mark.parametrize(
    ("by", "period", "row_of", "unit"),
    [
        ("month", QUARTER, lambda _, day: day[:7], 1),
        ("quarter", QUARTER, lambda *_: "2026-Q1", 3),
        ("company", QUARTER, lambda who, _: "Dee" if who == "Dee" else "—", 1),
        ("month", "2026-02-01..2026-03-10", lambda _, day: day[:7], 1),
    ],
)
def test_each_cell_of_cohorts_leads_to_what_it_counts(
    bought: tuple[str, str], by: str, period: str, row_of: Callable[..., str], unit: int
) -> None:
    """Purchases of those who first bought then and bought in that month after; of who came again, all they bought."""
    store, sql = bought
    app = AppContext(Flags(store=store))
    with app.desk.reading() as reader:
        known = {uid: (name.split()[0], str(at)[:10]) for uid, name, at in reader.rows(sql)}
    first = {who: min(day for name, day in known.values() if name == who) for who, _ in known.values()}
    since, until = period.split("..")
    seen = {uid: (who, day) for uid, (who, day) in known.items() if first[who] >= since and day <= until}
    report = report_of(app, "cohorts", by=by, period=period)
    again = {who for who, day in seen.values() if day > first[who]}
    looked_at = 0
    for name, row in zip([label_of(report, row) for row in report.rows], rows_of(report), strict=True):
        own = {uid: each for uid, each in seen.items() if row_of(each[0], first[each[0]]) == name}
        cells = {"repeat_rate": {uid for uid, (who, _) in own.items() if who in again}}
        for column in row:
            if column[-1].isdigit():
                k = int(column.rpartition("_")[2])
                cells[column] = {
                    uid for uid, (who, day) in own.items()
                    if (_month(day) - 1) // unit - (_month(first[who]) - 1) // unit == k
                }  # fmt: skip
        for column, expected in cells.items():
            found = [uid for _, uid in uids(app.desk, behind(report, name, column))]
            assert (sorted(expected), len(expected)) == (sorted(found), len(found)), (name, column)
            looked_at += len(expected)
    assert looked_at > 0


def test_who_bought_before_the_period_is_not_new_in_it(shop: AppContext) -> None:
    report = report_of(shop, "cohorts", period="2026-02-01..2026-02-20")
    assert [("2026-02", 2, 0.0, 1.0)] == list(report.rows)
    assert ("the last month is counted up to 2026-02-20: it is not over",) == report.notes


def test_churn(shop: AppContext) -> None:
    """Usual gaps: Ann 30.5, Dee 9, all others' 19.75; Cy is silent for 54 / 19.75 of them, Dee for 21 / 9."""
    report = report_of(shop, "churn", period=QUARTER)
    rows = [(row["customer"], row["days_since"], row["usual_gap"], row["state"]) for row in rows_of(report)]
    assert [
        ("Cy", 54, 19.75, "late"), ("Dee", 21, 9, "late"), ("Ann", 19, 30.5, "active"), ("Eve", 1, 19.75, "active"),
        ("Bob", 0, 19.75, "active"),
    ] == rows  # fmt: skip
    expected = [1 - 2 ** -(54 / 19.75), 1 - 2 ** -(21 / 9), 1 - 2 ** -(19 / 30.5), 1 - 2 ** -(1 / 19.75), 0]
    assert expected == pytest.approx([row["risk"] for row in rows_of(report)])
    assert ("without P(alive): too few customers for a model of buying: 5, 20 are needed",) == report.notes
    assert [1, 3, 4, 2, 2] == [counted(shop, drill) for drill in report.drill]


def test_pareto(shop: AppContext) -> None:
    """Of 1,220: Ann stands behind 73.8 %, Bob behind 90.2 %, the tens behind 98.4 %."""
    assert [("Dee", 900, "A"), ("Ann", 200, "A"), ("Bob", 100, "B"), ("Cy", 10, "C"), ("Eve", 10, "C")] == sorted(
        columns(shop, "pareto", "customer", "value", "class", period=QUARTER), key=lambda row: (-row[1], row[0])
    )
    report = report_of(shop, "pareto", by="product", period=QUARTER)
    assert [("jam", 900, "A"), ("tea", 205, "A"), ("cup", 115, "B")] == columns(
        shop, "pareto", "product", "value", "class", by="product", period=QUARTER
    )
    assert [3, 5, 4] == [counted(shop, drill) for drill in report.drill]
    assert "of the money the groups make: the top 50% 90.6%" == report.notes[0]


def test_cross_sell(shop: AppContext) -> None:
    """Of five customers four bought tea, three cups, and these three both: lift 3 * 5 / (4 * 3)."""
    report = report_of(shop, "cross-sell", period=QUARTER, fewest=1)
    assert [("cup", "tea", 3, 0.6, 1.0, 1.25), ("tea", "cup", 3, 0.6, 0.75, 1.25)] == list(report.rows)
    assert [8, 8] == [counted(shop, drill) for drill in report.drill]
    assert [("Cy", "cup", "tea", 0.75)] == columns(
        shop, "cross-sell", "customer", "offer", "because", "confidence", by="customer", period=QUARTER, fewest=1
    )
    assert [] == columns(shop, "cross-sell", "customer", by="customer", period=QUARTER, fewest=1, confidence="80%")


def test_a_filter_and_the_way_purchases_are_chosen(shop: AppContext) -> None:
    assert [("Dee",), ("Ann",)] == columns(shop, "rfm", "customer", period=QUARTER, filter="amount >= 100")
    assert [] == columns(shop, "rfm", "customer", source_of="deals")


@pytest.mark.parametrize(
    ("name", "by"), [("rfm", ""), ("rfm", "segment"), ("churn", ""), ("pareto", ""), ("pareto", "product")]
)
def test_the_records_of_all_rows_are_one_question(shop: AppContext, name: str, by: str) -> None:
    """The same ones that the rows have, asked one by one."""
    report = report_of(shop, name, by=by, period=QUARTER, filter="amount >= 20")
    assert [report.whole] == behind(report)
    assert sum(counted(shop, drill) for drill in report.drill) == counted(shop, report.whole) == 9


def test_without_a_period_a_log_that_ended_long_ago_is_counted_up_to_its_end(shop: AppContext) -> None:
    report = report_of(shop, "rfm")
    assert [("Bob", 0)] == [(row["customer"], row["recency"]) for row in rows_of(report) if row["customer"] == "Bob"]
    assert ("counted up to 2026-03-31, the day of the newest purchase (--until today counts on)",) == report.notes
    assert 235 == {row["customer"]: row["recency"] for row in rows_of(report_of(shop, "rfm", until="today"))}["Bob"]


def test_beside_another_period_customers_stay_themselves_whatever_their_segment(shop: AppContext) -> None:
    report = report_of(shop, "rfm", period="2026-03", compare="previous")
    before = {row["customer"]: row["monetary_before"] for row in rows_of(report)}
    assert {"Ann": 50, "Bob": 0, "Cy": 10, "Dee": 300, "Eve": 0} == before


@pytest.mark.parametrize(
    ("name", "asked", "error", "words"),
    [
        ("clv", {}, Refused, "too few customers for a model of buying: 5, 20 are needed"),
        ("clv", {"horizon": "soon"}, BadValue, "can't read 'soon' as a time to look ahead"),
        ("clv", {"horizon": "0w"}, BadValue, "must be above 0 and at most 520 weeks"),
        ("clv", {"discount": "-3%"}, BadValue, "can't read '-3%' as a share"),
        ("rfm", {"by": "moon"}, UsageError, "customers have no 'moon'"),
        ("cross-sell", {"fewest": 0}, BadValue, "must be at least 1"),
        ("rfm", {"source_of": "orders"}, UsageError, "neither purchases nor deals"),
    ],
)
def test_what_can_not_be_answered(
    shop: AppContext, name: str, asked: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        report_of(shop, name, **asked)


def test_without_scipy_the_remedy_is_named(shop: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other reports do without."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="report clv needs numpy and scipy") as refusal:
        report_of(shop, "clv")
    assert "pip install 'crmcli[analytics]'" == refusal.value.hint
    notes = report_of(shop, "churn", period=QUARTER).notes
    assert ("without P(alive): P(alive) needs numpy and scipy (pip install 'crmcli[analytics]')",) == notes


@pytest.mark.parametrize("name", ["rfm", "clv", "cohorts", "churn", "pareto", "cross-sell", "response"])
def test_an_empty_store_has_no_rows_and_no_error(app: AppContext, name: str) -> None:
    report = report_of(app, name)
    assert ((), None, 0) == (report.rows, report.totals, report.n)


def test_one_purchase(crm_after: Callable[..., Callable[..., Result]]) -> None:
    """One customer stands in the middle of all, makes all the money, and never came again."""
    crm_after(("purchases", "add", "Żaneta", "--amount", "7", "--date", "2026-11-21"))
    app = AppContext(Flags(quiet=True), origin="test")
    assert [("Żaneta", "333", "need attention")] == columns(app, "rfm", "customer", "score", "segment")
    assert [("Żaneta", 7, 1.0, "A")] == columns(app, "pareto", "customer", "value", "cumulated", "class")
    assert [("2026-11", 1, 0.0, 1.0)] == columns(app, "cohorts", "cohort", "customers", "repeat_rate", "month_0")
    assert [("unknown", None, None)] == columns(app, "churn", "state", "usual_gap", "risk")


def test_won_deals_of_nobody_are_named_and_not_followed(crm_after: Callable[..., Callable[..., Result]]) -> None:
    crm_after(
        ("company", "add", "Acme"), ("contact", "add", "Zoë"),
        ("deal", "add", "A", "--value", "100", "--company", "Acme"), ("deal", "add", "B", "--value", "50", "--contact", "Zoë"),
        ("deal", "add", "C", "--value", "25"), *(("deal", "win", name) for name in "ABC"),
    )  # fmt: skip
    app = AppContext(Flags(quiet=True), origin="test")
    report = report_of(app, "pareto")
    assert [("Acme", 100), ("Zoë", 50)] == [(row["customer"], row["value"]) for row in rows_of(report)]
    assert "1 won deal has neither a company nor a contact and so no customer: left out" in report.notes
    assert 2 == counted(app, report.whole)
