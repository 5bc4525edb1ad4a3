"""What a field may be completed to, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.fields import FIELDS, find_field
from crmcli.services.completing import Completing, completed_by, fitting
from crmcli.services.records import Changes

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = (
    ("Jane Doe", "jane@acme.example", "Acme", "Head of Sales"),
    ("Janusz Żak", "zak@zubr.example", "Żubr Logistyka", "Driver"),
    ("John Smith", None, "Acme", "Driver"),
    ("John Smith", None, "Initech", None),
    ("Zofia Janowska", None, None, None),
    ("张伟", "zhang@bj.example", "北京软件有限公司", "经理"),
    ("12345", None, None, None),
    ("Gone Girl", "gone@acme.example", None, "Ghost"),
)


@pytest.fixture(scope="module")
def filled(lasting_store: Callable[[], str]) -> AppContext:
    """A store with some people, companies, deals and labels, to be read."""
    app = AppContext(Flags(store=lasting_store(), quiet=True))
    fill(app)
    return app


@pytest.fixture
def completing(filled: AppContext) -> Completing:
    """Over that store, with nothing known of it yet."""
    return Completing(filled.desk)


def fill(app: AppContext) -> None:
    """Put them in."""
    for name, email, company, title in PEOPLE:
        raw = {"name": name, "emails": (email,) if email else (), "companies": (company,) if company else (), "title": title,
               "tags": ("vip", "Łódź") if name == "Jane Doe" else ()}  # fmt: skip
        app.contacts.add(app.contacts.draft(raw, ["Region=North", "json:Score=12"] if name == "Jane Doe" else []))
    app.contacts.remove("gone@acme.example")
    for title, company in (("Acme pilot", "Acme"), ("Acme rollout", "Acme"), ("Old Acme deal", "Acme")):
        app.deals.add(
            app.deals.draft({"title": title, "company": company, "source": "fair", "campaign": "Spring 2026"})
        )
    app.deals.lose("Old Acme deal", "price")
    app.companies.edit(
        "Acme",
        app.companies.edit_draft(Changes({"industry": "Saas", "country": "Poland", "websites": ("acme.example",)})),
    )


def values(completing: Completing, kind: str, typed: str, limit: int = 8) -> list[str]:
    """Just the values."""
    return [each.value for each in completing.values(kind, typed, limit)]


def test_a_person_is_suggested_by_what_names_them_alone(completing: Completing) -> None:
    """The e-mail where there is one, else a name that no other has, else the number."""
    found = completing.values("contact", "jan")
    assert [tuple(each) for each in found] == [
        ("jane@acme.example", "Jane Doe · Acme"), ("zak@zubr.example", "Janusz Żak · Żubr Logistyka"), ("Zofia Janowska", ""),
    ]  # fmt: skip
    johns = sorted(tuple(each) for each in completing.values("contact", "john"))
    assert johns == [("#3", "John Smith · Acme"), ("#4", "John Smith · Initech")]
    assert values(completing, "contact", "12345") == ["#7"]


@pytest.mark.parametrize("typed", ["jan", "john", "zak", "张", "123", "zofia jan"])
def test_what_is_suggested_for_a_person_names_just_that_one(
    filled: AppContext, completing: Completing, typed: str
) -> None:
    """The draft takes it as an unambiguous reference."""
    found = values(completing, "contact", typed)
    assert found
    for value in found:
        assert filled.contacts.find(value).number > 0


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("contact", "ZAK@", ["zak@zubr.example"]),
        ("contact", "żak", ["zak@zubr.example"]),
        ("contact", "zak j", ["zak@zubr.example"]),
        ("contact", "张", ["zhang@bj.example"]),
        ("contact", "gone", []),
        ("contact", "%", []),
        ("contact", "'; DROP TABLE contact --", []),
        ("company", "zubr", ["Żubr Logistyka"]),
        ("company", "logi", ["Żubr Logistyka"]),
        ("company", "北", ["北京软件有限公司"]),
        ("deal", "acme p", ["Acme pilot"]),
        ("deal", "old", []),
        ("deal", "roll", ["Acme rollout"]),
        ("tag", "lodz", ["Łódź"]),
        ("tag", "v", ["vip"]),
        ("owner", "m", ["me", "maria"]),
        ("stage", "p", ["proposal"]),
        ("pipeline", "", ["sales"]),
        ("campaign", "2026", ["Spring 2026"]),
        ("source", "f", ["fair"]),
        ("lost_reason", "no", ["no decision", "no response"]),
        ("country", "pol", ["Poland"]),
        ("industry", "s", ["Saas"]),
        ("contact.title", "", ["Driver", "Head of Sales", "经理"]),
        ("contact.title", "sales", ["Head of Sales"]),
        ("contact.title", "ghost", []),
        ("contact.custom.Region", "n", ["North"]),
        ("contact.custom.Score", "1", ["12"]),
        ("contact.custom.nothing", "", []),
        ("contact.nothing", "", []),
        ("nothing.at.all", "", []),
        ("contact.emails", "", []),
    ],
)
def test_values_by_kind(completing: Completing, kind: str, typed: str, expected: list[str]) -> None:
    """Whatever case and accents, at the beginning of any word."""
    assert values(completing, kind, typed) == expected


def test_beginnings_come_first_and_no_more_than_asked_for(completing: Completing) -> None:
    """Of many that fit, those that begin so."""
    assert values(completing, "company", "acme", 1) == ["Acme"]
    assert len(values(completing, "contact", "", 3)) == 3
    assert fitting(["North Acme", "Acme", "acme two", "Bacme"], "acme", 8) == ["Acme", "acme two", "North Acme"]


def test_an_empty_store_suggests_nothing(app: AppContext) -> None:
    """And is not made by being asked."""
    completing = Completing(app.desk)
    assert [values(completing, kind, "a") for kind in ("contact", "company", "deal", "tag", "contact.title")] == [
        []
    ] * 5


def test_a_new_value_is_known_after_a_change(app: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kept list is read again when the store has changed, but not for every change of a busy store."""
    import time

    completing = Completing(app.desk)
    moment = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    assert values(completing, "contact.title", "cap") == []
    app.contacts.add(app.contacts.draft({"name": "New", "title": "Captain"}))
    assert values(completing, "contact.title", "cap") == []
    moment[0] += 60
    assert values(completing, "contact.title", "cap") == ["Captain"]


@pytest.mark.parametrize(
    ("noun", "name", "kind"),
    [
        ("deal", "company", "company"), ("deal", "contacts", "contact"), ("deal", "tags", "tag"), ("deal", "owner", "owner"),
        ("deal", "stage", "stage"), ("deal", "pipeline", "pipeline"), ("deal", "campaign", "campaign"), ("deal", "source", "source"),
        ("deal", "title", ""), ("deal", "value", ""), ("deal", "type", ""), ("contact", "title", "contact.title"),
        ("company", "region", "company.region"), ("company", "industry", "industry"), ("contact", "note", ""), ("contact", "emails", ""),
    ],
)  # fmt: skip
def test_which_kind_completes_a_field(noun: str, name: str, kind: str) -> None:
    """What is measured, chosen or said in one's own words is completed by nothing of the store."""
    field = find_field(noun, name)
    assert field is not None
    assert completed_by(field, noun) == kind


def test_every_kind_that_completes_a_field_is_known(completing: Completing) -> None:
    """No field asks for a kind that can't be answered."""
    for noun, fields in FIELDS.items():
        for field in fields:
            if kind := completed_by(field, noun):
                assert isinstance(values(completing, kind, "a"), list)
