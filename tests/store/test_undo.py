"""Whatever was done can be taken back, and done again: checked on random lives of a store."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.context import AppContext, Flags
from crmcli.domain.records import as_record
from crmcli.errors import CrmError
from crmcli.services.pipelines import StageDraft
from crmcli.services.records import Changes, Query
from crmcli.store.checks import findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NAMES = ("Ewa", "Łukasz Żak", "Пётр", "Acme", "北京")
_name = st.sampled_from(_NAMES)
_email = st.sampled_from(("a@x.com", "b@x.com", "c@y.org"))
_tag = st.sampled_from(("vip", "Große", "новый"))
_stage = st.sampled_from(("lead", "proposal", "won", "lost"))
_noun = st.sampled_from(("contact", "company", "deal", "activity"))

Act = tuple[Any, ...]
acts: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("contact"), _name, _email, _name, _tag),
    st.tuples(st.just("company"), _name),
    st.tuples(st.just("deal"), _name, _name, _stage),
    st.tuples(
        st.just("edit"),
        _name,
        st.sampled_from(({"title": "CTO"}, {"note": "x"}, {"owner": "ola"}, {"emails": "d@x.com"})),
    ),
    st.tuples(st.just("clear"), _name, st.sampled_from(("title", "emails", "companies", "tags"))),
    st.tuples(st.just("book"), st.sampled_from(("ola", "maria"))),
    st.tuples(st.just("tag"), _noun, _name, _tag, st.booleans()),
    st.tuples(st.just("custom"), _name, st.sampled_from(("colour=teal", "json:size=3"))),
    st.tuples(st.just("move"), _name, _stage),
    st.tuples(st.just("reopen"), _name),
    st.tuples(st.just("log"), _name, _name),
    st.tuples(st.just("done"), _name),
    st.tuples(st.just("rm"), _noun, _name),
    st.tuples(st.just("restore"), st.sampled_from(("contact", "company", "deal")), _name),
    st.tuples(st.just("merge"), st.sampled_from(("contact", "company")), _name, _name),
    st.tuples(st.just("stage"), st.sampled_from(("pilot", "trial")), st.integers(0, 5)),
    st.tuples(st.just("stage-rm"), st.sampled_from(("proposal", "pilot", "qualified"))),
    st.tuples(st.just("undo")),
)


def _do(app: AppContext, act: Act) -> None:
    verb, *rest = act
    _VERBS[verb](app, *rest)


_VERBS: dict[str, Callable[..., object]] = {
    "contact": lambda app, name, email, company, tag: app.contacts.add(
        app.contacts.draft(
            {"name": name, "emails": email, "companies": company, "tags": tag, "x": name if name.isascii() else None}
        )
    ),
    "company": lambda app, name: app.companies.add(app.companies.draft({"name": name})),
    "deal": lambda app, title, who, stage: app.deals.add(
        app.deals.draft({"title": title, "value": "12.5k", "contacts": who, "stage": stage})
    ),
    "edit": lambda app, who, values: app.contacts.edit(who, app.contacts.edit_draft(Changes(values))),
    "clear": lambda app, who, field: app.contacts.edit(who, app.contacts.edit_draft(Changes(clear=[field]))),
    "book": lambda app, owner: app.contacts.edit_where(
        "owner != nobody", app.contacts.edit_draft(Changes({"owner": owner}))
    ),
    "tag": lambda app, noun, name, tag, remove: app.records(noun).tag(name, [tag], remove=remove),
    "custom": lambda app, who, value: app.contacts.edit(who, app.contacts.edit_draft(Changes(set=[value]))),
    "move": lambda app, title, stage: (
        app.deals.lose(title, "price") if stage == "lost" else app.deals.move(title, stage)
    ),
    "reopen": lambda app, title: app.deals.reopen(title),
    "log": lambda app, who, title: app.activities.log(
        {"type": "call", "body": title, "contacts": who, "deal": title}, follow_up="offer"
    ),
    "done": lambda app, who: app.activities.done_where(f'contact = "{who}"'),
    "rm": lambda app, noun, name: app.records(noun).remove(name),
    "restore": lambda app, noun, name: app.records(noun).restore(name),
    "merge": lambda app, noun, keep, lose: app.records(noun).merge(keep, lose),
    "stage": lambda app, name, place: app.pipelines.add_stage(None, StageDraft(name=name, position=place)),
    "stage-rm": lambda app, name: app.pipelines.remove_stage(None, name, move_to="lead"),
    "undo": lambda app: app.history.undo(),
}


def _content(app: AppContext) -> dict[str, Any]:
    """Everything live, as a script would see it, but for when and by whom it was last touched; the store is whole."""
    with app.store.reader() as reader:
        assert [] == list(findings(reader))
    kept: dict[str, Any] = {
        noun: [_plain(as_record(v)) for v in app.records(noun).list(Query())]
        for noun in ("contact", "company", "deal", "activity")
    }
    kept["stages"] = [as_record(stage) for stage in app.pipelines.list()]
    kept["visits"] = [as_record(app.deals.show(deal["id"]))["stage_history"] for deal in kept["deal"]]
    return json.loads(json.dumps(kept, ensure_ascii=False))  # type: ignore[no-any-return]


def _plain(record: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in record.items() if key not in ("updated_at", "updated_by")}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Callable[[], AppContext]:
    """A fresh store for each example."""
    folder = tmp_path_factory.mktemp("lives")
    numbers = itertools.count()

    def fresh() -> AppContext:
        path = folder / f"{next(numbers)}.db"
        shutil.copy(empty_sqlite, path)
        return AppContext(Flags(store=str(path), user="maria", quiet=True), origin="test")

    return fresh


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(life=st.lists(acts, min_size=2, max_size=8))
def test_undoing_everything_backwards_goes_back_through_every_state(
    pattern: Callable[[], AppContext], life: list[Act]
) -> None:
    """And doing it all again goes forward through them; the store is whole all the way."""
    app = pattern()
    states = [_content(app)]
    sets: list[int] = []
    for act in life:
        before = app.store.committed
        with contextlib.suppress(CrmError):  # a refused use case changes nothing, which the states show
            _do(app, act)
        if app.store.committed != before:
            sets.append(app.store.committed or 0)
            states.append(_content(app))
    undone = []
    for number, state in zip(reversed(sets), reversed(states[:-1]), strict=True):
        try:
            app.history.undo(str(number))
        except CrmError:
            # Only what an `undo` among the acts has taken back already can't be taken back once more.
            assert ("undo",) in life
            return
        undone.append(app.store.committed)
        assert state == _content(app)
    for number, state in zip(reversed(undone), states[1:], strict=True):
        app.history.undo(str(number))
        assert state == _content(app)


def test_an_undo_toggles_for_ever(app: AppContext) -> None:
    """Undo, undo the undo, and so on: the store and the marks in the history alternate, also for bulk rows."""
    app.contacts.add(app.contacts.draft({"name": "Ewa", "emails": "e@x.com", "tags": "vip"}))
    there = _content(app)
    for turn in range(6):
        app.history.undo()
        content = _content(app)
        assert (turn, [] if turn % 2 == 0 else there["contact"]) == (turn, content["contact"])
        first = list(app.history.list())[-1]
        assert (turn, turn % 2 == 0) == (turn, first.undone)


def test_bulk_rows_are_taken_back_and_brought_back_by_their_mark(app: AppContext) -> None:
    """They have no line of their own in the log."""
    from crmcli.store.models.people import Contact, ContactEmail

    with app.desk.writing("import contacts", "people.csv") as uow:
        numbers = [uow.next_number(Contact) for _ in range(3)]
        rows = [
            {"id": n, "uid": f"ct_{n:026d}", "name": f"Person {n}", "name_key": f"person {n}", "custom": {}, "version": 1,
             "created_at": uow.now, "updated_at": uow.now, "created_in": uow.number} for n in numbers
        ]  # fmt: skip
        uow.insert_many(Contact, rows)
        mails = [
            {"contact_id": n, "value": f"p{n}@x.com", "key": f"p{n}@x.com", "position": 0, "invalid": 0, "opted_out": 0}
            for n in numbers
        ]
        uow.insert_many(ContactEmail, mails)
        uow.touched("contact", numbers)
        uow.marked = len(numbers)
    there = _content(app)
    for turn in range(5):
        undone = app.history.undo()
        assert (turn, 3) == (turn, undone.records)
        assert (turn, [] if turn % 2 == 0 else there["contact"]) == (turn, _content(app)["contact"])
