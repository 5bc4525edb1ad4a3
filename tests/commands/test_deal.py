"""``crm deal``: deals and their way through the stages, from the shell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def pilot(crm: Crm) -> str:
    return crm(
        "deal", "add", "Acme pilot", "--value", "12.5k", "--company", "Acme", "--tag", "vip", "--set", "product=gtx"
    ).uid


def record(crm: Crm, ref: str = "1") -> dict[str, object]:
    return crm("deal", "show", ref, "--format", "json").json()  # type: ignore[return-value]


# -- adding


def test_every_flag_of_add_reaches_the_record(crm: Crm) -> None:
    given = {
        "source": "fair", "campaign": "Autumn", "next-step": "send offer", "type": "existing", "owner": "ana",
        "expected-close": "2026-12-24", "stage": "proposal", "pipeline": "sales", "probability": "35", "currency": "USD",
    }  # fmt: skip
    flags = [word for name, value in given.items() for word in (f"--{name}", value)]
    made = crm("deal", "add", "Pilot", "--value", "12500", *flags, "--format", "json").json()
    expected = {name.replace("-", "_"): value for name, value in given.items()} | {"probability": 35, "value": 12500}
    assert expected == {name: made[name] for name in expected}
    assert (made["weighted"], made["probability_source"]) == (4375, "manual")


@pytest.mark.parametrize("value", ["12500", "12.5k", "€12,500", "12500 EUR", "12 500,00 EUR"])
def test_money_in_every_spelling(crm: Crm, value: str) -> None:
    made = crm("deal", "add", "Pilot", "--value", value, "--format", "json").json()
    assert (made["value"], made["currency"]) == (12500, "EUR")


def test_people_become_stubs_and_bring_their_company(crm_on: Crm) -> None:
    crm_on("contact", "add", "Jane", "--email", "jane@acme.com", "--company", "Acme")
    answer = crm_on("deal", "add", "Pilot", "--contact", "jane@acme.com", "--contact", "ben@acme.com")
    assert (answer.code, answer.stderr) == (0, "new contact #2 ben\n")
    made = record(crm_on)
    assert [link["name"] for link in made["contacts"]] == ["Jane", "ben"]
    assert made["company"]["name"] == "Acme"


def test_no_create_refuses_stubs(crm: Crm) -> None:
    for words in (("--contact", "ben@acme.com"), ("--company", "Acme")):
        answer = crm("deal", "add", "Pilot", *words, "--no-create")
        assert (answer.code, answer.stdout) == (3, "")
    assert crm("deal", "list", "--format", "json").json() == []


def test_a_name_alone_makes_no_person(crm: Crm) -> None:
    """Only an e-mail says enough for a contact."""
    assert crm("deal", "add", "Pilot", "--contact", "Ben").code == 3


_LIMITS = [
    (("--probability", "500"), "probability"),
    (("--probability", "-1"), "probability"),
    (("--probability", "half"), "probability"),
    (("--value", "-5"), "value"),
    (("--value", "lots"), "value"),
    (("--currency", "EURO"), "currency"),
    (("--expected-close", "2026-02-31"), "expected-close"),
    (("--expected-close", "03/04/26"), "expected-close"),
    (("--type", "bogus"), "type"),
    (("--title", ""), "title"),
    (("--title", "  "), "title"),
]


@pytest.mark.parametrize(("flags", "named"), _LIMITS)
def test_add_and_edit_obey_the_same_limits(crm: Crm, pilot: str, flags: tuple[str, ...], named: str) -> None:
    before = record(crm, pilot)
    title = () if flags[0] == "--title" else ("--title", "Other")
    for words in (("add", *title), ("edit", pilot), ("edit", "--where", "stage = lead", "--yes")):
        answer = crm("deal", *words, *flags)
        assert (answer.code, answer.stdout) == (2, "")
        assert named in answer.stderr
    assert [before["id"]] == crm("deal", "list", "--format", "ids").lines
    assert before == record(crm, pilot)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("list", "--limit", "abc"), "--limit"),
        (("list", "--limit", "-1"), "--limit"),
        (("list", "--sort", "bogus"), "--sort"),
        (("list", "--min-value", "lots"), "min-value"),
        (("list", "--max-value", "x"), "max-value"),
        (("list", "--since", "2026-02-31"), "since"),
        (("list", "--fields", "bogus"), "bogus"),
        (("add",), "title"),
        (("move",), "name a deal and a stage"),
        (("move", "1"), "name a deal and a stage"),
        (("move", "1", "lead", "won"), "name a deal and a stage"),
        (("move", "1", "lead", "--where", "stage = lead"), "name a deal and a stage"),
        (("move", "1", "won", "--at", "2026-02-31"), "at"),
        (("move", "1", "won", "--at", "tomorrow"), "at"),
        (("move", "1", "won", "--at", "2020-01-01"), "at"),
        (("lose", "1"), "--reason"),
        (("lose", "1", "--reason", " "), "reason"),
        (("edit", "1", "--clear", "stage"), "clear"),
        (("edit", "1", "--clear", "title"), "clear"),
    ],
)
def test_bad_words_exit_2_and_name_the_flag(crm: Crm, pilot: str, words: tuple[str, ...], named: str) -> None:
    answer = crm("deal", *words)
    assert (answer.code, answer.stdout) == (2, "")
    assert named in answer.stderr.splitlines()[0]
    assert record(crm, pilot)["stage"] == "lead"


# -- references and answers


@pytest.mark.parametrize("ref", ["1", "#1", "Acme pilot", "ACME PILOT"])
def test_a_deal_answers_to(crm: Crm, pilot: str, ref: str) -> None:
    assert pilot == record(crm, ref)["id"]


def test_a_deal_answers_to_its_uid_and_the_beginning_of_it(crm: Crm, pilot: str) -> None:
    for ref in (pilot, pilot[:-3], pilot.lower()):
        assert pilot == record(crm, ref)["id"]


@pytest.mark.parametrize("ref", ["2", "pilot", "dl_ZZ"])
def test_no_match_exits_3_in_every_verb(crm: Crm, pilot: str, ref: str) -> None:
    for words in (("show", ref), ("edit", ref, "--value", "1"), ("rm", ref), ("move", ref, "won"), ("win", ref),
                  ("lose", ref, "--reason", "price"), ("reopen", ref), ("merge", pilot, ref)):  # fmt: skip
        answer = crm("deal", *words)
        assert (answer.code, answer.stdout) == (3, "")
        assert f"no deal {ref}" in answer.stderr


def test_list_and_show_in_every_format(crm: Crm, pilot: str) -> None:
    for form in ("table", "tsv", "csv", "json", "jsonl", "yaml", "markdown", "ids"):
        for words in (("list",), ("show", pilot)):
            answer = crm("deal", *words, "--format", form)
            assert (answer.code, answer.stderr) == (0, "")
            assert "Acme pilot" in answer.stdout or form == "ids"
    assert [pilot] == crm("deal", "list", "--format", "ids").lines
    row = json.loads(crm("deal", "list", "--format", "jsonl").stdout)
    assert tuple(row[k] for k in ("value", "currency", "probability", "probability_source", "weighted")) == (
        12500,
        "EUR",
        10,
        "stage",
        1250,
    )


def test_the_shape_of_a_deal_does_not_depend_on_what_it_holds(crm: Crm, pilot: str) -> None:
    crm("deal", "add", "Bare")
    full, bare = crm("deal", "list", "--format", "json").json()
    assert list(full) == list(bare)
    assert tuple(bare[k] for k in ("value", "currency", "contacts", "company", "custom_fields")) == (
        None,
        None,
        [],
        None,
        {},
    )


THREE = (
    ("deal", "add", "A", "--value", "5000", "--company", "Acme", "--tag", "vip"),
    ("deal", "add", "B", "--value", "1500", "--contact", "jane@acme.com", "--owner", "ana", "--stage", "proposal"),
    ("deal", "add", "C", "--stage", "negotiation"),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--tag", "vip"), ["A"]),
        (("--company", "acme"), ["A"]),
        (("--contact", "jane@acme.com"), ["B"]),
        (("--owner", "ana"), ["B"]),
        (("--owner", "me"), ["A", "C"]),
        (("--stage", "Proposal"), ["B"]),
        (("--pipeline", "sales"), ["A", "B", "C"]),
        (("--min-value", "1k"), ["A", "B"]),
        (("--min-value", "1k", "--max-value", "€2,000"), ["B"]),
        (("--max-value", "1999"), ["B"]),
        (("--since", "today", "--until", "today"), ["A", "B", "C"]),
        (("--until", "2026-11-20"), []),
        (("--filter", "value is empty"), ["C"]),
        (("--sort", "value", "--reverse", "--limit", "2"), ["A", "B"]),
        (("--sort", "stage", "--reverse", "--limit", "1"), ["C"]),
    ],
)
def test_list_shortcuts(crm_after: Callable[..., Crm], words: tuple[str, ...], expected: list[str]) -> None:
    crm = crm_after(*THREE)
    assert expected == [row["title"] for row in crm("deal", "list", *words, "--format", "json").json()]


# -- moving


def test_move_writes_the_stage_history(crm_on: Crm) -> None:
    crm_on("deal", "add", "Pilot")
    moved = crm_on("deal", "move", "Pilot", "Proposal", "--note", "budget confirmed")
    assert moved == (0, "", "moved to proposal: deal #1 Pilot\n")
    made = record(crm_on)
    assert [visit["stage"] for visit in made["stage_history"]] == ["lead", "proposal"]
    assert {"stage", "at", "by", "days"} == set(made["stage_history"][0])
    assert tuple(made["stage_history"][1][k] for k in ("at", "by", "days")) == ("2026-11-21T12:00:00Z", "maria", 0)
    assert "budget confirmed" in crm_on("deal", "show", "1", tty=True).stdout


def test_time_in_each_stage(crm_on: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, words in (
        ("01", ("add", "Pilot")),
        ("04", ("move", "1", "qualified")),
        ("10", ("move", "1", "won", "--at", "2026-11-09")),
    ):
        monkeypatch.setenv("CRM_NOW", f"2026-11-{day}T00:00:00Z")
        assert crm_on("deal", *words).code == 0
    monkeypatch.setenv("CRM_NOW", "2026-11-30T00:00:00Z")
    made = record(crm_on)
    assert [(v["stage"], v["days"]) for v in made["stage_history"]] == [("lead", 3.0), ("qualified", 5.0), ("won", 0)]
    assert made["closed_at"] == "2026-11-09T00:00:00Z"


def test_the_stage_history_never_comes_from_notes(crm_on: Crm) -> None:
    """A note that reads like a move is a note."""
    crm_on("deal", "add", "Pilot")
    AppContext().activities.log({"type": "note", "body": "Stage changed from lead to won", "deal": "1"})
    AppContext().activities.log({"type": "stage_change", "body": "lead -> proposal", "deal": "1"})
    made = record(crm_on)
    assert [visit["stage"] for visit in made["stage_history"]] == ["lead"]
    assert len(made["timeline"]) == 2


def test_the_same_stage_is_refused(crm_on: Crm) -> None:
    crm_on("deal", "add", "Pilot")
    answer = crm_on("deal", "move", "Pilot", "LEAD")
    assert (answer.code, answer.stdout) == (5, "")
    assert "in lead already" in answer.stderr
    assert len(record(crm_on)["stage_history"]) == 1


@pytest.mark.parametrize(
    ("stage", "hint"),
    [("porposal", "did you mean proposal?"), ("zzz", "lead, qualified, proposal, negotiation, won, lost")],
)
def test_an_unknown_stage_names_those_there_are(crm_on: Crm, stage: str, hint: str) -> None:
    crm_on("deal", "add", "Pilot")
    for words in (("move", "Pilot", stage), ("edit", "Pilot", "--stage", stage), ("add", "Other", "--stage", stage)):
        answer = crm_on("deal", *words)
        assert (answer.code, answer.stdout) == (3, "")
        assert hint in answer.stderr


def test_a_required_field_is_refused_past_until_it_is_filled(crm_on: Crm) -> None:
    crm_on("pipeline", "stage-edit", "proposal", "--require", "value", "--require", "expected-close")
    crm_on("deal", "add", "Pilot")
    for words in (
        ("move", "1", "proposal"),
        ("move", "1", "negotiation"),
        ("win", "1"),
        ("edit", "1", "--stage", "negotiation"),
    ):
        answer = crm_on("deal", *words)
        assert (answer.code, answer.stdout) == (5, "")
        assert "proposal requires value, expected_close" in answer.stderr
        assert "--value" in answer.stderr
    assert crm_on("deal", "lose", "1", "--reason", "price").code == 0
    assert crm_on("deal", "reopen", "1").code == 0
    assert (
        crm_on("deal", "edit", "1", "--value", "100", "--expected-close", "2026-12-01", "--stage", "proposal").code == 0
    )
    assert crm_on("deal", "edit", "1", "--clear", "value").code == 0
    assert crm_on("deal", "edit", "1", "--stage", "negotiation").code == 0


def test_a_lost_stage_may_require_its_reason(crm_on: Crm) -> None:
    crm_on("pipeline", "stage-edit", "lost", "--require", "lost_reason")
    crm_on("deal", "add", "Pilot")
    assert crm_on("deal", "move", "Pilot", "lost").code == 5
    assert crm_on("deal", "lose", "Pilot", "--reason", "price").code == 0


def test_a_refused_add_leaves_nothing(crm_on: Crm) -> None:
    crm_on("pipeline", "stage-edit", "proposal", "--require", "company")
    assert crm_on("deal", "add", "Pilot", "--stage", "proposal").code == 5
    assert crm_on("deal", "list", "--format", "json").json() == []


def test_a_manual_probability_lasts_until_the_stage_changes(crm_on: Crm) -> None:
    crm_on("deal", "add", "Pilot", "--probability", "35")

    def chance() -> tuple[object, object]:
        made = record(crm_on)
        return made["probability"], made["probability_source"]

    crm_on("deal", "edit", "1", "--value", "100", "--title", "Pilot", "--stage", "lead")
    crm_on("tag", "deal:1", "vip")
    assert chance() == (35, "manual")
    crm_on("deal", "move", "1", "proposal")
    assert chance() == (50, "stage")
    crm_on("deal", "edit", "1", "--probability", "0")
    assert chance() == (0, "manual")
    crm_on("deal", "edit", "1", "--clear", "probability")
    assert chance() == (50, "stage")
    crm_on("deal", "edit", "1", "--stage", "negotiation", "--probability", "95%")
    assert chance() == (95, "manual")


def test_win_lose_and_reopen(crm_on: Crm) -> None:
    crm_on("deal", "add", "Pilot", "--stage", "proposal")

    def state() -> tuple[object, ...]:
        made = record(crm_on)
        return tuple(made[name] for name in ("stage", "closed_at", "lost_reason", "lost_note"))

    assert crm_on("deal", "lose", "1", "--reason", "No decision", "--note", "asleep").code == 0
    assert state() == ("lost", "2026-11-21T12:00:00Z", "no decision", "asleep")
    assert crm_on("deal", "win", "1").code == 0
    assert state() == ("won", "2026-11-21T12:00:00Z", None, None)
    assert crm_on("deal", "reopen", "1").code == 0
    assert state() == ("proposal", None, None, None)
    assert crm_on("deal", "lose", "1", "--reason", "went bankrupt").code == 0
    assert state() == ("lost", "2026-11-21T12:00:00Z", "other", "went bankrupt")
    assert crm_on("deal", "reopen", "1").code == 0
    assert state() == ("proposal", None, None, None)


@pytest.mark.parametrize("words", [("win",), ("lose", "--reason", "price"), ("reopen",)])
def test_what_is_so_already_is_refused(crm_on: Crm, words: tuple[str, ...]) -> None:
    crm_on("deal", "add", "Pilot")
    if words[0] != "reopen":
        crm_on("deal", words[0], "1", *words[1:])
    answer = crm_on("deal", words[0], "1", *words[1:])
    assert (answer.code, answer.stdout, "already" in answer.stderr) == (5, "", True)


def test_moves_answer_with_the_record_when_asked(crm: Crm, pilot: str) -> None:
    for words, stage in ((("move", pilot, "proposal"), "proposal"), (("win", pilot), "won"), (("reopen", pilot), "proposal"),
                         (("lose", pilot, "--reason", "price"), "lost")):  # fmt: skip
        assert stage == crm("deal", *words, "--format", "json").json()["stage"]


def test_edit_moves_to_another_pipeline(crm_on: Crm) -> None:
    crm_on("pipeline", "add", "renewals", "--stage", "due", "--stage", "talking")
    crm_on("deal", "add", "Pilot", "--stage", "proposal")
    assert crm_on("deal", "edit", "1", "--pipeline", "renewals").code == 0
    made = record(crm_on)
    assert (made["pipeline"], made["stage"]) == ("renewals", "due")
    assert crm_on("deal", "edit", "1", "--pipeline", "bogus").code == 3


def test_currency_alone_keeps_the_amount(crm_on: Crm) -> None:
    crm_on("deal", "add", "Pilot", "--value", "100")
    assert crm_on("deal", "edit", "1", "--currency", "USD").code == 0
    assert tuple(record(crm_on)[name] for name in ("value", "currency")) == (100, "USD")
    crm_on("deal", "edit", "1", "--clear", "value")
    assert tuple(record(crm_on)[name] for name in ("value", "currency")) == (None, None)
    assert crm_on("deal", "edit", "1", "--currency", "EUR").code == 2


# -- in bulk


@pytest.fixture
@once
def book(crm_on: Crm) -> Crm:
    for title, owner in (("A", "ana"), ("B", "ana"), ("C", "eva")):
        crm_on("deal", "add", title, "--owner", owner)
    return crm_on


def column(crm: Crm, name: str) -> list[str]:
    return crm("deal", "list", "--fields", name).lines[1:]


def test_handing_over_a_book_is_one_undo_step(book: Crm) -> None:
    assert book("deal", "edit", "--where", "owner = ana", "--owner", "boris", "--yes").code == 0
    assert column(book, "owner") == ["boris", "boris", "eva"]
    AppContext().history.undo()
    assert column(book, "owner") == ["ana", "ana", "eva"]


def test_moving_in_bulk_is_one_undo_step_and_keeps_the_history(book: Crm) -> None:
    done = book("deal", "move", "--where", "owner = ana", "qualified", "--yes", "--note", "spring clean")
    assert (done.code, done.stderr) == (0, "moved 2 deals (crm undo takes it back)\n")
    assert column(book, "stage") == ["qualified", "qualified", "lead"]
    assert [visit["stage"] for visit in record(book)["stage_history"]] == ["lead", "qualified"]
    AppContext().history.undo()
    assert column(book, "stage") == ["lead"] * 3
    assert [visit["stage"] for visit in record(book)["stage_history"]] == ["lead"]


@pytest.mark.parametrize("words", [("edit", "--owner", "boris"), ("rm",), ("move", "qualified")])
def test_bulk_without_yes_or_with_dry_run_changes_nothing(book: Crm, words: tuple[str, ...]) -> None:
    asked = book("deal", words[0], "--where", "owner = ana", *words[1:])
    assert (asked.code, asked.stdout, "--yes" in asked.stderr) == (2, "", True)
    tried = book("deal", words[0], "--where", "owner = ana", *words[1:], "--dry-run")
    assert (tried.code, tried.stdout, "2 deals" in tried.stderr) == (0, "", True)
    assert (column(book, "owner"), column(book, "stage")) == (["ana", "ana", "eva"], ["lead"] * 3)


def test_a_dry_move_of_one_deal_changes_nothing(book: Crm) -> None:
    tried = book("deal", "move", "A", "won", "--dry-run")
    assert (tried.code, "#1 A" in tried.stderr) == (0, True)
    assert column(book, "stage") == ["lead"] * 3


def test_one_deal_that_cant_move_stops_them_all(book: Crm) -> None:
    book("pipeline", "stage-edit", "qualified", "--require", "next-step")
    book("deal", "edit", "A", "--next-step", "call")
    answer = book("deal", "move", "--where", "owner = ana", "qualified", "--yes")
    assert (answer.code, answer.stdout) == (5, "")
    assert column(book, "stage") == ["lead", "lead", "lead"]


# -- away and back


def test_rm_takes_only_what_belongs_to_nothing_else(crm_on: Crm) -> None:
    """Activities that also belong to a live contact or company stay; restore brings back what went along."""
    crm_on("contact", "add", "Jane")
    crm_on("deal", "add", "Pilot")
    crm_on("deal", "add", "Other")
    log = AppContext().activities.log
    log({"type": "note", "body": "with jane", "deal": "1", "contacts": ["Jane"]})
    log({"type": "note", "body": "deal only", "deal": "1"})
    log({"type": "note", "body": "other deal", "deal": "2"})

    def bodies() -> list[str | None]:
        from crmcli.services.records import Query

        return sorted(view.body or view.subject for view in AppContext().activities.list(Query()))

    assert crm_on("deal", "rm", "Pilot").code == 0
    assert bodies() == ["other deal", "with jane"]
    assert [
        entry["body"] or entry["subject"]
        for entry in crm_on("contact", "show", "Jane", "--format", "json").json()["timeline"]
    ] == ["with jane"]
    assert crm_on("deal", "restore", "Pilot").code == 0
    assert bodies() == ["deal only", "other deal", "with jane"]
    assert len(record(crm_on)["timeline"]) == 2


def test_what_is_left_goes_with_the_last_it_belongs_to(crm_on: Crm) -> None:
    crm_on("contact", "add", "Jane")
    crm_on("deal", "add", "Pilot")
    AppContext().activities.log({"type": "note", "body": "with jane", "deal": "1", "contacts": ["Jane"]})
    from crmcli.services.records import Query

    for words, left in ((("deal", "rm", "Pilot"), 1), (("contact", "rm", "Jane"), 0)):
        assert crm_on(*words).code == 0
        assert left == len(list(AppContext().activities.list(Query())))


def test_rm_and_undo_bring_everything_back(crm_on: Crm) -> None:
    crm_on(
        "deal",
        "add",
        "Pilot",
        "--value",
        "100",
        "--contact",
        "jane@acme.com",
        "--company",
        "Acme",
        "--tag",
        "vip",
        "--set",
        "a=b",
    )
    before = record(crm_on)
    assert crm_on("deal", "rm", "--where", "stage = lead", "--yes").code == 0
    AppContext().history.undo()
    after = record(crm_on)
    assert {k: v for k, v in before.items() if k != "updated_at"} == {
        k: v for k, v in after.items() if k != "updated_at"
    }


def test_help_has_examples(crm: Crm) -> None:
    for verb in ("add", "list", "show", "edit", "rm", "restore", "merge", "move", "win", "lose", "reopen"):
        answer = crm("deal", verb, "--help")
        assert (answer.code, f"crm deal {verb}" in answer.stdout.partition("Examples:")[2]) == (0, True)


@pytest.mark.parametrize("words", [("add", "Roof"), ("edit", "Roof")])
def test_an_amount_names_one_currency(crm: Callable[..., Result], words: tuple[str, str]) -> None:
    """Two are refused, both named; the same one twice is fine."""
    if words[0] == "edit":
        crm("deal", "add", "Roof")
    refused = crm("deal", *words, "--value", "100 EUR", "--currency", "USD")
    assert (2, "") == (refused.code, refused.stdout)
    assert "'100 EUR' is in EUR, but --currency says USD" in refused.stderr
    assert 0 == crm("deal", *words, "--value", "$100", "--currency", "usd").code


def test_a_decimal_comma_makes_a_lone_one_ambiguous(
    crm: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where decimals follow a comma; also in a filter."""
    monkeypatch.setenv("CRM_LOCALE", "bg_BG")
    for words in (("deal", "add", "Roof", "--value", "1,234"), ("deal", "list", "--filter", "value > '1,234'")):
        refused = crm(*words)
        assert (2, "") == (refused.code, refused.stdout)
        assert "could be 1234 or 1.234" in refused.stderr


