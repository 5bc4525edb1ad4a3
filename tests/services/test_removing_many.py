"""Very many records removed at once: by marks, in one step that can be taken back and done again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.errors import Conflict, HookRefused
from crmcli.services import records as records_module
from crmcli.services.hooks import Hooks
from crmcli.services.records import Query

if TYPE_CHECKING:
    from crmcli.context import AppContext


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are many, and a page."""
    monkeypatch.setattr(records_module, "_MANY", 2)
    monkeypatch.setattr(records_module, "_AT_ONCE", 2)


def filled(app: AppContext) -> None:
    """Three people with addresses; a call with one of them, one with two, and one about a company as well."""
    for name in ("Ana", "Boris", "Çelik"):
        app.contacts.add(app.contacts.draft({"name": name, "emails": [f"{name.lower()}@x.example"]}))
    app.companies.add(app.companies.draft({"name": "Acme"}))
    for body, contacts, company in (("with Ana", ("Ana",), None), ("with two", ("Ana", "Boris"), None),
                                    ("about Acme", ("Boris",), "Acme")):  # fmt: skip
        app.activities.log({"type": "call", "body": body, "contacts": contacts, "company": company})


def alive(app: AppContext) -> dict[str, list[str]]:
    """What there is."""
    return {
        "contacts": [view.name for view in app.contacts.list(Query())],
        "calls": sorted(view.body for view in app.activities.list(Query())),
        "found": [hit.name for hit in app.search.find("celik")],
    }


def last(app: AppContext) -> str:
    """The number of the last change set."""
    with app.desk.reading() as reader:
        return str(reader.value("SELECT max(id) FROM change_set"))


ALL = {"contacts": ["Ana", "Boris", "Çelik"], "calls": ["about Acme", "with Ana", "with two"], "found": ["Çelik"]}
NONE = {"contacts": [], "calls": ["about Acme"], "found": []}


def test_they_go_with_what_is_about_no_one_then_and_come_back_with_it(app: AppContext) -> None:
    """Removed, taken back, removed again, taken back again."""
    filled(app)
    views = app.contacts.remove_where("name != nobody")
    assert ["Ana", "Boris", "Çelik"] == [view.name for view in views]
    assert NONE == alive(app)
    for wanted in (ALL, NONE, ALL, NONE, ALL):
        app.history.undo(last(app))
        assert wanted == alive(app)
        assert () == app.keeping.check().findings


def test_no_row_is_copied_into_the_log_and_history_tells_all_the_same(app: AppContext) -> None:
    """What went, and what came back."""
    filled(app)
    app.contacts.remove_where("name != nobody", telling=False)
    removed = last(app)
    with app.desk.reading() as reader:
        assert reader.value("SELECT count(*) FROM change WHERE set_id = ?", (int(removed),)) == 0
    gone = [*ALL["contacts"], "with Ana", "with two"]
    assert told(app, removed) == [("remove", name) for name in gone]
    app.history.undo(removed)
    assert told(app, last(app)) == [("restore", name) for name in gone]


def told(app: AppContext, number: str) -> list[tuple[str, str]]:
    """What history says of a change set."""
    return [(change.action, change.name) for change in app.history.changes(number)[0].changes]


def test_an_address_that_went_to_another_meanwhile_is_in_the_way(app: AppContext) -> None:
    """As with one that is removed alone."""
    filled(app)
    app.contacts.remove_where("name != nobody")
    removed = last(app)
    app.contacts.add(app.contacts.draft({"name": "Dana", "emails": ["ana@x.example"]}))
    with pytest.raises(Conflict, match=r"ana@x\.example belongs to contact #\d+ Dana by now"):
        app.history.undo(removed)
    assert alive(app)["contacts"] == ["Dana"]


def test_the_step_before_can_still_be_taken_back(app: AppContext) -> None:
    """Who brought a record back is no change to it."""
    app.contacts.add(app.contacts.draft({"name": "Ana"}))
    app.contacts.add(app.contacts.draft({"name": "Boris"}))
    added = last(app)
    app.contacts.remove_where("name != nobody")
    app.history.undo(last(app))
    app.history.undo(added)
    assert alive(app)["contacts"] == ["Ana"]


def test_what_a_hook_refuses_stays(app: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them is removed when one of them must not be."""
    filled(app)
    heard: list[Any] = []
    monkeypatch.setattr(Hooks, "hear_of", lambda _self, event: event == "contact-rm")

    def before(_self: Hooks, event: str, record: dict[str, Any]) -> None:
        heard.append((event, record["name"]))
        if record["name"] == "Çelik":
            raise HookRefused("hook refused: not this one")

    monkeypatch.setattr(Hooks, "before", before)
    with pytest.raises(HookRefused):
        app.contacts.remove_where("name != nobody", telling=False)
    assert heard == [("contact-rm", name) for name in ALL["contacts"]]
    assert ALL == alive(app)
