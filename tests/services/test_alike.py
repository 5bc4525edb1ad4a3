"""The same tags or owner for very many records: by the page, and all the same as one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.errors import Stale
from crmcli.services.hooks import Hooks
from crmcli.services.records import Changes, Query
from crmcli.store import alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.context import AppContext
    from crmcli.store.reader import Row

NAMES = ("Ana", "Boris", "Çelik", "Дарина", "Ewa")
ALL = "name != nobody"
EDITS = {
    "tags": Changes(add={"tags": ["VIP", "new", "vip"]}),
    "tags off": Changes(remove={"tags": ["OLD", "unknown"]}),
    "both": Changes(add={"tags": ["old", "new"]}, remove={"tags": ["old"]}),
    "owner": Changes(values={"owner": "ivan"}),
    "nobody": Changes(clear=["owner"]),
    "all of it": Changes(values={"owner": "ivan"}, add={"tags": ["new"]}, remove={"tags": ["old"]}),
}


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are many, and a page."""
    monkeypatch.setattr(alike, "MANY", 2)
    monkeypatch.setattr(alike, "AT_ONCE", 2)


def filled(app: AppContext) -> None:
    """People of two owners, some with tags."""
    for place, name in enumerate(NAMES):
        raw: dict[str, Any] = {"name": name, "owner": ("maria", "ivan", "ana")[place % 3]}
        app.contacts.add(app.contacts.draft(raw | ({"tags": ("old", "kept")} if place % 2 else {})))


def kept(app: AppContext) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Who owns whom, and the tags."""
    return [(view.name, view.owner, tuple(sorted(view.tags))) for view in app.contacts.list(Query())]


def versions(app: AppContext) -> list[int]:
    """How often each was changed."""
    with app.desk.reading() as reader:
        return [version for (version,) in reader.rows("SELECT version FROM contact ORDER BY id")]


def lines(app: AppContext, number: int) -> list[Row]:
    """What the log has of a change set, without what is another number each time."""
    sql = (
        "SELECT c.noun, c.record_id, c.relation, c.action,"
        " CASE WHEN c.relation = 'tagging' THEN '' ELSE CAST(c.before AS TEXT) END,"
        " CASE WHEN c.relation = 'tagging' THEN '' ELSE CAST(c.after AS TEXT) END"
        " FROM change c WHERE c.set_id = ? ORDER BY 1, 2, 3, 4, 5, 6"
    )
    with app.desk.reading() as reader:
        return list(reader.rows(sql, (number,)))


def last(app: AppContext) -> int:
    """The number of the last change set."""
    with app.desk.reading() as reader:
        return int(reader.value("SELECT max(id) FROM change_set") or 0)


def edited(app: AppContext, changes: Changes) -> Sequence[Any]:
    """All of them changed."""
    return app.contacts.edit_where(ALL, app.contacts.edit_draft(changes))


@pytest.mark.parametrize("changes", EDITS.values(), ids=list(EDITS))
def test_it_comes_to_the_same_as_one_after_the_other(
    app: AppContext, monkeypatch: pytest.MonkeyPatch, changes: Changes
) -> None:
    """Records, views, versions, log and search; taken back by the page and one after the other, and done again."""
    filled(app)
    before, first = kept(app), versions(app)
    names = [view.name for view in edited(app, changes)]
    steps = [now - was for now, was in zip(versions(app), first, strict=True)]
    assert steps == [int(now != was) for now, was in zip(kept(app), before, strict=True)]
    by_page, log, tagged = kept(app), lines(app, last(app)), app.contacts.matching("tag = new")
    assert before != by_page
    for wanted in (before, by_page, before):
        app.history.undo(str(last(app)))
        assert wanted == kept(app)
        assert () == app.keeping.check().findings
    taken_back = lines(app, last(app))
    monkeypatch.setattr(alike, "MANY", 10**9)
    assert [view.name for view in edited(app, changes)] == names
    assert (by_page, log, tagged) == (kept(app), lines(app, last(app)), app.contacts.matching("tag = new"))
    app.history.undo(str(last(app)))
    assert (before, taken_back) == (kept(app), lines(app, last(app)))


def test_it_is_one_step_that_tells_how_many_it_changed(app: AppContext) -> None:
    """Who is so already is not among them; the words that tags are found by go with them."""
    filled(app)
    edited(app, Changes(values={"owner": "ivan"}))
    change_set = next(iter(app.history.list(limit=1)))
    assert ("contact edit", "5 contacts", 3) == (change_set.command, change_set.summary, change_set.records)
    edited(app, Changes(add={"tags": ["zebra"]}))
    assert set(NAMES) == {hit.name for hit in app.search.find("zebra")}
    edited(app, Changes(remove={"tags": ["zebra"]}))
    assert [] == list(app.search.find("zebra"))
    number = last(app)
    edited(app, Changes(remove={"tags": ["zebra"]}))
    assert number == last(app)


@pytest.mark.parametrize(
    ("changes", "who", "since", "says"),
    [
        ("tags", "Ana", Changes(remove={"tags": ["vip"]}), "taken away"),
        ("tags off", "Boris", Changes(add={"tags": ["old"]}), "put back"),
        ("owner", "Ana", Changes(values={"owner": "eva"}), "owner"),
    ],
)
def test_what_was_changed_since_stands_in_the_way(
    app: AppContext, changes: str, who: str, since: Changes, says: str
) -> None:
    """One of them, and none of the others is taken back either."""
    filled(app)
    edited(app, EDITS[changes])
    number = last(app)
    app.contacts.edit(who, app.contacts.edit_draft(since))
    after = kept(app)
    with pytest.raises(Stale, match=says):
        app.history.undo(str(number))
    assert after == kept(app)


def test_hooks_still_hear_of_each(app: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one listens they are changed one after the other."""
    filled(app)
    heard: list[object] = []
    monkeypatch.setattr(Hooks, "hear_of", lambda _, event: event == "contact-edit")
    monkeypatch.setattr(Hooks, "before", lambda _, event, record: heard.append((event, record["name"])))
    edited(app, EDITS["owner"])
    assert [("contact-edit", name) for name in NAMES] == heard
