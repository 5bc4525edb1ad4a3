"""Every read runs on both engines against the migrated schema, and says the same on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.fields import FIELDS, PLURAL
from crmcli.domain.records import as_record
from crmcli.errors import UsageError
from crmcli.services.records import Changes, Query
from crmcli.store.queries.fields import PLACES, Own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOUNS = ("contact", "company", "deal", "activity")
SORTABLE = [(noun, f.name) for noun in NOUNS for f in FIELDS[noun] if isinstance(PLACES[noun].get(f.name), Own)]
NAMES = ["Ábel", "Zoë", "abel", "Łukasz", "łucja", "Пётр", "北京", "Ewa"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    """A store on each engine with records whose fields differ, some empty, some deleted."""
    folder = tmp_path_factory.mktemp("queries")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("CRM_NOW", "2026-11-21T12:00:00Z")
        patch.setenv("TZ", "UTC")
        patch.chdir(folder)
        url = str(folder / "crm.db") if request.param == "sqlite" else request.getfixturevalue("lasting_postgresql")()
        app = AppContext(Flags(store=url, user="maria", quiet=True), origin="test")
        _fill(app)
        yield app


def _fill(app: AppContext) -> None:
    for number, name in enumerate(NAMES):
        some = number % 2 == 0
        app.contacts.add(app.contacts.draft({
            "name": name, "emails": [f"p{number}@x.com", f"q{number}@x.com"], "tags": ["vip"] if some else None,
            "companies": ["Acme"] if some else ["Żywiec"], "birthday": f"19{60 + number}-01-02" if some else None,
            "lead_score": str(number) if some else None, "title": "CTO" if some else None, "owner": "boris" if some else None,
            "phones": f"+48 601 234 56{number}", "x": f"user{number}", "note": "любит чай" if some else None,
        }, [f"size={number}"]))  # fmt: skip
        app.deals.add(app.deals.draft({
            "title": f"Deal {name}", "value": f"{number}000 EUR" if some else None, "contacts": f"p{number}@x.com",
            "expected_close": f"2026-12-{10 + number}" if some else None, "tags": ["new"] if some else None,
        }))  # fmt: skip
        app.activities.log({"type": "call", "body": f"Call {name}", "contacts": f"p{number}@x.com", "deal": f"Deal {name}",
                            "duration": "15m" if some else None},
                           follow_up="offer" if some else None, due="fri" if some else None)  # fmt: skip
    app.companies.edit("Acme", app.companies.edit_draft(Changes({"annual_revenue": "1m EUR", "websites": "acme.com"})))
    app.deals.move("Deal Zoë", "proposal")
    app.deals.win("Deal abel")
    app.deals.lose("Deal łucja", "price")
    app.contacts.remove("Ewa")


def test_the_engines_agree_on_every_list(full: AppContext) -> None:
    """Number for number, whatever the order asked for: missing values last, ties by number."""
    for noun, field in SORTABLE:
        for reverse in (False, True):
            views = list(full.records(noun).list(Query(sort=field, reverse=reverse)))
            found = [view.number for view in views]
            expected = [n for (n,) in _all(full, noun)]
            assert (noun, field, expected) == (noun, field, sorted(found))
            values = [as_record(view).get(field) for view in views]
            missing = [value is None for value in values]
            assert (noun, field, sorted(missing)) == (noun, field, missing) or field == "owner"


ORDERS = {
    ("contact", "name"): ["abel", "Ábel", "łucja", "Łukasz", "Zoë", "Пётр", "北京"],
    ("deal", "title"): [
        "Deal abel",
        "Deal Ábel",
        "Deal Ewa",
        "Deal łucja",
        "Deal Łukasz",
        "Deal Zoë",
        "Deal Пётр",
        "Deal 北京",
    ],
    ("company", "name"): ["Acme", "Żywiec"],
}


@pytest.mark.parametrize(("noun", "field"), list(ORDERS), ids=lambda part: part)
def test_names_sort_without_case_and_accents(full: AppContext, noun: str, field: str) -> None:
    """Alike on both engines, whatever the server's collation."""
    names = [getattr(view, field) for view in full.records(noun).list(Query(sort=field))]
    expected = ORDERS[noun, field]
    # Ábel and abel fold alike: the number decides.
    assert sorted(expected, key=str.casefold) == sorted(names, key=str.casefold)
    assert [n for n in expected if n.isascii()] == [n for n in names if n.isascii()]


@pytest.mark.parametrize("noun", NOUNS)
def test_every_field_can_be_asked_whether_it_is_empty(full: AppContext, noun: str) -> None:
    """Either it is or it is not: the two halves are the whole."""
    service, whole = full.records(noun), [n for (n,) in _all(full, noun)]
    for name in (field.name for field in FIELDS[noun]):
        empty, filled = (
            [view.number for view in service.list(Query(f"{name} is {half}"))] for half in ("empty", "not empty")
        )
        assert (name, whole) == (name, sorted(empty + filled))


@pytest.mark.parametrize("noun", NOUNS)
def test_pages_never_overlap(full: AppContext, noun: str) -> None:
    """Put together they are the whole list."""
    service = full.records(noun)
    for sort in (None, "owner", "created_at"):
        whole = [view.number for view in service.list(Query(sort=sort))]
        paged = [
            view.number
            for offset in range(0, len(whole) + 2, 3)
            for view in service.list(Query(sort=sort, limit=3, offset=offset))
        ]
        assert whole == paged