def test_a_weighted_value_is_filtered_and_sorted_by(crm_on: Callable[..., Result]) -> None:
    """To the same minor unit as it is shown: half goes to even."""
    for title, value in (("Odd", "0.05"), ("Even", "0.15"), ("Big", "100"), ("None", "")):
        crm_on("deal", "add", title, *(("--value", value, "--probability", "50") if value else ()))
    shown: Any = crm_on("deal", "list", "--sort", "weighted", "--format", "json").json()
    assert [("Odd", 0.02), ("Even", 0.08), ("Big", 50), ("None", None)] == [(d["title"], d["weighted"]) for d in shown]
    for deal in shown[:3]:
        found = crm_on("deal", "list", "--filter", f"weighted = {deal['weighted']}", "--fields", "title").lines
        assert ["title", deal["title"]] == found


def test_a_deal_from_another_system_is_found_by_its_name_there(crm_on: Callable[..., Result], tmp_path: Path) -> None:
    """As it is shown: SOURCE:ID."""
    file = tmp_path / "deals.csv"
    file.write_text("deal id,title\n77,Roof\n78,Wall\n")
    crm_on("import", "deals", str(file), "--source", "old")
    rows = crm_on("deal", "list", "--filter", "external_id = old:77", "--fields", "title,external_id").lines
    assert ["title\texternal_id", "Roof\told:77"] == rows


