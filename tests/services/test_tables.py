"""Tables: the order of records as bare numbers is the order of the list, however it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.fields import FIELDS
from crmcli.errors import FilterError, UsageError
from crmcli.services.demo import fill
from crmcli.services.records import Query
from crmcli.store.queries import orders

if TYPE_CHECKING:
    from collections.abc import Callable

NOUNS = ("contact", "company", "deal", "activity")


@pytest.fixture(scope="module")
def example(lasting_store: Callable[[], str]) -> AppContext:
    """The example store, some of its records deleted, some people without an address; tests leave it as it was."""
    app = AppContext(Flags(store=lasting_store(), quiet=True), origin="test")
    fill(app.desk)
    for noun, service in (("contact", app.contacts), ("company", app.companies), ("deal", app.deals)):
        service.remove(str(app.tables.order(noun)[3]))
    app.contacts.add(app.contacts.draft({"name": "Nobody Special"}))
    app.contacts.add(
        app.contacts.draft({"name": "Żaneta", "emails": ["b@x.example", "a@x.example"], "tags": ["zz", "aa"]})
    )
    return app


def listed(app: AppContext, noun: str, **query: object) -> list[int]:
    return [view.number for view in app.records(noun).list(Query(**query))]  # type: ignore[arg-type]


@pytest.mark.parametrize("noun", NOUNS)
def test_every_field_sorts_as_the_list_does(example: AppContext, noun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways round, and by either way of finding the order."""
    assert tuple(field.name for field in FIELDS[noun]) == example.tables.sortable(noun)
    for name in example.tables.sortable(noun):
        for reverse in (False, True):
            wanted = listed(example, noun, sort=name, reverse=reverse)
            for few in (0, 10**9):
                monkeypatch.setattr(orders, "_FEW", few)
                assert (name, wanted) == (name, list(example.tables.order(noun, "", name, reverse=reverse)))


@pytest.mark.parametrize("noun", NOUNS)
def test_without_a_field_the_order_is_that_of_the_list(example: AppContext, noun: str) -> None:
    for reverse in (False, True):
        assert listed(example, noun, reverse=reverse) == list(example.tables.order(noun, reverse=reverse))


@pytest.mark.parametrize(
    ("noun", "filter_text", "sort"),
    [
        ("contact", "owner = maria", "name"),
        ("contact", "company is not empty and tag is not empty", "emails"),
        ("contact", "last_activity < -3d", "last_activity"),
        ("deal", "value > 5k", "title"),
        ("deal", "stage_kind = open", "company"),
        ("activity", "type = call", "contacts"),
    ],
)
def test_a_filter_narrows(
    example: AppContext, noun: str, filter_text: str, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few in (0, 10**9):
        monkeypatch.setattr(orders, "_FEW", few)
        found = list(example.tables.order(noun, filter_text, sort))
        assert listed(example, noun, filter=filter_text, sort=sort) == found
        assert found


def test_quick_words_narrow_as_search_finds(example: AppContext) -> None:
    """Each word is a beginning, accents don't count, and a phone is found however it is spelled."""
    app = example
    one = app.contacts.add(
        app.contacts.draft({"name": "Łucja Ångström", "phones": ["+48 501 234 567"], "note": "herbata"})
    )
    for quick in ("luc angs", "herb", "501 234", "+48501234567", "ŁUCJA"):
        assert [one.number] == list(app.tables.order("contact", quick=quick)), quick
    assert [] == list(app.tables.order("contact", quick="luc nowhere"))
    assert [] == list(app.tables.order("contact", quick="--"))
    assert list(app.tables.order("contact")) == list(app.tables.order("contact", quick="  "))
    assert [one.number] == list(app.tables.order("contact", "note ~= herb", "name", quick="luc"))
    app.history.undo()


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_holds_the_views_in_the_order_asked(example: AppContext, noun: str) -> None:
    """What is gone meanwhile is left out."""
    numbers = list(reversed(example.tables.order(noun)[:7]))
    page = example.tables.page(noun, [*numbers, 999_999])
    assert numbers == list(page)
    assert [example.records(noun).get(str(number)) for number in numbers] == list(page.values())
    assert {} == example.tables.page(noun, [])
    example.records(noun).remove(str(numbers[2]))
    assert [*numbers[:2], *numbers[3:]] == list(example.tables.page(noun, numbers))
    example.history.undo()


def test_what_cannot_be_asked_is_said(app: AppContext) -> None:
    with pytest.raises(FilterError, match="nmae"):
        app.tables.order("contact", "nmae = x")
    with pytest.raises(UsageError, match="no field 'nmae'"):
        app.tables.order("contact", sort="nmae")


def test_a_missing_store_has_nothing(crm: Callable[..., object]) -> None:
    tables = AppContext(Flags(quiet=True)).tables
    assert [] == list(tables.order("deal", "value > 5", "contacts", quick="x"))
    assert {} == tables.page("deal", [1])


@pytest.mark.parametrize(
    ("count", "top", "height", "expected"),
    [
        (0, 0, 30, range(0)),
        (10, 0, 30, range(10)),
        (1000, 0, 30, range(120)),
        (1000, 59, 30, range(180)),
        (1000, 130, 30, range(60, 240)),
        (1000, 970, 30, range(900, 1000)),
        (100, 5000, 30, range(100, 100)),
    ],
)
def test_bounds_are_whole_steps_around_what_is_seen(count: int, top: int, height: int, expected: range) -> None:
    from crmcli.services.tables import Tables

    assert expected == Tables.bounds(count, top, height)


@pytest.mark.parametrize("noun", ["contact", "company", "deal"])
@pytest.mark.parametrize("quick", ["a", "acme", "а", "zz", "nothing has it"])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_beginning_of_what_words_narrow_is_that_of_all_of_it(
    example: AppContext, noun: str, quick: str, *, reverse: bool
) -> None:
    """Nothing that was deleted, in the same order."""
    whole = example.tables.order(noun, reverse=reverse, quick=quick)
    for most in (1, 3, 1000):
        assert whole[:most] == example.tables.first(noun, quick, most, reverse=reverse)


def test_the_beginning_is_no_answer_where_more_is_needed(example: AppContext) -> None:
    """To keep a record further down in sight, for activities, and for what is looked for as a phone number too."""
    tables = example.tables
    whole = tables.order("contact", quick="a")
    assert tables.first("contact", "a", 2, kept=whole[-1]) is None
    assert tables.first("contact", "a", 2, kept=whole[1]) == whole[:2]
    assert tables.first("contact", "a", 2, kept=10**6) == whole[:2]
    assert tables.first("contact", "a", 1000, kept=10**6) == whole
    assert tables.first("activity", "a", 2) is None
    assert tables.first("contact", "+359 2 123", 2) is None
