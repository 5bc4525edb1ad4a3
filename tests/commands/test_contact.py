"""``crm contact``: people, from the shell."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]

JANE = (
    "Jane Doe",
    "--email",
    "jane@acme.com",
    "--email",
    "jd@home.net",
    "--phone",
    "+359 88 123 4567",
    "--company",
    "Acme",
)


@pytest.fixture
@once
def jane(crm: Crm) -> str:
    return crm(
        "contact", "add", *JANE, "--tag", "vip", "--linkedin", "https://linkedin.com/in/janedoe", "--set", "city=Sofia"
    ).uid


# -- adding


def test_add_prints_the_uid_alone(crm: Crm) -> None:
    answer = crm("contact", "add", "Jane Doe")
    assert (answer.code, answer.stderr) == (0, "")
    assert answer.stdout.startswith("ct_")
    assert len(answer.lines) == 1


def test_add_answers_with_the_record_when_a_structured_format_is_asked(crm: Crm) -> None:
    record = crm("contact", "add", *JANE, "--format", "json").json()
    assert (record["name"], record["emails"], record["owner"]) == (
        "Jane Doe",
        ["jane@acme.com", "jd@home.net"],
        "maria",
    )


def test_every_flag_of_add_reaches_the_record(crm: Crm) -> None:
    """The flags are made from the fields, so each of them must arrive under the field's name."""
    given = {
        "title": "CTO", "birthday": "1980-02-29", "anniversary": "2001-05-06", "address": "1 Main St", "lifecycle": "lead",
        "lead-status": "new", "lead-score": "7", "source": "web", "locale": "bg_BG", "timezone": "Europe/Sofia",
        "note": "likes tea", "owner": "ana", "x": "janedoe", "bluesky": "jane.bsky.social", "telegram": "janedoe",
    }  # fmt: skip
    flags = [word for name, value in given.items() for word in (f"--{name}", value)]
    record = crm("contact", "add", "Jane", *flags, "--format", "json").json()
    expected = {name.replace("-", "_"): value for name, value in given.items()} | {"lead_score": 7}
    assert expected == {name: record[name] for name in expected}


def test_the_name_may_be_a_flag_but_not_twice(crm: Crm) -> None:
    assert crm("contact", "add", "--name", "Jane").code == 0
    twice = crm("contact", "add", "Jane", "--name", "Joan")
    assert (twice.code, twice.stdout) == (2, "")
    assert "--name" in twice.stderr


def test_an_unknown_company_becomes_a_stub_and_is_said(crm: Crm) -> None:
    answer = crm("contact", "add", "Jane", "--company", "Acme")
    assert answer.stderr == "new company #1 Acme\n"
    assert [row["name"] for row in crm("company", "list", "--format", "json").json()] == ["Acme"]


def test_no_create_refuses_the_stub_and_adds_nothing(crm: Crm) -> None:
    answer = crm("contact", "add", "Jane", "--company", "Acme", "--no-create")
    assert (answer.code, answer.stdout) == (3, "")
    assert "no company Acme" in answer.stderr
    assert crm("contact", "list", "--format", "json").json() == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("add", ""), "name"),
        (("add", "   "), "name"),
        (("add",), "name"),
        (("add", "X", "--email", "nonsense"), "email"),
        (("add", "X", "--phone", "12"), "phone"),
        (("add", "X", "--birthday", "2026-02-31"), "birthday"),
        (("add", "X", "--lifecycle", "customr"), "lifecycle"),
        (("add", "X", "--lead-score", "many"), "lead-score"),
        (("add", "X", "--set", "novalue"), "set"),
        (("add", "X", "--set", "json:a={"), "set"),
        (("list", "--limit", "abc"), "--limit"),
        (("list", "--limit", "-1"), "--limit"),
        (("list", "--offset", "-1"), "--offset"),
        (("list", "--sort", "bogus"), "--sort"),
        (("list", "--since", "2026-02-31"), "since"),
        (("list", "--until", "whenever"), "until"),
        (("list", "--lifecycle", "bogus"), "lifecycle"),
        (("list", "--fields", "name,bogus"), "bogus"),
        (("list", "--format", "xml"), "--format"),
        (("list", "--filter", "nme = x"), "nme"),
        (("edit", "1", "--lifecycle", "bogus"), "lifecycle"),
        (("edit", "1", "--name", ""), "name"),
        (("edit", "1", "--clear", "name"), "clear"),
        (("edit", "1", "--clear", "bogus"), "clear"),
        (("edit", "1"), "nothing to change"),
        (("edit", "--title", "x"), "--where"),
        (("edit", "1", "--where", "name = x", "--title", "x"), "--where"),
        (("rm",), "--where"),
        (("rm", "1", "--where", "name = x"), "--where"),
    ],
)
def test_bad_words_exit_2_and_name_the_flag(crm: Crm, jane: str, words: tuple[str, ...], named: str) -> None:
    answer = crm("contact", *words)
    assert (answer.code, answer.stdout) == (2, "")
    assert named in answer.stderr.splitlines()[0]


