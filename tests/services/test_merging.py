"""Merging: one record of two, nothing lost unsaid, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext
from crmcli.errors import Conflict, NotFound, Refused
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


def shown(crm: Crm, noun: str, ref: str) -> dict[str, Any]:
    """The whole picture of a record, without what every write stamps."""
    picture = crm(noun, "show", ref, "--format", "json").json()
    return {key: value for key, value in picture.items() if key not in ("updated_at", "updated_by")}  # type: ignore[attr-defined]


def names(links: Any) -> list[str]:
    return [link["name"] for link in links]


@pytest.fixture
@once
def twins(crm_on: Crm) -> tuple[Crm, str, str]:
    """Two contacts that are one person, each with things of its own and things that clash."""
    one = crm_on(
        "contact", "add", "Jane Doe", "--email", "jane@acme.com", "--company", "Acme", "--tag", "vip", "--title", "CTO",
        "--linkedin", "janedoe", "--set", "city=Sofia", "--set", "tier=1", "--owner", "ana",
    ).uid  # fmt: skip
    two = crm_on(
        "contact", "add", "J. Doe", "--email", "jd@home.net", "--email", "j@d.org", "--phone", "+359 88 123 4567", "--company", "Acme",
        "--company", "Beta", "--tag", "VIP", "--tag", "new", "--title", "CEO", "--linkedin", "jdoe", "--telegram", "jdoe_t",
        "--birthday", "1980-05-06", "--set", "city=Varna", "--set", "lang=bg", "--owner", "eva",
    ).uid  # fmt: skip
    crm_on("deal", "add", "Shared", "--contact", one, "--contact", two)
    crm_on("deal", "add", "Theirs", "--contact", two)
    log = AppContext().activities.log
    log({"type": "note", "body": "both", "contacts": [one, two]})
    log({"type": "note", "body": "theirs", "contacts": [two]})
    return crm_on, one, two


@pytest.mark.parametrize("noun", ["contact", "company", "deal"])
def test_a_record_and_itself_are_refused_and_nothing_is_lost(crm_on: Crm, noun: str) -> None:
    uid = crm_on(noun, "add", "Acme", "--tag", "vip").uid
    before = crm_on(noun, "show", uid, "--format", "json").json()
    for other in (uid, "1", "Acme"):
        answer = crm_on(noun, "merge", uid, other)
        assert (answer.code, answer.stdout) == (5, "")
        assert "same" in answer.stderr
    assert before == crm_on(noun, "show", uid, "--format", "json").json()
    assert len(list(AppContext().history.list())) == 1


def test_everything_moves_to_the_keeper(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    assert one == crm("contact", "merge", one, two).uid
    kept = shown(crm, "contact", one)
    assert kept["emails"] == ["jane@acme.com", "jd@home.net", "j@d.org"]
    assert len(kept["phones"]) == 1
    assert (names(kept["companies"]), kept["tags"]) == (["Acme", "Beta"], ["new", "vip"])
    assert (kept["linkedin"], kept["telegram"], kept["birthday"]) == ("janedoe", "jdoe_t", "1980-05-06")
    assert kept["custom_fields"] == {"city": "Sofia", "tier": "1", "lang": "bg"}
    assert {"Shared", "Theirs"} == {deal["title"] for deal in kept["deals"]}
    assert sorted(entry["body"] or entry["subject"] for entry in kept["timeline"]) == ["both", "theirs"]
    assert names(shown(crm, "deal", "Shared")["contacts"]) == ["Jane Doe"]
    assert [one] == crm("contact", "list", "--format", "ids").lines


def test_every_value_that_was_not_kept_is_said(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    answer = crm("contact", "merge", one, two, "--format", "json")
    said = {lost["field"]: (lost["kept"], lost["dropped"]) for lost in answer.json()["conflicts"]}
    assert said == {
        "name": ("Jane Doe", "J. Doe"), "title": ("CTO", "CEO"), "linkedin": ("janedoe", "jdoe"), "owner": ("ana", "eva"),
        "custom.city": ("Sofia", "Varna"),
    }  # fmt: skip
    assert (one, two) == (answer.json()["id"], answer.json()["merged"])
    for field, (kept, dropped) in said.items():
        assert f"not kept: {field} {dropped!r} (kept {kept!r})" in answer.stderr


def test_it_is_one_change_set_and_undo_brings_both_back_exactly(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    before = [shown(crm, "contact", uid) for uid in (one, two)] + [
        shown(crm, "deal", ref) for ref in ("Shared", "Theirs")
    ]
    sets = len(list(AppContext().history.list()))
    assert crm("contact", "merge", one, two).code == 0
    assert sets + 1 == len(list(AppContext().history.list()))
    AppContext().history.undo()
    after = [shown(crm, "contact", uid) for uid in (one, two)] + [
        shown(crm, "deal", ref) for ref in ("Shared", "Theirs")
    ]
    assert before == after
    assert [two] == [hit.id for hit in AppContext().search.find("varna")]


def test_the_merged_away_uid_and_number_lead_to_the_survivor(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    for ref in (two, "2", "#2"):
        answer = crm("contact", "show", ref, "--format", "json")
        assert one == answer.json()["id"]
        assert "was merged into #1 Jane Doe" in answer.stderr
    assert crm("contact", "edit", two, "--title", "CIO", "--format", "json").json()["title"] == "CIO"


def test_the_uid_leads_on_over_several_merges(crm_on: Crm) -> None:
    first, second, third = (crm_on("contact", "add", name).uid for name in ("A", "B", "C"))
    crm_on("contact", "merge", second, first)
    crm_on("contact", "merge", third, second)
    for gone in (first, second, "1"):
        assert third == crm_on("contact", "show", gone, "--format", "json").json()["id"]
    crm_on("contact", "rm", third)
    assert crm_on("contact", "show", first).code == 3


def test_a_merged_away_record_is_not_restored_but_unmerged(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    answer = crm("contact", "restore", two)
    assert (answer.code, answer.stdout) == (4, "")
    assert "crm unmerge contact:2" in answer.stderr


def test_the_addresses_that_moved_name_the_keeper_and_stay_unique(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    assert one == crm("contact", "show", "jd@home.net", "--format", "json").json()["id"]
    assert crm("contact", "add", "Other", "--email", "jd@home.net").code == 4


def test_the_handle_that_was_not_kept_is_free_again(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    assert crm("contact", "add", "Other", "--linkedin", "jdoe").code == 0


def test_companies(crm_on: Crm) -> None:
    """People, deals, activities, children, websites and phones follow; the keeper is never its own parent."""
    one = crm_on("company", "add", "Acme", "--website", "acme.com", "--industry", "saas").uid
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
        "--industry",
        "it",
    ).uid
    crm_on("company", "edit", one, "--parent", two)
    crm_on("company", "add", "Labs", "--parent", two)
    crm_on("contact", "add", "Jane", "--company", one, "--company", two)
    crm_on("contact", "add", "Joan", "--company", two)
    crm_on("deal", "add", "Pilot", "--company", two)
    AppContext().activities.log({"type": "note", "body": "hello", "company": two})
    nouns = (
        ("company", one),
        ("company", two),
        ("company", "Labs"),
        ("contact", "Jane"),
        ("contact", "Joan"),
        ("deal", "Pilot"),
    )
    before = [shown(crm_on, *each) for each in nouns]
    answer = crm_on("company", "merge", one, two, "--format", "json")
    assert [(lost["field"], lost["dropped"]) for lost in answer.json()["conflicts"]] == [
        ("name", "Acme Inc"),
        ("industry", "it"),
    ]
    kept = shown(crm_on, "company", one)
    assert (kept["websites"], len(kept["phones"]), kept["country"], kept["parent"]) == (
        ["acme.com", "acme.io"],
        1,
        "DE",
        None,
    )
    assert (names(kept["contacts"]), [d["title"] for d in kept["deals"]], len(kept["timeline"])) == (
        ["Jane", "Joan"],
        ["Pilot"],
        1,
    )
    assert shown(crm_on, "company", "Labs")["parent"]["name"] == "Acme"
    assert names(shown(crm_on, "contact", "Jane")["companies"]) == ["Acme"]
    AppContext().history.undo()
    assert before == [shown(crm_on, *each) for each in nouns]


def test_deals(crm_on: Crm) -> None:
    """The keeper's stage stays; people, activities, tags and what it lacked follow."""
    one = crm_on("deal", "add", "Pilot", "--contact", "a@x.com", "--value", "100").uid
    two = crm_on(
        "deal", "add", "Pilot copy", "--contact", "a@x.com", "--contact", "b@x.com", "--company", "Acme", "--value", "200",
        "--stage", "proposal", "--tag", "new", "--expected-close", "2026-12-24", "--campaign", "Fair", "--probability", "70",
    ).uid  # fmt: skip
    AppContext().activities.log({"type": "note", "body": "hello", "deal": two})
    before = [shown(crm_on, "deal", uid) for uid in (one, two)]
    answer = crm_on("deal", "merge", one, two)
    for said in ("title 'Pilot copy'", "value 200", "stage 'proposal'", "probability 70"):
        assert f"not kept: {said}" in answer.stderr
    kept = shown(crm_on, "deal", one)
    assert (names(kept["contacts"]), kept["company"]["name"], kept["tags"]) == (["a", "b"], "Acme", ["new"])
    assert tuple(kept[k] for k in ("value", "stage", "expected_close", "campaign")) == (
        100,
        "lead",
        "2026-12-24",
        "Fair",
    )
    assert ([visit["stage"] for visit in kept["stage_history"]], len(kept["timeline"])) == (["lead"], 1)
    AppContext().history.undo()
    assert before == [shown(crm_on, "deal", uid) for uid in (one, two)]


