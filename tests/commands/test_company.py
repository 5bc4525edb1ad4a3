"""``crm company``: organisations, from the shell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def acme(crm: Crm) -> str:
    return crm(
        "company", "add", "Acme GmbH", "--website", "https://www.Acme.com/", "--website", "acme.io/de", "--phone", "+49 30 901820",
        "--tag", "vip", "--set", "erp=sap",
    ).uid  # fmt: skip


def test_every_flag_of_add_reaches_the_record(crm: Crm) -> None:
    given = {
        "industry": "saas", "size": "51-200", "country": "DE", "region": "Berlin", "address": "Platz 1", "type": "prospect",
        "note": "large", "owner": "ana",
    }  # fmt: skip
    crm("company", "add", "Holding")
    flags = [word for name, value in given.items() for word in (f"--{name}", value)]
    money = ("--annual-revenue", "2.5m", "--parent", "Holding", "--format", "json")
    record = crm("company", "add", "Acme", *flags, *money).json()
    assert given == {name: record[name] for name in given}
    assert (record["annual_revenue"], record["annual_revenue_currency"], record["parent"]["name"]) == (
        2_500_000,
        "EUR",
        "Holding",
    )


def test_an_unknown_parent_becomes_a_stub_unless_forbidden(crm: Crm) -> None:
    assert crm("company", "add", "Acme", "--parent", "Holding", "--no-create").code == 3
    answer = crm("company", "add", "Acme", "--parent", "Holding")
    assert (answer.code, answer.stderr) == (0, "new company #1 Holding\n")


@pytest.mark.parametrize("how", ["itself", "its child"])
def test_a_company_cant_belong_to_itself(crm_on: Crm, how: str) -> None:
    above = crm_on("company", "add", "Holding").uid
    crm_on("company", "add", "Acme", "--parent", "Holding")
    answer = crm_on("company", "edit", above, "--parent", "Holding" if how == "itself" else "Acme")
    assert (answer.code, answer.stdout) == (5, "")
    assert None is crm_on("company", "show", above, "--format", "json").json()["parent"]


@pytest.mark.parametrize(
    "ref",
    [
        "1",
        "#1",
        "acme.com",
        "http://WWW.acme.com",
        "https://acme.io/de/",
        "+4930901820",
        "0049 30 901820",
        "Acme GmbH",
        "ACME gmbh",
    ],
)
def test_a_company_answers_to(crm: Crm, acme: str, ref: str) -> None:
    assert acme == crm("company", "show", ref, "--format", "json").json()["id"]


@pytest.mark.parametrize("ref", ["acme.org", "acme.io", "2", "Acme", "+493090182", "co_ZZ"])
def test_no_match_exits_3(crm: Crm, acme: str, ref: str) -> None:
    answer = crm("company", "show", ref)
    assert (answer.code, answer.stdout) == (3, "")


def test_a_website_belongs_to_one_live_company(crm_on: Crm) -> None:
    """A second company can't have it, nor take it by an edit; after a delete it is free, and then the first stays away."""
    uid = crm_on("company", "add", "Acme", "--website", "https://www.acme.com/").uid
    crm_on("company", "add", "Beta")
    for words in (("add", "Other", "--website", "ACME.com"), ("edit", "Beta", "--add-website", "http://acme.com")):
        taken = crm_on("company", *words)
        assert (taken.code, taken.stdout) == (4, "")
        assert f"company #1 Acme ({uid})" in taken.stderr
    crm_on("company", "rm", uid)
    assert crm_on("company", "add", "Other", "--website", "acme.com").code == 0
    back = crm_on("company", "restore", uid)
    assert (back.code, "Other" in back.stderr) == (4, True)


def test_companies_may_share_a_phone(crm_on: Crm) -> None:
    """Several companies of one building do; by that phone neither is named."""
    for name in ("Acme", "Beta"):
        assert crm_on("company", "add", name, "--phone", "+49 30 901820").code == 0
    assert crm_on("company", "show", "+49 30 901820").code == 4


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("add", ""), "name"),
        (("add", "X", "--website", "not a site"), "website"),
        (("add", "X", "--size", "huge"), "size"),
        (("add", "X", "--type", "friend"), "type"),
        (("add", "X", "--annual-revenue", "lots"), "annual-revenue"),
        (("list", "--limit", "abc"), "--limit"),
        (("list", "--limit", "-1"), "--limit"),
        (("list", "--sort", "bogus"), "--sort"),
        (("list", "--type", "bogus"), "type"),
        (("list", "--fields", "bogus"), "bogus"),
        (("edit", "1", "--size", "huge"), "size"),
    ],
)
def test_bad_words_exit_2_and_name_the_flag(crm: Crm, acme: str, words: tuple[str, ...], named: str) -> None:
    answer = crm("company", *words)
    assert (answer.code, answer.stdout) == (2, "")
    assert named in answer.stderr.splitlines()[0]


