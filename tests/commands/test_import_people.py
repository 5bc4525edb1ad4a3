"""``crm import``: who is whom when rows share a phone or a mailbox, and that no row is lost without a word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.test_import import listed, tally, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.test_import import Crm

    Write = Callable[..., str]

__all__ = ["write"]  # a fixture

PHONE = "+44 20 7946 0958"


@pytest.mark.parametrize("mode", ["create", "upsert"])
@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (f"id,Name,Phone\n1,Ann,{PHONE}\n2,Bob,{PHONE}\n", ["Ann", "Bob"]),
        (f"Name,Phone\nAnn,{PHONE}\nBob,{PHONE}\n", ["Ann", "Bob"]),
        (
            f"Name,Email,Phone\nAnn,ann@x.com,{PHONE}\nBob,bob@x.com,{PHONE}\nCat,,{PHONE}\n",
            ["Ann", "Bob", "Cat"],
        ),
        (f"Name,Phone\nИван Петров,{PHONE}\nМария Петрова,{PHONE}\n", ["Иван Петров", "Мария Петрова"]),
        (f"id,Name,Phone\n1,Ann Lee,{PHONE}\n2,Ann Lee,{PHONE}\n", ["Ann Lee", "Ann Lee"]),
        (f"Name,Phone\nAnn Lee,{PHONE}\nLEE Ann,{PHONE}\n", ["Ann Lee"]),
    ],
)
def test_a_phone_alone_makes_nobody_the_same_person(
    crm_on: Crm, write: Write, mode: str, rows: str, names: list[str]
) -> None:
    """People who share a phone stay apart, in the first import and in every later one; the first keeps the phone."""
    path = write(rows, "people.csv")
    flags = ["--mode", mode, *(["--on-duplicate", "skip"] if mode == "create" else [])]
    assert crm_on("import", "contacts", path, *flags).code == 0
    found = sorted(listed(crm_on, "contact"), key=lambda each: each["number"])
    if len(names) > 1:
        assert names == [each["name"] for each in found]
    assert [bool(place == 0) for place in range(len(found))] == [bool(each["phones"]) for each in found]
    assert [PHONE] * (len(found) - 1) == [each["custom_fields"]["phone_original"] for each in found[1:]]
    assert crm_on("import", "contacts", path, *flags).code == 0
    assert len(names) == len(found) == len(listed(crm_on, "contact"))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("Name,Email\nAnn,info@x.com\nBob,info@x.com\n", "e-mail info@x.com is that of Ann (line 2)"),
        ("id,Name,Email\n1,Ann,info@x.com\n2,Ann,info@x.com\n", "e-mail info@x.com is that of Ann (line 2)"),
        ("Name,LinkedIn\nAnn,linkedin.com/in/annlee\nBob,linkedin.com/in/annlee\n", "is that of Ann (line 2)"),
    ],
)
def test_a_shared_mailbox_is_told_by_the_line_it_was_on(crm_on: Crm, write: Write, rows: str, reason: str) -> None:
    """Two people of one file can't have one address: the second is refused, and nothing is overwritten."""
    path = write(rows, "people.csv")
    refused = crm_on("import", "contacts", path, "--mode", "upsert")
    assert 2 == refused.code
    assert reason in refused.stderr
    assert [] == listed(crm_on, "contact")
    assert crm_on("import", "contacts", path, "--mode", "upsert", "--skip-errors").code != 0
    assert ["Ann"] == [each["name"] for each in listed(crm_on, "contact")]


@pytest.mark.parametrize("second", ["Ann", "A. Lee", "Lee Ann", "ANN LEE"])
def test_one_person_written_in_two_ways_is_one(crm: Crm, write: Write, second: str) -> None:
    """Initials, order and a missing family name do not make somebody else."""
    path = write(f"Name,Email\nAnn Lee,ann@x.com\n{second},ann@x.com\n", "people.csv")
    assert crm("import", "contacts", path, "--mode", "upsert").code == 0
    assert 1 == len(listed(crm, "contact"))


def test_people_in_the_store_are_known_by_e_mail_and_may_marry(crm_on: Crm, write: Write) -> None:
    """Against the store an e-mail says who it is, whatever the name; so does the user's own key within a file."""
    crm_on("contact", "add", "Ann Lee", "--email", "ann@x.com")
    assert crm_on("import", "contacts", write("Name,Email\nAnn Ray,ann@x.com\n", "a.csv"), "--update").code == 0
    assert ["Ann Ray"] == [each["name"] for each in listed(crm_on, "contact")]
    rows = "Name,Email\nAnn Poe,ann@x.com\nBob Poe,ann@x.com\n"
    assert crm_on("import", "contacts", write(rows, "b.csv"), "--mode", "upsert", "--key", "email").code == 0
    assert ["Bob Poe"] == [each["name"] for each in listed(crm_on, "contact")]


def test_a_shared_mailbox_is_seen_far_down_a_long_file(crm: Crm, write: Write) -> None:
    """Rows that were stored together are remembered by their lines too."""
    people = "".join(f"Person {n},p{n}@x.com\n" for n in range(1200))
    refused = crm("import", "contacts", write(f"Name,Email\n{people}Zed,p7@x.com\n", "many.csv"), "--update")
    assert 2 == refused.code
    assert "line 1202: e-mail p7@x.com is that of Person 7 (line 9)" in refused.stderr