def test_a_link_that_was_not_kept_is_named(crm_on: Crm) -> None:
    crm_on("deal", "add", "A", "--company", "Acme")
    crm_on("deal", "add", "B", "--company", "Beta")
    assert "not kept: company 'Beta' (kept 'Acme')" in crm_on("deal", "merge", "A", "B").stderr


def test_nothing_is_said_when_nothing_was_lost(crm_on: Crm) -> None:
    for _ in range(2):
        crm_on("deal", "add", "Pilot", "--value", "100", "--company", "Acme")
    assert crm_on("deal", "merge", "1", "2").stderr == "merged into #1 Pilot (crm undo takes it back)\n"


def test_the_external_id_follows_or_is_said(app: AppContext) -> None:
    def add(name: str) -> str:
        return str(app.contacts.add(app.contacts.draft({"name": name})).id)

    one, two, three = add("A"), add("B"), add("C")
    with app.desk.writing("test") as uow:
        from crmcli.store.models.people import Contact

        for number, external in ((2, "7"), (3, "8")):
            row = uow.get(Contact, number)
            row.external_source, row.external_id = "hub", external
    assert app.contacts.merge(one, two).record.external_id == "hub:7"
    lost = app.contacts.merge(one, three).conflicts
    assert ("external_id", "hub:7", "hub:8") in lost
    assert one == app.contacts.get("hub:7").id