def test_deals_that_are_in_the_stage_already_are_passed_over_and_counted(crm_on: Crm) -> None:
    """When all are there, that is refused."""
    for title, stage in (("A", "lead"), ("B", "qualified"), ("C", "lead")):
        crm_on("deal", "add", title, "--stage", stage)
    done = crm_on("deal", "move", "--where", "stage_kind = open", "qualified", "--yes")
    assert (0, "moved 2 deals (crm undo takes it back)\n1 is in qualified already\n") == (done.code, done.stderr)
    again = crm_on("deal", "move", "--where", "stage_kind = open", "qualified", "--yes")
    assert (5, "crm: error: all 3 deals are in qualified already\n") == (again.code, again.stderr)


def test_what_a_new_deal_lacks_is_to_be_given_with_it(crm: Crm) -> None:
    """There is no deal to edit; nor is anybody told of a stub that was not made."""
    crm("pipeline", "stage-edit", "negotiation", "--require", "value")
    answer = crm("deal", "add", "Big", "--stage", "negotiation", "--contact", "new@x.com")
    assert (5, "crm: error: stage negotiation requires value (try: give --value …)\n") == (answer.code, answer.stderr)
    assert [] == crm("contact", "list", "--format", "json").json()


def test_a_stub_is_its_makers(crm_on: Crm) -> None:
    """As a record added by hand is."""
    answer = crm_on("deal", "add", "Big", "--contact", "new@x.com", "--company", "Nowa")
    assert "new contact #1 new\n" in answer.stderr
    for noun in ("contact", "company"):
        assert ["maria"] == [row["owner"] for row in crm_on(noun, "list", "--format", "json").json()]


