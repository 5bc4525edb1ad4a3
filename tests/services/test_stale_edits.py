"""Two edit one record at once: nobody overwrites what he has not seen, and nobody is in the way of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import Duplicate, FieldConflict, Refused, Stale
from crmcli.services.records import Changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.services.records import Records


@pytest.fixture
def other(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AppContext:
    """A colleague at the same store."""
    monkeypatch.setenv("LOGNAME", "ivan")
    colleague = AppContext(Flags(store=store_url, quiet=True), origin="test")
    assert colleague.desk.user == "ivan"
    return colleague


@pytest.fixture
def mine(store_url: str, other: AppContext, monkeypatch: pytest.MonkeyPatch) -> AppContext:
    """One's own sitting."""
    monkeypatch.setenv("LOGNAME", "maria")
    own = AppContext(Flags(store=store_url, quiet=True), origin="test")
    assert own.desk.user == "maria"
    return own


def service(app: AppContext, noun: str) -> Records:
    """The service of a noun."""
    services: dict[str, Records] = {
        "contact": app.contacts, "company": app.companies, "deal": app.deals, "activity": app.activities,
    }  # fmt: skip
    return services[noun]


FIRST: dict[str, dict[str, Any]] = {
    "contact": {"name": "Jane Doe", "title": "CTO", "owner": "ana", "companies": ["Acme"], "emails": ["j@x.example"],
                "birthday": "1980-05-01"},
    "company": {"name": "Żubr", "size": "11-50", "annual_revenue": "1000 EUR", "parent": "Acme"},
    "deal": {"title": "Rollout", "value": "500 EUR", "expected_close": "2026-12-04", "contacts": ["j@x.example"],
             "company": "Acme"},
    "activity": {"type": "task", "subject": "call", "due": "2026-12-01", "priority": "low", "company": "Acme"},
}  # fmt: skip


def made(app: AppContext, noun: str) -> Any:
    """The record that both see, and a field of its own."""
    return service(app, noun).add(service(app, noun).draft(FIRST[noun], ["seats=5"]))


def edit(app: AppContext, noun: str, ref: str, changes: Changes, seen: Any = None) -> Any:
    """An edit, by one who saw the record so."""
    records = service(app, noun)
    return records.edit(ref, records.edit_draft(changes), seen=seen)


# noun, what they change, what we change, the conflicts: field, seen, theirs, ours
CONFLICTS = [
    ("contact", {"title": "CEO"}, {"title": "CFO"}, [("title", "CTO", "CEO", "CFO")]),
    ("contact", {"title": "CEO", "owner": "ivan"}, {"owner": "me", "title": "CFO", "note": "x"},
     [("owner", "ana", "ivan", "maria"), ("title", "CTO", "CEO", "CFO")]),
    ("contact", {"name": "Jane Roe"}, {"name": "Joan Doe"}, [("name", "Jane Doe", "Jane Roe", "Joan Doe")]),
    ("contact", {"birthday": "1981-05-01"}, {"birthday": "1982-05-01"},
     [("birthday", "1980-05-01", "1981-05-01", "1982-05-01")]),
    ("contact", {"linkedin": "janedoe"}, {"linkedin": "jane-doe"}, [("linkedin", None, "janedoe", "jane-doe")]),
    ("contact", {"emails": ["j@y.example"]}, {"emails": ["j@z.example", "k@z.example"]},
     [("emails", "j@x.example", "j@y.example", "j@z.example, k@z.example")]),
    ("contact", {"companies": ["北京软件"]}, {"companies": ["Initech"]}, [("companies", "Acme", "北京软件", "Initech")]),
    ("company", {"annual_revenue": "2000 EUR"}, {"annual_revenue": "3000.50 PLN"},
     [("annual_revenue", "1000 EUR", "2000 EUR", "3000.50 PLN")]),
    ("company", {"parent": "Initech"}, {"parent": "Globex"}, [("parent", "Acme", "Initech", "Globex")]),
    ("deal", {"value": "600 EUR"}, {"value": "700 USD"}, [("value", "500 EUR", "600 EUR", "700 USD")]),
    ("deal", {"stage": "proposal"}, {"stage": "qualified"}, [("stage", "lead", "proposal", "qualified")]),
    ("deal", {"expected_close": "2027-01-01"}, {"expected_close": "2027-02-01"},
     [("expected_close", "2026-12-04", "2027-01-01", "2027-02-01")]),
    ("activity", {"due": "2026-12-03 14:00"}, {"due": "2026-12-05"},
     [("due", "2026-12-01", "2026-12-03T14:00:00Z", "2026-12-05")]),
    ("activity", {"subject": "write"}, {"subject": "visit"}, [("subject", "call", "write", "visit")]),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "theirs", "ours", "conflicts"), CONFLICTS)
