"""``crm search``: full text over everything, the same on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Result


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One store on each engine for all the tests that only look."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CRM_NOW": "2026-11-21T12:00:00Z", "TZ": "UTC", "CRM_USER": "maria"}.items():
            patch.setenv(name, value)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        if request.param == "sqlite":
            store = str(tmp_path_factory.mktemp("search") / "crm.db")
        else:
            store = str(request.getfixturevalue("lasting_postgresql")())
        app = AppContext(Flags(store=store, quiet=True))
        people: list[tuple[dict[str, Any], list[str]]] = [
            ({"name": "Jane Doe", "emails": ["jane.doe@acme.com"], "phones": ["+359 88 123 4567"], "tags": ["Key account"],
              "note": "met at the greenhouse, 50% off"}, ["plan=Gold plated", "json:seats=125"]),
            ({"name": "Łukasz Żółkiewski", "linkedin": "lukasz-z", "title": "Główny księgowy"}, []),
            ({"name": "Елена Тодорова", "note": "Обича кафе"}, []),
            ({"name": "王小明", "title": "経理部長"}, []),
            ({"name": "Greenhouse Gert"}, []),
            ({"name": "O'Neil-Smith"}, []),
            ({"name": "محمد علي"}, []),
        ]  # fmt: skip
        for values, custom in people:
            app.contacts.add(app.contacts.draft(values, custom))
        app.companies.add(
            app.companies.draft(
                {"name": "Acme", "websites": ["https://www.acme.com/de"], "phones": ["+48 22 123 45 67"]}
            )
        )
        app.deals.add(app.deals.draft({"title": "Greenhouse roof", "company": "Acme", "next_step": "call Jane"}))
        app.activities.log(
            {
                "type": "call",
                "body": "Spoke about the roof\nand its glass",
                "contacts": ["Jane Doe"],
                "outcome": "likes it",
            }
        )
        yield store


@pytest.fixture
def crm_full(full: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line over the filled store."""
    from tests.conftest import run

    monkeypatch.setenv("CRM_DB", full)
    return run


def found(result: Result) -> list[str]:
    """The names of the hits."""
    assert result.code == 0, result.stderr
    return result.lines[1:]


JANE, LUKASZ, ELENA, WANG, GERT, ONEIL, ALI = (
    "Jane Doe", "Łukasz Żółkiewski", "Елена Тодорова", "王小明", "Greenhouse Gert", "O'Neil-Smith", "محمد علي",
)  # fmt: skip
CALL = "Spoke about the roof"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["jane"], [JANE, "Greenhouse roof"]),
        (["JANE", "doe"], [JANE]),
        (["jan"], [JANE, "Greenhouse roof"]),
        (["ane"], []),
        (["lukasz"], [LUKASZ]),
        (["ŁUKASZ", "zol"], [LUKASZ]),
        (["żółk"], [LUKASZ]),
        (["ksiegowy"], [LUKASZ]),
        (["елена"], [ELENA]),
        (["ТОДОР"], [ELENA]),
        (["КАФЕ"], [ELENA]),
        (["小明"], [WANG]),
        (["経理"], [WANG]),
        (["王"], [WANG]),
        (["محمد"], [ALI]),
        (["jane.doe@acme.com"], [JANE]),
        (["acme.com"], ["Acme", JANE]),
        (["lukasz-z"], [LUKASZ]),
        (["key", "account"], [JANE]),
        (["gold"], [JANE]),
        (["125"], [JANE]),
        (["oneil"], []),
        (["o'neil"], [ONEIL]),
        (["smith"], [ONEIL]),
        (["glass"], [CALL]),
        (["likes"], [CALL]),
        (["jane", "nothing"], []),
    ],
)
def test_words_find_records(crm_full: Callable[..., Result], words: list[str], expected: list[str]) -> None:
    """All the words, each as a beginning, whatever their case and accents."""
    assert sorted(expected) == sorted(found(crm_full("search", "--fields", "name", *words)))


def test_names_come_before_notes(crm_full: Callable[..., Result]) -> None:
    """Who is called so is meant more likely than who is spoken of so."""
    assert found(crm_full("search", "greenhouse", "--fields", "name")) == [GERT, "Greenhouse roof", JANE]


@pytest.mark.parametrize(
    "spelling",
    [
        "+359 88 123 4567", "+359881234567", "00359 88 123 4567", "088 123 4567", "0881234567", "(088) 123-45-67",
        "359881234567", "88123", "1234567 359"[:7], "81234567", "+359 88",
    ],
)  # fmt: skip
def test_a_phone_in_any_spelling(crm_full: Callable[..., Result], spelling: str) -> None:
    """Whole, national or a part of it."""
    assert JANE in found(crm_full("search", "--fields", "name", "--", spelling))


@pytest.mark.parametrize(
    "text",
    ['"', '""', "jane\"", "*", "jane*", "name:jane", "jane OR gert", "-jane", "'", "jane'", "(jane", "NEAR(jane, 2)", "jane AND",
     "jane & gert", "!jane", "jane:*", "a'b'c", "\\", "%", "_", "jane <-> doe", "^jane", "{name} : jane", "+jane"],
)  # fmt: skip
def test_a_query_is_never_syntax(crm_full: Callable[..., Result], text: str) -> None:
    """Marks are no words and operators are; neither engine ever complains of one."""
    result = crm_full("search", "--fields", "name", "--", text)
    only_marks = not any(c.isalnum() for c in text)
    assert (2 if only_marks else 0) == result.code
    jane_alone = ('jane"', "jane*", "-jane", "jane'", "(jane", "!jane", "jane:*", "^jane", "+jane")
    if text in jane_alone:
        assert sorted([JANE, "Greenhouse roof"]) == sorted(found(result))
    elif text == "jane <-> doe":
        assert found(result) == [JANE]
    elif not only_marks:
        assert found(result) == []