def test_undo_of_a_merge_after_a_later_edit_is_refused(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two)
    merge = next(iter(AppContext().history.list()))
    crm("contact", "edit", one, "--birthday", "1990-01-01")
    with pytest.raises(Conflict, match="birthday"):
        AppContext().history.undo(str(merge.number))


def test_a_hook_sees_and_may_refuse_the_merge(app: AppContext) -> None:
    for name in ("A", "B"):
        app.contacts.add(app.contacts.draft({"name": name}))
    app.desk.hooks._command_of = lambda name: "exit 3" if name == "pre-contact-edit" else None  # type: ignore[method-assign]
    with pytest.raises(Refused, match="pre-contact-edit"):
        app.contacts.merge("A", "B")
    assert [app.contacts.get(name).name for name in ("A", "B")] == ["A", "B"]


def test_an_unknown_record_is_not_found(app: AppContext) -> None:
    app.contacts.add(app.contacts.draft({"name": "A"}))
    for words in (("A", "B"), ("B", "A")):
        with pytest.raises(NotFound, match="no contact B"):
            app.contacts.merge(*words)


@pytest.mark.parametrize(
    ("choice", "field", "kept", "dropped"),
    [
        ("title=B", "title", "CEO", "CTO"), ("title=2", "title", "CEO", "CTO"), ("title=A", "title", "CTO", "CEO"),
        ("name=b", "name", "J. Doe", "Jane Doe"), ("linkedin=B", "linkedin", "jdoe", "janedoe"),
        ("city=B", "custom.city", "Varna", "Sofia"), ("owner=J. Doe", "owner", "eva", "ana"),
    ],
)  # fmt: skip
def test_a_value_is_kept_as_chosen_and_the_other_is_said(
    twins: tuple[Crm, str, str], choice: str, field: str, kept: str, dropped: str
) -> None:
    crm, one, two = twins
    answer: Any = crm("contact", "merge", one, two, "--keep", choice, "--format", "json").json()
    assert (kept, dropped) in [(c["kept"], c["dropped"]) for c in answer["conflicts"] if c["field"] == field]
    now = shown(crm, "contact", one)
    assert kept == (now["custom_fields"]["city"] if field.startswith("custom.") else now[field])
    assert crm("undo").code == 0


