"""What someone removes while the list of the day is put together is simply not on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.errors import NotFound
from crmcli.services import duplicates
from crmcli.services import records as services
from crmcli.store.queries import today as queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.context import AppContext


@pytest.mark.parametrize("noun", ["deal", "contact"])
def test_a_record_removed_between_two_questions(app: AppContext, monkeypatch: pytest.MonkeyPatch, noun: str) -> None:
    """First it is chosen, then looked at; between the two it goes."""
    records = app.records(noun)
    name, more = ("title", {}) if noun == "deal" else ("name", {"birthday": "1990-11-22"})
    records.add(records.draft({name: "Stays", **more}))
    gone = records.add(records.draft({name: "Goes", **more}))
    assert gone.id in {item.id for item in app.agenda.today()}
    among = queries._among

    def meanwhile(*question: Any) -> Iterator[tuple[Any, ...]]:
        rows = list(among(*question))
        return iter([row for row in rows if row[0] != gone.number])

    monkeypatch.setattr(queries, "_among", meanwhile)
    assert gone.id not in {item.id for item in app.agenda.today()}


def test_one_removed_while_its_doubles_are_looked_for_has_none(
    app: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First those beside it are found, then all are compared; between the two it goes."""
    one, _ = (app.contacts.add(app.contacts.draft({"name": "Jane Doe"})) for _ in range(2))
    assert [(2, 1)] == [(pair.a_number, pair.b_number) for pair in app.duplicates.like("contact", one.number)]
    nearby = duplicates._nearby

    def meanwhile(*question: Any) -> list[int]:
        found = nearby(*question)
        app.contacts.remove(one.id)
        return found

    monkeypatch.setattr(duplicates, "_nearby", meanwhile)
    assert [] == app.duplicates.like("contact", one.number)


def test_one_removed_between_its_name_and_its_fields_is_said_to_be(
    app: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the words that are said of any that was deleted."""
    deal = app.deals.add(app.deals.draft({"title": "Rollout"}))
    resolve = services.resolve

    def meanwhile(*question: Any, **more: Any) -> Any:
        found = resolve(*question, **more)
        monkeypatch.setattr(services, "resolve", resolve)
        app.deals.remove(deal.id)
        return found

    monkeypatch.setattr(services, "resolve", meanwhile)
    with pytest.raises(NotFound, match=f"deal #1 Rollout was deleted by {app.desk.user}"):
        app.deals.get(deal.id)
