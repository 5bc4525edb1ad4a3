"""``crm import``: modes, keys, who wins field by field, and the way back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.test_import import listed, tally, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.test_import import Crm

__all__ = ["write"]  # a fixture

ROWS = "Name,Email,Title\nJane,jane@x.com,CEO\nBob,bob@x.com,Dev\n"


def only(crm: Crm, noun: str = "contact") -> dict[str, Any]:
    """The one record of a noun."""
    (record,) = listed(crm, noun)
    return record


# -- modes


@pytest.mark.parametrize(
    ("flags", "counts", "titles"),
    [
        ([], {"read": 2, "created": 1, "skipped": 1}, ["CTO", "Dev"]),
        (["--mode", "create"], {"read": 2, "created": 1, "skipped": 1}, ["CTO", "Dev"]),
        (["--mode", "upsert"], {"read": 2, "created": 1, "updated": 1}, ["CEO", "Dev"]),
        (["--update"], {"read": 2, "created": 1, "updated": 1}, ["CEO", "Dev"]),
        (["--update", "--mode", "upsert"], {"read": 2, "created": 1, "updated": 1}, ["CEO", "Dev"]),
        (["--on-duplicate", "update"], {"read": 2, "created": 1, "updated": 1}, ["CEO", "Dev"]),
        (["--mode", "update", "--skip-errors"], {"read": 2, "updated": 1, "rejected": 1}, ["CEO"]),
        (["--on-duplicate", "fail", "--skip-errors"], {"read": 2, "created": 1, "rejected": 1}, ["CTO", "Dev"]),
    ],
)
def test_a_mode_says_what_may_be_made_and_changed(
    crm_on: Crm, write: Callable[..., str], flags: list[str], counts: dict[str, int], titles: list[str]
) -> None:
    """One row is there already, the other is not."""
    crm_on("contact", "add", "Jane", "--email", "jane@x.com", "--title", "CTO")
    result = crm_on("import", "contacts", write(ROWS), *flags, "--format", "json")
    assert (tally(result), [person["title"] for person in listed(crm_on, "contact")]) == (counts, titles)


@pytest.mark.parametrize("noun", ["contacts", "companies", "deals", "activities"])
def test_an_update_makes_no_record(crm: Crm, write: Callable[..., str], noun: str) -> None:
    """A row that matches nothing is rejected, whatever it is."""
    content = "Subject,Type\nCall,call\n" if noun == "activities" else "Name,Title\nJane,Jane\n"
    result = crm("import", noun, write(content), "--mode", "update")
    singular = {"companies": "company", "activities": "activity"}.get(noun, noun[:-1])
    assert (result.code, f"no such {singular} (--mode upsert makes it)" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--mode", "merge"], "'merge' is not one of create, update, upsert"),
        (["--update", "--mode", "create"], "--update is --mode upsert"),
        (["--update", "--on-duplicate", "fail"], "--update is --mode upsert"),
        (["--mode", "update", "--on-duplicate", "skip"], "--on-duplicate skip is --mode create, not --mode update"),
        (["--key", "website"], "a contact is not known by 'website'"),
        (["--key", "emial"], "did you mean email?"),
        (["--key", "custom."], "a contact is not known by 'custom.'"),
        (["--fill-only", "title"], "--fill-only changes nothing with --mode create"),
        (["--update", "--fill-only", "titel"], "did you mean title?"),
        (["--update", "--fill-only", "title", "--overwrite", "title"], "title is in --fill-only and in --overwrite"),
        (["--update", "--fill-only", "all", "--overwrite", "all"], "can't both be"),
        (["--update", "--append", "birthday"], "birthday holds one value, which nothing can be added to"),
        (["--update", "--append", "given"], "given is not a field that a record keeps as such"),
        (["--report", "xml"], "'xml' is not one of text, json"),
        (["--max-errors", "-1"], "whole number"),
        (["--rejects", "nowhere/bad.csv"], "there is no folder"),
        (["--rejects", "/dev/null"], "/dev/null is not a file"),
    ],
)
def test_what_can_not_be_meant_is_refused(crm: Crm, write: Callable[..., str], flags: list[str], told: str) -> None:
    """Exit 2, and nothing is stored."""
    result = crm("import", "contacts", write(ROWS), *flags)
    assert (result.code, told in result.stderr, result.stdout) == (2, True, ""), result.stderr
    assert listed(crm, "contact") == []


# -- keys


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("email", "Name,Email,Title\nJ. Doe,JANE@x.com,CEO\n"),
        ("phone", "Name,Phone,Title\nJ. Doe,00359 888 123 456,CEO\n"),
        ("linkedin", "Name,LinkedIn,Title\nJ. Doe,https://www.linkedin.com/in/jane,CEO\n"),
        ("name", "Name,Title,Email\njane DOE,CEO,other@x.com\n"),
        ("name+company", "Name,Title,Company\nJane Doe,CEO,acme\n"),
        ("custom.crm_no", "Name,Title,CRM No\nJ. Doe,CEO,A-7\n"),
        ("custom.CRM No", "Name,Title,CRM No\nJ. Doe,CEO,A-7\n"),
        ("phone,email", "Name,Phone,Email,Title\nJ. Doe,,jane@x.com,CEO\n"),
    ],
)
def test_a_person_is_known_by_the_key_that_is_told(crm_on: Crm, write: Callable[..., str], key: str, row: str) -> None:
    """And the row changes that person; the same file again changes nothing."""
    flags = ["--email", "jane@x.com", "--phone", "+359888123456", "--linkedin", "jane", "--company", "Acme"]
    crm_on("contact", "add", "Jane Doe", *flags, "--set", "crm_no=A-7")
    crm_on("contact", "add", "Jane Doe", "--email", "second@x.com", "--company", "Other") if key != "name" else None
    result = crm_on("import", "contacts", write(row), "--key", key, "--mode", "upsert", "--format", "json")
    assert (result.code, tally(result)) == (0, {"read": 1, "updated": 1})
    assert listed(crm_on, "contact")[0]["title"] == "CEO"
    again = crm_on("import", "contacts", write(row), "--key", key, "--mode", "upsert", "--format", "json")
    assert tally(again) == {"read": 1, "unchanged": 1}


def test_external_ids_are_keys_of_their_source(crm_on: Crm, write: Callable[..., str]) -> None:
    """The same number from another system is another record."""
    file = write("ID,Name\n1,Jane\n")
    for source in ("erp", "erp", "shop"):
        crm_on("import", "contacts", file, "--key", "external_id", "--source", source)
    assert sorted(person["external_id"] for person in listed(crm_on, "contact")) == ["erp:1", "shop:1"]


@pytest.mark.parametrize(
    ("noun", "add", "key", "row"),
    [
        ("company", ["--website", "acme.com"], "website", "Name,Website,Industry\nAcme Inc,https://www.acme.com,tea\n"),
        ("company", ["--website", "acme.com"], "domain", "Name,Website,Industry\nAcme Inc,acme.com,tea\n"),
        ("company", ["--phone", "+359888123456"], "phone", "Name,Phone,Industry\nAcme Inc,+359888123456,tea\n"),
        ("company", [], "name", "Name,Website,Industry\nACME,new.com,tea\n"),
        ("deal", ["--company", "Acme"], "title", "Title,Source\nacme,tea\n"),
        ("deal", ["--company", "Acme"], "title+company", "Title,Company,Source\nacme,ACME,tea\n"),
    ],
)
def test_keys_of_companies_and_deals(
    crm_on: Crm, write: Callable[..., str], noun: str, add: list[str], key: str, row: str
) -> None:
    """The record is found and changed, none is made."""
    plural = {"company": "companies", "deal": "deals"}[noun]
    crm_on(noun, "add", "Acme", *add)
    result = crm_on("import", plural, write(row), "--key", key, "--mode", "update", "--format", "json")
    assert (tally(result), len(listed(crm_on, noun))) == ({"read": 1, "updated": 1}, 1), result.stderr


def test_title_and_company_tell_deals_apart(crm_on: Crm, write: Callable[..., str]) -> None:
    """The same title at another company is another deal, also within the file."""
    crm_on("deal", "add", "Pilot", "--company", "Acme")
    file = write("Title,Company,Value\nPilot,Acme,100\nPilot,Beta,200\nPilot,Beta,300\n")
    result = crm_on("import", "deals", file, "--key", "title+company", "--mode", "upsert", "--format", "json")
    assert tally(result) == {"read": 3, "created": 1, "updated": 2}
    assert [(d["company"]["name"], d["value"]) for d in listed(crm_on, "deal")] == [("Acme", 100), ("Beta", 300)]


def test_a_key_goes_before_everything_else(crm_on: Crm, write: Callable[..., str]) -> None:
    """Two of one name and e-mail by other means are two people, if the key says so; addresses stay unique."""
    crm_on("contact", "add", "Jane", "--email", "jane@x.com", "--set", "no=1")
    file = write("Name,Email,No\nJane,,2\nJane,jane@x.com,3\n")
    result = crm_on("import", "contacts", file, "--key", "custom.no", "--skip-errors", "--format", "json")
    assert (result.code, tally(result)) == (7, {"read": 2, "created": 1, "rejected": 1})
    assert "e-mail jane@x.com belongs to contact #1" in json.loads(result.stdout)["rejected"][0]["reason"]


def test_a_number_that_another_has_is_not_given_away(crm_on: Crm, write: Callable[..., str]) -> None:
    """Known by e-mail, the row has the number of somebody else."""
    crm_on("import", "contacts", write("ID,Name,Email\n1,Jane,jane@x.com\n"), "--source", "erp")
    crm_on("contact", "add", "Bob", "--email", "bob@x.com")
    file = write("ID,Name,Email\n1,Bob,bob@x.com\n1,Eve,eve@x.com\n")
    result = crm_on("import", "contacts", file, "--source", "erp", "--key", "email", "--update", "--skip-errors")
    assert (result.code, result.stderr.count("erp:1 is contact #1")) == (7, 1)
    assert [person["external_id"] for person in listed(crm_on, "contact")] == ["erp:1", None]


def test_a_key_that_finds_several_rejects_the_row_and_names_them(crm_on: Crm, write: Callable[..., str]) -> None:
    """Nothing is changed at random."""
    for company in ("Acme", "Beta"):
        crm_on("contact", "add", "Jane", "--company", company)
    result = crm_on("import", "contacts", write("Name,Title\nJane,CEO\n"), "--key", "name", "--update")
    assert (result.code, "name jane is that of contact #1, #2" in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize(
    ("mode", "counts"),
    [
        ("create", {"read": 2, "created": 1, "skipped": 1}),
        ("update", {"read": 2, "updated": 1, "rejected": 1}),
        ("upsert", {"read": 2, "created": 1, "updated": 1}),
    ],
)
def test_a_row_without_a_key(crm: Crm, write: Callable[..., str], mode: str, counts: dict[str, int]) -> None:
    """Is made where the mode makes records, though there is one of the name."""
    crm("contact", "add", "Jane", "--email", "jane@x.com")
    file = write("Name,Email,Title\nJane,,Dev\nJane,jane@x.com,CEO\n")
    result = crm("import", "contacts", file, "--key", "email", "--mode", mode, "--skip-errors", "--format", "json")
    assert tally(result) == counts
    if mode == "update":
        assert json.loads(result.stdout)["rejected"] == [{"line": 2, "reason": "the row has no email"}]


def test_the_same_key_twice_in_a_file_is_one_record(crm_on: Crm, write: Callable[..., str]) -> None:
    """The second row meets what the first one made."""
    file = write("Name,No,Title\nJane,1,Dev\nJane Doe,1,CEO\n")
    result = crm_on("import", "contacts", file, "--key", "custom.no", "--update", "--format", "json")
    assert tally(result) == {"read": 2, "created": 1, "updated": 1}
    person = only(crm_on)
    assert (person["name"], person["title"]) == ("Jane Doe", "CEO")


# -- who wins

BEFORE = [
    "--email", "a@x.com", "--email", "b@x.com", "--title", "CTO", "--tag", "vip", "--company", "Acme",
    "--note", "met at fair", "--set", "tea=green",
]  # fmt: skip
ROW = "Name,Email,Title,Tags,Company,Notes,Tea,Address,Birthday\nJane,a@x.com; c@x.com,CEO,hot,Beta,likes tea,black,Main St 1,\n"
USUAL = {
    "emails": ["a@x.com", "b@x.com", "c@x.com"],
    "title": "CEO",
    "tags": ["hot", "vip"],
    "companies": ["Acme", "Beta"],
    "note": "likes tea",
    "tea": "black",
    "address": "Main St 1",
}


@pytest.mark.parametrize(
    ("flags", "other"),
    [
        ([], {}),
        (["--fill-only", "title,note", "--fill-only", "custom.tea"], {"title": "CTO", "note": "met at fair", "tea": "green"}),
        (
            ["--fill-only", "all"],
            {"emails": ["a@x.com", "b@x.com"], "title": "CTO", "tags": ["vip"], "companies": ["Acme"],
             "note": "met at fair", "tea": "green"},
        ),
        (["--fill-only", "all", "--overwrite", "title", "--append", "tags"],
            {"emails": ["a@x.com", "b@x.com"], "companies": ["Acme"], "note": "met at fair", "tea": "green"}),
        (["--overwrite", "email,tag,company"], {"emails": ["a@x.com", "c@x.com"], "tags": ["hot"], "companies": ["Beta"]}),
        (["--overwrite", "all"], {"emails": ["a@x.com", "c@x.com"], "tags": ["hot"], "companies": ["Beta"]}),
        (["--append", "note,custom.tea"], {"note": "met at fair\nlikes tea", "tea": "green\nblack"}),
        (["--append", "all"], {"note": "met at fair\nlikes tea"}),
        (["--append", "email"], {}),
    ],
)  # fmt: skip
def test_precedence_field_by_field(
    crm_on: Crm, write: Callable[..., str], flags: list[str], other: dict[str, object]
) -> None:
    """Each rule gives its fields, the others are as usual; nothing is emptied, and a second run changes nothing."""
    crm_on("contact", "add", "Jane", *BEFORE, "--birthday", "1980-05-01")
    file = write(ROW)
    assert tally(crm_on("import", "contacts", file, "--update", *flags, "-o", "json")) == {"read": 1, "updated": 1}
    person = only(crm_on)
    found = {
        **person,
        "companies": sorted(company["name"] for company in person["companies"]),
        "tea": person["custom_fields"]["tea"],
    }
    assert {name: found[name] for name in USUAL} == {**USUAL, **other}
    assert person["birthday"] == "1980-05-01"
    again = crm_on("import", "contacts", file, "--update", *flags, "-o", "json")
    assert tally(again) == {"read": 1, "unchanged": 1}


def test_overwriting_companies_leaves_former_ones(crm_on: Crm, write: Callable[..., str]) -> None:
    """Where somebody used to work is history, which no file takes away."""
    crm_on("contact", "add", "Jane", "--email", "a@x.com", "--company", "Acme")
    crm_on("contact", "edit", "1", "--rm-company", "Acme")
    before = crm_on("contact", "show", "1", "-o", "json").json()
    crm_on("import", "contacts", write("Name,Email,Company\nJane,a@x.com,Beta\n"), "--update", "--overwrite", "company")
    after = crm_on("contact", "show", "1", "-o", "json").json()
    assert ([c["name"] for c in after["companies"]], before["companies"]) == (["Beta"], [])


def test_a_handle_an_owner_and_a_link_are_filled_only_when_empty(crm_on: Crm, write: Callable[..., str]) -> None:
    """What has one value is either there or not."""
    crm_on("contact", "add", "Jane", "--email", "a@x.com", "--linkedin", "jane")
    file = write("Name,Email,LinkedIn,X,Owner\nJane,a@x.com,other,janex,boris\n")
    crm_on("import", "contacts", file, "--update", "--fill-only", "linkedin,x,owner")
    person = only(crm_on)
    assert (person["linkedin"], person["x"], person["owner"]) == ("jane", "janex", "maria")
    crm_on("deal", "add", "Pilot", "--company", "Acme")
    deals = write("Title,Company,Campaign,Amount\nPilot,Beta,Spring,100\n", "d.csv")
    crm_on("import", "deals", deals, "--key", "title", "--update", "--fill-only", "company,campaign,value")
    deal = only(crm_on, "deal")
    assert (deal["company"]["name"], deal["campaign"], deal["value"]) == ("Acme", "Spring", 100)


# -- the way back


def test_undo_takes_back_what_was_made_and_what_was_changed(crm_on: Crm, write: Callable[..., str]) -> None:
    """Fields, addresses, tags, links, custom fields: one step back, and one forth."""
    crm_on("contact", "add", "Jane", *BEFORE)

    def store() -> tuple[object, ...]:
        people = [
            {k: v for k, v in p.items() if k not in ("updated_at", "updated_by")} for p in listed(crm_on, "contact")
        ]
        return people, [company["name"] for company in listed(crm_on, "company")]

    before = store()
    rows = ROW + "Bob,bob@x.com,Dev,new,Gamma,,,,\n"
    crm_on("import", "contacts", write(rows), "--update", "--overwrite", "email,tag,company", "--append", "note")
    after = store()
    assert after != before
    crm_on("undo")
    assert store() == before
    crm_on("undo")
    assert store() == after


def test_undo_takes_back_a_move_between_stages(crm_on: Crm, write: Callable[..., str]) -> None:
    """A deal that a file won is open again, its history as it was."""
    crm_on("deal", "add", "Pilot", "--company", "Acme", "--value", "100", "--stage", "qualified")
    before = crm_on("deal", "show", "1", "-o", "json").json()
    crm_on("import", "deals", write("Title,Stage,Amount\nPilot,won,200\n"), "--key", "title", "--mode", "update")
    won = crm_on("deal", "show", "1", "-o", "json").json()
    assert (won["stage"], won["value"], len(won["stage_history"])) == ("won", 200, 2)
    crm_on("undo")
    after = crm_on("deal", "show", "1", "-o", "json").json()
    kept = ("stage", "value", "stage_history", "stage_since", "closed_at", "custom_fields")
    assert {name: after.get(name) for name in kept} == {name: before.get(name) for name in kept}
