"""`crm dupes`, and what `add` says of likely doubles."""

from __future__ import annotations

import re
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
def doubles(crm_on: Crm) -> Crm:
    """Two pairs of people and one of companies, and somebody who is nobody's double."""
    crm_on("contact", "add", "Jane Doe", "--email", "jane.doe@gmail.com", "--company", "Acme", "--title", "CTO")
    crm_on("contact", "add", "Doe, Jane", "--email", "janedoe+crm@gmail.com", "--company", "Acme")
    crm_on("contact", "add", "Елена Щербакова", "--company", "Жито")
    crm_on("contact", "add", "Shcherbakova Elena", "--company", "Жито")
    crm_on("contact", "add", "Priya Ravindar", "--company", "Acme")
    crm_on("company", "add", "Acme GmbH", "--website", "acme.com")
    return crm_on


def pairs(crm: Crm, *words: str) -> list[Any]:
    rows: Any = crm("dupes", *words, "--format", "json").json()
    return [(row["a_number"], row["b_number"]) for row in rows]


def test_the_documented_json(doubles: Crm) -> None:
    rows: Any = doubles("dupes", "--type", "contact", "--threshold", "0.8", "--format", "json").json()
    assert [("Jane Doe", "Doe, Jane"), ("Елена Щербакова", "Shcherbakova Elena")] == [
        (row["a"]["name"], row["b"]["name"]) for row in rows
    ]
    assert all({"id", "name"} == set(row[side]) for row in rows for side in "ab")
    assert rows[0]["reasons"] == ["same e-mail", "same name", "same company"]
    assert rows[1]["reasons"] == ["same name in another script", "same company"]
    assert [True, True] == [0.8 <= row["score"] < 1 for row in rows]
    assert {"contact"} == {row["type"] for row in rows}


def test_both_types_unless_one_is_named(doubles: Crm) -> None:
    rows: Any = doubles("dupes", "--format", "json").json()
    assert ["contact", "contact", "company"] == [row["type"] for row in rows]
    assert [(1, 3)] == pairs(doubles, "--type", "company")
    assert [(1, 2)] == pairs(doubles, "--limit", "1")
    assert [(1, 2)] == pairs(doubles, "--type", "contact", "--threshold", "0.98")


def test_a_table_on_a_terminal(doubles: Crm) -> None:
    answer = doubles("--no-color", "dupes", "--type", "contact", tty=True)
    assert answer.lines[0].split() == ["score", "type", "#", "a", "#", "b", "reasons"]
    assert "0.99  contact  1  Jane Doe" in answer.lines[1]


def test_no_store_no_duplicates(crm: Crm, tmp_path: Path) -> None:
    answer = crm("dupes", "--format", "json")
    assert (answer.code, answer.json()) == (0, [])
    assert not (tmp_path / "crm.db").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--type", "deal"], "type: 'deal' is not one of contact, company"),
        (["--threshold", "1.5"], "threshold: 1.5 is not between 0 and 1"),
        (["--threshold", "nan"], "threshold: nan is not between 0 and 1"),
        (["--auto", "-1"], "auto: -1 is not between 0 and 1"),
        (["--auto", "0.9", "--interactive"], "--auto goes without"),
        (["--dry-run"], "belong to --auto"),
        (["--interactive"], "needs a terminal"),
    ],
)
def test_wrong_usage(crm: Crm, words: list[str], said: str) -> None:
    answer = crm("dupes", *words)
    assert (answer.code, answer.stdout) == (2, "")
    assert said in answer.stderr


# -- merging what is certain


def test_auto_asks_and_is_one_step(doubles: Crm) -> None:
    assert doubles("dupes", "--auto", "0.9").code == 2
    dry = doubles("dupes", "--auto", "0.9", "--dry-run")
    assert (
        "would merge contact #2 Doe, Jane into #1 Jane Doe (0.99: same e-mail, same name, same company)" in dry.stderr
    )
    assert "would merge 2 contacts into 2 others" in dry.stderr
    assert "nothing was changed" in doubles("dupes", "--auto", "0.9", tty=True, stdin="n\n").stderr
    assert 5 == len(doubles("contact", "list", "--format", "ids").lines)
    answer = doubles("dupes", "--auto", "0.9", "--yes", "--format", "json")
    assert [(1, 2), (3, 4)] == [(row["a_number"], row["b_number"]) for row in answer.json()]  # type: ignore[attr-defined]
    assert "merged 2 contacts into 2 others (crm undo takes it back)" in answer.stderr
    assert 3 == len(doubles("contact", "list", "--format", "ids").lines)
    assert doubles("undo").code == 0
    assert 5 == len(doubles("contact", "list", "--format", "ids").lines)
    assert [(1, 2), (3, 4)] == pairs(doubles, "--type", "contact")


