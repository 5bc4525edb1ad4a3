"""`crm undo`: the last change, or the one named, of any kind and across nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


def _dump(crm: Crm) -> list[object]:
    """Everything live, but for when and by whom it was last touched."""
    nouns = ("contact", "company", "deal", "activity")
    found = [record for noun in nouns for record in crm(noun, "list", "--format", "json").json()]
    touched = ("updated_at", "updated_by")
    live: list[object] = [{key: value for key, value in record.items() if key not in touched} for record in found]
    return live + crm("pipeline", "list", "--format", "json").json()


@pytest.fixture
@once
def filled(crm_on: Crm) -> Crm:
    """A person at a company, another one, two deals and a logged call."""
    for words in (
        ("contact", "add", "Jane", "--email", "j@x.com", "--company", "Acme", "--tag", "vip"),
        ("contact", "add", "Janet", "--email", "jt@x.com", "--phone", "+359 88 123 4567"),
        ("company", "add", "Acme Ltd", "--website", "acme.com"),
        ("deal", "add", "Pilot", "--value", "12.5k", "--contact", "j@x.com"),
        ("deal", "add", "Renewal", "--stage", "proposal"),
        ("log", "call", "Prices", "--contact", "j@x.com", "--deal", "Pilot"),
    ):
        assert 0 == crm_on(*words).code
    return crm_on


KINDS = [
    ("contact", "add", "Ewa", "--email", "e@x.com", "--company", "Nowa", "--tag", "new", "--set", "a=b"),
    ("contact", "edit", "j@x.com", "--title", "CTO", "--add-email", "j@y.com", "--rm-tag", "vip", "--x", "jane"),
    ("contact", "edit", "--where", "name ^= Jan", "--owner", "boris", "--yes"),
    ("contact", "edit", "j@x.com", "--clear", "emails,companies"),
    ("contact", "rm", "j@x.com"),
    ("contact", "rm", "--where", "name ^= Jan", "--yes"),
    ("contact", "merge", "j@x.com", "jt@x.com"),
    ("company", "merge", "Acme", "Acme Ltd"),
    ("company", "rm", "Acme"),
    ("deal", "move", "Pilot", "proposal"),
    ("deal", "move", "--where", "stage_kind = open", "negotiation", "--yes"),
    ("deal", "win", "Pilot"),
    ("deal", "lose", "Pilot", "--reason", "price"),
    ("deal", "edit", "Pilot", "--value", "USD 3k", "--probability", "40", "--stage", "qualified"),
    ("deal", "merge", "Pilot", "Renewal"),
    ("deal", "rm", "Pilot"),
    ("tag", "j@x.com", "big", "new"),
    ("untag", "j@x.com", "vip"),
    ("log", "call", "More", "--contact", "new@x.com", "--deal", "Pilot", "--next", "offer", "--due", "fri"),
    ("task", "add", "Call back", "--contact", "j@x.com", "--due", "tomorrow 9:00"),
    ("pipeline", "add", "renewals"),
    ("pipeline", "edit", "sales", "--name", "selling"),
    ("pipeline", "stage-add", "pilot", "--position", "1"),
    ("pipeline", "stage-edit", "proposal", "--name", "offer", "--probability", "60"),
    ("pipeline", "stage-rm", "proposal", "--move-to", "lead", "--yes"),
]


@pytest.mark.parametrize("words", KINDS, ids=[" ".join(words[:2]) + f"-{n}" for n, words in enumerate(KINDS)])
def test_any_kind_of_change_is_taken_back_and_done_again(filled: Crm, words: tuple[str, ...]) -> None:
    """In one step, links, labels, stages and follow-ups with it, and the store is whole after each."""
    before = _dump(filled)
    done = filled(*words)
    assert 0 == done.code, done.stderr
    after = _dump(filled)
    assert before != after
    undone = filled("undo")
    assert (0, "") == (undone.code, undone.stdout)
    assert undone.stderr.startswith("undid #7 ")
    assert undone.stderr.endswith("(crm undo 8 does it again, crm undo 6 takes back the change before)\n")
    assert before == _dump(filled)
    assert 0 == filled("store", "check").code
    assert 0 == filled("undo").code
    assert after == _dump(filled)
    assert 0 == filled("store", "check").code


def test_an_import_is_one_step(filled: Crm, tmp_path: Path) -> None:
    """Rows, companies and labels that came with it go again, and come back."""
    before = _dump(filled)
    file = tmp_path / "people.csv"
    file.write_text("name,email,company\nEwa,e@x.com,Nowa\nOla,o@x.com,Acme\n")
    assert 0 == filled("import", "contacts", str(file)).code
    after = _dump(filled)
    assert 0 == filled("undo").code
    assert before == _dump(filled)
    assert 0 == filled("undo").code
    assert after == _dump(filled)
    assert 0 == filled("store", "check").code


def _all(crm: Crm) -> list[object]:
    """What was bought as well."""
    bought: list[object] = crm("purchases", "list", "--format", "json").json()
    return _dump(crm) + bought


@pytest.mark.parametrize(
    "words",
    [
        ("import", "contacts", "people.csv"),
        ("contact", "rm", "--where", "name ^= Jan", "--yes"),
        ("purchases", "import", "bought.csv"),
    ],
    ids=" ".join,
)
def test_a_chain_of_undos_is_taken_back_from_its_end(filled: Crm, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Each undo of an undo leaves what was there before it, also where thousands are marked rather than logged."""
    (tmp_path / "people.csv").write_text("name,email,company\nEwa,e@x.com,Nowa\nOla,o@x.com,Acme\n")
    (tmp_path / "bought.csv").write_text("customer,date,amount\nj@x.com,2026-01-02,12\n")
    before = _all(filled)
    assert 0 == filled(*words).code
    states = [before, _all(filled)]
    assert before != states[1]
    for number in range(7, 13):
        assert 0 == filled("undo", str(number)).code
        assert states[(number - 7) % 2] == _all(filled)
    for number in range(13, 6, -1):
        assert 0 == filled("undo", str(number)).code
        assert states[(number - 13) % 2] == _all(filled), number
    assert 0 == filled("store", "check").code