def test_unknown_fields_list_those_there_are(crm: Crm, jane: str) -> None:
    for words in (("list",), ("show", jane)):
        answer = crm("contact", *words, "--fields", "nme")
        assert (answer.code, answer.stdout) == (2, "")
        assert "emails" in answer.stderr
        assert "city" in answer.stderr


# -- one value, one owner


@pytest.mark.parametrize(
    ("flag", "mine", "same", "what"),
    [
        ("--email", "Jane@Acme.com", "jane@ACME.com", "e-mail"),
        ("--phone", "+359 88 123 4567", "00359881234567", "phone"),
        ("--linkedin", "https://www.linkedin.com/in/janedoe/", "janedoe", "linkedin"),
        ("--telegram", "@jane_doe", "https://t.me/jane_doe", "telegram"),
    ],
)
def test_a_value_belongs_to_one_live_contact(crm_on: Crm, flag: str, mine: str, same: str, what: str) -> None:
    """A second contact, or an edit, can't take it; after a delete it is free, and then the first can't come back."""
    uid = crm_on("contact", "add", "Jane", flag, mine).uid
    for words in (("add", "Joan", flag, same), ("edit", "Ana", flag, same)):
        crm_on("contact", "add", "Ana") if words[0] == "edit" else None
        taken = crm_on("contact", *words)
        assert (taken.code, taken.stdout) == (4, "")
        assert what in taken.stderr
        assert f"contact #1 Jane ({uid})" in taken.stderr
    assert crm_on("contact", "rm", uid).code == 0
    assert crm_on("contact", "add", "Joan", flag, same).code == 0
    back = crm_on("contact", "restore", uid)
    assert (back.code, back.stdout) == (4, "")
    assert "Joan" in back.stderr


def test_an_edit_may_keep_the_contacts_own_value(crm_on: Crm) -> None:
    uid = crm_on("contact", "add", "Jane", "--email", "jane@acme.com").uid
    assert crm_on("contact", "edit", uid, "--email", "JANE@acme.com", "--email", "j@acme.com").code == 0
    assert [e.lower() for e in crm_on("contact", "show", uid, "--format", "json").json()["emails"]] == [
        "jane@acme.com",
        "j@acme.com",
    ]


# -- references


@pytest.mark.parametrize(
    "ref",
    [
        "1", "#1", "jane@acme.com", " JD@Home.NET ", "+359881234567", "00359 88 123 4567", "+359 (88) 123-45-67", "Jane Doe",
        "jane doe", "https://www.linkedin.com/in/janedoe/", "@janedoe",
    ],
)  # fmt: skip
def test_a_contact_answers_to(crm: Crm, jane: str, ref: str) -> None:
    assert jane == crm("contact", "show", ref, "--format", "json").json()["id"]


def test_a_contact_answers_to_its_uid_and_the_beginning_of_it(crm: Crm, jane: str) -> None:
    for ref in (jane, jane[:20], jane.lower()):
        assert jane == crm("contact", "show", ref, "--format", "json").json()["id"]


@pytest.mark.parametrize("ref", ["2", "nobody@acme.com", "+359881234568", "Jane", "ct_ZZ", "1234567", "88 123 4567"])
def test_no_match_exits_3(crm: Crm, jane: str, ref: str) -> None:
    answer = crm("contact", "show", ref)
    assert (answer.code, answer.stdout) == (3, "")
    assert answer.stderr.startswith(f"crm: error: no contact {ref}")


def test_a_partial_phone_never_picks_one_of_several(crm_on: Crm) -> None:
    crm_on("contact", "add", "Jane", "--phone", "+359 88 123 4567")
    crm_on("contact", "add", "Joan", "--phone", "+359 88 123 4568")
    for part in ("359 88 123", "1234567", "88 123 456", "+35988123456"):
        answer = crm_on("contact", "rm", part)
        assert (answer.code, answer.stdout) == (3, "")
    assert len(crm_on("contact", "list", "--format", "json").json()) == 2


