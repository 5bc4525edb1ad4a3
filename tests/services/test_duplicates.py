"""Finding duplicates in a store: what is read, what was told apart, and what follows a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import Interrupted, Refused
from crmcli.services.duplicates import scored

if TYPE_CHECKING:
    from crmcli.context import AppContext


def add(app: AppContext, name: str, **more: str) -> int:
    return int(app.contacts.add(app.contacts.draft({"name": name, **more})).number)


def found(app: AppContext) -> list[tuple[int, int]]:
    return [(pair.a_number, pair.b_number) for pair in app.duplicates.find("contact")]


def test_everything_beside_a_record_is_read(app: AppContext) -> None:
    """Handles, former companies apart, and what was kept as it came."""
    for custom in ("phone_original=+359 88 123 4567", "note_original=x"):
        app.contacts.add(app.contacts.draft({"name": "J. Doe"}, (custom,)))
    add(app, "Jane Doe", phones="+359 88 123 4567", emails="jane@acme.com", companies="Acme", birthday="1980-01-02")
    assert [(1, 3)] == found(app)
    assert ("same phone", "same initial") == app.duplicates.find("contact")[0].reasons


def test_deleted_records_are_nobodys_double(app: AppContext) -> None:
    for _ in range(2):
        add(app, "Jane Doe")
    assert [(1, 2)] == found(app)
    app.contacts.remove("2")
    assert [] == found(app)


def test_two_told_apart_stay_apart_when_one_is_merged_into_a_third(app: AppContext) -> None:
    """The keeper inherits the word."""
    for mail in ("jane@acme.com", "jane+a@acme.com", "jane+b@acme.com"):
        add(app, "Jane Doe", emails=mail)
    app.duplicates.differ("contact", 3, 1)
    assert [(1, 2), (2, 3)] == found(app)
    app.contacts.merge("2", "3")
    assert [] == found(app)
    app.unmerging.unmerge("contact:3")
    assert [(1, 2), (2, 3)] == found(app)


def test_the_certain_ones_are_not_joined_over_who_was_told_apart(app: AppContext) -> None:
    for mail in ("jane@acme.com", "jane+a@acme.com", "jane+b@acme.com"):
        add(app, "Jane Doe", emails=mail)
    app.duplicates.differ("contact", 1, 3)
    clusters = app.duplicates.certain("contact", 0.9)
    assert [(1, ((1, 2),))] == [(c.keeper, tuple((p.a_number, p.b_number) for p in c.pairs)) for c in clusters]


def test_saying_it_twice_changes_nothing_and_one_is_not_two(app: AppContext) -> None:
    for _ in range(2):
        add(app, "Jane Doe")
    first = app.duplicates.differ("contact", 1, 2)
    assert first == app.duplicates.differ("contact", 2, 1)
    with pytest.raises(Refused, match="is one record"):
        app.duplicates.differ("contact", 1, 1)
    shown = next(iter(app.history.list(f"change:{first}")))
    assert [("different_from", 2)] == [(line.field, line.after) for line in shown.changes]


def test_nothing_to_merge_is_no_change_set(app: AppContext) -> None:
    add(app, "Jane Doe")
    before = len(list(app.history.list()))
    assert 0 == app.duplicates.merge_certain(app.duplicates.certain(None, 0.98))
    assert before == len(list(app.history.list()))


def test_comparing_very_many_can_be_called_off(app: AppContext) -> None:
    """Between two pairs, for no query runs by then."""
    for _ in range(3):
        add(app, "Jane Doe")
    with app.desk.reading() as reader:
        pairs = scored(reader, "contact", 0.0)
        next(pairs)
        reader.interrupt()
        with pytest.raises(Interrupted):
            next(pairs)
