"""Records by the thousand are what records made one at a time are: as rows, as words of the index, in undo."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.domain.ids import new_uid, new_uids
from crmcli.domain.text import Matched, fold
from crmcli.store.bulk import Bulk
from crmcli.store.checks import findings
from crmcli.store.loading import shape_of
from crmcli.store.models.people import Contact, ContactEmail
from crmcli.store.search import words_of
from crmcli.store.store import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.context import AppContext
    from crmcli.store.session import UnitOfWork

ACTOR = Actor("maria", "import", "test")
# What copying formats, folding and splitting into words may stumble over.
NASTY = (
    "Łukasz\tŻak",
    "back\\slash \\N \\. \\t",
    "two\nlines\r\nand a third\rline",
    "\\N",
    "İstanbul ıI ﬁ Straße ΣΑΣ",
    "a¨b ½ ² ①",
    "北京x科技 カタカナ 한국어",
    "محمد علي ٠١٢٣",
    "e\u0301 c\u0327 combining \u200bzero",
    "a_b-c.d@e, 'quo\"te'; --",
    "𐐀 𠮷 👩‍👩‍👧",
    "\u00a0nbsp\u2003em\u3000wide",
)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=30)


def _write(app: AppContext, *records: tuple[str, Mapping[str, Any], Mapping[str, object]]) -> list[int]:
    with app.store.write(ACTOR) as uow:
        bulk = Bulk(uow)
        numbers = [bulk.add(noun, values, custom, {}) for noun, values, custom in records]
        bulk.flush()
    return numbers


def _person(text: str, place: int) -> tuple[str, Mapping[str, Any], Mapping[str, object]]:
    values = {
        "name": text,
        "emails": (
            Matched(f"{text} <a{place}@x.com>", f"a{place}@x.com"),
            Matched(f"b{place}@x.com", f"b{place}@x.com"),
        ),
        "phones": (Matched(f"{text} +359 88 123 45{place:02}", f"+35988123{place:04}"),),
        "telegram": Matched(text, f"t{place}"),
        "tags": ("zeta", text, "Alpha", text.upper()),
        "note": text * 2,
        "owner": "maria",
    }
    return "contact", values, {"zz": text, "a": "short", "bbb": text[:1], text: "key"}


def _problems(app: AppContext) -> list[object]:
    """Entries of the index that are not what the records say: the values of these tests are none that a form would take."""
    with app.store.reader() as reader:
        return [finding for finding in findings(reader) if finding.check == "search"]


@pytest.mark.parametrize("text", NASTY)
def test_the_index_says_what_would_be_read_back(app: AppContext, text: str) -> None:
    """In every noun, with everything that hangs on a record, whatever it is written in."""
    _write(
        app,
        _person(text, 1),
        (
            "company",
            {"name": text, "websites": (Matched("https://x.com", "x.com"),), "note": text, "country": "BG"},
            {},
        ),
        (
            "activity",
            {"type": "note", "subject": text, "body": text, "at": datetime(2026, 1, 2, tzinfo=UTC)},
            {text: text},
        ),
    )
    assert [] == _problems(app)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(texts=st.lists(texts, min_size=1, max_size=8))
def test_any_text_is_kept_and_indexed_as_it_is(app: AppContext, texts: list[str]) -> None:
    """Character for character, on both engines."""
    numbers = _write(app, *(("contact", {"name": text, "note": text}, {text: text}) for text in texts))
    with app.store.reader() as reader:
        kept = reader.rows(f"SELECT name, note FROM contact WHERE id >= {numbers[0]} ORDER BY id")
    assert [(text, text) for text in texts] == kept
    assert [] == _problems(app)


def test_custom_values_that_are_no_texts_are_indexed_as_the_engine_keeps_them(app: AppContext) -> None:
    """Numbers, lists and objects, whose spelling is the engine's own."""
    _write(app, ("contact", {"name": "Jane"}, {"size": 1.50, "list": [1, {"b": 1, "a": "ż"}], "yes": True}))
    assert [] == _problems(app)


def test_what_is_changed_after_it_was_made_is_indexed_once(app: AppContext) -> None:
    """In the same unit of work, before the many are written to the index."""
    with app.store.write(ACTOR) as uow:
        bulk = Bulk(uow)
        number = bulk.add("contact", {"name": "Jane"}, {}, {})
        bulk.flush()
        uow.get(Contact, number).note = "tulips"
        uow.touched("contact", [number])
        bulk.add("contact", {"name": "Ewa"}, {}, {})
        bulk.flush()
    assert ["Jane"] == [hit.name for hit in app.search.find("tulips")]
    assert [] == _problems(app)


