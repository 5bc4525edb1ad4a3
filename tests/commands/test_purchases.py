"""`crm purchases`: what customers bought, from logs and by hand."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CDNOW = ("--fixed", "customer:8-11,date:13-20,quantity:21-23,amount:24-31", "--date-format", "%Y%m%d")
LOG = """Client No,Order Date,Total,Item,Qty
Jane Doe,05/03/2026,"1.234,50",tea,2
jane@x.com,13/03/2026,"2,00",чай,1
Nobody Known,14/03/2026,"99,00 USD",tea,"0,5"
Nobody Known,14/03/2026,"99,00 USD",tea,"0,5"
"""
SHOWN = (
    "purchases",
    "list",
    "--fields",
    "customer,contact,company,at,value,currency,product,quantity",
    "--format",
    "csv",
)


def _log(text: str = LOG, name: str = "log.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def _numbers(crm: Callable[..., Any]) -> list[str]:
    """The numbers of the changes, the newest first."""
    return [str(each["number"]) for each in crm("history", "--format", "json").json()]


def _known(crm: Callable[..., Any]) -> None:
    crm("contact", "add", "Jane Doe", "--email", "jane@x.com")
    crm("company", "add", "Acme")


def test_the_published_log_is_read_as_it_is(crm: Callable[..., Any], shared: Path) -> None:
    """CDNOW by places, 6,919 purchases of 2,357 customers; again it changes nothing, and undo takes it back."""
    file = shared / "cdnow" / "CDNOW_sample.txt"
    first = crm("purchases", "import", file, *CDNOW, "--report", "json").json()
    assert {name: first[name] for name in ("read", "created", "unchanged", "rejected_count")} == {
        "read": 6919, "created": 6919, "unchanged": 0, "rejected_count": 0,
    }  # fmt: skip
    again = crm("purchases", "import", file, *CDNOW, "--report", "json").json()
    assert (again["created"], again["unchanged"]) == (0, 6919)
    sql = "SELECT COUNT(*) n, COUNT(DISTINCT customer) customers, CAST(ROUND(SUM(value) * 100) AS INTEGER) cents FROM v_purchase"
    assert crm("sql", sql, "--format", "json").json() == [{"n": 6919, "customers": 2357, "cents": 24_409_194}]
    assert crm("purchases", "list", "--customer", "0001", "--format", "json").json()[0]["value"] == 29.33
    crm("undo")
    assert crm("purchases", "list", "--format", "ids").lines == []
    crm("undo")
    assert len(crm("purchases", "list", "--format", "ids").lines) == 6919


def test_orders_and_their_lines_become_purchases(crm: Callable[..., Any], shared: Path, tmp_path: Path) -> None:
    """Two files that belong together go through one SELECT: what is paid is price by quantity, less the discount."""
    orders = tmp_path / "northwind.db"
    with sqlite3.connect(orders) as kept:
        for name in ("orders", "order_details", "products", "customers"):
            with (shared / "northwind" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
                header, *rows = csv.reader(file)
            kept.execute(f"CREATE TABLE {name} ({', '.join(header)})")
            kept.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(header))})", rows)
    kept.close()
    query = (
        "SELECT c.companyName AS customer, o.orderDate AS date, p.productName AS product, d.quantity,"
        " printf('%.2f', d.unitPrice * d.quantity * (1 - d.discount)) AS amount"
        " FROM order_details d JOIN orders o USING (orderID) JOIN products p USING (productID) JOIN customers c USING (customerID)"
    )
    crm("company", "add", "Ernst Handel")
    done = crm(
        "purchases",
        "import",
        orders,
        "--query",
        query,
        "--source",
        "northwind",
        "--currency",
        "USD",
        "--report",
        "json",
    )
    assert (done.code, done.json()["created"]) == (0, 2155)
    told = crm(
        "sql", "SELECT COUNT(DISTINCT customer) c, COUNT(company_id) linked, ROUND(SUM(value)) v FROM v_purchase"
    )
    assert told.lines[1].split("\t") == ["89", "102", "1265793.0"]


def test_a_log_names_people_companies_and_strangers(crm_on: Callable[..., Any]) -> None:
    """By e-mail, by exact name, or by nothing but its own words; equal lines are different purchases."""
    _known(crm_on)
    crm_on("purchases", "add", "acme", "--amount", "120 EUR", "--date", "2026-03-01", "--product", "cup")
    dry = crm_on("purchases", "import", _log(), "--dry-run", "--format", "json").json()
    assert (dry["created"], dry["stored"], len(dry["changes"])) == (4, False, 4)
    assert crm_on("purchases", "import", _log()).stderr == "crm undo takes it back\n"
    assert crm_on(*SHOWN).lines[1:] == [
        "acme,,Acme,2026-03-01T00:00:00Z,120,EUR,cup,",
        "Jane Doe,Jane Doe,,2026-03-05T00:00:00Z,1234.50,EUR,tea,2.0",
        "jane@x.com,Jane Doe,,2026-03-13T00:00:00Z,2,EUR,чай,1.0",
        "Nobody Known,,,2026-03-14T00:00:00Z,99,USD,tea,0.5",
        "Nobody Known,,,2026-03-14T00:00:00Z,99,USD,tea,0.5",
    ]
    again = crm_on("purchases", "import", _log(), "--report", "json").json()
    assert (again["created"], again["unchanged"]) == (0, 4)


def test_what_became_of_a_purchase(crm_on: Callable[..., Any]) -> None:
    """By its uid or its number, also of one that came with many, and of one that is gone."""
    crm_on("purchases", "add", "acme", "--amount", "120 EUR", "--date", "2026-03-01")
    crm_on("purchases", "import", _log())
    first, second = crm_on("purchases", "list", "--format", "ids").lines[:2]
    crm_on("purchases", "rm", first, "--yes")
    told = [each["command"] for each in crm_on("history", first, "--format", "json").json()]
    assert ["purchases rm", "purchases add"] == told
    assert told == [each["command"] for each in crm_on("history", "purchase:#1", "--format", "json").json()]
    assert ["purchases import"] == [each["command"] for each in crm_on("history", second, "--format", "json").json()]
    assert 5 == len(crm_on("purchases", "list", "--format", "ids").lines) + 1
    for ref in ("purchase:x", "pu_9", "purchase:99999999999999999999"):
        assert f"no purchase {ref.removeprefix('purchase:')}" in crm_on("history", ref).stderr
    assert "several purchases answer to 'pu_'" in crm_on("history", "pu_").stderr


def test_unknown_customers_can_be_made_contacts(crm_on: Callable[..., Any]) -> None:
    """Once each, found again by the log's words the next time, and gone with the import."""
    _known(crm_on)
    text = "customer,date,amount\n0042,2026-01-01,5\n0042,2026-01-02,6\nnew@y.com,2026-01-03,7\nAcme,2026-01-04,8\n"
    done = crm_on("purchases", "import", _log(text), "--create", "--source", "shop", "--report", "json").json()
    assert (done["created"], done["linked"]) == (4, {"contact": 2})
    contacts = crm_on(
        "contact", "list", "--fields", "name,emails,external_id", "--sort", "name", "--format", "csv"
    ).lines
    assert contacts == ["name,emails,external_id", "0042,,shop:0042", "Jane Doe,jane@x.com,", "new,new@y.com,"]
    crm_on("purchases", "import", _log("customer,date,amount\n0042,2026-02-01,5\n"), "--source", "shop", "--create")
    assert len(crm_on("purchases", "list", "--filter", "contact.name = 0042", "--format", "ids").lines) == 3
    for number in _numbers(crm_on)[:2]:
        assert crm_on("undo", number).code == 0
    assert crm_on("contact", "list", "--fields", "name", "--format", "csv").lines == ["name", "Jane Doe"]
    assert crm_on("purchases", "list", "--format", "ids").lines == []


