"""The flags of lists that stand for a condition: what they name must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


def _fill(crm: Crm) -> None:
    crm("contact", "add", "Jane Doe", "--email", "j@x.com", "--company", "Acme")
    crm("contact", "add", "Jane Roe")
    crm("contact", "add", "Jane Roe")
    crm("deal", "add", "Pilot", "--contact", "j@x.com")
    crm("log", "call", "Hello", "--contact", "j@x.com")
    crm("task", "add", "Send it", "--deal", "Pilot")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("deal", "list", "--contact", "nobody"), "no contact nobody (try: crm contact list)"),
        (("contact", "list", "--company", "Nope"), "no company Nope (try: crm company list)"),
        (("company", "list", "--deal", "Nope"), "no deal Nope (try: crm deal list)"),
        (("activity", "list", "--contact", "x"), "no contact x"),
        (("task", "list", "--deal", "x"), "no deal x"),
        (("deal", "list", "--stage", "bogus"), "one of lead, qualified, proposal, negotiation, won, lost"),
        (("deal", "list", "--stage", "propsal"), "did you mean proposal?"),
        (("deal", "list", "--pipeline", "bogus"), "there are: sales"),
        (("deal", "list", "--pipeline", "sales", "--stage", "bogus"), "no stage 'bogus' in pipeline sales"),
    ],
)
def test_what_is_not_there_is_not_found(crm_on: Crm, words: tuple[str, ...], message: str) -> None:
    """Exit 3 with the remedy, not an empty list."""
    _fill(crm_on)
    found = crm_on(*words)
    assert (3, "") == (found.code, found.stdout)
    assert message in found.stderr


def test_an_ambiguous_name_is_refused(crm_on: Crm) -> None:
    """Exit 4, with the candidates."""
    _fill(crm_on)
    found = crm_on("deal", "list", "--contact", "Jane Roe")
    assert (4, "") == (found.code, found.stdout)
    assert ["#2", "#3"] == [line.split()[0] for line in found.stderr.splitlines()[1:]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("deal", "list", "--contact", "J@X.com", "--fields", "title"), ["Pilot"]),
        (("deal", "list", "--contact", "2", "--fields", "title"), []),
        (("deal", "list", "--stage", "LEAD", "--pipeline", "Sales", "--fields", "title"), ["Pilot"]),
        (("deal", "list", "--tag", "none", "--owner", "no one", "--fields", "title"), []),
        (("contact", "list", "--company", "acme", "--fields", "name"), ["Jane Doe"]),
        (("company", "list", "--contact", "j@x.com", "--fields", "name"), ["Acme"]),
        (("activity", "list", "--contact", "j@x.com", "--type", "call", "--fields", "subject"), ["Hello"]),
        (("task", "list", "--deal", "Pilot", "--fields", "subject"), ["Send it"]),
    ],
)
def test_what_is_there_is_listed(crm_on: Crm, words: tuple[str, ...], expected: list[str]) -> None:
    """By whatever it is known; an unknown tag or owner is an empty answer."""
    _fill(crm_on)
    found = crm_on(*words)
    assert (0, expected) == (found.code, found.lines[1:])


@pytest.mark.parametrize("words", [("deal", "list", "--stage", "x"), ("deal", "list", "--pipeline", "x")])
def test_with_no_store_a_list_is_empty(crm: Crm, words: tuple[str, ...]) -> None:
    """There is nothing yet that a stage could be wrong against."""
    assert (0, 1) == (crm(*words).code, len(crm(*words).lines))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("activity", "list", "--type", "bogus"), "crm: error: type: 'bogus' is not a choice (try: one of call, "),
        (("activity", "list", "--status", "bogus"), "crm: error: status: 'bogus' is not a choice"),
        (("activity", "list", "--since", "blah"), "crm: error: since: "),
        (("task", "list", "--priority", "huge"), "crm: error: priority: 'huge' is not a choice (try: one of low, "),
        (("task", "list", "--until", "blah"), "crm: error: until: "),
    ],
)
def test_a_value_that_cant_be_read_names_its_flag(crm: Crm, words: tuple[str, ...], message: str) -> None:
    """One line, without the filter that the flag stands for."""
    found = crm(*words)
    assert (2, "", 1) == (found.code, found.stdout, len(found.stderr.splitlines()))
    assert message == found.stderr[: len(message)]