def test_auto_joins_chains_under_the_fullest(crm_on: Crm) -> None:
    """Three of one mailbox are one; the one with most to tell stays."""
    for tag, more in (("", []), ("+a", ["--title", "CTO", "--phone", "+359 88 123 4567"]), ("+b", [])):
        crm_on("contact", "add", "Jane Doe", "--email", f"jane{tag}@acme.com", *more)
    assert "merged 2 contacts into 1 other" in crm_on("dupes", "--auto", "0.98", "--yes").stderr
    kept: Any = crm_on("contact", "list", "--format", "json").json()
    assert [(2, {"jane@acme.com", "jane+a@acme.com", "jane+b@acme.com"})] == [
        (k["number"], set(k["emails"])) for k in kept
    ]
    assert crm_on("unmerge", "contact:3").code == 0
    assert crm_on("store", "check").code == 0
    assert {1, 2} == {n for (n,) in [(2,), (1,)] if crm_on("contact", "show", f"#{n}").code == 0}


def test_auto_leaves_alone_who_was_told_apart(doubles: Crm) -> None:
    doubles("dupes", "--interactive", "--type", "contact", "--limit", "1", tty=True, stdin="d\n")
    assert "no duplicates score 0.95 or more" in doubles("dupes", "--auto", "0.95", "--yes", "--type", "contact").stderr


# -- review


def test_review_merges_left_and_right(doubles: Crm) -> None:
    answer = doubles("--no-color", "dupes", "--interactive", "--type", "contact", tty=True, stdin="m\nr\n")
    assert answer.code == 0, answer.stderr
    assert "1 of 2: contact, 0.99 (same e-mail, same name, same company)" in answer.stdout
    assert any(line.startswith("≠") and "jane.doe@gmail.com" in line for line in answer.lines)
    assert "2 merged, 0 told apart" in answer.stderr
    kept: Any = doubles("contact", "list", "--format", "json").json()
    assert ["Jane Doe", "Shcherbakova Elena", "Priya Ravindar"] == [contact["name"] for contact in kept]


def test_who_was_told_apart_is_not_asked_about_again(doubles: Crm) -> None:
    answer = doubles("dupes", "-i", "--type", "contact", tty=True, stdin="d\ns\n")
    assert "0 merged, 1 told apart" in answer.stderr
    assert [(3, 4)] == pairs(doubles, "--type", "contact")
    assert doubles("undo").code == 0
    assert [(1, 2), (3, 4)] == pairs(doubles, "--type", "contact")


def test_the_last_decision_is_taken_back(doubles: Crm) -> None:
    """The pair is shown once more."""
    answer = doubles("dupes", "-i", "--type", "contact", tty=True, stdin="u\nm\nu\nd\nq\n")
    assert "nothing was decided yet" in answer.stderr
    assert "took back: merged" in answer.stderr
    assert "0 merged, 1 told apart, 1 left" in answer.stderr
    assert 3 == sum("1 of 2: contact" in line for line in answer.lines)
    assert 5 == len(doubles("contact", "list", "--format", "ids").lines)


@pytest.mark.parametrize("keys", ["q\n", "", "x\n?\nq\n"])
def test_review_ends_without_a_decision(doubles: Crm, keys: str) -> None:
    answer = doubles("dupes", "-i", "--type", "contact", tty=True, stdin=keys)
    assert (answer.code, "0 merged, 0 told apart, 2 left" in answer.stderr) == (0, True)


def test_a_pair_whose_record_was_merged_meanwhile_is_passed_over(crm_on: Crm) -> None:
    for tag in ("", "+a", "+b"):
        crm_on("contact", "add", "Jane Doe", "--email", f"jane{tag}@acme.com")
    answer = crm_on("dupes", "-i", tty=True, stdin="m\nm\n")
    assert "2 merged, 0 told apart" in answer.stderr
    assert 1 == len(crm_on("contact", "list", "--format", "ids").lines)


def test_names_can_not_write_to_the_terminal(crm_on: Crm) -> None:
    for tag in ("", "+a"):
        crm_on("contact", "add", "Eve \x1b[2J Doe", "--email", f"eve{tag}@acme.com", "--note", "\x1b]0;x\x07")
    answer = crm_on("dupes", "-i", tty=True, stdin="q\n")
    assert "\x1b[2J" not in answer.stdout + answer.stderr
    assert "\x1b]" not in answer.stdout + answer.stderr


# -- adding