def test_two_rows_that_say_different_things_of_one_record(crm_on: Crm, write: Write) -> None:
    """The second is refused with what it says otherwise; the user may have it skipped, or win."""
    path = write("Title,Company,Value\nRenewal,Acme,100\nRenewal,Acme,250\n", "deals.csv")
    refused = crm_on("import", "deals", path)
    assert 2 == refused.code
    assert "says otherwise than line 2: value 100 EUR → 250 EUR" in refused.stderr
    assert {"read": 2, "created": 1, "skipped": 1} == tally(
        crm_on("import", "deals", path, "--on-duplicate", "skip", "--report", "json")
    )


def test_rows_that_the_store_has_otherwise_are_named(crm_on: Crm, write: Write) -> None:
    """They are in the report, in the diff of a dry run, and in a note."""
    crm_on("contact", "add", "Ann", "--email", "ann@x.com", "--title", "CEO")
    path = write("Name,Email,Title\nAnn,ann@x.com,CTO\n", "people.csv")
    tried = crm_on("import", "contacts", path, "--dry-run", "--report", "json")
    record = json.loads(tried.stdout)
    assert [{"line": 2, "record": "#1 Ann"}] == record["skipped_rows"]
    (change,) = record["changes"]
    assert ("skip", {"title": {"from": "CEO", "to": "CTO"}}) == (change["action"], change["fields"])
    done = crm_on("import", "contacts", path)
    assert 0 == done.code
    assert "1 row is there already and differs: --update changes it" in done.stderr


@pytest.mark.parametrize(
    "rows",
    [
        f"Ann Lee,ann@x.com,{PHONE}\nBob Ray,bob@x.com,+44 20 7946 0959\n",
        "ann@x.com\nbob@x.com\n",
        f"Ann Lee,{PHONE}\nBob Ray,+44 20 7946 0959\n",
        "Ann Lee,2024-01-05\nBob Ray,2024-01-06\n",
    ],
)
def test_a_file_without_titles_is_not_read_as_if_it_had_some(crm: Crm, write: Write, rows: str) -> None:
    """The first record is no row of titles; the message has the command that reads all."""
    path = write(rows, "people.csv")
    refused = crm("import", "contacts", path)
    assert 2 == refused.code
    assert f"crm import contacts {path} --no-header" in refused.stderr
    assert [] == listed(crm, "contact")


def test_the_command_that_a_file_without_titles_is_told_reads_all_of_it(crm: Crm, write: Write) -> None:
    """Bare addresses are guessed to be what they are."""
    assert crm("import", "contacts", write("ann@x.com\nbob@x.com\n", "a.csv"), "--no-header").code == 0
    assert [["ann@x.com"], ["bob@x.com"]] == sorted(each["emails"] for each in listed(crm, "contact"))


def test_years_beside_known_titles_are_titles(crm: Crm, write: Write) -> None:
    """A number is a column's title where others say what they are."""
    assert crm("import", "contacts", write("Name,Email,2023\nAnn,ann@x.com,7\n", "a.csv")).code == 0


def test_the_mapping_is_told_unasked(crm: Crm, write: Write) -> None:
    """On one line where all is clear, column by column where one becomes a custom field, not at all with --quiet."""
    plain = write("Name,Email\nAnn,ann@x.com\n", "a.csv")
    assert "2 columns: Name → name, Email → emails" in crm("import", "contacts", plain).stderr
    custom = write("Name,Email,Shoe\nBob,bob@x.com,41\n", "b.csv")
    assert "Shoe → custom.shoe\n" in crm("import", "contacts", custom).stderr
    assert "→" not in crm("import", "contacts", custom, "--quiet").stderr


@pytest.mark.parametrize(
    ("noun", "key", "header"),
    [
        ("contact", "external_id", "id"),
        ("company", "external_id", "id"),
        ("contact", "custom.code", "code"),
        ("deal", "custom.code", "code"),
    ],
)
def test_an_update_needs_no_name(crm_on: Crm, write: Write, noun: str, key: str, header: str) -> None:
    """What is there has a name already."""
    plural, name = (
        {"contact": "contacts", "company": "companies", "deal": "deals"}[noun],
        "Title" if noun == "deal" else "Name",
    )
    made = crm_on("import", plural, write(f"{header},{name}\n1,Ann\n", "a.csv"), "--source", "hr")
    assert made.code == 0
    changed = crm_on(
        "import",
        plural,
        write(f"{header},Shoe\n1,41\n", "b.csv"),
        "--source",
        "hr",
        "--mode",
        "update",
        "--key",
        key,
        "--report",
        "json",
    )
    assert {"read": 1, "updated": 1} == tally(changed)
    assert "41" == listed(crm_on, noun)[0]["custom_fields"]["shoe"]


def test_a_key_that_no_column_fills(crm: Crm, write: Write) -> None:
    """It is told before anything is read."""
    path = write("Name,Email\nAnn,ann@x.com\n", "a.csv")
    for key in ("custom.zzz", "phone"):
        refused = crm("import", "contacts", path, "--mode", "upsert", "--key", key)
        assert (2, True) == (refused.code, f"no column fills {key}" in refused.stderr)
    assert crm("import", "contacts", path, "--mode", "upsert", "--key", "phone,email").code == 0


def test_a_phone_without_its_country_is_no_key(crm: Crm, write: Write) -> None:
    """Nobody can be known by a number that can't be read."""
    path = write("Name,Email,Phone\nAnn,ann@x.com,020 7946 0958\n", "a.csv")
    refused = crm("import", "contacts", path, "--mode", "upsert", "--key", "phone")
    assert 2 == refused.code
    assert "'020 7946 0958' can't be read without its country" in refused.stderr