def test_more_than_one_match_exits_4_with_the_candidates(crm_on: Crm) -> None:
    first, second = (crm_on("contact", "add", "Jane Doe").uid for _ in range(2))
    answer = crm_on("contact", "show", "Jane Doe")
    assert (answer.code, answer.stdout) == (4, "")
    assert first in answer.stderr
    assert second in answer.stderr


# -- answers


def test_list_and_show_in_every_format(crm: Crm, jane: str) -> None:
    """The same record, whichever format it is read from."""
    said = {form: crm("contact", "list", "--format", form) for form in
            ("table", "tsv", "csv", "json", "jsonl", "yaml", "markdown", "ids")}  # fmt: skip
    assert {0} == {answer.code for answer in said.values()}
    record = said["json"].json()[0]
    assert [record] == [json.loads(line) for line in said["jsonl"].lines]
    assert record["emails"] == yaml.safe_load(said["yaml"].stdout)[0]["emails"]
    assert [jane] == said["ids"].lines
    header, row = csv.reader(io.StringIO(said["csv"].stdout))
    assert header[:3] == ["id", "number", "name"]
    assert [jane, "1", "Jane Doe"] == row[:3]
    tsv_header, tsv_row = said["tsv"].lines
    assert header == tsv_header.split("\t")
    assert [jane, "1", "Jane Doe"] == tsv_row.split("\t")[:3]
    assert "jane@acme.com" in said["table"].stdout
    assert said["markdown"].stdout.startswith("| #")
    for form in said:
        assert crm("contact", "show", jane, "--format", form).code == 0


def test_show_has_the_whole_picture(crm: Crm, jane: str) -> None:
    crm("deal", "add", "Pilot", "--contact", jane, "--value", "100")
    crm("deal", "add", "Old", "--contact", jane, "--stage", "won")
    picture = crm("contact", "show", jane, "--format", "json").json()
    assert [deal["title"] for deal in picture["deals"]] == ["Pilot"]
    assert {"timeline", "next_activity"} <= set(picture)
    on_terminal = crm("contact", "show", jane, tty=True).stdout
    assert "open deals" in on_terminal
    assert "Pilot" in on_terminal


def test_an_empty_list_is_an_empty_array(crm: Crm) -> None:
    assert crm("contact", "list", "--format", "json").json() == []
    assert crm("contact", "list", "--format", "ids")[:2] == (0, "")


def test_fields_choose_and_order_also_custom_ones(crm: Crm, jane: str) -> None:
    assert crm("contact", "list", "--fields", "city,name").lines == ["city\tname", "Sofia\tJane Doe"]
    assert crm("contact", "show", jane, "--fields", "custom.city", "--format", "json").json() == {
        "custom.city": "Sofia"
    }


def test_a_cut_table_says_so(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmcli.commands.shape.TABLE_LIMIT", 2)
    for name in ("Ana", "Boris", "Cyril"):
        crm("contact", "add", name)
    cut = crm("contact", "list", tty=True)
    assert [name for name in ("Ana", "Boris", "Cyril") if name in cut.stdout] == ["Ana", "Boris"]
    assert "showing the first 2" in cut.stderr
    whole = crm("contact", "list", "--limit", "0", tty=True)
    assert (whole.stderr, "Cyril" in whole.stdout) == ("", True)
    assert len(crm("contact", "list").lines) == 4


def test_pages_and_order(crm: Crm) -> None:
    for name in ("Живка", "ana", "Boris", "Ąsa"):
        crm("contact", "add", name)

    def names(*words: object) -> list[str]:
        return [row["name"] for row in crm("contact", "list", *words, "--format", "json").json()]

    assert names("--sort", "name") == ["ana", "Ąsa", "Boris", "Живка"]
    assert names("--sort", "name", "--reverse", "--offset", "1", "--limit", "2") == ["Boris", "Ąsa"]
    assert names("--limit", "1", "--offset", "9") == []


TWO = (
    ("contact", "add", "Ana", "--tag", "vip", "--company", "Acme"),
    ("contact", "add", "Boris", "--tag", "vip", "--tag", "new", "--owner", "boris", "--lifecycle", "customer"),
    ("deal", "add", "Pilot", "--contact", "Ana"),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--tag", "vip"), ["Ana", "Boris"]),
        (("--tag", "VIP", "--tag", "new"), ["Boris"]),
        (("--company", "acme"), ["Ana"]),
        (("--company", "1"), ["Ana"]),
        (("--owner", "me"), ["Ana"]),
        (("--owner", "boris"), ["Boris"]),
        (("--lifecycle", "customer"), ["Boris"]),
        (("--deal", "Pilot"), ["Ana"]),
        (("--since", "today"), ["Ana", "Boris"]),
        (("--until", "yesterday"), []),
        (("--since", "2026-11-21", "--until", "2026-11-21"), ["Ana", "Boris"]),
        (("--filter", "tag = new or company = acme"), ["Ana", "Boris"]),
        (("--filter", "name = ana or name = boris", "--tag", "new"), ["Boris"]),
        (("--tag", 'new" or name = "Ana'), []),
    ],
)
def test_list_shortcuts(crm_after: Callable[..., Crm], words: tuple[str, ...], expected: list[str]) -> None:
    crm = crm_after(*TWO)
    assert expected == [row["name"] for row in crm("contact", "list", *words, "--format", "json").json()]


