"""The people of campaigns: targeted, dealt out, responding, asked about, merged and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

NOW = "2026-11-21T12:00:00Z"


def members(crm: Crm, ref: str, *words: object) -> Any:
    return crm("campaign", "members", ref, "--format", "json", *words).json()


def states(crm: Crm, ref: str) -> dict[str, str]:
    return {member["contact"]["name"]: member["status"] for member in members(crm, ref)}


def people(crm: Crm, *names: str, tag: str = "vip") -> None:
    for name in names:
        crm("contact", "add", name, "--email", f"{name.lower()}@x.com", "--tag", tag)


def campaign(crm: Crm, *words: str, kind: str = "email") -> None:
    crm("segment", "add", "vip", "--filter", "tag = vip")
    crm("campaign", "add", "Spring", "--kind", kind, "--segment", "vip", *words)


def test_why_is_answered_for_who_is_gone(crm_on: Crm) -> None:
    """Deleted, merged away, or at another address by now: by uid, by name, and by the address that the campaign took."""
    people(crm_on, "Ana", "Bo", "Cy", "Di")
    campaign(crm_on)
    crm_on("campaign", "start", "Spring")
    uids = {one["contact"]["name"]: one["contact"]["id"] for one in members(crm_on, "Spring")}
    assert 0 == crm_on("contact", "rm", "Ana").code
    assert 0 == crm_on("contact", "merge", "Bo", "Cy").code
    assert 0 == crm_on("contact", "edit", "Di", "--rm-email", "di@x.com", "--add-email", "new@x.com").code
    for ref, name in (
        (uids["Ana"], "Ana"),
        ("ana@x.com", "Ana"),
        (uids["Cy"], "Bo"),
        ("cy@x.com", "Bo"),
        ("di@x.com", "Di"),
        ("new@x.com", "Di"),
    ):
        found = crm_on("campaign", "why", "Spring", ref, "--format", "json")
        assert (0, name) == (found.code, found.code or found.json()["contact"]["name"]), (ref, found.stderr)  # type: ignore[call-overload,index]
    unknown = crm_on("campaign", "why", "Spring", "nobody@x.com")
    assert (3, "crm: error: no contact nobody@x.com (try: crm contact list)\n") == (unknown.code, unknown.stderr)


# -- coming in


def test_the_people_of_the_segments_come_in_once_and_with_their_first_address(crm_on: Crm) -> None:
    people(crm_on, "Ana", "Bo")
    people(crm_on, "Cy", tag="old")
    people(crm_on, "Dan", tag="left")
    crm_on("contact", "add", "Eve", "--tag", "vip")
    crm_on("contact", "add", "Fay", "--email", "first@x.com", "--email", "second@x.com", "--tag", "vip", "--tag", "old")
    crm_on("contact", "edit", "Bo", "--add-tag", "left")
    crm_on("segment", "add", "old", "--filter", "tag = old")
    crm_on("segment", "add", "left", "--filter", "tag = left")
    campaign(crm_on, "--segment", "old", "--exclude", "left")
    assert "4 new members" in crm_on("campaign", "start", "Spring").stderr
    assert [
        ("Ana", "ana@x.com", "vip"), ("Eve", None, "vip"), ("Fay", "first@x.com", "vip"), ("Cy", "cy@x.com", "old"),
    ] == [(m["contact"]["name"], m["email"], m["segment"]) for m in members(crm_on, "Spring")]  # fmt: skip
    first = members(crm_on, "Spring")[0]
    assert {
        "status": "targeted",
        "reason": None,
        "at": NOW,
        "times": {"targeted": NOW},
        "variant": None,
    }.items() <= first.items()


def test_a_snapshot_of_every_segment_is_taken(crm_on: Crm) -> None:
    people(crm_on, "Ana")
    crm_on("segment", "add", "left", "--filter", "tag = left")
    campaign(crm_on, "--exclude", "left")
    crm_on("campaign", "start", "Spring")
    for name, size in (("vip", 1), ("left", 0)):
        kept = crm_on("segment", "snapshots", name, "--format", "json").json()
        assert [(size, "Spring")] == [(each["size"], each["campaign"]["name"]) for each in kept]


@pytest.mark.parametrize("again", ["start", "target"])
def test_who_comes_into_the_segment_later_is_taken_in_and_nobody_out(crm_on: Crm, again: str) -> None:
    people(crm_on, "Ana", "Bo")
    campaign(crm_on)
    crm_on("campaign", "start", "Spring")
    people(crm_on, "Cy")
    crm_on("contact", "edit", "Ana", "--rm-tag", "vip")
    done = crm_on("campaign", again, "Spring", "--format", "json").json()
    assert (1, 0, 3) == (done["added"], done["duplicates"], done["members"])
    assert ["Ana", "Bo", "Cy"] == list(states(crm_on, "Spring"))
    assert "nobody new" in crm_on("campaign", again, "Spring").stderr


def test_a_start_that_is_undone_was_for_nobody(crm_on: Crm) -> None:
    """Who was not written to yet is let go, so that another segment means other people; a response stays."""
    people(crm_on, "Ana", "Bo")
    people(crm_on, "Cy", tag="other")
    crm_on("segment", "add", "other", "--filter", "tag = other")
    campaign(crm_on)
    crm_on("campaign", "start", "Spring")
    crm_on("campaign", "respond", "Spring", "bo@x.com")
    assert "campaign start" in crm_on("undo").stderr
    assert {"Bo": "responded"} == states(crm_on, "Spring")
    crm_on("campaign", "edit", "Spring", "--segment", "other")
    assert "1 new member" in crm_on("campaign", "start", "Spring").stderr
    assert {"Bo": "responded", "Cy": "targeted"} == states(crm_on, "Spring")
    edited = crm_on("campaign", "edit", "Spring", "--segment", "vip")
    assert "crm campaign target Spring takes in who is new" in edited.stderr


def test_the_same_mailbox_twice_is_a_duplicate_where_mail_is_sent(crm_on: Crm) -> None:
    for name, email in (
        ("Bo", "Bo.Li@gmail.com"),
        ("Bo again", "boli+news@googlemail.com"),
        ("Bo at work", "boli@x.com"),
    ):
        crm_on("contact", "add", name, "--email", email, "--tag", "vip")
    campaign(crm_on)
    assert "1 of them skipped as duplicates" in crm_on("campaign", "start", "Spring").stderr
    assert {"Bo": "targeted", "Bo again": "skipped", "Bo at work": "targeted"} == states(crm_on, "Spring")
    rows = crm_on("campaign", "members", "Spring", "--filter", "status=skipped", "--fields", "contact,reason").lines
    assert ["contact\treason", "Bo again\tduplicate"] == rows
    crm_on("campaign", "add", "Letter", "--kind", "direct_mail", "--segment", "vip")
    crm_on("campaign", "start", "Letter")
    assert {"targeted"} == set(states(crm_on, "Letter").values())


def test_a_mailed_campaign_without_a_segment_says_that_nobody_is_mailed(crm: Crm) -> None:
    crm("campaign", "add", "Spring")
    assert "has no segment" in crm("campaign", "start", "Spring").stderr
    crm("campaign", "add", "Fair", "--kind", "exhibition")
    assert "warning" not in crm("campaign", "start", "Fair").stderr


# -- responding


def test_a_response_makes_a_member_and_if_need_be_a_contact(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Fair", "--kind", "exhibition", "--code", "K26")
    noted = crm_on("campaign", "respond", "--code", "k26", "jane@x.com", "--note", "asked for an offer")
    assert (0, True, True) == (noted.code, "new contact #1 jane" in noted.stderr, "responded to Fair" in noted.stderr)
    crm_on("campaign", "respond", "Fair", "jane@x.com", "--status", "converted", "--at", "2026-11-20 10:00")
    (jane,) = members(crm_on, "Fair")
    assert ("converted", "jane@x.com", {"responded": NOW, "converted": "2026-11-20T10:00:00Z"}) == (
        jane["status"], jane["email"], jane["times"],
    )  # fmt: skip
    why = crm_on("campaign", "why", "Fair", "jane@x.com", "--format", "json").json()
    assert ("Fair", [("converted", None, "hand"), ("responded", "asked for an offer", "code")]) == (
        why["campaign"]["name"], [(e["status"], e["detail"], e["source"]) for e in why["events"]],
    )  # fmt: skip
    assert "1 of them known already" in crm_on("campaign", "respond", "Fair", "jane@x.com").stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("Fair", "ghost@x.com", "--no-create"), 3),
        (("Fair", "Nobody Known"), 3),
        (("Fair",), 2),
        ((), 2),
        (("Fair", "j@x.com", "--at", "tomorrow"), 2),
        (("Fair", "j@x.com", "--status", "bounced"), 2),
        (("Fair", "j@x.com", "--file", "x.csv"), 2),
        (("Fair", "--file", "missing.csv"), 3),
    ],
)
def test_a_response_that_can_not_be_is_refused_whole(crm: Crm, words: tuple[str, ...], code: int) -> None:
    crm("campaign", "add", "Fair", "--kind", "exhibition")
    assert code == crm("campaign", "respond", *words).code
    assert [] == members(crm, "Fair")
    assert [] == crm("contact", "list", "--format", "json").json()


def test_responses_come_from_a_file_and_bad_rows_are_told(crm_on: Crm, tmp_path: Path) -> None:
    crm_on("campaign", "add", "Fair", "--kind", "exhibition")
    people(crm_on, "Ana")
    file = tmp_path / "responses.csv"
    file.write_text(
        "E-Mail;Note;At;Status\nana@x.com;=cmd();2026-11-20;\nneu@müller.de;;;converted\nnobody;;;\n;words;;\n"
        "bo@x.com;;2027-01-01;\nana@x.com;again;;\n"
    )
    result = crm_on("campaign", "respond", "Fair", "--file", file)
    assert 7 == result.code
    assert "3 of 6 rows were rejected" in result.stderr
    for line in ("line 4: no contact nobody", "line 5: email: is empty", "line 6: at: a response can't lie ahead"):
        assert line in result.stderr
    assert {"Ana": "responded", "neu": "converted"} == states(crm_on, "Fair")
    assert ["import"] == [
        e["source"] for e in crm_on("campaign", "why", "Fair", "Ana", "--format", "json").json()["events"]
    ]
    by_code = crm_on("campaign", "respond", "Fair", "--file", "-", stdin="email\nnew@y.com\n")
    assert (0, True) == (by_code.code, "new contact" in by_code.stderr)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("call", "hello", "--direction", "in"), "responded"),
        (("email", "yes please", "--direction", "in"), "responded"),
        (("meeting", "demo", "--outcome", "wants an offer"), "responded"),
        (("visit", "at the stand"), "responded"),
        (("call", "nobody there"), None),
        (("call", "reached", "--outcome", "busy", "--direction", "out"), None),
        (("call", "rang"), None),
        (("note", "seen", "--outcome", "x"), None),
        (("meeting", "demo", "--outcome", "x", "--at", "tomorrow 10:00"), None),
    ],
)
def test_what_is_logged_of_a_campaign_counts_as_a_response(crm: Crm, words: tuple[str, ...], state: str | None) -> None:
    crm("campaign", "add", "Fair", "--kind", "exhibition", "--code", "K26")
    crm("log", *words, "--contact", "jane@x.com", "--contact", "bo@x.com", "--campaign", "K26")
    assert ({} if state is None else {"jane": state, "bo": state}) == states(crm, "Fair")


def test_a_mail_that_is_logged_is_a_reply_to_a_mailed_campaign(crm_on: Crm) -> None:
    people(crm_on, "Ana")
    campaign(crm_on)
    crm_on("campaign", "start", "Spring")
    crm_on("log", "email", "Thanks!", "--contact", "Ana", "--campaign", "Spring", "--direction", "in")
    (ana,) = members(crm_on, "Spring")
    assert ("replied", {"targeted", "delivered", "opened", "replied"}) == (ana["status"], set(ana["times"]))


# -- asked about


def test_members_are_narrowed_ordered_and_piped(crm_on: Crm) -> None:
    people(crm_on, "Bo", "Ana", "Cy")
    campaign(crm_on)
    crm_on("campaign", "start", "Spring")
    crm_on("campaign", "respond", "Spring", "Ana", "Cy")
    assert ["Cy", "Ana"] == [
        m["contact"]["name"]
        for m in members(crm_on, "Spring", "--status", "responded", "--sort", "contact", "--reverse")
    ]
    assert ["Bo"] == [m["contact"]["name"] for m in members(crm_on, "Spring", "--limit", "1")]
    ids = crm_on("campaign", "members", "Spring", "--status", "targeted", "--format", "ids").stdout
    assert "Bo" == crm_on("contact", "show", ids.strip(), "--format", "json").json()["name"]
    assert 2 == crm_on("campaign", "members", "Spring", "--sort", "nme").code
    assert 2 == crm_on("campaign", "members", "Spring", "--status", "sentt").code


@pytest.mark.parametrize(
    ("before", "person", "said"),
    [
        ((), "Ana", "the campaign is draft, nobody was targeted yet"),
        (("start",), "Dan", "not in vip"),
        (("start",), "Lou", "segment left is left out"),
        (("start", "late"), "Late", "came into vip after the people were targeted"),
    ],
)
def test_why_somebody_is_no_member_is_said(crm_on: Crm, before: tuple[str, ...], person: str, said: str) -> None:
    people(crm_on, "Ana", "Lou")
    people(crm_on, "Dan", tag="other")
    crm_on("contact", "edit", "Lou", "--add-tag", "left")
    crm_on("segment", "add", "left", "--filter", "tag = left")
    campaign(crm_on, "--exclude", "left")
    if "start" in before:
        crm_on("campaign", "start", "Spring")
    if "late" in before:
        people(crm_on, "Late")
    result = crm_on("campaign", "why", "Spring", person)
    assert 3 == result.code
    assert f"{person} is not a member of Spring: {said}" in result.stderr


# -- one person twice, and one who is to be forgotten


def test_two_members_become_one_with_the_furthest_state(crm_on: Crm) -> None:
    people(crm_on, "Ana", "Anna")
    campaign(crm_on)
    crm_on("campaign", "add", "Fair", "--kind", "exhibition")
    crm_on("campaign", "start", "Spring")
    crm_on("campaign", "respond", "Spring", "Anna", "--status", "converted", "--note", "bought")
    crm_on("campaign", "respond", "Fair", "Anna")
    assert 0 == crm_on("contact", "merge", "Ana", "Anna").code
    assert {"Ana": "converted"} == states(crm_on, "Spring")
    assert {"Ana": "responded"} == states(crm_on, "Fair")
    why = crm_on("campaign", "why", "Spring", "Ana", "--format", "json").json()
    assert [("targeted", None), ("converted", "bought")] == [(e["status"], e["detail"]) for e in why["events"]]


def test_what_campaigns_keep_of_a_person_is_handed_out(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Fair", "--kind", "exhibition")
    crm_on("campaign", "respond", "Fair", "jane@x.com", "--note", "asked")
    (kept,) = crm_on("contact", "export-all", "jane@x.com", "--format", "json").json()["campaigns"]
    assert ("Fair", "jane@x.com", [("responded", "asked")]) == (
        kept["campaign"]["name"], kept["email"], [(event["status"], event["detail"]) for event in kept["events"]],
    )  # fmt: skip


def test_a_forgotten_person_leaves_no_address_and_no_words(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Fair", "--kind", "exhibition")
    crm_on("campaign", "respond", "Fair", "jane@x.com", "--note", "secret words")
    assert 0 == crm_on("contact", "forget", "jane@x.com", "--confirm", "jane").code
    (member,) = members(crm_on, "Fair")
    assert (None, "responded") == (member["email"], member["status"])
    assert "jane" not in crm_on("campaign", "members", "Fair").stdout
    from crmcli.context import AppContext

    app = AppContext()
    with app.desk.reading() as reader:
        assert [(None,)] == reader.rows("SELECT detail FROM campaign_event")


def test_a_response_that_was_a_mistake_is_taken_back(crm_on: Crm) -> None:
    """The person stands where they stood; who came in by the mistake is no member, and what was no note stays."""
    people(crm_on, "Ana")
    people(crm_on, "Bo", tag="other")
    campaign(crm_on)
    crm_on("campaign", "start", "Spring")
    before = members(crm_on, "Spring")
    crm_on("campaign", "respond", "Spring", "ana@x.com", "bo@x.com", "--status", "replied")
    crm_on("campaign", "respond", "Spring", "ana@x.com", "--status", "converted")
    back = crm_on("campaign", "respond", "Spring", "ana@x.com", "--take-back", "--status", "converted")
    assert (0, "not converted to Spring any more: Ana\n") == (back.code, back.stderr)
    assert {"Ana": "replied", "Bo": "replied"} == states(crm_on, "Spring")
    both = ("campaign", "respond", "Spring", "ana@x.com", "bo@x.com", "--take-back", "--status", "replied")
    assert 0 == crm_on(*both).code
    assert before == members(crm_on, "Spring")
    again = crm_on(*both)
    assert (3, "crm: error: nobody noted down that Ana replied to Spring") == (
        again.code,
        again.stderr.partition(" (")[0],
    )
    assert before == members(crm_on, "Spring")


def test_an_undo_takes_the_response_along(crm_on: Crm) -> None:
    """Of a meeting that was not logged after all, and of a person who was not added after all; others stay."""
    people(crm_on, "Ana", "Bo")
    campaign(crm_on, kind="exhibition")
    log = ("log", "meeting", "Demo", "--contact", "ana@x.com", "--campaign", "Spring")
    crm_on("campaign", "respond", "Spring", "bo@x.com")
    assert 0 == crm_on(*log).code
    assert {"Ana": "responded", "Bo": "responded"} == states(crm_on, "Spring")
    assert "log meeting" in crm_on("undo").stderr
    assert {"Bo": "responded"} == states(crm_on, "Spring")
    assert 0 == crm_on("campaign", "respond", "Spring", "new@x.com", "bo@x.com").code
    assert "campaign respond" in crm_on("undo").stderr
    assert {"Bo": "responded"} == states(crm_on, "Spring")
