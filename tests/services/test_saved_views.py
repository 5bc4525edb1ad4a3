"""Saved views: kept under a name, replaced, undone, carried to another store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import Ambiguous, BadValue, FilterError, NotFound, UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext


def test_a_view_is_kept_as_it_was_said(app: AppContext) -> None:
    saved = app.saved_views.save(
        "deals",
        " Gorące ",
        filter="value > 10k",
        sort="expected-close",
        reverse=True,
        columns=["title", "contact", "value"],
    )
    assert ("Gorące", "deal", "value > 10k", "expected_close", True, ("title", "contacts", "value"), "maria") == (
        saved.name, saved.noun, saved.filter, saved.sort, saved.reverse, saved.columns, saved.owner,
    )  # fmt: skip
    assert saved.id.startswith("vw_")
    assert [saved] == app.saved_views.list("deal") == app.saved_views.list()
    assert [] == app.saved_views.list("contact")
    assert saved == app.saved_views.find("deal", "GORACE") == app.saved_views.find(None, "gorące")


def test_the_same_name_replaces_and_undo_brings_back(app: AppContext) -> None:
    first = app.saved_views.save("deal", "hot", filter="value > 10k", sort="value")
    second = app.saved_views.save("deal", "HOT", filter="owner = me")
    assert (first.id, "HOT", "owner = me", "") == (second.id, second.name, second.filter, second.sort)
    app.history.undo()
    assert [first] == app.saved_views.list()
    app.history.undo()
    assert [second] == app.saved_views.list()
    assert ("HOT", "owner = me") == (app.saved_views.list()[0].name, app.saved_views.list()[0].filter)


def test_saving_what_is_there_is_no_change(app: AppContext) -> None:
    app.saved_views.save("deal", "hot", filter="value > 10k")
    before = len(list(app.history.list()))
    app.saved_views.save("deal", "hot", filter="value > 10k")
    assert before == len(list(app.history.list()))


def test_a_view_that_was_taken_away_comes_back(app: AppContext) -> None:
    saved = app.saved_views.save("contact", "vips", filter="tag = vip")
    assert saved == app.saved_views.remove(None, "vips")
    assert [] == app.saved_views.list()
    app.history.undo()
    assert [saved] == app.saved_views.list()


def test_lists_have_names_of_their_own(app: AppContext) -> None:
    app.saved_views.save("contact", "mine", filter="owner = me")
    app.saved_views.save("deal", "mine", filter="owner = me")
    with pytest.raises(Ambiguous, match="contacts and deals have a view mine"):
        app.saved_views.remove(None, "mine")
    app.saved_views.remove("contact", "mine")
    assert ["deal"] == [view.noun for view in app.saved_views.list()]


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"noun": "deel", "name": "x"}, UsageError, "deel"),
        ({"noun": "deal", "name": " "}, BadValue, "1 to 100"),
        ({"noun": "deal", "name": "x" * 101}, BadValue, "1 to 100"),
        ({"noun": "deal", "name": "x", "filter": "valu > 1"}, FilterError, "valu"),
        ({"noun": "deal", "name": "x", "sort": "valu"}, BadValue, "no field 'valu'"),
        ({"noun": "deal", "name": "x", "columns": ["title", "valu"]}, BadValue, "no field 'valu'"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    app: AppContext, asked: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        app.saved_views.save(**asked)  # type: ignore[arg-type]
    assert [] == app.saved_views.list()


def test_an_unknown_view_is_answered_with_the_nearest(app: AppContext) -> None:
    app.saved_views.save("deal", "stalled")
    with pytest.raises(NotFound) as raised:
        app.saved_views.find("deal", "staled")
    assert ("no view staled of deals", "did you mean stalled?") == (raised.value.message, raised.value.hint)


def test_custom_fields_can_be_columns(app: AppContext) -> None:
    app.deals.add(app.deals.draft({"title": "A"}, ["plan, b=gold"]))
    saved = app.saved_views.save("deal", "plans", columns=["title", "plan, b", "custom.other"])
    assert ("title", "plan, b", "custom.other") == saved.columns
