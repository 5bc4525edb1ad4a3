"""Search while one types: who is meant comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.store.queries import quick_search
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ["Anna Kowal", "Joanna Anders", "Ivan Petrov", "Иван Петров", "王小明", "Łucja Żak", "O'Brien Pat"]


@pytest.fixture
@once
def people(app: AppContext) -> AppContext:
    """People of many scripts, companies and deals in several stages."""
    for place, name in enumerate(NAMES):
        app.contacts.add(
            app.contacts.draft({"name": name, "emails": [f"p{place}@firm.example"], "phones": [f"+35988812340{place}"]})
        )
    app.companies.add(
        app.companies.draft({"name": "Anna's Bakery", "websites": ["bakery.example"], "country": "Poland"})
    )
    for title, stage in (
        ("Anna pilot", "won"),
        ("Anna renewal", "lead"),
        ("Anna upsell", "lost"),
        ("Annapurna", "lead"),
    ):
        app.deals.add(app.deals.draft({"title": title, "stage": stage, "company": "Anna's Bakery"}))
    return app


def names(app: AppContext, text: str, **asked: object) -> list[str]:
    return [hit.name for hit in app.search.quick(text, **asked)]  # type: ignore[arg-type]


def test_beginnings_stand_before_other_words_and_open_deals_before_closed(people: AppContext) -> None:
    found = names(people, "anna")
    assert {"Anna Kowal", "Anna's Bakery", "Annapurna", "Anna renewal"} == set(found[:4])
    assert {"Anna pilot", "Anna upsell"} == set(found[4:6])
    assert ["Anna Kowal", "Joanna Anders"] == names(people, "an", types=["contact"])


def test_an_exact_name_address_or_number_is_first(people: AppContext) -> None:
    people.deals.add(people.deals.draft({"title": "Anna"}))
    assert "Anna" == names(people, "ANNA")[0]
    assert ["Ivan Petrov"] == names(people, "p2@firm.example")
    assert "Anna's Bakery" == names(people, "bakery.example")[0]
    assert {("contact", 2), ("deal", 2)} == {(hit.noun, hit.number) for hit in people.search.quick("#2")[:2]}
    uid = people.contacts.get("p5@firm.example").id
    assert ["Łucja Żak"] == names(people, uid)
    assert ["Łucja Żak"] == names(people, uid.lower())


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("и", "Иван Петров"), ("ива", "Иван Петров"), ("иван пе", "Иван Петров"), ("петр", "Иван Петров"),
        ("王", "王小明"), ("小明", "王小明"), ("lucja", "Łucja Żak"), ("łu ża", "Łucja Żak"), ("zak", "Łucja Żak"),
        ("o'br", "O'Brien Pat"), ("obrien", None), ("88123403", "Иван Петров"), ("+359 88 812 3404", "王小明"),
        ("p4@", "王小明"), ("p5@firm", "Łucja Żak"), ("kowal anna", "Anna Kowal"), ("xyz", None), ("  ", None), ("--", None),
    ],
)  # fmt: skip
def test_everyone_is_found_however_they_are_typed(people: AppContext, typed: str, wanted: str | None) -> None:
    found = names(people, typed)
    assert wanted == (found[0] if found else None)


def test_every_beginning_of_a_name_finds_it(people: AppContext) -> None:
    """A box that empties while one types on is no use."""
    for name in NAMES:
        for end in range(1, len(name) + 1):
            assert name in names(people, name[:end]), name[:end]


def test_what_was_touched_last_comes_first(people: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call, and an edit as well."""
    for name in ("Ewa A", "Ewa B", "Ewa C"):
        people.contacts.add(people.contacts.draft({"name": name}))
    assert ["Ewa C", "Ewa B", "Ewa A"] == names(people, "ewa")
    monkeypatch.setenv("CRM_NOW", "2026-11-21T15:00:00Z")
    later = AppContext(people.flags, origin="test")
    later.activities.log({"type": "call", "subject": "hello", "contacts": ["Ewa A"]})
    assert ["Ewa A", "Ewa C", "Ewa B"] == names(later, "ewa")


def test_beside_a_name_stands_what_tells_it_from_others(people: AppContext) -> None:
    people.contacts.add(
        people.contacts.draft(
            {"name": "Olga", "emails": ["o@x.example"], "companies": ["Anna's Bakery"], "note": "likes zebras"}
        )
    )
    assert ["Anna's Bakery · o@x.example"] == [hit.excerpt for hit in people.search.quick("olga")]
    assert ["likes zebras"] == [hit.excerpt for hit in people.search.quick("zebr")]
    assert ["lead · Anna's Bakery"] == [hit.excerpt for hit in people.search.quick("annapurna")]
    assert ["bakery.example · Poland"] == [hit.excerpt for hit in people.search.quick("anna's b")]


def test_the_deleted_are_not_found(people: AppContext) -> None:
    number = people.contacts.get("p0@firm.example").number
    people.contacts.remove(str(number))
    for text in ("anna kowal", "p0@firm.example", "p0@", f"#{number}"):
        assert "Anna Kowal" not in names(people, text), text


def test_no_more_than_asked(people: AppContext) -> None:
    assert 3 == len(names(people, "anna", limit=3))
    assert [] == names(people, "anna", types=["activity"])


def test_work_has_an_end(people: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many match, only so many are looked at; those whose names begin so are still first."""
    for name in ("_SCANNED", "_KEPT", "_LATELY", "_NEW"):
        monkeypatch.setattr(quick_search, name, 4)
    found = names(people, "an", limit=3)
    assert 3 == len(found)
    assert all(name.startswith("An") for name in found)


def test_a_missing_store_has_nothing(crm: Callable[..., object]) -> None:
    assert [] == AppContext(Flags(quiet=True)).search.quick("anna")
