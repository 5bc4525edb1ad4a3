"""Customers told apart by what they are or by what they bought: worked out by hand, and the way from each figure to its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import UsageError
from crmcli.reports.behind import behind, uids
from crmcli.reports.catalogue import group_names
from crmcli.reports.compare import compared
from crmcli.reports.report import Report, ReportColumn
from tests.conftest import run
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.reports.report import Drill
    from tests.conftest import Result

# Zoë works at Acme; in the last deal she stands before Bob, who bought by himself as well.
LINES = (
    ("company", "add", "Acme", "--region", "East", "--owner", "ana", "--set", "tier=gold"),
    ("company", "add", "Żubr", "--region", "West", "--owner", "boris"),
    ("contact", "add", "Zoë", "--source", "fair", "--owner", "ana"),
    ("contact", "add", "Bob", "--source", "web", "--owner", "maria", "--set", "tier=gold"),
    ("campaign", "add", "Spring"),
    ("segment", "add", "vips", "--filter", "name = Zoë"), ("segment", "add", "Zs", "--filter", "name ~= Z"),
    ("deal", "add", "A1", "--value", "100", "--company", "Acme", "--set", "product=tea", "--source", "ads", "--campaign", "Spring"),
    ("deal", "add", "A2", "--value", "50", "--company", "Acme", "--set", "product=cup", "--source", "fair"),
    ("deal", "add", "B1", "--value", "30", "--contact", "Bob", "--set", "product=tea", "--set", "plan=10"),
    ("deal", "add", "Z1", "--value", "200", "--company", "Żubr", "--set", "product=Tea", "--set", "plan=10.0"),
    ("deal", "add", "Z2", "--value", "20", "--contact", "Zoë", "--contact", "Bob", "--set", "product=cup"),
    ("deal", "add", "No", "--value", "7", "--company", "Acme"), ("contact", "edit", "Zoë", "--company", "Acme"),
)  # fmt: skip
WON = tuple(
    ("deal", "win", name, "--at", day) for name, day in (
        ("A1", "2026-01-10"), ("A2", "2026-03-10"), ("B1", "2026-03-01"), ("Z1", "2026-02-01"), ("Z2", "2026-03-20"),
    )
)  # fmt: skip
PERIOD = "2026-01-01..2026-03-31"
# By what, and for each group: its customers, what they spent in all, and of which deals it consists where each is of one.
GROUPS: dict[str, dict[str | None, tuple[set[str], int, str]]] = {
    "owner": {"ana": ({"Acme", "Zoë"}, 170, "A1 A2 Z2"), "boris": ({"Żubr"}, 200, "Z1"), "maria": ({"Bob"}, 30, "B1")},
    "region": {"East": ({"Acme", "Zoë"}, 170, "A1 A2 Z2"), "West": ({"Żubr"}, 200, "Z1"), None: ({"Bob"}, 30, "B1")},
    "company": {"Acme": ({"Acme", "Zoë"}, 170, "A1 A2 Z2"), "Żubr": ({"Żubr"}, 200, "Z1"), None: ({"Bob"}, 30, "B1")},
    "source": {
        "ads": ({"Acme"}, 150, "A1"), "fair": ({"Acme", "Zoë"}, 170, "A2 Z2"), "web": ({"Bob"}, 30, "B1"),
        None: ({"Żubr"}, 200, "Z1"),
    },
    "product": {
        "tea": ({"Acme", "Bob"}, 180, "A1 B1"), "cup": ({"Acme", "Zoë"}, 170, "A2 Z2"), "Tea": ({"Żubr"}, 200, "Z1"),
    },
    "campaign": {"Spring": ({"Acme"}, 150, "A1"), None: ({"Bob", "Zoë", "Żubr"}, 250, "A2 B1 Z1 Z2")},
    "pipeline": {"sales": ({"Acme", "Bob", "Zoë", "Żubr"}, 400, "A1 A2 B1 Z1 Z2")},
    "contact.segment": {
        "vips": ({"Acme", "Zoë"}, 170, "A1 A2 Z2"), "Zs": ({"Acme", "Zoë"}, 170, "A1 A2 Z2"),
        None: ({"Bob", "Żubr"}, 230, "B1 Z1"),
    },
    "custom.tier": {"gold": ({"Acme", "Bob", "Zoë"}, 200, "A1 A2 B1 Z2"), None: ({"Żubr"}, 200, "Z1")},
    "plan": {"10": ({"Bob"}, 30, "B1"), "10.0": ({"Żubr"}, 200, "Z1"), None: ({"Acme", "Zoë"}, 170, "A1 A2 Z2")},
    "company.region": {"East": ({"Acme", "Zoë"}, 170, "A1 A2 Z2"), "West": ({"Żubr"}, 200, "Z1"), None: ({"Bob"}, 30, "B1")},
}  # fmt: skip


@pytest.fixture(scope="module")
def sellers_store(lasting_store: Callable[[], str]) -> str:
    """Two companies and two people who bought, of whom different things are known."""
    store = lasting_store()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_USER", "maria")
        for now, lines in (("2025-12-01T12:00:00Z", LINES), ("2026-11-21T12:00:00Z", WON)):
            patch.setenv("CRM_NOW", now)
            assert [0] * len(lines) == [run("--db", store, *words).code for words in lines]
    return store


@pytest.fixture
def sellers(sellers_store: str) -> AppContext:
    """The application over it; the tests only read."""
    return AppContext(Flags(store=sellers_store))


def named(app: AppContext, drill: Drill | None) -> set[str]:
    """The names of the records behind a figure."""
    return {cell(app, noun, uid, "title" if noun == "deal" else "name") for noun, uid in found(app, drill)}


def found(app: AppContext, drill: Drill | None) -> list[tuple[str, str]]:
    """Noun and uid of these records."""
    return list(uids(app.desk, [drill] if drill else []))


def cell(app: AppContext, noun: str, uid: str, column: str) -> Any:
    """What stands in a column of a record's row."""
    with app.desk.reading() as reader:
        return reader.value(f"SELECT {column} FROM {noun} WHERE uid = ?", (uid,))