@pytest.mark.parametrize(
    ("text", "flags", "message"),
    [
        ("a,b\n1,2\n", (), "no column says who bought: a, b (try: --map 'COLUMN=customer')"),
        ("customer,b\n1,2\n", (), "no column says when: customer, b (try: --map 'COLUMN=date')"),
        (
            "customer,date\nA,2026-01-01\n",
            ("--map", "x=date"),
            "map: there is no column 'x' (the columns are: customer, date)",
        ),
        ("customer,date\nA,2026-01-01\n", ("--map", "date=day"), "map: a purchase has no field 'day'"),
        (
            "customer,date,x\nA,2026-01-01,1\n",
            ("--map", "date=amount", "--map", "x=amount"),
            "map: two columns go to value",
        ),
    ],
)
def test_columns_that_say_nothing_are_refused(
    crm: Callable[..., Any], text: str, flags: tuple[str, ...], message: str
) -> None:
    """With the remedy."""
    done = crm("purchases", "import", _log(text), *flags)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"crm: error: {message}")


def test_dates_with_two_readings_are_refused_until_told(crm: Callable[..., Any]) -> None:
    """A wrong month is a wrong report."""
    text = "customer,date,amount\nA,05/03/2026,5\nB,06/04/2026,5\n"
    refused = crm("purchases", "import", _log(text))
    assert refused.code == 2
    assert "can be read in two ways in 2 of 2 rows; nothing was stored" in refused.stderr
    crm("purchases", "import", _log(text), "--date-format", "mdy")
    assert crm("purchases", "list", "--fields", "at", "--format", "csv").lines[1:] == [
        "2026-05-03T00:00:00Z",
        "2026-06-04T00:00:00Z",
    ]


