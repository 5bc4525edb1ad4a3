"""``crm view``, and lists through a saved view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def deals(crm_on: Crm) -> Crm:
    """Three deals, one of them small, and a view of the others."""
    for title, value, owner in (("Żubr", "20k", "ana"), ("Big", "30k", "maria"), ("Small", "1k", "maria")):
        crm_on("deal", "add", title, "--value", value, "--owner", owner)
    saved = crm_on(
        "view",
        "save",
        "hot",
        "--noun",
        "deal",
        "--filter",
        "value > 10k",
        "--sort",
        "value",
        "--reverse",
        "--fields",
        "title,value",
    )
    assert (0, "", "saved view hot: crm deal list --view hot\n") == saved
    return crm_on


def titles(crm: Crm, *words: str) -> list[str]:
    return [line.split("\t")[0] for line in crm("deal", "list", *words, "--format", "tsv").lines[1:]]


def test_a_list_through_a_view(deals: Crm) -> None:
    assert (0, "title\tvalue\nBig\t30000\nŻubr\t20000\n", "") == deals(
        "deal", "list", "--view", "HOT", "--format", "tsv"
    )


def test_flags_override_and_narrow(deals: Crm) -> None:
    """A filter or order of one's own takes the view's place; shortcuts narrow what it selects."""
    assert ["Żubr", "Big"] == titles(deals, "--view", "hot", "--reverse")
    assert ["Small"] == titles(deals, "--view", "hot", "--filter", "value < 10k")
    assert ["Big"] == titles(deals, "--view", "hot", "--owner", "me")
    assert ["Big", "Żubr"] == titles(deals, "--view", "hot", "--sort", "title")
    assert (
        "owner\nmaria\nana\n" == deals("deal", "list", "--view", "hot", "--fields", "owner", "--format", "tsv").stdout
    )


@pytest.mark.parametrize("noun", ["contact", "company", "activity"])
def test_every_list_has_views(crm_on: Crm, noun: str) -> None:
    crm_on("contact", "add", "Jane", "--company", "Acme", "--owner", "ana")
    crm_on("log", "call", "Hello", "--contact", "Jane")
    name = "subject" if noun == "activity" else "name"
    assert 0 == crm_on("view", "save", "all", "--noun", noun, "--fields", name).code
    assert crm_on(noun, "list", "--view", "all", "--format", "tsv").stdout.startswith(f"{name}\n")


def test_activities_stay_newest_first_unless_the_view_says(crm_on: Crm) -> None:
    for day in ("2026-11-02", "2026-11-03", "2026-11-01"):
        crm_on("log", "call", day, "--at", day)
    crm_on("view", "save", "plain", "--noun", "activity", "--fields", "subject")
    crm_on("view", "save", "old", "--noun", "activity", "--fields", "subject", "--sort", "at")
    shown = {name: crm_on("activity", "list", "--view", name, "--format", "tsv").lines[1:] for name in ("plain", "old")}
    assert {
        "plain": ["2026-11-03", "2026-11-02", "2026-11-01"],
        "old": ["2026-11-01", "2026-11-02", "2026-11-03"],
    } == shown


def test_views_are_listed_and_removed(deals: Crm) -> None:
    (view,) = deals("view", "list", "--format", "json").json()  # type: ignore[misc]
    assert {
        "name": "hot", "noun": "deal", "filter": "value > 10k", "sort": "value", "reverse": True,
        "columns": ["title", "value"], "owner": "maria",
    } == {key: value for key, value in view.items() if key not in ("id", "number")}  # fmt: skip
    assert [] == deals("view", "list", "--noun", "contacts", "--format", "json").json()
    assert (0, "", "removed view hot (crm undo takes it back)\n") == deals("view", "rm", "hot")
    gone = deals("deal", "list", "--view", "hot")
    assert (3, "", "crm: error: no view hot of deals (try: crm view save NAME)\n") == gone
    assert 0 == deals("undo").code
    assert ["Big", "Żubr"] == titles(deals, "--view", "hot")


def test_history_tells_of_views(deals: Crm) -> None:
    (first, *_) = deals("history", "--format", "json").json()  # type: ignore[misc]
    assert ("view save", "hot") == (first["command"], first["summary"])
    (whole,) = deals("history", f"change:{first['number']}", "--format", "json").json()  # type: ignore[misc]
    assert ("saved_view", "add", "value > 10k") in {(c["noun"], c["action"], c["after"]) for c in whole["changes"]}


def test_a_bad_view_is_refused_and_named(deals: Crm) -> None:
    refused = deals("view", "save", "x", "--noun", "deal", "--filter", "valu > 1")
    assert (2, "") == refused[:2]
    assert "no field 'valu' (did you mean 'value'?) at column 1" in refused.stderr
    assert (2, "crm: error: sort: deals have no field 'valu' (did you mean value?)\n") == deals(
        "view", "save", "x", "--noun", "deal", "--sort", "valu"
    )[::2]


def test_no_view_without_a_store(crm: Crm) -> None:
    assert (0, "[]\n") == crm("view", "list", "--format", "json")[:2]
    assert 3 == crm("view", "rm", "hot").code


def test_a_whole_store_carries_views_and_limits(deals: Crm, tmp_path: object, postgresql: Callable[[], str]) -> None:
    """From each engine into the other kinds of store."""
    deals("pipeline", "stage-edit", "proposal", "--wip", "7")
    dump = deals("export", "all").stdout
    for place in (str(tmp_path / "other.db"), postgresql()):  # type: ignore[operator]
        carried = deals("--db", place, "import", "all", "-", stdin=dump)
        assert 0 == carried.code, carried.stderr
        assert (
            deals("view", "list", "--format", "json").json()
            == deals("--db", place, "view", "list", "--format", "json").json()
        )
        stages = deals("--db", place, "pipeline", "list", "--format", "json").json()
        assert [7] == [stage["wip_limit"] for stage in stages if stage["stage"] == "proposal"]  # type: ignore[attr-defined]
