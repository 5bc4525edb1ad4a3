"""``crm import``: what a row says of other records: by name, domain, e-mail, or their number in another system."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.test_import import listed, tally, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.test_import import Crm

__all__ = ["write"]  # a fixture

COMPANIES = "Company ID,Name,Website\n10,Acme,acme.com\n11,Beta,beta.com\n12,Acme,\n"
CONTACTS = "Contact ID,Name,Email\n20,Jane,jane@x.com\n21,Bob,\n"
DEALS = "Deal ID,Title\n30,Pilot\n31,Renewal\n"


@pytest.fixture
def export(crm_on: Crm, write: Callable[..., str]) -> Callable[..., str]:
    """An export of three files is in; a fourth one is written."""
    flags = ["--source", "hub", "--key", "external_id"]
    for noun, content in (("companies", COMPANIES), ("contacts", CONTACTS), ("deals", DEALS)):
        assert crm_on("import", noun, write(content, f"{noun}.csv"), *flags).code == 0
    return write


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("Beta", "hub:11"),
        ("beta", "hub:11"),
        ("beta.com", "hub:11"),
        ("https://www.beta.com/", "hub:11"),
        ("11", "hub:11"),
        ("hub:11", "hub:11"),
        ("hub:12", "hub:12"),
    ],
)
def test_a_company_cell(crm_on: Crm, export: Callable[..., str], cell: str, number: str) -> None:
    """Whatever names the company leads to it, and none is made."""
    file = export(f"Contact ID,Name,Company\n22,Eve,{cell}\n", "more.csv")
    result = crm_on("import", "contacts", file, "--source", "hub", "-o", "json")
    assert (tally(result), json.loads(result.stdout)["linked"]) == ({"read": 1, "created": 1}, {})
    ids = {company["id"]: company["external_id"] for company in listed(crm_on, "company")}
    eve = next(person for person in listed(crm_on, "contact") if person["name"] == "Eve")
    assert [ids[company["id"]] for company in eve["companies"]] == [number]


@pytest.mark.parametrize("cell", ["Jane", "jane@x.com", "20", "hub:20"])
def test_a_contact_cell(crm_on: Crm, export: Callable[..., str], cell: str) -> None:
    """A deal's person by name, address or number."""
    file = export(f"Deal ID,Title,Contact\n32,New,{cell}\n", "more.csv")
    assert crm_on("import", "deals", file, "--source", "hub").code == 0
    deal = next(deal for deal in listed(crm_on, "deal") if deal["title"] == "New")
    assert ([person["name"] for person in deal["contacts"]], len(listed(crm_on, "contact"))) == (["Jane"], 2)


@pytest.mark.parametrize("cell", ["Pilot", "30", "hub:30"])
def test_a_deal_cell(crm_on: Crm, export: Callable[..., str], cell: str) -> None:
    """An activity's deal by title or number."""
    file = export(f"Subject,Type,Deal\nTalk,call,{cell}\n", "more.csv")
    assert crm_on("import", "activities", file, "--source", "hub").code == 0
    (activity,) = listed(crm_on, "activity")
    assert activity["deal"]["name"] == "Pilot"