def test_customers_of_every_kind_of_group(sellers: AppContext) -> None:
    """What a customer says itself counts, else what its company says, else what it bought; everything leads to its records."""
    for by, expected in GROUPS.items():
        report = report_of(sellers, "rfm", by=by, period=PERIOD)
        rows = {row[by]: (row["customers"], row["monetary"]) for row in rows_of(report)}
        assert (by, {label: (len(who), spent) for label, (who, spent, _) in expected.items()}) == (by, rows)
        for row, cells, drill in zip(rows_of(report), report.cells, report.drill, strict=True):
            customers = expected[row[by]][0]
            assert (by, row[by], customers) == (by, row[by], named(sellers, cells["customers"]))
            assert row["monetary"] == sum(
                cell(sellers, noun, uid, "value") / 100 for noun, uid in found(sellers, drill)
            )
        several = sum(len(who) for who, _, _ in expected.values()) > 4
        assert several == any("in several groups and counted in each" in note for note in report.notes), by
        assert (totals_of(report) or rows_of(report)[0])["customers"] == 4


def test_money_by_every_kind_of_group(sellers: AppContext) -> None:
    """Each purchase is of its customer's group, or else of its own; only of segments there may be several."""
    for by, expected in GROUPS.items():
        report = report_of(sellers, "pareto", by="segment" if by == "contact.segment" else by, period=PERIOD)
        deals = {row[0]: named(sellers, drill) for row, drill in zip(report.rows, report.drill, strict=True)}
        assert (by, {label: set(titles.split()) for label, (_, _, titles) in expected.items()}) == (by, deals)
        amounts = {"A1": 100, "A2": 50, "B1": 30, "Z1": 200, "Z2": 20}
        for row in rows_of(report):
            label = next(iter(row.values()))
            assert row["value"] == sum(amounts[deal] for deal in deals[label]), (by, label)


def test_segments_of_customers_stand_in_their_groups(sellers: AppContext) -> None:
    """Every one of the named segments has its customers and their money, as scored among all."""
    alone = {row["customer"]: row["segment"] for row in rows_of(report_of(sellers, "rfm", period=PERIOD))}
    report = report_of(sellers, "rfm", by="owner", period=PERIOD)
    for row, cells in zip(rows_of(report), report.cells, strict=True):
        for segment in set(alone.values()):
            key = segment.replace(" ", "_").replace("'", "")
            who = {name for name in GROUPS["owner"][row["owner"]][0] if alone[name] == segment}
            assert (len(who), who) == (row[key], named(sellers, cells[key]))
    assert report.chart is not None
    assert 4 == sum(sum(line) for line in report.chart.grid)


