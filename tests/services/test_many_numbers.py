"""Bulk verbs on records named by their numbers: more of them than a filter or a statement can hold, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import Refused
from crmcli.services.records import Changes

if TYPE_CHECKING:
    from crmcli.context import AppContext

MORE = list(range(1000, 60_000))  # numbers that nothing has


@pytest.fixture
def people(app: AppContext) -> list[int]:
    """Five contacts."""
    names = ("Ana", "Иван", "张伟", "Zoë", "Łukasz")
    return [app.contacts.add(app.contacts.draft({"name": name})).number for name in names]


def test_tens_of_thousands_of_numbers_are_no_trouble(app: AppContext, people: list[int]) -> None:
    """Those that there are not are passed over."""
    edit = app.contacts.edit_draft(Changes(add={"tags": ["fair"]}))
    changed = app.contacts.edit_where([*MORE, *people[:3]], edit)
    assert [view.number for view in changed] == people[:3]
    assert len(app.contacts.matching("tags = fair")) == 3


def test_it_is_one_step(app: AppContext, people: list[int]) -> None:
    """One undo takes all of it back."""
    app.contacts.edit_where(people, app.contacts.edit_draft(Changes(values={"owner": "zoe"})))
    app.history.undo()
    assert app.contacts.matching("owner = zoe") == []


def test_they_are_removed(app: AppContext, people: list[int]) -> None:
    """Twice named is once removed."""
    gone = app.contacts.remove_where([people[0], people[0], people[4], *MORE])
    assert [view.number for view in gone] == [people[0], people[4]]
    assert [found.number for found in app.contacts.matching("")] == people[1:4]


def test_none_at_all_is_nothing(app: AppContext, people: list[int]) -> None:
    """Not everything."""
    assert app.contacts.matching([]) == []
    assert app.contacts.remove_where([]) == []
    assert len(app.contacts.matching("")) == len(people)


def test_deals_move_by_number(app: AppContext) -> None:
    """Those that are there already stay; when all are, it says so."""
    numbers = [app.deals.add(app.deals.draft({"title": title})).number for title in ("A", "B", "C")]
    app.deals.move(str(numbers[0]), "proposal")
    moved = app.deals.move_where([*numbers, *MORE], "proposal")
    assert [view.number for view in moved] == numbers[1:]
    with pytest.raises(Refused, match="all 3 deals are in proposal already"):
        app.deals.move_where(numbers, "proposal")


def test_an_export_has_the_records_in_the_order_of_their_numbers_given(app: AppContext, people: list[int]) -> None:
    """However many there are."""
    wanted = [people[3], *MORE[:3000], people[0], people[4]]
    with app.exports.moment() as moment:
        assert [view.number for view in moment.chosen("contact", wanted)] == [people[3], people[0], people[4]]