def test_one_takes_back_ones_own(filled: Crm) -> None:
    """What someone else did last is left alone unless it is named."""
    filled("--as", "boris", "contact", "edit", "jt@x.com", "--title", "CFO")
    assert "undid #6 log call" in filled("undo").stderr
    assert ["CFO"] == filled(
        "contact", "list", "--filter", "title = CFO", "--fields", "title", "--format", "tsv"
    ).lines[1:]
    assert 0 == filled("undo", "7").code
    assert [] == filled("contact", "list", "--filter", "title = CFO", "--format", "json").json()


def test_who_did_nothing_hears_what_was_done_last(filled: Crm) -> None:
    """And how that would be taken back."""
    found = filled("--as", "zofia", "undo")
    assert (3, "") == (found.code, found.stdout)
    assert (
        "you have changed nothing that could be undone (try: the last change is #6 by maria: crm undo 6)"
        in found.stderr
    )


@pytest.mark.parametrize(
    ("later", "field"),
    [
        (("contact", "edit", "jt@x.com", "--title", "CEO"), "title"),
        (("contact", "edit", "jt@x.com", "--add-email", "j@z.com"), "emails"),
        (("tag", "jt@x.com", "big"), "tags"),
    ],
)
def test_what_was_changed_since_is_not_taken_back(filled: Crm, later: tuple[str, ...], field: str) -> None:
    """The field in the way is named, nothing is changed, and the way in is shown."""
    before = _dump(filled)
    assert 0 == filled("--as", "boris", *later).code
    after = _dump(filled)
    found = filled("undo", "2")
    assert (4, "") == (found.code, found.stdout)
    assert f"{field} of contact #2 was changed since (try: crm history contact:2)\n" in found.stderr
    assert after == _dump(filled)
    assert 0 == filled("undo", "7").code
    assert before == _dump(filled)


