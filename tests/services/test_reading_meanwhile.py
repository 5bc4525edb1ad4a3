"""What someone removes while the list of the day is put together is simply not on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

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