def test_churn_by_group(sellers: AppContext) -> None:
    """Only Acme came twice, after 59 days, which is then what is usual of all: in March nobody is silent for longer."""
    report = report_of(sellers, "churn", by="region", until="2026-05-31")
    rows = {row["region"]: row for row in rows_of(report)}
    # In May all are, for 82, 72, 119 and 91 days, and so more likely gone than not.
    assert {"East": (2, 2, 1.0, 170), "West": (1, 1, 1.0, 200), None: (1, 1, 1.0, 30)} == {
        label: (row["customers"], row["at_risk"], row["share"], row["value_at_risk"]) for label, row in rows.items()
    }
    assert ((1 - 2 ** -(82 / 59)) + (1 - 2 ** -(72 / 59))) / 2 == pytest.approx(rows["East"]["risk"])
    assert [200, 170, 30] == [row["value_at_risk"] for row in rows_of(report)]
    assert [{"Żubr"}, {"Acme", "Zoë"}, {"Bob"}] == [named(sellers, cells["at_risk"]) for cells in report.cells]
    early = {row["region"]: row["at_risk"] for row in rows_of(report_of(sellers, "churn", by="region", period=PERIOD))}
    assert {"East": 0, "West": 0, None: 0} == early
    assert [None, None, None] == [
        cells["value_at_risk"] for cells in report_of(sellers, "churn", by="region", period=PERIOD).cells
    ]


def test_retention_by_group(sellers: AppContext) -> None:
    """Acme came in January and March, Zoë in March: of the two, one came again; after three months nobody is known."""
    report = report_of(sellers, "cohorts", by="region", period=PERIOD)
    assert [
        ("East", 2, 0.5, 0.0, None, None, None), ("West", 1, 0.0, 0.0, None, None, None),
        (None, 1, 0.0, None, None, None, None),
    ] == list(report.rows)  # fmt: skip
    assert (None, 4, 0.25, 0.0, None, None, None) == report.totals
    assert report.chart is not None
    assert ((0.0, 1.0), (0.0, None), (None, None)) == report.chart.grid
    later = rows_of(report_of(sellers, "cohorts", by="region", until="2027-06-30"))
    assert [(0.0, 0.0, None)] == [
        (row["month_1"], row["month_6"], row["month_12"]) for row in later if row["region"] == "East"
    ]


def test_cohorts_beside_those_of_the_period_before(sellers: AppContext) -> None:
    """The first month beside the first, whatever it is called."""
    report = report_of(sellers, "cohorts", period="2026-02-01..2026-03-31", compare="previous")
    rows = [(row["cohort"], row["customers"], row["customers_before"]) for row in rows_of(report)]
    assert [("2026-02", 1, 0), ("2026-03", 2, 1)] == rows
    assert {"Bob", "Zoë"} == named(sellers, report.cells[1]["customers"])


def test_a_group_stays_itself_whatever_its_class(sellers: AppContext) -> None:
    """West made all the money in February, and nothing in March; East stands beside itself."""
    report = report_of(sellers, "pareto", by="region", period="2026-03", compare="previous")
    rows = {row["region"]: (row["value"], row["value_before"], row["class"]) for row in rows_of(report)}
    assert {"East": (70, 0, "A"), None: (30, 0, "A"), "West": (0, 200, None)} == rows
    columns = (
        ReportColumn("region", "region"),
        ReportColumn("value", "value", "integer"),
        ReportColumn("class", "class"),
    )
    now, then = (Report("pareto", "", columns, (("East", 5, kind),)) for kind in "AB")
    assert (("East", 5, 5, 0.0, "A"),) == compared(now, then).rows