def test_an_edit_of_the_same_field_is_in_the_way(filled: Crm) -> None:
    """Of another field it is not."""
    filled("contact", "edit", "j@x.com", "--title", "CTO", "--source", "fair")
    filled("--as", "boris", "contact", "edit", "j@x.com", "--title", "CEO")
    found = filled("undo", "7")
    assert 4 == found.code
    assert "title of contact #1 was changed since" in found.stderr
    filled("--as", "boris", "contact", "edit", "j@x.com", "--title", "CTO", "--note", "x")
    assert 0 == filled("undo", "7").code


def test_what_something_new_is_linked_to_stays(filled: Crm) -> None:
    """A deal made since belongs to the company that would go."""
    filled("company", "add", "Nowa")
    filled("deal", "add", "Big", "--company", "Nowa")
    found = filled("undo", "7")
    assert 4 == found.code
    assert "company #3 was linked to deal #3 since" in found.stderr


def test_a_value_that_is_someone_elses_by_now_does_not_come_back(filled: Crm) -> None:
    """Whose it is, is said."""
    filled("contact", "rm", "j@x.com")
    filled("contact", "add", "Ewa", "--email", "j@x.com")
    found = filled("undo", "7")
    assert 4 == found.code
    assert "j@x.com belongs to contact #3 Ewa by now" in found.stderr


def test_what_was_undone_is_not_undone_again(filled: Crm) -> None:
    """The way to bring it back is shown."""
    filled("undo")
    found = filled("undo", "6")
    assert 4 == found.code
    assert "change #6 was undone already by #7 (try: crm undo 7)" in found.stderr
    filled("undo", "7")
    assert 0 == filled("undo", "6").code


@pytest.mark.parametrize("which", ["7", "99", "#99", "ch_zz", "x"])
def test_an_unknown_change_is_not_found(filled: Crm, which: str) -> None:
    """Exit 3, also for the number that the undo itself would have."""
    found = filled("undo", which)
    assert (3, "", f"crm: error: no change {which} (try: crm history)\n") == found


def test_a_change_is_named_by_number_or_uid(filled: Crm) -> None:
    """As history shows it; the beginning of the uid will do."""
    uid = filled("history", "--format", "json").json()[0]["id"]
    assert "undid #6" in filled("undo", uid).stderr
    assert "undid #7" in filled("undo", "#7").stderr


def test_an_undo_is_answered_as_json_when_that_is_asked_for(filled: Crm) -> None:
    """With the fields before and after."""
    found = filled("undo", "--format", "json").json()
    assert (6, True, "log call") == (found["number"], found["undone"], found["command"])


def test_undo_on_no_store_makes_none(crm: Crm, tmp_path: Path) -> None:
    """There is nothing to take back, and nothing is left behind."""
    found = crm("undo")
    assert (3, "") == (found.code, found.stdout)
    assert not (tmp_path / "crm.db").exists()


@pytest.fixture
def merged(crm_on: Crm) -> Crm:
    """Two people made one by change #3."""
    crm_on("contact", "add", "E1", "--email", "e1@x.com")
    crm_on("contact", "add", "E2", "--email", "e2@x.com")
    assert 0 == crm_on("contact", "merge", "1", "2").code
    return crm_on


def test_a_merge_whose_email_was_taken_off_since_stays(merged: Crm) -> None:
    """Else the other would come back without it."""
    merged("contact", "edit", "1", "--rm-email", "e2@x.com")
    found = merged("undo", "3")
    assert (4, "") == (found.code, found.stdout)
    assert "(email) was deleted since (try: crm history contact:" in found.stderr
    assert 0 == merged("undo", "4").code
    assert 0 == merged("undo", "3").code
    assert [["e1@x.com"], ["e2@x.com"]] == [
        row["emails"] for row in merged("contact", "list", "--format", "json").json()
    ]