def test_a_field_that_both_change_is_a_conflict(
    mine: AppContext, other: AppContext, noun: str, theirs: Any, ours: Any, conflicts: Any
) -> None:
    """The error holds all three values, nothing is stored, and who looks again may overwrite."""
    seen = made(mine, noun)
    there = edit(other, noun, seen.id, Changes(theirs))
    with pytest.raises(Stale) as caught:
        edit(mine, noun, seen.id, Changes(ours), seen)
    assert tuple(FieldConflict(*each) for each in conflicts) == caught.value.conflicts
    assert there == service(mine, noun).get(seen.id)
    now = edit(mine, noun, seen.id, Changes(ours), there)
    assert now.updated_by == "maria"
    assert now != there


def last_change(app: AppContext) -> int:
    """The change set up to which a screen has seen all."""
    from crmcli.services.watch import Watch

    return Watch(app.desk).revision()[0]


MANY = [
    ("contact", "title", "CEO", "CFO"), ("contact", "birthday", "1981-05-01", "1982-05-01"), ("contact", "owner", "ivan", "zoe"),
    ("contact", "address", "Sofia", "Łódź"), ("contact", "lifecycle", "lead", "customer"), ("contact", "note", "a", "b"),
    ("contact", "lead_status", "contacted", "nurturing"), ("contact", "lead_score", "5", "6"), ("contact", "source", "x", "y"),
    ("company", "annual_revenue", "2000 EUR", "3000 PLN"), ("company", "parent", "Initech", "Globex"),
    ("company", "size", "51-200", "1-10"), ("company", "country", "BG", "PL"), ("company", "type", "partner", "customer"),
    ("deal", "value", "600 EUR", "700 USD"), ("deal", "company", "Initech", "Globex"), ("deal", "probability", "20%", "30%"),
    ("deal", "expected_close", "2027-01-01", "2027-02-01"), ("deal", "next_step", "ask", "tell"),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "name", "theirs", "ours"), MANY)
def test_a_field_of_many_that_others_changed_is_a_conflict(
    mine: AppContext, other: AppContext, noun: str, name: str, theirs: str, ours: str
) -> None:
    """Nothing is stored; what was changed before it was looked at, elsewhere, or to the same is none."""
    records = service(mine, noun)
    seen = made(mine, noun)
    second = records.add(records.draft({"title" if noun == "deal" else "name": "Second"}))
    for each in ("Initech", "Globex"):
        mine.companies.add(mine.companies.draft({"name": each}))
    edit(other, noun, second.id, Changes({name: theirs}))
    since = last_change(mine)
    draft, numbers = records.edit_draft(Changes({name: ours})), [seen.number, second.number]
    edit(other, noun, second.id, Changes(set=["seats=7"]))
    edit(other, noun, seen.id, Changes({name: theirs}))
    with pytest.raises(Stale, match=f"1 of 2 .* was changed meanwhile by ivan: {name}$") as caught:
        records.edit_where(numbers, draft, since=since)
    assert [name] == [each.field for each in caught.value.conflicts]
    there = edit(other, noun, seen.id, Changes({name: ours}))
    views = records.edit_where(numbers, draft, since=since)
    assert [getattr(there, name)] * 2 == [getattr(view, name) for view in views]


def test_a_custom_field_of_many_is_a_field(mine: AppContext, other: AppContext) -> None:
    """The details name the record, both values and whose the later one is; one that was changed back is as it was."""
    seen, second = made(mine, "contact"), mine.contacts.add(mine.contacts.draft({"name": "Second"}))
    since = last_change(mine)
    draft = mine.contacts.edit_draft(Changes(unset=["seats"]))
    edit(other, "contact", seen.id, Changes(set=["seats=6"]))
    with pytest.raises(Stale) as caught:
        mine.contacts.edit_where([seen.number, second.number], draft, since=since)
    assert (f"#{seen.number} Jane Doe: 5 → 6 (ivan)",) == caught.value.details
    edit(other, "contact", seen.id, Changes(set=["seats=5"]))
    assert [{}, {}] == [
        view.custom_fields for view in mine.contacts.edit_where([seen.number, second.number], draft, since=since)
    ]


def test_very_many_are_minded_and_some_of_them_told(mine: AppContext, other: AppContext) -> None:
    """They are changed by the page, which minds others all the same."""
    contacts = mine.contacts
    with mine.desk.writing("test") as uow:
        numbers = [contacts.add_in(uow, contacts.draft({"name": f"Person {n}"})) for n in range(1000)]
    since = last_change(mine)
    draft = contacts.edit_draft(Changes({"owner": "zoe"}))
    other.contacts.edit_where(numbers[:20], other.contacts.edit_draft(Changes({"owner": "boris"})))
    with pytest.raises(Stale, match="20 of 1000 contacts were changed meanwhile by ivan: owner") as caught:
        contacts.edit_where(numbers, draft, telling=False, since=since)
    assert (f"#{numbers[0]} Person 0: maria → boris (ivan)", "and 12 more") == (
        caught.value.details[0], caught.value.details[-1]
    )  # fmt: skip
    contacts.edit_where(numbers, draft, telling=False)
    assert 1000 == len(contacts.matching("owner = zoe"))


