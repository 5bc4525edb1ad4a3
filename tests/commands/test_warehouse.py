"""``crm warehouse`` and ``crm pivot``: a copy of the store, and anything by anything from it, with the reports' own figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import Refused
from crmcli.reports.catalogue import QUESTIONS
from crmcli.reports.inquiry import Asked
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.store.warehouse.engine import is_there
from crmcli.store.warehouse.star import STAR
from tests.once import once
from tests.reports.asking import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report
    from tests.conftest import Result

    Run = Callable[..., Result]

pytestmark = pytest.mark.skipif(not is_there(), reason="needs duckdb")
# Moments at the edges of periods, currencies with and without a rate, no company, no product, nothing won, worth nothing.
DEALS = """title,company,value,currency,stage,owner,source,product,created,closed,expected,campaign
One,Acme,1000,EUR,won,ana,web,Pro,2026-01-05T10:00:00Z,2026-03-31T22:30:00Z,,Spring
Two,Acme,2000,USD,won,bob,fair,Pro,2026-01-31T10:00:00Z,2026-04-10T10:00:00Z,,
Three,Bolt,3000,,lost,ana,web,Basic,2026-02-05T10:00:00Z,2026-03-31T21:30:00Z,,Spring
Four,Bolt,4000,CHF,won,ana,fair,,2025-11-05T10:00:00Z,2025-12-31T23:30:00Z,,
Five,Łódź 上海,0,EUR,won,bob,web,Basic,2026-02-01T10:00:00Z,2026-02-28T10:00:00Z,,
Six,,6000,EUR,won,bob,,Pro,2024-02-01T10:00:00Z,2024-02-29T10:00:00Z,,
Seven,Acme,,EUR,lost,ana,web,Basic,2026-05-01T10:00:00Z,2026-05-02T10:00:00Z,,
Eight,Acme,8000,EUR,proposal,ana,web,Pro,2026-05-01T10:00:00Z,,2026-12-31,Spring
Nine,Bolt,900,USD,lead,bob,fair,Basic,2026-05-01T10:00:00Z,,2027-01-01,
Ten,Łódź 上海,10,EUR,negotiation,bob,,,2026-05-01T10:00:00Z,,,
"""
MAP = (
    "--map", "product=custom.product", "--map", "created=created_at", "--map", "closed=closed_at",
    "--map", "expected=expected_close",
)  # fmt: skip


@pytest.fixture
def sofia(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days begin two or three hours before those of UTC."""
    monkeypatch.setenv("TZ", "Europe/Sofia")


@pytest.fixture
@once
def sold(sofia: None, crm_on: Run) -> Run:
    """A store with deals of all kinds, on each engine, asked in Sofia."""
    crm_on("company", "add", "Acme", "--region", "West", "--country", "DE", "--industry", "retail")
    crm_on("company", "add", "Bolt", "--region", "East", "--country", "BG")
    crm_on("company", "add", "Łódź 上海", "--country", "PL")
    crm_on("contact", "add", "Jane", "--email", "j@x.com", "--company", "Acme")
    crm_on("rate", "set", "USD", "0.9")
    crm_on("rate", "set", "USD", "0.8", "--on", "2026-04-01")
    told = crm_on("import", "deals", "-", *MAP, stdin=DEALS)
    assert 0 == told.code, told.stderr
    for deal in ("One", "Two", "Eight"):
        crm_on("deal", "edit", deal, "--contact", "j@x.com")
        crm_on("log", "call", f"about {deal}", "--deal", deal, "--company", "Acme")
    crm_on("segment", "add", "west", "--filter", "company.region = West")
    return crm_on