# -- editing


def test_edit_replaces_adds_and_takes_away(crm_on: Crm) -> None:
    uid = crm_on("contact", "add", *JANE, "--tag", "vip", "--set", "city=Sofia").uid
    changed = crm_on(
        "contact", "edit", uid, "--title", "CTO", "--add-email", "new@acme.com", "--rm-email", "JD@home.net", "--tag", "a",
        "--tag", "b", "--add-company", "Beta", "--rm-phone", "+359881234567", "--set", "json:rank=3", "--unset", "city",
    )  # fmt: skip
    assert (changed.code, changed.stdout) == (0, "")
    record = crm_on("contact", "show", uid, "--format", "json").json()
    assert record["title"] == "CTO"
    assert record["emails"] == ["jane@acme.com", "new@acme.com"]
    assert (record["tags"], record["phones"], record["custom_fields"]) == (["a", "b"], [], {"rank": 3})
    assert [link["name"] for link in record["companies"]] == ["Acme", "Beta"]
    assert crm_on("contact", "edit", uid, "--clear", "title,emails", "--clear", "tag").code == 0
    record = crm_on("contact", "show", uid, "--format", "json").json()
    assert (record["title"], record["emails"], record["tags"]) == (None, [], [])


def test_edit_answers_with_the_record_when_asked(crm: Crm, jane: str) -> None:
    answer = crm("contact", "edit", jane, "--title", "CEO", "--format", "json")
    assert answer.json()["title"] == "CEO"
    assert "edited contact #1 Jane Doe" in answer.stderr


def test_edit_of_an_unknown_company_obeys_no_create(crm: Crm, jane: str) -> None:
    assert crm("contact", "edit", jane, "--company", "Nova", "--no-create").code == 3
    made = crm("contact", "edit", jane, "--company", "Nova")
    assert (made.code, "new company #2 Nova" in made.stderr) == (0, True)


# -- in bulk


@pytest.fixture
@once
def book(crm_on: Crm) -> Crm:
    for name, owner in (("Ana", "ana"), ("Ben", "ana"), ("Eva", "eva")):
        crm_on("contact", "add", name, "--owner", owner)
    return crm_on


def owners(crm: Crm) -> list[str]:
    return [row["owner"] for row in crm("contact", "list", "--format", "json").json()]


def test_bulk_without_a_terminal_wants_yes_and_changes_nothing(book: Crm) -> None:
    for words in (("edit", "--owner", "boris"), ("rm",)):
        answer = book("contact", words[0], "--where", "owner = ana", *words[1:])
        assert (answer.code, answer.stdout) == (2, "")
        assert "--yes" in answer.stderr
    assert owners(book) == ["ana", "ana", "eva"]


def test_bulk_dry_run_says_which_and_changes_nothing(book: Crm) -> None:
    for words in (("edit", "--owner", "boris"), ("rm",)):
        answer = book("contact", words[0], "--where", "owner = ana", *words[1:], "--dry-run")
        assert answer.code == 0
        assert all(name in answer.stderr for name in ("#1 Ana", "#2 Ben", "2 contacts"))
        assert "Eva" not in answer.stderr
    assert owners(book) == ["ana", "ana", "eva"]


