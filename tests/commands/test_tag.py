"""``crm tag`` and ``crm untag``: labels on records of any noun."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def store(crm_on: Crm) -> Crm:
    crm_on("contact", "add", "Jane", "--email", "jane@acme.com", "--company", "Acme")
    crm_on("company", "edit", "Acme", "--website", "acme.com")
    crm_on("deal", "add", "Pilot", "--contact", "jane@acme.com")
    AppContext().activities.log({"type": "note", "body": "hello", "deal": "1"})
    return crm_on


def tags(crm: Crm) -> dict[str, tuple[int, ...]]:
    listed = crm("tag", "list", "--format", "json").json()
    return {
        row["tag"]: tuple(row[n] for n in ("count", "contacts", "companies", "deals", "activities")) for row in listed
    }


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("jane@acme.com", "contact #1 Jane"),
        ("Jane", "contact #1 Jane"),
        ("contact:1", "contact #1 Jane"),
        ("acme.com", "company #1 Acme"),
        ("company:Acme", "company #1 Acme"),
        ("Pilot", "deal #1 Pilot"),
        ("deal:#1", "deal #1 Pilot"),
        ("activity:1", "activity #1 hello"),
    ],
)
def test_any_record_is_named_by_its_ref(store: Crm, ref: str, said: str) -> None:
    assert (0, "", f"tagged {said}\n") == store("tag", ref, "vip")
    assert (0, "", f"untagged {said}\n") == store("untag", ref, "VIP")
    assert tags(store) == {}


def test_a_uid_says_the_noun(store: Crm) -> None:
    uid = store("deal", "list", "--format", "ids").uid
    assert store("tag", uid, "vip") == (0, "", "tagged deal #1 Pilot\n")


def test_type_says_the_noun(store: Crm) -> None:
    assert store("tag", "1", "vip", "--type", "company") == (0, "", "tagged company #1 Acme\n")


def test_a_bare_number_is_ambiguous_between_nouns(store: Crm) -> None:
    answer = store("tag", "1", "vip")
    assert (answer.code, answer.stdout) == (4, "")
    assert all(name in answer.stderr for name in ("contact:1", "company:1", "deal:1"))


def test_several_tags_and_their_counts(store: Crm) -> None:
    store("tag", "contact:1", "vip", "Новини", "two words")
    store("tag", "company:1", "VIP")
    store("tag", "deal:1", "vip")
    assert tags(store) == {"two words": (1, 1, 0, 0, 0), "vip": (3, 1, 1, 1, 0), "Новини": (1, 1, 0, 0, 0)}
    store("untag", "contact:1", "vip", "Новини")
    assert tags(store) == {"two words": (1, 1, 0, 0, 0), "vip": (2, 0, 1, 1, 0)}
    store("company", "rm", "Acme")
    assert tags(store)["vip"] == (1, 0, 0, 1, 0)


def test_tags_are_searched_and_filtered(store: Crm) -> None:
    store("tag", "contact:1", "Żółty")
    assert [row["name"] for row in store("contact", "list", "--tag", "zolty", "--format", "json").json()] == ["Jane"]
    assert [hit.name for hit in AppContext().search.find("zolt")] == ["Jane"]


def test_the_same_tag_twice_is_there_once(store: Crm) -> None:
    assert store("tag", "contact:1", "vip", "VIP").code == 0
    assert store("tag", "contact:1", "Vip").code == 0
    assert store("contact", "show", "1", "--format", "json").json()["tags"] == ["vip"]


def test_in_bulk_it_is_one_undo_step(store: Crm) -> None:
    store("contact", "add", "Joan")
    bulk = ("--where", "name ~= j", "--type", "contact")
    asked = store("tag", *bulk, "vip")
    assert (asked.code, asked.stdout, "--yes" in asked.stderr) == (2, "", True)
    tried = store("tag", *bulk, "vip", "--dry-run")
    assert (tried.code, "2 contacts" in tried.stderr, tags(store)) == (0, True, {})
    done = store("tag", *bulk, "vip", "new", "--yes")
    assert (done.code, done.stderr) == (0, "tagged 2 contacts (crm undo takes it back)\n")
    assert tags(store)["vip"][0] == 2
    done = store("untag", *bulk, "vip", "--yes")
    assert (done.code, done.stderr) == (0, "untagged 2 contacts (crm undo takes it back)\n")
    assert {"new"} == set(tags(store))
    AppContext().history.undo()
    assert {"new", "vip"} == set(tags(store))


def test_a_dry_run_on_one_record_changes_nothing(store: Crm) -> None:
    tried = store("tag", "Jane", "vip", "--dry-run")
    assert (tried.code, "#1 Jane" in tried.stderr, tags(store)) == (0, True, {})


def test_a_merged_record_passes_its_tags_on(store: Crm) -> None:
    gone = store("contact", "add", "Joan").uid
    store("contact", "merge", "Jane", "Joan")
    answer = store("tag", gone, "vip")
    assert (answer.code, "tagged contact #1 Jane" in answer.stderr) == (0, True)


def test_a_deleted_record_takes_no_tags(store: Crm) -> None:
    uid = store("contact", "add", "Joan").uid
    store("contact", "rm", uid)
    answer = store("tag", uid, "vip")
    assert (answer.code, answer.stdout, tags(store)) == (3, "", {})
    assert "restore" in answer.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "REF"),
        (("Jane",), 2, "which tag"),
        (("nobody", "vip"), 3, "nobody"),
        (("Jane", ""), 2, "tag"),
        (("--where", "name = Jane", "vip"), 2, "--type"),
        (("--where", "name = Jane", "--type", "person", "vip"), 2, "type"),
        (("--where", "nme = Jane", "--type", "contact", "vip"), 2, "nme"),
        (("--where", "name = Jane", "--type", "contact"), 2, "REF"),
    ],
)
def test_bad_words(store: Crm, words: tuple[str, ...], code: int, said: str) -> None:
    for verb in ("tag", "untag"):
        answer = store(verb, *words)
        assert (code, "") == (answer.code, answer.stdout)
        assert said in answer.stderr


def test_the_list_in_every_format(crm: Crm) -> None:
    assert crm("tag", "list", "--format", "json").json() == []
    crm("contact", "add", "Jane", "--tag", "vip")
    assert crm("tag", "list").lines == ["tag\tcount\tcontacts\tcompanies\tdeals\tactivities", "vip\t1\t1\t0\t0\t0"]
    assert crm("tag", "list", "--format", "csv").lines[1] == "vip,1,1,0,0,0"
    assert json.loads(crm("tag", "list", "--format", "jsonl").stdout) == {
        "tag": "vip",
        "count": 1,
        "contacts": 1,
        "companies": 0,
        "deals": 0,
        "activities": 0,
    }
    for form in ("table", "yaml", "markdown"):
        assert "vip" in crm("tag", "list", "--format", form).stdout
    assert crm("tag", "list", "--fields", "tag").lines == ["tag", "vip"]
    assert crm("tag", "list", "--fields", "bogus").code == 2


def test_the_record_comes_back_when_asked(crm: Crm) -> None:
    crm("contact", "add", "Jane")
    assert crm("tag", "Jane", "vip", "--format", "json").json()["tags"] == ["vip"]


def test_help_has_examples(crm: Crm) -> None:
    for verb in ("tag", "untag"):
        answer = crm(verb, "--help")
        assert (answer.code, f"crm {verb}" in answer.stdout.partition("Examples:")[2]) == (0, True)