def test_the_message_says_who_changed_what(mine: AppContext, other: AppContext) -> None:
    """One line, and where to look."""
    seen = made(mine, "contact")
    edit(other, "contact", seen.id, Changes({"title": "CEO", "owner": "ivan"}))
    with pytest.raises(Stale) as caught:
        edit(mine, "contact", seen.id, Changes({"title": "CFO"}, clear=["owner"]), seen)
    assert f"#{seen.number} Jane Doe was changed meanwhile by ivan: title, owner" == caught.value.message
    assert f"crm history contact:{seen.number}" == caught.value.hint
    assert FieldConflict("owner", "ana", "ivan", None) == caught.value.conflicts[1]


# noun, what they change, what we change
APART = [
    ("contact", Changes({"title": "CEO"}), Changes({"note": "met at the fair"})),
    ("contact", Changes({"title": "CEO"}), Changes({"title": "CEO", "note": "both think so"})),
    ("contact", Changes(clear=["birthday"]), Changes(clear=["birthday"])),
    ("contact", Changes(add={"emails": ["j@y.example"]}), Changes(add={"emails": ["j@z.example"]})),
    ("contact", Changes(add={"tags": ["vip"]}), Changes(remove={"tags": ["cold"]})),
    ("contact", Changes({"companies": ["Initech"]}), Changes(add={"companies": ["Globex"]})),
    ("contact", Changes(set=["seats=6"]), Changes(set=["floor=2"])),
    ("company", Changes({"size": "51-200"}), Changes({"parent": "Initech"})),
    ("deal", Changes({"value": "600 EUR"}), Changes({"stage": "proposal"})),
    ("activity", Changes({"due": "2026-12-03"}), Changes({"priority": "high"})),
]


@pytest.mark.parametrize(("noun", "theirs", "ours"), APART)
def test_what_does_not_meet_goes_through(
    mine: AppContext, other: AppContext, noun: str, theirs: Changes, ours: Changes
) -> None:
    """Other fields, the same value twice, and what is added to lists: both changes stand."""
    seen = made(mine, noun)
    there = edit(other, noun, seen.id, theirs)
    now = edit(mine, noun, seen.id, ours, seen)
    for name in (*theirs.values, *theirs.clear, *theirs.add):
        kept = getattr(there, name)
        assert set(kept) <= set(getattr(now, name)) if isinstance(kept, tuple) else kept == getattr(now, name)
    assert there.custom_fields.items() <= now.custom_fields.items()


def test_a_custom_field_is_a_field(mine: AppContext, other: AppContext) -> None:
    """Set by both, or set by one and taken away by the other."""
    seen = made(mine, "deal")
    edit(other, "deal", seen.id, Changes(set=["seats=6"]))
    for changes, ours in ((Changes(set=["seats=7"]), "7"), (Changes(unset=["seats"]), None)):
        with pytest.raises(Stale) as caught:
            edit(mine, "deal", seen.id, changes, seen)
        assert (FieldConflict("custom.seats", "5", "6", ours),) == caught.value.conflicts


def test_a_linked_record_that_got_another_name_is_the_same(mine: AppContext, other: AppContext) -> None:
    """The deal's company is still that company."""
    seen = made(mine, "deal")
    edit(other, "company", "Acme", Changes({"name": "ACME Holding"}))
    now = edit(mine, "deal", seen.id, Changes({"company": "Initech"}), seen)
    assert "Initech" == now.company.name


def test_a_change_that_is_refused_for_what_they_did_is_a_conflict(mine: AppContext, other: AppContext) -> None:
    """The deal was won meanwhile, so its chance can't be 60%."""
    seen = made(mine, "deal")
    other.deals.win(seen.id)
    with pytest.raises(Stale) as caught:
        edit(mine, "deal", seen.id, Changes({"probability": "60"}), seen)
    assert (FieldConflict("probability", str(seen.probability), "100", "60"),) == caught.value.conflicts


def test_a_change_that_is_refused_for_itself_stays_refused(mine: AppContext, other: AppContext) -> None:
    """Nobody else had anything to do with these fields."""
    seen = made(mine, "contact")
    other.contacts.add(other.contacts.draft({"name": "Joan", "emails": ["joan@x.example"]}))
    edit(other, "contact", seen.id, Changes({"title": "CEO"}))
    with pytest.raises(Duplicate):
        edit(mine, "contact", seen.id, Changes({"emails": ["joan@x.example"]}), seen)