def test_rules_within_each_group(crm_after: Callable[..., Callable[..., Result]]) -> None:
    """Tea and cups go together among the customers of one log, not among those of the other."""
    log = (
        ("Ann", "tea"),
        ("Ann", "cup"),
        ("Bob", "tea"),
        ("Bob", "cup"),
        ("Cy", "jam"),
        ("Dee", "jam"),
        ("Dee", "tea"),
        ("Eve", "cup"),
    )
    lines = [
        ("purchases", "add", who, "--amount", "5", "--product", product, "--date", "2026-01-05", "--source", "old" if who < "D" else "new")
        for who, product in log
    ]  # fmt: skip
    crm_after(*lines)
    app = AppContext(Flags(quiet=True), origin="test")
    report = report_of(app, "cross-sell", by="source", fewest=1)
    assert [
        ("old", "cup", "tea", 2, 2 / 3, 1.0, 1.5), ("old", "tea", "cup", 2, 2 / 3, 1.0, 1.5),
        ("new", "jam", "tea", 1, 0.5, 1.0, 2.0), ("new", "tea", "jam", 1, 0.5, 1.0, 2.0),
    ] == list(report.rows)  # fmt: skip
    assert [4, 4, 2, 2] == [counted(app, drill) for drill in report.drill]
    assert report.chart is not None
    assert ("old: cup + tea", "new: jam + tea") == report.chart.labels
    # Who is only named in a log has no other record than the purchases.
    assert ["purchase"] * 4 == [noun for noun, _ in uids(app.desk, behind(report, "old", "customers"))]


def test_every_group_that_is_offered_can_be_asked(sellers: AppContext) -> None:
    """By each report about customers, with a column of its own and a meaning for each figure."""
    for name in ("rfm", "churn", "cohorts", "pareto", "cross-sell"):
        for by in group_names(sellers.desk, name):
            report = (
                report_of(sellers, name, by=by, fewest=1) if name == "cross-sell" else report_of(sellers, name, by=by)
            )
            assert len({column.name for column in report.columns}) == len(report.columns)
            assert [] == [column.name for column in report.columns if not column.meaning], (name, by)
            assert all(len(row) == len(report.columns) for row in report.rows)


def test_a_field_that_is_called_like_a_figure(crm_after: Callable[..., Callable[..., Result]]) -> None:
    """Has a column of another name, and one called like a group of the report itself is asked for by its whole name."""
    crm_after(
        ("company", "add", "Acme", "--set", "customers=many", "--set", "customer=good"),
        ("deal", "add", "A", "--value", "1", "--company", "Acme"), ("deal", "win", "A"),
    )  # fmt: skip
    app = AppContext(Flags(quiet=True), origin="test")
    assert ("custom.customers", "customers") == tuple(
        column.name for column in report_of(app, "churn", by="customers").columns[:2]
    )
    assert "custom.customer" in group_names(app.desk, "churn")
    assert ["good"] == [row[0] for row in report_of(app, "churn", by="custom.customer").rows]
    with pytest.raises(UsageError) as refused:
        report_of(app, "churn", by="ownr")
    assert "did you mean owner?" == refused.value.hint


def test_the_model_is_of_all_and_its_figures_are_added_up(crm_after: Callable[..., Callable[..., Result]]) -> None:
    """Groups of customers are worth what the customers are worth."""
    lines = [
        (
            "purchases", "add", f"C{n:02}", "--amount", str(10 + n % 7), "--product", "ab"[n % 2],
            "--date", f"2026-{month:02}-{1 + n % 27:02}",
        )
        for n in range(30) for month in range(1, 2 + n % 5)
    ]  # fmt: skip
    crm_after(*lines)
    app = AppContext(Flags(quiet=True), origin="test")
    alone, report = report_of(app, "clv", until="2026-06-30"), report_of(app, "clv", by="product", until="2026-06-30")
    assert alone.model == report.model
    assert "fitted once, to all customers" in (report.formula or "")
    rows = rows_of(alone)
    for product, start in (("a", 0), ("b", 1)):
        mine = [row for row in rows if int(row["customer"][1:]) % 2 == start]
        (row,) = [each for each in rows_of(report) if each["product"] == product]
        assert 15 == row["customers"] == len(mine)
        for name in ("expected_purchases", "frequency"):
            assert sum(each[name] for each in mine) == pytest.approx(row[name])
        assert sum(each["clv"] for each in mine) == pytest.approx(row["clv"], abs=0.2)
        assert row["clv"] / 15 == pytest.approx(row["clv_mean"], abs=0.01)
        assert sum(each["p_alive"] for each in mine) / 15 == pytest.approx(row["p_alive"])
    assert totals_of(alone)["clv"] == pytest.approx(totals_of(report)["clv"])