@pytest.mark.parametrize("noun", NOUNS)
def test_an_unknown_order_is_refused(full: AppContext, noun: str) -> None:
    """Naming those there are."""
    with pytest.raises(UsageError, match="--sort"):
        list(full.records(noun).list(Query(sort="bogus")))


def test_deleted_ones_are_listed_apart(full: AppContext) -> None:
    """And only they."""
    assert ["Ewa"] == [view.name for view in full.contacts.list(Query(), deleted=True)]


READS: dict[str, Callable[[AppContext], Any]] = {
    "contact show": lambda app: as_record(app.contacts.show("p0@x.com")),
    "company show": lambda app: as_record(app.companies.show("acme.com")),
    "deal show": lambda app: as_record(app.deals.show("Deal Zoë")),
    "stage history": lambda app: [v.stage for v in app.deals.show("Deal łucja").stage_history],
    "pipeline": lambda app: [(t.stage, t.count, t.value.plain, t.weighted.plain) for t in app.pipelines.totals()],
    "pipeline of some": lambda app: [t.count for t in app.pipelines.totals(None, "owner = maria")],
    "stages": lambda app: [as_record(stage) for stage in app.pipelines.list()],
    "history": lambda app: [(s.number, s.command, s.summary, s.records) for s in app.history.list()],
    "history of a record": lambda app: [[c[3:] for c in s.changes] for s in app.history.list("deal:2")],
    "history of a change": lambda app: [[c[3:] for c in s.changes] for s in app.history.list("change:1")],
    "search": lambda app: [(h.noun, h.name) for h in app.search.find("call")],
    "search in notes": lambda app: [(h.noun, h.name, h.excerpt) for h in app.search.find("ЧАЙ", ["contact"])],
    "tags": lambda app: [tuple(tag) for tag in app.labels.list()],
    "by phone": lambda app: app.contacts.find("+48601234562").name,
    "by handle": lambda app: app.contacts.find("https://x.com/user3").name,
    "by website": lambda app: app.companies.find("https://www.acme.com/").name,
    "by number": lambda app: app.deals.find("#3").name,
    "custom": lambda app: sorted(app.contacts.custom_keys()),
    "custom as a number": lambda app: [c.name for c in app.contacts.list(Query("size >= 5"))],
    "across links": lambda app: [d.title for d in app.deals.list(Query("contact.tag = vip and company.name = acme"))],
    "full text": lambda app: [c.name for c in app.contacts.list(Query('"любит"'))],
    "last activity": lambda app: [c.name for c in app.contacts.list(Query("last_activity >= today"))],
    "today": lambda app: (
        [(item.group, item.what) for item in app.agenda.today()] if hasattr(app.agenda, "today") else []
    ),
}
_said: dict[str, Any] = {}


@pytest.mark.parametrize("name", list(READS))
def test_both_engines_answer_alike(full: AppContext, name: str) -> None:
    """Word for word, but for the uids and the moments, which differ from store to store."""
    found = _without_uids(READS[name](full))
    assert found == _said.setdefault(name, found)
    assert found


def test_completion_asks_both_engines_alike(full: AppContext) -> None:
    """Whatever the case and accents of what was typed."""
    from crmcli.store.queries.completion import beginning

    with full.store.reader() as reader:
        for typed in ("ŁU", "lu", "łu"):
            assert {"łucja", "Łukasz"} == set(beginning(reader, "contact", typed, 10))
        assert ["lead", "lost"] == beginning(reader, "stage", "l", 10)
        assert 2 == len(beginning(reader, "contact_email", "p", 2))


def test_a_list_is_the_same_whatever_the_page_of_the_engine(full: AppContext) -> None:
    """More rows than one fetch brings, in order and each once."""
    with full.store.reader() as reader:
        rows = reader.rows(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700) SELECT i FROM n"
        )
    assert list(range(1, 1701)) == [number for (number,) in rows]


@pytest.mark.parametrize("noun", NOUNS)
def test_no_store_is_an_empty_one(noun: str, tmp_path: Any) -> None:
    """Every list is empty, the pipeline is the one a store would start with, and nothing is created."""
    app = AppContext(Flags(store=str(tmp_path / "none.db"), quiet=True))
    assert [] == list(app.records(noun).list(Query(sort="created_at")))
    assert [] == app.records(noun).matching("owner = me")
    assert [] == list(app.history.list())
    assert [] == list(app.search.find(PLURAL[noun]))
    assert ["lead", "qualified", "proposal", "negotiation", "won", "lost"] == [s.stage for s in app.pipelines.list()]
    assert [] == list(tmp_path.glob("none*"))


def _all(app: AppContext, noun: str) -> list[Any]:
    with app.store.reader() as reader:
        return reader.rows(f"SELECT id FROM {noun} WHERE deleted_at IS NULL ORDER BY id")


def _without_uids(found: Any) -> Any:
    if isinstance(found, dict):
        return {k: _without_uids(v) for k, v in found.items() if k not in ("id", "days") and not str(k).endswith("_at")}
    if isinstance(found, list | tuple):
        return [_without_uids(value) for value in found]
    return found