@pytest.mark.parametrize("words", [("edit", "Ana", "--owner", "boris"), ("rm", "Ana")])
def test_a_dry_run_on_one_record_changes_nothing_either(book: Crm, words: tuple[str, ...]) -> None:
    answer = book("contact", *words, "--dry-run")
    assert (answer.code, "#1 Ana" in answer.stderr) == (0, True)
    assert owners(book) == ["ana", "ana", "eva"]


def test_bulk_edit_is_one_undo_step(book: Crm) -> None:
    done = book("contact", "edit", "--where", "owner = ana", "--owner", "boris", "--yes")
    assert (done.code, done.stderr) == (0, "edited 2 contacts (crm undo takes it back)\n")
    assert owners(book) == ["boris", "boris", "eva"]
    undo()
    assert owners(book) == ["ana", "ana", "eva"]


def test_bulk_rm_is_one_undo_step(book: Crm) -> None:
    assert book("contact", "rm", "--where", "owner = ana", "--yes").code == 0
    assert owners(book) == ["eva"]
    undo()
    assert owners(book) == ["ana", "ana", "eva"]


def test_bulk_asks_on_a_terminal(book: Crm) -> None:
    refused = book("contact", "rm", "--where", "owner = ana", tty=True, stdin="n\n")
    assert (refused.code, "nothing was changed" in refused.stderr) == (0, True)
    assert len(owners(book)) == 3
    assert book("contact", "rm", "--where", "owner = ana", tty=True, stdin="y\n").code == 0
    assert owners(book) == ["eva"]


def test_what_only_one_may_have_goes_to_none_of_several(book: Crm) -> None:
    answer = book("contact", "edit", "--where", "owner = ana", "--email", "same@acme.com", "--yes")
    assert (answer.code, answer.stdout) == (2, "")
    assert "email: the same e-mail can't go to 2 contacts" in answer.stderr
    assert [row["emails"] for row in book("contact", "list", "--format", "json").json()] == [[], [], []]


def test_bulk_on_nothing_is_done_at_once(book: Crm) -> None:
    answer = book("contact", "rm", "--where", "name = nobody")
    assert (answer.code, answer.stderr) == (0, "no contact matches\n")


# -- away and back


def test_rm_and_restore(crm_on: Crm) -> None:
    uid = crm_on("contact", "add", *JANE, "--tag", "vip").uid
    before = crm_on("contact", "show", uid, "--fields", "name,emails,phones,companies,tags", "--format", "json").json()
    assert crm_on("contact", "rm", "jane@acme.com").code == 0
    assert crm_on("contact", "show", uid).code == 3
    assert [uid] == [row["id"] for row in crm_on("contact", "list", "--deleted", "--format", "json").json()]
    assert crm_on("contact", "restore", uid).code == 0
    assert (
        before
        == crm_on("contact", "show", uid, "--fields", "name,emails,phones,companies,tags", "--format", "json").json()
    )


@pytest.mark.parametrize("ref", ["1", "Jane Doe"])
def test_restore_takes_a_number_or_name(crm: Crm, jane: str, ref: str) -> None:
    crm("contact", "rm", jane)
    assert crm("contact", "restore", ref).code == 0
    again = crm("contact", "restore", ref)
    assert (again.code, again.stderr) == (5, "crm: error: contact #1 Jane Doe is not deleted\n")


def test_help_has_examples(crm: Crm) -> None:
    for verb in ("add", "list", "show", "edit", "rm", "restore", "merge"):
        answer = crm("contact", verb, "--help")
        assert (answer.code, f"crm contact {verb}" in answer.stdout.partition("Examples:")[2]) == (0, True)


def undo() -> None:
    from crmcli.context import AppContext

    AppContext().history.undo()