TWO = (
    ("company", "add", "Acme", "--tag", "vip", "--industry", "saas"),
    ("company", "add", "Beta", "--owner", "ana", "--country", "DE", "--type", "partner"),
    ("contact", "add", "Jane", "--email", "jane@acme.com", "--company", "Acme"),
    ("deal", "add", "Pilot", "--company", "Acme"),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--tag", "vip"), ["Acme"]),
        (("--contact", "jane@acme.com"), ["Acme"]),
        (("--deal", "Pilot"), ["Acme"]),
        (("--owner", "ana"), ["Beta"]),
        (("--industry", "SaaS"), ["Acme"]),
        (("--country", "DE"), ["Beta"]),
        (("--type", "partner"), ["Beta"]),
        (("--since", "tomorrow"), []),
        (("--until", "today"), ["Acme", "Beta"]),
        (("--filter", "contact.email ~= jane"), ["Acme"]),
        (("--sort", "name", "--reverse"), ["Beta", "Acme"]),
    ],
)
def test_list_shortcuts(crm_after: Callable[..., Crm], words: tuple[str, ...], expected: list[str]) -> None:
    crm = crm_after(*TWO)
    assert expected == [row["name"] for row in crm("company", "list", *words, "--format", "json").json()]


def test_list_and_show_in_every_format(crm: Crm, acme: str) -> None:
    for form in ("table", "tsv", "csv", "json", "jsonl", "yaml", "markdown", "ids"):
        for words in (("list",), ("show", acme)):
            answer = crm("company", *words, "--format", form)
            assert (answer.code, answer.stderr) == (0, "")
            assert "acme.com" in answer.stdout or form == "ids"
    assert [acme] == crm("company", "list", "--format", "ids").lines
    record = json.loads(crm("company", "list", "--format", "jsonl").stdout)
    assert (
        [site.lower().removeprefix("https://").removeprefix("www.").rstrip("/") for site in record["websites"]],
        record["custom_fields"],
    ) == (["acme.com", "acme.io/de"], {"erp": "sap"})


def test_show_has_people_deals_and_timeline(crm_on: Crm) -> None:
    crm_on("contact", "add", "Jane", "--company", "Acme")
    crm_on("deal", "add", "Pilot", "--company", "Acme")
    picture = crm_on("company", "show", "Acme", "--format", "json").json()
    assert ([c["name"] for c in picture["contacts"]], [d["title"] for d in picture["deals"]]) == (["Jane"], ["Pilot"])


def test_bulk_edit_and_rm(crm_on: Crm) -> None:
    for name, country in (("Acme", "Germany"), ("Beta", "Germany"), ("Gama", "FR")):
        crm_on("company", "add", name, "--country", country)
    assert crm_on("company", "edit", "--where", "country = germany", "--country", "DE").code == 2
    assert crm_on("company", "edit", "--where", "country = germany", "--country", "DE", "--yes").code == 0
    assert crm_on("company", "list", "--fields", "country").lines[1:] == ["DE", "DE", "FR"]
    assert crm_on("company", "rm", "--where", "country = DE", "--yes").code == 0
    assert crm_on("company", "list", "--fields", "country").lines[1:] == ["FR"]


def test_rm_leaves_people_and_deals_and_restore_links_them_again(crm_on: Crm) -> None:
    crm_on("contact", "add", "Jane", "--company", "Acme")
    crm_on("deal", "add", "Pilot", "--company", "Acme")
    assert crm_on("company", "rm", "Acme").code == 0
    assert (
        crm_on("contact", "show", "Jane", "--format", "json").json()["companies"],
        crm_on("deal", "show", "Pilot", "--format", "json").json()["company"],
    ) == ([], None)
    assert crm_on("company", "restore", "Acme").code == 0
    assert crm_on("contact", "show", "Jane", "--format", "json").json()["companies"][0]["name"] == "Acme"
    assert crm_on("deal", "show", "Pilot", "--format", "json").json()["company"]["name"] == "Acme"


def test_help_has_examples(crm: Crm) -> None:
    for verb in ("add", "list", "show", "edit", "rm", "restore", "merge"):
        answer = crm("company", verb, "--help")
        assert (answer.code, f"crm company {verb}" in answer.stdout.partition("Examples:")[2]) == (0, True)