def test_without_having_seen_it_the_last_one_wins(mine: AppContext, other: AppContext) -> None:
    """As in the shell."""
    seen = made(mine, "contact")
    edit(other, "contact", seen.id, Changes({"title": "CEO"}))
    assert "CFO" == edit(mine, "contact", seen.id, Changes({"title": "CFO"})).title


def test_one_that_was_merged_away_is_compared_with_what_it_became(mine: AppContext, other: AppContext) -> None:
    """The edit goes to the record that is left, unless that says something else."""
    keeper = mine.contacts.add(mine.contacts.draft({"name": "J. Doe", "title": "CEO"}))
    seen = made(mine, "contact")
    other.contacts.merge(keeper.id, seen.id)
    with pytest.raises(Stale) as caught:
        edit(mine, "contact", seen.id, Changes({"title": "CFO"}), seen)
    assert ("title", "CTO", "CEO", "CFO") == caught.value.conflicts[0]
    assert keeper.id == edit(mine, "contact", seen.id, Changes({"birthday": "1982-05-01"}), seen).id


# -- stages


MOVES: dict[str, Callable[[AppContext, str, str | None], Any]] = {
    "negotiation": lambda app, ref, seen: app.deals.move(ref, "negotiation", seen_stage=seen),
    "won": lambda app, ref, seen: app.deals.win(ref, seen_stage=seen),
    "lost": lambda app, ref, seen: app.deals.lose(ref, "price", seen_stage=seen),
}


@pytest.mark.parametrize(("target", "move"), MOVES.items(), ids=MOVES)
def test_a_deal_that_was_moved_meanwhile_is_not_moved(
    mine: AppContext, other: AppContext, target: str, move: Callable[[AppContext, str, str | None], Any]
) -> None:
    """The message names both stages; who saw where it is may move it."""
    seen = made(mine, "deal")
    there = other.deals.move(seen.id, "proposal")
    with pytest.raises(Stale) as caught:
        move(mine, seen.id, seen.stage)
    assert (
        f"#{seen.number} Rollout was moved meanwhile by ivan: it is in proposal, not in lead any more"
        == caught.value.message
    )
    assert (FieldConflict("stage", "lead", "proposal", target),) == caught.value.conflicts
    assert there == mine.deals.get(seen.id)
    assert target == move(mine, seen.id, "Proposal").stage


def test_a_deal_that_was_reopened_or_moved_by_another(mine: AppContext, other: AppContext) -> None:
    """Closed when it was seen, in an open stage by now."""
    deal = made(mine, "deal")
    mine.deals.win(deal.id)
    other.deals.reopen(deal.id, seen_stage="won")
    with pytest.raises(Stale, match="it is in lead, not in won any more"):
        mine.deals.reopen(deal.id, seen_stage="won")
    with pytest.raises(Refused, match="is open already"):
        mine.deals.reopen(deal.id, seen_stage="lead")


# -- tasks


def test_a_task_is_ticked_off_unless_it_became_something_else(mine: AppContext, other: AppContext) -> None:
    """A new deadline is not in the way; that it was called off is."""
    seen = made(mine, "activity")
    edit(other, "activity", seen.id, Changes({"due": "2026-12-09"}))
    assert "done" == mine.activities.done(seen.id, seen=seen)[0].status
    mine.history.undo()
    edit(other, "activity", seen.id, Changes({"status": "canceled"}))
    with pytest.raises(Stale) as caught:
        mine.activities.done(seen.id, seen=seen)
    assert (FieldConflict("status", "planned", "canceled", "done"),) == caught.value.conflicts
    there = mine.activities.get(seen.id)
    assert "done" == mine.activities.done(seen.id, seen=there)[0].status
    with pytest.raises(Refused, match="is done already"):
        mine.activities.done(seen.id, seen=seen)


def test_a_task_is_put_off_unless_another_did(mine: AppContext, other: AppContext) -> None:
    """Both deadlines are told."""
    seen = made(mine, "activity")
    there = other.activities.snooze(seen.id, "2026-12-09")
    with pytest.raises(Stale) as caught:
        mine.activities.snooze(seen.id, "2026-12-10", seen=seen)
    assert (FieldConflict("due", "2026-12-01", "2026-12-09", "2026-12-10"),) == caught.value.conflicts
    assert there == mine.activities.get(seen.id)
    assert there.due == mine.activities.snooze(seen.id, "2026-12-09", seen=seen).due
    assert "2026-12-10" == mine.activities.snooze(seen.id, "2026-12-10", seen=there).due.on.isoformat()