def test_columns_of_numbers_link_the_files_of_an_export(crm_on: Crm, export: Callable[..., str]) -> None:
    """Several numbers in a cell where the field holds several; the company of two of one name is the numbered one."""
    people = export("Contact ID,Name,Firm\n22,Eve,11;12\n", "people.csv")
    assert crm_on("import", "contacts", people, "--source", "hub", "--map", "Firm=company.external_id").code == 0
    deals = export("Deal ID,Title,Firm,People\n32,New,12,20;21\n", "deals2.csv")
    maps = ["--map", "Firm=company.external_id", "--map", "People=contact.external_id"]
    assert crm_on("import", "deals", deals, "--source", "hub", *maps).code == 0
    calls = export("Call ID,Type,Subject,About,Who\n1,call,Talk,31,22\n", "calls.csv")
    maps = ["--map", "About=deal.external_id", "--map", "Who=contact.external_id"]
    assert crm_on("import", "activities", calls, "--source", "hub", *maps).code == 0
    companies = {company["id"]: company["external_id"] for company in listed(crm_on, "company")}
    eve = next(person for person in listed(crm_on, "contact") if person["name"] == "Eve")
    assert [companies[company["id"]] for company in eve["companies"]] == ["hub:11", "hub:12"]
    deal = next(deal for deal in listed(crm_on, "deal") if deal["title"] == "New")
    assert (companies[deal["company"]["id"]], [c["name"] for c in deal["contacts"]]) == ("hub:12", ["Jane", "Bob"])
    (call,) = listed(crm_on, "activity")
    assert (call["deal"]["name"], [c["name"] for c in call["contacts"]]) == ("Renewal", ["Eve"])
    assert len(companies) == 3
    again = crm_on("import", "deals", deals, "--source", "hub", "--update", *maps[:0],
                   "--map", "Firm=company.external_id", "--map", "People=contact.external_id", "-o", "json")  # fmt: skip
    assert tally(again) == {"read": 1, "unchanged": 1}


def test_a_number_that_nothing_has(crm_on: Crm, export: Callable[..., str]) -> None:
    """Alone it can't be a record, so the row waits; with a name it is one, which the next row finds by it."""
    maps = ["--map", "Firm=company.external_id", "--map", "Firm Name=company"]
    file = export("Name,Firm,Firm Name\nA,99,\nB,hub:98,Gamma\nC,98,\nD,97,Beta\n", "more.csv")
    result = crm_on("import", "contacts", file, "--source", "hub", *maps, "--skip-errors", "-o", "json")
    assert tally(result) == {"read": 4, "created": 3, "rejected": 1}
    (rejection,) = json.loads(result.stdout)["rejected"]
    assert rejection["reason"] == "no company hub:99 (import the companies first, with the same --source)"
    found = [(company["name"], company["external_id"]) for company in listed(crm_on, "company")]
    # A Beta with another number in the same system is another company.
    assert found == [
        ("Acme", "hub:10"),
        ("Beta", "hub:11"),
        ("Acme", "hub:12"),
        ("Gamma", "hub:98"),
        ("Beta", "hub:97"),
    ]


def test_a_number_of_another_system_is_no_link(crm_on: Crm, export: Callable[..., str]) -> None:
    """Unless it says whose it is."""
    maps = ["--map", "Firm=company.external_id", "--skip-errors"]
    file = export("Name,Firm\nA,10\nB,hub:10\n", "more.csv")
    result = crm_on("import", "contacts", file, "--source", "shop", *maps, "-o", "json")
    assert tally(result) == {"read": 2, "created": 1, "rejected": 1}


def test_a_parent_by_its_number(crm_on: Crm, write: Callable[..., str]) -> None:
    """Also when it comes later in the file."""
    file = write("Account ID,Name,Parent\n1,Child,2\n2,Mother,\n", "accounts.csv")
    assert crm_on("import", "companies", file).code == 0
    assert {c["name"]: c["parent"] and c["parent"]["name"] for c in listed(crm_on, "company")} == {
        "Child": "Mother",
        "Mother": None,
    }


def test_what_was_made_on_the_way_is_told_and_undone(crm_on: Crm, write: Callable[..., str]) -> None:
    """New people and companies that rows name."""
    file = write("Title,Company,Contact\nPilot,Acme,jane@x.com\nMore,Acme,bob@x.com\n")
    result = crm_on("import", "deals", file, "--report", "json", "--quiet")
    assert json.loads(result.stdout)["linked"] == {"company": 1, "contact": 2}
    crm_on("undo")
    assert [listed(crm_on, noun) for noun in ("deal", "company", "contact")] == [[], [], []]
