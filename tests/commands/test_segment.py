"""``crm segment``: groups of people, as they are told at the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]


def _people(crm: Run) -> list[str]:
    """Three people; their uids."""
    return [
        crm("contact", "add", name, "--email", f"{name[0].lower()}@x.com", *tags).uid
        for name, tags in (("Jane", ("--tag", "vip")), ("Bo", ("--tag", "vip")), ("Zoë", ()))
    ]


def _names(result: Result) -> list[str]:
    return [each["name"] for each in result.json()]  # type: ignore[union-attr,index]


def _listed(crm: Run, segment: str) -> list[str]:
    return _names(crm("contact", "list", "--segment", segment, "--format", "json"))


def test_a_segment_is_added_shown_and_listed(crm_on: Run) -> None:
    """By the words of the tutorial, on both engines; the uid alone on stdout."""
    _people(crm_on)
    uid = crm_on("segment", "add", "vip", "--filter", "tag = vip AND email is not empty").uid
    assert uid.startswith("sg_")
    shown: Any = crm_on("segment", "show", "VIP", "--format", "json").json()
    assert {
        "id": uid, "number": 1, "name": "vip", "kind": "dynamic", "filter": "tag = vip AND email is not empty", "formula": None,
        "size": 2, "note": None, "owner": "maria", "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z",
        "problem": None, "reachable": 2, "growth": None, "snapshots": [], "used_by": [],
    } == {key: value for key, value in shown.items() if key != "sample"}  # fmt: skip
    assert ["Jane", "Bo"] == [each["name"] for each in shown["sample"]]
    for ref in (uid, uid[:10].lower(), "#1", "vip"):
        assert ["Jane", "Bo"] == _listed(crm_on, ref)
    assert ["Zoë"] == _names(crm_on("contact", "list", "--filter", "segment != vip", "--format", "json"))
    assert ["Bo"] == _names(
        crm_on("segment", "members", "vip", "--filter", "name ^= b", "--fields", "name", "--format", "json")
    )
    listed: Any = crm_on("segment", "list", "--format", "json").json()
    assert [("vip", 2)] == [(each["name"], each["size"]) for each in listed]


def test_a_picture_of_a_segment(crm: Run) -> None:
    """What a person is shown on a terminal."""
    _people(crm)
    crm("segment", "add", "vip", "--filter", "tag = vip", "--note", "our best [bold]")
    crm("segment", "snapshot", "vip")
    crm("contact", "add", "Ed", "--tag", "vip")
    crm("segment", "add", "f", "--formula", "vip")
    lines = crm("--no-color", "segment", "show", "vip", tty=True).lines
    assert lines[0].startswith("vip, dynamic  #1  sg_")
    for words in ("filter      tag = vip", "size        3", "by mail     2 can be reached", "among them  Jane, Bo, Ed",
                  "growth      +1 since", "used by     segment f", "note        our best [bold]", "snapshots"):  # fmt: skip
        assert any(line.startswith(words) for line in lines), (words, lines)


@pytest.mark.parametrize("way", ["words", "stdin", "ids", "file", "table"])
def test_a_list_comes_from_anywhere(crm: Run, tmp_path: Path, way: str) -> None:
    """References as words, from stdin or from a file; a table goes by its column of ids."""
    uids = _people(crm)
    file = tmp_path / "people.txt"
    if way == "words":
        done = crm("segment", "add", "some", "Jane", "z@x.com")
    elif way == "stdin":
        done = crm("segment", "add", "some", "-", stdin="Jane\n\n z@x.com \nJane\n")
    elif way == "ids":
        done = crm("segment", "add", "some", "-", stdin=f"{uids[0]}\n{uids[2]}\n")
    elif way == "file":
        file.write_text("j@x.com\nZoë\n", "utf-8")
        done = crm("segment", "add", "some", "--file", file)
    else:
        file.write_text(f'name;id;note\n"a;b";{uids[0]};x\nZoë;{uids[2]};y\n', "utf-8")
        done = crm("segment", "add", "some", "--file", file)
    assert (0, ["Jane", "Zoë"]) == (done.code, _listed(crm, "some"))


def test_who_is_not_known_is_told_and_the_others_are_in(crm: Run) -> None:
    """From a file or stdin, with the exit code of what is done in part; of words nothing is done."""
    _people(crm)
    done = crm("segment", "add", "some", "-", stdin="Jane\nnobody\n")
    assert (7, True) == (done.code, done.stdout.startswith("sg_"))
    assert "no contact nobody" in done.stderr
    assert "1 reference named nobody; the others are in some" in done.stderr
    assert (3, "") == crm("segment", "add", "other", "Jane", "nobody")[:2]
    assert (3, "") == crm("segment", "add", "other", "--file", "missing.txt")[:2]
    assert 3 == crm("segment", "add", "other", "-", stdin="nobody\n").code
    assert ["Jane"] == _listed(crm, "some")


def test_members_of_a_campaign_become_a_list(crm_on: Run) -> None:
    """Those who ever reached a state, also when more has happened since."""
    _people(crm_on)
    crm_on("deal", "add", "d", "--campaign", "Spring")
    _happened()
    for name, words, who in (
        ("clicked", ("--status", "clicked"), ["Jane"]), ("all", (), ["Jane", "Bo"]), ("skipped", ("--status", "skipped"), ["Bo"]),
    ):  # fmt: skip
        assert 0 == crm_on("segment", "add", name, "--campaign", "Spring", *words).code
        assert who == _listed(crm_on, name)
    crm_on("segment", "add", "dynamic", "--filter", 'campaign("Spring").status = clicked')
    assert ["Jane"] == _listed(crm_on, "dynamic")
    wrong = crm_on("segment", "add", "x", "--campaign", "Spring", "--status", "clickd")
    assert (2, True) == (wrong.code, "did you mean clicked?" in wrong.stderr)
    assert 2 == crm_on("segment", "add", "x", "--status", "clicked").code


def _happened() -> None:
    from crmcli.context import AppContext
    from crmcli.store.members import happened, member_of

    with AppContext().desk.writing("test") as uow:
        happened(uow, member_of(uow, 1, 1), "clicked", source="hand")
        happened(uow, member_of(uow, 1, 1), "replied", source="hand")
        happened(uow, member_of(uow, 1, 2), "skipped", source="smtp", reason="opted out")


def test_a_segment_is_changed_taken_away_and_brought_back(crm_on: Run) -> None:
    """Each step can be undone, and history says what it was."""
    _people(crm_on)
    crm_on("segment", "add", "vip", "--filter", "tag = vip")
    done = crm_on("segment", "edit", "vip", "--filter", "name = Zoë", "--name", "quiet")
    assert (0, "", True) == (done.code, done.stdout, "edited segment quiet" in done.stderr)
    assert ["Zoë"] == _listed(crm_on, "quiet")
    assert 0 == crm_on("undo").code
    assert ["Jane", "Bo"] == _listed(crm_on, "vip")
    assert 0 == crm_on("segment", "rm", "vip").code
    gone = crm_on("contact", "list", "--segment", "vip")
    assert (3, True) == (gone.code, "no segment vip" in gone.stderr)
    assert 0 == crm_on("segment", "restore", "vip").code
    history: Any = crm_on("history", "--format", "json").json()
    assert ["segment restore", "segment rm", "undo", "segment edit", "segment add"] == [
        each["command"] for each in history[:5]
    ]
    assert "vip" == history[0]["summary"]


def test_snapshots_and_frozen_copies(crm_on: Run) -> None:
    """Taken now, told later."""
    _people(crm_on)
    crm_on("segment", "add", "vip", "--filter", "tag = vip")
    taken = crm_on("segment", "snapshot", "vip")
    assert (0, True) == (taken.code, "snapshot 1: 2 people" in taken.stderr)
    crm_on("untag", "Bo", "vip")
    assert "1 person, 0 came and 1 went since the last one" in crm_on("segment", "snapshot", "vip").stderr
    shown: Any = crm_on("segment", "show", "vip", "--format", "json").json()
    kept = {"number": 2, "at": "2026-11-21T12:00:00Z", "size": 1, "came": 0, "went": 1, "campaign": None}
    assert (kept, 0) == (shown["snapshots"][1], shown["growth"])
    assert [2, 1] == [each["size"] for each in crm_on("segment", "snapshots", "vip", "--format", "json").json()]  # type: ignore[union-attr,index]
    copy = crm_on("segment", "freeze", "vip", "--name", "now")
    assert (copy.uid, "static") == (
        copy.stdout.strip(),
        crm_on("segment", "show", "now", "--format", "json").json()["kind"],
    )  # type: ignore[index,call-overload]
    crm_on("tag", "Bo", "vip")
    assert (["Jane"], ["Jane", "Bo"]) == (_listed(crm_on, "now"), _listed(crm_on, "vip"))


def test_formulas_at_the_command_line(crm: Run) -> None:
    """With names that hold spaces and signs; a circle and what is used are refused."""
    _people(crm)
    crm("segment", "add", "all of us", "--filter", "name is not empty")
    crm("segment", "add", "v - i - p", "--filter", "tag = vip")
    crm("segment", "add", "rest", "--formula", 'all of us - "v - i - p"')
    assert ["Zoë"] == _listed(crm, "rest")
    assert ["Jane"] == _names(crm("contact", "list", "--filter", 'segment = "v - i - p" AND name ^= j', "-o", "json"))
    circle = crm("segment", "edit", "all of us", "--formula", "rest")
    assert (4, True) == (circle.code, "leads back to itself" in circle.stderr)
    used = crm("segment", "rm", "v - i - p")
    assert (5, True) == (used.code, "used by segment rest" in used.stderr)
    missing = crm("segment", "add", "x", "--formula", "all of us - ret")
    assert (3, True) == (missing.code, "did you mean rest?" in missing.stderr)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("segment", "add", "x"), 2, "who is in x?"),
        (("segment", "add", "vip", "--filter", "tag = a"), 4, "there is a segment vip already"),
        (("segment", "add", "x", "--filter", "nmae = a"), 2, "did you mean 'name'"),
        (("segment", "show", "vpi"), 3, "did you mean vip?"),
        (("segment", "edit", "vip", "--add", "Jane"), 5, "segment vip is dynamic"),
        (("segment", "snapshto", "vip"), 2, "did you mean crm segment snapshot?"),
        (("contact", "list", "--filter", "name = a AND segment = vpi"), 2, "at column 24"),
    ],
)
def test_refusals_say_what_to_do(crm: Run, words: tuple[str, ...], code: int, told: str) -> None:
    """One line, the nearest name, the code that a script relies on."""
    crm("segment", "add", "vip", "--filter", "tag = vip")
    done = crm(*words)
    assert (code, "", True) == (done.code, done.stdout, told in done.stderr), done.stderr


def test_no_store_is_an_empty_one(crm: Run) -> None:
    """A list says so, a name is not found."""
    assert [] == crm("segment", "list", "--format", "json").json()
    assert 3 == crm("segment", "show", "vip").code


def test_nothing_in_a_name_reaches_the_terminal_or_sql(crm: Run) -> None:
    """Quotes, markup and escapes are text."""
    _people(crm)
    name = "x'; DROP TABLE segment; -- [red]\\"
    crm("segment", "add", name, "--filter", "tag = vip")
    crm("segment", "add", "f", "--formula", json.dumps(name))
    assert ["Jane", "Bo"] == _listed(crm, "f")
    crm("segment", "add", "g", "--filter", f"segment = {json.dumps(name)}")
    assert f"segment = {json.dumps(name)}" == crm("segment", "show", "g", "--format", "json").json()["filter"]  # type: ignore[index,call-overload]


def test_a_segment_answers_to_its_number_as_tables_show_it(crm_on: Run) -> None:
    """With or without #; a segment called by a number comes before one that has it."""
    crm_on("segment", "add", "vip", "--filter", "tag = vip")
    assert ["vip"] * 2 == [crm_on("segment", "show", ref, "--format", "json").json()["name"] for ref in ("1", "#1")]  # type: ignore[call-overload,index]
    crm_on("segment", "add", "1", "--filter", "tag = one")
    assert "1" == crm_on("segment", "show", "1", "--format", "json").json()["name"]  # type: ignore[call-overload,index]