@pytest.mark.parametrize("words", [[""], [" "], ["''"], ["…", "—"]])
def test_nothing_to_search_for(crm: Callable[..., Result], words: list[str]) -> None:
    """Exit 2, also where there is no store."""
    refused = crm("search", *words)
    assert (refused.code, refused.stdout) == (2, "")
    assert "nothing to search for" in refused.stderr


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["contact"], [GERT, JANE]),
        (["deals"], ["Greenhouse roof"]),
        (["deal", "company"], ["Greenhouse roof"]),
        (["task"], []),
    ],
)
def test_types_narrow_it(crm_full: Callable[..., Result], types: list[str], expected: list[str]) -> None:
    """By noun, one or several, also in the plural."""
    flags = [word for noun in types for word in ("--type", noun)]
    assert expected == found(crm_full("find", "greenhouse", "--fields", "name", *flags))


def test_an_unknown_type(crm: Callable[..., Result]) -> None:
    """Exit 2 with the nearest."""
    refused = crm("search", "x", "--type", "contcat")
    assert (refused.code, refused.stdout) == (2, "")
    assert "did you mean contact" in refused.stderr


def test_limits(crm: Callable[..., Result]) -> None:
    """A table shows twenty and says that there are more; a pipe has all; --limit chooses."""
    app = AppContext(Flags(quiet=True))
    for number in range(23):
        app.contacts.add(app.contacts.draft({"name": f"Jan {number}"}))
    table = crm("search", "jan", tty=True)
    assert (len(table.lines), table.stderr) == (21, "showing the first 20; --limit 0 for all\n")
    assert len(crm("search", "jan", "--format", "ids").lines) == 23
    assert len(crm("search", "jan", "--format", "ids", "--limit", "3").lines) == 3
    assert len(crm("search", "jan", "--limit", "0", tty=True).lines) == 24


def test_the_json_record(crm_full: Callable[..., Result]) -> None:
    """Noun, number, name, and where the word stands."""
    hits: Any = crm_full("search", "кафе", "--format", "json").json()
    (hit,) = hits
    assert hit["id"].startswith("ct_")
    assert (hit["noun"], hit["number"], hit["name"], hit["excerpt"]) == ("contact", 3, ELENA, "Обича кафе")


@pytest.mark.parametrize(
    ("query", "name", "excerpt"),
    [
        ("jane.doe@acme.com", JANE, "jane.doe@acme.com"),
        ("0881234567", JANE, "+359 88 123 4567"),
        ("088 123", JANE, "+359 88 123 4567"),
        ("key acc", JANE, "Key account"),
        ("GOLD", JANE, "Gold plated"),
        ("125", JANE, "125"),
        ("zolk", LUKASZ, LUKASZ),
        ("ksiegowy", LUKASZ, "Główny księgowy"),
        ("理部", WANG, "経理部長"),
        ("glass", CALL, "Spoke about the roof and its glass"),
    ],
)
def test_an_excerpt_is_the_records_own_text(
    crm_full: Callable[..., Result], query: str, name: str, excerpt: str
) -> None:
    """The value in which the word stands, as it was written."""
    hits: Any = crm_full("search", query, "--type", "contact", "--type", "activity", "--format", "json").json()
    assert excerpt in [hit["excerpt"] for hit in hits if hit["name"] == name]


def test_a_long_note_is_cut_around_the_word(crm: Callable[..., Result]) -> None:
    """With an ellipsis where something was left out."""
    crm("contact", "add", "Jane", "--note", "before " * 30 + "Überraschung " + "after " * 30)
    excerpt = crm("search", "uberr", "--fields", "excerpt").lines[1]
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")
    assert "Überraschung" in excerpt


def test_what_is_deleted_is_not_found_and_changes_are(crm_on: Callable[..., Result]) -> None:
    """The index follows in the same transaction, and through undo."""
    crm_on("contact", "add", "Jane", "--phone", "+359 88 123 4567")
    crm_on("contact", "edit", "Jane", "--name", "Joanna", "--add-tag", "blue")
    assert (
        found(crm_on("search", "jane", "--fields", "name")),
        found(crm_on("search", "blue", "--fields", "name")),
    ) == ([], ["Joanna"])
    crm_on("contact", "rm", "Joanna")
    assert found(crm_on("search", "joanna")) == []
    crm_on("undo")
    assert found(crm_on("search", "0881234567", "--fields", "name")) == ["Joanna"]


def test_a_note_longer_than_an_index_can_hold(crm_on: Callable[..., Result]) -> None:
    """It is kept whole; what comes first in it is found on both engines alike."""
    note = " ".join(f"word{number}" for number in range(99_000))
    assert 0 == crm_on("contact", "add", "Huge", "--note", note).code
    assert ["Huge"] == found(crm_on("search", "word50000", "--fields", "name"))
    assert [] == found(crm_on("search", "word98999"))
    assert note == crm_on("contact", "show", "Huge", "--fields", "note").lines[1]


def test_an_empty_answer(crm: Callable[..., Result]) -> None:
    """Exit 0: an array for a script, a word for a person."""
    assert crm("search", "x", "--format", "json").json() == []
    person = crm("search", "x", tty=True)
    assert (person.code, person.stdout, person.stderr) == (0, "", "nothing found\n")
