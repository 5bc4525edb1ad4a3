"""The index says what the records say, after every use case, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.services.records import Changes
from crmcli.store.checks import findings
from crmcli.store.models.people import Contact
from crmcli.store.search import rebuild, words_of
from crmcli.store.store import Actor

if TYPE_CHECKING:
    from crmcli.context import AppContext


def _hits(app: AppContext, text: str) -> list[str]:
    return [hit.name for hit in app.search.find(text)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Łukasz Żak", "lukasz"),
        ("Zażółć Gęślą", "ZAZOLC gesla"),
        ("Пётр Ёлкин", "петр"),
        ("ПЁТР", "пётр"),
        ("北京科技公司", "科技"),
        ("محمد علي", "محمد"),
        ("Straße", "strasse"),
        ("O'Brien-Smith", "brien"),
        ("jane.doe@acme.com", "doe"),
        ("İstanbul", "istanbul"),
    ],
)
def test_a_name_is_found_whatever_its_case_and_accents(app: AppContext, text: str, query: str) -> None:
    """In any script, by the beginning of any of its words."""
    app.contacts.add(app.contacts.draft({"name": text}))
    assert [text] == _hits(app, query)


def test_names_come_before_notes(app: AppContext) -> None:
    """Whoever is called so is meant sooner than whoever is spoken of, the latest first within each."""
    for name, note in (("Rose", None), ("Ewa", "likes a rose"), ("Rosemary", None)):
        app.contacts.add(app.contacts.draft({"name": name, "note": note}))
    assert ["Rosemary", "Rose", "Ewa"] == _hits(app, "rose")


def test_every_use_case_keeps_the_index(app: AppContext) -> None:
    """Add, edit, label, move, log, merge, delete, restore and undo each leave it whole."""
    contacts, deals = app.contacts, app.deals
    contacts.add(
        contacts.draft({"name": "Jane", "emails": "j@x.com", "phones": "+359 88 123 4567", "companies": "Acme"})
    )
    contacts.add(contacts.draft({"name": "Janet", "emails": "jt@x.com", "x": "janet"}))
    steps = [
        (
            lambda: contacts.edit(
                "Jane", contacts.edit_draft(Changes({"note": "любит чай"}, {"emails": ["jane@y.com"]}))
            ),
            "чай",
            ["Jane"],
        ),
        (lambda: contacts.tag("Jane", ["Große Kunden"]), "grosse", ["Jane"]),
        (lambda: contacts.tag("Jane", ["Große Kunden"], remove=True), "grosse", []),
        (
            lambda: deals.add(deals.draft({"title": "Pilot", "value": "1k", "contacts": "j@x.com"}, ["colour=teal"])),
            "teal",
            ["Pilot"],
        ),
        (lambda: deals.move("Pilot", "proposal"), "pilot", ["Pilot"]),
        (
            lambda: app.activities.log({"type": "call", "body": "Prices", "contacts": "j@x.com"}, follow_up="offer"),
            "offer",
            ["offer"],
        ),
        (lambda: contacts.merge("Jane", "Janet"), "janet", ["Jane"]),
        (lambda: contacts.remove("Jane"), "janet", []),
        (lambda: contacts.restore("Jane"), "janet", ["Jane"]),
        (app.history.undo, "chai", []),
    ]
    for act, query, expected in steps:
        act()
        assert (query, expected) == (query, _hits(app, query))
        with app.store.reader() as reader:
            assert [] == list(findings(reader))


def test_a_phone_is_found_by_its_digits(app: AppContext) -> None:
    """As written, and as one number."""
    app.contacts.add(app.contacts.draft({"name": "Jane", "phones": "+359 88 123 4567"}))
    for query in ("359881234567", "+359 88 123", "88 123 4567"):
        assert ["Jane"] == _hits(app, query)


@pytest.mark.parametrize(
    "note",
    [
        "tulips " + "x" * 1000,  # near the length from which another way leads into the index
        "tulips " + "x" * 2030,
        "x" * 2046 + " tulips",
        "ж" * 3000 + " tulips",
        "hello " * 200_000 + "tulips",
        " ".join(f"w{number}" for number in range(20_000)) + " tulips",
    ],
    ids=["short", "as long as may be", "the longest word", "a word too long", "repeated", "many words"],
)
def test_a_text_of_any_length_is_found_by_its_words(app: AppContext, note: str) -> None:
    """By the shorter ones, even if another is longer than an index can hold; the name stays the name."""
    app.contacts.add(app.contacts.draft({"name": "Jane Rose", "emails": "tu@x.com"}))
    app.contacts.add(app.contacts.draft({"name": "Tulipa Rose"}))
    with app.store.write(Actor("maria", "test")) as uow:
        uow.get(Contact, 1).note = note
    assert ["Tulipa Rose", "Jane Rose"] == _hits(app, "tulip")
    assert ["Jane Rose"] == _hits(app, "tulips rose")
    assert [] == _hits(app, "tulipss")


def test_a_word_that_no_index_holds_asks_for_nothing(app: AppContext) -> None:
    """Neither an error nor everything."""
    app.contacts.add(app.contacts.draft({"name": "Jane"}))
    assert [] == _hits(app, "ж" * 3000)


def test_a_server_makes_the_same_words_both_ways(app: AppContext) -> None:
    """The quick one of short entries gives what the one of long entries gives."""
    if app.store.location.path:
        pytest.skip("servers only")
    for name, note in (
        ("Jane", None),
        ("Łukasz Żak", "любит чай, чай"),
        ("北京", "Jane jane"),
        ("?", "?"),
        ("?", "10½"),
    ):
        app.contacts.add(app.contacts.draft({"name": name, "note": note, "phones": None}))
    app.activities.log({"type": "note", "body": "only a body"})
    with app.store.reader() as reader:
        sql = "SELECT name, body, words = crm_words(name, body), length(words) FROM search_entry ORDER BY rowid"
        found = reader.rows(sql)
    assert 6 == len(found)
    for name, body, are_same, count in found:
        assert (name, body, True, len({*name.split(), *body.split()})) == (name, body, are_same, count)


def test_a_rebuilt_index_is_the_same(app: AppContext) -> None:
    """Entry for entry."""
    for number in range(3):
        app.contacts.add(app.contacts.draft({"name": f"Jane {number}", "tags": "vip"}))
    app.contacts.remove("Jane 1")
    before = _entries(app)
    from crmcli.store.engine import transaction

    with transaction(app.store) as connection:
        rebuild(app.store.dialect, connection.connection.driver_connection, "")
    assert before == _entries(app)
    assert 2 == len(before)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Łukasz ŻAK", ["lukasz", "zak"]),
        ("a-b_c", ["a", "b", "c"]),
        ("北京x", ["北", "京", "x"]),
        ("  ", []),
        ("¿?", []),
    ],
)
def test_words_are_folded_letters_and_digits(text: str, words: list[str]) -> None:
    """The same for what is kept and for what is asked."""
    assert words == words_of(text)


def _entries(app: AppContext) -> list[tuple[object, ...]]:
    with app.store.reader() as reader:
        return reader.rows("SELECT rowid, noun, record_id, name, body FROM search_entry ORDER BY rowid")
