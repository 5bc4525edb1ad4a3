"""Unmerging: both records whole again, and everything done since still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]

STAMPS = ("updated_at", "updated_by")


def shown(crm: Crm, noun: str, ref: str) -> dict[str, Any]:
    """The whole picture of a record, without what every write stamps."""
    picture: Any = crm(noun, "show", ref, "--format", "json").json()
    return {key: value for key, value in picture.items() if key not in STAMPS}


def names(links: Any) -> list[str]:
    return [link["name"] for link in links]


@pytest.fixture
@once
def twins(crm_on: Crm) -> tuple[Crm, str, str]:
    """Two contacts that are one person, each with things of its own and things that clash."""
    one = crm_on(
        "contact", "add", "Jane Doe", "--email", "jane@acme.com", "--company", "Acme", "--tag", "vip", "--title", "CTO",
        "--linkedin", "janedoe", "--set", "city=Sofia",
    ).uid  # fmt: skip
    two = crm_on(
        "contact", "add", "J. Doe", "--email", "jd@home.net", "--email", "j@d.org", "--phone", "+359 88 123 4567",
        "--company", "Acme", "--company", "Beta", "--tag", "VIP", "--tag", "new", "--title", "CEO", "--linkedin", "jdoe",
        "--telegram", "jdoe_t", "--birthday", "1980-05-06", "--set", "city=Varna", "--set", "lang=bg",
    ).uid  # fmt: skip
    crm_on("deal", "add", "Shared", "--contact", one, "--contact", two)
    crm_on("deal", "add", "Theirs", "--contact", two)
    log = AppContext().activities.log
    log({"type": "note", "body": "both", "contacts": [one, two]})
    log({"type": "note", "body": "theirs", "contacts": [two]})
    return crm_on, one, two


def everything(crm: Crm, *uids: str) -> list[dict[str, Any]]:
    return [shown(crm, "contact", uid) for uid in uids] + [shown(crm, "deal", ref) for ref in ("Shared", "Theirs")]


@pytest.mark.parametrize("by", ["loser", "number", "keeper", "address", "named"])
def test_both_come_back_exactly(twins: tuple[Crm, str, str], by: str) -> None:
    """By whatever of the two it is named."""
    crm, one, two = twins
    before = everything(crm, one, two)
    assert crm("contact", "merge", one, two).code == 0
    ref = {"loser": two, "number": "contact:2", "keeper": one, "address": "jd@home.net", "named": "J. Doe"}[by]
    answer = crm("unmerge", ref)
    assert (answer.code, answer.stdout.strip()) == (0, two)
    assert "brought back contact #2 J. Doe from #1 Jane Doe" in answer.stderr
    assert before == everything(crm, one, two)
    assert crm("store", "check").code == 0


@pytest.mark.parametrize("choices", [("title=B",), ("emails=B", "linkedin=B", "city=B", "name=B", "companies=B")])
def test_what_was_chosen_of_the_other_goes_back_too(twins: tuple[Crm, str, str], choices: tuple[str, ...]) -> None:
    crm, one, two = twins
    before = everything(crm, one, two)
    crm("contact", "merge", one, two, *(word for choice in choices for word in ("--keep", choice)))
    crm("unmerge", two)
    assert before == everything(crm, one, two)


def test_later_edits_are_kept(twins: tuple[Crm, str, str]) -> None:
    """What came from the other and was edited stays with the keeper, and the other has what it had."""
    crm, one, two = twins
    crm("contact", "merge", one, two)
    crm(
        "contact",
        "edit",
        one,
        "--title",
        "CIO",
        "--birthday",
        "1990-01-01",
        "--set",
        "lang=de",
        "--add-email",
        "new@acme.com",
        "--add-tag",
        "late",
    )
    crm("log", "call", "After the merge", "--contact", one)
    crm("deal", "add", "After", "--contact", one)
    assert crm("unmerge", two).code == 0
    kept, back = shown(crm, "contact", one), shown(crm, "contact", two)
    assert (kept["title"], kept["birthday"], kept["custom_fields"]) == (
        "CIO",
        "1990-01-01",
        {"city": "Sofia", "lang": "de"},
    )
    assert (kept["emails"], kept["tags"]) == (["jane@acme.com", "new@acme.com"], ["late", "vip"])
    assert (back["title"], back["birthday"], back["custom_fields"]) == (
        "CEO",
        "1980-05-06",
        {"city": "Varna", "lang": "bg"},
    )
    assert (back["emails"], back["tags"], back["telegram"], back["linkedin"]) == (
        ["jd@home.net", "j@d.org"],
        ["new", "vip"],
        "jdoe_t",
        "jdoe",
    )
    assert {"Shared", "After"} == {deal["title"] for deal in kept["deals"]}
    assert {"Shared", "Theirs"} == {deal["title"] for deal in back["deals"]}
    assert ["After the merge", "both"] == sorted(a["subject"] or a["body"] for a in kept["timeline"])
    assert ["both", "theirs"] == sorted(a["subject"] or a["body"] for a in back["timeline"])
    assert crm("store", "check").code == 0


def test_an_address_that_was_removed_since_comes_back_with_its_owner(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    crm("contact", "edit", one, "--rm-email", "j@d.org")
    crm("unmerge", two)
    assert ["jd@home.net", "j@d.org"] == shown(crm, "contact", two)["emails"]
    assert ["jane@acme.com"] == shown(crm, "contact", one)["emails"]


def test_an_address_that_is_somebody_elses_by_now_stays_there(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    crm("contact", "edit", one, "--rm-email", "j@d.org")
    crm("contact", "add", "Joan", "--email", "j@d.org", "--linkedin", "jdoe")
    answer = crm("unmerge", two)
    assert (answer.code, answer.stdout.strip()) == (0, two)
    for value in ("j@d.org", "jdoe"):
        assert f"not given back: {value} belongs to contact #3 by now" in answer.stderr
    back = shown(crm, "contact", two)
    assert (back["emails"], back["linkedin"]) == (["jd@home.net"], None)


def test_it_is_one_change_set_that_can_be_undone_and_done_again(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    apart = everything(crm, one, two)
    crm("contact", "merge", one, two)
    merged = everything(crm, one)
    crm("unmerge", two)
    assert crm("undo").code == 0
    assert merged == everything(crm, one)
    assert crm("undo").code == 0
    assert apart == everything(crm, one, two)


def test_a_merge_that_was_undone_and_redone_is_unmerged_all_the_same(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    before = everything(crm, one, two)
    crm("contact", "merge", one, two)
    crm("undo")
    crm("undo")
    assert crm("unmerge", two).code == 0
    assert before == everything(crm, one, two)


def test_the_undo_of_something_else_is_not_in_the_way(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    crm("contact", "edit", one, "--title", "CIO")
    crm("undo")
    crm("unmerge", two)
    assert ("CTO", "CEO") == (shown(crm, "contact", one)["title"], shown(crm, "contact", two)["title"])


def chain(crm: Crm) -> tuple[list[str], list[dict[str, Any]]]:
    """Three people, the third merged into the second and that into the first, and how they were before."""
    given = (
        ("A", "--tag", "a"),
        ("B", "--birthday", "1980-01-01"),
        ("C", "--title", "CEO", "--tag", "c", "--set", "k=v"),
    )
    uids = [crm("contact", "add", name, "--email", f"{name.lower()}@x.com", *more).uid for name, *more in given]
    crm("deal", "add", "Of C", "--contact", uids[2])
    before = [shown(crm, "contact", uid) for uid in uids]
    crm("contact", "merge", uids[1], uids[2])
    crm("contact", "merge", uids[0], uids[1])
    return uids, before


@pytest.mark.parametrize("order", [(2, 1), (1, 2)])
def test_a_chain_is_taken_apart_in_any_order(crm_on: Crm, order: tuple[int, ...]) -> None:
    """What went from C to B and on to A finds its way back."""
    uids, before = chain(crm_on)
    assert [uids[0]] == crm_on("contact", "list", "--format", "ids").lines
    for place in order:
        assert crm_on("unmerge", uids[place]).stdout.strip() == uids[place]
    assert before == [shown(crm_on, "contact", uid) for uid in uids]
    assert crm_on("store", "check").code == 0


def test_the_middle_of_a_chain_brings_along_what_was_merged_into_it(crm_on: Crm) -> None:
    uids, before = chain(crm_on)
    crm_on("unmerge", uids[1])
    assert before[0] == shown(crm_on, "contact", uids[0])
    middle = shown(crm_on, "contact", uids[1])
    assert (middle["emails"], middle["title"], middle["tags"]) == (["b@x.com", "c@x.com"], "CEO", ["c"])
    assert uids[1] == crm_on("contact", "show", uids[2], "--format", "json").json()["id"]


def test_several_in_one_keeper_are_named(crm_on: Crm) -> None:
    one, two, three = (crm_on("contact", "add", name).uid for name in ("A", "B", "C"))
    crm_on("contact", "merge", one, two)
    crm_on("contact", "merge", one, three)
    answer = crm_on("unmerge", one)
    assert (answer.code, answer.stdout) == (4, "")
    assert all(uid in answer.stderr for uid in (two, three))
    assert crm_on("unmerge", "contact:2").stdout.strip() == two


def test_companies(crm_on: Crm) -> None:
    """People, deals, children, parents, websites and phones find their way back."""
    one = crm_on("company", "add", "Acme", "--website", "acme.com", "--phone", "+49 30 901820").uid
    two = crm_on(
        "company",
        "add",
        "Acme Inc",
        "--website",
        "acme.io",
        "--phone",
        "+49 30 901820",
        "--country",
        "DE",
        "--annual-revenue",
        "5m",
    ).uid
    crm_on("company", "edit", one, "--parent", two)
    crm_on("company", "add", "Labs", "--parent", two)
    crm_on("contact", "add", "Jane", "--company", one, "--company", two)
    crm_on("contact", "add", "Joan", "--company", two)
    crm_on("deal", "add", "Pilot", "--company", two)
    everything = (
        ("company", one),
        ("company", two),
        ("company", "Labs"),
        ("contact", "Jane"),
        ("contact", "Joan"),
        ("deal", "Pilot"),
    )
    before = [shown(crm_on, *each) for each in everything]
    crm_on("company", "merge", one, two, "--keep", "name=B")
    assert shown(crm_on, "company", one)["name"] == "Acme Inc"
    assert crm_on("unmerge", two).code == 0
    assert before == [shown(crm_on, *each) for each in everything]


def test_deals(crm_on: Crm) -> None:
    """The stage that was chosen of the other goes back with its history."""
    one = crm_on("deal", "add", "Pilot", "--contact", "a@x.com", "--value", "100").uid
    two = crm_on(
        "deal", "add", "Copy", "--contact", "b@x.com", "--value", "200", "--stage", "proposal", "--probability", "70"
    ).uid
    before = [shown(crm_on, "deal", uid) for uid in (one, two)]
    crm_on("deal", "merge", one, two, "--keep", "stage=B", "--keep", "value=B")
    kept = shown(crm_on, "deal", one)
    assert (kept["stage"], kept["value"], kept["probability"]) == ("proposal", 200, 70)
    assert crm_on("unmerge", two).code == 0
    assert before == [shown(crm_on, "deal", uid) for uid in (one, two)]


def test_a_deal_that_moved_on_stays_where_it_is(crm_on: Crm) -> None:
    one = crm_on("deal", "add", "Pilot").uid
    two = crm_on("deal", "add", "Copy", "--stage", "proposal").uid
    crm_on("deal", "merge", one, two, "--keep", "stage=B")
    crm_on("deal", "move", one, "negotiation")
    crm_on("unmerge", two)
    kept = shown(crm_on, "deal", one)
    assert (kept["stage"], [visit["stage"] for visit in kept["stage_history"]]) == (
        "negotiation",
        ["lead", "proposal", "negotiation"],
    )
    assert "proposal" == shown(crm_on, "deal", two)["stage"]


@pytest.mark.parametrize(
    ("ref", "code", "said"),
    [
        ("A", 5, "nothing was merged into contact #1 A"),
        ("Z", 3, "no record Z"),
        ("contact:9", 3, "no record contact:9"),
    ],
)
def test_what_was_not_merged_is_said(crm_on: Crm, ref: str, code: int, said: str) -> None:
    crm_on("contact", "add", "A")
    answer = crm_on("unmerge", ref)
    assert (answer.code, answer.stdout) == (code, "")
    assert said in answer.stderr