def test_many_are_indexed_in_the_order_of_their_numbers_and_taken_back(app: AppContext) -> None:
    """Several thousand in several batches, so that the index is made ready for many and settled again."""
    with app.store.write(ACTOR) as uow:
        bulk = Bulk(uow)
        for batch in range(4):
            company = bulk.add("company", {"name": f"Acme {batch}"}, {}, {})
            for place in range(1500):
                bulk.add("contact", {"name": f"Jane {batch * 1500 + place}", "companies": (company,)}, {}, {})
            bulk.flush()
    assert ["Jane 5999"] == [hit.name for hit in app.search.find("jane 5999")]
    assert [] == _problems(app)
    app.history.undo()
    assert [] == list(app.search.find("jane 5999"))
    assert [] == _problems(app)
    app.history.undo()
    assert ["Jane 5999"] == [hit.name for hit in app.search.find("jane 5999")]
    assert [] == _problems(app)
    assert _settings(app) == _settings_of_a_new_store(app)


def _settings(app: AppContext) -> dict[str, object]:
    """How the search index of a SQLite store merges."""
    if not app.store.location.path:
        return {}
    with app.store.reader() as reader:
        return dict(reader.rows("SELECT k, v FROM search_entry_config WHERE k <> 'version'"))


def _settings_of_a_new_store(app: AppContext) -> dict[str, object]:
    """FTS5's own defaults."""
    return {"automerge": 4, "crisismerge": 16} if app.store.location.path else {}


def test_rows_get_the_defaults_of_their_model(app: AppContext) -> None:
    """Where no row says anything, and where only some do."""
    with app.store.write(ACTOR) as uow:
        person = _bare_contact(uow)
        uow.insert_many(Contact, [person], created_at=uow.now, updated_at=uow.now)
        mails = [
            {"id": uow.next_number(ContactEmail), "contact_id": person["id"], "value": "a@x.com", "key": "a@x.com"},
            {"id": uow.next_number(ContactEmail), "contact_id": person["id"], "value": "b", "key": "b", "position": 1},
        ]
        uow.insert_many(ContactEmail, mails)
    with app.store.reader() as reader:
        assert [("a@x.com", 0, 0, None), ("b", 1, 0, None)] == reader.rows(
            "SELECT value, position, invalid, label FROM contact_email ORDER BY id"
        )
        assert (1, "{}", "1980-02-29", None) == reader.row("SELECT version, custom, birthday, note FROM contact")


def _bare_contact(uow: UnitOfWork) -> dict[str, Any]:
    return {
        "id": uow.next_number(Contact), "uid": new_uid("ct"), "name": "Jane", "name_key": "jane", "custom": {},
        "birthday": date(1980, 2, 29),
    }  # fmt: skip


def test_columns_that_nobody_fills_are_left_out() -> None:
    """A column of nothing costs as much as any other."""
    rows = [{"id": 1, "name": "Jane", "note": None}, {"id": 2, "name": "Ewa", "title": None}]
    columns, tuples = shape_of(Contact).arranged(rows)
    assert ("id", "version", "name") == columns
    assert [(1, 1, "Jane"), (2, 1, "Ewa")] == tuples


def test_uids_of_a_batch_follow_each_other_and_all_before() -> None:
    """Each is one ULID, none comes twice, and text order is the order of making."""
    made = [new_uid("ct"), *new_uids("ct", 3000), new_uid("ct"), *new_uids("ct", 2), *new_uids("ct", 0)]
    assert sorted(set(made)) == made
    assert {29} == set(map(len, made))


@given(texts)
def test_folding_a_character_at_a_time_is_folding_the_text(text: str) -> None:
    """As Unicode says it for the whole text: casefold, compatibility decomposition, marks off."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    expected = " ".join(bare.translate(str.maketrans("łøđħıð", "lodhid")).split())
    assert expected.replace("æ", "ae").replace("œ", "oe").replace("þ", "th") == fold(text)


@given(texts, texts)
def test_the_words_of_two_texts_are_the_words_of_both(first: str, second: str) -> None:
    """So that the words of a record can be made of its values in any grouping."""
    assert [*words_of(first), *words_of(second)] == words_of(f"{first} {second}")