@pytest.fixture
def logged(sold: Run) -> Run:
    """The same store with a transaction log: companies, people who work there or nowhere, and some whom only the log knows."""
    sold("company", "edit", "Acme", "--owner", "ana")
    sold("contact", "add", "Zoë", "--email", "z@x.com", "--owner", "bob", "--source", "web")
    lines = ["customer,date,amount,product"]
    names = ["j@x.com", "z@x.com", "Acme", "Bolt", *(f"客户 {n}" for n in range(40))]
    for place, name in enumerate(names):
        for visit in range(1 + place % 5):
            day = f"{2024 + visit % 2}-{1 + (place + 5 * visit) % 12:02}-{1 + (place * 7 + visit) % 28:02}"
            lines.append(f"{name},{day},{10 + place + visit},{('tea', 'milk', '')[(place + visit) % 3]}")
    told = sold("purchases", "import", "-", "--source", "till", stdin="\n".join(lines) + "\n")
    assert 0 == told.code, told.stderr
    return sold


def asked(crm: Run, *words: str) -> list[dict[str, Any]]:
    """The rows of an answer."""
    told = crm(*words, "--format", "json")
    assert 0 == told.code, told.stderr
    return list(json.loads(told.stdout))


FIGURES = {"won": "won", "won_value": "value", "win_rate": "win_rate", "cycle_mean": "cycle_mean",
           "cycle_median": "cycle_median", "average_won": "average"}  # fmt: skip
GROUPS = ["owner", "company", "region", "country", "product", "source", "campaign", "stage", "month", "quarter", "year",
          "week", "fiscal-year", "custom.product", "segment", "contact", "industry", "pipeline", "type", "reason"]  # fmt: skip


def pivoted(app: AppContext, query: Asked, *values: str) -> list[dict[str, Any]]:
    """A pivot by what a report would be told apart by."""
    from crmcli.reports.inquiry import understood
    from crmcli.reports.pivot import pivot_of, pivot_report

    return rows_of(
        pivot_report(app.warehouse.copy_desk(), understood(app.desk, query), pivot_of([query.by], [], values))
    )


def test_a_pivot_has_the_figures_of_the_reports(sold: Run, store_url: str) -> None:
    """Each value by each group, as ``crm report won``, ``lost`` and ``sales`` have it."""
    app = AppContext(Flags(store=store_url, quiet=True))
    app.warehouse.refresh()
    narrowed = [Asked("won", by, "2026") for by in GROUPS[:3]] + [
        Asked("won", by, "", "value > 500") for by in GROUPS[2:5]
    ]
    for query in [*(Asked("won", by) for by in GROUPS), *narrowed]:
        by = query.by
        rows = {row.pop(by): row for row in pivoted(app, query, *FIGURES, "lost", "lost_value")}
        won = {row[by]: row for row in rows_of(app.answer(query))}
        assert won.keys() == rows.keys(), query
        for label, row in won.items():
            assert {ours: _near(row[theirs]) for ours, theirs in FIGURES.items()} == {
                ours: rows[label][ours] for ours in FIGURES
            }, (query, label)
        lost = rows_of(app.answer(query._replace(name="lost")))
        assert {row[by]: (row["lost"], row["value"]) for row in lost} == {
            label: (row["lost"], row["lost_value"]) for label, row in rows.items() if row["lost"]
        }, query
        sales = rows_of(app.answer(query._replace(name="sales")))
        assert {row[by]: row["value"] for row in sales} == {
            label: row["won_value"] for label, row in rows.items() if row["won"]
        }, query


def _near(value: object) -> object:
    return pytest.approx(value) if isinstance(value, float) else value


