"""The wizard: what it shows, and what the plan is after its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

PEOPLE = "Имя;Тел.;Wer;Stadt\nИван Петров;+359 888 123 456;ivan@x.bg;София\nМария Илиева;хх;m@x.bg;Варна\n"


@pytest.fixture
def ask(crm: Callable[..., Result], tmp_path: Path) -> Callable[..., Result]:
    """The wizard over a file of people, given these answers, a line each."""

    def asked(*answers: str, content: str = PEOPLE, words: tuple[str, ...] = ("contacts", "--interactive")) -> Result:
        file = tmp_path / "people.csv"
        file.write_text(content)
        return crm("import", *words, file, stdin="".join(f"{answer}\n" for answer in answers), tty=True)

    return asked


def test_it_shows_the_file_as_it_would_be_read(ask: Callable[..., Result]) -> None:
    """Format, delimiter, targets and values, and what can't be read is marked; nothing is stored unasked."""
    result = ask("", "", "n")
    assert result.code == 0
    shown = result.stderr
    assert "people.csv: csv, utf-8, cells between ;" in shown
    assert "  1  Имя   → name" in shown
    assert "Иван Петров · Мария Илиева" in shown
    assert "+359 88 812 3456 · ✗ хх (" in shown
    assert "'Wer' holds e-mail addresses: taken as emails" in shown
    assert "nothing was imported" in shown


def test_a_column_is_sent_elsewhere_by_number(ask: Callable[..., Result], crm: Callable[..., Result]) -> None:
    """By a field's beginning, after a word that is none, and after the list of those there are."""
    result = ask("4", "?", "adress", "addr", "2=-", "9", "", "create", "y", "")
    assert "did you mean address?" in result.stderr
    assert "'9' is not a number from 1 to 4" in result.stderr
    assert "  4  Stadt → address" in result.stderr
    assert "  2  Тел.  → -" in result.stderr
    assert [("Иван Петров", "София", []), ("Мария Илиева", "Варна", [])] == [
        (each["name"], each["address"], each["phones"]) for each in crm("contact", "list", "--format", "json").json()
    ]


def test_two_columns_for_one_value_are_refused_and_asked_again(ask: Callable[..., Result]) -> None:
    """The mapping stays as it was."""
    result = ask("3=title", "4=title", "", "", "n")
    assert "both go to title" in result.stderr
    assert result.stderr.count("Stadt → custom.stadt") == 3


def test_it_says_what_would_be_done_and_stores_the_good_rows_when_told(
    ask: Callable[..., Result], crm: Callable[..., Result]
) -> None:
    """A row that can't be read is told with its line before anything is stored."""
    result = ask("", "upsert", "y", "y", "")
    assert "of 2 rows 1 would be new, 0 changed, 0 left alone, 1 rejected" in result.stderr
    assert "line 3: phone: " in result.stderr
    assert result.code == 7
    assert ["Иван Петров"] == [each["name"] for each in crm("contact", "list", "--format", "json").json()]


def test_the_map_is_kept_under_a_name_that_is_free(ask: Callable[..., Result], crm: Callable[..., Result]) -> None:
    """A preset's name is refused, and asked for again."""
    result = ask("2=-", "", "", "y", "hubspot", "fair")
    assert "'hubspot' is a preset that there is already" in result.stderr
    assert "kept the map (--preset fair uses it)" in result.stderr
    assert "fair\tcontacts\tyour own map of 4 columns" in crm("import", "presets").stdout


def test_dates_of_two_readings_are_asked_for(ask: Callable[..., Result], crm: Callable[..., Result]) -> None:
    """The answer is in the user's own form."""
    result = ask("%d/%m/%Y", "", "", "y", "", content="Name,Birthday\nAnn,03/04/1990\nBob,05/06/1991\n")
    assert "can be read in two ways" in result.stderr
    assert {"Ann": "1990-04-03", "Bob": "1991-06-05"} == {
        each["name"]: each["birthday"] for each in crm("contact", "list", "--format", "json").json()
    }


def test_without_a_noun_it_asks_what_the_file_holds(ask: Callable[..., Result], crm: Callable[..., Result]) -> None:
    """A beginning is enough; a known export is its own answer."""
    result = ask("cheese", "con", "2=-", "", "", "y", "", words=("--interactive",))
    assert "'cheese' is none of contacts, companies, deals, activities" in result.stderr
    assert len(crm("contact", "list", "--format", "json").json()) == 2
    known = ask(
        "", "", "", "y", "", content="Company ID,Company Name,Company Domain Name\n1,Acme,acme.com\n", words=("wizard",)
    )
    assert "holds contacts, companies, deals, activities? [companies]" in known.stderr
    assert "recognised HubSpot companies" in known.stderr
    assert ["Acme"] == [each["name"] for each in crm("company", "list", "--format", "json").json()]


def test_it_needs_a_terminal_and_a_file(crm: Callable[..., Result], tmp_path: Path) -> None:
    """A script that asks for it by mistake never hangs."""
    (tmp_path / "p.csv").write_text(PEOPLE)
    for words in (("contacts", "p.csv", "--interactive"), ("--interactive", "p.csv")):
        result = crm("import", *words)
        assert (2, "") == (result.code, result.stdout)
        assert "there is no terminal to ask on" in result.stderr
    result = crm("import", "contacts", "-", "--interactive", stdin="", tty=True)
    assert result.code == 2
    assert "can't read the rows from there too" in result.stderr


def test_the_end_of_the_answers_stores_nothing(ask: Callable[..., Result], crm: Callable[..., Result]) -> None:
    """Ctrl-D goes through every question and answers no to the last."""
    assert ask(content="Name\nAnn\n").code == 0
    assert crm("contact", "list", "--format", "json").json() == []