def test_the_past_of_a_person_names_only_the_others(crm: Callable[..., Result]) -> None:
    """Whose past it is stands above."""
    crm("contact", "add", "Jane Doe", "--email", "jane@acme.com")
    crm("log", "call", "Alone", "--contact", "jane@acme.com")
    crm("log", "meeting", "Together", "--contact", "jane@acme.com", "--contact", "bob@acme.com")
    lines = crm("--no-color", "contact", "show", "Jane Doe", tty=True).lines
    told = {word: line.split(word)[1].strip() for line in lines for word in ("Alone", "Together") if word in line}
    assert {"Alone": "", "Together": "bob"} == told


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "edit", "1", "--title", "CTO"),
        ("contact", "edit", "1", "--email", "jane@acme.com"),
        ("contact", "edit", "1", "--tag", "VIP"),
        ("contact", "edit", "1", "--rm-tag", "nope"),
        ("contact", "edit", "1", "--rm-email", "nope@x.com"),
        ("contact", "edit", "1", "--unset", "nope"),
        ("contact", "edit", "1", "--set", "city=Sofia"),
        ("tag", "contact:1", "vip"),
        ("untag", "contact:1", "nope"),
    ],
)
def test_an_edit_that_changes_nothing_says_so(crm_on: Callable[..., Result], words: tuple[str, ...]) -> None:
    """It is no error, and no step in the history."""
    person = (
        "contact",
        "add",
        "Jane",
        "--email",
        "jane@acme.com",
        "--title",
        "CTO",
        "--tag",
        "vip",
        "--set",
        "city=Sofia",
    )
    assert crm_on(*person).code == 0
    answer = crm_on(*words)
    assert (0, "nothing to change on contact #1 Jane\n") == (answer.code, answer.stderr)
    assert 1 == len(crm_on("history", "--format", "json").json())


def test_a_bulk_edit_that_changes_nothing_says_so(crm: Callable[..., Result]) -> None:
    """Of all the records it was about."""
    crm("contact", "add", "Jane")
    crm("contact", "add", "Ewa")
    answer = crm("contact", "edit", "--where", "name != x", "--owner", "maria", "--yes")
    assert (0, "nothing to change on 2 contacts\n") == (answer.code, answer.stderr)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("name=foo", "name is a field; use --name"),
        ("email=a@x.com", "email is a field; use --email"),
        ("json:title=1", "title is a field; use --title"),
        ("number=7", "number is worked out, never set"),
    ],
)
def test_a_custom_field_can_not_go_by_the_name_of_a_field(
    crm: Callable[..., Result], setting: str, reason: str
) -> None:
    """Neither when a record is added nor when it is edited."""
    crm("contact", "add", "Jane")
    for words in (("add", "X"), ("edit", "1")):
        answer = crm("contact", *words, "--set", setting)
        assert (2, f"crm: error: set: {reason}\n") == (answer.code, answer.stderr)


@pytest.mark.parametrize("name", ["\u200b", "\u200b \ufeff", "\u2060", "\u3164", "\u2800\u200d"])
def test_a_name_that_can_not_be_seen_is_empty(crm: Callable[..., Result], name: str) -> None:
    """Zero widths, joiners and fillers alone make no name; beside letters they stay."""
    answer = crm("contact", "add", name)
    assert (2, "crm: error: name: is empty\n") == (answer.code, answer.stderr)
    assert 0 == crm("contact", "add", f"Ewa{name}Nowak").code


def test_nobody_is_born_tomorrow(crm: Callable[..., Result]) -> None:
    """Today is the last possible birthday."""
    assert 0 == crm("contact", "add", "Ewa", "--birthday", "2026-11-21").code
    answer = crm("contact", "add", "Ola", "--birthday", "2026-11-22")
    assert (2, "crm: error: birthday: 2026-11-22 lies in the future\n") == (answer.code, answer.stderr)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("contact", "edit", "1", "--title", " "),
            "crm: error: title: is empty (try: --clear title empties a field)\n",
        ),
        (("contact", "edit", "1", "--add-email", ""), "crm: error: email: is empty\n"),
        (("contact", "add", "Ewa", "--title", ""), "crm: error: title: is empty\n"),
        (("log", "note", ""), "crm: error: body: is empty\n"),
        (("tag", "contact:1", ""), "crm: error: tag: is empty\n"),
    ],
)
def test_clearing_is_offered_only_where_there_is_something_to_clear(
    crm: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    """An empty value is refused everywhere; `--clear` belongs to `edit`."""
    crm("contact", "add", "Jane")
    assert (2, said) == (crm(*words).code, crm(*words).stderr)


def test_ctrl_d_is_a_no_on_a_line_of_its_own(crm: Callable[..., Result]) -> None:
    """The terminal shows no newline for it."""
    crm("contact", "add", "Jane")
    found = crm("contact", "rm", "--where", "name = jane", tty=True, stdin="")
    assert (0, "delete 1 contact? [y/N] \nnothing was changed\n") == (found.code, found.stderr)