def test_add_tells_of_likely_doubles(crm_on: Crm) -> None:
    crm_on("contact", "add", "Jane Doe", "--company", "Acme")
    answer = crm_on("contact", "add", "Doe, Jane", "--email", "jane@acme.com", "--company", "Acme")
    assert "looks like #1 Jane Doe (0.94: same name, same company): crm contact merge 1 2" in answer.stderr
    assert answer.stdout.startswith("ct_")
    assert crm_on("contact", "merge", "1", "2").code == 0


@pytest.mark.parametrize(
    ("noun", "first", "second"),
    [
        ("contact", ["Robert Smith", "--company", "Acme"], ["Bob Smith", "--company", "Acme"]),
        ("contact", ["Elena Shcherbakova"], ["Елена Щербакова"]),
        ("contact", ["Sergey Hristov"], ["Сергей Христов"]),
        ("contact", ["Jane Harrington", "--company", "Acme"], ["Jane Harington", "--company", "Acme"]),
        ("company", ["Acme", "--website", "acme.com"], ["Acme GmbH"]),
        ("company", ["Romashka Ltd"], ["ООО «Ромашка»"]),
        ("company", ["Газпром ООО"], ["Gazprom Ltd"]),
        ("company", ["Щит и меч"], ["Shchit i Mech"]),
        ("contact", ["Иванов Иван"], ["Ivan Ivanov"]),
        ("contact", ["Мария Сидорова", "--company", "Alpha"], ["Maria Sidorova", "--company", "Alpha"]),
        ("contact", ["Іван Шевчук"], ["Ivan Shevchuk"]),
        ("contact", ["Ivan Ivanov", "--email", "ivan.ivanov@gmail.com"], ["Vanya", "--email", "ivanivanov+z@gmail.com"]),
        ("contact", ["Jo Li", "--email", "j.o.l@googlemail.com"], ["J. Li", "--email", "jol@gmail.com"]),
        ("contact", ["Ann Poe", "--email", "ann+crm@acme.com"], ["A. P.", "--email", "ann@acme.com"]),
        ("contact", ["Ann Poe", "--email", "zz@acme.com"], ["A. P.", "--email", "zz+x@acme.com"]),
        ("company", ["Northwind Traders", "--website", "northwind.com"], ["Nortwind Traders", "--website", "northwind.com/shop"]),
    ],
)  # fmt: skip
def test_add_knows_them_in_disguise(crm_on: Crm, noun: str, first: list[str], second: list[str]) -> None:
    crm_on(noun, "add", *first)
    if second[0] == "Nortwind Traders":
        second = [second[0], "--phone", "+49 30 901820"]
        crm_on(noun, "edit", "1", "--phone", "+49 30 901820")
    assert f"looks like #1 {first[0]} (0." in crm_on(noun, "add", *second).stderr


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["Jane Doe", "--company", "Acme"], ["John Doe", "--company", "Acme"]),
        (["Jane Doe", "--birthday", "1980-01-01"], ["Jane Doe", "--birthday", "1990-02-02"]),
        (["Jane Doe", "--company", "Acme"], ["Jane Doe", "--company", "Beta"]),
    ],
)  # fmt: skip
def test_add_is_silent_about_somebody_else(crm_on: Crm, first: list[str], second: list[str]) -> None:
    crm_on("contact", "add", *first)
    assert "looks like" not in crm_on("contact", "add", *second).stderr
    assert "looks like" not in crm_on("--quiet", "contact", "add", *first).stderr


@pytest.mark.parametrize(
    ("noun", "names", "more"),
    [
        ("contact", ["Ivan Ivanov", "Иван Иванов", "Ivan Ivanov", "Ivanov, Ivan", "Иванов Иван"], ["--company", "Alpha"]),
        ("contact", ["Jane Roe"] * 5, ["--company", "Alpha"]),
        ("company", ["Gazprom", "Газпром ООО", "Gazprom Ltd", "Gaz Prom", "ПАО Газпром", "Gazprom GmbH"], []),
        ("company", ["A.C.M.E. Inc", "ACME GmbH", "Acme Ltd.", "acme"], ["--phone", "+49 30 901820"]),
    ],
)  # fmt: skip
def test_add_and_dupes_score_a_pair_alike(crm_on: Crm, noun: str, names: list[str], more: list[str]) -> None:
    """Whoever bears the name as well counts for both."""
    seen = 0
    for name in names:
        told = crm_on(noun, "add", name, *more).stderr
        pairs: Any = crm_on("dupes", "--type", noun, "--format", "json").json()
        scores = {(pair["a_number"], pair["b_number"]): pair["score"] for pair in pairs}
        for score, a, b in re.findall(r"looks like #\d+ .* \((0\.\d+): .*: crm \w+ merge (\d+) (\d+)", told):
            seen += 1
            assert float(score) == scores[int(a), int(b)]
    assert seen > 0