def test_a_value_taken_off_and_back_again_is_in_the_way_until_both_are_undone(merged: Crm) -> None:
    """What the row looks like now does not count, what was done to it does."""
    merged("contact", "edit", "1", "--rm-email", "e2@x.com")
    merged("contact", "merge", "1", "1")  # refused: not a change
    merged("contact", "edit", "1", "--add-email", "e2@x.com")
    assert 4 == merged("undo", "3").code
    assert 0 == merged("undo", "5").code
    assert 4 == merged("undo", "3").code
    assert 0 == merged("undo", "4").code
    assert 0 == merged("undo", "3").code


def test_a_later_place_among_the_others_is_in_the_way(merged: Crm) -> None:
    """A second merge moved the same address on; the first is undone after it."""
    merged("contact", "add", "E3")
    merged("contact", "merge", "3", "1")
    found = merged("undo", "3")
    assert 4 == found.code
    assert (
        "emails of contact #3 was changed since" in found.stderr or "of contact #1 (email) was changed" in found.stderr
    )
    assert 0 == merged("undo", "5").code
    assert 0 == merged("undo", "3").code


def test_a_redone_change_is_in_the_way_again(merged: Crm) -> None:
    """An undo of an undo stands like the change itself."""
    merged("contact", "edit", "1", "--rm-email", "e2@x.com")
    merged("undo", "4")
    merged("undo", "5")
    assert 4 == merged("undo", "3").code


def test_an_edit_of_what_was_deleted_since_stays(filled: Crm) -> None:
    """A deleted record is not changed behind one's back."""
    filled("contact", "edit", "j@x.com", "--title", "CTO")
    filled("contact", "rm", "j@x.com")
    found = filled("undo", "7")
    assert 4 == found.code
    assert "contact #1 was deleted since" in found.stderr


def test_an_undone_undo_offers_only_the_way_back(filled: Crm) -> None:
    """The change before is offered when a change is taken back."""
    assert filled("undo").stderr.endswith("(crm undo 7 does it again, crm undo 5 takes back the change before)\n")
    assert filled("undo", "5").stderr.endswith("(crm undo 8 does it again, crm undo 4 takes back the change before)\n")
    assert filled("undo", "8").stderr.endswith("(crm undo 9 does it again)\n")


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "edit", "1", "--title", "x"),
        ("contact", "edit", "--where", "name = x", "--title", "y", "--yes"),
        ("contact", "rm", "1"),
        ("contact", "restore", "1"),
        ("contact", "merge", "1", "2"),
        ("deal", "move", "1", "lead"),
        ("deal", "win", "1"),
        ("deal", "lose", "1", "--reason", "price"),
        ("deal", "reopen", "1"),
        ("task", "done", "1"),
        ("task", "snooze", "1", "+1d"),
        ("tag", "contact:1", "vip"),
        ("undo", "7"),
        ("pipeline", "stage-rm", "bogus"),
    ],
)
def test_a_change_to_nothing_makes_no_store(crm: Crm, tmp_path: Path, words: tuple[str, ...]) -> None:
    """What is not there is not found, and no file is left behind."""
    found = crm(*words)
    assert (0 if "--where" in words else 3, "") == (found.code, found.stdout)
    assert not (tmp_path / "crm.db").exists()


def test_what_was_undone_is_told_once(crm: Callable[..., Result]) -> None:
    """How many, in the plural of the noun."""
    for name in ("Ada", "Bea"):
        crm("contact", "add", name)
    crm("contact", "edit", "--where", "owner = me", "--title", "CTO", "--yes")
    assert "undid #3 contact edit: 2 contacts (crm undo 4" == crm("undo").stderr[:45]


def test_undos_of_undos_are_told_by_the_change_at_the_bottom(crm_on: Crm) -> None:
    """However often it was done and undone."""
    crm_on("contact", "add", "Jane Roe")
    for _ in range(4):
        assert 0 == crm_on("undo", str(len(crm_on("history", "--format", "json").json()))).code  # type: ignore[arg-type]
    rows: Any = crm_on("history", "--format", "json").json()
    told = rows[-1]["summary"]
    done = f"#1 contact add: {told}"
    assert [f"redo of {done}", done, f"redo of {done}", done, told] == [row["summary"] for row in rows]