def test_bad_lines_cost_themselves_alone_when_that_is_wanted(crm_on: Callable[..., Any]) -> None:
    """Otherwise nothing is stored; what is rejected comes back as a file to mend."""
    lines = ("id,customer,date,amount", "1,A,2026-01-01,5", "2,,2026-01-01,5", "3,C,never,5", "4,D,2026-01-01,-5",
             "1,A,2026-01-01,6", "1,A,2026-01-01,5", "")  # fmt: skip
    text = "\n".join(lines)
    whole = crm_on("purchases", "import", _log(text))
    assert whole.code == 2
    assert "4 of 6 rows can't be imported; nothing was stored" in whole.stderr
    partly = crm_on("purchases", "import", _log(text), "--rejects", "bad.csv", "--report", "json")
    told = json.loads(partly.stdout)
    assert (partly.code, told["created"], told["unchanged"]) == (7, 1, 1)
    with Path("bad.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["reject_line"], row["reject_reason"].partition(" (")[0]) for row in csv.DictReader(file)] == [
            ("3", "customer: is empty"), ("4", "date: can't read 'never'"), ("5", 'amount: "-5" is below zero'),
            ("6", "id 1 is on an earlier line that says something else"),
        ]  # fmt: skip


def test_who_is_known_later_is_linked_by_reading_the_log_again(crm_on: Callable[..., Any]) -> None:
    """Once, in one step of undo; the others are made where that is wanted; who was forgotten stays so."""
    text = "customer,date,amount\nJane Doe,2026-01-01,5\nJane Doe,2026-01-02,5\nAcme,2026-01-03,5\nBob,2026-01-04,5\n"
    links = ("purchases", "list", "--fields", "contact,company", "--format", "csv")

    def again(*how: str) -> tuple[int, int, int, dict[str, int]]:
        told = crm_on("purchases", "import", _log(text), *how, "--report", "json").json()
        return told["created"], told["updated"], told["unchanged"], told["linked"] | told["notes"]

    assert again() == (4, 0, 0, {})
    _known(crm_on)
    linked = "purchases of before, linked to their customers now"
    assert again("--dry-run") == again() == (0, 3, 1, {linked: 3})
    assert again("--update") == (0, 0, 4, {})
    assert crm_on(*links).lines[1:] == ["Jane Doe,", "Jane Doe,", ",Acme", ","]
    assert again("--create") == (0, 1, 3, {"contact": 1, linked: 1})
    assert [row["customer"] for row in crm_on("report", "rfm", "--format", "json").json() if row["id"] is None] == []
    for number in _numbers(crm_on)[:2]:
        assert crm_on("undo", number).code == 0
    assert crm_on(*links).lines[1:] == [","] * 4
    again()
    crm_on("contact", "forget", "jane@x.com", "--confirm", "Jane Doe")
    crm_on("contact", "add", "Jane Doe")
    assert again() == (0, 0, 4, {})


def test_a_refund_is_refused_with_what_to_do(crm: Callable[..., Any]) -> None:
    remedy = "take a refund off the purchase that it pays back: amounts are net"
    assert remedy in crm("purchases", "add", "A", "--amount", "-5").stderr
    assert remedy in crm("purchases", "import", _log("customer,date,amount\nA,2026-01-01,-5\n")).stderr
    assert remedy not in crm("purchases", "add", "A", "--amount", "five").stderr


def test_a_line_with_a_number_of_its_own_can_be_changed(crm_on: Callable[..., Any]) -> None:
    """It is left alone unless told otherwise."""
    crm_on("purchases", "import", _log("id,customer,date,amount\n1,A,2026-01-01,5\n"))
    changed = _log("id,customer,date,amount\n1,A,2026-01-01,6\n")
    assert crm_on("purchases", "import", changed, "--report", "json").json()["skipped"] == 1
    assert crm_on("purchases", "import", changed, "--update", "--report", "json").json()["updated"] == 1
    fields = ("--fields", "value,external_id", "--format", "csv")
    assert crm_on("purchases", "list", *fields).lines[1:] == ["6,1"]
    crm_on("undo")
    assert crm_on("purchases", "list", *fields).lines[1:] == ["5,1"]


@pytest.mark.parametrize(
    ("asked", "products"),
    [
        (("--filter", "amount > 50 and product is not empty"), ["cup", "tea"]),
        (("--filter", "contact.email = jane@x.com"), ["pot"]),
        (("--filter", "company is empty"), ["tea", "pot"]),
        (("--filter", '"ŻÓŁW"'), ["tea"]),
        (("--filter", "quantity = 2 and source is empty"), ["pot"]),
        (("--customer", "jane doe"), ["pot"]),
        (("--period", "Q1-2026"), ["cup", "tea"]),
        (("--sort", "amount", "--reverse", "--limit", "1"), ["cup"]),
        (("--product", "POT"), ["pot"]),
    ],
)
def test_purchases_are_found(crm_after: Callable[..., Any], asked: tuple[str, ...], products: list[str]) -> None:
    """By the filter language and by flags."""
    crm = crm_after(
        ("contact", "add", "Jane Doe", "--email", "jane@x.com"),
        ("company", "add", "Acme"),
        ("purchases", "add", "--company", "Acme", "--amount", "120", "--product", "cup", "--date", "2026-01-05"),
        (
            "purchases",
            "add",
            "Żółw",
            "--amount",
            "99 USD",
            "--product",
            "tea",
            "--date",
            "2026-02-05",
            "--source",
            "shop",
        ),
        (
            "purchases",
            "add",
            "--contact",
            "jane@x.com",
            "--amount",
            "3",
            "--product",
            "pot",
            "--quantity",
            "2",
            "--date",
            "2026-04-05",
        ),
    )
    found = crm("purchases", "list", *asked, "--format", "json").json()
    assert [each["product"] for each in found] == products


def test_purchases_are_taken_away_and_brought_back(crm_on: Callable[..., Any]) -> None:
    """By number, by filter and by log; each is one step of undo."""
    crm_on("purchases", "import", _log(), "--source", "shop")
    crm_on("purchases", "add", "Bob", "--amount", "1")
    assert (
        crm_on("purchases", "rm", "1", "2").stderr.splitlines()[0]
        == "deleted purchase #1 Jane Doe (crm undo takes it back)"
    )
    assert crm_on("purchases", "rm", "--where", "product = tea", "--dry-run").stderr == "would delete 2 purchases\n"
    assert (
        crm_on("purchases", "rm", "--source", "shop", "--yes").stderr
        == "deleted 2 purchases (crm undo takes it back)\n"
    )
    assert len(crm_on("purchases", "list", "--format", "ids").lines) == 1
    for number, count in zip(_numbers(crm_on), (3, 5), strict=False):
        assert crm_on("undo", number).code == 0
        assert len(crm_on("purchases", "list", "--format", "ids").lines) == count
    assert crm_on("purchases", "rm", "99").code == 3
    assert crm_on("purchases", "rm").code == 2


def test_what_was_taken_away_and_read_again_does_not_come_back_twice(crm_on: Callable[..., Any]) -> None:
    """Taking the deletion back is refused by the lines that are there by now."""
    crm_on("purchases", "import", _log())
    crm_on("purchases", "rm", "--source", "log", "--yes")
    crm_on("purchases", "import", _log())
    refused = crm_on("undo", _numbers(crm_on)[1])
    assert refused.code == 4
    assert "there is another purchase Jane Doe by now" in refused.stderr


def test_a_merge_takes_the_purchases_along(crm_on: Callable[..., Any]) -> None:
    """So that one customer is one in every report; unmerging gives them back."""
    crm_on("contact", "add", "Jane Doe", "--email", "jane@x.com")
    crm_on("contact", "add", "J. Doe")
    crm_on("purchases", "add", "--contact", "jane@x.com", "--amount", "1")
    crm_on("purchases", "add", "--contact", "J. Doe", "--amount", "2")
    crm_on("contact", "merge", "jane@x.com", "J. Doe")
    fields = ("purchases", "list", "--fields", "contact,value", "--sort", "value", "--format", "csv")
    assert crm_on(*fields).lines[1:] == ["Jane Doe,1", "Jane Doe,2"]
    crm_on("unmerge", "J. Doe")
    assert crm_on(*fields).lines[1:] == ["Jane Doe,1", "J. Doe,2"]


def test_the_forgotten_bought_something_all_the_same(crm_on: Callable[..., Any]) -> None:
    """Days and amounts stay, the name goes, also where only the log's words tell who it was."""
    crm_on("purchases", "import", _log())  # before the person is known
    crm_on("contact", "add", "Jane Doe", "--email", "jane@x.com")
    crm_on("purchases", "add", "--contact", "jane@x.com", "--amount", "1", "--date", "2026-05-01")
    person = json.loads(crm_on("contact", "export-all", "jane@x.com").stdout)
    assert [each["customer"] for each in person["purchases"]] == ["Jane Doe", "jane@x.com", "Jane Doe"]
    crm_on("contact", "forget", "jane@x.com", "--confirm", "Jane Doe")
    told = [line.split(",")[0] for line in crm_on(*SHOWN).lines[1:]]
    assert told == ["(forgotten)", "(forgotten)", "Nobody Known", "Nobody Known", "(forgotten)"]
    assert "jane" not in crm_on("export", "all").stdout.lower()


def test_the_whole_store_is_carried_with_its_purchases_and_rates(
    crm_on: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are, and still known again by their log."""
    crm_on("purchases", "import", _log())
    crm_on("rate", "set", "USD", "0.9", "--on", "2026-01-01", "--note", "bank")
    before = [crm_on(*SHOWN).stdout, crm_on("rate", "list", "--format", "json").stdout]
    crm_on("export", "all", "--output", "all.jsonl")
    monkeypatch.setenv("CRM_DB", str(tmp_path / "other.db"))
    assert crm_on("import", "all", "all.jsonl").code == 0
    assert [crm_on(*SHOWN).stdout, crm_on("rate", "list", "--format", "json").stdout] == before
    assert crm_on("purchases", "import", _log(), "--report", "json").json()["unchanged"] == 4


def test_a_log_without_amounts_says_so(crm: Callable[..., Any]) -> None:
    """Where the amount was looked for beyond the end of the lines; and one purchase is no purchases."""
    _log("0001 20260105 1177\n", "log.txt")
    read = crm("purchases", "import", "log.txt", "--fixed", "customer:1-4,date:6-13,amount:90-99", "--report", "json")
    assert {"purchases without an amount": 1} == read.json()["notes"]
    assert "log: 1 new purchase" == crm("history", "--format", "json").json()[0]["summary"]