@pytest.mark.parametrize(("stage", "sure"), [("lost", 0), ("won", 100)])
def test_the_chance_of_a_closed_deal_is_what_came_of_it(crm: Crm, stage: str, sure: int) -> None:
    """However it is given."""
    reason = f"crm: error: a {stage} deal's chance is {sure}% (try: crm deal reopen)\n"
    crm("deal", "add", "A", "--stage", stage)
    crm("deal", "add", "B")
    for words in (("edit", "A"), ("edit", "B", "--stage", stage), ("add", "C", "--stage", stage)):
        answer = crm("deal", *words, "--probability", "50")
        assert (5, reason) == (answer.code, answer.stderr)


def test_a_deleted_one_is_said_to_be(crm_on: Crm) -> None:
    """Named by its uid or number; a name may be that of others, and a person who was forgotten has none."""
    uid = crm_on("deal", "add", "Rollout").uid
    crm_on("contact", "add", "Jane Doe")
    crm_on("deal", "rm", "1")
    crm_on("contact", "forget", "1", "--confirm", "Jane Doe")
    for ref in ("1", "#1", uid, uid[:14]):
        gone = crm_on("deal", "show", ref)
        assert (gone.code, "deal #1 Rollout was deleted by " in gone.stderr) == (3, True)
        assert "(try: crm deal restore 1)" in gone.stderr
    assert "no deal Rollout" in crm_on("deal", "show", "Rollout").stderr
    assert "contact #1 was forgotten (try: crm contact list)" in crm_on("contact", "show", "1").stderr