def test_a_pivot_by_hand(sold: Run) -> None:
    """The edge of the year and of March lie three and two hours before UTC's; Swiss money has no rate."""
    rows = asked(sold, "pivot", "--rows", "region", "--cols", "quarter", "--values", "won_value,win_rate", "--totals")
    assert rows == [
        {"region": None, "2024-Q1 won_value": 6000, "2024-Q1 win_rate": 1.0, "2026-Q1 won_value": 0, "2026-Q1 win_rate": 1.0,
         "2026-Q2 won_value": None, "2026-Q2 win_rate": None, "total won_value": 6000, "total win_rate": 1.0},
        {"region": "West", "2024-Q1 won_value": None, "2024-Q1 win_rate": None, "2026-Q1 won_value": None,
         "2026-Q1 win_rate": None, "2026-Q2 won_value": 2600, "2026-Q2 win_rate": pytest.approx(2 / 3),
         "total won_value": 2600, "total win_rate": pytest.approx(2 / 3)},
        {"region": "East", "2024-Q1 won_value": None, "2024-Q1 win_rate": None, "2026-Q1 won_value": None,
         "2026-Q1 win_rate": 1.0, "2026-Q2 won_value": 0, "2026-Q2 win_rate": 0.0, "total won_value": None,
         "total win_rate": 0.5},
    ]  # fmt: skip
    told = sold("pivot", "--rows", "region", "--cols", "quarter", "--totals")
    assert "no rate for CHF" in told.stderr


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/St_Johns"])
def test_months_are_those_of_the_zone_that_asks(
    crm: Run, store_url: str, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """At the edges of months, quarters and years, wherever it was refreshed."""
    edges = (
        "2026-03-31T14:59:59Z",
        "2026-03-31T15:00:00Z",
        "2026-01-01T03:29:59Z",
        "2025-12-31T15:00:00Z",
        "2026-06-01T02:29:00Z",
    )
    for place, at in enumerate(edges):
        lines = f"title,value,stage,created,closed\nD{place},{place + 1},won,2025-01-01T00:00:00Z,{at}\n"
        assert 0 == crm("import", "deals", "-", *MAP[2:6], stdin=lines).code
        crm("log", "call", "a", "--deal", f"D{place}", "--at", at)
    crm("warehouse", "refresh")
    monkeypatch.setenv("TZ", zone)
    for unit in ("month", "quarter", "year", "week"):
        pivot = asked(crm, "pivot", "--rows", unit, "--values", "won,won_value,activities")
        sales, done = (asked(crm, "report", name, "--by", unit) for name in ("sales", "activity"))
        assert [(row[unit], row["deals"], row["value"]) for row in sales] == [
            (row[unit], row["won"], row["won_value"]) for row in pivot
        ]
        assert [(row[unit], row["done"]) for row in done] == [(row[unit], row["activities"]) for row in pivot]


def test_money_that_is_not_asked_for_lacks_no_rate(sold: Run) -> None:
    """Nothing is said about rates where only deals are counted; what has none at all has no value."""
    for values, lacking in (
        ("won,win_rate", 0),
        ("won,won_value", 1),
        ("win_rate_value", 1),
        ("open", 0),
        ("purchases", 0),
    ):
        told = sold("pivot", "--rows", "source", "--values", values)
        assert lacking == told.stderr.count("left out of the money"), (values, told.stderr)
    told = asked(sold, "pivot", "--rows", "month", "--values", "won,won_value")
    assert {"month": "2026-01", "won": 1, "won_value": None} in told


def test_open_deals_activities_and_purchases(sold: Run) -> None:
    rows = asked(sold, "pivot", "--rows", "company", "--values", "deals,open,open_value,weighted,activities")
    assert {row.pop("company"): list(row.values()) for row in rows} == {
        "Acme": [4, 1, 8000, 4000, 3], "Bolt": [3, 1, 720, 72, 0], "Łódź 上海": [2, 1, 10, 8, 0], None: [1, 0, None, None, 0],
    }  # fmt: skip
    expected = asked(sold, "pivot", "--rows", "year", "--values", "open_value")
    assert expected == [
        {"year": "2026", "open_value": 8000}, {"year": "2027", "open_value": 720}, {"year": None, "open_value": 10},
    ]  # fmt: skip
    bought = asked(sold, "pivot", "--rows", "owner", "--values", "purchases,purchase_value,customers")
    assert {row["owner"]: (row["purchases"], row["purchase_value"], row["customers"]) for row in bought} == {
        "ana": (2, 1000, 2), "bob": (3, 7600, 2),
    }  # fmt: skip
    sold("purchases", "add", "Acme", "--amount", "120 EUR", "--product", "tea", "--date", "2026-06-09")
    sold("purchases", "add", "Acme", "--amount", "20 EUR", "--product", "tea", "--date", "2026-07-09")
    bought = asked(sold, "pivot", "--rows", "product", "--cols", "quarter", "--values", "purchase_value,customers")
    assert bought == [
        {"product": "tea", "2026-Q2 purchase_value": 120, "2026-Q2 customers": 1, "2026-Q3 purchase_value": 20,
         "2026-Q3 customers": 1},
    ]  # fmt: skip


def test_purchases_are_told_apart_as_in_the_reports_about_customers(logged: Run) -> None:
    """By what their customers are, whatever that is known from; each figure leads to the purchases that it counts."""
    for by in ("owner", "segment", "campaign", "region", "source", "company", "product", "country", "custom.product"):
        money = {row[by]: row["value"] for row in asked(logged, "report", "pareto", "--by", by)}
        words = ("pivot", "--rows", by, "--values", "purchase_value,purchases")
        rows = asked(logged, *words)
        assert {row[by]: row["purchase_value"] for row in rows} == money, by
        for row in rows:
            drilled = logged(*words, "--drill", "--row", row[by] or "—", "--column", "purchases")
            assert row["purchases"] == len(drilled.lines), (by, row, drilled.stderr)
    bought = asked(logged, "pivot", "--rows", "contact", "--cols", "owner", "--values", "purchases")
    assert [("bob", 2)] == [
        (owner, n) for row in bought if row.pop("contact") == "Zoë" for owner, n in row.items() if n
    ]
    alone = {
        row["contact"]: row["purchases"] for row in asked(logged, "pivot", "--rows", "contact", "--values", "purchases")
    }
    assert (1, 2) == (alone["Jane"], alone["Zoë"])
    assert asked(logged, "pivot", "--rows", "fiscal-quarter", "--cols", "segment", "--values", "customers")
    unknown = logged("pivot", "--rows", "ownr", "--values", "purchases")
    assert (2, True) == (unknown.code, "--rows: customers have no 'ownr' (did you mean owner?)" in unknown.stderr)


def test_each_record_is_counted_once(sold: Run) -> None:
    """However many of the values count it, and in however many groups it is; of several nouns each is named."""
    for values, n, said in (
        ("won_value", 5, ""), ("deals,won,lost", 10, ""), ("win_rate,open", 10, ""), ("won,cycle_mean", 5, ""),
        ("deals,activities", 13, "n: 10 deals and 3 activities"),
    ):  # fmt: skip
        for rows in ("owner", "contact"):
            words = ("pivot", "--rows", rows, "--values", values)
            told = sold(*words, "--format", "json", "--envelope")
            assert (n, True) == (told.json()["n"], said in " ".join(told.json()["notes"])), (values, rows)
            assert n == len(sold(*words, "--drill").lines), (values, rows)


def test_no_column_of_a_pivot_vanishes_on_a_narrow_screen(sold: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for all, each value has a table by itself, and that as many as it takes."""
    words = ("pivot", "--rows", "region", "--cols", "quarter", "--values", "won_value,win_rate", "--totals")
    monkeypatch.setenv("COLUMNS", "200")
    wide = sold(*words, "--format", "table").stdout
    assert "2024-Q1 won value  2024-Q1 win rate  2026-Q1 won value" in wide
    for columns in (80, 40, 24):
        monkeypatch.setenv("COLUMNS", str(columns))
        told = sold(*words, "--format", "table").stdout
        tables = told[: told.index("n = ")].split("\n\n")[:-1]
        assert all(len(line) <= columns for table in tables for line in table.splitlines()[1:]), told
        for shown in ("2024-Q1", "2026-Q1", "2026-Q2", "total", "6,000 EUR", "2,600 EUR", "66.7%", "50.0%"):
            assert any(shown in table for table in tables), (columns, shown, told)
        heads = [line for table in tables for line in table.splitlines() if line.startswith("region ")]
        assert 8 == sum(len(line.split()) - 1 for line in heads), told
    monkeypatch.setenv("COLUMNS", "60")
    told = sold("pivot", "--rows", "owner", "--values", "deals,won,lost,won_value,lost_value,average_won,win_rate")
    assert "average won" in told.stdout.replace("_", " ")


def test_on_no_store_there_is_nothing(crm: Run, tmp_path: Path) -> None:
    """As every other read: no figures, no file made, no error."""
    told = crm("pivot", "--rows", "region", "--cols", "quarter", "--values", "won,activities", "--format", "json")
    assert (0, "[]") == (told.code, told.stdout.strip())
    assert not [*tmp_path.rglob("*.db"), *tmp_path.rglob("*.duckdb")]


def test_every_figure_leads_to_its_records(sold: Run) -> None:
    for rows, cols, value in (
        ("region", "quarter", "won"), ("product", "owner", "lost"), ("company", "year", "open"), ("country", "", "activities"),
        ("owner", "", "deals"), ("segment", "quarter", "won"), ("segment", "", "activities"), ("contact", "owner", "deals"),
    ):  # fmt: skip
        words = ["pivot", "--rows", rows, "--values", value, *(["--cols", cols] if cols else [])]
        for row in asked(sold, *words):
            label, *_ = row.values()
            for column, count in list(row.items())[1:]:
                drilled = sold(*words, "--drill", "--row", label or "—", "--column", column)
                assert (0, count) == (drilled.code, len(drilled.lines)), (words, label, column, drilled.stderr)


def test_an_empty_store_has_no_figures(crm_on: Run) -> None:
    crm_on("store", "init")
    assert [] == asked(
        crm_on, "pivot", "--rows", "region", "--cols", "quarter", "--values", "won_value,win_rate", "--totals"
    )
    assert [{"won_value": None, "win_rate": None, "won": 0}] == asked(
        crm_on, "pivot", "--values", "won_value,win_rate,won"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rows", "regoin"), "--rows: deals have no 'regoin' (did you mean region?)"),
        (("--cols", "regoin"), "--cols: deals have no 'regoin' (did you mean region?)"),
        (("--values", "won_valu"), "--values: there is no 'won_valu' (did you mean won_value?)"),
        (("--rows", "region", "--cols", "region"), "region is named twice"),
        (("--rows", "contact", "--cols", "segment"), "contact and segment can't be crossed"),
        (("--rows", "type", "--values", "won,activities"), "type is another thing for activities than for deals"),
        (
            ("--rows", "owner", "--values", "won,activities", "--filter", "value > 3"),
            "--filter can't be on deal and activity",
        ),
        (("--rows", "reason", "--values", "activities"), "--rows: activities have no 'reason'"),
        (("--filter", "valu > 3"), "deal has no field 'valu'"),
        (("--drill", "--envelope"), "--drill and --envelope are two answers"),
    ],
)
def test_what_can_not_be_asked_is_said(crm: Run, words: tuple[str, ...], said: str) -> None:
    crm("deal", "add", "One")
    crm("contact", "add", "Jane")
    crm("segment", "add", "all", "--filter", "name is not empty")
    told = crm("pivot", *words)
    assert (2, "") == (told.code, told.stdout)
    assert said in told.stderr


def test_it_is_brought_up_to_date_by_itself_and_says_so(crm: Run) -> None:
    crm("deal", "add", "One", "--value", "100")
    crm("deal", "win", "One")
    assert "there is no warehouse" in crm("pivot", "--no-refresh").stderr
    first = crm("pivot", "--values", "won_value")
    assert "built the warehouse" in first.stderr
    again = crm("pivot", "--values", "won_value")
    assert ("won_value\n100\n", "") == (again.stdout, again.stderr)
    crm("deal", "edit", "One", "--value", "70")
    stale = crm("pivot", "--values", "won_value", "--no-refresh")
    assert ("won_value\n100\n", "the warehouse is a change behind\n") == (stale.stdout, stale.stderr)
    fresh = crm("pivot", "--values", "won_value")
    assert "won_value\n70\n" == fresh.stdout
    assert "refreshed the warehouse" in fresh.stderr


def test_info_refresh_export_and_rm(sold: Run, tmp_path: Path) -> None:
    assert "there is no warehouse yet" in sold("warehouse", "info").stderr
    assert 3 == sold("warehouse", "export", "--parquet", tmp_path / "lake").code
    assert "built the warehouse" in sold("warehouse", "refresh").stderr
    assert "nothing to do" in sold("warehouse", "refresh").stderr
    facts: Any = sold("warehouse", "info", "--format", "json").json()
    assert (0, True, 10, 3, 5) == (
        facts["behind"], facts["is_fresh"], facts["rows"]["deal"], facts["rows"]["company"],
        len([name for name in ("deal", "stage_change", "activity", "campaign_member", "purchase") if name in facts["rows"]]),
    )  # fmt: skip
    sold("deal", "rm", "Ten", "--yes")
    assert "1 change behind" in sold("warehouse", "info", "--format", "table").stdout
    written = asked(sold, "warehouse", "export", "--parquet", str(tmp_path / "lake"))
    assert [table.name for table in STAR] == [each["table"] for each in written]
    import pyarrow.parquet as parquet

    deals = parquet.read_table(tmp_path / "lake" / "deal.parquet").to_pylist()
    assert [column.name for column in STAR[0].columns] == list(deals[0])
    assert {"One": 1000.0, "Four": 4000.0, "Seven": None} == {
        deal["title"]: deal["value"] for deal in deals if deal["title"] in ("One", "Four", "Seven")
    }
    assert "deleted" in sold("warehouse", "rm", "--yes").stderr
    assert "there is no warehouse" in sold("warehouse", "rm", "--yes").stderr


def test_yen_and_dinars_are_in_their_own_unit(crm: Run, tmp_path: Path) -> None:
    for value in ("1500 JPY", "1.5 KWD", "2.50 EUR"):
        crm("deal", "add", value, "--value", value)
    crm("warehouse", "refresh")
    crm("warehouse", "export", "--parquet", tmp_path)
    import pyarrow.parquet as parquet

    deals = parquet.read_table(tmp_path / "deal.parquet").to_pylist()
    assert [1500.0, 1.5, 2.5] == [deal["value"] for deal in deals]


def test_each_table_of_the_star_joins_the_others(sold: Run, tmp_path: Path) -> None:
    sold("warehouse", "refresh")
    sold("warehouse", "export", "--parquet", tmp_path)
    import pyarrow.parquet as parquet

    tables = {table.name: parquet.read_table(tmp_path / f"{table.name}.parquet").to_pylist() for table in STAR}
    for fact in (table for table in STAR if table.kind == "fact"):
        for column in (each.name for each in fact.columns[1:] if each.name.endswith("_key")):
            name = column.removesuffix("_key").removeprefix("from_").removeprefix("to_")
            known = {row[f"{name}_key"] for row in tables[name]}
            assert {row[column] for row in tables[fact.name]} - {None} <= known, (fact.name, column)
    days = {row["date"] for row in tables["date"]}
    assert {row["closed_on"] for row in tables["deal"]} - {None} <= days
    assert {row["product"] for row in tables["deal"]} - {None} == {row["product"] for row in tables["product"]}


def test_many_ways_out(sold: Run, tmp_path: Path) -> None:
    words = ("pivot", "--rows", "region", "--cols", "quarter", "--values", "won_value")
    assert "West" in sold(*words, "--chart", tty=True).stdout
    assert 0 == sold(*words, "--output", tmp_path / "p.html").code
    assert "West" in (tmp_path / "p.html").read_text("utf-8")
    assert sold(*words, "--format", "csv").lines[0] == "region,2024-Q1,2026-Q1,2026-Q2"
    envelope: Any = sold(*words, "--format", "json", "--envelope").json()
    assert ("EUR", 5) == (envelope["currency"], envelope["n"])


# -- reports from the warehouse


def _plain(value: Any) -> Any:
    """Floats to ten digits: sums are not added up in the same order."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return tuple(_plain(each) for each in value) if isinstance(value, tuple) else value


# What is asked of the store however large it is, and why.
_STAYS = {
    "campaigns": "what was sent and came back, line by line, is not copied",
    "response": "nor are the answers to campaigns that it learns from",
    "hygiene": "it is about addresses and numbers, which are not copied",
}


def _without_note(report: Report) -> Report:
    """The report, and its parts, not saying where it is from."""
    notes = tuple(note for note in report.notes if "from the warehouse" not in note)
    return report._replace(notes=notes, parts=tuple(map(_without_note, report.parts)))


def _queries(question: Question) -> list[Asked]:
    name = question.name
    queries = [Asked(name)]
    if question.groups in ("deal", "forecast"):
        queries += [Asked(name, by) for by in ("owner", "quarter", "custom.product", "contact", "segment")]
        queries.append(Asked(name, "region", filter="value > 500"))
        queries.append(Asked(name, filter="contact.segment = west"))
    if question.groups in ("activity", "contact"):
        queries += [Asked(name, by) for by in ("product", "campaign")]
        queries.append(Asked(name, filter="segment = west" if question.noun == "contact" else "contact.segment = west"))
    if question.groups in CUSTOMER_GROUPS and name != "response":
        queries += [Asked(name, by) for by in ("owner", "region", "contact.segment", "custom.product", "source")]
    return queries


def _add_whole_intervals(run: Run) -> None:
    """A deal decided on the day expected, one who is called after five minutes, and a mail answered after an hour."""
    bea = "name,email,created\nBea,bea@x.com,2026-11-01T10:00:00Z\n"
    for told in (
        run("deal", "edit", "Two", "--expected-close", "2026-04-10"),
        run("import", "contacts", "-", "--map", "created=created_at", stdin=bea),
        run("log", "call", "hi", "--contact", "Bea", "--at", "2026-11-01T10:05:00Z"),
        run("log", "email", "q", "--contact", "Bea", "--direction", "in", "--at", "2026-11-02T10:00:00Z"),
        run("log", "email", "a", "--contact", "Bea", "--direction", "out", "--at", "2026-11-02T11:00:00Z"),
    ):
        assert 0 == told.code, told.stderr
    assert [0] == [row["slipped"] for row in asked(run, "report", "slippage", "--filter", "title = Two")]
    assert [1.0] == [row["within_5min"] for row in asked(run, "report", "leads", "--period", "2026-11-01")]
    assert [1.0] == [row["within_1h"] for row in asked(run, "report", "response-times")]


@pytest.mark.parametrize("filled", ["sold", "logged"])
def test_every_report_says_the_same_from_store_and_warehouse(
    request: pytest.FixtureRequest, filled: str, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With won deals or a transaction log for purchases; all but a few are answered from the warehouse, and say so."""
    run: Run = request.getfixturevalue(filled)
    assert 0 == run("deal", "edit", "Eight", "--expected-close", "2026-07-01").code
    _add_whole_intervals(run)
    app = AppContext(Flags(store=store_url, quiet=True))
    app.warehouse.refresh()
    for query in (query for question in QUESTIONS for query in _queries(question)):
        monkeypatch.setattr("crmcli.services.warehouse.LARGE", 10**9)
        try:
            store = app.answer(query)
        except Refused:  # too few customers for a model
            assert filled == "sold" or query.name == "response", query
            continue
        monkeypatch.setattr("crmcli.services.warehouse.LARGE", 0)
        copy = app.answer(query)
        assert ("from the warehouse, which is fresh" in copy.notes) != (query.name in _STAYS), query
        assert _plain(_without_note(store)) == _plain(_without_note(copy)), query


def test_activities_too_make_a_store_large(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in ("One", "Two", "Three"):
        crm("log", "note", words)
    crm("warehouse", "refresh")
    for most, is_copied in ((3, False), (2, True)):
        monkeypatch.setattr("crmcli.services.warehouse.LARGE", most)
        assert is_copied == ("from the warehouse" in crm("report", "activity", "--explain", "--format", "table").stderr)


def test_a_stale_warehouse_is_not_asked(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmcli.services.warehouse.LARGE", 0)
    crm("deal", "add", "One", "--value", "100")
    crm("deal", "win", "One")
    crm("warehouse", "refresh")
    assert (
        "from the warehouse"
        in crm("report", "won", "--format", "table").stderr + crm("report", "won", "--format", "table").stdout
    )
    crm("deal", "edit", "One", "--value", "70")
    told = crm("report", "won", "--format", "table")
    assert "from the warehouse" not in told.stdout + told.stderr
    assert "70" in told.stdout


def test_a_filter_by_segment_is_asked_in_the_store(sold: Run) -> None:
    """Whatever link leads to the segment."""
    for words, figure in (
        (("--values", "deals", "--filter", "contact.segment = west"), 3),
        (("--values", "activities", "--filter", "company.contact.segment = west"), 3),
    ):
        assert [figure] == [row[words[1]] for row in asked(sold, "pivot", "--rows", "region", *words)], words


def test_customers_are_who_the_reports_say_they_are(crm_on: Run, tmp_path: Path) -> None:
    """Whatever words the log has for them: a company, a person, or somebody whom only the log knows."""
    crm_on("contact", "add", "Jane O'Doe", "--email", "jane@acme.com")
    crm_on("company", "add", "Łódź Ltd")
    lines = ["customer,date,amount", "jane@acme.com,2026-01-05,10", "Jane O'Doe,2026-02-05,20", "Łódź Ltd,2026-02-05,5"]
    (tmp_path / "log.csv").write_text("\n".join([*lines, "上海,2026-02-05,7"]) + "\n", "utf-8")
    assert 0 == crm_on("purchases", "import", "log.csv").code
    words = ("pivot", "--rows", "customer", "--values", "purchase_value,purchases,customers")
    found = asked(crm_on, *words)
    assert {row["customer"]: (row["purchase_value"], row["purchases"], row["customers"]) for row in found} == {
        "Jane O'Doe": (30, 2, 1), "Łódź Ltd": (5, 1, 1), "上海": (7, 1, 1),
    }  # fmt: skip
    spent = {row["customer"]: row["value"] for row in crm_on("report", "pareto", "--format", "json").json()}
    assert spent == {row["customer"]: row["purchase_value"] for row in found}
    for row in found:
        drilled = crm_on(*words, "--drill", "--row", row["customer"])
        assert (0, row["purchases"]) == (drilled.code, len(drilled.lines))


@pytest.mark.parametrize("lies", ["store", "text", "folder", "database"])
def test_what_is_no_warehouse_is_neither_replaced_nor_deleted(crm: Run, tmp_path: Path, lies: str) -> None:
    """A path that is set wrongly costs nothing: not the store, nor a file or database of one's own."""
    import duckdb

    crm("contact", "add", "Jane Doe")
    (store,) = [path for path in tmp_path.rglob("*.db") if path.is_file()]
    place = {"store": store}.get(lies, tmp_path / "mine.duckdb")
    if lies == "text":
        place.write_text("a letter\n", "utf-8")
    elif lies == "folder":
        place.mkdir()
    elif lies == "database":
        with duckdb.connect(str(place)) as mine:
            mine.execute("CREATE TABLE mine AS SELECT 42 AS answer")
    crm("config", "set", "warehouse.path", str(place))
    for words in (("refresh",), ("refresh", "--full"), ("rm", "--yes")):
        refused = crm("warehouse", *words)
        assert (5, "") == (refused.code, refused.stdout)
        assert f"{place} is not a warehouse and was left alone" in refused.stderr
    assert 0 == crm("contact", "forget", "1", "--confirm", "Jane Doe").code
    assert place.exists()
    assert 0 == crm("contact", "add", "John").code
    if lies == "database":
        with duckdb.connect(str(place)) as mine:
            assert [(42,)] == mine.execute("SELECT answer FROM mine").fetchall()


def test_the_warehouse_of_another_store_is_not_asked_as_it_is(crm: Run, tmp_path: Path) -> None:
    crm("deal", "add", "One", "--value", "10")
    crm("config", "set", "warehouse.path", str(tmp_path / "shared.duckdb"))
    crm("warehouse", "refresh")
    other = ("--db", str(tmp_path / "other.db"))
    crm(*other, "contact", "add", "Jane")
    refused = crm(*other, "pivot", "--values", "deals", "--no-refresh")
    assert (5, "") == (refused.code, refused.stdout)
    assert "the warehouse is of another store" in refused.stderr
