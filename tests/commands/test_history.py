"""`crm history`: who changed what, when, by which command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def lived(crm_on: Crm) -> Crm:
    """A person added by one, changed by another, and a deal."""
    crm_on("contact", "add", "Łukasz", "--email", "l@x.com", "--phone", "+48 601 234 567")
    crm_on(
        "--as",
        "boris",
        "contact",
        "edit",
        "l@x.com",
        "--title",
        "CTO",
        "--add-tag",
        "vip",
        "--rm-phone",
        "+48 601 234 567",
    )
    crm_on("deal", "add", "Pilot", "--value", "12.5k EUR", "--contact", "l@x.com", "--company", "Acme")
    crm_on("deal", "edit", "Pilot", "--value", "13000 EUR", "--stage", "proposal")
    return crm_on


def test_every_change_is_listed_the_newest_first(lived: Crm) -> None:
    """With who, when, the command and what it was about."""
    found = lived("history", "--fields", "number,at,user,command,summary,undone", "--format", "tsv")
    assert [
        "number\tat\tuser\tcommand\tsummary\tundone",
        "4\t2026-11-21T12:00:00Z\tmaria\tdeal edit\tPilot\tfalse",
        "3\t2026-11-21T12:00:00Z\tmaria\tdeal add\tPilot\tfalse",
        "2\t2026-11-21T12:00:00Z\tboris\tcontact edit\tŁukasz\tfalse",
        "1\t2026-11-21T12:00:00Z\tmaria\tcontact add\tŁukasz\tfalse",
    ] == found.lines


def test_a_record_shows_each_field_before_and_after(lived: Crm) -> None:
    """Only its own, also what hangs on it, in the user's words."""
    sets = lived("history", "l@x.com", "--format", "json").json()
    assert [2, 1] == [found["number"] for found in sets]
    changes = {(c["field"], c["before"], c["after"]) for c in sets[0]["changes"]}
    assert {("title", None, "CTO"), ("tags", None, "vip"), ("phones", "+48 601 234 567", None)} == changes


def test_a_field_that_was_empty_and_stays_so_did_not_change(crm_on: Crm) -> None:
    """Whatever way the store writes nothing: no line says that nothing became nothing."""
    crm_on("company", "add", "Acme")
    crm_on("company", "edit", "Acme", "--industry", "saas")
    changes = [each for found in crm_on("history", "Acme", "--format", "json").json() for each in found["changes"]]
    assert [("industry", None, "saas"), ("name", None, "Acme")] == sorted(
        (each["field"], each["before"], each["after"]) for each in changes if each["field"] in ("industry", "name")
    )
    assert [] == [each for each in changes if not each["before"] and not each["after"]]


def test_money_and_stages_are_shown_as_they_are_meant(lived: Crm) -> None:
    """Not in cents, not by number."""
    sets = lived("history", "deal:1", "--format", "json").json()
    changes = {(c["field"], c["before"], c["after"]) for c in sets[0]["changes"]}
    assert {("value", 12500, 13000), ("stage", "lead", "proposal"), ("stage_history", None, "proposal")} == changes


@pytest.mark.parametrize("name", ["change:3", "ch_"])
def test_a_change_shows_everything_in_it(lived: Crm, name: str) -> None:
    """Across nouns: the company that came with the deal too."""
    ref = name if name != "ch_" else lived("history", "--format", "json").json()[1]["id"]
    (found,) = lived("history", ref, "--format", "json").json()
    assert 3 == found["number"]
    assert {"company", "deal"} == {change["noun"] for change in found["changes"]}


def test_on_a_terminal_the_fields_stand_below_the_change(lived: Crm) -> None:
    """For a person to read."""
    shown = lived("history", "deal:1", tty=True).stdout
    assert "deal Pilot: stage: lead → proposal" in shown
    assert "deal Pilot: value: 12,500 EUR → 13,000 EUR" in shown


def test_a_deleted_record_has_a_history(lived: Crm) -> None:
    """By its uid, and the deletion is in it."""
    uid = lived("contact", "show", "l@x.com", "--format", "json").json()["id"]
    lived("contact", "rm", "l@x.com")
    sets = lived("history", uid, "--format", "json").json()
    assert (5, "contact rm") == (sets[0]["number"], sets[0]["command"])
    assert "remove" in {change["action"] for change in sets[0]["changes"]}


def test_undone_changes_are_marked(lived: Crm) -> None:
    """And are no longer when they were done again."""
    lived("undo")
    marks = [found["undone"] for found in lived("history", "--format", "json").json()]
    assert [False, True, False, False, False] == marks
    lived("undo")
    marks = [found["undone"] for found in lived("history", "--format", "json").json()]
    assert [False, True, False, False, False, False] == marks


def test_a_limit_cuts(lived: Crm) -> None:
    """The newest ones stay."""
    assert ["4", "3"] == lived("history", "--limit", "2", "--fields", "number", "--format", "tsv").lines[1:]


def test_a_number_that_several_nouns_have_is_ambiguous(lived: Crm) -> None:
    """The nouns are named, and how to say which."""
    found = lived("history", "1")
    assert (4, "") == (found.code, found.stdout)
    assert "say contact:1" in found.stderr


@pytest.mark.parametrize("ref", ["nobody@x.com", "change:99", "ch_zz", "deal:99"])
def test_what_is_not_there_has_no_history(lived: Crm, ref: str) -> None:
    """Exit 3."""
    found = lived("history", ref)
    assert (3, "") == (found.code, found.stdout)


def test_no_store_has_no_history_and_gets_none(crm: Crm, tmp_path: Path) -> None:
    """A read creates nothing."""
    assert [] == crm("history", "--format", "json").json()
    assert not (tmp_path / "crm.db").exists()


def test_a_change_of_marketing_counts_its_records(crm_on: Crm) -> None:
    """A campaign, its cost, a segment and a template are records as contacts are."""
    crm_on("segment", "add", "vip", "--filter", "tag = vip")
    crm_on("template", "add", "hello", "--subject", "x", "--text", "-", stdin="y")
    crm_on("campaign", "add", "Spring", "--segment", "vip")
    crm_on("campaign", "cost", "add", "Spring", "250 EUR")
    crm_on("campaign", "cost", "rm", "1")
    sets: Any = crm_on("history", "--format", "json").json()
    assert [
        ("Spring: 250 EUR", 1),
        ("Spring: 250 EUR", 1),
        ("Spring", 1),
        ("hello", 1),
        ("vip", 1),
    ] == [(each["summary"], each["records"]) for each in sets]