def test_of_a_field_of_many_the_chosen_ones_come_first(twins: tuple[Crm, str, str]) -> None:
    crm, one, two = twins
    crm("contact", "merge", one, two, "--keep", "emails=B", "--keep", "company=B")
    now = shown(crm, "contact", one)
    assert (now["emails"], names(now["companies"])) == (["jd@home.net", "j@d.org", "jane@acme.com"], ["Acme", "Beta"])


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("title", "'title' is not FIELD=B"), ("title=", "'title=' is not FIELD=B"), ("titel=B", "did you mean title?"),
        ("title=C", "'C' is neither of the two"), ("created_at=B", "created_at is worked out"),
    ],
)  # fmt: skip
def test_a_choice_that_is_none(twins: tuple[Crm, str, str], choice: str, said: str) -> None:
    crm, one, two = twins
    answer = crm("contact", "merge", one, two, "--keep", choice)
    assert (answer.code, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert 2 == len(crm("contact", "list", "--format", "ids").lines)


def test_links_and_imports_find_the_keeper_by_what_the_other_was_called(crm_on: Crm, tmp_path: Path) -> None:
    """No stub is made of a company that was merged away, and no double of a person whose number is known."""
    file = tmp_path / "people.csv"
    file.write_text("id,name,email\n7,Jane,jane@a.com\n8,Jane,jane@b.com\n")
    words = ("--source", "hub", "--map", "id=external_id")
    crm_on("import", "contacts", file, *words)
    crm_on("contact", "merge", "hub:7", "hub:8")
    assert "contact hub:8 was merged into #1 Jane" in crm_on("contact", "show", "hub:8").stderr
    file.write_text("id,name,title\n8,Jane,CIO\n")
    assert crm_on("import", "contacts", file, *words, "--update").code == 0
    people: Any = crm_on("contact", "list", "--format", "json").json()
    assert [("Jane", "CIO")] == [(person["name"], person["title"]) for person in people]
    one, two = (crm_on("company", "add", name).uid for name in ("Acme", "Acme Inc"))
    crm_on("company", "merge", one, two)
    answer = crm_on("deal", "add", "Pilot", "--company", "acme inc", "--format", "json")
    assert "company acme inc was merged into #1 Acme" in answer.stderr
    assert one == answer.json()["company"]["id"]  # type: ignore[index]


def test_a_deal_whose_number_is_the_keepers_stays_with_the_person(crm_on: Crm) -> None:
    """Numbers of deals and people have nothing to do with each other."""
    for name in ("A", "B"):
        crm_on("contact", "add", name)
    crm_on("deal", "add", "Of B", "--contact", "B")
    crm_on("contact", "merge", "A", "B")
    assert ["A"] == names(shown(crm_on, "deal", "Of B")["contacts"])


def test_no_company_comes_to_belong_to_itself(crm_on: Crm) -> None:
    """Not even by way of a third."""
    keeper = crm_on("company", "add", "Keeper").uid
    loser = crm_on("company", "add", "Loser").uid
    between = crm_on("company", "add", "Between", "--parent", loser).uid
    crm_on("company", "edit", keeper, "--parent", between)
    crm_on("company", "merge", keeper, loser)
    assert shown(crm_on, "company", keeper)["parent"] is None
    assert "Keeper" == shown(crm_on, "company", between)["parent"]["name"]
